"""From figures to findings: each illness has one function that looks for it."""

from coursekit.amounts import amount
from coursekit.flow.findings import Finding, percent, span
from coursekit.flow.nonfinite import not_finite
from coursekit.flow.thresholds import Thresholds


def diagnose(report, thresholds=None):
    """Return what is wrong, a list of `Finding`, causes before their consequences.

    Args:
        report: a `Report`.
        thresholds: a `Thresholds`; by default the one described there.

    Raises:
        TypeError: if ``thresholds`` is something else.
    """
    thresholds = Thresholds.checked(thresholds)
    findings = list(not_finite(report))
    if findings:  # no other figure means anything then
        return findings
    for look in (no_gradient, identical_units, dead_units, saturated_units):
        findings.extend(look(report, thresholds))
    gradual = list(across_depth(report, thresholds, [each.illness for each in findings]))
    if not {"dead units", "vanishing gradients"} & {each.illness for each in findings + gradual}:
        findings.extend(zero_gradient(report))  # otherwise they explain it
    return findings + gradual


def no_gradient(report, thresholds):
    """Find parameters that get no gradient at all: frozen ones, and ones the loss cannot reach."""
    frozen = [each for each in report.parameters if not each.trainable]
    lost = [each for each in report.parameters if each.trainable and each.gradient_norm is None]
    total = len(report.parameters)
    if frozen:
        yield Finding(
            "no gradient", span([each.name for each in frozen]), len(frozen) / total, None,
            f"{len(frozen)} of {total} parameters are frozen (requires_grad is False). They will not "
            "learn, which is right only if it is meant so, as in fine-tuning.",
        )  # fmt: skip
    if lost:
        uncalled = sum(not each.called for each in lost)
        details = _cut(report)
        if uncalled:
            details += [f"The layers of {uncalled} of them produced no output of their own."]
        yield Finding(
            "no gradient", span([each.name for each in lost]), len(lost) / total, None,
            f"{len(lost)} of {total} parameters get no gradient at all, not even zero: the loss does "
            f"not depend on them. {' '.join(details)}".rstrip(),
        )  # fmt: skip


def _cut(report):
    """Say where on the way back the gradient gets lost: a list of no or one sentence."""
    calls = report.calls
    for before, after in zip(calls[-2::-1], calls[:0:-1], strict=True):
        if after.has_gradient and not before.has_gradient:
            return [
                f"On the way back it gets lost between {after.kind_and_label} and "
                f"{before.kind_and_label}."
            ]
    return [] if any(call.has_gradient for call in calls) else ["No layer's output gets one."]


def identical_units(report, thresholds):
    """Find layers whose units have the same weights and the same gradient."""
    ill = [each for each in report.parameters if each.twins > thresholds.twins]
    if ill:
        worst = max(ill, key=lambda each: each.twins)
        yield Finding(
            "identical units", span([each.name for each in ill]), worst.twins, thresholds.twins,
            f"{percent(worst.twins)} of the units of {worst.name} have a twin with the same weights "
            "and the same gradient. Twins stay equal at every step, and do the work of one unit.",
        )  # fmt: skip


def dead_units(report, thresholds):
    """Find rectifiers most of whose units are zero for the whole batch."""

    def excess(call):  # see Thresholds.dead
        return call.dead - call.always_on

    rectifiers = [call for call in report.calls if call.dead is not None]
    ill = [call for call in rectifiers if excess(call) > thresholds.dead]
    if ill:
        worst = max(ill, key=excess)
        against = f", against {percent(worst.always_on)} that never are" if worst.always_on else ""
        yield Finding(
            "dead units", span([call.label for call in ill]), excess(worst), thresholds.dead,
            f"{percent(worst.dead)} of the units of {worst.kind_and_label} are zero for every "
            f"example of the batch{against}. The slope of a unit that is off is 0, so that no "
            "gradient passes through it, and its incoming weights do not learn.",
        )  # fmt: skip


