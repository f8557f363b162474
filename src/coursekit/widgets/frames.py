"""frames: what a Python function gives for each setting of a few controls, shown without a kernel."""

import inspect
import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence

import traitlets

from coursekit._checks import one_of, whole_number
from coursekit.descent.progress import Progress
from coursekit.heights import lines as text_lines
from coursekit.widgets.base import STATIC, CourseWidget
from coursekit.widgets.controls import Between, Control, control
from coursekit.widgets.results import Pool, Result, limits, number, read, stored

__all__ = ["Frames", "frames"]

#: A page loads at most 250 kB, compressed, and frames compress to a sixth of their size or less.
MOST_BYTES = 300_000
MOST_FRAMES = 400  # a slider's stop that nobody sees is not worth its computing
WIDTHS = (720, 360)  # pixels of a page on a desk, and on a phone
COLORS = ("loss", "gradient", "path", "estimate", "minimum")
ADVICE = (
    "take fewer values for a control, fewer points (points=100), or simpler pictures; a dict of "
    "lines takes a tenth of the room of a Picture"
)


class Frames(CourseWidget):
    """A function's results on a grid of controls; see `frames`.

    Attributes:
        values: the controls' values, such as ``{"lr": 0.1}``. Setting it moves the picture; a
            control that is left out stays as it is. Between the stops of a `between`, Python
            computes the frame anew.
    """

    _esm = STATIC / "frames.js"

    controls = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    axes = traitlets.Dict(read_only=True).tag(sync=True)
    pool = traitlets.List(read_only=True).tag(sync=True)
    grid = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True)
    fresh = traitlets.Dict(read_only=True).tag(sync=True)  # the frame between the stops

    def __init__(
        self,
        function: Callable,
        controls: Mapping[str, Sequence | Between] | None = None,
        *,
        start: Mapping | None = None,
        describe: Callable[..., str] | None = None,
        labels: Mapping[str, str] | None = None,
        x: str = "",
        y: str = "",
        log: str = "",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        colors: Sequence[str] = COLORS,
        points: int = 300,
        challenges: Sequence[str] = (),
        progress: Callable | bool | None = None,
        **more: Sequence | Between,
    ):
        given = {**(controls or {}), **more}
        if not 1 <= len(given) <= 3:
            raise ValueError(
                f"frames needs one to three controls, such as lr=[0.01, 0.1, 1.0]; got {len(given)}"
                + (f": {', '.join(given)}" if given else "")
            )
        for name in labels or {}:
            one_of("control in labels", name, list(given))
        labels = labels or {}
        self._controls = [control(name, v, labels.get(name)) for name, v in given.items()]
        one_of("log", log, ("", "x", "y", "xy"))
        for name in colors:
            one_of("color", name, (*COLORS, "ink"))
        self._style = {"x": x, "y": y, "log": log, "colors": list(colors)}
        self._given_limits = {
            "xlim": _limits("xlim", xlim, log),
            "ylim": _limits("ylim", ylim, log),
        }
        self._points = whole_number("points", points, at_least=6)
        self._progress = progress
        self._ready = False
        super().__init__()
        self.set_trait("kind", "frames")
        self.set_trait("controls", [c.page() for c in self._controls])
        self.challenges = list(challenges)
        self.on_msg(self._greeted)
        self.values = {c.name: c.values[(len(c.values) - 1) // 2] for c in self._controls}
        if start:
            self.values = dict(start)
        self.update(function, describe)

    def update(self, function: Callable, describe: Callable[..., str] | None = None) -> None:
        """Compute all frames anew with another function, or with the same one edited.

        Args:
            function: as for `frames`.
            describe: as for `frames`; None for the words that go without.
        """
        for name, value in {"function": function, "describe": describe}.items():
            if not (callable(value) or (name == "describe" and value is None)):
                raise TypeError(f"{name} must be a function, got {value!r}")
        results = self._results(function, describe)
        pool, axes = Pool(), self._axes([result for result, _ in results])
        axes["lines"] = [_sentence(results, width) for width in WIDTHS]
        grid = [stored(r, words, pool, axes, self._points) for r, words in results]
        _check_size(pool.items, grid)
        self._function, self._describe = function, describe
        self._kind, self._ready = results[0][0].kind, True
        with self.hold_sync():
            self.set_trait("axes", axes)
            self.set_trait("pool", pool.items)
            self.set_trait("grid", grid)
            self.set_trait("reserve", self._reserve(results))
            self.set_trait("fresh", {})
            self._fill_in()

    def describe(self) -> str:
        """Say the controls' values and what the frame shows."""
        frame, pool = self._shown()
        said = pool[frame["words"]] if frame else self.fresh["error"]
        return f"frames with {_told(self.values)}: {said}"

    @traitlets.validate("values")
    def _known_values(self, proposal):
        given = proposal["value"]
        for name in given:
            one_of("control", name, [c.name for c in self._controls])
        return {c.name: self._value(c, {**self.values, **given}) for c in self._controls}

    @staticmethod
    def _value(control: Control, values):
        at = control.index(values[control.name]) if control.name in values else 0
        return float(values[control.name]) if at is None else control.values[at]

    @traitlets.observe("values")
    def _values_changed(self, change):
        if self._ready:
            self._fill_in()

    def _fill_in(self):
        """Compute the frame shown, if it lies between the stops and is not there yet."""
        there = "frame" in self.fresh and self.fresh["values"] == self.values
        if there or self._place() is not None:
            return
        result, words = self._result(self._function, self._describe, self.values)
        if result.kind != self._kind:
            raise TypeError(_mixed(self.values, result.kind, self._kind))
        pool = Pool()
        frame = stored(result, words, pool, self.axes, self._points)
        self.set_trait("fresh", {"values": dict(self.values), "pool": pool.items, "frame": frame})

    def set_state(self, sync_data):
        """Take over what the page sends; a function that fails there tells so on the page."""
        try:
            super().set_state(sync_data)
        except FunctionError as error:
            self.set_trait("fresh", {"values": dict(self.values), "error": str(error)})

    def _greeted(self, widget, content, buffers):
        """Tell a page that asks that there is a kernel: its sliders may move freely."""
        if content.get("type") == "hello":
            self.send({"type": "live"})

    def _place(self) -> int | None:
        """The place in the grid of the frame shown; None between the stops."""
        place = 0
        for c in self._controls:
            at = c.index(self.values[c.name])
            if at is None:
                return None
            place = place * len(c.values) + at
        return place

    def _shown(self):
        place = self._place()
        if place is not None:
            return self.grid[place], self.pool
        return self.fresh.get("frame"), self.fresh.get("pool")

    def _results(self, function, describe) -> list[tuple[Result, str]]:
        count = math.prod(len(c.values) for c in self._controls)
        if count > MOST_FRAMES:
            sizes = " × ".join(str(len(c.values)) for c in self._controls)
            raise ValueError(
                f"{sizes} = {count} combinations of the controls are more than {MOST_FRAMES}: "
                f"take fewer values for a control"
            )
        progress = Progress(self._progress, count)
        results = []
        for values in itertools.product(*(c.values for c in self._controls)):
            named = {c.name: v for c, v in zip(self._controls, values, strict=True)}
            results.append(self._result(function, describe, named))
            if results[-1][0].kind != results[0][0].kind:
                raise TypeError(_mixed(named, results[-1][0].kind, results[0][0].kind))
            if progress.due():
                progress.show(f"frame {len(results)} of {count}")
        progress.close()
        return results

    def _result(self, function, describe, values):
        try:
            returned = function(**values)
            result = read(returned, self._place_in_words(values))
            return result, result.words if describe is None else _words(describe, returned, values)
        except Exception as error:
            name = getattr(function, "__name__", "the function")
            raise FunctionError(
                f"{name}({_told(values)}): {type(error).__name__}: {error}"
            ) from error

    def _place_in_words(self, values):
        told = (
            f"{c.label} {number(values[c.name]) if c.kind != 'choice' else values[c.name]}"
            if c.kind in ("choice", "switch")
            else f"{c.label} = {number(values[c.name])}"
            for c in self._controls
        )
        return "At " + ", ".join(told)

    def _axes(self, results):
        axes = dict(self._style)
        if results[0].kind != "lines":
            return axes
        for place, (name, given) in enumerate(self._given_limits.items()):
            every = [line[place] for result in results for line in result.content.values()]
            axes[name] = given or limits(every, name[0] in axes["log"])
        names = dict.fromkeys(name for result in results for name in result.content)
        return axes | {"names": list(names)}  # a line keeps its color in all frames

    def _reserve(self, results):
        """The height at 720 and at 360 px: what was measured of parts, and estimated lines of text."""
        kind = results[0][0].kind
        heights = []
        for width, columns in zip(WIDTHS, (min(3, len(self._controls)), 1), strict=True):
            picture = {"lines": 300 if width == 720 else 260, "text": 0}.get(kind, 0)
            if kind == "picture":
                sizes = [r.size for r, _ in results]
                picture = max(round(min(width, 691, wide) * high / wide) for wide, high in sizes)
            elif kind == "table":
                picture = max(len(r.content[0]) for r, _ in results) * 33 + 1
            elif kind == "text" and any(r.content != words for r, words in results):
                picture = max(_text_height(r.content, width) for r, _ in results)
            said = 23 * _sentence(results, width)
            rows = math.ceil(len(self._controls) / columns)
            controls = 10 + 50 * rows + 8 * (rows - 1)
            tasks = sum(text_lines(text, width - 24, 15) for text in self.challenges)
            heights.append(picture + controls + 18 + said + (22 + 22 * tasks if tasks else 0))
        return heights


class FunctionError(RuntimeError):
    """The function given to `frames` failed; the message names the controls' values."""


def frames(
    function: Callable, controls: Mapping[str, Sequence | Between] | None = None, **options
) -> Frames:
    """Show what a function returns for each setting of one to three controls.

    The function is called with every combination of the controls' values, now; the page shows the
    results without a kernel. With one, a control made by `between` moves freely, and
    ``widget.update(function)`` computes everything anew.

    Args:
        function: a function of the controls, called by their names. It returns, always the same of
            these: a `coursekit.plots.Picture`; a dict of lines ``{name: (x values, y values)}``,
            drawn with the same axes in all frames; a dict of numbers or short texts
            ``{name: number}``, shown as a table; a number or a string, shown as text.
        controls: name to values, for names that are also options below. Other controls are given
            as ``lr=[0.01, 0.1, 1.0]``: numbers make a slider, strings a list to choose from,
            ``[False, True]`` a box to check, ``between(0.01, 1, 9, log=True)`` a slider that
            moves freely where there is a kernel.
        **options: the controls, and these:

            - ``start``: the first values of controls, ``{"lr": 0.1}``; by default the middle ones.
            - ``describe``: a function of the controls that returns a sentence: what is to be seen.
              If it has a parameter ``result``, it gets what the function returned, too. Without
              it, the sentence is the picture's alt text, or names the values shown.
            - ``labels``: control to the name that is shown, ``{"lr": "learning rate η"}``.
            - ``x``, ``y``: names of the axes; ``log``: which of them are logarithmic, ``"x"``,
              ``"y"`` or ``"xy"``; ``xlim``, ``ylim``: their ends, by default those of all frames.
            - ``colors``: names from `coursekit.plots.COLORS` for the lines in turn.
            - ``points``: the points of a line that are kept, about; its peaks are among them.
            - ``challenges``: numbered tasks below the widget.
            - ``progress``: as for `coursekit.descent.descend`, while the frames are computed.

    Raises:
        TypeError: if the function returns something that cannot be shown, or different kinds, or
            an option is of a wrong type.
        ValueError: if there are more than 400 combinations, or their results take more than
            300 kB, or an option's value is none of those allowed.
        RuntimeError: if the function or ``describe`` fails; the message names the controls' values.

    Example:
        >>> import numpy as np
        >>> from coursekit.widgets import frames
        >>> def losses(lr):
        ...     steps = np.arange(10)
        ...     return {"loss": (steps, (1 - lr) ** (2 * steps))}
        >>> widget = frames(losses, lr=[0.1, 0.2, 0.3], x="step", y="loss", log="y")
        >>> widget
        frames with lr=0.2: At lr = 0.2: loss ends at 0.018.
        >>> widget.values = {"lr": 0.3}
    """
    return Frames(function, controls, **options)


def _sentence(results, width):
    """The lines of the longest sentence."""
    return max(text_lines(words, width, 15.5) for _, words in results)


def _words(describe, returned, values):
    takes_result = "result" in inspect.signature(describe).parameters
    words = describe(**values, **({"result": returned} if takes_result else {}))
    if not isinstance(words, str) or not words.strip():
        raise TypeError(f"describe must return a sentence, got {words!r}")
    return " ".join(words.split())


def _told(values):
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


def _mixed(values, kind, first):
    return (
        f"the function must return the same kind of result for all values: {kind} at "
        f"{_told(values)}, {first} at first"
    )


def _limits(name, given, log):
    if given is None:
        return None
    low, high = (float(end) for end in given)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"{name} must be two numbers (low, high) with low < high, got {given!r}")
    if name[0] in log and low <= 0:
        raise ValueError(f"{name} must be above 0 on a logarithmic axis, got {given!r}")
    return [low, high]


def _text_height(text, width):
    return sum(text_lines(part, width, 17) for part in text.split("\n")) * 26


def _check_size(pool, grid):
    size = len(json.dumps([pool, grid], separators=(",", ":"), ensure_ascii=False).encode())
    if size > MOST_BYTES:
        raise ValueError(
            f"the results take {size / 1000:.0f} kB, more than the {MOST_BYTES / 1000:.0f} kB that "
            f"a page keeps for them: {len(grid)} frames of about {size / len(grid) / 1000:.1f} kB. "
            f"To make them smaller, {ADVICE}"
        )
