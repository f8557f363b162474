"""The learner's folder: an update brings what is new and loses nothing that a learner has written."""

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from coursekit.learner import LearnerError, manifest, merge, report
from coursekit.learner import files as writing
from tests.learner_folder import course, files, happened, notebook, update

ONE, TWO, THREE = "a/one.ipynb", "a/two.ipynb", "b/three.ipynb"
MINE = notebook("print('a/one')", "my answer")


@pytest.fixture
def folder(tmp_path):
    """A folder that version 1 was delivered to."""
    update(tmp_path / "mine", 1)
    return tmp_path / "mine"


def test_the_first_delivery_then_nothing_to_do(tmp_path):
    folder = tmp_path / "not" / "there yet"
    first = update(folder, 1)
    assert happened(first) == {"new": [ONE, TWO, THREE]}
    assert files(folder) == course(1)
    assert "3 new in the folder" in report.words(first, "student")
    again = update(folder, 1)
    assert happened(again) == {"current": [ONE, TWO, THREE]}
    assert report.words(again, "student").endswith("3 notebooks, student edition, all up to date")
    assert files(folder) == course(1)


def test_untouched_files_are_replaced_without_a_copy(folder):
    assert happened(update(folder, 2)) == {"replaced": [ONE, TWO, THREE]}
    assert files(folder) == course(2)


def test_a_file_that_was_only_run_is_replaced_and_its_outputs_are_kept(folder):
    output = {"output_type": "stream", "name": "stdout", "text": "a/one"}
    ran = notebook("print('a/one')", "version = 1", "", outputs=[output], execution_count=3)
    (folder / ONE).write_bytes(ran)  # with the empty cell that Shift+Enter leaves at the end
    done = update(folder, 2)
    assert happened(done) == {"replaced": [ONE, TWO, THREE]}
    assert files(folder) == {**course(2), f".coursekit/backup/{ONE}": ran}
    assert f"What {ONE} was before is kept in .coursekit/backup/{ONE}" in done.notes


def test_an_edited_file_is_left_alone_while_the_course_stays(folder):
    (folder / ONE).write_bytes(MINE)
    done = update(folder, 1)
    assert happened(done) == {"edited": [ONE], "current": [TWO, THREE]}
    assert done.notes == []
    assert files(folder) == {**course(1), ONE: MINE}


def test_an_edited_file_stays_and_the_new_version_lies_beside_it_once(folder):
    (folder / ONE).write_bytes(MINE)
    done = update(folder, 2)
    assert happened(done) == {"replaced": [TWO, THREE], "beside": [ONE]}
    assert done.notes == [f"{ONE} stays yours; the course's new version is a/one.new-version.ipynb"]
    beside = {"a/one.new-version.ipynb": course(2)[ONE]}
    assert files(folder) == {**course(2), ONE: MINE, **beside}
    again = update(folder, 2)
    assert (happened(again)["edited"], again.notes) == ([ONE], [])
    assert files(folder) == {**course(2), ONE: MINE, **beside}

    (folder / "a/one.new-version.ipynb").write_bytes(notebook("notes in the margin"))
    third = update(folder, 3)
    assert files(folder)["a/one.new-version.ipynb"] == notebook("notes in the margin")
    assert files(folder)["a/one.new-version-2.ipynb"] == course(3)[ONE]
    assert "a/one.new-version-2.ipynb" in third.notes[0]

    os.replace(folder / "a/one.new-version-2.ipynb", folder / ONE)  # the learner takes it over
    assert happened(update(folder, 3))["current"] == [ONE, TWO, THREE]
    assert happened(update(folder, 4))["replaced"] == [ONE, TWO, THREE]


def test_a_deleted_file_stays_deleted_until_it_is_asked_for(folder):
    (folder / ONE).unlink()
    for version in (1, 2):
        done = update(folder, version)
        assert happened(done)["deleted"] == [ONE]
        assert not (folder / ONE).exists()
        assert "coursekit update --restore NAME): a/one.ipynb" in report.words(done, "student")
    assert happened(update(folder, 2, restore=[ONE]))["restored"] == [ONE]
    assert files(folder) == course(2)
    there = update(folder, 2, restore=[ONE])
    assert there.notes == [f"{ONE} is there; to get the course's version, rename yours first"]
    with pytest.raises(LearnerError, match=r"no a/on\.ipynb; its files: a/one\.ipynb, a/two"):
        update(folder, 2, restore=["a/on.ipynb"])


