"""The landscapes that a widget offers: checked, named apart, described for the page, with a point on one."""

from collections.abc import Sequence

import numpy as np
import traitlets

from coursekit import landscapes as known
from coursekit._checks import one_of, real_number
from coursekit.landscapes import Landscape
from coursekit.widgets.base import CourseWidget

__all__ = ["LandscapeWidget", "about", "offers"]


class LandscapeWidget(CourseWidget):
    """A widget with a point on one of several landscapes; another landscape brings its own start.

    A subclass sets ``_lands``, the landscapes by their keys as `offers` returns them, and ``offered``
    before the traits.
    """

    #: What the page sends is taken over in this order, since the one replaces values of the others.
    _taken_first = ("landscape",)

    landscape = traitlets.Unicode().tag(sync=True)
    x = traitlets.Float().tag(sync=True)
    y = traitlets.Float().tag(sync=True)
    offered = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True)

    def set_state(self, sync_data):
        """Take over what the page sends; a point that comes with a landscape replaces its start."""
        for first in self._taken_first:
            if first in sync_data:
                super().set_state({first: sync_data[first]})
        rest = {key: sync_data[key] for key in sync_data if key not in self._taken_first}
        super().set_state(rest)

    @traitlets.validate("landscape")
    def _offered_landscape(self, proposal):
        return one_of("landscape", proposal["value"], list(self._lands))

    @traitlets.observe("landscape")
    def _go_to_start(self, change):
        self.x, self.y = (float(c) for c in self._lands[change["new"]].start)

    @traitlets.validate("x", "y")
    def _inside(self, proposal):
        name = proposal["trait"].name
        value = real_number(name, proposal["value"])
        low, high = self._lands[self.landscape].domain["xy".index(name)]
        if not low <= value <= high:
            raise ValueError(
                f"{name} must lie between {low:g} and {high:g} for the landscape "
                f"{self.landscape!r}, got {value!r}"
            )
        return value


def offers(
    landscape: str | Landscape, landscapes: Sequence[str | Landscape] | None
) -> tuple[str, dict[str, Landscape]]:
    """Return the key of the landscape shown first, and all that are offered, by their keys.

    A key is the landscape's name; where several have the same name, it is followed by the
    parameters in which they differ, as in ``"ravine (angle=30)"``.

    Args:
        landscape: the one shown first, a name or a `Landscape`; added if it is not among the others.
        landscapes: those offered, names or `Landscape` objects; None for all by their names.

    Raises:
        ValueError: if a name is unknown, one is there twice, the list is empty, or a landscape does
            not have two variables or has another formula than its name says.
        TypeError: if one is neither a name nor a `Landscape`.
    """
    shown = _landscape(landscape)
    lands = _landscapes(landscapes)
    at = next((i for i, land in enumerate(lands) if _same(land, shown)), None)
    if at is None:
        lands, at = [shown, *lands], 0
    keys = _keys(lands)
    return keys[at], dict(zip(keys, lands, strict=True))


def about(key: str, land: Landscape) -> dict:
    """Return what the page needs to know of a landscape, as plain JSON."""
    return {
        "key": key,
        "name": land.name,
        "title": land.title + key.removeprefix(land.name),
        "params": land.params,
        "domain": [list(axis) for axis in land.domain],
        "start": land.start.tolist(),
        "minima": [point.tolist() for point in land.minima],
        "local_minima": [point.tolist() for point in land.local_minima],
        "saddles": [point.tolist() for point in land.saddles],
    }


def _landscape(land: str | Landscape) -> Landscape:
    if isinstance(land, str):
        land = known.get(land)
    if not isinstance(land, Landscape):
        raise TypeError(f"landscape must be a name or a Landscape, got {land!r}")
    one_of("landscape", land.name, known.names())
    if land.dim != 2:
        raise ValueError(f"landscape must have two variables, got {land!r} with dim={land.dim}")
    drawn = known.get(land.name, **land.params)  # the browser knows the formula by these alone
    if not np.isclose(land(land.start), drawn(land.start)):
        raise ValueError(f"landscape must have the formula of {drawn!r}, got another one")
    return land


def _landscapes(lands: Sequence[str | Landscape] | None) -> list[Landscape]:
    if lands is None:
        return [known.get(name) for name in known.names()]
    if isinstance(lands, str) or not len(lands):
        raise ValueError(f"landscapes must be a list with at least one landscape, got {lands!r}")
    found = [_landscape(land) for land in lands]
    for i, land in enumerate(found):
        if any(_same(land, other) for other in found[:i]):
            raise ValueError(f"landscapes must all differ, got {land!r} twice")
    return found


def _same(a: Landscape, b: Landscape) -> bool:
    return a.name == b.name and a.params == b.params


def _keys(lands: Sequence[Landscape]) -> list[str]:
    keys = []
    for land in lands:
        params = [other.params for other in lands if other.name == land.name]
        differ = [name for name in land.params if len({str(p[name]) for p in params}) > 1]
        told = ", ".join(f"{name}={land.params[name]:g}" for name in differ)
        keys.append(f"{land.name} ({told})" if told else land.name)
    return keys
