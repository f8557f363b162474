"""A page with widgets of a test's own, in a browser: without a kernel, or with this process as one."""

import json
from contextlib import contextmanager
from pathlib import Path

from coursekit.widgets.base import STATIC
from tests.browser import RULES

ROOT = Path(__file__).parents[1]
AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
#: Rules that ask for parts of a whole page, which this one does not have.
PAGE_RULES = ["landmark-one-main", "page-has-heading-one", "region", "bypass"]
#: Frames that do not wait for the screen.
AT_ONCE = "window.requestAnimationFrame = (draw) => (queueMicrotask(() => draw(0)), 1)"

PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Widgets</title><style>
@font-face {{ font-family: Book; font-weight: 200 900; src: url("{font}") }}
html {{ font: 17px/1.55 Book, sans-serif; background: var(--ck-ground); color: var(--ck-ink) }}
body {{ margin: 0 auto; max-width: var(--width, 720px) }}
main > div {{ margin-bottom: 40px }}
{css}</style><body><main><h1>Page</h1></main>
<script type="application/json" id="states">{states}</script>
<script type="application/json" id="scripts">{scripts}</script><script>
class Model {{
  constructor(state, place) {{ Object.assign(this, {{ state, place, on_: {{}}, changed: {{}} }}); }}
  get(name) {{ return this.state[name]; }}
  set(name, value) {{
    if (Object.is(this.state[name], value)) return;
    this.state[name] = this.changed[name] = value;
    this.tell("change:" + name);
  }}
  tell(name, ...more) {{ for (const f of [...(this.on_[name] ?? [])]) f(...more); }}
  save_changes() {{ this.toKernel({{ state: this.changed }}); this.changed = {{}}; }}
  send(message) {{ this.toKernel({{ message }}); }}
  async toKernel(said) {{
    if (!window.kernel) return;
    const {{ state, messages }} = await window.kernel(this.place, said);
    for (const [name, value] of Object.entries(state)) {{ this.set(name, value); delete this.changed[name]; }}
    for (const message of messages) this.tell("msg:custom", message);
  }}
  on(names, f) {{ for (const n of names.split(" ")) (this.on_[n] ??= new Set()).add(f); }}
  off(names, f) {{ for (const n of names.split(" ")) this.on_[n]?.delete(f); }}
}}
const read = (id) => document.getElementById(id).textContent;
const url = (script) => URL.createObjectURL(new Blob([script], {{ type: "text/javascript" }}));
const scripts = JSON.parse(read("scripts"));
const kinds = Object.keys(scripts);
Promise.all(kinds.map((kind) => import(url(scripts[kind])))).then(async (modules) => {{
  window.models = JSON.parse(read("states")).map((state, place) => new Model(state, place));
  for (const model of models) {{
    const el = document.createElement("div");
    document.querySelector("main").append(el);
    modules[kinds.indexOf(model.get("kind"))].default.render({{ model, el }});
  }}
  await document.fonts.ready;
  window.ready = true;
}});
</script></body></html>"""


def state(widget):
    """What a page stores of a widget."""
    return {key: value for key, value in widget.get_state().items() if not key.startswith("_")}


def write(widgets, path):
    """Write the page with these widgets; return its address."""
    text = PAGE.format(
        font=(ROOT / "assets/fonts/source-sans-3-latin-wght-normal.woff2").as_uri(),
        css=(STATIC / "widgets.css").read_text("utf-8"),
        states=json.dumps([state(widget) for widget in widgets]).replace("</", "<\\/"),
        scripts=json.dumps({widget.kind: widget._esm for widget in widgets}).replace("</", "<\\/"),
    )
    Path(path).write_text(text, encoding="utf-8")
    return Path(path).as_uri()


class Comm:
    """The line between a widget and its page, cut: what the widget says stays here."""

    comm_id = "stage"

    def __init__(self):
        self.said = []

    def send(self, data=None, metadata=None, buffers=None):
        self.said.append(data)

    def on_msg(self, callback):
        """A page's message is handed to the widget by the test."""

    def close(self, *args, **kwargs):
        """There is nothing to close."""

    def heard(self):
        """Return the state and the messages said since last asked."""
        said, self.said = self.said, []
        state = {}
        for data in said:
            state |= data.get("state", {}) if data["method"] in ("update", "echo_update") else {}
        messages = [data["content"] for data in said if data["method"] == "custom"]
        return {"state": state, "messages": messages}


def connect(widget):
    """Put a `Comm` in place of the widget's own; return it."""
    widget.comm = Comm()
    return widget.comm


@contextmanager
def staged(browser, widgets, folder, *, kernel=False, width=720, at_once=False, **options):
    """The page with these widgets; at the end nothing has gone wrong.

    Args:
        browser: The running browser.
        widgets: The widgets, from the top.
        folder: Where the page is written.
        kernel: Whether the widgets themselves answer the page.
        width: The width of the text column, in pixels.
        at_once: Whether a widget draws as soon as it is told to, not before the next paint: many
            settings can then be tried in little time.
        options: For Playwright's ``new_context``.
    """
    url = write(widgets, Path(folder) / "page.html")
    context = browser.new_context(
        **{"viewport": {"width": max(width, 360), "height": 900}} | options
    )
    context.set_default_timeout(60_000)  # a busy machine is slow
    page = context.new_page()
    if at_once:
        page.add_init_script(AT_ONCE)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    if kernel:
        comms = [connect(widget) for widget in widgets]

        def answer(place, said):
            if "message" in said:
                widgets[place]._handle_custom_msg(said["message"], [])
            else:
                widgets[place].set_state(said["state"])
            return comms[place].heard()

        page.expose_function("kernel", answer)
    page.goto(url)
    page.evaluate("w => document.body.style.setProperty('--width', w + 'px')", width)
    page.wait_for_function("window.ready")
    yield page
    context.close()
    assert errors == []


def assert_reserved(browser, widgets, folder, index, width, within):
    """Assert that the heights kept free for widgets are, within some pixels, those that they take.

    Args:
        index: 0 for the height that is kept on wide pages, 1 for that on narrow ones.
    """
    with staged(browser, widgets, folder, width=width) as page:
        heights = page.evaluate("[...document.querySelectorAll('.ck')].map((e) => e.offsetHeight)")
        for widget, height in zip(widgets, heights, strict=True):
            assert abs(widget.reserve[index] - height) <= within, widget
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def darken(page):
    """Show the page on dark ground."""
    page.evaluate("document.documentElement.dataset.theme = 'dark'")


def hear(page, act):
    """Do something, and assert that a screen reader then hears the sentence, once it is still."""
    heard = page.locator("[role=status]")
    before = heard.text_content()
    act()
    page.wait_for_function(
        "before => document.querySelector('[role=status]').textContent !== before", arg=before
    )
    assert heard.text_content() == page.locator(".ck-sentence").text_content()


def axe(page):
    """Return what axe finds on the page, as lines of text."""
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(
        """([rules, off]) => axe.run(document, {
          runOnly: rules,
          rules: Object.fromEntries(off.map((rule) => [rule, { enabled: false }])),
        })""",
        [RULES, PAGE_RULES],
    )
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]
