"""A line of text that tells how far a long descent has come."""

import sys
import time

import numpy as np


class Progress:
    """Shows the step and the loss at most once a second, from two seconds after the start.

    By default the line is shown only if the standard error is a terminal, where it overwrites
    itself. So a notebook stores no trace of it; there, pass ``progress=print`` to see it.

    Args:
        progress: None for the above, False for nothing, or a function of the line.
        steps: the number of steps to go, for `tell`.

    Raises:
        TypeError: if ``progress`` is something else.
    """

    FIRST, BETWEEN = 2.0, 1.0  # seconds

    def __init__(self, progress, steps):
        if not (progress is None or progress is False or callable(progress)):
            raise TypeError(f"progress must be None, False or a function, got {progress!r}")
        self._on_terminal = progress is None and sys.stderr is not None and sys.stderr.isatty()
        self._show = _overwrite if self._on_terminal else progress
        self._steps = steps
        self._next = time.monotonic() + self.FIRST if self._show else float("inf")
        self._shown = False

    def tell(self, step, loss):
        """Show the line if it is time to; of an array of losses, the smallest that is a number."""
        if self.due():
            lowest = np.fmin.reduce(loss, axis=None)
            self.show(f"step {step} of {self._steps}, loss {lowest:.4g}")

    def due(self):
        """Say whether it is time to show a line."""
        return time.monotonic() >= self._next

    def show(self, line):
        """Show a line."""
        self._next = time.monotonic() + self.BETWEEN
        self._shown = True
        self._show(line)

    def close(self):
        """Leave the line on the terminal, so that what is written next does not overwrite it."""
        if self._shown and self._on_terminal:
            print(file=sys.stderr)


def _overwrite(line):
    print(f"\r{line:<60}", end="", file=sys.stderr, flush=True)
