"""How long one step of an optimizer takes, beside torch.optim, both on one thread."""

from functools import partial

import numpy as np
import torch

from benchmarks.clock import in_turns, one_thread
from benchmarks.table import Row
from coursekit import optimizers
from coursekit.clipping import clip_by_norm

# What torch calls the optimizers of `coursekit.optimizers.NAMES`; it has no Lion.
PEERS = {
    "sgd": torch.optim.SGD,
    "momentum": partial(torch.optim.SGD, momentum=0.9),
    "nesterov": partial(torch.optim.SGD, momentum=0.9, nesterov=True),
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adadelta": torch.optim.Adadelta,
    "adam": torch.optim.Adam,
    "amsgrad": partial(torch.optim.Adam, amsgrad=True),
    "adamw": torch.optim.AdamW,
    "nadam": torch.optim.NAdam,
}
SMALL = [(2, 16), (16,), (16, 16), (16,), (16, 1), (1,)]  # a net with layers of 2-16-16-1
LARGE = [(1000, 1000)]


def tensors(arrays, grads):
    """Return copies of the arrays as torch's parameters, with their gradients."""
    params = [torch.tensor(w, requires_grad=True) for w in arrays]
    for param, grad in zip(params, grads, strict=True):
        param.grad = torch.tensor(grad)
    return params


def compare(what, ours, slack=1, **theirs):
    """Return a row with our time; its budget is ``slack`` times the quickest of the others'."""
    mine, *others = (1e6 * seconds for seconds in in_turns(ours, *theirs.values()))
    told = ", ".join(f"{name} {other:.0f}" for name, other in zip(theirs, others, strict=True))
    quickest = min(others)
    note = f"torch {told} µs; theirs/ours {quickest / mine:.2f}"
    return Row(what, mine, "µs", slack * quickest, note=note)


def stepping(name, shapes):
    """Return the row of one optimizer; large arrays may take twice as long as in torch."""
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in shapes]
    grads = [rng.normal(size=shape) for shape in shapes]
    ours = optimizers.get(name)
    theirs = {
        label: PEERS[name](tensors(arrays, grads), **options).step
        for label, options in (
            ("default", {}),
            ("loop", {"foreach": False}),
            ("foreach", {"foreach": True}),
        )
    }
    size = "2-16-16-1 net" if shapes is SMALL else "1000 × 1000"
    return compare(
        f"{optimizers.NAMES[name]} step, {size}",
        lambda: ours.step(arrays, grads),
        slack=1 if shapes is SMALL else 2,
        **theirs,
    )


def stepping_muon():
    """Return the row of Muon on one square matrix, both in float32."""
    rng = np.random.default_rng(0)
    array = rng.normal(size=(128, 128)).astype(np.float32)
    grad = rng.normal(size=(128, 128)).astype(np.float32)
    ours, theirs = optimizers.Muon(), torch.optim.Muon(tensors([array], [grad]))
    return compare(
        "Muon step, 128 × 128", lambda: ours.step(array, grad), slack=2, bfloat16=theirs.step
    )


def clipping():
    """Return the row of clipping by norm, of gradients that have to be scaled each time."""
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in SMALL]
    grads = [100 * array for array in arrays]
    params = tensors(arrays, grads)
    limit, same_limit = (iter(np.geomspace(1.0, 1e-9, 100_000)) for _ in range(2))
    return compare(
        "clip_by_norm, 2-16-16-1 net",
        lambda: clip_by_norm(grads, next(limit)),
        clip_grad_norm_=lambda: torch.nn.utils.clip_grad_norm_(params, next(same_limit)),
    )


def measure() -> list[Row]:
    """Measure each optimizer on a small net and on one large array, and clipping."""
    with one_thread():
        small = [stepping(name, SMALL) for name in PEERS]
        large = [stepping(name, LARGE) for name in PEERS]
        return [*small, *large, stepping_muon(), clipping()]
