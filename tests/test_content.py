import pytest

from coursekit import content
from coursekit.cards import Card, plain, prose


def test_the_checkout_s_book_is_the_content():
    assert content.root().name == "book"
    assert (content.root().parent / "pyproject.toml").is_file()


def test_a_checkout_s_book_goes_before_a_copy_in_the_package(tmp_path, monkeypatch):
    package = tmp_path / "src" / "coursekit"
    for folder in (package / "book", tmp_path / "book"):
        folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(content, "PACKAGE", package)
    assert content.root() == tmp_path / "book"


def test_an_installed_copy_uses_its_own_book(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "coursekit"
    (package / "book").mkdir(parents=True)
    monkeypatch.setattr(content, "PACKAGE", package)
    assert content.root() == package / "book"


def test_without_a_book_it_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "PACKAGE", tmp_path / "site-packages" / "coursekit")
    with pytest.raises(FileNotFoundError, match="coursekit/book"):
        content.root()


def test_a_foreign_book_beside_an_installed_copy_is_not_taken(tmp_path, monkeypatch):
    package = tmp_path / "lib" / "coursekit"
    (package / "book").mkdir(parents=True)
    (tmp_path / "book").mkdir()
    monkeypatch.setattr(content, "PACKAGE", package)
    assert content.root() == package / "book"


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "root", lambda: tmp_path)
    return tmp_path


def test_yaml_is_read_again_when_it_changes(book):
    (book / "a.yml").write_text("n: 1")
    assert content.load_yaml("a.yml") == {"n": 1}
    assert content.load_yaml("a.yml") is content.load_yaml("a.yml")
    (book / "a.yml").write_text("n: 12")
    assert content.load_yaml("a.yml") == {"n": 12}


def test_bad_yaml_names_file_line_and_problem(book):
    (book / "a.yml").write_text("a: 1\nb: [1, 2\nc: 3\n")
    with pytest.raises(ValueError, match=r"a\.yml, line 3, column \d+: not valid YAML"):
        content.load_yaml("a.yml")


def test_bytes_that_are_no_text_are_refused(book):
    (book / "a.yml").write_bytes(b"a: \xff\xfe")
    with pytest.raises(ValueError, match=r"a\.yml: not UTF-8"):
        content.load_yaml("a.yml")


def test_a_missing_file_is_named(book):
    with pytest.raises(FileNotFoundError, match=r"no file gradients/quiz\.yml"):
        content.load_yaml("gradients", "quiz.yml")


@pytest.mark.parametrize(
    ("text", "html", "words"),
    [
        ("a `b < c` d", "a <code>b &lt; c</code> d", "a `b < c` d"),
        ("*not* `a * b * c`", "<em>not</em> <code>a * b * c</code>", "not `a * b * c`"),
        ("2*h*3 and a ** b ** c", "2*h*3 and a ** b ** c", "2*h*3 and a ** b ** c"),
        ("a < b, `c`", "a &lt; b, <code>c</code>", "a < b, `c`"),
        ("<script>&", "&lt;script&gt;&amp;", "<script>&"),
        ("*a `b` c*", "<em>a <code>b</code> c</em>", "a `b` c"),
        ("", "", ""),
    ],
)
def test_markup(text, html, words):
    assert prose(text) == html
    assert plain(text) == words


def test_a_card_carries_both_forms_and_its_facts(capsys):
    card = Card("Right.", "<p>Right.</p>", {"exercise": "1.1.1"})
    data, metadata = card._repr_mimebundle_()
    assert data == {"text/plain": "Right.", "text/html": "<p>Right.</p>"}
    assert metadata == {"coursekit": {"exercise": "1.1.1"}}
    card.show()
    assert capsys.readouterr().out == "Right.\n"


@pytest.mark.parametrize(("text", "html"), [("", "<p>"), ("a", " "), (None, "<p>")])
def test_an_empty_card_is_refused(text, html):
    with pytest.raises(TypeError, match="must be a non-empty string"):
        Card(text, html)
