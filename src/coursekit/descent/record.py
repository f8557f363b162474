"""The record that a descent fills in as it goes, and that becomes a path."""

import numpy as np

from coursekit._checks import whole_number
from coursekit.descent.path import Path

# What would take more bytes is refused at the start, not in the middle of a long run.
LARGEST = 2 * 1024**3


class Record:
    """Collects a path while it is walked, in arrays that are made beforehand.

    Attributes:
        places: how many places have been visited.
        kept: how many positions have been kept, that of the last place visited among them.

    The others become those of `Path` with the same names, cut to these two lengths.
    """

    def __init__(self, params, runs, steps, every):
        # ``every=None`` keeps the start and the end: no step is a multiple of steps + 1.
        self._every = steps + 1 if every is None else whole_number("every", every, at_least=1)
        kept = steps // self._every + 2  # every multiple from 0 on, and the end
        size = kept * sum(p.nbytes for p in params) + 16 * (steps + 1) * int(np.prod(runs))
        if size > LARGEST:
            fewer = (
                ""
                if every is None
                else f"keep fewer positions with every={2 * self._every} or more, or every=None for "
                f"start and end, or "
            )
            raise ValueError(
                f"steps={steps} would record up to {size / 1024**3:.1f} GiB; {fewer}"
                f"take fewer steps or runs at once"
            )
        # Memory that np.empty returns is not used until it is written to.
        self.positions = [np.empty((kept, *p.shape), p.dtype) for p in params]
        self.position_steps = np.empty(kept, dtype=int)
        self.losses = np.empty((steps + 1, *runs))
        self.gradient_norms = np.empty((steps + 1, *runs))
        self.learning_rates = np.empty(steps)
        self.work = np.zeros(steps + 1, dtype=int)
        self.full_losses, self.full_steps = [], []
        self.places = self.kept = 0
        self._slot = 0  # where the next position goes

    def visit(self, step, params, loss, norm):
        """Record the place reached after ``step`` steps.

        Each position goes into the same slot until one is to be kept: so the last one always is.
        """
        slot = self._slot
        for kept, p in zip(self.positions, params, strict=True):
            kept[slot] = p
        self.position_steps[slot] = step
        self.losses[step] = loss
        self.gradient_norms[step] = norm
        self.places, self.kept = step + 1, slot + 1
        if step % self._every == 0:
            self._slot = slot + 1

    def leave(self, step, lr, examples):
        """Record the rate and the cost of the step that is taken from here."""
        self.learning_rates[step] = lr
        self.work[step + 1] = self.work[step] + examples

    def visit_full(self, step, loss):
        """Record the loss on all the data at the place reached after ``step`` steps."""
        self.full_losses.append(loss)
        self.full_steps.append(step)

    def path(self, runs, optimizer, is_list):
        """Return the `Path` up to the last place recorded."""
        positions = [_read_only(array[: self.kept]) for array in self.positions]
        full = (self.full_losses, self.full_steps) if self.full_steps else (None, None)
        return Path(
            positions=positions if is_list else positions[0],
            position_steps=_read_only(self.position_steps[: self.kept]),
            losses=_read_only(self.losses[: self.places]),
            gradient_norms=_read_only(self.gradient_norms[: self.places]),
            learning_rates=_read_only(self.learning_rates[: self.places - 1]),
            work=_read_only(self.work[: self.places]),
            steps=_read_only(runs.steps),
            reason=_read_only(runs.reason),
            optimizer=optimizer,
            full_losses=_read_only(full[0]),
            full_steps=_read_only(full[1]),
        )


def _read_only(values):
    """Make an array (or a list, as one) read-only; leave None, numbers and strings alone."""
    if isinstance(values, list):
        values = np.array(values)
    if isinstance(values, np.ndarray):
        values.flags.writeable = False
    return values
