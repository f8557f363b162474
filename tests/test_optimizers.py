"""Optimizers against torch.optim, against their formulas, and against bad input."""

import doctest
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit import optimizers
from coursekit.optimizers import (
    NAMES,
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Lion,
    Muon,
    NAdam,
    RMSProp,
    adam,
    adaptive,
    arrays,
    base,
    directions,
    orthogonalize,
    sgd,
)

SHAPES = [(2, 16), (16,), (3, 2, 2), (), (1, 1)]
MATRICES = [(4, 4), (7, 3), (3, 7), (1, 5)]
STEPS = 200

each_name = pytest.mark.parametrize("name", NAMES)
elementwise_names = [name for name in NAMES if name != "muon"]
each_elementwise = pytest.mark.parametrize("name", elementwise_names)
seeds = st.integers(0, 2**32 - 1)


def shapes_for(name):
    return MATRICES if name == "muon" else SHAPES


def start(shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [np.array(rng.normal(size=shape)) for shape in shapes]


def noisy_gradients(shapes, seed=0, steps=STEPS):
    """Random gradients, most with a trend, of sizes 0.1 to 1000: a list of arrays for each step.

    They do not depend on the parameters: where they did, a large rate would make the run chaotic,
    and blow up the last digit in which two correct programs differ. (So does a weight decay that
    outweighs the gradient, at a large rate.)
    """
    rng = np.random.default_rng([seed, 1])
    sizes = [10.0 ** rng.uniform(-1, 3, size=shape) for shape in shapes]
    trends = [rng.normal(size=shape) for shape in shapes]
    return [
        [
            np.asarray(size * (trend + rng.normal(size=size.shape)))
            for size, trend in zip(sizes, trends, strict=True)
        ]
        for _ in range(steps)
    ]


def run(optimizer, shapes, seed=0, steps=STEPS, dtype=np.float64):
    params = [w.astype(dtype) for w in start(shapes, seed)]
    for grads in noisy_gradients(shapes, seed, steps):
        optimizer.step(params, [g.astype(dtype) for g in grads])
    return params


def run_torch(make, shapes, seed=0, rates=None):
    """The same run with torch.optim, in float64 throughout (also its counters)."""
    torch.set_default_dtype(torch.float64)
    try:
        params = [torch.tensor(w) for w in start(shapes, seed)]
        optimizer = make(params)
        for t, grads in enumerate(noisy_gradients(shapes, seed)):
            if rates is not None:
                optimizer.param_groups[0]["lr"] = rates[t]
            for w, g in zip(params, grads, strict=True):
                w.grad = torch.tensor(g)
            optimizer.step()
    finally:
        torch.set_default_dtype(torch.float32)
    return [w.numpy() for w in params]


def assert_same(ours, theirs, tolerance=1e-12):
    for w, other in zip(ours, theirs, strict=True):
        assert w.shape == other.shape
        np.testing.assert_allclose(w, other, rtol=tolerance, atol=tolerance)


# --- Equal to torch.optim ---

rates = st.floats(1e-6, 0.5)
decays = st.sampled_from([0.0, 1e-4, 1e-3])
shares = st.floats(0.0, 0.999)
momenta = st.sampled_from([0.0, 0.5, 0.9, 0.99])
epsilons = st.sampled_from([1e-10, 1e-8, 1e-3])

# The peer of each class, our hyper-parameters, and torch's from ours.
PEERS = {
    SGD: (
        torch.optim.SGD,
        {"lr": rates, "momentum": momenta, "weight_decay": decays},
        lambda p: p,
    ),
    AdaGrad: (
        torch.optim.Adagrad,
        {
            "lr": rates,
            "eps": epsilons,
            "weight_decay": decays,
            "initial_accumulator_value": st.sampled_from([0.0, 0.1]),
        },
        lambda p: p,
    ),
    RMSProp: (
        torch.optim.RMSprop,
        {
            "lr": rates,
            "alpha": shares,
            "eps": epsilons,
            "weight_decay": decays,
            "momentum": momenta,
        },
        lambda p: p,
    ),
    AdaDelta: (
        torch.optim.Adadelta,
        {"lr": rates, "rho": shares, "eps": epsilons, "weight_decay": decays},
        lambda p: p,
    ),
    NAdam: (
        torch.optim.NAdam,
        {
            "lr": rates,
            "beta1": shares,
            "beta2": shares,
            "eps": epsilons,
            "weight_decay": decays,
            "momentum_decay": st.sampled_from([0.0, 4e-3, 1.0]),
        },
        lambda p: with_betas(p),
    ),
}
for cls, peer in ((Adam, torch.optim.Adam), (AdamW, torch.optim.AdamW), (AMSGrad, None)):
    PEERS[cls] = (
        peer or (lambda params, **p: torch.optim.Adam(params, amsgrad=True, **p)),
        {"lr": rates, "beta1": shares, "beta2": shares, "eps": epsilons, "weight_decay": decays},
        lambda p: with_betas(p),
    )


def with_betas(params):
    params = dict(params)
    return {"betas": (params.pop("beta1"), params.pop("beta2")), **params}


@pytest.mark.parametrize("cls", PEERS)
@pytest.mark.parametrize("params", [{}, {"weight_decay": 0.1}])
def test_defaults_are_those_of_torch(cls, params):
    peer, _, _ = PEERS[cls]
    assert_same(run(cls(**params), SHAPES), run_torch(lambda ws: peer(ws, **params), SHAPES))


@pytest.mark.parametrize("cls", PEERS)
@settings(max_examples=10)
@given(data=st.data(), seed=seeds)
def test_equal_to_torch(cls, data, seed):
    peer, strategies, translated = PEERS[cls]
    params = data.draw(st.fixed_dictionaries(strategies))
    if any(params.get(name, 1) < 0.5 for name in ("alpha", "rho", "beta2")):
        # a division by |g| of this very step: a decay that cancels the gradient ruins its digits
        params["weight_decay"] = 0.0
    theirs = run_torch(lambda ws: peer(ws, **translated(params)), SHAPES, seed)
    assert_same(run(cls(**params), SHAPES, seed), theirs)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("momentum", [0.5, 0.99])
def test_nesterov_is_torchs(momentum, weight_decay):
    params = {"lr": 1e-3, "momentum": momentum, "nesterov": True, "weight_decay": weight_decay}
    theirs = run_torch(lambda ws: torch.optim.SGD(ws, **params), SHAPES)
    assert_same(run(SGD(**params), SHAPES), theirs)


@pytest.mark.parametrize("lr", [1e-3, 0.3])
@pytest.mark.parametrize("params", [{}, {"nesterov": False, "weight_decay": 0.0, "momentum": 0.5}])
def test_muon_is_torchs_but_for_the_precision(lr, params, monkeypatch):
    # torch rounds to bfloat16; without that it must agree to the last digits
    monkeypatch.setattr(torch.Tensor, "bfloat16", lambda self: self.clone())
    theirs = run_torch(lambda ws: torch.optim.Muon(ws, lr=lr, **params), MATRICES)
    assert_same(run(Muon(lr=lr, **params), MATRICES), theirs)


def test_muon_defaults_and_torchs_rounding():
    theirs = run_torch(torch.optim.Muon, MATRICES)
    ours = run(Muon(), MATRICES)
    assert_same(ours, theirs, tolerance=0.05)
    assert not np.array_equal(ours[0], theirs[0])


@pytest.mark.parametrize("cls", PEERS)
def test_a_changing_rate_acts_as_in_torch(cls):
    peer, strategies, _ = PEERS[cls]
    params = {"momentum": 0.9} if "momentum" in strategies else {}
    rates = np.geomspace(1e-3, 1e-5, STEPS)
    theirs = run_torch(lambda ws: peer(ws, **params), SHAPES, rates=rates)

    optimizer, ours = cls(**params), start(SHAPES)
    for lr, grads in zip(rates, noisy_gradients(SHAPES), strict=True):
        optimizer.lr = lr
        optimizer.step(ours, grads)
    assert_same(ours, theirs)


@each_name
def test_float32_stays_and_agrees(name):
    single = run(optimizers.get(name, lr=1e-4), shapes_for(name), steps=20, dtype=np.float32)
    double = run(optimizers.get(name, lr=1e-4), shapes_for(name), steps=20)
    assert all(w.dtype == np.float32 for w in single)
    if name != "lion":  # the sign of a number near 0 may differ
        assert_same(single, double, tolerance=2e-4)


# --- Lion, which torch does not have ---


@given(
    lr=rates, beta1=shares, beta2=shares, weight_decay=st.sampled_from([0.0, 0.1, 1.0]), seed=seeds
)
@settings(max_examples=20)
def test_lion_is_the_papers_algorithm(lr, beta1, beta2, weight_decay, seed):
    expected = start(SHAPES, seed)
    averages = [0.0] * len(SHAPES)
    for grads in noisy_gradients(SHAPES, seed):
        for i, g in enumerate(grads):
            update = np.sign(beta1 * averages[i] + (1 - beta1) * g) + weight_decay * expected[i]
            averages[i] = beta2 * averages[i] + (1 - beta2) * g
            expected[i] = np.asarray(expected[i] - lr * update)
    ours = run(Lion(lr, beta1, beta2, weight_decay), SHAPES, seed)
    assert_same(ours, expected)


def test_lion_moves_by_the_rate_and_stands_still_at_zero():
    w = np.zeros(3)
    Lion(lr=0.5).step(w, np.array([1e-200, -1e200, 0.0]))
    np.testing.assert_array_equal(w, [-0.5, 0.5, 0.0])


def test_lion_defaults_are_the_papers():
    assert repr(Lion()) == "Lion(lr=0.0001, beta1=0.9, beta2=0.99, weight_decay=0.0)"


# --- What the formulas promise ---


def test_sgd_with_momentum_is_polyaks_heavy_ball_at_a_constant_rate():
    lr, beta = 0.05, 0.9
    w, before, now = np.array([1.0]), np.array([1.0]), np.array([1.0])
    optimizer = SGD(lr=lr, momentum=beta)
    for _ in range(STEPS):
        optimizer.step(w, 3 * w)
        before, now = now, now - lr * 3 * now + beta * (now - before)
    np.testing.assert_allclose(w, now, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("alpha", [0.99, 0.9])
def test_first_step_of_rmsprop_is_not_corrected(alpha):
    w = np.zeros(3)
    RMSProp(lr=1.0, alpha=alpha, eps=0.0).step(w, np.array([1e-3, -1.0, 1e3]))
    np.testing.assert_allclose(w, np.array([-1, 1, -1]) / np.sqrt(1 - alpha), rtol=1e-12)


@pytest.mark.parametrize("cls", [Adam, AMSGrad, AdamW])
def test_first_step_of_adam_is_the_rate(cls):
    w = np.zeros(3)
    cls(lr=1.0, eps=0.0, weight_decay=0.0).step(w, np.array([1e-3, -1.0, 1e3]))
    np.testing.assert_allclose(w, [-1, 1, -1], rtol=1e-12)


def test_adagrad_steps_fall_like_one_over_root_t():
    w, optimizer, before = np.zeros(1), AdaGrad(lr=1.0, eps=0.0), 0.0
    for t in range(1, 50):
        optimizer.step(w, np.array([7.0]))
        assert before - w[0] == pytest.approx(1 / np.sqrt(t), rel=1e-9)
        before = w[0]


def test_adamw_decays_all_weights_alike_and_adam_does_not():
    decoupled, coupled = np.array([1.0, 1.0]), np.array([1.0, 1.0])
    adamw, adam_ = AdamW(lr=0.01, weight_decay=0.1), Adam(lr=0.01, weight_decay=0.1)
    plain = np.array([1.0, 1.0])
    Adam(lr=0.01).step(plain, np.array([1e3, 1.0]))
    adamw.step(decoupled, np.array([1e3, 1.0]))
    adam_.step(coupled, np.array([1e3, 1.0]))
    np.testing.assert_allclose(decoupled - plain, -0.01 * 0.1, rtol=1e-9)
    np.testing.assert_allclose(coupled, plain, atol=1e-9)  # λ w is divided away at the first step


def test_amsgrad_finds_the_optimum_that_adam_misses():
    # Reddi et al. (2018), section 3: gradient 3 every third step, else -1, on [-1, 1]
    def end(optimizer):
        x = np.array([0.0])
        for t in range(10_000):
            optimizer.lr = 0.1 / np.sqrt(t + 1)
            optimizer.step(x, np.array([3.0 if t % 3 == 0 else -1.0]))
            np.clip(x, -1, 1, out=x)
        return x[0]

    beta2 = 1 / (1 + 3**2)
    assert end(Adam(beta1=0.0, beta2=beta2)) > 0.9
    assert end(AMSGrad(beta1=0.0, beta2=beta2)) < -0.9


def test_the_rate_of_amsgrad_can_grow_until_the_correction_has_faded():
    w, optimizer, rates = np.zeros(1), AMSGrad(lr=1.0, beta1=0.0, eps=0.0), []
    for g in (1.0, *[0.01] * 50):
        before = w.copy()
        optimizer.step(w, np.array([g]))
        rates.append(((before - w) / g)[0])
    assert optimizer.state[0]["v_max"] == pytest.approx(0.001)
    assert np.all(np.diff(rates) > 0)


def test_without_eps_a_gradient_of_zero_is_lost():
    for cls in (Adam, AMSGrad, NAdam, AdaGrad, RMSProp, AdaDelta):
        w = np.array([1.0, 1.0])
        cls(eps=0.0).step(w, np.array([0.0, 1.0]))
        assert np.isnan(w[0])
        assert np.isfinite(w[1])


def test_zero_gradient_after_a_step():
    def second_move(optimizer):
        w = np.array([1.0])
        optimizer.step(w, np.array([1.0]))
        before = w.copy()
        optimizer.step(w, np.array([0.0]))
        return abs(w - before)[0]

    assert second_move(SGD(0.1)) == 0
    assert second_move(RMSProp(0.1)) == 0
    assert second_move(SGD(0.1, momentum=0.9)) == pytest.approx(0.09)
    assert second_move(SGD(0.1, weight_decay=0.1)) == pytest.approx(0.009, rel=0.02)
    assert second_move(Adam(0.1)) == pytest.approx(0.067, rel=0.01)


@given(rows=st.integers(1, 8), columns=st.integers(1, 8), seed=seeds)
def test_orthogonalize_keeps_singular_vectors_and_evens_out_singular_values(rows, columns, seed):
    matrix = np.random.default_rng(seed).normal(size=(rows, columns)) * 1e3
    before = matrix.copy()
    U, sigma, Vt = np.linalg.svd(matrix, full_matrices=False)
    result = orthogonalize(matrix)
    np.testing.assert_array_equal(matrix, before)
    spectrum = U.T @ result @ Vt.T
    np.testing.assert_allclose(spectrum, np.diag(np.diag(spectrum)), atol=1e-9)
    large = sigma / np.linalg.norm(sigma) > 0.003
    assert np.all((np.diag(spectrum)[large] > 0.68) & (np.diag(spectrum)[large] < 1.21))


def test_orthogonalize_takes_matrices_only():
    as_array = orthogonalize(np.array([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_array_equal(orthogonalize([[1, 2], [3, 4]]), as_array)
    with pytest.raises(ValueError, match=r"matrix must have two dimensions, got shape \(3,\)"):
        orthogonalize(np.ones(3))


def test_muon_step_of_a_tall_matrix_is_longer():
    for shape, factor in (((2, 8), 1.0), ((8, 2), 2.0)):
        w, grad = np.zeros(shape), np.random.default_rng(0).normal(size=shape)
        Muon(lr=1.0, weight_decay=0.0).step(w, grad)
        np.testing.assert_allclose(w, -factor * orthogonalize(grad), rtol=1e-12)


def test_muon_takes_a_large_matrix_as_a_whole():
    shape = (300, base._SLICE // 200)
    w, grad = np.zeros(shape), np.random.default_rng(0).normal(size=shape)
    assert w.size > base._SLICE
    Muon(lr=1.0, weight_decay=0.0).step(w, grad)
    np.testing.assert_allclose(w, -np.sqrt(300 / shape[1]) * orthogonalize(grad), rtol=1e-9)


def test_muon_leaves_a_matrix_without_gradient_where_it_is():
    w = np.ones((2, 3))
    Muon(weight_decay=0.0).step(w, np.zeros((2, 3)))
    np.testing.assert_array_equal(w, 1)


# --- Arrays are updated in place, whatever their form ---


@each_name
def test_in_place_and_gradients_untouched(name):
    params = start(shapes_for(name))
    before = [w.copy() for w in params]
    identities = [id(w) for w in params]
    grads = [w + 1 for w in params]
    kept = [np.copy(g) for g in grads]
    assert optimizers.get(name).step(tuple(params), grads) is None
    assert [id(w) for w in params] == identities
    assert all(not np.array_equal(w, old) for w, old in zip(params, before, strict=True))
    for g, old in zip(grads, kept, strict=True):
        np.testing.assert_array_equal(g, old)


@each_name
def test_one_array_is_a_list_of_one(name):
    alone, inside = np.ones((2, 3)), np.ones((2, 3))
    one, other = optimizers.get(name), optimizers.get(name)
    for _ in range(3):
        one.step(alone, alone * 2)
        other.step([inside], [inside * 2])
    np.testing.assert_array_equal(alone, inside)
    assert len(one.state) == 1


@each_elementwise
def test_gradients_may_be_views_of_the_parameters(name):
    # of f(x, y) = x · y, with x and y as the rows of one array
    rows = np.array([[1.0, 2.0], [3.0, 5.0]])
    x, y = rows.copy()
    optimizers.get(name, lr=0.1).step([rows[0], rows[1]], [rows[1], rows[0]])
    optimizers.get(name, lr=0.1).step([x, y], [y.copy(), x.copy()])
    np.testing.assert_array_equal(rows, [x, y])

    w = np.arange(2.0 * base._SLICE)  # updated in two slices
    expected = w.copy()
    optimizers.get(name, lr=0.1).step(w, w[::-1])
    optimizers.get(name, lr=0.1).step(expected, expected[::-1].copy())
    np.testing.assert_array_equal(w, expected)


@each_elementwise
def test_large_arrays_move_as_their_numbers_do(name):
    # longer than the slices in which large arrays are updated, and not a multiple of them
    shapes = [(2 * base._SLICE + 17,), (base._SLICE + 5, 2), (3, base._SLICE, 1), ()]
    rng = np.random.default_rng(0)
    large = [np.array(rng.normal(size=shape)) for shape in shapes]
    flat = [np.concatenate([w.ravel() for w in large])[::7].copy()]
    one, other = optimizers.get(name, lr=0.1), optimizers.get(name, lr=0.1)
    for _ in range(3):
        one.step(large, [np.asarray(w - 0.3) for w in large])
        other.step(flat, [w - 0.3 for w in flat])
    np.testing.assert_array_equal(np.concatenate([w.ravel() for w in large])[::7], flat[0])
    assert one.t == 3


@each_name
def test_views_and_column_order(name):
    whole = np.ones((6, 8))
    view, plain, columns = whole[::2, 1::2], np.ones((3, 4)), np.asfortranarray(np.ones((3, 4)))
    for w in (view, plain, columns):
        optimizer = optimizers.get(name, lr=0.1)
        for t in range(3):
            optimizer.step([w], [np.arange(12.0).reshape(3, 4) - t])
    np.testing.assert_allclose(view, plain, rtol=1e-14)
    np.testing.assert_allclose(columns, plain, rtol=1e-14)
    assert np.all(whole[1::2] == 1)
    assert np.all(whole[:, ::2] == 1)


@each_name
@pytest.mark.parametrize("alias", [lambda w: w, lambda w: w[:], lambda w: w[...]])
def test_a_gradient_that_is_the_parameter_itself(name, alias):
    # the gradient of ½‖w‖² is w, and a function may return just that
    params = {"weight_decay": 0.1, "lr": 0.1}
    w, expected = np.arange(1.0, 7.0).reshape(2, 3), np.arange(1.0, 7.0).reshape(2, 3)
    one, other = optimizers.get(name, **params), optimizers.get(name, **params)
    for _ in range(3):
        one.step([w], [alias(w)])
        other.step([expected], [expected.copy()])
    np.testing.assert_array_equal(w, expected)


def test_gradients_that_are_each_others_parameters():
    x, y = np.array([1.0]), np.array([2.0])
    SGD(lr=0.1).step([x, y], [y, x])  # f(x, y) = x y
    np.testing.assert_allclose([x[0], y[0]], [0.8, 1.9])


def test_gradients_of_other_types():
    w = np.zeros((2, 2), dtype=np.float32)
    SGD(lr=1.0).step([w], [[[1, 2], [3, 4]]])
    np.testing.assert_array_equal(w, [[-1, -2], [-3, -4]])
    RMSProp(lr=1.0).step(w, np.full((2, 2), 2**40))  # would overflow as an integer when squared
    assert w.dtype == np.float32
    np.testing.assert_allclose(w, [[-11, -12], [-13, -14]], rtol=1e-5)
    zero_d = np.array(1.0)
    SGD(lr=0.5).step(zero_d, np.float64(1.0))
    assert zero_d == 0.5


@each_elementwise
def test_arrays_without_numbers(name):
    params = [np.empty((0, 3)), np.ones(2)]
    optimizers.get(name).step(params, [np.empty((0, 3)), np.ones(2)])
    assert np.all(params[1] < 1)


@each_name
def test_a_rate_of_zero_moves_nothing(name):
    params = start(shapes_for(name))
    before = [w.copy() for w in params]
    optimizer = optimizers.get(name, weight_decay=0.1)
    optimizer.lr = 0
    for _ in range(3):
        optimizer.step(params, [np.ones_like(w) for w in params])
    for w, old in zip(params, before, strict=True):
        np.testing.assert_array_equal(w, old)
    assert optimizer.t == 3


# --- Numbers that are not finite flow through, as in torch ---


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("cls", [SGD, AdaGrad, RMSProp, AdaDelta, Adam, AMSGrad, AdamW, NAdam])
def test_nonfinite_gradients_do_as_in_torch(cls, bad):
    peer = PEERS[cls][0]
    ours, theirs = np.ones(3), torch.ones(3, dtype=torch.float64)
    optimizer, other = cls(), peer([theirs])
    for t in range(5):
        grad = np.array([1.0, bad if t == 1 else 1.0, -1.0])
        theirs.grad = torch.tensor(grad)
        other.step()
        optimizer.step(ours, grad)
        np.testing.assert_array_equal(np.isfinite(ours), torch.isfinite(theirs).numpy())
    # AdaGrad and RMSProp divide ∞ by ∞ once, and 1 by ∞ ever after: not a number either
    assert np.isnan(ours[1]) or (cls is SGD and np.isinf(ours[1]))
    assert np.isfinite(ours[[0, 2]]).all()


def test_one_infinite_gradient_spoils_the_memory_of_adam_for_good():
    w, optimizer = np.ones(2), Adam()
    optimizer.step(w, np.array([np.inf, 1.0]))
    w[:] = 1.0  # even if the weights are repaired
    for _ in range(50):
        optimizer.step(w, np.ones(2))
    assert not np.isfinite(optimizer.state[0]["m"][0])
    assert not np.isfinite(optimizer.state[0]["v"][0])
    assert np.isnan(w[0])
    assert np.isfinite(w[1])


@pytest.mark.filterwarnings("error")
def test_no_warnings_where_numbers_overflow_or_vanish():
    for name in elementwise_names:
        for grad in (1e200, 1e-200, np.inf):
            w = np.array([1.0])
            optimizer = optimizers.get(name)
            optimizer.step(w, np.array([grad]))
            optimizer.step(w, np.array([grad]))
    w = np.ones(1, dtype=np.float32)
    SGD().step(w, np.array([1e300]))
    assert w[0] == -np.inf
    w = np.zeros(2)
    RMSProp(eps=0.0).step(w, np.zeros(2))  # 0/0
    assert np.isnan(w).all()
    with np.errstate(all="raise"):
        RMSProp(eps=0.0).step(w, np.zeros(2))


# --- State, repr, names ---

STATES = {
    "sgd": set(),
    "momentum": {"velocity"},
    "nesterov": {"velocity"},
    "adagrad": {"s"},
    "rmsprop": {"v"},
    "adadelta": {"E_g2", "E_delta2"},
    "adam": {"m", "v"},
    "amsgrad": {"m", "v", "v_max"},
    "adamw": {"m", "v"},
    "nadam": {"m", "v"},
    "lion": {"m"},
    "muon": {"m"},
}


@each_name
def test_state_is_readable(name):
    params = start(shapes_for(name))
    optimizer = optimizers.get(name)
    assert optimizer.state == []
    assert optimizer.t == 0
    optimizer.step(params, [np.ones_like(w) for w in params])
    assert optimizer.t == 1
    for w, state in zip(params, optimizer.state, strict=True):
        assert set(state) == STATES[name]
        assert all(array.shape == w.shape and array.dtype == w.dtype for array in state.values())


def test_state_holds_the_averages_of_the_paper():
    w, optimizer = np.zeros(2), Adam()
    optimizer.step(w, np.array([1.0, -2.0]))
    np.testing.assert_allclose(optimizer.state[0]["m"], [0.1, -0.2])
    np.testing.assert_allclose(optimizer.state[0]["v"], [0.001, 0.004])


@each_name
def test_reset_forgets_everything(name):
    optimizer = optimizers.get(name)
    first = run(optimizer, shapes_for(name), steps=10)
    optimizer.reset()
    assert optimizer.t == 0
    assert optimizer.state == []
    assert_same(run(optimizer, shapes_for(name), steps=10), first, tolerance=0)


@each_name
@pytest.mark.parametrize("through", [lambda d: d, lambda d: pickle.loads(pickle.dumps(d))])
def test_training_resumes_exactly(name, through):
    shapes = shapes_for(name)
    params, gradients = start(shapes), noisy_gradients(shapes, steps=20)
    optimizer = optimizers.get(name, lr=0.01, weight_decay=0.01)
    for t, grads in enumerate(gradients[:10]):
        optimizer.lr = 0.01 / (1 + t)
        optimizer.step(params, grads)
    saved = through(optimizer.state_dict())
    weights, copied = [w.copy() for w in params], [w.copy() for w in params]
    for grads in gradients[10:]:
        optimizer.step(params, grads)

    resumed = optimizers.get(name)
    resumed.load_state_dict(saved)
    assert repr(resumed) == repr(optimizer)
    for grads in gradients[10:]:
        resumed.step(weights, grads)
    assert_same(weights, params, tolerance=0)
    assert resumed.t == 20
    # what was saved has not moved along, and can be used again
    again = optimizers.get(name)
    again.load_state_dict(saved)
    assert again.t == 10
    for grads in gradients[10:]:
        again.step(copied, grads)
    assert_same(copied, params, tolerance=0)
    with pytest.raises(ValueError, match="params must have the shapes of the first step"):
        again.step(np.ones((2, 2)), np.ones((2, 2)))


def test_state_of_another_optimizer_is_refused():
    with pytest.raises(
        ValueError, match="saved must come from the optimizer 'adamw', got .*'adam'"
    ):
        AdamW().load_state_dict(Adam().state_dict())
    with pytest.raises(ValueError, match="saved must come from the optimizer 'adam', got 3"):
        Adam().load_state_dict(3)


@each_name
def test_repr_makes_the_same_optimizer(name):
    optimizer = optimizers.get(name, lr=0.25)
    again = eval(repr(optimizer), vars(optimizers))
    assert type(again) is type(optimizer)
    assert again.hyperparameters() == optimizer.hyperparameters()
    assert again.lr == 0.25


@each_name
def test_names_and_titles(name):
    assert optimizers.get(name).title == NAMES[name]
    assert len(set(NAMES.values())) == len(NAMES)


def test_get_passes_hyperparameters_on():
    assert optimizers.get("momentum", momentum=0.5).momentum == 0.5
    assert repr(optimizers.get("nesterov")).startswith("SGD(lr=0.001, momentum=0.9, nesterov=True")
    with pytest.raises(ValueError, match="unknown optimizer: 'adm'.*Did you mean 'adam'"):
        optimizers.get("adm")
    with pytest.raises(ValueError, match="unknown parameter of the optimizer 'adam': 'beta'"):
        optimizers.get("adam", beta=0.5)


def test_momentum_can_be_switched_on_and_off_between_steps():
    w, optimizer = np.zeros(1), SGD(lr=1.0)
    optimizer.step(w, np.ones(1))
    optimizer.momentum = 0.5
    optimizer.step(w, np.ones(1))
    optimizer.step(w, np.ones(1))
    assert w[0] == -(1 + 1 + 1.5)
    optimizer.momentum = 0
    optimizer.step(w, np.ones(1))
    assert w[0] == -(1 + 1 + 1.5 + 1)


# --- Bad input ---


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD(lr=-0.1), ValueError, "lr must be at least 0, got -0.1"),
        (lambda: SGD(lr=np.nan), ValueError, "lr must be finite, got nan"),
        (lambda: SGD(lr="0.1"), TypeError, "lr must be a real number, got '0.1'"),
        (lambda: SGD(momentum=1.0), ValueError, "momentum must be less than 1, got 1.0"),
        (lambda: SGD(momentum=-1), ValueError, "momentum must be at least 0, got -1"),
        (lambda: SGD(nesterov=True), ValueError, "nesterov=True needs momentum .*, got 0.0"),
        (lambda: SGD(nesterov="no"), TypeError, "nesterov must be True or False, got 'no'"),
        (lambda: SGD(weight_decay=-1), ValueError, "weight_decay must be at least 0, got -1"),
        (lambda: AdaGrad(eps=-1), ValueError, "eps must be at least 0, got -1"),
        (
            lambda: AdaGrad(initial_accumulator_value=-1),
            ValueError,
            "initial_accumulator_value must be at least 0",
        ),
        (lambda: RMSProp(alpha=1), ValueError, "alpha must be less than 1, got 1"),
        (lambda: RMSProp(momentum=2), ValueError, "momentum must be less than 1, got 2"),
        (lambda: RMSProp(eps=-1), ValueError, "eps must be at least 0"),
        (lambda: AdaDelta(rho=-0.5), ValueError, "rho must be at least 0, got -0.5"),
        (lambda: AdaDelta(eps=-0.5), ValueError, "eps must be at least 0, got -0.5"),
        (lambda: Adam(beta1=1), ValueError, "beta1 must be less than 1, got 1"),
        (lambda: Adam(beta2=1.5), ValueError, "beta2 must be less than 1, got 1.5"),
        (lambda: AMSGrad(eps=-1), ValueError, "eps must be at least 0"),
        (lambda: AdamW(weight_decay=-1), ValueError, "weight_decay must be at least 0"),
        (lambda: NAdam(momentum_decay=-1), ValueError, "momentum_decay must be at least 0"),
        (lambda: Lion(beta1=1), ValueError, "beta1 must be less than 1, got 1"),
        (lambda: Lion(beta2=1), ValueError, "beta2 must be less than 1, got 1"),
        (lambda: Muon(momentum=1), ValueError, "momentum must be less than 1, got 1"),
        (lambda: Muon(eps=0), ValueError, "eps must be greater than 0, got 0"),
        (lambda: Muon(ns_steps=0), ValueError, "ns_steps must be at least 1, got 0"),
        (lambda: Muon(nesterov=1), TypeError, "nesterov must be True or False, got 1"),
    ],
)
def test_bad_hyperparameters(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_the_rate_is_checked_when_it_is_set():
    optimizer = Adam()
    with pytest.raises(ValueError, match="lr must be at least 0, got -1"):
        optimizer.lr = -1
    assert optimizer.lr == 1e-3


def read_only():
    w = np.ones(2)
    w.flags.writeable = False
    return w


class Tensor:
    """As much of a tensor as a learner's mistake needs."""

    data = np.ones(2)


TWICE = np.ones(2)


@pytest.mark.parametrize(
    ("params", "grads", "error", "message"),
    [
        ([], [], ValueError, r"params must hold at least one array, got \[\]"),
        (1.0, 1.0, TypeError, "params must be a NumPy array .*, got float 1.0"),
        ([1.0], [1.0], TypeError, r"params\[0\] must be a NumPy array .* got float 1.0"),
        ([[1.0]], [[1.0]], TypeError, r"params\[0\] must be a NumPy array .* got list"),
        ({"w": np.ones(2)}, [1.0], TypeError, "params must be a NumPy array .* got dict"),
        ([Tensor()], [np.ones(2)], TypeError, r"params\[0\] .*pass its .data or .grad"),
        (Tensor(), np.ones(2), TypeError, "params must be .*pass its .data or .grad"),
        (np.ones(2, int), np.ones(2), TypeError, "params must be .* got an array of int64"),
        (np.ones(2, complex), np.ones(2), TypeError, "params must be .* an array of complex128"),
        ([np.ones(2), read_only()], [np.ones(2)] * 2, ValueError, r"params\[1\] must be writeable"),
        (
            [TWICE, np.ones(1), TWICE],
            [TWICE, np.ones(1), TWICE],
            ValueError,
            r"the same one as params\[0\] and params\[2\]",
        ),
        (
            [np.ones(2)],
            np.ones(2),
            ValueError,
            r"grads must be a list .* of params \(1\), got ndarray",
        ),
        ([np.ones(2)], [np.ones(2)] * 2, ValueError, r"of params \(1\), got a list of 2"),
        ([np.ones(2)], [None], TypeError, r"grads\[0\] must be an array, got None: has backward"),
        (
            [np.ones(2)],
            [np.ones(3)],
            ValueError,
            r"grads\[0\] .* shape .* \(2,\), got shape \(3,\)",
        ),
        (np.ones(2), np.ones((2, 1)), ValueError, r"grads must have the shape .* \(2, 1\)"),
        (np.ones(2), 1.0, ValueError, r"grads must have the shape .* \(2,\), got shape \(\)"),
        (np.ones(2), np.ones(2, complex), TypeError, "grads must be .* got an array of complex128"),
        (np.ones(2), [True, False], TypeError, "grads must be .* got list"),
        ([np.ones(2)], [Tensor()], TypeError, r"grads\[0\] .*pass its .data or .grad"),
        (np.ones(2), [[1.0], [1.0, 2.0]], TypeError, "grads must be an array, got"),
    ],
)
def test_bad_arrays(params, grads, error, message):
    optimizer = Adam()
    with pytest.raises(error, match=message):
        optimizer.step(params, grads)
    assert optimizer.t == 0
    assert optimizer.state == []
    optimizer.step(np.zeros((3, 3)), np.zeros((3, 3)))  # as if nothing had happened


def test_nothing_changes_when_a_later_array_is_wrong():
    params = [np.ones(2), np.ones(3)]
    optimizer = SGD(lr=1.0)
    with pytest.raises(ValueError, match=r"grads\[1\]"):
        optimizer.step(params, [np.ones(2), np.ones(2)])
    assert np.all(params[0] == 1)


@each_elementwise
@pytest.mark.parametrize("other", [[(2,)], [(2,), (3,), (1,)], [(2,), (1, 3)], [(3,), (2,)]])
def test_parameters_may_not_change_shape_between_steps(name, other):
    optimizer = optimizers.get(name)
    optimizer.step([np.ones(2), np.ones(3)], [np.ones(2), np.ones(3)])
    params = [np.ones(shape) for shape in other]
    with pytest.raises(ValueError, match="params must have the shapes of the first step"):
        optimizer.step(params, params[::])
    assert optimizer.t == 1


@pytest.mark.parametrize("shape", [(3,), (), (2, 2, 2), (0, 3)])
def test_muon_refuses_what_is_no_matrix(shape):
    params = [np.ones((2, 2)), np.ones(shape)]
    with pytest.raises(ValueError, match=r"Muon is for matrices: params\[1\] .*AdamW"):
        Muon().step(params, [np.ones((2, 2)), np.ones(shape)])
    assert np.all(params[0] == 1)


@pytest.mark.parametrize("module", [optimizers, adam, adaptive, arrays, base, directions, sgd])
def test_examples_in_docstrings(module):
    assert doctest.testmod(module).failed == 0
