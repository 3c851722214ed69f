"""Usual hours: halls that write none have those of their level."""

from collections.abc import Mapping
from typing import Any

from config.document import Document
from config.mistakes import Key


def with_hours(document: Document) -> Document:
    """A document in which every hall without `segments` has those that `hours` says for its level.

    What has not the right shape is passed over here.
    """
    hours, halls = document.values.get("hours"), document.values.get("halls")
    if not isinstance(hours, Mapping) or not isinstance(halls, list):
        return document
    filled = [_filled(hall, hours) if isinstance(hall, Mapping) else hall for hall in halls]
    return Document(document.file, {**document.values, "halls": filled}, document.lines, document.mistakes)


def borrowed(document: Document) -> frozenset[Key]:
    """Where a document, before it is filled, has no segments of its own: what is wrong there is wrong in `hours`."""
    halls = document.values.get("halls")
    return frozenset(
        ("halls", index, "segments")
        for index, hall in enumerate(halls if isinstance(halls, list) else ())
        if isinstance(hall, Mapping) and "segments" not in hall
    )


def _filled(hall: Mapping[str, Any], hours: Mapping[str, Any]) -> Mapping[str, Any]:
    usual = hours.get(hall["level"]) if isinstance(hall.get("level"), str) else None
    return hall if "segments" in hall or usual is None else {**hall, "segments": usual}
