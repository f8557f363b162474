"""Activations: what the page gets is what coursekit computes; the widget in Python and a browser."""

import json

import numpy as np
import pytest
import traitlets

from coursekit import activations as known
from coursekit.widgets import Activations
from tests.controls import WAYS, dead_controls, look
from tests.stage import assert_reserved, axe, darken, hear, staged, state

NAMES = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus"]


def functions(widget):
    return {f["name"]: f for f in widget.data["functions"]}


# --- In Python ---


def test_it_opens_with_the_sigmoid_where_it_is_steepest():
    w = Activations()
    assert (w.kind, w.name, w.z, w.layers) == ("activations", "sigmoid", 0.0, 1)
    assert w.describe() == (
        "activations: Sigmoid at z = 0: value 0.5, slope 0.25; through 1 layer 0.25."
    )
    assert len(w.challenges) == 3
    assert list(functions(w)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_the_numbers_of_the_library(name):
    f, page = known.get(name), functions(Activations())[name]
    z = np.linspace(-8, 8, 321)
    assert np.allclose(page["values"], f(z), rtol=5.1e-4, atol=0)
    assert np.allclose(page["slopes"], f.derivative(z), rtol=5.1e-5, atol=0)
    assert np.allclose(np.power(page["slopes"], 30), f.derivative(z) ** 30, rtol=2e-3, atol=0)
    assert page["largest"] == pytest.approx(f.largest_slope, rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_zones_are_where_the_slope_is_below_a_hundredth_of_the_largest(name):
    f, zones = known.get(name), functions(Activations())[name]["zones"]
    for z in np.linspace(-8, 8, 321):
        inside = any(low - 1e-9 <= z <= high + 1e-9 for low, high, _ in zones)
        assert inside == bool(abs(f.derivative(z)) < 0.01 * f.largest_slope), z
    kinds = {
        "sigmoid": ["saturated", "saturated"],
        "relu": ["zero"],
        "leaky_relu": [],
        "gelu": ["saturated", "turns"],
    }
    assert [kind for *_, kind in zones] == kinds.get(name, [kind for *_, kind in zones])


def test_describe_says_when_the_slope_is_lost():
    said = Activations("relu", z=-1, layers=5).describe()
    assert "slope 0, nothing passes back; through 5 layers 0." in said
    assert ", saturated;" in Activations("tanh", z=-5).describe()
    assert "where the curve turns;" in Activations("gelu", z=-0.75).describe()
    assert "slope −0.0998;" in Activations("silu", z=-2.4).describe()
    assert "through 10 layers 9.54 × 10⁻⁷." in Activations(layers=10).describe()


def test_traits_can_be_set_and_z_has_stops():
    w = Activations(names=["tanh", "relu"], name="tanh")
    w.name, w.z, w.layers = "relu", 1.234, 30
    assert (w.name, w.z, w.layers) == ("relu", 1.25, 30)
    with pytest.raises(ValueError, match="unknown name: 'sigmoid'; choose one of: tanh, relu"):
        w.name = "sigmoid"
    assert w.name == "relu"
    seen = []
    w.observe(lambda change: seen.append(change["new"]), "z")
    w.set_state({"z": -3.05})
    assert seen == [-3.05]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"name": "sigmoyd"}, ValueError, "unknown name: 'sigmoyd'.*Did you mean 'sigmoid'"),
        ({"name": "identity"}, ValueError, "unknown name: 'identity'"),
        ({"name": "relu", "names": ["tanh"]}, ValueError, "unknown name: 'relu'"),
        ({"names": "relu"}, ValueError, "names must be a list with at least one entry, got 'relu'"),
        ({"names": []}, ValueError, "names must be a list"),
        ({"names": ["sigmoid", "step"]}, ValueError, "unknown name in names: 'step'"),
        ({"names": ["sigmoid", "sigmoid"]}, ValueError, "names must all be different"),
        ({"z": 8.1}, ValueError, "z must be from −8 to 8, got 8.1"),
        ({"z": float("nan")}, ValueError, "z must be finite"),
        ({"z": "0"}, (TypeError, traitlets.TraitError), "z"),
        ({"layers": 0}, ValueError, "layers must be at least 1"),
        ({"layers": 31}, ValueError, "layers must be from 1 to 30, got 31"),
        ({"layers": 2.5}, (TypeError, traitlets.TraitError), "layers"),
    ],
)
def test_what_is_wrong_is_said(arguments, error, message):
    with pytest.raises(error, match=message):
        Activations(**arguments)


