"""Lighthouse's four scores on an emulated phone; it is installed under _build/tools when asked for.

``python -m benchmarks --lighthouse`` measures two pages among all else. ``python -m benchmarks.lighthouse``
measures every page of the built site, or those that it is given, such as ``gradients/slope.html``.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from benchmarks.table import Row, markdown
from coursekit.site.browsers import chromium
from coursekit.site.serve import server
from tests.browser import ARGUMENTS, SITE, pages
from tests.tools import ROOT, ToolError, beside_python, node, node_environment

VERSION = "13"
PAGES = ("intro.html", "gradients/slope.html")
BUDGETS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
FOLDER = ROOT / "_build" / "tools"
#: How often a page is measured at most: another process at work lowers the performance, never raises it.
TRIES = 3
#: How many of the lowest scores are printed at the end.
LOWEST = 12


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


def rows_of(program: Path, base: str, name: str, tries: int = 1) -> list[Row]:
    """Measure a page, again while its performance is below budget; return its best run's scores.

    A page that asks not to be indexed, as the search page does, has no score for search engines.
    """
    best = None
    for _ in range(tries):
        found = report(program, base + name)
        speed = found["categories"]["performance"]["score"]
        if best is None or speed > best["categories"]["performance"]["score"]:
            best = found
        if 100 * speed >= BUDGETS["performance"]:
            break
    hidden = best["audits"]["is-crawlable"]["score"] == 0
    rows = []
    for category, budget in BUDGETS.items():
        if category == "seo" and hidden:
            continue
        score = round(100 * best["categories"][category]["score"])
        what = f"Lighthouse {best['lighthouseVersion']}, phone, {name}: {category}"
        rows.append(Row(what, score, "", budget, least=True, note=losses(best, category)))
    return rows


def measure(base: str) -> list[Row]:
    """Measure the title page and a chapter."""
    program = install()
    return [row for name in PAGES for row in rows_of(program, base, name)]


def main(arguments: list[str] | None = None) -> int:
    """Measure pages one by one; print the lowest scores and how many are below their budgets."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lighthouse", description=__doc__)
    parser.add_argument("pages", nargs="*", metavar="page", help="by default all pages of the site")
    # The landing page is the same file as intro.html.
    names = parser.parse_args(arguments).pages or [name for name in pages() if name != "index.html"]
    for name in names:
        if not (SITE / name).is_file():
            parser.error(f"no page {name!r} in {SITE}; build it first: make book")
    try:
        program = install()
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    rows = []
    with server(SITE, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        for name in names:
            found = rows_of(program, f"http://127.0.0.1:{running.server_port}/", name, TRIES)
            print(f"{name}: {' / '.join(str(row.measured) for row in found)}", flush=True)
            rows += found
        running.shutdown()
    lowest = sorted(rows, key=lambda row: row.measured - row.budget)
    below = [row for row in rows if row.measured < row.budget]
    print(f"\n{len(names)} pages; below budget: {len(below)} of {len(rows)} scores. The lowest:\n")
    print(markdown(lowest[:LOWEST]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
