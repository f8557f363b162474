"""Modules: what they consist of, hooks, saving and loading, whole nets; and all weights at once."""

import copy
import doctest
import importlib
import pickle
import pkgutil

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit import initializers, nn
from coursekit.autograd import Tensor, no_grad
from coursekit.derivatives import numerical_gradient
from coursekit.optimizers import SGD
from coursekit.seeding import generator
from tests.nn_and_torch import assert_same, twins

SUBMODULES = [f"coursekit.nn.{module.name}" for module in pkgutil.iter_modules(nn.__path__)]


class Net(nn.Module):
    """A module whose attributes are of every kind: child, parameter, list, shared child, buffer."""

    buffers = ("seen",)

    def __init__(self, rng):
        self.first = nn.Linear(2, 3, rng=rng)
        self.scale = Tensor(np.ones(3))
        self.blocks = [nn.Linear(3, 3, rng=rng), nn.Tanh(), nn.Linear(3, 3, bias=False, rng=rng)]
        self.again = self.first
        self.seen = np.zeros(2)
        self.note = "not a parameter"

    def forward(self, x):
        self.hidden = self.first(x) * self.scale  # a result: no parameter
        for block in self.blocks:
            self.hidden = block(self.hidden)
        return self.hidden.sum(axis=1)


class TorchNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(2, 3)
        self.scale = torch.nn.Parameter(torch.ones(3))
        self.blocks = torch.nn.ModuleList(
            [torch.nn.Linear(3, 3), torch.nn.Tanh(), torch.nn.Linear(3, 3, bias=False)]
        )
        self.again = self.first
        self.register_buffer("seen", torch.zeros(2))

    def forward(self, x):
        hidden = self.first(x) * self.scale
        for block in self.blocks:
            hidden = block(hidden)
        return hidden.sum(dim=1)


def mlp(rng, *sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(inputs, outputs, rng=rng), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def torch_mlp(*sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:], strict=False):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def test_names_order_and_shared_parts_are_those_of_torch():
    ours, theirs = Net(generator(0)), TorchNet()
    ours(np.ones((4, 2)))
    assert [name for name, _ in ours.named_parameters()] == [
        name for name, _ in theirs.named_parameters()
    ]
    assert list(ours.state_dict()) == list(theirs.state_dict())
    # torch lists the container of the list as a module, too; ours is a plain list
    expected = [name for name, _ in theirs.named_modules() if name != "blocks"]
    assert [name for name, _ in ours.modules()] == expected
    assert ours.modules()[0][1] is ours
    assert [name for name, _ in ours.named_children()] == [
        "first",
        "blocks.0",
        "blocks.1",
        "blocks.2",
        "again",
    ]
    parameters = ours.parameters()
    assert parameters[0] is ours.scale
    assert parameters[1] is ours.first.weight
    assert len(parameters) == 6
    twins(ours, theirs)
    assert_same(ours, theirs, generator(1).normal(size=(5, 2)))


def test_results_kept_as_attributes_are_no_parameters_even_without_recording():
    net = Net(generator(0))
    n = len(net.parameters())
    net(np.ones((4, 2)))
    assert len(net.parameters()) == n
    with no_grad():
        net(np.ones((4, 2)))
    assert len(net.parameters()) == n
    net.hidden = Tensor(1.0)
    assert len(net.parameters()) == n + 1


def test_changes_of_structure_are_seen():
    net = Net(generator(0))
    before = len(net.parameters())
    net.blocks.append(nn.Linear(3, 2, rng=generator(1)))
    assert len(net.parameters()) == before + 2
    net.first = net.again = nn.Linear(2, 3, bias=False, rng=generator(1))
    assert len(net.parameters()) == before + 1


def test_train_and_eval_reach_all_parts():
    net = nn.Sequential(nn.Dropout(rng=generator(0)), nn.Residual(nn.BatchNorm1d(2)))
    assert all(module.training for _, module in net.modules())
    assert net.eval() is net
    assert not any(module.training for _, module in net.modules())
    assert net.train() is net
    assert all(module.training for _, module in net.modules())
    assert nn.ReLU().training  # another instance is not affected
    net.train(False)
    assert not net[1].body.training


