"""descent: optimizers race down a landscape from one start."""

from collections.abc import Mapping, Sequence

import numpy as np
import traitlets

from coursekit._checks import real_number, whole_number
from coursekit.descent import Path, descend
from coursekit.heights import lines
from coursekit.landscapes import Landscape
from coursekit.seeding import generator
from coursekit.widgets.base import STATIC
from coursekit.widgets.offers import LandscapeWidget, about, offers
from coursekit.widgets.racers import (
    NoisyLandscape,
    checked_racers,
    optimizer_of,
    settings,
    titles,
)
from coursekit.widgets.standings import PAUSE, standing

__all__ = ["Descent"]

LONGEST = 500  # steps
LOUDEST = 9.0  # standard deviation of the noise

RACERS = (
    {"optimizer": "sgd", "lr": 0.05},
    {"optimizer": "momentum", "lr": 0.05, "beta": 0.9},
)
CHALLENGES = (
    "SGD leaves the ravine's map. Lower its rate until it settles: how close to 2/50 can it stay?",
    "Which β brings momentum to the minimum first? What do a smaller and a larger one do?",
    "Add RMSProp and Adam, then turn up the gradient noise. Who comes close, and who stays there?",
)


class Descent(LandscapeWidget):
    """Up to five optimizers on one landscape: their paths on the map, their losses beside it.

    The reader drags the start, chooses the landscape, adds and removes racers, sets the rate and the
    betas of the one chosen, turns up the noise of the gradients, and goes through time. All traits
    can be set while the widget is shown; `paths` gives what it draws. On a page without a kernel, a
    button copies a link that opens the page in the present setting.

    Args:
        landscape: a name from ``coursekit.landscapes.names()``, or a two-dimensional `Landscape`
            made by one of the functions of that module.
        x, y: the start, within the landscape's domain; by default its ``start``.
        racers: one to five dicts with the key ``optimizer`` (``"sgd"``, ``"momentum"``,
            ``"nesterov"``, ``"adagrad"``, ``"rmsprop"`` or ``"adam"``) and, if wanted, ``lr`` (from
            1e-5 to 10, by default 0.05), ``beta`` (0.9; of momentum and Nesterov, and α of
            RMSProp), ``beta1`` and ``beta2`` (0.9 and 0.999; of Adam).
        steps: the length of the race, from 1 to 500.
        noise: the standard deviation, from 0 to 9, of the noise in each coordinate of the gradient.
            All racers meet the same noise.
        landscapes: the landscapes that the reader may choose, names or `Landscape` objects; all by
            default. ``landscape`` is added when it is not among them.
        challenges: numbered tasks below the widget; three of its own by default, ``[]`` for none.
        step: the step looked at first, by default the last one.
        seed: of the noise, an integer, at least 0.

    The trait ``step`` is the step looked at, ``selected`` the racer shown and changed (from 0), and
    ``normals`` holds the standard normal numbers of the noise, x and y of each step. To change a
    racer, set ``racers`` to a new list.

    Raises:
        ValueError: if a name or key is unknown, or a number is out of range; the message names it.
        TypeError: if a number is not a real number, or a racer not a dict.

    Example:
        >>> Descent("bowl", racers=[{"optimizer": "sgd", "lr": 0.1}], steps=100)
        descent: Bowl from (-2.5, 1.5), step 100 of 100. SGD (lr 0.1): at the minimum since step 36, \
loss 2.2e-09.
    """

    _esm = STATIC / "descent.js"
    _taken_first = ("landscape", "racers")

    racers = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)
    steps = traitlets.Int(200).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    noise = traitlets.Float(0.0).tag(sync=True)
    normals = traitlets.List(read_only=True).tag(sync=True)

    def __init__(
        self,
        landscape: str | Landscape = "ravine",
        x: float | None = None,
        y: float | None = None,
        racers: Sequence[Mapping] = RACERS,
        steps: int = 200,
        noise: float = 0.0,
        landscapes: Sequence[str | Landscape] | None = None,
        challenges: Sequence[str] = CHALLENGES,
        step: int | None = None,
        seed: int = 0,
    ):
        shown, lands = offers(landscape, landscapes)
        generator(seed)  # complains about a seed that is none
        super().__init__()
        self.set_trait("kind", "descent")
        self._lands, self._seed = lands, seed
        self.set_trait("offered", [about(key, land) for key, land in lands.items()])
        self.challenges = list(challenges)
        with self.hold_sync():
            self.landscape = shown
            self.x = self.x if x is None else x
            self.y = self.y if y is None else y
            self.racers = checked_racers(racers)
            self.steps = whole_number("steps", steps, at_least=1)
            self._draw_noise()
            self.step = self.steps if step is None else whole_number("step", step, at_least=0)
            self.noise = noise
        self.set_trait("reserve", _reserve(len(self.racers), self.challenges))

    def paths(self) -> dict[str, Path]:
        """Let the racers run, and return the path of each by its name, in their order.

        Of several racers with one optimizer, the names tell the rates, or count them.
        """
        land, start = self._lands[self.landscape], [self.x, self.y]
        objective = NoisyLandscape(land, self.noise, self.normals) if self.noise else land
        return {
            name: descend(objective, start, optimizer_of(racer), self.steps, progress=False)
            for name, racer in zip(titles(self.racers), self.racers, strict=True)
        }

    def describe(self) -> str:
        """Say where the race starts, and for each racer where it is at the step looked at."""
        land = self._lands[self.landscape]
        parts = [
            f"{name} ({settings(racer)}): {_words(path, self.step, land)}"
            for racer, (name, path) in zip(self.racers, self.paths().items(), strict=True)
        ]
        noise = f", noise {self.noise:g}" if self.noise else ""
        return (
            f"descent: {land.title} from ({self.x:.3g}, {self.y:.3g}){noise}, "
            f"step {self.step} of {self.steps}. {'; '.join(parts)}."
        )

    def _draw_noise(self):
        numbers = generator(self._seed).standard_normal(2 * self.steps)
        self.set_trait("normals", numbers.round(4).tolist())

    @traitlets.validate("racers")
    def _known_racers(self, proposal):
        return checked_racers(proposal["value"])

    @traitlets.observe("racers")
    def _keep_one_selected(self, change):
        self.selected = min(self.selected, len(change["new"]) - 1)

    @traitlets.validate("selected")
    def _one_of_them(self, proposal):
        return _within("selected", proposal["value"], len(self.racers) - 1)

    @traitlets.validate("steps")
    def _length(self, proposal):
        steps = whole_number("steps", proposal["value"], at_least=1)
        return _within("steps", steps, LONGEST)

    @traitlets.observe("steps")
    def _fit_time(self, change):
        self._draw_noise()
        self.step = min(self.step, change["new"])

    @traitlets.validate("step")
    def _in_time(self, proposal):
        return _within("step", proposal["value"], self.steps)

    @traitlets.validate("noise")
    def _bearable(self, proposal):
        noise = real_number("noise", proposal["value"])
        if not 0 <= noise <= LOUDEST:
            raise ValueError(f"noise must be from 0 to {LOUDEST:g}, got {noise!r}")
        return noise


