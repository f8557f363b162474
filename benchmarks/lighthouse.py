"""Lighthouse's four scores on an emulated phone; it is installed under _build/tools when asked for."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.table import Row
from tests.browser import ARGUMENTS
from tests.tools import ROOT, ToolError, beside_python, chromium, node, node_environment

VERSION = "13"
PAGES = ("intro.html", "gradients/slope.html")
BUDGETS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
FOLDER = ROOT / "_build" / "tools"


def install() -> Path:
    """Install Lighthouse if it is not there; return its command-line program.

    Raises:
        ToolError: npm could not.
    """
    program = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.is_file():
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true}\n', "utf8")
        command = [
            beside_python("npm"),
            "install",
            f"lighthouse@{VERSION}",
            "--no-audit",
            "--no-fund",
        ]
        environment = node_environment() | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
        if subprocess.run(map(str, command), cwd=FOLDER, env=environment).returncode:
            shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)
            raise ToolError("npm could not install lighthouse, see above")
    return program


def report(program: Path, address: str) -> dict:
    """Run Lighthouse on an address, as a phone; return its report."""
    flags = [argument for argument in ARGUMENTS if argument != "--headless"]
    command = [node(), program, address, "--output=json", "--quiet"]
    command += [f"--only-categories={','.join(BUDGETS)}"]
    command += [f"--chrome-flags={' '.join(['--headless=new', *flags])}"]
    environment = node_environment() | {"CHROME_PATH": os.fspath(chromium())}
    done = subprocess.run(
        [str(part) for part in command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"lighthouse failed on {address}:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout)


def losses(found: dict, category: str) -> str:
    """Return what cost points in a category, dearest first."""
    audits = [
        (ref["weight"] * (1 - found["audits"][ref["id"]]["score"]), found["audits"][ref["id"]])
        for ref in found["categories"][category]["auditRefs"]
        if ref["weight"] and found["audits"][ref["id"]]["score"] is not None
    ]
    lost = sorted((pair for pair in audits if pair[0] > 0.005), key=lambda pair: -pair[0])
    return "; ".join(
        " ".join([audit["title"], audit.get("displayValue", "")]).strip() for _, audit in lost[:4]
    )


def measure(base: str) -> list[Row]:
    """Measure the title page and a chapter."""
    program, rows = install(), []
    for name in PAGES:
        found = report(program, base + name)
        for category, budget in BUDGETS.items():
            score = round(100 * found["categories"][category]["score"])
            what = f"Lighthouse {found['lighthouseVersion']}, phone, {name}: {category}"
            rows.append(Row(what, score, "", budget, least=True, note=losses(found, category)))
    return rows
