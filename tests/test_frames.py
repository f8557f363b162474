"""frames: what a function may return, which controls there are, what a page gets, with a kernel or not."""

import json

import numpy as np
import pytest

from coursekit import plots
from coursekit.widgets import Frames, between, frames
from coursekit.widgets.results import thinned
from tests.controls import WAYS, dead_controls, look
from tests.stage import assert_reserved, axe, connect, darken, staged, state

STEPS = np.arange(20)


def losses(lr, beta=0.0):
    return {
        "sgd": (STEPS, (1 - lr) ** STEPS),
        "heavy": (STEPS, (1 - lr / 2) ** (STEPS * (1 - beta))),
    }


def drawn(lr):
    falls = f"With a rate of {lr} the loss is halved {20 * lr:.0f} times over."
    return plots.lines({"loss": (STEPS, (1 - lr) ** STEPS)}, x="step", y="loss", alt=falls)


def narrow(side):
    figure, ax = plots.picture(alt=f"A square of side {side}.", width=3.0, height=3.0)
    ax.plot([0, side, side, 0, 0], [0, 0, side, side, 0], color=plots.COLORS["loss"])
    ax.set(xlim=(-1, 4), ylim=(-1, 4))
    return figure


def words(widget):
    return widget.describe().split(": ", 1)[1]


# --- What the function may return ---


def test_lines_are_named_at_their_ends_and_share_their_axes():
    w = frames(losses, lr=[0.1, 0.3, 0.5], x="step", y="loss")
    assert isinstance(w, Frames)
    assert w.kind == "frames"
    assert words(w) == "At lr = 0.3: sgd ends at 0.00114, heavy ends at 0.0456."
    assert w.axes["xlim"] == [0, 19]
    assert w.axes["ylim"] == [1.907e-06, 1]
    assert w.axes["names"] == ["sgd", "heavy"]
    assert len(w.grid) == 3
    places = {line[1] for frame in w.grid for line in frame["lines"]}
    assert len(places) == 1, "x is stored once"
    assert w.pool[places.pop()] == STEPS.tolist()


def test_a_picture_is_inlined_in_the_pages_colors_and_its_alt_text_is_the_sentence():
    w = frames(drawn, lr=[0.1, 0.3])
    assert words(w) == "With a rate of 0.1 the loss is halved 2 times over."
    svg = "".join(w.pool[part] for part in w.grid[0]["svg"])
    assert svg.startswith("<svg")
    assert 'role="img"' in svg
    assert 'aria-label="With a rate of 0.1' in svg
    assert "var(--ck-loss)" in svg
    assert "#0072b2" not in svg
    parts = [part for frame in w.grid for part in frame["svg"]]
    assert len(set(parts)) < 0.7 * len(parts), "what two drawings share is stored once"


@pytest.mark.parametrize(
    ("function", "said", "frame"),
    [
        (lambda lr: f"A rate of {lr}.", "A rate of 0.1.", "text"),
        (lambda lr: lr / 3, "At lr = 0.1: 0.0333.", "text"),
        (lambda lr: np.float32(-1e-9), "At lr = 0.1: −10⁻⁹.", "text"),
        (lambda lr: np.inf, "At lr = 0.1: ∞.", "text"),
        (lambda lr: lr > 1, "At lr = 0.1: no.", "text"),
        (lambda lr: {"loss": lr, "ended": "early"}, "At lr = 0.1: loss 0.1, ended early.", "table"),
    ],
)
def test_words_and_numbers(function, said, frame):
    w = frames(function, lr=[0.1, 0.2])
    assert words(w) == said
    assert frame in w.grid[0]


