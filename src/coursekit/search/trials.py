"""Grid search and random search: call the objective with each setting, keep all that came out."""

import math
import numbers
from dataclasses import dataclass

import numpy as np

from coursekit._checks import whole_number
from coursekit.search.spaces import Space, grid
from coursekit.search.table import Table
from coursekit.seeding import generator

RESERVED = ("trial", "loss", "failed")


@dataclass(frozen=True, repr=False)
class Trials(Table):
    """The trials of a search, the one with the smallest loss first and those that failed last.

    A row holds the number of the trial (from 0), its setting, its loss, and what else the objective
    returned. A trial fails if its loss is not finite or it raised a FloatingPointError: its loss is
    then recorded as infinite, and the cause in the column ``failed``. ``sorted("trial")`` gives the
    order in which they were made.

    Attributes:
        names: the names of the hyper-parameters.
    """

    names: tuple = ()

    @property
    def best(self):
        """The setting with the smallest loss: ``objective(**trials.best)`` repeats that trial.

        Raises:
            ValueError: if all trials failed.
        """
        if self.best_loss == math.inf:
            raise ValueError(f"all {len(self)} trials failed: {self.rows[0]['failed']}")
        return {name: self.rows[0][name] for name in self.names}

    @property
    def best_loss(self):
        """The smallest loss; infinite if all trials failed."""
        return self.rows[0]["loss"]


def grid_search(objective, axes):
    """Try all combinations of some values.

    Args:
        objective: a function that takes the hyper-parameters by name and returns the loss, or a
            dict with ``"loss"`` and whatever else is worth a column.
        axes: a dict from each name to its values, as for `grid`.

    Returns:
        `Trials`. If the search is interrupted, those made so far, with a note that says so.

    Raises:
        TypeError: if ``axes`` is not a dict of lists, or the objective returns something else than
            a loss.
        ValueError: if the grid is empty or has more than 10,000 points.
        Exception: what the objective raises (but see `Trials`), with a note that names the trial.
    """
    return _search(objective, grid(**_by_name("axes", axes)))


def random_search(objective, spaces, trials, seed):
    """Try settings that are drawn at random.

    Where only some of the hyper-parameters matter, this finds better values than a grid with as
    many trials, since each trial shows a new value of those that matter.

    Source: Bergstra and Bengio (2012), *Random search for hyper-parameter optimization*, Journal of
    Machine Learning Research 13.

    Args:
        objective: as for `grid_search`.
        spaces: a dict from each name to a space: `uniform`, `log_uniform` or `choice`.
        trials: the number of trials, at least 1.
        seed: an integer, at least 0, or a generator. From the same seed the first trials are the
            same for any number of trials.

    Returns:
        `Trials`, as `grid_search` does.

    Raises:
        TypeError: if ``spaces`` is not a dict of spaces, or the objective returns something else than a loss.
        ValueError: if there is no space, or ``trials`` is less than 1.
        Exception: what the objective raises (but see `Trials`), with a note that names the trial.
    """
    if not _by_name("spaces", spaces):
        raise ValueError("spaces must name at least one hyper-parameter, got none")
    for name, space in spaces.items():
        if not isinstance(space, Space):
            raise TypeError(
                f"spaces[{name!r}] must be a space, such as uniform(0, 1) or choice([1, 2]); "
                f"got {space!r}"
            )
    trials = whole_number("trials", trials, at_least=1)
    rng = seed if isinstance(seed, np.random.Generator) else generator(seed)
    settings = [{name: space.draw(rng) for name, space in spaces.items()} for _ in range(trials)]
    return _search(objective, settings)


def _by_name(argument, value):
    """Return a dict whose keys are the names of hyper-parameters."""
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise TypeError(f"{argument} must be a dict from names to values, got {value!r}")
    return value


def _search(objective, settings):
    """Call the objective with each setting, a dict, and return the `Trials`."""
    names = tuple(settings[0])
    for name in names:
        if name in RESERVED:
            raise ValueError(
                f"a hyper-parameter cannot be called {name!r}: the table has such a column"
            )
    rows, note = [], ""
    try:
        for trial, setting in enumerate(settings):
            try:
                outcome = _outcome(objective, setting)
            except Exception as error:
                error.add_note(f"This happened in trial {trial} of {len(settings)}: {setting}")
                raise
            rows.append({"trial": trial, **setting, **outcome})
    except KeyboardInterrupt:
        if not rows:
            raise
        note = f"Interrupted after {len(rows)} of {len(settings)} trials."
    return Trials(tuple(sorted(rows, key=lambda row: row["loss"])), note, names)


def _outcome(objective, setting):
    """Return what a trial adds to its row."""
    try:
        result = objective(**setting)
    except FloatingPointError as error:
        return {"loss": math.inf, "failed": f"FloatingPointError: {error}"}
    outcome = dict(result) if isinstance(result, dict) else {"loss": result}
    for name in outcome:
        if name in setting or (name in RESERVED and name != "loss"):
            raise ValueError(f"objective returned {name!r}, which is another column of the table")
    loss = outcome.get("loss")
    if isinstance(loss, np.ndarray) and loss.ndim == 0:
        loss = loss[()]
    if isinstance(loss, bool) or not isinstance(loss, numbers.Real):
        raise TypeError(
            f"objective must return the loss, a real number, or a dict with 'loss'; got {result!r}"
        )
    if math.isfinite(loss):
        return outcome | {"loss": float(loss)}
    return outcome | {"loss": math.inf, "failed": f"loss {float(loss)}"}
