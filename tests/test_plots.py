"""Pictures: what is drawn, what is said, and that they follow the page's colors."""

import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

from coursekit import curves, landscapes, plots, seeding
from coursekit.descent import descend
from coursekit.optimizers import SGD, AdamW
from coursekit.widgets.base import STATIC

ALT = "A picture that shows something worth saying."


def texts(figure):
    return [t for t in ElementTree.fromstring(figure.svg()).itertext() if t.strip()]


def racer(optimizer, steps=40):
    f = landscapes.ravine()
    return descend(f, f.start, optimizer, steps, diverged_above=np.inf)


RACERS = {
    "gradient descent": racer(SGD(lr=0.03)),
    "gradient descent, far too fast": racer(SGD(lr=0.3)),
    "momentum": racer(SGD(lr=0.03, momentum=0.8)),
    "Nesterov": racer(SGD(lr=0.03, momentum=0.8, nesterov=True)),
    "AdamW, lr 0.1": racer(AdamW(lr=0.1)),
}


def samples():
    xs = np.linspace(0, 1, 5)
    interval = seeding.Interval(0.1, 0.2, 0.3, 0.95, 10)
    yield plots.lines(
        {"up": (xs, xs), "down": (xs, 1 - xs)}, x="x", y="y", alt=ALT, guides={"half": 0.5}
    )
    yield plots.lines({"a": (xs + 1, xs + 1)}, x="x", y="y", alt=ALT, log="xy")
    yield plots.intervals(
        {"one": interval, "two": interval}, x="x", y="y", alt=ALT, guides={"g": 0}
    )
    yield plots.scatter({"p": (xs + 1, xs), "q": (xs + 2, xs)}, x="x", y="y", alt=ALT, log="x")
    yield plots.secants_and_tangent(curves.get("sine"), 0.5, [2.0, 1.0], alt=ALT)
    yield plots.contours(
        landscapes.ravine(),
        alt=ALT,
        arrows=[((0, 0), (1, 1), "g", "gradient")],
        points={"here": (1, 1)},
        paths={"start": np.ones((3, 2))},
    )
    yield plots.bands({"a": (xs, [interval] * 5), "b": (xs, [interval] * 5)}, x="x", y="y", alt=ALT)
    yield plots.basins(
        landscapes.himmelblau(), [-5, 0, 5], [-5, 5], [[0, 1, 2], [3, 3, -1]], alt=ALT
    )
    yield plots.race(landscapes.ravine(), RACERS, alt=ALT)
    yield plots.images(np.eye(3)[None], alt=ALT)
    yield plots.images(
        np.linspace(-1, 1, 36).reshape(6, 2, 3),
        alt=ALT,
        columns=3,
        titles="abc",
        rows=["up", "down"],
    )


FIGURES = list(samples())


@pytest.mark.parametrize("figure", FIGURES)
def test_a_picture_is_svg_with_its_alt_text_first(figure):
    bundle = figure._repr_mimebundle_()
    root = ElementTree.fromstring(bundle["image/svg+xml"])
    assert root[0].tag.endswith("title")
    assert root[0].text == ALT
    assert bundle["text/plain"] == f"[picture] {ALT}"


@pytest.mark.parametrize("figure", FIGURES)
def test_a_picture_is_the_same_each_time_and_uses_the_courses_colors_only(figure):
    drawn = figure.svg()
    assert drawn == figure.svg()
    assert set(re.findall(r"#[0-9a-f]{6}\b", drawn)) <= set(plots.COLORS.values())
    assert "<image" not in drawn


def test_another_color_is_refused():
    figure, ax = plots.picture(alt=ALT)
    ax.plot([0, 1], [0, 1], color="#123456")
    with pytest.raises(ValueError, match="#123456"):
        figure.svg()


@pytest.mark.parametrize("alt", ["", "Too short", None, 3])
def test_a_picture_without_words_is_refused(alt):
    with pytest.raises(ValueError, match="sentence"):
        plots.picture(alt=alt)


def test_lines_carry_their_names_and_do_not_collide():
    xs = np.array([1.0, 2.0])
    figure = plots.lines({"one": (xs, xs), "two": (xs, xs * 1.001)}, x="way", y="loss", alt=ALT)
    assert {"one", "two", "way", "loss"} <= set(texts(figure))
    labels = [a for a in figure.axes[0].texts if a.get_text() in ("one", "two")]
    assert abs(labels[0].get_position()[1] - labels[1].get_position()[1]) > 12


