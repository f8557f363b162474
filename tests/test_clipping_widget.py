"""Clipping: its numbers against coursekit.clipping, in Python, in node and in a browser."""

import itertools
import json

import numpy as np
import pytest
import traitlets

from coursekit.clipping import clip_by_norm, clip_by_value, global_norm
from coursekit.widgets import Clipping
from tests.controls import WAYS, dead_controls, look
from tests.stage import assert_reserved, axe, darken, hear, staged, state
from tests.tools import numerics

RULES = {"norm": clip_by_norm, "value": clip_by_value}
SCRIPT = """
import { survey } from "./clipping.js";
import { readFileSync } from "node:fs";
const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map((args) => survey(...args))));
"""

# --- The browser's numbers ---


@pytest.fixture(scope="module")
def cases():
    """Gradients of all sizes and directions; some on an axis, at a corner or at the threshold."""
    rng = np.random.default_rng(11)
    many = [
        (rng.uniform(-8, 8, 2).tolist(), float(rng.uniform(0.2, 8)), rule)
        for rule in RULES
        for _ in range(200)
    ]
    few = [
        (gradient, threshold, rule)
        for rule in RULES
        for gradient in ([0, 0], [3, 4], [-3, 4], [0, -8], [8, 8], [1e-9, -1e-9], [2, 0], [-2, 2])
        for threshold in (0.2, 2.0, 5.0, 8.0)
    ]
    return many + few


def test_the_browsers_numbers_are_those_of_the_library(cases):
    for (gradient, threshold, rule), found in zip(cases, numerics(SCRIPT, cases), strict=True):
        before = np.array(gradient, float)
        after = before.copy()
        RULES[rule](after, limit=threshold)
        np.testing.assert_allclose(found["clipped"], after, rtol=0, atol=1e-12)
        assert found["before"] == pytest.approx(global_norm(before), abs=1e-12)
        assert found["after"] == pytest.approx(global_norm(after), abs=1e-12)
        length = global_norm(before)
        assert found["factor"] == pytest.approx(
            global_norm(after) / length if length else 1, abs=1e-12
        )
        widget = Clipping(gradient, threshold, rule)
        assert found["angle"] == pytest.approx(
            widget.turned(), abs=1e-6 if rule == "norm" else 1e-10
        )
        assert widget.clipped().tolist() == after.tolist()


# --- In Python ---


def test_it_opens_by_itself_and_says_what_it_shows():
    w = Clipping()
    assert (w.kind, w.gradient, w.threshold, w.rule) == ("clipping", [6.0, 2.5], 2.0, "norm")
    assert len(w.challenges) == 3
    assert w.describe() == (
        "clipping: the gradient (6, 2.5) of length 6.5, clipped by norm at 2, becomes "
        "(1.85, 0.769) of length 2 and turns by 0°."
    )
    w.rule = "value"
    assert "becomes (2, 2) of length 2.83 and turns by 22.4°." in w.describe()
    w.gradient, w.threshold = (1, -2), 3
    assert "becomes (1, −2) of length 2.24 and turns by 0°." in w.describe()
    assert len(json.dumps(state(w))) < 1500


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"gradient": (9, 0)}, ValueError, r"entries from −8 to 8, got \(9.0, 0.0\)"),
        ({"gradient": (1,)}, ValueError, "gradient must have two entries, got 1"),
        ({"gradient": (1, 2, 3)}, ValueError, "gradient must have two entries, got 3"),
        ({"gradient": 3.0}, TypeError, "gradient must be two numbers, got 3.0"),
        ({"gradient": "ab"}, TypeError, "gradient must be two numbers, got 'ab'"),
        ({"gradient": (1, "2")}, TypeError, "an entry of gradient must be a real number, got '2'"),
        ({"gradient": (1, float("nan"))}, ValueError, "an entry of gradient must be finite"),
        ({"threshold": 0}, ValueError, "threshold must be from 0.2 to 8, got 0.0"),
        ({"threshold": -1}, ValueError, "threshold must be from 0.2 to 8, got -1.0"),
        ({"threshold": "2"}, (TypeError, traitlets.TraitError), "threshold"),
        ({"rule": "length"}, ValueError, "unknown rule: 'length'; choose one of: norm, value"),
    ],
)
def test_what_is_wrong_is_said(arguments, error, message):
    with pytest.raises(error, match=message):
        Clipping(**arguments)


def test_what_is_wrong_later_is_said_and_changes_nothing():
    w = Clipping()
    for name, value in (("gradient", [1.0, 20.0]), ("threshold", 100.0), ("rule", "both")):
        before = getattr(w, name)
        with pytest.raises((ValueError, traitlets.TraitError)):
            setattr(w, name, value)
        assert getattr(w, name) == before