def test_describe_says_what_is_to_be_seen_and_may_look_at_the_result():
    assert (
        words(frames(losses, lr=[0.1, 0.2], describe=lambda lr: f"A rate of {lr}."))
        == "A rate of 0.1."
    )

    def end(result, lr):
        return f"{lr}: {result['sgd'][1][-1]:.2f}"

    assert words(frames(losses, lr=[0.1, 0.2], describe=end)) == "0.1: 0.14"


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda lr: None, RuntimeError, r"\(lr=0.1\): TypeError: expected a Picture, .*; got None"),
        (lambda lr: {}, RuntimeError, "an empty dict shows nothing"),
        (
            lambda lr: {"a": ([1, 2], [1])},
            RuntimeError,
            r"the line 'a' has x of shape \(2,\) and y of shape",
        ),
        (lambda lr: 1 / (lr - 0.2), RuntimeError, r"lambda>\(lr=0.2\): ZeroDivisionError"),
        (lambda rate: 1, RuntimeError, "unexpected keyword argument 'lr'"),
        (
            lambda lr: "a" if lr < 0.2 else losses(lr),
            TypeError,
            "same kind .*: lines at lr=0.2, text",
        ),
        ("losses", TypeError, "function must be a function, got 'losses'"),
    ],
)
def test_a_function_that_fails_is_told_with_its_values(function, error, message):
    with pytest.raises(error, match=message):
        frames(function, lr=[0.1, 0.2])


def test_the_error_keeps_its_cause():
    with pytest.raises(RuntimeError) as caught:
        frames(lambda lr: [][0], lr=[0.1, 0.2])
    assert isinstance(caught.value.__cause__, IndexError)


# --- Controls ---


def test_values_say_what_kind_of_control_it_is():
    w = frames(
        lambda **values: str(values),
        {"x": [1, 2, 3]},
        way=("forward", "central"),
        noisy=[False, True],
        start={"noisy": True},
        labels={"x": "start x"},
    )
    assert [(c["label"], c["kind"]) for c in w.controls] == [
        ("start x", "numbers"),
        ("way", "choice"),
        ("noisy", "switch"),
    ]
    assert w.values == {"x": 2, "way": "forward", "noisy": True}
    assert words(w) == "{'x': 2, 'way': 'forward', 'noisy': True}"


def test_numbers_lose_the_dust_of_their_last_digits():
    w = frames(lambda beta: repr(beta), beta=np.linspace(0, 0.9, 10))
    assert w.controls[0]["values"] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert "0.30000000000000004" not in json.dumps(w.pool)


def test_between_has_stops():
    assert between(0.01, 1, 5, log=True).values == (0.01, 0.0316, 0.1, 0.316, 1.0)
    assert between(-1, 1, 3).values == (-1, 0, 1)
    assert between(0, 10, 4).values == (0, 3.33, 6.67, 10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 1), "high must be greater than 1"),
        ((0, 1, 5, True), "low must be greater than 0"),
        ((0, 1, 1), "count must be at least 2"),
        ((0, 1, 3000), "nearer to each other than three digits"),
    ],
)
def test_between_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        between(*arguments[:3], log=len(arguments) == 4)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ValueError, "one to three controls, .* got 0"),
        (dict.fromkeys("abcd", (1, 2)), ValueError, "got 4: a, b, c, d"),
        ({"lr": 0.1}, TypeError, r"lr must be a sequence of values, such as .* between\(.*got 0.1"),
        ({"lr": "fast"}, TypeError, "lr must be a sequence of values"),
        ({"lr": [0.1]}, ValueError, "lr must be at least two values, all different"),
        ({"lr": [0.1, 0.1]}, ValueError, "all different"),
        ({"lr": [0.1, "a"]}, TypeError, "all numbers, all strings or all booleans"),
        ({"lr": [1, True]}, TypeError, "all numbers, all strings or all booleans"),
        ({"lr": [0.1, np.nan]}, ValueError, "lr must be finite"),
        ({"lr": [0.1, 1], "start": {"lr": 0.5}}, ValueError, "lr must be one of 0.1, 1, got 0.5"),
        ({"lr": [0.1, 1], "start": {"rate": 1}}, ValueError, "unknown control: 'rate'"),
        (
            {"lr": between(0, 1), "start": {"lr": 2}},
            ValueError,
            "lr must be a number from 0 to 1, got 2",
        ),
        ({"lr": [0.1, 1], "labels": {"l": "x"}}, ValueError, "unknown control in labels: 'l'"),
        ({"lr": [0.1, 1], "log": "z"}, ValueError, "unknown log: 'z'"),
        ({"lr": [0.1, 1], "colors": ["red"]}, ValueError, "unknown color: 'red'"),
        ({"lr": [0.1, 1], "ylim": (1, 0)}, ValueError, "ylim must be two numbers"),
        ({"lr": [0.1, 1], "ylim": (0, 1), "log": "y"}, ValueError, "ylim must be above 0"),
        (
            {"lr": [0.1, 1], "describe": lambda lr: None},
            RuntimeError,
            "describe must return a sentence",
        ),
    ],
)
def test_what_is_wrong_with_an_option_is_said(options, error, message):
    with pytest.raises(error, match=message):
        frames(lambda **values: "A sentence.", **options)


