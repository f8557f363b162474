"""What GitHub does: the workflow's jobs, and the branch of notebooks that it pushes."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from coursekit import editions
from coursekit.site import branch
from tests.tools import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONS = sorted((ROOT / ".github" / "actions").glob("*/action.yml"))
REPOSITORY = "https://example.org/owner/course"
#: What a job may do beside reading the repository.
MORE = {
    "site": {"pages": "read"},
    "deploy": {"pages": "write", "id-token": "write"},
    "notebooks": {"contents": "write"},
    "release": {"contents": "write", "pages": "read"},
}


def steps(path):
    """The steps of a workflow's jobs, or of an action."""
    read = yaml.safe_load(path.read_text("utf8"))
    if "runs" in read:
        return read["runs"]["steps"]
    return [step for job in read["jobs"].values() for step in job["steps"]]


ALL = [step for path in (*WORKFLOWS, *ACTIONS) for step in steps(path)]


@pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=lambda path: path.stem)
def test_github_would_read_it(path):
    schema = "vendor.github-workflows" if path in WORKFLOWS else "vendor.github-actions"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_job_has_a_time_limit_and_no_more_rights_than_it_needs():
    (path,) = WORKFLOWS
    read = yaml.safe_load(path.read_text("utf8"))
    assert read["permissions"] == {"contents": "read"}
    assert read["concurrency"]["group"]
    for name, job in read["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 120, name
        rights = job.get("permissions", {"contents": "read"})
        assert {"contents": "read"} | rights == {"contents": "read"} | MORE.get(name, {}), name
        writes = any(right == "write" for right in rights.values())
        assert not writes or "refs/" in job.get("if", "") or "needs" in job, name
        for step in job["steps"]:
            if "actions/checkout@" in step.get("uses", "") and name != "notebooks":
                assert step["with"]["persist-credentials"] is False, name
    assert "secrets." not in path.read_text("utf8")


def test_every_command_is_a_make_target_and_every_file_is_there():
    makefile = (ROOT / "Makefile").read_text("utf8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    commands = [step["run"] for step in ALL if "run" in step]
    called = [re.fullmatch(r"make ([a-z]+)( TAG=\"\$GITHUB_REF_NAME\")?", c) for c in commands]
    assert {found[1] for found in called if found} == {"book", "test", "publish", "release"}
    assert {found[1] for found in called if found} <= targets
    others = [c for c, found in zip(commands, called, strict=True) if not found]
    assert [c.split()[:3] for c in others] == [["gh", "release", "create"]]
    for step in ALL:
        uses = step.get("uses", "")
        if uses.startswith("./"):
            assert (ROOT / uses / "action.yml").is_file(), uses
        elif uses:
            assert re.fullmatch(r"actions/[\w-]+@v\d+", uses), uses
    hashed = " ".join(str(v) for step in ALL for v in step.get("with", {}).values())
    for name in re.findall(r"[\w./-]+\.(?:txt|json)\b", hashed):
        assert (ROOT / name).is_file(), name


@pytest.fixture
def repository(tmp_path):
    """A repository with a commit, and the bare one it pushes to."""
    here, there = tmp_path / "here", tmp_path / "there.git"

    def git(*arguments, cwd=here):
        return subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@y", *arguments],
            cwd=cwd, check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip

    git("init", "--quiet", "--bare", str(there), cwd=tmp_path)
    git("init", "--quiet", str(here), cwd=tmp_path)
    for name in branch.LICENSES:
        (here / name).write_bytes((ROOT / name).read_bytes())
    (here / ".gitignore").write_text("_build/\n")
    (here / ".git" / "info" / "exclude").write_text("*.ipynb\n")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    git("remote", "add", "origin", str(there))
    return here, git


def test_the_branch_of_notebooks(repository, monkeypatch):
    here, git = repository
    folder = here / "_build" / "branch"
    branch.write(here, folder, REPOSITORY, "c0ffee")
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    chapters = [path.relative_to(ROOT / "book") for path in editions.chapters(ROOT / "book")]
    expected = {f"{name}/{path.as_posix()}" for name in editions.EDITIONS for path in chapters}
    assert made == expected | {
        "README.md", "binder/requirements.txt", "binder/runtime.txt", *branch.LICENSES,
    }  # fmt: skip
    nbformat.validate(nbformat.read(folder / "student" / "gradients" / "slope.ipynb", as_version=4))
    asked = (folder / "binder" / "requirements.txt").read_text("utf8")
    assert asked == f"coursekit[boosting,jax,torch] @ git+{REPOSITORY}@c0ffee\n"
    extras = (ROOT / "pyproject.toml").read_text("utf8").partition("optional-dependencies]")[2]
    assert all(re.search(rf"^{extra} = ", extras, re.M) for extra in branch.EXTRAS.split(","))
    readme = (folder / "README.md").read_text("utf8")
    assert all(f"`{name}/`" in readme for name in editions.EDITIONS)

    # pushed: all files though the repository ignores them, and nothing of it changes here
    first = branch.push(here, folder, "c0ffee")
    pushed = git("ls-tree", "-r", "--name-only", first).splitlines()
    assert set(pushed) == made
    assert git("ls-remote", "origin", "refs/heads/notebooks").split()[0] == first
    assert git("status", "--porcelain") == ""
    # again: no commit without a change, and a change on top of what was there
    assert branch.push(here, folder, "c0ffee") == ""
    branch.write(here, folder, REPOSITORY, "decaf")
    second = branch.push(here, folder, "decaf")
    assert git("rev-parse", f"{second}^") == first


def test_what_would_go_wrong_is_told(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(ValueError, match="holds other files"):
        branch.write(ROOT, tmp_path, REPOSITORY, "c0ffee")
    assert (tmp_path / "mine.txt").is_file()
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv(branch.REPOSITORY, raising=False)
    assert branch.main([str(tmp_path / "new")]) == 1
    assert "GRADIENTS_REPOSITORY must be the repository's address" in capsys.readouterr().err
    assert not Path(tmp_path / "new").exists()
