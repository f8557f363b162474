"""Searches against brute force, tables as text and HTML, and the learning-rate range test."""

import doctest
import itertools
import math
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit import landscapes, search
from coursekit.descent import LeastSquares, Objective, descend, largest_curvature
from coursekit.optimizers import SGD
from coursekit.search import (
    Table,
    choice,
    grid,
    grid_search,
    learning_rate_range_test,
    log_uniform,
    random_search,
    range_test,
    spaces,
    table,
    trials,
    uniform,
)
from coursekit.seeding import fraction, generator, repeat


def bumpy(lr, momentum):
    return (math.log10(lr) + 2) ** 2 + (momentum - 0.7) ** 2


# --- Grids and spaces ---


@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_a_grid_is_the_product_of_its_axes(sizes):
    axes = {f"axis{i}": list(range(size)) for i, size in enumerate(sizes)}
    points = grid(**axes)
    assert [tuple(point.values()) for point in points] == list(itertools.product(*axes.values()))
    assert all(list(point) == list(axes) for point in points)


def test_axes_may_be_arrays_and_hold_anything():
    assert grid(a=np.array([0.5, 1.0]), b=range(1), c=("x", None)) == [
        {"a": a, "b": 0, "c": c} for a in (0.5, 1.0) for c in ("x", None)
    ]
    assert type(grid(a=np.array([0.5]))[0]["a"]) is float


def test_grids_too_large_say_their_size():
    with pytest.raises(ValueError, match=r"200 x 100 = 20,000 points.*random_search"):
        grid(a=range(200), b=range(100))
    assert len(grid(a=range(100), b=range(100))) == 10_000


@pytest.mark.parametrize(
    ("space", "below", "share"),
    [
        (uniform(-1, 3), 0, 1 / 4),
        (uniform(-1, 3), 2, 3 / 4),
        (log_uniform(1e-4, 1), 1e-3, 1 / 4),
        (log_uniform(1e-4, 1), 0.1, 3 / 4),
        (choice([1, 2, 3, 4]), 1.5, 1 / 4),
    ],
)
def test_spaces_draw_as_they_say(space, below, share):
    rng = generator(0)
    drawn = [space.draw(rng) for _ in range(4000)]
    result = fraction([value < below for value in drawn], level=0.9999)
    assert result.low < share < result.high


@given(low=st.floats(1e-8, 1e3), ratio=st.floats(1.001, 1e6), seed=st.integers(0, 1000))
def test_log_uniform_stays_within_its_bounds(low, ratio, seed):
    value = log_uniform(low, low * ratio).draw(generator(seed))
    assert type(value) is float
    assert low <= value <= low * ratio


def test_log_uniform_is_not_led_out_by_rounding():
    class Edge:
        def __init__(self, pick):
            self.uniform = lambda low, high: pick(low, high)

    lows = [1e-4 * 1.1**i for i in range(40)]
    assert any(math.exp(math.log(low)) < low for low in lows)  # or this would show nothing
    for low in lows:
        assert low <= log_uniform(low, 2 * low).draw(Edge(min))
        assert log_uniform(low / 2, low).draw(Edge(max)) <= low


# --- Searching ---


def test_grid_search_finds_what_brute_force_does():
    axes = {"lr": [1e-4, 1e-3, 1e-2, 1e-1], "momentum": [0.0, 0.5, 0.9]}
    result = grid_search(bumpy, axes)
    brute = sorted((bumpy(lr, m), lr, m) for lr in axes["lr"] for m in axes["momentum"])
    assert [(row["loss"], row["lr"], row["momentum"]) for row in result] == brute
    assert result.best == {"lr": 1e-2, "momentum": brute[0][2]}
    assert result.best_loss == brute[0][0] == bumpy(**result.best)
    assert sorted(result.column("trial")) == list(range(12))
    assert result.columns == ["trial", "lr", "momentum", "loss"]
    in_order = result.sorted("trial")
    assert in_order.column("lr")[:4] == [1e-4] * 3 + [1e-3]
    assert result.note == ""


