"""Python and the packages: are they there, and new enough?"""

import importlib.util
import sys
from collections.abc import Sequence
from importlib import metadata

from coursekit.doctor.finding import NOTE, OK, TROUBLE, Finding, pip_install
from coursekit.learner import chapters

OLDEST = (3, 11)
PACKAGE = "coursekit"


def python() -> Finding:
    """Is this Python new enough?"""
    here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST:
        return Finding(
            TROUBLE,
            "Python",
            f"{here} is too old",
            "install Python 3.11 or newer, and coursekit there",
        )
    return Finding(OK, "Python", f"{here} ({sys.executable})")


def required() -> Finding:
    """Are the library's own packages there, at least at pyproject's lower bounds?"""
    return _bounds("packages", "")


def for_lab() -> Finding:
    """Is what ``coursekit start`` needs there: JupyterLab, and what the notebooks are made with?"""
    return _bounds("JupyterLab", "lab")


def _bounds(check: str, extra: str) -> Finding:
    from packaging.requirements import Requirement

    try:
        asked = [Requirement(line) for line in metadata.requires(PACKAGE) or ()]
    except metadata.PackageNotFoundError:
        return Finding(
            TROUBLE, check, "coursekit is not installed, only found",
            f"in the folder of the course: {pip_install('.[lab]')}",
        )  # fmt: skip
    wanted = [
        r for r in asked
        if r.marker is None and not extra
        or extra and r.marker and r.marker.evaluate({"extra": extra}) and not r.marker.evaluate({"extra": ""})
    ]  # fmt: skip
    if not wanted:
        return Finding(
            TROUBLE, check, "the installed coursekit is too old to say what it needs",
            f"in the folder of the course: {pip_install('.[lab]')}",
        )  # fmt: skip
    faults, to_install = [], []
    for requirement in wanted:
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            faults.append(f"{requirement.name} is missing")
        else:
            if requirement.specifier.contains(version, prereleases=True):
                continue
            faults.append(f"{requirement.name} {version} is not {requirement.specifier}")
        to_install.append(f"{requirement.name}{requirement.specifier}")
    if faults:
        return Finding(TROUBLE, check, "; ".join(faults), pip_install(*to_install))
    return Finding(OK, check, f"{', '.join(r.name for r in wanted)}: there, and new enough")


def optional(course: Sequence[chapters.Chapter] | None = None) -> Finding:
    """Which chapters lack a package that only they run on?

    Args:
        course: The chapters; read from the book if not given.
    """
    course = chapters.find() if course is None else course
    missing = [name for name in chapters.OPTIONAL if importlib.util.find_spec(name) is None]
    wanting = {
        name: [".".join(map(str, c.number)) for c in course if name in c.packages]
        for name in missing
    }
    said = [f"{name} is missing for {', '.join(which)}" for name, which in wanting.items() if which]
    if said:
        return Finding(NOTE, "chapters", "; ".join(said), pip_install(*wanting))
    return Finding(OK, "chapters", f"{len(course)} chapters, each has the packages it runs on")
