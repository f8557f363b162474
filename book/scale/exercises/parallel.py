"""Exercises of 9.2, Data-parallel gradients: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def combined(gradients, rows):
    return np.average(gradients, axis=0, weights=rows)


def mean_of_means(gradients, rows):
    return np.mean(gradients, axis=0)


def summed(gradients, rows):
    return np.sum(gradients, axis=0)


def not_divided(gradients, rows):
    return np.asarray(rows) @ np.asarray(gradients)


def divided_by_workers(gradients, rows):
    return np.asarray(rows) @ np.asarray(gradients) / len(rows)


def divided_twice(gradients, rows):
    return np.average(gradients, axis=0, weights=rows) / len(rows)


def over_rows(gradients, rows):
    inverse = 1 / np.asarray(rows)
    return np.average(gradients, axis=0, weights=inverse)


def received(k, s, p):
    return (k - 1 - s) % p


def sends(k, s, p):
    return (k - s) % p


def not_around(k, s, p):
    return k - 1 - s


def from_the_right(k, s, p):
    return (k + 1 + s) % p


def forward(k, s, p):
    return (k - 1 + s) % p


def round_forgotten(k, s, p):
    return (k - 1) % p


def all_reduce_time(n, p, latency, bandwidth):
    return 2 * (p - 1) * (latency + 4 * n / p / bandwidth)


def float64(n, p, latency, bandwidth):
    return 2 * (p - 1) * (latency + 8 * n / p / bandwidth)


def numbers_for_bytes(n, p, latency, bandwidth):
    return 2 * (p - 1) * (latency + n / p / bandwidth)


def one_half(n, p, latency, bandwidth):
    return (p - 1) * (latency + 4 * n / p / bandwidth)


def whole_gradients(n, p, latency, bandwidth):
    return 2 * (p - 1) * (latency + 4 * n / bandwidth)


def one_latency(n, p, latency, bandwidth):
    return latency + 2 * (p - 1) * 4 * n / p / bandwidth


def p_rounds(n, p, latency, bandwidth):
    return 2 * p * (latency + 4 * n / p / bandwidth)


def next_rows(order, size, step, rank, p):
    return np.array_split(order[step * size : (step + 1) * size], p)[rank]


def from_the_beginning(order, size, step, rank, p):
    return np.array_split(order[:size], p)[rank]


def last_done(order, size, step, rank, p):
    return np.array_split(order[(step - 1) * size : step * size], p)[rank]


def skips_one(order, size, step, rank, p):
    return np.array_split(order[(step + 1) * size : (step + 2) * size], p)[
        rank
    ]


def step_in_rows(order, size, step, rank, p):
    return np.array_split(order[step : step + size], p)[rank]


def whole_batch(order, size, step, rank, p):
    return order[step * size : (step + 1) * size]


def order_forgotten(order, size, step, rank, p):
    return np.array_split(np.arange(step * size, (step + 1) * size), p)[rank]


def all_the_rest(order, size, step, rank, p):
    return np.array_split(order[step * size :], p)[rank]


ORDER = np.array(
    [7, 3, 11, 0, 9, 14, 5, 2, 13, 8, 1, 12, 6, 15, 10, 4, 17, 16]
)

EXERCISES = [
    Exercise(
        id="9.2.1",
        title="One gradient from many",
        solution=combined,
        probes=[
            (np.array([[1.0, -2.0], [5.0, 2.0]]), np.array([48, 16])),
            (
                np.array(
                    [[0.5, 1.0, 2.0], [3.0, -1.0, 4.0], [2.0, 2.0, -6.0]]
                ),
                np.array([3, 2, 5]),
            ),
            (np.array([[4.0, 1.0], [2.0, -3.0]]), np.array([32, 32])),
        ],
        mistakes=[
            Mistake(
                "mean of means",
                mean_of_means,
                "That is the mean of the workers' means. A row of a worker that has few rows then "
                "counts more than a row of one that has many.",
            ),
            Mistake(
                "summed",
                summed,
                "You added the gradients up as they are. Each is a mean over its own rows; the "
                "result should be a mean over all rows.",
            ),
            Mistake(
                "not divided",
                not_divided,
                "That is the gradient of the *sum* of the losses of all rows. Divide it by the "
                "number of all rows.",
            ),
            Mistake(
                "divided by workers",
                divided_by_workers,
                "You divided by the number of workers. The loss is a mean over *rows*: divide by "
                "`sum(rows)`.",
            ),
            Mistake(
                "divided twice",
                divided_twice,
                "Too small by the number of workers: the weights nₖ/n add up to 1 already, so "
                "nothing else has to be divided.",
            ),
            Mistake(
                "inverse weights",
                over_rows,
                "You divided each gradient by its rows, but it is a mean already. A worker with more "
                "rows should have *more* say.",
            ),
        ],
        right="With equal parts it is the plain mean, and only then.",
    ),
    Exercise(
        id="9.2.2",
        title="Which chunk next?",
        solution=received,
        probes=[
            (0, 0, 4),
            (3, 0, 4),
            (2, 1, 4),
            (1, 2, 5),
            (0, 3, 5),
            (4, 2, 7),
        ],
        mistakes=[
            Mistake(
                "what it sends",
                sends,
                "That is the chunk that worker k *sends*. It receives what its left neighbor, worker "
                "k − 1, sends.",
            ),
            Mistake(
                "not around",
                not_around,
                "Nearly: negative numbers appear. The chunks go round, too: take the remainder, `% p`.",
            ),
            Mistake(
                "from the right",
                from_the_right,
                "You follow a ring that turns the other way. Messages go from worker k to worker k + 1, "
                "so they *come* from k − 1.",
            ),
            Mistake(
                "forward",
                forward,
                "Right for round 0, but then the chunks move the wrong way: a chunk that has come one "
                "place farther stems from a worker one place farther to the *left*.",
            ),
            Mistake(
                "round forgotten",
                round_forgotten,
                "That is right in round 0 only. In round s the left neighbor passes on what *it* got in "
                "the round before.",
            ),
        ],
        right="After p − 1 rounds the chunk it has just received is k + 1, and that one is finished.",
    ),
    Exercise(
        id="9.2.3",
        title="The price of a step",
        solution=all_reduce_time,
        probes=[
            (1e6, 2, 1e-4, 1e9),
            (25e6, 8, 2e-5, 1e10),
            (1e3, 64, 1e-3, 1e8),
            (5e5, 1, 1e-3, 1e9),
        ],
        mistakes=[
            Mistake(
                "float64",
                float64,
                "You counted 8 bytes for each number. A float32 has 4.",
            ),
            Mistake(
                "numbers for bytes",
                numbers_for_bytes,
                "You divided *numbers* by bytes per second. A float32 has 4 bytes.",
            ),
            Mistake(
                "one half",
                one_half,
                "That is half of it: after p − 1 rounds of adding, p − 1 rounds of copying follow.",
            ),
            Mistake(
                "whole gradients",
                whole_gradients,
                "You send a whole gradient in each round. A message is one chunk: n / p numbers.",
            ),
            Mistake(
                "one latency",
                one_latency,
                "You paid the latency once. Every round has to wait for its messages, so every round "
                "pays it.",
            ),
            Mistake(
                "p rounds",
                p_rounds,
                "One round too many in each half: a chunk has to visit p workers, and it starts at one "
                "of them. With one worker nothing is sent.",
            ),
        ],
        right="The bytes hardly depend on p; the latencies grow with it. Long rings are for long gradients.",
    ),
    Exercise(
        id="9.2.4",
        title="Where was I?",
        solution=next_rows,
        probes=[
            (ORDER, 4, 2, 0, 2),
            (ORDER, 4, 1, 1, 2),
            (ORDER, 6, 1, 2, 3),
            (ORDER, 5, 2, 1, 2),
        ],
        mistakes=[
            Mistake(
                "from the beginning",
                from_the_beginning,
                "These rows were taken in the epoch's first step: the worker forgot that `step` steps "
                "are done.",
            ),
            Mistake(
                "last one again",
                last_done,
                "That is the last step that was done. Steps count from 0, so the next one has the "
                "number `step`.",
            ),
            Mistake(
                "one skipped",
                skips_one,
                "One batch is left out: after `step` steps, exactly `step * size` rows are used up.",
            ),
            Mistake(
                "step counted in rows",
                step_in_rows,
                "You moved on by `step` rows. Each step took `size` of them.",
            ),
            Mistake(
                "whole batch",
                whole_batch,
                "That is the whole batch. The other workers take their parts of it: split it, and "
                "return part `rank`.",
            ),
            Mistake(
                "order forgotten",
                order_forgotten,
                "These are places in the order. Return the rows that stand there, `order[...]`.",
            ),
            Mistake(
                "all the rest",
                all_the_rest,
                "You split all that is left of the epoch. Take one batch of `size` rows first, then "
                "split it.",
            ),
        ],
        right="If all workers know the order and the step, nobody has to send row numbers.",
    ),
]
