"""The study of batch sizes against theory and against `descend`; its widget, in Python and in a browser."""

import dataclasses
import json

import numpy as np
import pytest

from coursekit import datasets
from coursekit.descent import LeastSquares, batch_study, descend
from coursekit.optimizers import SGD
from coursekit.widgets import Batches
from tests.controls import WAYS, dead_controls, look
from tests.stage import assert_reserved, axe, darken, hear, staged, state


def least_squares(n=200, l2=0.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2)) @ [[1.0, 0.3], [0.0, 0.8]]
    return LeastSquares(X, X @ [1.0, -1.0] + rng.normal(size=n), l2=l2)


@pytest.fixture(scope="module")
def study():
    """Two measurements of diabetes patients, standardized, against the course of the disease."""
    data = datasets.diabetes()
    X = data.X[:, [data.feature_names.index(name) for name in ("bmi", "s5")]]
    X, y = (X - X.mean(0)) / X.std(0), (data.y - data.y.mean()) / data.y.std()
    return batch_study(LeastSquares(X, y), [-1.5, 1.5], steps=600, seeds=60)


# --- The study ---


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_the_whole_data_set_is_plain_gradient_descent(l2):
    f = least_squares(l2=l2)
    runs = batch_study(f, [3.0, 2.0], batch_sizes=(None,), lrs=(0.1,), steps=50).at(200, 0.1)
    path = descend(f, [3.0, 2.0], SGD(lr=0.1), steps=50)
    assert np.allclose(runs.path, path.positions, atol=1e-12)
    share = (path.losses - f(f.minimizer())) / (path.losses[0] - f(f.minimizer()))
    assert np.allclose(runs.excess[:, 1], share, atol=1e-12)
    assert runs.variance == 0
    assert runs.seeds == 1


@pytest.mark.parametrize("size", [1, 4, 64, 150])
def test_the_gradients_variance_is_that_of_theory(size):
    f = least_squares()
    runs = batch_study(f, [3.0, 2.0], batch_sizes=(size,), lrs=(0.05,), steps=400, seeds=50).at(
        size, 0.05
    )
    one = np.var(f.example_gradients(f.minimizer()), axis=0).sum()
    expected = one / size * (f.size - size) / (f.size - 1)
    assert runs.variance == pytest.approx(expected, rel=0.05)


def test_the_noise_ball_has_the_size_of_theory(study):
    """For a small rate the positions' covariance C solves HC + CH = lr · (the gradient's covariance)."""
    runs = study.at(16, 0.02)
    lr, h = runs.lr, study.hessian
    away = runs.cloud - study.minimizer
    assert runs.radius == pytest.approx(np.sqrt((away**2).sum(axis=1).mean()), rel=0.15)
    # The trace of C lies between those for noise along the steepest and along the flattest direction.
    low, high = (lr * runs.variance / (2 * c) for c in np.linalg.eigvalsh(h)[::-1])
    assert low < runs.radius**2 < high
    # A rate times four, or batches a fourth as large: twice the radius.
    assert study.at(4, 0.02).radius == pytest.approx(2 * runs.radius, rel=0.15)


def test_large_batches_need_as_many_steps_and_more_examples(study):
    some, many = study.at(16, 0.1), study.at(256, 0.1)
    assert some.steps_to(0.1) == pytest.approx(many.steps_to(0.1), abs=2)
    assert many.examples_to(0.1) == 256 * many.steps_to(0.1) > 10 * some.examples_to(0.1)
    assert study.at(1, 0.2).steps_to(0.01) is None
    assert study.at(1, 0.2).examples_to(0.01) is None


def test_excess_after_is_an_interval(study):
    interval = study.at(16, 0.1).excess_after(10)
    assert interval.low < interval.mid < interval.high
    assert (interval.level, interval.n) == (0.8, 60)


def test_a_study_can_be_repeated():
    f = least_squares()
    again = [
        batch_study(f, [3.0, 2.0], batch_sizes=(1, 8), lrs=(0.1,), steps=20, seeds=3) for _ in "ab"
    ]
    other = batch_study(f, [3.0, 2.0], batch_sizes=(1, 8), lrs=(0.1,), steps=20, seeds=3, seed=1)
    for size in (1, 8):
        first, second, third = (s.at(size, 0.1).path for s in (*again, other))
        assert (first == second).all()
        assert (first[1:] != third[1:]).all()


