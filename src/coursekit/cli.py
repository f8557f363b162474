"""The command ``coursekit``: is this machine ready, the chapters in one's own folder, what has been done.

Exit status: 0 when all is well, 1 when something is in the way (one line on the error stream says what),
2 when the command can't be understood.
"""

from __future__ import annotations  # an older Python shall read as far as `main`, and be told

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import coursekit

FOLDER = "gradients-course"
EDITIONS = ("self-paced", "student", "instructor")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coursekit",
        description="Gradients, an executable course: work through the chapters on this machine.",
    )
    parser.add_argument("--version", action="version", version=f"coursekit {coursekit.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help=f"your folder; if not given, the one you are in, or else ./{FOLDER}",
    )
    delivery = argparse.ArgumentParser(add_help=False)
    delivery.add_argument(
        "--edition",
        choices=EDITIONS,
        help="self-paced: with folded solutions (this is it if you don't say); student: without; "
        "instructor: with notes for teaching",
    )
    delivery.add_argument(
        "--restore",
        action="append",
        default=[],
        metavar="NAME",
        help="bring back a chapter that you deleted, such as gradients/slope.ipynb (may be repeated)",
    )
    commands.add_parser(
        "doctor",
        parents=[folder],
        help="say what is wrong on this machine, and how to mend it",
        description="Look at all that the notebooks need, one line each. Takes some seconds.",
    )
    start = commands.add_parser(
        "start",
        parents=[folder, delivery],
        help="copy the chapters to a folder of your own and open JupyterLab on it",
        description="Copy the chapters to a folder of your own, or bring them up to date there, "
        "and open JupyterLab. What you have written is never overwritten.",
        epilog="What stands after -- is passed on to JupyterLab: coursekit start -- --port=9000",
    )
    start.add_argument(
        "--no-browser", action="store_true", help="start JupyterLab without opening a browser"
    )
    commands.add_parser(
        "update",
        parents=[folder, delivery],
        help="bring the chapters up to date without opening them",
        description="Bring new chapters and new versions to your folder. Chapters that you have not "
        "edited are replaced; those you have edited stay, and what is new is laid beside them.",
    )
    progress = commands.add_parser(
        "progress",
        parents=[folder],
        help="list what you have checked, for each chapter",
        description="List for each chapter how many exercises are right, how many were tried, how many "
        "there are, and the latest mistake.",
    )
    progress.add_argument("--json", action="store_true", help="as JSON, for programs")
    join = commands.add_parser(
        "join",
        help="let the teacher see on the class board what you check",
        description="From now on the outcome of your checks, your quiz scores and your predictions go to the "
        "class board, under a name of your choice. Your code and your answers' text stay here. Without "
        "arguments: send what waits, and say as whom you have joined.",
    )
    join.add_argument(
        "where",
        nargs="*",
        metavar="URL CODE FOLDER",
        help="the board's address and the room's code, as the teacher shows them (on a hub, neither), "
        "and your folder, as with the other commands",
    )
    join.add_argument("--as", dest="alias", metavar="NAME", help="the name the teacher shall see")
    join.add_argument(
        "--insecure",
        action="store_true",
        help="allow an address with http, without an s, outside private networks: others could read along",
    )
    leave = commands.add_parser(
        "leave",
        parents=[folder],
        help="stop sending to the class board",
        description="Stop sending to the class board. It works without a network, too.",
    )
    leave.add_argument("--erase", action="store_true", help="and erase what the board has of you")
    board = commands.add_parser(
        "board",
        help="for instructors: show where a class is stuck, live",
        description="Open a class board: learners who join with the room's code are shown there, exercise by "
        "exercise. Only you see it. It runs until you stop it with Ctrl+C.",
    )
    board.add_argument(
        "--host",
        default="127.0.0.1",
        help="this machine alone (127.0.0.1, if you don't say), or everybody in the room (0.0.0.0)",
    )
    board.add_argument(
        "--port", type=int, default=8765, help="8765 if you don't say; 0: a free one"
    )
    board.add_argument(
        "--data",
        type=Path,
        default=Path("class-board.sqlite"),
        metavar="FILE",
        help="where the results are kept; if not given, class-board.sqlite in the folder you are in",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status.

    Args:
        arguments: What stands after ``coursekit``; taken from the command line if not given.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 - run from a checkout, nothing else has looked
        return _fail(f"needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    given = list(sys.argv[1:] if arguments is None else arguments)
    cut = given.index("--") if "--" in given else len(given)
    parser = _parser()
    options = parser.parse_args(given[:cut])
    more = given[cut + 1 :]
    if more and options.command != "start":
        parser.error("only start passes on arguments after --")
    from coursekit.learner import LearnerError
    from coursekit.sending import BoardError

    try:
        if options.command == "doctor":
            return _doctor(_folder(options.folder))
        if options.command == "join":
            return _join(options, parser)
        if options.command == "leave":
            return _leave(_folder(options.folder), options.erase)
        if options.command == "progress":
            return _progress(_folder(options.folder), options.json)
        if options.command == "board":
            return _board(options)
        return _deliver(options, more)
    except (LearnerError, BoardError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("stopped; saying it again goes on from here")
    except BrokenPipeError:  # whoever reads, as in "coursekit progress | head", has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _fail(str(error))


def _fail(message: str) -> int:
    print(f"coursekit: {message}", file=sys.stderr)
    return 1


def _folder(given: Path | None) -> Path:
    from coursekit.progress import find_folder

    return (given or find_folder() or Path(FOLDER)).expanduser()


def _doctor(folder: Path) -> int:
    from coursekit import doctor

    return doctor.main(folder)


def _deliver(options: argparse.Namespace, more: Sequence[str]) -> int:
    from coursekit import content
    from coursekit.learner import LearnerError, chapters, lab, manifest, merge, report

    folder = _folder(options.folder)
    if content.root().resolve() in (folder.resolve(), *folder.resolve().parents):
        raise LearnerError(f"{folder} holds the course's own sources: name another folder")
    known = manifest.load(folder)
    edition = options.edition or (known.edition if known else "")
    if edition not in EDITIONS:
        edition = chapters.DEFAULT
    opening = options.command == "start"
    course = chapters.make(edition)
    done = merge.deliver(
        folder, course, version=coursekit.__version__, edition=edition, restore=options.restore
    )
    print(report.words(done, edition))
    if opening:
        passed = [*(["--no-browser"] if options.no_browser else []), *more]
        lab.run(lab.command(folder, chapters.START, passed))
    return 1 if done.done["blocked"] else 0


def _progress(folder: Path, as_json: bool) -> int:
    from coursekit.learner import LearnerError, chapters, standing
    from coursekit.progress import MARK, read
    from coursekit.sending import joining

    if not (folder / MARK).is_dir():
        raise LearnerError(f"{folder} is not a folder of the course: say coursekit start {folder}")
    lines = standing.standings(read(folder), chapters.find())
    if as_json:
        print(json.dumps(standing.as_data(lines), ensure_ascii=False, indent=1))
    else:
        print(standing.table(lines))
    sys.stdout.flush()  # what the board does not have yet is sent next, and that may take a while
    board = joining.words(folder)
    if board and not as_json:
        print(f"\n{board}")
    return 0


def _join(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from coursekit.sending import BoardError, joining

    where = list(options.where)
    url = where.pop(0) if where and "://" in where[0] else None
    code = where.pop(0) if url and where else None
    if len(where) > 1:
        parser.error("join takes an address, a code and a folder, in this order")
    given = Path(where[0]) if where else None
    if given and not given.is_dir():
        raise BoardError(
            f"{given} is neither a folder nor an address: an address begins with http:// or https://"
        )
    folder = _folder(given)
    if options.alias is not None:
        print(joining.join(folder, options.alias, url=url, code=code, insecure=options.insecure))
        return 0
    said = "" if url else joining.words(folder)
    if not said:
        raise BoardError(
            "say under which name: coursekit join URL CODE --as NAME (on a hub, --as NAME)"
        )
    print(said)
    return 0


def _leave(folder: Path, erase: bool) -> int:
    from coursekit.sending import joining

    print(joining.leave(folder, erase))
    return 0


def _board(options: argparse.Namespace) -> int:
    from coursekit.learner import LearnerError

    try:
        from coursekit.board import room
    except ModuleNotFoundError as error:
        raise LearnerError(
            f'{error.name} is missing, which the board is made with: say pip install "tornado>=6.4"'
        ) from error
    room.run(options.host, options.port, options.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
