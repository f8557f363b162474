"""Every operation's value and gradient against PyTorch and against central differences."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

from coursekit import autograd as ag
from coursekit.autograd import Tensor
from coursekit.derivatives import check_gradient

rngs = st.integers(0, 2**32 - 1).map(np.random.default_rng)
shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=4)
F = torch.nn.functional


def compare(ours, theirs, *arrays, rtol=1e-12, atol=1e-12, differences=True):
    """Hold the value and all gradients of ``ours`` against ``theirs`` and central differences."""
    tensors = [Tensor(array.copy()) for array in arrays]
    twins = [torch.tensor(array, requires_grad=True) for array in arrays]
    result, twin = ours(*tensors), theirs(*twins)
    assert result.shape == tuple(twin.shape)
    assert_allclose(result.data, twin.detach().numpy(), rtol=rtol, atol=atol)

    weights = np.random.default_rng(0).normal(size=result.shape)
    result.backward(weights)
    twin.backward(torch.tensor(weights))
    for tensor, other in zip(tensors, twins, strict=True):
        assert tensor.grad.shape == tensor.shape
        assert_allclose(tensor.grad, other.grad.numpy(), rtol=rtol, atol=atol)

    if not differences:
        return
    for i, tensor in enumerate(tensors):

        def loss(array, i=i):
            inputs = [array if j == i else other for j, other in enumerate(arrays)]
            return float((ours(*(Tensor(each) for each in inputs)).data * weights).sum())

        check = check_gradient(loss, tensor.grad, arrays[i], rtol=1e-4)
        assert check, str(check)


UNARY = {
    "neg": (lambda x: -x, lambda x: -x, "any"),
    "exp": (Tensor.exp, torch.exp, "any"),
    "log": (Tensor.log, torch.log, "positive"),
    "sqrt": (Tensor.sqrt, torch.sqrt, "positive"),
    "sin": (Tensor.sin, torch.sin, "any"),
    "cos": (Tensor.cos, torch.cos, "any"),
    "abs": (abs, torch.abs, "away from zero"),
    "tanh": (Tensor.tanh, torch.tanh, "any"),
    "sigmoid": (Tensor.sigmoid, torch.sigmoid, "any"),
    "relu": (Tensor.relu, torch.relu, "away from zero"),
    "softplus": (
        Tensor.softplus,
        lambda x: torch.logaddexp(x, torch.zeros((), dtype=x.dtype)),
        "any",
    ),
    "clip": (lambda x: x.clip(-0.05, 5), lambda x: x.clip(-0.05, 5), "away from zero"),
    "square": (lambda x: x**2, lambda x: x**2, "any"),
    "cube": (lambda x: x**3, lambda x: x**3, "any"),
    "inverse": (lambda x: x**-1, lambda x: x**-1, "away from zero"),
    "root": (lambda x: x**0.5, lambda x: x**0.5, "positive"),
    "power of two": (lambda x: 2**x, lambda x: 2**x, "any"),
    "two minus": (lambda x: 2 - x, lambda x: 2 - x, "any"),
    "two over": (lambda x: 2 / x, lambda x: 2 / x, "away from zero"),
    "two plus, by": (lambda x: 2 + 3 * x, lambda x: 2 + 3 * x, "any"),
    "elementwise": (
        lambda x: ag.elementwise(x, "arctan", np.arctan, lambda a: 1 / (1 + a * a)),
        torch.arctan,
        "any",
    ),
    "elementwise through": (
        lambda x: x * x.tanh() + x.exp(),
        lambda x: x * x.tanh() + x.exp(),
        "any",
    ),
}


def numbers(rng, shape, kind="any"):
    x = rng.normal(size=shape)
    if kind == "positive":
        return np.asarray(np.abs(x) + 0.1)
    if kind == "away from zero":
        return np.asarray(x + 0.1 * np.sign(x))
    return np.asarray(x)


@pytest.mark.parametrize("name", UNARY)
@given(rng=rngs, shape=shapes)
def test_a_function_of_each_element(name, rng, shape):
    ours, theirs, kind = UNARY[name]
    compare(ours, theirs, numbers(rng, shape, kind))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(Tensor.relu, torch.relu), (abs, abs), (lambda x: x.clip(0, 1), lambda x: x.clip(0, 1))],
)
def test_the_slope_at_and_beside_a_kink(ours, theirs):
    compare(ours, theirs, np.array([-1e-9, 0.0, 1e-9, 1.0, 1.0 + 1e-9]), differences=False)


BINARY = {
    "add": (lambda a, b: a + b, lambda a, b: a + b),
    "sub": (lambda a, b: a - b, lambda a, b: a - b),
    "mul": (lambda a, b: a * b, lambda a, b: a * b),
    "div": (lambda a, b: a / b, lambda a, b: a / b),
    "maximum": (ag.maximum, torch.maximum),
    "minimum": (ag.minimum, torch.minimum),
    "where": (
        lambda a, b: ag.where((a.data + b.data) > 0, a, b),
        lambda a, b: torch.where((a + b) > 0, a, b),
    ),
}


@pytest.mark.parametrize("name", BINARY)
@given(rng=rngs, both=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4))
def test_two_inputs_that_broadcast(name, rng, both):
    a, b = (numbers(rng, shape, "away from zero") for shape in both.input_shapes)
    assume(np.all(np.abs(a + b) > 1e-3))
    assume(np.all(np.abs(a - b) > 1e-3))
    compare(*BINARY[name], a, b)


@pytest.mark.parametrize("pair", [(ag.maximum, torch.maximum), (ag.minimum, torch.minimum)])
def test_equal_elements_share_the_gradient(pair):
    compare(*pair, np.array([1.0, 2.0, 3.0]), np.array([1.0, 5.0, 3.0]), differences=False)


@pytest.mark.parametrize(
    "name", ["sum", "mean", "max", "min", "var", "logsumexp", "softmax", "log_softmax"]
)
@given(rng=rngs, data=st.data(), keepdims=st.booleans())
def test_reductions(name, rng, data, keepdims):
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=4, max_side=4))
    x = rng.permutation(np.linspace(-2, 2, int(np.prod(shape)))).reshape(shape)  # no ties
    one_axis = st.integers(-len(shape), len(shape) - 1)
    if name in ("softmax", "log_softmax"):
        axis = data.draw(one_axis)
        compare(lambda t: getattr(ag, name)(t, axis), lambda t: getattr(F, name)(t, axis), x)
    elif name == "logsumexp":
        axis = data.draw(one_axis)
        compare(
            lambda t: ag.logsumexp(t, axis, keepdims),
            lambda t: torch.logsumexp(t, axis, keepdims),
            x,
        )
    else:
        several = st.sets(st.integers(0, len(shape) - 1), min_size=1).map(tuple)
        axis = data.draw(st.none() | one_axis | several)
        theirs = {"max": torch.amax, "min": torch.amin, "var": torch.var}.get(name) or getattr(
            torch, name
        )
        options = {"correction": 0} if name == "var" else {}
        over = tuple(range(len(shape))) if axis is None else axis
        compare(
            lambda t: getattr(t, name)(axis, keepdims=keepdims),
            lambda t: theirs(t, dim=over, keepdim=keepdims, **options),
            x,
        )


@pytest.mark.parametrize("name", ["max", "min"])
def test_equal_extremes_share_the_gradient(name):
    x = np.array([[1.0, 3.0, 3.0], [1.0, 1.0, 1.0]])
    theirs = getattr(torch, f"a{name}")
    compare(lambda t: getattr(t, name)(1), lambda t: theirs(t, 1), x, differences=False)


@given(rng=rngs, data=st.data())
def test_matmul_of_stacks_of_matrices(rng, data):
    n, m, k = (data.draw(st.integers(1, 4)) for _ in range(3))
    stacks = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3))
    left, right = stacks.input_shapes
    a, b = rng.normal(size=(*left, n, m)), rng.normal(size=(*right, m, k))
    compare(lambda a, b: a @ b, lambda a, b: a @ b, a, b)


@pytest.mark.parametrize("left", [(3,), (2, 3), (4, 2, 3)])
@pytest.mark.parametrize("right", [(3,), (3, 2), (4, 3, 2)])
def test_matmul_with_vectors(left, right):
    rng = np.random.default_rng(1)
    compare(lambda a, b: a @ b, lambda a, b: a @ b, rng.normal(size=left), rng.normal(size=right))


@given(rng=rngs, leading=hnp.array_shapes(min_dims=0, max_dims=3, max_side=3), bias=st.booleans())
def test_linear(rng, leading, bias):
    arrays = [rng.normal(size=(*leading, 3)), rng.normal(size=(2, 3)), rng.normal(size=2)]
    compare(ag.linear, F.linear, *arrays[: 3 if bias else 2])


def test_plain_inputs_of_a_layer_are_constants():
    rng = np.random.default_rng(2)
    x, weight = rng.normal(size=(4, 3)), Tensor(rng.normal(size=(2, 3)))
    ag.linear(x, weight).sum().backward()
    assert_allclose(weight.grad, np.tile(x.sum(axis=0), (2, 1)))
    image, filters = rng.normal(size=(1, 1, 2, 2)), Tensor(np.ones((1, 1, 2, 2)))
    ag.conv2d(image, filters).backward()
    assert_allclose(filters.grad, image)


@given(rng=rngs, data=st.data())
def test_indexing(rng, data):
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=5))
    index = data.draw(
        hnp.basic_indices(shape, allow_newaxis=True)
        | hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=6))
        | hnp.arrays(bool, shape)
    )
    x = rng.normal(size=shape)
    tensor = Tensor(x)
    picked = tensor[index]
    assert_allclose(picked.data, x[index])
    weights = np.asarray(rng.normal(size=picked.shape))
    picked.backward(weights)
    expected = np.zeros(shape)
    np.add.at(expected, index, weights)  # adds once more for each time that an element is picked
    assert_allclose(tensor.grad, expected)


def test_an_element_picked_twice_gets_both_gradients():
    compare(lambda x: x[[0, 0, 2]], lambda x: x[[0, 0, 2]], np.array([1.0, 2.0, 3.0]))
    compare(lambda x: x[0, [1, 1]], lambda x: x[0, [1, 1]], np.arange(6.0).reshape(2, 3))


@given(rng=rngs, data=st.data())
def test_transpose_and_reshape(rng, data):
    shape = data.draw(hnp.array_shapes(max_dims=4, max_side=4))
    axes = data.draw(st.permutations(range(len(shape))))
    x = rng.normal(size=shape)
    compare(lambda t: t.transpose(*axes), lambda t: t.permute(*axes), x)
    compare(
        lambda t: t.transpose(tuple(axes)).reshape(-1), lambda t: t.permute(*axes).reshape(-1), x
    )
    half_negative = [axis - len(shape) * (axis % 2) for axis in axes]
    compare(lambda t: t.transpose(half_negative), lambda t: t.permute(*axes), x)
    compare(lambda t: t.T * t.T, lambda t: t.permute(*reversed(range(t.ndim))) ** 2, x)
    start = data.draw(st.integers(0, len(shape) - 1))
    compare(lambda t: t.flatten(start), lambda t: t.flatten(start), x)


def test_an_empty_batch_is_flattened_too():
    x = Tensor(np.zeros((0, 3, 4)))
    flat = x.flatten(1)
    assert flat.shape == (0, 12)
    flat.sum().backward()
    assert x.grad.shape == (0, 3, 4)


@given(rng=rngs, data=st.data())
def test_concatenate_and_stack(rng, data):
    shape = list(data.draw(hnp.array_shapes(max_dims=3, max_side=3)))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    count = data.draw(st.integers(1, 3))
    same = [rng.normal(size=shape) for _ in range(count)]
    compare(lambda *t: ag.stack(t, axis), lambda *t: torch.stack(t, axis), *same)
    others = [
        rng.normal(size=[*shape[:axis], length, *(shape[axis:][1:])])
        for length in data.draw(st.lists(st.integers(1, 4), min_size=count, max_size=count))
    ]
    compare(lambda *t: ag.concatenate(t, axis), lambda *t: torch.cat(t, axis), *others)


@given(rng=rngs, widths=st.lists(st.integers(0, 2), min_size=4, max_size=4), value=st.floats(-1, 1))
def test_pad(rng, widths, value):
    (top, bottom, left, right), x = widths, rng.normal(size=(2, 3))
    compare(
        lambda t: ag.pad(t, [(top, bottom), (left, right)], value),
        lambda t: F.pad(t, (left, right, top, bottom), value=value),
        x,
    )


@st.composite
def images(draw):
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    padding = tuple(draw(st.integers(0, side // 2)) for side in kernel)
    height, width = (side + draw(st.integers(0, 4)) for side in kernel)
    n, channels = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return (n, channels, height, width), kernel, stride, padding


@given(rng=rngs, image=images(), filters=st.integers(1, 3), bias=st.booleans())
def test_conv2d(rng, image, filters, bias):
    shape, kernel, stride, padding = image
    arrays = [rng.normal(size=shape), rng.normal(size=(filters, shape[1], *kernel))]
    if bias:
        arrays.append(rng.normal(size=filters))
    options = {"stride": stride, "padding": padding}
    compare(lambda *t: ag.conv2d(*t, **options), lambda *t: F.conv2d(*t, **options), *arrays)


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
@given(rng=rngs, image=images(), default_stride=st.booleans())
def test_pooling(name, rng, image, default_stride):
    shape, kernel, stride, padding = image
    x = rng.permutation(np.linspace(-2, 2, int(np.prod(shape)))).reshape(shape)
    options = {"stride": None if default_stride else stride, "padding": padding}
    compare(
        lambda t: getattr(ag, name)(t, kernel, **options),
        lambda t: getattr(F, name)(t, kernel, **options),
        x,
    )


def test_the_first_of_equal_pixels_wins_the_pool():
    compare(
        lambda t: ag.max_pool2d(t, 2),
        lambda t: F.max_pool2d(t, 2),
        np.ones((1, 1, 4, 4)),
        differences=False,
    )


@given(x=hnp.arrays(float, 5, elements=st.floats(-1e308, 1e308)))
def test_saturating_functions_never_overflow(x):
    for function in (Tensor.sigmoid, Tensor.tanh, Tensor.softplus, ag.softmax, ag.log_softmax):
        tensor = Tensor(x / 2)
        result = function(tensor)
        result.backward(np.ones(5))
        assert np.isfinite(tensor.grad).all()
        assert np.isfinite(result.data).all()


@pytest.mark.parametrize(("dtype", "far"), [(np.float64, 1e16), (np.float32, 1e8)])
def test_log_softmax_keeps_its_digits_far_out(dtype, far):
    x = Tensor(np.array([far, far], dtype))
    assert_allclose(ag.log_softmax(x).data, [-np.log(2)] * 2, rtol=1e-6)
    assert_allclose(ag.softmax(x).data, [0.5, 0.5])


def test_a_sigmoid_far_out_keeps_its_digits():
    x = Tensor([-40.0, -700.0])
    assert_allclose(x.sigmoid().data, np.exp(x.data), rtol=1e-12)
    x.softplus().sum().backward()
    assert_allclose(x.grad, np.exp(x.data), rtol=1e-12)


def test_a_power_of_zero_at_zero_is_flat():
    compare(lambda x: x**0, lambda x: x**0, np.array([0.0, 1.0]))
    compare(lambda x: x**2, lambda x: x**2, np.array([0.0, -1.0]))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (lambda a, b: a + b, r"add: shapes \(2, 3\) and \(4,\) do not fit"),
        (lambda a, b: a * b, "mul: shapes"),
        (lambda a, b: a @ b, r"matmul: shapes \(2, 3\) and \(4,\) .* last but one of the second"),
        (lambda a, b: b @ a, r"matmul: shapes \(4,\) and \(2, 3\)"),
        (lambda a, b: a.reshape(2, 1, 3) @ np.ones((5, 3, 1)), "before the last two axes"),
        (lambda a, b: a @ 2.0, "matmul: needs arrays with axes"),
        (lambda a, b: ag.linear(a, b), "linear: x must have shape"),
        (lambda a, b: ag.linear(a, np.ones((2, 3)), np.ones(3)), "linear: bias must have shape"),
        (lambda a, b: a.reshape(4), r"reshape: shape \(2, 3\) does not fill \(4,\)"),
        (lambda a, b: a.transpose(0, 0), r"transpose: axes \(0, 0\)"),
        (lambda a, b: a.sum(axis=5), r"sum: axis=5 does not fit shape \(2, 3\)"),
        (lambda a, b: ag.concatenate([a, b]), r"concatenate: shapes \(2, 3\), \(4,\)"),
        (lambda a, b: ag.stack([a, b]), "stack: shapes"),
        (lambda a, b: ag.pad(a, [(1, 1)]), "pad: widths"),
        (lambda a, b: ag.pad(a, [(1, 1), (-1, 0)]), "pad: widths"),
        (lambda a, b: ag.pad(a, 1), "pad: widths .* got 1"),
        (lambda a, b: ag.conv2d(a, b), "conv2d: x must have shape"),
        (lambda a, b: ag.max_pool2d(a, 2), "max_pool2d: x must have shape"),
        (lambda a, b: ag.maximum(a, b), "maximum: shapes"),
        (lambda a, b: ag.where(np.array(True), a, b), "where: shapes"),
        (lambda a, b: ag.where(np.ones(4, bool), a, a), r"shapes \(4,\) of the condition"),
        (lambda a, b: ag.logsumexp(a, axis=2), "logsumexp: axis=2"),
        (lambda a, b: np.ones(4) ** a, r"pow: shapes \(4,\) and \(2, 3\)"),
        (lambda a, b: a[:0].mean(), "mean: there is nothing to reduce"),
        (lambda a, b: (-2) ** a, "the base of a power"),
    ],
)
def test_an_error_names_the_operation_and_the_shapes(expression, words):
    with pytest.raises(ValueError, match=words):
        expression(Tensor(np.ones((2, 3))), Tensor(np.ones(4)))


@pytest.mark.parametrize(
    ("error", "words", "expression"),
    [
        (IndexError, r"getitem: .*the shape is \(2, 3\)", lambda a: a[5]),
        (TypeError, "the exponent must be a constant", lambda a: a**a),
        (TypeError, "condition must hold booleans", lambda a: ag.where(a.data, a, a)),
        (TypeError, "maximum: at least one of the two must be", lambda a: ag.maximum(1.0, 2.0)),
        (TypeError, "linear: at least one", lambda a: ag.linear(a.data, a.data)),
        (TypeError, "softmax: needs a Tensor, got ndarray", lambda a: ag.softmax(a.data)),
        (TypeError, "logsumexp: needs a Tensor, got list", lambda a: ag.logsumexp([1.0])),
        (TypeError, "pad: needs a Tensor", lambda a: ag.pad(a.data, [(1, 1), (1, 1)])),
        (
            TypeError,
            "max_pool2d: needs a Tensor",
            lambda a: ag.max_pool2d(np.ones((1, 1, 2, 2)), 2),
        ),
        (TypeError, "f: needs a Tensor", lambda a: ag.elementwise(a.data, "f", np.sin, np.cos)),
        (TypeError, "stack: needs a list", lambda a: ag.stack([])),
        (TypeError, "concatenate: needs a list", lambda a: ag.concatenate([a, 1.0])),
        (ValueError, "stride must be", lambda a: ag.max_pool2d(a.reshape(1, 1, 2, 3), 1, stride=0)),
        (ValueError, "at most half", lambda a: ag.max_pool2d(a.reshape(1, 1, 2, 3), 2, padding=2)),
        (
            ValueError,
            "does not fit into an image",
            lambda a: ag.avg_pool2d(a.reshape(1, 1, 2, 3), 3),
        ),
        (
            ValueError,
            "the same channels",
            lambda a: ag.conv2d(a.reshape(1, 1, 2, 3), np.ones((1, 2, 1, 1))),
        ),
        (
            ValueError,
            "bias must have shape",
            lambda a: ag.conv2d(a.reshape(1, 1, 2, 3), np.ones((1, 1, 1, 1)), np.ones(2)),
        ),
        (TypeError, "must hold real numbers", lambda a: a + "text"),
        (TypeError, "must hold real numbers", lambda a: a * None),
    ],
)
def test_other_errors(error, words, expression):
    with pytest.raises(error, match=words):
        expression(Tensor(np.ones((2, 3))))
