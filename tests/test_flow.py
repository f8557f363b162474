"""The gradient doctor: its figures against torch and by hand, its verdicts on sick and healthy nets."""

import doctest
import importlib
import math
import pkgutil
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from coursekit import activations, flow, optimizers
from coursekit import nn as ck
from coursekit.autograd import Tensor, no_grad, stack

torch.set_num_threads(1)

CROSS_ENTROPY = nn.CrossEntropyLoss()
SEEDS = range(12)


def rng(seed=0):
    return np.random.default_rng(seed)


def double(*shape, seed=0):
    return torch.from_numpy(rng(seed).normal(size=shape))


def weights(model, start):
    """Set the weights of all layers with a function, and the biases to zero."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            start(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return model


def he(model):
    return weights(model, lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"))


def mlp(depth, width=64, activation=nn.ReLU, inputs=20, outputs=5):
    sizes = [inputs, *[width] * depth]
    layers = [
        part
        for n, m in zip(sizes, sizes[1:], strict=False)
        for part in (nn.Linear(n, m), activation())
    ]
    return nn.Sequential(*layers, nn.Linear(width, outputs))


def batch(n=64, inputs=20, classes=5, scale=1.0):
    return scale * torch.randn(n, inputs), torch.randint(classes, (n,))


def classify(model, x, y):
    return CROSS_ENTROPY(model(x), y)


def examined(model, x, y, loss=classify):
    return flow.examine(model, lambda: loss(model, x, y))


def illnesses(report):
    return [finding.illness for finding in report.diagnose()]


# --- The figures, against torch's own gradients and by hand ---


@settings(max_examples=15)
@given(
    seed=st.integers(0, 1000),
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=5),
    n=st.integers(1, 5),
    inplace=st.booleans(),
)
def test_figures_of_a_torch_net(seed, sizes, n, inplace):
    torch.manual_seed(seed)
    layers = [
        part
        for i, o in zip(sizes, sizes[1:], strict=False)
        for part in (nn.Linear(i, o), nn.ReLU(inplace))
    ]
    model = nn.Sequential(*layers).double()
    x = double(n, sizes[0], seed=seed)
    report = flow.examine(model, lambda: (model(x) ** 2).mean())

    h, outputs = x, []  # the same net, without in-place operations
    for layer in model:
        h = h.clamp(min=0) if isinstance(layer, nn.ReLU) else layer(h)
        outputs.append(h)
    parameters = list(model.parameters())
    loss = (h**2).mean()
    grads = [g.numpy() for g in torch.autograd.grad(loss, outputs + parameters)]

    assert report.loss == pytest.approx(loss.item(), rel=1e-12)
    assert [(c.name, c.kind, c.shape, c.number) for c in report.calls] == [
        (str(i), type(layer).__name__, tuple(h.shape), 0)
        for i, (layer, h) in enumerate(zip(model, outputs, strict=True))
    ]
    arrays = [h.detach().numpy() for h in outputs]
    expected = {
        "rms": [np.sqrt((h**2).mean()) for h in arrays],
        "mean": [h.mean() for h in arrays],
        "std": [h.std() for h in arrays],
        "gradient_norm": [np.sqrt((g**2).sum()) for g in grads[: len(arrays)]],
        "gradient_rms": [np.sqrt((g**2).mean()) for g in grads[: len(arrays)]],
        "dead": [(h == 0).all(0).mean() if i % 2 else math.nan for i, h in enumerate(arrays)],
        "always_on": [(h > 0).all(0).mean() if i % 2 else math.nan for i, h in enumerate(arrays)],
        "inactive": [(h == 0).mean() if i % 2 else math.nan for i, h in enumerate(arrays)],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(
            report.column(name), values, rtol=1e-10, atol=1e-14, err_msg=name
        )
    norms = [p.detach().norm() for p in parameters]
    of_weights = [np.sqrt((g**2).sum()) for g in grads[len(arrays) :]]
    np.testing.assert_allclose(report.parameter_column("norm"), norms, rtol=1e-10)
    np.testing.assert_allclose(report.parameter_column("gradient_norm"), of_weights, rtol=1e-10)
    ratios = [g / n for g, n in zip(of_weights, norms, strict=True)]
    np.testing.assert_allclose(report.parameter_column("gradient_to_weight"), ratios, rtol=1e-10)


def twin_nets():
    """The same net in torch and coursekit, an input, and functions that return a loss."""
    g = rng(1)

    def mixed(nn, **start):
        return nn.Sequential(
            nn.Linear(6, 5, **start), nn.BatchNorm1d(5), nn.ReLU(),
            nn.Linear(5, 4, **start), nn.LayerNorm(4), nn.Tanh(),
            nn.Linear(4, 3, **start), nn.Sigmoid(),
        )  # fmt: skip

    def images(nn, **start):
        return nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1, **start), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 5, 3, **start), nn.ReLU(), nn.Flatten(), nn.Linear(20, 3, **start),
        )  # fmt: skip

    def words(nn, **start):
        return nn.Sequential(nn.Embedding(7, 4, **start), nn.LayerNorm(4), nn.Linear(4, 3, **start))

    yield "mixed", mixed, g.normal(size=(8, 6))
    yield "images", images, g.normal(size=(6, 2, 8, 8))
    yield "words", words, g.integers(0, 7, size=(5, 3))


@pytest.mark.parametrize(("name", "make", "x"), list(twin_nets()))
@pytest.mark.parametrize("training", [True, False])
def test_both_frameworks_give_the_same_figures(name, make, x, training):
    torch.manual_seed(0)
    theirs = make(nn).double().train(training)
    ours = make(ck, rng=rng()).train(training)
    ours.load_state_dict(theirs.state_dict())
    input = torch.from_numpy(x)
    assert_equal_reports(
        flow.examine(theirs, lambda: (theirs(input) ** 2).mean()),
        flow.examine(ours, lambda: (ours(x) ** 2).mean()),
    )


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("used", ["outputs", "state"])
def test_both_frameworks_agree_on_recurrent_layers(layer, used):
    theirs = getattr(nn, layer)(3, 4, batch_first=True).double()
    ours = getattr(ck, layer)(3, 4, batch_first=True, rng=rng())
    ours.load_state_dict(theirs.state_dict())
    x = rng().normal(size=(2, 5, 3))

    def loss(model, x):
        outputs, state = model(x)
        if used == "outputs":
            return (outputs**2).mean()
        return ((state[0] if layer == "LSTM" else state) ** 2).sum()

    reports = [
        flow.examine(theirs, lambda: loss(theirs, torch.from_numpy(x))),
        flow.examine(ours, lambda: loss(ours, x)),
    ]
    assert_equal_reports(*reports)
    assert reports[0].calls[0].label == "the model"
    assert reports[0].calls[0].shape == (2, 5, 4)
    assert reports[0].calls[0].gradient_norm > 0


def assert_equal_reports(one, other):
    assert one.loss == pytest.approx(other.loss, rel=1e-10)
    for rows in ("calls", "parameters"):
        pairs = zip(getattr(one, rows), getattr(other, rows), strict=True)
        for a, b in pairs:
            for field in type(a).__dataclass_fields__:
                x, y = getattr(a, field), getattr(b, field)
                if isinstance(x, float):
                    assert x == pytest.approx(y, rel=1e-10, abs=1e-15), (a.name, field)
                else:
                    assert x == y, (a.name, field)


def test_activation_layers_go_by_their_activation():
    model = ck.Sequential(ck.ActivationLayer("relu"), ck.ActivationLayer("leaky_relu"))
    x = Tensor([[1.0, -1.0], [2.0, -2.0]])
    report = flow.examine(model, lambda: model(x).sum())
    assert list(report.column("kind")) == ["ReLU", "LeakyReLU"]
    assert report.calls[0].dead == 0.5


def test_a_subclass_of_an_activation_is_one():
    class Loud(nn.ReLU):
        pass

    model = nn.Sequential(Loud())
    report = flow.examine(model, lambda: model(torch.ones(2, 2, requires_grad=True)).sum())
    assert report.calls[0].kind == "ReLU"


@pytest.mark.parametrize("kind", ["Sigmoid", "Tanh", "Softsign"])
@pytest.mark.parametrize("share", [0.01, 0.3])
def test_saturated_share(kind, share):
    x = torch.linspace(-20, 20, 1999, dtype=torch.float64, requires_grad=True)
    model = getattr(nn, kind)()
    call = flow.examine(model, lambda: model(x).sum(), slope_share=share).calls[0]
    slopes = torch.autograd.grad(model(x).sum(), x)[0]
    assert call.saturated == (slopes < share * slopes.max()).double().mean().item()
    assert 0.1 < call.saturated < 0.99
    if kind != "Softsign":
        ours = activations.get(kind.lower()).saturated(x.detach().numpy(), share)
        assert call.saturated == ours.mean()


class Code(nn.Module):
    """A layer that applies a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


