"""The rule by which a chapter becomes slides: what is looked at stands there, what is said goes to the notes.

Each section is a group of slides. Its first slide has the heading, the first words and what comes first;
a picture, a widget or a verdict has a slide to itself; formulas, code and output share one while they
follow each other without words between and have room.
"""

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bs4 import NavigableString, Tag

from coursekit.site.slides_blocks import SMALL, Block, Heading, Item, Said

#: Lines of code that a slide holds in its usual and its smallest type.
ROOM, MOST = 17, 24
#: Type sizes larger than the smallest: lines of code, and letters in a line, that fit.
SIZES = (("roomy", 12, 78), ("normal", ROOM, 96))
#: Letters beside each other in the smallest type; lines of code below a section's first words.
ACROSS, BELOW = 112, 11
#: Lines of an item beside which no words stand on its slide.
TALL = 27
#: Letters of running text that may stay on a slide: as first words, and above or below an item.
FIRST_WORDS, WORDS = 230, 150
_END = re.compile(r"[.?!]”?(?=\s+[^a-z\s]|\s*$)")
#: How a sentence begins that can't be understood without the one before it.
_NEEDS_MORE = re.compile(
    r"(It|Its|They|Their|This|That|These|Those|Both|Neither|And|But|So|Then|Here|There)\b"
)
_LEADS_ON = re.compile(r"[:?]”?$")


@dataclass
class Slide:
    """One slide: headings, at most a sentence or two, what is looked at, what is said."""

    section: str
    anchor: str
    part: str = ""
    opens: bool = False
    lead: str = ""
    caption: str = ""
    beside: bool = False
    items: list[Item] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    name: str = ""

    @property
    def size(self) -> str:
        """How large the slide's type may be: ``roomy``, ``normal`` or ``dense``."""
        widths = [item.width for item in self.items]
        width = sum(widths[:2]) + 8 if self.beside else max(widths, default=0)
        for size, lines, letters in SIZES:
            if self.lines <= lines and width <= letters:
                return size
        return "dense"

    @property
    def lines(self) -> float:
        """Height of the items, in lines of code."""
        heights = [item.lines for item in self.items]
        if self.beside:  # code, and its output to the right of it
            heights[:2] = [max(heights[:2])]
        return sum(heights) + 1.5 * bool(self.lead) + 3 * self.opens

    @property
    def is_full(self) -> bool:
        """Say whether the one item on the slide fills it."""
        return any(item.kind not in (*SMALL, "task") for item in self.items)


@dataclass
class _Group:
    """A run of blocks below one heading, while slides are made of it."""

    heading: Heading
    section: Heading
    slides: list[Slide] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def new(self) -> Slide:
        """Begin a slide."""
        inner = self.heading.level > 2
        slide = Slide(self.section.html, self.heading.anchor, self.heading.html if inner else "")
        slide.opens = not self.slides
        self.slides.append(slide)
        return slide


def split(blocks: Iterable[Block]) -> list[list[Slide]]:
    """Return the slides of a chapter, a list for each of its sections.

    Args:
        blocks: As `coursekit.site.slides_blocks.blocks` yields them.
    """
    groups: list[list[_Group]] = []
    group = None
    for block in blocks:
        if isinstance(block, Heading):
            _finish(group)
            opens = block.level == 2 or group is None
            if opens:
                groups.append([])
            group = _Group(block, block if opens else group.section)
            groups[-1].append(group)
        elif isinstance(block, Said):
            group.said.append(block)
        else:
            _place(group, block)
    _finish(group)
    return [_listed([slide for group in section for slide in group.slides]) for section in groups]


def _place(group: _Group, item: Item) -> None:
    """Put an item on the slide it belongs to, and what was said before it into the notes."""
    said, group.said = group.said, []
    if not group.slides:
        _open(group, said, item)
        return
    last = group.slides[-1]
    about, leading = _divide(said, last)
    last.notes += [each.html for each in about]
    if last.items and last.items[-1].kind == "figure" and about:
        last.caption = sentences(about[0].element, WORDS, first=True)
    if not said and _beside(last, item):
        last.beside = True
        last.items.append(item)
        return
    if not said and _fits(last, item, group.heading.is_exercise):
        # A guess that was kept opens its answer at once: not before what the answer is read from.
        item.later = item.later or (item.kind == "reveal" and any(i.later for i in last.items))
        last.items.append(item)
        return
    slide = group.new()
    slide.notes = [each.html for each in leading]
    if leading and not group.heading.is_exercise and item.lines <= TALL:
        slide.lead = sentences(leading[-1].element, WORDS, first=False)
    slide.items.append(item)


def _open(group: _Group, said: list[Said], item: Item | None) -> None:
    slide = group.new()
    slide.notes = [each.html for each in said]
    first = next((each for each in said if not each.is_note), None)
    lead = sentences(first.element, FIRST_WORDS, first=True) if first else ""
    paragraphs = [each for each in said if each.element is not None]
    if item is None:
        slide.lead = lead
        return
    is_long = item.kind in SMALL and item.lines > BELOW
    if lead and (is_long or (len(paragraphs) > 1 and item.kind not in SMALL)):
        slide.lead = lead
        slide = group.new()
        if len(paragraphs) > 1:
            slide.lead = sentences(paragraphs[-1].element, WORDS, first=False)
    elif item.lines <= TALL:
        slide.lead = lead
    slide.items.append(item)


