"""The branch that holds the notebooks, for Binder and for those who clone it.

``python -m coursekit.site.branch FOLDER`` writes what the branch holds: the editions as the site has
them, what Binder installs, a README. With ``--push`` it also becomes a commit on the branch
``notebooks`` of the remote ``origin``, on top of the one before; where nothing changed there is none.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from coursekit import editions
from coursekit.site.__main__ import book_root

BRANCH = "notebooks"
REPOSITORY = "GRADIENTS_REPOSITORY"
#: What Binder can hold beside the library. TensorFlow is too large for it; its chapter says so.
EXTRAS = "boosting,jax,torch"
LICENSES = ("LICENSE", "LICENSE-TEXT")
_AUTHOR = {"NAME": "Gradients: an executable course", "EMAIL": "noreply@localhost"}


def readme(repository: str, commit: str) -> str:
    """Return the branch's README.

    Args:
        repository: Address of the repository, such as ``https://github.com/owner/name``.
        commit: What the notebooks were made from.
    """
    folders = "\n".join(f"- `{name}/`" for name in editions.EDITIONS)
    return (
        "# Gradients: an executable course, the notebooks\n\n"
        f"Made from {repository} at commit {commit}. Do not change anything here: the next"
        " publication writes over it. The chapters are in `book/` of the main branch.\n\n"
        f"{folders}\n\n"
        "Each folder holds one edition of all chapters. To run them, install the course's library:\n\n"
        f'```sh\npip install "coursekit[torch] @ git+{repository}@{commit}" jupyterlab\n```\n\n'
        "`binder/` tells Binder to do the same.\n"
    )


def write(root: Path, folder: Path, repository: str, commit: str) -> None:
    """Write what the branch holds into a folder; what was there goes.

    Args:
        root: Folder of the course.
        folder: A folder that this module wrote before, an empty one, or one that is not there.
        repository: Address of the repository, from which Binder installs the library.
        commit: The commit that is installed.

    Raises:
        ValueError: The address is none, or the folder holds something else.
    """
    if not repository.startswith(("https://", "http://")):
        raise ValueError(
            f"{REPOSITORY} must be the repository's address, such as "
            f"https://github.com/owner/name, got {repository!r}"
        )
    if folder.exists() and any(folder.iterdir()) and not (folder / "binder").is_dir():
        raise ValueError(
            f"{folder} holds other files than the notebooks branch; name another folder"
        )
    shutil.rmtree(folder, ignore_errors=True)
    editions.write_all(folder)
    (folder / "binder").mkdir()
    files = {
        "README.md": readme(repository, commit),
        "binder/requirements.txt": f"coursekit[{EXTRAS}] @ git+{repository}@{commit}\n",
        "binder/runtime.txt": "python-3.11\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf8")
    for name in LICENSES:
        shutil.copyfile(root / name, folder / name)


def git(root: Path, *arguments: str, **environment: str) -> str:
    """Run git in the course's repository and return what it prints.

    Raises:
        RuntimeError: git failed; its own words are in the message.
    """
    done = subprocess.run(
        ["git", *arguments],
        cwd=environment.get("GIT_WORK_TREE", root),
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def push(root: Path, folder: Path, commit: str) -> str:
    """Push a folder as a commit on the branch, without touching the working tree or its index.

    Returns:
        The new commit, or an empty string where the branch has the same files already.
    """
    tip = git(root, "ls-remote", "origin", f"refs/heads/{BRANCH}").split("\t")[0]
    if tip:
        git(root, "fetch", "--quiet", "--depth=1", "origin", f"refs/heads/{BRANCH}")
    with tempfile.TemporaryDirectory() as temporary:
        apart = {
            "GIT_DIR": git(root, "rev-parse", "--absolute-git-dir"),
            "GIT_WORK_TREE": str(folder.resolve()),
            "GIT_INDEX_FILE": str(Path(temporary, "index")),
        }
        git(root, "add", "--all", "--force", ".", **apart)
        tree = git(root, "write-tree", **apart)
    if tip and tree == git(root, "rev-parse", f"{tip}^{{tree}}"):
        return ""
    who = {f"GIT_{role}_{key}": v for role in ("AUTHOR", "COMMITTER") for key, v in _AUTHOR.items()}
    parent = ("-p", tip) if tip else ()
    made = git(root, "commit-tree", tree, *parent, "-m", f"Notebooks of {commit}", **who)
    git(root, "push", "--quiet", "origin", f"{made}:refs/heads/{BRANCH}")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and the environment, write the branch, push it where asked."""
    parser = argparse.ArgumentParser(prog="python -m coursekit.site.branch", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--push", action="store_true")
    given = parser.parse_args(arguments)
    try:
        root = book_root(Path.cwd())
        commit = git(root, "rev-parse", "HEAD")
        write(root, given.folder, os.environ.get(REPOSITORY, ""), commit)
        print(f"The notebooks branch is written: {given.folder}")
        if given.push:
            made = push(root, given.folder, commit)
            print(f"Pushed to {BRANCH}: {made}" if made else f"{BRANCH} has these files already")
    except (FileNotFoundError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
