"""When a descent stops, and why: for one run, and for many at once."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

REASONS = {
    "converged": "the gradient norm came down to `tolerance`, or the loss to `target`",
    "stopped": "the condition `until` was met",
    "budget": "all steps were taken",
    "diverged": "the size of the loss rose above `diverged_above`",
    "non-finite": "the loss or the length of the gradient is infinite or not a number",
    "data ended": "the stream of data was used up",
    "interrupted": "someone pressed stop (KeyboardInterrupt)",
}


@dataclass(frozen=True)
class Rules:
    """The conditions asked for in `descend`, None where there is none."""

    tolerance: float | None
    target: float | None
    until: Callable | None
    diverged_above: float | None

    def limit(self, first_loss):
        """Return the largest allowed size of the loss; for many runs, of each."""
        if self.diverged_above is not None:
            return self.diverged_above
        return 1e10 * np.maximum(1.0, np.abs(np.asarray(first_loss, dtype=float)))


class OneRun:
    """The state of one run: going on, or ended after ``steps`` for ``reason``."""

    def __init__(self, rules, first_loss):
        self.rules = rules
        self.limit = float(rules.limit(first_loss))
        self.reason = None
        self.steps = 0

    def see(self, loss, grads):
        """Return the loss and the length of the gradient, as floats."""
        squares = 0.0
        for grad in grads:
            flat = grad.ravel()
            squares += float(flat.dot(flat))
        return float(loss), math.sqrt(squares)

    def judge(self, step, x, loss, norm):
        """Look at the place reached after ``step`` steps; return whether the run is over."""
        rules = self.rules
        if not (math.isfinite(loss) and math.isfinite(norm)):
            self.end(step, "non-finite")
        elif abs(loss) > self.limit:
            self.end(step, "diverged")
        elif (rules.tolerance is not None and norm <= rules.tolerance) or (
            rules.target is not None and loss <= rules.target
        ):
            self.end(step, "converged")
        elif rules.until is not None and rules.until(x):
            self.end(step, "stopped")
        return self.reason is not None

    def end(self, step, reason):
        """End the run."""
        self.steps, self.reason = step, reason

    def usable(self, grads):
        """Return the gradients to step with."""
        return grads

    def clipped(self, grads, norm, limit):
        """Return the gradients, shortened if their length ``norm`` is above the limit."""
        return [grad * (limit / norm) for grad in grads] if norm > limit else grads

    def move(self, optimizer, params, grads):
        """Take a step."""
        optimizer.step(params, grads)


class ManyRuns:
    """The state of many runs: arrays with one entry for each."""

    def __init__(self, rules, first_loss):
        self.rules = rules
        shape = np.shape(first_loss)
        self.limit = rules.limit(first_loss)
        self.running = np.ones(shape, dtype=bool)
        self.reason = np.full(shape, "", dtype=f"U{max(map(len, REASONS))}")
        self.steps = np.zeros(shape, dtype=int)
        self.some_ended = False
        self._last = None  # the losses and the lengths of the gradients seen last

    def see(self, loss, grads):
        """Return the losses and the lengths of the gradients; runs that ended keep their last."""
        loss = np.asarray(loss)
        flat = np.reshape(grads[0], (*loss.shape, -1))
        norm = np.sqrt(np.einsum("...i,...i->...", flat, flat))
        if self.some_ended:
            loss = np.where(self.running, loss, self._last[0])
            norm = np.where(self.running, norm, self._last[1])
        self._last = loss, norm
        return loss, norm

    def judge(self, step, x, loss, norm):
        """Look at the places reached after ``step`` steps; return whether all runs are over."""
        rules = self.rules
        # Comparisons with NaN are False, so that it is not taken for finite here.
        self._end(step, ~((np.abs(loss) < np.inf) & (norm < np.inf)), "non-finite")
        self._end(step, np.abs(loss) > self.limit, "diverged")
        if rules.tolerance is not None:
            self._end(step, norm <= rules.tolerance, "converged")
        if rules.target is not None:
            self._end(step, loss <= rules.target, "converged")
        if rules.until is not None:
            self._end(step, self._checked(rules.until(x)), "stopped")
        return self.some_ended and not self.running.any()

    def end(self, step, reason):
        """End all runs that are still going on."""
        self._end(step, self.running, reason)

    def usable(self, grads):
        """Return the gradients to step with: 0 for runs that ended, as theirs may be infinite."""
        if not self.some_ended:
            return grads
        grad = grads[0].copy()
        grad[~self.running] = 0
        return [grad]

    def clipped(self, grads, norm, limit):
        """Return the gradients, each run's shortened if its length is above the limit."""
        factor = limit / np.maximum(norm, limit)
        return [grads[0] * factor.reshape(factor.shape + (1,) * (grads[0].ndim - factor.ndim))]

    def move(self, optimizer, params, grads):
        """Take a step with the runs that are going on; the others stay where they are."""
        ended = ~self.running
        place = params[0][ended] if self.some_ended else None
        optimizer.step(params, grads)
        if self.some_ended:
            params[0][ended] = place  # momentum and weight decay move without a gradient

    def _end(self, step, which, reason):
        ended = self.running & which
        if ended.any():
            self.reason[ended] = reason
            self.steps[ended] = step
            self.running = self.running & ~ended
            self.some_ended = True

    def _checked(self, flags):
        """Return what ``until`` gave as an array of booleans, one for each run."""
        if np.shape(flags) != self.running.shape:
            raise ValueError(
                f"until must return one boolean for each run, of shape {self.running.shape}, "
                f"got shape {np.shape(flags)}"
            )
        return np.asarray(flags, dtype=bool)
