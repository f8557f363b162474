"""Measure what the budgets are about and print one table: ``python -m benchmarks [--lighthouse]``."""

import argparse
import platform
import sys
import threading

from playwright.sync_api import sync_playwright

from benchmarks import builds, interaction, library, lighthouse, pages
from benchmarks.table import Row, markdown
from coursekit.site.serve import server
from tests.browser import SITE, launch
from tests.tools import ToolError


def in_browser(base: str) -> list[Row]:
    """Measure what needs a browser."""
    with sync_playwright() as playwright, launch(playwright) as browser:
        rows = [*interaction.measure(browser, base), *pages.measure(browser, base)]
        print(
            f"Chromium {browser.version}, Python {platform.python_version()}, {platform.platform()}\n"
        )
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Print the table; budgets are told, not enforced."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--lighthouse", action="store_true", help="also run Lighthouse (installed on first use)"
    )
    given = parser.parse_args(arguments)
    try:
        running = server(SITE, 0)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    with running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{running.server_port}/"
        try:
            rows = in_browser(base)
            if given.lighthouse:
                rows += lighthouse.measure(base)
        except ToolError as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            running.shutdown()
    print(markdown([*rows, *builds.measure(), *library.measure()]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
