"""The graph stepper: its layout, its numbers against autograd and torch, its words, and in a browser."""

import itertools
import json
import re

import numpy as np
import pytest
import torch
import traitlets

from coursekit.autograd import Tensor, concatenate, linear, logsumexp, maximum
from coursekit.widgets import Stepper
from coursekit.widgets.layout import crossings, layered
from coursekit.widgets.rules import FORMS, rule
from coursekit.widgets.traced import shown
from tests.controls import WAYS, dead_controls, look
from tests.stage import assert_reserved, axe, darken, hear, staged, state


def neuron(**options):
    w, x, b = Tensor(2.0), Tensor(3.0, requires_grad=False), Tensor(-5.5)
    u = w * x
    z = u + b
    a = z.tanh()
    e = a - 1
    names = {"w": w, "x": x, "b": b, "u": u, "z": z, "a": a, "e": e}
    return Stepper(e**2, names, **options)


def reused(**options):
    a = Tensor(3.0)
    b = a + a
    return Stepper(b * b * a, {"a": a, "b": b}, **options)


def layer(**options):
    rng = np.random.default_rng(0)
    X, y = (Tensor(rng.normal(size=(5, k)), requires_grad=False) for k in (3, 2))
    W, b = Tensor(rng.normal(size=(3, 2))), Tensor(np.zeros(2))
    h = (X @ W + b).relu()
    return Stepper(((h - y) ** 2).mean(), {"X": X, "W": W, "b": b, "y": y, "h": h}, **options)


def network(**options):
    w = [Tensor(value) for value in (0.1, -0.1, 0.6, 0.1, -0.5, 0.4)]
    x = [Tensor(1.5, requires_grad=False), Tensor(-0.5, requires_grad=False)]
    h = [(w[i] * x[0] + w[i + 1] * x[1]).tanh() for i in (0, 2)]
    o = (w[4] * h[0] + w[5] * h[1]).sigmoid()
    return Stepper(-o.log(), {f"w{i}": each for i, each in enumerate(w)}, **options)


EXAMPLES = [neuron, reused, layer, network]


# --- The layout ---


def random_graph(rng, count):
    edges = []
    for end in range(1, count):
        for start in rng.choice(end, size=min(end, int(rng.integers(0, 3))), replace=True):
            edges.append((int(start), end))
    used = {start for start, _ in edges}
    return edges + [(i, count - 1) for i in range(count - 1) if i not in used]


@pytest.mark.parametrize("seed", range(12))
def test_nodes_do_not_overlap_and_edges_lead_one_way(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 25))
    edges = random_graph(rng, count)
    lengths, breadths = rng.uniform(40, 120, (2, count)).round().tolist()
    plan = layered(edges, lengths, breadths)
    assert all(plan.layers[a] < plan.layers[b] for a, b in edges)
    for i, j in itertools.combinations(range(count), 2):
        apart = abs(plan.along[i] - plan.along[j]) >= (lengths[i] + lengths[j]) / 2
        beside = abs(plan.across[i] - plan.across[j]) >= (breadths[i] + breadths[j]) / 2 + 13.8
        assert apart or beside
    for (start, end), route in zip(edges, plan.routes, strict=True):
        assert route[0][1] == plan.along[start] + lengths[start] / 2
        assert route[-1][1] == plan.along[end] - lengths[end] / 2
        assert abs(route[-1][2] - plan.across[end]) <= breadths[end] / 2
        assert all(a[1] < b[1] for a, b in itertools.pairwise(route))
        assert all(0 <= side <= plan.breadth for _, _, side in route[1:-1])
        # A long edge passes beside the nodes of the layers between.
        for _, along, side in route[1:-1]:
            for i in range(count):
                inside = abs(plan.along[i] - along) < lengths[i] / 2
                assert not inside or abs(plan.across[i] - side) >= breadths[i] / 2
    assert plan.length == max(a + length / 2 for a, length in zip(plan.along, lengths, strict=True))
    assert len({route for route in plan.routes}) == len(edges)


