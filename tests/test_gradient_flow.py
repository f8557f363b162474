"""The signals of deep networks against theory; GradientFlow, in Python and in a browser."""

import json
import math

import numpy as np
import pytest
import traitlets

from coursekit import flow, initializers, nn
from coursekit.flow import Signals, signal_grid, signals
from coursekit.seeding import spawn
from coursekit.widgets import GradientFlow
from coursekit.widgets.gradient_flow import MOST_LAYERS
from tests.controls import WAYS, dead_controls, look
from tests.stage import assert_reserved, axe, darken, hear, staged, state

# --- The study ---


def mean_square(slope, std, n=400_000):
    """The root mean square of a slope over normally distributed inputs."""
    return math.sqrt(np.mean(slope(np.random.default_rng(1).normal(scale=std, size=n)) ** 2))


#: Choices and the factor per layer on the way back that theory foresees for a width of 64.
THEORY = [
    ("linear", "xavier", "none", 1.0),
    ("linear", "small", "none", 0.08),  # √64 · 0.01
    ("relu", "he", "none", 1.0),
    ("relu", "large", "none", 2.0),
    ("relu", "xavier", "none", math.sqrt(1 / 2)),
    ("relu", "small", "none", 0.08 * math.sqrt(1 / 2)),
    ("leaky_relu", "he", "none", math.sqrt(1 + 0.01**2)),
    ("relu", "pytorch", "none", math.sqrt(1 / 6)),  # weights of variance 1/(3n)
    ("sigmoid", "xavier", "none", 0.235),
    ("relu", "he", "batch", math.sqrt(math.pi / (math.pi - 1))),  # Yang et al. (2019)
    ("relu", "small", "batch", math.sqrt(math.pi / (math.pi - 1))),  # whatever the weights
    ("relu", "he", "layer", 1.0),
    ("sigmoid", "xavier", "residual", 1.0065),
]


@pytest.mark.parametrize(("activation", "initialization", "normalization", "factor"), THEORY)
def test_the_factor_per_layer_is_that_of_theory(activation, initialization, normalization, factor):
    nets = [signals(activation, initialization, normalization, seed=seed) for seed in range(6)]
    found = np.exp(np.mean([math.log(net.backward_factor) for net in nets]))
    assert found == pytest.approx(factor, rel=0.03)
    assert nets[0].backward_factor == pytest.approx(factor, rel=0.05)


def test_sigmoids_factor_follows_from_its_slope():
    """With Xavier the variance of Wh is the mean square of h, and the slope's mean square the factor's."""
    net = signals("sigmoid", "xavier")
    std = net.forward[-5:].mean()
    slope = mean_square(lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2, std)
    assert net.backward_factor == pytest.approx(slope, rel=0.03)


def test_a_skip_adds_to_what_the_layer_does():
    """With linear layers h = x + Wx, and the gradient is (I + Wᵀ) times that of the next layer."""
    net = signals("linear", "xavier", "residual", depth=2, width=8, batch=5)
    data_rng, rng, last_rng = spawn(0, 3)
    x, labels = data_rng.normal(size=(5, 8)), data_rng.integers(10, size=5)
    rule = initializers.xavier_normal()
    layers = [
        nn.initialize(nn.Linear(8, out, rng=each), rule, each)
        for out, each in ((8, rng), (8, rng), (10, last_rng))
    ]
    w1, w2, w3 = (layer.weight.data for layer in layers)
    h1 = x + x @ w1.T
    h2 = h1 + h1 @ w2.T
    assert np.allclose(net.forward, [np.sqrt(np.mean(h**2)) for h in (h1, h2)], rtol=1e-12)
    logits = h2 @ w3.T
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    g2 = (p - np.eye(10)[labels]) / 5 @ w3
    g1 = g2 + g2 @ w2
    assert np.allclose(net.backward, [np.linalg.norm(g) for g in (g1, g2)], rtol=1e-12)