UNITS = {
    "linear": (lambda: [nn.Linear(3, 4), nn.ReLU()], (5, 3), 1),
    "sequence": (lambda: [nn.Linear(3, 4), nn.ReLU()], (5, 6, 3), 2),
    "image": (lambda: [nn.Conv2d(2, 4, 3), nn.ReLU()], (5, 2, 6, 7), 1),
    "signal": (lambda: [nn.Conv1d(2, 4, 3), nn.ReLU()], (5, 2, 9), 1),
    "image, normalized": (
        lambda: [nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU()], (5, 2, 6, 7), 1,
    ),
    "image, channels last": (lambda: [nn.Linear(3, 4), nn.ReLU()], (5, 6, 7, 3), 3),
    "image, pooled": (lambda: [nn.Conv2d(2, 4, 3), nn.MaxPool2d(2), nn.ReLU()], (5, 2, 6, 7), 1),
    "image, normalized only": (lambda: [nn.BatchNorm2d(4), nn.ReLU()], (5, 4, 6, 7), 1),
    "sequence after a signal": (
        lambda: [nn.Conv1d(2, 3, 1), Code(lambda x: x.transpose(1, 2)), nn.Linear(3, 4), nn.ReLU()],
        (5, 2, 6), 2,
    ),
    "one example": (lambda: [nn.Linear(3, 4), nn.ReLU()], (3,), 0),
    "after both": (
        lambda: [nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 4), nn.ReLU()], (5, 1, 4, 4), 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNITS)
def test_dead_counts_units_and_inactive_counts_entries(case):
    make, shape, axis = UNITS[case]
    torch.manual_seed(1)
    model = nn.Sequential(*make()).eval()
    weighted = [layer for layer in model if hasattr(layer, "weight")][-1]
    with torch.no_grad():
        weighted.bias[0] = -50.0  # off
        weighted.bias[1] = 50.0  # always on
    x = torch.randn(*shape)
    call = flow.examine(model, lambda: model(x).mean()).calls[-1]
    y = np.moveaxis(model(x).detach().numpy(), axis, 0).reshape(4, -1)
    assert call.dead == (y == 0).all(1).mean() >= 0.25
    assert call.always_on == (y > 0).all(1).mean() >= 0.25
    assert call.inactive == (y == 0).mean()


def test_sizes_beyond_what_can_be_squared():
    a = Tensor(np.full((2, 2), 1e-200))
    model = ck.Sequential(ck.ReLU())
    report = flow.examine(model, lambda: (model(a) * 1e-190).sum())
    assert report.calls[0].rms == pytest.approx(1e-200)
    assert report.calls[0].gradient_norm == pytest.approx(2e-190)
    big = Tensor(np.full((2, 2), 1e200))
    report = flow.examine(model, lambda: (model(big) * 1e-190).sum())
    assert report.calls[0].rms == pytest.approx(1e200)
    assert report.diagnose() == []


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_other_precisions(dtype):
    torch.manual_seed(0)
    model = mlp(2, width=8).to(dtype)
    x = torch.randn(16, 20).to(dtype)
    report = flow.examine(model, lambda: model(x).float().pow(2).mean())
    exact = model.double()
    reference = flow.examine(exact, lambda: exact(x.double()).pow(2).mean())
    np.testing.assert_allclose(
        report.column("gradient_norm"), reference.column("gradient_norm"), rtol=0.1
    )


# --- How models may be built ---


class Looped(nn.Module):
    """One layer, called several times."""

    def __init__(self):
        super().__init__()
        self.cell, self.f = nn.Linear(3, 3).double(), nn.Tanh()

    def forward(self, h, keep=None):
        for _ in range(4):
            h = self.f(self.cell(h))
            if keep is not None:
                keep.append(h)
        return h


def test_a_layer_called_several_times_has_a_row_for_each_call():
    model, x = Looped(), double(5, 3)
    report = flow.examine(model, lambda: model(x).sum())
    assert [(c.name, c.number) for c in report.calls] == [
        (name, i) for i in range(4) for name in ("cell", "f")
    ]
    assert report.calls[-1].label == "f, call 4"
    keep = []
    loss = model(x, keep).sum()
    expected = [g.norm().item() for g in torch.autograd.grad(loss, keep)]
    np.testing.assert_allclose(report.column("gradient_norm")[1::2], expected, rtol=1e-12)
    assert report.gradient_factor == pytest.approx((expected[0] / expected[2]) ** (1 / 2))
    assert len(report.parameters) == 2


def test_tied_weights_are_one_parameter():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)
            self.b.weight = self.a.weight
            self.again = self.a

        def forward(self, x):
            return self.again(self.b(self.a(x)))

    model = Tied()
    report = flow.examine(model, lambda: model(torch.ones(2, 4)).sum())
    assert [p.name for p in report.parameters] == ["a.weight", "a.bias", "b.bias"]
    assert [c.label for c in report.calls] == ["a", "b", "a, call 2"]


class Several(nn.Module):
    """Returns a dict with a list of tensors and other things."""

    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.ones(3, dtype=torch.float64))

    def forward(self, x):
        first, second = x * self.a, x + self.a
        return {"count": 3, "ids": torch.arange(3), "parts": [first, (second, None)]}


@pytest.mark.parametrize(("used", "slope"), [(0, 2.0), (1, 5.0)])
def test_layers_that_return_several_tensors(used, slope):
    model, x = Several(), torch.ones(2, 3, dtype=torch.float64)

    def loss():
        first, (second, _) = model(x)["parts"]
        return slope * (first, second)[used].sum()

    (call,) = flow.examine(model, loss).calls
    assert call.rms == 1
    assert call.gradient_norm == pytest.approx(slope * math.sqrt(6))


def test_attention_is_one_layer_although_it_has_parts():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    report = flow.examine(layer, lambda: layer(torch.randn(2, 3, 8)).pow(3).sum())
    names = [call.name for call in report.calls]
    assert names[0] == "self_attn"
    assert "self_attn.out_proj" not in names
    assert "" not in names
    assert report.diagnose() == []