def test_a_tree_has_no_crossings_whatever_its_order():
    first = [(0, 7), (3, 7), (1, 8), (4, 8), (2, 9), (5, 9)]
    edges = [*first, (7, 10), (8, 10), (9, 11), (6, 11), (10, 12), (11, 12)]
    plan = layered(edges, [60] * 13, [40] * 13)
    rows = [[] for _ in range(max(plan.layers) + 1)]
    for node in sorted(range(13), key=lambda i: plan.across[i]):
        rows[plan.layers[node]].append(node)
    assert crossings(rows, edges) == 0


def test_an_order_that_crosses_is_changed_to_one_that_does_not():
    """All edges lead from one layer to the next, so they are straight; as written, three cross."""
    top, middle, low = [0, 1, 2], [3, 4, 5], [6, 7]
    edges = [(0, 5), (1, 4), (2, 3), (3, 7), (4, 7), (5, 6), (4, 6), (6, 8), (7, 8)]
    rows = [top, middle, low, [8]]
    assert crossings(rows, edges) >= 3
    plan = layered(edges, [60] * 9, [40] * 9)
    assert plan.layers == (0, 0, 0, 1, 1, 1, 2, 2, 3)
    assert crossings([sorted(row, key=lambda i: plan.across[i]) for row in rows], edges) == 0


def test_an_input_stands_right_before_its_first_use():
    plan = layered([(0, 1), (1, 2), (2, 4), (3, 4), (3, 5), (4, 5)], [50] * 6, [20] * 6)
    assert plan.layers == (0, 1, 2, 2, 3, 4)


def test_what_is_wrong_with_a_graph_is_said():
    for edges in ([(1, 0)], [(0, 2)], [(1, 1)]):
        with pytest.raises(ValueError, match="lead from a lower number to a higher one below 2"):
            layered(edges, [1, 1], [1, 1])


# --- The numbers ---

UNARY = [
    "exp",
    "tanh",
    "sigmoid",
    "relu",
    "softplus",
    "sin",
    "cos",
    "abs",
    "sqrt",
    "log",
    "neg",
    "square",
]
BINARY = ["add", "sub", "mul", "div", "maximum"]
MINE = {"neg": lambda a: -a, "square": lambda a: a**2, "maximum": maximum}
TORCH = {"softplus": torch.nn.functional.softplus, "neg": lambda a: -a, "square": lambda a: a**2}
SIGNS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
}


def mine(op):
    return SIGNS.get(op) or MINE.get(op) or (lambda a: getattr(a, op)())


def theirs(op):
    return SIGNS.get(op) or TORCH.get(op) or getattr(torch, op)


def random_expression(seed, shape=()):
    """One expression, twice: as a Tensor and in torch, with the functions of torch for each node."""
    rng = np.random.default_rng(seed)
    values = [rng.normal(size=shape).round(2) + np.float64(0.005) for _ in range(3)]
    pairs = [
        (Tensor(v.copy()), torch.tensor(v, dtype=torch.float64, requires_grad=True)) for v in values
    ]
    leaves, made = list(pairs), {}
    for _ in range(9):
        op = str(rng.choice(UNARY if rng.random() < 0.5 else BINARY))
        # Mostly what came last, so that little of it is left over.
        picks = [pairs[-1 - int(min(rng.geometric(0.45), len(pairs)) - 1)] for _ in range(2)]
        if op in ("sqrt", "log", "div"):
            picks[-1 if op == "div" else 0] = positive(picks[-1 if op == "div" else 0], made)
        picks = picks if op in BINARY else picks[:1]
        tensor = mine(op)(*(p[0] for p in picks))
        other = theirs(op)(*(p[1] for p in picks))
        other.retain_grad()
        made[tensor] = (theirs(op), [p[1] for p in picks], other)
        pairs.append((tensor, other))
    tensor, other = pairs[-1]
    if shape:
        made_by, tensor, other = other, tensor.sum(), other.sum()
        made[tensor] = (torch.sum, [made_by], other)
    for leaf in leaves:
        made[leaf[0]] = (None, [], leaf[1])
    return tensor, other, made


