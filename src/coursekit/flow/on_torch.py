"""What the examination needs of PyTorch. Imported only when a torch model or tensor is given."""

from contextlib import contextmanager

import torch
from torch.autograd.graph import get_gradient_edge

FRAMEWORK = "torch"


def is_tensor(value):
    """Tell whether a value is a tensor of floating-point numbers."""
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def array(tensor):
    """Return the numbers as a float64 array, which may share the tensor's memory."""
    tensor = tensor.detach()
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    return tensor.cpu().to(torch.float64).numpy()  # in this order: some GPUs have no float64


def modules(model):
    """Return pairs (dotted name, module), each module once."""
    return list(model.named_modules())


def children(module):
    """Return the modules that belong to a module, directly or not."""
    return [each for each in module.modules() if each is not module]


def parameters(model):
    """Return pairs (dotted name, tensor), each tensor once."""
    return list(model.named_parameters())


def add_hook(module, hook):
    """Call ``hook(module, inputs, output)`` after each call of a module; return a handle."""

    def with_keywords(module, args, kwargs, output):
        hook(module, (args, kwargs), output)

    return module.register_forward_hook(with_keywords, with_kwargs=True)


def place(tensor):
    """Return the tensor's place in the graph as it is now, or None if no gradient can reach it.

    An operation in place, such as ``ReLU(inplace=True)``, makes the same tensor stand for its result
    later on. The edge that leads to the place stays what it is.
    """
    return get_gradient_edge(tensor) if tensor.requires_grad else None


def gradients(loss, places, keep_graph=False):
    """Yield the gradient of the loss at each place, an array, or None where there is none."""
    if not loss.requires_grad:
        return iter([None] * len(places))
    reachable = [place for place in places if place is not None]
    found = iter(
        torch.autograd.grad(loss, reachable, allow_unused=True, retain_graph=keep_graph)
        if reachable
        else ()
    )
    grads = (None if place is None else next(found) for place in places)
    return (None if grad is None else array(grad) for grad in grads)


@contextmanager
def recording():
    """Record operations, even if the caller has switched that off."""
    with torch.inference_mode(False), torch.enable_grad():
        yield


@contextmanager
def unchanged(model):
    """Put buffers (such as running statistics) and ``.grad`` back as they were."""
    buffers = [
        (module, name, buffer, buffer.detach().clone())
        for module in model.modules()
        for name, buffer in module._buffers.items()
        if buffer is not None
    ]
    grads = [(tensor, tensor.grad) for tensor in model.parameters()]
    try:
        yield
    finally:
        for module, name, buffer, copy in buffers:
            buffer.data.copy_(copy)  # through .data: for other graphs it has not changed
            module._buffers[name] = buffer
        for tensor, grad in grads:
            tensor.grad = grad
