"""Text that every Python has with it: the names of characters, and the language's own reference."""

import functools
import sys
import unicodedata


@functools.cache
def character_names():
    """The names of 12,886 characters of Unicode, such as "GREEK SMALL LETTER ALPHA", as a tuple.

    They are made of capital letters, digits, spaces and hyphens, 342,000 characters in all, and are
    of the Unicode Character Database 3.2.0 (2002), which Python keeps for internationalized domain
    names: they are the same in every version of Python. Left out are the East Asian characters whose
    names are numbered or spelled by rule.
    """
    names = (unicodedata.ucd_3_2_0.name(chr(code), "") for code in range(sys.maxunicode + 1))
    by_rule = ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HANGUL SYLLABLE")
    return tuple(name for name in names if name and not name.startswith(by_rule))


@functools.cache
def python_reference():
    """English prose: chapters of Python's language reference, those that ``help()`` shows.

    About 460,000 characters, mostly ASCII, from ``pydoc_data.topics``. **Each version of Python has its
    own edition**: figures computed from it differ a little from one to the next.
    """
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))
