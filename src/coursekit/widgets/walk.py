"""The steps of the two sweeps through a graph, forward and backward, each told in a sentence."""

from dataclasses import dataclass, field

import numpy as np

from coursekit.widgets.rules import fill, rule
from coursekit.widgets.traced import Traced, shown

__all__ = ["Step", "walk"]

LISTED = 4  # names in one sentence
_TIMES = {2: "twice", 3: "three times", 4: "four times"}


@dataclass(frozen=True)
class Step:
    """One step: a node gets its value, or a part of its gradient.

    Attributes:
        kind: ``"given"`` (the inputs have their values), ``"forward"`` (a node is computed),
            ``"seed"`` (the loss gets the gradient 1) or ``"backward"`` (an edge is gone back along).
        node: the place of the node that gets something.
        edge: the place of the edge, backward.
        local: the local derivative, backward; None where arrays meet in a rule of their own.
        upstream: the gradient of the node at the edge's end.
        share: what is handed back: upstream gradient × local derivative.
        total: the sum of all that the node has got so far.
        open: how many shares are still to come.
        words: the sentence, a list of strings and of pairs (string, tone).
    """

    kind: str
    node: int
    edge: int | None = None
    local: np.ndarray | None = None
    upstream: np.ndarray | None = None
    share: np.ndarray | None = None
    total: np.ndarray | None = None
    open: int = 0
    words: list = field(default_factory=list)

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part[0] for part in self.words)


def walk(graph: Traced) -> list[Step]:
    """Return all steps, from the inputs to the loss and back."""
    computed = [i for i, spot in enumerate(graph.spots) if spot.kind == "computed"]
    last = len(graph.spots) - 1
    steps = [Step("given", 0, words=_given(graph, len(computed)))]
    for k, i in enumerate(computed, start=1):
        spot = graph.spots[i]
        says = f"Forward, step {k} of {len(computed)}: {spot.name} = {spot.formula}"
        says += f" = {spot.arithmetic}" if _plain(graph, i) else ""
        end = " That is the loss." if i == last else ""
        steps.append(Step("forward", i, words=[f"{says} = {shown(spot.value)}.{end}"]))
    count = 1 + len(graph.backward)
    name = graph.spots[last].name
    one = np.ones_like(graph.spots[last].value)
    steps.append(
        Step("seed", last, total=one, words=[
            f"Backward, step 1 of {count}: the loss comes first. How fast does {name} grow with "
            f"{name}? ", [f"∂{name}/∂{name} = 1", "gradient"], ".",
        ])
    )  # fmt: skip
    totals, come = {}, {}
    for k, place in enumerate(graph.backward, start=2):
        edge = graph.edges[place]
        upstream = graph.spots[edge.end].grad
        before = totals.get(edge.start)
        total = edge.share if before is None else before + edge.share
        totals[edge.start], come[edge.start] = total, come.get(edge.start, 0) + 1
        still = graph.uses(edge.start) - come[edge.start]
        step = Step(
            "backward", edge.start, place, edge.local, upstream, edge.share, total, still,
            [f"Backward, step {k} of {count}: ", *_handed(graph, edge, upstream, before, total, still)],
        )  # fmt: skip
        if k == count:
            step.words.append(_complete(graph))
        steps.append(step)
    return steps


def _given(graph, computed):
    """Name the inputs; the picture has all of them."""
    named = [
        f"{spot.name} = {shown(spot.value)}" if spot.value.size <= 4 else spot.name
        for spot in graph.spots
        if spot.kind == "input"
    ]
    constants = sum(spot.kind == "constant" for spot in graph.spots)
    few = f" {constants} {'node is' if constants == 1 else 'nodes are'} constant: no gradient goes there."
    steps = "one step computes" if computed == 1 else f"{computed} steps compute"
    return [
        f"The inputs are given: {_listed(named)}.{few if constants else ''} From here, {steps} the "
        f"loss, and {len(graph.backward) + 1} more compute all gradients."
    ]


def _listed(words):
    rest = len(words) - LISTED
    if rest > 1:
        return f"{', '.join(words[:LISTED])} and {rest} more"
    return ", ".join(words[:-1]) + (" and " if words[1:] else "") + words[-1]


def _plain(graph, place):
    """Whether the numbers of the node and of its inputs are few enough to stand in a formula."""
    spots = [graph.spots[e.start] for e in graph.edges if e.end == place]
    arrays = sum(spot.value.size > 1 for spot in spots)
    return all(spot.value.size <= 4 for spot in spots) and arrays <= 1 and len(spots) <= 3


