"""Schedules against torch.optim.lr_scheduler, against their formulas, and against bad input."""

import dataclasses
import doctest
import math

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from coursekit import schedules
from coursekit.optimizers import SGD
from coursekit.schedules import (
    Constant,
    Cosine,
    Exponential,
    InversePower,
    InverseTime,
    OneCycle,
    Plateau,
    Step,
    WarmUp,
)

rates = st.floats(1e-6, 10.0)
counts = st.integers(1, 40)
STEPS = 100


def torch_rates(make, lr, steps=STEPS):
    """The rates that torch gives to steps 0, 1, 2, …"""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def assert_same(schedule, expected, scale):
    ours = [schedule(step) for step in range(len(expected))]
    assert all(type(rate) is float for rate in ours)
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12 * scale)


# --- Equal to torch ---


@given(lr=rates, every=counts, gamma=st.floats(0.01, 1.0))
def test_step(lr, every, gamma):
    expected = torch_rates(lambda o: torch.optim.lr_scheduler.StepLR(o, every, gamma), lr)
    assert_same(Step(lr, every, gamma), expected, lr)


@given(lr=rates, gamma=st.floats(0.5, 1.2))
def test_exponential(lr, gamma):
    expected = torch_rates(lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma), lr)
    assert_same(Exponential(lr, gamma), expected, lr)


@given(lr=rates, steps=counts, share=st.floats(0, 1))
def test_cosine(lr, steps, share):
    def make(optimizer):
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=share * lr)

    schedule = Cosine(lr, steps, final_lr=share * lr)
    assert_same(schedule, torch_rates(make, lr, steps + 1), lr)
    assert schedule(0) == pytest.approx(lr, rel=1e-15)
    assert {schedule(steps + more) for more in (0, 1, 1000)} == {share * lr}


@given(lr=rates, steps=counts, share=st.floats(0, 1))
def test_cosine_with_restarts(lr, steps, share):
    def make(optimizer):
        return torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(
            optimizer, steps, eta_min=share * lr
        )

    assert_same(Cosine(lr, steps, share * lr, restarts=True), torch_rates(make, lr), lr)


@pytest.mark.filterwarnings("ignore:To get the last learning rate:UserWarning")
@pytest.mark.parametrize("anneal", ["cos", "linear"])
@given(
    max_lr=rates,
    steps=st.integers(1, 60),
    pct_start=st.floats(0, 1),
    div_factor=st.floats(1, 100),
    final_div_factor=st.floats(1, 1e6),
)
@example(max_lr=1.0, steps=100, pct_start=0.3, div_factor=25.0, final_div_factor=1e4)
@example(max_lr=1.0, steps=10, pct_start=0.0, div_factor=25.0, final_div_factor=1e4)
@example(max_lr=1.0, steps=10, pct_start=1.0, div_factor=25.0, final_div_factor=1e4)
@example(max_lr=1.0, steps=1, pct_start=0.5, div_factor=25.0, final_div_factor=1e4)
def test_one_cycle(anneal, max_lr, steps, pct_start, div_factor, final_div_factor):
    def closed_form(t):
        """Torch's own computation of the rate of one step, for a cycle of exactly ``steps``."""
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer,
            max_lr,
            total_steps=steps,
            pct_start=pct_start,
            anneal_strategy=anneal,
            cycle_momentum=False,
            div_factor=div_factor,
            final_div_factor=final_div_factor,
        )
        scheduler.last_epoch = t
        return scheduler.get_lr()[0]

    if pct_start * steps == 1:  # torch divides zero by zero
        return
    schedule = OneCycle(max_lr, steps, pct_start, anneal, div_factor, final_div_factor)
    assert_same(schedule, [closed_form(t) for t in range(steps)], max_lr)
    assert schedule(steps + 50) == schedule(steps - 1)


def test_one_cycle_as_torch_runs_it():
    def make(optimizer):
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.5, total_steps=STEPS + 1)

    expected = torch_rates(make, 0.1)
    assert_same(OneCycle(0.5, STEPS + 1), expected, 0.5)


def test_one_cycle_where_torch_divides_by_zero():
    assert OneCycle(1.0, 10, pct_start=0.1)(0) == 1.0  # the peak is the first step
    assert OneCycle(1.0, 10, pct_start=0.1)(9) == pytest.approx(1 / 25e4, rel=1e-9)
    assert OneCycle(1.0, 1, pct_start=1.0)(0) == 1.0