def test_first_layers_and_gradients_are_those_the_doctor_sees():
    short, long = (signals("tanh", "xavier", depth=depth) for depth in (5, 12))
    assert np.array_equal(short.forward, long.forward[:5])
    assert short.backward.shape == (5,)
    assert short.backward_total == pytest.approx(short.backward[0] / short.backward[-1])
    assert short.backward_factor**4 == pytest.approx(short.backward_total)
    assert long.forward_factor**11 == pytest.approx(long.forward[-1] / long.forward[0])
    assert isinstance(signals("sigmoid").findings[0], flow.Finding)


@pytest.mark.parametrize(
    ("choice", "illnesses"),
    [
        (("sigmoid", "xavier", "none", 30), ["vanishing gradients"]),
        (("sigmoid", "xavier", "none", 5), []),
        (("relu", "he", "none", 30), []),
        (("relu", "large", "none", 30), ["exploding gradients"]),
        (("sigmoid", "xavier", "residual", 30), ["saturated units"]),
        (("relu", "he", "batch", 30), []),
    ],
)
def test_what_the_doctor_finds(choice, illnesses):
    assert [finding.illness for finding in signals(*choice).findings] == illnesses


def test_shares_are_told_of_activations_that_have_them():
    relu, sigmoid, gelu = (signals(name, "he", depth=4) for name in ("relu", "sigmoid", "gelu"))
    assert relu.saturated is None
    assert 0 <= relu.dead < 0.2
    assert sigmoid.dead is None
    assert 0 <= sigmoid.saturated < 0.1
    assert (gelu.saturated, gelu.dead) == (None, None)


def test_a_grid_is_its_networks_one_by_one():
    grid = signal_grid(["relu", "tanh"], ["he", "pytorch"], ["none", "batch"], [3, 6], width=16)
    assert list(grid)[:3] == [
        ("relu", "he", "none", 3),
        ("relu", "he", "none", 6),
        ("relu", "he", "batch", 3),
    ]
    for choice, net in grid.items():
        alone = signals(*choice, width=16)
        assert isinstance(net, Signals)
        assert np.array_equal(net.forward, alone.forward)
        assert np.array_equal(net.backward, alone.backward)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"activation": "identity"}, ValueError, "unknown activation: 'identity'"),
        (
            {"initialization": "xavier_normal"},
            ValueError,
            "unknown initialization: 'xavier_normal'",
        ),
        ({"normalization": "batchnorm"}, ValueError, "unknown normalization: 'batchnorm'"),
        ({"depth": 1}, ValueError, "depth must be at least 2, got 1"),
        ({"depth": 2.5}, TypeError, "depth must be an integer"),
        ({"width": 1}, ValueError, "width must be at least 2"),
        ({"batch": 0}, ValueError, "batch must be at least 2"),
        ({"seed": None}, TypeError, "seed must be an integer"),
    ],
)
def test_what_is_wrong_with_the_study_is_said(arguments, error, message):
    with pytest.raises(error, match=message):
        signals(**arguments)


# --- The widget in Python ---


@pytest.fixture(scope="module")
def nets():
    """The default grid, measured once."""
    return GradientFlow().nets


@pytest.fixture
def widget(nets, monkeypatch):
    monkeypatch.setattr("coursekit.widgets.gradient_flow.signal_grid", lambda *a, **k: nets)
    return GradientFlow()


def small(**arguments):
    lists = {
        "activations": ["sigmoid", "relu"],
        "initializations": ["xavier", "he"],
        "normalizations": ["none"],
        "depths": [5, 10],
    }
    return GradientFlow(**({"depth": 10, "width": 16} | lists | arguments))


def test_it_opens_with_vanishing_gradients(widget):
    assert widget.kind == "gradient_flow"
    assert (widget.activation, widget.initialization) == ("sigmoid", "xavier")
    assert (widget.normalization, widget.depth, widget.kept) == ("none", 30, {})
    assert len(widget.challenges) == 3
    assert widget.describe() == (
        "gradient flow: 30 layers, sigmoid, Xavier, no normalization: forward × 1 per layer, "
        "backward × 0.237, 7.6 × 10⁻¹⁹ in all; 0% saturated; vanishing gradients."
    )
    assert widget.shown is widget.nets["sigmoid", "xavier", "none", 30]


def decoded(steps):
    return 10 ** (np.cumsum(steps) / 100)


