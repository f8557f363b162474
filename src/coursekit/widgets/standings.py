"""What can be said of a racer after so many steps: converged, caught, gone, or still on its way."""

from dataclasses import dataclass

import numpy as np

from coursekit.descent import Path
from coursekit.landscapes import Landscape

__all__ = ["Standing", "standing"]

NEAR = 0.01  # of the map's width: this near counts as there
PAUSE = 10  # this many steps there, or without moving, count as staying


@dataclass(frozen=True)
class Standing:
    """What a racer is doing.

    Attributes:
        verdict: "diverged" (its numbers got out of bounds), "left" (off the map), "minimum", "local"
            or "saddle" (near one of these), "start", "still" (hardly moves), "rising", "falling".
        at: the number of steps it has taken by then.
        since: for the first five, since which step this holds without a break; otherwise None.
    """

    verdict: str
    at: int
    since: int | None = None


def standing(path: Path, step: int, land: Landscape) -> Standing:
    """Return what a racer is doing after ``step`` steps of its path.

    Args:
        path: a single run with all its positions.
        step: the number of steps, at least 0.
        land: the landscape it is on.
    """
    at = min(step, path.steps)
    if at == path.steps and path.reason in ("diverged", "non-finite"):
        return Standing("diverged", at, at)
    places = path.positions[: at + 1]
    domain = np.array(land.domain)
    width = np.ptp(domain, axis=1).max()

    def since(holds) -> int:
        breaks = np.flatnonzero(~holds)
        return int(breaks[-1]) + 1 if len(breaks) else 0

    off = ~np.all((places >= domain[:, 0]) & (places <= domain[:, 1]), axis=1)
    if off[-1]:
        return Standing("left", at, since(off))
    for verdict, points in (
        ("minimum", land.minima),
        ("local", land.local_minima),
        ("saddle", land.saddles),
    ):
        for point in points:
            near = np.hypot(*(places - point).T) < NEAR * width
            if near[-1]:
                return Standing(verdict, at, since(near))
    if at == 0:
        return Standing("start", at)
    before = max(0, at - PAUSE)
    if at >= PAUSE and np.hypot(*(places[at] - places[before])) < 1e-3 * width:
        return Standing("still", at)
    return Standing("rising" if path.losses[at] > path.losses[before] else "falling", at)
