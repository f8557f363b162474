"""Sounds to listen to: the files hold the waves, nothing clips, and the players have names."""

import io
import re
import wave
from base64 import b64decode
from html.parser import HTMLParser

import numpy as np
import pytest

from coursekit import sounds

ALT = "Two tones, the second half as loud."
TONE = np.sin(2 * np.pi * 440 * np.arange(800) / 8000)


def samples(data):
    """Rate and samples of a WAV file, from −1 to 1."""
    with wave.open(io.BytesIO(data)) as file:
        assert file.getnchannels() == 1
        raw = file.readframes(file.getnframes())
        if file.getsampwidth() == 1:
            return file.getframerate(), (np.frombuffer(raw, np.uint8) - 128.0) / 127
        return file.getframerate(), np.frombuffer(raw, "<i2") / 32_767


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def named(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.mark.parametrize(("bits", "step"), [(8, 1 / 127), (16, 1 / 32_767)])
@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_the_files_hold_the_waves(bits, step, scale):
    heard = sounds.listen({"loud": scale * TONE, "soft": scale * TONE / 2}, alt=ALT, bits=bits)
    for name, loudness in (("loud", 1.0), ("soft", 0.5)):
        rate, held = samples(heard.files[name])
        assert rate == 8000
        expected = sounds.PEAK * loudness * TONE / np.abs(TONE).max()
        np.testing.assert_allclose(held, expected, atol=0.51 * step)


@pytest.mark.parametrize("bits", [8, 16])
def test_nothing_clips(bits):
    heard = sounds.listen({"steps": [-3.0, 3.0, 0.0, 3.0]}, alt=ALT, bits=bits)
    _, held = samples(heard.files["steps"])
    np.testing.assert_allclose(held / sounds.PEAK, [-1, 1, 0, 1], atol=0.01)


def test_each_player_has_a_name_and_its_sound_inside():
    heard = sounds.listen({"who'd": TONE, 'a "soft" <one>': TONE / 2}, alt=ALT, rate=16_000)
    page = Page(heard.html())
    players = page.named("audio")
    assert [p["aria-label"] for p in players] == ["who'd", 'a "soft" <one>']
    assert all("controls" in p and "autoplay" not in p for p in players)
    for player, data in zip(players, heard.files.values(), strict=True):
        kind, _, content = player["src"].partition(",")
        assert kind == "data:audio/wav;base64"
        assert b64decode(content) == data
        assert samples(data)[0] == 16_000
    assert page.named("div") == [{"role": "group", "aria-label": ALT, "style": sounds.STYLE}]
    assert not page.named("script")
    assert not re.search(r"https?:", heard.html())


def test_it_says_what_can_be_heard():
    heard = sounds.listen({"long": TONE, "short": TONE[:80]}, alt="Two  tones\n of one pitch.")
    said = "Sounds to play: long (0.1 s), short (0.01 s). Two tones of one pitch."
    assert repr(heard) == said
    assert set(heard._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert heard._repr_mimebundle_()["text/plain"] == said


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"sounds": {}}, ValueError, "at least one sound"),
        ({"sounds": TONE}, ValueError, "must be a mapping"),
        ({"sounds": {"a": []}}, ValueError, r"sounds\['a'\] must not be empty"),
        ({"sounds": {"a": [0.0, np.nan]}}, ValueError, r"sounds\['a'\] must be finite"),
        ({"sounds": {"a": [TONE]}}, ValueError, r"must have one axis, got shape \(1, 800\)"),
        ({"sounds": {"a": ["loud"]}}, TypeError, "must hold real numbers"),
        ({"sounds": {"a": np.zeros(9)}}, ValueError, "silent"),
        ({"sounds": {"a": np.ones(40_000)}}, ValueError, "room for 40,000"),
        ({"alt": "tones"}, ValueError, "need a sentence"),
        ({"alt": None}, ValueError, "need a sentence"),
        ({"rate": 100}, ValueError, "at least 3000"),
        ({"rate": 96_000}, ValueError, "at most 48000"),
        ({"rate": 8000.0}, TypeError, "integer"),
        ({"bits": 24}, ValueError, "8 or 16"),
    ],
)
def test_errors_say_what_is_wrong(given, error, message):
    with pytest.raises(error, match=message):
        sounds.listen(**{"sounds": {"a": TONE}, "alt": ALT, **given})