def positive(pair, made):
    """A number above 1, computed from any: 1 + a²."""
    square = (pair[0] ** 2, pair[1] ** 2)
    made[square[0]] = (lambda a: a**2, [pair[1]], square[1])
    square[1].retain_grad()
    result = (square[0] + 1, square[1] + 1)
    result[1].retain_grad()
    made[result[0]] = (lambda a, one: a + one, [square[1], None], result[1])
    return result


def reached(loss):
    seen, stack = {loss}, [loss]
    while stack:
        for parent, _ in stack.pop().edges:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return seen


def local_of(function, inputs, place):
    """The local derivative of one use by torch: all other uses of the same tensor stand still."""
    copies = [
        torch.ones((), dtype=torch.float64) if i is None else i.detach().clone() for i in inputs
    ]
    copies[place].requires_grad_(True)
    (slope,) = torch.autograd.grad(function(*copies).sum(), copies[place])
    return slope.numpy()


NUMBER = r"\(?(−?[\d.,]+(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|−?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|−?\d+)\)?"
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def parsed(text):
    """The number that a reader reads."""
    text = text.replace("−", "-").replace(",", "")
    if "10" in text and any(c in text for c in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"):
        front, _, ten = text.rpartition("10")
        front = front.replace(" × ", "") or "1"
        return float({"-": "-1"}.get(front, front)) * 10.0 ** int(ten.translate(_RAISED))
    return float(text)


SEEDS = [seed for seed in range(30) if len(reached(random_expression(seed)[0])) <= 24][:12]


@pytest.mark.parametrize("shape", [(), (2,), (2, 3)])
@pytest.mark.parametrize("seed", SEEDS)
def test_each_local_product_is_that_of_autograd_and_of_torch(seed, shape):
    loss, other, made = random_expression(seed, shape)
    if len(reached(loss)) > 24:
        pytest.skip("the sum makes the graph one node too large")
    names = {f"n{i}": tensor for i, tensor in enumerate(made) if tensor in reached(loss)}
    by_name = {name: made[tensor] for name, tensor in names.items()}
    w = Stepper(loss, names)
    loss.backward()
    other.backward()
    spots = w.graph.spots
    sums, count = {}, 0
    for step in w.steps:
        if step.kind == "forward":
            torchs = by_name[spots[step.node].name][2].detach().numpy()
            np.testing.assert_allclose(spots[step.node].value, torchs, rtol=1e-12, atol=1e-12)
        if step.kind != "backward":
            continue
        count += 1
        edge = w.graph.edges[step.edge]
        function, inputs, result = by_name[spots[edge.end].name]
        upstream = np.ones(()) if result is other else result.grad.numpy()
        np.testing.assert_allclose(step.upstream, upstream, rtol=1e-10, atol=1e-12)
        local = local_of(function, inputs, edge.place)
        np.testing.assert_allclose(step.local, local, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(step.share, local * upstream, rtol=1e-10, atol=1e-12)
        sums[edge.start] = sums.get(edge.start, 0) + local * upstream
        np.testing.assert_allclose(step.total, sums[edge.start], rtol=1e-10, atol=1e-12)
        if not shape:
            read = re.search(rf"it hands {NUMBER} × {NUMBER} = {NUMBER} to", str(step))
            assert read, str(step)
            for text, number in zip(read.groups(), (local, upstream, step.share), strict=True):
                assert parsed(text) == pytest.approx(float(number), rel=5.1e-4)
    assert count == sum(spots[edge.start].kind != "constant" for edge in w.graph.edges)
    for name, tensor in names.items():
        place = next(i for i, spot in enumerate(spots) if spot.name == name)
        if spots[place].kind == "input":
            np.testing.assert_allclose(sums[place], tensor.grad, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(sums[place], by_name[name][2].grad.numpy(), rtol=1e-10)


def test_nothing_about_the_tensors_is_changed():
    a = Tensor(3.0, name="weight")
    b = a * a
    w = Stepper(b, {})
    assert (a.grad, b.grad, a.name, b.name) == (None, None, "weight", None)
    assert [spot.name for spot in w.graph.spots] == ["weight", "L"]


def test_the_numbers_stay_those_of_the_moment():
    a = Tensor(3.0)
    w = Stepper(a * a, {"a": a})
    a.data[...] = 7
    assert w.graph.spots[0].value == 3


# --- The steps and their words ---


def told(widget, kind=None):
    return [str(step) for step in widget.steps if kind in (None, step.kind)]


def test_every_step_says_something_else():
    for make in EXAMPLES:
        words = told(make())
        assert len(set(words)) == len(words)
        assert not [text for text in words if "None" in text or "{" in text or "nan" in text]


def test_a_product_hands_back_the_other_factor_times_the_upstream_gradient():
    w = neuron()
    assert told(w)[0].startswith("The inputs are given: w = 2 and b = −5.5. 2 nodes are constant")
    assert told(w, "forward") == [
        "Forward, step 1 of 5: u = w·x = 2·3 = 6.",
        "Forward, step 2 of 5: z = u + b = 6 + (−5.5) = 0.5.",
        "Forward, step 3 of 5: a = tanh(z) = tanh(0.5) = 0.4621.",
        "Forward, step 4 of 5: e = a − 1 = 0.4621 − 1 = −0.5379.",
        "Forward, step 5 of 5: L = e² = (−0.5379)² = 0.2893. That is the loss.",
    ]
    (seed,) = told(w, "seed")
    assert seed.startswith("Backward, step 1 of 7: ")
    assert seed.endswith("∂L/∂L = 1.")
    back = told(w, "backward")
    assert back[2].endswith(
        "local derivative ∂a/∂z = 1 − a² = 1 − 0.4621² = 0.7864. Times the upstream gradient, it "
        "hands 0.7864 × (−1.076) = −0.846 to z."
    )
    assert back[-1] == (
        "Backward, step 7 of 7: u = w·x. The slope of a product in one factor is the other factor: "
        "local derivative ∂u/∂w = x = 3. Times the upstream gradient, it hands 3 × (−0.846) = "
        "−2.538 to w. All gradients are there: ∂L/∂w = −2.538 and ∂L/∂b = −0.846."
    )


def test_a_value_used_several_times_adds_up_what_it_gets():
    back = told(reused(), "backward")
    assert back[-5].endswith(
        "a is used three times, so its gradient is a sum: 2 more shares are to come."
    )
    assert back[-4].endswith(
        "b is used twice, so its gradient is a sum: one more share is to come."
    )
    assert back[-3].endswith("b is used twice, so the shares add up: 18 + 18 = 36.")
    assert back[-2].endswith("so the shares add up: 36 + 36 = 72, and one more share is to come.")
    assert "so the shares add up: 72 + 36 = 108. All gradients are there: ∂L/∂a = 108." in back[-1]
    a = Tensor(2.0)
    shares = told(Stepper(a + a, {"a": a}), "backward")
    assert "it hands 1 × 1 = 1 to a. a is used twice, so the shares add up: 1 + 1 = 2." in shares[1]


def test_arrays_show_their_shape_and_a_few_entries_or_a_norm():
    assert shown(np.array([1.0, -2.5])) == "[1, −2.5]"
    assert shown(np.array([[1.23456], [2]])) == "[[1.23], [2]]"
    assert shown(np.array([[3.0, 4, 0], [0, 0, 0]])) == "an array 2×3 of norm 5"
    assert [shown(np.array(each)) for each in (np.inf, -np.inf, np.nan)] == ["∞", "−∞", "nan"]
    w = layer()
    boxes = {node["name"]: node for node in w.data["nodes"]}
    spots = {spot.name: spot for spot in w.graph.spots}

    def norm(value):
        return shown(np.array(np.linalg.norm(value)))

    assert (boxes["W"]["shape"], boxes["W"]["value"]) == ("3×2", [f"norm {norm(spots['W'].value)}"])
    assert (boxes["b"]["shape"], boxes["b"]["value"]) == ("2", ["[0, 0]"])
    back = told(w, "backward")
    assert "local derivative ∂L/∂v₄ = 1/10 for each element" in back[0]
    assert f"added up over its copies, it hands {shown(spots['b'].grad)} to b" in back[-2]
    gradient = f"an array 3×2 of norm {norm(spots['W'].grad)}"
    assert f"It hands Xᵀ @ upstream = {gradient} to W." in back[-1]


def test_other_operations_have_words_too():
    x, W, b = Tensor([[1.0, 2.0]]), Tensor([[0.5, -0.5], [1.0, 2.0]]), Tensor([0.1, 0.2])
    y = linear(x, W, b)
    z = concatenate([y[0], 2**b, b.reshape(2)])
    loss = logsumexp(z) + z.max()
    w = Stepper(loss, {"x": x, "W": W, "b": b, "y": y, "z": z})
    words = " ".join(told(w))
    for part in (
        "y = linear(x, W, b)",
        "It hands upstream @ W = ",
        "upstreamᵀ @ x = ",
        "y[0]",
        "2^b",
        "·ln 2",
        "softmax(z)",
        "Only the largest counts",
        "b is used three times",
    ):
        assert part in words, part
    loss.backward()
    finals = {w.graph.spots[s.node].name: s.total for s in w.steps if s.kind == "backward"}
    for name, tensor in (("x", x), ("W", W), ("b", b)):
        np.testing.assert_allclose(finals[name], tensor.grad, rtol=1e-12)


def test_a_constant_is_marked_and_gets_nothing():
    w = neuron()
    kinds = {node["name"]: node for node in w.data["nodes"]}
    assert kinds["x"]["note"] == ["constant"]
    assert kinds["1"]["title"] == "constant"
    assert kinds["w"]["kind"] == "input"
    constants = [i for i, spot in enumerate(w.graph.spots) if spot.kind == "constant"]
    assert len(constants) == 2
    assert not [step for step in w.steps if step.kind == "backward" and step.node in constants]


def test_powers_are_written_as_such():
    assert rule("pow", 0, 1.0).symbol == "1"
    assert rule("pow", 0, 0.5).symbol == "0.5·{a}^−0.5"
    assert rule("pow", 0, -1.0).symbol == "−1·{a}⁻²"
    assert rule("unheard-of", 0).words == "the backward rule of this operation"
    a = Tensor(0.0)
    back = told(Stepper((a - 0.0) ** 2, {"a": a}), "backward")
    assert "∂L/∂v₁ = 2·v₁ = 2·0 = 0" in back[0]


def test_names():
    L, v = Tensor(2.0), Tensor(3.0)
    w = Stepper((L * v).exp(), {"L": L, "v₁": v})
    assert [spot.name for spot in w.graph.spots] == ["L", "v₁", "v₂", "loss"]
    assert {*FORMS} >= {"add", "sub", "mul", "div"}


# --- What is wrong ---


def too_large():
    a = Tensor(1.0)
    total = a
    for _ in range(24):
        total = total.sin()
    return {"loss": total, "names": {"a": a}}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"loss": 3.0}, TypeError, "loss must be a Tensor, got float"),
        ({"loss": Tensor([1.0, 2.0])}, ValueError, r"loss must be one number .* got shape \(2,\)"),
        ({"loss": Tensor(1.0, requires_grad=False)}, ValueError, "requires_grad=False"),
        (too_large(), ValueError, "loss has a graph of 25 nodes, more than the 24"),
        ({"names": ["w"]}, TypeError, "names must map names to tensors"),
        ({"names": {1: Tensor(1.0)}}, TypeError, "names must have strings as keys, got 1"),
        ({"names": {" ": Tensor(1.0)}}, ValueError, "1 to 16 letters, got ' '"),
        ({"names": {"w" * 17: Tensor(1.0)}}, ValueError, "1 to 16 letters"),
        ({"names": {"w": 2.0}}, TypeError, r"names\['w'\] must be a Tensor, got float"),
        ({"names": {"q": Tensor(2.0)}}, ValueError, r"names\['q'\] is no part of the graph"),
        ({"step": 99}, ValueError, "step must be from 0 to 3, got 99"),
        ({"step": -1}, ValueError, "step must be at least 0, got -1"),
    ],
)
def test_what_is_wrong_is_said(arguments, error, message):
    w = Tensor(2.0)
    given = {"loss": w * w.detach(), "names": {"w": w}} | arguments
    with pytest.raises(error, match=message):
        Stepper(given.pop("loss"), given.pop("names"), **given)