def test_the_page_gets_what_was_measured(widget):
    text = json.dumps(widget.data, allow_nan=False, separators=(",", ":"))
    assert json.loads(text) == widget.data
    assert len(text) <= 20_000
    runs = widget.data["runs"]
    assert len(runs) == len(widget.nets) == 3 * 4 * 3 * 4
    for (forward, backward, totals, shares, found), net in zip(
        runs, widget.nets.values(), strict=True
    ):
        assert np.allclose(decoded(forward), net.forward, rtol=0.012)
        assert np.allclose(decoded(backward), net.backward, rtol=0.012)
        assert 10 ** (totals[0] / 1000) == pytest.approx(net.forward_total, rel=0.0012)
        assert 10 ** (totals[1] / 1000) == pytest.approx(net.backward_total, rel=0.0012)
        assert widget.data["illnesses"][found] == [each.illness for each in net.findings]
        for percent, share in zip(shares, (net.saturated, net.dead), strict=True):
            assert (percent is None) == (share is None)
            assert percent is None or percent == pytest.approx(100 * share, rel=0.05)


def test_what_is_shown_first_is_offered_and_fits_a_page():
    w = GradientFlow("leaky_relu", "pytorch", "layer", 20, depths=[20], width=8, batch=8)
    assert [value for value, _ in w.data["titles"]["activation"]][-1] == "leaky_relu"
    assert w.data["titles"]["initialization"][-1] == ["pytorch", "PyTorch’s default"]
    assert w.data["titles"]["normalization"][-1] == ["layer", "layer norm"]
    assert w.describe().startswith("gradient flow: 20 layers, leaky ReLU, PyTorch’s default, layer")


def test_the_largest_grid_fits_a_page(widget):
    layers = sum(len(forward) for forward, *_ in widget.data["runs"])
    size = len(json.dumps(widget.data, separators=(",", ":")))
    assert size * MOST_LAYERS / layers <= 40_000


def test_a_signal_that_is_lost_altogether_leaves_a_gap():
    lost = {"activation": "relu", "initialization": "small", "depth": 400}
    w = small(**lost, activations=["relu"], initializations=["small"], depths=[400])
    (_, backward, totals, *_), net = w.data["runs"][0], w.shown
    assert net.backward[0] == 0
    assert None in backward
    assert totals[1] is None
    json.dumps(w.data, allow_nan=False)


