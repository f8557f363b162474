"""The policy of the pages: every page has it, the local server sends it, and a browser enforces it."""

import threading
import urllib.request

import pytest
from sphinx.errors import ExtensionError

from coursekit.site import policy, serve
from tests.browser import opened, pages, restyle


def test_a_hash_names_each_inline_script_of_the_templates():
    scripts = policy.inline_scripts()
    assert len(scripts) >= 1
    for script in scripts:
        assert policy.source(script) in policy.policy()


def test_an_inline_script_that_changes_from_page_to_page_is_refused(tmp_path):
    (tmp_path / "slides.html").write_text("<script>start('{{ pagename }}')</script>")
    with pytest.raises(ExtensionError, match=r"slides.html: an inline script must be constant"):
        policy.inline_scripts(tmp_path)


META = f'<meta http-equiv="Content-Security-Policy" content="{policy.policy()}">'


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("<p>Text", "no Content-Security-Policy"),
        (f'<script src="a.js"></script>{META}', "before its first script"),
        (META.replace("default-src 'none'", "default-src *"), "no Content-Security-Policy"),
        (META + "<script>alert(1)</script>", "does not know: <script>alert"),
        (META + '<script type="module">1</script>', "does not know"),
        (META + "<style>p { color: red }</style>", "a style element"),
        (META + '<p class="a" onclick="go()">', "an event handler"),
        (META + '<a href="javascript:go()">', "a javascript: address"),
        (META + '<iframe src="a.html">', "a frame or an object"),
    ],
)
def test_what_a_browser_would_refuse_is_found_in_the_build(page, fault):
    assert fault in "; ".join(policy.faults(page))


def test_data_and_the_templates_own_scripts_are_no_fault():
    data = '<script type="application/json">{"svg": "<style>"}</script>'
    own = "".join(f"<script>{text}</script>" for text in policy.inline_scripts())
    assert policy.faults(META + own + data + '<script defer src="page.js"></script>') == []


def test_the_server_sends_it_with_every_answer(tmp_path):
    (tmp_path / "index.html").touch()
    (tmp_path / "a.bin").touch()
    with serve.server(tmp_path, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        for name in ("index.html", "a.bin"):
            request = urllib.request.Request(
                f"http://{serve.HOST}:{running.server_port}/{name}",
                headers={"Accept-Encoding": "gzip"},
            )
            with urllib.request.urlopen(request, timeout=5) as answer:
                said = answer.headers
            assert said["Content-Security-Policy"].startswith(policy.policy())
            assert "frame-ancestors 'self'" in said["Content-Security-Policy"]
            assert said["X-Content-Type-Options"] == "nosniff"
            assert said["Referrer-Policy"]
        running.shutdown()


@pytest.mark.site
def test_every_page_of_the_site_carries_it(site):
    assert {name: policy.faults((site / name).read_text("utf8")) for name in pages()} == {
        name: [] for name in pages()
    }


#: What somebody might get into a page, each with the directive that refuses it. Text given to setTimeout
#: stands for eval: what a test itself evaluates is let through.
INTRUSIONS = {
    "add('script', { textContent: 'ran.push(1)' })": "script-src-elem",
    "add('script', { src: 'https://other.example/x.js' })": "script-src-elem",
    "add('script', { src: URL.createObjectURL(new Blob(['ran.push(2)'])) })": "script-src-elem",
    "add('script', { src: 'data:text/javascript,ran.push(3)' })": "script-src-elem",
    "setTimeout('ran.push(4)')": "script-src",
    "add('p').setAttribute('onclick', 'ran.push(5)')": "script-src-attr",
    "add('img', { src: 'https://other.example/x.png' })": "img-src",
    "add('style', { textContent: 'body { display: none }' })": "style-src-elem",
    "add('link', { rel: 'stylesheet', href: 'https://other.example/x.css' })": "style-src-elem",
    "add('audio', { src: 'https://other.example/x.wav' })": "media-src",
    "add('iframe', { src: 'https://other.example/' })": "frame-src",
    "fetch('https://other.example/').catch(() => 0)": "connect-src",
    "add('base', { href: 'https://other.example/' })": "base-uri",
}
INTRUDE = """code => {
  window.ran = [];
  window.refused = [];
  const add = (name, more = {}) => {
    const node = Object.assign(document.createElement(name), more);
    document.body.append(node);
    return node;
  };
  document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
  for (const each of code) Function("add", each)(add);
}"""


@pytest.mark.site
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_browser_refuses_what_does_not_belong(browser, bases, scheme):
    with opened(browser, bases[scheme], "gradients/slope.html") as page:
        assert page.watch.faults == []
        page.evaluate(INTRUDE, list(INTRUSIONS))
        # Over http each is refused twice: by the page's policy and by the server's.
        count = len(INTRUSIONS) * (2 if scheme == "http" else 1)
        page.wait_for_function("count => refused.length >= count", arg=count)
        page.wait_for_timeout(100)
        assert sorted(page.evaluate("refused")) == sorted(
            [*INTRUSIONS.values()] * (count // len(INTRUSIONS))
        )
        assert page.evaluate("ran") == []
        # A page that did so by itself would not pass: each of them is a fault.
        assert sum("Content Security Policy" in fault for fault in page.watch.faults) >= len(
            INTRUSIONS
        )
        assert page.evaluate("getComputedStyle(document.body).display") != "none"
        restyle(page, "body { display: none }")
        assert page.evaluate("getComputedStyle(document.body).display") == "none"
