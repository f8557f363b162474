"""Quizzes and predictions on the built site: what they answer, and what they remember."""

import pytest

from tests.browser import READY, come_back
from tests.widget_pages import PARTS, states, widgets

pytestmark = pytest.mark.site
each_part = pytest.mark.parametrize("name", PARTS)


def quizzes(page):
    """Each quiz with its questions as stored."""
    both = zip(page.locator(".ck").all(), states(page), strict=True)
    return [(widget, state["questions"]) for widget, state in both if state["kind"] == "quiz"]


@each_part
def test_each_option_of_a_quiz_has_its_own_answer(open_page, name):
    with widgets(open_page, name) as (page, _):
        for quiz, questions in quizzes(page):
            for form, question in zip(quiz.locator("form").all(), questions, strict=True):
                said = []
                for place in range(len(question["options"])):
                    for box in form.locator("input:checked").all():
                        box.evaluate("node => (node.checked = false)")
                    form.locator("input").nth(place).check()
                    form.locator("button").click()
                    why = form.locator(".ck-why").nth(place)
                    assert why.is_visible(), (question["question"], place)
                    said.append(why.inner_text())
                assert all(len(text) > 20 for text in said), said
                assert len(set(said)) == len(said), said


@each_part
def test_a_quiz_done_right_scores_in_full_and_is_remembered(open_page, name):
    with widgets(open_page, name) as (page, _):
        for place, (quiz, questions) in enumerate(quizzes(page)):
            for form, question in zip(quiz.locator("form").all(), questions, strict=True):
                for option, choice in enumerate(question["options"]):
                    if choice.get("right"):
                        form.locator("input").nth(option).check()
                form.locator("button").click()
                assert "Right" in form.locator(".ck-mark").inner_text()
            full = f"{len(questions)} of {len(questions)} right"
            assert quiz.locator(".ck-score").inner_text() == full
            come_back(page)
            page.wait_for_function(READY)
            quiz = quizzes(page)[place][0]
            assert quiz.locator(".ck-score").inner_text() == full
            quiz.get_by_role("button", name="Start over").click()
            assert quiz.locator(".ck-score").inner_text().startswith("0 of ")
            assert quiz.locator("input:checked").count() == 0


def keep_a_guess(widget, state):
    """Answer a question before its cell is run; returns the guess in the page's words."""
    if state["options"]:
        option = widget.locator("label").last
        option.click()
        guess = option.inner_text().strip()
    else:
        share = widget.locator("input[type=range]")
        share.focus()
        share.press("Home")
        for _ in range(3):
            share.press("PageUp")
        guess = widget.locator(".ck-value").inner_text().strip()
    widget.get_by_role("button").click()
    return guess


@each_part
def test_who_keeps_no_guess_may_see_the_answer_all_the_same(open_page, name):
    with widgets(open_page, name) as (page, _):
        for widget in page.locator(".ck-reveal").all():
            widget.get_by_role("button").click()
            assert "You kept no guess. Measured: " in widget.inner_text()
            assert widget.locator(".ck-result").evaluate("node => node === document.activeElement")


@each_part
def test_a_kept_guess_is_set_against_what_was_measured_also_after_a_reload(open_page, name):
    with widgets(open_page, name) as (page, _):
        guesses = {}
        both = list(zip(page.locator(".ck").all(), states(page), strict=True))
        answers = [widget for widget, state in both if state["kind"] == "reveal"]
        for widget in answers:
            assert "measured" not in widget.inner_text().lower()
        for widget, state in both:
            if state["kind"] == "predict":
                guesses[state["key"]] = keep_a_guess(widget, state)
                assert guesses[state["key"]] in widget.locator(".ck-kept").inner_text()
        for again in (False, True):
            if again:
                come_back(page)
                page.wait_for_function(READY)
            for widget, state in zip(page.locator(".ck").all(), states(page), strict=True):
                if state["kind"] in ("predict", "reveal"):
                    said = widget.locator(".ck-result, .ck-kept").inner_text()
                    assert guesses[state["key"]] in said, (again, state["key"])
                    assert "no guess" not in said