def test_traits_can_be_set_and_one_can_be_kept():
    w = small(kept={"initialization": "he"})
    assert w.kept == {
        "activation": "sigmoid",
        "initialization": "he",
        "normalization": "none",
        "depth": 10,
    }
    w.activation, w.depth = "relu", 5
    assert w.shown.activation == "relu"
    assert "5 layers, ReLU, Xavier" in w.describe()
    with pytest.raises(ValueError, match="depth must be one of 5, 10, got 7"):
        w.depth = 7
    with pytest.raises(
        ValueError, match="unknown initialization: 'large'; choose one of: xavier, he"
    ):
        w.initialization = "large"
    with pytest.raises(ValueError, match="unknown part of kept: 'init'"):
        w.kept = {"init": "he"}
    with pytest.raises(ValueError, match="depth must be one of 5, 10, got 30"):
        w.kept = {"depth": 30}
    w.kept = {}
    assert w.kept == {}
    assert state(w)["depth"] == 5


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"activation": "sigmoyd"}, ValueError, "unknown activation: 'sigmoyd'.*Did you mean 'sigmoid'"),
        ({"initialization": "kaiming"}, ValueError, "unknown initialization: 'kaiming'"),
        ({"normalization": None}, ValueError, "unknown normalization: None"),
        ({"depth": 1}, ValueError, "depth must be at least 2"),
        ({"depth": "30"}, TypeError, "depth must be an integer"),
        ({"activation": "gelu", "activations": ["relu"]}, ValueError, "unknown activation: 'gelu'"),
        ({"activations": "relu"}, ValueError, "activations must be a list with at least one entry"),
        ({"activations": ["step"]}, ValueError, "unknown name in activations: 'step'"),
        ({"initializations": []}, ValueError, "initializations must be a list"),
        ({"normalizations": ["none", "none"]}, ValueError, "normalizations must all be different"),
        ({"depths": [5, 10]}, ValueError, "depth must be one of 5, 10, got 30"),
        ({"depths": 30}, ValueError, "depths must be a list"),
        ({"depths": [2.5, 30]}, TypeError, "a depth must be an integer"),
        ({"depths": [30, 150]}, ValueError, "3 × 4 × 3 choices with 180 layers each, 6480 in all"),
        ({"width": 1}, ValueError, "width must be at least 2"),
        ({"width": 5000}, ValueError, "width must be from 2 to 1024, got 5000"),
        ({"batch": 1.5}, TypeError, "batch must be an integer"),
        ({"seed": "a"}, TypeError, "seed must be an integer"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_widget_is_said(arguments, error, message):
    with pytest.raises((error, traitlets.TraitError), match=message):
        GradientFlow(**arguments)


def test_state_is_the_same_each_time(widget):
    assert small().data == small().data
    assert widget.data == GradientFlow().data


# --- The widget in a browser ---


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", [720, 360])
def test_every_control_moves_picture_and_sentence(browser, widget, tmp_path, way, width):
    with staged(browser, [widget], tmp_path, width=width) as page:
        assert dead_controls(page, page.locator(".ck"), way) == []


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (
            {},
            "30 sigmoid layers, Xavier: factor per layer 1.00 for the forward signal and 0.237 for the "
            "backward signal: 7.6 × 10⁻¹⁹ from the last layer to the first. 0% of the "
            "outputs are saturated. Diagnosis: vanishing gradients.",
        ),
        ({"activation": "relu", "initialization": "he"}, "Diagnosis: nothing wrong."),
        ({"normalization": "residual"}, "36% of the outputs are saturated. Diagnosis: saturated"),
        ({"activation": "relu", "normalization": "batch"}, "30 ReLU layers, Xavier, batch norm: "),
    ],
)  # fmt: skip
def test_the_sentence_is_what_was_measured(browser, widget, tmp_path, choice, said):
    for name, value in choice.items():
        setattr(widget, name, value)
    with staged(browser, [widget], tmp_path) as page:
        assert said in page.locator(".ck-sentence").text_content()


def test_one_is_kept_dashed_and_labeled(browser, widget, tmp_path):
    with staged(browser, [widget], tmp_path, kernel=True) as page:
        keep = page.get_by_role("checkbox", name="keep to compare")
        labels = "() => [...document.querySelectorAll('.ck-svg > g:last-child text')].map(t => t.textContent)"
        keep.check()
        assert "Kept to compare: this one." in look(page.locator(".ck")).sentence
        assert page.evaluate(labels) == ["kept", "kept"]
        page.get_by_role("combobox", name="initialization").select_option("he")
        sentence = look(page.locator(".ck")).sentence
        assert "Kept, dashed: 30 sigmoid layers, Xavier, backward 0.237 per layer." in sentence
        assert page.evaluate(labels) == ["He", "Xavier"] * 2
        dash = "getComputedStyle(document.querySelector('.ck-gradient_flow-kept')).strokeDasharray"
        assert page.evaluate(dash) != "none"
        page.get_by_role("combobox", name="activation").select_option("relu")
        look(page.locator(".ck"))
        assert page.evaluate(labels) == ["now", "kept"] * 2
        page.wait_for_timeout(100)
        assert widget.kept["initialization"] == "xavier"
        keep.uncheck()
        assert "Kept" not in look(page.locator(".ck")).sentence
        assert page.evaluate(labels) == []
        page.wait_for_timeout(100)
        assert widget.kept == {}


