"""stepper: forward and backward through the graph of a real expression, one step at a time."""

from collections.abc import Mapping, Sequence

import numpy as np
import traitlets

from coursekit._checks import whole_number
from coursekit.autograd import Tensor
from coursekit.heights import lines, width
from coursekit.widgets.base import STATIC, CourseWidget
from coursekit.widgets.layout import layered
from coursekit.widgets.traced import ENTRIES, Spot, Traced, shown, size, trace
from coursekit.widgets.walk import Step, walk

__all__ = ["Stepper"]

MOST = 24  # nodes
ROW = 17  # pixels for a line in a node
TEXT = 13  # pixels, the size of its letters
WIDEST = 128  # pixels, beyond which a formula is left out of a node's title
#: An operation whose formula is too long for its node.
WORDS = {"add": "sum", "sub": "difference", "mul": "product", "div": "quotient"}
EDGE = 8  # pixels around the graph
PAGE = (720, 360)  # pixels, the widths of a column that heights are reserved for
FOLD = 560  # pixels: in a narrower column the graph may run downward
TALLEST = 470  # pixels of the picture; a taller graph scrolls in it
LEAST = 0.82  # of its size: a graph too broad for the page is made smaller, down to this
ALL = " All numbers are shown."  # what the page adds then
BARE = (78, 118)  # pixels of the controls and of the room between the parts, in either column
BAR = 14  # pixels, kept for a bar to scroll with
GAPS = ((26.0, 14.0), (26.0, 10.0))  # pixels between layers and within one, across and downward

MULTIPLY = "Before each step backward, multiply local derivative and upstream gradient yourself."
ADD = "Find a node whose gradient is a sum. Which ways lead from it to the loss?"
SHRINK = "Where on the way back does the gradient shrink most? Which value decides that?"
NUDGE = "Which input would change the loss most if it grew by 0.001, and in which direction?"


class Stepper(CourseWidget):
    """The graph of a loss, stepped through: values forward, then gradients backward.

    Forward, each node gets its value. Backward, each step goes along one edge: the local derivative
    times the upstream gradient is what the edge's end hands to its beginning, and a node that is
    used several times adds up what it gets. All numbers are those of the tensors' own backward
    rules; nothing about the tensors is changed.

    Args:
        loss: a `Tensor` that holds one number, computed from others by any expression; its graph
            has at most 24 nodes, constants included.
        names: names for the tensors in it, inputs and computed ones: ``{"w": w, "x": x}``. What has
            no name (nor a ``name`` of its own) is called v₁, v₂, …, and the loss L. A constant
            number needs none.
        challenges: numbered tasks below the widget; three that fit the graph by default, ``[]`` for
            none.
        step: the step to open at, 0 for the inputs, up to ``len(steps) - 1``.
        show_all: whether all values and gradients are shown at any step.

    The attribute ``steps`` holds the steps with their unrounded numbers (see
    `coursekit.widgets.walk.Step`). ``step`` and ``show_all`` can be set while the widget is shown.

    Raises:
        TypeError: if ``loss`` is not a Tensor, or ``names`` does not map strings to Tensors.
        ValueError: if ``loss`` is not one number that depends on a tensor with a gradient, its graph
            is too large, a name is empty or too long, given twice, or that of no node; if there is
            no such step.

    Example:
        >>> w, x = Tensor(2.0), Tensor(-3.0, requires_grad=False)
        >>> Stepper((w * x) ** 2, {"w": w, "x": x})
        stepper: L = v₁² with v₁ = w·x: 2 steps forward to L = 36, 3 steps backward to ∂L/∂w = 36.
    """

    _esm = STATIC / "stepper.js"

    step = traitlets.Int(0).tag(sync=True)
    show_all = traitlets.Bool(False).tag(sync=True)
    data = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        loss: Tensor,
        names: Mapping[str, Tensor],
        challenges: Sequence[str] | None = None,
        step: int = 0,
        show_all: bool = False,
    ):
        self.graph = trace(loss, names, MOST)
        self.steps = walk(self.graph)
        super().__init__()
        self.set_trait("kind", "stepper")
        self.set_trait("data", _page(self.graph, self.steps))
        if challenges is None:
            summed = any(step.open for step in self.steps)
            challenges = (MULTIPLY, ADD if summed else SHRINK, NUDGE)
        self.challenges = list(challenges)
        self.set_trait("reserve", _reserve(self.data, self.challenges))
        with self.hold_sync():
            self.step, self.show_all = step, show_all

    @traitlets.validate("step")
    def _possible_step(self, proposal):
        step = whole_number("step", proposal["value"], at_least=0)
        if step >= len(self.steps):
            raise ValueError(f"step must be from 0 to {len(self.steps) - 1}, got {step}")
        return step

    def describe(self) -> str:
        """Say how the loss was computed, and what gradients come out."""
        spots = self.graph.spots
        parts = [f"{s.name} = {s.formula}" for s in reversed(spots) if s.kind == "computed"]
        inner = ", ".join(parts[1:4]) + (", …" if len(parts) > 4 else "")
        name = spots[-1].name
        found = [f"∂{name}/∂{s.name} = {shown(s.grad)}" for s in spots if s.kind == "input"]
        more = ", …" if len(found) > 4 else ""
        return (
            f"stepper: {parts[0]}{f' with {inner}' if inner else ''}: {_steps(len(parts))} forward "
            f"to {name} = {shown(spots[-1].value)}, {_steps(len(self.steps) - 1 - len(parts))} "
            f"backward to {', '.join(found[:4])}{more}."
        )


