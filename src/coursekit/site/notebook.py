"""What a chapter's notebook says of itself, read without running it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from coursekit.site.entries import OutlineError


@dataclass(frozen=True)
class Notebook:
    """What a chapter's notebook says of itself.

    Attributes:
        title: Its first heading.
        minutes: How long a reader takes.
        headings: Its sections and subsections, in order.
        text: Its Markdown, without the instructor's notes.
    """

    title: str
    minutes: int
    headings: tuple[str, ...]
    text: str

    @classmethod
    def read(cls, path: Path) -> "Notebook":
        """Read the notebook at ``path``.

        Raises:
            OutlineError: it is missing, or has no title or no minutes.
        """
        if not path.is_file():
            raise OutlineError(f"course.yml names a chapter without a notebook: {path}")
        stored = json.loads(path.read_text("utf8"))
        cells = [cell for cell in stored["cells"] if cell["cell_type"] == "markdown"]
        cells = [c for c in cells if "instructor" not in c["metadata"].get("tags", [])]
        text = "\n\n".join("".join(cell["source"]) for cell in cells)
        title = re.search(r"^# (.+)$", text, re.M)
        minutes = stored["metadata"].get("coursekit", {}).get("minutes")
        if not title or not isinstance(minutes, int) or minutes <= 0:
            raise OutlineError(
                f"{path}: expected a title and coursekit.minutes above 0, got {minutes!r}"
            )
        return cls(title[1], minutes, tuple(re.findall(r"^##+ (.+)$", text, re.M)), text)

    def section(self, heading: str) -> str:
        """Return the text below a heading of the second level, up to the next one.

        Raises:
            OutlineError: there is no such section.
        """
        found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", self.text, re.M | re.S)
        if not found:
            raise OutlineError(f"{self.title!r} has no section {heading!r}")
        return found[1].strip()