# --- Size ---


def test_too_many_combinations_are_refused_before_the_first_call():
    def never(a, b):
        raise AssertionError

    with pytest.raises(
        ValueError, match="21 × 20 = 420 combinations .* more than 400: take fewer values"
    ):
        frames(never, a=range(21), b=range(20))


def test_results_too_large_for_a_page_are_refused_with_sizes_and_advice():
    rng = np.random.default_rng(0)
    message = (
        r"take \d+ kB, more than the 300 kB .*: 50 frames of about \d+\.\d kB\. .*fewer points"
    )
    with pytest.raises(ValueError, match=message):
        frames(
            lambda a: {"noise": (np.arange(3000), rng.normal(size=3000))}, a=range(50), points=2000
        )


def test_a_long_line_keeps_its_ends_and_its_peaks():
    xs = np.arange(100_000.0)
    ys = np.sin(xs / 9000)
    ys[33_333] = 5
    ys[70_000] = np.nan
    some_x, some_y = thinned(xs, ys, "", 300)
    assert 200 < some_x.size <= 402
    assert some_x[[0, -1]].tolist() == [0, 99_999]
    assert np.nanmax(some_y) == 5
    assert np.isnan(some_y).sum() == 1
    assert np.abs(np.diff(some_x)).max() < 1500
    decades = thinned(xs + 1, ys, "x", 300)[0]
    assert (decades < 100).sum() > 40, "thinned as drawn"


def test_state_is_plain_json_and_the_same_each_time():
    def study(lr):
        return {"loss": (STEPS / 7, np.where(STEPS == 3, np.inf, (1 - lr) ** STEPS))}

    first, second = (state(frames(study, lr=between(0.1, 0.5, 4), log="y")) for _ in range(2))
    kept = {
        key: first[key]
        for key in ("controls", "values", "axes", "pool", "grid", "reserve", "fresh")
    }
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept
    assert kept == {key: second[key] for key in kept}
    assert None in first["pool"][first["grid"][0]["lines"][0][2]]


def test_a_slow_grid_tells_how_far_it_is(monkeypatch):
    monkeypatch.setattr("coursekit.descent.progress.Progress.FIRST", 0.0)
    monkeypatch.setattr("coursekit.descent.progress.Progress.BETWEEN", 0.0)
    told = []
    frames(losses, lr=[0.1, 0.2, 0.3], progress=told.append)
    assert told == ["frame 1 of 3", "frame 2 of 3", "frame 3 of 3"]


def test_nothing_is_told_where_there_is_no_terminal(capsys):
    frames(losses, lr=[0.1, 0.2])
    assert capsys.readouterr() == ("", "")


# --- With a kernel ---


