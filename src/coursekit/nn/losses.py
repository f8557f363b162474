"""Losses as functions: how far predictions are from targets, one recorded operation each.

The rule of a loss is often simpler than those of its parts one after another: for the logistic loss
it is σ(z) − y, where the parts would divide by a probability that may have rounded to 0.

Every loss takes ``reduction``: ``"mean"`` over all numbers, their ``"sum"``, or ``"none"`` for all
of them. If a prediction is not a number (NaN), neither is the loss: nothing hides it.
"""

import numpy as np

from coursekit._checks import one_of, real_number
from coursekit.activations.squashing import sigmoid_value
from coursekit.autograd import Tensor
from coursekit.autograd.node import record
from coursekit.nn.arguments import as_tensor, class_numbers

REDUCTIONS = ("mean", "sum", "none")


def mse_loss(prediction, target, reduction="mean"):
    """Return the squared errors (p − y)².

    Args:
        prediction: p, a tensor.
        target: y, an array or a tensor of exactly the same shape.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    Raises:
        TypeError: if either does not hold real numbers.
        ValueError: if the shapes differ, or there is nothing to take the mean of.

    Example:
        >>> p = Tensor([1.0, 2.0])
        >>> mse_loss(p, [0.0, 0.0]).backward()
        >>> p.grad
        array([1., 2.])
    """
    p, y = same_shapes("mse_loss", prediction, target)
    error = p.data - y.data
    return error_loss("mse_loss", error * error, p, y, lambda: 2 * error, reduction)


def l1_loss(prediction, target, reduction="mean"):
    """Return the absolute errors \\|p − y\\|; the slope at 0 is taken as 0. See `mse_loss`."""
    p, y = same_shapes("l1_loss", prediction, target)
    error = p.data - y.data
    return error_loss("l1_loss", np.abs(error), p, y, lambda: np.sign(error), reduction)


def huber_loss(prediction, target, reduction="mean", delta=1.0):
    """Return ½e² where the error e = p − y is at most δ, and δ(\\|e\\| − ½δ) beyond; see `mse_loss`.

    Source: Huber (1964), *Robust estimation of a location parameter*, Annals of Mathematical
    Statistics 35(1).

    Args:
        prediction: p, a tensor.
        target: y, an array or a tensor of exactly the same shape.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        delta: δ, above 0: where the parabola goes over into a line.
    """
    delta = real_number("delta", delta, above=0)
    p, y = same_shapes("huber_loss", prediction, target)
    error = p.data - y.data
    size = np.abs(error)
    values = np.where(size <= delta, 0.5 * error * error, delta * (size - 0.5 * delta))
    return error_loss("huber_loss", values, p, y, lambda: np.clip(error, -delta, delta), reduction)


def binary_cross_entropy_with_logits(logits, target, reduction="mean"):
    """Return −y log σ(z) − (1 − y) log(1 − σ(z)): the logistic loss. Its slope is σ(z) − y.

    It is computed as max(z, 0) − yz + log(1 + exp(−\\|z\\|)), which neither overflows nor takes the
    logarithm of 0.

    Args:
        logits: z, a tensor: what the net says before the sigmoid.
        target: y, an array of exactly the same shape: the class, 0 or 1, or a probability.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    Raises:
        TypeError: if either does not hold real numbers.
        ValueError: if the shapes differ, a target is below 0 or above 1, or there is nothing to
            take the mean of.
    """
    where = "binary_cross_entropy_with_logits"
    logits, target = same_shapes(where, logits, target)
    z, y = logits.data, target.data
    if y.size and (y.min() < 0 or y.max() > 1):
        raise ValueError(
            f"{where}: target must be 0, 1 or a probability between them, got values from "
            f"{y.min():g} to {y.max():g}"
        )
    values = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    slopes = [(logits, lambda: sigmoid_value(z) - y), (target, lambda: -z)]
    return reduced(where, values, slopes, reduction)