def test_a_label_within_stands_on_the_free_side_of_its_line():
    xs = np.linspace(0, 1, 5)
    series = {"up": (xs, xs), "down": (xs, 1 - xs), "up, from the right": (xs[::-1], 2 * xs[::-1])}
    figure = plots.lines(series, x="x", y="y", alt=ALT, label_at=dict.fromkeys(series, 2))
    sides = {a.get_text(): a.get_position()[1] for a in figure.axes[0].texts}
    assert sides["up"] < 0 < sides["down"]
    assert sides["up, from the right"] < 0


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ({"a": ([1, 2], [1])}, r"series\['a'\].*one length"),
        ({"a": ([1, 2], [np.nan, np.inf])}, "no finite value"),
    ],
)
def test_lines_refuse_what_cannot_be_drawn(series, message):
    with pytest.raises(ValueError, match=message):
        plots.lines(series, x="x", y="y", alt=ALT)


def test_the_colors_are_those_of_the_page():
    """The widgets' style sheet defines the tokens; its light values are matplotlib's."""
    css = (STATIC / "widgets.css").read_text(encoding="utf-8")
    light = css[: css.index("data-theme")]
    for name, color in plots.COLORS.items():
        if name != "ink":  # figures in a notebook need an ink for both light and dark ground
            assert re.search(rf"--ck-{name}:\s*{color}", light), name


def test_secants_have_the_slopes_they_say():
    figure = plots.secants_and_tangent(curves.get("parabola"), 1.0, [1.0], alt=ALT)
    assert {"h = 1: slope 3.00", "tangent: slope 2.00"} <= set(texts(figure))


def test_bands_reach_from_bound_to_bound():
    measured = [seeding.Interval(v - 1, v, v + 2, 0.95, 9) for v in (1.0, 5.0)]
    figure = plots.bands({"a": ([0, 1], measured)}, x="x", y="y", alt=ALT)
    corners = figure.axes[0].collections[0].get_paths()[0].vertices
    assert {tuple(corner) for corner in corners} == {(0, 0), (1, 4), (1, 7), (0, 3)}
    assert figure.axes[0].lines[0].get_ydata().tolist() == [1, 5]
    with pytest.raises(ValueError, match=r"series\['a'\].*one length"):
        plots.bands({"a": ([0, 1, 2], measured)}, x="x", y="y", alt=ALT)


def test_racers_wear_their_optimizers_colors_and_differ_by_dash():
    left, right = plots.race(landscapes.ravine(), RACERS, alt=ALT).axes
    worn = [(line.get_color(), str(line._unscaled_dash_pattern)) for line in right.lines]
    assert len(set(worn)) == len(RACERS)
    colors = [plots.COLORS[c] for c in ("path", "path", "loss", "loss", "gradient")]
    assert [color for color, _ in worn] == colors
    assert {t.get_text() for t in right.texts} == set(RACERS)


def test_a_racer_that_runs_away_is_drawn_to_the_border_and_hides_nobody():
    left, right = plots.race(landscapes.ravine(), RACERS, alt=ALT).axes
    assert right.get_ylim()[1] < 1e4
    fast = left.lines[3].get_xydata()  # after the star of the minimum and the first racer's two
    inside = (abs(fast) <= 3).all(axis=1)
    assert inside[:-1].all()
    assert not inside[-1]


def test_a_race_needs_whole_paths_of_one_run():
    f = landscapes.ravine()
    with pytest.raises(ValueError, match="at least one racer"):
        plots.race(f, {}, alt=ALT)
    for start, every in ((f.start, 5), (np.ones((3, 2)), 1)):
        path = descend(f, start, SGD(lr=0.01), 10, every=every)
        with pytest.raises(ValueError, match=r"paths\['a'\] must be one run"):
            plots.race(f, {"a": path}, alt=ALT)


def test_basins_need_an_entry_for_each_start():
    with pytest.raises(ValueError, match=r"which must have shape.*\(2, 3\), got \(3, 2\)"):
        plots.basins(landscapes.himmelblau(), [-5, 0, 5], [-5, 5], np.zeros((3, 2)), alt=ALT)


