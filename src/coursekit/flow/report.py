"""The figures of all layers and parameters."""

import math
from dataclasses import dataclass

import numpy as np

from coursekit._checks import one_of
from coursekit.flow.diagnosis import diagnose
from coursekit.flow.rows import ACTIVATIONS, NORMALIZATIONS, Call, Parameter
from coursekit.flow.tables import html_table, text_table


@dataclass(frozen=True, repr=False)
class Report:
    """What `examine` measured. Print it for a table of the layers and one of the parameters.

    Attributes:
        loss: the loss, a float.
        calls: a `Call` for each call of a layer, in the order of the forward pass.
        parameters: a `Parameter` for each parameter, in the order of the model.
    """

    loss: float
    calls: tuple[Call, ...]
    parameters: tuple[Parameter, ...]

    def column(self, name):
        """Return one figure of all calls as an array, such as ``column("gradient_norm")``.

        Raises:
            ValueError: if there is no such figure.
        """
        return _column(name, Call, self.calls)

    def parameter_column(self, name):
        """Return one figure of all parameters as an array, such as ``"gradient_to_weight"``.

        Raises:
            ValueError: if there is no such figure.
        """
        return _column(name, Parameter, self.parameters)

    @property
    def hidden(self):
        """The calls whose outputs count as the hidden states, from the first to the last.

        Only outputs of layers of one sort can be compared, so these are the outputs of all
        activations, if there are at least two of them with a gradient; otherwise those of all
        normalization layers; otherwise those of all layers with parameters of their own; otherwise
        all. The output of the model, its last call, is not among them.
        """
        inner = [call for call in self.calls[:-1] if call.has_gradient]
        owners = {parameter.name.rpartition(".")[0] for parameter in self.parameters}
        for sort in (
            [call for call in inner if call.kind in ACTIVATIONS],
            [call for call in inner if call.kind.startswith(NORMALIZATIONS)],
            [call for call in inner if call.name in owners],
        ):
            if len(sort) >= 2:
                return tuple(sort)
        return tuple(inner)

    @property
    def ends(self):
        """The first and the last hidden state whose gradient is finite and not zero.

        Both are None if there are no two such states.
        """
        good = [
            call
            for call in self.hidden
            if call.gradient_norm != 0 and math.isfinite(call.gradient_norm)
        ]
        return (good[0], good[-1]) if len(good) >= 2 else (None, None)

    @property
    def gradient_ratio(self):
        """‖∂L/∂h‖ at the first hidden state divided by that at the last.

        It is nan if there are fewer than two. States before which the gradient has become exactly
        zero are left out.
        """
        first, last = self.ends
        return first.gradient_norm / last.gradient_norm if first else math.nan

    @property
    def gradient_factor(self):
        """By how much ‖∂L/∂h‖ is multiplied from one hidden state to the one before it.

        It is the geometric mean: the ratio of the first to the last, to the power 1/(number of
        steps between them).
        """
        first, last = self.ends
        if not first:
            return math.nan
        steps = self.hidden.index(last) - self.hidden.index(first)
        return self.gradient_ratio ** (1 / steps)

    @property
    def first_nonfinite_output(self):
        """The first call, in the order of the forward pass, whose output is not finite, or None."""
        return next((call for call in self.calls if call.nonfinite), None)

    @property
    def first_nonfinite_gradient(self):
        """The first call, in the order of the backward pass, whose gradient is not finite, or None."""
        return next((call for call in reversed(self.calls) if call.gradient_nonfinite), None)

    def diagnose(self, thresholds=None):
        """Return what is wrong, a list of `Finding`; empty for a healthy network.

        Causes come before their consequences. If something is not finite, only that is judged.

        Args:
            thresholds: a `Thresholds`; by default the one described there.

        Raises:
            TypeError: if ``thresholds`` is something else.
        """
        return diagnose(self, thresholds)

    def __str__(self):
        return "\n\n".join(text_table(*table) for table in self._tables())

    __repr__ = __str__

    def _repr_html_(self):
        return "".join(html_table(*table) for table in self._tables())

    def _tables(self):
        """Column heads, rows and the number of columns of text, of the two tables."""
        head = "layer, kind, shape of h, rms h, mean h, std h, ‖∂L/∂h‖, rms ∂L/∂h"
        yield (
            *_without_empty_columns(
                f"{head}, dead, inactive, saturated".split(", "),
                [
                    [call.label, call.kind, _by(call.shape), call.rms, call.mean, call.std]
                    + [_or_none(call.gradient_norm), call.gradient_rms]
                    + [_percent(share) for share in (call.dead, call.inactive, call.saturated)]
                    for call in self.calls
                ],
            ),
            3,
        )
        yield (
            ["parameter w", "shape", "‖w‖", "‖∂L/∂w‖", "‖∂L/∂w‖/‖w‖"],
            [
                [each.name, _by(each.shape), each.norm]
                + [_or_none(each.gradient_norm), each.gradient_to_weight]
                for each in self.parameters
            ],
            2,
        )


def _without_empty_columns(head, rows):
    """Leave out the columns in which no row has an entry, such as "dead" in a net without ReLU."""
    kept = [i for i in range(len(head)) if any(row[i] is not None for row in rows)]
    return [head[i] for i in kept], [[row[i] for i in kept] for row in rows]


def _by(shape):
    return "×".join(map(str, shape)) or "1"


def _or_none(value):
    return "none" if value is None else value


def _percent(share):
    return share if share is None else f"{100 * share:.3g}%"


def _column(name, cls, rows):
    """Return a figure of all rows as an array; None becomes nan."""
    figures = [*cls.__dataclass_fields__, *(k for k, v in vars(cls).items() if type(v) is property)]
    values = [getattr(row, one_of("column", name, figures)) for row in rows]
    if name == "shape":
        return np.fromiter(values, dtype=object, count=len(values))
    return np.array([math.nan if value is None else value for value in values])