def _steps(count):
    return "1 step" if count == 1 else f"{count} steps"


def _page(graph: Traced, steps: list[Step]) -> dict:
    """Return all that the page draws and says: texts, places, and what each step changes."""
    told = [
        {
            "kind": step.kind,
            "node": step.node,
            "edge": step.edge,
            "grad": _grad(step.total, step.open),
            "local": _factor(step.local),
            "words": step.words,
        }
        for step in steps
    ]
    nodes = [_box(spot) for spot in graph.spots]
    for step in told:
        node = nodes[step["node"]]
        node["grads"] = max(node["grads"], len(step["grad"]))
        node["width"] = max(node["width"], _wide(step["grad"]))
    rows = max(1 + len(node["value"]) + node.pop("grads") for node in nodes)
    widths = [min(max(54, node.pop("width") + 12), 200) for node in nodes]
    heights = [ROW * rows + 10] * len(nodes)
    edges = [(edge.start, edge.end) for edge in graph.edges]
    return {
        "nodes": [node | {"size": [w, heights[0]]} for node, w in zip(nodes, widths, strict=True)],
        "edges": edges,
        "steps": told,
        "across": _view(layered(edges, widths, heights, GAPS[0])),
        "down": _view(layered(edges, heights, widths, GAPS[1])),
        "most": TALLEST,
        "least": LEAST,
        "fold": FOLD,
        "rows": _rows(told),
    }


def _box(spot: Spot) -> dict:
    """Return the texts of a node, and the room that they need."""
    title = f"{spot.name} = {spot.formula}" if spot.formula else spot.name
    if spot.kind == "constant" and spot.name == shown(spot.value):
        title = "constant"
    elif _wide([title]) > WIDEST:
        title = f"{spot.name}: {WORDS.get(spot.op, spot.op)}"
    shape = size(spot.value)
    value = _few(spot.value)
    # A constant has no gradient; a line of its box says so.
    last = ["constant"] if spot.kind == "constant" and title != "constant" else []
    wide = max(_wide([f"{title}  {shape}"]), _wide(value), _wide(last))
    about = {"name": spot.name, "title": title, "shape": shape, "kind": spot.kind, "value": value}
    return about | {"note": last, "grads": len(last), "width": wide}


def _few(value: np.ndarray) -> list[str]:
    """Write a value in one or two short lines; the shape stands elsewhere."""
    if value.size > ENTRIES:
        return [f"norm {shown(np.array(np.linalg.norm(value)))}"]
    parts = shown(value).split(", ")
    if len(parts) < 3:
        return [", ".join(parts)]
    return [", ".join(parts[:2]) + ",", ", ".join(parts[2:])]


def _factor(local: np.ndarray | None) -> str | None:
    """Write a local derivative that is one number, to stand beside its edge."""
    return None if local is None or local.size > 1 else f"× {shown(local.reshape(()), 3)}"


def _grad(total: np.ndarray | None, still: int) -> list[str]:
    """Write a gradient, with an ellipsis where a share is still to come."""
    if total is None:
        return []
    first, *rest = _few(total)
    texts = [f"grad {first}", *rest]
    texts[-1] += " + …" if still else ""
    return texts


def _wide(texts: Sequence[str]) -> int:
    return int(max((width(text) * TEXT for text in texts), default=0)) + 1


def _view(plan) -> dict:
    """Return a layout as the page draws it."""
    return {
        "layers": plan.layers,
        "along": plan.along,
        "across": plan.across,
        "routes": [[[i, round(a), round(b, 1)] for i, a, b in route] for route in plan.routes],
        "length": round(plan.length),
        "breadth": round(plan.breadth),
    }


def _rows(told: list[dict]) -> list[int]:
    """Return the lines that the longest sentence takes at 720 and at 360 px."""
    texts = [
        "".join(p if isinstance(p, str) else p[0] for p in step["words"]) + ALL for step in told
    ]
    return [max(lines(text, room - 6, 15.5) for text in texts) for room in PAGE]


def _reserve(data: dict, challenges: Sequence[str]) -> list[int]:
    """The height at 720 and at 360 px: the picture, the controls, the sentence, the challenges."""
    return [
        height(data, room) + bare + 23 * rows + (22 + 22 * tasks if tasks else 0)
        for bare, room, rows in zip(BARE, PAGE, data["rows"], strict=True)
        for tasks in [sum(lines(text, room - 24, 15) for text in challenges)]
    ]


def height(data: dict, room: int) -> int:
    """Return the height of the picture in a column so wide, as the page computes it."""
    across, down = data["across"], data["down"]
    if room < FOLD and across["length"] + 2 * EDGE > room:
        wide, tall = down["breadth"], down["length"]
    else:
        wide, tall = across["length"], across["breadth"]
    wide, tall = wide + 2 * EDGE, tall + 2 * EDGE
    scale = max(LEAST, min(1, room / wide))
    return round(min(tall * scale, TALLEST) + (BAR if wide * scale > room + 1 else 0))
