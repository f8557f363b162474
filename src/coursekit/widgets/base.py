"""What all widgets of the course share: built scripts, one style sheet, words for the picture."""

from pathlib import Path

import anywidget
import traitlets

STATIC = Path(__file__).with_name("static")


class CourseWidget(anywidget.AnyWidget):
    """A widget drawn by a built script, in which ``kind`` names the module that draws it.

    A subclass sets ``_esm`` (its script in `STATIC`), ``kind`` and ``reserve`` (the height in CSS
    pixels that a page keeps free for it at a width of 720 and of 360 px, so that nothing jumps when
    it appears), and says in ``describe`` what the picture shows; that sentence is its plain-text form.
    """

    _css = STATIC / "widgets.css"

    kind = traitlets.Unicode(read_only=True).tag(sync=True)
    reserve = traitlets.List(traitlets.Int(), [400, 500], read_only=True).tag(sync=True)
    challenges = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def describe(self) -> str:
        """Say in a sentence what the widget shows."""
        raise NotImplementedError(f"{type(self).__name__} must say in words what it shows")

    def __repr__(self) -> str:
        return self.describe()
