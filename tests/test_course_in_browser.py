"""Quizzes, predictions and cards in a real browser, on a page of their own without a kernel."""

import json
from pathlib import Path

import pytest

from coursekit import exercises
from coursekit import quiz as quizzes
from coursekit.predictions import predict, reveal
from coursekit.quiz import quiz
from coursekit.widgets.base import STATIC
from tests.browser import OF_COLOR, RULES, come_back
from tests.widget_pages import answer_all

ROOT = Path(__file__).parents[1]
AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"

PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Course floor</title><style>
@font-face {{ font-family: Book; font-weight: 200 900; src: url("{font}") }}
html {{ font: 17px/1.55 Book, sans-serif; background: #fff }}
html[data-theme="dark"] {{ background: #14181e; color: #e6e9ed }}
body {{ margin: 0 auto; width: var(--width, 720px) }}
{css}</style><body><main><h1>Page</h1>{cards}</main>
<script type="application/json" id="states">{states}</script>
<script type="application/json" id="scripts">{scripts}</script><script>
class Model {{
  constructor(state) {{ this.state = state; this.on_ = {{}}; }}
  get(name) {{ return this.state[name]; }}
  set(name, value) {{
    if (Object.is(this.state[name], value)) return;
    this.state[name] = value;
    for (const f of [...(this.on_["change:" + name] ?? [])]) f();
  }}
  save_changes() {{}}
  on(names, f) {{ for (const n of names.split(" ")) (this.on_[n] ??= new Set()).add(f); }}
  off(names, f) {{ for (const n of names.split(" ")) this.on_[n]?.delete(f); }}
}}
const read = (id) => document.getElementById(id).textContent;
const url = (script) => URL.createObjectURL(new Blob([script], {{ type: "text/javascript" }}));
const scripts = JSON.parse(read("scripts"));
const kinds = Object.keys(scripts);
Promise.all(kinds.map((kind) => import(url(scripts[kind])))).then(async (modules) => {{
  window.models = JSON.parse(read("states")).map((state) => new Model(state));
  for (const model of models) {{
    const el = document.createElement("div");
    el.dataset.kind = model.get("kind");
    document.querySelector("main").append(el);
    modules[kinds.indexOf(model.get("kind"))].default.render({{ model, el }});
  }}
  await document.fonts.ready;
  window.ready = true;
}});
</script></body></html>"""


@pytest.fixture(scope="module")
def widgets():
    predict("b-number", "How large is the *error* of `f` here?", low=1e-12, high=1, log=True)
    long = "It stays where it is, since the slope there is zero to the last digit of the number"
    predict("b-choice", "Which way does the ball roll?", options=["Left", "Right", long])
    asked = predict(
        "b-unit", "How fast is it after one second of falling?", low=0, high=20, unit="m/s"
    )
    return [
        *(quiz(id) for id in quizzes.find()),
        predict("b-number", "How large is the *error* of `f` here?", low=1e-12, high=1, log=True),
        reveal("b-number", 3e-9, "Two nearly equal numbers are subtracted, then divided by `h`."),
        predict("b-choice", "Which way does the ball roll?", options=["Left", "Right", long]),
        reveal("b-choice", "Left", "The slope is positive there, so downhill is to the left."),
        asked,
        reveal("b-unit", 9.81),
    ]


@pytest.fixture(scope="module")
def url(widgets, tmp_path_factory):
    cards = []
    for exercise in [e for id, e in exercises.find().items() if id.endswith(".1")]:
        for answer in (exercise.solution, ..., exercise.mistakes[0].wrong):
            cards.append(exercises.card(exercise, exercises.judge(exercise, answer)).html)
    states = [
        {k: v for k, v in widget.get_state().items() if not k.startswith("_")} for widget in widgets
    ]
    page = PAGE.format(
        font=(ROOT / "assets/fonts/source-sans-3-latin-wght-normal.woff2").as_uri(),
        css=(STATIC / "widgets.css").read_text("utf-8"),
        cards="".join(cards),
        states=json.dumps(states).replace("</", "<\\/"),
        scripts=json.dumps({widget.kind: widget._esm for widget in widgets}).replace("</", "<\\/"),
    )
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser, url):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.goto(url)
    page.wait_for_function("window.ready")
    yield page
    assert errors == []
    context.close()


@pytest.mark.parametrize(("index", "width"), [(0, 720), (1, 360)])
def test_the_reserved_heights_are_those_of_the_page_within_a_line(page, widgets, index, width):
    page.evaluate("w => document.body.style.setProperty('--width', w + 'px')", width)
    heights = page.evaluate("[...document.querySelectorAll('.ck')].map(e => e.offsetHeight)")
    assert len(heights) == len(widgets)
    for widget, height in zip(widgets, heights, strict=True):
        lines = 2 if widget.kind == "quiz" else 1
        assert abs(widget.reserve[index] - height) <= 24 * lines, (repr(widget)[:60], height)


def test_a_quiz_is_done_by_keyboard_alone_and_remembered(page):
    quiz_at = page.locator(".ck-quiz").first
    first = quiz_at.locator("form").first
    right = page.evaluate("models[0].get('questions')[0].options.findIndex(o => o.right)")
    first.locator("input").first.focus()
    page.keyboard.press("Space")
    for _ in range(right):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert first.locator(".ck-mark").inner_text() == "✓ Right"
    assert quiz_at.locator(".ck-score").inner_text().startswith("1 of ")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Check question 1"
    come_back(page)
    page.wait_for_function("window.ready")
    assert quiz_at.locator(".ck-score").inner_text().startswith("1 of ")


def test_a_guess_by_keyboard_reaches_the_reveal_and_the_next_visit(page):
    ask, answer = page.locator(".ck-predict").first, page.locator(".ck-reveal").first
    assert answer.inner_text().startswith("Keep a guess above")
    assert not answer.locator(".ck-result").is_visible()
    ask.locator("input[type=number]").fill("3e-8")
    page.keyboard.press("Enter")
    said = "You guessed 3 × 10⁻⁸; measured 3 × 10⁻⁹: off by a factor of 10."
    assert answer.locator(".ck-result").inner_text() == said
    come_back(page)
    page.wait_for_function("window.ready")
    assert answer.locator(".ck-result").inner_text() == said
    assert page.evaluate("models.find(m => m.get('key') == 'b-number').get('guess')") == 3e-8


def test_a_reveal_opens_without_a_guess_when_asked(page):
    answer = page.locator(".ck-reveal").first
    answer.get_by_role("button", name="Show it without a guess").press("Enter")
    assert answer.locator(".ck-result").inner_text() == "You kept no guess. Measured: 3 × 10⁻⁹."


def answered(page, width=720):
    """Answer everything on the page at a width."""
    page.set_viewport_size({"width": width + 40, "height": 900})
    page.evaluate("w => document.body.style.setProperty('--width', w + 'px')", width)
    answer_all(page)
    assert page.locator(".ck-mark:not(:empty)").count() >= len(quizzes.find())
    assert page.locator(".ck-result:visible").count() == page.locator(".ck-reveal").count()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page, theme):
    page.evaluate("t => { document.documentElement.dataset.theme = t }", theme)
    answered(page)
    page.evaluate(AXE.read_text("utf-8"))
    rules = RULES if theme == "light" else OF_COLOR
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", rules)["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []


@pytest.mark.parametrize("width", [720, 340])
def test_nothing_is_too_wide(page, width):
    answered(page, width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
