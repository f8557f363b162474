"""What flows through a deep fully connected network as it starts: the signals at each layer."""

import itertools
import math
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from coursekit import initializers, nn
from coursekit._checks import one_of, whole_number
from coursekit.activations import NAMES
from coursekit.flow.examination import examine
from coursekit.flow.findings import Finding
from coursekit.flow.measures import size
from coursekit.seeding import spawn

#: The activations of `signals`: all that the library knows, with the identity called "linear".
SIGNAL_ACTIVATIONS = ("linear", *(name for name in NAMES if name != "identity"))

#: The initializers of `signals`: rules for the weights. Biases start at 0, except with "pytorch".
SIGNAL_INITIALIZATIONS = {
    "small": initializers.normal(std=0.01),
    "pytorch": None,  # that of nn.Linear, weights and biases
    "xavier": initializers.xavier_normal(),
    "he": initializers.he_normal(),
    "large": 2 * initializers.he_normal(),
}

#: What may stand around each layer: batch or layer normalization before its activation, a skip, or nothing.
SIGNAL_NORMALIZATIONS = ("none", "batch", "layer", "residual")

CLASSES = 10
LAYERS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "softplus": nn.Softplus}


@dataclass(frozen=True, eq=False)
class Signals:
    """What `signals` measured in one network, at its start.

    Attributes:
        activation, initialization, normalization: the names it was made with.
        depth: L, the number of hidden layers.
        forward: the forward signal, √(mean h²) over the batch and the units, of each hidden layer; an
            array of shape (L,), the layer next to the inputs first.
        backward: the backward signal, the norm ‖∂L/∂h‖ over the whole batch, of shape (L,).
        saturated: the share of outputs of the activations in their flat parts, over all layers; None
            for an activation that has none (see `coursekit.flow.Call`).
        dead: the share of ReLUs that are zero for every example, over all layers; None for others.
        findings: what the gradient doctor finds, a tuple of `coursekit.flow.Finding`.
    """

    activation: str
    initialization: str
    normalization: str
    depth: int
    forward: np.ndarray
    backward: np.ndarray
    saturated: float | None
    dead: float | None
    findings: tuple[Finding, ...]

    @property
    def forward_total(self):
        """The forward signal at the last hidden layer divided by that at the first."""
        return _quotient(self.forward[-1], self.forward[0])

    @property
    def backward_total(self):
        """The backward signal at the first hidden layer divided by that at the last."""
        return _quotient(self.backward[0], self.backward[-1])

    @property
    def forward_factor(self):
        """By how much the forward signal is multiplied from one layer to the next: a geometric mean."""
        return self.forward_total ** (1 / (self.depth - 1))

    @property
    def backward_factor(self):
        """By how much the backward signal is multiplied from one layer to the one before it."""
        return self.backward_total ** (1 / (self.depth - 1))


def signals(
    activation="sigmoid",
    initialization="xavier",
    normalization="none",
    depth=30,
    *,
    width=64,
    batch=64,
    seed=0,
):
    """Measure the forward and the backward signal at each layer of a deep network, before training.

    The network has ``depth`` hidden layers of ``width`` units each and a linear layer with ten
    outputs. The inputs are ``width`` independent standard normal numbers for each of ``batch``
    examples, the labels are random, and the loss is the cross-entropy: what the signals do is the
    network's own doing. With the same seed, networks have the same examples and the same first
    layers, whatever their depth, and their weights differ by the rule only.

    Args:
        activation: one of ``SIGNAL_ACTIVATIONS``: ``"linear"``, ``"sigmoid"``, ``"tanh"``, ``"relu"``,
            ``"leaky_relu"``, ``"elu"``, ``"softplus"``, ``"silu"``, ``"gelu"``.
        initialization: ``"small"`` (normal, std 0.01), ``"pytorch"`` (what `coursekit.nn.Linear`
            starts with), ``"xavier"`` (Glorot and Bengio, 2010), ``"he"`` (He et al., 2015) or
            ``"large"`` (twice He's weights).
        normalization: ``"none"``; ``"batch"`` (Ioffe and Szegedy, 2015) or ``"layer"`` (Ba et al.,
            2016), before the activation; or ``"residual"``, x + f(Wx + b) (He et al., 2016).
        depth: the number of hidden layers, at least 2.
        width: the number of units in each, at least 2.
        batch: the number of examples, at least 2.
        seed: of inputs, labels and weights.

    Returns:
        A `Signals`.

    Raises:
        ValueError: if a name is unknown or a number too small.
        TypeError: if a number is not an integer.

    Example:
        >>> for activation, initialization in [("sigmoid", "xavier"), ("relu", "he")]:
        ...     net = signals(activation, initialization)
        ...     print(f"{activation}: {net.backward_factor:.2f}, {[f.illness for f in net.findings]}")
        sigmoid: 0.24, ['vanishing gradients']
        relu: 1.02, []
    """
    one_of("activation", activation, SIGNAL_ACTIVATIONS)
    one_of("initialization", initialization, tuple(SIGNAL_INITIALIZATIONS))
    one_of("normalization", normalization, SIGNAL_NORMALIZATIONS)
    depth = whole_number("depth", depth, at_least=2)
    choice = [activation], [initialization], [normalization], [depth]
    (net,) = signal_grid(*choice, width=width, batch=batch, seed=seed).values()
    return net


