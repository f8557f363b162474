"""What a descent leaves behind: where it went, what it saw there, why it ended."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Place:
    """A place on a path: after how many steps, where, with what loss. For many runs, arrays."""

    step: int | np.ndarray
    position: np.ndarray | list
    loss: float | np.ndarray


@dataclass(frozen=True, eq=False, repr=False)
class Path:
    """The record of one descent, or of many runs at once. All arrays are read-only.

    T is the number of steps taken, of the longest run if there are many. Along the first axis of
    most arrays stand the T + 1 places visited: the start, and where each step led. For many runs,
    the other axes of `losses` and `gradient_norms` stand for the runs (...); one that ended earlier
    keeps its last values. If the last loss or gradient is not finite, it is recorded as it is.

    Attributes:
        positions: the places kept, an array of shape (kept, *start.shape). For a start of several
            arrays, a list with one such array for each. All T + 1 are kept, unless ``every`` was
            set.
        position_steps: after how many steps each of them was reached, of shape (kept,).
        losses: the loss at each place, of shape (T + 1, ...). With mini-batches, that of the batch
            seen there; at the last place, of the last step's batch.
        gradient_norms: the length of the gradient at each place, before clipping, of shape
            (T + 1, ...).
        learning_rates: the rate of each step, of shape (T,).
        work: how many gradients were computed before each place was reached, counted in single
            examples if there are data: the fair axis for comparing batch sizes. Of shape (T + 1,).
        steps: how many steps were taken, a number; for many runs, an array of shape (...).
        reason: why it ended, one of the keys of `REASONS`; for many runs, an array of strings.
        optimizer: the optimizer as it was at the end, with its memory of the run. To go on, call
            ``descend(objective, path.end, path.optimizer, steps)``.
        full_losses: the objective called, as `evaluate_every` asked for: the loss on all the data.
            None if it was not asked for.
        full_steps: after how many steps each of these was computed.
    """

    positions: np.ndarray | list
    position_steps: np.ndarray
    losses: np.ndarray
    gradient_norms: np.ndarray
    learning_rates: np.ndarray
    work: np.ndarray
    steps: int | np.ndarray
    reason: str | np.ndarray
    optimizer: object
    full_losses: np.ndarray | None = None
    full_steps: np.ndarray | None = None

    @property
    def end(self):
        """The last position; a list of arrays if the start was one."""
        if isinstance(self.positions, list):
            return [array[-1] for array in self.positions]
        return self.positions[-1]

    @property
    def loss(self):
        """The loss at the end, a number; for many runs, an array."""
        return self.losses[-1]

    @property
    def gradient_norm(self):
        """The length of the gradient at the end, a number; for many runs, an array."""
        return self.gradient_norms[-1]

    @property
    def converged(self):
        """Whether the run ended as the ``tolerance`` or the ``target`` asked; for many, an array."""
        return self.reason == "converged"

    @property
    def best(self):
        """The `Place` with the lowest loss among the positions kept; for many runs, of each.

        With mini-batches the losses are of different batches, so the lowest one is mostly luck.
        """
        losses = self.losses[self.position_steps]
        k = np.argmin(np.where(np.isnan(losses), np.inf, losses), axis=0)
        steps = self.position_steps[k]
        if losses.ndim == 1:
            is_list = isinstance(self.positions, list)
            position = [a[k] for a in self.positions] if is_list else self.positions[k]
            return Place(int(steps), position, losses[k])
        run = tuple(np.indices(k.shape))
        steps = np.minimum(steps, self.steps)  # a run that ended stands still
        return Place(steps, self.positions[(k, *run)], losses[(k, *run)])

    def run(self, *index):
        """Return one of many runs as a `Path` of its own, which ends where that run ended.

        Args:
            *index: which run: one integer for each axis of the runs.

        Raises:
            TypeError: if this is the path of a single run.
            IndexError: if there is no such run.
        """
        runs = np.shape(self.steps)
        if not runs:
            raise TypeError("run picks one of many runs; this path has only one")
        if len(index) != len(runs):
            raise IndexError(
                f"run needs {len(runs)} integers, for runs of shape {runs}; got {index}"
            )
        steps = int(self.steps[index])
        # Up to the first position recorded at its end or later, which is its last: it stands still.
        kept = int(np.searchsorted(self.position_steps, steps)) + 1
        position_steps = np.minimum(self.position_steps[:kept], steps)
        at = (slice(None), *index)
        full, full_steps = self.full_losses, self.full_steps
        if full is not None:
            seen = int(np.searchsorted(full_steps, steps)) + 1
            full, full_steps = full[:seen][at], np.minimum(full_steps[:seen], steps)
        return Path(
            positions=self.positions[:kept][at],
            position_steps=position_steps,
            losses=self.losses[: steps + 1][at],
            gradient_norms=self.gradient_norms[: steps + 1][at],
            learning_rates=self.learning_rates[:steps],
            work=self.work[: steps + 1],
            steps=steps,
            reason=str(self.reason[index]),
            optimizer=self.optimizer,
            full_losses=full,
            full_steps=full_steps,
        )

    def __len__(self):
        """The number of places visited, T + 1."""
        return len(self.losses)

    def __repr__(self):
        if np.ndim(self.steps) == 0:
            return (
                f"{_ending(self.reason, self.steps)}: loss {self.loss:.3g}, "
                f"gradient norm {self.gradient_norm:.3g}"
            )
        names, counts = np.unique(self.reason, return_counts=True)
        parts = [
            f"{count} {_ending(name, self.steps[self.reason == name])}"
            for name, count in zip(names, counts, strict=True)
        ]
        n = self.steps.size
        return f"{n} run{'' if n == 1 else 's'}: {'; '.join(parts)}"


def _ending(reason, steps):
    """Put a reason and the number of steps, or its range, in words."""
    words = {"budget": "out of steps", "stopped": "stopped by until", "non-finite": "not finite"}
    low, high = np.min(steps), np.max(steps)
    span = f"{high}" if low == high else f"{low} to {high}"
    return f"{words.get(reason, reason)} after {span} step{'' if high == 1 else 's'}"