def test_random_search_follows_from_its_seed():
    axes = {"lr": log_uniform(1e-4, 1), "momentum": uniform(0, 1)}
    first, again, other = (random_search(bumpy, axes, 20, seed) for seed in (1, 1, 2))
    assert first.rows == again.rows
    assert first.best != other.best
    more = random_search(bumpy, axes, 30, seed=1).sorted("trial")
    assert more.rows[:20] == first.sorted("trial").rows
    rng = generator(1)
    assert random_search(bumpy, axes, 20, rng).rows == first.rows
    assert random_search(bumpy, axes, 20, rng).rows != first.rows  # the generator has moved on
    assert first.best_loss == min(first.column("loss"))


def test_failed_trials_are_listed_last_and_why():
    def objective(lr):
        if lr == 1:
            raise FloatingPointError("overflow encountered in multiply")
        return {2: math.nan, 3: -math.inf, 4: math.inf}.get(lr, lr)

    result = grid_search(objective, {"lr": [1, 2, 3, 4, 5, 0.5]})
    assert result.column("lr") == [0.5, 5, 1, 2, 3, 4]
    assert result.column("loss") == [0.5, 5] + [math.inf] * 4
    assert result.column("failed") == [
        None, None, "FloatingPointError: overflow encountered in multiply",
        "loss nan", "loss -inf", "loss inf",
    ]  # fmt: skip
    assert result.best == {"lr": 0.5}

    hopeless = grid_search(lambda lr: math.nan, {"lr": [1, 2]})
    assert hopeless.best_loss == math.inf
    with pytest.raises(ValueError, match="all 2 trials failed: loss nan"):
        _ = hopeless.best


def test_other_errors_pass_and_name_their_trial():
    def objective(lr):
        return 1 / (lr - 2)

    with pytest.raises(ZeroDivisionError) as caught:
        grid_search(objective, {"lr": [1, 2, 3]})
    assert caught.value.__notes__ == ["This happened in trial 1 of 3: {'lr': 2}"]
    with pytest.raises(TypeError, match="must return the loss.*got None") as caught:
        grid_search(lambda lr: None, {"lr": [1, 2, 3]})
    assert "trial 0 of 3" in caught.value.__notes__[0]


def test_more_than_the_loss():
    result = grid_search(lambda lr: {"steps": 10 * lr, "loss": -lr}, {"lr": [1, 2]})
    assert result.rows[0] == {"trial": 1, "lr": 2, "steps": 20, "loss": -2.0}
    assert grid_search(lambda a: np.float32(a), {"a": [1]}).best_loss == 1
    assert grid_search(lambda a: np.array(a), {"a": [1]}).best_loss == 1


def test_an_interrupted_search_keeps_its_trials():
    def objective(lr):
        if lr == 3:
            raise KeyboardInterrupt
        return lr

    result = grid_search(objective, {"lr": [2, 1, 3, 4]})
    assert result.column("lr") == [1, 2]
    assert result.note == "Interrupted after 2 of 4 trials."
    assert "Interrupted after 2 of 4" in repr(result)
    with pytest.raises(KeyboardInterrupt):
        grid_search(objective, {"lr": [3]})


def test_search_for_a_learning_rate_finds_one_over_the_curvature():
    """learning-rate-is-small-number: the best rate is in units of 1/curvature."""
    rates = np.geomspace(1e-3, 1e3, 121)
    for curvature in (0.01, 1.0, 100.0):
        f = Objective(lambda x, c=curvature: 0.5 * c * x**2, lambda x, c=curvature: c * x)
        result = grid_search(lambda lr, f=f: descend(f, 1.0, SGD(lr), 3).loss, {"lr": rates})
        assert result.best["lr"] == pytest.approx(1 / curvature, rel=0.1)


def test_random_search_beats_the_grid_where_one_of_two_matters():
    """grid-or-random-search: nine trials each."""

    def both(rng):
        good = rng.uniform()

        def loss(matters, idle):
            return (matters - good) ** 2

        unit = {"matters": uniform(0, 1), "idle": uniform(0, 1)}
        thirds = {name: [1 / 6, 1 / 2, 5 / 6] for name in unit}
        return random_search(loss, unit, 9, rng).best_loss < grid_search(loss, thirds).best_loss

    assert fraction(repeat(both, times=400)).low > 0.5