def _fits(slide: Slide, item: Item, is_exercise: bool) -> bool:
    """Say whether an item that follows without words between may share the slide."""
    if not slide.items or slide.is_full or item.kind not in (*SMALL, "task"):
        return False
    same_cell = bool(item.cell) and slide.items[-1].cell == item.cell
    left_over = slide.items[0].kind == "output"  # from a long cell
    if item.kind == "code" and (left_over or same_cell):
        return False
    close = same_cell or is_exercise or item.kind == "reveal"
    return slide.lines + item.lines <= (MOST if close else ROOM)


def _beside(slide: Slide, item: Item) -> bool:
    """Say whether an output stands better to the right of its long code than below it."""
    if [each.kind for each in slide.items] != ["code"] or item.kind != "output":
        return False
    code = slide.items[0]
    narrow = code.width + item.width + 8 <= ACROSS
    return code.cell == item.cell and narrow and slide.lines + item.lines > ROOM


def _divide(said: list[Said], slide: Slide) -> tuple[list[Said], list[Said]]:
    """Divide what is said between two items: about the first, and leading to the second."""
    paragraphs = [each for each in said if each.element is not None]
    if not paragraphs:
        return said, []
    last = paragraphs[-1]
    leads_on = bool(_LEADS_ON.search(last.element.get_text().strip()))
    if leads_on or len(paragraphs) > 1 or not slide.items:
        place = said.index(last)
        return said[:place], said[place:]
    return said, []


def _finish(group: _Group | None) -> None:
    """Add what is said at a section's end to its last slide."""
    if group is None:
        return
    if not group.slides:
        _open(group, group.said, None)
        return
    last = group.slides[-1]
    last.notes += [each.html for each in group.said]
    if group.said and last.items and last.items[-1].kind == "figure":
        last.caption = sentences(group.said[0].element, WORDS, first=True)


def _listed(slides: list[Slide]) -> list[Slide]:
    """Let a section's first slide that shows nothing name the parts to come, when there are several."""
    parts = list(dict.fromkeys(slide.part for slide in slides if slide.part))
    if not slides[0].items and not slides[0].part and len(parts) > 1:
        names = "".join(f"<li>{part}</li>" for part in parts)
        slides[0].items.append(Item("list", f"<ul>{names}</ul>", 1.6 * len(parts)))
    return slides


def sentences(paragraph: Tag | None, most: int, first: bool) -> str:
    """Return one or two of a paragraph's sentences as HTML, or nothing when they are too long.

    Args:
        paragraph: The paragraph, or None.
        most: Letters at most.
        first: Its first two sentences (or first one, if two are too long), else its last one, or the last
            two if the last one says "it" or "and" of what the other has said.

    Example:
        >>> from bs4 import BeautifulSoup
        >>> sentences(BeautifulSoup("<p>One <i>is</i> it. And so on.</p>", "html.parser").p, 12, True)
        'One <i>is</i> it.'
    """
    if paragraph is None:
        return ""
    parts = _parts(paragraph)
    chosen = [parts[:2], parts[:1]] if first else [parts[-1:], parts[-2:]]
    for some in chosen:
        if not first and _NEEDS_MORE.match(some[0][0].get_text().strip()):
            continue
        nodes = [node for part in some for node in part]
        if 0 < sum(_letters(node) for node in nodes) <= most:
            html = "".join(str(_bare(node)) for node in nodes).strip()
            return "" if html.startswith("(") else html
    return ""


def _parts(paragraph: Tag) -> list[list[Tag | NavigableString]]:
    """Cut a paragraph's nodes where a sentence ends outside any inline element."""
    parts: list[list] = [[]]
    for node in paragraph.children:
        if not isinstance(node, NavigableString):
            parts[-1].append(node)
            continue
        start, text = 0, str(node)
        for end in _END.finditer(text):
            behind = text[end.end() :]
            ahead = node.next_sibling
            if not behind.strip() and ahead is not None:
                goes_on = not behind or ahead.get_text()[:1].islower()
                if goes_on:
                    continue
            parts[-1].append(NavigableString(text[start : end.end()]))
            parts.append([])
            start = end.end()
        if text[start:]:
            parts[-1].append(NavigableString(text[start:]))
    return [part for part in parts if any(_letters(node) for node in part)]


def _letters(node: Tag | NavigableString) -> int:
    if isinstance(node, NavigableString):
        return len(node.strip())
    drawn = node.find_all(class_="katex-html")
    hidden = sum(len(each.get_text()) for each in node.find_all(class_="katex-mathml"))
    return len(node.get_text()) - (hidden if drawn else 0)


def _bare(node: Tag | NavigableString) -> Tag | NavigableString:
    """Return a copy without ids: the original stays in the notes."""
    if isinstance(node, NavigableString):
        return node
    node = copy.copy(node)
    for each in [node, *node.find_all(id=True)]:
        each.attrs.pop("id", None)
    return node
