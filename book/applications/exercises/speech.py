"""Exercises of 8.2, Speech: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def loudness_of(stretch):
    faded = stretch * np.hanning(len(stretch))
    return 20 * np.log10(np.abs(np.fft.rfft(faded)))


def not_faded(stretch):
    return 20 * np.log10(np.abs(np.fft.rfft(stretch)))


def ten_for_twenty(stretch):
    return loudness_of(stretch) / 2


def natural_logarithm(stretch):
    return loudness_of(stretch) * np.log(10)


def real_part(stretch):
    faded = stretch * np.hanning(len(stretch))
    return 20 * np.log10(np.abs(np.fft.rfft(faded).real))


def squared_and_twenty(stretch):
    return 2 * loudness_of(stretch)


def sizes_only(stretch):
    return np.abs(np.fft.rfft(stretch * np.hanning(len(stretch))))


def all_frequencies(stretch):
    faded = stretch * np.hanning(len(stretch))
    return 20 * np.log10(np.abs(np.fft.fft(faded)))


def understood(counts):
    return np.diag(counts) / counts.sum(axis=1)


def by_columns(counts):
    return np.diag(counts) / counts.sum(axis=0)


def overall(counts):
    return np.trace(counts) / counts.sum()


def share_of_everything(counts):
    return np.diag(counts) / counts.sum()


def counts_only(counts):
    return np.diag(counts)


def misunderstood(counts):
    return 1 - np.diag(counts) / counts.sum(axis=1)


def stretch(samples, seed):
    """A tone with some noise, so that no coefficient is zero."""
    noise = np.random.default_rng(seed).normal(size=samples)
    return (
        np.cos(2 * np.pi * 440 * np.arange(samples) / 8000 + seed)
        + 0.3 * noise
    )


EXERCISES = [
    Exercise(
        id="8.2.1",
        title="A millisecond later",
        solution=[90.0, 1.0],
        mistakes=[
            Mistake(
                "radians",
                [2 * np.pi * 250 * 0.001, 1.0],
                "That is the angle in radians, a quarter of a turn. In degrees a whole turn is 360.",
            ),
            Mistake(
                "milliseconds for seconds",
                [90_000.0, 1.0],
                "Hertz count turns per *second*, and a millisecond is 0.001 of one.",
            ),
            Mistake(
                "turns",
                [0.25, 1.0],
                "A quarter of a turn is right. Give it in degrees.",
            ),
            Mistake(
                "the size vanishes",
                [90.0, 0.0],
                "The angle is right. A tone that starts later is as loud as before: the coefficient turns, and keeps "
                "its size.",
            ),
            Mistake(
                "the size turns, too",
                [90.0, 0.25],
                "The angle is right. A quarter is the share of a turn; the size is multiplied by the size of "
                "e^(iα), whatever the angle α.",
            ),
            Mistake(
                "half a turn",
                [180.0, 1.0],
                "In a millisecond a tone of 250 hertz makes a quarter of its turn: 250 · 0.001.",
            ),
        ],
        right="A tone of 500 hertz would have turned by 180 degrees: every sample changes its sign, and you hear no "
        "difference.",
    ),
    Exercise(
        id="8.2.2",
        title="How loud is each frequency?",
        solution=loudness_of,
        probes=[(stretch(160, 1),), (stretch(64, 2),), (stretch(101, 3),)],
        mistakes=[
            Mistake(
                "not faded",
                not_faded,
                "You did not fade the stretch in and out. Its hard ends spill every frequency over all the others.",
            ),
            Mistake(
                "10 for 20",
                ten_for_twenty,
                "With 10 log₁₀ the *square* of the size gives decibels. For the size itself it is 20 log₁₀.",
            ),
            Mistake(
                "natural logarithm",
                natural_logarithm,
                "That is the natural logarithm. Decibels count powers of ten: `np.log10`.",
            ),
            Mistake(
                "real part",
                real_part,
                "You took the real part, which depends on the phase: it would change with every shift. Take the size, "
                "`np.abs`.",
            ),
            Mistake(
                "squared, and 20",
                squared_and_twenty,
                "You squared the sizes and took 20 log₁₀ besides. One of the two has the factor 2 already.",
            ),
            Mistake(
                "sizes",
                sizes_only,
                "These are the sizes. Turn them into decibels.",
            ),
            Mistake(
                "all frequencies",
                all_frequencies,
                "`np.fft.fft` gives each frequency twice, the second half mirrored. For real sounds `np.fft.rfft` has "
                "each once.",
            ),
        ],
        right="`log_spectrum` does this for stretches of 20 ms that overlap by half, and averages the squared sizes before "
        "it takes the logarithm.",
    ),
    Exercise(
        id="8.2.3",
        title="How often is each word understood?",
        solution=understood,
        probes=[
            (np.array([[8, 2, 0], [1, 3, 0], [0, 5, 15]]),),
            (np.array([[30, 10], [5, 55]]),),
        ],
        mistakes=[
            Mistake(
                "by columns",
                by_columns,
                "You divided by the columns' sums: how often the net was right when it *heard* a word. Divide by how "
                "often it was said.",
            ),
            Mistake(
                "overall accuracy",
                overall,
                "That is the accuracy over all words together. Each word has a share of its own.",
            ),
            Mistake(
                "share of everything",
                share_of_everything,
                "You divided by the number of all utterances. Each word's share is of its own row.",
            ),
            Mistake(
                "counts",
                counts_only,
                "These are counts. How often was each of the words said?",
            ),
            Mistake(
                "misunderstood",
                misunderstood,
                "These are the shares that were *mis*understood.",
            ),
        ],
        right="Divided by the columns instead it would say how far to trust the net when it hears that word.",
    ),
]
