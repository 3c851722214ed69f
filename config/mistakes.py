"""A mistake: what is wrong in a configuration, where, and what was expected instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Key = tuple[str | int, ...]
"""The way to a value: names of mappings and positions of lists, from the top."""

Flaw = tuple[Key, str, str]
"""A mistake seen from inside one thing: (where in it, expected, found)."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to correct, printed as one sentence; never holds a credential."""

    file: str
    key: str
    expected: str
    found: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where} {self.key}: expected {self.expected}, found {self.found}"


class ConfigError(Exception):
    """A configuration that was refused, with every mistake found in it."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def shown(value: object) -> str:
    """A value from the document in a few words, short enough for one sentence."""
    match value:
        case None:
            return "nothing"
        case Mapping():
            return "a mapping" if value else "an empty mapping"
        case str():
            text = repr(value)
            return text if len(text) <= 80 else f"{text[:70]}…' ({len(value)} characters)"
        case Sequence():
            return f"a list of {len(value)}"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
