"""The recurrences of RNN, LSTM and GRU over all time steps, each one recorded operation.

What comes from the inputs does not depend on the states, so one matrix product has made it for all
time steps before the loop begins: the ``drive``, of shape (steps, batch, gates · hidden). The loop
adds what comes from the last state. Its rule is *backpropagation through time*: the same loop
backward, where ``d_h`` is what the later steps say about the state.

Source: Werbos (1990), *Backpropagation through time: what it does and how to do it*, Proceedings of
the IEEE 78(10). (The loops allocate first and keep calls few: at 16 × 32 numbers per step, it is
the calls that cost.)
"""

import numpy as np

from coursekit.activations.squashing import sigmoid_value
from coursekit.autograd.node import record

# For each nonlinearity of `rnn` the function, and its slope written in terms of the value.
NONLINEARITIES = {
    "tanh": (np.tanh, lambda value: 1 - value * value),
    "relu": (lambda x: np.maximum(x, 0), lambda value: (value > 0).astype(value.dtype)),
    "identity": (np.positive, np.ones_like),
}


def rnn(drive, weight, h0, nonlinearity):
    """Return hₜ = f(driveₜ + W hₜ₋₁) for all t, a tensor of shape (steps, batch, hidden).

    Args:
        drive: a tensor of shape (steps, batch, hidden).
        weight: W, of shape (hidden, hidden).
        h0: the state before the first step, of shape (batch, hidden).
        nonlinearity: one of ``NONLINEARITIES``.
    """
    f, slope = NONLINEARITIES[nonlinearity]
    W, steps = weight.data, len(drive.data)
    h = np.empty((steps + 1, *h0.shape), drive.dtype)
    h[0] = h0.data
    for t in range(steps):
        h[t + 1] = f(drive.data[t] + h[t] @ W.T)

    def backward(grad):
        slopes = slope(h[1:])
        d_drive = np.empty_like(slopes)
        d_h = np.zeros_like(h[0])
        for t in reversed(range(steps)):
            d_drive[t] = (grad[t] + d_h) * slopes[t]
            d_h = d_drive[t] @ W
        return d_drive, weight_gradient(d_drive, h[:-1]), d_h

    return record("rnn", h[1:], *sharing_rules((drive, weight, h0), backward))


def lstm(drive, weight, h0, c0):
    """Return the states hₜ and cₜ for all t, a tensor of shape (2, steps, batch, hidden).

    The gates i, f, g, o stand side by side in this order, in the last axis of driveₜ + W hₜ₋₁::

        c = σ(f) c + σ(i) tanh(g)
        h = σ(o) tanh(c)

    Args:
        drive: a tensor of shape (steps, batch, 4 · hidden).
        weight: W, of shape (4 · hidden, hidden).
        h0: the hidden state before the first step, of shape (batch, hidden).
        c0: the cell state before the first step, of the same shape.
    """
    W, steps, hidden = weight.data, len(drive.data), weight.shape[1]
    # σ(z) = ½ + ½ tanh(½z), for i, f and o; tanh(z) = 0 + 1 tanh(1z), for g. Thus one call of tanh
    # serves all four gates: ``offset`` is ½ or 0, ``half`` is ½ or 1.
    half = np.repeat([0.5, 0.5, 1.0, 0.5], hidden).astype(drive.dtype)
    offset, half_W = 1 - half, W.T * half
    gates = drive.data * half  # for each step, first the sums and then their σ and tanh
    i, f, g, o = np.split(gates, 4, axis=-1)  # views
    states = np.empty((2, steps + 1, *h0.shape), drive.dtype)
    h, c = states
    h[0], c[0] = h0.data, c0.data
    for t in range(steps):
        gate = gates[t]
        gate += h[t] @ half_W
        np.tanh(gate, out=gate)
        gate *= half
        gate += offset
        c[t + 1] = f[t] * c[t] + i[t] * g[t]
        h[t + 1] = o[t] * np.tanh(c[t + 1])

    def backward(grad):
        grad_h, grad_c = grad
        tanh_c = np.tanh(c[1:])
        h_by_c = o * (1 - tanh_c * tanh_c)
        # First the slopes by the sums in the gates: of c by those of i, f, g, of h by that of o.
        d_drive = np.empty_like(gates)
        by_i, by_f, by_g, by_o = np.split(d_drive, 4, axis=-1)
        by_i[...] = g * i * (1 - i)
        by_f[...] = c[:-1] * f * (1 - f)
        by_g[...] = i * (1 - g * g)
        by_o[...] = tanh_c * o * (1 - o)
        d_h, d_c = np.zeros_like(states[:, 0])
        for t in reversed(range(steps)):
            d_h = d_h + grad_h[t]
            d_c = d_c + grad_c[t] + d_h * h_by_c[t]
            d_drive[t] *= np.concatenate((d_c, d_c, d_c, d_h), axis=-1)
            d_h = d_drive[t] @ W
            d_c = d_c * f[t]  # no weights on this way back: what the forget gate keeps, survives
        return d_drive, weight_gradient(d_drive, h[:-1]), d_h, d_c

    return record("lstm", states[:, 1:], *sharing_rules((drive, weight, h0, c0), backward))