def test_one_tensor_has_one_name():
    w = Tensor(2.0)
    with pytest.raises(ValueError, match="'w' and 'u' are the same tensor; name it once"):
        Stepper(w * w, {"w": w, "u": w})


def test_its_own_challenges_speak_of_sums_only_where_there_are_any():
    assert [len(make().challenges) for make in EXAMPLES] == [3] * 4
    sums = ["Find a node whose gradient is a sum" in " ".join(m().challenges) for m in EXAMPLES]
    assert sums == [False, True, False, False]
    assert neuron(challenges=["One."]).challenges == ["One."]


def test_traits_later():
    w = neuron()
    w.step = 12
    with pytest.raises(ValueError, match="step must be from 0 to 12, got 13"):
        w.step = 13
    with pytest.raises((TypeError, traitlets.TraitError)):
        w.show_all = "yes"
    assert w.step == 12


@pytest.mark.parametrize("make", EXAMPLES)
def test_the_state_is_small_plain_json_and_the_same_each_time(make):
    stored = state(make())
    text = json.dumps(stored["data"], allow_nan=False, separators=(",", ":"))
    assert len(text) < 20_000
    assert make().data == stored["data"]
    assert repr(make()).startswith("stepper: L = ")


def test_the_largest_graph_takes_less_than_40_kb():
    tensors = [Tensor(float(i)) for i in range(1, 9)]
    total = tensors[0]
    for tensor in tensors[1:]:
        total = total * tensor + tensor
    w = Stepper((total * total).log(), {f"weight_number_{i}": t for i, t in enumerate(tensors)})
    assert len(w.graph.spots) == 24
    assert len(json.dumps(state(w), separators=(",", ":"))) < 40_000


