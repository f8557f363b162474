"""The graph of a loss with a name for each node, ready to be stepped through."""

import inspect
import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from coursekit.amounts import amount
from coursekit.autograd import Tensor, export
from coursekit.widgets.rules import written

__all__ = ["Edge", "Spot", "Traced", "shown", "trace"]

LONGEST = 16  # letters of a name
ENTRIES = 4  # an array with more is shown by its norm
_INDEX = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Edge:
    """One use of a node by another.

    Attributes:
        start, end: the places of the two nodes.
        place: 0 if it is the first input of the operation.
        local: the local derivative, an array; None where it is no factor but a rule of its own.
        share: what the sweep hands back along the edge; None to a constant.
    """

    start: int
    end: int
    place: int
    local: np.ndarray | None = None
    share: np.ndarray | None = None


@dataclass(frozen=True)
class Spot:
    """A node: its name, how it was computed, its value and its gradient (None for a constant)."""

    name: str
    op: str
    value: np.ndarray
    grad: np.ndarray | None
    formula: str = ""  # with names, empty for what was not computed
    arithmetic: str = ""  # the same with numbers
    exponent: float | None = None
    constant: str = ""  # what else belongs to the operation: a base, an index

    @property
    def kind(self) -> str:
        """``"input"``, ``"constant"`` or ``"computed"``."""
        return self.op if self.op in ("input", "constant") else "computed"


@dataclass(frozen=True)
class Traced:
    """The nodes in forward order, the edges, and the order in which the backward sweep uses them."""

    spots: list[Spot]
    edges: list[Edge]
    backward: list[int] = field(default_factory=list)

    def uses(self, place: int) -> int:
        """Return how often a node is used."""
        return sum(edge.start == place for edge in self.edges)


def trace(loss: Tensor, names: Mapping[str, Tensor], most: int) -> Traced:
    """Return the graph of ``loss``; nothing about its tensors is changed.

    Raises:
        TypeError: if ``loss`` is no tensor, or ``names`` does not map strings to tensors.
        ValueError: if ``loss`` is not one number that depends on a tensor with a gradient, its graph
            has more than ``most`` nodes, or a name is empty, too long or that of no node.
    """
    if not isinstance(loss, Tensor):
        raise TypeError(f"loss must be a Tensor, got {type(loss).__name__}")
    if loss.size != 1 or not loss.requires_grad:
        raise ValueError(
            f"loss must be one number that depends on a tensor with requires_grad=True, got shape "
            f"{loss.shape} with requires_grad={loss.requires_grad}"
        )
    tensors = _reached(loss)
    if len(tensors) > most:
        raise ValueError(
            f"loss has a graph of {len(tensors)} nodes, more than the {most} that a picture can "
            f"show; take a smaller expression, or fewer constants"
        )
    given = _given(names, tensors)
    data, order = _exported(loss, tensors)
    called = _called(data["nodes"], order, given)
    spots = []
    for node, tensor in zip(data["nodes"], order, strict=True):
        value, grad = (
            None if v is None else np.array(v, float) for v in (node["value"], node["grad"])
        )
        spot = Spot(called[node["id"]], node["op"], value, grad)
        if spot.kind == "computed":
            spot = _computed(spot, tensor, [spots[i] for i in node["inputs"]])
        spots.append(spot)
    edges = [
        Edge(start, node["id"], place, _local(order[node["id"]], place))
        for node in data["nodes"]
        for place, start in enumerate(node["inputs"])
    ]
    return _swept(spots, edges, data["backward"])


def shown(value: np.ndarray, digits: int = 4) -> str:
    """Write an array: a number, up to four entries, or its shape and its norm.

    Example:
        >>> shown(np.array(-2.0)), shown(np.eye(2)), shown(np.ones((5, 5)))
        ('−2', '[[1, 0], [0, 1]]', 'an array 5×5 of norm 5')
    """
    value = np.asarray(value, float)
    if value.ndim == 0:
        return _number(value, digits)
    if value.size > ENTRIES:
        return f"an array {size(value)} of norm {_number(np.linalg.norm(value), digits)}"
    return f"[{', '.join(shown(part, 3) for part in value)}]"


def size(value: np.ndarray) -> str:
    """Write the shape of an array: 5×3, or 4 for a row of four; nothing for a number."""
    return "×".join(map(str, np.shape(value)))


def _number(value, digits):
    if np.isnan(value):
        return "nan"
    return amount(float(value), digits=digits) if np.isfinite(value) else "∞" if value > 0 else "−∞"


