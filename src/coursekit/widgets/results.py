"""What a function given to `frames` may return, in the form in which a page stores it.

Strings and lists that several frames share are stored once, in a pool; a frame holds their places.
"""

import json
import math
import numbers
import re
from collections.abc import Mapping, Sequence

import numpy as np

from coursekit.amounts import amount
from coursekit.drawings import course_tokens, inline

__all__ = ["Pool", "Result", "limits", "read", "stored", "thinned"]

#: Ids in a drawing begin with this; the page makes them its own.
PREFIX = "ckid-"
EXPECTED = (
    "a Picture, a dict of lines {name: (x, y)}, a dict of numbers {name: number}, a number or a "
    "string"
)


class Pool:
    """Strings and lists, each stored once; `add` returns its place."""

    def __init__(self):
        self.items = []
        self._places = {}

    def add(self, item) -> int:
        """Store an item, unless it is there already, and return its place."""
        key = json.dumps(item)
        if key not in self._places:
            self._places[key] = len(self.items)
            self.items.append(item)
        return self._places[key]


class Result:
    """One result: its ``kind`` ("picture", "lines", "table" or "text"), its content, its words.

    A picture has its largest size, as (width, height) in CSS pixels.
    """

    def __init__(self, kind, content, words, size=None):
        self.kind, self.content, self.words, self.size = kind, content, words, size


def read(result: object, place: str) -> Result:
    """Return what a function returned as a `Result`; ``place`` words its controls.

    Raises:
        TypeError: if it is nothing that can be shown.
        ValueError: if lines have x and y of different lengths, or nothing is in a dict.
    """
    if hasattr(result, "svg") and hasattr(result, "alt"):
        return _picture(result)
    if isinstance(result, str):
        return Result("text", result, result)
    if _is_number(result):
        return Result("text", number(result), f"{place}: {number(result)}.")
    if isinstance(result, Mapping):
        if not result:
            raise ValueError(f"an empty dict shows nothing; expected {EXPECTED}")
        values = list(result.values())
        if all(isinstance(v, str) or _is_number(v) for v in values):
            return _table(result, place)
        if all(isinstance(v, (tuple, list)) and len(v) == 2 for v in values):
            return _lines(result, place)
    raise TypeError(f"expected {EXPECTED}; got {_short(result)}")


def _short(value):
    text = repr(value)
    return f"{text[:80]}…" if len(text) > 80 else text


def _is_number(value):
    return isinstance(value, (numbers.Real, np.bool_))


def number(value) -> str:
    """Write a number with three significant digits and a true minus sign; a boolean as yes or no."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if not math.isfinite(value):
        return "undefined" if math.isnan(value) else "∞" if value > 0 else "−∞"
    return amount(value).replace(" × ", "\u00a0×\u00a0")  # not broken across lines


def _picture(result):
    svg = inline(result.svg(), PREFIX, course_tokens())
    # matplotlib's ids depend on the words; numbers in order make equal parts of drawings equal.
    for i, name in enumerate(re.findall(rf'\bid="{PREFIX}([^"]+)"', svg)):
        svg = svg.replace(PREFIX + name, f"{PREFIX}{i}.")
    width, height = map(float, re.search(r"aspect-ratio:(\d+)/(\d+)", svg).groups())
    return Result("picture", re.split(r"(?<=</g>)", svg), result.alt, (width, height))


def _table(result, place):
    names = [str(name) for name in result]
    values = [v if isinstance(v, str) else number(v) for v in result.values()]
    told = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
    return Result("table", (names, values), f"{place}: {told}.")


def _lines(result, place):
    lines = {}
    for name, (xs, ys) in result.items():
        xs, ys = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
        if xs.shape != ys.shape or xs.ndim != 1 or xs.size == 0:
            raise ValueError(
                f"the line {name!r} has x of shape {xs.shape} and y of shape {ys.shape}; "
                f"expected two sequences of one length"
            )
        lines[str(name)] = (xs, ys)
    ends = []
    for name, (_, ys) in lines.items():
        last = ys[np.isfinite(ys)]
        ends.append(f"{name} ends at {number(last[-1])}" if last.size else f"{name} has no number")
    return Result("lines", lines, f"{place}: {', '.join(ends)}.")


def thinned(xs: np.ndarray, ys: np.ndarray, log: str, points: int):
    """Return the line with about ``points`` points at most, its highest and lowest among them.

    The points are thinned where they stand close together on the axis as drawn.
    """
    if xs.size <= points:
        return xs, ys
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.log10(xs) if "x" in log else xs
    seen = np.isfinite(drawn)
    if not seen.any():
        return xs[:points], ys[:points]
    low, high = drawn[seen].min(), drawn[seen].max()
    bins = max(1, points // 3)
    share = (np.where(seen, drawn, low) - low) / ((high - low) or 1.0)
    column = np.minimum((share * bins).astype(int), bins - 1)
    kept = {0, xs.size - 1}
    for start, end in _runs(column):
        part = np.where(np.isfinite(ys[start:end]), ys[start:end], np.nan)
        kept.add(start)
        if not np.isnan(part).all():
            kept |= {start + int(np.nanargmin(part)), start + int(np.nanargmax(part))}
        # A gap stays a gap.
        kept |= {start + int(i) for i in np.flatnonzero(np.isnan(part))[:1]}
    at = sorted(kept)
    return xs[at], ys[at]


def _runs(column):
    """Yield (start, end) of each stretch of equal numbers."""
    edges = [0, *(np.flatnonzero(np.diff(column)) + 1), column.size]
    yield from zip(edges[:-1], edges[1:], strict=True)


def limits(values: Sequence[np.ndarray], log: bool) -> list[float]:
    """Return the smallest and the largest number that the axis can show, apart from each other.

    A logarithmic axis goes down twelve powers of ten at most: what lies below has no meaning left.
    """
    joined = np.concatenate(list(values))
    joined = joined[np.isfinite(joined) & ((joined > 0) | (not log))]
    low, high = (float(joined.min()), float(joined.max())) if joined.size else (1.0, 10.0)
    if log:
        low = max(low, high * 1e-12)
    if low == high:
        low, high = (low / 2, high * 2) if log else (low - 1, high + 1)
    return [float(f"{low:.4g}"), float(f"{high:.4g}")]


def stored(result: Result, words: str, pool: Pool, axes: dict, points: int) -> dict:
    """Return a frame: places in the pool, filled as needed."""
    frame = {"words": pool.add(words)}
    if result.kind == "picture":
        frame["svg"] = [pool.add(part) for part in result.content]
    elif result.kind == "table":
        frame["table"] = [pool.add(list(part)) for part in result.content]
    elif result.kind == "text":
        frame["text"] = pool.add(result.content)
    else:
        frame["lines"] = []
        for name, (xs, ys) in result.content.items():
            xs, ys = thinned(xs, ys, axes["log"], points)
            rounded = (
                _rounded(v, axes[f"{a}lim"], a in axes["log"]) for a, v in (("x", xs), ("y", ys))
            )
            frame["lines"].append([pool.add(name), *(pool.add(v) for v in rounded)])
    return frame


def _rounded(values, limits, log):
    """Round to what can be seen: four digits on a log axis, else a few thousandths of the axis."""
    digits = 3 - math.floor(math.log10(limits[1] - limits[0]))
    plain = []
    for value in values.tolist():
        if not math.isfinite(value):
            plain.append(None)
            continue
        value = float(f"{value:.4g}") if log else round(value, digits)
        plain.append(int(value) if value == int(value) and abs(value) < 1e15 else value)
    return plain