def test_zero_grad():
    net = mlp(generator(0), 2, 3, 1)
    net(np.ones((4, 2))).sum().backward()
    once = [parameter.grad.copy() for parameter in net.parameters()]
    net(np.ones((4, 2))).sum().backward()
    for grad, parameter in zip(once, net.parameters(), strict=True):
        np.testing.assert_allclose(parameter.grad, 2 * grad)
    net.zero_grad()
    assert all(parameter.grad is None for parameter in net.parameters())


def test_keyword_arguments_reach_forward_but_not_the_hooks():
    class Power(nn.Module):
        def forward(self, x, exponent=1):
            return x**exponent

    module, seen = Power(), []
    module.add_hook(lambda module, inputs, output: seen.append(inputs))
    x = Tensor([3.0])
    assert module(x, exponent=2).item() == 9
    assert len(seen[0]) == 1
    assert seen[0][0] is x
    assert nn.MSELoss()(x, target=[1.0]).item() == 4


# Hooks


def test_hooks_see_module_inputs_and_output_in_order_and_can_be_removed():
    net = mlp(generator(0), 2, 3, 1)
    calls = []
    handles = [
        module.add_hook(lambda module, inputs, output, name=name: calls.append((name, output)))
        for name, module in net.modules()
    ]
    x = Tensor(np.ones((4, 2)))
    output = net(x)
    assert [name for name, _ in calls] == ["0", "1", "2", ""]
    assert calls[-1][1] is output
    output.sum().backward()
    np.testing.assert_array_equal(calls[2][1].grad, np.ones((4, 1)))
    assert calls[0][1].grad.shape == (4, 3)

    seen = []
    handle = net[0].add_hook(lambda *args: seen.append(args))
    net(x)
    (args,) = seen
    assert args[0] is net[0]
    assert args[1][0] is x
    assert args[2] is calls[4][1]
    handles[0].remove()
    handles[0].remove()
    handle.remove()
    calls.clear()
    net(x)
    assert [name for name, _ in calls] == ["0", "1", "2"]
    assert len(seen) == 1
    for handle in handles:
        handle.remove()
    calls.clear()
    net(x)
    assert calls == []


def test_what_a_hook_returns_is_ignored_and_the_same_hook_may_be_added_twice():
    layer, count = nn.ReLU(), []

    def hook(module, inputs, output):
        count.append(1)
        return 7

    first = layer.add_hook(hook)
    layer.add_hook(hook)
    assert layer([1.0]).data == [1.0]
    assert len(count) == 2
    first.remove()
    layer([1.0])
    assert len(count) == 3


def test_a_hook_must_be_callable():
    with pytest.raises(TypeError, match="hook must be a function.*got 3"):
        nn.ReLU().add_hook(3)


def test_hooks_cost_nothing_if_there_are_none():
    assert "_hooks" not in vars(nn.ReLU())
    layer = nn.ReLU()
    layer.add_hook(print).remove()
    assert layer._hooks == ()


# Saving and loading


def test_state_dict_holds_copies_and_loading_keeps_the_arrays():
    net = Net(generator(0))
    state = net.state_dict()
    state["scale"][...] = 5
    assert not (net.scale.data == 5).any()
    array = net.scale.data
    net.load_state_dict(state)
    assert net.scale.data is array
    np.testing.assert_array_equal(array, 5)
    state["scale"][...] = 6
    np.testing.assert_array_equal(array, 5)


