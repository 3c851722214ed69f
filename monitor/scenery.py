"""Scenery: what the cameras of a shard see that only looks like people, learned while their halls are closed."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from camera_ingest.sample import Sample
from models.detection import Detection
from models.static_map import StaticMap, Thing, learn, without
from monitor.desk import Desk
from monitor.hours import Hours

log = logging.getLogger(__name__)

MARGIN = timedelta(minutes=30)
"""Before and after service, when people are still, or already, at their posts."""
KEPT_EVERY = timedelta(minutes=10)
"""How often a map that is learning is handed over to be kept; at once when what is known changes."""


class Scenery:
    """The static maps of all cameras. It holds no clock: the time is that of each look."""

    def __init__(
        self,
        recall: Callable[[str], StaticMap] = lambda camera: StaticMap(),
        keep: Callable[[str, StaticMap], object] = lambda camera, map: None,
    ) -> None:
        """`recall`: the map of a camera as it was kept last; `keep`: keeps it."""
        self._recall = recall
        self._keep = keep
        self._maps: dict[str, StaticMap] = {}
        self._kept_at: dict[str, datetime] = {}

    def people(self, desk: Desk, sample: Sample, found: Sequence[Detection] | None) -> Sequence[Detection] | None:
        """Whom a look counts: those it found, without what is known to be none of them; learns from every look.

        None stays None: a look that could not see teaches nothing.
        """
        if found is None or sample.shown is None:
            return found
        camera, closed = sample.camera, is_closed(desk.hours, sample.at)
        before = self._maps[camera] if camera in self._maps else self._recall(camera)
        if not (before.things or closed):  # nothing to leave out, and nothing is learned in service
            self._maps[camera] = before
            return found
        assert sample.picture is not None
        now = self._maps[camera] = learn(before, found, sample.picture, sample.at, closed)
        changed = [thing.place for thing in now.known] != [thing.place for thing in before.known]
        if changed:
            _say(camera, before, now)
        since = sample.at - self._kept_at.setdefault(camera, sample.at)
        if changed or (closed and now.things and since >= KEPT_EVERY):
            self._kept_at[camera] = sample.at
            self._keep(camera, now)
        return without(now, found, sample.picture)

    def known(self, camera: str) -> tuple[Thing, ...]:
        """What is not counted at a camera."""
        return self._maps.get(camera, StaticMap()).known


def is_closed(hours: Hours, at: datetime) -> bool:
    """Whether a hall is out of service, and has been and will be for a while."""
    return not any(hours.at(None, moment) for moment in (at - MARGIN, at, at + MARGIN))


def _say(camera: str, before: StaticMap, now: StaticMap) -> None:
    """What is not counted any more, and what has been taken away."""
    old, new = ({thing.place: thing for thing in map.known} for map in (before, now))
    for place, thing in new.items():
        if place not in old:
            since = thing.since.isoformat(timespec="minutes")
            log.warning("camera %s: what is at %s since %s is no person: not counted any more, %d in all",
                        camera, _words(thing), since, len(new))  # fmt: skip
    for place, thing in old.items():
        if place not in new:
            log.info("camera %s: what was at %s is gone, %d left that is not counted", camera, _words(thing), len(new))


def _words(thing: Thing) -> str:
    left, top, right, bottom = thing.place
    return f"({left:.2f}, {top:.2f})–({right:.2f}, {bottom:.2f})"
