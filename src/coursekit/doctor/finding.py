"""What a check of this machine has found."""

import shlex
import sys
from dataclasses import dataclass

OK, NOTE, TROUBLE = "ok", "note", "trouble"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        grade: `OK`, `NOTE` (the course works, but for something) or `TROUBLE` (it does not).
        check: What was looked at, in a word or two.
        said: What was found, in one sentence.
        mend: What to type or to do, empty when all is well.
    """

    grade: str
    check: str
    said: str
    mend: str = ""

    def words(self) -> str:
        """Return the finding as text: a line, and below it what to do."""
        line = f"{self.grade:<8} {self.check:<10} {self.said}"
        return f"{line}\n{'':19} -> {self.mend}" if self.mend else line


def this_python(*arguments: str) -> str:
    """Return a command line for this Python, quoted for a shell."""
    return shlex.join([sys.executable, *arguments])


def pip_install(*requirements: str) -> str:
    """Return the command line that installs packages for this Python."""
    return this_python("-m", "pip", "install", *requirements)
