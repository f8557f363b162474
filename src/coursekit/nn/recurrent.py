"""Recurrent layers: RNN, LSTM and GRU, with PyTorch's names, gates and shapes.

They differ in what one step computes; that stands in ``recurrences``.
"""

import numpy as np

from coursekit._checks import one_of, whole_number
from coursekit.autograd import Tensor, linear, stack
from coursekit.nn.arguments import as_tensor, default_start
from coursekit.nn.module import Module
from coursekit.nn.recurrences import NONLINEARITIES, gru, lstm, rnn


class _Recurrent(Module):
    """What the three share: parameters, shapes, stacked layers."""

    gates = 1  # how many blocks of ``hidden_size`` rows the weights have
    states = 1  # how many arrays the state consists of

    def __init__(self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, *, rng):
        self.input_size = whole_number("input_size", input_size, at_least=1)
        self.hidden_size = whole_number("hidden_size", hidden_size, at_least=1)
        self.num_layers = whole_number("num_layers", num_layers, at_least=1)
        self.has_bias = bool(bias)
        self.batch_first = bool(batch_first)
        start = default_start(self.hidden_size, rng)  # PyTorch counts the hidden units only
        rows = self.gates * self.hidden_size
        for layer in range(self.num_layers):
            inputs = self.input_size if layer == 0 else self.hidden_size
            setattr(self, f"weight_ih_l{layer}", start(rows, inputs))
            setattr(self, f"weight_hh_l{layer}", start(rows, self.hidden_size))
            if self.has_bias:
                setattr(self, f"bias_ih_l{layer}", start(rows))
                setattr(self, f"bias_hh_l{layer}", start(rows))

    def forward(self, x, state=None):
        """Run through a batch of sequences.

        Args:
            x: of shape (steps, batch, input_size), or (batch, steps, input_size) with
                ``batch_first``.
            state: what to start from, of shape (num_layers, batch, hidden_size); for an LSTM a pair
                (h, c) of that shape. By default zeros.

        Returns:
            outputs, state: the hidden states of the last layer at all steps, in the layout of
            ``x``; and the states of all layers after the last step, in the layout of ``state``.

        Raises:
            ValueError: if shapes do not fit, or there is no step.
        """
        x = as_tensor(x, self)
        if x.ndim != 3 or x.shape[2] != self.input_size:
            layout = "(batch, steps, " if self.batch_first else "(steps, batch, "
            raise ValueError(f"{self}: x must have shape {layout}{self.input_size}), got {x.shape}")
        if self.batch_first:
            x = x.transpose(1, 0, 2)
        if len(x) == 0:
            raise ValueError(f"{self}: a sequence must have at least one step, got none")
        starts = self._starts(state, x)
        ends = []
        for layer in range(self.num_layers):
            x, *end = self.run(x, layer, *(start[layer] for start in starts))
            ends.append(end)
        # From one [h] or [h, c] for each layer to all h, and all c.
        ends = tuple(stack(each) for each in zip(*ends, strict=True))
        outputs = x.transpose(1, 0, 2) if self.batch_first else x
        return outputs, (ends if self.states > 1 else ends[0])

    def run(self, x, layer, *starts):
        """Run one layer; return its outputs, and each part of its state after the last step."""
        raise NotImplementedError

    def _weights(self, layer):
        """Return W_ih, W_hh, b_ih, b_hh of a layer; the biases may be None."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return [getattr(self, f"{name}_l{layer}", None) for name in names]

    def _drive(self, x, layer):
        """Return what comes from the inputs at all steps: W_ih xₜ, and both biases."""
        W_ih, _, b_ih, b_hh = self._weights(layer)
        return linear(x, W_ih, b_ih + b_hh if self.has_bias else None)

    def _starts(self, state, x):
        """Return the parts of the state as tensors of shape (num_layers, batch, hidden_size)."""
        shape = (self.num_layers, x.shape[1], self.hidden_size)
        if state is None:
            dtype = np.result_type(x.dtype, self.weight_hh_l0.dtype)
            return [Tensor(np.zeros(shape, dtype), requires_grad=False)] * self.states
        if self.states == 1:
            state = (state,)
        elif not isinstance(state, (tuple, list)) or len(state) != self.states:
            raise ValueError(f"{self}: the state must be a pair (h, c), got {type(state).__name__}")
        starts = [as_tensor(part, self) for part in state]
        for part in starts:
            if part.shape != shape:
                raise ValueError(f"{self}: the state must have shape {shape}, got {part.shape}")
        return starts

    def extra_repr(self):
        """Return the sizes, and the settings that are not the default."""
        parts = [f"{self.input_size}, {self.hidden_size}"]
        parts += [f"num_layers={self.num_layers}"] * (self.num_layers != 1)
        parts += ["bias=False"] * (not self.has_bias)
        parts += ["batch_first=True"] * self.batch_first
        return ", ".join(parts)


class RNN(_Recurrent):
    """The plain recurrent layer: hₜ = f(W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh).

    Source: Elman (1990), *Finding structure in time*, Cognitive Science 14(2).

    Args:
        input_size: the length of each xₜ.
        hidden_size: the length of each hₜ.
        num_layers: how many layers are stacked; each one's outputs are the inputs of the next.
        nonlinearity: f: ``"tanh"``, ``"relu"`` or ``"identity"`` (a linear recurrence).
        bias: whether there are biases.
        batch_first: whether inputs and outputs have shape (batch, steps, ...) instead of
            (steps, batch, ...).
        rng: a random generator. All parameters start uniform on ±1/√hidden_size, as in PyTorch.

    Attributes:
        weight_ih_l0: W_ih of the first layer, of shape (hidden_size, input_size); there are also
            ``weight_hh_l0``, ``bias_ih_l0``, ``bias_hh_l0``, and the same for layers 1, 2, ...
    """

    def __init__(
        self,
        input_size,
        hidden_size,
        num_layers=1,
        nonlinearity="tanh",
        bias=True,
        batch_first=False,
        *,
        rng,
    ):
        self.nonlinearity = one_of("nonlinearity", nonlinearity, tuple(NONLINEARITIES))
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, rng=rng)

    def run(self, x, layer, h0):
        """Run one layer."""
        W_hh = self._weights(layer)[1]
        outputs = rnn(self._drive(x, layer), W_hh, h0, self.nonlinearity)
        return outputs, outputs[-1]

    def extra_repr(self):
        """Return the sizes, and the settings that are not the default."""
        other = f", nonlinearity={self.nonlinearity!r}" if self.nonlinearity != "tanh" else ""
        return super().extra_repr() + other


class LSTM(_Recurrent):
    """Long short-term memory: a cell state that changes only by what the gates let through.

    Source: Hochreiter and Schmidhuber (1997), *Long short-term memory*, Neural Computation 9(8);
    the forget gate: Gers, Schmidhuber and Cummins (2000), *Learning to forget*, Neural
    Computation 12(10).

    Arguments are those of `RNN`, without the nonlinearity. The weights have the gates i, f, g, o as
    blocks of ``hidden_size`` rows, in this order. The bias of the forget gate is therefore
    ``lstm.bias_hh_l0.data[hidden_size : 2 * hidden_size]`` (to which that of ``bias_ih_l0`` adds).
    """

    gates = 4
    states = 2

    def run(self, x, layer, h0, c0):
        """Run one layer."""
        W_hh = self._weights(layer)[1]
        states = lstm(self._drive(x, layer), W_hh, h0, c0)
        outputs = states[0]
        return outputs, outputs[-1], states[1, -1]  # outputs, and the last h and c


class GRU(_Recurrent):
    """The gated recurrent unit: one gate decides how much of the state is replaced.

    Source: Cho and others (2014), *Learning phrase representations using RNN encoder-decoder for
    statistical machine translation*, EMNLP.

    Arguments are those of `RNN`, without the nonlinearity. The weights have the gates r (reset),
    z (update) and n (new) as blocks of ``hidden_size`` rows, in this order.
    """

    gates = 3

    def run(self, x, layer, h0):
        """Run one layer."""
        W_ih, W_hh, b_ih, b_hh = self._weights(layer)
        if not self.has_bias:  # b_hh has a place of its own: the reset gate multiplies a part of it
            b_hh = Tensor(np.zeros(len(W_hh), W_hh.dtype), requires_grad=False)
        outputs = gru(linear(x, W_ih, b_ih), W_hh, b_hh, h0)
        return outputs, outputs[-1]