# --- In a browser ---


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("make", "width"), [(neuron, 720), (neuron, 360), (network, 360)])
def test_every_control_moves_picture_and_sentence(browser, tmp_path, make, way, width):
    with staged(browser, [make(step=2)], tmp_path, width=width) as page:
        assert dead_controls(page, page.locator(".ck"), way) == []


def seen(page):
    """What stands in the nodes: {name: lines that are shown}."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".ck-node")].map((node) => {
          const shown = [...node.querySelectorAll("text:not([display])")];
          const [title, ...lines] = shown.map((text) => text.textContent);
          return [title.split(/ = |: |  /)[0], lines];
        }))"""
    )


@pytest.mark.parametrize("make", [reused, network])
def test_each_step_changes_picture_and_sentence(browser, tmp_path, make):
    widget = make()
    with staged(browser, [widget], tmp_path, at_once=True) as page:
        looks = [look(page.locator(".ck"))]
        button = page.get_by_role("button", name="Next")
        for step in widget.steps[1:]:
            button.press("Enter")
            looks.append(look(page.locator(".ck")))
            assert looks[-1].sentence == str(step)
        assert button.is_disabled()
        assert len({sight.picture for sight in looks}) == len(looks)
        assert len({sight.sentence for sight in looks}) == len(looks)
        back = page.get_by_role("button", name="Back")
        assert back.evaluate("node => node === document.activeElement")
        for before in reversed(looks[:-1]):
            back.press("Enter")
            assert look(page.locator(".ck")).sentence == before.sentence
        assert back.is_disabled()
        assert page.get_by_role("button", name="Next").evaluate(
            "node => node === document.activeElement"
        )


