"""How often somebody may do something."""

import math
import time
from collections import deque
from collections.abc import Callable


class Limit:
    """Counts what each one did in the last seconds.

    Args:
        most: How many are allowed.
        seconds: In how many seconds.
        clock: Tells the time, in seconds.
    """

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._times: dict[str, deque[float]] = {}

    def wait(self, who: str) -> int | None:
        """Return after how many whole seconds the next is allowed, or None if it is now."""
        times = self._times.get(who)
        self._forget(times)
        if not times or len(times) < self._most:
            return None
        return max(1, math.ceil(times[0] + self._seconds - self._clock()))

    def count(self, who: str) -> None:
        """Count one more."""
        if who not in self._times and len(self._times) >= 10_000:
            for name in list(self._times):  # those who have not been heard of lately
                self._forget(self._times[name])
                if not self._times[name]:
                    del self._times[name]
        times = self._times.setdefault(who, deque(maxlen=self._most))
        times.append(self._clock())

    def _forget(self, times: deque[float] | None) -> None:
        while times and times[0] <= self._clock() - self._seconds:
            times.popleft()
