"""When to run a chapter again, and when only to print it again.

jupyter-cache compares a notebook's own code. Here its folder is named after everything else a
chapter's results depend on, so a change there starts a fresh folder.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

import coursekit
from coursekit.site import styles

#: Parts of the package that never run in a chapter.
NOT_RUN = (
    "site", "editions.py",
    "__main__.py", "cli.py", "doctor", "edition_cells.py", "learner", "board", "grading",
)  # fmt: skip
#: In the book: what only the printing house reads.
NOT_RUN_IN_BOOK = ("course.yml", "workshop")
#: Files beside the package and the book that pin what the chapters run with.
PINS = ("requirements.txt", "constraints.txt")
#: The page that reads what the other chapters' runs have shown.
LEDGER = "claims"
KEEP = 2


def execution_files(package: Path, book: Path) -> Iterable[tuple[str, Path]]:
    """Yield name and path of every file that a chapter's results depend on, besides the chapter.

    Args:
        package: Folder of the package ``coursekit``.
        book: Folder of the chapters; the pins lie beside it.
    """
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if (
            path.suffix in {".py", ".mplstyle", ".js", ".css", ".json"}
            and inside.parts[0] not in NOT_RUN
        ):
            yield f"coursekit/{inside.as_posix()}", path
    for path in sorted(book.rglob("*")):
        inside = path.relative_to(book)
        hidden = any(part[0] in "._" for part in inside.parts)
        hidden = hidden or inside.parts[0] in NOT_RUN_IN_BOOK
        if path.suffix in {".yml", ".yaml", ".py", ".csv", ".json"} and not hidden:
            yield f"book/{inside.as_posix()}", path
    for name in PINS:
        if (book.parent / name).is_file():
            yield name, book.parent / name


def execution_key(files: Iterable[tuple[str, Path]]) -> str:
    """Hash names and contents to twelve letters."""
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def prune(folder: Path, current: str, keep: int = KEEP) -> list[str]:
    """Remove old cache folders; the current one and the latest others stay, ``keep`` in all.

    Returns:
        Names of the folders that were removed.
    """
    if not folder.is_dir():
        return []
    others = [f for f in folder.iterdir() if f.is_dir() and f.name != current]
    others.sort(key=lambda f: f.stat().st_mtime, reverse=True)
    removed = others[keep - 1 :]
    for old in removed:
        shutil.rmtree(old)
    return [old.name for old in removed]


def choose_folder(app: Sphinx, config: Config) -> None:
    """Point myst-nb to the folder of the current key; a new value makes Sphinx read all again."""
    package = Path(coursekit.__file__).parent
    key = execution_key(execution_files(package, Path(app.srcdir)))
    folder = Path(app.outdir).parent / ".jupyter_cache"
    prune(folder, key)
    (folder / key).mkdir(parents=True, exist_ok=True)
    (folder / key).touch()
    config["nb_execution_cache_path"] = str(folder / key)
    folders = [package / "site", Path(app.srcdir).parent / "assets", package / "widgets" / "static"]
    config["coursekit_look"] = styles.look([f for f in folders if f.is_dir()])


def reread(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Have the ledger read again when any chapter is, and the unchanged rest left alone."""
    touched = (added | changed | removed) - {LEDGER}
    return [LEDGER] if touched and LEDGER in env.found_docs else []


def ledger_last(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Read the ledger after the chapters it reports on."""
    if LEDGER in docnames:
        docnames.remove(LEDGER)
        docnames.append(LEDGER)


def reprint(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have every page written again when the site's look, its list of pages or a title changed."""
    titles = {docname: title.astext() for docname, title in sorted(env.titles.items())}
    face = json.dumps([app.config.coursekit_look, app.config.coursekit_url, titles])
    seen, env.coursekit_face = getattr(env, "coursekit_face", None), face
    return [] if seen == face else sorted(env.found_docs)


def setup(app: Sphinx) -> None:
    """Add the steps."""
    app.add_config_value("coursekit_look", "", "")
    app.connect("config-inited", choose_folder, priority=100)
    app.connect("env-get-outdated", reread)
    app.connect("env-before-read-docs", ledger_last)
    app.connect("env-updated", reprint)
