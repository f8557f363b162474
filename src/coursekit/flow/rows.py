"""What is measured at one call of a layer, and of one parameter."""

from dataclasses import dataclass

from coursekit.flow.measures import ratio

#: The layers whose outputs count as hidden states: normalization layers by the beginnings of the
#: names of their classes, activations by the whole names.
NORMALIZATIONS = ("BatchNorm", "LayerNorm", "GroupNorm", "InstanceNorm", "RMSNorm", "LocalResponse")
ACTIVATIONS = (
    *("CELU", "ELU", "GELU", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU", "LogSigmoid"),
    *("Mish", "PReLU", "RReLU", "ReLU", "ReLU6", "SELU", "SiLU", "Sigmoid", "Softplus", "Softsign"),
    *("Swish", "Tanh", "Tanhshrink", "Threshold"),
)


@dataclass(frozen=True)
class Call:
    """One call of a layer: what came out of it, and how the loss depends on that.

    A figure that does not apply is None: gradients where none arrives, dead units of a layer that is
    no rectifier, and so on. If a layer returns several tensors, the figures are of the first one,
    the gradient that of the first one on which the loss depends.

    Attributes:
        name: the dotted name of the layer; empty if it is the model itself.
        kind: the name of its class.
        number: 0 for its first call in the forward pass, 1 for its second.
        shape: the shape of the output h.
        rms: the root mean square of all entries of h, √(mean h²).
        mean: their mean.
        std: their standard deviation.
        gradient_norm: the norm of ∂L/∂h over the whole batch, √(Σ (∂L/∂h)²). If the loss is a mean
            over N examples, √N times this is the root mean square, over the examples, of the norm of
            the gradient of one example's loss. With He's initialization (fan-in) it
            keeps its size from layer to layer, also where the width changes.
        gradient_rms: the root mean square of the entries of ∂L/∂h.
        dead: the share of units of a ReLU that are zero for every example of the batch (and at every
            place of the image or time step, if there are any).
        always_on: the share of units that are zero for no example.
        inactive: the share of entries of h that are zero; about a half in a healthy ReLU layer.
        saturated: the share of entries of a sigmoid, tanh or softsign in its flat parts.
        nonfinite: the share of entries of h that are infinite or not a number.
        input_nonfinite: whether the layer's input had such entries; looked at if h has.
        gradient_nonfinite: the share of such entries in ∂L/∂h.
    """

    name: str
    kind: str
    number: int
    shape: tuple[int, ...]
    rms: float
    mean: float
    std: float
    gradient_norm: float | None = None
    gradient_rms: float | None = None
    dead: float | None = None
    always_on: float | None = None
    inactive: float | None = None
    saturated: float | None = None
    nonfinite: float = 0.0
    input_nonfinite: bool = False
    gradient_nonfinite: float = 0.0

    @property
    def has_gradient(self):
        """Whether the loss depends on this output, as far as the framework knows."""
        return self.gradient_norm is not None

    @property
    def label(self):
        """The name, with the number of the call if it is not the first."""
        return (self.name or "the model") + (f", call {self.number + 1}" if self.number else "")

    @property
    def kind_and_label(self):
        """The label with the kind before it, such as ``ReLU 3``, since many names are only numbers."""
        return f"{self.kind} {self.label}" if self.name else self.label


@dataclass(frozen=True)
class Parameter:
    """One parameter w and its gradient g = ∂L/∂w.

    Attributes:
        name: the dotted name.
        shape: its shape.
        norm: the norm of w.
        gradient_norm: the norm of g; None if there is no gradient.
        trainable: whether it requires a gradient; a frozen parameter does not.
        called: whether the module that owns it was called.
        nonfinite: the share of its numbers that are infinite or not a number.
        twins: the share of units (rows of a matrix of weights) that have the same weights and the
            same gradient as another unit.
    """

    name: str
    shape: tuple[int, ...]
    norm: float
    gradient_norm: float | None = None
    trainable: bool = True
    called: bool = True
    nonfinite: float = 0.0
    twins: float = 0.0

    @property
    def gradient_to_weight(self):
        """The norm of g divided by that of w; None if there is no g, infinite if only w is zero."""
        return None if self.gradient_norm is None else ratio(self.gradient_norm, self.norm)
