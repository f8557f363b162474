"""The learning-rate range test: one short run that shows which rates are too small or too large."""

from dataclasses import dataclass

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.descent import descend
from coursekit.optimizers import SGD
from coursekit.search.table import Table


@dataclass(frozen=True, repr=False)
class RangeTest(Table):
    """What the test saw: for each rate the loss after the step it took, and that loss smoothed.

    Attributes:
        suggestion: a rate to begin with, see `learning_rate_range_test`; None if the smoothed loss
            did not fall at any rate. The note then says what to try.
    """

    suggestion: float | None = None


def learning_rate_range_test(
    objective, start, optimizer=None, *, lowest=1e-6, highest=10.0, steps=100
):
    """Descend while the learning rate rises from step to step in equal ratios.

    At first the steps are too small to matter. Then the loss falls, quicker and quicker, until the
    rate is so large that it rises again. The table ends where the smoothed loss is back above the
    first loss: the smoothed one is the median over a twentieth of the steps to either side.

    The suggestion is a tenth of the rate at the lowest smoothed loss, as that rate is already at
    the edge. It is a rule of thumb, which finds the order of magnitude for the first steps.

    Source: Smith (2017), *Cyclical learning rates for training neural networks*, IEEE Winter
    Conference on Applications of Computer Vision, section 3.3. The rule is that of the library
    fastai.

    Args:
        objective: what `coursekit.descent.descend` takes, for a single run. A network made
            trainable by `coursekit.descent.backpropagated` holds the weights of the end afterward,
            when the rate was far too large: keep its weights with `coursekit.nn.to_vector` before, and
            set them again with `coursekit.nn.from_vector`.
        start: the start of the descent. It is not changed.
        optimizer: the optimizer to find a rate for, `coursekit.optimizers.SGD` by default. A copy
            is used.
        lowest: the first rate, greater than 0.
        highest: the last rate, greater than ``lowest``.
        steps: the number of steps, at least 10.

    Returns:
        A `RangeTest`.

    Raises:
        TypeError: as `descend` does.
        ValueError: as `descend` does, or if there are many runs.

    Example:
        >>> from coursekit import landscapes
        >>> bowl = landscapes.get("bowl", condition=10)  # beyond the rate 2/10 it diverges
        >>> test = learning_rate_range_test(bowl, [1.0, 1.0], lowest=1e-4, highest=10)
        >>> f"{test.suggestion:.2g}"
        '0.043'
    """
    lowest = real_number("lowest", lowest, above=0)
    highest = real_number("highest", highest, above=lowest)
    steps = whole_number("steps", steps, at_least=10)
    rates = np.geomspace(lowest, highest, steps)
    optimizer = SGD(lr=lowest) if optimizer is None else optimizer
    path = descend(
        objective, start, optimizer, steps, schedule=lambda step: rates[step], every=None
    )
    if np.ndim(path.steps):
        raise ValueError(f"the range test takes a single run, got runs of shape {path.steps.shape}")

    first, losses = path.losses[0], path.losses[1:]  # losses: after the step with each rate
    finite = np.isfinite(losses)  # all but perhaps the last, which ends the descent
    losses, rates = losses[finite], rates[: len(finite)][finite]
    if not len(losses) or not np.isfinite(first):
        raise ValueError(f"the loss is not finite at the start or after a step of rate {lowest:g}")
    smoothed = _moving_median(losses, reach=steps // 20)
    lowest_at = int(np.argmin(smoothed))
    too_high = np.flatnonzero(smoothed[lowest_at:] > first)
    end = lowest_at + int(too_high[0]) + 1 if len(too_high) else len(losses)
    rows = tuple(
        {"lr": float(lr), "loss": float(loss), "smoothed": float(middle)}
        for lr, loss, middle in zip(rates[:end], losses[:end], smoothed[:end], strict=True)
    )
    if np.all(losses == first):
        return RangeTest(rows, "The loss never changed: is the gradient zero at the start?")
    if not smoothed[lowest_at] < first:
        return RangeTest(rows, f"The loss never fell: try rates below {lowest:g}.")
    suggestion = float(rates[lowest_at] / 10)
    note = f"Suggested rate: {suggestion:.2g}, a tenth of that at the lowest smoothed loss."
    if not len(too_high) and len(losses) == steps:
        note += f" The loss did not rise above the first one: try rates above {highest:g}."
    return RangeTest(rows, note, suggestion)


def _moving_median(values, reach):
    """Return for each value the median of it and up to ``reach`` values to either side."""
    return np.array(
        [np.median(values[max(0, i - reach) : i + reach + 1]) for i in range(len(values))]
    )
