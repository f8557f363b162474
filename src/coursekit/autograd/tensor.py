"""The tensor: an array that remembers how it was computed."""

import numpy as np

from coursekit._checks import numeric_array
from coursekit.autograd.arithmetic import Arithmetic
from coursekit.autograd.backward import sweep
from coursekit.autograd.functions import Functions
from coursekit.autograd.node import Node
from coursekit.autograd.reductions import Reductions
from coursekit.autograd.shaping import Shaping

_KEPT = (np.dtype(np.float64), np.dtype(np.float32), np.dtype(np.float16))


class Tensor(Arithmetic, Functions, Reductions, Shaping, Node):
    """An array of floating-point numbers that remembers how it was computed.

    Numbers and plain arrays that meet a tensor in an operation are constants. NumPy's functions do
    not take tensors: write ``a.exp()`` and ``a.mean()``, not ``np.exp(a)`` and ``np.mean(a)``.

    There are no operations in place. To update a parameter, change its ``data``, as in
    ``w.data -= lr * w.grad``, after `backward`: never between computing a result and calling
    `backward` on it. (``w -= lr * w.grad`` makes w the result of an operation, which remembers all
    steps before; each one then takes longer than the last.)

    Args:
        data: an array, number or nested list. Integers become float64; float32 and float16 stay.
            The tensor shares the memory of a floating-point array.
        requires_grad: whether to compute the gradient with respect to this tensor.
        name: what to call it in pictures of the graph.

    Attributes:
        data: the array.
        grad: the gradient, an array of the shape of ``data``, or None before `backward`. For a
            tensor that the user made, it adds up over calls of `backward` until it is set to None.
            For the result of an operation it is that of the last call; treat it as read-only, since
            tensors may share it.
        requires_grad: whether gradients flow into this tensor.
        op: the name of the operation that computed it, or None.
        edges: pairs (input, rule), one for each input of that operation; see
            ``coursekit.autograd.node.record``.

    Raises:
        TypeError: if ``data`` does not hold real numbers.

    Example:
        >>> a = Tensor(3.0)
        >>> b = a + a
        >>> c = b + b
        >>> c.backward()
        >>> print(a.grad)
        4.0
    """

    __slots__ = ()

    def __init__(self, data, requires_grad=True, name=None):
        if isinstance(data, Node):
            raise TypeError("data must be an array or a number, got a Tensor; use .detach()")
        if isinstance(data, (np.ndarray, np.generic)) and data.dtype in _KEPT:
            self.data = np.asarray(data)
        else:
            self.data = numeric_array("data", data)
        self.grad = None
        self.requires_grad = bool(requires_grad)
        self.name = name
        self.op = None
        self.edges = ()

    def backward(self, grad=None):
        """Compute the gradient of this tensor with respect to all that it was computed from.

        Args:
            grad: the gradient of some loss with respect to this tensor, of its shape. By default 1,
                which is right if this tensor is the loss itself, one number.

        Raises:
            RuntimeError: if nothing that this tensor depends on requires a gradient.
            ValueError: if this tensor is not one number and ``grad`` is not given, or ``grad`` has
                another shape.
        """
        if not self.requires_grad:
            raise RuntimeError(
                "backward: this tensor depends on nothing that requires a gradient; was it "
                "computed inside no_grad, or from constants only?"
            )
        if grad is None:
            if self.data.size != 1:
                raise ValueError(
                    f"backward: start from one number, such as a loss, not from shape "
                    f"{self.shape}; sum or average it first, or pass grad"
                )
            grad = np.ones_like(self.data)
        else:
            grad = numeric_array("grad", grad).astype(self.dtype, copy=False)
            if grad.shape != self.shape:
                raise ValueError(
                    f"backward: grad must have the tensor's shape {self.shape}, got {grad.shape}"
                )
        for node, total, _ in sweep(self, grad):
            if node.edges:
                node.grad = total
            else:
                if node.grad is not None:
                    total = node.grad + total
                # In memory of its own: another leaf may have got the same array.
                node.grad = np.array(total, dtype=node.data.dtype)

    def detach(self):
        """Return a constant with the same data, cut off from the graph."""
        return Tensor(self.data, requires_grad=False)

    def item(self):
        """Return the one number that this tensor holds, as a float.

        Raises:
            ValueError: if it holds more than one.
        """
        if self.data.size != 1:
            raise ValueError(f"item: the tensor must hold one number, it has shape {self.shape}")
        return float(self.data.reshape(()))

    def __float__(self):
        return self.item()

    def __format__(self, spec):
        """Format the one number that this tensor holds, as in ``f"{loss:.3f}"``."""
        return format(self.item(), spec) if spec else str(self)

    @property
    def shape(self):
        """The lengths of the axes, a tuple."""
        return self.data.shape

    @property
    def ndim(self):
        """The number of axes."""
        return self.data.ndim

    @property
    def size(self):
        """The number of elements."""
        return self.data.size

    @property
    def dtype(self):
        """The type of the elements."""
        return self.data.dtype

    def __len__(self):
        return len(self.data)

    def __bool__(self):
        return bool(self.data)  # as NumPy has it: of one number only

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __array__(self, dtype=None, copy=None):
        raise TypeError("a Tensor does not turn into an array by itself; write tensor.data")

    def __repr__(self):
        values = np.array2string(self.data, separator=", ", prefix="Tensor(")
        constant = "" if self.requires_grad else ", requires_grad=False"
        return f"Tensor({values}{constant})"