def _within(name: str, value: int, most: int) -> int:
    if whole_number(name, value, at_least=0) > most:
        raise ValueError(f"{name} must be at most {most}, got {value!r}")
    return value


def _words(path: Path, step: int, land: Landscape) -> str:
    now = standing(path, step, land)
    loss = f", loss {path.losses[now.at]:.2g}"
    if now.verdict == "diverged":
        return f"diverged after {now.at} steps"
    if now.verdict == "left":
        return f"left the map at step {now.since}"
    if now.verdict in ("minimum", "local", "saddle"):
        the = "the" if len(land.minima) == 1 else "a"
        name = {"minimum": f"{the} minimum", "local": "a local minimum", "saddle": "a saddle"}
        lasting = f" since step {now.since}" if now.at - now.since >= PAUSE else ""
        near = "near" if now.verdict == "saddle" else "at"
        return f"{near} {name[now.verdict]}{lasting}{loss}"
    does = {"start": "starts", "still": "hardly moves", "rising": "climbs", "falling": "on its way"}
    x, y = np.round(path.positions[now.at], 2) + 0.0
    return f"{does[now.verdict]} at ({x:g}, {y:g}){loss}"


def _reserve(racers: int, challenges: Sequence[str]) -> list[int]:
    """The height at 720 and at 360 px: measured without challenges, plus their estimated lines."""
    heights = []
    for bare, width, row in ((770, 720, 5), (1155, 360, 2)):
        chips = -(-racers // row)
        rows = sum(lines(text, width - 24, 15) for text in challenges)
        heights.append(bare + 51 * (chips - 1) + (30 + 22 * rows if rows else 0))
    return heights
