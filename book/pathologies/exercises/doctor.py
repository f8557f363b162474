"""Exercises of 3.7, The gradient doctor: solutions, probes, wrong answers.

The cures are measured: each answer is a network and a learning rate, which is examined at its start,
trained for a few dozen steps on the digits, and examined again. The answer counts as what it turns out
to be ("still dead"), and two answers agree if they turn out to be the same.
"""

import copy
import functools
import math
import weakref
from dataclasses import dataclass

import numpy as np

from coursekit import datasets, flow, nn
from coursekit.exercises import Exercise, Mistake

DEPTH, STEPS, RATE = 12, 60, 0.02

# torch is imported only when the exercise is tried: other notebooks read this file too.


@functools.cache
def digits():
    """Standardized images and labels, the last 360 in random order held out: four tensors."""
    import torch

    data = datasets.digits()
    order = np.random.default_rng(0).permutation(data.n)
    X = torch.tensor((data.X - data.X.mean()) / data.X.std())[order]
    y = torch.tensor(data.y)[order]
    return X[:-360], y[:-360], X[-360:], y[-360:]


@dataclass(frozen=True)
class Measured:
    """What was measured of a network and its learning rate."""

    layers: int
    straight: bool
    kinds: frozenset
    lr: float
    ratio: float
    start: tuple
    steps: tuple
    end: tuple
    losses: tuple


_measured = weakref.WeakKeyDictionary()


def measure(net, lr):
    """Examine a network, train a copy of it, and examine that."""
    key = float(lr)
    found = _measured.setdefault(net, {})
    if key not in found:
        found[key] = _measure(copy.deepcopy(net).double(), key)
    return found[key]


def _measure(net, lr):
    import torch

    X, y, X_held, y_held = digits()
    cross_entropy = torch.nn.functional.cross_entropy

    def output(x):
        net.eval()
        with torch.no_grad():
            out = net(x)
        net.train()
        return out

    def held_out():
        return float(cross_entropy(output(X_held), y_held))

    def check_up():
        return flow.examine(net, lambda: cross_entropy(net(X[:256]), y[:256]))

    def names(seen):
        return tuple(each.illness for each in seen.diagnose())

    one, other = X_held[:180], X_held[180:]
    bent = output(one + other) + output(0 * one) - output(one) - output(other)
    straight = bool(
        bent.abs().max() <= 1e-6 * (output(one) - output(other)).abs().max()
    )
    losses, first = [held_out()], check_up()
    rng, recorder = np.random.default_rng(0), flow.Recorder(net)
    for step in range(STEPS):
        rows = torch.tensor(rng.integers(0, len(X), 64))
        loss = cross_entropy(net(X[rows]), y[rows])
        if not torch.isfinite(loss):
            break
        parameters = list(net.parameters())
        grads = torch.autograd.grad(loss, parameters, allow_unused=True)
        recorder.before()
        with torch.no_grad():
            for weight, grad in zip(parameters, grads, strict=True):
                if grad is not None:
                    weight -= lr * grad
        if step < 10:
            recorder.after()
        if step % 10 == 9:
            losses.append(held_out())
    return Measured(
        layers=sum(
            isinstance(each, torch.nn.Linear) for each in net.modules()
        ),
        straight=straight,
        kinds=frozenset(type(each).__name__ for each in net.modules()),
        lr=lr,
        ratio=first.gradient_ratio,
        start=names(first),
        steps=names(recorder),
        end=names(check_up()),
        losses=tuple(losses),
    )


def outcome(answer, keep=None):
    """Say in a few words what a network and its learning rate turn out to be."""
    import torch

    if not (isinstance(answer, tuple | list) and len(answer) == 2):
        return "no pair"
    net, lr = answer
    if (
        not isinstance(net, torch.nn.Module)
        or isinstance(lr, str)
        or not np.isscalar(lr)
        or not 0 < lr < math.inf
    ):
        return "no pair"
    try:
        seen = measure(net, lr)
    except (RuntimeError, IndexError):
        return "does not run"
    if seen.layers < DEPTH + 1:
        return "shallower"
    if keep and keep not in seen.kinds and not seen.straight:
        return "swapped"
    if "saturated units" in seen.start:
        return "saturated"
    if "dead units" in seen.start:
        return "dead"
    if not {*seen.start} <= {"vanishing gradients", "exploding gradients"}:
        return "another illness"
    if "exploding gradients" in seen.start:
        return "saturated" if keep == "Tanh" else "exploding"
    if "vanishing gradients" in seen.start:
        if "Sigmoid" not in seen.kinds:
            return "vanishing"
        return "only a bigger rate" if seen.lr > RATE else "unchanged"
    if seen.straight:
        return "straight"
    return _after_training(seen)


