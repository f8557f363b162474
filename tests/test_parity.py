"""The browser's numbers equal coursekit's: curves, landscapes, secants, directions."""

import numpy as np
import pytest

from coursekit import curves, landscapes
from tests.tools import numerics

EPS = np.finfo(float).eps
N = 600  # random cases per curve and per landscape

SCRIPT = """
import { curves } from "./curves.js";
import { landscape, names } from "./landscapes.js";
import { direction, secant, steepestDescent, unit } from "./derivatives.js";
import { readFileSync } from "node:fs";
const asked = JSON.parse(readFileSync(0, "utf8"));
const out = {
  curveNames: Object.keys(curves),
  landscapeNames: names,
  kinks: Object.fromEntries(Object.entries(curves).map(([name, c]) => [name, c.kinks ?? []])),
  curves: asked.curves.map(([name, x]) => [curves[name].f(x), curves[name].df(x)]),
  secants: asked.secants.map(([name, x, h, method]) => secant(curves[name].f, x, h, method)),
  landscapes: asked.landscapes.map(([name, params, x, y]) => {
    const land = landscape(name, params);
    return [land.f(x, y), ...land.gradient(x, y)];
  }),
  directions: asked.directions.map(([g, degrees, norm]) => [
    unit(direction(degrees), norm),
    steepestDescent(g, norm),
  ]),
};
process.stdout.write(JSON.stringify(out));
"""

NORMS = {"euclidean": 2, "max": np.inf, "sum": 1}


def _random_landscape(name, rng):
    params = {
        "bowl": lambda: {"condition": 10 ** rng.uniform(0, 4)},
        "ravine": lambda: {"condition": 10 ** rng.uniform(0, 4), "angle": rng.uniform(-360, 360)},
        "rosenbrock": lambda: {"a": rng.uniform(-3, 3), "b": 10 ** rng.uniform(-1, 3)},
        "double_well": lambda: {"tilt": rng.uniform(-1.5, 1.5)},
    }.get(name, dict)
    return landscapes.get(name, **params())


@pytest.fixture(scope="module")
def asked():
    rng = np.random.default_rng(20240607)
    wide = {name: curves.get(name).domain for name in curves.names()}
    points = [(name, x) for name, d in wide.items() for x in rng.uniform(*d, N)]
    points += [(name, x) for name in wide for x in (0.0, -0.0, 40.0, -40.0)]
    secants = [
        (name, x, 10.0**e, method)
        for name, d in wide.items()
        for method in ("forward", "central")
        for x, e in zip(rng.uniform(*d, N), rng.uniform(-16, 0, N), strict=True)
    ]
    lands = []
    for name in landscapes.names():
        for _ in range(N // 20):
            land = _random_landscape(name, rng)
            for _ in range(20):
                lands.append((land, [rng.uniform(*axis) for axis in land.domain]))
    directions = [
        (rng.normal(size=2).tolist(), rng.uniform(0, 360), norm) for norm in NORMS for _ in range(N)
    ]
    return {"curves": points, "secants": secants, "landscapes": lands, "directions": directions}


@pytest.fixture(scope="module")
def answered(asked):
    sent = {
        **asked,
        "landscapes": [[f.name, f.params, *point] for f, point in asked["landscapes"]],
    }
    return numerics(SCRIPT, sent)


def _worst(mine, theirs):
    """The largest difference relative to max(1, |value|), and where it is."""
    mine, theirs = np.asarray(mine, dtype=float), np.asarray(theirs, dtype=float)
    assert mine.shape == theirs.shape
    off = np.abs(mine - theirs) / np.maximum(1, np.abs(mine))
    assert np.all(np.isfinite(off))
    return off.max(), int(off.reshape(len(off), -1).max(axis=1).argmax())


def test_same_names(answered):
    assert sorted(answered["curveNames"]) == sorted(curves.names())
    assert sorted(answered["landscapeNames"]) == sorted(landscapes.names())


def test_thousands_of_cases(asked):
    assert len(asked["curves"]) + len(asked["secants"]) >= 5000
    assert len(asked["landscapes"]) >= 5000


def test_curves(asked, answered):
    mine = [[curves.get(n)(x), curves.get(n).derivative(x)] for n, x in asked["curves"]]
    worst, i = _worst(mine, answered["curves"])
    assert worst <= 1e-12, (asked["curves"][i], mine[i], answered["curves"][i])


def test_kinks_and_the_slopes_beside_them(answered):
    for name in curves.names():
        f = curves.get(name)
        assert [kink["x"] for kink in answered["kinks"][name]] == list(f.kinks)
        for kink in answered["kinks"][name]:
            assert kink["left"] == f.derivative(kink["x"] - 1e-9)
            assert kink["right"] == f.derivative(kink["x"] + 1e-9)


def test_landscapes(asked, answered):
    mine = [[f(np.array(p)), *f.gradient(np.array(p))] for f, p in asked["landscapes"]]
    worst, i = _worst(mine, answered["landscapes"])
    assert worst <= 1e-12, (asked["landscapes"][i], mine[i], answered["landscapes"][i])


def test_secants_agree_as_far_as_rounding_allows(asked, answered):
    # x + h and x − h are the same doubles on both sides. The two values of f may differ by an ulp
    # or so where the two math libraries differ: say by 2 eps·|f| each, so by at most 4 eps·scale
    # in the numerator, scale being the larger |f|. Dividing by h (2h) carries that to the quotient,
    # and the roundings of the subtraction and of the division add eps·|quotient| each, per side.
    for (name, x, h, method), theirs in zip(asked["secants"], answered["secants"], strict=True):
        f = curves.get(name)
        low, width = (x - h, 2 * h) if method == "central" else (x, h)
        mine = (f(x + h) - f(low)) / width
        scale = max(abs(f(x + h)), abs(f(low)))
        bound = 4 * EPS * scale / width + 4 * EPS * abs(mine)
        assert abs(mine - theirs) <= bound, (name, x, h, method, mine, theirs)


def test_directions(asked, answered):
    for (g, degrees, norm), (way, down) in zip(
        asked["directions"], answered["directions"], strict=True
    ):
        straight = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        mine = straight / np.linalg.norm(straight, NORMS[norm])
        np.testing.assert_allclose(way, mine, rtol=0, atol=1e-14)
        # Steepest descent has length 1 and a slope of minus the dual norm of the gradient.
        dual = {"euclidean": 2, "max": 1, "sum": np.inf}[norm]
        assert np.linalg.norm(down, NORMS[norm]) == pytest.approx(1, abs=1e-14)
        assert np.dot(g, down) == pytest.approx(-np.linalg.norm(g, dual), rel=1e-14)
