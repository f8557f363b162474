"""Losses as modules, for those who like to keep their settings in one object, as in PyTorch."""

from coursekit._checks import one_of, real_number
from coursekit.nn import losses
from coursekit.nn.module import Module


class _Loss(Module):
    """A loss with its settings.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
    """

    function = None  # the loss as a function, set by each subclass

    def __init__(self, reduction="mean"):
        self.reduction = one_of("reduction", reduction, losses.REDUCTIONS)

    def forward(self, prediction, target):
        """Return the loss, a tensor."""
        # By the class: self.function would pass self as the first argument.
        return type(self).function(prediction, target, self.reduction)

    def extra_repr(self):
        """Return the reduction, unless it is the mean."""
        return "" if self.reduction == "mean" else f"reduction={self.reduction!r}"


class MSELoss(_Loss):
    """The squared error; see `coursekit.nn.losses.mse_loss`."""

    function = losses.mse_loss


class L1Loss(_Loss):
    """The absolute error; see `coursekit.nn.losses.l1_loss`."""

    function = losses.l1_loss


class HuberLoss(_Loss):
    """Squared for small errors, absolute for large ones; see `coursekit.nn.losses.huber_loss`.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        delta: δ, above 0: where the parabola goes over into a line.
    """

    def __init__(self, reduction="mean", delta=1.0):
        super().__init__(reduction)
        self.delta = real_number("delta", delta, above=0)

    def forward(self, prediction, target):
        """Return the loss, a tensor."""
        return losses.huber_loss(prediction, target, self.reduction, self.delta)

    def extra_repr(self):
        """Return the settings that are not the default."""
        delta = "" if self.delta == 1 else f"delta={self.delta:g}"
        return ", ".join(part for part in (super().extra_repr(), delta) if part)


class BCEWithLogitsLoss(_Loss):
    """The logistic loss; see `coursekit.nn.losses.binary_cross_entropy_with_logits`."""

    function = losses.binary_cross_entropy_with_logits


class CrossEntropyLoss(_Loss):
    """The loss of a classifier; see `coursekit.nn.losses.cross_entropy`."""

    function = losses.cross_entropy
