import copy

import pytest
import traitlets
import yaml

from coursekit import content
from coursekit import quiz as quizzes
from coursekit.heights import lines
from coursekit.quiz import quiz

QUIZ = {
    "1.1": [
        {
            "question": "What does the *slope* of `f < g` say?",
            "options": [
                {"text": "How high", "why": "That is the value."},
                {"text": "How fast `f` changes", "right": True, "why": "To first order."},
            ],
        },
        {
            "question": "Which grow?",
            "several": True,
            "options": [
                {"text": "Truncation", "why": "It shrinks."},
                {"text": "Round-off", "right": True, "why": "Divided by h."},
                {"text": "Cancellation", "right": True, "why": "Digits go."},
            ],
        },
    ]
}


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "root", lambda: tmp_path)

    def write(value, part="gradients"):
        (tmp_path / part).mkdir(exist_ok=True)
        text = value if isinstance(value, str) else yaml.safe_dump(value, sort_keys=False)
        (tmp_path / part / "quiz.yml").write_text(text)

    return write


@pytest.fixture
def made(write):
    write(QUIZ)
    return quiz("1.1")


def test_the_page_gets_escaped_markup_in_the_order_authored(made):
    assert (made.kind, made.key) == ("quiz", "1.1")
    first = made.questions[0]
    assert first["question"] == "What does the <em>slope</em> of <code>f &lt; g</code> say?"
    assert [o["text"] for o in first["options"]] == ["How high", "How fast <code>f</code> changes"]
    assert [o["right"] for o in first["options"]] == [False, True]
    assert made.questions[1]["several"] is True


def test_the_plain_text_has_all_questions_and_no_answers(made):
    assert repr(made) == (
        "Quiz 1.1\n"
        "1. What does the slope of `f < g` say?\n"
        "   - How high\n"
        "   - How fast `f` changes\n"
        "2. Which grow? (one or more)\n"
        "   - Truncation\n"
        "   - Round-off\n"
        "   - Cancellation"
    )


def test_the_score_follows_the_answers(made):
    assert (made.answers, made.score) == ([[], []], 0)
    made.answers = [[1], [2]]
    assert made.score == 1
    made.answers = [[1], [2, 1]]
    assert made.score == 2
    made.answers = [[0], [0, 1, 2]]
    assert made.score == 0


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([[1]], "answers needs 2 lists, got 1"),
        ([[2], []], "question 1 has options 0 to 1"),
        ([[0, 1], []], "question 1 can't take the choice"),
        ([[], [1, 1]], "question 2 can't take the choice"),
    ],
)
def test_answers_that_do_not_fit_are_refused(made, answers, problem):
    with pytest.raises(ValueError, match=problem):
        made.answers = answers
    assert made.answers == [[], []]


def test_what_the_file_says_can_not_be_changed_from_outside(made):
    with pytest.raises(traitlets.TraitError):
        made.questions = []


def test_the_reserved_height_grows_with_the_text(write):
    write(QUIZ)
    before = quiz("1.1").reserve
    longer = copy.deepcopy(QUIZ)
    longer["1.1"][0]["question"] = "word " * 60
    write(longer)
    after = quiz("1.1").reserve
    assert after[0] > before[0]
    assert after[1] - before[1] > after[0] - before[0]


def change(path, value):
    """A change of the first quiz: walk `path` and put `value` at its end (None: delete)."""
    quizzes = copy.deepcopy(QUIZ)
    at = quizzes["1.1"]
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return quizzes


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (change([0, "question"], None), "question 1: question must be a text, got None"),
        (change([0, "question"], "  "), "question 1: question is empty"),
        (change([0, "options", 0, "text"], True), "option 1: text must be a text, got True; put"),
        (change([0, "options", 1, "why"], None), "option 2: why must be a text"),
        (change([1, "options", 0, "why"], None), "question 2: option 1: why must be a text"),
        (change([0, "options", 1, "right"], "yes"), "option 2: right must be true or false"),
        (change([0, "options", 0, "right"], True), "exactly one option must be right, but 2"),
        (change([0, "options", 1, "right"], False), "exactly one option must be right, but 0"),
        (change([0, "options", 0, "text"], "How fast `f` changes"), "two options have the same"),
        (change([0, "options", 0, "wy"], "typo"), r"option 1 has unknown keys \['wy'\]"),
        (change([0, "hint"], "typo"), r"unknown keys \['hint'\]"),
        (change([0, "options"], [{"text": "a", "why": "b", "right": True}]), "list of 2 to 5"),
        (change([0, "options"], "abc"), "list of 2 to 5"),
        (change([0, "options", 0], "abc"), "option 1 must be a mapping, got 'abc'"),
        (change([0], "abc"), "question 1: it must be a mapping"),
        ({"1.1": []}, "quiz 1.1: must be a list of questions"),
        ({1.1: QUIZ["1.1"]}, r"1\.1 is no quiz number; write one in quotes"),
        ({"one": QUIZ["1.1"]}, "'one' is no quiz number"),
        ("- a", "must map quiz numbers"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_file_that_breaks_the_format_is_named_with_the_place(write, raw, problem):
    write(raw)
    with pytest.raises(ValueError, match=problem) as caught:
        quizzes.find()
    assert "quiz.yml" in str(caught.value)


def test_several_needs_one_right_option(write):
    raw = change([1, "options", 1, "right"], False)
    del raw["1.1"][1]["options"][2]["right"]
    write(raw)
    with pytest.raises(ValueError, match="question 2: no option is right"):
        quizzes.find()


def test_a_number_used_twice_names_both_files(write):
    write(QUIZ)
    write(QUIZ, part="descent")
    with pytest.raises(ValueError, match=r"quiz 1\.1 is defined twice: in .*descent.* and .*grad"):
        quizzes.find()


def test_an_unknown_quiz_lists_those_there_are(write):
    write(QUIZ)
    with pytest.raises(ValueError, match=r"there is no quiz '1\.2'; there are 1\.1"):
        quiz("1.2")


def test_the_course_s_quizzes_are_well_formed():
    found = quizzes.find()
    assert found, "no book/<part>/quiz.yml was found"
    for id in found:
        made = quiz(id)
        assert all(height > 100 for height in made.reserve)


def test_lines_wrap_at_words():
    assert lines("", 100, 16) == 1
    assert lines("word", 1, 16) == 1
    assert lines("one two three", 1, 16) == 3
    assert lines("one <code>two</code> &lt; three", 1000, 16) == 1
