"""Where the nodes of a graph stand: in layers, so that edges point one way and few of them cross.

Four steps: a layer for each node; places to pass for edges that are longer than one layer; an order
within the layers; coordinates. Source: Sugiyama, Tagawa and Toda (1981), *Methods for visual
understanding of hierarchical system structures*, IEEE Transactions on Systems, Man, and Cybernetics
11(2); the coordinates are those of least squares for a given order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Layout", "crossings", "layered"]

SWEEPS = 12  # passes over all layers, both for the order and for the coordinates
PASS = 10.0  # pixels that an edge takes beside a node
PORT = 16.0  # pixels between the ends of two edges at a node


@dataclass(frozen=True)
class Layout:
    """What `layered` returns. Lengths are in pixels, from the corner where the first layer begins.

    Attributes:
        layers: the layer of each node.
        along: the center of each node in the direction of the edges.
        across: the center of each node at right angles to it.
        routes: for each edge the points that it goes through from the end of its first node to the
            beginning of its second: (layer, along, across).
        length: the extent of all layers.
        breadth: the extent of the broadest one.
    """

    layers: tuple[int, ...]
    along: tuple[float, ...]
    across: tuple[float, ...]
    routes: tuple[tuple[tuple[int, float, float], ...], ...]
    length: float
    breadth: float


def layered(
    edges: Sequence[tuple[int, int]],
    lengths: Sequence[float],
    breadths: Sequence[float],
    gap: tuple[float, float] = (40.0, 14.0),
) -> Layout:
    """Lay out a graph without cycles in layers.

    A node that nothing leads to stands right before the first node that it leads to.

    Args:
        edges: pairs (from, to) of nodes, which are numbered such that from < to. A pair may be
            there several times.
        lengths: the extent of each node in the direction of the edges.
        breadths: its extent at right angles to it.
        gap: the room between layers, and between nodes of a layer.

    Raises:
        ValueError: if an edge does not lead from a lower number to a higher one.

    Example:
        >>> plan = layered([(0, 2), (1, 2), (2, 3)], [50] * 4, [20] * 4)
        >>> plan.layers, plan.across
        ((0, 0, 1, 2), (10.0, 44.0, 27.0, 27.0))
    """
    for start, end in edges:
        if not 0 <= start < end < len(lengths):
            raise ValueError(
                f"edges must lead from a lower number to a higher one below {len(lengths)}, "
                f"got {(start, end)}"
            )
    layers = _layers(edges, len(lengths))
    chains, stops = _chains(edges, layers)
    links = sorted({link for chain in chains for link in zip(chain, chain[1:], strict=False)})
    order = _ordered(_rows(stops, links), links)
    sizes = [*breadths, *[PASS] * (len(stops) - len(lengths))]
    across = _coordinates(order, links, sizes, gap[1], len(lengths))
    edge, ends = 0.0, []
    for row in order:
        most = max(lengths[i] for i in row if i < len(lengths))
        ends.append((edge, edge + most))
        edge += most + gap[0]
    middle = [(ends[layer][0] + ends[layer][1]) / 2 for layer in layers]
    routes = []
    for chain, (aside, port) in zip(chains, _ports(chains, across, breadths), strict=True):
        first, *via, last = chain
        route = [(layers[first], middle[first] + lengths[first] / 2, across[first] + aside)]
        for stop in via:
            route += [(stops[stop], side, across[stop] + aside) for side in ends[stops[stop]]]
        route.append((layers[last], middle[last] - lengths[last] / 2, across[last] + port))
        routes.append(tuple(route))
    breadth = max(c + size / 2 for c, size in zip(across, sizes, strict=True))
    count = len(lengths)
    return Layout(
        tuple(layers), tuple(middle), tuple(across[:count]), tuple(routes), edge - gap[0], breadth
    )


def _layers(edges, count):
    """Return the layer of each node: as early as its inputs allow, but no edge longer for nothing."""
    inputs = [{a for a, b in edges if b == i} for i in range(count)]
    uses = [{b for a, b in edges if a == i} for i in range(count)]
    layer = [0] * count
    for i in range(count):
        layer[i] = 1 + max((layer[j] for j in inputs[i]), default=-1)
    for i in reversed(range(count)):
        computed = [j for j in inputs[i] if inputs[j]]
        if uses[i] and len(computed) < len(uses[i]):
            layer[i] = max(layer[i], min(layer[j] for j in uses[i]) - 1)
    first = min(layer)
    return [each - first for each in layer]


def _chains(edges, layers):
    """Return for each edge what it goes through, and the layer of all stops: nodes, then passages.

    Edges between the same two nodes share their passages.
    """
    stops, made, chains = list(layers), {}, []
    for start, end in edges:
        if (start, end) not in made:
            between = range(layers[start] + 1, layers[end])
            via = list(range(len(stops), len(stops) + len(between)))
            stops += between
            made[start, end] = [start, *via, end]
        chains.append(made[start, end])
    return chains, stops


def _rows(stops, links):
    """Return a first order: that of a walk back from the end, as the expression is written."""
    rows = [[] for _ in range(max(stops) + 1)]
    seen, stack = set(), [b for b in range(len(stops)) if all(a != b for a, _ in links)]
    while stack:
        stop = stack.pop()
        if stop not in seen:
            seen.add(stop)
            rows[stops[stop]].append(stop)
            stack += sorted((a for a, b in links if b == stop), reverse=True)
    return rows


def crossings(rows: Sequence[Sequence[int]], links: Sequence[tuple[int, int]]) -> int:
    """Count the pairs of links between neighboring rows that cross.

    Example:
        >>> crossings([[0, 1], [2, 3]], [(0, 3), (1, 2)])
        1
    """
    place = {stop: i for row in rows for i, stop in enumerate(row)}
    level = {stop: i for i, row in enumerate(rows) for stop in row}
    total = 0
    for i in range(len(rows) - 1):
        here = [(place[a], place[b]) for a, b in links if level[a] == i]
        total += sum((a - c) * (b - d) < 0 for k, (a, b) in enumerate(here) for c, d in here[:k])
    return total


def _ordered(rows, links):
    """Return the rows with few crossings: medians of neighbors, then swaps of neighbors."""
    best, fewest = rows, crossings(rows, links)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        forward = sweep % 2 == 0
        rows = [list(row) for row in rows]
        for i in range(len(rows)) if forward else reversed(range(len(rows))):
            beside = i - 1 if forward else i + 1
            if 0 <= beside < len(rows):
                place = {stop: k for k, stop in enumerate(rows[beside])}
                rows[i] = _by_mean(rows[i], place, links, forward)
        rows = _swapped(rows, links)
        found = crossings(rows, links)
        if found < fewest:
            best, fewest = rows, found
    return best


def _by_mean(row, place, links, forward):
    """Sort a row by the mean place of its neighbors; what has none keeps its own."""
    key = {}
    for k, stop in enumerate(row):
        pairs = links if forward else [(b, a) for a, b in links]
        near = [place[a] for a, b in pairs if b == stop and a in place]
        key[stop] = sum(near) / len(near) if near else k
    return sorted(row, key=key.get)


def _swapped(rows, links):
    """Swap neighbors within rows as long as that takes crossings away."""
    fewest, again = crossings(rows, links), True
    while again:
        again = False
        for row in rows:
            for k in range(len(row) - 1):
                row[k], row[k + 1] = row[k + 1], row[k]
                found = crossings(rows, links)
                if found < fewest:
                    fewest, again = found, True
                else:
                    row[k], row[k + 1] = row[k + 1], row[k]
    return rows


def _coordinates(rows, links, sizes, gap, nodes):
    """Return the center of each stop: near the mean of its neighbors, in the order given."""
    across = np.zeros(len(sizes))
    shifts = []
    for row in rows:
        steps = [(sizes[a] + sizes[b]) / 2 + gap for a, b in zip(row, row[1:], strict=False)]
        shifts.append(np.concatenate([[0.0], np.cumsum(steps)]))
        across[row] = shifts[-1] - shifts[-1][-1] / 2
    near = [[b if a == i else a for a, b in links if i in (a, b)] for i in range(len(sizes))]
    # A bend in a long edge is seen more than a node off the middle: passages weigh more.
    weights = np.where(np.arange(len(sizes)) < nodes, 1.0, 4.0)
    for sweep in range(2 * SWEEPS):
        for k in range(len(rows)) if sweep % 2 else reversed(range(len(rows))):
            row = rows[k]
            wish = np.array([across[near[i]].mean() if near[i] else across[i] for i in row])
            across[row] = _monotone(wish - shifts[k], weights[row]) + shifts[k]
    across -= min(across[i] - sizes[i] / 2 for i in range(len(sizes)))
    return [round(float(c), 1) for c in across]


def _ports(chains, across, breadths):
    """Return for each edge how far beside the middles it leaves and arrives, so that all are seen."""
    ports = [(0.0, 0.0)] * len(chains)
    for last in {chain[-1] for chain in chains}:
        coming = [i for i, chain in enumerate(chains) if chain[-1] == last]
        coming.sort(key=lambda i: (across[chains[i][-2]], i))
        step = min(PORT, 0.7 * breadths[last] / len(coming))
        for k, i in enumerate(coming):
            twins = [j for j in coming if chains[j] == chains[i]]
            aside = PASS * (twins.index(i) - (len(twins) - 1) / 2)
            ports[i] = aside, step * (k - (len(coming) - 1) / 2)
    return ports


def _monotone(values, weights):
    """Return the numbers next to ``values`` by least squares that never fall: pool what does."""
    pools = []  # mean, weight, count
    for value, weight in zip(values, weights, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, v, m), (b, w, n) = pools[-2:]
            pools[-2:] = [((a * v + b * w) / (v + w), v + w, m + n)]
    return np.concatenate([np.full(n, mean) for mean, _, n in pools])