def _after_training(seen):
    """Say what became of a network that was healthy at its start."""
    if "saturated units" in seen.end and "update too large" not in seen.steps:
        return "saturated"
    if len(seen.losses) <= STEPS // 10 or not math.isfinite(seen.losses[-1]):
        return "rate too large"
    if min(seen.losses) < 0.95 * math.log(10) and not seen.end:
        return "cured"
    if (
        seen.end
        or "update too large" in seen.steps
        or seen.losses[-1] > 1.05 * seen.losses[0]
    ):
        return "rate too large"
    if "update too small" in seen.steps:
        return "rate too small"
    if seen.ratio < 0.1:
        return "fades"
    return "grows" if seen.ratio > 10 else "hardly learns"


def same_outcome(got, expected):
    return outcome(got) == outcome(expected)


def same_outcome_with_tanh(got, expected):
    return outcome(got, keep="Tanh") == outcome(expected, keep="Tanh")


def net_of(activation, start=None, depth=DEPTH, bias=0.0):
    """A network of the exercise; `start` draws the weights of the hidden layers, biases are constant."""
    import torch

    layers = []
    for _ in range(depth):
        layer = torch.nn.Linear(64, 64)
        if start:
            start(layer.weight)
            torch.nn.init.constant_(layer.bias, bias)
        layers += [layer, getattr(torch.nn, activation)()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(64, 10))


def he(weight):
    import torch

    torch.nn.init.kaiming_normal_(weight, nonlinearity="relu")


def xavier(weight):
    import torch

    torch.nn.init.xavier_normal_(weight)


def normal(std):
    def start(weight):
        import torch

        torch.nn.init.normal_(weight, std=std)

    return start


def seeded(build):
    """Seed torch before it builds, and build each network only once, so that it is measured once."""

    @functools.cache
    @functools.wraps(build)
    def wrapper(seed):
        import torch

        torch.manual_seed(seed)
        return build(seed)

    return wrapper


@seeded
def cured(seed):
    return net_of("ReLU", he), RATE


@seeded
def shallower(seed):
    return net_of("ReLU", he, depth=3), RATE


@seeded
def no_activation(seed):
    return net_of("Identity", xavier), RATE


@seeded
def left_alone(seed):
    return net_of("Sigmoid"), RATE


@seeded
def bigger_rate(seed):
    return net_of("Sigmoid"), 50.0


@seeded
def relu_only(seed):
    return net_of("ReLU"), RATE


@seeded
def relu_with_biases(seed):
    return net_of("ReLU", he, bias=-1.0), RATE


@seeded
def relu_too_large(seed):
    return net_of("ReLU", normal(0.4)), RATE


@seeded
def tanh_too_large(seed):
    return net_of("Tanh", normal(1.0)), RATE


@seeded
def relu_at_huge_rate(seed):
    return net_of("ReLU", he), 5.0


@seeded
def relu_at_tiny_rate(seed):
    return net_of("ReLU", he), 1e-6


@seeded
def relu_at_small_rate(seed):
    return net_of("ReLU", he), RATE / 100


@seeded
def relu_growing(seed):
    return net_of("ReLU", normal(0.3)), RATE / 100


@seeded
def net_alone(seed):
    return net_of("ReLU", he)


@seeded
def wrong_inputs(seed):
    import torch

    return torch.nn.Sequential(
        torch.nn.Linear(8, 64), net_of("ReLU", he)
    ), RATE


@seeded
def rested(seed):
    return net_of("Tanh", xavier), RATE


@seeded
def tanh_shallower(seed):
    return net_of("Tanh", xavier, depth=3), RATE


@seeded
def tanh_too_small(seed):
    return net_of("Tanh", normal(0.01)), RATE


@seeded
def tanh_at_huge_rate(seed):
    return net_of("Tanh", xavier), 5.0


@seeded
def tanh_at_tiny_rate(seed):
    return net_of("Tanh", xavier), 1e-6


