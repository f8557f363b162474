"""Synthetic vowels: the spoken sounds that a speech recognizer can start from.

A vowel is a buzz from the vocal cords, with a pitch, that resounds in the throat and the mouth. Their
resonances, the *formants*, make the difference between "heed" and "hod". The sounds here are
computed from the formants that Peterson and Barney measured; they are not recordings.
"""

import numpy as np

from coursekit._checks import finite_array, one_of, real_number, whole_number
from coursekit.datasets.dataset import Dataset
from coursekit.seeding import generator

RATE = 8000  # samples per second
FRAME = 160  # samples in a frame of `log_spectrum`: 20 ms

# Pitch and the first three formants in Hz, means over men, women and children: Peterson and Barney
# (1952), table II.
FORMANTS = {
    "heed": [(136, 270, 2290, 3010), (235, 310, 2790, 3310), (272, 370, 3200, 3730)],
    "hid": [(135, 390, 1990, 2550), (232, 430, 2480, 3070), (269, 530, 2730, 3600)],
    "head": [(130, 530, 1840, 2480), (223, 610, 2330, 2990), (260, 690, 2610, 3570)],
    "had": [(127, 660, 1720, 2410), (210, 860, 2050, 2850), (251, 1010, 2320, 3320)],
    "hod": [(124, 730, 1090, 2440), (212, 850, 1220, 2810), (256, 1030, 1370, 3170)],
    "hawed": [(129, 570, 840, 2410), (216, 590, 920, 2710), (263, 680, 1060, 3180)],
    "hood": [(137, 440, 1020, 2240), (232, 470, 1160, 2680), (276, 560, 1410, 3310)],
    "who'd": [(141, 300, 870, 2240), (231, 370, 950, 2670), (274, 430, 1170, 3260)],
    "hud": [(130, 640, 1190, 2390), (221, 760, 1400, 2780), (261, 850, 1590, 3360)],
    "heard": [(133, 490, 1350, 1690), (218, 500, 1640, 1960), (261, 560, 1820, 2160)],
}
BANDWIDTHS = np.array([50.0, 70.0, 110.0])  # of the three formants, in Hz; typical values


def vowels(n=400, words=("heed", "had", "hod", "who'd", "heard"), noise=0.05, seed=0):
    """Steady vowels of a tenth of a second, each from a speaker of its own.

    Speakers are men, women and children in equal shares. Pitch varies by 10% between speakers of a
    kind, and each formant by 4% (standard deviations).

    Sources: means from Peterson and Barney (1952), *Control methods used in a study of the vowels*,
    Journal of the Acoustical Society of America 24; synthesis after Klatt (1980), *Software for a
    cascade/parallel formant synthesizer*, Journal of the Acoustical Society of America 67.

    Args:
        n: the number of sounds, at least one per word; the words are as equal as n allows.
        words: words of ``FORMANTS`` whose vowels are the classes, at least two, none twice. The ten
            together are hard to tell apart, for listeners, too.
        noise: the standard deviation of white noise, at least 0; the vowel alone has mean square 1.
        seed: an integer, at least 0.

    Returns:
        A `Dataset` of sound waves: 800 samples each, at 8000 per second. `log_spectrum` turns them
        into features that a linear classifier can use. The rows of ``truth["voices"]`` are pitch and
        formants in Hz; for a part of the dataset, ``truth["voices"][part.rows]``.

    Raises:
        ValueError: if an argument is out of bounds, a word is unknown or occurs twice.
    """
    for word in words:
        one_of("word", word, tuple(FORMANTS))
    if len(words) < 2 or len(set(words)) < len(words):
        raise ValueError(f"words must be two or more different words, got {words!r}")
    n = whole_number("n", n, at_least=len(words))
    noise = real_number("noise", noise, at_least=0)
    rng = generator(seed)
    y = rng.permutation(np.arange(n) % len(words))
    speaker = rng.integers(3, size=n)
    means = np.array([FORMANTS[word] for word in words], dtype=float)[y, speaker]
    spread = rng.normal(size=(n, 4)) * [0.10, 0.04, 0.04, 0.04]
    voices = means * np.exp(spread)
    waves = _waves(voices)
    return Dataset(
        name="vowels",
        title="Vowels",
        kind="classification",
        X=waves + noise * rng.normal(size=waves.shape),
        y=y,
        feature_names=[f"{1000 * i / RATE:g} ms" for i in range(waves.shape[1])],
        target_names=words,
        source="Synthetic, from the formants of G. Peterson and H. Barney (1952)",
        truth={"voices": voices, "noise": noise},
    )


def log_spectrum(waves):
    """Return how loud each frequency is in sounds, in decibels.

    Each wave is cut into frames of 20 ms that overlap by half, faded in and out by Hann's window;
    their power spectra are averaged. Frames this short blur the single harmonics of the voice into
    the shape that the formants give them.

    Args:
        waves: sounds sampled 8000 times a second, of shape (n, samples), at least 160 samples.

    Returns:
        An array of shape (n, 81): the power at 0, 50, … 4000 Hz, 20 log₁₀ of the root.

    Raises:
        TypeError: if ``waves`` does not hold real numbers.
        ValueError: if it is empty or not finite, or has another shape.
    """
    waves = finite_array("waves", waves)
    if waves.ndim != 2 or waves.shape[1] < FRAME:
        raise ValueError(f"waves must have shape (n, {FRAME} or more), got {waves.shape}")
    starts = np.arange(0, waves.shape[1] - FRAME + 1, FRAME // 2)
    frames = waves[:, starts[:, None] + np.arange(FRAME)]  # (n, frames, 160)
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME))) ** 2
    return 10 * np.log10(power.mean(axis=1) + 1e-12)  # the tiny number: silence is −120 dB


def _waves(voices):
    """Sum the harmonics of each voice, each as loud as its source and its formants make it."""
    pitch, formants = voices[:, :1], voices[:, 1:]
    harmonics = np.arange(1, int(RATE / 2 / pitch.min()) + 1)
    frequency = pitch * harmonics  # (n, harmonics)
    heard = frequency < RATE / 2  # beyond half the rate, samples cannot tell frequencies apart
    strength = heard / frequency + 0j  # the source: half as strong an octave higher
    for formant, bandwidth in zip(formants.T[:, :, None], BANDWIDTHS, strict=True):
        strength *= formant**2 / (formant**2 - frequency**2 + 1j * bandwidth * frequency)

    turn = np.exp(2j * np.pi * pitch * np.arange(RATE // 10) / RATE)
    wave = np.zeros_like(turn)
    for k in reversed(
        range(harmonics.size)
    ):  # the sum of strength[k] turn^(k + 1), by Horner's rule
        wave += strength[:, k, None]
        wave *= turn
    return wave.real / np.sqrt(np.mean(wave.real**2, axis=1, keepdims=True))
