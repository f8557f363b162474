"""The module: parameters, and a function that uses them; what every layer and every net is."""

import numpy as np

from coursekit._checks import numeric_array
from coursekit.autograd import Tensor


class Module:
    """A layer, a loss or a whole net. A subclass says in ``forward`` what it computes.

    There is nothing to register: a tensor that is kept as an attribute is a parameter, and a module
    that is kept as an attribute belongs to this one, in the order in which they were first set; both
    may also stand in a list.

    Three things are easily missed:

    * The result of an operation is no parameter. Write ``Tensor(0.1 * a)``, not ``0.1 * Tensor(a)``;
      and update with ``self.w.data -= ...``, since ``self.w -= ...`` puts a result in its place.
    * Every other tensor is a parameter, even a constant or a detached one. Keep a constant, or the
      last state of a recurrent layer, as an array: ``state.data``.
    * What stands in a dict, or in a list within a list, is not found.

    Attributes:
        training: whether the module is being trained, True at first; dropout and batch
            normalization act differently when it is not. Set it with `train` and `eval`.

    Example:
        >>> import numpy as np
        >>> from coursekit.autograd import Tensor
        >>> class Scale(Module):
        ...     def __init__(self, factor):
        ...         self.factor = Tensor(factor)
        ...
        ...     def forward(self, x):
        ...         return x * self.factor
        >>> scale = Scale([1.0, 2.0])
        >>> scale(np.array([3.0, 4.0])).sum().backward()
        >>> [(name, tensor.grad) for name, tensor in scale.named_parameters()]
        [('factor', array([3., 4.]))]
    """

    training = True
    buffers = ()  # names of the arrays that are saved with the parameters, but not trained
    _hooks = ()

    def forward(self, *inputs):
        """Return what the module computes from its inputs, a tensor or several."""
        raise NotImplementedError(f"{type(self).__name__} must define forward")

    def __call__(self, *inputs, **options):
        """Return ``forward(*inputs, **options)``, and show it to the hooks, if there are any."""
        output = self.forward(*inputs, **options)
        for hook in self._hooks:
            hook(self, inputs, output)
        return output

    def add_hook(self, hook):
        """Call ``hook(module, inputs, output)`` after each call of this module.

        ``inputs`` is the tuple of what was passed by position; keyword arguments are not shown.
        After ``backward``, ``output.grad`` holds the gradient of the loss with respect to the
        output. What the hook returns is ignored.

        Returns:
            A handle; ``handle.remove()`` takes the hook away.

        Raises:
            TypeError: if ``hook`` is not callable.
        """
        if not callable(hook):
            raise TypeError(f"hook must be a function (module, inputs, output), got {hook!r}")
        return Handle(self, hook)

    # What it consists of

    def named_children(self):
        """Return pairs (name, module): the modules that belong directly to this one."""
        return list(_attributes(self, Module))

    def modules(self):
        """Return pairs (dotted name, module): this one under "", and all that belong to it.

        A module that is used in several places is listed once.
        """
        return _first_uses(_tree(self))

    def named_parameters(self):
        """Return pairs (dotted name, tensor), such as ``"0.weight"``, in PyTorch's order.

        A parameter that is used in several places is listed once.
        """
        return _first_uses(
            (f"{name}.{own}" if name else own, tensor)
            for name, module in _tree(self)
            for own, tensor in module.own_parameters()
        )

    def own_parameters(self):
        """Return pairs (name, tensor): the parameters that are attributes of this module itself."""
        return [pair for pair in _attributes(self, Tensor) if pair[1].op is None]

    def parameters(self):
        """Return the list of parameters, tensors, in the order of `named_parameters`."""
        return [tensor for _, tensor in self.named_parameters()]

    # What can be done to all of it

    def train(self, mode=True):
        """Switch it, and all that belongs to it, to training; return it."""
        for _, module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self):
        """Switch it, and all that belongs to it, to evaluation; return it."""
        return self.train(False)

    def zero_grad(self):
        """Forget the gradients, which otherwise add up from one ``backward`` to the next."""
        for _, module in _tree(self):
            for _, tensor in module.own_parameters():
                tensor.grad = None

    def astype(self, dtype):
        """Turn parameters and buffers into another floating type, such as ``np.float32``; return it.

        New modules are in float64. Arrays that were taken from it before are not changed, and
        gradients are forgotten. Inputs are taken as they are: for results in float32, they must be
        in float32, too.

        Raises:
            TypeError: if ``dtype`` is not a floating type.
        """
        dtype = np.dtype(dtype)
        if dtype not in (np.float64, np.float32, np.float16):
            raise TypeError(f"dtype must be float64, float32 or float16, got {dtype}")
        for tensor in self.parameters():
            tensor.data, tensor.grad = tensor.data.astype(dtype), None
        for _, module in self.modules():
            for name in module.buffers:
                array = getattr(module, name)
                if array.dtype.kind == "f":
                    setattr(module, name, array.astype(dtype))
        return self

    # Saving and loading

    def state_dict(self):
        """Return a dict from names to copies of the arrays: parameters and buffers.

        To keep it in a file, write ``np.savez("net.npz", **net.state_dict())``, and to read it
        back, ``net.load_state_dict(np.load("net.npz"))``. PyTorch takes tensors in place of arrays:
        ``{name: torch.from_numpy(array) for name, array in net.state_dict().items()}``.
        """
        return {name: array.copy() for name, array in _arrays(self).items()}

    def load_state_dict(self, state):
        """Copy values into the parameters and buffers, whose arrays stay the same ones.

        Args:
            state: a dict from names to values, such as the `state_dict` of a module of the same
                architecture, from here or from PyTorch (``torch_net.state_dict()``, on the CPU).

        Raises:
            TypeError: if ``state`` is not a dict, or a value does not hold real numbers.
            ValueError: if names are missing or unexpected, or shapes differ. Nothing has been
                changed when an error is raised.
        """
        if not hasattr(state, "items"):  # what np.load returns has them, but is no dict
            raise TypeError(
                f"state must be a dict from names to values, such as net.state_dict() returns, got "
                f"{type(state).__name__}"
            )
        mine = _arrays(self)
        new = {name: _plain_array(name, value) for name, value in state.items()}
        faults = [f"missing: {name}" for name in mine if name not in new]
        faults += [f"unexpected: {name}" for name in new if name not in mine]
        faults += [
            f"{name} must have shape {array.shape}, got {new[name].shape}"
            for name, array in mine.items()
            if name in new and new[name].shape != array.shape
        ]
        if faults:
            raise ValueError(f"state does not fit {type(self).__name__}: {'; '.join(faults)}")
        for name, array in mine.items():
            array[...] = new[name]

    # How it is printed

    def extra_repr(self):
        """Return what stands in the parentheses when the module is printed: its settings."""
        return ""

    def __repr__(self):
        settings = self.extra_repr()
        children = [f"({name}): {module!r}" for name, module in self.named_children()]
        if not children:
            return f"{type(self).__name__}({settings})"
        body = "\n".join(filter(None, [settings, *children])).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {body}\n)"