@seeded
def tanh_at_small_rate(seed):
    return net_of("Tanh", xavier), RATE / 20


@seeded
def tanh_growing(seed):
    return net_of("Tanh", normal(0.45)), RATE / 4


@seeded
def tanh_net_alone(seed):
    return net_of("Tanh", xavier)


@seeded
def twins(seed):
    def start(weight):
        import torch

        torch.nn.init.constant_(weight, 1 / 32)

    return net_of("ReLU", start), RATE


@seeded
def twin_tanh(seed):
    def start(weight):
        import torch

        torch.nn.init.constant_(weight, 1 / 64)

    return net_of("Tanh", start), RATE


@seeded
def tanh_by_default(seed):
    return net_of("Tanh"), RATE


@seeded
def relu_with_xavier(seed):
    return net_of("ReLU", xavier), RATE


@seeded
def tanh_at_smaller_rate(seed):
    return net_of("Tanh", normal(1.0)), RATE / 100


# The five networks: what the first letter named wrongly is told.

NAMES = {
    "A": "saturated units",
    "B": "update too small",
    "C": "vanishing gradients",
    "D": "dead units",
    "E": "exploding gradients",
}


STEMS = {
    "satur": "saturated units",
    "small": "update too small",
    "vanish": "vanishing gradients",
    "dead": "dead units",
    "explod": "exploding gradients",
}


def illness_in(text):
    """The illness that a text names: "vanishing" counts as "vanishing gradients"."""
    found = [name for stem, name in STEMS.items() if stem in text.casefold()]
    return found[0] if len(found) == 1 else "something else"


def first_wrong(names):
    """The first letter whose illness is not the one it has, and what it was called."""
    given = {
        str(letter).strip().upper(): str(names[letter]) for letter in names
    }
    for letter, illness in NAMES.items():
        called = illness_in(given.get(letter, ""))
        if called != illness:
            return letter, called
    return None


def same_first_wrong(got, expected):
    mine, target = first_wrong(got), first_wrong(expected)
    if mine is None or target is None:
        return mine == target
    return mine == target or (
        mine[0] == target[0] and target[1] == "something else"
    )


def named(**changes):
    return {**NAMES, **changes}


# A function for one's own model.


def illnesses(model, criterion, x, y):
    report = flow.examine(model, lambda: criterion(model(x), y))
    return [finding.illness for finding in report.diagnose()]


def findings_themselves(model, criterion, x, y):
    return flow.examine(model, lambda: criterion(model(x), y)).diagnose()


def whole_report(model, criterion, x, y):
    return flow.examine(model, lambda: criterion(model(x), y))


def first_only(model, criterion, x, y):
    return illnesses(model, criterion, x, y)[:1]


def in_words(model, criterion, x, y):
    report = flow.examine(model, lambda: criterion(model(x), y))
    return [str(finding) for finding in report.diagnose()]


def small_net(layer, std, depth, bias=0.0):
    rng = np.random.default_rng(0)
    layers = []
    for _ in range(depth):
        linear = nn.Linear(16, 16, rng=rng)
        linear.weight.data[...] = rng.normal(0, std, (16, 16))
        linear.bias.data[...] = bias
        layers += [linear, layer()]
    return nn.Sequential(*layers, nn.Linear(16, 3, rng=rng))