def tiles(figure):
    """The tiles of a picture of small images by color and shade, each as (column, row)."""
    shapes = [patch for patch in figure.axes[0].patches if patch.get_fill()]
    return {
        (shape.get_facecolor()[:3], shape.get_alpha()): {
            tuple(np.floor(corner).astype(int)) for corner in shape.get_path().vertices[::5] * 2
        }
        for shape in shapes
    }


def test_a_pixel_has_the_color_of_its_sign_and_the_shade_of_its_size():
    rgb = matplotlib.colors.to_rgb
    warm, cold, ink = (rgb(plots.COLORS[name]) for name in ("gradient", "loss", "ink"))
    signed = [[[2.0, -1.0], [0.0, 2.0]]]
    assert tiles(plots.images(signed, alt=ALT)) == {
        (warm, 1): {(0, 0), (1, 1)},
        (cold, 0.5): {(1, 0)},
    }
    assert set(tiles(plots.images(signed, alt=ALT, limit=1))) == {(warm, 1), (cold, 1)}
    assert set(tiles(plots.images(np.abs(signed), alt=ALT))) == {(ink, 1), (ink, 0.5)}
    assert set(tiles(plots.images(np.abs(signed), alt=ALT, signed=True))) == {
        (warm, 1),
        (warm, 0.5),
    }
    assert tiles(plots.images(np.zeros((1, 2, 2)), alt=ALT)) == {}
    both = plots.images(np.ones((2, 1, 1)), alt=ALT, signed=[False, True])
    assert set(tiles(both)) == {(ink, 1), (warm, 1)}


def test_titles_and_rows_stand_beside_their_images():
    several = np.ones((4, 2, 2))
    figure = plots.images(several, alt=ALT, columns=2, titles="abcd", rows=["one", "two"])
    a, b, c, d, one, two = (t.xy for t in figure.axes[0].texts)
    assert a[1] == b[1] < c[1] == d[1]
    assert a[0] == c[0] < b[0] == d[0]
    assert one[1] < c[1] < two[1]


def test_many_images_fit_into_the_text_column():
    figure = plots.images(np.ones((40, 5, 5)), alt=ALT, columns=20, rows=["before", "after"])
    assert figure.get_size_inches()[0] <= 7.2
    assert plots.images(np.ones((40, 5, 5)), alt=ALT).get_size_inches()[1] > 4


@pytest.mark.parametrize(
    ("values", "settings", "message"),
    [
        (np.ones((2, 2)), {}, "shape"),
        (np.full((1, 2, 2), np.nan), {}, "finite"),
        (np.ones((1, 2, 2)), {"limit": -1}, "limit must be positive, got -1"),
        (np.ones((3, 2, 2)), {"titles": "ab"}, "3 images"),
        (np.ones((3, 2, 2)), {"rows": "ab"}, "name 1 rows"),
        (-np.ones((1, 2, 2)), {"signed": False}, "below 0"),
    ],
)
def test_images_refuse_what_cannot_be_drawn(values, settings, message):
    with pytest.raises(ValueError, match=message):
        plots.images(values, alt=ALT, **settings)


@pytest.mark.parametrize("level", [0.2, 0.5, 1.0])
def test_a_guides_name_stands_clear_of_lines_and_words(level):
    """Lines end just above the guide's right end, where its name would stand, and at its left below it."""
    xs = np.linspace(0, 1, 30)
    ys = level + 0.03 - 0.06 * (xs < 0.3)
    figure = plots.lines(
        {"flat": (xs, ys), "wide": (xs, xs)}, x="x", y="y", alt=ALT, guides={"a guide": level}
    )
    figure.draw_without_rendering()
    ax = figure.axes[0]
    (name,) = [text for text in ax.texts if text.get_text() == "a guide"]
    box = name.get_window_extent()
    drawn = ax.transData.transform(np.array([xs, ys]).T)
    assert not box.count_contains(drawn)
    assert not box.count_overlaps([t.get_window_extent() for t in ax.texts if t is not name])
    assert abs(box.y0 + box.height / 2 - ax.transData.transform((0, level))[1]) < 2 * box.height
