"""Widgets on pages without a kernel: a slot in the text, lean state at the end, our host to run them.

A notebook's output holds a widget's view as a script element and the page holds all state, with the
whole JavaScript source once for each widget. Here each distinct source becomes one static script
(see `modules`) that the browser caches, models nobody needs are dropped, and the view becomes a slot
that keeps the widget's height free and says in words what is shown there.
"""

import hashlib
import json
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from coursekit.site import modules

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
FALLBACK = "An interactive picture stands here; it needs JavaScript."
#: Folder under ``_static`` for the sources that widgets bring along.
FOLDER = "widgets"
#: What the host can show or act on besides anywidget's models.
_KEPT_MODELS = ("BoxModel", "HBoxModel", "VBoxModel", "LinkModel", "DirectionalLinkModel")
_DROPPED_KEYS = ("layout", "style", "tooltip", "tabbable", "_dom_classes", "_anywidget_id")


def sentence(text: str) -> str:
    """Return a widget's plain-text form if it is a sentence, else a fallback.

    Example:
        >>> sentence("HBox(children=(...))") == FALLBACK
        True
    """
    lines = (" ".join(line.split()) for line in text.strip().splitlines())
    text = "\n".join(line for line in lines if line)
    looks_like_code = not text or text.startswith("<") or "(" in text.split(" ")[0]
    return FALLBACK if looks_like_code else text


def slot(model: str, text: str) -> str:
    """Return the element that a widget is shown in; `fill_slots` adds the reserved height."""
    return (
        f'<div class="ck-slot" data-model="{escape(model)}">'
        f'<p class="ck-still">{escape(sentence(text))}</p></div>'
    )


def lean(state: dict[str, Any]) -> dict[str, Any]:
    """Drop the models and keys that a page without a kernel has no use for.

    Args:
        state: Model id to ``{"model_name", "model_module", "state", "buffers"}``.

    Returns:
        The same mapping, smaller; what it holds is copied where it is changed.
    """
    kept = {}
    for identity, model in state.items():
        if model.get("model_module") != "anywidget" and model["model_name"] not in _KEPT_MODELS:
            continue
        values = {
            key: value
            for key, value in model["state"].items()
            if key not in _DROPPED_KEYS and not key.startswith(("_model_", "_view_"))
        }
        kept[identity] = {"model_name": model["model_name"], "state": values}
        if model.get("buffers"):
            kept[identity]["buffers"] = model["buffers"]
    return kept


def extract_sources(state: dict[str, Any], bundle_css: str) -> dict[str, str]:
    """Replace each model's JavaScript and CSS by a short reference, in place.

    Args:
        state: As `lean` returns it.
        bundle_css: The course's own style sheet; every page links it already, so it is dropped.

    Returns:
        File name to content, for the folder of widgets' sources.

    Raises:
        ModuleError: a source cannot be a classic script.
    """
    files = {}
    for model in state.values():
        values = model["state"]
        if (esm := values.get("_esm")) is not None:
            key, script = modules.script(esm)
            files[f"{key}.js"] = script
            values["_esm"] = key
        css = values.pop("_css", None)
        if css and css.strip() != bundle_css.strip():
            files[f"{hashlib.sha256(css.encode()).hexdigest()[:12]}.css"] = css
    return files


def heights(model: dict[str, Any] | None) -> str:
    """Return the reserved heights as CSS custom properties, or nothing when none are known."""
    reserve = (model or {}).get("state", {}).get("reserve")
    if not reserve:
        return ""
    wide, narrow = (int(height) for height in reserve)
    return f' style="--wide:{wide};--narrow:{narrow}"'


def fill_slots(body: str, state: dict[str, Any]) -> str:
    """Write the reserved height of each widget into its slot."""
    for identity, model in state.items():
        mark = f'data-model="{escape(identity)}"'
        body = body.replace(mark, mark + heights(model))
    return body


def bundle_css() -> str:
    """Return the course's widget style sheet, which also defines the page's colors."""
    path = resources.files("coursekit.widgets") / "static" / "widgets.css"
    if not path.is_file():
        raise ExtensionError("coursekit/widgets/static/widgets.css is missing; run: make widgets")
    return path.read_text("utf8")


class WidgetSlots(SphinxPostTransform):
    """Replace a widget's view by its slot, while its plain-text form is still at hand."""

    default_priority = 3  # before myst-nb drops all forms of an output but one
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Go through the outputs that hold a widget."""
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            forms = {form["mime_type"]: form for form in bundle.children}
            if VIEW not in forms:
                continue
            markup = forms[VIEW].astext()
            model = json.loads(markup[markup.index("{") : markup.rindex("}") + 1])["model_id"]
            text = forms["text/plain"].astext() if "text/plain" in forms else ""
            bundle.replace_self(nodes.raw("", slot(model, text), format="html"))


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the page's template the state, scripts and style sheets its widgets need."""
    context["widget_state"] = ""
    context["widget_scripts"], context["widget_styles"] = [], []
    body = context.get("body", "")
    if 'class="ck-slot"' not in body:
        return
    states = [
        json.loads(script.attributes["body"])["state"]
        for script in context.get("script_files", [])
        if getattr(script, "attributes", {}).get("type") == STATE
    ]
    if not states:
        raise ExtensionError(f"{pagename}: the notebook shows widgets but stores no widget state")
    state = lean(states[0])
    try:
        files = extract_sources(state, bundle_css())
    except modules.ModuleError as error:
        raise ExtensionError(f"{pagename}: {error}") from error
    folder = Path(app.outdir, "_static", FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, "utf8")
        kind = "widget_scripts" if name.endswith(".js") else "widget_styles"
        context[kind].append(f"_static/{FOLDER}/{name}")
    # No text in the state may end the script element that it stands in.
    context["widget_state"] = json.dumps(
        {"state": state}, separators=(",", ":"), ensure_ascii=False
    ).replace("</", "<\\/")
    context["body"] = fill_slots(body, state)


def setup(app: Sphinx) -> None:
    """Add the steps; nothing of Jupyter's own widget scripts is loaded."""
    app.add_post_transform(WidgetSlots)
    app.connect("config-inited", lambda app, config: config.__setitem__("nb_ipywidgets_js", {}))
    app.connect("html-page-context", add_to_page, priority=900)
