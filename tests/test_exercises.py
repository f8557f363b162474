import math
import os
import random

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from coursekit import content, exercises, judging
from coursekit.exercises import Exercise, Mistake, card, check, close, judge
from coursekit.wording import show
from tests.exercise_audit import problems

CATALOG = """
import numpy as np
from coursekit.exercises import Exercise, Mistake, close

def square(x):
    "x²."
    return x * x

def central_difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)

def step(w, grad, lr):
    return w - lr * grad

def absent(f, x, h):
    return None

EXERCISES = [
    Exercise(
        id="1.1.2",
        title="Central difference",
        solution=central_difference,
        probes=[(np.sin, 0.3, 1e-3), (square, 2.0, 0.1), (np.exp, -1.0, 0.5)],
        mistakes=[
            Mistake("divided by h", lambda f, x, h: (f(x + h) - f(x - h)) / h, "Use `2 * h`."),
            Mistake("one-sided", lambda f, x, h: (f(x + h) - f(x)) / h, "That is *one-sided*."),
        ],
        right="The odd terms cancel.",
        unfinished="Two calls of `f` are enough.",
    ),
    Exercise(
        id="1.1.3",
        title="One step",
        solution=step,
        probes=[(np.array([1.0, 2.0]), np.array([0.5, -1.0]), 0.1)],
        mistakes=[Mistake("uphill", lambda w, grad, lr: w + lr * grad, "That step goes uphill.")],
    ),
    Exercise(
        id="1.1.4", title="Slope", solution=-6.0, compare=close(rtol=1e-3),
        mistakes=[Mistake("value", 9.0, "That is the value of f, not its slope.")],
    ),
    Exercise(
        id="1.1.5", title="Which way", solution="left",
        mistakes=[Mistake("up", "right", "That way is up.")],
    ),
]
"""


@pytest.fixture
def book(tmp_path, monkeypatch):
    (tmp_path / "gradients" / "exercises").mkdir(parents=True)
    (tmp_path / "gradients" / "exercises" / "slope.py").write_text(CATALOG)
    monkeypatch.setattr(content, "root", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def catalog(book):
    return exercises.find()


@pytest.fixture
def difference(catalog):
    return catalog["1.1.2"]


@pytest.fixture
def step(catalog):
    return catalog["1.1.3"]


def test_every_exercise_of_the_fixture_is_sound(catalog):
    assert list(catalog) == ["1.1.2", "1.1.3", "1.1.4", "1.1.5"]
    for exercise in catalog.values():
        assert problems(exercise) == []


def test_the_audit_finds_what_is_unsound():
    def double(x):
        return 2 * x

    def again(x):
        return x + x

    unsound = Exercise(
        id="1.1.1",
        title="t",
        solution=double,
        probes=[(2.0,), (0.0,)],
        mistakes=[
            Mistake("a", again, "same"),
            Mistake("b", lambda x: x**2, "same"),
            Mistake("c", lambda x: x + 1, "c"),
            Mistake("d", lambda x: 1 + x, "d"),
        ],
    )
    assert problems(unsound) == [
        "mistake 'a' passes as right",
        "mistake 'b' passes as right",
        "mistake 'd' is told as 'c'",
        "two mistakes have the same message",
    ]


def test_loading_leaves_nothing_beside_the_content(book, catalog):
    assert sorted(p.name for p in book.rglob("*")) == ["exercises", "gradients", "slope.py"]


def test_a_changed_catalog_is_read_again(book, catalog):
    path = book / "gradients" / "exercises" / "slope.py"
    path.write_text(CATALOG.replace("One step", "A step"))
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 10**9))
    assert exercises.find()["1.1.3"].title == "A step"


def test_an_id_used_twice_names_both_files(book):
    (book / "descent" / "exercises").mkdir(parents=True)
    (book / "descent" / "exercises" / "rate.py").write_text(CATALOG)
    with pytest.raises(ValueError, match=r"1\.1\.2 is defined twice.*descent.*gradients"):
        exercises.find()


def test_a_file_without_exercises_is_named(book):
    (book / "gradients" / "exercises" / "slope.py").write_text("EXERCISES = [1]")
    with pytest.raises(ValueError, match=r"slope\.py must define EXERCISES"):
        exercises.find()


# --- functions --------------------------------------------------------------------------------


def test_right(difference):
    verdict = judge(difference, lambda f, x, h: 0.5 * (f(x + h) - f(x - h)) / h)
    assert (verdict.status, verdict.message) == ("right", "The odd terms cancel.")


