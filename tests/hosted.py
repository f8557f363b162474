"""A page of its own for widgets, without a kernel or a built site: the site's host runs them."""

import json
from pathlib import Path

from coursekit.site.widgets import bundle_css, extract_sources, fill_slots, lean, slot
from tests.tools import ROOT

_PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Widgets</title><style>
@font-face {{ font-family: Book; font-weight: 200 900; src: url("{font}") }}
html {{ font: 17px/1.55 Book, sans-serif; background: #fff; scroll-padding-top: 1rem }}
html[data-theme="dark"] {{ background: #14181e; color: #e6e9ed }}
body {{ margin: 0 auto; max-width: 720px }}
{css}</style><body><main><h1>Page</h1>{body}</main>
<script>{sources}</script>
<script type="application/vnd.jupyter.widget-state+json">{state}</script>
<script>{host}</script></body></html>"""


def write_page(path: Path, widgets: list) -> str:
    """Write a page that shows these widgets in slots, as the site does, and return its address."""
    models = {
        widget.model_id: {
            "model_name": "AnyModel",
            "model_module": "anywidget",
            "state": {**widget.get_state(), "_esm": str(widget._esm), "_css": str(widget._css)},
        }
        for widget in widgets
    }
    state = lean(models)
    sources = extract_sources(state, bundle_css())
    body = "<p>Words.</p>".join(slot(widget.model_id, repr(widget)) for widget in widgets)
    font = ROOT / "assets/fonts/source-sans-3-latin-wght-normal.woff2"
    slots = (ROOT / "assets/css/60-slots.css").read_text("utf-8")
    page = _PAGE.format(
        font=font.as_uri(),
        css=bundle_css() + slots,
        body=fill_slots(body, state),
        sources="".join(text for name, text in sources.items() if name.endswith(".js")),
        state=json.dumps({"state": state}).replace("</", "<\\/"),
        host=(ROOT / "src/coursekit/site/static/host.js").read_text("utf-8"),
    )
    path.write_text(page, encoding="utf-8")
    return path.as_uri()
