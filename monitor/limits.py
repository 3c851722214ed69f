"""Limits: a measured value against a yellow and a red threshold, and when that becomes an alert.

A run begins with the first look at or over its opening threshold and is over with the first look below its closing
threshold, which is lower so that a place does not flip-flop. An alert opens when a run has lasted; the yellow run gives
it its `since`, the red one turns it red. It ends once the value has stayed below `yellow_close` for `clear_s`, with the
first look of that time.

Looks that cannot see freeze every clock: what lies between two looks that saw, beyond one cadence, is subtracted. After
a longer stretch than `unknown_reset_s` the runs begin anew; an open alert stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

from monitor.alerts import Alert, Ending, Level, Rule, changed, resumed
from monitor.observation import Gap, unobserved


@dataclass(frozen=True, slots=True)
class Limit:
    """Thresholds on one value; times in seconds."""

    yellow_open: float
    """From here on yellow counts."""
    yellow_close: float
    """Below this the yellow run is over, and an alert may end."""
    yellow_s: float = 0.0
    """How long the run must last before a yellow alert opens."""
    red_open: float = inf
    red_close: float = inf
    red_s: float = 0.0
    clear_s: float = 60.0
    """How long the value must stay below `yellow_close` before the alert ends."""
    gap_cadences: float = 3.0
    """A gap between samples longer than this many cadences is unknown time."""
    unknown_reset_s: float = 180.0
    """After more than this of continuous unknown the runs begin anew."""

    @property
    def lowest(self) -> float:
        """The value from which on something begins to count."""
        return min(self.yellow_open, self.red_open)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known about a place at the time of one look."""

    at: datetime
    value: float | None
    """None = could not be measured."""
    in_service: bool
    """Outside service nothing is judged, and an open alert ends."""
    cadence: timedelta
    """How often the place is looked at."""
    closes_at: datetime | None = None
    """When the service ends; None = never, or there is none."""
    quiet: bool = False
    """Another alert speaks for the place already: no yellow one opens beside it."""
    people: int | None = None
    """People that are told with the alert."""
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch in which the value stayed on one side of a threshold."""

    since: datetime
    unseen_s: float = 0.0
    """Unknown seconds within it."""

    def lasts(self, at: datetime, least_s: float) -> bool:
        """Whether it is known to have lasted at least so many seconds."""
        return (at - self.since).total_seconds() - self.unseen_s >= least_s


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of one value between two looks."""

    rule: Rule
    hall: str
    place: str
    at: datetime | None = None
    """The last look, blind or not; one that is a little older is ignored, a much older one means a clock set back."""
    seen_at: datetime | None = None
    """The last look that saw while it was judged."""
    blind: bool = False
    """Whether a blind look came after it."""
    closes_at: datetime | None = None
    """When the service ends, as of the last look."""
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

    @property
    def still(self) -> bool:
        """Whether nothing runs, not even an end."""
        return self.yellow is None and self.red is None and self.clear is None and self.opened is None

    @property
    def calm(self) -> bool:
        """Whether nothing runs and no alert is open."""
        return self.yellow is None and self.red is None and self.opened is None


def resume(alert: Alert) -> Watch:
    """The watch after a restart without a memory: its open alert goes on, the time since it opened is unknown."""
    return Watch(alert.rule, alert.hall, alert.place, seen_at=alert.opened_at, blind=True, alert=resumed(alert))


def step(limit: Limit, watch: Watch, seen: Seen, values: Mapping[str, float]) -> tuple[Watch, Alert | None]:
    """Judge one look: the new watch, and its alert if it opened, turned red, ended, lost or found sight.

    Pure; the time is `seen.at`. `values`: the rule's values, kept with an alert that opens.
    """
    if watch.at is not None and seen.at <= watch.at:
        if (watch.at - seen.at).total_seconds() <= limit.unknown_reset_s:
            return watch, None
        watch = resume(watch.opened) if watch.opened else Watch(watch.rule, watch.hall, watch.place)  # was set back
    if watch.still and seen.in_service and seen.value is not None and seen.value < limit.lowest:
        return (  # what most looks are: nothing runs, and nothing begins
            Watch(watch.rule, watch.hall, watch.place, seen.at, seen.at, closes_at=seen.closes_at, alert=watch.alert),
            None,
        )
    before = watch
    if watch.closes_at is not None and watch.closes_at < seen.at and seen.closes_at is not None:
        watch = _dismissed(limit, watch, seen)  # a break that nobody looked at
    if not seen.in_service:
        after = _dismissed(limit, watch, seen)
    elif seen.value is None:
        alert = replace(watch.opened, sees=False) if watch.opened else watch.alert
        after = replace(watch, blind=True, alert=alert)
    else:
        after = _judged(limit, _counted(limit, _thawed(limit, watch, seen), seen.at, seen.value), seen, values)
    after = replace(after, at=seen.at, closes_at=seen.closes_at)
    return after, after.alert if changed(before.alert, after.alert) else None