def test_loading_from_another_net_of_ours_makes_it_equal():
    x = generator(2).normal(size=(5, 2))
    first, second = Net(generator(0)), Net(generator(1))
    assert not np.allclose(first(x).data, second(x).data)
    second.load_state_dict(first.state_dict())
    np.testing.assert_array_equal(first(x).data, second(x).data)
    second.load_state_dict(dict(first.state_dict(), scale=first.scale))  # a Tensor will do
    second.load_state_dict(dict(first.state_dict(), scale=torch.nn.Parameter(torch.zeros(3))))
    np.testing.assert_array_equal(second.scale.data, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("scale"), "missing: scale"),
        (lambda state: state.update(extra=np.ones(1)), "unexpected: extra"),
        (lambda state: state.update(scale=np.ones(4)), r"scale must have shape \(3,\), got \(4,\)"),
        (lambda state: state.pop("seen"), "missing: seen"),
        (
            lambda state: state.update({"first.weight": state["first.weight"].T}),
            r"first.weight must have shape \(3, 2\), got \(2, 3\)",
        ),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(change, message):
    net, before = Net(generator(0)), Net(generator(0))
    state = Net(generator(1)).state_dict()
    change(state)
    with pytest.raises(ValueError, match=f"state does not fit Net: .*{message}"):
        net.load_state_dict(state)
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before.state_dict()[name])


def test_all_that_does_not_fit_is_named():
    net = Net(generator(0))
    with pytest.raises(
        ValueError, match=r"missing: seen.*missing: first.weight.*unexpected: a; un"
    ):
        net.load_state_dict({"scale": np.ones(3), "a": np.ones(1), "b": np.ones(1)})
    with pytest.raises(TypeError, match="scale must hold real numbers"):
        net.load_state_dict(dict(net.state_dict(), scale=np.array(["x"] * 3)))


def test_a_state_must_be_a_dict():
    net = Net(generator(0))
    with pytest.raises(TypeError, match=r"state must be a dict .* net.state_dict\(\) .*got Net"):
        net.load_state_dict(net)


def test_there_and_back_through_a_file(tmp_path):
    net = nn.Sequential(nn.Linear(2, 3, rng=generator(0)), nn.BatchNorm1d(3))
    net(generator(1).normal(size=(5, 2)))
    np.savez(tmp_path / "net.npz", **net.state_dict())
    other = nn.Sequential(nn.Linear(2, 3, rng=generator(2)), nn.BatchNorm1d(3))
    with np.load(tmp_path / "net.npz") as saved:
        other.load_state_dict(saved)
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], array)


def test_copies_and_pickles_are_independent():
    net = nn.Sequential(
        mlp(generator(0), 2, 3, 1),
        nn.BatchNorm1d(1),
        nn.Dropout(rng=generator(1)),
        nn.LeakyReLU(0.3),
        nn.ELU(0.5),
        nn.GELU(),
        nn.SiLU(),
        nn.ActivationLayer("elu", alpha=2.0),
    )
    x = generator(2).normal(size=(5, 2))
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        np.testing.assert_array_equal(twin(x).data, copy.deepcopy(net)(x).data)
        twin.parameters()[0].data += 1
        assert (twin.parameters()[0].data != net.parameters()[0].data).all()


def test_astype():
    net = nn.Sequential(nn.Linear(2, 3, rng=generator(0)), nn.BatchNorm1d(3))
    net(np.ones((4, 2)) * [[1], [2], [3], [4]]).sum().backward()
    assert net.astype(np.float32) is net
    x = Tensor(generator(1).normal(size=(4, 2)).astype(np.float32))
    for _ in range(2):
        out = net(x)
        out.sum().backward()
        assert out.dtype == x.grad.dtype == np.float32
        assert all(p.dtype == p.grad.dtype == np.float32 for p in net.parameters())
        assert net[1].running_mean.dtype == net[1].running_var.dtype == np.float32
        assert net[1].num_batches_tracked.dtype.kind == "i"
        assert net.eval()(x).dtype == np.float32
        net.train()
    with pytest.raises(TypeError, match="dtype must be float64.*got int64"):
        net.astype(np.int64)


# Printing


