"""batches: the noise ball around a minimum, and what each batch size pays for getting there."""

from collections.abc import Sequence

import numpy as np
import traitlets

from coursekit._checks import one_of, real_number, whole_number
from coursekit.amounts import amount
from coursekit.descent import BatchStudy
from coursekit.heights import lines
from coursekit.widgets.base import STATIC, CourseWidget

__all__ = ["Batches"]

WORK = ("steps", "examples", "time")
GOALS = (0.1, 0.01, 0.001)
WIDEST = 1024  # examples at once
DOTS = 3000  # in all clouds together
GRAIN = 1000  # places on the map are whole numbers, so many across it
PATH = 90  # points of a path
CURVE = 28  # points of a curve

CHALLENGES = (
    "Take batches of 1 and raise the learning rate. How does the cloud around the minimum grow?",
    "Make 1% the goal. At which learning rates do single examples never arrive, and what cures it?",
    "Measure work in time. Which batch size is first if 1, 16 or 256 examples are done at once?",
)


class Batches(CourseWidget):
    """The descents of a study of batch sizes: on a map, and against the work they take.

    On the map one run's path and the late positions of many: the noise ball. Beside it the excess
    loss on all the data, as a share of that at the start, against steps, examples or time. The time
    of a step is ``overhead`` + ⌈batch size / width⌉, in units of the time of one example, for a
    machine that does ``width`` examples at once. All traits can be set while the widget is shown.

    Args:
        study: what `coursekit.descent.batch_study` returned.
        batch_size: the batch size shown, one of the study's; by default the middle one.
        lr: the learning rate shown, one of the study's; by default the middle one.
        work: what work is measured in: ``"steps"``, ``"examples"`` or ``"time"``.
        width: the examples that the machine does at once, from 1 to 1024.
        goal: the excess loss to reach: 0.1, 0.01 or 0.001 of that at the start.
        overhead: what a step costs besides its examples, in times of one example; at least 0.
        challenges: numbered tasks below the widget; three of its own by default, ``[]`` for none.

    Raises:
        ValueError: if the study has no such batch size or learning rate, a value is out of
            bounds, or the study is too large for a page.
        TypeError: if ``study`` is not a `BatchStudy`, or a number of the wrong kind.
    """

    _esm = STATIC / "batches.js"

    batch_size = traitlets.Int(1).tag(sync=True)
    lr = traitlets.Float(0.1).tag(sync=True)
    work = traitlets.Unicode("examples").tag(sync=True)
    width = traitlets.Int(16).tag(sync=True)
    goal = traitlets.Float(0.1).tag(sync=True)
    data = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        study: BatchStudy,
        batch_size: int | None = None,
        lr: float | None = None,
        work: str = "examples",
        width: int = 16,
        goal: float = 0.1,
        overhead: float = 4.0,
        challenges: Sequence[str] = CHALLENGES,
    ):
        if not isinstance(study, BatchStudy):
            raise TypeError(f"study must be what batch_study() returned, got {study!r}")
        if len(study.runs) > 60:
            raise ValueError(
                f"study has {len(study.runs)} pairs of a batch size and a learning rate, more than "
                f"the 60 that a page keeps; take fewer of either"
            )
        self.study = study
        super().__init__()
        self.set_trait("kind", "batches")
        overhead = real_number("overhead", overhead, at_least=0)
        self.set_trait("data", {**_page(study), "overhead": overhead})
        self.challenges = list(challenges)
        self.set_trait("reserve", _reserve(self.challenges))
        with self.hold_sync():
            self.batch_size = _middle(study.batch_sizes) if batch_size is None else batch_size
            self.lr = _middle(study.lrs) if lr is None else lr
            self.work, self.width, self.goal = work, width, goal

    @traitlets.validate("batch_size", "lr")
    def _in_the_study(self, proposal):
        name = proposal["trait"].name
        known = self.study.batch_sizes if name == "batch_size" else self.study.lrs
        if proposal["value"] not in known:
            choices = ", ".join(f"{value:g}" for value in known)
            raise ValueError(f"{name} must be one of {choices}, got {proposal['value']!r}")
        return proposal["value"]

    @traitlets.validate("work")
    def _known_work(self, proposal):
        return one_of("work", proposal["value"], WORK)

    @traitlets.validate("width")
    def _possible_width(self, proposal):
        width = whole_number("width", proposal["value"], at_least=1)
        if width > WIDEST:
            raise ValueError(f"width must be from 1 to {WIDEST}, got {width}")
        return width

    @traitlets.validate("goal")
    def _known_goal(self, proposal):
        if proposal["value"] not in GOALS:
            raise ValueError(f"goal must be 0.1, 0.01 or 0.001, got {proposal['value']!r}")
        return proposal["value"]

    def describe(self) -> str:
        """Say how large the noise ball is, and how long the way to the goal."""
        runs = self.study.at(self.batch_size, self.lr)
        steps = runs.steps_to(self.goal)
        reached = (
            f"never down to {amount(100 * self.goal)}% of the excess loss in {self.study.steps} steps."
            if steps is None
            else f"down to {amount(100 * self.goal)}% of the excess loss after {amount(steps)} steps, "
            f"{amount(steps * self.batch_size, digits=6)} examples."
        )
        return (
            f"batches of {self.batch_size} at learning rate {self.lr:g}: variance of the gradient "
            f"{amount(runs.variance)}, late positions {amount(_seen(runs.radius))} from the "
            f"minimum; half of the runs {reached}"
        )


