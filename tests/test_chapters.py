"""The chapters' shape: each has the anatomy of the course, and stores what it should and no more."""

import re

import nbformat
import pytest

from coursekit import claims, content, exercises, quiz, refresh
from tests.cells import has, names

NOTEBOOKS = refresh.chapters(content.root())
CHAPTERS = [p for p in NOTEBOOKS if p.name != refresh.LEDGER]
#: How many subjects the five documents name, and how many testable claims they make.
NAMED, CLAIMED = 271, 126


def name(path):
    return path.relative_to(content.root()).with_suffix("").as_posix()


@pytest.fixture(params=CHAPTERS, ids=name)
def chapter(request):
    return nbformat.read(request.param, as_version=4)


def text_of(notebook):
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def code_of(notebook):
    return "\n".join(c.source for c in notebook.cells if c.cell_type == "code")


def headings(text):
    return re.findall(r"^#+ (.+)$", text, flags=re.M)


def tagged(notebook, tag):
    return [c for c in notebook.cells if tag in c.metadata.get("tags", [])]


def test_there_are_chapters():
    assert len(CHAPTERS) >= 3


def test_anatomy(chapter):
    text, code = text_of(chapter), code_of(chapter)
    objectives = re.search(r"\*\*You will be able to\*\*\n\n((?:- .+\n?)+)", text)
    assert objectives, "no objectives"
    assert 2 <= objectives.group(1).count("- ") <= 4
    assert code.count("predict(") >= 1
    # Where the documents claim nothing, what is measured must still be able to fail.
    assert re.search(r"claims\.verdict\(|^assert ", code, flags=re.M)
    assert 2 <= len(tagged(chapter, "exercise")) <= 5
    assert len(tagged(chapter, "instructor")) >= 2
    for section in ("Exercises", "Quiz", "In short", "Sources"):
        assert section in headings(text)
    assert "{cite" in text


def test_minutes_and_description_stand_in_the_metadata(chapter):
    assert 20 <= chapter.metadata["coursekit"]["minutes"] <= 45
    assert len(chapter.metadata["coursekit"]["description"]) > 50


def test_every_prediction_is_revealed_below_it(chapter):
    code = code_of(chapter)
    asked = re.findall(r"predict\(\s*\"([^\"]+)\"", code)
    revealed = re.findall(r"reveal\(\s*\"([^\"]+)\"", code)
    assert asked == revealed
    assert len(set(asked)) == len(asked)


def test_every_picture_is_read_out_below_it(chapter):
    for i, cell in enumerate(chapter.cells):
        if cell.cell_type == "code" and re.search(r"^plots\.", cell.source, flags=re.M):
            following = chapter.cells[i + 1 : i + 3]
            assert any(c.cell_type == "markdown" or "plots." in c.source for c in following)


def test_the_code_that_a_page_shows_needs_no_name_that_it_hides(chapter):
    """Who copies it from the page has no other way to know."""
    hidden = set()
    for cell in (c for c in chapter.cells if c.cell_type == "code"):
        bound, read = names(cell.source)
        if has(cell, "remove-input", "remove-cell"):
            hidden |= bound
        else:
            assert hidden & (read - bound) == set(), cell.source
            hidden -= bound


def test_exercises_have_stub_check_and_solution(chapter):
    known = exercises.find()
    stubs, solutions = tagged(chapter, "exercise"), tagged(chapter, "solution")
    assert len(stubs) == len(solutions)
    for stub, solution in zip(stubs, solutions, strict=True):
        number = re.search(r"check\(\"([\d.]+)\"", stub.source).group(1)
        assert number in known
        assert f'check("{number}"' in solution.source
        assert "..." in stub.source
        assert "hide-cell" in solution.metadata.tags
        assert f"### Exercise {number} · {known[number].title}" in text_of(chapter)


def test_stored_checks_say_not_yet_for_the_stub_and_right_for_the_solution(chapter):
    for tag, status in (("exercise", "not yet"), ("solution", "right")):
        for cell in tagged(chapter, tag):
            facts = [o.metadata["coursekit"] for o in cell.outputs if "coursekit" in o.metadata]
            assert [f["status"] for f in facts] == [status]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_stored_notebook_holds_text_only_and_is_small(path):
    assert path.stat().st_size <= 150_000
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [c.execution_count for c in code] == list(range(1, len(code) + 1)), "run in one go"
    for cell in notebook.cells:
        assert not cell.get("attachments")
        if cell.cell_type == "code":
            for output in cell.outputs:
                assert set(output.get("data", {})) <= set(refresh.STORED)
                assert refresh.SOUND not in output.get("data", {}).get("text/html", "")
                assert output.get("name") != "stderr"
                assert output.output_type != "error"


def test_every_code_cell_that_shows_something_is_stored_with_its_output():
    shows = re.compile(r"^(print|quiz|reveal|predict|plots\.|claims\.verdict)", flags=re.M)
    for path in CHAPTERS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and shows.search(cell.source):
                assert cell.outputs, f"{name(path)}: no stored output; run: make refresh"


def test_every_claim_is_judged_where_the_registry_says():
    found = {}
    for path in CHAPTERS:
        for claim in re.findall(
            r"claims\.verdict\(\s*\"([^\"]+)\"", code_of(nbformat.read(path, 4))
        ):
            assert claim not in found, f"{claim} is judged twice"
            found[claim] = name(path)
    assert found == {c.id: c.tested for c in claims.registry().values()}


def test_quizzes_have_three_to_five_questions_and_are_all_shown():
    shown = [
        q
        for p in CHAPTERS
        for q in re.findall(r"quiz\(\"([\d.]+)\"\)", code_of(nbformat.read(p, 4)))
    ]
    assert sorted(shown) == sorted(quiz.find())
    for questions in quiz.find().values():
        assert 3 <= len(questions) <= 5


def section_text(chapter_name, section):
    """Text of one section, up to the next heading of the same or a higher level."""
    path = content.root() / f"{chapter_name}.ipynb"
    text = (
        text_of(nbformat.read(path, 4))
        if path.exists()
        else (content.root() / f"{chapter_name}.md").read_text(encoding="utf-8")
    )
    start = re.search(rf"^(#+) {re.escape(section)}$", text, flags=re.M)
    assert start, f"{chapter_name} has no section {section!r}"
    rest = text[start.end() :]
    level = len(start.group(1))
    end = re.search(rf"^#{{1,{max(level, 2)}}} ", rest, flags=re.M)
    return rest[: end.start()] if end else rest


COVERAGE = [
    item
    for path in sorted(content.root().glob("*/coverage.yml"))
    for item in content.load_yaml(*path.relative_to(content.root()).parts)
]


def test_nothing_that_the_documents_name_or_claim_is_left_out():
    items = [item["item"] for item in COVERAGE]
    assert len(set(items)) == len(items) == NAMED
    assert {d for item in COVERAGE for d in item["documents"]} == {"D1", "D2", "D3", "D4", "D5"}
    assert len(claims.registry()) == CLAIMED


@pytest.mark.parametrize("item", COVERAGE, ids=lambda item: item["item"])
def test_what_the_documents_name_is_taught(item):
    assert item["word"].lower() in section_text(item["chapter"], item["section"]).lower()


def test_the_glossary_is_in_order_and_names_each_term_once():
    text = (content.root() / "glossary.md").read_text(encoding="utf-8")
    inside = text.split("```{glossary}\n")[1].split("\n```")[0]
    terms = re.findall(r"(?:^|\n\n)(\S.*)\n  ", inside)
    assert len(terms) > 200
    assert terms == sorted(set(terms), key=str.lower)