class Handle:
    """What `Module.add_hook` returns: the way to take the hook away again.

    The module keeps handles, not hooks: if one function is added twice, each handle removes its own.
    """

    def __init__(self, module, hook):
        self._module, self._hook = module, hook
        module._hooks = (*module._hooks, self)

    def __call__(self, module, inputs, output):
        self._hook(module, inputs, output)

    def remove(self):
        """Take the hook away. A second time changes nothing."""
        self._module._hooks = tuple(each for each in self._module._hooks if each is not self)


def _tree(module, name=""):
    """Yield (dotted name, module) for a module and all below it; one used twice comes twice."""
    yield name, module
    for child_name, child in module.named_children():
        yield from _tree(child, f"{name}.{child_name}" if name else child_name)


def _attributes(module, kind):
    """Yield (name, value) for the attributes of a kind, also for those in lists: ``"layers.0"``."""
    for name, value in vars(module).items():
        if isinstance(value, kind):
            yield name, value
        elif isinstance(value, (list, tuple)):
            for i, each in enumerate(value):
                if isinstance(each, kind):
                    yield f"{name}.{i}", each


def _first_uses(named):
    """Return the pairs (name, thing) as a list, leaving out things that were there before."""
    first = {}
    for name, thing in named:
        first.setdefault(id(thing), (name, thing))
    return list(first.values())


def _arrays(module):
    """Return a dict from names to the arrays of all parameters and buffers themselves."""
    arrays = {}
    for name, each in _tree(module):
        own = [(own_name, tensor.data) for own_name, tensor in each.own_parameters()]
        own += [(buffer, getattr(each, buffer)) for buffer in each.buffers]
        arrays.update(
            (f"{name}.{own_name}" if name else own_name, array) for own_name, array in own
        )
    return arrays


def _plain_array(name, value):
    """Return a value of a state dict as an array; torch's tensors turn into arrays by themselves."""
    if isinstance(value, Tensor):
        value = value.data
    elif hasattr(value, "detach"):
        value = value.detach()  # a parameter of torch would refuse otherwise
    return numeric_array(name, value)
