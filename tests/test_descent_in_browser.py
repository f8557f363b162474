"""The descent widget in a real browser, run by the site's host on a page of its own without a kernel."""

import pytest

from coursekit.widgets import Descent
from tests.browser import opened
from tests.controls import WAYS, dead_controls, look
from tests.hosted import write_page
from tests.test_site_widgets import drag_by_mouse, drag_by_touch, goal
from tests.tools import ROOT

AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
FIVE = [
    {"optimizer": "sgd", "lr": 0.03},
    {"optimizer": "momentum", "lr": 0.01},
    {"optimizer": "nesterov", "lr": 0.01},
    {"optimizer": "rmsprop", "lr": 0.05},
    {"optimizer": "adam", "lr": 0.2},
]
PHONE = {"viewport": {"width": 360, "height": 800}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def shown():
    """The widgets of the page, the second one with noise and all racers there can be."""
    return [Descent(step=60), Descent(racers=FIVE, steps=120, step=80, noise=0.3)]


@pytest.fixture(scope="module")
def base(shown, tmp_path_factory):
    folder = tmp_path_factory.mktemp("descent")
    write_page(folder / "page.html", shown)
    return folder.as_uri() + "/"


@pytest.fixture
def visit(browser, base):
    def go(fragment="", **options):
        return opened(browser, base, "page.html" + fragment, **options)

    return go


def first(page):
    return page.locator(".ck-descent").first


def values(widget):
    """What the sliders and lists of a widget stand at, by their labels."""
    return widget.evaluate(
        """el => Object.fromEntries([...el.querySelectorAll("input[type=range], select")]
             .map(node => [node.labels[0].textContent, node.value]))"""
    )


def sentence(widget):
    return look(widget).sentence


def chips(widget):
    return widget.locator(".ck-racer").all_inner_texts()


@pytest.mark.parametrize("way", WAYS)
def test_every_control_does_something(visit, way):
    with visit(reduced_motion="reduce") as page:
        for widget in page.locator(".ck-descent").all():
            assert dead_controls(page, widget, way) == []
        assert page.watch.faults == []


@pytest.mark.parametrize(
    ("drag", "options"), [(drag_by_mouse, {}), (drag_by_touch, PHONE)], ids=["mouse", "touch"]
)
def test_start_and_time_are_dragged(visit, drag, options):
    with visit(**options) as page:
        for handle, names in ((0, {"start x", "start y"}), (1, {"step"})):
            widget = first(page)
            before, stood, said = look(widget), values(widget), sentence(widget)
            drag(page, *goal(widget.locator(".ck-handle").nth(handle)))
            after = values(widget)
            assert {name for name in after if after[name] != stood[name]} == names
            assert sentence(widget) != said
            assert look(widget).picture != before.picture
        assert page.watch.faults == []


def test_racers_are_added_changed_and_removed(visit):
    with visit() as page:
        widget = first(page)
        assert [text.split("\n")[0] for text in chips(widget)] == ["SGD", "Momentum"]
        add = widget.get_by_role("button", name="Add a racer")
        remove = widget.get_by_role("button", name="Remove this one")
        for count in (3, 4, 5):
            add.click()
            look(widget)
            assert len(chips(widget)) == count
            assert widget.locator(".ck-racer input").nth(count - 1).is_checked()
        assert add.is_disabled()
        widget.get_by_label("optimizer", exact=True).select_option("adam")
        look(widget)
        assert "Adam" in chips(widget)[4]
        assert "β₂" in "".join(values(widget))
        for count in (4, 3, 2, 1):
            remove.click()
            look(widget)
            assert len(chips(widget)) == count
        assert remove.is_disabled()
        assert widget.locator(".ck-race-map .ck-racer-mark").count() == 1
        assert page.watch.faults == []


def test_a_chip_is_chosen_by_the_arrow_keys(visit):
    with visit() as page:
        widget = page.locator(".ck-descent").nth(1)
        widget.locator(".ck-racer input").first.focus()
        for name in ("Momentum", "Nesterov", "RMSProp", "Adam"):
            page.keyboard.press("ArrowDown")
            assert f" {name} " in sentence(widget)
            assert values(widget)["optimizer"] == name.lower()


def test_time_goes_by_only_when_asked(visit):
    with visit() as page:
        widget = first(page)
        page.wait_for_timeout(200)
        assert values(widget)["step"] == "60"
        play = widget.get_by_role("button", name="Play")
        play.click()
        page.wait_for_function("() => document.querySelector('.ck-time input').value > 70")
        widget.get_by_role("button", name="Pause").click()
        look(widget)  # the step that was under way is drawn with the next frame
        stopped = values(widget)["step"]
        page.wait_for_timeout(200)
        assert values(widget)["step"] == stopped
        assert page.watch.faults == []
    with visit(reduced_motion="reduce") as page:
        assert first(page).get_by_role("button", name="Play").count() == 0


def test_a_link_opens_the_same_setting_in_the_same_widget(visit):
    with visit() as page:
        widget = page.locator(".ck-descent").nth(1)
        widget.get_by_label("landscape", exact=True).select_option("himmelblau")
        widget.get_by_label("start x", exact=True).fill("1.25")
        widget.locator(".ck-racer").nth(4).click()
        widget.get_by_label("learning rate").press("ArrowRight")
        widget.get_by_label("memory β₂", exact=True).press("ArrowLeft")
        widget.get_by_label("gradient noise", exact=True).press("ArrowRight")
        widget.get_by_label("step", exact=True).fill("37")
        look(widget)
        kept = values(widget), sentence(widget), chips(widget)
        other = values(first(page))
        assert page.evaluate("location.hash") == ""
        widget.get_by_role("button", name="Copy a link").click()
        page.wait_for_function("() => location.hash")
        fragment = page.evaluate("location.hash")
        assert page.watch.faults == []
    assert fragment.startswith("#descent-2&")
    assert len(fragment) < 260
    assert "%" not in fragment
    with visit(fragment) as page:
        widget = page.locator(".ck-descent").nth(1)
        assert (values(widget), sentence(widget), chips(widget)) == kept
        assert values(first(page)) == other
        assert widget.bounding_box()["y"] < 40  # the page has gone to it
        page.evaluate("location.hash = '#descent-1&' + location.hash.split('&').slice(1).join('&')")
        page.wait_for_timeout(100)
        assert values(first(page))["step"] == "37"
        assert page.watch.faults == []


@pytest.mark.parametrize(
    "fragment",
    [
        "descent-1",
        "descent-1&land=nowhere&at=0_0&step=1&noise=0&race=sgd_0.1&show=0",
        "descent-1&land=bowl&at=0_99&step=1&noise=0&race=sgd_0.1&show=0",
        "descent-1&land=bowl&at=0&step=1&noise=0&race=sgd_0.1&show=0",
        "descent-1&land=bowl&at=0_0_0&step=1&noise=0&race=sgd_0.1&show=0",
        "descent-1&land=bowl&at=0_0&step=1e9&noise=0&race=sgd_0.1&show=0",
        "descent-1&land=bowl&at=0_0&step=1&noise=NaN&race=sgd_0.1&show=0",
        "descent-1&land=bowl&at=0_0&step=1&noise=0&race=toString_0.1&show=0",
        "descent-1&land=bowl&at=0_0&step=1&noise=0&race=momentum_0.1&show=0",
        "descent-1&land=bowl&at=0_0&step=1&noise=0&race=sgd_0.1&show=4",
        "descent-1&land=bowl&at=0_0&step=1&noise=0&race=sgd_1*sgd_1*sgd_1*sgd_1*sgd_1*sgd_1&show=0",
        "descent-1&%E0%A4%A=%&&&==*",
    ],
)
def test_a_link_that_makes_no_sense_is_told_and_changes_nothing(visit, fragment):
    with visit() as page:
        usual = values(first(page)), chips(first(page))
    with visit(f"#{fragment}") as page:
        assert (values(first(page)), chips(first(page))) == usual
        note = first(page).locator(".ck-address .ck-note")
        assert note.inner_text() == "The setting in this page’s address could not be read."
        assert page.locator(".ck-address .ck-note").nth(1).inner_text() == ""
        assert page.watch.faults == []


@pytest.mark.parametrize("fragment", ["#a-section", "#descent-7&land=bowl", "#%E0%A4%A"])
def test_other_fragments_are_none_of_its_business(visit, fragment):
    with visit(fragment) as page:
        assert "".join(page.locator(".ck-address .ck-note").all_inner_texts()) == ""
        assert page.watch.faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [720, 360])
