"""The engine: what is recorded, in which order gradients flow, what accumulates."""

import gc
import json
import weakref

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from coursekit import autograd as ag
from coursekit.autograd import Tensor, no_grad
from coursekit.autograd.backward import topological_order


def test_a_tensor_used_twice_gets_the_sum():
    a = Tensor(3.0)
    b = a + a
    c = b + b
    c.backward()
    assert a.grad == 4.0
    assert b.grad == 2.0
    assert c.grad == 1.0


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "mul", "sub"]), st.integers(0, 50), st.integers(0, 50)),
        min_size=1,
        max_size=30,
    )
)
def test_any_graph_of_scalars_agrees_with_torch(steps):
    """Each step combines two earlier results, so nodes are used again and again in any order."""
    operators = {
        "add": lambda a, b: a + b,
        "mul": lambda a, b: a * b * 0.5,
        "sub": lambda a, b: a - b,
    }

    def build(make):
        inputs = [make(0.3), make(-1.1)]
        nodes = list(inputs)
        for name, i, j in steps:
            nodes.append(operators[name](nodes[i % len(nodes)], nodes[j % len(nodes)]).tanh())
        return inputs, nodes[-1] + 0 * inputs[0]

    ours, result = build(Tensor)
    theirs, twin = build(lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True))
    result.backward()
    twin.backward()
    for a, b in zip(ours, theirs, strict=True):
        expected = 0.0 if b.grad is None else b.grad.item()
        assert_allclose(0.0 if a.grad is None else a.grad, expected, rtol=1e-12, atol=1e-12)


def test_a_network_agrees_with_torch():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    arrays = [rng.normal(size=shape) for shape in [(3, 8), (8,), (8, 1), (1,)]]

    def loss(W1, b1, W2, b2, X, y):
        return ((((X @ W1 + b1).tanh() @ W2 + b2) - y) ** 2).mean()

    ours = [Tensor(array) for array in arrays]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    loss(*ours, X, y).backward()
    loss(*theirs, torch.tensor(X), torch.tensor(y)).backward()
    for a, b in zip(ours, theirs, strict=True):
        assert_allclose(a.grad, b.grad.numpy(), rtol=1e-12, atol=1e-14)


def test_a_chain_of_100_000_nodes():
    a = Tensor(1.0)
    x = a
    for _ in range(100_000):
        x = x + 1e-6
    x.backward()
    assert a.grad == 1.0
    del x  # and taking it down again does not recurse either


def test_every_node_comes_after_its_inputs():
    a, b = Tensor(1.0), Tensor(2.0)
    c = a * b
    d = c + a
    e = d * c * b
    order = topological_order(e)
    place = {node: i for i, node in enumerate(order)}
    assert len(order) == len(place)
    assert all(place[parent] < place[node] for node in order for parent, _ in node.edges)
    assert order[-1] is e


def test_gradients_add_up_on_leaves_and_not_on_results():
    a = Tensor([1.0, 2.0])
    b = a * a
    loss = b.sum()
    loss.backward()
    loss.backward()
    assert_allclose(a.grad, [4.0, 8.0])
    assert_allclose(b.grad, [1.0, 1.0])
    a.grad = None
    loss.backward()
    assert_allclose(a.grad, [2.0, 4.0])


def test_no_two_leaves_share_the_memory_of_their_gradients():
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    weights = np.ones(2)
    (a + b).backward(weights)
    a.grad *= 10
    assert_allclose(b.grad, [1.0, 1.0])
    assert_allclose(weights, [1.0, 1.0])


def test_constants_get_no_gradient_and_cost_no_edges():
    a, constant = Tensor(2.0), Tensor(3.0, requires_grad=False)
    (a * constant).backward()
    assert constant.grad is None
    nothing = constant * constant
    assert not nothing.requires_grad
    assert nothing.edges == ()


def test_no_grad_records_nothing_and_ends():
    a = Tensor(2.0)
    with no_grad():
        b = a * a
    assert not b.requires_grad
    assert (a * a).requires_grad
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert (a * a).requires_grad

    @no_grad()
    def square(x):
        return x * x

    assert not square(a).requires_grad
    assert (a * a).requires_grad


def test_no_grad_may_be_nested():
    a = Tensor(2.0)
    with no_grad():
        with no_grad():
            pass
        assert not (a * a).requires_grad


def test_detach_cuts_the_graph():
    a = Tensor(2.0)
    ((a * a).detach() * a).backward()
    assert a.grad == 4.0


