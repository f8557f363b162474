"""What all optimizers share: arguments checked, one step over a list of arrays, saved state."""

import copy
import inspect

import numpy as np

from coursekit._checks import real_number
from coursekit.optimizers.arrays import float_arrays, gradient_like

# Large arrays are updated in slices of about this many numbers, which stay in the processor's
# cache while a rule goes over them several times: a step of Adam is three times quicker for it.
_SLICE = 32_768


class Setting:
    """A hyper-parameter of an optimizer, checked whenever it is set: ``lr = Setting(at_least=0)``.

    Python calls ``__set__`` for each assignment ``optimizer.lr = value`` (this is a descriptor). The
    value becomes an ordinary attribute of the instance, so that reading it costs nothing extra.
    """

    def __init__(self, **bounds):
        self.bounds = bounds

    def __set_name__(self, owner, name):
        self.name = name

    def __set__(self, instance, value):
        instance.__dict__[self.name] = real_number(self.name, value, **self.bounds)


def update_average(mean, beta, value):
    """Move the exponential moving average ``mean`` toward ``value``, in place: β·mean + (1−β)·value."""
    mean *= beta
    mean += (1 - beta) * value


def yes_or_no(argument, value):
    """Return ``value`` as a bool.

    Raises:
        TypeError: if it is neither True nor False.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{argument} must be True or False, got {value!r}")
    return bool(value)


class Optimizer:
    """A rule that turns gradients into steps of the parameters.

    A subclass says which arrays it keeps for each parameter (``keeps``) and how one parameter
    moves (``update``); what has to be done once per step, whatever the number of parameters, goes
    into ``begin``.

    A gradient that is infinite or not a number raises no error: it flows into the parameters and
    the optimizer's memory, as it does in PyTorch. See `coursekit.clipping` for a remedy.

    Attributes:
        lr: the learning rate η. It may be set between steps; with 0 nothing moves.
        t: the number of steps taken.
        state: one dict of arrays for each parameter, in the order of the parameters; empty before
            the first step. Example: ``optimizer.state[0]["m"]``.
    """

    name = ""  # as in `coursekit.optimizers.get`
    title = ""  # for a legend
    keeps = ()  # names of the arrays in the state of each parameter
    elementwise = True  # whether each number is updated on its own

    lr = Setting(at_least=0)
    weight_decay = Setting(at_least=0)

    def __init__(self, lr, weight_decay):
        self.lr = lr
        self.weight_decay = weight_decay
        self.reset()

    def reset(self):
        """Forget all steps taken; the hyper-parameters stay as they are."""
        self.t = 0
        self.state = []
        self.shared = {}  # numbers kept from step to step that are the same for all parameters
        self._shapes = None

    def step(self, params, grads):
        """Update the parameters in place.

        Args:
            params: a list or tuple of writeable floating-point arrays of any shape, or one array.
                The number of arrays and their shapes must be the same at each step.
            grads: as many arrays of the same shapes; they are not changed.

        Raises:
            TypeError: if an array is missing or does not hold real numbers.
            ValueError: if numbers or shapes of arrays do not match, an array of ``params`` is
                read-only or there twice. Nothing has been changed when an error is raised.
        """
        params, grads = self._checked(params, grads)
        if self._shapes is None:
            self.state = [{} for _ in params]
            self._shapes = [w.shape for w in params]
        self.t += 1
        with np.errstate(all="ignore"):
            self.begin()
            keeps = self.keeps
            for w, grad, state in zip(params, grads, self.state, strict=True):
                for name in keeps:
                    if name not in state:  # the first step, or momentum has been switched on since
                        state[name] = self.initial(w)
                if self.elementwise and w.size > _SLICE:
                    rows = max(1, _SLICE * len(w) // w.size)
                    for i in range(0, len(w), rows):
                        part = {name: array[i : i + rows] for name, array in state.items()}
                        self.update(w[i : i + rows], grad[i : i + rows], part)
                else:
                    self.update(w, grad, state)

    def begin(self):
        """Do what a step needs once, before the first parameter is updated."""

    def initial(self, w):
        """Return what the arrays named in ``keeps`` hold before the first step."""
        return np.zeros_like(w)

    def update(self, w, grad, state):
        """Update the array ``w`` and the arrays in ``state`` in place."""
        raise NotImplementedError

    def hyperparameters(self):
        """Return the hyper-parameters, as a dict."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def state_dict(self):
        """Return a copy of all that is needed to go on later exactly as now.

        Save the parameters as well, and hand both to the new run. The dict holds numbers, strings,
        lists, tuples, dicts and arrays only.
        """
        return copy.deepcopy(
            {
                "name": self.name,
                "hyperparameters": self.hyperparameters(),
                "t": self.t,
                "shapes": self._shapes,
                "shared": self.shared,
                "state": self.state,
            }
        )

    def load_state_dict(self, saved):
        """Go on where ``saved``, from `state_dict`, was taken; its hyper-parameters are taken too.

        Raises:
            ValueError: if ``saved`` comes from another kind of optimizer.
        """
        if not isinstance(saved, dict) or saved.get("name") != self.name:
            got = f"one of {saved.get('name')!r}" if isinstance(saved, dict) else repr(saved)
            raise ValueError(f"saved must come from the optimizer {self.name!r}, got {got}")
        saved = copy.deepcopy(saved)
        self.__init__(**saved["hyperparameters"])
        self.t, self._shapes = saved["t"], saved["shapes"]
        self.shared, self.state = saved["shared"], saved["state"]

    def __repr__(self):
        values = (f"{name}={value!r}" for name, value in self.hyperparameters().items())
        return f"{type(self).__name__}({', '.join(values)})"

    def _checked(self, params, grads):
        """Return params and grads as lists of arrays that fit each other and the steps before."""
        alone = isinstance(params, np.ndarray)
        params = float_arrays("params", params)
        shapes = [w.shape for w in params]
        if self._shapes is not None and shapes != self._shapes:
            raise ValueError(
                f"params must have the shapes of the first step, {self._shapes}, got {shapes}; "
                f"call reset() to start afresh"
            )
        if alone:
            grads = [grads]
        elif not isinstance(grads, (list, tuple)) or len(grads) != len(params):
            is_list = isinstance(grads, (list, tuple))
            got = f"a list of {len(grads)}" if is_list else type(grads).__name__
            raise ValueError(
                f"grads must be a list with one array for each of params ({len(params)}), got {got}"
            )
        memory = {id(_owner(w)) for w in params}
        checked = []
        for i, (w, grad) in enumerate(zip(params, grads, strict=True)):
            if type(grad) is not np.ndarray or grad.shape != w.shape or grad.dtype != w.dtype:
                grad = gradient_like(w, grad, "grads" if alone else f"grads[{i}]")
            if id(_owner(grad)) in memory:  # as for f(x, y) = x y, whose gradient is [y, x]
                grad = grad.copy()
            checked.append(grad)
        return params, checked


def _owner(array):
    """Return the array whose memory ``array`` is a view of; ``array`` itself if it has its own."""
    return array if array.base is None else array.base
