"""A desk: where the looks at one hall meet and are judged, window by window and zone by zone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from camera_ingest.camera import Camera
from camera_ingest.sample import Sample
from models.regions import Region, RegionKind
from monitor import presence, queues
from monitor.alerts import Alert, Rule
from monitor.calendar import Calendar, closing, segment_at
from monitor.duty import Duty, duty_at
from monitor.observation import Observation, gathered, staffed
from monitor.places import Hall
from monitor.sight import Sight
from monitor.window_states import WindowState

SHOWN_AFTER_END = timedelta(minutes=10)
"""How long an ended alert stays on the board."""

RULES = {RegionKind.STAFF: Rule.ABSENCE, RegionKind.QUEUE: Rule.QUEUE}
"""Which rule judges what a region counts."""


class Desk:
    """The state of one hall. It holds no clock, log or store: the time is that of each look."""

    def __init__(
        self,
        hall: Hall,
        cameras: Iterable[Camera],
        regions: Iterable[Region],
        calendar: Calendar,
        absence: presence.AbsenceRule,
        queue: queues.QueueRule,
        said: Callable[[str], WindowState | None],
        alerts: Iterable[Alert] = (),
    ) -> None:
        """`said`: what a window last said of itself; `alerts`: those open in the records, which go on.

        Cameras, regions and alerts of other halls are passed over.
        """
        regions = tuple(regions)
        self.hall = hall
        self.calendar = calendar
        self.said = said
        self.cameras = {camera.id: camera for camera in cameras if camera.hall == hall.id}
        self.regions = {id: tuple(region for region in regions if region.camera == id) for id in self.cameras}
        self.eyes = dict.fromkeys(self.cameras, Sight())
        self.sights: dict[tuple[Rule, str], Sight] = {}
        self._absence = absence
        self._queue = queue
        self._windows = {window.id: window for window in hall.windows}
        self._looks: dict[tuple[str, str], Observation] = {}
        self._views = _views(region for own in self.regions.values() for region in own)
        self._cadences = {
            place: max(self.cameras[view.camera].cadence for view in views) for place, views in self._views.items()
        }

        own = tuple(alert for alert in alerts if alert.hall == hall.id)
        opened = {(alert.rule, alert.place): alert for alert in own}
        looked_at = {(RULES[kind], place) for kind, place in self._views if kind in RULES}
        self._found = own
        self._shown = {alert.key: alert for alert in own}
        self.windows = {id: presence.Watch(hall.id, id) for id in self._windows}
        self.zones = {zone.id: queues.Watch(hall.id, zone.id) for zone in hall.zones}
        for rule, place in opened.keys() & looked_at:
            if rule is Rule.ABSENCE:
                self.windows[place] = presence.resume(opened[rule, place])
            elif rule is Rule.QUEUE:
                self.zones[place] = queues.resume(opened[rule, place])

    def judge(self, sample: Sample, observations: Sequence[Observation]) -> tuple[Alert, ...]:
        """Judge what one sample showed: the alerts that changed by it.

        With the first sample end those alerts from the records that do not go on.
        """
        blind = str(sample.blind or "")
        self.eyes[sample.camera] = self.eyes[sample.camera].then(sample.at, None, blind, sample.detail)
        self._looks.update({(look.camera, look.region): look for look in observations})
        changes: list[Alert | None] = [*self._settle(sample.at)]
        sees = any(look.people is not None for look in observations)
        changes += [self._window(place, sample.at, sees) for place in _places(observations, RegionKind.STAFF)]
        changes += [self._zone(place, sample.at) for place in _places(observations, RegionKind.QUEUE)]
        alerts = tuple(alert for alert in changes if alert is not None)
        self._shown |= {alert.key: alert for alert in alerts}
        return alerts

    def duty(self, window: str, at: datetime) -> Duty:
        """Whether somebody has to be at a window."""
        return duty_at(self.hall, self.calendar, self._windows[window], self.said(window), at)

    def open_windows(self, zone: str, at: datetime) -> int:
        """Windows of a zone that may be serving. One that cannot be seen counts: blindness must not make a crowd."""
        return sum(
            self.windows[id].post not in presence.AWAY and self.duty(id, at) is Duty.REQUIRED
            for id, window in self._windows.items()
            if window.zone == zone
        )

    def alerts(self, at: datetime) -> tuple[Alert, ...]:
        """The open alerts as the last look left them, and those that ended a short while ago."""
        opened = [watch.opened for watch in self.windows.values()] + [watch.opened for watch in self.zones.values()]
        self._shown |= {alert.key: alert for alert in opened if alert is not None}
        oldest = at - SHOWN_AFTER_END
        self._shown = {key: alert for key, alert in self._shown.items() if alert.until is None or alert.until > oldest}
        return tuple(self._shown.values())

    def moments(self, rule: Rule, place: str) -> frozenset[datetime]:
        """The looks whose pictures an alert about a place may yet ask for."""
        return self.windows[place].moments if rule is Rule.ABSENCE else self.zones[place].moments

    def settled(self, camera: str) -> bool:
        """Whether nothing that a camera looks at is on its way to an alert, or in one: nobody is missing or waits long.

        A window is settled if every look that is remembered shows somebody, or if nobody has to be there.
        """
        for region in self.regions[camera]:
            if region.kind is RegionKind.STAFF:
                watch = self.windows[region.place]
                if watch.post not in presence.IDLE and not (
                    watch.opened is None and watch.looks and all(look.present for look in watch.looks)
                ):
                    return False
            elif region.kind is RegionKind.QUEUE:
                zone = self.zones[region.place]
                if zone.crowd is not queues.Crowd.GREEN or zone.opened is not None or zone.moments:
                    return False
        return True

    def _settle(self, at: datetime) -> Iterator[Alert]:
        """End what was open on record if its place is not looked at, has a newer alert, or was closed meanwhile."""
        found, self._found = self._found, ()
        for alert in found:
            watches = self.windows if alert.rule is Rule.ABSENCE else self.zones
            watch = watches.get(alert.place)
            goes_on = watch is not None and watch.opened is not None and watch.opened.key == alert.key
            closed_at = closing(self.hall, self.calendar, alert.opened_at, at)
            if goes_on and closed_at is None:
                continue
            if goes_on and alert.rule is Rule.ABSENCE:
                self.windows[alert.place] = presence.Watch(self.hall.id, alert.place)
            elif goes_on:
                self.zones[alert.place] = queues.Watch(self.hall.id, alert.place)
            yield _left(alert, closed_at or at)

    def _window(self, place: str, at: datetime, sees: bool) -> Alert | None:
        """`sees`: whether this look could; one that could not adds nothing while another camera sees the window."""
        gap = self._absence.gap_cadences
        people = staffed(*self._latest(RegionKind.STAFF, place, at, gap))
        if people is not None and not sees:
            return None
        self._saw(Rule.ABSENCE, place, at, people)
        seen = presence.Seen(
            at=at,
            people=people,
            duty=self.duty(place, at),
            cadence=self._cadence(RegionKind.STAFF, place),
            waiting=self._waiting(self._windows[place].zone, at),
            served=bool(staffed(*self._latest(RegionKind.CITIZEN, place, at, gap))),
            pause_signal=self.said(place) is not None,
        )
        self.windows[place], alert = presence.step(self._absence, self.windows[place], seen)
        return alert

    def _zone(self, place: str, at: datetime) -> Alert | None:
        waiting = self._waiting(place, at)
        self._saw(Rule.QUEUE, place, at, waiting)
        seen = queues.Seen(
            at=at,
            waiting=waiting,
            open_windows=self.open_windows(place, at),
            in_service=segment_at(self.hall, self.calendar, at) is not None,
            cadence=self._cadence(RegionKind.QUEUE, place),
        )
        self.zones[place], alert = queues.step(self._queue, self.zones[place], seen)
        return alert

    def _waiting(self, zone: str, at: datetime) -> int | None:
        return gathered(*self._latest(RegionKind.QUEUE, zone, at, self._queue.gap_cadences))

    def _latest(
        self, kind: RegionKind, place: str, at: datetime, gap_cadences: float
    ) -> tuple[list[Observation], datetime]:
        """The latest look through each region of a place, and the time at or before which a look is stale."""
        views = self._views.get((kind, place), ())
        found = [self._looks.get((view.camera, view.id)) for view in views]
        looks = [look or Observation(at, "", "", kind, place, None) for look in found]
        return looks, at - self._cadence(kind, place) * gap_cadences

    def _cadence(self, kind: RegionKind, place: str) -> timedelta:
        """How often a place is looked at, at least."""
        return self._cadences.get((kind, place), timedelta(0))

    def _saw(self, rule: Rule, place: str, at: datetime, people: int | None) -> None:
        before = self.sights.get((rule, place), Sight())
        self.sights[rule, place] = before.then(at, people, "blind" if people is None else "")


def _left(alert: Alert, at: datetime) -> Alert:
    """An alert that nobody looks after any more, ended; what happened since it opened is unknown."""
    until = max(at, alert.opened_at)
    return replace(alert, until=until, unseen_s=alert.unseen_s + (until - alert.opened_at).total_seconds())


def _views(regions: Iterable[Region]) -> dict[tuple[RegionKind, str], tuple[Region, ...]]:
    """Through which regions each place is seen."""
    views: dict[tuple[RegionKind, str], tuple[Region, ...]] = {}
    for region in regions:
        place = (region.kind, region.place)
        views[place] = (*views.get(place, ()), region)
    return views


def _places(observations: Sequence[Observation], kind: RegionKind) -> list[str]:
    return list(dict.fromkeys(look.place for look in observations if look.kind is kind))
