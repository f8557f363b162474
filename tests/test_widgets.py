"""Tangent and Compass: what they accept, what they send to the page, what they say."""

import dataclasses
import json

import numpy as np
import pytest
import traitlets

from coursekit import curves, landscapes
from coursekit.widgets import Compass, Tangent


@pytest.mark.parametrize("widget", [Tangent, Compass])
def test_opens_by_itself_with_challenges_and_a_description(widget):
    w = widget()
    assert w.kind == widget.__name__.lower()
    assert 2 <= len(w.challenges) <= 3
    assert repr(w) == w.describe()
    assert w.describe().startswith(w.kind)
    wide, narrow = w.reserve
    assert 400 < wide < narrow


@pytest.mark.parametrize("widget", [Tangent, Compass])
def test_state_is_plain_json(widget):
    w = widget()
    state = {key: getattr(w, key) for key in w.keys if not key.startswith("_")}
    state = {k: v for k, v in state.items() if k not in ("layout", "tabbable", "tooltip")}
    assert json.loads(json.dumps(state, allow_nan=False)) == state


@pytest.mark.parametrize("widget", [Tangent, Compass])
def test_challenges_change_the_reserved_height(widget):
    none = widget(challenges=[]).reserve
    one = widget(challenges=["Turn it."]).reserve
    long = widget(challenges=["Turn it " * 12])
    assert [b - a for a, b in zip(none, one, strict=True)] == [52, 52]
    assert long.reserve[1] > one[1]


def test_tangent_numbers():
    w = Tangent(curve="parabola", x=1.0, h=0.5)
    assert w.describe() == (
        "tangent: Parabola at x = 1, slope 2; the forward secant over h = 0.5 has slope 2.5."
    )
    w.method = "central"
    assert "central secant over h = 0.5 has slope 2." in w.describe()
    assert "no slope" in Tangent(curve="relu", x=0).describe()


def test_tangent_offers_curves_in_the_order_given():
    w = Tangent(curve="relu", curves=["sine", "relu"])
    assert [about["name"] for about in w.offered] == ["sine", "relu"]
    assert [about["name"] for about in Tangent().offered] == curves.names()
    w.curve = "sine"
    with pytest.raises(ValueError, match="unknown curve:? 'tanh'; choose one of: sine, relu"):
        w.curve = "tanh"
    assert w.curve == "sine"


def test_tangent_stays_inside_when_the_curve_changes():
    w = Tangent(curve="sine", x=3.0)
    w.curve = "quartic"
    assert w.x == 1.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"curve": "sinus"}, "unknown curve:? 'sinus'.*Did you mean 'sine'"),
        ({"curve": "tanh", "curves": ["sine"]}, "unknown curve:? 'tanh'; choose one of: sine"),
        ({"curves": []}, "at least one name"),
        ({"curves": "sine"}, "must be a list"),
        ({"curves": ["sine", "cosine"]}, "unknown curve:? 'cosine'"),
        ({"x": 4}, "x must lie between -3.5 and 3.5 for the curve 'sine', got 4.0"),
        ({"x": float("nan")}, "x must be finite"),
        ({"h": 0}, "h must be from 1e-16 to 1, got 0.0"),
        ({"h": -0.1}, "h must be from 1e-16 to 1, got -0.1"),
        ({"h": 2.0}, "h must be from 1e-16 to 1"),
        ({"method": "backward"}, "unknown method:? 'backward'; choose one of: forward, central"),
    ],
)
def test_tangent_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        Tangent(**arguments)


def test_wrong_types():
    with pytest.raises((TypeError, traitlets.TraitError)):
        Tangent(x="1")
    with pytest.raises((TypeError, traitlets.TraitError)):
        Compass(angle="north")
    with pytest.raises(TypeError, match="must be a name or a Landscape"):
        Compass(landscape=3)


def test_compass_starts_where_the_landscape_says():
    w = Compass(landscape="rosenbrock")
    assert [w.x, w.y] == landscapes.get("rosenbrock").start.tolist()
    w.landscape = "bowl"
    assert [w.x, w.y] == landscapes.get("bowl").start.tolist()
    assert Compass(landscape="bowl", x=1.0).x == 1.0


def test_compass_describes_gradient_and_slope():
    w = Compass(landscape="bowl", x=1.0, y=0.5, angle=180, step=0.1)
    assert w.describe() == (
        "compass: Bowl at (1, 0.5), f = 1.75, gradient (1, 5) of length 5.1; "
        "heading 180°, slope -1."
    )
    w.angle = 405
    assert w.angle == 45
    w.norm = "max"
    assert "slope 6." in w.describe()
    w.norm = "sum"
    assert "slope 3." in w.describe()


@pytest.mark.parametrize("name", landscapes.names())
def test_compass_is_calm_where_the_gradient_is_zero(name):
    f = landscapes.get(name)
    for point in [*f.minima, *f.local_minima[:2], *f.saddles[:2]]:
        x, y = point.tolist()
        assert "the gradient is zero" in Compass(landscape=name, x=x, y=y).describe()


def test_compass_sends_what_the_page_needs():
    w = Compass(landscape=landscapes.ravine(condition=10), landscapes=["bowl", "ravine"])
    keys = [about["key"] for about in w.offered]
    assert keys == ["ravine (condition=10)", "bowl", "ravine (condition=50)"]
    assert w.landscape == keys[0]
    about = w.offered[0]
    assert about["params"] == {"condition": 10.0, "angle": 30.0}
    assert about["minima"] == [[0.0, 0.0]]
    assert about["title"] == "Ravine (condition=10)"
    w.landscape = keys[2]
    assert np.allclose([w.x, w.y], landscapes.get("ravine").start)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"landscape": "bowel"}, "unknown landscape:? 'bowel'.*Did you mean 'bowl'"),
        ({"landscape": "bowl", "x": 4}, "x must lie between -3 and 3 for the landscape 'bowl'"),
        ({"landscape": "bowl", "y": -4}, "y must lie between -3 and 3"),
        ({"step": 0}, "step must be from 0.001 to 3, got 0.0"),
        ({"step": 5}, "step must be from 0.001 to 3"),
        ({"norm": "l2"}, "unknown norm:? 'l2'; choose one of: euclidean, max, sum"),
        ({"angle": float("inf")}, "angle must be finite"),
        ({"landscapes": []}, "at least one landscape"),
        ({"landscapes": ["bowl", "bowl"]}, "must all differ"),
        ({"landscape": landscapes.bowl(dim=3)}, "two variables"),
        (
            {"landscape": dataclasses.replace(landscapes.bowl(), value_at=lambda p: p[..., 0])},
            "must have the formula of Landscape",
        ),
    ],
)
def test_compass_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        Compass(**arguments)


def test_a_message_from_the_page_changes_curve_and_point_together():
    w = Tangent(curve="quartic", x=1.0)
    w.set_state({"curve": "sine", "x": 3.2})
    assert (w.curve, w.x) == ("sine", 3.2)
    c = Compass(landscape="bowl")
    c.set_state({"landscape": "beale", "x": 4.25, "y": -4.0})
    assert (c.landscape, c.x, c.y) == ("beale", 4.25, -4.0)