def _middle(values):
    return values[(len(values) - 1) // 2]


def _seen(radius):
    """A distance below 10⁻⁶ is round-off, which differs between machines."""
    return radius if radius > 1e-6 else 0.0


def _page(study: BatchStudy) -> dict:
    """What the page draws, as whole numbers where these will do."""
    domain = _domain(study)
    low, span = domain[:, 0], domain[:, 1] - domain[:, 0]
    noisy = sum(runs.seeds > 1 for runs in study.runs.values())
    dots = max(20, min(300, DOTS // max(1, noisy)))
    steps = np.unique(np.geomspace(1, study.steps, CURVE).round().astype(int))
    floor = _floor(study)

    def places(positions):
        inside = np.clip((positions - low) / span, -1, 2)  # beyond the map is beyond the map
        return np.round(GRAIN * np.nan_to_num(inside, nan=2.0)).astype(int).ravel().tolist()

    def percentiles(excess):
        with np.errstate(divide="ignore"):
            exponents = np.log10(excess[steps])
        return np.round(100 * np.clip(exponents, floor, 3)).astype(int).T.tolist()

    slowest = np.linalg.eigvalsh(study.hessian)[0]
    every = []
    for runs in study.runs.values():
        # The path is shown until it has surely arrived.
        last = min(study.steps, max(8, int(np.ceil(4 / (runs.lr * slowest)))))
        at = np.unique(np.linspace(0, last, min(PATH, last + 1)).round().astype(int))
        every.append(
            {
                "path": places(runs.path[at]),
                "cloud": places(runs.cloud[np.linspace(0, len(runs.cloud) - 1, dots).astype(int)])
                if runs.seeds > 1 and len(runs.cloud)
                else [],
                "excess": percentiles(runs.excess),
                "radius": _number(_seen(runs.radius)),
                "late": _number(runs.late_excess if runs.late_excess > 1e-9 else 0.0),
                "variance": _number(runs.variance),
                "reach": [runs.steps_to(goal) for goal in GOALS],
            }
        )
    return {
        "sizes": list(study.batch_sizes),
        "lrs": list(study.lrs),
        "n": study.size,
        "steps": study.steps,
        "seeds": study.seeds,
        "names": list(study.names),
        "hessian": [_number(h) for h in (*study.hessian[0], study.hessian[1, 1])],
        "minimum": [_number(w) for w in study.minimizer],
        "start": [_number(w) for w in study.start],
        "domain": [[_number(end) for end in axis] for axis in domain],
        "goals": list(GOALS),
        "at": steps.tolist(),
        "floor": floor,
        "runs": every,
    }


def _number(value):
    """Four significant digits; None for what JSON has no number for."""
    return float(f"{value:.4g}") if np.isfinite(value) else None


def _domain(study):
    """A box around the start, the minimum and all but the most distant late positions."""
    clouds = [study.minimizer[np.newaxis], *(runs.cloud for runs in study.runs.values())]
    ends = np.quantile(np.concatenate(clouds), [0.01, 0.99], axis=0)
    near = np.abs(study.start - study.minimizer).max()
    ends = np.clip(ends, study.minimizer - near, study.minimizer + near)
    corners = np.vstack([ends, study.start, study.minimizer])
    margin = 0.06 * (corners.max(axis=0) - corners.min(axis=0)).max()
    box = np.column_stack([corners.min(axis=0) - margin, corners.max(axis=0) + margin])
    return np.vectorize(_number, otypes=[float])(box)


def _floor(study):
    """The lowest power of ten on the chart: below it are only runs without noise."""
    noisy = [r.excess[-1, 1] for r in study.runs.values() if r.seeds > 1 and r.excess[-1, 1] > 0]
    lowest = np.log10(min([*noisy, 1e-3]))
    return int(max(-9, np.floor(lowest - 0.3)))


def _reserve(challenges: Sequence[str]) -> list[int]:
    """The height at 720 and at 360 px: measured without challenges, plus their estimated lines."""
    heights = []
    for bare, width in ((569, 720), (1021, 360)):
        rows = sum(lines(text, width - 24, 15) for text in challenges)
        heights.append(bare + (22 + 22 * rows if rows else 0))
    return heights