def signal_grid(
    activations, initializations, normalizations, depths, *, width=64, batch=64, seed=0
):
    """Measure the signals in networks of all combinations of these; see `signals`.

    It takes about half a millisecond for each layer of each network of the default size.

    Returns:
        A dict: (activation, initialization, normalization, depth) to `Signals`, the last changing
        first.

    Raises:
        ValueError, TypeError: as `signals` does.

    Example:
        >>> grid = signal_grid(["tanh"], ["small", "xavier"], ["none"], [5, 10])
        >>> {choice[1:]: f"{net.backward_factor:.2f}" for choice, net in grid.items()}
        {('small', 'none', 5): '0.08', ('small', 'none', 10): '0.08', ('xavier', 'none', 5): '0.86', \
('xavier', 'none', 10): '0.90'}
    """
    choices = list(itertools.product(activations, initializations, normalizations, depths))
    for activation, initialization, normalization, depth in choices:
        one_of("activation", activation, SIGNAL_ACTIVATIONS)
        one_of("initialization", initialization, tuple(SIGNAL_INITIALIZATIONS))
        one_of("normalization", normalization, SIGNAL_NORMALIZATIONS)
        whole_number("depth", depth, at_least=2)
    width = whole_number("width", width, at_least=2)
    batch = whole_number("batch", batch, at_least=2)

    x, labels = _examples(batch, width, seed)
    found = {}
    for initialization in initializations:  # weights are drawn once, and shared
        linears, last = _linears(initialization, max(depths), width, seed)
        for activation, normalization in itertools.product(activations, normalizations):
            layers = [_layer(each, activation, normalization) for each in linears]
            for depth in depths:
                choice = activation, initialization, normalization, depth
                found[choice] = _measured(choice, layers[:depth], last, x, labels)
    return {choice: found[choice] for choice in choices}


def _examples(batch, width, seed):
    """Return inputs and labels."""
    rng = spawn(seed, 3)[0]
    return rng.normal(size=(batch, width)), rng.integers(CLASSES, size=batch)


def _linears(initialization, depth, width, seed):
    """Return the linear parts of the hidden layers, and the layer after them."""
    rule = SIGNAL_INITIALIZATIONS[initialization]
    _, rng, last_rng = spawn(seed, 3)

    def linear(out, rng):
        layer = nn.Linear(width, out, rng=rng)
        return nn.initialize(layer, rule, rng) if rule else layer

    return [linear(width, rng) for _ in range(depth)], linear(CLASSES, last_rng)


def _layer(linear, activation, normalization):
    """Return a hidden layer, a module whose last part is its activation."""
    norms = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
    between = [norms[normalization](linear.out_features)] if normalization in norms else []
    name = "identity" if activation == "linear" else activation
    f = LAYERS[name]() if name in LAYERS else nn.ActivationLayer(name)
    layer = nn.Sequential(linear, *between, f)
    return nn.Residual(layer) if normalization == "residual" else layer


def _measured(choice, layers, last, x, labels):
    """Return the `Signals` of the network of these layers."""
    model = nn.Sequential(*layers, last)
    forward = []
    with ExitStack() as stack:
        for layer in layers:
            hook = layer.add_hook(lambda _, inputs, output: forward.append(size(output.data)[1]))
            stack.callback(hook.remove)
        report = examine(model, lambda: nn.cross_entropy(model(x), labels))
    # A skip adds the input to what comes out of the activation: the gradient is the same at both.
    ends = list({call.name.split(".")[0]: call for call in report.calls[:-1]}.values())
    return Signals(
        *choice,
        forward=np.array(forward),
        backward=np.array([call.gradient_norm for call in ends]),
        saturated=_mean([call.saturated for call in ends]),
        dead=_mean([call.dead for call in ends]),
        findings=tuple(report.diagnose()),
    )


def _mean(shares):
    return None if None in shares else math.fsum(shares) / len(shares)


def _quotient(a, b):
    return float(a / b) if b else math.nan