def _reached(loss):
    """Return all tensors that the loss was computed from, each once."""
    seen, stack = {loss: None}, [loss]
    while stack:
        for parent, _ in stack.pop().edges:
            if parent not in seen:
                seen[parent] = None
                stack.append(parent)
    return list(seen)


def _given(names, tensors):
    """Return {tensor: name}, of ``names`` and of the tensors' own names."""
    if not isinstance(names, Mapping):
        raise TypeError(f"names must map names to tensors, as in {{'w': w}}, got {names!r}")
    reached = set(tensors)  # not the list: == compares the numbers of tensors
    found = {tensor: tensor.name for tensor in tensors if tensor.name}
    for name, tensor in names.items():
        if not isinstance(name, str):
            raise TypeError(f"names must have strings as keys, got {name!r}")
        if not name.strip() or len(name) > LONGEST:
            raise ValueError(f"names: a name must have 1 to {LONGEST} letters, got {name!r}")
        if not isinstance(tensor, Tensor):
            raise TypeError(f"names[{name!r}] must be a Tensor, got {type(tensor).__name__}")
        if tensor not in reached:
            raise ValueError(f"names[{name!r}] is no part of the graph that loss was computed from")
    by_tensor = {}
    for name, tensor in names.items():
        if tensor in by_tensor:
            raise ValueError(
                f"names: {by_tensor[tensor]!r} and {name!r} are the same tensor; name it once"
            )
        by_tensor[tensor] = name
    return found | by_tensor


def _exported(loss, tensors):
    """Return the graph as data, and its tensors in the same order."""
    own = [tensor.name for tensor in tensors]
    try:
        for i, tensor in enumerate(tensors):
            tensor.name = i
        data = export(loss)
    finally:
        for tensor, name in zip(tensors, own, strict=True):
            tensor.name = name
    return data, [tensors[node["name"]] for node in data["nodes"]]


def _called(nodes, order, given):
    """Return a name for each node: that given, a constant's number, L for the loss, else v₁, v₂, …"""
    taken, called, count = set(given.values()), [], 0
    for node, tensor in zip(nodes, order, strict=True):
        if tensor in given:
            called.append(given[tensor])
        elif node["op"] == "constant" and tensor.size == 1 and not tensor.shape:
            called.append(shown(tensor.data))
        elif node is nodes[-1]:
            called.append("L" if "L" not in taken else "loss")
        else:
            letter = "c" if node["op"] == "constant" else "v"
            count += 1
            while (name := letter + str(count).translate(_INDEX)) in taken:
                count += 1
            called.append(name)
    return called


def _computed(spot, tensor, inputs):
    """Return the node with its formula; an exponent, a base or an index stands in the rule."""
    kept = inspect.getclosurevars(tensor.edges[0][1]).nonlocals
    exponent = constant = None
    if spot.op == "pow" and np.size(kept.get("p")) == 1:
        exponent = float(np.reshape(kept["p"], ()))
    elif spot.op == "rpow":
        constant = shown(kept["a"].data)
    elif spot.op == "getitem":
        constant = _index(kept.get("index"))
    formula = written(spot.op, [each.name for each in inputs], constant or "…", exponent)
    numbers_in = [shown(each.value) for each in inputs]
    arithmetic = written(spot.op, numbers_in, constant or "…", exponent)
    return Spot(
        spot.name, spot.op, spot.value, spot.grad, formula, arithmetic, exponent, constant or ""
    )


def _index(index):
    parts = index if isinstance(index, tuple) else (index,)
    if all(isinstance(part, numbers.Integral) for part in parts):
        return ", ".join(str(part) for part in parts)
    return "…"


#: Operations on each element by itself: there the local derivative multiplies element by element.
_EACH = {
    "add", "sub", "mul", "div", "neg", "pow", "rpow", "exp", "log", "sqrt", "sin", "cos", "abs",
    "tanh", "sigmoid", "softplus", "relu", "clip", "maximum", "where",
}  # fmt: skip


def _local(tensor, place):
    """Return the local derivative that the tensor's own rule gives to its input."""
    parent, rule = tensor.edges[place]
    if not parent.requires_grad or (tensor.op not in _EACH and tensor.size != 1):
        return None
    return np.array(rule(np.ones_like(tensor.data)), float)


def _swept(spots, edges, backward):
    """Return the graph with what the backward sweep handed along each edge."""
    edges, order = list(edges), []
    for step in backward:
        passes = iter(step["passes"])
        for i, edge in enumerate(edges):
            if edge.end == step["node"] and spots[edge.start].kind != "constant":
                share = np.array(next(passes)["grad"], float)
                edges[i] = Edge(edge.start, edge.end, edge.place, edge.local, share)
                order.append(i)
    return Traced(spots, edges, order)
