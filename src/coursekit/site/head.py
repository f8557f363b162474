"""What a page says about itself: title, description, address, the card shown when it is shared."""

import json
import os
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

URL_VARIABLE = "GRADIENTS_SITE_URL"
CARD = "_static/card.png"
_LONGEST = 160
#: Pages made by the builder rather than written: not for search engines.
_MADE = {
    "search": "Search all chapters of the course, its glossary and its ledger of claims.",
    "genindex": "All terms of the course.",
    "404": "There is no such page in the course.",
}


def site_url(config: Config) -> str:
    """Return the address the site is published at, with a slash at its end, or an empty string.

    ``GRADIENTS_SITE_URL`` in the environment wins over ``html.baseurl`` in ``_config.yml``. A site
    without one has no canonical links and no sitemap, which need full addresses.
    """
    url = (os.environ.get(URL_VARIABLE) or config.html_baseurl or "").strip()
    if url and not re.match(r"https?://[^/\s]+", url):
        raise ValueError(f"{URL_VARIABLE} must start with http:// or https://, got {url!r}")
    return url.rstrip("/") + "/" if url else ""


def metadata(env: BuildEnvironment, docname: str) -> dict[str, Any]:
    """Return what a page's notebook metadata or front matter says of it, for this course.

    Keys under ``coursekit`` (``minutes``, ``description``) come first, then top-level ones.
    """
    said = env.metadata.get(docname, {})
    course = said.get("coursekit", {})
    if isinstance(course, str):
        course = json.loads(course)
    return {**said, **course}


def shorten(text: str, longest: int = _LONGEST) -> str:
    """Cut a text at the end of a sentence, or of a word, so that it has at most ``longest`` letters.

    Example:
        >>> shorten("One. Two three four.", 12)
        'One.'
    """
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    if (stop := max(head.rfind(". "), head.rfind("? "))) > 2:
        return head[: stop + 1]
    return head.rsplit(" ", 1)[0].rstrip(",;:") + "…"


def description(env: BuildEnvironment, docname: str) -> str:
    """Return a page's description: its own, else its first paragraph of more than a few words.

    Its own stands in the metadata (see `metadata`) or in ``myst: html_meta: description:``.
    """
    if own := metadata(env, docname).get("description"):
        return shorten(str(own))
    doctree = env.get_doctree(docname)
    for meta in doctree.findall(nodes.meta):
        if meta.get("name") == "description":
            return shorten(meta["content"])
    for paragraph in doctree.findall(nodes.paragraph):
        within_text = isinstance(paragraph.parent, nodes.section | nodes.document)
        text = "".join(
            node.astext() for node in paragraph.findall(nodes.Text) if not _is_formula(node)
        )
        if within_text and len(text.split()) >= 8:
            return shorten(text)
    return ""


def _is_formula(node: nodes.Node) -> bool:
    return isinstance(node.parent, nodes.math)


def address(base: str, page: str, root: str) -> str:
    """Return a page's full address; the root page's is the site's own."""
    return base if page == root else f"{base}{page}.html"


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the template ``head``: title, description, canonical address and Open Graph properties."""
    site = app.config.html_title
    is_page = pagename in app.env.all_docs
    title = app.env.titles[pagename].astext() if is_page else pagename.capitalize()
    is_home = pagename == app.config.root_doc
    text = description(app.env, pagename) if is_page else _MADE.get(pagename, "")
    base = app.config.coursekit_url
    full = site if is_home else f"{title} · {site}"
    graph = [("og:type", "website" if is_home else "article"), ("og:title", full)]
    graph += [("og:site_name", site)]
    if text:
        graph.append(("og:description", text))
    canonical = address(base, pagename, app.config.root_doc) if base and is_page else ""
    if base:
        graph += [("og:url", canonical or base), ("og:image", base + CARD)]
        graph += [("og:image:width", "1200"), ("og:image:height", "630")]
        graph += [
            ("og:image:alt", app.config.coursekit_card_alt),
            ("twitter:card", "summary_large_image"),
        ]
    context["head"] = {
        "title": full,
        "description": text,
        "canonical": canonical,
        "noindex": pagename in _MADE,
        "graph": graph if is_page else [],
    }


def write_for_crawlers(outdir: Path, base: str, pages: list[str], root: str) -> None:
    """Write ``robots.txt``, and ``sitemap.xml`` when the site's address is known.

    Args:
        outdir: Folder of the built site.
        base: The site's address or an empty string.
        pages: Names of the pages that are written, without ``.html``.
        root: Name of the root page.
    """
    robots = "User-agent: *\nAllow: /\n"
    sitemap = outdir / "sitemap.xml"
    if base:
        addresses = [
            address(base, page, root) for page in sorted(pages, key=lambda p: (p != root, p))
        ]
        entries = "".join(f"  <url><loc>{each}</loc></url>\n" for each in addresses)
        sitemap.write_text(
            '<?xml version="1.0" encoding="utf-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
            "utf8",
        )
        robots += f"Sitemap: {base}sitemap.xml\n"
    else:
        sitemap.unlink(missing_ok=True)
    (outdir / "robots.txt").write_text(robots, "utf8")


def _choose_url(app: Sphinx, config: Config) -> None:
    config["coursekit_url"] = site_url(config)
    config["html_baseurl"] = config["coursekit_url"]


def setup(app: Sphinx) -> None:
    """Add the configuration values and the step."""
    app.add_config_value("coursekit_url", "", "html")
    app.add_config_value("coursekit_card_alt", "", "html")
    app.connect("config-inited", _choose_url)
    app.connect("html-page-context", describe, priority=890)