def test_a_layer_that_returns_no_floats_has_no_row():
    class Argmax(nn.Module):
        def forward(self, x):
            return x.argmax(1)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.f, self.choice = nn.Linear(3, 3), Argmax()

        def forward(self, x):
            return F.cross_entropy(self.f(x), self.choice(x))

    model = Net()
    report = flow.examine(model, lambda: model(torch.eye(3)))
    assert [call.name for call in report.calls] == ["f"]


def test_keyword_arguments_are_inputs_too():
    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.ones(2))

        def forward(self, *, x):
            return x * self.w

    model = Scale()
    report = flow.examine(model, lambda: model(x=torch.tensor([math.nan, 1.0])).sum())
    assert report.calls[0].input_nonfinite


# --- Nothing is changed ---


def state(model):
    """All that an examination might change."""
    if isinstance(model, nn.Module):
        arrays = {name: array.numpy().copy() for name, array in model.state_dict().items()}
        grads = [None if p.grad is None else p.grad.numpy().copy() for p in model.parameters()]
        modes = [module.training for module in model.modules()]
        hooks = sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())
        return arrays, grads, modes, hooks
    return (
        model.state_dict(),
        [None if p.grad is None else p.grad.copy() for p in model.parameters()],
        [module.training for _, module in model.modules()],
        sum(len(module._hooks) for _, module in model.modules()),
    )


def small(framework):
    if framework == "torch":
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout())
        return model.double(), double(6, 3)
    start = {"rng": rng()}
    model = ck.Sequential(
        ck.Linear(3, 4, **start), ck.BatchNorm1d(4), ck.ReLU(), ck.Dropout(**start)
    )
    return model, rng().normal(size=(6, 3))


@pytest.mark.parametrize("framework", ["torch", "coursekit"])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("with_grads", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_an_examination_changes_nothing(framework, training, with_grads, fails):
    model, x = small(framework)
    if with_grads:
        (model(x) ** 2).sum().backward()
    model.train(training)
    before = state(model)
    seen = []

    def loss():
        model.zero_grad()
        y = model(x)
        if fails:
            raise KeyError("a loss that fails")
        seen.append(1)
        return (y**2).sum()

    if fails:
        with pytest.raises(KeyError):
            flow.examine(model, loss)
    else:
        flow.examine(model, loss)
        assert seen == [1]
    np.testing.assert_equal(state(model), before)


def test_statistics_that_are_replaced_are_put_back():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.ones(2))
            self.register_buffer("calls", torch.zeros(()))
            self.register_buffer("nothing", None)

        def forward(self, x):
            self.calls = self.calls + 1
            return x * self.w

    model = Counting()
    flow.examine(model, lambda: model(torch.ones(2)).sum())
    assert model.calls == 0


def test_other_hooks_stay_and_the_graph_of_others_too():
    model, x = small("torch")
    calls = []
    model[0].register_forward_hook(lambda *_: calls.append(1))
    earlier = model(x).sum()
    flow.examine(model, lambda: model(x).sum())
    assert len(calls) == 2
    earlier.backward()
    assert model[0].weight.grad is not None


def test_it_records_inside_torch_no_grad():
    model, x = small("torch")
    with torch.no_grad():
        report = flow.examine(model, lambda: (model(x) ** 2).mean())
        assert not torch.is_grad_enabled()
    assert report.calls[0].gradient_norm > 0


# --- Bad input ---


def test_it_records_inside_torch_inference_mode():
    model, x = small("torch")
    with torch.inference_mode():
        report = flow.examine(model, lambda: (model(x) ** 2).sum())
    assert all(parameter.gradient_norm > 0 for parameter in report.parameters)


def test_bad_models_and_losses():
    model, x = small("torch")
    ours, array = small("coursekit")
    with pytest.raises(TypeError, match="model must be a coursekit.nn module or a torch.nn.Module"):
        flow.examine(lambda x: x, lambda: 1.0)
    with pytest.raises(TypeError, match="compute_loss must be a function"):
        flow.examine(model, model(x).sum())
    with pytest.raises(TypeError, match="must return a torch tensor"):
        flow.examine(model, lambda: model(x).sum().item())
    with pytest.raises(TypeError, match="must return a coursekit tensor"):
        flow.examine(ours, lambda: model(x).sum())
    for each in (lambda: model(x), lambda: model(x).sum(0)):
        with pytest.raises(ValueError, match=r"one number, got shape .*take its mean"):
            flow.examine(model, each)
    with pytest.raises(ValueError, match="must call the model"):
        flow.examine(model, lambda: torch.ones((), requires_grad=True))
    with pytest.raises(ValueError, match="must not be empty, got shape"):
        flow.examine(model[0], lambda: model[0](x[:0]).sum())
    with pytest.raises(ValueError, match="slope_share"):
        flow.examine(model, lambda: model(x).sum(), slope_share=0)


def test_a_loss_that_calls_backward_is_named_and_undone():
    model, x = small("torch")

    def loss():
        value = (model(x) ** 2).sum()
        value.backward()
        return value

    with pytest.raises(ValueError, match="without calling backward"):
        flow.examine(model, loss)
    assert all(p.grad is None for p in model.parameters())


def test_other_errors_of_the_backward_pass_come_through():
    class Broken(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, grad):
            raise RuntimeError("a broken rule")

    model, x = small("torch")
    with pytest.raises(RuntimeError, match="a broken rule"):
        flow.examine(model, lambda: Broken.apply(model(x)).sum())


def test_a_loss_of_shape_one_by_one_will_do():
    model, x = small("torch")
    report = flow.examine(model, lambda: model(x).sum().reshape(1, 1))
    assert math.isfinite(report.loss)


# --- The diagnosis: sick nets ---


def sigmoid_stack(depth=10):
    return mlp(depth, activation=nn.Sigmoid)


def too_large(depth=6, std=1.0):
    return weights(mlp(depth), lambda w: nn.init.normal_(w, std=std))


def dead(bias=-5.0):
    model = he(mlp(4))
    for layer in model[::2]:
        nn.init.constant_(layer.bias, bias)
    return model


def killed_by_its_rate(lr=0.3):
    """A healthy net after 20 steps that are far too large."""
    model = he(mlp(4))
    return train(model, torch.optim.Adam(model.parameters(), lr), steps=20)


def train(model, optimizer, steps):
    x, y = batch()
    for _ in range(steps):
        optimizer.zero_grad()
        classify(model, x, y).backward()
        optimizer.step()
    return model


def xavier(model):
    return weights(model, nn.init.xavier_uniform_)


def tanh_net(depth=4):
    return xavier(mlp(depth, activation=nn.Tanh))


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = he(mlp(3, outputs=64)), he(mlp(2, inputs=64))

    def forward(self, x):
        return self.head(self.body(x).detach())


def frozen():
    model = he(mlp(3))
    model[2].requires_grad_(False)
    return model


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.net, self.spare = he(mlp(2)), nn.Linear(3, 3)

    def forward(self, x):
        return self.net(x)


def sure_of_itself():
    return nn.Sequential(*too_large(3, std=0.5), nn.Softmax(dim=1))


def log_of_zero(model, x, y):
    wanted = F.one_hot(y, 5)
    return -(wanted * torch.log(model(x))).sum(1).mean()


def constant(value, activation=nn.ReLU):
    model = mlp(3, activation=activation)
    for parameter in model.parameters():
        nn.init.constant_(parameter, value)
    return model


