"""A training step of a small network: ours against torch, HIPS autograd, micrograd and NumPy by hand."""

from collections.abc import Callable

import autograd
import autograd.numpy as anp
import numpy as np
import torch
from micrograd.engine import Value

from benchmarks.clock import in_turns, one_thread
from benchmarks.table import Row
from coursekit import datasets, nn
from coursekit.autograd import Tensor
from coursekit.optimizers import SGD

LR = 0.1
SIZES = (16, 64, 256)

Step = Callable[[], float]


def moons(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points of shape (n, 2), and labels 0.0 or 1.0 of shape (n, 1)."""
    data = datasets.moons(n, seed=0)
    return data.X.copy(), data.y.reshape(-1, 1).astype(float)


def parameters(hidden: int) -> list[np.ndarray]:
    """Return weights (outputs, inputs) and biases of a 2-hidden-hidden-1 network."""
    rng = np.random.default_rng(0)
    widths = [2, hidden, hidden, 1]
    arrays = []
    for before, after in zip(widths[:-1], widths[1:], strict=True):
        arrays += [rng.normal(size=(after, before)) / before**0.5, np.zeros(after)]
    return arrays


def ours(X: np.ndarray, y: np.ndarray, arrays: list[np.ndarray]) -> Step:
    """Build a step with `coursekit.nn` and `coursekit.optimizers`."""
    rng = np.random.default_rng(0)
    hidden = len(arrays[1])
    model = nn.Sequential(
        nn.Linear(2, hidden, rng=rng),
        nn.ReLU(),
        nn.Linear(hidden, hidden, rng=rng),
        nn.ReLU(),
        nn.Linear(hidden, 1, rng=rng),
    )
    weights = model.parameters()
    for tensor, array in zip(weights, arrays, strict=True):
        tensor.data[...] = array
    optimizer = SGD(LR)
    data, inputs = [tensor.data for tensor in weights], Tensor(X, requires_grad=False)

    def step() -> float:
        for tensor in weights:
            tensor.grad = None
        loss = nn.binary_cross_entropy_with_logits(model(inputs), y)
        loss.backward()
        optimizer.step(data, [tensor.grad for tensor in weights])
        return loss.item()

    return step


def by_operations(X: np.ndarray, y: np.ndarray, arrays: list[np.ndarray]) -> Step:
    """Build a step from single operations on tensors, without layers, losses or optimizer."""
    weights = [Tensor(array.copy()) for array in arrays]
    W1, b1, W2, b2, W3, b3 = weights

    def step() -> float:
        for tensor in weights:
            tensor.grad = None
        h = (X @ W1.T + b1).relu()
        h = (h @ W2.T + b2).relu()
        z = h @ W3.T + b3
        loss = (z.softplus() - z * y).mean()
        loss.backward()
        for tensor in weights:
            tensor.data -= LR * tensor.grad
        return loss.item()

    return step


def by_torch(X: np.ndarray, y: np.ndarray, arrays: list[np.ndarray]) -> Step:
    """Build a step the way a PyTorch user writes it, in float64."""
    hidden = len(arrays[1])
    model = torch.nn.Sequential(
        torch.nn.Linear(2, hidden),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden, hidden),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden, 1),
    ).double()
    with torch.no_grad():
        for tensor, array in zip(model.parameters(), arrays, strict=True):
            tensor.copy_(torch.tensor(array))
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    criterion = torch.nn.BCEWithLogitsLoss()
    inputs, labels = torch.tensor(X), torch.tensor(y)

    def step() -> float:
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def by_hand(X: np.ndarray, y: np.ndarray, arrays: list[np.ndarray]) -> Step:
    """Build a step with its backward pass written out in NumPy."""
    weights = [array.copy() for array in arrays]
    W1, b1, W2, b2, W3, b3 = weights

    def step() -> float:
        a1 = X @ W1.T + b1
        h1 = np.maximum(a1, 0)
        a2 = h1 @ W2.T + b2
        h2 = np.maximum(a2, 0)
        z = h2 @ W3.T + b3
        loss = (np.logaddexp(z, 0) - z * y).mean()
        dz = (0.5 * (1 + np.tanh(0.5 * z)) - y) / z.size
        da2 = (dz @ W3) * (a2 > 0)
        da1 = (da2 @ W2) * (a1 > 0)
        grads = (da1.T @ X, da1.sum(0), da2.T @ h1, da2.sum(0), dz.T @ h2, dz.sum(0))
        for weight, grad in zip(weights, grads, strict=True):
            weight -= LR * grad
        return float(loss)

    return step


def by_hips(X: np.ndarray, y: np.ndarray, arrays: list[np.ndarray]) -> Step:
    """Build a step with HIPS autograd, which differentiates NumPy code."""
    weights = [array.copy() for array in arrays]

    def loss_of(weights: list[np.ndarray]) -> float:
        W1, b1, W2, b2, W3, b3 = weights
        h = anp.maximum(anp.dot(X, W1.T) + b1, 0)
        h = anp.maximum(anp.dot(h, W2.T) + b2, 0)
        z = anp.dot(h, W3.T) + b3
        return anp.mean(anp.logaddexp(z, 0.0) - z * y)

    both = autograd.value_and_grad(loss_of)

    def step() -> float:
        loss, grads = both(weights)
        for weight, grad in zip(weights, grads, strict=True):
            weight -= LR * grad
        return float(loss)

    return step


def by_micrograd(X: np.ndarray, y: np.ndarray, arrays: list[np.ndarray]) -> Step:
    """Build a step with micrograd, one node for every single number."""
    layers = [
        ([[Value(w) for w in row] for row in W.tolist()], [Value(b) for b in bias.tolist()])
        for W, bias in zip(arrays[::2], arrays[1::2], strict=True)
    ]
    values = [v for W, bias in layers for v in (*(w for row in W for w in row), *bias)]
    signs = (2 * y[:, 0] - 1).tolist()

    def step() -> float:
        total = Value(0.0)
        for point, sign in zip(X.tolist(), signs, strict=True):
            h = point
            for i, (W, bias) in enumerate(layers):
                h = [
                    sum((w * each for w, each in zip(row, h, strict=True)), b)
                    for row, b in zip(W, bias, strict=True)
                ]
                if i < len(layers) - 1:
                    h = [each.relu() for each in h]
            # micrograd has no logarithm, so its own demonstration's hinge loss stands in.
            total = total + (1 - sign * h[0]).relu()
        loss = total * (1 / len(signs))
        for value in values:
            value.grad = 0
        loss.backward()
        for value in values:
            value.data -= LR * value.grad
        return loss.data

    return step


def check(steps: dict[str, Step]) -> None:
    """Make sure that all train the same network.

    Raises:
        AssertionError: The losses of the first steps differ.
    """
    losses = {name: [step() for _ in range(5)] for name, step in steps.items()}
    expected = losses["by hand"]
    for name, measured in losses.items():
        if not np.allclose(measured, expected, rtol=1e-9):
            raise AssertionError(f"{name} trains another network: {measured}, expected {expected}")


def seconds_of(steps: dict[str, Step], rounds: int) -> dict[str, float]:
    """Return the seconds of one step of each."""
    return dict(zip(steps, in_turns(*steps.values(), rounds=rounds), strict=True))


def small_network() -> list[Row]:
    """Time the budget's network: 2-16-16-1 on 100 points of two moons."""
    X, y = moons(100)
    arrays = parameters(16)
    makers = {
        "ours": ours,
        "operations": by_operations,
        "torch": by_torch,
        "hips": by_hips,
        "by hand": by_hand,
    }
    steps = {name: make(X, y, arrays) for name, make in makers.items()}
    check(steps)
    seconds = seconds_of(steps, rounds=15)
    with one_thread():
        alone = seconds_of(steps, rounds=15)
    (micro,) = in_turns(by_micrograd(X, y, arrays), rounds=1)
    t = seconds["ours"]
    what = "step on moons, 2-16-16-1 net, batch 100:"
    return [
        Row(f"{what} nn + SGD", 1e6 * t, "us", note="forward, backward and update, float64"),
        Row(
            f"{what} torch eager / ours",
            alone["torch"] / alone["ours"],
            "times",
            3,
            least=True,
            note=f"{1e6 * alone['torch']:.0f} us on one thread; {1e6 * seconds['torch']:.0f} us on "
            f"{torch.get_num_threads()}, which wait for each other when the machine is busy",
        ),
        Row(
            f"{what} ours / NumPy by hand",
            t / seconds["by hand"],
            "times",
            2.2,
            note=f"{1e6 * seconds['by hand']:.0f} us",
        ),
        Row(
            f"{what} single operations / NumPy by hand",
            seconds["operations"] / seconds["by hand"],
            "times",
            2.2,
            note=f"{1e6 * seconds['operations']:.0f} us: no layers, no optimizer",
        ),
        Row(
            f"{what} HIPS autograd / ours",
            seconds["hips"] / t,
            "times",
            note=f"{1e6 * seconds['hips']:.0f} us",
        ),
        Row(
            f"{what} micrograd / ours",
            micro / t,
            "times",
            note=f"{micro:.2f} s; hinge loss, since it has no logarithm",
        ),
    ]


def growth() -> list[Row]:
    """Time wider networks, where the matrix products take over."""
    X, y = moons(1000)
    rows = []
    for hidden in SIZES:
        arrays = parameters(hidden)
        steps = {
            name: make(X, y, arrays)
            for name, make in {"ours": ours, "torch": by_torch, "by hand": by_hand}.items()
        }
        check(steps)
        seconds = seconds_of(steps, rounds=5)
        rows.append(
            Row(
                f"step, 2-{hidden}-{hidden}-1 net, batch 1000: torch eager / ours",
                seconds["torch"] / seconds["ours"],
                "times",
                note=f"ours {1e3 * seconds['ours']:.2f} ms, by hand {1e3 * seconds['by hand']:.2f} ms",
            )
        )
    return rows


def measure() -> list[Row]:
    """Measure both."""
    return [*small_network(), *growth()]
