"""The backward sweep: the chain rule, applied to a whole graph of operations."""


def topological_order(root):
    """Return all nodes that gradients can reach from ``root``, each one after all of its inputs.

    A depth-first search with a stack of its own, so that the depth of the graph is limited by
    memory and not by Python's recursion.
    """
    order, seen = [], {root}
    stack = [(root, iter(root.edges))]
    while stack:
        node, inputs = stack[-1]
        for parent, _ in inputs:
            if parent.requires_grad and parent not in seen:
                seen.add(parent)
                stack.append((parent, iter(parent.edges)))
                break  # first all that this input was computed from
        else:
            order.append(node)
            stack.pop()
    return order


def sweep(root, grad):
    """Carry the gradient from ``root`` back to everything that it was computed from.

    Why an order at all: a tensor may be used several times, and its gradient is the *sum* of what
    comes back from every use. In reverse topological order all uses of a node come before the node
    itself, so its sum is complete when its turn comes to pass it on.

    Args:
        root: the tensor to start from.
        grad: the gradient of the loss with respect to it, an array of its shape.

    Yields:
        node, grad, passed: a node, the gradient with respect to it, and a list of pairs (input,
        what this node adds to the gradient with respect to that input).
    """
    gradients = {root: grad}  # of the nodes whose turn is still to come
    for node in reversed(topological_order(root)):
        grad = gradients.pop(node)
        passed = []
        for parent, rule in node.edges:
            if parent.requires_grad:
                share = rule(grad)
                if share.shape != parent.data.shape:
                    share = sum_over_copies(share, parent.data.shape)
                so_far = gradients.get(parent)
                gradients[parent] = share if so_far is None else so_far + share
                passed.append((parent, share))
        yield node, grad, passed


def sum_over_copies(grad, shape):
    """Undo broadcasting: an input that was copied along an axis gets the sum over its copies.

    Args:
        grad: the gradient with respect to the copies.
        shape: the shape of the input before it was broadcast.

    Returns:
        The gradient with respect to the input, of that shape.
    """
    new_axes = grad.ndim - len(shape)
    if new_axes:
        grad = grad.sum(axis=tuple(range(new_axes)))
    for axis, length in enumerate(shape):
        if length == 1 and grad.shape[axis] != 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad
