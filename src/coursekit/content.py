"""Where the course's content lies (the ``book`` folder), and how its YAML files are read."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PACKAGE = Path(__file__).resolve().parent


def root() -> Path:
    """Return the folder with the course's content.

    In a checkout (coursekit installed with ``pip install -e .``) this is the checkout's ``book``;
    in an installed wheel it is the copy the wheel carries, ``coursekit/book``.

    Raises:
        FileNotFoundError: If neither folder exists.
    """
    checkout = PACKAGE.parents[1]
    candidates = [PACKAGE / "book"]
    if (checkout / "pyproject.toml").is_file() and PACKAGE.parent.name == "src":
        candidates.insert(0, checkout / "book")
    for folder in candidates:
        if folder.is_dir():
            return folder
    looked = " nor at ".join(str(folder) for folder in candidates)
    raise FileNotFoundError(f"the course's content is neither at {looked}; reinstall coursekit")


def load_yaml(*parts: str) -> Any:
    """Read a YAML file of the content; an unchanged file is parsed once and then remembered.

    The value is shared between callers: read it, don't change it.

    Args:
        *parts: The path below `root`, for example ``"gradients", "quiz.yml"``.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not valid YAML; the message names the file, line and column.
    """
    path = root().joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(f"the course has no file {'/'.join(parts)} (looked in {root()})")
    stat = path.stat()
    return _parse(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _parse(path: Path, _mtime: int, _size: int) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise ValueError(f"{path}{where}: not valid YAML: {problem}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 text: {error}") from error