def test_values_appear_forward_and_gradients_backward(browser, tmp_path):
    with staged(browser, [neuron()], tmp_path) as page:
        assert seen(page) == {
            "w": ["2"], "x": ["3", "constant"], "u": [], "b": ["−5.5"], "z": [], "a": [],
            "constant": ["1"], "e": [], "L": [],
        }  # fmt: skip
        page.evaluate("models[0].set('step', 2)")
        look(page.locator(".ck"))
        assert (seen(page)["z"], seen(page)["a"]) == (["0.5"], [])
        page.evaluate("models[0].set('step', 8)")
        look(page.locator(".ck"))
        assert seen(page)["a"] == ["0.4621", "grad −1.076"]
        assert seen(page)["z"] == ["0.5"]
        gets = page.locator(".ck-node.ck-gets")
        assert gets.count() == 1
        assert gets.locator("text").first.text_content().startswith("a = ")
        assert page.locator(".ck-node.ck-gives text").first.text_content().startswith("e = ")
        assert page.locator(".ck-edge.ck-current.ck-backward").count() == 1
        page.get_by_label("show all numbers").check()
        look(page.locator(".ck"))
        assert seen(page)["w"] == ["2", "grad −2.538"]
        assert page.locator(".ck-node.ck-gets").count() == 1