def test_a_known_mistake_is_named(difference):
    verdict = judge(difference, lambda f, x, h: (f(x + h) - f(x - h)) * (1 / h))
    assert (verdict.status, verdict.mistake) == ("look again", "divided by h")
    assert verdict.message == "Use `2 * h`."


def test_another_wrong_answer_shows_the_call_and_both_numbers(difference):
    message = judge(difference, lambda f, x, h: f(x + h)).message
    assert message == "`central_difference(sin, 0.3, 0.001)` gave `0.296475`; expected `0.955336`."


def test_a_function_of_the_course_in_a_probe_is_explained(difference):
    right = difference.solution
    message = judge(difference, lambda f, x, h: right(f, x, h) + 1 * (x == 2.0)).message
    assert message == (
        "`central_difference(square, 2, 0.1)` gave `5`; expected `4`. "
        "(2 of the 3 calls tried are right.) Here `square` is x²."
    )


def test_digits_enough_to_tell_two_numbers_apart():
    assert (show(1.0000001, 1.0), show(1.0, 1.0000001)) == ("1.0000001", "1")
    assert show(np.array([0.1, 0.1 + 1e-15]), [0.1, 0.1]) == (
        "[0.10000000000000001, 0.100000000000001]"
    )
    assert show(0.1) == "0.1"


def test_a_constant_factor_and_a_wrong_sign_are_pointed_out(difference):
    right = difference.solution
    message = judge(difference, lambda f, x, h: 4 * right(f, x, h)).message
    assert message.endswith(" All your results are 4 times what is expected.")
    message = judge(difference, lambda f, x, h: -right(f, x, h)).message
    assert message.endswith(" Every size is right and every sign is wrong.")


@pytest.mark.parametrize("body", ["...", "pass", "return ...", "raise NotImplementedError()"])
def test_a_stub_is_not_yet_and_no_error(difference, body):
    scope = {}
    exec(f"def central_difference(f, x, h):\n    'doc'\n    {body}", scope)
    verdict = judge(difference, scope["central_difference"])
    assert verdict.status == "not yet"
    assert verdict.message.endswith("Two calls of `f` are enough.")


def test_a_gap_left_inside_the_body_is_not_yet(difference):
    def gap(f, x, h):
        slope = ...
        return slope / (2 * h)

    assert judge(difference, gap).status == "not yet"


def test_an_exception_shows_call_type_message_and_line(difference):
    def broken(f, x, h):
        up = f(x + h)
        return up / (h - h)

    verdict = judge(difference, lambda f, x, h: broken(lambda t: 1.0, x, h))
    assert verdict.status == "look again"
    assert verdict.message == (
        "`central_difference(sin, 0.3, 0.001)` raised `ZeroDivisionError: float division by zero`."
    )
    assert verdict.code.endswith("of broken: return up / (h - h)")


def test_an_exception_deep_in_a_library_points_to_the_learner_s_line(step):
    def solve(w, grad, lr):
        return np.linalg.inv(w)

    verdict = judge(step, solve)
    assert "raised `LinAlgError: " in verdict.message
    assert verdict.code.endswith("of solve: return np.linalg.inv(w)")


def test_a_built_in_function_that_raises_has_no_line_to_show():
    def root(x):
        return abs(x) ** 0.5

    exercise = Exercise(id="1.1.1", title="t", solution=root, probes=[(-4.0,)])
    verdict = judge(exercise, math.sqrt)
    assert "`root(-4)` raised `ValueError: " in verdict.message
    assert verdict.code == ""


def test_an_argument_changed_in_place_is_named_though_the_result_is_right(step):
    def in_place(w, grad, lr):
        w -= lr * grad
        return w

    verdict = judge(step, in_place)
    assert verdict.status == "look again"
    assert "changed its argument `w` in place" in verdict.message
    assert step.probes[0][0].tolist() == [1.0, 2.0]


def test_an_exercise_may_ask_for_a_change_in_place():
    def step(w, grad):
        w -= grad

    exercise = Exercise(
        id="1.1.1", title="t", solution=step, probes=[(np.ones(2), np.ones(2))], mistakes=[]
    )
    assert judge(exercise, step).status == "not yet"  # returns None, as a stub does
    exercise = Exercise(
        id="1.1.1",
        title="t",
        solution=lambda_named(lambda w, g: np.subtract(w, g, out=w)),
        probes=[(np.ones(2), np.ones(2))],
    )
    assert judge(exercise, exercise.solution).status == "right"
    message = judge(exercise, lambda w, g: w - g).message
    assert message.endswith("left its argument `w` as it was; it should change it in place.")


