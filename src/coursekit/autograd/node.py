"""What every tensor holds, and how an operation is recorded."""

from contextlib import contextmanager

import numpy as np

_recording = True


@contextmanager
def no_grad():
    """Compute without recording, so that nothing can be differentiated and no memory is kept.

    For evaluating a model, and for changing its parameters. Also works as a decorator.

    Example:
        >>> from coursekit.autograd import Tensor
        >>> a = Tensor(3.0)
        >>> with no_grad():
        ...     b = a * a
        >>> b.requires_grad
        False
    """
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before


class Node:
    """An array, and where it came from: a node of the graph. `Tensor` adds the operations.

    Its attributes are explained there. The modules of operations know this class only, since
    `Tensor` is made of them.
    """

    __slots__ = ("data", "edges", "grad", "name", "op", "requires_grad")

    #: Tells NumPy to leave ``array * tensor`` to the tensor's ``__rmul__``.
    __array_ufunc__ = None


def record(op, value, *edges):
    """Return ``value`` as a tensor that knows how it was computed.

    Args:
        op: the name of the operation.
        value: its result, an array.
        edges: one pair (input, rule) for each input. The rule takes the gradient of the loss with
            respect to the result and returns its gradient with respect to that input: the chain
            rule for one edge of the graph. If the operation broadcast the input, the rule need not
            care: the backward sweep adds up over the copies.

    Returns:
        A tensor. Without inputs that require a gradient, or inside `no_grad`, it records nothing.
    """
    # A tensor too, but without the checks of Tensor(...): they would cost more than the operation.
    result = object.__new__(type(edges[0][0]))
    result.data = value if type(value) is np.ndarray else np.asarray(value)
    result.grad = None
    result.name = None
    result.op = op
    result.edges = ()
    result.requires_grad = False
    if _recording:
        for parent, _ in edges:
            if parent.requires_grad:
                result.edges = edges
                result.requires_grad = True
                break
    return result


def check_tensor(op, x):
    """Complain about an input that is no tensor, in the name of the operation.

    Raises:
        TypeError: if ``x`` is something else, such as a plain array.
    """
    if not isinstance(x, Node):
        raise TypeError(
            f"{op}: needs a Tensor, got {type(x).__name__}; "
            f"turn plain numbers into Tensor(numbers, requires_grad=False)"
        )
