"""A drawing made part of a page: matplotlib's SVG as an element that takes the page's colors and type."""

import re
from functools import cache
from importlib import import_module
from itertools import groupby, pairwise
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"

_HEX = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LENGTH = re.compile(r"^\s*([\d.]+)\s*(pt|px)?\s*$")


class FigureError(ValueError):
    """A drawing that cannot be shown to everyone; the message names the remedy."""


def tokens(colors: dict[str, str]) -> dict[str, str]:
    """Map each of the course's colors, as matplotlib writes them, to the page's CSS variable.

    Example:
        >>> tokens({"loss": "#0072B2"})["#0072b2"]
        'var(--ck-loss)'
    """
    return {value.lower(): f"var(--ck-{name})" for name, value in colors.items()}


@cache
def course_tokens() -> dict[str, str]:
    """Return `tokens` of the course's own palette."""
    return tokens(import_module("coursekit.plots").COLORS)


def inline(svg: str, prefix: str, colors: dict[str, str]) -> str:
    """Turn a matplotlib SVG file into an ``<svg>`` element that fits into a page.

    Args:
        svg: The file's text; its ``<title>`` says in words what the picture shows.
        prefix: Put before each id, so that ids stay unique on the page.
        colors: Hex color to CSS value, see `tokens`; other colors stay as they are.

    Returns:
        An element with ``role="img"`` and the title as its label.

    Raises:
        FigureError: there is no title, or the text is not SVG.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise FigureError(f"not well-formed SVG: {error}") from error
    label = _label(root)
    width, height = (_pixels(root.get(side, "")) for side in ("width", "height"))
    box = root.get("viewBox") or f"0 0 {width:g} {height:g}"
    _drop(root, {"title", "metadata", "desc"})
    shared = _take_global_style(root)
    for group in list(root.iter(f"{SVG}g")):
        _reflow(group)
    kept = _referenced(root)
    for element in root.iter():
        _rewrite(element, prefix, kept, colors)
        element.tag = element.tag.removeprefix(SVG)
    root.attrib.clear()
    root.attrib.update(
        {
            "class": "ck-figure",
            "role": "img",
            "aria-label": label,
            "viewBox": box,
            "style": f"{shared}max-width:{width:.0f}px;aspect-ratio:{width:.0f}/{height:.0f}",
        }
    )
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return re.sub(r">\s*\n\s*<", "><", text)


def _label(root: ElementTree.Element) -> str:
    title = root.find(f"{SVG}title")
    text = (title.text or "") if title is not None else root.get("aria-label", "")
    if not text.strip():
        raise FigureError("has no alt text: give the figure a <title> that says what it shows")
    return " ".join(text.split())


def _pixels(length: str) -> float:
    match = _LENGTH.match(length)
    if match is None:
        raise FigureError(f"needs a width and a height in pt or px, got {length!r}")
    return float(match[1]) * (4 / 3 if match[2] == "pt" else 1)


def _drop(root: ElementTree.Element, names: set[str]) -> None:
    for parent in root.iter():
        for child in [
            c for c in parent if isinstance(c.tag, str) and c.tag.split("}")[-1] in names
        ]:
            parent.remove(child)


def _take_global_style(root: ElementTree.Element) -> str:
    """Remove matplotlib's ``<style>*{...}</style>``, which would reach the whole page; return it."""
    found = ""
    for parent in list(root.iter()):
        for child in parent.findall(f"{SVG}style"):
            body = re.search(r"\*\s*\{([^}]*)\}", child.text or "")
            found += body[1].replace(" ", "").strip(";") + ";" if body else ""
            parent.remove(child)
    return found