#: name: (a maker of the net, a maker of the batch, the loss, the first illness, those allowed beside)
SICK = {
    "sigmoid stack": (sigmoid_stack, batch, classify, "vanishing gradients", ()),
    "sigmoid stack, Xavier": (
        lambda: xavier(sigmoid_stack(8)), batch, classify, "vanishing gradients", (),
    ),
    "sigmoid stack, deep": (lambda: sigmoid_stack(70), batch, classify, "vanishing gradients", ()),
    "tiny weights": (lambda: too_large(6, 0.01), batch, classify, "vanishing gradients", ()),
    "default start, deep": (lambda: mlp(16), batch, classify, "vanishing gradients", ()),
    "exploding start": (too_large, batch, classify, "exploding gradients", ()),
    "exploding start, twice He": (
        lambda: too_large(12, 2 * math.sqrt(2 / 64)), batch, classify, "exploding gradients", (),
    ),
    "dead by negative biases": (dead, batch, classify, "dead units", ()),
    "dead by biases of -2": (lambda: dead(-2.0), batch, classify, "dead units", ()),
    "dead by a huge rate": (
        killed_by_its_rate, batch, classify, "dead units", ("vanishing gradients",),
    ),
    "unscaled input": (
        tanh_net, lambda: batch(scale=30.0), classify, "saturated units", ("exploding gradients",),
    ),
    "unscaled input, default start": (
        lambda: mlp(3, activation=nn.Tanh), lambda: batch(scale=100.0), classify,
        "saturated units", (),
    ),
    "detached": (Detached, batch, classify, "no gradient", ()),
    "frozen": (frozen, batch, classify, "no gradient", ()),
    "never used": (Unused, batch, classify, "no gradient", ()),
    "log(0)": (sure_of_itself, lambda: batch(scale=30.0), log_of_zero, "not finite", ()),
    "constant start": (lambda: constant(0.1), batch, classify, "identical units", ()),
    "constant start, tanh": (
        lambda: constant(0.01, nn.Tanh), batch, classify, "identical units", (),
    ),
    "zero start, tanh": (
        lambda: constant(0.0, nn.Tanh), batch, classify, "identical units", ("zero gradient",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SICK)
def test_each_sick_net_gets_its_diagnosis(case):
    make, data, loss, illness, beside = SICK[case]
    for seed in SEEDS:
        torch.manual_seed(seed)
        model = make()
        found = illnesses(examined(model, *data(), loss))
        assert found[0] == illness, (seed, found)
        assert set(found) <= {illness, *beside}, (seed, found)


# --- The diagnosis: healthy nets ---


class Block(nn.Module):
    """A residual block."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1, self.relu = nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.short = nn.Conv2d(inputs, outputs, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        h = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        h += self.short(x)
        return self.relu(h)


def resnet(blocks=2):
    layers = [nn.Conv2d(3, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True)]
    for inputs, outputs in ((8, 8), (8, 16), (16, 32)):
        layers.append(Block(inputs, outputs, 2 if inputs != outputs else 1))
        layers += [Block(outputs, outputs, 1) for _ in range(blocks - 1)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 5))


def cnn():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 32), nn.ReLU(), nn.Linear(32, 5),
    )  # fmt: skip


class Reader(nn.Module):
    """Word embeddings, an LSTM or a transformer encoder, and a classifier."""

    def __init__(self, kind, **options):
        super().__init__()
        self.words = nn.Embedding(30, 16)
        if kind == "lstm":
            self.body = nn.LSTM(16, 24, batch_first=True, **options)
        else:
            layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, **options)
            self.body = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
        self.head = nn.Linear(24 if kind == "lstm" else 16, 5)

    def forward(self, x):
        h = self.body(self.words(x))
        return self.head(h[1][0][-1] if isinstance(h, tuple) else h.mean(1))


class ZeroBranches(nn.Module):
    """Residual branches whose last layer starts at zero, as in Fixup."""

    def __init__(self):
        super().__init__()
        self.branches = nn.ModuleList(he(mlp(1, 20, inputs=20, outputs=20)) for _ in range(3))
        for branch in self.branches:
            nn.init.zeros_(branch[-1].weight)
        self.head = nn.Linear(20, 5)

    def forward(self, x):
        for branch in self.branches:
            x = x + branch(x)
        return self.head(x)


def trained():
    model = he(mlp(4))
    return train(model, torch.optim.SGD(model.parameters(), lr=0.1), steps=100)


def zero_head():
    model = he(mlp(3))
    nn.init.zeros_(model[-1].weight)
    return model


def pictures():
    return torch.randn(16, 3, 16, 16), torch.randint(5, (16,))


def sentences():
    return torch.randint(30, (16, 10)), torch.randint(5, (16,))


def binary(model, x, y):
    return F.binary_cross_entropy(model(x)[:, 0], (y > 2).float())


HEALTHY = {
    **{
        f"He, depth {depth}, width {width}": (lambda d=depth, w=width: he(mlp(d, w)), batch)
        for depth in (3, 5, 8, 12, 16, 20)
        for width in (32, 64)
    },
    "He, depth 20, 4 examples": (lambda: he(mlp(20)), lambda: batch(4)),
    "He, leaky, depth 20": (lambda: he(mlp(20, activation=nn.LeakyReLU)), batch),
    "default start, depth 5": (lambda: mlp(5), batch),
    "default start, GELU": (lambda: mlp(4, activation=nn.GELU), batch),
    "Xavier, tanh, depth 10": (lambda: tanh_net(10), batch),
    "Xavier, tanh, depth 20": (lambda: tanh_net(20), batch),
    "sigmoid, depth 3": (lambda: mlp(3, activation=nn.Sigmoid), batch),
    "CNN": (cnn, pictures),
    "CNN, He": (lambda: he(cnn()), pictures),
    "ResNet": (resnet, pictures),
    "ResNet, 27 layers": (lambda: resnet(4), pictures),
    "ResNet, evaluation": (lambda: resnet().eval(), pictures),
    "LSTM": (lambda: Reader("lstm"), sentences),
    "LSTM, 2 layers": (lambda: Reader("lstm", num_layers=2), sentences),
    "transformer": (lambda: Reader("transformer"), sentences),
    "transformer, norm first": (lambda: Reader("transformer", norm_first=True), sentences),
    "head that starts at zero": (zero_head, batch),
    "branches that start at zero": (ZeroBranches, batch),
    "trained": (trained, batch),
}


@pytest.mark.parametrize("case", HEALTHY)
def test_no_false_alarm(case):
    make, data = HEALTHY[case]
    alarms = Counter()
    for seed in SEEDS:
        torch.manual_seed(seed)
        model = make()
        alarms.update(illnesses(examined(model, *data())))
    assert not alarms


def test_a_saturated_output_is_no_illness():
    torch.manual_seed(0)
    model = nn.Sequential(he(mlp(2, outputs=1)), nn.Sigmoid())
    with torch.no_grad():
        model[0][-1].weight *= 100
    report = examined(model, *batch(), binary)
    assert report.calls[-1].saturated > 0.5
    assert report.diagnose() == []


# --- The diagnosis: what a finding says ---


def only(report):
    (finding,) = report.diagnose()
    return finding


def test_the_place_where_the_gradient_is_cut_off():
    finding = only(examined(Detached(), *batch()))
    assert finding.where == "body.0.weight … body.6.bias"
    assert finding.measured == 8 / 14
    assert "gets lost between Linear head.0 and Linear body.6" in finding.meaning


def test_the_first_cut_on_the_way_back():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c, self.d = (nn.Linear(3, 3) for _ in range(4))

        def forward(self, x):
            return self.b(self.a(x).detach()) + self.d(self.c(x).detach())

    model = Twice()
    finding = only(flow.examine(model, lambda: model(X).sum()))
    assert "gets lost between Linear d and Linear c" in finding.meaning


def test_frozen_and_unused_parameters_are_told_apart():
    finding = only(examined(frozen(), *batch()))
    assert finding.where == "2.weight … 2.bias"
    assert "frozen" in finding.meaning
    finding = only(examined(Unused(), *batch()))
    assert finding.where == "spare.weight … spare.bias"
    assert "layers of 2 of them produced no output" in finding.meaning
    assert "frozen" not in finding.meaning
    assert "gets lost" not in finding.meaning


@pytest.mark.parametrize("framework", ["torch", "coursekit"])
def test_a_loss_that_depends_on_nothing(framework):
    model, x = small(framework)
    report = flow.examine(model, lambda: (model(x).detach() ** 2).sum())
    finding = only(report)
    assert (finding.illness, finding.measured) == ("no gradient", 1.0)
    assert "No layer's output gets one" in finding.meaning
    assert np.isnan(report.column("gradient_norm")).all()
    assert math.isnan(report.gradient_ratio)


def test_inside_no_grad_of_coursekit_there_is_no_gradient():
    model, x = small("coursekit")
    with no_grad():
        report = flow.examine(model, lambda: (model(x) ** 2).sum())
    assert illnesses(report) == ["no gradient"]


class Between(nn.Module):
    """Two layers with a function between them that is no layer."""

    def __init__(self, function):
        super().__init__()
        self.a, self.b, self.function = nn.Linear(3, 3), nn.Linear(3, 2), function

    def forward(self, x):
        return self.b(self.function(self.a(x)))


def with_bad_weight():
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2))
    with torch.no_grad():
        model[1].weight[0, 0] = math.nan
    return model


X = torch.tensor([[1.0, -2.0, 3.0], [-1.0, 2.0, -3.0]])
BAD_X = torch.tensor([[1.0, math.inf, 3.0], [1.0, 2.0, 3.0]])
CAUSES = {
    "a layer": (
        lambda: nn.Sequential(Code(torch.sqrt), nn.Linear(3, 2)), X, torch.sum, "0", 0.5,
        "first in the network",
    ),
    "a later layer": (
        lambda: nn.Sequential(nn.Identity(), Code(lambda x: x * 1e30), Code(lambda x: x * 1e30)),
        X, torch.sum, "2", 1.0, "from a size of 2.16 to 2.16 × 10³⁰",
    ),
    "between layers": (
        lambda: Between(lambda h: h / 0), X, torch.sum, "between a and b", 1.0, "between them",
    ),
    "the data": (
        lambda: nn.Sequential(nn.Linear(3, 2)), BAD_X, torch.sum, "the input", 0.5,
        "data already are not finite",
    ),
    "the weights": (with_bad_weight, X, torch.sum, "1.weight", 1 / 6, "an earlier update"),
    "the loss": (
        lambda: nn.Sequential(nn.Linear(3, 2)), X, lambda y: (y * 0).log().sum(), "the loss",
        -math.inf, "computation of the loss",
    ),
    "a slope in the loss": (
        lambda: nn.Sequential(nn.Linear(3, 2)), X, lambda y: (y * 0).sqrt().sum(), "0", 1.0,
        "arises in the loss",
    ),
    "a slope between layers": (
        lambda: Between(lambda h: torch.sqrt(h * 0)), X, torch.sum, "a", 1.0,
        "arises between this output and Linear b",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CAUSES)
def test_first_cause_of_what_is_not_finite(case):
    make, x, loss, where, measured, text = CAUSES[case]
    torch.manual_seed(0)
    model = make()
    x = x.clone().requires_grad_()
    finding = only(flow.examine(model, lambda: loss(model(x))))
    assert (finding.illness, finding.where) == ("not finite", where)
    assert finding.measured == pytest.approx(measured)
    assert text in finding.meaning


def test_if_something_is_not_finite_only_that_is_judged():
    torch.manual_seed(0)
    model = sure_of_itself()
    model[0].requires_grad_(False)
    assert illnesses(examined(model, *batch(scale=30.0), log_of_zero)) == ["not finite"]


def test_the_first_gradient_that_is_not_finite_is_the_last_in_the_net():
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2))
    report = flow.examine(model, lambda: (model(X) * 0).sqrt().sum())
    assert not np.isfinite(report.column("gradient_norm")).any()
    assert only(report).where == report.first_nonfinite_gradient.name == "1"


def test_a_gradient_that_breaks_inside_a_layer():
    class Root(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.zeros(3))

        def forward(self, x):
            return x * self.w.sqrt()

    model = nn.Sequential(nn.Linear(3, 3), Root(), nn.Linear(3, 2))
    finding = only(flow.examine(model, lambda: model(X).sum()))
    assert (finding.illness, finding.where, finding.measured) == ("not finite", "1.w", math.inf)


def test_first_non_finite_calls():
    model = nn.Sequential(nn.Linear(3, 3), Code(lambda h: h / 0), nn.Identity())
    report = flow.examine(model, lambda: model(X).sum())
    assert report.first_nonfinite_output.name == "1"
    assert report.first_nonfinite_gradient.name == "0"
    healthy = flow.examine(model[0], lambda: model[0](X).sum())
    assert healthy.first_nonfinite_output is healthy.first_nonfinite_gradient is None


def test_coursekit_raises_no_warning_where_the_report_speaks():
    model = ck.Sequential(ck.Linear(2, 2, rng=rng()), ck.ReLU())
    report = flow.examine(model, lambda: (model(np.ones((3, 2))) * 0).log().sum())
    assert only(report).where == "the loss"


def test_zero_gradient_tells_where_it_begins():
    model = nn.Sequential(nn.Linear(3, 3), Code(lambda h: h * 0), nn.Linear(3, 2))
    finding = only(flow.examine(model, lambda: model(X).sum()))
    assert (finding.illness, finding.where) == ("zero gradient", "0")
    assert "on the way through Code 1" in finding.meaning
    finding = only(flow.examine(model, lambda: (model(X) * 0).sum()))
    assert (finding.illness, finding.where) == ("zero gradient", "2")
    assert "in the loss" in finding.meaning


def test_underflow_is_named_as_vanishing():
    torch.manual_seed(0)
    finding = only(examined(sigmoid_stack(70), *batch()))
    assert "it is exactly 0" in finding.meaning
    assert 1e-46 < finding.measured < 1e-30


def test_dead_and_saturated_findings_name_the_worst_layer():
    model = he(mlp(3))
    nn.init.constant_(model[2].bias, -50.0)
    finding = examined(model, *batch()).diagnose()[0]
    assert finding.where.startswith("3")
    assert (finding.measured, finding.threshold) == (1.0, 0.5)
    assert "100% of the units of ReLU 3 are zero" in finding.meaning
    torch.manual_seed(0)
    finding = examined(tanh_net(), *batch(scale=100.0)).diagnose()[0]
    assert finding.where == "1"
    assert 0.9 < finding.measured < 1
    assert "of Tanh 1 lie in the flat parts of the tanh" in finding.meaning


def test_dead_units_are_measured_as_they_are_judged():
    model = nn.Sequential(nn.Linear(20, 10), nn.ReLU(), nn.Linear(10, 5))
    nn.init.zeros_(model[0].weight)
    model[0].bias.data[:] = torch.tensor([-1.0] * 8 + [1.0] * 2)
    x, y = batch()
    finding = examined(model, x, y).diagnose(flow.Thresholds(twins=1.0))[0]
    assert (finding.illness, finding.measured) == ("dead units", pytest.approx(0.8 - 0.2))
    assert "80% of the units of ReLU 1 are zero" in finding.meaning
    assert "against 20% that never are" in finding.meaning


def test_identical_units_name_the_worst_layer():
    torch.manual_seed(0)
    model = mlp(2)
    with torch.no_grad():
        model[0].weight[:40], model[0].bias[:40] = model[0].weight[0].clone(), model[0].bias[0]
        model[2].weight[:, :40] = model[2].weight[:, :1].clone()
        model[2].weight[:], model[2].bias[:] = model[2].weight[0].clone(), model[2].bias[0]
        model[4].weight[:] = model[4].weight[:, :1].clone()
    finding = examined(model, *batch()).diagnose()[0]
    assert (finding.illness, finding.where) == ("identical units", "0.weight … 2.weight")
    assert "100% of the units of 2.weight have a twin" in finding.meaning


def test_a_step_of_an_update_is_not_a_step_of_the_way_back():
    torch.manual_seed(0)
    finding = only(examined(too_large(), *batch()))
    assert "On the way back from ReLU 11 to ReLU 1," in finding.meaning
    assert "from one state to the one before)" in finding.meaning


def test_vanishing_points_to_its_cause():
    torch.manual_seed(0)
    model = xavier(mlp(4, activation=nn.Sigmoid))
    for layer in model[:-1:2]:
        nn.init.constant_(layer.bias, 9.0)
    first, second = examined(model, *batch()).diagnose()
    assert (first.illness, second.illness) == ("saturated units", "vanishing gradients")
    assert "saturated units found above are the likely cause" in second.meaning


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_ratio_and_factor_of_an_orthogonal_linear_net(scale):
    g = rng(3)
    start = [np.linalg.qr(g.normal(size=(6, 6)))[0] for _ in range(5)]
    model = ck.Sequential(*(ck.Linear(6, 6, bias=False, rng=g) for _ in range(5)))
    for (_, tensor), matrix in zip(model.named_parameters(), start, strict=True):
        tensor.data[...] = scale * matrix
    x = g.normal(size=(3, 6))
    report = flow.examine(model, lambda: (model(x) ** 2).sum())
    assert [call.name for call in report.hidden] == ["0", "1", "2", "3"]
    assert report.gradient_factor == pytest.approx(scale, rel=1e-12)
    assert report.gradient_ratio == pytest.approx(scale**3, rel=1e-12)


def test_hidden_states_are_of_one_sort():
    def hidden(*layers):
        model = nn.Sequential(*layers)
        report = flow.examine(model, lambda: model(torch.randn(4, 3)).pow(2).sum())
        return [call.name for call in report.hidden]

    linear, norm, f = (lambda: nn.Linear(3, 3)), (lambda: nn.LayerNorm(3)), nn.Tanh
    assert hidden(linear(), f(), norm(), linear(), f(), norm(), linear()) == ["1", "4"]
    assert hidden(linear(), f(), norm(), linear(), norm(), linear()) == ["2", "4"]
    assert hidden(linear(), f(), norm(), linear(), nn.Dropout(), linear()) == ["0", "2", "3"]
    assert hidden(linear(), f(), linear()) == ["0", "1"]
    assert hidden(linear()) == []


# --- Twins ---


def test_twins_need_equal_weights_and_equal_gradients():
    torch.manual_seed(0)
    model = he(mlp(2, width=8))
    with torch.no_grad():
        model[0].weight[1] = model[0].weight[0]
        model[0].weight[5] = model[0].weight[4]
    x, y = batch()
    twins = examined(model, x, y).parameter_column("twins")
    assert twins[0] == 0  # their outgoing weights differ, and so do their gradients
    with torch.no_grad():
        model[2].weight[:, 1] = model[2].weight[:, 0]
    twins = examined(model, x, y).parameter_column("twins")
    assert twins.tolist() == [0.25, 0, 0, 0, 0, 0]


def test_the_words_of_an_embedding_are_no_units():
    model = nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 2))
    nn.init.zeros_(model[0].weight)
    report = flow.examine(model, lambda: model(torch.tensor([1, 2])).pow(3).sum())
    assert report.parameters[0].twins == 0


def test_rows_are_told_apart_by_their_own_size():
    g = rng()
    weight, grad = g.normal(size=(20, 5)), np.ones((20, 5))
    weight[0] = 1e10
    assert flow.measures.twins(weight, grad) == 0
    weight[3] = weight[4] = weight[7]
    assert flow.measures.twins(weight, grad) == 3 / 20
    assert flow.measures.twins(weight, g.normal(size=(20, 5))) == 0
    assert flow.measures.twins(np.zeros((4, 2)), np.zeros((4, 2))) == 1
    assert flow.measures.twins(np.zeros((1, 2)), np.zeros((1, 2))) == 0


def test_one_huge_weight_makes_no_twins():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 20), nn.Linear(20, 3))
    with torch.no_grad():
        model[0].weight[0] = 1e10
    report = flow.examine(model, lambda: model(torch.randn(4, 5)).pow(2).sum())
    assert report.parameters[0].twins == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_identical_units_in_a_wide_net(dtype):
    model = mlp(3, 300, nn.Tanh).to(dtype)
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.003)
    x, y = batch(200)
    found = illnesses(examined(model, x.to(dtype), y))
    assert found[0] == "identical units"


# --- Thresholds ---


def test_thresholds_can_be_changed():
    torch.manual_seed(0)
    report = examined(mlp(4, activation=nn.Sigmoid), *batch())
    assert report.diagnose() == []
    strict = flow.Thresholds(vanishing=0.1)
    (finding,) = report.diagnose(strict)
    assert (finding.illness, finding.threshold) == ("vanishing gradients", 0.1)
    assert finding.measured == report.gradient_ratio < 0.1
    (finding,) = report.diagnose(flow.Thresholds(exploding=1e-9))
    assert finding.illness == "exploding gradients"
    (finding,) = report.diagnose(flow.Thresholds(saturated=1e-9, vanishing=1e-9)) or [None]
    assert finding is None
    with pytest.raises(ValueError, match="dead must be greater than 0"):
        flow.Thresholds(dead=0)
    with pytest.raises(TypeError, match="vanishing must be a real number"):
        flow.Thresholds(vanishing="no")
    with pytest.raises(TypeError, match=r"thresholds must be a flow.Thresholds"):
        report.diagnose(0.1)
    with pytest.raises(ValueError, match="unknown illness"):
        flow.Finding("flu", "0", 1.0, None, "")


# --- The report, printed ---


def example():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2), nn.Sigmoid())
    model.add_module("<b>", nn.Identity())
    model[0].bias.requires_grad_(False)
    return flow.examine(model, lambda: model(X).sum())


def test_printed_tables_are_aligned():
    report = example()
    layers, parameters = (table.split("\n") for table in str(report).split("\n\n"))
    assert repr(report) == str(report)
    assert layers[0].split("  ")[0] == "layer"
    assert len(layers) == 6
    assert len(parameters) == 5
    assert parameters[2].split()[:2] == ["0.bias", "4"]
    assert parameters[2].split()[3:] == ["none"]
    call = report.calls[1]
    assert f"{100 * call.dead:.3g}%" in layers[2]
    for head, value in (("rms h", call.rms), ("‖∂L/∂h‖", call.gradient_norm)):
        end = layers[0].index(head) + len(head)
        assert layers[2][:end].endswith(flow.tables.amount(value))


def test_columns_without_an_entry_are_left_out():
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    head = str(flow.examine(model, lambda: model(X).sum())).split("\n")[0]
    assert "saturated" in head
    assert "dead" not in head
    assert "inactive" not in head


def test_html_is_escaped():
    html = example()._repr_html_()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert html.count("<table>") == html.count("</table>") == 2
    assert html.count("<tr>") == html.count("</tr>") == 6 + 5
    assert '<th scope="row">0</th>' in html


def test_not_finite_numbers_are_printed_as_such():
    model = nn.Sequential(Code(lambda x: x / 0), Code(lambda x: x - x))
    report = flow.examine(model, lambda: model(X.clone().requires_grad_()).sum())
    lines = str(report).split("\n")
    assert "∞" in lines[1]
    assert "nan" in lines[2]


def test_columns():
    report = example()
    assert list(report.column("name")) == ["0", "1", "2", "3", "<b>"]
    assert list(report.column("shape")) == [(2, 4), (2, 4), (2, 2), (2, 2), (2, 2)]
    assert np.isnan(report.column("dead")).tolist() == [True, False, True, True, True]
    assert report.column("gradient_norm").dtype == float
    assert np.isnan(report.parameter_column("gradient_to_weight")).tolist() == [0, 1, 0, 0]
    with pytest.raises(ValueError, match=r"Did you mean 'gradient_norm'\?"):
        report.column("gradient_norms")
    with pytest.raises(ValueError, match="unknown column"):
        report.parameter_column("rms")


def test_a_finding_prints_what_it_is_and_what_helps():
    finding = only(examined(frozen(), *batch()))
    assert str(finding).startswith("No gradient (2.weight … 2.bias): 2 of 8 parameters are frozen")
    assert str(finding).endswith(finding.cure)
    assert set(flow.ILLNESSES) >= {finding.illness}


# --- Steps ---


def pair(framework):
    """A model, a function that computes gradients, and one that takes an SGD step."""
    model, x = small(framework)
    model.eval()

    def backward():
        model.zero_grad()
        (model(x) ** 2).mean().backward()

    def step(lr):
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad

    return model, backward, step


@pytest.mark.parametrize("framework", ["torch", "coursekit"])
def test_recorder_of_gradient_descent(framework):
    model, backward, step = pair(framework)
    recorder = flow.Recorder(model)
    assert len(recorder) == 0
    assert recorder.ratios.shape == (0, 4)
    expected = []
    for lr in (0.1, 0.2, 0.4):
        backward()
        expected.append([])
        for p in model.parameters():
            norms = [np.linalg.norm(np.asarray(a)) for a in (p.grad, p.data)]
            with np.errstate(divide="ignore"):
                expected[-1].append(lr * norms[0] / norms[1])
        with recorder:
            step(lr)
    np.testing.assert_allclose(recorder.ratios, expected, rtol=1e-10)
    assert recorder.names == ("0.weight", "0.bias", "1.weight", "1.bias")
    np.testing.assert_array_equal(recorder.column("1.weight"), recorder.ratios[:, 2])
    assert recorder.median("0.weight") == pytest.approx(np.median(recorder.ratios[:, 0]))
    assert np.isinf(recorder.ratios[0, 3])  # the bias of batch normalization starts at zero


def test_recorder_agrees_with_the_report():
    model, backward, step = pair("torch")
    x = double(6, 3)
    report = flow.examine(model, lambda: (model(x) ** 2).mean())
    recorder = flow.Recorder(model)
    recorder.before()
    backward()
    step(0.1)
    recorder.after()
    np.testing.assert_allclose(
        recorder.ratios[0], 0.1 * report.parameter_column("gradient_to_weight"), rtol=1e-10
    )


def test_a_step_that_fails_is_not_recorded():
    model, _, _ = pair("torch")
    recorder = flow.Recorder(model)
    with pytest.raises(KeyError), recorder:
        raise KeyError("no step")
    assert len(recorder) == 0
    with pytest.raises(RuntimeError, match=r"call before\(\) first"):
        recorder.after()
    with pytest.raises(ValueError, match="at least one recorded step"):
        recorder.diagnose()
    with pytest.raises(ValueError, match="unknown parameter"):
        recorder.column("weight")
    with pytest.raises(TypeError, match="model must be"):
        flow.Recorder([1.0])


def test_frozen_parameters_are_not_recorded():
    assert "2.weight" not in flow.Recorder(frozen()).names


@pytest.mark.parametrize("framework", ["torch", "coursekit"])
def test_parameters_may_be_frozen_while_they_are_recorded(framework):
    model, backward, step = pair(framework)
    recorder = flow.Recorder(model)
    backward()
    with recorder:
        step(0.1)
    name, parameter = next(iter(model.named_parameters()))
    parameter.requires_grad = False
    with recorder:
        pass
    first, second = recorder.column(name)
    assert first > second == 0


def test_a_recorder_prints_its_ratios():
    recorder = recorded(0.01, steps=3)
    lines = str(recorder).split("\n")
    assert lines[0] == "‖Δw‖/‖w‖ in 3 steps"
    assert lines[1].split() == ["parameter", "w", "first", "median", "last"]
    assert [line.split()[0] for line in lines[2:]] == list(recorder.names)
    assert lines[2].endswith(flow.tables.amount(recorder.column(recorder.names[0])[-1]))
    assert repr(flow.Recorder(nn.Linear(2, 2))) == "No step has been recorded."


def recorded(lr, steps=10, optimizer=torch.optim.SGD, make=lambda: he(mlp(4))):
    model = make()
    x, y = batch()
    recorder = flow.Recorder(model)
    optimizer = optimizer(model.parameters(), lr)
    for _ in range(steps):
        optimizer.zero_grad()
        classify(model, x, y).backward()
        with recorder:
            optimizer.step()
    return recorder


@pytest.mark.parametrize(
    ("lr", "optimizer", "illness"),
    [
        (1e-9, torch.optim.SGD, "update too small"),
        (0.0, torch.optim.SGD, "update too small"),
        (1e-8, torch.optim.Adam, "update too small"),
        (0.003, torch.optim.SGD, None),
        (0.1, torch.optim.SGD, None),
        (1e-3, torch.optim.Adam, None),
        (1e-4, torch.optim.Adam, None),
        (0.5, torch.optim.Adam, "update too large"),
        (10.0, torch.optim.SGD, "update too large"),
    ],
)
def test_sizes_of_steps(lr, optimizer, illness):
    for seed in SEEDS:
        torch.manual_seed(seed)
        findings = recorded(lr, optimizer=optimizer).diagnose()
        assert [finding.illness for finding in findings] == ([illness] if illness else []), seed
        for finding in findings:
            assert "weight" in finding.where
            assert "median over 10 recorded steps" in finding.meaning


def test_only_matrices_are_judged_and_thresholds_count():
    torch.manual_seed(0)
    recorder = recorded(0.01)
    medians = {name: recorder.median(name) for name in recorder.names}
    matrices = {name: m for name, m in medians.items() if name.endswith("weight")}
    assert max(medians.values()) > max(matrices.values())
    threshold = max(matrices.values())
    assert recorder.diagnose(flow.Thresholds(update_too_large=threshold)) == []
    (finding,) = recorder.diagnose(flow.Thresholds(update_too_large=0.999 * threshold))
    assert finding.measured == threshold


def test_weights_that_become_nan_are_too_large_an_update():
    model = nn.Linear(2, 2)
    recorder = flow.Recorder(model)
    with recorder, torch.no_grad():
        model.weight[0, 0] = math.nan
    (finding,) = recorder.diagnose()
    assert (finding.illness, finding.where) == ("update too large", "weight")


def test_snapshots():
    model = ck.Linear(2, 2, rng=rng())
    before = flow.snapshot(model)
    model.weight.data *= 1.5
    assert flow.update_ratios(before, flow.snapshot(model)) == {
        "weight": pytest.approx(0.5),
        "bias": 0.0,
    }
    with pytest.raises(ValueError, match="after must hold the parameters of before"):
        flow.update_ratios(before, {"weight": before["weight"]})


def test_recorder_with_an_optimizer_of_coursekit():
    model, x = small("coursekit")
    recorder, optimizer = flow.Recorder(model), optimizers.SGD(lr=0.1)
    (model(x) ** 2).mean().backward()
    with recorder:
        optimizer.step([p.data for p in model.parameters()], [p.grad for p in model.parameters()])
    assert (recorder.ratios > 0).all()


# --- Through time ---


def linear_rnn(scale, steps, framework):
    g = rng(5)
    matrix = scale * np.linalg.qr(g.normal(size=(4, 4)))[0]
    start = g.normal(size=(2, 4))
    if framework == "torch":
        hidden, matrix = [torch.from_numpy(start).requires_grad_()], torch.from_numpy(matrix)
    else:
        hidden = [Tensor(start)]
    for _ in range(steps - 1):
        hidden.append(hidden[-1] @ matrix)
    return hidden


@pytest.mark.parametrize("framework", ["torch", "coursekit"])
@pytest.mark.parametrize(
    ("scale", "illness"),
    [(0.5, "vanishing gradients"), (1.0, None), (2.0, "exploding gradients")],
)
def test_through_time(framework, scale, illness):
    hidden = linear_rnn(scale, 20, framework)
    loss = (hidden[-1] ** 2).sum()
    seen = flow.through_time(hidden, loss)
    expected = scale ** np.arange(19.0, -1.0, -1.0)
    np.testing.assert_allclose(seen.gradient_norm / seen.gradient_norm[-1], expected, rtol=1e-10)
    assert seen.ratio == pytest.approx(scale**19)
    assert seen.factor == pytest.approx(scale)
    assert [finding.illness for finding in seen.diagnose()] == ([illness] if illness else [])
    assert hidden[0].grad is None
    loss.backward()  # the graph is still there
    norm = np.linalg.norm(np.asarray(hidden[0].grad))
    assert norm == pytest.approx(seen.gradient_norm[0])


def test_through_time_of_one_tensor():
    x = rng().normal(size=(7, 2, 3))
    theirs, ours = nn.RNN(3, 4).double(), ck.RNN(3, 4, rng=rng())
    ours.load_state_dict(theirs.state_dict())
    seen = []
    for model, inputs in ((theirs, torch.from_numpy(x).requires_grad_()), (ours, Tensor(x))):
        outputs, _ = model(inputs)
        seen.append(flow.through_time(inputs, (outputs[-1] ** 2).sum()))
    inputs = [Tensor(each) for each in x]
    outputs, _ = ours(stack(inputs))
    seen.append(flow.through_time(inputs, (outputs[-1] ** 2).sum()))
    for each in seen:
        assert each.gradient_norm.shape == (7,)
        np.testing.assert_allclose(each.gradient_norm, seen[0].gradient_norm, rtol=1e-10)


def test_through_time_up_to_the_last_state_that_counts():
    hidden = linear_rnn(0.5, 10, "coursekit")
    seen = flow.through_time(hidden, hidden[4].sum())
    assert seen.reached.tolist() == [True] * 5 + [False] * 5
    assert np.isnan(seen.gradient_norm[5:]).all()
    assert (seen.ratio, seen.factor) == (pytest.approx(0.5**4), pytest.approx(0.5))
    only_first = flow.through_time(hidden, hidden[0].sum())
    assert math.isnan(only_first.ratio)
    assert math.isnan(only_first.factor)
    assert only_first.diagnose() == []


def test_through_time_findings():
    def illness(hidden, loss):
        return [(each.illness, each.where) for each in flow.through_time(hidden, loss).diagnose()]

    a, b = Tensor([1.0, 0.0]), Tensor([2.0])
    assert illness([a, b], (b * b).sum()) == [("no gradient", "time 0")]
    assert illness([a], b.sum()) == [("no gradient", "time 0")]
    assert illness([a, a * 1.0], (a * 0).sum()) == [("zero gradient", "time 0")]
    with np.errstate(all="ignore"):
        root = a.sqrt()
        assert illness([a, root], root.sum()) == [("not finite", "time 0")]
        inside = root.log()
        assert illness([a, root, inside], inside.sum()) == [("not finite", "time 1")]


def test_through_time_of_a_copy_made_after_the_loss():
    states = torch.ones(2, 3, 4, requires_grad=True)
    (finding,) = flow.through_time(states.transpose(0, 1), states.sum()).diagnose()
    assert (finding.illness, finding.measured) == ("no gradient", 1.0)
    assert "does not depend on any of these states" in finding.meaning


def test_through_time_bad_input():
    hidden = linear_rnn(1.0, 3, "coursekit")
    loss = hidden[-1].sum()
    with pytest.raises(TypeError, match="loss must be a coursekit or a torch tensor"):
        flow.through_time(hidden, 1.0)
    with pytest.raises(ValueError, match="at least one time step"):
        flow.through_time([], loss)
    with pytest.raises(ValueError, match="loss must be one number"):
        flow.through_time(hidden, hidden[-1])
    with pytest.raises(TypeError, match=r"hidden\[1\] must be a coursekit tensor"):
        flow.through_time([hidden[0], 3.0], loss)
    with pytest.raises(ValueError, match=r"hidden\[0\] must require a gradient"):
        flow.through_time([Tensor([1.0], requires_grad=False)], loss)
    with pytest.raises(ValueError, match="hidden must require a gradient"):
        flow.through_time(Tensor([1.0], requires_grad=False), loss)
    with pytest.raises(ValueError, match="at least one time step"):
        flow.through_time(Tensor(1.0), loss)
    with pytest.raises(TypeError, match="must be a flow.Thresholds"):
        flow.through_time(hidden, loss).diagnose({})


# --- The package ---


def test_torch_is_loaded_only_for_a_torch_model():
    code = (
        "import sys, numpy as np; from coursekit import flow, nn;"
        "m = nn.Linear(2, 2, rng=np.random.default_rng(0));"
        "r = flow.examine(m, lambda: m(np.ones((3, 2))).sum()); r.diagnose(); str(r);"
        "flow.Recorder(m); print(*sorted({n.split('.')[0] for n in sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "scipy", "matplotlib", "IPython"} & set(run.stdout.split())


def test_examples():
    modules = [flow] + [
        importlib.import_module(f"coursekit.flow.{module.name}")
        for module in pkgutil.iter_modules(flow.__path__)
    ]
    results = [doctest.testmod(module) for module in modules]
    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) > 20
