"""The course in one archive, to be used without a network: ``python -m coursekit.site.release``.

It holds the site, the notebooks of all editions, the library as a wheel, the printed book where it
has been made, and says in two files at its top how to begin. The same sources make the same archive.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from coursekit import editions
from coursekit.site.__main__ import book_root

LICENSES = ("LICENSE", "LICENSE-TEXT")
#: The earliest time that a zip archive can name; every file in it bears it.
_TIME = (1980, 1, 1, 0, 0, 0)


class ReleaseError(RuntimeError):
    """The archive cannot be made; the message says what is missing."""


def version(root: Path) -> str:
    """Return the course's version, from ``pyproject.toml``."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf8"))["project"]["version"]


def wheel(root: Path, folder: Path) -> Path:
    """Build the library's wheel into a folder.

    Raises:
        ReleaseError: It could not be built; the builder's words are in the message.
    """
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    done = subprocess.run(
        [*command, "--directory", str(folder)],
        cwd=root,
        env=os.environ | {"SOURCE_DATE_EPOCH": "315532800"},  # as _TIME
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise ReleaseError(f"the wheel was not built:\n{done.stdout}{done.stderr}")
    return next(folder.glob("*.whl"))


def guide(number: str, wheel_name: str, printed: bool) -> dict[str, str]:
    """Return the two files that say how to begin, by name.

    Args:
        number: The course's version.
        wheel_name: File name of the library's wheel.
        printed: Whether the printed book is there.
    """
    names = [name.replace("-", " ") for name in editions.EDITIONS]
    steps = [
        ("Read it.", "Open {site}. It works from this folder, a USB stick or any disk, without a network."),
        *([("Print it.", "{book} is the same as one book.")] if printed else []),
        ("Run it.", f"The notebooks are in {{notebooks}}, in these editions: {', '.join(names)}. "
         "They need Python 3.11 or newer and the course's library, which needs a network once:"),
    ]  # fmt: skip
    command = f'pip install "{wheel_name}[torch]" jupyterlab'
    places = {"site": "site/index.html", "book": "gradients.pdf", "notebooks": "notebooks"}
    terms = "Code: MIT, see LICENSE. Text and figures: CC BY 4.0, see LICENSE-TEXT."
    title = f"Gradients: an executable course, version {number}"
    plain = [title, "=" * len(title), ""]
    plain += [f"{name} {said.format(**places)}\n" for name, said in steps]
    plain += [
        f"    {command}\n",
        "Say that in this folder, then start `jupyter lab` here.\n",
        terms,
    ]
    linked = {
        key: f'<a href="{path}{"/" if key == "notebooks" else ""}">{path}</a>'
        for key, path in places.items()
    }
    said = "".join(f"<p><b>{name}</b> {words.format(**linked)}</p>" for name, words in steps)
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>:root{{color-scheme:light dark}}body{{max-width:36rem;"
        "margin:3rem auto;padding:0 1rem;font:1.1rem/1.55 system-ui,sans-serif}"
        "pre{white-space:pre-wrap}</style></head>\n"
        f"<body><main><h1>{title}</h1>{said}<pre>{escape(command)}</pre>"
        f"<p>Say that in this folder, then start <code>jupyter lab</code> here.</p><p>{terms}</p>"
        "</main></body></html>\n"
    )
    return {"README.txt": "\n".join(plain) + "\n", "START-HERE.html": page}


def _files(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files below a folder, and where they go; what is hidden stays."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield f"{name}/{inside.as_posix()}", path.read_bytes()


def pack(root: Path, folder: Path, book: Path | None = None) -> Path:
    """Make the archive, and a file beside it with its checksum.

    Args:
        root: Folder of the course, its site built.
        folder: Where the archive goes.
        book: The printed book, if it is to be in the archive.

    Returns:
        The archive: ``gradients-<version>.zip``; its checksum is in ``….zip.sha256``.

    Raises:
        ReleaseError: The site or the printed book is not there.
    """
    site, number = root / "_build" / "html", version(root)
    if not (site / "index.html").is_file():
        raise ReleaseError(f"no built site in {site}; run: make book")
    if book is not None and not book.is_file():
        raise ReleaseError(f"no printed book {book}; run: make pdf")
    name = f"gradients-{number}"
    held = dict(_files(site, "site"))
    with tempfile.TemporaryDirectory() as temporary:
        built = wheel(root, Path(temporary))
        held[built.name] = built.read_bytes()
        editions.write_all(Path(temporary, "notebooks"))
        held |= dict(_files(Path(temporary, "notebooks"), "notebooks"))
    if book is not None:
        held["gradients.pdf"] = book.read_bytes()
    held |= {each: (root / each).read_bytes() for each in LICENSES}
    texts = guide(number, built.name, book is not None)
    held |= {each: text.encode() for each, text in texts.items()}
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for inside, content in sorted(held.items()):
            entry = zipfile.ZipInfo(f"{name}/{inside}", _TIME)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # the same on every system
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n", "utf8")
    return archive


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, make the archive, say where it is."""
    parser = argparse.ArgumentParser(prog="python -m coursekit.site.release", description=__doc__)
    parser.add_argument("--tag", default="", help="stop unless the version is this tag's: v0.1.0")
    given = parser.parse_args(arguments)
    try:
        root = book_root(Path.cwd())
        if given.tag and given.tag != f"v{version(root)}":
            raise ReleaseError(f"the tag is {given.tag}, but pyproject.toml says {version(root)}")
        archive = pack(root, root / "_build" / "release", root / "_build" / "pdf" / "gradients.pdf")
    except (FileNotFoundError, ReleaseError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The archive is made ({archive.stat().st_size / 1e6:.1f} MB): {archive}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