def test_a_page_gets_at_most_40_kb_of_plain_json():
    w = Activations()
    text = json.dumps(w.data, allow_nan=False, separators=(",", ":"))
    assert json.loads(text) == w.data
    assert len(text) <= 40_000
    assert len(json.dumps(Activations(names=["sigmoid", "relu"]).data)) < 12_000
    assert state(w)["z"] == 0.0


# --- In a browser ---


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", [720, 360])
def test_every_control_moves_picture_and_sentence(browser, tmp_path, way, width):
    with staged(browser, [Activations(z=1.5, layers=10)], tmp_path, width=width) as page:
        assert dead_controls(page, page.locator(".ck"), way) == []


SAID = [
    ({"layers": 10}, "value 0.500, slope 0.250 (its largest): not saturated. 10 such layers multiply"),
    ({"layers": 10}, "a gradient by 9.5 × 10⁻⁷."),
    ({"z": 6}, "value 0.998, slope 0.00247 (below 1% of its largest, 0.250): saturated."),
    ({"z": -2}, "slope 0.105 (42% of its largest, 0.250): not saturated."),
    ({"name": "relu", "z": -1}, "slope 0: nothing passes back. One such layer multiplies"),
    ({"name": "relu", "z": 0}, "slope 0 (at the kink the left side counts): nothing passes back."),
    ({"name": "relu", "z": 2, "layers": 30}, "a gradient by 1.00."),
    ({"name": "gelu", "z": -0.75}, "the curve turns around here"),
    ({"name": "silu", "z": -2.4, "layers": 3}, "a gradient by −1.0 × 10⁻³."),
    ({"name": "leaky_relu", "z": -3, "layers": 2}, "a gradient by 10⁻⁴."),
]  # fmt: skip


def test_the_sentence(browser, tmp_path):
    widgets = [Activations(**arguments) for arguments, _ in SAID]
    with staged(browser, widgets, tmp_path) as page:
        sentences = page.locator(".ck-sentence").all_text_contents()
    for sentence, (_, said) in zip(sentences, SAID, strict=True):
        assert said in sentence


def test_zones_are_marked_by_shading_and_words(browser, tmp_path):
    widgets = [Activations(name) for name in ("sigmoid", "relu", "leaky_relu", "gelu")]
    with staged(browser, widgets, tmp_path) as page:
        marked = page.evaluate(
            """() => [...document.querySelectorAll(".ck-activations-curve")].map((picture) => [
              picture.querySelectorAll(".ck-activations-zone").length,
              [...picture.querySelectorAll("text.ck-note")].map((text) => text.textContent),
            ])"""
        )
    assert marked == [
        [4, ["← saturated", "saturated →"]],
        [2, ["zero slope"]],
        [0, []],
        [4, ["saturated", "lowest point"]],
    ]


def drag(page, handle, dx):
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in (1, 2, 3):
        page.mouse.move(x + dx * step / 3, y + 40)
    page.mouse.up()


@pytest.mark.parametrize("width", [720, 360])
def test_points_are_dragged_in_both_pictures(browser, tmp_path, width):
    widget = Activations(layers=10)
    with staged(browser, [widget], tmp_path, width=width, kernel=True) as page:
        before = look(page.locator(".ck"))
        point, mark = page.locator(".ck-handle").all()
        for handle in (point, mark):
            handle.scroll_into_view_if_needed()
            box = handle.locator(".ck-hit").bounding_box()
            assert min(box["width"], box["height"]) >= 24
        point.scroll_into_view_if_needed()
        drag(page, point, 60)
        mark.scroll_into_view_if_needed()
        drag(page, mark, 60)
        after = look(page.locator(".ck"))
        page.wait_for_timeout(100)
        assert after.picture != before.picture
        assert 2 < widget.z < 4
        assert 13 < widget.layers < 25
        assert f"{widget.layers} such layers" in after.sentence
        page.locator(".ck-activations-curve .ck-svg").click(position={"x": 60, "y": 40})
        page.wait_for_timeout(100)
        assert widget.z < -6