# --- In a browser ---


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", [720, 360])
def test_every_control_moves_picture_and_sentence(browser, tmp_path, way, width):
    with staged(browser, [Clipping()], tmp_path, width=width) as page:
        assert dead_controls(page, page.locator(".ck"), way) == []


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_arrow_is_dragged_and_stays_in_the_plane(browser, tmp_path):
    with staged(browser, [Clipping()], tmp_path) as page:
        widget, tip = page.locator(".ck"), page.locator(".ck-tip")
        before = look(widget)
        x, y = middle(tip)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 40, y - 50, steps=4)
        assert look(widget).picture != before.picture
        assert look(widget).sentence != before.sentence
        nx, ny = middle(tip)
        assert abs(nx - x + 40) < 2
        assert abs(ny - y + 50) < 2
        page.mouse.move(x + 900, y + 900, steps=4)
        page.mouse.up()
        assert page.evaluate("models[0].get('gradient')") == [8, -8]
        page.mouse.move(0, 0)
        assert page.evaluate("models[0].get('gradient')") == [8, -8]


def test_a_click_in_the_plane_puts_the_arrow_there(browser, tmp_path):
    with staged(browser, [Clipping()], tmp_path) as page:
        box = page.locator(".ck-clip-plane").bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2 - 60, box["y"] + box["height"] / 2 - 80)
        a, b = page.evaluate("models[0].get('gradient')")
        assert -8 <= a < 0 < b <= 8


def test_a_finger_drags_the_arrow_and_the_page_stays(browser, tmp_path):
    options = {"has_touch": True, "is_mobile": True, "viewport": {"width": 360, "height": 740}}
    with staged(browser, [Clipping()], tmp_path, width=360, **options) as page:
        assert page.locator(".ck-handle .ck-hit").bounding_box()["width"] >= 24
        box = page.locator(".ck-clip-plane").bounding_box()
        page.touchscreen.tap(box["x"] + 100, box["y"] + 100)
        assert page.evaluate("models[0].get('gradient')")[0] < 0


def test_the_region_is_a_circle_or_a_square_and_arrows_have_names(browser, tmp_path):
    with staged(browser, [Clipping()], tmp_path) as page:
        region = page.locator(".ck-allowed")
        box = region.bounding_box()
        assert abs(box["width"] - box["height"]) < 1
        assert "a" in region.get_attribute("d")
        names = page.locator(".ck-clip-plane svg > text:not([display])")
        assert names.all_text_contents() == ["allowed: length ≤ threshold", "gradient", "clipped"]
        page.get_by_label("value").check()
        look(page.locator(".ck"))
        assert "a" not in region.get_attribute("d")
        assert names.all_text_contents() == [
            "allowed: each entry within ± threshold",
            "22.4°",
            "gradient",
            "clipped",
        ]
        page.evaluate("models[0].set('gradient', [1, 1])")
        look(page.locator(".ck"))
        assert names.all_text_contents()[1:] == ["gradient, not clipped"]


SENTENCES = [
    (
        ((6, 2.5), 2, "norm"),
        "By norm, both entries are multiplied by 2.0 / 6.50, a factor of 0.308",
    ),
    (
        ((6, 2.5), 2, "value"),
        "By value, both entries are cut to ±2.0: the clipped gradient is (2.00, 2.00)",
    ),
    (((6, 1), 2, "value"), "only the first entry is cut"),
    (((1, 6), 2, "value"), "only the second entry is cut"),
    (((1, 1), 2, "norm"), "the length is not above the threshold 2.0. The factor is 1"),
    (((1, 1), 2, "value"), "no entry is beyond ±2.0. The factor is 1"),
    (((0, 0), 2, "norm"), "(0.0, 0.0) has length 0. By norm it stays as it is"),
    (((0, 0), 2, "value"), "By value it stays as it is"),
]


def test_the_sentence(browser, tmp_path):
    widgets = [Clipping(*arguments) for arguments, _ in SENTENCES]
    with staged(browser, widgets, tmp_path) as page:
        sentences = page.locator(".ck-sentence").all_text_contents()
        assert "NaN" not in page.locator("main").inner_html()
    for sentence, (_, words) in zip(sentences, SENTENCES, strict=True):
        assert words in sentence
        assert "turns by" in sentence


