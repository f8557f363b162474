"""Figures as part of the page: matplotlib's SVG inlined, so that it takes the page's colors and type.

A figure says in words what it shows, in its own ``<title>``; one that does not, or an image
without alt text, stops the build.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from coursekit.drawings import FigureError, course_tokens, inline, tokens
from coursekit.site.paths import lighten

__all__ = ["LIMIT", "FigureError", "InlineFigures", "course_tokens", "inline", "tokens"]

#: A drawing heavier than this should be thinned (fewer points) or drawn as an image in the SVG.
LIMIT = 150_000


class InlineFigures(SphinxPostTransform):
    """Replace the SVG outputs of a notebook's cells, and hold every image to having alt text."""

    default_priority = 5  # after myst-nb has chosen one form of each output
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Go through the document's images."""
        docname = self.env.docname
        for number, image in enumerate(list(self.document.findall(nodes.image))):
            path = Path(self.env.srcdir, image["uri"].lstrip("/"))
            try:
                if path.suffix == ".svg" and _is_output(image):
                    image.replace_self(self._figure(path, f"f{number}-"))
                elif not image.get("alt", "").strip():
                    raise FigureError(f"the image {image['uri']} has no alt text")
            except FigureError as error:
                raise ExtensionError(f"{docname}, figure {number + 1}: {error}") from error

    def _figure(self, path: Path, prefix: str) -> nodes.raw:
        text = path.read_text("utf8")
        if len(text) > LIMIT:
            raise FigureError(
                f"is {len(text) / 1000:.0f} kB of SVG, more than {LIMIT / 1000:.0f}: draw fewer "
                "points or rasterize the heavy part (rasterized=True)"
            )
        return nodes.raw("", lighten(inline(text, prefix, course_tokens())), format="html")


def _is_output(node: nodes.Node) -> bool:
    """Say whether a node stands in the output of a notebook's cell."""
    while node is not None:
        if isinstance(node, nodes.Element) and node.get("nb_element") == "cell_code_output":
            return True
        node = node.parent
    return False


def setup(app: Sphinx) -> None:
    """Add the step to every build of pages."""
    app.add_post_transform(InlineFigures)