def gru(drive, weight, bias, h0):
    """Return the states hₜ for all t, a tensor of shape (steps, batch, hidden).

    With the parts r, z, n of driveₜ and those of s = W hₜ₋₁ + b, in this order::

        r = σ(drive_r + s_r)
        z = σ(drive_z + s_z)
        n = tanh(drive_n + r s_n)
        h = (1 − z) n + z h

    The reset gate r acts after the matrix product, as in PyTorch. In the paper it acts before it.

    Args:
        drive: a tensor of shape (steps, batch, 3 · hidden).
        weight: W, of shape (3 · hidden, hidden).
        bias: b, of shape (3 · hidden,).
        h0: the state before the first step, of shape (batch, hidden).
    """
    W, steps, hidden = weight.data, len(drive.data), weight.shape[1]
    gates = drive.data.copy()  # for each step, first the sums and then their σ and tanh
    rz, n = gates[..., : 2 * hidden], gates[..., 2 * hidden :]  # views
    r, z = rz[..., :hidden], rz[..., hidden:]
    h = np.empty((steps + 1, *h0.shape), drive.dtype)
    s_n = np.empty_like(h[1:])
    h[0] = h0.data
    for t in range(steps):
        s = h[t] @ W.T + bias.data
        s_n[t] = s[:, 2 * hidden :]
        rz[t] = sigmoid_value(rz[t] + s[:, : 2 * hidden])
        n[t] = np.tanh(n[t] + r[t] * s_n[t])
        h[t + 1] = n[t] + z[t] * (h[t] - n[t])

    def backward(grad):
        # First the slopes of h by the parts of drive. Those by the parts of s differ in n only.
        d_drive = np.empty_like(gates)
        by_r, by_z, by_n = np.split(d_drive, 3, axis=-1)
        by_n[...] = (1 - z) * (1 - n * n)
        by_z[...] = (h[:-1] - n) * z * (1 - z)
        by_r[...] = by_n * s_n * r * (1 - r)
        d_s = d_drive.copy()
        d_s[..., 2 * hidden :] *= r
        d_h = np.zeros_like(h[0])
        for t in reversed(range(steps)):
            d_h = d_h + grad[t]
            d_gates = np.concatenate((d_h, d_h, d_h), axis=-1)
            d_drive[t] *= d_gates
            d_s[t] *= d_gates
            d_h = d_h * z[t] + d_s[t] @ W
        return d_drive, weight_gradient(d_s, h[:-1]), d_s.sum(axis=(0, 1)), d_h

    return record("gru", h[1:], *sharing_rules((drive, weight, bias, h0), backward))


def weight_gradient(d, h):
    """Return the gradient of the weights: d hᵀ, summed over all steps and examples."""
    return d.reshape(-1, d.shape[-1]).T @ h.reshape(-1, h.shape[-1])


def sharing_rules(inputs, backward):
    """Return pairs (input, rule) whose rules share one pass, as it makes all gradients at once.

    The first rule that is asked runs it, and the others find their gradients ready. Each gradient
    is handed out once, so that the next sweep runs a pass of its own.

    Args:
        inputs: tensors.
        backward: a function from the gradient at the result to a tuple of those at the inputs.
    """
    last_grad, ready = None, {}

    def rule(position):
        def of_input(grad):
            nonlocal last_grad, ready
            if last_grad is not grad or position not in ready:
                last_grad, ready = grad, dict(enumerate(backward(grad)))
            return ready.pop(position)

        return of_input

    return tuple((tensor, rule(position)) for position, tensor in enumerate(inputs))