def lambda_named(function):
    function.__name__ = "step"
    return function


def test_a_wrong_shape(step):
    message = judge(step, lambda w, grad, lr: (w - lr * grad)[:, None]).message
    assert message.endswith("an array of shape `(2, 1)`; expected an array of shape `(2,)`.")
    message = judge(step, lambda w, grad, lr: float(w[0])).message
    assert "gave `1`, which is a number; expected an array of shape `(2,)`." in message


def test_a_transposed_result():
    def outer(a, b):
        return np.outer(a, b)

    exercise = Exercise(
        id="1.1.1", title="t", solution=outer, probes=[(np.ones(2), np.arange(3.0))]
    )
    assert judge(exercise, lambda a, b: np.outer(b, a)).message.endswith("Is it transposed?")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda f, x, h: "0.95", "which is a string; expected a number."),
        (lambda f, x, h: [f(x)], "which is an array of shape `(1,)`; expected a number."),
        (lambda f, x, h: x > 0, "which is a truth value"),
        (lambda f, x, h: print, "which is a function; expected a number."),
        (lambda f, x, h: (i for i in "ab"), "which is a generator"),
        (lambda f, x, h: {"a": 1}, "which is a dictionary"),
        (lambda f, x, h: [1, [2, 3]], "which is a list of 2 things"),
        (lambda f, x, h: np.nan, "gave `nan`, which is not finite. Look for"),
        (lambda f, x, h: np.inf, "gave `inf`, which is not finite."),
        (lambda f, x, h: None if x > 1 else 1.0, "expected `0.955336`"),
        (lambda f, x, h: None if x < 1 else 1.0, "returned `None`: does every branch"),
    ],
)
def test_other_kinds_of_results(difference, answer, words):
    verdict = judge(difference, answer)
    assert verdict.status == "look again"
    assert words in verdict.message


def test_another_number_of_arguments(difference):
    message = judge(difference, lambda f, x: 0.0).message
    assert message == (
        "Your function takes `(f, x)`; here it is called with 3 arguments, "
        "`central_difference(f, x, h)`."
    )
    assert judge(difference, lambda f, x, step, extra=1: 0.0).status == "look again"
    assert judge(difference, lambda *a: difference.solution(*a)).status == "right"


def test_a_value_where_a_function_is_asked_for(difference):
    message = judge(difference, 0.95).message
    assert message == (
        "That is a number. Pass the function itself, without calling it: "
        '`check("1.1.2", central_difference)`.'
    )


def test_a_function_that_draws_random_numbers(difference):
    draw = random.Random(1)
    message = judge(difference, lambda f, x, h: draw.random()).message
    assert message.startswith("Two calls with the same arguments differ: `central_difference(sin")


def test_a_function_that_remembers_is_caught_though_first_right(difference):
    seen = []

    def counts(f, x, h):
        seen.append(x)
        return difference.solution(f, x, h) + (len(seen) > 3)

    assert "Two calls with the same arguments differ" in judge(difference, counts).message


def test_what_the_function_prints_is_shown_once(difference, capsys):
    def talks(f, x, h):
        print("x is", x)
        return difference.solution(f, x, h)

    assert judge(difference, talks).status == "right"
    assert capsys.readouterr().out == "x is 0.3\nx is 2.0\nx is -1.0\n"


def test_an_interrupt_is_not_swallowed(difference):
    def waits(f, x, h):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(difference, waits)


def test_objects_and_generators_as_arguments_are_not_taken_for_changed():
    class Bowl:
        def __init__(self):
            self.scale = np.array([1.0, 10.0])

        def __call__(self, w):
            return float(self.scale @ (w * w))

    def value(bowl, w, rng):
        return bowl(w)

    probe = (Bowl(), np.ones(2), np.random.default_rng(0))
    exercise = Exercise(id="1.1.1", title="t", solution=value, probes=[probe])
    assert judge(exercise, value).status == "right"
    message = judge(exercise, lambda bowl, w, rng: "no").message
    assert "0x" not in message
    assert message.startswith("`value(a Bowl, [1, 1], ")

    def spoils(bowl, w, rng):
        bowl.scale[:] *= 1.0 + 1e-9
        return bowl(w)

    assert "changed its argument `bowl` in place" in judge(exercise, spoils).message


def test_a_nan_among_the_arguments_is_not_taken_for_changed():
    def first(values, fill):
        return values[0]

    probe = ([1.0, np.float64("nan")], np.float64("nan"))
    exercise = Exercise(id="1.1.1", title="t", solution=first, probes=[probe])
    assert judging.run(first, probe).changed == ()
    assert judge(exercise, first).status == "right"