@pytest.mark.parametrize(
    "left", [b"", course(1)[ONE][:-20], b"\xff\xfe\x00", b"[]", b'{"cells": [1]}', b"[" * 100_000]
)
def test_a_damaged_file_is_kept_and_delivered_afresh(folder, left):
    (folder / ONE).write_bytes(left)
    done = update(folder, 1)
    assert happened(done) == {"current": [TWO, THREE], "damaged": [ONE]}
    assert files(folder) == {**course(1), "a/one.damaged.ipynb": left}
    (folder / ONE).write_bytes(b"{")
    update(folder, 1)
    assert files(folder) == {
        **course(1), "a/one.damaged.ipynb": left, "a/one.damaged-2.ipynb": b"{",
    }  # fmt: skip


@pytest.mark.parametrize(
    "left", [None, b"", b"{}", b'{"format": 99}', b'{"format": 1, "files": {"a": 1}}']
)
def test_without_a_manifest_everything_counts_as_edited(folder, left):
    (folder / ONE).write_bytes(MINE)
    path = folder / ".coursekit" / "manifest.json"
    path.unlink() if left is None else path.write_bytes(left)
    done = update(folder, 2)
    assert happened(done) == {"beside": [ONE, TWO, THREE]}
    there = files(folder)
    assert there[ONE] == MINE
    assert there[TWO] == course(1)[TWO]
    assert there["a/two.new-version.ipynb"] == course(2)[TWO]
    if left is not None:
        assert there[".coursekit/manifest.damaged.json"] == left
        assert "could not be read" in done.notes[0]
    assert happened(update(folder, 2)) == {"edited": [ONE, TWO, THREE]}


def test_what_stands_in_the_way_is_named_and_the_rest_delivered(tmp_path):
    folder, elsewhere = tmp_path / "mine", tmp_path / "elsewhere.ipynb"
    elsewhere.write_bytes(MINE)
    (folder / ONE / "inside").mkdir(parents=True)
    (folder / TWO).symlink_to(elsewhere)
    (folder / "b").write_text("a note")
    done = update(folder, {**course(1), "four.ipynb": notebook("4")})
    assert happened(done) == {"new": ["four.ipynb"], "blocked": [ONE, TWO, THREE]}
    assert done.notes == [
        f"{what}: move it away or mend it, then say coursekit update"
        for what in (
            "a/one.ipynb is a folder, where the course has a notebook",
            "a/two.ipynb is a link to elsewhere",
            "b is a file, where the course has a folder",
        )
    ]
    assert elsewhere.read_bytes() == MINE
    assert (folder / TWO).is_symlink()
    assert (folder / "b").read_text() == "a note"
    (folder / "b").unlink()
    assert happened(update(folder, 1))["new"] == [THREE]


def test_a_linked_folder_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a").symlink_to(tmp_path / "elsewhere")
    assert happened(update(tmp_path / "mine", 1)) == {"new": [THREE], "blocked": [ONE, TWO]}
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_leaves_the_course_stays_and_is_named_once(folder):
    less = {path: data for path, data in course(2).items() if path != ONE}
    assert happened(update(folder, less)) == {"replaced": [TWO, THREE], "gone": [ONE]}
    assert "gone" not in happened(update(folder, less))
    assert files(folder)[ONE] == course(1)[ONE]


def test_a_folder_that_cannot_be_one(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(LearnerError, match=r"can't be written|is a file"):
        update(tmp_path / "file", 1)
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / ".coursekit").write_text("mine")
    with pytest.raises(LearnerError, match="must be a folder of its own: move it away"):
        update(tmp_path / "odd", 1)
    if sys.platform == "linux":  # where nobody may write, not even root
        with pytest.raises(LearnerError, match=r"can't be written \(.+ coursekit start ~/"):
            update("/proc/mine", 1)


