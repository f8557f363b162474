"""Gradient boosting beside its peers: time to fit and to predict, and the error on new rows.

Everybody gets the same rows, 100 trees of depth 3 and a learning rate of 0.1; all but scikit-learn's
exact version bin each feature into at most 255 bins. The peers use all cores, coursekit uses one.
Runs are interleaved, one of each in turn, and the median is told. The data are Friedman's first
problem: ten features, five of which matter, noise of standard deviation 1.
"""

import time
from collections import defaultdict
from statistics import mean, median

import numpy as np
from lightgbm import LGBMRegressor
from sklearn import ensemble
from sklearn.datasets import make_friedman1
from xgboost import XGBRegressor

from benchmarks.table import Row
from coursekit.boosting import GradientBoostingRegressor

OURS, EXACT, HISTOGRAM = "coursekit", "scikit-learn exact", "scikit-learn histogram"
MODELS = {
    OURS: lambda: GradientBoostingRegressor(n_estimators=100, max_depth=3),
    EXACT: lambda: ensemble.GradientBoostingRegressor(
        n_estimators=100, max_depth=3, random_state=0
    ),
    HISTOGRAM: lambda: ensemble.HistGradientBoostingRegressor(
        max_iter=100, max_leaf_nodes=8, max_depth=3, early_stopping=False
    ),
    "XGBoost": lambda: XGBRegressor(
        n_estimators=100, max_depth=3, learning_rate=0.1, tree_method="hist", max_bin=255
    ),
    "LightGBM": lambda: LGBMRegressor(
        n_estimators=100, max_depth=3, num_leaves=8, learning_rate=0.1, max_bin=255, verbose=-1
    ),
}
SIZES = (1_000, 10_000, 100_000)
ROUNDS = {1_000: 11, 10_000: 11, 100_000: 5}
SLOW_ROUNDS = {1_000: 5, 10_000: 3, 100_000: 1}  # of the exact version, which takes long
NEW_ROWS = 10_000
BUDGET_ROWS = 10_000
SAMPLES = 10  # the error of one sample differs from model to model by several percent, by chance


def sample(rows, seed):
    """Return features and targets of Friedman's first problem."""
    return make_friedman1(rows, n_features=10, noise=1.0, random_state=seed)


def seconds(action, *arguments):
    """Return how long ``action`` takes, and what it returns."""
    start = time.perf_counter()
    result = action(*arguments)
    return time.perf_counter() - start, result


def run(rows):
    """Fit and predict in turns; return for each model its median seconds to fit, to predict, and its RMSE."""
    (X, y), (X_new, y_new) = sample(rows, seed=0), sample(NEW_ROWS, seed=1)
    for make in MODELS.values():  # warm up: imports, thread pools
        make().fit(X[:100], y[:100]).predict(X_new[:100])
    fits, predictions, errors = defaultdict(list), defaultdict(list), {}
    for turn in range(ROUNDS[rows]):
        for name, make in MODELS.items():
            if name == EXACT and turn >= SLOW_ROUNDS[rows]:
                continue
            model = make()
            fits[name].append(seconds(model.fit, X, y)[0])
            took, predicted = seconds(model.predict, X_new)
            predictions[name].append(took)
            errors[name] = rmse(y_new, predicted)
    return {name: (median(fits[name]), median(predictions[name]), errors[name]) for name in MODELS}


def rmse(y, predicted):
    """Return the root of the mean squared error."""
    return float(np.sqrt(np.mean((y - predicted) ** 2)))


def mean_errors():
    """Return each model's RMSE on new rows, the mean over several samples of the budget's size."""
    errors = defaultdict(list)
    for seed in range(SAMPLES):
        (X, y), (X_new, y_new) = sample(BUDGET_ROWS, seed), sample(NEW_ROWS, seed + SAMPLES)
        for name, make in MODELS.items():
            errors[name].append(rmse(y_new, make().fit(X, y).predict(X_new)))
    return {name: mean(values) for name, values in errors.items()}


def listed(values, unit=""):
    """Return the peers' values in words."""
    peers = {name: value for name, value in values.items() if name != OURS}
    return ", ".join(f"{name} {value:.4g}{unit}" for name, value in peers.items())


def measure() -> list[Row]:
    """Measure coursekit's boosting and its peers."""
    results = {rows: run(rows) for rows in SIZES}
    table = []
    for rows, result in results.items():
        fits, predictions, errors = (
            {name: unit * result[name][i] for name in MODELS}
            for i, unit in enumerate((1000, 1000, 1))  # milliseconds, and the error as it is
        )
        head = f"boosting, {rows:,} rows of 10 features, 100 trees of depth 3"
        table += [
            Row(f"{head}: fit", fits[OURS], "ms", note=listed(fits, " ms")),
            Row(
                f"{head}: predict {NEW_ROWS:,} rows",
                predictions[OURS],
                "ms",
                note=listed(predictions, " ms"),
            ),
            Row(f"{head}: RMSE on new rows, one sample", errors[OURS], note=listed(errors)),
        ]

    sizes = np.log(SIZES)
    exponents = {
        name: np.polyfit(sizes, np.log([results[rows][name][0] for rows in SIZES]), 1)[0]
        for name in MODELS
    }
    fit = {name: values[0] for name, values in results[BUDGET_ROWS].items()}
    errors = mean_errors()
    note = f"{BUDGET_ROWS:,} rows"
    table += [
        Row(
            "boosting: fit time grows as rows to the power",
            exponents[OURS],
            note=f"1,000 to 100,000 rows; {listed(exponents)}",
        ),
        Row(
            f"boosting: times quicker than {EXACT}", fit[EXACT] / fit[OURS], "", 8, True, note=note
        ),
        Row(f"boosting: time over {HISTOGRAM}", fit[OURS] / fit[HISTOGRAM], "", 2.5, note=note),
    ]
    for peer in (EXACT, HISTOGRAM):
        table.append(
            Row(
                f"boosting: RMSE on new rows above that of {peer}",
                100 * (errors[OURS] / errors[peer] - 1),
                "%",
                1,
                note=f"{note}, means over {SAMPLES} samples: {OURS} {errors[OURS]:.4g}, "
                f"{listed(errors)}",
            )
        )
    return table
