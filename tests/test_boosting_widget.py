"""Boosting: its sums against coursekit.boosting, in Python, in node and in a browser."""

import base64
import json

import numpy as np
import pytest
import traitlets

from coursekit.boosting import GradientBoostingClassifier, GradientBoostingRegressor
from coursekit.widgets import Boosting
from tests.controls import WAYS, dead_controls, look
from tests.stage import assert_reserved, axe, darken, hear, staged, state
from tests.tools import numerics

SCRIPT = """
import { boosted, surveyed } from "./boosting.js";
import { readFileSync } from "node:fs";
const { data, runs } = JSON.parse(readFileSync(0, "utf8"));
const out = runs.map((choice) => {
  const run = boosted(data, ...choice);
  return { ...run, stages: run.F.map((_, m) => surveyed(run, m)) };
});
process.stdout.write(JSON.stringify(out));
"""
ULPS = 4 * np.finfo(float).eps


def node(widget):
    """What the page computes of each of the widget's models."""
    sent = {"data": widget.data, "runs": [list(choice) for choice in widget.models]}
    return dict(zip(widget.models, numerics(SCRIPT, sent), strict=True))


def rows(n=33, seed=3):
    """Rows in no order, some with the same x."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.uniform(-2, 3, n), 1)
    return x, np.cos(2 * x) * 40 + rng.normal(scale=9, size=n)


@pytest.fixture(scope="module")
def widgets():
    x, y = rows()
    return {
        "own": Boosting(),
        "given": Boosting(x[:, None], y, depths=(1, 2, 3), stages=12, learning_rates=(0.3, 1.5)),
        "classes": Boosting(x, y > 0, losses=("logistic", "squared"), loss="logistic", stages=9),
        "few": Boosting([2, 1], [5.0, 3.0], losses=["absolute"], loss="absolute", stages=5),
    }


@pytest.fixture(scope="module")
def answered(widgets):
    return {name: node(widget) for name, widget in widgets.items()}


# --- The browser's numbers ---


@pytest.mark.parametrize("name", ["own", "given", "classes", "few"])
def test_the_browsers_sums_are_staged_predict(widgets, answered, name):
    widget = widgets[name]
    x = np.array(widget.data["x"])[:, None]
    assert np.all(np.diff(x[:, 0]) >= 0)
    for (loss, *_), found in zip(widget.models, answered[name].values(), strict=True):
        model = widget.models[loss, found["rate"], found["depth"]]
        classes = loss == "logistic"
        staged_F = model.staged_decision_function(x) if classes else model.staged_predict(x)
        F = [np.full(len(x), model.initial_), *staged_F]
        # Not only to 1e-12: bit for bit, so that a residual of 0 has the sign it has in Python.
        assert np.array_equal(found["F"], F)
        y = np.array(found["y"], float)
        scores = [model.loss_.value(y, F[0]), *model.train_score_]
        np.testing.assert_allclose(found["losses"], scores, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ["own", "given", "classes", "few"])
def test_the_browsers_residuals_gradients_and_trees_are_the_librarys(widgets, answered, name):
    widget = widgets[name]
    x = np.array(widget.data["x"])
    for choice, found in answered[name].items():
        model, y = widget.models[choice], np.array(found["y"], float)
        assert found["stages"][0]["steps"] == []
        for m, seen in enumerate(found["stages"]):
            before = np.array(found["F"][max(0, m - 1)])
            gradients = model.loss_.negative_gradient(y, before)
            assert np.array_equal(seen["before"], before)
            assert np.array_equal(seen["residuals"], y - before)
            np.testing.assert_allclose(seen["gradients"], gradients, rtol=ULPS, atol=0)
            if choice[0] == "absolute":
                assert np.array_equal(seen["gradients"], gradients)
            if m == 0:
                continue
            tree = model.estimators_[m - 1, 0]
            leaf = tree.apply(x[:, None])
            assert len(seen["steps"]) == tree.n_leaves
            ends = [step["to"] for step in seen["steps"]]
            assert [step["from"] for step in seen["steps"]] == [0, *ends[:-1]]
            assert ends[-1] == len(x)
            cuts = np.sort(tree.threshold[tree.feature >= 0])
            edges = [x[end - 1] / 2 + x[end] / 2 for end in ends[:-1]]
            assert edges == cuts.tolist()
            for step in seen["steps"]:
                part = slice(step["from"], step["to"])
                assert len(set(leaf[part])) == 1
                assert step["value"] == tree.value[leaf[part][0]]
                mean = gradients[part].mean()
                assert step["fit"] == pytest.approx(mean, rel=1e-12, abs=1e-14)


def test_the_models_are_those_a_reader_would_fit():
    x, y = rows()
    widget = Boosting(x, y, stages=7)
    order = np.argsort(x, kind="stable")
    about = {"learning_rate": 0.3, "max_depth": 2, "n_estimators": 7}
    for loss in ("squared", "absolute"):
        mine = GradientBoostingRegressor(loss=f"{loss}_error", **about).fit(x[:, None], y)
        theirs = widget.models[loss, 0.3, 2]
        np.testing.assert_allclose(theirs.predict(x[:, None]), mine.predict(x[:, None]), atol=1e-12)
    mine = GradientBoostingClassifier(**about).fit(x[:, None], y > np.median(y))
    theirs = widget.models["logistic", 0.3, 2].decision_function(x[:, None])
    np.testing.assert_allclose(theirs, mine.decision_function(x[:, None]), atol=1e-12)
    assert widget.data["x"] == x[order].tolist()
    assert widget.data["y"] == y[order].tolist()
    assert widget.data["classes"] == (y > np.median(y))[order].astype(int).tolist()


# --- In Python ---


def test_it_opens_at_an_outlier_and_says_what_it_shows(widgets):
    w = Boosting()
    assert (w.kind, w.loss, w.stage, w.learning_rate, w.depth) == (
        "boosting", "squared", 1, 0.3, 1
    )  # fmt: skip
    assert len(w.challenges) == 3
    y = np.array(w.data["y"])
    assert w.row == np.argmax(np.abs(y - y.mean()))
    assert w.describe() == (
        "boosting: stage 1 of 30, squared loss, learning rate 0.3, depth 1: training loss 1.4 "
        "before, 1.19 now. Row 13, x = 2.59, y = 6.5: residual 5.25, negative gradient 5.25, "
        "F = 1.25 + 0.3 · (−0.443) = 1.12."
    )
    w.loss = "absolute"
    assert "residual 5.31, negative gradient 1, F = 1.19 + 0.3 · (−0.625) = 1." in w.describe()
    w.loss, w.stage = "logistic", 0
    assert w.describe().endswith(
        "training loss 0.69. Row 13, x = 2.59, y = 1: residual 1.15, negative gradient 0.537, "
        "F = −0.147."
    )
    assert w.model is w.models["logistic", 0.3, 1]
    assert w.data == Boosting().data


def test_its_data_tells_the_losses_apart():
    """What the challenges ask: the outliers bend F under the squared loss, not under the absolute."""
    w = Boosting(learning_rate=1.0, depth=2, stage=8)
    x, y, off = np.array(w.data["x"])[:, None], np.array(w.data["y"]), [13, 29]
    worst = {}
    for w.loss in ("squared", "absolute"):
        worst[w.loss] = np.abs(y - list(w.model.staged_predict(x))[w.stage - 1])[off]
    assert worst["squared"].max() < 0.3
    assert worst["absolute"].min() > 3.5
    # With multiples of 1/32 and a rate of 1, medians and their sums are exact.
    exact = w.models["absolute", 1.0, 2].staged_predict(x)
    for F in exact:
        assert not np.any((np.abs(y - F) > 0) & (np.abs(y - F) < 1e-9))


def test_the_state_is_small(widgets):
    for name, widget in widgets.items():
        text = json.dumps(state(widget), allow_nan=False)
        assert len(text) <= 25_000, name
    x = np.linspace(0, 1, 60) + 1 / 3
    largest = Boosting(x, np.sin(9 * x), depths=(1, 2, 3), stages=20)
    assert len(json.dumps(largest.data)) <= 40_000


def test_the_most_that_is_allowed_fits_a_page():
    x = np.linspace(0, 1, 60) + 1 / 3
    w = Boosting(x, np.sin(9 * x), stages=53)
    assert len(json.dumps(state(w))) <= 40_000
    with pytest.raises(ValueError, match="9 pairs .* with 54 stages .* 26 kB, more than"):
        Boosting(x, np.sin(9 * x), stages=54)


def test_classes_are_told():
    y = [0, 1, 0, 1, 1]
    w = Boosting(range(5), y, losses=["logistic"], loss="logistic", stages=2)
    assert (w.data["median"], w.data["classes"]) == (None, y)
    w = Boosting(range(5), [3, 1, 4, 1, 5], stages=2)
    assert (w.data["median"], w.data["classes"]) == (3.0, [0, 0, 1, 0, 1])
    assert Boosting(range(5), [3, 1, 4, 1, 5], losses=["squared"], stages=2).data["classes"] is None


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"X": [1, 2]}, ValueError, "give both X and y, or neither; y is missing"),
        ({"y": [1, 2]}, ValueError, "give both X and y, or neither; X is missing"),
        ({"X": [1, 2], "y": [1, 2, 3]}, ValueError, r"y must have a number for each row, shape \(2,\)"),
        ({"X": [[1, 2], [3, 4]], "y": [1, 2]}, ValueError, r"X must hold one feature.*\(2, 2\)"),
        ({"X": ["a", "b"], "y": [1, 2]}, TypeError, "X must hold real numbers"),
        ({"X": [1, 2], "y": [1, float("nan")]}, ValueError, "y must be finite"),
        ({"X": range(61), "y": range(61)}, ValueError, "X must have from 2 to 60 rows, got 61"),
        ({"X": [1], "y": [1]}, ValueError, "X must have from 2 to 60 rows, got 1"),
        ({"X": [3, 3], "y": [1, 2]}, ValueError, "X must not be the same for all rows, got 3"),
        ({"X": [1, 2], "y": [4, 4]}, ValueError, "y must not be the same for all rows, got 4"),
        ({"X": [1, 2, 3], "y": [1, 4, 4]}, ValueError, "no row above its median, 4.*leave 'logistic'"),
        ({"loss": "squard"}, ValueError, "unknown loss: 'squard'.*Did you mean 'squared'"),
        ({"loss": "huber", "losses": ["huber"]}, ValueError, "unknown loss: 'huber'"),
        ({"loss": "logistic", "losses": ["squared"]}, ValueError, "'logistic'; choose one of: squared"),
        ({"losses": "squared"}, ValueError, "losses must be a list with at least one entry"),
        ({"losses": []}, ValueError, "losses must be a list"),
        ({"losses": ["squared", "squared"]}, ValueError, "losses must all be different"),
        ({"learning_rate": 0.5}, ValueError, "must be one of 0.1, 0.3, 1, got 0.5; learning_rates"),
        ({"learning_rate": "0.3"}, (TypeError, traitlets.TraitError), "learning_rate"),
        ({"learning_rates": [0.3, 0]}, ValueError, "in learning_rates must be greater than 0"),
        ({"learning_rates": [0.3, 2.5]}, ValueError, "learning_rates must be at most 2, got 2.5"),
        ({"learning_rates": 0.3}, ValueError, "learning_rates must be a list"),
        ({"depth": 3}, ValueError, "depth must be one of 1, 2, got 3"),
        ({"depths": [1, 5]}, ValueError, "a depth in depths must be from 1 to 4, got 5"),
        ({"depths": [1.5]}, TypeError, "a depth in depths must be an integer"),
        ({"stage": 31}, ValueError, "stage must be from 0 to 30, got 31"),
        ({"stage": -1}, ValueError, "stage must be from 0 to 30, got -1"),
        ({"stage": 1.5}, (TypeError, traitlets.TraitError), "stage"),
        ({"stages": 0}, ValueError, "stages must be at least 1"),
        ({"stages": 200}, ValueError, "with 200 stages of trees of depth 1 and 2, take 97 kB"),
        ({"row": 41}, ValueError, "row must be from 0 to 40, got 41"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(arguments, error, message):
    with pytest.raises(error, match=message):
        Boosting(**arguments)


def test_what_is_wrong_later_is_said_and_changes_nothing():
    w = Boosting(stages=3)
    for name, value in (
        ("loss", "huber"),
        ("stage", 4),
        ("learning_rate", 0.2),
        ("depth", 3),
        ("row", -1),
    ):
        before = getattr(w, name)
        with pytest.raises((ValueError, traitlets.TraitError)):
            setattr(w, name, value)
        assert getattr(w, name) == before


def test_bits_survive_the_page(widgets):
    first, cuts, values = widgets["own"].data["runs"][0]
    model = widgets["own"].models["squared", 0.1, 1]
    numbers = np.frombuffer(base64.b64decode(values), "<f8").reshape(30, 2)
    assert first == model.initial_
    assert numbers[4].tolist() == model.estimators_[4, 0].value[1:].tolist()
    assert len(base64.b64decode(cuts)) == 30


# --- In a browser ---


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("width", "loss"), [(720, "squared"), (360, "logistic")])
def test_every_control_moves_picture_and_sentence(browser, tmp_path, way, width, loss):
    with staged(browser, [Boosting(loss=loss)], tmp_path, width=width) as page:
        assert dead_controls(page, page.locator(".ck"), way) == []


def test_there_are_controls_for_what_can_be_chosen(browser, tmp_path):
    made = [
        Boosting(stages=4),
        Boosting(stages=4, losses=["squared"], learning_rates=[0.3], depths=[1]),
    ]
    with staged(browser, made, tmp_path) as page:
        labels = [w.locator("label").all_text_contents() for w in page.locator(".ck").all()]
        assert labels == [
            ["stage", "row", "loss", "learning rate η", "depth"],
            ["stage", "row"],
        ]


SENTENCES = [
    (
        {},
        "Stage 1 of 30, squared loss, learning rate 0.3, depth 1: the training loss falls from 1.40 to "
        "1.19. Row 13, x = 2.59, y = 6.5: residual y − F₀ = 5.25, negative gradient the same. Its leaf "
        "of 33 rows has the value −0.443, the mean of theirs: F₁ = 1.25 + 0.3 · (−0.443) = 1.12.",
    ),
    (
        {"loss": "absolute"},
        "residual y − F₀ = 5.31, negative gradient +1, its sign. Its leaf of 32 rows fits the mean "
        "of theirs, −0.313, but adds the residuals’ median, −0.625: F₁ = 1.19 + 0.3 · "
        "(−0.625) = 1.00.",
    ),
    (
        {"loss": "logistic"},
        "Class 1 is y above its median, 1.188. Row 13, x = 2.59, class y = 1, p = 0.463: residual "
        "y − F₀ = 1.15, negative gradient y − p = 0.537. Its leaf of 32 rows fits the mean of "
        "theirs, −0.151, but adds a Newton step, −0.607: F₁ = −0.147 + 0.3 · (−0.607) = "
        "−0.329, p = 0.419.",
    ),
    (
        {"stage": 0},
        "the training loss is 1.40, before any tree. Row 13, x = 2.59, y = 6.5: residual y − F₀ = 5.25, "
        "negative gradient the same. The first tree will be fitted to the negative gradients; 0.3 "
        "times its leaf values will be added to F₀ = 1.25.",
    ),
]  # fmt: skip


def test_the_sentence(browser, tmp_path):
    made = [Boosting(**arguments) for arguments, _ in SENTENCES]
    with staged(browser, made, tmp_path) as page:
        sentences = page.locator(".ck-sentence").all_text_contents()
        assert "NaN" not in page.locator("main").inner_html()
    for sentence, (_, words) in zip(sentences, SENTENCES, strict=True):
        assert words in sentence.replace("\u00a0", " ")


def numbers(d):
    """The coordinates in a path of H and V."""
    return [
        float(v)
        for v in d.replace("M", " ").replace("H", " ").replace("V", " ").replace(",", " ").split()
    ]


def test_the_curve_and_the_tree_stand_where_the_numbers_are(browser, tmp_path):
    widget = Boosting(loss="absolute", depth=2, stage=5)
    with staged(browser, [widget], tmp_path) as page:
        at = page.evaluate(
            """() => [...document.querySelector(".ck-svg > g").children].map((axis) =>
              [...axis.querySelectorAll("text:not(.ck-axis-name)")].map((t) =>
                [t.textContent, t.getAttribute("x"), t.getAttribute("y")]))"""
        )

        def pixels(axis, place):
            ticks = [
                (float(t[0].replace("−", "-")), float(t[place]) - (4 if place == 2 else 0))
                for t in at[axis]
            ]
            (a, pa), (b, pb) = ticks[0], ticks[-1]
            return lambda v: pa + (v - a) * (pb - pa) / (b - a)

        x, above, below = pixels(2, 1), pixels(1, 2), pixels(3, 2)
        tree = widget.model.estimators_[4, 0]
        cuts = np.sort(tree.threshold[tree.feature >= 0])
        leaves = numbers(page.locator(".ck-boosting-leaves").get_attribute("d"))
        assert leaves[2:-1:2] == pytest.approx([x(cut) for cut in cuts], abs=0.2)
        ends = np.array([*cuts, 99.0])[:, None]
        assert leaves[1::2] == pytest.approx([below(v) for v in tree.predict(ends)], abs=0.2)
        F = list(widget.model.staged_predict(np.array(widget.data["x"])[:, None]))[4]
        levels = [F[0], *F[1:][np.diff(F) != 0]]
        assert numbers(page.locator(".ck-graph").get_attribute("d"))[1:-1:2] == pytest.approx(
            [above(v) for v in levels], abs=0.2
        )
        ring = page.locator(".ck-boosting-ring").first
        y = widget.data["y"][widget.row]
        assert float(ring.get_attribute("cy")) == pytest.approx(above(y), abs=0.2)


def test_labels_say_which_line_is_which(browser, tmp_path):
    with staged(browser, [Boosting()], tmp_path) as page:
        labels = page.locator(".ck-svg > g:last-child text")
        picture = page.locator(".ck-boosting-panels")
        assert labels.all_text_contents() == ["F₁", "F₀ before", "tree"]
        page.get_by_label("loss").select_option("absolute")
        look(page.locator(".ck"))
        assert labels.all_text_contents() == ["F₁", "F₀ before", "leaves", "tree fit"]
        page.get_by_label("loss").select_option("logistic")
        look(page.locator(".ck"))
        assert labels.all_text_contents() == ["p₁", "p₀ before", "leaves", "tree fit"]
        assert "probability p of class 1: y above 1.19" in picture.text_content()
        page.get_by_label("stage").press("Home")
        look(page.locator(".ck"))
        assert labels.all_text_contents() == ["p₀"]
        assert "at F₀: ○ residual, ◆ negative gradient" in picture.text_content()


def test_a_click_takes_the_nearest_row(browser, tmp_path):
    with staged(browser, [Boosting()], tmp_path, kernel=True) as page:
        box = page.locator(".ck-boosting-panels").bounding_box()
        page.mouse.click(box["x"] + 44, box["y"] + 100)
        assert "Row 0, " in look(page.locator(".ck")).sentence.replace("\u00a0", " ")
        assert page.get_by_label("row", exact=True).input_value() == "0"


@pytest.mark.parametrize(("index", "width"), [(0, 720), (1, 360)])
@pytest.mark.parametrize("challenges", [[], ["One.", "A longer one " * 8]])
def test_the_reserved_height_is_that_of_the_page(browser, tmp_path, index, width, challenges):
    made = [
        Boosting(challenges=challenges, stages=3),
        Boosting(challenges=challenges, stages=3, depths=[1], losses=["squared"]),
        Boosting(challenges=challenges, stages=3, learning_rates=[0.3], depths=[1], losses=["squared"]),
    ]  # fmt: skip
    assert_reserved(browser, made, tmp_path, index, width, within=22 if challenges else 2)


@pytest.mark.parametrize("width", [720, 360])
def test_sentences_and_labels_have_the_room_they_need(browser, tmp_path, width):
    with staged(browser, [Boosting()], tmp_path, width=width, at_once=True) as page:
        heights, outside = page.evaluate(
            """async () => {
              const [model] = models;
              const { losses, rates, depths, x } = model.get("data");
              const [heights, outside] = [new Set(), new Set()];
              const svg = document.querySelector(".ck-svg");
              for (const loss of losses)
                for (const learning_rate of rates)
                  for (const depth of depths)
                    for (const stage of [0, 1, 2, 10, 21, 30])
                      for (let row = 0; row < x.length; row += 2) {
                        const setting = { loss, learning_rate, depth, stage, row };
                        for (const [name, value] of Object.entries(setting)) model.set(name, value);
                        await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
                        heights.add(document.querySelector(".ck-sentence").offsetHeight);
                        if (row) continue;
                        const frame = svg.getBoundingClientRect();
                        for (const text of svg.querySelectorAll("text")) {
                          const at = text.getBoundingClientRect();
                          const aside = at.left < frame.left - 1 || at.right > frame.right + 1;
                          const out = aside || at.top < frame.top - 1 || at.bottom > frame.bottom + 1;
                          if (out) outside.add(text.textContent);
                        }
                      }
              return [[...heights], [...outside]];
            }"""
        )
        assert outside == []
        assert len(heights) == 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [720, 360])
def test_axe_finds_nothing(browser, tmp_path, dark, width):
    made = [Boosting(stages=2, loss=loss) for loss in ("squared", "logistic")]
    with staged(browser, made, tmp_path, width=width) as page:
        if dark:
            darken(page)
        assert axe(page) == []


def test_page_and_kernel_follow_each_other(browser, tmp_path):
    widget = Boosting()
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "stage")
    with staged(browser, [widget], tmp_path, kernel=True) as page:
        page.get_by_label("stage").press("ArrowRight")
        page.get_by_label("row", exact=True).press("ArrowLeft")
        page.get_by_label("loss").select_option("absolute")
        page.get_by_label("learning rate η").select_option("1")
        page.get_by_label("depth").select_option("2")
        page.wait_for_timeout(200)
        assert (widget.stage, widget.row, widget.loss) == (2, 12, "absolute")
        assert (widget.learning_rate, widget.depth) == (1.0, 2)
        assert seen == [2]
        widget.stage, widget.loss, widget.learning_rate = 30, "logistic", 0.1
        page.evaluate("models[0].send({})")
        page.wait_for_function(
            """document.querySelector(".ck-sentence").textContent.startsWith(
              "Stage 30 of 30, logistic loss, learning rate 0.1,")"""
        )
        assert page.get_by_label("stage").get_attribute("aria-valuetext") == "30 of 30"
        assert page.get_by_label("learning rate η").input_value() == "0.1"


def test_a_screen_reader_hears_the_sentence_once_it_is_still(browser, tmp_path):
    with staged(browser, [Boosting(stages=3)], tmp_path) as page:
        hear(page, lambda: page.get_by_label("stage").press("ArrowRight"))