def test_one_cycle_goes_up_once_and_down_once():
    cycle = [OneCycle(2.0, 100)(t) for t in range(100)]
    assert cycle[0] == pytest.approx(2 / 25, rel=1e-14)
    assert cycle[29] == 2.0
    assert cycle[99] == pytest.approx(2 / 25e4, rel=1e-9)
    assert np.all(np.diff(cycle[:30]) > 0)
    assert np.all(np.diff(cycle[29:]) < 0)


@given(lr=rates, steps=counts, start_factor=st.floats(0.01, 1), gamma=st.floats(0.5, 1.0))
def test_warm_up(lr, steps, start_factor, gamma):
    def make(optimizer):
        line = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor, total_iters=steps)
        then = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma)
        return torch.optim.lr_scheduler.SequentialLR(optimizer, [line, then], [steps])

    schedule = WarmUp(steps, Exponential(lr, gamma), start_factor)
    assert_same(schedule, torch_rates(make, lr), lr)


losses = st.lists(
    st.sampled_from([*np.arange(-1.0, 1.1, 0.1), math.nan, math.inf]), min_size=1, max_size=60
)


@given(
    losses=losses,
    lr=rates,
    factor=st.floats(0.0, 0.99),
    patience=st.integers(0, 4),
    threshold=st.sampled_from([0.0, 1e-4, 0.3]),
    threshold_mode=st.sampled_from(["rel", "abs"]),
    cooldown=st.integers(0, 3),
    min_lr=st.sampled_from([0.0, 1e-3]),
    eps=st.sampled_from([0.0, 1e-8, 0.1]),
)
@example(  # better all the time, but by less than the threshold
    losses=[1 - t / 10 for t in range(9)],
    lr=1.0,
    factor=0.5,
    patience=0,
    threshold=0.3,
    threshold_mode="abs",
    cooldown=0,
    min_lr=0.0,
    eps=0.0,
)
def test_plateau(losses, lr, **params):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **params)
    plateau = Plateau(lr, **params)
    for loss in losses:
        scheduler.step(loss)
        assert plateau.update(loss) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
        plateau = Plateau(**dataclasses.asdict(plateau))  # goes on from where it was


def test_plateau_defaults_are_those_of_torch():
    rng = np.random.default_rng(0)
    losses = np.maximum(0.5, np.exp(-np.arange(150) / 10)) + 1e-5 * rng.normal(size=150)
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
    plateau, rates = Plateau(1.0), set()
    for loss in losses:
        scheduler.step(loss)
        rates.add(plateau.update(loss))
        assert plateau.lr == optimizer.param_groups[0]["lr"]
    assert len(rates) > 5


def test_plateau_leaves_out_changes_that_are_too_small():
    assert Plateau(1.0, factor=0.5, patience=0, eps=0.5).update(math.nan) == 1.0
    assert Plateau(1.0, factor=0.5, patience=0, eps=0.49).update(math.nan) == 0.5


def test_plateau_takes_numbers_of_numpy():
    plateau = Plateau(1.0, patience=0)
    for loss in (np.float32(3.0), np.float64(2.0), np.int64(1), np.float32(np.nan)):
        plateau.update(loss)
    assert plateau.best == 1.0
    assert type(plateau.best) is float
    assert plateau.lr == pytest.approx(0.1)


# --- Formulas ---


@given(lr=rates, step=st.integers(0, 10**9))
def test_constant(lr, step):
    assert Constant(lr)(step) == lr


@given(lr=rates, decay=st.floats(0, 100), step=st.integers(0, 10**6))
def test_inverse_time(lr, decay, step):
    assert InverseTime(lr, decay)(step) == pytest.approx(lr / (1 + decay * step), rel=1e-14)


@given(lr=rates, decay=st.floats(0, 100), power=st.floats(0, 3), step=st.integers(0, 10**6))
def test_inverse_power(lr, decay, power, step):
    expected = lr / (1 + decay * step) ** power
    assert InversePower(lr, decay, power)(step) == pytest.approx(expected, rel=1e-12)
    assert InversePower(lr, decay, 1)(step) == pytest.approx(
        InverseTime(lr, decay)(step), rel=1e-14
    )


