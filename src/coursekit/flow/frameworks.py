"""Which framework a model or a tensor belongs to, without importing torch for coursekit's."""

import sys

from coursekit.autograd import Tensor
from coursekit.flow import on_coursekit
from coursekit.nn import Module


def framework_of(model):
    """Return the module that knows how to examine ``model``: `on_torch` or `on_coursekit`.

    Raises:
        TypeError: if it is neither a coursekit nor a torch module.
    """
    if isinstance(model, Module):
        return on_coursekit
    torch = sys.modules.get("torch")  # whoever has a torch model has imported torch
    if torch is not None and isinstance(model, torch.nn.Module):
        return _on_torch()
    raise TypeError(f"model must be a coursekit.nn module or a torch.nn.Module, got {model!r}")


def framework_of_tensor(loss):
    """Return `on_torch` or `on_coursekit`, whichever a loss belongs to.

    Raises:
        TypeError: if it is no tensor of either.
    """
    if isinstance(loss, Tensor):
        return on_coursekit
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(loss, torch.Tensor):
        return _on_torch()
    raise TypeError(f"loss must be a coursekit or a torch tensor, got {loss!r}")


def _on_torch():
    from coursekit.flow import on_torch

    return on_torch
