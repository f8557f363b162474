"""Exercises of 3.3, Initialization: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def he_normal(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_out, fan_in))


def variance_for_std(fan_in, fan_out, rng):
    return rng.normal(0, 2 / fan_in, (fan_out, fan_in))


def xavier_instead(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_out, fan_in))


def by_outputs(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / fan_out), (fan_out, fan_in))


def without_two(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(1 / fan_in), (fan_out, fan_in))


def turned(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


def std_as_bound(fan_in, fan_out, rng):
    bound = np.sqrt(2 / fan_in)
    return rng.uniform(-bound, bound, (fan_out, fan_in))


def drawn_alike(got, expected):
    """Whether two arrays of weights have the same shape, mean and spread, up to chance."""
    std = expected.std()
    return bool(
        np.shape(got) == expected.shape
        and abs(np.std(got) / std - 1) < 0.03
        and abs(np.mean(got)) < 0.03 * std
    )


def share_left(std, width, layers):
    return (std * np.sqrt(width / 2)) ** layers


def half_forgotten(std, width, layers):
    return (std * np.sqrt(width)) ** layers


def not_rooted(std, width, layers):
    return (std * width / 2) ** layers


def variances(std, width, layers):
    return (std**2 * width / 2) ** layers


def one_layer_only(std, width, layers):
    return std * np.sqrt(width / 2)


def added_up(std, width, layers):
    return layers * std * np.sqrt(width / 2)


def half_outside_root(std, width, layers):
    return (std * np.sqrt(width) / 2) ** layers


def leaky_gain(a):
    return np.sqrt(2 / (1 + a**2))


def gain_squared(a):
    return 2 / (1 + a**2)


def upside_down(a):
    return np.sqrt((1 + a**2) / 2)


def slope_not_squared(a):
    return np.sqrt(2 / (1 + a))


def of_relu(a):
    return np.sqrt(2) + 0 * a


def two_forgotten(a):
    return np.sqrt(1 / (1 + a**2))


# torch is imported only when the exercise is tried: other notebooks read this file too.


def hidden_layer(fan_in, fan_out):
    import torch

    layer = torch.nn.Linear(fan_in, fan_out)
    torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    torch.nn.init.zeros_(layer.bias)
    return layer


def left_as_it_is(fan_in, fan_out):
    import torch

    return torch.nn.Linear(fan_in, fan_out)


def weights_left(fan_in, fan_out):
    import torch

    layer = torch.nn.Linear(fan_in, fan_out)
    torch.nn.init.zeros_(layer.bias)
    return layer


def bias_left(fan_in, fan_out):
    import torch

    layer = torch.nn.Linear(fan_in, fan_out)
    torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return layer


def torch_xavier(fan_in, fan_out):
    import torch

    layer = torch.nn.Linear(fan_in, fan_out)
    torch.nn.init.xavier_normal_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    return layer


def torch_fan_out(fan_in, fan_out):
    import torch

    layer = torch.nn.Linear(fan_in, fan_out)
    torch.nn.init.kaiming_normal_(
        layer.weight, mode="fan_out", nonlinearity="relu"
    )
    torch.nn.init.zeros_(layer.bias)
    return layer


def no_gain(fan_in, fan_out):
    import torch

    layer = torch.nn.Linear(fan_in, fan_out)
    torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
    torch.nn.init.zeros_(layer.bias)
    return layer


def all_zero(fan_in, fan_out):
    import torch

    layer = torch.nn.Linear(fan_in, fan_out)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    return layer


def start_alike(got, expected):
    """Whether two torch layers have weights of one shape and spread, and biases of one spread."""
    mine, target = (
        got.weight.detach().numpy(),
        expected.weight.detach().numpy(),
    )
    spread, wanted = (
        float(layer.bias.detach().square().mean().sqrt())
        for layer in (got, expected)
    )
    return bool(
        mine.shape == target.shape
        and abs(mine.std() - target.std()) <= 0.07 * target.std()
        and abs(spread - wanted) <= 0.5 * wanted
    )


EXERCISES = [
    Exercise(
        id="3.3.1",
        title="He's weights",
        solution=he_normal,
        probes=[
            (400, 300, np.random.default_rng(0)),
            (200, 500, np.random.default_rng(1)),
        ],
        compare=drawn_alike,
        mistakes=[
            Mistake(
                "variance for standard deviation",
                variance_for_std,
                "2 / fan_in is the *variance*. `rng.normal` takes the standard deviation, its square root.",
            ),
            Mistake(
                "Xavier",
                xavier_instead,
                "That is Xavier's rule, which keeps the signal level for tanh near zero. Before a ReLU "
                "it loses a factor of 0.71 per layer.",
            ),
            Mistake(
                "fan_out",
                by_outputs,
                "You divided by `fan_out`, which keeps the *backward* signal level. He's rule as given "
                "here counts the inputs of a unit.",
            ),
            Mistake(
                "factor 2 forgotten",
                without_two,
                "The 2 is missing: with variance 1 / fan_in the signal is level only without ReLU, "
                "which takes away half.",
            ),
            Mistake(
                "transposed",
                turned,
                "The shape is turned around: one row for each unit of this layer, so "
                "`(fan_out, fan_in)`.",
            ),
            Mistake(
                "standard deviation as a bound",
                std_as_bound,
                "A uniform distribution on ± √(2 / fan_in) has a standard deviation √3 times smaller "
                "than its bound. Draw from a normal one.",
            ),
        ],
        right="`fan_out` matters for the shape only. Over many layers, its part in the backward "
        "signal nearly cancels.",
        unfinished="Which standard deviation? Then one call of `rng.normal`.",
    ),
    Exercise(
        id="3.3.2",
        title="What is left at layer 1",
        solution=share_left,
        probes=[
            (0.01, 128, 29),
            (0.125, 128, 50),
            (0.2, 64, 10),
            (0.05, 512, 3),
        ],
        mistakes=[
            Mistake(
                "ReLU's half forgotten",
                half_forgotten,
                "That is a linear network. ReLU lets only half of the mean square through: divide the "
                "width by 2 under the root.",
            ),
            Mistake(
                "not rooted",
                not_rooted,
                "The mean square is multiplied by width · std² / 2; the signal, which is its root, by the "
                "root of that. The width comes out as √width.",
            ),
            Mistake(
                "mean square",
                variances,
                "That is what happens to the *mean square*. The signal is its square root, so take the "
                "root of each factor.",
            ),
            Mistake(
                "one layer only",
                one_layer_only,
                "That is the factor of one layer. It is applied `layers` times.",
            ),
            Mistake(
                "added up",
                added_up,
                "The factors of the layers multiply, they don't add up: take the power.",
            ),
            Mistake(
                "half outside of the root",
                half_outside_root,
                "ReLU halves the *mean square*, so the 2 belongs under the root, with the width.",
            ),
        ],
        right="With std = 0.125 = √(2/128) the result is 1, for any number of layers: that is He's rule.",
    ),
    Exercise(
        id="3.3.3",
        title="The gain of a leaky ReLU",
        solution=leaky_gain,
        probes=[(0.0,), (0.01,), (0.3,), (1.0,)],
        mistakes=[
            Mistake(
                "not rooted",
                gain_squared,
                "That is the gain squared. The variance is gain² / fan_in, so take the root.",
            ),
            Mistake(
                "upside down",
                upside_down,
                "That is what the activation leaves of the signal. The gain makes up for it: one over "
                "that.",
            ),
            Mistake(
                "slope not squared",
                slope_not_squared,
                "The values on the negative side are multiplied by `a`, their *squares* by `a**2`.",
            ),
            Mistake(
                "ReLU's gain",
                of_relu,
                "That is right for a = 0 only. The negative side lets something through, so the "
                "weights need less.",
            ),
            Mistake(
                "half forgotten",
                two_forgotten,
                "At a = 1 the activation changes nothing and the gain must be 1. Each side holds only "
                "*half* of the mean square: ½ (1 + a²).",
            ),
        ],
        right="√2 for ReLU, 1 for the linear network, and everything between. PyTorch's default uses "
        "this formula with a = √5.",
        unfinished="What is E[h²] in terms of E[z²]?",
    ),
    Exercise(
        id="3.3.4",
        title="Repair PyTorch's start",
        solution=hidden_layer,
        probes=[(64, 256), (128, 128), (400, 100)],
        compare=start_alike,
        mistakes=[
            Mistake(
                "left as it is",
                left_as_it_is,
                "The layer starts from PyTorch's default still, a factor of 0.41. Draw its weights "
                "anew and set its biases to zero.",
            ),
            Mistake(
                "weights left",
                weights_left,
                "The biases are zero, but the weights are still PyTorch's, √6 times too small. Use "
                "`kaiming_normal_` on `layer.weight`.",
            ),
            Mistake(
                "biases left",
                bias_left,
                "The weights are right. The biases are still random: `zeros_` on `layer.bias`.",
            ),
            Mistake(
                "Xavier",
                torch_xavier,
                "Xavier's rule is for tanh. Before a ReLU, use `kaiming_normal_`.",
            ),
            Mistake(
                "fan_out",
                torch_fan_out,
                'With `mode="fan_out"` it is the backward signal that keeps its size. Leave `mode` at '
                "its default.",
            ),
            Mistake(
                "no gain",
                no_gain,
                'The gain √2 is missing: say `nonlinearity="relu"`.',
            ),
            Mistake(
                "all zero",
                all_zero,
                "With zero weights all units are alike, and get no gradient besides. Only the biases "
                "may be zero.",
            ),
        ],
        right="Two lines for each layer, and a plain network of 30 layers passes its gradient on.",
        unfinished="Make the layer, draw its weights anew, set its biases, return it.",
    ),
]