def test_robbins_and_monros_conditions():
    def total(schedule, n, power=1):
        return sum(schedule(t) ** power for t in range(n))

    one_over_t, one_over_t_squared = InverseTime(1.0), InversePower(1.0, power=2)
    assert total(one_over_t, 10_000) == pytest.approx(math.log(10_000) + 0.5772, abs=1e-3)
    assert total(one_over_t, 10_000, power=2) == pytest.approx(math.pi**2 / 6, abs=1e-3)
    assert total(one_over_t_squared, 10_000) == pytest.approx(math.pi**2 / 6, abs=1e-3)


def test_rates_vanish_without_an_error():
    for schedule in (
        InversePower(1.0, 1e300, power=200.0),
        InverseTime(1.0, 1e308),
        Exponential(1.0, 0.5),
        Step(1.0, 1, 0.5),
    ):
        assert 0 <= schedule(10**9) < 1e-300


def test_a_rate_that_grows_too_large_is_an_error():
    grows = Exponential(1.0, 2.0)
    assert grows(1000) == 2.0**1000
    with pytest.raises(ValueError, match=r"the rate of Exponential\(.*\) must stay finite.*2000"):
        grows(2000)
    with pytest.raises(ValueError, match="must stay finite"):
        Exponential(10.0, 2.0)(1023)  # the power is finite, the product is not


def test_a_loss_below_zero_needs_an_absolute_threshold():
    share, difference = Plateau(1.0, patience=0), Plateau(1.0, patience=0, threshold_mode="abs")
    for _ in range(3):  # the loss stands still
        share.update(-1.0)
        difference.update(-1.0)
    assert share.lr == 1.0
    assert difference.lr == pytest.approx(0.01)


def test_warm_up_in_front_of_a_warm_up_and_of_a_function():
    twice = WarmUp(2, WarmUp(3, Constant(1.0), start_factor=0.5))
    assert [twice(t) for t in range(6)] == pytest.approx([0, 0.25, 0.5, 2 / 3, 5 / 6, 1])
    assert WarmUp(2, lambda t: 2.0 + t)(5) == 5.0


def test_in_training():
    w, optimizer, schedule = np.array([1.0]), SGD(), InverseTime(0.5)
    for step in range(3):
        optimizer.lr = schedule(step)
        optimizer.step(w, np.array([1.0]))
    assert w[0] == pytest.approx(1 - 0.5 - 0.25 - 0.5 / 3)


# --- Form and bad input ---

EACH = [
    Constant(0.1),
    Step(0.1, 5),
    Exponential(0.1, 0.9),
    Cosine(0.1, 10),
    InverseTime(0.1),
    InversePower(0.1),
    OneCycle(0.1, 10),
    WarmUp(3, Cosine(0.1, 10)),
]
each = pytest.mark.parametrize("schedule", EACH, ids=lambda s: type(s).__name__)


