"""Each landscape against PyTorch's autograd, and against what it declares about itself."""

import doctest
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import py_mini_racer as mini_racer
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sphinxcontrib import katex

from coursekit import curves, landscapes


def torch_bowl(x, condition=10.0, dim=2):
    return sum(condition ** (i / (dim - 1)) * x[i] ** 2 for i in range(dim)) / 2


def torch_ravine(x, condition=50.0, angle=30.0):
    turn = torch.deg2rad(torch.tensor(angle, dtype=torch.float64))
    u = x[0] * torch.cos(turn) + x[1] * torch.sin(turn)
    v = x[1] * torch.cos(turn) - x[0] * torch.sin(turn)
    return (u**2 + condition * v**2) / 2


def torch_saddle(x):
    return (x[0] ** 2 - x[1] ** 2) / 2


def torch_double_well(x, tilt=0.3):
    return (x[0] ** 2 - 1) ** 2 + tilt * x[0] + x[1] ** 2


def torch_plateau(x):
    return 1 - torch.exp(-(x @ x) / 2)


def torch_rosenbrock(x, a=1.0, b=100.0):
    return (a - x[0]) ** 2 + b * (x[1] - x[0] ** 2) ** 2


def torch_beale(x):
    x, y = x
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def torch_himmelblau(x):
    x, y = x
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def torch_rastrigin(x, dim=2):
    return 10 * dim + (x**2 - 10 * torch.cos(2 * torch.pi * x)).sum()


CASES = [
    ("bowl", {}, torch_bowl),
    ("bowl", {"condition": 1}, torch_bowl),
    ("bowl", {"condition": 1e4, "dim": 5}, torch_bowl),
    ("ravine", {}, torch_ravine),
    ("ravine", {"condition": 200, "angle": -75.0}, torch_ravine),
    ("saddle", {}, torch_saddle),
    ("double_well", {}, torch_double_well),
    ("double_well", {"tilt": 0.0}, torch_double_well),
    ("double_well", {"tilt": -1.5}, torch_double_well),
    ("plateau", {}, torch_plateau),
    ("rosenbrock", {}, torch_rosenbrock),
    ("rosenbrock", {"a": -3.0, "b": 5.0}, torch_rosenbrock),
    ("beale", {}, torch_beale),
    ("himmelblau", {}, torch_himmelblau),
    ("rastrigin", {}, torch_rastrigin),
    ("rastrigin", {"dim": 1}, torch_rastrigin),
    ("rastrigin", {"dim": 4}, torch_rastrigin),
]
each_case = pytest.mark.parametrize(
    ("name", "params", "reference"),
    CASES,
    ids=[name + "".join(f"-{k}={v}" for k, v in params.items()) for name, params, _ in CASES],
)


def random_points(f, n, seed=0):
    low, high = np.transpose(f.domain)
    return np.random.default_rng(seed).uniform(low, high, size=(n, f.dim))


def test_every_landscape_is_tested():
    assert {name for name, _, _ in CASES} == set(landscapes.names())


@each_case
def test_value_gradient_and_hessian_equal_autograd(name, params, reference):
    f = landscapes.get(name, **params)
    points = random_points(f, 12)
    values, gradients, hessians = f(points), f.gradient(points), f.hessian(points)
    assert values.shape == (12,)
    assert gradients.shape == (12, f.dim)
    assert hessians.shape == (12, f.dim, f.dim)
    for point, value, gradient, hessian in zip(points, values, gradients, hessians, strict=True):
        x = torch.tensor(point, requires_grad=True)
        loss = reference(x, **params)
        (expected_gradient,) = torch.autograd.grad(loss, x)
        expected_hessian = torch.autograd.functional.hessian(
            lambda x: reference(x, **params), torch.tensor(point)
        )
        scale = np.abs(hessian).max()
        np.testing.assert_allclose(value, loss.item(), rtol=1e-12, atol=1e-14 * scale)
        np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-12, atol=1e-13 * scale)
        np.testing.assert_allclose(hessian, expected_hessian, rtol=1e-12, atol=1e-13 * scale)


