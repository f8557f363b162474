"""V8 in this process (mini-racer), for what the build has to ask of JavaScript."""

import atexit
from functools import cache

from py_mini_racer import JSEvalException, MiniRacer

__all__ = ["JSEvalException", "engine"]


@cache
def engine() -> MiniRacer:
    """Return the engine; all who ask share it, so what one defines there the others see."""
    made = MiniRacer()
    # Left to the interpreter's end, its thread now and then waits for ever.
    atexit.register(made.close)
    return made
