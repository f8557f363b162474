"""The gradient at each time step of a recurrent net."""

import math
from dataclasses import dataclass

import numpy as np

from coursekit.flow.diagnosis import vanished_or_exploded
from coursekit.flow.findings import Finding, span
from coursekit.flow.frameworks import framework_of_tensor
from coursekit.flow.measures import size
from coursekit.flow.thresholds import Thresholds


@dataclass(frozen=True, eq=False)
class ThroughTime:
    """The gradient of a loss with respect to the hidden state at each time.

    Attributes:
        gradient_norm: ‖∂L/∂hₜ‖ for each time, of shape (T,), and nan where the loss does not depend
            on the state.
        reached: whether the loss depends on the state, of shape (T,).
    """

    gradient_norm: np.ndarray
    reached: np.ndarray

    @property
    def ratio(self):
        """The norm at the first time divided by that at the last time on which the loss depends.

        It is nan if there are no two such times.
        """
        last = self._last
        return float(self.gradient_norm[0] / self.gradient_norm[last]) if last > 0 else math.nan

    @property
    def factor(self):
        """By how much the norm is multiplied from one time to the one before: a geometric mean."""
        return self.ratio ** (1 / self._last) if self._last > 0 else math.nan

    @property
    def _last(self):
        """The last time with a gradient other than zero, or -1."""
        return int(np.flatnonzero(self.reached & (self.gradient_norm != 0)).max(initial=-1))

    def diagnose(self, thresholds=None):
        """Return what is wrong, a list of `Finding`.

        Args:
            thresholds: a `coursekit.flow.Thresholds`; by default the one described there.

        Raises:
            TypeError: if ``thresholds`` is something else.
        """
        thresholds = Thresholds.checked(thresholds)
        if not self.reached[0]:
            lost = int(np.argmax(np.append(self.reached, True)))
            text = f"The loss does not depend on the states before time {lost}."
            if lost == len(self.reached):
                text = (
                    "The loss does not depend on any of these states. Give the very tensors from "
                    "which it was computed, not a slice or a transpose made later."
                )
            share = lost / len(self.reached)
            return [Finding("no gradient", "time 0", share, None, text)]
        broken = np.flatnonzero(self.reached & ~np.isfinite(self.gradient_norm))
        if broken.size:
            time = broken[-1]
            text = (
                f"On the way back through time, the gradient is infinite or not a number for the "
                f"first time at time {time}."
            )
            norm = float(self.gradient_norm[time])
            return [Finding("not finite", f"time {time}", norm, None, text)]
        if self._last < 0:
            text = "The gradient is exactly zero at every time."
            return [Finding("zero gradient", "time 0", 0.0, None, text)]
        return list(
            vanished_or_exploded(
                self.ratio, self.factor, span(["time 0", f"time {self._last}"]),
                f"from time {self._last} to time 0", thresholds,
                "The net cannot learn what depends on the distant past.",
                "A learning rate that suits the recent past is far too large for the distant past.",
            )
        )  # fmt: skip


def through_time(hidden, loss):
    """Measure how the gradient travels back along a list of hidden states.

    The graph is kept, and no ``.grad`` is changed, so that ``loss.backward()`` may follow.

    Args:
        hidden: the hidden states h₀, h₁, … in order of time, coursekit or torch tensors; or one
            tensor whose first axis is time. The states inside a layer such as `coursekit.nn.LSTM`
            or ``torch.nn.LSTM`` cannot be got at (its outputs are computed from them): give its
            input, made with ``requires_grad=True``, instead.
        loss: a tensor with one number, computed from these very tensors: a slice or a transpose of
            them that is made afterwards is not on the way to the loss.

    Returns:
        A `ThroughTime`.

    Raises:
        TypeError: if they are not tensors of one framework.
        ValueError: if there is no state, one is a constant, or the loss is not one number.

    Example:
        >>> from coursekit.autograd import Tensor
        >>> hidden = [Tensor([1.0, 2.0])]
        >>> for _ in range(3):
        ...     hidden.append(hidden[-1] * 0.5)
        >>> seen = through_time(hidden, hidden[-1].sum())
        >>> seen.ratio, seen.factor
        (0.125, 0.5)
    """
    framework = framework_of_tensor(loss)
    whole = framework.is_tensor(hidden)
    states = [hidden] if whole else list(hidden)
    if not states or (whole and (len(hidden.shape) == 0 or hidden.shape[0] == 0)):
        raise ValueError("hidden must hold at least one time step, got none")
    if math.prod(loss.shape) != 1:
        raise ValueError(f"loss must be one number, got shape {tuple(loss.shape)}")
    for i, state in enumerate(states):
        name = "hidden" if whole else f"hidden[{i}]"
        if not framework.is_tensor(state):
            raise TypeError(f"{name} must be a {framework.FRAMEWORK} tensor, got {state!r}")
        if not state.requires_grad:
            raise ValueError(f"{name} must require a gradient, but it is a constant")
    places = [framework.place(state) for state in states]
    with np.errstate(all="ignore"):
        grads = list(framework.gradients(loss, places, keep_graph=True))
    if whole:
        grads = [None] * len(hidden) if grads[0] is None else grads[0]
    norms = np.array([math.nan if grad is None else size(grad)[0] for grad in grads])
    return ThroughTime(norms, np.array([grad is not None for grad in grads]))
