"""The first cause of numbers that are infinite or not a number."""

import math

from coursekit.amounts import amount
from coursekit.flow.findings import Finding, percent


def not_finite(report):
    """Find the first cause of numbers that are infinite or not a number."""
    weight = next((each for each in report.parameters if each.nonfinite), None)
    if weight:
        yield Finding(
            "not finite", weight.name, weight.nonfinite, None,
            f"{percent(weight.nonfinite)} of these weights are infinite or not a number: an earlier "
            "update has broken them.",
        )  # fmt: skip
        return
    call = report.first_nonfinite_output
    if call:
        yield _nonfinite_output(report, call)
    elif not math.isfinite(report.loss):
        yield Finding(
            "not finite", "the loss", report.loss, None,
            f"The loss is {report.loss}, although the outputs of all layers are finite: it arises "
            "in the computation of the loss.",
        )  # fmt: skip
    elif report.first_nonfinite_gradient:
        yield _nonfinite_gradient(report, report.first_nonfinite_gradient)
    else:
        yield from _nonfinite_weight_gradient(report)


def _nonfinite_output(report, call):
    share = f"{percent(call.nonfinite)} of the outputs of {call.kind_and_label} are infinite or not a number"
    if not call.input_nonfinite:
        before = report.calls[: report.calls.index(call)]
        meaning = f"{share}, the first in the network; its inputs and weights are finite."
        if before:
            meaning += (
                f" From the first layer to the one before it the outputs went from a size of "
                f"{amount(before[0].rms)} to {amount(before[-1].rms)}."
            )
        return Finding("not finite", call.label, call.nonfinite, None, meaning)
    if call is report.calls[0]:
        where = "the input"
        meaning = (
            f"The data already are not finite when they come to the first layer, "
            f"{call.kind_and_label}."
        )
    else:
        before = report.calls[report.calls.index(call) - 1]
        where = f"between {before.label} and {call.label}"
        meaning = (
            f"{share} because its inputs are, but the outputs of the layers called before it are "
            "finite: it arises in the code between them."
        )
    return Finding("not finite", where, call.nonfinite, None, meaning)


def _nonfinite_gradient(report, call):
    after = report.calls[report.calls.index(call) + 1 :]
    place = f"between this output and {after[0].kind_and_label}" if after else "in the loss"
    return Finding(
        "not finite", call.label, call.gradient_nonfinite, None,
        f"{percent(call.gradient_nonfinite)} of the gradient at the output of {call.kind_and_label} is "
        "infinite or not a number, the first on the way back, although all outputs are finite: it "
        f"arises {place}, where a slope is infinite.",
    )  # fmt: skip


def _nonfinite_weight_gradient(report):
    for each in report.parameters:
        norm = each.gradient_norm
        if norm is not None and not math.isfinite(norm):
            yield Finding(
                "not finite", each.name, norm, None,
                "The gradient of this parameter is infinite or not a number, although the gradients "
                "at the outputs of all layers are finite: it arises inside its layer.",
            )  # fmt: skip
            return