@pytest.mark.parametrize(("index", "width"), [(0, 720), (1, 360)])
@pytest.mark.parametrize("challenges", [[], ["One.", "A longer one " * 8]])
def test_the_reserved_height_is_that_of_the_page(browser, tmp_path, index, width, challenges):
    made = [Clipping(challenges=challenges)]
    assert_reserved(browser, made, tmp_path, index, width, within=22 if challenges else 2)


@pytest.mark.parametrize("width", [720, 360])
def test_no_sentence_is_longer_than_the_room_kept_for_it(browser, tmp_path, width):
    with staged(browser, [Clipping()], tmp_path, width=width, at_once=True) as page:
        heights = page.evaluate(
            """async () => {
              const seen = new Set();
              for (const rule of ["norm", "value"])
                for (const threshold of [0.2, 0.3, 2.5, 7.9, 8])
                  for (const a of [-8, -7.9, -0.1, 0, 0.3, 7.9])
                    for (const b of [-8, -7.9, 0.1, 0, 5.5]) {
                      const setting = { rule, threshold, gradient: [a, b] };
                      for (const name in setting) models[0].set(name, setting[name]);
                      await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
                      seen.add(document.querySelector(".ck-sentence").offsetHeight);
                    }
              return [...seen];
            }"""
        )
        assert len(heights) == 1


#: Pairs of words in the picture that cover each other.
COVERED = """() => {
  const words = [...document.querySelectorAll(".ck-clip-plane svg > text:not([display])")];
  return words.flatMap((one, i) => words.slice(i + 1).filter((two) => {
    const [a, b] = [one.getBoundingClientRect(), two.getBoundingClientRect()];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    return wide > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5;
  }).map((two) => [one.textContent, two.textContent]));
}"""
PLACES = [
    [8, 0],
    [-8, 0.3],
    [0, 8],
    [0.4, -8],
    [8, 8],
    [-8, -8],
    [0.2, 0],
    [0, 0],
    [-5, 1],
    [1, -6],
]


@pytest.mark.parametrize("width", [720, 360])
def test_every_word_stands_inside_the_picture(browser, tmp_path, width):
    with staged(browser, [Clipping()], tmp_path, width=width, at_once=True) as page:
        frame = page.locator(".ck-clip-plane").bounding_box()
        for rule, gradient in itertools.product(RULES, PLACES):
            page.evaluate("rule => models[0].set('rule', rule)", rule)
            page.evaluate("g => models[0].set('gradient', g)", gradient)
            look(page.locator(".ck"))
            tip = page.locator(".ck-tip").bounding_box()
            assert page.evaluate(COVERED) == [], gradient
            for word in page.locator(".ck-clip-plane svg > text:not([display])").all():
                box = word.bounding_box()
                assert box["x"] >= frame["x"] - 1
                assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
                assert box["y"] >= frame["y"] - 1
                assert box["y"] + box["height"] <= frame["y"] + frame["height"] + 1
                if word.text_content() == "gradient":
                    assert (
                        box["x"] >= tip["x"] + tip["width"]
                        or box["x"] + box["width"] <= tip["x"]
                        or box["y"] + box["height"] <= tip["y"] + 3
                        or box["y"] >= tip["y"] + tip["height"] - 3
                    ), gradient


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [720, 360])
def test_axe_finds_nothing(browser, tmp_path, dark, width):
    with staged(browser, [Clipping(), Clipping(rule="value")], tmp_path, width=width) as page:
        if dark:
            darken(page)
        assert axe(page) == []


def test_page_and_kernel_follow_each_other(browser, tmp_path):
    widget = Clipping()
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "gradient")
    with staged(browser, [widget], tmp_path, kernel=True) as page:
        page.get_by_role("slider", name="first entry g₁").press("ArrowRight")
        page.get_by_role("slider", name="threshold").press("ArrowLeft")
        page.get_by_label("value").check()
        page.wait_for_timeout(200)
        assert (widget.gradient, widget.threshold, widget.rule) == ([6.1, 2.5], 1.9, "value")
        assert seen[-1] == [6.1, 2.5]
        widget.gradient = (-1.5, 7)
        page.evaluate("models[0].send({})")
        page.wait_for_function(
            "document.querySelector('.ck-sentence').textContent.startsWith('The gradient (−1.5, 7.0)')"
        )
        slider = page.get_by_role("slider", name="second entry g₂")
        assert slider.get_attribute("aria-valuetext") == "7.0"


def test_a_screen_reader_hears_the_sentence_once_it_is_still(browser, tmp_path):
    with staged(browser, [Clipping()], tmp_path) as page:
        hear(page, lambda: page.get_by_role("slider", name="threshold").press("ArrowRight"))