def test_a_rate_that_is_too_large_is_an_infinite_loss_and_no_error():
    runs = batch_study(
        least_squares(), [3.0, 2.0], batch_sizes=(1, None), lrs=(5.0,), steps=1500, seeds=4
    )
    for size in (1, 200):
        assert np.isinf(runs.at(size, 5.0).excess[-1, 1])
        assert runs.at(size, 5.0).steps_to(0.1) is None
        json.dumps(Batches(runs).data, allow_nan=False)
        assert np.isfinite(Batches(runs).data["domain"]).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"objective": lambda w: w}, TypeError, "must be a LeastSquares"),
        (
            {"objective": LeastSquares(np.ones((5, 3)), np.ones(5))},
            ValueError,
            "two coefficients.*5, 3",
        ),
        (
            {"objective": LeastSquares(np.ones((5, 2)), np.ones(5))},
            ValueError,
            "features are proportional",
        ),
        ({"start": [1.0]}, ValueError, r"two numbers, got shape \(1,\)"),
        ({"start": least_squares().minimizer()}, ValueError, "must not be the minimum"),
        ({"batch_sizes": (1, 201)}, ValueError, "at most the number of examples, 200, got 201"),
        ({"batch_sizes": (0,)}, ValueError, "a batch size must be at least 1, got 0"),
        ({"batch_sizes": (200, None)}, ValueError, "different sizes"),
        ({"batch_sizes": ()}, ValueError, "at least one"),
        ({"lrs": (0.1, 0.1)}, ValueError, "different learning rates"),
        ({"lrs": (-0.1,)}, ValueError, "a learning rate must be greater than 0, got -0.1"),
        ({"steps": 3}, ValueError, "steps must be at least 8"),
        ({"seeds": 1}, ValueError, "seeds must be at least 2"),
        ({"seed": None}, TypeError, "seed must be an integer"),
        ({"names": ("a",)}, ValueError, "names must be two names"),
    ],
)
def test_what_is_wrong_is_said(arguments, error, message):
    given = {"objective": least_squares(), "start": [3.0, 2.0], "batch_sizes": (1, 8)} | arguments
    with pytest.raises(error, match=message):
        batch_study(given.pop("objective"), given.pop("start"), **given)


def test_runs_that_a_study_does_not_have(study):
    with pytest.raises(
        ValueError, match=r"no runs with batch_size=3, lr=0.1; batch sizes are \(1, 4, 16"
    ):
        study.at(3, 0.1)
    assert repr(study).startswith("BatchStudy: batch sizes 1, 4, 16, 64, 256, 442 of 442 examples")


# --- The widget in Python ---


def test_it_opens_in_the_middle_and_says_what_it_shows(study):
    w = Batches(study)
    assert (w.kind, w.batch_size, w.lr, w.work, w.goal, w.width) == (
        "batches",
        16,
        0.05,
        "examples",
        0.1,
        16,
    )
    assert len(w.challenges) == 3
    runs = study.at(16, 0.05)
    assert w.describe().startswith(
        "batches of 16 at learning rate 0.05: variance of the gradient 0.05"
    )
    assert f"after {runs.steps_to(0.1)} steps, {16 * runs.steps_to(0.1)} examples." in w.describe()
    w.batch_size, w.lr, w.goal = 1, 0.2, 0.01
    assert "never down to 1% of the excess loss in 600 steps." in w.describe()


def test_a_page_gets_at_most_60_kb_of_plain_json(study):
    data = Batches(study).data
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    assert json.loads(text) == data
    assert len(text) <= 60_000
    assert len(data["runs"]) == 6 * 4
    full, noisy = data["runs"][-1], data["runs"][0]
    assert full["cloud"] == []
    assert len(noisy["cloud"]) == 2 * 150
    low, high = np.transpose(data["domain"])
    start = np.round(1000 * (study.start - low) / (high - low)).tolist()
    assert noisy["path"][:2] == full["path"][:2] == start
    assert [len(row) for row in noisy["excess"]] == [len(data["at"])] * 3
    assert all(low <= mid <= high for low, mid, high in zip(*noisy["excess"], strict=True))
    assert noisy["reach"][0] == study.at(1, study.lrs[0]).steps_to(0.1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"batch_size": 3}, ValueError, "batch_size must be one of 1, 4, 16, 64, 256, 442, got 3"),
        ({"lr": 0.3}, ValueError, "lr must be one of 0.02, 0.05, 0.1, 0.2, got 0.3"),
        ({"work": "hours"}, ValueError, "unknown work: 'hours'"),
        ({"width": 0}, ValueError, "width must be at least 1"),
        ({"width": 2000}, ValueError, "width must be from 1 to 1024, got 2000"),
        ({"goal": 0.5}, ValueError, "goal must be 0.1, 0.01 or 0.001, got 0.5"),
        ({"overhead": -1}, ValueError, "overhead must be at least 0"),
        ({"study": None}, TypeError, "study must be what batch_study"),
    ],
)
def test_what_is_wrong_with_the_widget_is_said(study, arguments, error, message):
    with pytest.raises(error, match=message):
        Batches(**({"study": study} | arguments))


