"""Exercises of 5.1, The chain rule by hand: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def sigmoid(u):
    return 1 / (1 + np.exp(-u))


def neuron_gradients(w, x, b, y):
    p = sigmoid(w * x + b)
    grad_u = 2 * (p - y) * p * (1 - p)
    return [grad_u * x, grad_u * w, grad_u]


def sigmoid_skipped(w, x, b, y):
    grad_p = 2 * (sigmoid(w * x + b) - y)
    return [grad_p * x, grad_p * w, grad_p]


def slope_from_the_input(w, x, b, y):
    u = w * x + b
    grad_u = 2 * (sigmoid(u) - y) * u * (1 - u)
    return [grad_u * x, grad_u * w, grad_u]


def slope_of_tanh(w, x, b, y):
    p = sigmoid(w * x + b)
    grad_u = 2 * (p - y) * (1 - p**2)
    return [grad_u * x, grad_u * w, grad_u]


def own_value(w, x, b, y):
    p = sigmoid(w * x + b)
    grad_u = 2 * (p - y) * p * (1 - p)
    return [grad_u * w, grad_u * x, grad_u]


def times_bias(w, x, b, y):
    p = sigmoid(w * x + b)
    grad_u = 2 * (p - y) * p * (1 - p)
    return [grad_u * x, grad_u * w, grad_u * b]


def loss_as_start(w, x, b, y):
    p = sigmoid(w * x + b)
    grad_u = (p - y) ** 2 * 2 * (p - y) * p * (1 - p)
    return [grad_u * x, grad_u * w, grad_u]


def shared_gradient(w, v):
    h = np.tanh(w)
    return (v + 2 * h) * (1 - h**2)


def first_use_only(w, v):
    return v * (1 - np.tanh(w) ** 2)


def second_use_only(w, v):
    return 2 * np.tanh(w) * (1 - np.tanh(w) ** 2)


def uses_multiplied(w, v):
    return v * 2 * np.tanh(w) * (1 - np.tanh(w) ** 2)


def uses_averaged(w, v):
    return shared_gradient(w, v) / 2


def stopped_at_h(w, v):
    return v + 2 * np.tanh(w)


def slope_at_one_use(w, v):
    h = np.tanh(w)
    return v + 2 * h * (1 - h**2)


def linear_backward(X, W, G):
    return [G @ W, G.T @ X, G.sum(axis=0)]


def other_layout(X, W, G):
    return [G @ W.T, X.T @ G, G.sum(axis=0)]


def weight_turned(X, W, G):
    return [G @ W, X.T @ G, G.sum(axis=0)]


def bias_averaged(X, W, G):
    return [G @ W, G.T @ X, G.mean(axis=0)]


def bias_not_summed(X, W, G):
    return [G @ W, G.T @ X, G]


def bias_along_rows(X, W, G):
    return [G @ W, G.T @ X, G.sum(axis=1)]


def divided_again(X, W, G):
    return [G @ W, G.T @ X / len(X), G.sum(axis=0) / len(X)]


def softmax(logits, axis=1):
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def logits_gradient(logits, labels):
    gradient = softmax(logits)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / len(labels)


def not_averaged(logits, labels):
    return logits_gradient(logits, labels) * len(labels)


def target_minus_probability(logits, labels):
    return -logits_gradient(logits, labels)


def probabilities_only(logits, labels):
    return softmax(logits) / len(labels)


def along_the_columns(logits, labels):
    p = softmax(logits, axis=0)
    return (p - np.eye(logits.shape[1])[labels]) / len(labels)


def overflowing(logits, labels):
    with np.errstate(all="ignore"):
        powers = np.exp(logits)
        p = powers / powers.sum(axis=1, keepdims=True)
    return (p - np.eye(logits.shape[1])[labels]) / len(labels)


def sigmoid_slope_again(logits, labels):
    p = softmax(logits)
    return logits_gradient(logits, labels) * p * (1 - p)


X = np.array(
    [[0.5, -1.0, 2.0], [1.5, 0.0, -0.5], [-2.0, 1.0, 0.5], [0.0, 3.0, 1.0]]
)
W = np.array([[0.2, -0.4, 1.0], [0.7, 0.1, -0.3]])
G = np.array([[1.0, -0.5], [0.25, 2.0], [-1.5, 0.5], [0.0, -0.75]])
SQUARE = (
    np.array([[1.0, 2.0], [-0.5, 3.0]]),
    np.array([[0.5, -1.0], [2.0, 0.25]]),
    np.array([[0.1, 0.4], [-0.3, 0.8]]),
)

EXERCISES = [
    Exercise(
        id="5.1.1",
        title="Backward through a neuron",
        solution=neuron_gradients,
        probes=[
            (0.5, 2.0, -0.6, 1.0),
            (-1.5, 0.7, 0.2, 0.0),
            (3.0, 1.0, -2.5, 0.3),
        ],
        mistakes=[
            Mistake(
                "sigmoid skipped",
                sigmoid_skipped,
                "You went from p straight to the weights. Between them stands the sigmoid, with its "
                "own local derivative, p (1 − p).",
            ),
            Mistake(
                "slope from the input",
                slope_from_the_input,
                "The sigmoid's local derivative is s (1 − s) with s its *output*, p. You put in its "
                "input, u.",
            ),
            Mistake(
                "slope of tanh",
                slope_of_tanh,
                "1 − p² is the local derivative of tanh. This neuron has a sigmoid.",
            ),
            Mistake(
                "own value",
                own_value,
                "The gradients of w and x are exchanged: a product hands to each factor the upstream "
                "gradient times the *other* one.",
            ),
            Mistake(
                "times the bias",
                times_bias,
                "The bias is added, not multiplied: a change of b changes u by just as much, so its "
                "local derivative is 1, not `b`.",
            ),
            Mistake(
                "began with the loss",
                loss_as_start,
                "You began with the loss itself as upstream gradient. The sweep begins with ∂L/∂L, "
                "which is 1.",
            ),
        ],
        right="The three share all factors but the last one, so the sweep computes those only once.",
        unfinished="Begin with p, then the gradient of u; the three answers differ only in one factor.",
    ),
    Exercise(
        id="5.1.2",
        title="Two uses",
        solution=shared_gradient,
        probes=[(0.3, 2.0), (-1.0, 0.5), (0.8, -3.0)],
        mistakes=[
            Mistake(
                "first use only",
                first_use_only,
                "That is what comes back through `v * h`. The value h is used once more, in `h**2`.",
            ),
            Mistake(
                "second use only",
                second_use_only,
                "That is what comes back through `h**2`. The value h is used in `v * h`, too.",
            ),
            Mistake(
                "multiplied",
                uses_multiplied,
                "Along one path local derivatives multiply; the shares of two paths *add up*.",
            ),
            Mistake(
                "averaged",
                uses_averaged,
                "Half of what it should be: the shares of the two uses are added, not averaged.",
            ),
            Mistake(
                "stopped at h",
                stopped_at_h,
                "That is the gradient of h. One node is left on the way to w: the tanh.",
            ),
            Mistake(
                "tanh in one path only",
                slope_at_one_use,
                "Both paths go through the tanh: add up the shares at h first, then multiply the sum by "
                "1 − h².",
            ),
        ],
        right="First the sum at h, then once through the tanh: that is cheaper than following each "
        "path to its end, and it is what the backward sweep does.",
        unfinished="Find the gradient of h first.",
    ),
    Exercise(
        id="5.1.3",
        title="The libraries' layout",
        solution=linear_backward,
        probes=[(X, W, G), (X[:1], W, G[:1]), SQUARE],
        mistakes=[
            Mistake(
                "the other layout",
                other_layout,
                "These are the formulas for `Z = X @ W + b`. Here W is (outputs, inputs), so the "
                "transposes stand elsewhere: check each product's shape.",
            ),
            Mistake(
                "gradient of W transposed",
                weight_turned,
                "`X.T @ G` is (inputs, outputs). A gradient has the shape of what it belongs to, and W "
                "is (outputs, inputs).",
            ),
            Mistake(
                "bias averaged",
                bias_averaged,
                "The bias was used once for each row, and the shares *add up*. If the loss is a mean, "
                "the 1/n is in G already.",
            ),
            Mistake(
                "bias not summed",
                bias_not_summed,
                "You gave the bias a gradient for each row. It was copied to n rows, so its gradient is "
                "the sum over the rows, with the shape of b.",
            ),
            Mistake(
                "bias summed along the rows",
                bias_along_rows,
                "That is one number for each example. Sum over the examples, `axis=0`, so that one "
                "number is left for each output.",
            ),
            Mistake(
                "divided again",
                divided_again,
                "You divided by n. If the loss is a mean, the factor 1/n is in the upstream gradient "
                "already.",
            ),
        ],
        right="With one square probe among them: there the wrong transposes have the right shapes.",
        unfinished="G is (n, outputs), and the three answers have the shapes of X, W and b.",
    ),
    Exercise(
        id="5.1.4",
        title="Softmax and cross-entropy",
        solution=logits_gradient,
        probes=[
            (np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 1.5]]), np.array([0, 2])),
            (
                np.array([[0.3, -0.2], [2.0, 1.0], [-1.0, 0.5]]),
                np.array([1, 0, 0]),
            ),
            (np.array([[1000.0, 998.0, 0.0]]), np.array([1])),
        ],
        mistakes=[
            Mistake(
                "not averaged",
                not_averaged,
                "The loss is the *mean* over the rows, so each row's gradient is divided by their number.",
            ),
            Mistake(
                "sign reversed",
                target_minus_probability,
                "The sign is reversed. Raising the right class's logit lowers the loss, so its gradient "
                "is negative.",
            ),
            Mistake(
                "target forgotten",
                probabilities_only,
                "That is the derivative of log Σ exp(z) alone. The other term, −z[label], takes 1 away "
                "at the right class.",
            ),
            Mistake(
                "softmax along the columns",
                along_the_columns,
                "Softmax goes over the classes of one example, along a row: `axis=1`. Yours makes the "
                "columns add up to 1.",
            ),
            Mistake(
                "overflow",
                overflowing,
                "Right for small logits. `np.exp(1000)` is infinite, and infinite over infinite is "
                "not a number: subtract each row's largest logit first.",
            ),
            Mistake(
                "slope of softmax twice",
                sigmoid_slope_again,
                "You multiplied by p (1 − p) as well. In this loss the logarithm cancels that factor: "
                "the derivative is just probability minus target.",
            ),
        ],
        right="Probability minus target, the same form as for the squared error. Each row adds up to "
        "zero: what one class gains, the others lose.",
        unfinished="First the probabilities, then take the target away.",
    ),
]
