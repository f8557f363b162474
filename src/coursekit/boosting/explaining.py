"""One row's way through a boosted model, with its arithmetic."""

from dataclasses import dataclass

from coursekit.boosting.stages import outputs_of


@dataclass(frozen=True)
class Step:
    """What one tree does to one row.

    Attributes:
        stage: the number of the stage, from 1.
        before: F before the step.
        target: the negative gradient at ``before``, which the tree was to fit; None if y is unknown.
        path: the questions that the row meets in the tree, and its leaf, as a list of sentences.
        value: the value of its leaf.
        after: F after the step: before + learning_rate · value.
    """

    stage: int
    before: float
    target: float | None
    path: list[str]
    value: float
    after: float


@dataclass(frozen=True)
class Explanation:
    """One row's way through a boosted model; print it to read it.

    Attributes:
        initial: F at the start, the same for all rows.
        learning_rate: η, the factor of each tree's value.
        steps: a list with a `Step` for each stage.
    """

    initial: float
    learning_rate: float
    steps: list[Step]

    def __str__(self):
        lines = [f"start: F = {self.initial:.6g}"]
        for step in self.steps:
            target = "" if step.target is None else f"negative gradient {step.target:.6g}; "
            arithmetic = f"F = {step.before:.6g} + {self.learning_rate:g} · {step.value:.6g}"
            lines.append(
                f"stage {step.stage}: {target}{'; '.join(step.path)}; "
                f"{arithmetic} = {step.after:.6g}"
            )
        return "\n".join(lines)


def explain(model, x, y=None, output=0, feature_names=None):
    """Follow one row through a model.

    Args:
        model: a `coursekit.boosting.stages.Ensemble`.
        x: the row, a float64 array of shape (1, features).
        y: its target, an array of shape (1,) as the loss wants it; None if it is unknown.
        output: which of the outputs to follow.
        feature_names: what to call the features; x0, x1, … by default.

    Returns:
        An `Explanation`.
    """
    F = model.start(1)
    initial, steps = float(outputs_of(F)[output][0]), []
    for m, (loss, trees) in enumerate(zip(model.losses, model.stages, strict=True), start=1):
        before = float(outputs_of(F)[output][0])
        target = None
        if y is not None:
            target = float(outputs_of(loss.negative_gradient(y, F))[output][0])
        model.add_trees(F, x, trees)
        tree = trees[output]
        steps.append(
            Step(
                stage=m,
                before=before,
                target=target,
                path=tree.path(x[0], feature_names),
                value=float(tree.value[tree.leaf_of(x)[0]]),
                after=float(outputs_of(F)[output][0]),
            )
        )
    return Explanation(initial, model.learning_rate, steps)