def test_axe_finds_nothing_and_nothing_is_too_wide(visit, theme, width):
    with visit(viewport={"width": width, "height": 900}) as page:
        page.evaluate("t => { document.documentElement.dataset.theme = t }", theme)
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for target in page.locator(".ck-descent :is(button, select, input)").all():
            assert target.bounding_box()["height"] >= 24


@pytest.mark.parametrize(("place", "width"), [(0, 720), (1, 360)])
def test_the_reserved_heights_are_measured(visit, shown, place, width):
    with visit(viewport={"width": width, "height": 900}) as page:
        heights = page.evaluate("[...document.querySelectorAll('.ck')].map(e => e.offsetHeight)")
    for widget, height in zip(shown, heights, strict=True):
        assert abs(widget.reserve[place] - height) <= 24, (widget.reserve, height)


def test_names_on_the_map_cover_neither_each_other_nor_the_marks(visit):
    with visit() as page:
        widget = page.locator(".ck-descent").nth(1)
        for step in ("0", "5", "20", "60", "120"):
            widget.get_by_label("step", exact=True).fill(step)
            look(widget)
            for picture in (".ck-race-map", ".ck-race-chart"):
                names = widget.locator(f"{picture} .ck-racer-name").all()
                boxes = [name.bounding_box() for name in names if name.is_visible()]
                for i, a in enumerate(boxes):
                    for b in boxes[:i]:
                        aside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
                        # A line's box is taller than its letters.
                        assert aside or abs(a["y"] - b["y"]) > 11, (step, picture, a, b)
