"""Ids and links of many pages made those of one document."""

import posixpath
import re
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from coursekit.site.press import PressError

#: Attributes that hold ids, several with spaces between them.
_HOLD_IDS = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")
_IN_STYLE = re.compile(r"url\(\s*(['\"]?)#([^'\")]+)\1\s*\)")


def prefixed(anchor: str, identity: str) -> str:
    """Return the id that an id of a page has in the book.

    Example:
        >>> prefixed("descent-batches", "quiz")
        'descent-batches--quiz'
    """
    return f"{anchor}--{identity}"


def own_ids(body: Tag, anchor: str) -> None:
    """Make all ids of a page its own in the book, and what refers to them within the page.

    Links are left to `own_links`.

    Raises:
        PressError: An id stands twice on the page.
    """
    seen: set[str] = set()
    for element in body.find_all(True):
        if identity := element.get("id"):
            if identity in seen:
                raise PressError(f"{anchor}: the id {identity!r} stands twice on the page")
            seen.add(identity)
            element["id"] = prefixed(anchor, identity)
        for name, value in list(element.attrs.items()):
            if name in _HOLD_IDS:
                several = value if isinstance(value, list) else value.split()
                element[name] = " ".join(prefixed(anchor, each) for each in several)
            elif isinstance(value, str) and "url(" in value:
                element[name] = _IN_STYLE.sub(
                    lambda found: f"url(#{prefixed(anchor, found[2])})", value
                )
            elif element.name != "a" and name in ("href", "xlink:href") and value[:1] == "#":
                element[name] = f"#{prefixed(anchor, value[1:])}"


def own_links(body: Tag, docname: str, anchors: dict[str, str], site_url: str) -> None:
    """Point the links of a page to where they lead in the book.

    A link to another page of the book becomes one within the document; a link to what only the
    site has (downloads, the search page) leads to the published site, or is plain text when its
    address is not known.

    Args:
        body: The page's text.
        docname: The page.
        anchors: Every page of the book to the id of its chapter.
        site_url: Address of the published site with a slash at its end, or an empty string.
    """
    for link in body.find_all("a", href=True):
        parts = urlsplit(link["href"])
        if parts.scheme or parts.netloc:
            if link.get_text().strip() == link["href"]:
                link["class"] = [*link.get("class", []), "bare"]
            continue
        target = f"{docname}.html"
        if parts.path:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(docname), parts.path))
        page = unquote(target).removesuffix(".html")
        if target.endswith(".html") and page in anchors:
            fragment = unquote(parts.fragment)
            goal = prefixed(anchors[page], fragment) if fragment else anchors[page]
            link["href"] = f"#{goal}"
        elif site_url:
            link["href"] = site_url + target
        else:
            link.unwrap()


def check(document: BeautifulSoup) -> int:
    """Hold the whole document to ids that stand once and links that lead somewhere.

    Returns:
        The number of links within the document.

    Raises:
        PressError: names the ids.
    """
    ids = [element["id"] for element in document.find_all(id=True)]
    if len(set(ids)) < len(ids):
        twice = sorted({identity for identity in ids if ids.count(identity) > 1})
        raise PressError(f"ids stand twice in the book: {twice[:5]}")
    known = set(ids)
    goals = [link["href"][1:] for link in document.find_all("a", href=re.compile("^#"))]
    if dead := sorted(set(goals) - known):
        raise PressError(f"{len(dead)} links of the book lead nowhere: {dead[:5]}")
    return len(goals)