def cross_entropy(logits, target, reduction="mean"):
    """Return −log softmax(z)_y, for each example. Its slope is softmax(z), minus 1 at y.

    Args:
        logits: z, a tensor of shape (examples, classes): what the net says before the softmax.
        target: y, the class of each example, integers from 0 to classes − 1, of shape (examples,).
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    Raises:
        TypeError: if the classes are not integers.
        ValueError: if the shapes do not fit, a class is out of range, or there is nothing to take
            the mean of.
    """
    logits = as_tensor(logits, "cross_entropy")
    z = logits.data
    if z.ndim != 2 or z.shape[1] == 0:
        advice = ""
        if z.ndim > 2:
            advice = (
                f"; if its last axis is that of the classes, pass logits.reshape(-1, "
                f"{z.shape[-1]}) and target.reshape(-1)"
            )
        raise ValueError(
            f"cross_entropy: logits must have shape (examples, classes), got {z.shape}{advice}"
        )
    shape = target.shape if isinstance(target, Tensor) else np.shape(target)
    if shape != z.shape[:1]:
        advice = ""
        if shape == (len(z), 1):
            advice = "; a column becomes one-dimensional with .reshape(-1)"
        elif shape == z.shape:
            advice = "; for rows of zeros with a one at the class, pass rows.argmax(axis=1)"
        raise ValueError(
            f"cross_entropy: for logits of shape {z.shape}, target must hold the number of the "
            f"class of each example, in shape {z.shape[:1]}, got {shape}{advice}"
        )
    y = class_numbers("cross_entropy", "class in target", target, z.shape[1])
    examples = np.arange(len(z))
    shifted = z - z.max(axis=1, keepdims=True)  # so that no exponential overflows
    exponentials = np.exp(shifted)
    totals = exponentials.sum(axis=1)

    def slope():
        probabilities = exponentials / totals[:, np.newaxis]
        probabilities[examples, y] -= 1
        return probabilities

    values = np.log(totals) - shifted[examples, y]
    return reduced("cross_entropy", values, [(logits, slope)], reduction)


def same_shapes(where, prediction, target):
    """Return both as tensors; a plain target is a constant, in the precision of the prediction.

    Raises:
        TypeError: if one of them does not hold real numbers.
        ValueError: if their shapes differ.
    """
    prediction = as_tensor(prediction, where)
    if not isinstance(target, Tensor):
        target = np.asarray(target)
        if target.dtype.kind in "biuf":
            target = target.astype(prediction.dtype, copy=False)
        target = as_tensor(target, where)
    if prediction.shape == target.shape:
        return prediction, target
    message = f"{where}: prediction has shape {prediction.shape}, but target {target.shape}"
    lengths, target_lengths = (
        [n for n in tensor.shape if n != 1] for tensor in (prediction, target)
    )
    if lengths == target_lengths:  # such as (100, 1) and (100,): the same numbers in the same order
        message += (
            f"; they must be the same, otherwise broadcasting would compare every prediction with "
            f"every target. Pass target.reshape({', '.join(map(str, prediction.shape))})"
        )
    raise ValueError(message)


def error_loss(op, values, prediction, target, slope, reduction):
    """Record a loss of the error p − y: its slope by the target is minus that by the prediction."""
    return reduced(op, values, [(prediction, slope), (target, lambda: -slope())], reduction)


def reduced(op, values, slopes, reduction):
    """Record a loss, reduced as asked for.

    Args:
        op: its name.
        values: the array of losses.
        slopes: pairs (input, slope); ``slope()`` is the derivative of each loss by its input. It is
            computed only if the gradient of that input is asked for.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
    """
    one_of("reduction", reduction, REDUCTIONS)
    count = 1
    if reduction == "mean":
        count = values.size
        if count == 0:
            raise ValueError(f"{op}: there is no example to take the mean of")
    value = values if reduction == "none" else values.sum() / count

    def rule(slope, ndim):
        def of_input(grad):
            # One number per example, but a row of slopes: in cross-entropy. It gets a last axis.
            spread = grad[..., np.newaxis] if 0 < grad.ndim < ndim else grad
            return slope() * (spread / count)

        return of_input

    return record(op, value, *((tensor, rule(slope, tensor.data.ndim)) for tensor, slope in slopes))
