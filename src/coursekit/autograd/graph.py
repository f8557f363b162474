"""The recorded graph as plain data: for a picture that is stepped through."""

import numpy as np

from coursekit._checks import whole_number
from coursekit.autograd.backward import sweep

#: For each operation, the slope of its result r with respect to each input (a, then b), in words. A
#: power's exponent is p; the n of a mean is the number of elements that it averages.
SLOPES = {
    "add": ["1", "1"],
    "sub": ["1", "−1"],
    "mul": ["b", "a"],
    "div": ["1/b", "−a/b²"],
    "neg": ["−1"],
    "pow": ["p·aᵖ⁻¹"],
    "exp": ["r"],
    "log": ["1/a"],
    "sqrt": ["1/(2r)"],
    "sin": ["cos a"],
    "cos": ["−sin a"],
    "abs": ["sign of a"],
    "tanh": ["1 − r²"],
    "sigmoid": ["r(1 − r)"],
    "relu": ["1 if a > 0, else 0"],
    "softplus": ["σ(a)"],
    "sum": ["1 for each element"],
    "mean": ["1/n for each element"],
    "matmul": ["rows meet columns: grad·bᵀ", "aᵀ·grad"],  # not a slope, but the whole rule
}


def export(root, max_nodes=500):
    """Return the graph that computed ``root``, its values and its gradients, as lists and dicts.

    Nothing is changed: no tensor's ``grad`` is set.

    Args:
        root: a tensor that holds one number.
        max_nodes: an error is raised for a larger graph, which no picture could show.

    Returns:
        A dict that ``json.dumps`` accepts:

        ``nodes``
            in forward order, each a dict with ``id``, ``op`` (``"input"`` or ``"constant"`` for
            what was not computed), ``name`` (or None), ``shape``, ``value``, ``inputs`` (ids),
            ``slopes`` (what to multiply by for each input, in words; None where the operation
            has no short form) and ``grad`` (None for constants).
        ``backward``
            the steps of the backward sweep in order, each a dict with the ``node``, and what it
            ``passes``: a list of dicts with ``to`` (an id) and ``grad``.

    Raises:
        ValueError: if ``root`` is not one number, depends on nothing that requires a gradient, or
            the graph is too large.
    """
    max_nodes = whole_number("max_nodes", max_nodes, at_least=1)
    if root.size != 1 or not root.requires_grad:
        raise ValueError(
            f"root must be one number that depends on a tensor with requires_grad=True, got shape "
            f"{root.shape} with requires_grad={root.requires_grad}"
        )
    ids = _numbered(root, max_nodes)
    grads, steps = {}, []
    for node, grad, passed in sweep(root, np.ones_like(root.data)):
        grads[node] = grad
        passes = [{"to": ids[parent], "grad": share.tolist()} for parent, share in passed]
        steps.append({"node": ids[node], "passes": passes})
    return {"nodes": [_described(node, ids, grads) for node in ids], "backward": steps}


def _numbered(root, max_nodes):
    """Return an id for every node, constants included, each after its inputs."""
    ids, seen, stack = {}, {root}, [(root, iter(root.edges))]
    while stack:
        node, inputs = stack[-1]
        for parent, _ in inputs:
            if parent not in seen:
                seen.add(parent)
                stack.append((parent, iter(parent.edges)))
                break
        else:
            ids[node] = len(ids)
            stack.pop()
        if len(seen) > max_nodes:
            raise ValueError(f"the graph has more than max_nodes={max_nodes} nodes")
    return ids


def _described(node, ids, grads):
    """Return one entry of ``nodes``."""
    return {
        "id": ids[node],
        "op": (node.op if node.edges else "input") if node.requires_grad else "constant",
        "name": node.name,
        "shape": list(node.shape),
        "value": node.data.tolist(),
        "inputs": [ids[parent] for parent, _ in node.edges],
        "slopes": SLOPES.get(node.op) if node.edges else [],
        "grad": grads[node].tolist() if node in grads else None,
    }