def test_a_sum_of_gradients_is_seen_to_grow(browser, tmp_path):
    widget = reused()
    with staged(browser, [widget], tmp_path) as page:
        found = []
        for step in range(5, len(widget.steps)):
            page.evaluate("step => models[0].set('step', step)", step)
            look(page.locator(".ck"))
            found.append(seen(page)["a"][1:])
        first, more = ["grad 36 + …"], [["grad 72 + …"], ["grad 108"]]
        assert found == [[], first, first, first, *more]
        twins = page.locator(".ck-edge path:first-child").evaluate_all(
            "all => all.map(path => path.getAttribute('d'))"
        )
        assert len(set(twins)) == len(widget.graph.edges)


def test_the_arrows_step_from_the_graph_and_from_the_buttons(browser, tmp_path):
    with staged(browser, [neuron()], tmp_path) as page:
        at = "models[0].get('step')"
        page.locator(".ck-network").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        assert page.evaluate(at) == 2
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(at) == 1
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(at) == 0
        slider = page.get_by_role("slider", name="step")
        slider.press("ArrowRight")
        assert page.evaluate(at) == 1
        slider.press("End")
        assert page.evaluate(at) == 12
        look(page.locator(".ck"))
        assert slider.get_attribute("aria-valuetext") == "backward 7 of 7"
        page.locator(".ck-network").focus()
        page.keyboard.press("Shift+ArrowLeft")
        assert page.evaluate(at) == 12
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(at) == 11


@pytest.mark.parametrize("width", [720, 500, 360])
def test_the_graph_scrolls_in_its_frame_and_never_the_page(browser, tmp_path, width):
    widgets = [make() for make in EXAMPLES]
    with staged(browser, widgets, tmp_path, width=width, at_once=True) as page:
        hidden = page.evaluate(
            """async () => {
              const hidden = [];
              for (const [i, el] of [...document.querySelectorAll(".ck")].entries())
                for (let step = 0; step < models[i].get("data").steps.length; step++) {
                  models[i].set("step", step);
                  await new Promise((go) => requestAnimationFrame(go));
                  const frame = el.querySelector(".ck-network").getBoundingClientRect();
                  const box = el.querySelector(".ck-node:is(.ck-current, .ck-gets)").getBoundingClientRect();
                  const over = [frame.left - box.left, box.right - frame.right, frame.top - box.top];
                  over.push(box.bottom - frame.bottom, document.documentElement.scrollWidth - innerWidth);
                  if (Math.max(...over) > 1) hidden.push([i, step, ...over]);
                }
              return hidden;
            }"""
        )
        assert hidden == []