@each
def test_frozen_and_printable(schedule):
    assert eval(repr(schedule), vars(schedules)) == schedule
    assert len({schedule, eval(repr(schedule), vars(schedules))}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        schedule.lr = 1.0


@each
def test_the_same_step_has_the_same_rate_in_any_order(schedule):
    forward = [schedule(t) for t in range(20)]
    backward = [schedule(t) for t in reversed(range(20))]
    assert forward == backward[::-1]
    assert schedule(np.int64(7)) == forward[7]
    assert all(0 <= rate <= 0.1 + 1e-15 for rate in forward)


@each
def test_bad_steps(schedule):
    with pytest.raises(ValueError, match="step must be at least 0, got -1"):
        schedule(-1)
    with pytest.raises(TypeError, match="step must be an integer, got 1.5"):
        schedule(1.5)
    with pytest.raises(TypeError, match="step must be an integer, got True"):
        schedule(True)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Constant(-1), ValueError, "lr must be at least 0, got -1"),
        (lambda: Constant("1"), TypeError, "lr must be a real number, got '1'"),
        (lambda: Step(-1, 5), ValueError, "lr must be at least 0"),
        (lambda: Step(1, 0), ValueError, "every must be at least 1, got 0"),
        (lambda: Step(1, 2.5), TypeError, "every must be an integer, got 2.5"),
        (lambda: Step(1, 2, 0), ValueError, "gamma must be greater than 0, got 0"),
        (lambda: Step(1, 2, 1.5), ValueError, "gamma must be at most 1, got 1.5"),
        (lambda: Exponential(-1, 0.5), ValueError, "lr must be at least 0"),
        (lambda: Exponential(1, 0), ValueError, "gamma must be greater than 0, got 0"),
        (lambda: Cosine(-1, 5), ValueError, "lr must be at least 0"),
        (lambda: Cosine(1, 0), ValueError, "steps must be at least 1, got 0"),
        (lambda: Cosine(1, 5, -1), ValueError, "final_lr must be at least 0, got -1"),
        (lambda: Cosine(1, 5, restarts=3), TypeError, "restarts must be True or False, got 3"),
        (lambda: InverseTime(-1), ValueError, "lr must be at least 0"),
        (lambda: InverseTime(1, -1), ValueError, "decay must be at least 0, got -1"),
        (lambda: InversePower(-1), ValueError, "lr must be at least 0"),
        (lambda: InversePower(1, -1), ValueError, "decay must be at least 0, got -1"),
        (lambda: InversePower(1, 1, -1), ValueError, "power must be at least 0, got -1"),
        (lambda: OneCycle(-1, 5), ValueError, "max_lr must be at least 0, got -1"),
        (lambda: OneCycle(1, 0), ValueError, "steps must be at least 1, got 0"),
        (lambda: OneCycle(1, 5, -1), ValueError, "pct_start must be at least 0, got -1"),
        (lambda: OneCycle(1, 5, 30), ValueError, "pct_start must be at most 1, got 30"),
        (lambda: OneCycle(1, 5, anneal="cosine"), ValueError, "unknown anneal: 'cosine'"),
        (lambda: OneCycle(1, 5, div_factor=0), ValueError, "div_factor must be greater than 0"),
        (lambda: OneCycle(1, 5, final_div_factor=0), ValueError, "final_div_factor must be gr"),
        (lambda: WarmUp(0, Constant(1)), ValueError, "steps must be at least 1, got 0"),
        (lambda: WarmUp(5, 0.1), TypeError, r"then must be a function of the step.*, got 0.1"),
        (lambda: WarmUp(5, Plateau(0.1)), TypeError, r"\(not a Plateau.*, got Plateau"),
        (lambda: WarmUp(5, Constant(1), -1), ValueError, "start_factor must be at least 0"),
        (lambda: WarmUp(5, Constant(1), 2), ValueError, "start_factor must be at most 1, got 2"),
        (lambda: Plateau(-1), ValueError, "lr must be at least 0"),
        (lambda: Plateau(1, factor=1), ValueError, "factor must be less than 1, got 1"),
        (lambda: Plateau(1, patience=-1), ValueError, "patience must be at least 0, got -1"),
        (lambda: Plateau(1, threshold=-1), ValueError, "threshold must be at least 0, got -1"),
        (lambda: Plateau(1, threshold=1), ValueError, "threshold must be less than 1, got 1"),
        (lambda: Plateau(1, threshold_mode="r"), ValueError, "unknown threshold_mode: 'r'"),
        (lambda: Plateau(1, cooldown=-1), ValueError, "cooldown must be at least 0, got -1"),
        (lambda: Plateau(1, min_lr=-1), ValueError, "min_lr must be at least 0, got -1"),
        (lambda: Plateau(1, eps=-1), ValueError, "eps must be at least 0, got -1"),
        (lambda: Plateau(1, best=math.nan), ValueError, "best must be finite, got nan"),
        (lambda: Plateau(1, waited=-1), ValueError, "waited must be at least 0, got -1"),
        (lambda: Plateau(1, cooling=-1), ValueError, "cooling must be at least 0, got -1"),
        (lambda: Plateau(1).update("low"), TypeError, "loss must be a real number, got 'low'"),
        (lambda: Plateau(1).update(True), TypeError, "loss must be a real number, got True"),
        (lambda: Plateau(1).update(None), TypeError, "loss must be a real number, got None"),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_examples_in_docstrings():
    result = doctest.testmod(schedules)
    assert result.attempted > 0
    assert result.failed == 0