@each_case
def test_declared_points_are_what_they_are_called(name, params, reference):
    f = landscapes.get(name, **params)
    for kind in ("minima", "local_minima", "saddles"):
        for point in getattr(f, kind):
            assert point.shape == (f.dim,)
            eigenvalues = np.linalg.eigvalsh(f.hessian(point))
            scale = np.abs(eigenvalues).max()
            assert np.abs(f.gradient(point)).max() <= 1e-14 * max(scale, 1.0), (kind, point)
            if kind == "saddles":
                assert eigenvalues[0] < 0 < eigenvalues[-1], point
            else:
                assert eigenvalues[0] > 0, (kind, point)
    declared = [tuple(p) for p in f.minima + f.local_minima + f.saddles]
    assert len(set(declared)) == len(declared)
    for point in declared:
        for coordinate, (low, high) in zip(point, f.domain, strict=True):
            assert low <= coordinate <= high


@each_case
def test_minima_are_lowest(name, params, reference):
    f = landscapes.get(name, **params)
    if name == "saddle":
        assert f.minima == ()
        return
    lowest = f(np.array(f.minima))
    np.testing.assert_allclose(lowest, lowest[0], atol=1e-12)
    assert all(f(point) > lowest.max() for point in f.local_minima)
    rounding = 1e-28  # the minimizers themselves are rounded to 16 digits
    assert np.all(f(random_points(f, 20_000)) >= lowest.max() - rounding)
    if f.dim == 2:
        assert np.all(f.grid(201)[2] >= lowest.max() - rounding)


@each_case
def test_start_lies_in_the_domain_away_from_level_ground(name, params, reference):
    f = landscapes.get(name, **params)
    assert f.start.shape == (f.dim,)
    assert all(low < x < high for x, (low, high) in zip(f.start, f.domain, strict=True))
    assert np.linalg.norm(f.gradient(f.start)) > 1e-4


@pytest.mark.parametrize("name", landscapes.names())
@given(seed=st.integers(0, 10_000), shape=st.sampled_from([(), (1,), (3,), (2, 3), (0,)]))
@settings(max_examples=10)
def test_many_points_at_once_equal_one_by_one(name, seed, shape):
    f = landscapes.get(name)
    points = random_points(f, int(np.prod(shape)), seed).reshape(*shape, f.dim)
    values, gradients, hessians = f(points), f.gradient(points), f.hessian(points)
    assert np.shape(values) == shape
    assert gradients.shape == (*shape, f.dim)
    assert hessians.shape == (*shape, f.dim, f.dim)
    for index in np.ndindex(shape):
        np.testing.assert_allclose(values[index], f(points[index]), rtol=1e-13)
        np.testing.assert_allclose(gradients[index], f.gradient(points[index]), rtol=1e-13)
        np.testing.assert_allclose(hessians[index], f.hessian(points[index]), rtol=1e-13)


@given(tilt=st.floats(-1.53, 1.53))
def test_double_well_knows_its_wells_for_every_tilt(tilt):
    f = landscapes.double_well(tilt)
    points = f.minima + f.local_minima + f.saddles
    assert len(points) == 3
    for point in points:
        np.testing.assert_allclose(f.gradient(point), 0, atol=1e-13)
    (left, middle, right) = sorted(points, key=lambda p: p[0])
    assert tuple(middle) == tuple(f.saddles[0])
    if tilt != 0:
        np.testing.assert_array_equal(f.minima[0], left if tilt > 0 else right)


def test_bowl_has_the_condition_asked_for():
    eigenvalues = np.linalg.eigvalsh(landscapes.bowl(condition=1000, dim=4).hessian(np.zeros(4)))
    np.testing.assert_allclose(eigenvalues, [1, 10, 100, 1000])


def test_ravine_floor_runs_at_its_angle():
    f = landscapes.ravine(condition=80, angle=30)
    eigenvalues, vectors = np.linalg.eigh(f.hessian([0.0, 0.0]))
    np.testing.assert_allclose(eigenvalues, [1, 80])
    np.testing.assert_allclose(vectors[1, 0] / vectors[0, 0], np.tan(np.pi / 6))


def test_one_point_gives_a_number():
    assert isinstance(landscapes.bowl()([1, 2]), float)


def test_grid_has_x_along_columns():
    f = landscapes.rosenbrock()
    X, Y, Z = f.grid(5)
    np.testing.assert_array_equal(X[0], np.linspace(-2, 2, 5))
    np.testing.assert_array_equal(Y[:, 0], np.linspace(-1, 3, 5))
    assert Z[1, 3] == f([X[1, 3], Y[1, 3]])


def test_stored_points_cannot_be_changed_by_accident():
    f = landscapes.bowl()
    with pytest.raises(ValueError, match="read-only"):
        f.start[0] = 7.0