def level(limit: Limit, watch: Watch, at: datetime) -> Level | None:
    """The level that the runs deserve by now."""
    if watch.red is not None and watch.red.lasts(at, limit.red_s):
        return Level.RED
    return Level.YELLOW if watch.yellow is not None and watch.yellow.lasts(at, limit.yellow_s) else None


def _dismissed(limit: Limit, watch: Watch, seen: Seen) -> Watch:
    """Not judged at present: the runs are gone, whatever is measured."""
    alert = watch.opened
    if alert:
        ended = seen if watch.closes_at is None else replace(seen, at=min(seen.at, watch.closes_at))
        unseen_s = alert.unseen_s + _gap(limit, watch, ended).unseen_s
        alert = replace(alert, until=max(ended.at, alert.opened_at), ending=Ending.CLOSED, unseen_s=unseen_s)
    return Watch(watch.rule, watch.hall, watch.place, alert=alert)


def _gap(limit: Limit, watch: Watch, seen: Seen) -> Gap:
    return unobserved(watch.seen_at, seen.at, watch.blind, seen.cadence, limit.gap_cadences)


def _thawed(limit: Limit, watch: Watch, seen: Seen) -> Watch:
    """Unknown time before this look is taken off every clock."""
    gap = _gap(limit, watch, seen)
    if gap.whole_s > limit.unknown_reset_s:
        watch = replace(watch, yellow=None, red=None, clear=None)
    alert = watch.opened
    if alert:
        unseen_s = alert.unseen_s + gap.unseen_s
        alert = replace(alert, sees=True, unseen_s=unseen_s, people=seen.people, waiting=seen.waiting)
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


def _counted(limit: Limit, watch: Watch, at: datetime, value: float) -> Watch:
    """Which runs begin, go on or are over with this look."""
    here = Run(at)
    yellow = (watch.yellow or here) if value >= (limit.yellow_close if watch.yellow else limit.yellow_open) else None
    red = (watch.red or here) if value >= (limit.red_close if watch.red else limit.red_open) else None
    clear = (watch.clear or here) if watch.opened and value < limit.yellow_close else None
    return replace(watch, yellow=yellow, red=red, clear=clear)


def _judged(limit: Limit, watch: Watch, seen: Seen, values: Mapping[str, float]) -> Watch:
    """Whether this look opens an alert, turns it red or ends it."""
    alert, deserved = watch.opened, level(limit, watch, seen.at)
    if alert is None:
        if deserved is None or (seen.quiet and deserved is Level.YELLOW):
            return watch
        return replace(watch, alert=_alert(watch, seen, deserved, values))
    if watch.clear is not None and watch.clear.lasts(seen.at, limit.clear_s):
        until, unseen_s = max(watch.clear.since, alert.opened_at), alert.unseen_s - watch.clear.unseen_s
        ended = replace(alert, until=until, ending=Ending.RETURNED, unseen_s=unseen_s)
        return replace(watch, clear=None, alert=ended)
    if deserved is Level.RED and alert.level is not Level.RED:
        return replace(watch, alert=replace(alert, level=Level.RED, red_at=seen.at))
    return watch


def _alert(watch: Watch, seen: Seen, deserved: Level, values: Mapping[str, float]) -> Alert:
    run = watch.yellow or watch.red
    assert run is not None
    return Alert(
        rule=watch.rule,
        hall=watch.hall,
        place=watch.place,
        since=run.since,
        opened_at=seen.at,
        level=deserved,
        red_at=seen.at if deserved is Level.RED else None,
        unseen_s=run.unseen_s,
        people=seen.people,
        waiting=seen.waiting,
        values=dict(values),
    )
