"""The loop itself: look at a place, record it, judge it, take a step."""

import copy

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.descent.arguments import (
    checked_look,
    checked_optimizer,
    optional_function,
    optional_number,
    working_copies,
)
from coursekit.descent.objectives import sampler
from coursekit.descent.progress import Progress
from coursekit.descent.record import Record
from coursekit.descent.stopping import ManyRuns, OneRun, Rules


def descend(
    objective,
    start,
    optimizer,
    steps,
    *,
    tolerance=None,
    target=None,
    until=None,
    diverged_above=None,
    schedule=None,
    clip=None,
    every=1,
    evaluate_every=None,
    callback=None,
    progress=None,
):
    """Let an optimizer walk down an objective, and return the path it took.

    If the objective returns one number for the start, this is one run. If it returns an array
    whose shape is that of the first axes of the start, each of these points is a run of its own,
    which goes on until it ends for its own reason and then stays where it is. All go on together,
    which is far quicker than one by one.

    A run that overflows is no error and raises no warning: it ends as "diverged" or "non-finite".

    Args:
        objective: a landscape, an `Objective`, a data set's loss (`DataObjective`, `LeastSquares`,
            `Logistic`, `StreamObjective`), `Noisy`, or a function of the position that returns
            ``(loss, gradient)``, such as `backpropagated` makes of a network's loss. It must not
            change the position it is given, nor keep it: copy it.
        start: the position, an array or a number; many positions (see above); or a list of NumPy
            arrays, such as the parameters of a network. It is not changed.
        optimizer: a `coursekit.optimizers` one, or anything with ``step(params, grads)`` and
            ``lr``. A copy is used, so that the next descent begins without memory of this one.
        steps: the largest number of steps, at least 0.
        tolerance: end as "converged" when the length of the gradient is at most this. By default
            no gradient, not even zero, ends the run, as momentum may carry on. With mini-batches
            or noise it is the length of the gradient seen, which may be small by chance.
        target: end as "converged" when the loss is at most this.
        until: end as "stopped" when this function of the position returns True; for many runs it
            returns an array with one boolean for each.
        diverged_above: end as "diverged" when the size of the loss is above this. By default
            10¹⁰ times that of the first loss, or 10¹⁰ if the first is below 1. ``math.inf`` for no
            limit.
        schedule: a function of the number of steps taken (0 before the first) that returns the
            learning rate of the next, see `coursekit.schedules`; or a `Plateau`, which is shown the
            loss before each step (and must be that of a single run).
        clip: a largest length of the gradient (of each run): a longer one is shortened to it. Or a
            function that changes a list of gradients in place, or returns another, such as
            ``partial(clip_by_value, limit=1.0)``; of many runs it gets all gradients at once.
        every: keep one position in this many, besides the start and the end; None for these two
            alone. Losses are all kept.
        evaluate_every: after every so many steps, and at the end, call the objective for the loss
            on all the data; see ``Path.full_losses``.
        callback: called as ``callback(step, position, loss)`` at each place; what it returns is
            ignored (to end the descent, use ``until``). The position changes in place: copy it to
            keep it.
        progress: None to show a line on a terminal when a run takes more than two seconds (never in
            a notebook, so that none stores it), False for no line, or a function of the line, such
            as ``print``.

    Returns:
        A `Path`. Its ``reason`` tells why it ended. Interrupting (Ctrl-C, or a notebook's stop)
        loses nothing: the path up to there is returned, with the reason "interrupted".

    Raises:
        TypeError: if an argument or what the objective returns is of the wrong kind.
        ValueError: if the start is empty or not finite, a number is out of bounds, the gradient
            has another shape than the position, the record would not fit in memory, or an
            optimizer that treats matrices as a whole is to take many runs at once.

    Example:
        >>> from coursekit import landscapes
        >>> from coursekit.optimizers import SGD
        >>> f = landscapes.get("bowl", condition=10)
        >>> descend(f, [1.0, 1.0], SGD(lr=0.1), steps=200, tolerance=1e-6)
        converged after 132 steps: loss 4.16e-13, gradient norm 9.12e-07
    """
    params, is_list = working_copies(start)
    x = params if is_list else params[0]
    steps = whole_number("steps", steps, at_least=0)
    rules = Rules(
        tolerance=optional_number("tolerance", tolerance, at_least=0),
        target=optional_number("target", target),
        until=optional_function("until", until),
        diverged_above=optional_number("diverged_above", diverged_above, above=0),
    )
    if not hasattr(schedule, "update"):
        optional_function("schedule", schedule)
    optional_function("callback", callback)
    if clip is not None and not callable(clip):
        clip = real_number("clip", clip, above=0)
    if evaluate_every is not None:
        evaluate_every = whole_number("evaluate_every", evaluate_every, at_least=1)
        if not callable(objective) or not hasattr(objective, "gradient"):
            raise TypeError(
                f"evaluate_every needs an objective that can be called for the loss on all the "
                f"data, got {objective!r}"
            )
    progress = Progress(progress, steps)
    optimizer, schedule = copy.deepcopy((checked_optimizer(optimizer), schedule))

    # Overflow is how a diverging run ends: the rules look for it, so NumPy need not warn.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        look = sampler(objective)  # a function of the position: look(x) is (loss, gradient)
        loss, gradient = checked_look(look(x), params, is_list)
        runs = _runs(loss, optimizer, rules)
        record = Record(params, np.shape(loss), steps, every)
        try:
            for step in range(steps + 1):
                if step > 0:
                    # No step leaves the last place, so no new batch is taken to look at it.
                    loss, gradient = look(x) if step < steps else look.again(x)
                grads = gradient if is_list else [np.asarray(gradient)]
                loss, norm = runs.see(loss, grads)
                record.visit(step, params, loss, norm)
                if evaluate_every and step % evaluate_every == 0:
                    record.visit_full(step, objective(x))
                if callback:
                    callback(step, x, loss)
                progress.tell(step, loss)

                if runs.judge(step, x, loss, norm):
                    break
                if look.ended or step == steps:
                    runs.end(step, "data ended" if look.ended else "budget")
                    break

                grads = runs.usable(grads)
                if clip:
                    grads = _clipped(grads, norm, clip, runs)
                if schedule:
                    optimizer.lr = _rate(schedule, step, loss)
                record.leave(step, optimizer.lr, look.examples)
                runs.move(optimizer, params, grads)
            if evaluate_every and record.full_steps[-1] != step:
                record.visit_full(step, objective(x))
        except KeyboardInterrupt:
            if record.places == 0:
                raise
            runs.end(record.places - 1, "interrupted")
        except Exception as error:
            error.add_note(f"This happened in descend, after {step} steps.")
            raise
        finally:
            progress.close()
    return record.path(runs, optimizer, is_list)


def _runs(loss, optimizer, rules):
    """Return the state of one run, or of many if there are many losses."""
    if np.ndim(loss) == 0:
        return OneRun(rules, loss)
    if not getattr(optimizer, "elementwise", True):
        raise ValueError(
            f"{optimizer!r} treats a matrix as a whole, so it cannot take many runs at once"
        )
    return ManyRuns(rules, loss)


def _clipped(grads, norm, clip, runs):
    """Return new gradients: no longer than the number ``clip``, or what the function makes of them."""
    if not callable(clip):
        return runs.clipped(grads, norm, clip)
    grads = [grad.copy() for grad in grads]  # the objective may own the originals
    result = clip(grads)
    return list(result) if isinstance(result, list | tuple) else grads


def _rate(schedule, step, loss):
    """Return the rate of the next step: from a `Plateau` by the loss, from a function by the step."""
    return schedule.update(loss) if hasattr(schedule, "update") else schedule(step)