@pytest.mark.parametrize("width", [720, 360])
def test_every_text_stands_inside_its_node(browser, tmp_path, width):
    widgets = [make(show_all=True) for make in EXAMPLES]
    with staged(browser, widgets, tmp_path, width=width) as page:
        over = page.evaluate(
            """() => [...document.querySelectorAll(".ck-node")].flatMap((node) => {
              const box = node.querySelector("rect").getBoundingClientRect();
              return [...node.querySelectorAll("text:not([display])")].filter((text) => {
                const own = text.getBoundingClientRect();
                return own.left < box.left + 1 || own.right > box.right - 1 || own.bottom > box.bottom + 1;
              }).map((text) => text.textContent);
            })"""
        )
        assert over == []


@pytest.mark.parametrize(("index", "width"), [(0, 720), (1, 360)])
@pytest.mark.parametrize("challenges", [[], ["One.", "A longer one " * 8]])
def test_the_reserved_height_is_that_of_the_page(browser, tmp_path, index, width, challenges):
    made = [make(challenges=challenges) for make in EXAMPLES]
    assert_reserved(browser, made, tmp_path, index, width, within=22 if challenges else 2)


@pytest.mark.parametrize("width", [720, 360])
def test_no_sentence_is_longer_than_the_room_kept_for_it(browser, tmp_path, width):
    widgets = [make() for make in EXAMPLES]
    with staged(browser, widgets, tmp_path, width=width, at_once=True) as page:
        heights = page.evaluate(
            """async () => {
              const heights = models.map(() => new Set());
              for (const [i, el] of [...document.querySelectorAll(".ck-sentence")].entries())
                for (const all of [false, true])
                  for (let step = 0; step < models[i].get("data").steps.length; step++) {
                    models[i].set("show_all", all);
                    models[i].set("step", step);
                    await new Promise((go) => requestAnimationFrame(go));
                    heights[i].add(el.offsetHeight);
                  }
              return heights.map((each) => [...each]);
            }"""
        )
    assert [len(each) for each in heights] == [1] * len(EXAMPLES)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [720, 360])
def test_axe_finds_nothing(browser, tmp_path, dark, width):
    widgets = [neuron(step=8), network(step=20, show_all=True), layer(step=3)]
    with staged(browser, widgets, tmp_path, width=width) as page:
        if dark:
            darken(page)
        assert axe(page) == []


def test_page_and_kernel_follow_each_other(browser, tmp_path):
    widget = neuron()
    steps = []
    widget.observe(lambda change: steps.append(change["new"]), "step")
    with staged(browser, [widget], tmp_path, kernel=True) as page:
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Next").click()
        page.get_by_label("show all numbers").check()
        page.wait_for_timeout(200)
        assert (widget.step, widget.show_all, steps) == (2, True, [1, 2])
        widget.step, widget.show_all = 12, False
        page.evaluate("models[0].send({})")
        page.wait_for_function(
            "document.querySelector('.ck-sentence').textContent.startsWith('Backward, step 7 of 7')"
        )
        assert not page.get_by_label("show all numbers").is_checked()


def test_a_screen_reader_hears_the_sentence_once_it_is_still(browser, tmp_path):
    with staged(browser, [neuron()], tmp_path) as page:
        hear(page, lambda: page.get_by_role("button", name="Next").click())
        assert page.locator(".ck-network svg").get_attribute("aria-label").startswith("Graph of 9")
