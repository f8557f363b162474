"""The course as one book: course.yml against notebooks and list of pages; what a wrong one is told."""

import ast
import re
import shutil
import sys
import tomllib

import nbformat
import pytest
import yaml

from coursekit import content
from coursekit.site import course_map, outline, part_pages
from coursekit.site.cache import execution_files
from coursekit.site.entries import OutlineError
from tests.tools import ROOT

BOOK = content.root()
COURSE = outline.load(BOOK)
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
CHAPTERS = pytest.mark.parametrize("page", COURSE.chapters)


def pages_of_toc():
    return [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]


def code_of(page):
    cells = nbformat.read(BOOK / f"{page}.ipynb", as_version=4).cells
    return "\n".join(c.source for c in cells if c.cell_type == "code" and c.source[:1] != "%")


def test_every_chapter_of_the_list_of_pages_is_there_once_and_in_its_order():
    listed = [page for page in pages_of_toc() if (BOOK / f"{page}.ipynb").is_file()]
    listed.remove("claims")
    assert list(COURSE.chapters) == listed


def test_every_part_has_its_title_and_its_first_page():
    captions = {part.get("caption"): part["chapters"] for part in TOC["parts"]}
    for part in COURSE.parts:
        first = captions[f"{part.number} · {part.title}"][0]
        assert first["file"] == part.page
        assert str(part.number) in first["title"]


@CHAPTERS
def test_what_a_chapter_builds_on_is_what_its_notebook_says(page):
    """The line *You need …* links the chapters; those that only help are linked there, too."""
    text = COURSE.chapters[page].notebook.text
    line = re.search(r"^\*You need .*$", text, re.M)[0]
    folder = page.split("/")[0]
    linked = set()
    for path in re.findall(r"\]\(([\w./]+)\.ipynb\)", line):
        linked.add(path.removeprefix("../") if path.startswith("../") else f"{folder}/{path}")
    assert linked == {*COURSE.chapters[page].builds_on, *COURSE.chapters[page].helped_by}


@CHAPTERS
def test_a_chapters_packages_are_those_it_imports_or_asks_for(page):
    used = set()
    for node in ast.walk(ast.parse(code_of(page))):
        if isinstance(node, ast.Import):
            used |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            used.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "needs":
            used |= {argument.value for argument in node.args}
    brought = {"coursekit", "numpy", "sklearn", "matplotlib", *sys.stdlib_module_names}
    assert set(COURSE.chapters[page].packages) == used - brought


def test_the_packages_can_be_installed_as_the_pages_say():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"][
        "optional-dependencies"
    ]
    for package, (_, extra) in part_pages.PACKAGES.items():
        assert any(re.match(rf"{package}\b", each) for each in extras[extra])
    used = {name for chapter in COURSE.chapters.values() for name in chapter.packages}
    assert used == set(part_pages.PACKAGES)


def test_the_three_paths_are_there():
    assert [way.name for way in COURSE.ways] == ["first-steps", "practitioner", "teacher"]
    assert not any(stop.skips for stop in COURSE.way("first-steps").stops)


def test_the_map_draws_no_arc_that_others_imply():
    assert course_map.drawn(COURSE, COURSE.chapters["descent/update_rule"]) == [
        "gradients/many_parameters"
    ]
    assert set(course_map.drawn(COURSE, COURSE.chapters["pathologies/doctor"])) == {
        "pathologies/saturation",
        "pathologies/initialization",
    }


def test_a_change_of_outline_or_plans_runs_no_chapter_again():
    names = [name for name, _ in execution_files(ROOT / "src" / "coursekit", BOOK)]
    assert "book/claims.yml" in names
    assert not [name for name in names if "course.yml" in name or "workshop" in name]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A copy of what the outline is read from."""
    folder = tmp_path_factory.mktemp("book")
    for page in COURSE.chapters:
        (folder / page).parent.mkdir(exist_ok=True)
        shutil.copy(BOOK / f"{page}.ipynb", folder / f"{page}.ipynb")
    return folder


def chapter(data, part, index):
    return data["parts"][part]["chapters"][index]


WRONG = {
    "order": (lambda d: d["parts"][1]["chapters"].reverse(), "does not come before it"),
    "cycle": (
        lambda d: chapter(d, 0, 0).update(builds_on=["gradients/slope"]),
        "gradients/slope builds on gradients/slope",
    ),
    "no such chapter": (
        lambda d: chapter(d, 0, 1).update(builds_on=["gradients/hill"]),
        "'gradients/hill', which is no chapter",
    ),
    "no notebook": (
        lambda d: chapter(d, 0, 0).update(name="hill"),
        r"without a notebook: .*hill\.ipynb",
    ),
    "unknown key": (
        lambda d: d["parts"][0].update(pyhton="x"),
        r"parts\[1\]: unknown key 'pyhton'",
    ),
    "missing key": (lambda d: d["parts"][2].pop("about"), r"parts\[3\]: 'about' is missing"),
    "no words": (lambda d: d["parts"][2].update(about=7), r"\[3\], about: expected words, got 7"),
    "gap in a path": (
        lambda d: d["paths"][0]["chapters"].pop(1),
        "path first-steps: descent/update_rule builds on gradients/many_parameters",
    ),
    "told for no reason": (
        lambda d: d["paths"][0]["chapters"][2].update(skips={"gradients/slope": "x"}),
        "need not say",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_outline_is_refused_with_the_place(book, spoil, message):
    data = yaml.safe_load((BOOK / outline.FILE).read_text("utf8"))
    spoil(data)
    (book / outline.FILE).write_text(yaml.safe_dump(data), "utf8")
    with pytest.raises(OutlineError, match=message):
        outline.load(book)
