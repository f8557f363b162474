"""The line under a chapter's title, and the addresses that follow from the repository's."""

from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from sphinx.errors import ConfigError

from coursekit.site import downloads, repository

AT = "https://github.com/owner/some-name"
PATH = "self-paced/gradients/slope.ipynb"


def config(**given):
    values = {
        "coursekit_repository": "", "coursekit_branch": "main",
        "coursekit_notebooks_branch": "notebooks", "coursekit_hub": "",
    }  # fmt: skip

    class Config(dict):
        __getattr__ = dict.__getitem__

    return Config(values | given)


def configured(monkeypatch, environment=(), **given):
    for name in (repository.VARIABLE, repository.HUB_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name, value in dict(environment).items():
        monkeypatch.setenv(name, value)
    made = config(**given)
    repository.configure(None, made)
    return made


@pytest.mark.parametrize(
    "given", [AT, AT + "/", AT + ".git", f" {AT} ", AT + ".git/"], ids=lambda given: repr(given)
)
def test_a_repository_is_brought_to_its_plain_form(given):
    assert repository.repository(given) == AT


@pytest.mark.parametrize(
    "given",
    [
        "owner/name", "git@github.com:owner/name.git", "http://github.com/owner/name",
        "https://gitlab.com/owner/name", "https://github.com/owner",
        "https://github.com/owner/name/tree/main", "https://github.com/owner/..",
        'https://github.com/owner/"><script>', "https://github.com/-owner/name",
    ],
)  # fmt: skip
def test_a_malformed_repository_is_refused(given):
    with pytest.raises(ConfigError, match="GRADIENTS_REPOSITORY.*https://github.com/owner/name"):
        repository.repository(given)


def test_the_environment_wins_and_none_is_none(monkeypatch):
    assert configured(monkeypatch).coursekit_repository == ""
    other = "https://github.com/other/one"
    made = configured(monkeypatch, {repository.VARIABLE: other}, coursekit_repository=AT)
    assert made.coursekit_repository == other
    assert configured(monkeypatch, coursekit_repository=AT).coursekit_repository == AT


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"coursekit_repository": AT, "coursekit_hub": "hub.example.org"}, "GRADIENTS_HUB"),
        ({"coursekit_hub": "https://hub.example.org"}, "needs GRADIENTS_REPOSITORY"),
        ({"coursekit_branch": "a b"}, "coursekit_branch must be the name of a branch"),
        ({"coursekit_notebooks_branch": ""}, "coursekit_notebooks_branch must be"),
    ],
)
def test_what_does_not_fit_together_is_refused(monkeypatch, given, message):
    with pytest.raises(ConfigError, match=message):
        configured(monkeypatch, **given)


def test_without_a_repository_there_is_nowhere_to_open_a_notebook():
    assert repository.places(config(), PATH) == []


def test_the_places_where_a_notebook_opens():
    made = config(coursekit_repository=AT, coursekit_hub="https://hub.example.org/x")
    places = dict(repository.places(made, PATH))
    assert list(places) == ["Colab", "Binder", "JupyterHub"]
    assert places["Colab"] == (
        f"https://colab.research.google.com/github/owner/some-name/blob/notebooks/{PATH}"
    )
    assert places["Binder"] == (
        "https://mybinder.org/v2/gh/owner/some-name/notebooks"
        "?urlpath=lab%2Ftree%2Fself-paced%2Fgradients%2Fslope.ipynb"
    )
    hub = urlsplit(places["JupyterHub"])
    assert (hub.netloc, hub.path) == ("hub.example.org", "/x/hub/user-redirect/git-pull")
    assert parse_qs(hub.query) == {
        "repo": [AT], "branch": ["notebooks"], "urlpath": [f"lab/tree/some-name/{PATH}"],
    }  # fmt: skip
    assert list(dict(repository.places(config(coursekit_repository=AT), PATH))) == [
        "Colab",
        "Binder",
    ]


def test_a_branch_with_a_slash_stays_one_part_of_binders_address():
    assert "/v2/gh/owner/some-name/for%2Flearners?" in repository.binder(AT, "for/learners", PATH)


def test_the_line_names_what_there_is_relative_to_the_page():
    shown = downloads.line(30, "gradients/slope", ["self-paced", "student"])
    assert "30 minutes" in shown
    assert 'href="../editions/self-paced/gradients/slope.ipynb"' in shown
    assert 'href="../editions/student/gradients/slope.ipynb"' in shown
    assert 'href="../slides/gradients/slope.html"' in shown
    assert "Open in" not in shown
    assert 'href="editions/student/intro.ipynb"' in downloads.line(5, "intro", ["student"])
    assert "Chapter" not in shown
    assert "<span>Chapter 1.1</span>" in downloads.line(5, "intro", [], number="1.1")


def test_places_stand_in_the_line_where_there_are_any():
    places = [("Colab", "https://c.example/?a=1&b=2")]
    shown = downloads.line(30, "gradients/slope", ["student"], places=places)
    assert 'href="https://c.example/?a=1&amp;b=2"' in shown


@pytest.mark.parametrize("names", [["student", "instructor"], ["self-paced", "student"]])
def test_a_page_opens_the_edition_for_learners(monkeypatch, names):
    monkeypatch.setattr(downloads, "editions", lambda: dict.fromkeys(names))
    monkeypatch.setattr(downloads, "metadata", lambda *_: {"minutes": 20})
    env = SimpleNamespace(all_docs=["p/a"], doc2path=lambda name: f"{name}.ipynb")
    app = SimpleNamespace(env=env, config=config(coursekit_repository=AT))
    context = {"body": "<h1>A</h1>"}
    downloads.add_to_page(app, "p/a", "", context, None)
    opened = "self-paced" if "self-paced" in names else "student"
    assert f"blob/notebooks/{opened}/p/a.ipynb" in context["body"]
    assert [f"editions/{name}/p/a.ipynb" in context["body"] for name in names] == [True, True]


def test_an_edition_that_is_written_into_the_site_is_told_of_the_repository(monkeypatch, tmp_path):
    told = []

    def edition(path, repository=""):
        told.append((path, repository))
        return nbformat.v4.new_notebook()

    monkeypatch.setattr(downloads, "editions", lambda: {"student": edition})
    monkeypatch.setattr(downloads, "metadata", lambda *_: {"minutes": 20})
    env = SimpleNamespace(found_docs=["p/a"], doc2path=lambda name: f"{name}.ipynb")
    builder = SimpleNamespace(format="html")
    app = SimpleNamespace(
        env=env, builder=builder, outdir=tmp_path, config=config(coursekit_repository=AT)
    )
    downloads.write(app, None)
    assert told == [(Path("p/a.ipynb"), AT)]
    assert (tmp_path / "editions/student/p/a.ipynb").is_file()


def test_the_source_of_a_page_is_named_only_with_a_repository():
    env = SimpleNamespace(all_docs=["p/a"], doc2path=lambda name, base: f"{name}.ipynb")
    for at, address in ((AT, f"{AT}/blob/main/book/p/a.ipynb"), ("", "")):
        context = {}
        app = SimpleNamespace(env=env, config=config(coursekit_repository=at))
        repository.add_to_page(app, "p/a", "", context, None)
        assert context["source_address"] == address