def _handed(graph, edge, upstream, before, total, still):
    """Say what one edge hands back, and why."""
    start, end = graph.spots[edge.start], graph.spots[edge.end]
    inputs = [graph.spots[e.start] for e in graph.edges if e.end == edge.end]
    law = rule(end.op, edge.place, end.exponent)
    names = dict(zip("ab", [spot.name for spot in inputs], strict=False))
    each = str(start.value.size // end.value.size)  # of a mean
    names |= {"r": end.name, "p": each if end.op == "mean" else end.constant or "p"}
    parts = [f"{end.name} = {end.formula}. "]
    gets = f" to {start.name}"
    reduced = "" if edge.share.shape == _free(edge, upstream) else ", added up over its copies,"
    if edge.local is None or (law.kind == "whole" and law.product):
        way = (
            fill(law.product, names | {"g": "upstream"}) if law.product else "the upstream gradient"
        )
        parts += [
            f"{_sentence(law.words)}. It hands {way}",
            reduced,
            " = " if law.product else ", ",
        ]
        parts += [_toned(edge.share), gets + "."]
    else:
        how = ", element by element" if edge.local.size > 1 and upstream.size > 1 else ""
        same = law.symbol in ("1", "−1")  # for all elements
        local = np.array(float(law.symbol.replace("−", "-"))) if same else edge.local
        derived = _derived(law, names, local, inputs, start, end)
        parts += [f"{_sentence(law.words)}: local derivative {derived}. "]
        if local.size <= 4 and upstream.size <= 4:
            parts += [f"Times the upstream gradient{how}, it hands {_factor(local)} × "]
            parts += [f"{_factor(upstream)}{reduced} = ", _toned(edge.share), f"{gets}."]
        else:
            parts += [f"Times the upstream gradient{how}{reduced or ','} it hands "]
            parts += [_toned(edge.share), f"{gets}."]
    uses = graph.uses(edge.start)
    if uses > 1:
        parts += _added(start, uses, before, edge.share, total, still)
    return [part for part in parts if part]


def _derived(law, names, local, inputs, start, end):
    """Write the local derivative with names, with numbers, and as a number."""
    derivative, number = f"∂{end.name}/∂{start.name}", shown(local)
    if law.symbol is None:
        return f"{derivative} = {number}"
    symbol = fill(law.symbol, names)
    if any(word in symbol for word in (" if ", " where ", " within ")):
        return f"{derivative} is {symbol}" + (f", here {number}" if local.size <= 4 else "")
    chain = [derivative, symbol]
    if law.kind == "each" and all(spot.value.size == 1 for spot in (*inputs, end)):
        values = {key: shown(spot.value) for key, spot in zip("ab", inputs, strict=False)}
        chain.append(fill(law.symbol, values | {"r": shown(end.value), "p": end.constant}))
    if local.size <= 4:
        chain.append(number)
    return " = ".join(text for i, text in enumerate(chain) if i == 0 or text != chain[i - 1])


def _free(edge, upstream):
    """Return the shape of the share before it is added up over copies."""
    return (
        np.broadcast_shapes(edge.local.shape, upstream.shape)
        if edge.local is not None
        else edge.share.shape
    )


def _added(start, uses, before, share, total, still):
    """Say how the shares of a node that is used several times add up."""
    often = f" {start.name} is used {_TIMES.get(uses, f'{uses} times')}"
    come = "one more share is" if still == 1 else f"{still} more shares are"
    if before is None:
        return [f"{often}, so its gradient is a sum: {come} to come."]
    if before.size <= 4:
        parts = [f"{often}, so the shares add up: {shown(before)} + {_factor(share)} = "]
    else:
        parts = [f"{often}, so the shares add up to "]
    if still:
        return [*parts, _toned(total), f", and {come} to come."]
    return [*parts, _toned(total), "."]


def _complete(graph):
    """Sum up at the end: the gradients of the inputs."""
    loss = graph.spots[-1].name
    named = [
        f"∂{loss}/∂{spot.name}" + (f" = {shown(spot.grad)}" if spot.grad.size <= 4 else "")
        for spot in graph.spots
        if spot.kind == "input"
    ]
    return f" All gradients are there: {_listed(named)}."


def _toned(value):
    return [shown(value), "gradient"]


def _factor(value):
    text = shown(value)
    return f"({text})" if text.startswith("−") or "×" in text else text


def _sentence(words):
    return words if words.startswith("σ") else words[0].upper() + words[1:]
