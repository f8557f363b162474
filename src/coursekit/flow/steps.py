"""Update:weight ratios: how far a step moves each parameter, compared with its size."""

import numpy as np

from coursekit._checks import one_of
from coursekit.amounts import amount
from coursekit.flow.findings import Finding, span
from coursekit.flow.frameworks import framework_of
from coursekit.flow.measures import ratio, size
from coursekit.flow.tables import text_table
from coursekit.flow.thresholds import Thresholds


def snapshot(model):
    """Return a dict from parameter names to copies of their values (float64 arrays).

    Frozen parameters, which do not require a gradient, are left out.

    Raises:
        TypeError: if ``model`` is neither a coursekit nor a torch module.
    """
    parameters = framework_of(model).parameters(model)
    return _copies(model, [name for name, tensor in parameters if tensor.requires_grad])


def _copies(model, names):
    """Return a dict from these names to copies of the parameters' values."""
    framework = framework_of(model)
    return {
        name: framework.array(tensor).copy()
        for name, tensor in framework.parameters(model)
        if name in names
    }


def update_ratios(before, after):
    """Return how far each parameter moved between two snapshots: ‖after − before‖ / ‖before‖.

    Args:
        before: a `snapshot`.
        after: a later one of the same model.

    Returns:
        A dict from names to floats: infinite where the parameter was zero and moved, 0 where it was
        zero and stayed.

    Raises:
        ValueError: if the two do not hold the same names and shapes.
    """
    shapes = [{name: array.shape for name, array in each.items()} for each in (before, after)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"after must hold the parameters of before, {shapes[0]}, got {shapes[1]}")
    with np.errstate(invalid="ignore", over="ignore"):  # weights may have become infinite
        return {
            name: ratio(size(after[name] - weight)[0], size(weight)[0])
            for name, weight in before.items()
        }


class Recorder:
    """Records the update:weight ratio ‖Δw‖/‖w‖ of each parameter, step by step.

    Put the optimizer's step into ``with recorder:``, or between ``before()`` and ``after()``:

    >>> import numpy as np
    >>> from coursekit.nn import Linear
    >>> model = Linear(2, 3, rng=np.random.default_rng(0))
    >>> recorder = Recorder(model)
    >>> for _ in range(4):
    ...     with recorder:
    ...         model.weight.data *= 1.001  # in place of optimizer.step
    >>> recorder.ratios.shape
    (4, 2)
    >>> recorder.median("weight")
    0.001

    Print it for a table of the first, the median and the last ratio of each parameter.

    Args:
        model: a ``coursekit.nn`` module or a ``torch.nn.Module``. Parameters that are frozen at this
            time are left out; one that is frozen later counts as a parameter that does not move.

    Attributes:
        names: the names of the parameters, a tuple.

    Raises:
        TypeError: if ``model`` is neither a coursekit nor a torch module.
    """

    def __init__(self, model):
        start = snapshot(model)
        self._model, self._before, self._rows = model, None, []
        self.names = tuple(start)
        self._matrices = {name for name, array in start.items() if array.ndim >= 2}

    def before(self):
        """Note the parameters before a step."""
        self._before = _copies(self._model, self.names)

    def after(self):
        """Record how far the parameters have moved since `before`.

        Raises:
            RuntimeError: if `before` has not been called.
        """
        if self._before is None:
            raise RuntimeError("after: call before() first, or write `with recorder:`")
        before, self._before = self._before, None
        moved = update_ratios(before, _copies(self._model, self.names))
        self._rows.append([moved[name] for name in self.names])

    def __enter__(self):
        self.before()
        return self

    def __exit__(self, error, *details):
        if error is None:
            self.after()
        self._before = None

    def __len__(self):
        return len(self._rows)

    def __str__(self):
        if not self._rows:
            return "No step has been recorded."
        rows = [
            [name, self.column(name)[0], self.median(name), self.column(name)[-1]]
            for name in self.names
        ]
        return f"‖Δw‖/‖w‖ in {len(self)} steps\n" + text_table(
            ["parameter w", "first", "median", "last"], rows, 1
        )

    __repr__ = __str__

    @property
    def ratios(self):
        """The ratios recorded so far, an array of shape (steps, parameters)."""
        return np.array(self._rows).reshape(len(self._rows), len(self.names))

    def column(self, name):
        """Return the ratios of one parameter, of shape (steps,).

        Raises:
            ValueError: if there is no such parameter.
        """
        return self.ratios[:, self.names.index(one_of("parameter", name, self.names))]

    def median(self, name):
        """Return the median ratio of one parameter over all steps, rounded to 12 digits.

        Raises:
            ValueError: if there is no such parameter, or no step has been recorded.
        """
        if not self._rows:
            raise ValueError(f"the median of {name!r} needs at least one recorded step, got none")
        return float(f"{np.median(self.column(name)):.12g}")

    def diagnose(self, thresholds=None):
        """Return what is wrong with the size of the steps, a list of `Finding`.

        Only weights with two or more axes are judged: biases often start at zero and have no size
        to compare with. The ratio shrinks as training goes on, and steps that are far too large
        make the weights so large that it soon looks normal: judge the first ten steps or so.

        Args:
            thresholds: a `Thresholds`; by default the one described there.

        Raises:
            ValueError: if no step has been recorded.
            TypeError: if ``thresholds`` is something else.
        """
        thresholds = Thresholds.checked(thresholds)
        medians = {name: self.median(name) for name in self.names if name in self._matrices}
        large = {n: m for n, m in medians.items() if not m <= thresholds.update_too_large}  # or nan
        small = {n: m for n, m in medians.items() if m < thresholds.update_too_small}
        return [
            *_finding("update too large", large, thresholds.update_too_large, max, len(self)),
            *_finding("update too small", small, thresholds.update_too_small, min, len(self)),
        ]


def _finding(illness, medians, threshold, worst_of, steps):
    if not medians:
        return
    name = worst_of(medians, key=medians.get)
    meaning = {
        "update too large": "Each step overwrites much of what has been learned.",
        "update too small": "At this pace the weights stay almost what they are.",
    }[illness]
    share = amount(medians[name]) if np.isfinite(medians[name]) else str(medians[name])
    yield Finding(
        illness, span(list(medians)), medians[name], threshold,
        f"In the median over {steps} recorded steps, a step changes {name} by {share} of its size; "
        f"good values are about 0.001. {meaning}",
    )  # fmt: skip
