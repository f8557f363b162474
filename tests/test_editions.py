"""Every edition of every chapter runs, and the student's holds no solution."""

import importlib.util
import shutil

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from coursekit import content, editions, refresh
from coursekit.edition_cells import FoldSolutions
from tests.cells import has, names

CHAPTERS = [p for p in refresh.chapters(content.root()) if p.name != refresh.LEDGER]


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def path(request):
    return request.param


def sources(notebook):
    return "\n".join(cell.source for cell in notebook.cells)


def executed(notebook):
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": content.root()}}
    ).execute()
    return notebook


def card_facts(notebook):
    return [
        output.metadata["coursekit"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "coursekit" in output.get("metadata", {})
    ]


def solution_lines(path):
    """The lines of the solutions that a stub does not have."""
    cells = nbformat.read(path, as_version=4).cells
    by_tag = {
        tag: [
            line.strip()
            for c in cells
            if tag in c.metadata.get("tags", [])
            for line in c.source.splitlines()
        ]
        for tag in ("exercise", "solution")
    }
    return {line for line in by_tag["solution"] if line and line not in by_tag["exercise"]}


def uses_answers(notebook):
    """Say whether a cell of a chapter reads what an exercise before it binds."""
    answers = set()
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        bound, read = names(cell.source)
        if has(cell, "solution"):
            answers |= bound
        elif answers & (read - bound if has(cell, "exercise") else read):
            return True
        else:
            answers -= bound
    return False


USING = [path for path in CHAPTERS if uses_answers(nbformat.read(path, as_version=4))]


@pytest.mark.parametrize("path", USING, ids=lambda path: path.stem)
def test_a_student_edition_that_uses_answers_runs_and_every_check_says_not_yet(path):
    notebook = executed(editions.student(path))
    statuses = [f["status"] for f in card_facts(notebook) if "exercise" in f]
    assert statuses
    assert set(statuses) == {"not yet"}


def test_editions_run_what_the_chapter_runs(path):
    """The chapter is run by nbval, which compares the cards too: here only what the editions are made of.

    A student's edition runs as the chapter does, where stubs have checks of their own, since no cell needs
    an answer; those where one does are run above.
    """
    chapter = nbformat.read(path, as_version=4)
    code = [c for c in chapter.cells if c.cell_type == "code"]
    for edition, left_out in ((editions.instructor, ()), (editions.student, ("solution",))):
        kept = [c.source for c in edition(path).cells if c.cell_type == "code"]
        assert kept == [c.source for c in code if not has(c, *left_out)]


def test_a_cell_that_needs_an_answer_is_found():
    def cell(source, *tags):
        return nbformat.v4.new_code_cell(source, metadata={"tags": [*tags]})

    stub = cell("def slope(x): ...\ncheck('1', slope)", "exercise")
    right = cell("def slope(x):\n    return 2 * x\ncheck('1', slope)", "solution")
    for last, needs in (
        (cell("slope(3)"), True),
        (cell("def twice(x):\n    return 2 * slope(x)"), True),
        (cell("def again(f=slope): ...\ncheck('2', again)", "exercise"), True),
        (cell("slope = 3\ncheck('2', slope)", "exercise"), False),
        (cell("other(3)"), False),
        (cell("def twice(slope):\n    return 2 * slope"), False),
    ):
        notebook = nbformat.v4.new_notebook(cells=[cell("slope = 1"), stub, right, last])
        assert uses_answers(notebook) is needs, last.source
    assert USING


def leaks(path, notebook):
    """The lines of the solutions at ``path`` that stand in the student's notebook."""
    return [line for line in solution_lines(path) if line in sources(notebook)]


def test_no_solution_anywhere_in_the_student_file(path):
    notebook = editions.student(path)
    assert solution_lines(path)
    assert leaks(path, notebook) == []
    file = nbformat.writes(notebook)
    assert '"solution"' not in file
    assert "For the instructor" not in file


def test_self_paced_edition_runs_as_the_students_and_has_each_solution_folded(path):
    """Its code is the student's; its solutions are the chapter's, as text."""
    chapter = nbformat.read(path, as_version=4)
    student, paced = editions.student(path), editions.self_paced(path)
    code = [[c.source for c in n.cells if c.cell_type == "code"] for n in (student, paced)]
    assert code[0] == code[1]
    solutions = [c for c in chapter.cells if "solution" in c.metadata.get("tags", [])]
    folded = [c for c in paced.cells if "solution" in c.metadata.get("tags", [])]
    assert [c.id for c in folded] == [c.id for c in solutions]
    for cell, solution in zip(folded, solutions, strict=True):
        assert cell.cell_type == "markdown"
        assert cell.source == (
            "<details><summary>Solution</summary>\n\n"
            f"```python\n{solution.source}\n```\n\n</details>"
        )
    kept = [c.source for c in paced.cells if c not in folded]
    assert kept == [c.source for c in student.cells]
    assert "For the instructor" not in nbformat.writes(paced)


def test_a_fence_in_a_solution_does_not_end_its_fold():
    cell = nbformat.v4.new_code_cell('text = """\n```python\n1\n```\n"""')
    cell.metadata["tags"] = ["solution"]
    folded, _ = FoldSolutions().preprocess_cell(cell, {}, 0)
    assert f"\n````python\n{cell.source}\n````\n" in folded.source


def test_with_a_repository_each_edition_installs_the_library_where_it_is_missing(monkeypatch):
    path = content.root() / "gradients" / "slope.ipynb"
    address = "https://git.example/owner/course"
    for edition in editions.EDITIONS.values():
        plain, notebook = edition(path), edition(path, address)
        assert f'`pip install "coursekit @ git+{address}" torch`' in notebook.cells[0].source
        assert "in the folder of the course" in plain.cells[0].source
        (added,) = [c for c in notebook.cells if c.id not in {p.id for p in plain.cells}]
        code = [c for c in notebook.cells if c.cell_type == "code"]
        assert code[0] is added
        assert [c.source for c in code[1:]] == [
            c.source for c in plain.cells if c.cell_type == "code"
        ]
    shell, said = InteractiveShell.instance(), []
    monkeypatch.setattr(shell, "run_line_magic", lambda *call, **_: said.append(call[:2]))
    shell.run_cell(added.source).raise_error()
    assert said == []
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    shell.run_cell(added.source).raise_error()
    assert said == [("pip", f'install --quiet "coursekit @ git+{address}"')]


@pytest.mark.parametrize(
    "address", ["git@git.example:owner/name", "https://git.example", 'https://a/"b']
)
def test_an_address_that_is_none_is_named(address):
    with pytest.raises(ValueError, match="repository must be an address"):
        editions.student(content.root() / "gradients" / "slope.ipynb", address)


def test_a_misspelled_tag_would_be_found(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    tagged = [c for c in notebook.cells if "solution" in c.metadata.get("tags", [])]
    tagged[0].metadata.tags = ["Solution"]
    nbformat.write(notebook, tmp_path / "chapter.ipynb")
    shutil.copy(content.root() / "references.bib", tmp_path)
    assert leaks(path, editions.student(tmp_path / "chapter.ipynb"))


def test_plain_markdown_only(path):
    for edition in editions.EDITIONS.values():
        notebook = edition(path)
        text = sources(notebook)
        for markup in ("{cite", "{term}", "{ref}", ":::", ".ipynb)"):
            assert markup not in text
        assert not any(c.get("outputs") for c in notebook.cells)
        tags = {tag for c in notebook.cells for tag in c.metadata.get("tags", [])}
        assert not tags & editions.SITE_TAGS


def test_instructor_edition_marks_its_notes(path):
    notes = [
        c for c in editions.instructor(path).cells if "instructor" in c.metadata.get("tags", [])
    ]
    assert len(notes) >= 2
    assert all(c.source.startswith("**For the instructor**") for c in notes)


def test_citations_are_written_out():
    known = editions.citations(content.root() / "references.bib")
    assert known["boyd2004"] == ("Boyd and Vandenberghe", "2004")
    assert known["dinh2017"] == ("Dinh et al.", "2017")
    assert known["golub2013"] == ("Golub and Van Loan", "2013")


def test_an_unknown_citation_is_an_error(tmp_path):
    (tmp_path / "references.bib").write_text("@book{a, author={A, B}, year={2000}, title={T}}")
    cell = nbformat.v4.new_markdown_cell("See {cite:t}`nobody1900`.")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "n.ipynb")
    with pytest.raises(KeyError, match="nobody1900"):
        editions.student(tmp_path / "n.ipynb")


def test_errors_name_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.ipynb"):
        editions.student(tmp_path / "nothing.ipynb")
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "n.ipynb")
    with pytest.raises(FileNotFoundError, match=r"references\.bib"):
        editions.student(tmp_path / "n.ipynb")


def test_write_all(tmp_path):
    written = editions.write_all(tmp_path)
    for edition in ("student", "self-paced", "instructor"):
        assert tmp_path / edition / "gradients" / "slope.ipynb" in written
    assert all(path.is_file() for path in written)
