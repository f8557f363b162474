"""Measure what the budgets are about, and print one table: ``python -m benchmarks --help``."""

import argparse
import platform
import sys
import threading

from playwright.sync_api import sync_playwright

from benchmarks import (
    autograd,
    boosting,
    builds,
    descent,
    interaction,
    library,
    lighthouse,
    optimizers,
    pages,
)
from benchmarks.table import Row, markdown
from coursekit.site.serve import server
from tests.browser import SITE, launch
from tests.tools import ToolError

NUMBERS = {
    "autograd": autograd.measure,
    "optimizers": optimizers.measure,
    "descent": descent.measure,
    "boosting": boosting.measure,
}
GROUPS = [*NUMBERS, "site", "builds", "library"]


def in_browser(base: str) -> list[Row]:
    """Measure what needs a browser."""
    with sync_playwright() as playwright, launch(playwright) as browser:
        rows = [*interaction.measure(browser, base), *pages.measure(browser, base)]
        print(f"Chromium {browser.version}\n")
    return rows


def site(with_lighthouse: bool) -> list[Row]:
    """Serve the built site on this machine and measure its pages.

    Raises:
        FileNotFoundError: The site is not built.
        ToolError: Lighthouse cannot be set up.
    """
    with server(SITE, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{running.server_port}/"
        try:
            return in_browser(base) + (lighthouse.measure(base) if with_lighthouse else [])
        finally:
            running.shutdown()


def main(arguments: list[str] | None = None) -> int:
    """Print the table; budgets are told, not enforced."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "groups", nargs="*", metavar="group", help=f"what to measure, by default all: {GROUPS}"
    )
    parser.add_argument(
        "--lighthouse", action="store_true", help="also run Lighthouse (installed on first use)"
    )
    given = parser.parse_args(arguments)
    for group in given.groups:
        if group not in GROUPS:
            parser.error(f"unknown group {group!r}; choose among {', '.join(GROUPS)}")
    rows = []
    print(f"Python {platform.python_version()}, {platform.platform()}")
    for group in given.groups or GROUPS:
        try:
            if group in NUMBERS:
                rows += NUMBERS[group]()
            elif group == "site":
                rows += site(given.lighthouse)
            else:
                rows += {"builds": builds, "library": library}[group].measure()
        except (FileNotFoundError, ToolError) as error:
            print(error, file=sys.stderr)
            return 1
    print(markdown(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
