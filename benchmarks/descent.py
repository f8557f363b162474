"""What the descent loop costs beside loops written by hand, in NumPy and with torch.optim.

All walk the same landscape with the same rate and record positions, losses and gradient norms; they
take turns, and the median of the rounds counts. torch runs on one thread and differentiates by
itself, as it would be used.
"""

import numpy as np
import torch

from benchmarks.clock import in_turns, one_thread
from benchmarks.table import Row
from coursekit import landscapes
from coursekit.descent import LeastSquares, descend
from coursekit.optimizers import SGD

LR = 0.01
BOWL = landscapes.get("bowl", condition=10)
CURVATURES = torch.tensor([1.0, 10.0], dtype=torch.float64)


def by_descend(start, steps):
    """Descend the bowl with the library's loop."""
    descend(BOWL, start, SGD(LR), steps)


def by_hand(start, steps):
    """Descend the bowl with a loop of plain NumPy."""
    x = start.copy()
    positions = np.empty((steps + 1, *x.shape))
    losses = np.empty((steps + 1, *x.shape[:-1]))
    norms = np.empty_like(losses)
    for step in range(steps + 1):
        grad = BOWL.gradient(x)
        positions[step] = x
        losses[step] = BOWL(x)
        norms[step] = np.sqrt((grad * grad).sum(axis=-1))
        x -= LR * grad


def by_torch(start, steps):
    """Descend the bowl with torch.optim.SGD."""
    x = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=LR)
    positions = torch.empty((steps + 1, *x.shape), dtype=x.dtype)
    losses = torch.empty((steps + 1, *x.shape[:-1]), dtype=x.dtype)
    norms = torch.empty_like(losses)
    for step in range(steps + 1):
        optimizer.zero_grad()
        loss = 0.5 * (CURVATURES * x**2).sum(dim=-1)
        loss.sum().backward()
        positions[step] = x.detach()
        losses[step] = loss.detach()
        norms[step] = x.grad.norm(dim=-1)
        optimizer.step()


def batches_by_hand(X, y, steps):
    """Least squares in mini-batches of 32, in plain NumPy."""
    w, losses = np.zeros(X.shape[1]), np.empty(steps)
    rng = np.random.default_rng(0)
    order, at = rng.permutation(len(y)), 0
    for step in range(steps):
        if at + 32 > len(y):
            order, at = rng.permutation(len(y)), 0
        rows = order[at : at + 32]
        at += 32
        error = X[rows] @ w - y[rows]
        losses[step] = 0.5 * np.mean(error**2)
        w -= LR * (X[rows].T @ error / len(rows))


def points(n, steps, overhead=None):
    """Compare the three loops on ``n`` points at once, or on a single one."""
    start = np.random.default_rng(0).normal(size=(n, 2) if n > 1 else 2)
    walks = (
        lambda: by_descend(start, steps),
        lambda: by_hand(start, steps),
        lambda: by_torch(start, steps),
    )
    ours, hand, torchs = (1e6 * seconds / steps for seconds in in_turns(*walks))
    what = f"descent of {n:,} points" if n > 1 else "descent of one point"
    note = f"NumPy by hand {hand:.1f} µs, torch.optim {torchs:.1f} µs; theirs/ours"
    note += f" {hand / ours:.2f} and {torchs / ours:.2f}"
    rows = [Row(f"{what}, a step", ours, "µs", torchs, note=note)]
    if overhead is not None:
        rows.append(Row(f"{what}, more than by hand", ours - hand, "µs", overhead))
    return rows


def batches(steps=2000):
    """Compare mini-batches of least squares with a loop by hand."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5000, 10))
    y = X @ rng.normal(size=10) + rng.normal(size=5000)
    f = LeastSquares(X, y, batch_size=32)
    walks = (
        lambda: descend(f, np.zeros(10), SGD(LR), steps),
        lambda: batches_by_hand(X, y, steps),
    )
    ours, hand = (1e6 * seconds / steps for seconds in in_turns(*walks))
    note = f"batches of 32 of 5,000 rows; by hand {hand:.1f} µs, theirs/ours {hand / ours:.2f}"
    return Row("descent of least squares in mini-batches, a step", ours, "µs", note=note)


def measure() -> list[Row]:
    """Measure all."""
    with one_thread():
        return [*points(1, 3000, overhead=15), *points(401, 1000), *points(10_000, 200), batches()]
