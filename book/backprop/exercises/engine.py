"""Exercises of 5.2, An autograd engine: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake

# 5.2.1 The rule of a division


def division_rule(a, b, grad):
    return grad / b, (-grad * a / b**2).sum(axis=0)


def not_folded(a, b, grad):
    return grad / b, -grad * a / b**2


def wrong_sign(a, b, grad):
    return grad / b, (grad * a / b**2).sum(axis=0)


def square_forgotten(a, b, grad):
    return grad / b, (-grad * a / b).sum(axis=0)


def averaged(a, b, grad):
    return grad / b, (-grad * a / b**2).mean(axis=0)


def over_columns(a, b, grad):
    return grad / b, (-grad * a / b**2).sum(axis=1)


def upstream_forgotten(a, b, grad):
    return np.ones_like(a) / b, (-a / b**2).sum(axis=0)


# 5.2.2 An order for the sweep

DOUBLE = {"c": ["b", "b"], "b": ["a", "a"], "a": []}
LONG_ARM = {
    "loss": ["x", "h3"],
    "x": ["w"],
    "h3": ["h2"],
    "h2": ["h1"],
    "h1": ["x", "v"],
    "w": [],
    "v": [],
}
WITH_OTHERS = {
    "p": [],
    "q": [],
    "r": ["p", "q"],
    "other": ["q"],
    "s": ["r", "p"],
    "t": ["q", "s"],
    "later": ["t"],
}
GRAPHS = [(DOUBLE, "c"), (LONG_ARM, "loss"), (WITH_OTHERS, "t")]


def backward_order(parents, root):
    placed = []

    def place(name):
        for source in parents[name]:
            if source not in placed:
                place(source)
        placed.append(name)

    place(root)
    return placed[::-1]


def inputs_come_first(parents, root):
    return backward_order(parents, root)[::-1]


def layer_by_layer(parents, root):
    """Breadth first, each node when it is first seen."""
    order = [root]
    for name in order:
        order += [p for p in dict.fromkeys(parents[name]) if p not in order]
    return order


def depth_at_first_sight(parents, root):
    order = []

    def visit(name):
        if name not in order:
            order.append(name)
            for parent in parents[name]:
                visit(parent)

    visit(root)
    return order


def once_per_path(parents, root):
    order = [root]
    for parent in parents[root]:
        order += once_per_path(parents, parent)
    return order


def everything(parents, root):
    """All nodes of the dict, also those that the root does not depend on."""
    placed = []
    for name in parents:
        placed += [
            n for n in inputs_come_first(parents, name) if n not in placed
        ]
    return placed[::-1]


def without_root(parents, root):
    return backward_order(parents, root)[1:]


def fits(order, parents, root):
    """Whether an order holds each node under root once, each after all that use it."""
    wanted = backward_order(parents, root)
    if sorted(order) != sorted(wanted):
        return False
    turn = {name: i for i, name in enumerate(order)}
    return all(turn[name] < turn[p] for name in order for p in parents[name])


def same_order(got, expected):
    """Any order that fits is as good as another; one that does not is equal to itself only."""
    if not isinstance(got, list | tuple):
        return False
    got, expected = list(got), list(expected)
    for parents, root in GRAPHS:
        if fits(expected, parents, root):
            return fits(got, parents, root)
    return got == expected


# 5.2.3 Mend an engine that overwrites


def gradients(order, edges):
    arrived = dict.fromkeys(order, 0.0)
    arrived[order[-1]] = 1.0
    for user in reversed(order):
        for source, slope in edges[user]:
            arrived[source] += slope * arrived[user]
    return arrived


def unmended(order, edges):
    grad = {node: 1.0 for node in order}
    for node in reversed(order):
        for parent, local in edges[node]:
            grad[parent] = local * grad[node]
    return grad


def all_start_at_one(order, edges):
    grad = {node: 1.0 for node in order}
    for node in reversed(order):
        for parent, local in edges[node]:
            grad[parent] += local * grad[node]
    return grad


def all_start_at_zero(order, edges):
    grad = {node: 0.0 for node in order}
    for node in reversed(order):
        for parent, local in edges[node]:
            grad[parent] += local * grad[node]
    return grad


def only_local(order, edges):
    grad = {node: 0.0 for node in order}
    grad[order[-1]] = 1.0
    for node in reversed(order):
        for parent, local in edges[node]:
            grad[parent] += local
    return grad


def from_the_inputs(order, edges):
    grad = {node: 0.0 for node in order}
    grad[order[-1]] = 1.0
    for node in order:
        for parent, local in edges[node]:
            grad[parent] += local * grad[node]
    return grad


SQUARE = (["a", "loss"], {"a": [], "loss": [("a", 3.0), ("a", 3.0)]})
SHARED = (
    ["a", "b", "d", "sum", "loss"],
    {
        "a": [],
        "b": [],
        "d": [("a", 3.0), ("b", 2.0)],
        "sum": [("d", 1.0), ("a", 1.0)],
        "loss": [("sum", 6.0), ("d", 8.0)],
    },
)
CHAIN = (
    ["x", "y", "z"],
    {"x": [], "y": [("x", -0.5)], "z": [("y", 4.0)]},
)


# 5.2.4 Count the multiplications


def multiplications(sizes, rows):
    layer = [rows * m * n for m, n in zip(sizes, sizes[1:], strict=False)]
    return sum(layer), 2 * sum(layer) - layer[0]


def input_counted(sizes, rows):
    forward, _ = multiplications(sizes, rows)
    return forward, 2 * forward


def last_layer_skipped(sizes, rows):
    forward, _ = multiplications(sizes, rows)
    return forward, 2 * forward - rows * sizes[-2] * sizes[-1]


def weights_only(sizes, rows):
    forward, _ = multiplications(sizes, rows)
    return forward, forward


def rows_forgotten(sizes, rows):
    return multiplications(sizes, 1)


def forward_included(sizes, rows):
    forward, backward = multiplications(sizes, rows)
    return forward, forward + backward


def first_layer_dropped(sizes, rows):
    forward, backward = multiplications(sizes, rows)
    return forward, 2 * forward - 2 * rows * sizes[0] * sizes[1]


TABLE = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, 4.0]])
UPSTREAM = np.array([[1.0, 0.5, -1.0], [2.0, -3.0, 1.0]])

EXERCISES = [
    Exercise(
        id="5.2.1",
        title="The rule of a division",
        solution=division_rule,
        probes=[
            (TABLE, np.array([2.0, -4.0, 0.5]), UPSTREAM),
            (
                np.array([[1.0, 2.0], [-1.0, 3.0], [0.5, -2.0], [2.0, 1.0]]),
                np.array([3.0, -2.0]),
                np.array([[1.0, 1.0], [2.0, -1.0], [0.0, 4.0], [-2.0, 0.5]]),
            ),
        ],
        mistakes=[
            Mistake(
                "not summed back",
                not_folded,
                "The share of `b` has the shape of `a`. NumPy used `b` for every row: sum over the "
                "rows, so that `b` gets one number for each of its own.",
            ),
            Mistake(
                "sign",
                wrong_sign,
                "The sign of the second share is reversed: a larger divisor makes the result "
                "smaller, so the local derivative is −a/b².",
            ),
            Mistake(
                "square forgotten",
                square_forgotten,
                "The second local derivative is −a/b², with the *square* of `b`: the derivative of "
                "1/b is −1/b².",
            ),
            Mistake(
                "mean instead of sum",
                averaged,
                "You averaged over the rows. Each row's use of `b` hands in its own share, and "
                "shares are added up.",
            ),
            Mistake(
                "wrong axis",
                over_columns,
                "You summed over the columns, `axis=1`. `b` has one entry per column and was copied "
                "down the rows: sum over `axis=0`.",
            ),
            Mistake(
                "upstream forgotten",
                upstream_forgotten,
                "Those are the local derivatives alone. Multiply them by the upstream gradient "
                "`grad`.",
            ),
        ],
        right="With the result r = a / b at hand, the second share is −grad · r / b: engines keep "
        "results to save work of that kind.",
        unfinished="Begin with `a` and `b` as plain numbers.",
    ),
    Exercise(
        id="5.2.2",
        title="An order for the sweep",
        solution=backward_order,
        probes=GRAPHS,
        compare=same_order,
        mistakes=[
            Mistake(
                "inputs first",
                inputs_come_first,
                "That is a topological order with the inputs first. The sweep goes through it in "
                "reverse, from `root` on.",
            ),
            Mistake(
                "breadth first",
                layer_by_layer,
                "You put down a node when it is first seen, level by level. A node that is used near "
                "the root and also at the end of a long arm then comes before its other user.",
            ),
            Mistake(
                "at first sight",
                depth_at_first_sight,
                "You put down a node as soon as the first of its users has had its turn. It has to "
                "wait for all of them.",
            ),
            Mistake(
                "once per path",
                once_per_path,
                "Some nodes occur several times, once for every path from `root`. Each must come "
                "once.",
            ),
            Mistake(
                "all nodes",
                everything,
                "The list holds nodes that `root` does not depend on. No gradient reaches them: begin "
                "at `root` and follow the parents.",
            ),
            Mistake(
                "root missing",
                without_root,
                "`root` itself is missing. The sweep begins with it: its own gradient is 1.",
            ),
        ],
        right="Any such order gives the same gradient; yours need not be the one that we wrote.",
        unfinished="Try it on the example in the text: the answer is loss, b, a.",
    ),
    Exercise(
        id="5.2.3",
        title="Mend an engine that overwrites",
        solution=gradients,
        probes=[SQUARE, SHARED, CHAIN],
        mistakes=[
            Mistake(
                "unmended",
                unmended,
                "That still overwrites: `=` throws away what arrived before. The share of a second use must "
                "be added to that of the first.",
            ),
            Mistake(
                "all start at one",
                all_start_at_one,
                "Now it adds up, and the second fault shows: every node starts with a gradient of 1, "
                "which is right for the loss only.",
            ),
            Mistake(
                "all start at zero",
                all_start_at_zero,
                "All gradients are 0, because nothing was put in: the last node's own gradient is 1.",
            ),
            Mistake(
                "local only",
                only_local,
                "You added up local derivatives. Each has to be multiplied by the upstream gradient, "
                "that of the node.",
            ),
            Mistake(
                "from the inputs",
                from_the_inputs,
                "You go through `order` forward. A node must pass on its gradient after all that use "
                "it have: go in reverse.",
            ),
        ],
        right="The fault at the start was hidden as long as every value was overwritten: two bugs "
        "that covered for each other.",
        unfinished="Copy the faulty sweep into the cell and begin there.",
    ),
    Exercise(
        id="5.2.4",
        title="Count the multiplications",
        solution=multiplications,
        probes=[([10, 20, 1], 32), ([784, 64, 64, 10], 1), ([2, 3], 5)],
        mistakes=[
            Mistake(
                "input's gradient counted",
                input_counted,
                "You counted two products for every layer. The first needs only one: the gradient of "
                "the input is not asked for.",
            ),
            Mistake(
                "last layer's instead",
                last_layer_skipped,
                "You left out a product in the last layer. It is the first one that needs no "
                "gradient of its input.",
            ),
            Mistake(
                "weights only",
                weights_only,
                "That is the products for the weights alone. All layers but the first also need one "
                "that carries the gradient on to the layer before.",
            ),
            Mistake(
                "rows forgotten",
                rows_forgotten,
                "That is for one example; every row of the batch takes as many.",
            ),
            Mistake(
                "forward included",
                forward_included,
                "You put the forward pass into the second number, too. Give the backward sweep by "
                "itself.",
            ),
            Mistake(
                "first layer dropped",
                first_layer_dropped,
                "You left out the first layer altogether. The gradient of its weights is needed; only "
                "that of its input is not.",
            ),
        ],
        right="In a deep net with layers of one size that comes to nearly twice the forward pass; the "
        "wider the input, the more the first layer's saving counts.",
        unfinished="A product of (rows × m) and (m × n) takes rows · m · n multiplications.",
    ),
]
