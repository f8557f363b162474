"""What is folded away: cells tagged ``hide-*``, solutions, hints; always a native ``<details>``."""

from html import escape

from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

#: A cell's tag to the words on its fold; other folds say what kind of content they hold.
SUMMARIES = {"tag_solution": "Solution", "tag_hint": "Hint"}
KINDS = {"above-input": "Code", "below-input": "Output", "above-output": "Output"}


class Fold(nodes.General, nodes.Element):
    """Content that the reader opens; attribute ``summary`` is the line always seen."""


def visit_fold(translator: HTML5Translator, node: Fold) -> None:
    """Open the element and write its summary."""
    classes = " ".join(["fold", *node["classes"]])
    anchor = f' id="{escape(node["ids"][0])}"' if node.get("ids") else ""
    translator.body.append(
        f'<details class="{escape(classes)}"{anchor}><summary>{escape(node["summary"])}</summary>\n'
        '<div class="fold-inside">\n'
    )


def depart_fold(translator: HTML5Translator, node: Fold) -> None:
    """Close the element."""
    translator.body.append("</div></details>\n")


class Dropdown(SphinxDirective):
    """``{dropdown} Title``: folded content, such as a hint."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        """Parse the content into a fold."""
        fold = Fold(summary=self.arguments[0], classes=self.options.get("class", []))
        self.set_source_info(fold)
        self.state.nested_parse(self.content, self.content_offset, fold)
        return [fold]


class FoldAll(SphinxPostTransform):
    """Turn hidden cells and admonitions of the class ``dropdown`` into folds."""

    default_priority = 300  # after myst-nb has wrapped the hidden cells
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Go through the document."""
        for cell in list(self.document.findall(nodes.container)):
            for place, hidden in enumerate(cell.children):
                if isinstance(hidden, HideCodeCellNode):
                    fold = Fold(summary=_words(cell, hidden), classes=["fold-cell"])
                    fold.extend(hidden.children)
                    cell[place] = fold
        for box in list(self.document.findall(nodes.Admonition)):
            if "dropdown" in box.get("classes", []) and isinstance(box[0], nodes.title):
                fold = Fold(summary=box[0].astext(), classes=[], ids=box["ids"])
                fold.extend(box.children[1:])
                box.replace_self(fold)


def _words(cell: nodes.container, hidden: HideCodeCellNode) -> str:
    """Return what the fold says: a word for the cell's tag, else for what it hides."""
    named = [words for tag, words in SUMMARIES.items() if tag in cell.get("classes", [])]
    kind = next((KINDS[c] for c in hidden["classes"] if c in KINDS), "Code")
    return named[0] if named else kind


def setup(app: Sphinx) -> None:
    """Register the element, the directive and the step."""
    app.add_node(Fold, html=(visit_fold, depart_fold))
    app.add_directive("dropdown", Dropdown)
    app.add_post_transform(FoldAll)