def test_a_study_too_large_for_a_page_is_refused(study):
    many = dataclasses.replace(study, runs={i: None for i in range(61)})
    with pytest.raises(
        ValueError, match="61 pairs of a batch size and a learning rate, more than the 60"
    ):
        Batches(many)


def test_state_is_the_same_each_time(study):
    assert Batches(study).data == Batches(study).data
    w = Batches(study)
    w.set_state({"batch_size": 64, "work": "time", "width": 4})
    assert (w.batch_size, w.work, w.width) == (64, "time", 4)
    assert state(w)["batch_size"] == 64


# --- The widget in a browser ---


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", [720, 360])
def test_every_control_moves_picture_and_sentence(browser, study, tmp_path, way, width):
    with staged(browser, [Batches(study, goal=0.01)], tmp_path, width=width) as page:
        assert dead_controls(page, page.locator(".ck"), way) == []


def test_the_maps_ground_is_light_by_day_and_dark_by_night(browser, study, tmp_path):
    corner = """() => {
      const canvas = document.querySelector(".ck-field");
      const [r, g, b, alpha] = canvas.getContext("2d").getImageData(3, 3, 1, 1).data;
      return [b > r, alpha / 255];
    }"""
    with staged(browser, [Batches(study)], tmp_path) as page:
        for _ in range(2):
            blue, opacity = page.evaluate(corner)
            assert blue
            assert 0.1 < opacity < 0.6
            darken(page)


def test_a_slider_is_moved_by_a_finger(browser, study, tmp_path):
    options = {"has_touch": True, "is_mobile": True, "viewport": {"width": 360, "height": 740}}
    with staged(browser, [Batches(study)], tmp_path, width=360, **options) as page:
        widget, slider = page.locator(".ck"), page.get_by_role("slider", name="batch size")
        slider.scroll_into_view_if_needed()
        box, before = slider.bounding_box(), look(widget)
        assert box["height"] >= 24
        page.touchscreen.tap(box["x"] + 0.99 * box["width"], box["y"] + box["height"] / 2)
        after = look(widget)
        assert after.picture != before.picture
        assert after.sentence.startswith("All 442 examples in each step")


@pytest.mark.parametrize(("index", "width"), [(0, 720), (1, 360)])
@pytest.mark.parametrize("challenges", [[], ["One.", "A longer one " * 8]])
def test_the_reserved_height_is_that_of_the_page(
    browser, study, tmp_path, index, width, challenges
):
    made = [Batches(study, challenges=challenges)]
    assert_reserved(browser, made, tmp_path, index, width, within=22 if challenges else 2)


@pytest.mark.parametrize("width", [720, 360])
def test_no_sentence_is_longer_than_the_room_kept_for_it(browser, study, tmp_path, width):
    with staged(browser, [Batches(study)], tmp_path, width=width) as page:
        heights = page.evaluate(
            """async () => {
              const { sizes, lrs, goals } = models[0].get("data");
              const seen = new Set();
              const settings = sizes.flatMap((batch_size) => lrs.flatMap((lr) => goals.flatMap((goal) =>
                ["steps", "time"].map((work) => ({ batch_size, lr, goal, work })))));
              for (const setting of settings) {
                for (const [name, value] of Object.entries(setting)) models[0].set(name, value);
                await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
                seen.add(document.querySelector(".ck-sentence").offsetHeight);
              }
              return [...seen];
            }"""
        )
        assert len(heights) == 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [720, 360])
def test_axe_finds_nothing(browser, study, tmp_path, dark, width):
    with staged(browser, [Batches(study)], tmp_path, width=width) as page:
        if dark:
            darken(page)
        assert axe(page) == []


def test_a_screen_reader_hears_the_sentence_once_it_is_still(browser, study, tmp_path):
    with staged(browser, [Batches(study)], tmp_path) as page:
        hear(page, lambda: page.get_by_role("slider", name="batch size").press("ArrowRight"))


def test_page_and_kernel_follow_each_other(browser, study, tmp_path):
    widget = Batches(study)
    with staged(browser, [widget], tmp_path, kernel=True) as page:
        page.get_by_role("slider", name="learning rate").press("ArrowRight")
        page.get_by_role("slider", name="examples at once").press("ArrowLeft")
        page.wait_for_timeout(200)
        assert (widget.lr, widget.width, widget.work) == (0.1, 8, "time")
        widget.batch_size = 442
        page.evaluate("models[0].send({})")
        page.wait_for_function(
            "document.querySelector('.ck-sentence').textContent.startsWith('All 442')"
        )
        assert (
            page.get_by_role("slider", name="batch size").get_attribute("aria-valuetext")
            == "all 442"
        )
