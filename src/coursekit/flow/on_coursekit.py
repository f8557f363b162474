"""What the examination needs of `coursekit.nn` and `coursekit.autograd`."""

from contextlib import contextmanager

import numpy as np

from coursekit.autograd import Tensor
from coursekit.autograd.backward import sweep

FRAMEWORK = "coursekit"


def is_tensor(value):
    """Tell whether a value is a tensor."""
    return isinstance(value, Tensor)


def array(tensor):
    """Return the numbers as a float64 array, which may share the tensor's memory."""
    return tensor.data.astype(np.float64, copy=False)


def modules(model):
    """Return pairs (dotted name, module), each module once."""
    return model.modules()


def children(module):
    """Return the modules that belong to a module, directly or not."""
    return [each for _, each in module.modules() if each is not module]


def parameters(model):
    """Return pairs (dotted name, tensor), each tensor once."""
    return model.named_parameters()


def add_hook(module, hook):
    """Call ``hook(module, inputs, output)`` after each call of a module; return a handle."""
    return module.add_hook(hook)


def place(tensor):
    """Return the tensor's place in the graph, the tensor itself, or None if it is a constant."""
    return tensor if tensor.requires_grad else None


def gradients(loss, places, keep_graph=False):
    """Yield the gradient of the loss at each place, an array, or None where there is none.

    This is the sweep of ``loss.backward()``, but the gradients are kept here and not in ``.grad``.
    """
    if not loss.requires_grad:
        return iter([None] * len(places))
    wanted = {place for place in places if place is not None}
    found = {}
    for node, grad, _ in sweep(loss, np.ones_like(loss.data)):
        if node in wanted:
            found[node] = grad.astype(np.float64, copy=False)
    return (found.get(place) for place in places)


@contextmanager
def recording():
    """Leave recording as it is: inside `no_grad` there is no gradient, and the report says so."""
    yield


@contextmanager
def unchanged(model):
    """Put buffers (such as running statistics) and ``.grad`` back as they were."""
    buffers = [
        (module, name, getattr(module, name), np.copy(getattr(module, name)))
        for _, module in model.modules()
        for name in module.buffers
    ]
    grads = [(tensor, tensor.grad) for _, tensor in model.named_parameters()]
    try:
        yield
    finally:
        for module, name, buffer, copy in buffers:
            buffer[...] = copy
            setattr(module, name, buffer)
        for tensor, grad in grads:
            tensor.grad = grad
