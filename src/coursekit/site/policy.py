"""What a page may load and run: one Content-Security-Policy for every page of the site.

A static host sends no headers, so each page carries the policy itself, in a ``<meta>`` that stands before
its first script; every template that extends ``layout.html`` has it. The local server sends it as a header
as well. Nothing comes from another host, and no script runs but the site's own files and the few lines in
the head whose hashes are taken here from the templates themselves.
"""

import hashlib
import re
from base64 import b64encode
from functools import cache
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

THEME = Path(__file__).with_name("theme")
#: The site's own files. A page opened from the disk has no origin that ``'self'`` could stand for (Chromium
#: Firefox let it match files all the same, others need not), hence the scheme; a page served over http may
#: load no file whatever its policy says.
OWN = "'self' file:"
_INLINE = re.compile(r"<script>(.*?)</script>", re.S)
_DATA = re.compile(r'<script type="application/[^"]*">.*?</script>', re.S)
_UNSAFE = {
    "a script that the policy does not know": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "a style element": re.compile(r"<style\b[^>]*>", re.I),
    "an event handler": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"<[a-z][^<>]*=[\"']?\s*javascript:", re.I),
    "a frame or an object": re.compile(r"<(?:iframe|frame|object|embed|base)\b[^>]*>", re.I),
}


@cache
def inline_scripts(theme: Path = THEME) -> tuple[str, ...]:
    """Return the texts of the scripts that the templates hold.

    Raises:
        ExtensionError: a template would change one from page to page, so that no hash can name it.
    """
    found = []
    for template in sorted(theme.glob("*.html")):
        for text in _INLINE.findall(template.read_text("utf8")):
            if re.search(r"\{[{%#]", text):
                start = " ".join(text.split())[:80]
                raise ExtensionError(f"{template.name}: an inline script must be constant: {start}")
            found.append(text)
    return tuple(found)


def source(script: str) -> str:
    """Return the name under which a policy allows an inline script.

    Example:
        >>> source("")
        "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@cache
def policy() -> str:
    """Return the policy that every page carries."""
    directives = {
        "default-src": "'none'",
        "script-src": " ".join([OWN, *map(source, inline_scripts())]),
        # Style attributes are everywhere in formulas and drawings; style elements are nowhere. A browser
        # that does not tell the two apart goes by the first line.
        "style-src": f"{OWN} 'unsafe-inline'",
        "style-src-elem": OWN,
        "style-src-attr": "'unsafe-inline'",
        "img-src": f"{OWN} data:",
        "media-src": f"{OWN} data:",
        "font-src": OWN,
        # No page asks for anything; who looks at one from within (Lighthouse) asks for robots.txt.
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": OWN,
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def headers() -> dict[str, str]:
    """Return what a server should send with every answer; a ``<meta>`` can say the first in part only."""
    return {
        "Content-Security-Policy": f"{policy()}; frame-ancestors 'self'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


def faults(html: str) -> list[str]:
    """Return what a page holds that its policy would refuse, or that it has no policy.

    Example:
        >>> faults("<p>")
        ['no Content-Security-Policy before its first script']
    """
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy()}">'
    start = html.find(meta)
    found = []
    if start < 0 or "<script" in html[:start]:
        found.append("no Content-Security-Policy before its first script")
    for script in inline_scripts():
        html = html.replace(f"<script>{script}</script>", "")
    html = _DATA.sub("", html)
    for name, pattern in _UNSAFE.items():
        if (bad := pattern.search(html)) is not None:
            shown = " ".join(html[bad.start() : bad.start() + 80].split())
            found.append(f"{name}: {shown}")
    return found


def give(app: Sphinx) -> None:
    """Let every template say ``{{ security_policy }}``."""
    if app.builder.format == "html":
        app.builder.templates.environment.globals["security_policy"] = policy()


def check(app: Sphinx, error: Exception | None) -> None:
    """Hold all pages to the policy.

    Raises:
        ExtensionError: names pages and what is wrong with them.
    """
    if error or app.builder.format != "html":
        return
    outdir, found = Path(app.outdir), []
    for path in sorted(outdir.rglob("*.html")):
        name = path.relative_to(outdir).as_posix()
        found += [f"{name}: {fault}" for fault in faults(path.read_text("utf8"))]
    if found:
        raise ExtensionError("against the site's policy: " + "; ".join(found[:5]))


def setup(app: Sphinx) -> None:
    """Add the steps; the check comes when the site is tidied."""
    app.connect("builder-inited", give)
    app.connect("build-finished", check, priority=960)
