"""Bring the chapters up to date in a learner's folder: ``deliver.py COURSE FOLDER``, run as the learner.

It does what ``coursekit update --edition student`` does, with the notebooks that ``prepare.py`` made once
for all: making them takes two seconds of CPU, which a whole class would wait for one after the other.
"""

import json
import sys
from pathlib import Path

from coursekit.learner import LearnerError, merge, report


def main(course: str, folder: str) -> int:
    """Deliver, and say in a few lines what was done."""
    made = json.loads(Path(course).read_text("utf-8"))
    files = {path: text.encode() for path, text in made["files"].items()}
    try:
        done = merge.deliver(Path(folder), files, version=made["version"], edition=made["edition"])
    except LearnerError as error:
        print(error, file=sys.stderr)
        return 1
    print(report.words(done, made["edition"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
