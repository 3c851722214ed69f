"""A desk: where everything that is known of one hall meets and is judged, window by window and zone by zone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from camera_ingest.camera import Camera
from camera_ingest.sample import Sample
from models.regions import Region, RegionKind
from monitor import coverage, halls, lanes, limits, presence, queues
from monitor.alerts import CROWD, FAULTS, PRESENCE, Alert, Ending, Level, Rule
from monitor.calendar import today
from monitor.duty import Duty, duty_at
from monitor.hours import Hours
from monitor.known import NOTHING, Known
from monitor.lanes import Lane, Lanes
from monitor.measuring import Standing, measured
from monitor.memory import Memory
from monitor.observation import Observation, gathered, staffed
from monitor.places import Segment, Window
from monitor.posts import AWAY, IDLE, MANNED, Post
from monitor.queues import Crowd, Measured
from monitor.sight import Sight
from monitor.thresholds import Thresholds
from monitor.views import Views
from monitor.watches import Watches
from monitor.window_states import WindowState

SHOWN_AFTER_END = timedelta(minutes=10)
"""How long an ended alert stays on the board."""
WALK = timedelta(seconds=10)
"""How often the hall is walked through for what no look has brought: unseen windows, zones by tickets, the hall."""
UNSEEN = timedelta(seconds=30)
"""A window that no camera looks at is judged, as one that cannot be seen, this often."""

RULES = {RegionKind.STAFF: Rule.ABSENCE, RegionKind.QUEUE: Rule.QUEUE}
"""Which family of rules judges what a region counts."""
BY_HEADS = (Rule.UNSTAFFED, Rule.QUEUE, Rule.FEW)
"""Rules of a zone that are about how many people wait now."""


class Desk:
    """The state of one hall. It holds no clock, log or store: the time is that of each look."""

    def __init__(
        self,
        hours: Hours,
        cameras: Iterable[Camera],
        regions: Iterable[Region],
        thresholds: Thresholds,
        known: Callable[[], Known] = lambda: NOTHING,
        alerts: Iterable[Alert] = (),
        memory: Memory | None = None,
    ) -> None:
        """`known`: what is known besides pictures; `alerts`: those open in the records, which go on, and those of the
        memory that have ended there; `memory`: what an earlier run of the program remembered.

        Cameras, regions and alerts of other halls are passed over.
        """
        hall, regions = hours.hall, tuple(regions)
        self.hours = hours
        self.hall = hall
        self.known = known
        self.cameras = {camera.id: camera for camera in cameras if camera.hall == hall.id}
        self.regions = {id: tuple(region for region in regions if region.camera == id) for id in self.cameras}
        self.eyes = dict.fromkeys(self.cameras, Sight())
        self.sights: dict[tuple[Rule, str], Sight] = {}
        self.measured: dict[str, Measured] = {}
        self.lanes: dict[tuple[Rule, str], Lanes] = {}
        self.coverage: coverage.Days = {}
        self._drawn = self.regions
        self._masks: tuple[Region, ...] = ()
        self._thresholds = thresholds
        self._windows = {window.id: window for window in hall.windows}
        self._of_zone = {zone.id: [one for one in hall.windows if one.zone == zone.id] for zone in hall.zones}
        self._views = Views(self.cameras, (region for own in self.regions.values() for region in own))
        self._walked: datetime | None = None
        self._began: datetime | None = None
        self._settled = False
        self.watches = Watches(hall, self.cameras)
        self.windows, self.zones = self.watches.windows, self.watches.zones
        self._found = tuple(sorted((one for one in alerts if one.hall == hall.id), key=lambda one: one.since))
        self._shown = {alert.key: alert for alert in self._found if alert.until is None}
        if memory is not None:
            self._recall(memory)
        for alert in self._found:
            gone = alert.rule in PRESENCE and not self._views.sees(RegionKind.STAFF, alert.place)
            if alert.until is None and not gone and alert.key not in self.watches.opened():
                self.watches.resume(alert)

    def judge(self, sample: Sample, observations: Sequence[Observation]) -> tuple[Alert, ...]:
        """Judge what one sample showed: the alerts that changed by it.

        With the first sample end those alerts from the records that do not go on. A look that comes after a newer one
        of its camera changes nothing.
        """
        at, blind = sample.at, str(sample.blind or "")
        if self._views.is_late(sample.camera, at):
            return ()
        self.eyes[sample.camera] = self.eyes[sample.camera].then(at, None, blind, sample.detail)
        self._views.see(observations)
        known = self.known()
        if known.masks != self._masks:
            self._leave_out(known.masks)
        changes: list[Alert | None] = [*self._settle(at), self._fault(sample.camera, at, blind)]
        sees = any(look.people is not None for look in observations)
        changes += [self._window(known, place, at, sees) for place in _places(observations, RegionKind.STAFF)]
        for place in _places(observations, RegionKind.QUEUE):
            changes += self._zone(known, place, at)
        self._began = self._began or at
        if self._walked is None or abs(at - self._walked) >= WALK:
            self._walked = at
            changes += self._walk(known, at)
        alerts = tuple(self._told(alert, at) for alert in changes if alert is not None)
        self._shown |= {alert.key: alert for alert in alerts}
        return alerts

    def _leave_out(self, masks: tuple[Region, ...]) -> None:
        """From the next look on, do not count what stands where a person said that it is none."""
        self._masks = masks
        self.regions = {id: (*own, *(mask for mask in masks if mask.camera == id)) for id, own in self._drawn.items()}

    def said(self, window: str) -> WindowState | None:
        """What a window last said of itself; None = nothing ever."""
        return self.known().states.get(window)

    def duty(self, window: str, at: datetime) -> Duty:
        """What is asked of a window."""
        return self._duty(self.known(), self._windows[window], at)

    def post(self, window: str, at: datetime) -> tuple[Post, str]:
        """The state of a window and why; one that nobody looks at is known by calendar, roster and its own word."""
        watch = self.windows[window]
        if watch.at is not None and self.hours.at(None, at) is not None:
            return watch.post, watch.reason
        seen = presence.Seen(at, None, self.duty(window, at), WALK, blind="no-camera")
        return presence.standing(presence.AbsenceRule(), watch, seen)

    def open_windows(self, zone: str, at: datetime) -> int:
        """Windows of a zone that may be serving. One that cannot be seen counts: blindness must not make a crowd."""
        may = (*MANNED, Post.UNKNOWN, Post.AWAY_SERVING)
        return sum(self.post(window.id, at)[0] in may for window in self._of_zone[zone])

    def crowd(self, zone: str, at: datetime) -> Crowd:
        """What the board shows for a zone: the level its values deserve now, at least yellow with an open alert."""
        now = self.measured.get(zone)
        if now is None or now.waiting is None:
            return Crowd.UNKNOWN
        rule = self.queue_rule(zone, at)
        watches = self.zones[zone].values()
        levels = {limits.level(limit, self.zones[zone][kind], at) for kind, limit in queues.limits(rule).items()}
        if Level.RED in levels:
            return Crowd.RED
        opened = any(watch.opened is not None for watch in watches)
        return Crowd.YELLOW if opened or Level.YELLOW in levels else Crowd.GREEN

    def queue_rule(self, zone: str, at: datetime) -> queues.QueueRule:
        """The thresholds of a zone in force."""
        return self._thresholds.queue(self.hall, zone, self._segment(zone, at))

    def hall_rule(self, at: datetime) -> halls.HallRule:
        """The thresholds of the hall in force."""
        return self._thresholds.hall(self.hall, self._segment(None, at))

    def _segment(self, place: str | None, at: datetime) -> Segment | None:
        service = self.hours.at(place, at)
        return service.segment if service else None

    def alerts(self, at: datetime) -> tuple[Alert, ...]:
        """The open alerts as the last look left them, and those that ended a short while ago."""
        self._shown |= {key: self._marked(alert) for key, alert in self.watches.opened().items()}
        oldest = at - SHOWN_AFTER_END
        self._shown = {key: alert for key, alert in self._shown.items() if alert.until is None or alert.until > oldest}
        return tuple(self._shown.values())

    def moments(self, family: Rule, place: str) -> frozenset[datetime]:
        """The looks whose pictures an alert about a window (ABSENCE) or a zone (QUEUE) may yet ask for."""
        if family is Rule.ABSENCE:
            return self.windows[place].moments
        return frozenset(moment for watch in self.zones[place].values() for moment in watch.moments)

    def settled(self, camera: str) -> bool:
        """Whether nothing that a camera looks at is on its way to an alert, or in one: nobody is missing or waits long.

        A window is settled if every look that is remembered shows somebody, or if nobody has to be there; a zone if
        nothing runs there that heads decide (tickets, which decide the rest, are no matter of looking).
        """
        for region in self.regions[camera]:
            if region.kind is RegionKind.STAFF:
                watch = self.windows[region.place]
                if watch.post not in IDLE and not (
                    watch.opened is None and watch.looks and all(look.present for look in watch.looks)
                ):
                    return False
            elif region.kind is RegionKind.QUEUE:
                zone, now = self.zones[region.place], self.measured.get(region.place)
                if now is None or now.counted is None or not all(zone[rule].calm for rule in BY_HEADS):
                    return False
        return True

    def memory(self) -> Memory:
        """Everything that a later run of the program goes on from."""
        zones = {zone: list(watches.values()) for zone, watches in self.zones.items()}
        lanes = {
            f"{rule}/{place}": one.marks for (rule, place), one in self.lanes.items() if self.watches.busy(rule, place)
        }
        covered = [(window, day, seconds) for (window, day), seconds in self.coverage.items()]
        return Memory(
            windows=dict(self.windows),
            zones=zones,
            whole=self.watches.whole,
            faults=dict(self.watches.faults),
            lanes=lanes,
            coverage=covered,
            looks=self._views.looks,
            sights=[(rule, place, sight) for (rule, place), sight in self.sights.items()],
            eyes=dict(self.eyes),
            measured=dict(self.measured),
            began=self._began,
            walked=self._walked,
        )

    def _recall(self, memory: Memory) -> None:
        """Go on from what was remembered; what has ended on record stays ended."""
        self.watches.recall(memory, {alert.key: alert for alert in self._found if alert.until is not None})
        self.coverage = {(window, day): seconds for window, day, seconds in memory.coverage}
        self._views.see(memory.looks)
        self.sights = {(rule, place): sight for rule, place, sight in memory.sights}
        self.eyes |= {id: eye for id, eye in memory.eyes.items() if id in self.eyes}
        self.measured = {zone: one for zone, one in memory.measured.items() if zone in self.zones}
        self._began, self._walked = memory.began, memory.walked
        for kept, marks in memory.lanes.items():
            rule, _, place = kept.partition("/")
            self.lanes[Rule(rule), place] = Lanes(marks)

    def _settle(self, at: datetime) -> Iterator[Alert]:
        """End what was open on record if its place is not looked at, has a newer alert, or was closed meanwhile.

        What the memory has open and the record does not know yet is told again.
        """
        if self._settled:
            return
        self._settled = True
        going = self.watches.opened()
        ending = {watch.opened.key for watch in self.watches.each() if watch.opened is not None and watch.closes_at}
        recorded = {alert.key for alert in self._found}
        yield from (alert for key, alert in going.items() if key not in recorded)
        for alert in self._found:
            if alert.until is not None or (alert.rule in FAULTS and alert.key in going):
                continue
            zone = alert.place if alert.place in self.zones else None
            closed_at = None if alert.rule in FAULTS else self.hours.closing(zone, alert.opened_at, at)
            if alert.key in going and (closed_at is None or alert.key in ending):  # which end by themselves
                continue
            self.watches.forget(alert)
            yield _left(alert, at, closed_at)
        self._found = ()

    def _window(self, known: Known, place: str, at: datetime, sees: bool) -> Alert | None:
        """`sees`: whether this look could; one that could not adds nothing while another camera sees the window."""
        window, before = self._windows[place], self.windows[place]
        duty = self._duty(known, window, at)
        rule = self._thresholds.absence(self.hall, place, duty.service.segment if duty.service else None)
        people = staffed(*self._views.latest(RegionKind.STAFF, place, at, rule.gap_cadences))
        if people is not None and not sees:
            return None
        if self._views.sees(RegionKind.STAFF, place):
            self._saw(Rule.ABSENCE, place, at, people)
        seen = presence.Seen(
            at=at,
            people=people,
            duty=duty,
            cadence=self._views.cadence(RegionKind.STAFF, place),
            waiting=self._waiting(known, window.zone, at),
            served=bool(staffed(*self._views.latest(RegionKind.CITIZEN, place, at, rule.gap_cadences))),
            pause_signal=place in known.states,
            blind=self._blindness(place),
        )
        after, alert = presence.step(rule, before, seen)
        self.windows[place] = after
        self._cover(before, after, seen, rule)
        self._mark(Rule.ABSENCE, place, at, lanes.of_window(after, seen))
        return alert

    def _cover(
        self, before: presence.Watch, after: presence.Watch, seen: presence.Seen, rule: presence.AbsenceRule
    ) -> None:
        """Count the time since the last look into the day's coverage."""
        duty = seen.duty
        if before.at is None or not duty.required or seen.at <= before.at or duty.opens_at is None:
            return
        gap = seen.at - before.at
        vouched = gap if before.blind_since is None and gap <= seen.cadence * rule.gap_cadences else seen.cadence
        saw = seen.people is not None and before.seen_at is not None
        more = coverage.passed(before.at, seen.at, duty.opens_at, saw, after.post, vouched)
        key = after.window, today(seen.at)
        if key not in self.coverage:
            self.coverage = {old: one for old, one in self.coverage.items() if old[1] >= key[1] - timedelta(days=1)}
        self.coverage[key] = self.coverage.get(key, coverage.Coverage()) + more

    def _zone(self, known: Known, place: str, at: datetime) -> Iterator[Alert | None]:
        counted = gathered(*self._views.latest(RegionKind.QUEUE, place, at, queues.QueueRule().gap_cadences))
        if self._views.sees(RegionKind.QUEUE, place):
            self._saw(Rule.QUEUE, place, at, counted)
        rule, service = self.queue_rule(place, at), self.hours.at(place, at)
        closes_at = service.closes_at if service is not None else None
        now = self._measure(known, place, at, counted)
        self.measured[place] = now
        posts = [self.windows[window.id].post for window in self._of_zone[place]]
        self._mark(Rule.QUEUE, place, at, lanes.of_zone(now, posts))
        watches, values = self.zones[place], queues.rule_values(rule)
        cadence = max(self._views.cadence(RegionKind.QUEUE, place), WALK)
        quiet = any(watch.opened is not None for watch in watches.values())
        figures = queues.values(rule, now)
        for kind, limit in queues.limits(rule).items():
            waiting = now.waiting
            seen = limits.Seen(at, figures[kind], service is not None, cadence, closes_at, quiet, waiting, waiting)
            watches[kind], alert = limits.step(limit, watches[kind], seen, values)
            quiet = quiet or watches[kind].opened is not None
            yield alert

    def _measure(self, known: Known, zone: str, at: datetime, counted: int | None) -> Measured:
        """Everything that is known of a zone now."""
        windows = [
            Standing(
                self.post(window.id, at)[0],
                self.windows[window.id].post_since,
                self._views.sees(RegionKind.CITIZEN, window.id),
            )
            for window in self._of_zone[zone]
        ]
        service = self.hours.at(zone, at)
        return measured(at, windows, known.books.get(zone), counted, service, self.measured.get(zone))

    def _fault(self, camera: str, at: datetime, blind: str) -> Alert | None:
        """Whether a camera has been blind for too long; round the clock."""
        rule = self._thresholds.hall(self.hall, None)
        cadence = max(self.cameras[camera].cadence, timedelta(seconds=60))
        seen = limits.Seen(at, 1.0 if blind else 0.0, True, cadence)
        limit, faults = halls.camera_limit(rule), self.watches.faults
        faults[camera], alert = limits.step(limit, faults[camera], seen, halls.rule_values(rule))
        return alert

    def _walk(self, known: Known, at: datetime) -> Iterator[Alert | None]:
        """What no look brings: windows that cannot be seen, zones by their tickets, the hall as a whole."""
        for place, watch in self.windows.items():
            if at - (watch.at or self._began or at) > max(3 * self._views.cadence(RegionKind.STAFF, place), UNSEEN):
                yield self._window(known, place, at, False)
        for zone, watches in self.zones.items():
            told = self._views.sees(RegionKind.QUEUE, zone) or zone in known.books
            if not told and all(watch.still for watch in watches.values()):
                continue
            seen_at = self.sights.get((Rule.QUEUE, zone), Sight()).seen_at or self._began or at
            if at - seen_at > max(3 * self._views.cadence(RegionKind.QUEUE, zone), WALK):
                yield from self._zone(known, zone, at)
        rule, service = self.hall_rule(at), self.hours.at(None, at)
        closes_at = service.closes_at if service is not None else None
        posts = [watch.post for watch in self.windows.values()]
        share = halls.empty_share(rule, posts)
        waiting = sum(one.waiting or 0 for one in self.measured.values())
        empty = sum(post in AWAY for post in posts)
        seen = limits.Seen(at, share, service is not None, 3 * WALK, closes_at, people=empty, waiting=waiting)
        self._mark(Rule.HALL, self.hall.id, at, lanes.of_hall(empty, waiting, posts))
        self.watches.whole, alert = limits.step(
            halls.empty_limit(rule), self.watches.whole, seen, halls.rule_values(rule)
        )
        yield alert

    def _duty(self, known: Known, window: Window, at: datetime) -> Duty:
        return duty_at(self.hours, window, known, at, lambda other: self._manned(window, other))

    def _manned(self, window: Window, other: str) -> bool | None:
        """Whether another window of the zone is manned, any if `other` is empty; None = one that may be is unseen."""
        posts = [
            self.windows[one.id].post
            for one in self._of_zone[window.zone]
            if one.id != window.id and other in ("", one.id)
        ]
        if any(post in MANNED for post in posts):
            return True
        return None if Post.UNKNOWN in posts else False

    def _waiting(self, known: Known, zone: str, at: datetime) -> int | None:
        """People who wait in a zone: by tickets, else by the cameras."""
        book = known.books.get(zone)
        if book is not None and book.known:
            return book.counted()
        return gathered(*self._views.latest(RegionKind.QUEUE, zone, at, queues.QueueRule().gap_cadences))

    def _blindness(self, window: str) -> str:
        """Why a window cannot be seen."""
        cameras = self._views.cameras(RegionKind.STAFF, window)
        return next((eye.blind for id, eye in self.eyes.items() if id in cameras and eye.blind), "") or (
            "stale" if cameras else "no-camera"
        )

    def _told(self, alert: Alert, at: datetime) -> Alert:
        """An alert as the world is told of it: with why, and whether it is one of a hall in shadow mode."""
        family = Rule.ABSENCE if alert.rule in PRESENCE else Rule.QUEUE if alert.rule in CROWD else alert.rule
        own = self.lanes.get((family, alert.place), Lanes())
        return replace(self._marked(alert), why=lanes.why(alert, own, at, self._sources(alert, at)))

    def _marked(self, alert: Alert) -> Alert:
        return replace(alert, shadow=True) if self.hall.shadow else alert

    def _sources(self, alert: Alert, at: datetime) -> Mapping[str, str]:
        """Where each value of the rule comes from."""
        place = alert.place if alert.rule in PRESENCE or alert.rule in CROWD else None
        return self._thresholds.sources(self.hall, alert.rule, alert.place, self._segment(place, at))

    def _mark(self, family: Rule, place: str, at: datetime, states: Mapping[Lane, str]) -> None:
        """Note what is known of a place now, lane by lane."""
        own = self.lanes.setdefault((family, place), Lanes())
        for lane, state in states.items():
            own.mark(lane, at, state)

    def _saw(self, rule: Rule, place: str, at: datetime, people: int | None) -> None:
        before = self.sights.get((rule, place), Sight())
        self.sights[rule, place] = before.then(at, people, "blind" if people is None else "")


def _left(alert: Alert, at: datetime, closed_at: datetime | None) -> Alert:
    """An alert that nobody looks after any more, ended; what happened since it opened is unknown."""
    until, ending = max(closed_at or at, alert.opened_at), Ending.CLOSED if closed_at else Ending.UNWATCHED
    unseen_s = alert.unseen_s + (until - alert.opened_at).total_seconds()
    return replace(alert, until=until, ending=ending, unseen_s=unseen_s)


def _places(observations: Sequence[Observation], kind: RegionKind) -> list[str]:
    return list(dict.fromkeys(look.place for look in observations if look.kind is kind))
