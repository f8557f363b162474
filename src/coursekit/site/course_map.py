"""The map of the course: all chapters in order, with arcs to what each builds on, and the paths through them.

The map is an ordered list; each entry brings its own arcs, drawn in the space beside the list.
A chosen path is marked by the style sheet alone, so that no script is needed.
"""

from html import escape

from docutils import nodes
from sphinx.application import Sphinx

from coursekit.site.generated import Generated, choice, link
from coursekit.site.outline import Chapter, Outline, Part, Way
from coursekit.site.times import hours

#: Width of the space for the arcs, in the arcs' own units, and how many rows an arc spans that fills it.
WIDE, FULL = 100, 30


def rows(outline: Outline) -> dict[str, int]:
    """Return the row of each page in the map: a row for each part, then one for each of its chapters."""
    found, row = {}, 0
    for part in outline.parts:
        for page in (part.page, *(chapter.page for chapter in part.chapters)):
            row += 1
            found[page] = row
    return found


def drawn(outline: Outline, chapter: Chapter) -> list[str]:
    """Return what a chapter builds on without what these chapters build on in turn: the arcs of the map."""
    inherited: set[str] = set()
    ahead = list(chapter.builds_on)
    while ahead:
        further = outline.chapters[ahead.pop()].builds_on
        inherited.update(further)
        ahead += further
    return [page for page in chapter.builds_on if page not in inherited]


def arcs(outline: Outline, chapter: Chapter) -> str:
    """Return a chapter's arcs as a drawing that spans the rows from its farthest source to its own."""
    place = rows(outline)
    end, starts = place[chapter.page], [place[page] for page in drawn(outline, chapter)]
    if not starts:
        return ""
    top, height = min(starts), end - min(starts) + 1
    paths = ""
    for start in starts:
        out = WIDE - 12 - (WIDE - 16) * min(1, ((end - start) / FULL) ** 0.6)
        low, high = start - top + 0.5, height - 0.5
        paths += f'<path d="M{WIDE} {low}C{out:.1f} {low} {out:.1f} {high} {WIDE} {high}"/>'
    return (
        f'<svg class="map-arcs" style="grid-row:{top}/{end + 1}" viewBox="0 0 {WIDE} {height}" '
        f'preserveAspectRatio="none" aria-hidden="true">{paths}</svg>'
    )


class CourseMap(Generated):
    """``{course-map}``: the map, with a choice of the path to mark."""

    def write(self) -> list[nodes.Node]:
        """Draw it."""
        parts = "".join(self._part(part) for part in self.outline.parts)
        html = f'<div class="map">{self._choice()}<ol class="map-list">{parts}</ol></div>'
        return [nodes.raw("", html, format="html")]

    def _choice(self) -> str:
        options = [("none", "None ")]
        options += [(way.name, f"{escape(way.title)} {_mark(way)}") for way in self.outline.ways]
        return choice("Mark a path", "path", "show", options)

    def _part(self, part: Part) -> str:
        row = rows(self.outline)[part.page]
        chapters = "".join(self._chapter(chapter) for chapter in part.chapters)
        return (
            f'<li class="map-part"><p style="grid-row:{row}"><a href="{self.href(part.page)}.html">'
            f"Part {part.number} · {escape(part.title)}</a> "
            f'<span class="map-minutes">{hours(part.minutes)}</span></p><ol>{chapters}</ol></li>'
        )

    def _chapter(self, chapter: Chapter) -> str:
        ways = [way for way in self.outline.ways if chapter.page in {s.page for s in way.stops}]
        names = " ".join(f"on-{way.name}" for way in ways)
        numbers = sorted(self.outline.chapters[page].number for page in chapter.builds_on)
        builds = f"builds on {', '.join(numbers)}" if numbers else "the beginning"
        row = rows(self.outline)[chapter.page]
        return (
            f'<li class="map-chapter {names}"><div style="grid-row:{row}">'
            f'<span class="map-title"><span class="map-number">{chapter.number}</span> '
            f'<a href="{self.href(chapter.page)}.html">{escape(chapter.title)}</a></span> '
            f'<span class="map-facts"><span>{builds}</span> <span>{chapter.minutes} min</span> '
            f'<span class="map-marks">{" ".join(map(_mark, ways))}</span></span></div>'
            f"{arcs(self.outline, chapter)}</li>"
        )


def _mark(way: Way) -> str:
    """A path's letter in a ring, with its name for those who don't see it."""
    return (
        f'<span class="map-mark" title="{escape(way.title)}"><span aria-hidden="true">{way.title[0]}</span>'
        f'<span class="visually-hidden">on the path {escape(way.title)}</span></span>'
    )


class CoursePath(Generated):
    """``{course-path} name``: a path's chapters in order, and why each is on it."""

    required_arguments = 1

    def write(self) -> list[nodes.Node]:
        """Write the path as a numbered list."""
        way = self.outline.way(self.arguments[0])
        minutes = self.outline.minutes(stop.page for stop in way.stops)
        lines = [f"{way.who} {way.about} {len(way.stops)} chapters, {hours(minutes)}.", ""]
        for stop in way.stops:
            chapter = self.outline.chapters[stop.page]
            lines.append(f"1. {link(chapter)}, {chapter.minutes} minutes. {stop.why}")
            for page, told in stop.skips.items():
                left_out = self.outline.chapters[page]
                lines.append(f"   *Leaves out {link(left_out)}. Know this instead:* {told}.")
        return self.parse("\n".join(lines))


class CoursePaths(Generated):
    """``{course-paths}``: the paths as ways into the course, for the landing page."""

    def write(self) -> list[nodes.Node]:
        """Write one entry for each path."""
        entries = ""
        for way in self.outline.ways:
            minutes = self.outline.minutes(stop.page for stop in way.stops)
            first = self.outline.chapters[way.stops[0].page]
            entries += (
                f'<li><p class="entry-title"><a href="{self.href("map.html")}#{way.name}">'
                f"{escape(way.title)}</a></p><p>{escape(way.who)}</p>"
                f'<p class="entry-facts">{len(way.stops)} chapters, {hours(minutes)}, from '
                f'<a href="{self.href(first.page)}.html">{escape(first.title)}</a></p></li>'
            )
        return [nodes.raw("", f'<ul class="entries">{entries}</ul>', format="html")]


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("course-map", CourseMap)
    app.add_directive("course-path", CoursePath)
    app.add_directive("course-paths", CoursePaths)