# --- Tables ---


class Cells(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_a_table_as_text_lines_up():
    rows = ({"name": "a", "loss": 1 / 3}, {"name": "bcd", "loss": 12345.678, "n": 3}, {"n": 10**7})
    lines = repr(Table(rows, "A note.")).split("\n")
    assert lines == [
        "name       loss         n",
        "   a     0.3333",
        " bcd  1.235e+04         3",
        "                 10000000",
        "A note.",
    ]


def test_a_table_as_html_escapes_text():
    nasty = Table(({"<b>": "<script>alert(1)</script>", "x": 0.123456},), "a < b")
    seen = Cells(nasty._repr_html_())
    assert set(seen.tags) == {"table", "thead", "tbody", "tr", "th", "td", "p"}
    assert seen.texts == ["<b>", "x", "<script>alert(1)</script>", "0.1235", "a < b"]


def test_long_tables_are_cut_in_print_only():
    long = Table(tuple({"i": i} for i in range(25)))
    assert repr(long).split("\n")[-2:] == ["19", "... 5 more"]
    assert Cells(long._repr_html_()).tags.count("tr") == 21
    assert len(long) == len(list(long)) == 25
    assert long[24] == {"i": 24}
    exact = long.head(20)
    assert "more" not in repr(exact)
    assert len(exact) == 20


def test_sorting_and_columns():
    made = Table(({"a": 2, "b": "x"}, {"a": 1}), "note")
    assert made.columns == ["a", "b"]
    assert made.column("b") == ["x", None]
    assert made.sorted("a").rows == ({"a": 1}, {"a": 2, "b": "x"})
    assert made.sorted("a").note == "note"
    assert repr(Table(())) == ""
    assert "<table>" in Table(())._repr_html_()


# --- Range test ---


@given(
    condition=st.floats(1, 1000),
    scale=st.floats(1e-3, 1e3),
    momentum=st.sampled_from([0.0, 0.9]),
)
def test_the_suggestion_is_near_and_below_the_edge_on_bowls(condition, scale, momentum):
    bowl = landscapes.get("bowl", condition=condition)
    f = Objective(lambda x: scale * bowl(x), lambda x: scale * bowl.gradient(x))
    edge = 2 / (scale * largest_curvature(bowl, [0.0, 0.0]))
    result = learning_rate_range_test(
        f, [1.0, 1.0], SGD(1.0, momentum), lowest=edge * 1e-4, highest=edge * 1e3
    )
    # Momentum adds up ten steps, and its swings hide how low the loss would settle.
    assert (1e-4 if momentum else 0.01) * edge < result.suggestion < edge
    path = descend(f, [1.0, 1.0], SGD(result.suggestion, momentum), 500)
    assert path.loss < path.losses[0]


def test_rates_rise_in_equal_ratios_and_stand_beside_the_loss_they_led_to():
    f = Objective(lambda x: 0.5 * x**2, lambda x: x)
    result = learning_rate_range_test(f, 1.0, lowest=1.2e-3, highest=1.2e3, steps=61)
    rates = np.array(result.column("lr"))
    np.testing.assert_allclose(rates[1:] / rates[:-1], 10**0.1)
    np.testing.assert_allclose(result.column("loss"), 0.5 * np.cumprod(1 - rates) ** 2, atol=1e-300)
    losses = result.column("loss")
    k = len(losses) // 2
    assert result.column("smoothed")[k] == np.median(losses[k - 3 : k + 4])
    assert result.column("smoothed")[-1] > 0.5 >= result.column("smoothed")[-2]
    lowest = int(np.argmin(result.column("smoothed")))
    assert result.suggestion == pytest.approx(rates[lowest] / 10)
    assert "Suggested rate" in repr(result)


def test_range_test_in_mini_batches_leads_to_a_rate_that_works():
    rng = generator(0)
    X = rng.normal(size=(400, 5))
    y = X @ rng.normal(size=5) + 0.1 * rng.normal(size=400)
    f = LeastSquares(X, y, batch_size=16)
    start = np.zeros(5)
    result = learning_rate_range_test(f, start)
    assert not start.any()
    path = descend(f, start, SGD(result.suggestion), 20 * f.steps_per_epoch)
    assert f(path.end) < 0.01 * f(start)


def test_ranges_that_are_too_narrow_say_so():
    bowl = landscapes.get("bowl", condition=10)
    low = learning_rate_range_test(bowl, [1.0, 1.0], lowest=1e-6, highest=1e-4)
    assert "try rates above 0.0001" in low.note
    high = learning_rate_range_test(bowl, [1.0, 1.0], lowest=10.0, highest=100.0)
    assert high.suggestion is None
    assert high.note == "The loss never fell: try rates below 10."
    flat = learning_rate_range_test(bowl, [0.0, 0.0])
    assert flat.suggestion is None
    assert flat.note == "The loss never changed: is the gradient zero at the start?"
    optimizer = SGD(0.3)
    learning_rate_range_test(bowl, [1.0, 1.0], optimizer)
    assert optimizer.lr == 0.3


# --- Mistakes ---

BOWL = landscapes.get("bowl")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: grid(), ValueError, "at least one axis"),
        (lambda: grid(a=[]), ValueError, "a must have at least one value"),
        (lambda: grid(a=3), TypeError, "a must be a list of values, got 3"),
        (lambda: grid(a="abc"), TypeError, "a must be a list of values, got 'abc'"),
        (lambda: uniform(1, 1), ValueError, "high must be greater than 1, got 1"),
        (lambda: log_uniform(0, 1), ValueError, "low must be greater than 0"),
        (lambda: log_uniform(1, math.inf), ValueError, "high must be finite"),
        (lambda: choice([]), ValueError, "options must have at least one value"),
        (lambda: random_search(bumpy, {}, 3, 0), ValueError, "at least one hyper-parameter"),
        (lambda: random_search(bumpy, [uniform(0, 1)], 3, 0), TypeError, "spaces must be a dict"),
        (lambda: grid_search(bumpy, [0.1, 1.0]), TypeError, r"axes must be a dict .*, got \[0.1"),
        (lambda: grid_search(bumpy, {1: [0.1]}), TypeError, "axes must be a dict from names"),
        (lambda: random_search(bumpy, {"lr": 0.1}, 3, 0), TypeError, r"spaces\['lr'\].*got 0.1"),
        (lambda: random_search(bumpy, {"lr": uniform(0, 1)}, 0, 0), ValueError, "trials must be at"),
        (lambda: random_search(bumpy, {"lr": uniform(0, 1)}, 3, None), TypeError, "seed must be an"),
        (lambda: grid_search(bumpy, {"loss": [1]}), ValueError, "cannot be called 'loss'"),
        (lambda: grid_search(lambda a: True, {"a": [1]}), TypeError, "must return the loss"),
        (lambda: grid_search(lambda a: {"b": 1}, {"a": [1]}), TypeError, "must return the loss"),
        (lambda: grid_search(lambda a: {"loss": 1, "a": 2}, {"a": [1]}), ValueError, "returned 'a'"),
        (lambda: Table(({"a": 1},)).column("b"), ValueError, "unknown column: 'b'"),
        (lambda: Table(({"a": 1},)).sorted("b"), ValueError, "unknown column: 'b'"),
        (lambda: Table(({"a": 1}, {"b": 2})).sorted("b"), ValueError, "row 0 has no 'b'"),
        (lambda: learning_rate_range_test(BOWL, [1.0, 1.0], steps=5), ValueError, "steps must be"),
        (lambda: learning_rate_range_test(BOWL, [1.0, 1.0], lowest=0), ValueError, "lowest must be"),
        (lambda: learning_rate_range_test(BOWL, [1.0, 1.0], highest=1e-9), ValueError, "highest must"),
        (lambda: learning_rate_range_test(BOWL, np.ones((3, 2))), ValueError, "a single run, got runs"),
        (lambda: learning_rate_range_test(lambda x: (math.nan, x), 1.0), ValueError, "not finite at"),
    ],
)  # fmt: skip
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("module", [search, spaces, table, trials, range_test])
def test_docstring_examples(module):
    assert doctest.testmod(module).failed == 0
