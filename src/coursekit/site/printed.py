"""What a cell prints: a table keeps its columns on a phone, and can be scrolled; prose wraps."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

#: Two columns: words with a gap of two spaces or more between them.
GAP = re.compile(r"\S {2,}\S")


def in_columns(text: str) -> bool:
    """Say whether a printed text is a table: three lines or more, most of them with a gap inside.

    Example:
        >>> in_columns("step  loss\\n   0  1.00\\n   1  0.25")
        True
        >>> in_columns("loss at the start  1.00")
        False
    """
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) >= 3 and sum(bool(GAP.search(line)) for line in lines) > len(lines) / 2


class Columns(SphinxPostTransform):
    """Give the printed tables a class of their own."""

    default_priority = 310  # after what is hidden has been folded
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Go through what the cells print."""
        for output in self.document.findall(nodes.container):
            if "cell_output" in output.get("classes", []):
                for block in output.findall(nodes.literal_block):
                    if in_columns(block.astext()):
                        block["classes"].append("columns")


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(Columns)