def test_rastrigin_has_eleven_dents_along_each_axis():
    assert len(landscapes.rastrigin(dim=1).local_minima) == 10
    f = landscapes.rastrigin(dim=2)
    assert (len(f.local_minima), len(f.saddles)) == (120, 220)


def test_repr_says_how_it_was_made():
    assert repr(landscapes.get("bowl", condition=5)) == "Landscape('bowl', condition=5.0, dim=2)"
    assert repr(landscapes.saddle()) == "Landscape('saddle')"


def test_formulas_are_understood_by_katex():
    browser = mini_racer.MiniRacer()
    browser.eval(Path(katex.__file__).with_name("katex.min.js").read_text(encoding="utf-8"))
    odd_numbers = [landscapes.bowl(1e7), landscapes.rosenbrock(a=-1e-6), landscapes.double_well(-1)]
    shapes = [landscapes.get(name, **params) for name, params, _ in CASES] + odd_numbers
    for shape in shapes + [curves.get(name) for name in curves.names()]:
        latex = json.dumps(shape.latex)
        html = browser.eval(
            f"katex.renderToString({latex}, {{throwOnError: true, strict: 'error'}})"
        )
        assert "katex-html" in html
    with pytest.raises(Exception, match="ParseError"):
        browser.eval("katex.renderToString('\\\\frac{1}', {throwOnError: true})")


def test_formulas_show_the_parameters():
    assert landscapes.bowl(1e7).latex.endswith(r"\left(x^2 + 1 \cdot 10^{7}\,y^2\right)")
    assert r"- 0.5\,x + y^2" in landscapes.double_well(-0.5).latex
    assert landscapes.double_well(0).latex.endswith(r"\right)^2 + y^2")


def test_the_numbers_floor_needs_numpy_only():
    script = (
        "import sys; from coursekit import landscapes, curves, derivatives, seeding; "
        "print({'torch', 'matplotlib', 'ipywidgets', 'anywidget', 'scipy'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout == "set()\n", result.stderr


def test_docstring_examples():
    assert doctest.testmod(landscapes).failed == 0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: landscapes.get("rosenbrok"), ValueError, "landscape: 'rosenbrok'.*'rosenbrock'?"),
        (lambda: landscapes.get("zzz"), ValueError, "'zzz'; choose one of: bowl, ravine, saddle"),
        (
            lambda: landscapes.get("bowl", conditon=3),
            ValueError,
            "parameter of the landscape 'bowl': 'conditon'.*condition, dim.*mean 'condition'",
        ),
        (lambda: landscapes.get("beale", a=1), ValueError, "'beale' has no parameters, got 'a'"),
        (lambda: landscapes.bowl(0.5), ValueError, "condition must be at least 1, got 0.5"),
        (lambda: landscapes.bowl("9"), TypeError, "condition must be a real number, got '9'"),
        (lambda: landscapes.bowl(dim=1), ValueError, "dim must be at least 2, got 1"),
        (lambda: landscapes.bowl(dim=2.0), TypeError, "dim must be an integer, got 2.0"),
        (lambda: landscapes.ravine(angle=np.inf), ValueError, "angle must be finite, got inf"),
        (lambda: landscapes.rosenbrock(b=0), ValueError, "b must be greater than 0, got 0"),
        (lambda: landscapes.double_well(1.6), ValueError, "-1.5396 and 1.5396.*one well.*got 1.6"),
        (lambda: landscapes.double_well(np.nan), ValueError, "tilt must be finite, got nan"),
        (lambda: landscapes.bowl()([1, 2, 3]), ValueError, r"\(\.\.\., 2\).*'bowl'.*\(3,\)"),
        (lambda: landscapes.bowl().gradient(1.0), ValueError, r"got shape \(\)"),
        (lambda: landscapes.bowl().hessian(["a", "b"]), TypeError, "x must hold numbers, got"),
        (lambda: landscapes.bowl()([[1, 2], [3]]), TypeError, "x must be a rectangular array"),
        (lambda: landscapes.bowl(dim=3).grid(), ValueError, "'bowl' has dim=3"),
        (lambda: landscapes.bowl().grid(1), ValueError, "n must be at least 2, got 1"),
    ],
)
def test_errors_name_the_argument_and_the_value(call, error, message):
    with pytest.raises(error, match=message):
        call()