@pytest.mark.parametrize(("index", "width"), [(0, 720), (1, 360)])
@pytest.mark.parametrize("challenges", [[], None, ["One.", "A longer one " * 8]])
def test_the_reserved_height_is_that_of_the_page(browser, tmp_path, index, width, challenges):
    made = [Activations(), Activations(names=["tanh"], name="tanh")]
    if challenges is not None:
        made = [Activations(challenges=challenges)]
    assert_reserved(browser, made, tmp_path, index, width, within=2 if challenges == [] else 22)


@pytest.mark.parametrize("width", [720, 360])
def test_no_sentence_is_longer_than_the_room_kept_for_it(browser, tmp_path, width):
    with staged(browser, [Activations()], tmp_path, width=width, at_once=True) as page:
        heights = page.evaluate(
            """async () => {
              const seen = new Set();
              for (const { name } of models[0].get("data").functions) {
                for (const z of [-7.95, -4.2, -2.4, -1.3, -0.75, 0, 1.4, 3.05, 7.75]) {
                  for (const layers of [1, 27]) {
                    for (const [key, value] of Object.entries({ name, z, layers })) models[0].set(key, value);
                    await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
                    seen.add(document.querySelector(".ck-sentence").offsetHeight);
                  }
                }
              }
              return [...seen];
            }"""
        )
        assert len(heights) == 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [720, 360])
def test_axe_finds_nothing(browser, tmp_path, dark, width):
    with staged(browser, [Activations("tanh", z=4, layers=2)], tmp_path, width=width) as page:
        if dark:
            darken(page)
        assert axe(page) == []


@pytest.mark.parametrize("width", [720, 360])
def test_labels_stay_inside_the_pictures_and_off_each_other(browser, tmp_path, width):
    with staged(browser, [Activations()], tmp_path, width=width, at_once=True) as page:
        outside = page.evaluate(
            """async () => {
              const outside = [];
              for (const { name } of models[0].get("data").functions) {
                for (const z of [-8, -3, 0, 3.5, 8]) {
                  for (const layers of [1, 15, 16, 30]) {
                    for (const [key, value] of Object.entries({ name, z, layers })) models[0].set(key, value);
                    await new Promise((go) => requestAnimationFrame(go));
                    for (const svg of document.querySelectorAll(".ck-svg")) {
                      const box = svg.getBoundingClientRect();
                      for (const text of svg.querySelectorAll("text:not([display])")) {
                        const at = text.getBoundingClientRect();
                        const over = [box.left - at.left, at.right - box.right, box.top - at.top];
                        if (Math.max(...over, at.bottom - box.bottom) > 1)
                          outside.push([name, z, layers, text.textContent]);
                      }
                      const words = [...svg.querySelectorAll("text:not([display], .ck-axis *)")];
                      words.forEach((one, i) => words.slice(i + 1).forEach((two) => {
                        const [a, b] = [one.getBoundingClientRect(), two.getBoundingClientRect()];
                        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                        if (wide > 1 && high > 5)
                          outside.push([name, z, layers, one.textContent, two.textContent]);
                      }));
                    }
                  }
                }
              }
              return outside;
            }"""
        )
        assert outside == []


def test_a_screen_reader_hears_the_sentence_once_it_is_still(browser, tmp_path):
    with staged(browser, [Activations()], tmp_path) as page:
        hear(page, lambda: page.get_by_role("slider", name="input z").press("ArrowRight"))


def test_page_and_kernel_follow_each_other(browser, tmp_path):
    widget = Activations()
    with staged(browser, [widget], tmp_path, kernel=True) as page:
        page.get_by_role("slider", name="input z").press("ArrowLeft")
        page.get_by_role("slider", name="layers").press("ArrowRight")
        page.get_by_role("combobox", name="activation").select_option("gelu")
        page.wait_for_timeout(200)
        assert (widget.name, widget.z, widget.layers) == ("gelu", -0.05, 2)
        widget.name, widget.z = "relu", -8
        page.evaluate("models[0].send({})")
        page.wait_for_function(
            "document.querySelector('.ck-sentence').textContent.startsWith('ReLU at z = −8.00')"
        )
        assert page.get_by_role("slider", name="input z").get_attribute("aria-valuetext") == "−8.00"