def _reflow(group: ElementTree.Element) -> None:
    """Let a line of mathtext flow in the page's font.

    matplotlib places each letter by its own font's widths; in another font the words fall apart.
    Letters that stand one after the other become runs, centered where the line was. What is stacked
    (fractions, sub- over superscripts) stays as it was placed.
    """
    texts = group.findall(f"{SVG}text")
    if len(texts) != 1 or len(group) != 1 or len(texts[0]) < 2:
        return
    text = texts[0]
    places = [re.fullmatch(r"-?[\d.]+", span.get("x", "")) for span in text]
    if any(span.tag != f"{SVG}tspan" for span in text) or not all(places):
        return
    spans = sorted(text, key=lambda span: float(span.get("x")))
    starts = [float(span.get("x")) for span in spans]
    if any(after - before < 0.5 for before, after in pairwise(starts)):
        return
    size = re.search(r"([\d.]+)px", spans[-1].get("style", ""))
    width = starts[-1] + 0.6 * float(size[1] if size else 10)
    for span in list(text):
        text.remove(span)
    text.tail = None
    text.text = None
    text.set("x", f"{width / 2:g}")
    text.set("style", "text-anchor:middle")
    height = 0.0
    for (y, style), run in groupby(
        spans, key=lambda span: (span.get("y", "0"), span.get("style", ""))
    ):
        joined = ElementTree.SubElement(text, f"{SVG}tspan", {"style": style})
        joined.set("dy", f"{float(y) - height:.2f}")
        joined.text = "".join(span.text or " " for span in run)
        height = float(y)


def _referenced(root: ElementTree.Element) -> set[str]:
    found: set[str] = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            found.update(_REFERENCE.findall(value))
            if name in (HREF, "href") and value.startswith("#"):
                found.add(value[1:])
    return found


def _rewrite(
    element: ElementTree.Element, prefix: str, kept: set[str], colors: dict[str, str]
) -> None:
    """Shorten one element's attributes, make its ids unique and its colors the page's."""
    if (link := element.attrib.pop(HREF, None)) is not None:
        element.set("href", link)
    # The style comes first: colors given as attributes are added to it below.
    for name, value in sorted(element.attrib.items(), key=lambda item: item[0] != "style"):
        if name == "id":
            if value in kept:
                element.set("id", prefix + value)
            else:
                del element.attrib["id"]
            continue
        if name == "href" and value.startswith("#"):
            element.set("href", f"#{prefix}{value[1:]}")
            continue
        value = _REFERENCE.sub(lambda m: f"url(#{prefix}{m[1]})", value)
        value = _HEX.sub(lambda m: colors.get(m[0].lower(), m[0]), value)
        if name in ("d", "points", "transform", "x", "y", "style"):
            value = _NUMBER.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), value)
        if name == "d":
            value = " ".join(value.split())
        if name == "style":
            value = _style(value, element.tag in (f"{SVG}text", f"{SVG}tspan"))
        elif name in ("fill", "stroke") and "var(" in value:
            # A presentation attribute cannot hold var(); a style can.
            del element.attrib[name]
            element.set("style", f"{name}:{value};{element.get('style', '')}".strip(";"))
            continue
        element.set(name, value)
    if element.tag == f"{SVG}text" and "fill" not in element.get("style", ""):
        element.set("style", f"{element.get('style', '')};fill:currentColor".strip(";"))


def _style(style: str, is_text: bool) -> str:
    """Tidy one style attribute; text keeps its size and weight and takes the page's family."""
    pairs = [part.split(":", 1) for part in style.split(";") if ":" in part]
    rules = {name.strip(): value.strip() for name, value in pairs}
    if is_text and (font := rules.pop("font", None)):
        size = re.search(r"(?:(\d{3}|bold|italic)\s+)?([\d.]+px)", font)
        if size:
            rules["font-size"] = size[2]
            if size[1]:
                rules["font-style" if size[1] == "italic" else "font-weight"] = size[1]
    rules.pop("font-family", None)
    rules = {name: _shade(value, is_text) for name, value in rules.items()}
    if "font-size" in rules:
        # On a phone the drawing shrinks; the style sheet lets its words grow against that.
        rules["font-size"] = f"calc({rules['font-size']}*var(--grow,1))"
    return ";".join(f"{name}:{value}" for name, value in rules.items())


def _shade(value: str, is_text: bool) -> str:
    """Words take a color's shade for words; the lightest color has a shade for marks (tokens.css)."""
    if is_text:
        return re.sub(r"--ck-(loss|gradient|path|minimum|estimate)\b", r"--ck-text-\1", value)
    return value.replace("--ck-estimate", "--ck-mark-estimate")
