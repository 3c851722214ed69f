"""Looks at the small hall and its zone, for the tests of a desk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from camera_ingest.sample import Sample
from models.detection import Detection
from monitor.alerts import Alert
from monitor.desk import Desk
from monitor.observation import observe
from monitor.places import Window
from monitor.tickets import Book, TicketEvent, TicketSaid, heard
from tests.monitor.hall import (
    HALL,
    REGIONS,
    ZERO,
    desk,
)

CLOSING = ZERO + timedelta(hours=3)


def show(hall: Desk, sample: Sample, people: Sequence[Detection] = ()) -> tuple[Alert, ...]:
    seen = people if sample.picture is not None else None
    return hall.judge(sample, observe(sample.at, hall.regions[sample.camera], seen))


def at(second: float) -> datetime:
    return ZERO + timedelta(seconds=second)


def told(*words: tuple[int, str, str, str]) -> Book:
    """Second, ticket, event, window."""
    said = [
        TicketSaid("hc01", "za", ticket, TicketEvent(event), window, at(second), "b1", seq, at(second))
        for seq, (second, ticket, event, window) in enumerate(words, 1)
    ]
    return heard(Book(), *said)


BOOK = told(
    (-600, "A001", "issued", ""),
    (-500, "A001", "called", "w001"),
    (-200, "A001", "end", "w001"),
    (-190, "A002", "issued", ""),
    (-150, "A002", "called", "w001"),
    (-120, "A002", "noshow", "w001"),
    (-100, "A003", "issued", ""),
)
"""One was served for five minutes, one did not come, one waits."""


def wide(count: int) -> Desk:
    """A hall of so many windows, each before a camera of its own region; all in one picture."""
    windows = tuple(Window(f"v{number}", f"{number:02}", "za") for number in range(count))
    regions = tuple(replace(REGIONS[0], id=one.id, place=one.id) for one in windows)
    return desk(regions=(*regions, REGIONS[3]), hall=replace(HALL, windows=windows))