def test_repr_of_nested_modules():
    rng = generator(0)
    net = nn.Sequential(
        nn.Residual(nn.Sequential(nn.Linear(2, 2, bias=False, rng=rng), nn.ReLU()), scale=0.5),
        nn.Flatten(),
    )
    assert repr(net).splitlines() == [
        "Sequential(",
        "  (0): Residual(",
        "    scale=0.5",
        "    (body): Sequential(",
        "      (0): Linear(2, 2, bias=False)",
        "      (1): ReLU()",
        "    )",
        "  )",
        "  (1): Flatten()",
        ")",
    ]
    assert repr(nn.Sequential()) == "Sequential()"


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (nn.ActivationLayer("leaky_relu", slope=0.1), "ActivationLayer('leaky_relu', slope=0.1)"),
        (nn.ELU(), "ELU(alpha=1)"),
        (nn.GELU(), "GELU()"),
        (nn.Dropout(0.25, rng=generator(0)), "Dropout(p=0.25)"),
        (nn.Embedding(3, 4, rng=generator(0)), "Embedding(3, 4)"),
        (
            nn.Conv2d(3, 8, 5, stride=2, padding=(1, 2), padding_mode="circular", rng=generator(0)),
            "Conv2d(3, 8, kernel_size=(5, 5), stride=(2, 2), padding=(1, 2), "
            "padding_mode='circular')",
        ),
        (nn.MaxPool2d(2), "MaxPool2d(kernel_size=(2, 2), stride=(2, 2))"),
        (nn.AvgPool2d(2, 1, 1), "AvgPool2d(kernel_size=(2, 2), stride=(1, 1), padding=(1, 1))"),
        (nn.BatchNorm1d(4), "BatchNorm1d(4)"),
        (
            nn.BatchNorm2d(4, 0.1, 0.5, affine=False),
            "BatchNorm2d(4, eps=0.1, momentum=0.5, affine=False)",
        ),
        (nn.LayerNorm((2, 3), eps=0.1), "LayerNorm((2, 3), eps=0.1)"),
        (nn.LSTM(3, 5, 2, batch_first=True, rng=generator(0)), "LSTM(3, 5, num_layers=2, batch_first=True)"),
        (nn.RNN(3, 5, nonlinearity="relu", rng=generator(0)), "RNN(3, 5, nonlinearity='relu')"),
        (nn.MSELoss(), "MSELoss()"),
        (nn.HuberLoss("sum", 2.0), "HuberLoss(reduction='sum', delta=2)"),
    ],
)  # fmt: skip
def test_repr(module, text):
    assert repr(module) == text


# Containers


@given(
    seed=st.integers(0, 1000),
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    n=st.integers(0, 6),
    from_torch=st.booleans(),
)
def test_a_net_is_that_of_torch(seed, sizes, n, from_torch):
    ours, theirs = twins(mlp(generator(seed), *sizes), torch_mlp(*sizes), seed, from_torch)
    assert_same(ours, theirs, generator(seed).normal(size=(n, sizes[0])))


def test_sequential_as_a_list_of_layers():
    net = mlp(generator(0), 2, 3, 4, 1)
    assert len(net) == 5
    assert list(net) == net.layers
    assert net[-1] is net.layers[4]
    assert isinstance(net[1:3], nn.Sequential)
    assert net[1:3].layers == net.layers[1:3]
    x = Tensor([[1.0, 2.0]])
    assert nn.Sequential()(x) is x
    np.testing.assert_array_equal(net[3:](net[:3](x)).data, net(x).data)


