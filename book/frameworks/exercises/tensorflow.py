"""Exercises of 7.2, TensorFlow: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def tape_gradient(records, loss, source):
    grads = {loss: 1.0}
    for result, edges in reversed(records):
        if result in grads:
            for parent, local in edges:
                grads[parent] = grads.get(parent, 0.0) + local * grads[result]
    return grads.get(source)


def zero_for_none(records, loss, source):
    grad = tape_gradient(records, loss, source)
    return 0.0 if grad is None else grad


def read_forward(records, loss, source):
    return tape_gradient(records[::-1], loss, source)


def overwritten(records, loss, source):
    grads = {loss: 1.0}
    for result, edges in reversed(records):
        if result in grads:
            for parent, local in edges:
                grads[parent] = local * grads[result]
    return grads.get(source)


def upstream_forgotten(records, loss, source):
    grads = {loss: 1.0}
    for result, edges in reversed(records):
        if result in grads:
            for parent, local in edges:
                grads[parent] = grads.get(parent, 0.0) + local
    return grads.get(source)


def from_the_last_record(records, loss, source):
    return tape_gradient(records, records[-1][0], source)


def summed_with_upstream(records, loss, source):
    grads = {loss: 1.0}
    for result, edges in reversed(records):
        if result in grads:
            for parent, local in edges:
                grads[parent] = grads.get(parent, 0.0) + local + grads[result]
    return grads.get(source)


def safe_mse(labels, predictions):
    return np.mean(
        (np.reshape(labels, np.shape(predictions)) - predictions) ** 2
    )


def broadcast(labels, predictions):
    return np.mean((labels - predictions) ** 2)


def each_error(labels, predictions):
    return (np.ravel(labels) - np.ravel(predictions)) ** 2


def summed(labels, predictions):
    return np.sum(
        (np.reshape(labels, np.shape(predictions)) - predictions) ** 2
    )


def absolute(labels, predictions):
    return np.mean(
        abs(np.reshape(labels, np.shape(predictions)) - predictions)
    )


def rooted(labels, predictions):
    return np.sqrt(safe_mse(labels, predictions))


def flat_and_unchecked(labels, predictions):
    return np.mean((np.ravel(labels) - np.ravel(predictions)) ** 2)


def traces(calls):
    return len(set(calls))


def every_call(calls):
    return len(calls)


def only_once(calls):
    return min(1, len(calls))


def one_per_kind(calls):
    return len({kind for kind, _ in calls})


def numbers_share(calls):
    return len({call if call[0] == "tensor" else "python" for call in calls})


def when_it_changes(calls):
    return sum(
        1 for i, call in enumerate(calls) if i == 0 or call != calls[i - 1]
    )


def by_rank(calls):
    return len(
        {
            (kind, len(what) if kind == "tensor" else what)
            for kind, what in calls
        }
    )


def running_mean(batch_means, momentum):
    average = 0.0
    for mean in batch_means:
        average = momentum * average + (1 - momentum) * mean
    return average


def as_pytorch(batch_means, momentum):
    return running_mean(batch_means, 1 - momentum)


def plain_mean(batch_means, momentum):
    return float(np.mean(batch_means))


def started_at_the_first(batch_means, momentum):
    average = batch_means[0]
    for mean in batch_means[1:]:
        average = momentum * average + (1 - momentum) * mean
    return average


def corrected(batch_means, momentum):
    return running_mean(batch_means, momentum) / (
        1 - momentum ** len(batch_means)
    )


def velocity(batch_means, momentum):
    average = 0.0
    for mean in batch_means:
        average = momentum * average + mean
    return average


def last_only(batch_means, momentum):
    return (1 - momentum) * batch_means[-1]


# w = 3, h = w·w, loss = h·w.
CUBE = [("h", [("w", 3.0), ("w", 3.0)]), ("loss", [("h", 3.0), ("w", 9.0)])]
# a metric is computed last, from the same h.
METRIC = [
    ("h", [("w", 2.0)]),
    ("loss", [("h", 5.0), ("b", 1.0)]),
    ("metric", [("h", 7.0), ("loss", 2.0)]),
]
# the loss comes from v only; w is on the tape and leads elsewhere.
ELSEWHERE = [("h", [("w", 4.0)]), ("k", [("v", 3.0)]), ("loss", [("k", 2.0)])]

EXERCISES = [
    Exercise(
        id="7.2.1",
        title="Read a tape backward",
        solution=tape_gradient,
        probes=[
            (CUBE, "loss", "w"),
            (METRIC, "loss", "w"),
            (METRIC, "loss", "b"),
            (ELSEWHERE, "loss", "w"),
            (ELSEWHERE, "loss", "v"),
            (ELSEWHERE, "loss", "unheard of"),
        ],
        mistakes=[
            Mistake(
                "zero for None",
                zero_for_none,
                "Where the tape does not connect the two, you return 0. That would say: connected, and flat. "
                "Return `None`.",
            ),
            Mistake(
                "read forward",
                read_forward,
                "You read the tape from its beginning. The loss is written last: when you reach its record, "
                "the records before it have been passed. Read backward.",
            ),
            Mistake(
                "overwritten",
                overwritten,
                "A source that is used twice keeps only one of its shares. Used twice, added twice.",
            ),
            Mistake(
                "upstream forgotten",
                upstream_forgotten,
                "You add up local derivatives alone. Each is multiplied by the gradient that has arrived at "
                "the record's result.",
            ),
            Mistake(
                "from the last record",
                from_the_last_record,
                "You began at the last record of the tape. It may belong to something else, such as a metric: "
                "the gradient 1 belongs to `loss`.",
            ),
            Mistake(
                "added instead of multiplied",
                summed_with_upstream,
                "Along a path, derivatives are multiplied; only different paths are added.",
            ),
        ],
        right="Records that the loss does not depend on are skipped, since nothing has arrived at their results.",
        unfinished="Begin with a dict that holds 1 for the loss.",
    ),
    Exercise(
        id="7.2.2",
        title="A squared error that cannot broadcast",
        solution=safe_mse,
        probes=[
            (np.array([0.0, 1.0, 2.0]), np.array([[0.5], [1.5], [1.0]])),
            (np.array([[1.0], [-1.0]]), np.array([0.5, 2.0])),
            (np.array([3.0, 4.0]), np.array([1.0, 4.0])),
            (np.array([[3.0], [4.0]]), np.array([[1.0], [1.0]])),
            (np.array([2.0]), np.array([[0.5], [1.5], [1.0]])),
        ],
        mistakes=[
            Mistake(
                "broadcast",
                broadcast,
                "With labels of shape (N,) and predictions of shape (N, 1) the difference has the shape (N, N): "
                "every label against every prediction. Give both one shape first.",
            ),
            Mistake(
                "not averaged",
                each_error,
                "One squared error per example. The loss is their mean.",
            ),
            Mistake(
                "summed",
                summed,
                "You added the squares up; asked for is their mean.",
            ),
            Mistake(
                "absolute",
                absolute,
                "Those are absolute differences. Square them.",
            ),
            Mistake("root", rooted, "That is the root of what is asked for."),
            Mistake(
                "sizes unchecked",
                flat_and_unchecked,
                "A single label against three predictions went through: after `ravel`, an array of size 1 "
                "is still broadcast. Different sizes must raise a `ValueError`; `np.reshape` to the "
                "other's shape does it.",
            ),
        ],
        right="With the shapes equal, the order of the arguments cannot matter either: this loss is symmetric.",
        unfinished="One call of `np.reshape` and one line are enough.",
    ),
    Exercise(
        id="7.2.3",
        title="Count the traces",
        solution=traces,
        probes=[
            ([("tensor", ()), ("tensor", ()), ("tensor", ())],),
            ([("python", 1.0), ("python", 2.0), ("python", 1.0)],),
            (
                [
                    ("tensor", (2,)),
                    ("tensor", (3,)),
                    ("tensor", (2,)),
                    ("tensor", (3,)),
                ],
            ),
            (
                [
                    ("tensor", (3,)),
                    ("tensor", (3, 3)),
                    ("python", 3.0),
                    ("tensor", (5,)),
                ],
            ),
        ],
        mistakes=[
            Mistake(
                "every call",
                every_call,
                "That is the number of calls. A call whose kind of argument has been seen uses the graph "
                "that is there.",
            ),
            Mistake(
                "only once",
                only_once,
                "A graph is made for one kind of argument. Another shape, or another Python number, needs "
                "another one.",
            ),
            Mistake(
                "one per kind",
                one_per_kind,
                "Tensors of different shapes don't share a graph, and neither do different Python numbers.",
            ),
            Mistake(
                "numbers share",
                numbers_share,
                "A Python number is built into the graph as a constant, so each value has a graph of its own.",
            ),
            Mistake(
                "forgotten graphs",
                when_it_changes,
                "You count every change. Graphs are kept: coming back to an earlier shape costs nothing.",
            ),
            Mistake(
                "by rank",
                by_rank,
                "You compare the number of axes. By default a graph belongs to the whole shape: (2,) and (3,) "
                "are two.",
            ),
        ],
        right="Last batches that are smaller, and settings passed as Python numbers, are the usual causes of "
        "retracing.",
        unfinished="What do two calls with the same graph have in common?",
    ),
    Exercise(
        id="7.2.4",
        title="Keras's running mean",
        solution=running_mean,
        probes=[
            ([5.0], 0.99),
            ([5.0, 5.0, 5.0], 0.9),
            ([1.0, -2.0, 4.0], 0.75),
        ],
        mistakes=[
            Mistake(
                "PyTorch's meaning",
                as_pytorch,
                "That is PyTorch's meaning, the weight of the *new* batch. In Keras, `momentum` is what is kept "
                "of the *old* average.",
            ),
            Mistake(
                "plain mean",
                plain_mean,
                "That is the mean of all batches. The running mean forgets the older ones.",
            ),
            Mistake(
                "started at the first batch",
                started_at_the_first,
                "You began with the first batch's mean. The layer begins at 0.",
            ),
            Mistake(
                "bias corrected",
                corrected,
                "Adam corrects for the start at 0; batch normalization does not.",
            ),
            Mistake(
                "velocity",
                velocity,
                "The new batch needs the weight 1 − momentum: as it is, the sum grows far above the means.",
            ),
            Mistake(
                "last batch only",
                last_only,
                "The old average is lost at each batch. It is kept, with the weight `momentum`.",
            ),
        ],
        right="With 0.99, one batch of fives moves it to 0.05: after few batches, evaluation mode still uses "
        "nearly 0.",
        unfinished="Begin at 0, and mix each batch's mean in.",
    ),
]
