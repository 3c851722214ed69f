"""Queues: how many people wait in a zone, and when that becomes an alert.

What counts is the load: people waiting per open window of the zone. A run begins with the first look at or over its
opening load and is over with the first look below its closing load, which is lower so that a zone does not flip-flop.
An alert opens when a run has lasted; the yellow run gives it its `since`, the red one turns it red. It ends once the
load has stayed below `yellow_close` for `clear_s`, with the first look of that time.

Looks that cannot see freeze every clock: what lies between two looks that saw, beyond one cadence, is subtracted. After
a longer stretch than `unknown_reset_s` the runs begin anew; an open alert stays.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.alerts import Alert, Level, Rule, changed, resumed
from monitor.observation import Gap, unobserved


@dataclass(frozen=True, slots=True)
class QueueRule:
    """Thresholds of 排队超限 on people waiting per open window of the zone."""

    yellow_open: float = 4.0
    """Waiting per open window at which yellow starts to count."""
    yellow_close: float = 3.0
    """Below this the yellow run is over; lower than `yellow_open` so that the zone does not flip-flop."""
    yellow_s: float = 180.0
    """How long the zone must stay at or over it before a yellow alert opens, in seconds."""
    red_open: float = 8.0
    """Waiting per open window at which red starts to count."""
    red_close: float = 6.0
    """Below this the red run is over."""
    red_s: float = 300.0
    """How long before the alert is red, in seconds."""
    clear_s: float = 60.0
    """How long the zone must stay below `yellow_close` before the alert ends, in seconds."""
    gap_cadences: float = 3.0
    """A gap between samples longer than this many cadences is unknown time."""
    unknown_reset_s: float = 180.0
    """After more than this of continuous unknown the runs begin anew, in seconds."""
    version: int = 1
    """Raised whenever a value changes; kept with every alert."""


class Crowd(StrEnum):
    """What the board shows for a zone."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known about a zone at the time of one look."""

    at: datetime
    waiting: int | None
    """People in the zone; None = could not see."""
    open_windows: int
    """Windows of the zone that may be serving; fewer than one counts as one."""
    in_service: bool
    cadence: timedelta
    """How often the zone is looked at."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch in which the load stayed on one side of a threshold."""

    since: datetime
    unseen_s: float = 0.0
    """Unknown seconds within it."""

    def lasts(self, at: datetime, least_s: float) -> bool:
        """Whether it is known to have lasted at least so many seconds."""
        return (at - self.since).total_seconds() - self.unseen_s >= least_s


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of a zone between two looks."""

    hall: str
    zone: str
    crowd: Crowd = Crowd.UNKNOWN
    at: datetime | None = None
    """The last look, blind or not; one that is a little older is ignored, a much older one means a clock set back."""
    seen_at: datetime | None = None
    """The last look that saw while the hall was in service."""
    blind: bool = False
    """Whether a blind look came after it."""
    yellow: Run | None = None
    red: Run | None = None
    clear: Run | None = None
    """Below `yellow_close` while an alert is open."""
    alert: Alert | None = None
    """The last alert, open while it has no `until`; with what the last look added to it."""

    @property
    def opened(self) -> Alert | None:
        """The alert that is open, if any."""
        return self.alert if self.alert is not None and self.alert.until is None else None

    @property
    def moments(self) -> frozenset[datetime]:
        """The looks at which the alert, or its end, may turn out to have begun: it will ask for their pictures."""
        return frozenset(run.since for run in (self.yellow, self.clear) if run is not None)


def resume(alert: Alert) -> Watch:
    """The watch of a zone after a restart: its open alert goes on, and the time since it opened is unknown."""
    return Watch(alert.hall, alert.place, seen_at=alert.opened_at, blind=True, alert=resumed(alert))


def step(rule: QueueRule, watch: Watch, seen: Seen) -> tuple[Watch, Alert | None]:
    """Judge one look at one zone: the new watch, and its alert if it opened, turned red, ended, lost or found sight.

    Pure; the time is `seen.at`. Outside service hours nothing is judged, and an open alert ends with that look.
    """
    if watch.at is not None and seen.at <= watch.at:
        if (watch.at - seen.at).total_seconds() <= rule.unknown_reset_s:
            return watch, None
        watch = resume(watch.opened) if watch.opened else Watch(watch.hall, watch.zone)  # the clock was set back
    if not seen.in_service:
        after = _dismissed(rule, watch, seen)
    elif seen.waiting is None:
        alert = replace(watch.opened, sees=False) if watch.opened else watch.alert
        after = replace(watch, blind=True, alert=alert)
    else:
        after = _judged(rule, _counted(rule, _thawed(rule, watch, seen), seen), seen)
    after = replace(after, at=seen.at, crowd=_crowd(rule, after, seen))
    return after, after.alert if changed(watch.alert, after.alert) else None


def _dismissed(rule: QueueRule, watch: Watch, seen: Seen) -> Watch:
    """The hall is not in service: the runs are gone, whatever the camera says."""
    alert = watch.opened
    if alert:
        unseen_s = alert.unseen_s + _gap(rule, watch, seen).unseen_s
        alert = replace(alert, until=max(seen.at, alert.opened_at), unseen_s=unseen_s)
    return Watch(watch.hall, watch.zone, alert=alert)


def _gap(rule: QueueRule, watch: Watch, seen: Seen) -> Gap:
    return unobserved(watch.seen_at, seen.at, watch.blind, seen.cadence, rule.gap_cadences)


def _thawed(rule: QueueRule, watch: Watch, seen: Seen) -> Watch:
    """Unknown time before this look is taken off every clock."""
    gap = _gap(rule, watch, seen)
    if gap.whole_s > rule.unknown_reset_s:
        watch = replace(watch, yellow=None, red=None, clear=None)
    alert = watch.opened
    if alert:
        alert = replace(alert, sees=True, unseen_s=alert.unseen_s + gap.unseen_s, people=seen.waiting)
    return replace(
        watch,
        seen_at=seen.at,
        blind=False,
        yellow=_longer(watch.yellow, gap.unseen_s),
        red=_longer(watch.red, gap.unseen_s),
        clear=_longer(watch.clear, gap.unseen_s),
        alert=alert or watch.alert,
    )


def _longer(run: Run | None, unseen_s: float) -> Run | None:
    return run and replace(run, unseen_s=run.unseen_s + unseen_s)


def _counted(rule: QueueRule, watch: Watch, seen: Seen) -> Watch:
    """Which runs begin, go on or are over with this look."""
    load = (seen.waiting or 0) / max(1, seen.open_windows)
    here = Run(seen.at)
    yellow = (watch.yellow or here) if load >= (rule.yellow_close if watch.yellow else rule.yellow_open) else None
    red = (watch.red or here) if load >= (rule.red_close if watch.red else rule.red_open) else None
    clear = (watch.clear or here) if watch.opened and load < rule.yellow_close else None
    return replace(watch, yellow=yellow, red=red, clear=clear)


def _judged(rule: QueueRule, watch: Watch, seen: Seen) -> Watch:
    """Whether this look opens an alert, turns it red or ends it."""
    alert, level = watch.opened, _level(rule, watch, seen.at)
    if alert is None:
        return watch if level is None else replace(watch, alert=_alert(rule, watch, seen, level))
    if watch.clear is not None and watch.clear.lasts(seen.at, rule.clear_s):
        until = max(watch.clear.since, alert.opened_at)
        return replace(
            watch, clear=None, alert=replace(alert, until=until, unseen_s=alert.unseen_s - watch.clear.unseen_s)
        )
    return replace(watch, alert=replace(alert, level=level)) if level is Level.RED else watch


def _level(rule: QueueRule, watch: Watch, at: datetime) -> Level | None:
    """The level that the runs deserve by now."""
    if watch.red is not None and watch.red.lasts(at, rule.red_s):
        return Level.RED
    return Level.YELLOW if watch.yellow is not None and watch.yellow.lasts(at, rule.yellow_s) else None


def _alert(rule: QueueRule, watch: Watch, seen: Seen, level: Level) -> Alert:
    run = watch.yellow or watch.red
    assert run is not None
    return Alert(
        rule=Rule.QUEUE,
        hall=watch.hall,
        place=watch.zone,
        since=run.since,
        opened_at=seen.at,
        level=level,
        unseen_s=run.unseen_s,
        people=seen.waiting,
        values={name: float(value) for name, value in asdict(rule).items()},
    )


def _crowd(rule: QueueRule, watch: Watch, seen: Seen) -> Crowd:
    """What the board shows: the level the runs deserve now, at least yellow while an alert is open."""
    if seen.waiting is None:
        return Crowd.UNKNOWN
    level = _level(rule, watch, seen.at) or (watch.opened and Level.YELLOW)
    return Crowd(level.value) if level else Crowd.GREEN
