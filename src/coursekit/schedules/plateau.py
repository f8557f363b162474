"""The schedule that watches the loss."""

import math
import numbers
from dataclasses import dataclass

from coursekit._checks import one_of, real_number, whole_number


@dataclass
class Plateau:
    """Multiply the rate by ``factor`` when the loss has not gotten better for some time.

    Call ``plateau.update(loss)`` after each epoch; it returns the rate to go on with, which is also
    ``plateau.lr``. A loss is better if it is below ``best`` by more than the threshold; one that is
    not a number never is. After ``patience`` updates without a better one, the next such lowers the
    rate. PyTorch: ``ReduceLROnPlateau``, with its defaults, for a value to be minimized.

    A share of ``best`` makes sense for losses above 0. Below 0, best · (1 − threshold) lies *above*
    ``best``, here as in PyTorch: a loss that stands still counts as better each time, and the rate
    never falls. Use ``threshold_mode="abs"`` where the loss can be negative.

    The last three fields are what it remembers. ``Plateau(**dataclasses.asdict(plateau))`` goes on
    from the same place.

    Args:
        lr: the rate, at least 0.
        factor: at least 0 and below 1.
        patience: the number of updates without a better loss that are let pass, at least 0.
        threshold: how much better a loss has to be, at least 0; a share is below 1.
        threshold_mode: ``"rel"`` for a share of ``best``, ``"abs"`` for a difference from it; see
            above for losses below 0.
        cooldown: the number of updates after a change that do not count, at least 0.
        min_lr: the rate never goes below this, at least 0.
        eps: a change of the rate smaller than this is not made, at least 0.
        best: the best loss so far.
        waited: the number of updates since then that count.
        cooling: the number of updates left that do not count.
    """

    lr: float
    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    threshold_mode: str = "rel"
    cooldown: int = 0
    min_lr: float = 0.0
    eps: float = 1e-8
    best: float = math.inf
    waited: int = 0
    cooling: int = 0

    def __post_init__(self):
        self.lr = real_number("lr", self.lr, at_least=0)
        self.factor = real_number("factor", self.factor, at_least=0, below=1)
        self.patience = whole_number("patience", self.patience, at_least=0)
        one_of("threshold_mode", self.threshold_mode, ("rel", "abs"))
        most = 1 if self.threshold_mode == "rel" else math.inf
        self.threshold = real_number("threshold", self.threshold, at_least=0, below=most)
        self.cooldown = whole_number("cooldown", self.cooldown, at_least=0)
        self.min_lr = real_number("min_lr", self.min_lr, at_least=0)
        self.eps = real_number("eps", self.eps, at_least=0)
        if self.best not in (math.inf, -math.inf):
            self.best = real_number("best", self.best)
        self.waited = whole_number("waited", self.waited, at_least=0)
        self.cooling = whole_number("cooling", self.cooling, at_least=0)

    def update(self, loss):
        """Take note of a loss and return the rate to go on with.

        Raises:
            TypeError: if ``loss`` is not a real number.
        """
        if isinstance(loss, bool) or not isinstance(loss, numbers.Real):
            raise TypeError(f"loss must be a real number, got {loss!r}")
        if loss < self._enough():
            self.best = float(loss)
            self.waited = 0
        else:
            self.waited += 1
        if self.cooling > 0:
            self.cooling -= 1
            self.waited = 0
        if self.waited > self.patience:
            lower = max(self.lr * self.factor, self.min_lr)
            if self.lr - lower > self.eps:
                self.lr = lower
            self.cooling = self.cooldown
            self.waited = 0
        return self.lr

    def _enough(self):
        """Return the value that a better loss is below."""
        if self.threshold_mode == "rel":
            return self.best * (1 - self.threshold)
        return self.best - self.threshold
