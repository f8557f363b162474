"""Drawn lines in fewer letters: from each point to the next, instead of from the drawing's corner.

A page with many curves becomes a tenth lighter. Nothing moves by more than the rounding of the numbers.
"""

import re

#: Hundredths of a point: finer than any screen.
GRAIN = 100
#: How many numbers each command takes, in matplotlib's drawings; others leave a path as it is.
_TAKES = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}
_PART = re.compile(r"([A-Za-z])|(-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)")
_DRAWN = re.compile(r'(?<= d=")[^"]*')


def relative(path: str) -> str:
    """Return a path's data with each point given as the way from the one before.

    Rounding does not add up: each way starts where the one before really ended.

    Example:
        >>> relative("M 100 50.5 L 101.25 50 L 101.25 49 Z")
        'm100 50.5 1.25-.5 0-1z'
    """
    parts = _PART.findall(path)
    if any(letter and letter.upper() not in _TAKES for letter, _ in parts):
        return path
    if any(letter.islower() and letter != "z" for letter, _ in parts):
        return path
    out, last, command = "", "", ""
    here = start = (0, 0)
    place = 0
    while place < len(parts):
        if parts[place][0]:
            command = parts[place][0].upper()
            place += 1
        count = _TAKES[command]
        numbers = [round(float(number) * GRAIN) for _, number in parts[place : place + count]]
        place += count
        if command == "Z":
            out, last, here = out + "z", "z", start
            continue
        steps = [number - here[axis % 2] for axis, number in enumerate(numbers)]
        here = (numbers[-2], numbers[-1])
        if command == "M":
            start = here
        # After a move, a line needs no letter.
        letter = command.lower()
        written = "" if letter == last != "m" or (last, letter) == ("m", "l") else letter
        last = letter
        for step in steps:
            number = _short(step)
            glued = number[0] == "-" or (not written and not out) or written[-1:].isalpha()
            written += number if glued else " " + number
        out += written
        # What follows a move without a letter of its own is a line.
        command = "L" if command == "M" else command
    return out


def _short(hundredths: int) -> str:
    text = f"{hundredths / GRAIN:.2f}".rstrip("0").rstrip(".")
    return re.sub(r"^(-?)0\.", r"\1.", text)


def lighten(svg: str) -> str:
    """Return a drawing with all its paths in relative form."""
    return _DRAWN.sub(lambda path: relative(path[0]), svg)
