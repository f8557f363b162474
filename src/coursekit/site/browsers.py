"""A Chromium for what needs one: the tests, and the book on paper.

`chromium` finds the one that is there and changes nothing; `ensure_chromium` gets one where there is
none, from Playwright or from apt-get, and says in one line what each step does. `headless` prefers the
same engine without windows, which both bring along where they can.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
MAC_APPS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
HELP = """No Chromium or Chrome was found, and none could be installed here. Install one:
  Debian, Ubuntu:  sudo apt-get install chromium
  Fedora:          sudo dnf install chromium
  macOS:           brew install --cask google-chrome
  anywhere:        {python} -m playwright install --with-deps chromium
Then run the same command again."""
_PLAYWRIGHTS_OWN = (
    "from playwright.sync_api import sync_playwright as start\n"
    "with start() as playwright: print(playwright.chromium.executable_path)"
)


class ToolError(RuntimeError):
    """A tool is missing; the message says which command to run."""


def starts(browser: str | Path) -> bool:
    """Say whether a browser runs at all; a bare download may miss libraries, a stub its package."""
    try:
        done = subprocess.run([str(browser), "--version"], capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def system_browsers() -> Iterator[Path]:
    """Yield the Chromiums and Chromes that this machine has."""
    found = map(shutil.which, COMMANDS)
    yield from (Path(path) for path in (*found, *MAC_APPS) if path and Path(path).is_file())


def playwrights_browsers() -> Iterator[Path]:
    """Yield the Chromium that Playwright has downloaded, if it has."""
    asked = subprocess.run(
        [sys.executable, "-c", _PLAYWRIGHTS_OWN], capture_output=True, text=True, check=False
    )
    path = Path(asked.stdout.strip())
    if asked.returncode == 0 and path.is_file():
        yield path


def system_shells() -> Iterator[Path]:
    """Yield the Chromiums without windows that this machine has."""
    yield from (Path(path) for path in map(shutil.which, SHELLS) if path)


def playwrights_shells() -> Iterator[Path]:
    """Yield the one beside Playwright's own: in chromium_headless_shell-1255 for chromium-1255."""
    for own in playwrights_browsers():
        for folder in own.parents:
            if folder.name.startswith("chromium-"):
                shells = folder.with_name(folder.name.replace("-", "_headless_shell-", 1))
                for name in ("chrome-headless-shell", "headless_shell"):
                    yield from shells.glob(f"*/{name}")


def first_that_starts(*sources: Callable[[], Iterator[Path]]) -> Path | None:
    """Return the first browser that runs, the sources asked one after the other."""
    return next((path for find in sources for path in find() if starts(path)), None)


def chromium() -> Path:
    """Return the path of a Chromium or Chrome that starts: the system's, else Playwright's own.

    Raises:
        ToolError: there is none.
    """
    if browser := first_that_starts(system_browsers, playwrights_browsers):
        return browser
    raise ToolError(HELP.format(python=sys.executable))


def headless() -> Path:
    """Return a Chromium without windows, which opens a page in a third of the time; else as `chromium`.

    Raises:
        ToolError: there is no Chromium of any kind.
    """
    return first_that_starts(system_shells, playwrights_shells) or chromium()


def say(step: str) -> None:
    """Print what is being done."""
    print(f"tools: {step}", flush=True)


def run(command: list[str | Path], **options: object) -> bool:
    """Run a command, its output shown; say whether it went well."""
    try:
        return subprocess.run([str(part) for part in command], **options).returncode == 0
    except OSError as error:
        say(f"{command[0]} did not start: {error}")
        return False


def download_with_playwright() -> bool:
    """Have Playwright download its own Chromium."""
    say("downloading a Chromium (playwright install chromium)")
    return run([sys.executable, "-m", "playwright", "install", "chromium"])


def install_with_apt() -> bool:
    """Install the system's Chromium with apt-get, where this user may."""
    apt = shutil.which("apt-get")
    if apt is None:
        return False
    rights = rights_of_root()
    if rights is None:
        say("apt-get needs root or sudo without a password here: not tried")
        return False
    say("installing Chromium (apt-get install chromium)")
    apt_get = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
    done = run([*apt_get, "update"]) and run([*apt_get, "install", "-y", "chromium"])
    # Debian has it, Ubuntu has not.
    return done and (run([*apt_get, "install", "-y", "chromium-headless-shell"]) or done)


def rights_of_root() -> list[str] | None:
    """Return what to put before a command that only root may run, or None when there is no way."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def ensure_chromium() -> Path:
    """Return a browser as `chromium` does; install one when there is none.

    Raises:
        ToolError: there is none and none could be installed.
    """
    installers: tuple[Callable[[], bool], ...] = (download_with_playwright, install_with_apt)
    for install in (None, *installers):
        if install is not None and not install():
            continue
        try:
            return chromium()
        except ToolError as error:
            missing = error
    raise missing