def saturated_units(report, thresholds):
    """Find hidden sigmoid or tanh layers that sit in their flat parts.

    The last layer is left out: with cross-entropy a saturated output still learns, as the slope
    cancels.
    """
    ill = [
        call
        for call in report.calls[:-1]
        if call.saturated is not None and call.saturated > thresholds.saturated
    ]
    if ill:
        worst = max(ill, key=lambda call: call.saturated)
        yield Finding(
            "saturated units", span([call.label for call in ill]), worst.saturated,
            thresholds.saturated,
            f"{percent(worst.saturated)} of the outputs of {worst.kind_and_label} lie in the flat "
            f"parts of the {worst.kind.lower()}, where hardly any gradient passes.",
        )  # fmt: skip


def zero_gradient(report):
    """Find where on the way back the gradient becomes exactly zero."""
    zero = next((call for call in reversed(report.calls) if call.gradient_norm == 0), None)
    if zero is None or _about_to_wake(report, zero):
        return
    after = [call for call in report.calls[report.calls.index(zero) + 1 :] if call.has_gradient]
    by = f"on the way through {after[0].kind_and_label}" if after else "in the loss"
    yield Finding(
        "zero gradient", zero.label, 0.0, None,
        f"The gradient becomes exactly zero {by}: at the output of {zero.kind_and_label} it is 0 in "
        "every entry. Parameters that act on the loss only through this output do not learn.",
    )  # fmt: skip


def _about_to_wake(report, call):
    """Tell whether the zero only comes from zero weights that are about to change.

    Residual nets are often started so: the last layer of each branch is zero at the first step.
    """
    later = {each.name for each in report.calls[report.calls.index(call) + 1 :]}
    return any(
        each.norm == 0 and each.gradient_norm and each.name.rpartition(".")[0] in later
        for each in report.parameters
        if len(each.shape) >= 2 or each.name.endswith("weight")  # zero biases block nothing
    )


def across_depth(report, thresholds, illnesses):
    """Compare the gradient at the first hidden state with that at the last."""
    first, last = report.ends
    if first is None:
        return
    causes = [each for each in illnesses if each in ("dead units", "saturated units")]
    zeros = report.hidden.index(first)  # the number of states before it, all with gradient 0
    yield from vanished_or_exploded(
        report.gradient_ratio, report.gradient_factor, span([first.label, last.label]),
        f"from {last.kind_and_label} to {first.kind_and_label}", thresholds,
        (f"Before {first.kind_and_label} it is exactly 0. " if zeros else "")
        + "The early layers get next to no signal and hardly learn."
        + (f" The {causes[0]} found above are the likely cause." if causes else ""),
        "A learning rate that suits the late layers is far too large for the early ones.",
    )  # fmt: skip


def vanished_or_exploded(ratio, factor, where, way, thresholds, if_vanished, if_exploded):
    """Judge the ratio of the gradients at two hidden states, the first and the last.

    Args:
        ratio: the norm at the first divided by that at the last.
        factor: the same from one state to the one before it, in the geometric mean.
        where: the two states, for `Finding`.
        way: the way from the last to the first, in words.
        thresholds: a `Thresholds`.
        if_vanished: what it means if the gradient vanishes.
        if_exploded: what it means if it explodes.
    """
    if ratio < thresholds.vanishing:
        illness, threshold, meaning = "vanishing gradients", thresholds.vanishing, if_vanished
    elif ratio > thresholds.exploding:
        illness, threshold, meaning = "exploding gradients", thresholds.exploding, if_exploded
    else:
        return
    yield Finding(
        illness, where, ratio, threshold,
        f"On the way back {way}, the norm of the gradient with respect to the hidden state is "
        f"multiplied by {amount(ratio)} (by {amount(factor)} from one state to the one before). "
        f"{meaning}",
    )  # fmt: skip
