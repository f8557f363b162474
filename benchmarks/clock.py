"""Fair timing: the contestants take turns, so that a busy moment of the machine hits them all."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

import torch

TURN = 0.05  # seconds; a turn repeats a quick action until about this much has passed


def in_turns(*actions: Callable, rounds: int = 9) -> list[float]:
    """Return the seconds that one call of each action takes: the median over its turns.

    Args:
        actions: What to time, functions without arguments.
        rounds: How many turns each one gets, after one for warming up.
    """
    repeats = []
    for action in actions:
        action()
        start = time.perf_counter()
        action()
        repeats.append(max(1, min(1000, round(TURN / (time.perf_counter() - start)))))
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for action, calls, so_far in zip(actions, repeats, times, strict=True):
            start = time.perf_counter()
            for _ in range(calls):
                action()
            so_far.append((time.perf_counter() - start) / calls)
    return [median(so_far) for so_far in times]


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread, as NumPy does for small arrays."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