@pytest.mark.parametrize("allowed", range(5))
@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "is full.+make room"), (errno.EROFS, "can't be written")]
)
def test_a_disk_that_is_full_or_read_only_after_some_writes(
    folder, monkeypatch, allowed, number, said
):
    real, writes = writing._write_aside, []

    def write(data, box):
        if len(writes) == allowed:
            raise OSError(number, os.strerror(number))
        writes.append(data)
        return real(data, box)

    (folder / ONE).write_bytes(MINE)
    (folder / TWO).write_bytes(b"{")
    monkeypatch.setattr(writing, "_write_aside", write)
    with pytest.raises(LearnerError, match=said):
        update(folder, 2)
    monkeypatch.setattr(writing, "_write_aside", real)
    for _ in range(2):
        there = files(folder)
        assert there[ONE] == MINE
        assert b"{" in there.values()
        update(folder, 2)
    assert there[THREE] == course(2)[THREE]


def test_killed_at_any_moment(folder, tmp_path):
    """A process is killed at its first, second, … call that changes the disk; the next one goes on."""
    (folder / ONE).write_bytes(MINE)
    ran = notebook("print('a/two')", "version = 1", execution_count=7)
    (folder / TWO).write_bytes(ran)
    (folder / THREE).write_bytes(b'{"cells": [')
    precious = [MINE, ran, b'{"cells": [']
    calls = ["replace", "link", "fsync", "write", "mkdir", "unlink"]
    newer = {**course(2), "four.ipynb": notebook("4")}
    at, finished = 0, False
    while not finished:
        trial = tmp_path / f"killed {at}"
        shutil.copytree(folder, trial)
        child = os.fork()
        if child == 0:
            left = [at]

            def deadly(real, left=left):
                def call(*arguments, **options):
                    if left[0] == 0:
                        os.kill(os.getpid(), signal.SIGKILL)
                    left[0] -= 1
                    return real(*arguments, **options)

                return call

            for name in calls:
                setattr(os, name, deadly(getattr(os, name)))
            update(trial, newer)
            os._exit(0)
        finished = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        seen = {data for name, data in files(trial).items() if "/box/" not in name}
        assert seen <= {*precious, *course(1).values(), *newer.values()}, f"killed at call {at}"
        for there in (files(trial), _after(trial, newer)):
            for text in precious:
                assert text in there.values(), f"killed at call {at}"
        assert there[ONE] == MINE
        assert there[TWO] == course(2)[TWO]
        assert there[THREE] == course(2)[THREE]
        assert there["four.ipynb"] == notebook("4")
        assert not [name for name in there if "box/" in name]
        at += 1
    assert at > 20


def _after(folder, newer):
    update(folder, newer)
    return files(folder)


def test_two_at_once_and_a_lock_left_behind(folder):
    code = (
        "import sys, time; from pathlib import Path; from coursekit.learner import files\n"
        "with files.locked(Path(sys.argv[1])): print('locked', flush=True); time.sleep(60)"
    )
    lock = folder / ".coursekit" / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(
            LearnerError, match=rf"another coursekit \(process {other.pid}\) is at work"
        ):
            update(folder, 2)
        assert files(folder) == course(1)
        other.kill()
    assert lock.is_file()
    assert happened(update(folder, 2)) == {"replaced": [ONE, TWO, THREE]}


def test_a_file_saved_while_it_is_looked_at_is_not_replaced(folder, monkeypatch):
    look = merge.look

    def look_and_save(place, path):
        found = look(place, path)
        if path == ONE:
            (place / ONE).write_bytes(MINE)
        return found

    monkeypatch.setattr(merge, "look", look_and_save)
    done = update(folder, 2)
    assert happened(done) == {"replaced": [TWO, THREE], "blocked": [ONE]}
    assert files(folder)[ONE] == MINE


def test_where_the_file_system_has_no_links(tmp_path, monkeypatch):
    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    update(tmp_path, 1)
    (tmp_path / ONE).write_bytes(MINE)
    update(tmp_path, 2)
    assert files(tmp_path) == {
        **course(2), ONE: MINE, "a/one.new-version.ipynb": course(2)[ONE],
    }  # fmt: skip


def test_an_empty_cell_is_no_edit_and_any_letter_is_one():
    plain = manifest.fingerprint(notebook("a", "b"))
    assert manifest.fingerprint(notebook("a", "", "b", "\n ")) == plain
    assert manifest.fingerprint(b"\xef\xbb\xbf" + notebook("a", "b")) == plain
    others = [notebook("a", "b "), notebook("ab"), notebook("b", "a"), notebook("a")]
    assert plain not in [manifest.fingerprint(other) for other in others]
    listed = json.loads(notebook("a\nb"))
    listed["cells"][0]["source"] = ["a\n", "b"]
    assert manifest.fingerprint(json.dumps(listed).encode()) == manifest.fingerprint(
        notebook("a\nb")
    )


