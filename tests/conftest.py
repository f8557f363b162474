"""What tests share: repeatable property tests, the built site, a server for it, a browser."""

import threading

import pytest
from hypothesis import settings

from coursekit.refresh import one_thread

one_thread()
settings.register_profile("coursekit", derandomize=True, deadline=None)
settings.load_profile("coursekit")


@pytest.fixture(scope="session")
def site():
    """Folder of the built site."""
    from tests.browser import SITE

    if not (SITE / "index.html").is_file():
        pytest.fail(f"no built site in {SITE}; run: make book", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def served(site):
    """Address of the site over http, with a slash at its end."""
    from coursekit.site.serve import server

    with server(site, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


@pytest.fixture(scope="session")
def bases(site, served):
    """Address of the site's root under each scheme it must work under."""
    return {"http": served, "file": site.as_uri() + "/"}


@pytest.fixture(scope="module")
def browser():
    """A running browser; one for each file, since Playwright allows one loop in a thread at a time."""
    from playwright.sync_api import sync_playwright

    from tests.browser import launch

    with sync_playwright() as playwright, launch(playwright) as running:
        yield running


@pytest.fixture
def open_page(browser, served):
    """Open a page of the site: ``with open_page("gradients/slope.html") as page``.

    Takes ``base=`` for another scheme and all options of Playwright's ``new_context``.
    ``page.watch.faults`` holds what the page did that it should not.
    """
    from tests.browser import opened

    def open_one(page="", base=served, **options):
        return opened(browser, base, page, **options)

    return open_one


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A learner's folder, and this process in it."""
    from coursekit import progress
    from coursekit.sending import joining

    (tmp_path / progress.MARK).mkdir()
    monkeypatch.chdir(tmp_path)
    for name in (joining.BOARD, joining.HUB_TOKEN):
        monkeypatch.delenv(name, raising=False)
    return tmp_path
