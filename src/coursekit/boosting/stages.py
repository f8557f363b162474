"""Boosting: add one tree after another, each fitted to where the loss falls fastest."""

from dataclasses import dataclass, field

import numpy as np

from coursekit.boosting.binning import bin_features
from coursekit.boosting.growing import grow

TINY = 1e-100  # smaller hessians are raised to it: targets are divided by them
ROWS_AT_A_TIME = 4096  # to predict: what is looked up for them stays in the processor's cache


@dataclass(frozen=True)
class Settings:
    """How to boost; see `coursekit.boosting.GradientBoostingRegressor` for their meaning."""

    n_estimators: int = 100
    learning_rate: float = 0.1
    max_depth: int | None = 3
    min_samples_leaf: int = 1
    max_bins: int = 255
    subsample: float = 1.0
    max_features: int | None = None
    newton: bool = False
    n_iter_no_change: int | None = None
    tol: float = 1e-4


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows to learn from, or to check on.

    Attributes:
        X: the features, shape (rows, features).
        y: the targets, shape (rows,), as the loss wants them.
        weight: the weight of each row, greater than 0; None if all are 1.
    """

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None = None

    def take(self, rows):
        """Return some of the rows."""
        weight = None if self.weight is None else self.weight[rows]
        return Sample(self.X[rows], self.y[rows], weight)


@dataclass(eq=False)
class Ensemble:
    """A sum of trees: F(x) = initial + learning_rate · Σ tree(x).

    Attributes:
        initial: where F starts, a number; with several outputs an array of one number each.
        learning_rate: η, by which each tree's values are multiplied.
        stages: for each stage a list of its trees, one per output.
        losses: for each stage the loss that its trees lower.
        train_score: the mean loss of the training rows after each stage, as that stage's entry of
            ``losses`` measures it.
        validation_score: the mean loss of the rows held out, likewise; empty if there are none.
    """

    initial: float | np.ndarray
    learning_rate: float
    stages: list = field(default_factory=list)
    losses: list = field(default_factory=list)
    train_score: list = field(default_factory=list)
    validation_score: list = field(default_factory=list)

    def start(self, n_rows):
        """Return F before the first stage, shape (rows,), or (rows, outputs) if there are several."""
        F = np.empty((*np.shape(self.initial), n_rows)).T  # one output's values lie side by side
        F[...] = self.initial
        return F

    def add(self, F, steps):
        """Add a stage to ``F`` in place; ``steps`` holds each output's tree values, one for each row."""
        for column, step in zip(outputs_of(F), steps, strict=True):
            column += self.learning_rate * step

    def add_trees(self, F, X, trees):
        """Add a stage to ``F`` in place, for rows that the trees may not have seen."""
        self.add(F, [tree.value.take(tree.leaf_of(X)) for tree in trees])

    def staged(self, X):
        """Yield F after each stage. It is the same array each time: copy it to keep it."""
        F = self.start(len(X))
        for trees in self.stages:
            self.add_trees(F, X, trees)
            yield F

    def predict(self, X):
        """Return F after the last stage."""
        F = self.start(len(X))
        for i in range(0, len(X), ROWS_AT_A_TIME):
            rows = slice(i, i + ROWS_AT_A_TIME)
            for trees in self.stages:
                self.add_trees(F[rows], X[rows], trees)
        return F


def outputs_of(F):
    """Return the columns of ``F`` as a list of views; ``F`` itself if it has one axis."""
    return [F] if F.ndim == 1 else list(F.T)


def boost(sample, loss, settings, rng, held_out=None):
    """Fit trees one after another (Friedman 2001, algorithm 1).

    With ``subsample`` below 1 each stage learns from rows drawn without replacement (Friedman,
    *Stochastic gradient boosting*, Computational Statistics & Data Analysis 38(4), 2002).

    Args:
        sample: the rows to learn from.
        loss: a loss of `coursekit.boosting.losses` or `coursekit.boosting.class_losses`.
        settings: the `Settings`.
        rng: the generator that draws rows and features.
        held_out: the rows that decide when to stop; None to use all ``n_estimators``.

    Returns:
        The `Ensemble`.

    Raises:
        ValueError: if ``subsample`` is so small that no row is drawn, or if the loss is no longer a
            finite number.
    """
    if int(settings.subsample * len(sample.y)) < 1:
        raise ValueError(f"subsample={settings.subsample:g} of {len(sample.y)} rows draws no row")
    bins = bin_features(sample.X, settings.max_bins)
    model = Ensemble(loss.initial(sample.y, sample.weight), settings.learning_rate)
    F = model.start(len(sample.y))
    F_held_out = None if held_out is None else model.start(len(held_out.y))

    for stage in range(1, settings.n_estimators + 1):
        stage_loss = loss.for_stage(sample.y, F, sample.weight)
        trees, steps = _fit_stage(sample, bins, F, stage_loss, settings, rng)
        model.stages.append(trees)
        model.losses.append(stage_loss)
        # A rate that is too large may drive F, and its loss, out of bounds: that is reported below.
        with np.errstate(over="ignore", invalid="ignore"):
            model.add(F, steps)
            model.train_score.append(stage_loss.value(sample.y, F, sample.weight))
        if not np.isfinite(model.train_score[-1]):
            raise ValueError(
                f"the loss is {model.train_score[-1]} after stage {stage}: "
                f"learning_rate={settings.learning_rate:g} is too large"
            )
        if held_out is not None:
            model.add_trees(F_held_out, held_out.X, trees)
            score = stage_loss.value(held_out.y, F_held_out, held_out.weight)
            model.validation_score.append(score)
            if _stands_still(model.validation_score, settings):
                break
    return model


def _fit_stage(sample, bins, F, loss, settings, rng):
    """Return one stage's trees, one per output, and for each tree its value for each row."""
    X = sample.X  # all rows, also those that this stage does not learn from
    subsampled = settings.subsample < 1
    if subsampled:
        n_rows = len(sample.y)
        drawn = rng.choice(n_rows, int(settings.subsample * n_rows), replace=False)
        rows = np.sort(drawn)
        sample, bins, F = sample.take(rows), bins.take(rows), F[rows]

    targets = outputs_of(loss.negative_gradient(sample.y, F))
    weights = [sample.weight] * len(targets)
    if settings.newton:
        hessians = [np.maximum(h, TINY) for h in outputs_of(loss.hessian(sample.y, F))]
        # The best step by the second-order expansion, Σ g s − ½ h s², is the least-squares fit of
        # g / h with weights h (Chen & Guestrin, XGBoost, KDD 2016, eq. 3).
        targets = [g / h for g, h in zip(targets, hessians, strict=True)]
        weights = [h if sample.weight is None else h * sample.weight for h in hessians]

    trees, steps = [], []
    for k, (target, weight) in enumerate(zip(targets, weights, strict=True)):
        tree, leaf = grow(
            bins,
            target,
            weight,
            settings.max_depth,
            settings.min_samples_leaf,
            settings.max_features,
            rng,
        )
        values = loss.leaf_values(sample.y, F, leaf, tree.n_nodes, sample.weight, k)
        tree = tree.with_values(values)
        trees.append(tree)
        if subsampled:
            leaf = tree.leaf_of(X)
        steps.append(values.take(leaf))
    return trees, steps


def _stands_still(scores, settings):
    """Return whether the last ``n_iter_no_change`` stages lowered the best score by at most tol."""
    n = settings.n_iter_no_change
    return len(scores) > n and min(scores[-n:]) >= min(scores[:-n]) - settings.tol