def patients():
    """Models with what belongs to them: one with two illnesses, one with another, one with none."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(40, 16)), rng.integers(3, size=40)
    return [
        (small_net(nn.Tanh, 0.25, 12, bias=4.0), nn.cross_entropy, x, y),
        (small_net(nn.ReLU, 0.3, 4, bias=-9.0), nn.cross_entropy, x, y),
        (small_net(nn.Tanh, 0.25, 3), nn.cross_entropy, x, y),
    ]


NO_PAIR = (
    "Return both, the network and its learning rate, a positive number: "
    "`return net, lr`."
)
NO_RUN = "The network could not be run: each image comes as 64 numbers, and each layer must fit the next."
TOO_SHALLOW = (
    "That has fewer layers than the sick network. It helps, but it is an amputation: twelve "
    "hidden layers were asked for."
)
STRAIGHT = (
    "There is no activation left: f(a + b) + f(0) = f(a) + f(b) holds to the last digits, so your "
    "thirteen layers compute what a single one can."
)
TOO_FAST = (
    "Healthy at its start, but not after 60 steps: the loss is still that of guessing, or worse, or "
    "not finite. The steps are too large: try a tenth of the learning rate."
)
TOO_SLOW = (
    "Healthy at its start, but a step changes some layer's weights by less than a millionth of their "
    "size, and after 60 steps the loss is where it was. Raise the learning rate; good ratios are "
    "about 0.001."
)

EXERCISES = [
    Exercise(
        id="3.7.1",
        title="Name the illness",
        solution=NAMES,
        compare=same_first_wrong,
        mistakes=[
            Mistake(
                "A taken for exploding",
                named(A="exploding gradients", E="saturated units"),
                "A's gradient does grow toward layer 1, and so does E's. But look at A's *forward* signal: "
                "outputs of tanh with a size of 0.95 nearly all lie near ±1.",
            ),
            Mistake(
                "B taken for vanishing",
                named(B="vanishing gradients"),
                "B's backward signal is level: layer 1 gets as much as layer 12. Read the sentence below "
                "the chart: by how much does a step change its weights?",
            ),
            Mistake(
                "C taken for too small a step",
                named(C="update too small"),
                "C's first weights hardly move, that is right, but its last ones do. A step too small for "
                "layer 1 only is a consequence: look at the backward signal.",
            ),
            Mistake(
                "D taken for vanishing",
                named(D="vanishing gradients"),
                "D's signals do not fade by a factor per layer: they are exactly zero. ReLU units that "
                "answer 0 to every image do that.",
            ),
            Mistake(
                "A",
                named(A=""),
                "Begin with A. Its forward signal neither grows nor fades, but read its size below the "
                "chart: how near to ±1 are its tanh outputs?",
            ),
            Mistake(
                "B",
                named(B=""),
                "A is right, B is not: both its signals are healthy. What is left that can be wrong?",
            ),
            Mistake(
                "C",
                named(C=""),
                "A and B are right, C is not: follow its backward signal from layer 12 to layer 1.",
            ),
            Mistake(
                "D",
                named(D=""),
                "A to C are right, D is not: at which layer does its forward signal end?",
            ),
            Mistake(
                "E",
                named(E=""),
                "Four are right, E is not: both of its signals grow, by a factor of about 2 per layer.",
            ),
        ],
        right="Five nets that do not learn, five causes. No loss curve would have told B, C and D apart.",
    ),
    Exercise(
        id="3.7.2",
        title="Cure the one that vanishes",
        solution=cured,
        probes=[(0,)],
        compare=same_outcome,
        mistakes=[
            Mistake("no pair", net_alone, NO_PAIR),
            Mistake("does not run", wrong_inputs, NO_RUN),
            Mistake("shallower", shallower, TOO_SHALLOW),
            Mistake("no activation", no_activation, STRAIGHT),
            Mistake(
                "left alone",
                left_alone,
                "The gradient still vanishes: the ratio of layer 1 to layer 12, which `check_up` prints, is "
                "below 1/1000. Each sigmoid layer multiplies by its slope, at most ¼.",
            ),
            Mistake(
                "only a bigger rate",
                bigger_rate,
                "The gradient still vanishes: the ratio of layer 1 to layer 12 is below 1/1000. A larger "
                "learning rate does not mend that, since it multiplies the steps of *all* layers.",
            ),
            Mistake(
                "ReLU without He",
                relu_only,
                "The sigmoid is gone, and the gradient still vanishes, as the ratio in `check_up` shows. The "
                "weights are too small: PyTorch's default before a ReLU loses a factor of 0.41 per layer.",
            ),
            Mistake(
                "still dead",
                relu_with_biases,
                "Most units of some layer are zero on every image: dead. Let the biases start at 0, and "
                "draw the weights at random.",
            ),
            Mistake(
                "exploding",
                relu_too_large,
                "Too much of the cure: now the gradient explodes, as the ratio in `check_up` shows. Which "
                "standard deviation is He's for 64 inputs?",
            ),
            Mistake(
                "saturated",
                tanh_too_large,
                "Now more than half of the outputs of some layer lie in the flat parts of the "
                "activation. The weights are too large.",
            ),
            Mistake(
                "identical units",
                twins,
                "The check-up finds something else at the start: units with equal weights, or parameters "
                "without a gradient. Draw the weights at random, and freeze none.",
            ),
            Mistake("rate too large", relu_at_huge_rate, TOO_FAST),
            Mistake("rate too small", relu_at_tiny_rate, TOO_SLOW),
            Mistake(
                "fades",
                relu_with_xavier,
                "No threshold is crossed, and still the loss is that of guessing after 60 steps. Look at "
                "the ratio in `check_up`: a signal may fade by a factor that is no illness yet (Xavier "
                "before a ReLU loses 0.71 per layer).",
            ),
            Mistake(
                "grows",
                relu_growing,
                "No threshold is crossed, and still the net does not learn. Look at the ratio in "
                "`check_up`: the backward signal grows more than tenfold toward layer 1. The weights "
                "are too large.",
            ),
            Mistake(
                "hardly learns",
                relu_at_small_rate,
                "The backward signal is level, and still the loss is that of guessing after 60 steps. "
                "Raise the learning rate, and look at the update:weight ratio.",
            ),
        ],
        right="Healthy at the start, healthy after 60 steps, and the loss on held-out digits falls. "
        "ReLU with He's weights, tanh with Xavier's, batch normalization and residual connections all do it.",
        unfinished="Which activation keeps the gradient, and which weights does it need?",
    ),
    Exercise(
        id="3.7.3",
        title="Cure the one that is saturated",
        solution=rested,
        probes=[(0,)],
        compare=same_outcome_with_tanh,
        mistakes=[
            Mistake("no pair", tanh_net_alone, NO_PAIR),
            Mistake("does not run", wrong_inputs, NO_RUN),
            Mistake("shallower", tanh_shallower, TOO_SHALLOW),
            Mistake("no activation", no_activation, STRAIGHT),
            Mistake(
                "activation swapped",
                cured,
                "Its tanh is gone. Keep the tanh, and cure the weights.",
            ),
            Mistake(
                "only a smaller rate",
                tanh_at_smaller_rate,
                "More than half of the outputs of some layer still lie in the flat parts, at the start or "
                "after the 60 steps: saturated. The weights are too large, and no learning rate changes "
                "the start.",
            ),
            Mistake(
                "too small",
                tanh_too_small,
                "Out of the flat parts, and too far: with weights this small the gradient vanishes, as the "
                "ratio in `check_up` shows. Which standard deviation keeps a signal of 64 numbers level?",
            ),
            Mistake("rate too large", tanh_at_huge_rate, TOO_FAST),
            Mistake("rate too small", tanh_at_tiny_rate, TOO_SLOW),
            Mistake(
                "PyTorch's default",
                tanh_by_default,
                "No threshold is crossed, and still the loss is that of guessing after 60 steps. Look at "
                "the ratio in `check_up`: the signal fades. (PyTorch's default is too small for tanh by √3.)",
            ),
            Mistake(
                "still too large",
                tanh_growing,
                "Fewer than half of the outputs are flat, so that no threshold is crossed, and still the "
                "net does not learn. Look at the ratio in `check_up`: the backward signal grows toward "
                "layer 1. The weights are still too large.",
            ),
            Mistake(
                "hardly learns",
                tanh_at_small_rate,
                "The backward signal is level enough, and still the loss is that of guessing after 60 "
                "steps. Raise the learning rate, and look at the update:weight ratio.",
            ),
            Mistake(
                "identical units",
                twin_tanh,
                "The check-up finds something else at the start: units with equal weights, or parameters "
                "without a gradient. Draw the weights at random, and freeze none.",
            ),
        ],
        right="The same activation, the same depth; the units are off their flat ends, and the loss falls.",
        unfinished="Which weights keep a signal level before tanh?",
    ),
    Exercise(
        id="3.7.4",
        title="Your own model",
        solution=illnesses,
        probes=patients(),
        mistakes=[
            Mistake(
                "findings",
                findings_themselves,
                "Those are the findings. Return their names: the attribute `illness` of each.",
            ),
            Mistake(
                "report",
                whole_report,
                "That is the report. Ask it to `diagnose()`, and take the name of each finding.",
            ),
            Mistake(
                "first only",
                first_only,
                "That is only the first finding. A network may have several illnesses, the cause before "
                "its consequences: return them all.",
            ),
            Mistake(
                "in words",
                in_words,
                "Those are the sentences. Return the names: the attribute `illness` of each finding.",
            ),
        ],
        right="The same four arguments work for a model of PyTorch and for one of the course's library.",
        unfinished="`flow.examine` takes the model and a function without arguments.",
    ),
]
