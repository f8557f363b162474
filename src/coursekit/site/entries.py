"""Entries of a YAML file, read with errors that say where and what was expected."""

from typing import Any


class OutlineError(ValueError):
    """What stands in ``course.yml`` or ``plans.yml`` is not what it should be."""


class Entry:
    """A mapping in a file.

    Args:
        given: What YAML made of it.
        where: How errors name it, such as ``course.yml, parts[2]``.
        keys: The keys it must have, if they are known already.

    Raises:
        OutlineError: it is no mapping, or lacks a key, or has one too many.

    Example:
        >>> Entry({"title": "Slope"}, "a.yml").text("title")
        'Slope'
    """

    def __init__(self, given: Any, where: str, keys: set[str] = frozenset()):
        if not isinstance(given, dict):
            raise OutlineError(f"{where}: expected a mapping, got {given!r}")
        self.given, self.where = given, where
        if keys:
            self.only(keys)

    def only(self, required: set[str], optional: set[str] = frozenset()) -> None:
        """Hold the entry to its keys.

        Raises:
            OutlineError: names the first key that is missing or unknown.
        """
        for key in sorted(required - self.given.keys()):
            raise OutlineError(f"{self.where}: {key!r} is missing")
        for key in sorted(map(str, self.given.keys() - required - optional)):
            known = ", ".join(sorted(required | optional))
            raise OutlineError(f"{self.where}: unknown key {key!r}; known are {known}")

    def text(self, key: str) -> str:
        """Return the words under a key; empty when it is optional and not there."""
        value = self.given.get(key, "")
        if not isinstance(value, str) or (key in self.given and not value.strip()):
            raise OutlineError(f"{self.where}, {key}: expected words, got {value!r}")
        return " ".join(value.split())

    def number(self, key: str) -> int:
        """Return the whole number above 0 under a key."""
        value = self.given[key]
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise OutlineError(
                f"{self.where}, {key}: expected a whole number above 0, got {value!r}"
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of words under a key; empty when it is not there."""
        value = self.given.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise OutlineError(f"{self.where}, {key}: expected a list of words, got {value!r}")
        return tuple(value)

    def words(self, key: str) -> dict[str, str]:
        """Return the mapping of words to words under a key; empty when it is not there."""
        value = self.given.get(key, {})
        if not isinstance(value, dict) or not all(
            isinstance(word, str) for pair in value.items() for word in pair
        ):
            raise OutlineError(f"{self.where}, {key}: expected words to words, got {value!r}")
        return {name: " ".join(said.split()) for name, said in value.items()}

    def entries(self, key: str) -> list["Entry"]:
        """Return the list of mappings under a key, at least one."""
        value = self.given[key]
        if not isinstance(value, list) or not value:
            raise OutlineError(f"{self.where}, {key}: expected a list of entries, got {value!r}")
        return [Entry(each, f"{self.where}, {key}[{i}]") for i, each in enumerate(value, 1)]
