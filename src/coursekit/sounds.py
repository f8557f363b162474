"""Sounds to listen to: waves as the browser's own players, with their names above them.

Nothing is fetched and no script runs: each sound is a small WAV file inside the page.
"""

import io
import wave
from base64 import b64encode
from collections.abc import Mapping
from html import escape

import numpy as np

from coursekit._checks import finite_array, whole_number

#: A page loads at most 250 kB, and sounds hardly compress.
MOST_BYTES = 40_000
#: How loud the loudest sample is, as a share of what the format can hold.
PEAK = 0.9
#: As narrow as a player can be and still has its button, its time line and its clock.
STYLE = "display:flex;flex-wrap:wrap;gap:0.75em 1.25em"
PLAYER = "display:block;width:14.5em;max-width:100%;height:2.5em"


class Sounds:
    """Named sounds that a notebook shows as players; made by `listen`.

    Attributes:
        alt: what can be heard, in words.
        files: name to the bytes of its WAV file.
        seconds: name to its length.
    """

    def __init__(self, alt: str, files: Mapping[str, bytes], seconds: Mapping[str, float]) -> None:
        self.alt = alt
        self.files = dict(files)
        self.seconds = dict(seconds)

    def html(self) -> str:
        """Return the players as HTML, each with its sound inside."""
        return (
            f'<div role="group" aria-label="{escape(self.alt)}" style="{STYLE}">'
            + "".join(_player(name, data) for name, data in self.files.items())
            + "</div>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        """Give Jupyter both forms."""
        return {"text/plain": repr(self), "text/html": self.html()}

    def __repr__(self) -> str:
        heard = ", ".join(f"{name} ({self.seconds[name]:.2g} s)" for name in self.files)
        return f"Sounds to play: {heard}. {self.alt}"


def listen(sounds: Mapping[str, object], *, alt: str, rate: int = 8000, bits: int = 8) -> Sounds:
    """Show sounds as players.

    All are made louder or softer by one factor, so that the loudest fills the format and none is clipped:
    which of them is louder can be heard.

    Args:
        sounds: name to its wave, a sequence of numbers around 0.
        alt: what can be heard, in words.
        rate: samples per second, from 3,000 to 48,000.
        bits: of a sample, 8 or 16. Eight leave a faint hiss, and take half the room.

    Raises:
        TypeError: if a wave does not hold real numbers, or ``rate`` is not an integer.
        ValueError: if there is no sound, a wave is empty, not finite or has more than one axis, all waves
            are silent, the sounds take more room than a page has for them, or another argument is out of
            bounds.

    Example:
        >>> import numpy as np
        >>> tone = np.sin(2 * np.pi * 440 * np.arange(4000) / 8000)
        >>> listen({"an A": tone}, alt="The tone that orchestras tune to.")
        Sounds to play: an A (0.5 s). The tone that orchestras tune to.
    """
    if not isinstance(alt, str) or len(alt.split()) < 4:
        raise ValueError(f"alt={alt!r}: sounds need a sentence that says what can be heard")
    rate = whole_number("rate", rate, at_least=3000)
    if rate > 48_000:
        raise ValueError(f"rate must be at most 48000, got {rate}")
    if bits not in (8, 16):
        raise ValueError(f"bits must be 8 or 16, got {bits!r}")
    if not isinstance(sounds, Mapping) or not sounds:
        raise ValueError('sounds must be a mapping such as {"heed": wave}, with at least one sound')
    waves = {str(name): _one_axis(name, values) for name, values in sounds.items()}
    peak = max(np.abs(values).max() for values in waves.values())
    if peak == 0:
        raise ValueError("all sounds are silent: every sample is 0")
    # Divided first: a factor of 1 / peak could overflow.
    files = {name: _wav(values / peak * PEAK, rate, bits) for name, values in waves.items()}
    size = sum(len(b64encode(data)) for data in files.values())
    if size > MOST_BYTES:
        raise ValueError(
            f"the sounds take {size:,} bytes, and a page has room for {MOST_BYTES:,}: make them shorter "
            "or fewer"
        )
    seconds = {name: values.size / rate for name, values in waves.items()}
    return Sounds(" ".join(alt.split()), files, seconds)


def _one_axis(name: object, values: object) -> np.ndarray:
    checked = finite_array(f"sounds[{name!r}]", values)
    if checked.ndim != 1:
        raise ValueError(f"sounds[{name!r}] must have one axis, got shape {checked.shape}")
    return checked


def _wav(values: np.ndarray, rate: int, bits: int) -> bytes:
    """Return samples between −1 and 1 as a WAV file: 8 bits without a sign, 16 bits with one."""
    samples = (
        np.round(128 + 127 * values).astype(np.uint8)
        if bits == 8
        else np.round(32_767 * values).astype("<i2")
    )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def _player(name: str, data: bytes) -> str:
    source = f"data:audio/wav;base64,{b64encode(data).decode('ascii')}"
    shown = escape(name)
    return (
        f'<figure style="margin:0;max-width:100%"><figcaption style="margin:0 0 0.25em">{shown}</figcaption>'
        f'<audio controls preload="metadata" aria-label="{shown}" style="{PLAYER}" src="{source}"></audio>'
        "</figure>"
    )