def test_a_graph_is_freed_when_nobody_holds_it():
    class Watched(np.ndarray):
        pass

    a = Tensor(np.ones(3))
    loss = (a.exp() * a).sum()
    middle = weakref.ref(loss.edges[0][0].data.view(Watched))
    loss.backward()
    gc.disable()
    try:
        del loss
        assert middle() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_type_of_the_numbers_is_kept(dtype):
    a = Tensor(np.ones((2, 3), dtype))
    results = [
        2 * a + 1 - a / 3, a**2, 2**a, a.sigmoid(), a.softplus(), a.relu(), a.mean(), a.var(), a.max(0),
        ag.logsumexp(a), ag.maximum(a, 0.5), ag.where(a.data > 0, a, 0.0), a @ a.T, a[0], a.clip(0, 1),
        ag.linear(a, a, np.zeros(2, dtype)), ag.conv2d(a.reshape(1, 1, 2, 3), np.ones((1, 1, 1, 1), dtype)),
        ag.max_pool2d(a.reshape(1, 1, 2, 3), 2, padding=1), ag.avg_pool2d(a.reshape(1, 1, 2, 3), 2),
        ag.pad(a, [(1, 0), (0, 1)]), ag.stack([a, a]), ag.concatenate([a, a]), a.abs().sqrt().log(),
    ]  # fmt: skip
    for result in results:
        assert result.dtype == dtype
        a.grad = None
        result.backward(np.ones(result.shape))
        assert a.grad.dtype == dtype


def test_integers_become_floats_and_arrays_are_shared():
    assert Tensor([1, 2]).dtype == np.float64
    array = np.ones(2)
    assert Tensor(array).data is array
    assert Tensor(np.float32(1)).dtype == np.float32


def test_plain_arrays_are_constants_on_both_sides():
    a, array = Tensor([1.0, 2.0]), np.array([3.0, 4.0])
    for result in (array * a, a * array, array @ a, array - a, array / a):
        assert isinstance(result, Tensor)
    assert_allclose((array - a).data, [2.0, 2.0])
    assert_allclose((array / a).data, [3.0, 2.0])
    assert_allclose((array @ a).data, 11.0)


def test_comparisons_are_plain_arrays():
    a = Tensor([1.0, 2.0, 3.0])
    assert (a > 2).tolist() == [False, False, True]
    assert (a >= 2).tolist() == [False, True, True]
    assert (a < Tensor(2.0)).tolist() == [True, False, False]
    assert (a <= 2).tolist() == [True, True, False]
    assert (a == 2).tolist() == [False, True, False]
    assert (a != 2).tolist() == [True, False, True]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_mask_of_booleans_is_a_constant(dtype):
    a = Tensor(np.array([-1.0, 2.0], dtype))
    for result in (a * (a > 0), (a > 0) * a):
        assert result.dtype == dtype
        a.grad = None
        result.sum().backward()
        assert_allclose(a.grad, [0.0, 1.0])
    with pytest.raises(TypeError, match="must hold real numbers"):
        Tensor([True])


def test_one_number_is_true_unless_it_is_zero():
    assert Tensor([2.0])
    assert not Tensor([0.0])
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Tensor([1.0, 2.0]))


def test_a_tensor_as_a_container():
    a = Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert (a.shape, a.ndim, a.size, len(a)) == ((2, 2), 2, 4, 2)
    assert [row.data.tolist() for row in a] == [[1.0, 2.0], [3.0, 4.0]]
    assert float(Tensor([[5.0]])) == Tensor(5.0).item() == 5.0
    with pytest.raises(TypeError):
        iter(Tensor(1.0)).__next__()
    assert repr(Tensor([1.0, 2.0])) == "Tensor([1., 2.])"
    assert repr(Tensor(1.5, requires_grad=False)) == "Tensor(1.5, requires_grad=False)"


@pytest.mark.parametrize(
    ("error", "words", "action"),
    [
        (ValueError, "start from one number", lambda: Tensor([1.0, 2.0]).backward()),
        (ValueError, r"tensor's shape \(2,\)", lambda: Tensor([1.0, 2.0]).backward(np.ones(3))),
        (RuntimeError, "no_grad", lambda: Tensor(1.0, requires_grad=False).backward()),
        (TypeError, "must hold real numbers", lambda: Tensor("text")),
        (TypeError, "must hold real numbers", lambda: Tensor([1j])),
        (TypeError, "must be a rectangular array", lambda: Tensor([[1.0], [1.0, 2.0]])),
        (TypeError, r"use .detach\(\)", lambda: Tensor(Tensor(1.0))),
        (TypeError, "write tensor.data", lambda: np.asarray(Tensor(1.0))),
        (TypeError, "ufunc", lambda: np.sin(Tensor(1.0))),
        (ValueError, "must hold one number", lambda: Tensor([1.0, 2.0]).item()),
    ],
)
def test_errors_say_what_to_do(error, words, action):
    with pytest.raises(error, match=words):
        action()