def test_a_new_function_replaces_all_frames_and_keeps_the_values():
    w = frames(losses, lr=[0.1, 0.3], start={"lr": 0.3})
    w.update(lambda lr: f"Now {lr}.")
    assert words(w) == "Now 0.3."
    assert "text" in w.grid[0]
    with pytest.raises(RuntimeError, match="lr=0.1"):
        w.update(lambda lr: 1 / 0)
    assert words(w) == "Now 0.3.", "a failure leaves what was there"


def test_between_the_stops_python_computes_the_frame():
    called = []

    def f(lr, way):
        called.append(lr)
        return f"{way} {lr}"

    w = frames(f, lr=between(0.1, 1, 4), way=["a", "b"])
    assert len(called) == 8
    w.values = {"lr": 0.25}
    assert words(w) == "a 0.25"
    assert called[8:] == [0.25]
    w.values = {"way": "b"}
    assert words(w) == "b 0.25"
    w.values = {"lr": 0.4}
    assert words(w) == "b 0.4"
    assert len(called) == 10, "the frames at the stops are there already"
    with pytest.raises(ValueError, match="lr must be a number from 0.1 to 1"):
        w.values = {"lr": 7}
    assert w.values == {"lr": 0.4, "way": "b"}


def test_a_page_that_asks_hears_that_there_is_a_kernel():
    w = frames(losses, lr=between(0.1, 0.5, 3))
    comm = connect(w)
    w._handle_custom_msg({"type": "hello"}, [])
    assert comm.heard()["messages"] == [{"type": "live"}]
    w.set_state({"values": {"lr": 0.2}})
    heard = comm.heard()["state"]
    assert heard["fresh"]["values"] == {"lr": 0.2}
    assert heard["fresh"]["pool"][0].startswith("At lr = 0.2: sgd ends at 0.0144")


def test_a_function_that_fails_between_the_stops_says_so_on_the_page():
    def f(lr):
        if lr == 0.25:
            raise ValueError("a quarter")
        return "fine"

    w = frames(f, lr=between(0.1, 0.5, 3))
    w.set_state({"values": {"lr": 0.25}})
    assert w.fresh == {"values": {"lr": 0.25}, "error": "f(lr=0.25): ValueError: a quarter"}
    assert "a quarter" in w.describe()
    w.values = {"lr": 0.1}
    with pytest.raises(RuntimeError, match="a quarter"):
        w.values = {"lr": 0.25}


# --- In a browser ---


def shown():
    return [
        frames(losses, lr=between(0.05, 0.5, 7), beta=[0.1, 0.5, 0.8], x="step", y="loss", log="y"),
        frames(drawn, lr=[0.1, 0.2, 0.3]),
        frames(narrow, side=[1, 2, 3]),
        frames(lambda n, way: {"found": n * len(way), "by": way}, n=[1, 2, 3], way=["all", "some"]),
        frames(
            lambda on: f"It is {'on' if on else 'off'}.",
            on=[False, True],
            challenges=["Turn it on."],
        ),
    ]


@pytest.fixture(scope="module")
def widgets():
    return shown()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", [720, 360])
def test_every_control_moves_picture_and_sentence(browser, widgets, tmp_path, way, width):
    with staged(browser, widgets, tmp_path, width=width) as page:
        for widget in page.locator(".ck").all():
            assert dead_controls(page, widget, way) == []


@pytest.mark.parametrize(("index", "width"), [(0, 720), (1, 360)])
def test_the_reserved_height_is_that_of_the_page(browser, widgets, tmp_path, index, width):
    assert_reserved(browser, widgets, tmp_path, index, width, within=12)


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(browser, widgets, tmp_path, dark):
    with staged(browser, widgets, tmp_path, width=360) as page:
        if dark:
            darken(page)
        assert axe(page) == []


