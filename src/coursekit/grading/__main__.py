"""``python -m coursekit.grading FOLDER [NUMBER …]``: write the chapters as nbgrader takes them."""

import argparse
from pathlib import Path

from coursekit.grading.sources import write_course


def main() -> None:
    """Write the folder, and say of each file whether it was written or left as it was."""
    parser = argparse.ArgumentParser(
        prog="python -m coursekit.grading",
        description="Write a folder that nbgrader runs on, with one assignment for each chapter. "
        "Files that are there already are left as they are.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="is made if it is not there")
    parser.add_argument(
        "numbers", nargs="*", metavar="NUMBER", help="chapters, such as 1.1; all if none is given"
    )
    parser.add_argument(
        "--repository",
        default="",
        metavar="ADDRESS",
        help="where the notebooks install the library from when it is missing",
    )
    options = parser.parse_args()
    try:
        written = write_course(options.folder, options.numbers, options.repository)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    for path, new in written.items():
        print(path if new else f"{path} (left as it was)")


if __name__ == "__main__":
    main()