class Learner:
    """Does to a folder what learners do, and remembers each text it wrote that it did not delete itself."""

    def __init__(self, folder, seed):
        self.folder, self.random = folder, random.Random(seed)
        self.written, self.count = set(), 0

    def act(self):
        act = self.random.choice(
            [self.edit, self.edit, self.run, self.break_, self.delete, self.rename, self.make,
             self.forget, self.move_part]
        )  # fmt: skip
        act()

    def own(self):
        return [
            p for p in sorted(self.folder.rglob("*"))
            if p.is_file() and not p.is_symlink() and ".coursekit" not in p.parts
        ]  # fmt: skip

    def new_text(self):
        self.count += 1
        return f"thought number {self.count}."

    def _note(self, path, data):
        """Write; what stood there is lost by the learner's own hand, unless it stands elsewhere too."""
        self._lose(path)
        path.write_bytes(data)

    def _lose(self, path):
        data = path.read_bytes() if path.is_file() else b""
        path.unlink(missing_ok=True)
        kept = b"".join(p.read_bytes() for p in self.folder.rglob("*") if p.is_file())
        self.written -= {
            text for text in self.written if text.encode() in data and text.encode() not in kept
        }

    def edit(self):
        if files := self.own():
            path, text = self.random.choice(files), self.new_text()
            try:
                cells = [c["source"] for c in json.loads(path.read_bytes())["cells"]]
            except ValueError:
                cells = []
            old = {text for text in self.written if any(text in c for c in cells)}
            self._note(path, notebook(*cells, text))
            self.written |= {text, *old}

    def run(self):
        if files := self.own():
            path, text = self.random.choice(files), self.new_text()
            try:
                cells = [c["source"] for c in json.loads(path.read_bytes())["cells"]]
            except ValueError:
                return
            old = {text for text in self.written if any(text in c for c in cells)}
            output = {"output_type": "stream", "name": "stdout", "text": text}
            self._note(path, notebook(*cells, outputs=[output]))
            self.written |= {text, *old}

    def break_(self):
        if files := self.own():
            path, text = self.random.choice(files), self.new_text()
            self._note(path, b'{"cells": [' + text.encode())
            self.written.add(text)

    def delete(self):
        if files := self.own():
            self._lose(self.random.choice(files))

    def rename(self):
        if files := self.own():
            path = self.random.choice(files)
            target = path.with_name(
                self.random.choice(["one", "two", "one.new-version"]) + ".ipynb"
            )
            if not target.exists():
                path.rename(target)

    def make(self):
        path, text = (
            self.folder / self.random.choice(["a/one", "b/three", "b/mine"]),
            self.new_text(),
        )
        path.parent.mkdir(exist_ok=True, parents=True)
        target = path.with_suffix(".ipynb")
        if not target.exists():
            target.write_bytes(notebook(text))
            self.written.add(text)

    def forget(self):
        (self.folder / ".coursekit" / "manifest.json").unlink(missing_ok=True)

    def move_part(self):
        part, away = self.folder / "a", self.folder / "a moved away"
        if part.is_dir() and not away.exists():
            part.rename(away)


@pytest.mark.parametrize("seed", range(60))
def test_no_text_a_learner_wrote_ever_disappears(tmp_path, seed):
    learner, version = Learner(tmp_path / "mine", seed), 0
    names = ["a/one", "a/two", "b/three", "c/four"]
    for _ in range(25):
        for _ in range(learner.random.randint(0, 3)):
            if learner.folder.exists():
                learner.act()
        version += learner.random.choice([0, 0, 1])
        some = learner.random.sample(names, learner.random.randint(2, 4))
        given = course(version, sorted(some))
        update(learner.folder, given, restore=learner.random.sample(sorted(given), 1))
        kept = b"".join(p.read_bytes() for p in learner.folder.rglob("*") if p.is_file())
        gone = [text for text in learner.written if text.encode() not in kept]
        assert gone == [], f"seed {seed}, version {version}"
    assert learner.count > 5


def test_the_clock_is_not_asked(folder):
    """What is new is decided by what is written, not by when: a touched file is no edited file."""
    later = time.time() + 86_400
    os.utime(folder / ONE, (later, later))
    assert happened(update(folder, 2)) == {"replaced": [ONE, TWO, THREE]}
