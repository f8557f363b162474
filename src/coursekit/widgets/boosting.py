"""boosting: stage by stage, what a tree is fitted to under three losses, and what it does to F."""

from base64 import b64encode
from collections.abc import Sequence

import numpy as np
import traitlets

from coursekit._checks import distinct, finite_array, one_of, real_number, whole_number
from coursekit.amounts import amount
from coursekit.heights import lines
from coursekit.seeding import generator
from coursekit.widgets.base import STATIC, CourseWidget

__all__ = ["Boosting"]

LOSSES = ("squared", "absolute", "logistic")
MOST_ROWS = 60
DEEPEST = 4
FASTEST = 2.0  # from here on the squared loss diverges
MOST_BYTES = 26_000  # of trees; in base64 they then leave room for the rest within 40 kB

CHALLENGES = (
    "The row shown is an outlier. How does its negative gradient change from the squared loss to the "
    "absolute one, and what does that do to its leaf’s value?",
    "At learning rate 1 and depth 2, move the stage on: which of the two regression losses soon bends "
    "F toward the outliers, and which leaves them alone?",
    "Take the logistic loss and a late stage. Find rows whose negative gradient is nearly 0: what is "
    "their p? And what does y − F say about them?",
)


class Boosting(CourseWidget):
    """Gradient boosting on one feature, stage by stage.

    Above: the rows and F after the stage, a step curve (for the logistic loss the probability
    p = 1 / (1 + exp(−F))), with the curve before it faint. Below: what the stage's tree was fitted
    to, that is, each row's negative gradient −∂L/∂F at the F before the stage, beside its residual
    y − F; the tree's least-squares fit; and the leaf values that are added, times the learning rate.
    The losses are ½ (y − F)², |y − F|, and log(1 + exp(F)) − y F for y of 0 or 1.

    The models are those of `coursekit.boosting`, fitted when the widget is made. All of ``loss``,
    ``stage``, ``learning_rate``, ``depth`` and ``row`` can be set while the widget is shown.

    Args:
        X: the feature, shape (rows,) or (rows, 1), with 2 to 60 rows; by default 41 rows of a wave
            with noise and two outliers.
        y: the targets, shape (rows,). For the logistic loss, unless all are 0 or 1, the class is 1
            where y is above its median, and else 0.
        loss: ``"squared"``, ``"absolute"`` or ``"logistic"``.
        stage: how many trees have been added, from 0 to ``stages``.
        learning_rate: η, by which a tree's leaf values are multiplied.
        depth: the trees' depth.
        losses, learning_rates, depths: what the reader may choose from: learning rates above 0 and
            at most 2, depths from 1 to 4.
        stages: the number of stages, at least 1.
        challenges: numbered tasks below the widget; three of its own by default, ``[]`` for none.
        row: the row whose numbers are told. Rows count from 0 in the order of x. By default the one
            with the largest residual at stage 0, under the first of the ``losses``.

    Attributes:
        models: (loss, learning rate, depth) to the fitted `GradientBoostingRegressor`, or
            `GradientBoostingClassifier` for the logistic loss.

    Raises:
        TypeError: if a number is not one, or of a wrong type.
        ValueError: if a name is unknown, a number is out of bounds or not offered, ``X`` and ``y``
            have other shapes or do not vary, one class has no rows, or there are more trees than a
            page keeps.

    Source: Friedman (2001), *Greedy function approximation: a gradient boosting machine*, Annals of
    Statistics 29(5), algorithms 1, 2, 3 and 5.

    Example:
        >>> Boosting([1, 2, 3, 4], [1, 2, 6, 7], learning_rate=1.0, row=3)
        boosting: stage 1 of 30, squared loss, learning rate 1, depth 1: training loss 3.25 before, \
0.125 now. Row 3, x = 4, y = 7: residual 3, negative gradient 3, F = 4 + 1 · 2.5 = 6.5.
    """

    _esm = STATIC / "boosting.js"

    loss = traitlets.Unicode("squared").tag(sync=True)
    stage = traitlets.Int(1).tag(sync=True)
    learning_rate = traitlets.Float(0.3).tag(sync=True)
    depth = traitlets.Int(1).tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    data = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        X=None,
        y=None,
        loss: str = "squared",
        stage: int = 1,
        learning_rate: float = 0.3,
        depth: int = 1,
        losses: Sequence[str] = LOSSES,
        learning_rates: Sequence[float] = (0.1, 0.3, 1.0),
        depths: Sequence[int] = (1, 2),
        stages: int = 30,
        challenges: Sequence[str] = CHALLENGES,
        row: int | None = None,
    ):
        self._x, self._y = _rows(X, y)
        self._stages = whole_number("stages", stages, at_least=1)
        self._offered = {
            "loss": distinct("losses", losses, lambda v: one_of("loss", v, LOSSES)),
            "learning_rate": distinct("learning_rates", learning_rates, _rate),
            "depth": distinct("depths", depths, _depth),
        }
        _check_size(self._offered, self._stages)
        self._classes, self._median = _classes(self._y, "logistic" in self._offered["loss"])
        self.models = _fit(self._x, self._y, self._classes, self._offered, self._stages)
        super().__init__()
        self.set_trait("kind", "boosting")
        self.set_trait("data", self._page())
        self.challenges = list(challenges)
        self.set_trait("reserve", _reserve(self._offered, self.challenges))
        if row is None:
            targets = self._targets(self._offered["loss"][0])
            first = next(iter(self.models.values()))
            row = int(np.argmax(np.abs(targets - first.initial_)))
        with self.hold_sync():
            self.loss, self.stage, self.row = loss, stage, row
            self.learning_rate, self.depth = learning_rate, depth

    @traitlets.validate("loss", "learning_rate", "depth")
    def _is_offered(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if name == "loss":
            return one_of("loss", value, self._offered["loss"])
        if value not in self._offered[name]:
            offered = ", ".join(f"{each:g}" for each in self._offered[name])
            raise ValueError(
                f"{name} must be one of {offered}, got {value!r}; {name}s says what is offered"
            )
        return value

    @traitlets.validate("stage", "row")
    def _in_range(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        last = self._stages if name == "stage" else self._x.size - 1
        if not 0 <= value <= last:
            raise ValueError(f"{name} must be from 0 to {last}, got {value}")
        return value

    @property
    def model(self):
        """The fitted model that is shown."""
        return self.models[self.loss, self.learning_rate, self.depth]

    def describe(self) -> str:
        """Say the stage, the loss before and after it, and what it does to the row."""
        y, loss = self._targets(self.loss), self.model.loss_
        before, step = self._last_step()
        now = before + step
        gradient = loss.negative_gradient(y, before)
        words = [f"training loss {amount(loss.value(y, now))}"]
        added = f"F = {amount(now[self.row])}"
        if self.stage:
            words = [f"training loss {amount(loss.value(y, before))} before", _now(loss, y, now)]
            leaf = self._tree(self.stage)[self.row]
            added = (
                f"F = {amount(before[self.row])} + {self.learning_rate:g} · {_factor(leaf)} = "
                f"{amount(now[self.row])}"
            )
        return (
            f"boosting: stage {self.stage} of {self._stages}, {self.loss} loss, learning rate "
            f"{self.learning_rate:g}, depth {self.depth}: {', '.join(words)}. Row {self.row}, "
            f"x = {amount(self._x[self.row])}, y = {amount(y[self.row])}: residual "
            f"{amount((y - before)[self.row])}, negative gradient {amount(gradient[self.row])}, "
            f"{added}."
        )

    def _targets(self, loss):
        return self._classes if loss == "logistic" else self._y

    def _tree(self, stage):
        """What the tree of a stage, from 1, says of each row."""
        return self.model.estimators_[stage - 1, 0].predict(self._x[:, None])

    def _last_step(self):
        """F at the rows before the stage that is shown, and what that stage adds."""
        before = np.full(self._x.size, self.model.initial_)
        for stage in range(1, self.stage):
            before += self.learning_rate * self._tree(stage)
        return before, self.learning_rate * self._tree(self.stage) if self.stage else 0.0

    def _page(self):
        """What the page draws; see `_packed` for a run."""
        return {
            "x": self._x.tolist(),
            "y": self._y.tolist(),
            "classes": None if self._classes is None else self._classes.astype(int).tolist(),
            "median": self._median,
            "stages": self._stages,
            "losses": list(self._offered["loss"]),
            "rates": list(self._offered["learning_rate"]),
            "depths": list(self._offered["depth"]),
            "runs": [_packed(model, self._x, depth) for (*_, depth), model in self.models.items()],
        }


def _now(loss, y, F):
    return f"{amount(loss.value(y, F))} now"


def _factor(value):
    return f"({amount(value)})" if value < 0 else amount(value)


def _wave():
    """Rows of a wave with noise, and two that lie far off.

    The targets are multiples of 1/32: medians of them, and sums of such, are exact, so that a row
    that F meets has the residual 0 and not a rounding error with a sign.
    """
    rng = generator(7)
    x = np.round(np.linspace(0, 8, 41) + rng.uniform(-0.08, 0.08, 41), 2)
    y = 1.6 * np.sin(x) + 0.25 * x + 0.22 * rng.normal(size=x.size)
    y[13], y[29] = 6.5, -4.0
    return np.abs(x), np.round(32 * y) / 32


def _rows(X, y):
    """Return the rows in the order of x."""
    if X is None and y is None:
        return _wave()
    if X is None or y is None:
        raise ValueError(f"give both X and y, or neither; {'X' if X is None else 'y'} is missing")
    if str(getattr(y, "dtype", "")) == "bool":
        y = np.asarray(y, dtype=float)  # False and True are classes 0 and 1
    X, y = finite_array("X", X), finite_array("y", y)
    if X.ndim == 2 and X.shape[1] == 1:
        X = X[:, 0]
    if X.ndim != 1:
        raise ValueError(f"X must hold one feature, shape (rows,) or (rows, 1), got {X.shape}")
    if y.shape != X.shape:
        raise ValueError(f"y must have a number for each row, shape {X.shape}, got {y.shape}")
    if not 2 <= X.size <= MOST_ROWS:
        raise ValueError(f"X must have from 2 to {MOST_ROWS} rows, got {X.size}")
    for name, values in (("X", X), ("y", y)):
        if values.min() == values.max():
            raise ValueError(f"{name} must not be the same for all rows, got {values[0]:g}")
    order = np.argsort(X, kind="stable")
    return X[order], y[order]


def _rate(value):
    rate = real_number("a learning rate in learning_rates", value, above=0)
    if rate > FASTEST:
        raise ValueError(
            f"a learning rate in learning_rates must be at most {FASTEST:g}, got {rate}"
        )
    return rate


def _depth(value):
    depth = whole_number("a depth in depths", value, at_least=1)
    if depth > DEEPEST:
        raise ValueError(f"a depth in depths must be from 1 to {DEEPEST}, got {depth}")
    return depth


def _check_size(offered, stages):
    runs = len(offered["loss"]) * len(offered["learning_rate"])
    size = runs * stages * sum(9 * 2**depth for depth in offered["depth"])
    if size > MOST_BYTES:
        raise ValueError(
            f"{runs} pairs of a loss and a learning rate, each with {stages} stages of trees of depth "
            f"{' and '.join(str(d) for d in offered['depth'])}, take {size / 1000:.0f} kB, more than "
            f"the {MOST_BYTES / 1000:.0f} kB that a page keeps for trees: take fewer losses, "
            f"learning_rates, depths or stages"
        )


def _classes(y, wanted):
    """Return each row's class, 0 or 1, and the median of y that it tells apart, if it does."""
    if not wanted:
        return None, None
    if np.isin(y, (0.0, 1.0)).all():
        return y, None
    median = float(np.median(y))
    classes = (y > median).astype(float)
    if not classes.any():
        raise ValueError(
            f"y has no row above its median, {median:g}, so there is one class only: leave "
            f"'logistic' out of losses"
        )
    return classes, median


def _fit(x, y, classes, offered, stages):
    """Return the models, by loss, learning rate and depth."""
    # Not at the top: scikit-learn, which these lean on, would slow the start of every chapter.
    from coursekit.boosting import GradientBoostingClassifier, GradientBoostingRegressor

    models = {}
    for loss in offered["loss"]:
        for rate in offered["learning_rate"]:
            for depth in offered["depth"]:
                about = {"learning_rate": rate, "n_estimators": stages, "max_depth": depth}
                if loss == "logistic":
                    model = GradientBoostingClassifier(**about).fit(x[:, None], classes)
                else:
                    name = f"{loss}_error"
                    model = GradientBoostingRegressor(loss=name, **about).fit(x[:, None], y)
                models[loss, rate, depth] = model
    return models


def _packed(model, x, depth):
    """Where a run starts, and its trees as steps along x: [F₀, cuts, values].

    Of each tree, 2 ** depth − 1 cuts (a byte each: the number of the last row left of it) and
    2 ** depth values (float64), from left to right; where there are fewer, cuts after the last row
    and zeros. Base64 is half as long as the digits, and keeps every bit: sums on the page are
    those of Python, and so are the signs of residuals.
    """
    cuts = np.full((len(model.estimators_), 2**depth - 1), x.size - 1, dtype=np.uint8)
    values = np.zeros((len(model.estimators_), 2**depth), dtype="<f8")
    for m, tree in enumerate(model.estimators_[:, 0]):
        inner = np.sort(tree.threshold[tree.feature >= 0])
        found = np.searchsorted(x, inner, side="right") - 1
        cuts[m, : found.size] = found
        values[m, : found.size + 1] = tree.predict(x[np.append(found, x.size - 1), None])
    packed = (b64encode(part.tobytes()).decode() for part in (cuts, values))
    return [float(model.initial_), *packed]


def _reserve(offered, challenges: Sequence[str]) -> list[int]:
    """The height at 720 and at 360 px: measured without challenges, plus their estimated lines."""
    choices = any(len(each) > 1 for each in offered.values())
    heights = []
    for bare, room in ((650, 720), (737 if choices else 679, 360)):
        rows = sum(lines(text, room - 24, 15) for text in challenges)
        heights.append(bare + (22 + 22 * rows if rows else 0))
    return heights
