"""A desk: where everything that is known of one hall meets and is judged, window by window and zone by zone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from camera_ingest.camera import Camera
from camera_ingest.sample import Sample
from models.regions import Region, RegionKind
from monitor import coverage, halls, lanes, limits, presence, queues
from monitor.alerts import CROWD, FAULTS, PRESENCE, Alert, Level, Rule
from monitor.calendar import today
from monitor.duty import Duty, duty_at
from monitor.hours import Hours
from monitor.known import NOTHING, Known
from monitor.lanes import Lane, Lanes
from monitor.memory import Memory
from monitor.observation import Observation, gathered, staffed
from monitor.places import Segment, Window
from monitor.posts import AWAY, IDLE, MANNED, Post
from monitor.queues import Crowd, Measured
from monitor.sight import Sight
from monitor.thresholds import Thresholds
from monitor.window_states import WindowState

SHOWN_AFTER_END = timedelta(minutes=10)
"""How long an ended alert stays on the board."""
WALK = timedelta(seconds=10)
"""How often the hall is walked through for what no look has brought: unseen windows, zones by tickets, the hall."""
UNSEEN = timedelta(seconds=30)
"""A window that no camera looks at is judged, as one that cannot be seen, this often."""

RULES = {RegionKind.STAFF: Rule.ABSENCE, RegionKind.QUEUE: Rule.QUEUE}
"""Which family of rules judges what a region counts."""


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
        self._looks: dict[tuple[str, str], Observation] = {}
        self._views = _views(region for own in self.regions.values() for region in own)
        self._cadences = {
            place: max(self.cameras[view.camera].cadence for view in views) for place, views in self._views.items()
        }
        self._walked: datetime | None = None
        self._began: datetime | None = None
        self._settled = False
        self.windows = {id: presence.Watch(hall.id, id) for id in self._windows}
        self.zones = {
            zone.id: {rule: limits.Watch(rule, hall.id, zone.id) for rule in queues.limits(queues.QueueRule())}
            for zone in hall.zones
        }
        self.whole = limits.Watch(Rule.HALL, hall.id, hall.id)
        self.faults = {id: limits.Watch(Rule.CAMERA, hall.id, id) for id in self.cameras}
        self._found = tuple(sorted((one for one in alerts if one.hall == hall.id), key=lambda one: one.since))
        self._shown = {alert.key: alert for alert in self._found if alert.until is None}
        if memory is not None:
            self._recall(memory)
        self._resume()

    def judge(self, sample: Sample, observations: Sequence[Observation]) -> tuple[Alert, ...]:
        """Judge what one sample showed: the alerts that changed by it.

        With the first sample end those alerts from the records that do not go on.
        """
        at, blind = sample.at, str(sample.blind or "")
        self.eyes[sample.camera] = self.eyes[sample.camera].then(at, None, blind, sample.detail)
        self._looks.update({(look.camera, look.region): look for look in observations})
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
        measured = self.measured.get(zone)
        if measured is None or measured.waiting is None:
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
        return self._thresholds.queue(self.hall, zone, self._segment(at))

    def hall_rule(self, at: datetime) -> halls.HallRule:
        """The thresholds of the hall in force."""
        return self._thresholds.hall(self.hall, self._segment(at))

    def _segment(self, at: datetime) -> Segment | None:
        service = self.hours.at(None, at)
        return service.segment if service else None

    def alerts(self, at: datetime) -> tuple[Alert, ...]:
        """The open alerts as the last look left them, and those that ended a short while ago."""
        self._shown |= {alert.key: self._marked(alert) for alert in self._opened()}
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

        A window is settled if every look that is remembered shows somebody, or if nobody has to be there.
        """
        for region in self.regions[camera]:
            if region.kind is RegionKind.STAFF:
                watch = self.windows[region.place]
                if watch.post not in IDLE and not (
                    watch.opened is None and watch.looks and all(look.present for look in watch.looks)
                ):
                    return False
            elif region.kind is RegionKind.QUEUE:
                measured = self.measured.get(region.place)
                calm = all(watch.calm for watch in self.zones[region.place].values())
                if not calm or measured is None or measured.counted is None:
                    return False
        return True

    def memory(self) -> Memory:
        """Everything that a later run of the program goes on from."""
        zones = {zone: list(watches.values()) for zone, watches in self.zones.items()}
        lanes = {f"{rule}/{place}": one.marks for (rule, place), one in self.lanes.items() if self._busy(rule, place)}
        covered = [(window, day, seconds) for (window, day), seconds in self.coverage.items()]
        return Memory(
            windows=dict(self.windows),
            zones=zones,
            whole=self.whole,
            faults=dict(self.faults),
            lanes=lanes,
            coverage=covered,
            looks=list(self._looks.values()),
            sights=[(rule, place, sight) for (rule, place), sight in self.sights.items()],
            eyes=dict(self.eyes),
            measured=dict(self.measured),
            began=self._began,
            walked=self._walked,
        )

    def _busy(self, family: Rule, place: str) -> bool:
        """Whether an alert is open at a place, or on its way."""
        if family is Rule.ABSENCE:
            return self.windows[place].since is not None or self.windows[place].opened is not None
        watches = self.zones[place].values() if family is Rule.QUEUE else (self.whole,)
        return any(not watch.calm for watch in watches)

    def _recall(self, memory: Memory) -> None:
        """Go on from what was remembered, where the place is still there; what has ended on record stays ended."""
        ended = {alert.key: alert for alert in self._found if alert.until is not None}
        self.windows |= {id: watch for id, watch in memory.windows.items() if id in self.windows}
        for id, watch in self.windows.items():
            if watch.opened is not None and watch.opened.key in ended:
                self.windows[id] = presence.Watch(self.hall.id, id, alert=ended[watch.opened.key])

        def alive(watch: limits.Watch) -> limits.Watch:
            if watch.opened is not None and watch.opened.key in ended:
                return limits.Watch(watch.rule, watch.hall, watch.place, alert=ended[watch.opened.key])
            return watch

        for zone in self.zones.keys() & memory.zones.keys():
            self.zones[zone] |= {one.rule: alive(one) for one in memory.zones[zone] if one.rule in self.zones[zone]}
        self.whole = alive(memory.whole)
        self.faults |= {id: alive(one) for id, one in memory.faults.items() if id in self.faults}
        self.coverage = {(window, day): seconds for window, day, seconds in memory.coverage}
        known = {(region.camera, region.id) for own in self.regions.values() for region in own}
        self._looks = {key: one for one in memory.looks if (key := (one.camera, one.region)) in known}
        self.sights = {(rule, place): sight for rule, place, sight in memory.sights}
        self.eyes |= {id: eye for id, eye in memory.eyes.items() if id in self.eyes}
        self.measured = {zone: one for zone, one in memory.measured.items() if zone in self.zones}
        self._began, self._walked = memory.began, memory.walked
        for kept, marks in memory.lanes.items():
            rule, _, place = kept.partition("/")
            self.lanes[Rule(rule), place] = Lanes(marks)

    def _resume(self) -> None:
        """Open alerts of the record that no memory tells of go on."""
        going = {alert.key for alert in self._opened()}
        for alert in self._found:
            if alert.until is not None or alert.key in going:
                continue
            if alert.rule in PRESENCE and (RegionKind.STAFF, alert.place) in self._views:
                self.windows[alert.place] = presence.resume(alert)
            elif alert.rule in CROWD and alert.place in self.zones:
                self.zones[alert.place][alert.rule] = limits.resume(alert)
            elif alert.rule in FAULTS and alert.place in self.faults:
                self.faults[alert.place] = limits.resume(alert)
            elif alert.rule is Rule.HALL:
                self.whole = limits.resume(alert)

    def _opened(self) -> Iterator[Alert]:
        yield from (watch.opened for watch in self._watches() if watch.opened is not None)

    def _watches(self) -> Iterator[presence.Watch | limits.Watch]:
        yield from self.windows.values()
        yield from (watch for zone in self.zones.values() for watch in zone.values())
        yield self.whole
        yield from self.faults.values()

    def _settle(self, at: datetime) -> Iterator[Alert]:
        """End what was open on record if its place is not looked at, has a newer alert, or was closed meanwhile.

        What the memory has open and the record does not know yet is told again.
        """
        if self._settled:
            return
        self._settled = True
        going = {alert.key: alert for alert in self._opened()}
        ending = {watch.opened.key for watch in self._watches() if watch.opened is not None and watch.closes_at}
        recorded = {alert.key for alert in self._found}
        yield from (alert for key, alert in going.items() if key not in recorded)
        for alert in self._found:
            if alert.until is not None or (alert.rule in FAULTS and alert.key in going):
                continue
            closed_at = None if alert.rule in FAULTS else self.hours.closing(alert.opened_at, at)
            if alert.key in going and (closed_at is None or alert.key in ending):  # which end by themselves
                continue
            self._forget(alert)
            yield _left(alert, closed_at or at)
        self._found = ()

    def _forget(self, alert: Alert) -> None:
        """Let go of an alert that does not go on."""
        if alert.key not in {one.key for one in self._opened()}:
            return
        if alert.rule in PRESENCE:
            self.windows[alert.place] = presence.Watch(self.hall.id, alert.place)
        elif alert.rule in CROWD:
            self.zones[alert.place][alert.rule] = limits.Watch(alert.rule, self.hall.id, alert.place)
        elif alert.rule is Rule.HALL:
            self.whole = limits.Watch(Rule.HALL, self.hall.id, self.hall.id)

    def _window(self, known: Known, place: str, at: datetime, sees: bool) -> Alert | None:
        """`sees`: whether this look could; one that could not adds nothing while another camera sees the window."""
        window, before = self._windows[place], self.windows[place]
        duty = self._duty(known, window, at)
        rule = self._thresholds.absence(self.hall, place, duty.service.segment if duty.service else None)
        people = staffed(*self._latest(RegionKind.STAFF, place, at, rule.gap_cadences))
        if people is not None and not sees:
            return None
        if (RegionKind.STAFF, place) in self._views:
            self._saw(Rule.ABSENCE, place, at, people)
        seen = presence.Seen(
            at=at,
            people=people,
            duty=duty,
            cadence=self._cadence(RegionKind.STAFF, place),
            waiting=self._waiting(known, window.zone, at),
            served=bool(staffed(*self._latest(RegionKind.CITIZEN, place, at, rule.gap_cadences))),
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
        counted = gathered(*self._latest(RegionKind.QUEUE, place, at, queues.QueueRule().gap_cadences))
        if (RegionKind.QUEUE, place) in self._views:
            self._saw(Rule.QUEUE, place, at, counted)
        rule, service = self.queue_rule(place, at), self.hours.at(None, at)
        closes_at = service.closes_at if service is not None else None
        measured = self._measure(known, place, at, counted)
        self.measured[place] = measured
        posts = [self.windows[window.id].post for window in self._of_zone[place]]
        self._mark(Rule.QUEUE, place, at, lanes.of_zone(measured, posts))
        watches, values = self.zones[place], queues.rule_values(rule)
        cadence = max(self._cadence(RegionKind.QUEUE, place), WALK)
        quiet = any(watch.opened is not None for watch in watches.values())
        figures = queues.values(rule, measured)
        for kind, limit in queues.limits(rule).items():
            waiting = measured.waiting
            seen = limits.Seen(at, figures[kind], service is not None, cadence, closes_at, quiet, waiting, waiting)
            watches[kind], alert = limits.step(limit, watches[kind], seen, values)
            quiet = quiet or watches[kind].opened is not None
            yield alert

    def _measure(self, known: Known, zone: str, at: datetime, counted: int | None) -> Measured:
        """Everything that is known of a zone now."""
        posts = {window.id: self.post(window.id, at)[0] for window in self._of_zone[zone]}
        before = self.measured.get(zone)
        due = [post for post in posts.values() if post not in (Post.CLOSED, Post.NOT_IN_SERVICE)]
        manned = sum(post in MANNED for post in due)
        book = known.books.get(zone)
        told = book is not None and book.known
        service = self.hours.at(zone, at)
        oldest_s = book.oldest_s(at) if book is not None else None
        tickets = book.counted() if book is not None else None
        waits_since = None
        if tickets or (tickets is None and counted):
            waits_since = (before.waits_since if before is not None else None) or at
        idle = [
            self.windows[id].post_since
            for id, post in posts.items()
            if post is Post.ON_DUTY and (told or (RegionKind.CITIZEN, id) in self._views)
        ]
        return Measured(
            tickets=tickets,
            counted=counted,
            waits_since=waits_since,
            idle_s=max(
                ((at - max(since, waits_since)).total_seconds() for since in idle if since and waits_since), default=0.0
            ),
            open_windows=sum(post in (*MANNED, Post.UNKNOWN, Post.AWAY_SERVING) for post in due),
            staffed=None if Post.UNKNOWN in due and not manned else manned,
            due_windows=len(due),
            oldest_s=oldest_s if oldest_s is not None else 0.0 if told else None,
            abandoned=book.abandoned(at) if book is not None and told else None,
            served_s=book.served_s() if book is not None else None,
            closes_in_s=(service.closes_at - at).total_seconds() if service else None,
        )

    def _fault(self, camera: str, at: datetime, blind: str) -> Alert | None:
        """Whether a camera has been blind for too long; round the clock."""
        rule = self._thresholds.hall(self.hall, None)
        cadence = max(self.cameras[camera].cadence, timedelta(seconds=60))
        seen = limits.Seen(at, 1.0 if blind else 0.0, True, cadence)
        limit = halls.camera_limit(rule)
        self.faults[camera], alert = limits.step(limit, self.faults[camera], seen, halls.rule_values(rule))
        return alert

    def _walk(self, known: Known, at: datetime) -> Iterator[Alert | None]:
        """What no look brings: windows that cannot be seen, zones by their tickets, the hall as a whole."""
        for place, watch in self.windows.items():
            if at - (watch.at or self._began or at) > max(3 * self._cadence(RegionKind.STAFF, place), UNSEEN):
                yield self._window(known, place, at, False)
        for zone, watches in self.zones.items():
            told = (RegionKind.QUEUE, zone) in self._views or zone in known.books
            if not told and all(watch.still for watch in watches.values()):
                continue
            seen_at = self.sights.get((Rule.QUEUE, zone), Sight()).seen_at or self._began or at
            if at - seen_at > max(3 * self._cadence(RegionKind.QUEUE, zone), WALK):
                yield from self._zone(known, zone, at)
        rule, service = self.hall_rule(at), self.hours.at(None, at)
        closes_at = service.closes_at if service is not None else None
        posts = [watch.post for watch in self.windows.values()]
        share = halls.empty_share(rule, posts)
        waiting = sum(one.waiting or 0 for one in self.measured.values())
        empty = sum(post in AWAY for post in posts)
        seen = limits.Seen(at, share, service is not None, 3 * WALK, closes_at, people=empty, waiting=waiting)
        self._mark(Rule.HALL, self.hall.id, at, lanes.of_hall(empty, waiting, posts))
        self.whole, alert = limits.step(halls.empty_limit(rule), self.whole, seen, halls.rule_values(rule))
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
        return gathered(*self._latest(RegionKind.QUEUE, zone, at, queues.QueueRule().gap_cadences))

    def _blindness(self, window: str) -> str:
        """Why a window cannot be seen."""
        cameras = {view.camera for view in self._views.get((RegionKind.STAFF, window), ())}
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
        return self._thresholds.sources(self.hall, alert.rule, alert.place, self._segment(at))

    def _mark(self, family: Rule, place: str, at: datetime, states: Mapping[Lane, str]) -> None:
        """Note what is known of a place now, lane by lane."""
        own = self.lanes.setdefault((family, place), Lanes())
        for lane, state in states.items():
            own.mark(lane, at, state)

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
