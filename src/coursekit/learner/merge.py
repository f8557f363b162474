"""Bringing a learner's folder up to date.

Whatever a learner has written stays in the folder, under its own name where that is possible. An update that
was cut short can be done again at any point: what it had done counts as up to date.
"""

import errno
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from coursekit.learner import files
from coursekit.learner.manifest import NAME, Entry, Manifest, digest, fingerprint, load, save
from coursekit.learner.threeway import OUTCOMES, Found, decide, look
from coursekit.learner.trouble import LearnerError
from coursekit.progress import MARK

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@dataclass
class Report:
    """What an update has done.

    Attributes:
        folder: The learner's folder.
        done: Outcome (see `OUTCOMES`) to the paths it happened to.
        notes: A sentence for each thing a learner should know, such as where a copy lies.
    """

    folder: Path
    done: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in OUTCOMES})
    notes: list[str] = field(default_factory=list)


def deliver(
    folder: Path,
    course: Mapping[str, bytes],
    *,
    version: str,
    edition: str,
    restore: Collection[str] = (),
) -> Report:
    """Bring a learner's folder up to date; it is made if it is not there.

    Args:
        folder: The learner's folder.
        course: Path below the folder (with ``/``) to the notebook's bytes, as the course has it now.
        version: The course's version, for the manifest.
        edition: The edition's name, for the manifest.
        restore: Paths that the learner wants back though deleted.

    Raises:
        LearnerError: When nothing can be done, or no more: the folder can't be written to, the disk is full,
            another process is at work there. What was done until then is whole; doing it again goes on.
    """
    unknown = sorted(set(restore) - set(course))
    if unknown:
        raise LearnerError(f"the course has no {unknown[0]}; its files: {', '.join(course)}")
    folder = Path(folder)
    try:
        _prepare(folder)
        with files.locked(folder / MARK / "lock"):
            return _Update(folder, version, edition).run(course, restore)
    except OSError as error:
        if error.errno in _FULL:
            raise LearnerError(
                f"the disk of {folder} is full; nothing of yours was touched: make room, then say this again"
            ) from error
        raise LearnerError(
            f"{error.filename or folder} can't be written ({error.strerror}); nothing of yours was touched: "
            "name a folder that is yours, such as coursekit start ~/gradients-course"
        ) from error


def _prepare(folder: Path) -> None:
    mark = folder / MARK
    if mark.is_symlink() or (mark.exists() and not mark.is_dir()):
        raise LearnerError(f"{mark} must be a folder of its own: move it away, then say this again")
    if folder.exists() and not folder.is_dir():
        raise LearnerError(f"{folder} is a file: name a folder")
    mark.mkdir(parents=True, exist_ok=True)


class _Update:
    """One update of one folder, under its lock."""

    def __init__(self, folder: Path, version: str, edition: str) -> None:
        self.folder, self.box = folder, folder / MARK / "box"
        self.report = Report(folder)
        files.sweep(self.box)
        known = load(folder)
        if known is None:
            self._without_manifest()
        self.manifest = Manifest(version, edition, dict(known.files) if known else {})

    def _without_manifest(self) -> None:
        path = self.folder / MARK / NAME
        if path.is_file():
            kept = files.add(path.with_name("manifest.damaged.json"), path.read_bytes(), self.box)
            self.report.notes.append(
                f"The record of what was delivered could not be read (kept as {kept.name}): "
                "every notebook in the folder counts as edited by you."
            )

    def run(self, course: Mapping[str, bytes], restore: Collection[str]) -> Report:
        entries, done = self.manifest.files, self.report.done
        for path, data in course.items():
            outcome, entry = self._one(path, data, path in restore)
            done[outcome].append(path)
            if path in restore and outcome in ("current", "edited", "beside"):
                self.report.notes.append(
                    f"{path} is there; to get the course's version, rename yours first"
                )
            if entry is not None:
                entries[path] = entry
        for path in sorted(set(entries) - set(course)):
            del entries[path]
            if (self.folder / path).exists():
                done["gone"].append(path)
        save(self.folder, self.manifest, self.box)  # last: until here all can be done again
        return self.report

    def _one(self, path: str, data: bytes, restore: bool) -> tuple[str, Entry | None]:
        """Treat one file; return what happened to it, and its entry."""
        entry, found = self.manifest.files.get(path), look(self.folder, path)
        target, new = self.folder / path, fingerprint(data)
        outcome = decide(found, entry, new, restore)
        fresh = Entry(new, digest(data))
        if outcome == "blocked":
            return self._blocked(found.obstacle), entry
        try:
            if outcome in ("new", "restored"):
                target.parent.mkdir(parents=True, exist_ok=True)
                written = files.add(target, data, self.box)
                if written != target:  # something has come up there at this moment
                    written.unlink()
                    return self._blocked(f"{path} has just changed"), entry
            elif outcome == "replaced":
                if digest(found.data) != entry.file:
                    self._keep(path, found.data, self.folder / MARK / "backup" / path)
                if not self._still(target, found, data):
                    return self._blocked(f"{path} has just changed"), entry
            elif outcome == "damaged":
                self._keep(path, found.data, _named(target, "damaged"))
                if not self._still(target, found, data):
                    return self._blocked(f"{path} has just changed"), entry
            elif outcome == "beside":
                beside = files.add(_named(target, "new-version"), data, self.box)
                self.report.notes.append(
                    f"{path} stays yours; the course's new version is {self._relative(beside)}"
                )
                return outcome, replace(entry or Entry("", ""), offered=new)
            elif outcome != "current":
                return outcome, entry
        except OSError as error:
            if error.errno in _FULL:
                raise
            return self._blocked(f"{path} can't be written ({error.strerror})"), entry
        return outcome, fresh

    def _still(self, target: Path, found: Found, data: bytes) -> bool:
        """Replace a file if it is still what was looked at; say whether it was."""
        if target.read_bytes() != found.data:
            return False
        files.replace(target, data, self.box)
        return True

    def _keep(self, path: str, data: bytes, name: Path) -> None:
        kept = files.add(name, data, self.box)
        self.report.notes.append(f"What {path} was before is kept in {self._relative(kept)}")

    def _blocked(self, obstacle: str) -> str:
        self.report.notes.append(f"{obstacle}: move it away or mend it, then say coursekit update")
        return "blocked"

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def _named(path: Path, what: str) -> Path:
    return path.with_name(f"{path.stem}.{what}{path.suffix}")