# --- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (-6, "right", "It does"),
        (np.float64(-6.001), "right", ""),
        (..., "not yet", "in place of `...`"),
        (None, "not yet", ""),
        (9, "look again", "That is the value of f"),
        (6, "look again", "The size is right, the sign is not."),
        (-6.03, "look again", "within 1 %"),
        (5, "look again", "`5` is not it."),
        ("-6", "look again", "a string; expected a number."),
        ([-6.0], "look again", "array of shape `(1,)`; expected a number."),
        (np.nan, "look again", "not finite"),
        (abs, "look again", "The answer is a value, not a function"),
    ],
)
def test_values(catalog, answer, status, words):
    verdict = judge(catalog["1.1.4"], answer)
    assert verdict.status == status
    assert words in verdict.message
    assert "-6." not in verdict.message.replace("-6.03", "")  # the number asked for stays hidden


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (" Left", "right", ""),
        ("right", "look again", "That way is up."),
        ("up", "look again", "`'up'` is none of the answers: `'left'`, `'right'`."),
        (1, "look again", "`1` is none of the answers"),
    ],
)
def test_choices(catalog, answer, status, words):
    verdict = judge(catalog["1.1.5"], answer)
    assert verdict.status == status
    assert words in verdict.message


# --- definitions, cards, check ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": "1.2"}, "id must be part.notebook.number"),
        ({"title": ""}, "title and right"),
        ({"solution": lambda x: x}, "define it with def"),
        ({"probes": []}, "judged on probes"),
        ({"probes": [3.0]}, "a probe is a tuple"),
        ({"probes": [(lambda x: x,)]}, "shown by its name"),
        ({"solution": 3.0}, "probes are for functions"),
        ({"solution": ..., "probes": []}, "the solution is missing"),
        ({"compare": 0.1}, "compare must be a function"),
        ({"mistakes": [Mistake("a", 3.0, "m")]}, "wrong must be a function"),
        ({"mistakes": [Mistake("a", abs, "")]}, "has a name and a message"),
        ({"mistakes": [Mistake("a", abs, "m"), Mistake("a", abs, "n")]}, "share a name"),
    ],
)
def test_a_definition_that_does_not_fit_is_refused(change, problem):
    good = {"id": "1.1.1", "title": "t", "solution": abs, "probes": [(-1.0,)]}
    Exercise(**good)
    with pytest.raises(ValueError, match=problem):
        Exercise(**(good | change))


def test_negative_tolerances_are_refused():
    with pytest.raises(ValueError, match="rtol and atol must not be negative"):
        close(rtol=-1.0)


def test_the_card_stands_alone_as_text_and_escapes_as_html(difference):
    def bad(f, x, h):
        raise ValueError("<b>`no`</b>")

    made = card(difference, judge(difference, bad))
    first, second, third = made.text.splitlines()
    assert first == "Exercise 1.1.2, Central difference: look again."
    assert second.startswith("`central_difference(sin, 0.3, 0.001)` raised `ValueError: <b>'no'")
    assert third.strip().endswith('of bad: raise ValueError("<b>`no`</b>")')
    assert "<b>" not in made.html
    assert 'data-status="look again"' in made.html
    assert made.metadata == {"exercise": "1.1.2", "status": "look again", "mistake": None}


def test_check_prints_outside_of_a_notebook_and_returns_nothing(book, capsys):
    assert check("1.1.4", 9.0) is None
    assert capsys.readouterr().out == (
        "Exercise 1.1.4, Slope: look again.\nThat is the value of f, not its slope.\n"
    )


def test_check_of_an_unknown_id_lists_the_near_ones(book):
    with pytest.raises(ValueError, match=r"no exercise '1\.1\.9'; did you mean .*1\.1\.\d"):
        check("1.1.9", 1)


def test_in_a_notebook_the_line_of_the_cell_is_shown(book, tmp_path):
    shell = InteractiveShell.instance()
    try:
        result = shell.run_cell(
            "from coursekit.exercises import find, judge\n"
            "def central_difference(f, x, h):\n"
            "    return f(x) + undefined_name\n"
            "verdict = judge(find()['1.1.2'], central_difference)\n"
        )
        result.raise_error()
        verdict = shell.user_ns["verdict"]
    finally:
        InteractiveShell.clear_instance()
    assert "raised `NameError: name 'undefined_name' is not defined`" in verdict.message
    assert verdict.code == "line 3 of central_difference: return f(x) + undefined_name"
