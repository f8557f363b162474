"""One forward and one backward pass, with an account of what flowed."""

import math

import numpy as np

from coursekit._checks import real_number
from coursekit.flow import measures
from coursekit.flow.frameworks import framework_of
from coursekit.flow.report import Report
from coursekit.flow.rows import Call, Parameter
from coursekit.flow.watching import Watch


def examine(model, compute_loss, slope_share=0.01):
    """Run a model forward and backward once, and measure what flows through each layer.

    Each call of a module gets a row, in the order of the calls; a module that is called several
    times gets several. Modules that consist of others get none, since their parts have theirs.

    Nothing is changed: parameters, ``.grad``, buffers such as running statistics and the mode
    (train or eval) are afterwards what they were, and no hook stays behind, also when an error is
    raised. Only random numbers are used up, as in any forward pass (by dropout, say).

    Args:
        model: a ``coursekit.nn`` module or a ``torch.nn.Module``.
        compute_loss: a function without arguments that runs the model and returns the loss, a
            tensor with one number. It must not call ``backward``.
        slope_share: an entry of a sigmoid or tanh is counted as saturated if the slope there is
            below this share of the largest slope; between 0 and 1.

    Returns:
        A `Report`. Print it, ask it to ``diagnose()``, or take a ``column()`` to plot.

    Raises:
        TypeError: if ``model`` is no such module, ``compute_loss`` is not a function, or does not
            return a tensor.
        ValueError: if the loss is not one number, the model was not called, a module's output is
            empty, or ``slope_share`` is out of bounds.

    Example:
        >>> import numpy as np
        >>> from coursekit.nn import Linear, ReLU, Sequential
        >>> model = Sequential(Linear(2, 4, rng=np.random.default_rng(0)), ReLU())
        >>> report = examine(model, lambda: model(np.ones((3, 2))).sum())
        >>> [(call.name, call.kind, call.shape) for call in report.calls]
        [('0', 'Linear', (3, 4)), ('1', 'ReLU', (3, 4))]
    """
    framework = framework_of(model)
    if not callable(compute_loss):
        raise TypeError(
            f"compute_loss must be a function without arguments that returns the loss, "
            f"got {compute_loss!r}"
        )
    slope_share = real_number("slope_share", slope_share, above=0, below=1)
    # What is not finite is what we are looking for: the report tells, not a warning.
    with np.errstate(all="ignore"), framework.recording(), framework.unchanged(model):
        watch = Watch(framework, slope_share)
        with watch.hooks_on(model):
            loss = _checked(compute_loss(), framework)
        if not watch.rows:
            raise ValueError("compute_loss must call the model, but no module of it was called")
        parameters = framework.parameters(model)
        places = [place for of_call in watch.places for place in of_call]
        places += [framework.place(tensor) for _, tensor in parameters]
        # Iterated only once: the outputs of the calls take theirs first, then the parameters.
        grads = _gradients(framework, loss, places)
        calls = []
        for row, of_call in zip(watch.rows, watch.places, strict=True):
            calls.append(Call(**row, **_backward_figures([next(grads) for _ in of_call])))
        called = {row["name"] for row in watch.rows}
        kinds = {name: type(module).__name__ for name, module in framework.modules(model)}
        return Report(
            loss=float(framework.array(loss).reshape(())),
            calls=tuple(calls),
            parameters=tuple(
                _parameter_row(
                    name, framework.array(tensor), grad, tensor.requires_grad, called, kinds
                )
                for (name, tensor), grad in zip(parameters, grads, strict=True)
            ),
        )


def _checked(loss, framework):
    """Return the loss if it is a tensor with one number."""
    if not framework.is_tensor(loss):
        raise TypeError(
            f"compute_loss must return a {framework.FRAMEWORK} tensor of floating-point numbers, "
            f"got {loss!r}"
        )
    if math.prod(loss.shape) != 1:
        raise ValueError(
            f"compute_loss must return one number, got shape {tuple(loss.shape)}; take its mean"
        )
    return loss


def _gradients(framework, loss, places):
    """Return an iterator over the gradients.

    Say what is wrong if ``compute_loss`` has called ``backward``.
    """
    try:
        return framework.gradients(loss, places)
    except RuntimeError as error:
        if "second time" not in str(error):
            raise
        raise ValueError(
            "compute_loss must return the loss without calling backward on it"
        ) from error


def _backward_figures(grads):
    """Return the backward figures of a call, from the gradients of its outputs.

    Of several outputs it is the first that the loss depends on.
    """
    grad = next((grad for grad in grads if grad is not None), None)
    if grad is None:
        return {}
    figures = ("gradient_norm", "gradient_rms", "gradient_nonfinite")
    return dict(zip(figures, measures.size(grad), strict=True))


def _parameter_row(name, weight, grad, trainable, called, kinds):
    """Return the row of a parameter."""
    owner = name.rpartition(".")[0]
    row = {
        "name": name,
        "shape": tuple(weight.shape),
        "trainable": trainable,
        "called": owner in called,
    }
    row["norm"], _, row["nonfinite"] = measures.size(weight)
    if grad is not None:
        row["gradient_norm"] = measures.size(grad)[0]
        # The rows of an embedding are words, not units.
        finite = math.isfinite(row["norm"]) and math.isfinite(row["gradient_norm"])
        if finite and weight.ndim >= 2 and not kinds.get(owner, "").startswith("Embedding"):
            row["twins"] = measures.twins(weight, grad)
    return Parameter(**row)