def test_gradients_that_add_up_keep_the_type_and_are_arrays():
    a = Tensor(np.ones(3, np.float32))
    number = Tensor(2.0)
    for _ in range(2):
        (a * np.array([0, 1, 2])).sum().backward()  # an integer array makes this float64
        (number * number).backward()
    assert a.grad.dtype == np.float32
    assert_allclose(a.grad, [0, 2, 4])
    assert isinstance(number.grad, np.ndarray)
    assert number.grad == 8


def test_a_tensor_in_an_f_string():
    loss = Tensor([0.123456])
    assert f"{loss:.3f} {loss}" == "0.123 Tensor([0.123456])"
    with pytest.raises(ValueError, match="must hold one number"):
        f"{Tensor([1.0, 2.0]):.3f}"


def test_infinities_and_nan_pass_through():
    a = Tensor([np.inf, np.nan, 1.0])
    (a * 2).sum().backward()
    assert_allclose(a.grad, [2.0, 2.0, 2.0])


def test_empty_tensors():
    a = Tensor(np.zeros((0, 3)))
    total = (a @ np.ones((3, 2))).sum()
    total.backward()
    assert total.item() == 0.0
    assert a.grad.shape == (0, 3)


@pytest.mark.parametrize("pool", [ag.max_pool2d, ag.avg_pool2d])
def test_an_empty_batch_of_images(pool):
    images = Tensor(np.zeros((0, 1, 4, 4)))
    result = pool(ag.conv2d(images, np.ones((2, 1, 3, 3)), padding=1), 2)
    result.backward(np.zeros(result.shape))
    assert result.shape == (0, 2, 2, 2)
    assert images.grad.shape == images.shape


# --- The graph as data ---


def test_the_exported_graph_tells_the_whole_story():
    a, b = Tensor(2.0, name="a"), Tensor(-3.0, name="b")
    loss = (a * b + a) * 5.0
    graph = json.loads(json.dumps(ag.export(loss)))
    nodes = {node["id"]: node for node in graph["nodes"]}
    assert list(nodes) == list(range(len(nodes)))
    assert sorted(n["op"] for n in nodes.values()) == [
        "add",
        "constant",
        "input",
        "input",
        "mul",
        "mul",
    ]
    named = {node["name"]: node for node in nodes.values() if node["name"]}
    assert named["a"]["grad"] == 5 * (-3 + 1)
    assert named["b"]["grad"] == 5 * 2
    assert [n["grad"] for n in nodes.values() if n["op"] == "constant"] == [None]
    assert all(i < node["id"] for node in nodes.values() for i in node["inputs"])
    assert nodes[len(nodes) - 1]["value"] == -20.0
    assert nodes[len(nodes) - 1]["slopes"] == ["b", "a"]

    arrived = dict.fromkeys(nodes, 0.0) | {len(nodes) - 1: 1.0}
    for step in graph["backward"]:
        assert arrived[step["node"]] == nodes[step["node"]]["grad"], "complete when its turn comes"
        for each in step["passes"]:
            arrived[each["to"]] += each["grad"]
    assert a.grad is None
    assert loss.grad is None


def test_the_export_refuses_what_no_picture_shows():
    a = Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match="one number"):
        ag.export(a * 2)
    with pytest.raises(ValueError, match="requires_grad=False"):
        ag.export(Tensor(1.0, requires_grad=False))
    with pytest.raises(ValueError, match="more than max_nodes=3 nodes"):
        ag.export((a * 2 + 1).sum(), max_nodes=3)


def test_every_operation_in_the_table_of_slopes_exists():
    x = Tensor(0.5)
    made = [
        x + x, x - x, x * x, x / x, -x, x**2, x.exp(), x.log(), x.sqrt(), x.sin(), x.cos(), abs(x), x.tanh(),
        x.sigmoid(), x.relu(), x.softplus(), x.sum(), x.mean(), x.reshape(1, 1) @ x.reshape(1, 1),
    ]  # fmt: skip
    assert {node.op for node in made} == set(ag.graph.SLOPES)
    assert all(len(ag.graph.SLOPES[node.op]) == len(node.edges) for node in made)