def test_a_drawing_follows_the_pages_colors(browser, widgets, tmp_path):
    with staged(browser, widgets, tmp_path) as page:
        line = page.locator(".ck-figure path[style*='--ck-loss']").first
        color = "node => getComputedStyle(node).stroke"
        light = line.evaluate(color)
        darken(page)
        assert light == "rgb(0, 114, 178)"
        assert line.evaluate(color) == "rgb(86, 180, 233)"


@pytest.mark.parametrize("width", [720, 360])
def test_names_at_the_ends_of_lines_are_inside_the_picture(browser, tmp_path, width):
    lines = {"momentum": ([0, 1, 2], [0, 1, 2]), "WMW wmw mmm": ([0, 1, 2], [2, 1, 0])}
    widget = frames(lambda a: lines, a=[1, 2])
    with staged(browser, [widget], tmp_path, width=width) as page:
        right, ends = page.evaluate(
            """() => [document.querySelector("svg").getBoundingClientRect().right,
              [...document.querySelectorAll("svg text")].map((t) => t.getBoundingClientRect().right)]"""
        )
        assert len(ends) > 2
        assert max(ends) <= right


def test_what_is_below_stays_where_it_is_while_the_sentence_changes(browser, tmp_path):
    long = "a long sentence that takes more than one line on a phone, and then some more words"
    widget = frames(lambda n: f"{n} {long if n == 2 else ''}", n=[1, 2], challenges=["Look."])
    with staged(browser, [widget], tmp_path, width=360) as page:
        place = page.locator(".ck-challenges").bounding_box()["y"]
        page.locator("input").press("ArrowRight")
        page.wait_for_function("document.querySelector('.ck-sentence').textContent.length > 50")
        assert page.locator(".ck-challenges").bounding_box()["y"] == place


def test_without_a_kernel_the_slider_has_stops_and_with_one_it_moves_freely(browser, tmp_path):
    def slider(page):
        return page.locator("input[type=range]").first

    with staged(browser, shown()[:1], tmp_path) as page:
        assert slider(page).get_attribute("step") == "1"
    widgets = shown()[:1]
    with staged(browser, widgets, tmp_path, kernel=True) as page:
        page.wait_for_function("document.querySelector('input[type=range]').step === '0.05'")
        for _ in range(3):
            slider(page).press("ArrowRight")
        page.wait_for_function(
            "document.querySelector('.ck-sentence').textContent.includes('lr = 0.286')"
        )
        assert widgets[0].values["lr"] == 0.286
        assert slider(page).get_attribute("aria-valuetext") == "0.286"
        assert page.locator(".ck-value").first.inner_text() == "0.286"


def test_a_slider_that_becomes_free_stands_where_it_stood_at_once(browser, tmp_path):
    with staged(browser, shown()[:1], tmp_path) as page:
        before, after = page.evaluate(
            """() => {
              const at = () => document.querySelector("input[type=range]").value;
              const before = at();
              models[0].tell("msg:custom", { type: "live" });
              return [before, at()];
            }"""
        )
        assert float(before) > 0
        assert after == before


def test_python_moves_the_picture_of_a_page(browser, tmp_path):
    (widget,) = widgets = shown()[:1]
    with staged(browser, widgets, tmp_path, kernel=True) as page:
        page.wait_for_function("document.querySelector('input[type=range]').step === '0.05'")
        before = look(page.locator(".ck"))
        widget.values = {"beta": 0.8, "lr": 0.1}
        page.evaluate("models[0].send({ type: 'more' })")
        page.wait_for_function(
            "document.querySelector('.ck-sentence').textContent.includes('beta = 0.8')"
        )
        after = look(page.locator(".ck"))
        assert after.picture != before.picture
        widget.update(lambda lr, beta: f"Another function of {lr}.")
        page.evaluate("models[0].send({ type: 'more' })")
        page.wait_for_function(
            "document.querySelector('.ck-sentence').textContent.startsWith('Another')"
        )
        assert page.locator(".ck-plot").count() == 0
