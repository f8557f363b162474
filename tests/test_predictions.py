import json
from pathlib import Path

import numpy as np
import pytest

from coursekit import predictions
from coursekit.amounts import amount
from coursekit.predictions import compare, predict, reveal

CASES = json.loads(
    (Path(__file__).parents[1] / "widgets" / "test" / "comparisons.json").read_text("utf-8")
)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(predictions, "_asked", {})


@pytest.mark.parametrize(("value", "unit", "words"), CASES["amounts"])
def test_numbers_read_as_in_the_page(value, unit, words):
    assert amount(value, unit) == words


@pytest.mark.parametrize(("guess", "measured", "log", "unit", "words"), CASES["comparisons"])
def test_comparisons_read_as_in_the_page(guess, measured, log, unit, words):
    assert compare(guess, measured, log, unit) == words


def test_a_numeric_question_and_its_answer():
    asked = predict("e", "How big is `h`?", low=1e-12, high=1, log=True, unit="m")
    assert (asked.kind, asked.key, asked.question) == ("predict", "e", "How big is <code>h</code>?")
    assert (asked.low, asked.high, asked.log, asked.unit, asked.guess) == (
        1e-12,
        1.0,
        True,
        "m",
        None,
    )
    assert repr(asked) == "Predict: How big is `h`? (a number from 10⁻¹² m to 1 m)"
    shown = reveal("e", np.float64(2e-5), text="Round-off, *not* truncation.")
    assert (shown.kind, shown.measured, shown.text) == (
        "reveal",
        2e-5,
        "Round-off, <em>not</em> truncation.",
    )
    assert (shown.low, shown.high, shown.log, shown.unit) == (1e-12, 1.0, True, "m")
    assert repr(shown) == ("You kept no guess. Measured: 2 × 10⁻⁵ m. Round-off, not truncation.")


def test_a_guess_kept_before_and_after_the_reveal_is_used():
    asked = predict("e", "How big?", low=0, high=1)
    asked.guess = 0.3
    shown = reveal("e", 0.21)
    assert repr(shown) == "You guessed 0.3; measured 0.21: off by 43%."
    asked.guess = 0.2
    assert repr(shown) == "You guessed 0.2; measured 0.21: off by 5%."


def test_options():
    asked = predict("way", "Which way?", options=["left", "*right*"])
    assert asked.options == [
        {"value": "left", "html": "left"},
        {"value": "*right*", "html": "<em>right</em>"},
    ]
    assert repr(asked) == "Predict: Which way? (left / right)"
    shown = reveal("way", "left", "Downhill.")
    assert repr(shown) == "You kept no guess. Measured: left. Downhill."
    asked.guess = "*right*"
    assert repr(shown) == "You guessed: right. Measured: left. Downhill."
    asked.guess = "left"
    assert repr(shown) == "You guessed right: left. Downhill."


def test_the_state_is_plain_json():
    asked = predict("e", "How big?", low=np.int64(0), high=np.float32(1))
    shown = reveal("e", np.array([0.5]))
    for widget in (asked, shown):
        state = widget.get_state()
        json.dumps({name: value for name, value in state.items() if not name.startswith("_")})


@pytest.mark.parametrize("guess", [2, -1, "0.3", True, float("nan")])
def test_a_guess_that_does_not_fit_is_refused(guess):
    asked = predict("e", "How big?", low=0, high=1)
    with pytest.raises((ValueError, TypeError), match="guess must be"):
        asked.guess = guess
    assert asked.guess is None


def test_a_guess_that_is_no_option_is_refused():
    asked = predict("way", "Which way?", options=["left", "right"])
    with pytest.raises(ValueError, match=r"guess must be one of \['left', 'right'\], got 'up'"):
        asked.guess = "up"


def test_running_the_cell_again_replaces_the_question():
    predict("e", "How big?", low=0, high=1)
    predict("e", "Which way?", options=["left", "right"])
    assert reveal("e", "left").measured == "left"


@pytest.mark.parametrize(
    ("arguments", "error", "problem"),
    [
        ({"id": "a b"}, ValueError, "id must be letters"),
        ({"id": 1}, ValueError, "id must be letters"),
        ({"question": " "}, ValueError, "question must not be empty"),
        ({"question": 1}, TypeError, "question must be a string, got 1"),
        ({"low": None}, ValueError, "give options, or both low and high"),
        ({"low": "0"}, TypeError, "low must be a number, got '0'"),
        ({"high": True}, TypeError, "high must be a number"),
        ({"high": float("inf")}, ValueError, "high must be finite"),
        ({"low": 2}, ValueError, "low must be less than high, got low=2, high=1"),
        ({"log": True}, ValueError, "low must be positive on a logarithmic scale, got 0"),
        ({"unit": None}, TypeError, "unit must be a string"),
        ({"options": ["a", "b"]}, ValueError, "either options, or low and high"),
        ({"options": ["a"], "low": None, "high": None}, ValueError, "2 to 6 texts"),
        ({"options": "ab", "low": None, "high": None}, ValueError, "2 to 6 texts"),
        (
            {"options": ["a", "a"], "low": None, "high": None},
            ValueError,
            "two options are the same",
        ),
        ({"options": ["a", 2], "low": None, "high": None}, TypeError, "each of options must be"),
    ],
)
def test_questions_that_do_not_fit_are_refused(arguments, error, problem):
    with pytest.raises(error, match=problem):
        predict(**({"id": "e", "question": "How big?", "low": 0, "high": 1} | arguments))


def test_revealing_what_was_never_predicted_is_an_error():
    predict("e", "How big?", low=0, high=1)
    with pytest.raises(ValueError, match=r"nothing was predicted under 'f'.*known: e"):
        reveal("f", 1.0)


@pytest.mark.parametrize(
    ("measured", "error", "problem"),
    [
        ("0.2", TypeError, "measured must be a number"),
        (float("nan"), ValueError, "measured must be finite"),
        (0.0, ValueError, "measured must be positive on a logarithmic scale"),
    ],
)
def test_a_measurement_that_does_not_fit_is_refused(measured, error, problem):
    predict("e", "How big?", low=1e-3, high=1, log=True)
    with pytest.raises(error, match=problem):
        reveal("e", measured)


def test_a_measured_option_must_be_one_letter_for_letter():
    predict("way", "Which way?", options=["left", "right"])
    with pytest.raises(ValueError, match=r"one of the options \['left', 'right'\], got 'Left'"):
        reveal("way", "Left")
    with pytest.raises(TypeError, match="text must be a string"):
        reveal("way", "left", text=None)


def test_the_reserved_height_grows_with_the_options():
    few = predict("a", "Which?", options=["left", "right"])
    many = predict("b", "Which?", options=["left", "right", "a long one " * 12])
    assert many.reserve[0] - few.reserve[0] >= 32
    assert many.reserve[1] - few.reserve[1] > many.reserve[0] - few.reserve[0]