def test_the_lines_stand_where_the_numbers_are(browser, widget, tmp_path):
    widget.activation = "relu"  # with Xavier: √½ per layer, 29 times
    with staged(browser, [widget], tmp_path) as page:
        backward = page.locator(".ck-gradient_flow-signal").nth(1)
        d = backward.locator(".ck-gradient_flow-now").get_attribute("d")
        points = [[float(v) for v in point.split(",")] for point in d[1:].split("L")]
        ticks = backward.locator(".ck-axis").nth(1).locator("path").evaluate_all(
            "all => all.slice(1).map(p => Number(p.getAttribute('d').match(/,([\\d.]+)/)[1]))"
        )  # fmt: skip
        names = backward.locator(".ck-axis").nth(1).locator("text").all_text_contents()[:-1]
        assert names[:2] == ["10⁻⁸", "10⁻⁶"]
        decade = (ticks[0] - ticks[1]) / 2
        assert len(points) == 30
        fall = (points[0][1] - points[-1][1]) / decade
        assert fall == pytest.approx(-math.log10(widget.shown.backward_total), abs=0.02)


@pytest.mark.parametrize(("index", "width"), [(0, 720), (1, 360)])
@pytest.mark.parametrize("challenges", [[], ["One.", "A longer one " * 8]])
def test_the_reserved_height_is_that_of_the_page(browser, tmp_path, index, width, challenges):
    made = [
        small(challenges=challenges),
        small(challenges=challenges, depths=[10]),
        small(challenges=challenges, normalizations=["none", "batch"]),
        small(challenges=challenges, activations=["sigmoid"], initializations=["xavier"], depths=[10]),
    ]  # fmt: skip
    assert_reserved(browser, made, tmp_path, index, width, within=22 if challenges else 2)


@pytest.mark.parametrize("width", [720, 360])
def test_sentences_and_labels_have_the_room_they_need(browser, widget, tmp_path, width):
    with staged(browser, [widget], tmp_path, width=width, at_once=True) as page:
        heights, outside = page.evaluate(
            """async () => {
              const [model] = models;
              const { titles, depths } = model.get("data");
              const [heights, outside] = [new Set(), []];
              const [activation, initialization, normalization] = ["sigmoid", "large", "batch"];
              const kept = { activation, initialization, normalization, depth: 20 };
              for (const [activation] of titles.activation)
                for (const [initialization] of titles.initialization)
                  for (const [normalization] of titles.normalization)
                    for (const depth of depths)
                      for (const other of [{}, kept]) {
                        const setting = { activation, initialization, normalization, depth, kept: other };
                        for (const [name, value] of Object.entries(setting)) model.set(name, value);
                        await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
                        heights.add(document.querySelector(".ck-sentence").offsetHeight);
                        for (const svg of document.querySelectorAll(".ck-svg")) {
                          const { left, right } = svg.getBoundingClientRect();
                          for (const text of svg.querySelectorAll("text")) {
                            const at = text.getBoundingClientRect();
                            if (at.left < left - 1 || at.right > right + 1) outside.push(text.textContent);
                          }
                        }
                      }
              return [[...heights], outside];
            }"""
        )
        assert len(heights) == 1
        assert outside == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [720, 360])
def test_axe_finds_nothing(browser, tmp_path, dark, width):
    with staged(browser, [small(kept={"activation": "relu"})], tmp_path, width=width) as page:
        if dark:
            darken(page)
        assert axe(page) == []


def test_a_screen_reader_hears_the_sentence_once_it_is_still(browser, tmp_path):
    with staged(browser, [small()], tmp_path) as page:
        hear(page, lambda: page.get_by_role("slider", name="depth").press("ArrowLeft"))


def test_page_and_kernel_follow_each_other(browser, tmp_path):
    widget = small()
    with staged(browser, [widget], tmp_path, kernel=True) as page:
        page.get_by_role("combobox", name="activation").select_option("relu")
        page.get_by_role("slider", name="depth").press("ArrowLeft")
        page.wait_for_timeout(200)
        assert (widget.activation, widget.depth) == ("relu", 5)
        widget.initialization, widget.kept = "he", {"activation": "sigmoid"}
        page.evaluate("models[0].send({})")
        page.wait_for_function(
            "document.querySelector('.ck-sentence').textContent.includes('Kept, dashed: 5 sigmoid')"
        )
        assert page.get_by_role("combobox", name="initialization").input_value() == "he"
        assert page.get_by_role("checkbox").is_checked()
        assert (
            page.get_by_role("slider", name="depth").get_attribute("aria-valuetext") == "5 layers"
        )
