"""What holds for the library as a whole: examples that work, floors kept, a light import."""

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import coursekit

MODULES = sorted(
    m.name
    for m in pkgutil.walk_packages(coursekit.__path__, "coursekit.")
    if not m.name.endswith("__main__") and not m.name.startswith("coursekit.book")
)

#: The floors, from the ground up: a module imports only from its own floor or those below it.
FLOORS = {
    "numbers": [
        "_checks", "activations", "amounts", "autograd", "boosting", "clipping", "curves", "datasets",
        "derivatives", "descent", "initializers", "landscapes", "nn", "optimizers", "schedules",
        "search", "seeding",
    ],
    "diagnosis": ["flow"],
    "pictures": ["drawings", "plots", "sounds"],
    "moving pictures": ["heights", "widgets"],
    "course": [
        "cards", "claims", "comparing", "content", "course", "exercises", "judging",
        "ledger", "packages", "predictions", "progress", "quiz", "sending", "wording", "workers",
    ],
    "printing house": [
        "board", "cli", "doctor", "edition_cells", "editions", "grading", "learner", "refresh",
        "site",
    ],
}  # fmt: skip
HEIGHT = {name: i for i, names in enumerate(FLOORS.values()) for name in names}


def imports(module):
    """The modules of coursekit that a module imports, anywhere in its source."""
    source = Path(importlib.util.find_spec(module).origin).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "coursekit":
                yield from (alias.name for alias in node.names)
            elif node.module.startswith("coursekit."):
                yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("coursekit."))


@pytest.mark.parametrize("module", MODULES)
def test_examples_work(module):
    failed, _ = doctest.testmod(importlib.import_module(module))
    assert failed == 0


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_floors_below(module):
    own = module.split(".")[1]
    assert own in HEIGHT, f"{own} has no floor: add it to FLOORS"
    for other in imports(module):
        assert HEIGHT[other] <= HEIGHT[own], f"{module} imports {other} from a floor above"


def loaded_after(statement):
    code = f"import sys; {statement}; print(*sorted(m.split('.')[0] for m in sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_after("import coursekit") & {
        "numpy",
        "torch",
        "matplotlib",
        "ipywidgets",
        "anywidget",
    }


@pytest.mark.parametrize("module", FLOORS["numbers"] + FLOORS["diagnosis"])
def test_the_numbers_floor_needs_numpy_only(module):
    loaded = loaded_after(f"import coursekit.{module}")
    heavy = {"torch", "tensorflow", "jax", "matplotlib", "ipywidgets", "anywidget", "IPython"}
    # Boosting alone leans on scikit-learn, for what its estimators share.
    assert not loaded & (heavy if module == "boosting" else heavy | {"sklearn", "scipy"})


@pytest.mark.parametrize("module", ["plots", "widgets", "course", "claims"])
def test_no_chapter_loads_torch_by_importing_the_library(module):
    assert "torch" not in loaded_after(f"import coursekit.{module}")


def test_the_sites_class_names_are_not_the_widgets():
    """Two style sheets meet on a page; a name that both use has hidden a widget's sentence before."""
    checkout = Path(__file__).parents[1]
    shared = {"ck-card", "ck-figure"}

    def names(pattern, *tops):
        files = [
            f for top in tops for f in [checkout / top, *(checkout / top).rglob("*")] if f.is_file()
        ]
        found = (
            re.findall(pattern, f.read_text(encoding="utf-8"))
            for f in files
            if f.suffix != ".woff2"
        )
        return {name for each in found for name in each}

    # The sheet for paper says what becomes of the widgets there, so it uses their names on purpose.
    on_screen = [f for f in (checkout / "assets/css").iterdir() if f.name != "90-print.css"]
    site = names(r"\.(ck-[a-z-]+)", *on_screen)
    widgets = names(r'class: ?[`"](ck-[a-z-]+)', "widgets/src") | names(
        r'"(ck-[a-z-]+)', "widgets/src"
    )
    assert site
    assert widgets
    assert not (site & widgets) - shared
