"""Hooks on all modules of a model, that note what comes out of each call."""

import functools
from collections import Counter
from contextlib import ExitStack, contextmanager

from coursekit.flow import measures
from coursekit.flow.rows import ACTIVATIONS
from coursekit.nn import ActivationLayer

RECURRENT = ("RNN", "LSTM", "GRU")


class Watch:
    """Notes a row of figures for each call of a module, at the moment of the call.

    Attributes:
        rows: dicts with the figures of the forward pass, one for each call.
        places: for each call, the places of its outputs in the graph.
    """

    def __init__(self, framework, slope_share):
        self.framework, self.slope_share = framework, slope_share
        self.rows, self.places = [], []
        self._called = []  # the modules called so far
        self._seen = {}  # for each of them, how many were called before its latest call
        self._times = Counter()
        self._unit_axis = -1

    @contextmanager
    def hooks_on(self, model):
        """Have a hook on every module inside the ``with``, and none after it."""
        with ExitStack() as stack:
            for name, module in self.framework.modules(model):
                parts = set(self.framework.children(module))
                hook = functools.partial(self._note, name, parts)
                stack.callback(self.framework.add_hook(module, hook).remove)
            yield

    def _note(self, name, parts, module, inputs, output):
        """Note a call, unless parts of the module were called in it: then they have their rows.

        No hook tells when a call starts, so that "in it" means since the previous call of the module.
        """
        inner = self._called[self._seen.get(module, 0) :]
        self._seen[module] = len(self._called)
        outputs = tensors_in(output, self.framework.is_tensor)
        if not outputs or not parts.isdisjoint(inner):
            return
        y = self.framework.array(outputs[0])
        if y.size == 0:
            raise ValueError(
                f"the output of module {name!r} must not be empty, got shape {y.shape}"
            )
        kind = kind_of(module)
        row = {"name": name, "kind": kind, "number": self._times[module]}
        row["shape"] = tuple(y.shape)
        _, row["rms"], row["nonfinite"] = measures.size(y)
        row["mean"], row["std"] = measures.spread(y)
        if row["nonfinite"]:
            row["input_nonfinite"] = any(
                measures.size(self.framework.array(x))[2] > 0
                for x in tensors_in(inputs, self.framework.is_tensor)
            )
        self._unit_axis = unit_axis(kind, y.ndim, self._unit_axis)
        if kind in measures.RECTIFIERS and y.ndim:
            axis = self._unit_axis if y.ndim > 1 else 0
            row["dead"], row["always_on"], row["inactive"] = measures.zeros(y, axis)
        if kind in measures.SLOPES:
            row["saturated"] = measures.saturated(y, kind, self.slope_share)
        self.rows.append(row)
        self.places.append([self.framework.place(tensor) for tensor in outputs])
        self._called.append(module)
        self._times[module] += 1


def kind_of(module):
    """Return the name of a module's class; for a subclass of an activation, the activation's."""
    if isinstance(module, ActivationLayer):
        return module.activation.title.replace(" ", "")
    names = [cls.__name__ for cls in type(module).__mro__]
    return next((name for name in names if name in ACTIVATIONS), names[0])


def unit_axis(kind, ndim, before):
    """Return the axis of the units: that of the latest layer that says which one it is.

    Images have their channels along axis 1, fully connected and recurrent layers their units along
    the last axis, and activations work on either.
    """
    if kind.startswith(("Conv", "BatchNorm", "InstanceNorm", "GroupNorm")):
        return 1
    if ndim <= 2 or kind.startswith(("Linear", "LayerNorm", "RMSNorm", "Embedding", *RECURRENT)):
        return -1
    return before


def tensors_in(value, is_tensor):
    """Return all tensors in what a module takes or returns: nested tuples, lists and dicts."""
    if is_tensor(value):
        return [value]
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (tuple, list)):
        return []
    return [tensor for part in value for tensor in tensors_in(part, is_tensor)]
