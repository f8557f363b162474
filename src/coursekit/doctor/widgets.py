"""The widgets: will the JupyterLab of this Python find what draws them, at versions that fit?"""

import json
from importlib import metadata
from pathlib import Path

from coursekit.doctor.finding import OK, TROUBLE, Finding, pip_install, this_python

MANAGER = "@jupyter-widgets/jupyterlab-manager"
#: Major version of ipywidgets to that of the manager, its other half in JupyterLab.
FITS = {"8": "5"}
_REINSTALL = ("--force-reinstall", "anywidget", "ipywidgets", "jupyterlab_widgets")


def widgets() -> Finding:
    """Look at the two extensions of JupyterLab that widgets need, and at the course's own scripts."""
    from jupyter_core.paths import jupyter_path

    try:
        python = {name: metadata.version(name) for name in ("anywidget", "ipywidgets")}
    except metadata.PackageNotFoundError as error:
        return _trouble(f"{error.name} is missing")
    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    versions = {}
    for name in ("anywidget", MANAGER):
        place = next((f / name for f in folders if (f / name / "package.json").is_file()), None)
        if place is None:
            return _trouble(f"JupyterLab would not find its extension {name}")
        try:
            said = json.loads((place / "package.json").read_text("utf-8"))
            script = place / said["jupyterlab"]["_build"]["load"]
            versions[name] = said["version"]
        except (OSError, ValueError, KeyError, TypeError):
            return _trouble(f"{place / 'package.json'} is damaged")
        if not script.is_file():
            return _trouble(f"the extension {name} lacks its script {script}")
        if name in _disabled():
            return Finding(
                TROUBLE, "widgets", f"the extension {name} is disabled",
                this_python("-m", "jupyter", "labextension", "enable", name),
            )  # fmt: skip
    if versions["anywidget"] != python["anywidget"]:
        return _trouble(
            f"anywidget {python['anywidget']} would meet its extension {versions['anywidget']}"
        )
    major = python["ipywidgets"].split(".")[0]
    if major in FITS and versions[MANAGER].split(".")[0] != FITS[major]:
        return _trouble(
            f"ipywidgets {python['ipywidgets']} would meet {MANAGER} {versions[MANAGER]}"
        )
    return _own_scripts() or Finding(
        OK,
        "widgets",
        f"anywidget {python['anywidget']}, ipywidgets {python['ipywidgets']}; JupyterLab finds both",
    )


def _trouble(said: str) -> Finding:
    return Finding(TROUBLE, "widgets", said, pip_install(*_REINSTALL))


def _disabled() -> set[str]:
    """The extensions that some page_config.json turns off; the first file that names one decides."""
    from jupyter_core.paths import jupyter_config_path

    states: dict[str, bool] = {}
    for folder in jupyter_config_path():
        try:
            path = Path(folder, "labconfig", "page_config.json")
            said = json.loads(path.read_text("utf-8")).get("disabledExtensions", {})
        except (OSError, ValueError, AttributeError):
            continue
        named = said.items() if isinstance(said, dict) else ((name, True) for name in said)
        for name, state in named:
            states.setdefault(name, bool(state))
    return {name for name, off in states.items() if off}


def _own_scripts() -> Finding | None:
    """Say which of the course's own scripts is missing or empty, if one is."""
    mend = f"in the folder of the course: {pip_install('--force-reinstall', '--no-deps', '.')}"
    try:  # the classes read their scripts when they are made
        from coursekit.quiz import Quiz
        from coursekit.widgets.base import STATIC
    except FileNotFoundError as error:
        return Finding(TROUBLE, "widgets", str(error), mend)
    empty = [path for path in sorted(STATIC.iterdir()) if path.stat().st_size == 0]
    if empty or not str(Quiz._esm).strip():
        return Finding(TROUBLE, "widgets", f"{[*empty, STATIC][0]} is empty", mend)
    return None