def test_what_a_subclass_of_sequential_has_besides_the_layers_belongs_to_it():
    def with_head(container, linear, head):
        class WithHead(container):
            def __init__(self):
                super().__init__(linear)
                self.head = head

        return WithHead()

    rng = generator(0)
    ours = with_head(nn.Sequential, nn.Linear(2, 3, rng=rng), nn.Linear(3, 1, rng=rng))
    theirs = with_head(torch.nn.Sequential, torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
    names = ["0.weight", "0.bias", "head.weight", "head.bias"]
    assert [name for name, _ in ours.named_parameters()] == names
    assert list(ours.state_dict()) == list(theirs.state_dict()) == names
    assert not ours.eval().head.training


def test_sequential_refuses_what_is_no_module():
    with pytest.raises(TypeError, match=r"one by one; write Sequential\(\*layers\)"):
        nn.Sequential([nn.ReLU()])
    with pytest.raises(TypeError, match="must be a Module, got <built-in function abs>"):
        nn.Sequential(nn.ReLU(), abs)


class TorchResidual(torch.nn.Module):
    def __init__(self, body, shortcut, scale):
        super().__init__()
        self.body, self.shortcut, self.scale = body, shortcut, scale

    def forward(self, x):
        side = x if self.shortcut is None else self.shortcut(x)
        return side + self.scale * self.body(x)


@given(seed=st.integers(0, 1000), scale=st.sampled_from([1.0, 0.5, 0.0, -2.0]), wide=st.booleans())
@settings(max_examples=30)
def test_residual(seed, scale, wide):
    rng, out = generator(seed), 4 if wide else 3
    ours = nn.Residual(
        mlp(rng, 3, 5, out), nn.Linear(3, out, rng=rng) if wide else None, scale=scale
    )
    theirs = TorchResidual(torch_mlp(3, 5, out), torch.nn.Linear(3, out) if wide else None, scale)
    assert_same(*twins(ours, theirs, seed), rng.normal(size=(4, 3)))


def test_gradient_through_a_residual_block_is_that_of_the_output_plus_that_through_the_body():
    rng = generator(0)
    body = mlp(rng, 4, 6, 4)
    x, direct = Tensor(rng.normal(size=(1, 4))), rng.normal(size=(1, 4))
    nn.Residual(body)(x).backward(direct)
    through = Tensor(x.data)
    body(through).backward(direct)
    np.testing.assert_allclose(x.grad, direct + through.grad, atol=1e-14)


def test_residual_refuses_shapes_that_differ():
    rng = generator(0)
    with pytest.raises(
        ValueError, match=r"Residual: the body makes shape \(5, 3\) out of \(5, 2\), but"
    ):
        nn.Residual(nn.Linear(2, 3, rng=rng))(np.ones((5, 2)))
    with pytest.raises(ValueError, match=r"the shortcut \(5, 1\)"):  # NumPy would broadcast it
        nn.Residual(nn.Linear(2, 2, rng=rng), nn.Linear(2, 1, rng=rng))(np.ones((5, 2)))
    with pytest.raises(TypeError, match="body must be a Module, got None"):
        nn.Residual(None)
    with pytest.raises(TypeError, match="shortcut must be a Module, got 3"):
        nn.Residual(nn.ReLU(), 3)


def test_a_module_must_define_forward():
    with pytest.raises(NotImplementedError, match="Module must define forward"):
        nn.Module()(1)


# Training, all weights at once


def test_training_follows_torch_step_by_step():
    rng = generator(0)
    x = rng.normal(size=(64, 2))
    y = (x[:, :1] * x[:, 1:] > 0).astype(float)
    ours, theirs = twins(mlp(rng, 2, 16, 16, 1), torch_mlp(2, 16, 16, 1), from_torch=False)
    optimizer = SGD(lr=0.1, momentum=0.9)
    their_optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    criterion, their_criterion = nn.BCEWithLogitsLoss(), torch.nn.BCEWithLogitsLoss()
    losses = []
    for _ in range(60):
        ours.zero_grad()
        loss = criterion(ours(x), y)
        loss.backward()
        parameters = ours.parameters()
        optimizer.step([p.data for p in parameters], [p.grad for p in parameters])
        their_optimizer.zero_grad()
        their_loss = their_criterion(theirs(torch.from_numpy(x)), torch.from_numpy(y))
        their_loss.backward()
        their_optimizer.step()
        np.testing.assert_allclose(loss.item(), their_loss.item(), rtol=1e-10)
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_initialize_draws_matrices_and_sets_biases_but_leaves_normalization():
    rng = generator(0)
    net = nn.Sequential(
        nn.Conv2d(3, 16, 5, rng=rng),
        nn.BatchNorm2d(16),
        nn.Flatten(),
        nn.Linear(400, 300, rng=rng),
        nn.LayerNorm(300),
    )
    net[1].weight.data[...] = 3
    net[4].bias.data[...] = 4
    arrays = [parameter.data for parameter in net.parameters()]
    he = initializers.he_normal()
    assert nn.initialize(net, he, generator(1)) is net
    assert all(array is p.data for array, p in zip(arrays, net.parameters(), strict=True))
    expected = generator(1)
    np.testing.assert_array_equal(net[0].weight.data, he((16, 3, 5, 5), expected))
    np.testing.assert_array_equal(net[3].weight.data, he((300, 400), expected))
    assert not net[0].bias.data.any()
    assert not net[3].bias.data.any()
    assert (net[1].weight.data == 3).all()
    assert (net[4].bias.data == 4).all()
    nn.initialize(net, he, generator(1), bias=0.5)
    assert (net[3].bias.data == 0.5).all()
    nn.initialize(net, initializers.zeros(), generator(1), bias=None)
    assert (net[3].bias.data == 0.5).all()
    assert not net[3].weight.data.any()
    lstm = nn.initialize(nn.LSTM(2, 3, rng=rng), initializers.constant(0.1), rng, bias=1.0)
    assert (lstm.weight_hh_l0.data == 0.1).all()
    assert (lstm.bias_hh_l0.data == 1).all()
    with pytest.raises(TypeError, match="rng must be a random generator"):
        nn.initialize(net, he, 0)
    with pytest.raises(
        TypeError, match=r"initializer must be .* initializers.he_normal\(\), got 'he"
    ):
        nn.initialize(net, "he_normal", rng)


def test_lsuv_runs_on_a_sequential():
    rng = generator(0)
    x = Tensor(rng.normal(size=(500, 20)), requires_grad=False)
    variances = initializers.lsuv(mlp(rng, 20, 30, 30, 10), x, rng)
    np.testing.assert_allclose(variances, 1, atol=0.01)


def test_vectors_and_back():
    net, other = Net(generator(0)), Net(generator(1))
    vector = nn.to_vector(net)
    assert vector.shape == (sum(parameter.size for parameter in net.parameters()),)
    torch_vector = torch.nn.utils.parameters_to_vector(
        torch.from_numpy(p.data) for p in net.parameters()
    )
    np.testing.assert_array_equal(vector, torch_vector)
    array = other.scale.data
    nn.from_vector(other, vector)
    assert other.scale.data is array
    np.testing.assert_array_equal(nn.to_vector(other), vector)
    vector += 1
    assert (nn.to_vector(other) != vector).all()
    with pytest.raises(ValueError, match=r"vector must have shape \(33,\), got \(34,\)"):
        nn.from_vector(net, np.ones(34))
    assert nn.to_vector(nn.ReLU()).shape == (0,)


def test_gradient_vector_is_the_gradient_over_all_weights():
    rng = generator(0)
    net = nn.Sequential(nn.Linear(2, 3, rng=rng), nn.Tanh(), nn.Linear(3, 1, rng=rng))
    x, y = rng.normal(size=(7, 2)), rng.normal(size=(7, 1))

    def loss(vector):
        nn.from_vector(net, vector)
        return nn.mse_loss(net(x), y).item()

    at = nn.to_vector(net)
    numerical = numerical_gradient(loss, at)
    nn.from_vector(net, at)
    assert not nn.gradient_vector(net).any()
    nn.mse_loss(net(x), y).backward()
    np.testing.assert_allclose(nn.gradient_vector(net), numerical, atol=1e-8)


@pytest.mark.parametrize("name", ["coursekit.nn", *SUBMODULES])
def test_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_everything_public_is_documented_and_exported():
    assert "coursekit.nn.recurrences" in SUBMODULES
    for name in nn.__all__:
        assert getattr(nn, name).__doc__
