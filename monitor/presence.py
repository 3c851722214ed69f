"""Presence at a window: present, absent, unknown or not required, and when absence becomes an alert.

    people:   5 5 0 5 0 0 0 0 0 0 … 0 0 … 0 5 5 5
                  │   │       │     │       │   └ three of six looks show somebody: the post is staffed again
                  │   │       │     │       └ `until`, the first look of the return
                  │   │       │     └ `since` + yellow_s: the alert opens
                  │   │       └ at most one of six looks shows somebody: the post is empty
                  │   └ `since`, the first look of the run
                  └ one empty look between two with a person is a miss and begins nothing

Smoothing decides *whether* the post is empty. It delays no threshold, for the clock runs from `since`: of the looks
that made the decision, the oldest empty one that is followed by another empty one. A single look with a person inside
the run changes nothing, but an alert opens or turns red only on a look that is empty itself while smoothing agrees.

Unknown time is subtracted. Two looks vouch for one cadence; what lies between them beyond that is unknown when a look
between them was blind or they are more than `gap_cadences` apart. After a longer stretch than `unknown_reset_s` nothing
from before it counts.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.alerts import Alert, Level, Rule, changed, resumed
from monitor.duty import Duty
from monitor.looks import Look, Looks, hits, turn, turns
from monitor.observation import Gap, unobserved


@dataclass(frozen=True, slots=True)
class AbsenceRule:
    """Thresholds of 疑似离岗, in seconds unless said otherwise."""

    hint_s: float = 180.0
    """提示: the board shows the post as empty, nobody is alerted."""
    yellow_s: float = 300.0
    """离岗预警: an alert opens."""
    red_s: float = 600.0
    """离岗告警: the alert turns red."""
    red_waiting_s: float = 300.0
    """Red already at this age when somebody waits in the window's zone."""
    rearm_s: float = 180.0
    """After a return, how long somebody must be seen before a new alert may open; until then only a red one may."""
    unknown_reset_s: float = 180.0
    """More than this of continuous unknown restarts the clock at zero with the next empty sample."""
    smooth_n: int = 6
    """Samples over which smoothing decides whether the post is empty."""
    empty_below: float = 0.2
    """The post becomes empty when the share of samples with a person falls below this."""
    present_from: float = 0.5
    """The post is staffed again when that share reaches this."""
    gap_cadences: float = 3.0
    """A gap between samples longer than this many cadences is unknown time."""
    version: int = 1
    """Raised whenever a value changes; kept with every alert."""


class Post(StrEnum):
    """What the board shows for a window."""

    ON_DUTY = "ON_DUTY"
    SERVING = "SERVING"  # somebody on both sides of the counter
    AWAY_TIMER = "AWAY_TIMER"  # empty
    AWAY_HINT = "AWAY_HINT"  # empty for hint_s
    AWAY_WARN = "AWAY_WARN"  # a yellow alert is open
    AWAY_ALERT = "AWAY_ALERT"  # a red alert is open
    PAUSED_OK = "PAUSED_OK"
    CLOSED = "CLOSED"
    NOT_IN_SERVICE = "NOT_IN_SERVICE"
    UNKNOWN = "UNKNOWN"  # cannot be seen, or has not been seen often enough to say that it is empty


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known about a window at the time of one look."""

    at: datetime
    people: int | None
    """People in the staff region; None = could not see."""
    duty: Duty
    cadence: timedelta
    """How often the window is looked at."""
    waiting: int | None = None
    """People waiting in the window's zone; None = unknown."""
    served: bool = False
    """Whether somebody stands at the citizens' side."""
    pause_signal: bool = True
    """Whether this window says when it pauses."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of a window between two looks."""

    hall: str
    window: str
    post: Post = Post.UNKNOWN
    post_since: datetime | None = None
    at: datetime | None = None
    """The last look, blind or not; one that is a little older is ignored, a much older one means a clock set back."""
    seen_at: datetime | None = None
    """The last look that saw while somebody had to be there."""
    blind_since: datetime | None = None
    """The first blind look after it; None = sees."""
    looks: Looks = ()
    """The last `smooth_n` looks that saw, oldest first."""
    since: datetime | None = None
    """First look of the present empty run; None = the post is not empty."""
    unseen_s: float = 0.0
    """Unknown seconds within that run."""
    returned: datetime | None = None
    """When the last alert ended with a return, moved on by what was unknown since; None = armed."""
    alert: Alert | None = None
    """The last alert, open while it has no `until`; with what the last look added to it."""

    @property
    def opened(self) -> Alert | None:
        """The alert that is open, if any."""
        return self.alert if self.alert is not None and self.alert.until is None else None

    @property
    def moments(self) -> frozenset[datetime]:
        """The looks at which a run, or its alert's end, may prove to have begun: an alert asks for their pictures."""
        begun = {self.since} if self.since else set()
        return turns(self.looks, present=self.opened is not None) | begun


def resume(alert: Alert) -> Watch:
    """The watch of a window after a restart: its open alert goes on, and the time since it opened is unknown."""
    alert = resumed(alert)
    return Watch(
        hall=alert.hall,
        window=alert.place,
        post_since=alert.opened_at,
        seen_at=alert.opened_at,
        blind_since=alert.opened_at,
        since=alert.since,
        unseen_s=alert.unseen_s,
        alert=alert,
    )


def step(rule: AbsenceRule, watch: Watch, seen: Seen) -> tuple[Watch, Alert | None]:
    """Judge one look at one window: the new watch, and its alert if it opened, turned red, ended, lost or found sight.

    Pure; the time is `seen.at`. A window that needs nobody has no clock, and its open alert ends with that look.
    """
    if watch.at is not None and seen.at <= watch.at:
        if (watch.at - seen.at).total_seconds() <= rule.unknown_reset_s:
            return watch, None
        watch = resume(watch.opened) if watch.opened else Watch(watch.hall, watch.window)  # the clock was set back
    if seen.duty is not Duty.REQUIRED:
        after = _dismissed(rule, watch, seen)
    elif seen.people is None:
        after = _blinded(watch, seen)
    else:
        after = _judged(rule, _smoothed(rule, _remembered(rule, watch, seen)), seen)
    post = _post(rule, after, seen)
    after = replace(after, at=seen.at, post=post, post_since=_post_since(watch, after, post, seen.at))
    return after, after.alert if changed(watch.alert, after.alert) else None


def _dismissed(rule: AbsenceRule, watch: Watch, seen: Seen) -> Watch:
    """Nobody has to be there: the clock is gone, whatever the camera says."""
    alert = watch.opened
    if alert:
        unseen_s = alert.unseen_s + _gap(rule, watch, seen).unseen_s
        alert = replace(alert, until=max(seen.at, alert.opened_at), unseen_s=unseen_s)
    return Watch(watch.hall, watch.window, alert=alert)


def _blinded(watch: Watch, seen: Seen) -> Watch:
    """The look could not see: everything stays as it is until one can."""
    alert = replace(watch.opened, sees=False) if watch.opened else watch.alert
    return replace(watch, blind_since=watch.blind_since or seen.at, alert=alert)


def _remembered(rule: AbsenceRule, watch: Watch, seen: Seen) -> Watch:
    """The look is kept, and unknown time before it is taken off every clock."""
    gap = _gap(rule, watch, seen)
    if gap.whole_s > rule.unknown_reset_s:
        watch = replace(watch, looks=(), since=None, unseen_s=0.0)
    alert = watch.opened
    if alert:
        alert = replace(alert, sees=True, unseen_s=alert.unseen_s + gap.unseen_s, waiting=seen.waiting)
    return replace(
        watch,
        seen_at=seen.at,
        blind_since=None,
        looks=(*watch.looks, Look(seen.at, bool(seen.people), gap.unseen_s))[-rule.smooth_n :],
        unseen_s=watch.unseen_s + gap.unseen_s if watch.since else 0.0,
        returned=watch.returned + timedelta(seconds=gap.unseen_s) if watch.returned else None,
        alert=alert or watch.alert,
    )


def _gap(rule: AbsenceRule, watch: Watch, seen: Seen) -> Gap:
    return unobserved(watch.seen_at, seen.at, bool(watch.blind_since), seen.cadence, rule.gap_cadences)


def _smoothed(rule: AbsenceRule, watch: Watch) -> Watch:
    """Whether the post is empty, and since when; a return ends the alert."""
    if watch.since is None and _looks_empty(rule, watch.looks):
        since = turn(watch.looks, present=False)
        return replace(watch, since=since, unseen_s=sum(look.unseen_s for look in watch.looks if look.at > since))
    if (watch.since or watch.opened) and hits(watch.looks) >= rule.present_from * rule.smooth_n:
        alert = watch.opened
        later = tuple(look for look in watch.looks if alert is None or look.at > alert.opened_at)
        back = turn(later or watch.looks, present=True)  # none is later where the clock was set back
        watch = replace(watch, looks=tuple(look for look in watch.looks if look.at >= back), since=None, unseen_s=0.0)
        if alert:
            after = sum(look.unseen_s for look in watch.looks if look.at > back)
            ended = replace(alert, until=max(back, alert.opened_at), unseen_s=alert.unseen_s - after)
            return replace(watch, returned=back, alert=ended)
    return watch


def _looks_empty(rule: AbsenceRule, looks: Looks) -> bool:
    """Whether smoothing says so; never before it has all its samples."""
    return len(looks) == rule.smooth_n and hits(looks) < rule.empty_below * rule.smooth_n


def _judged(rule: AbsenceRule, watch: Watch, seen: Seen) -> Watch:
    """Whether this look opens an alert or turns it red."""
    level = _level(rule, watch, seen)
    if level is None or watch.looks[-1].present or not _looks_empty(rule, watch.looks):
        return watch
    if watch.opened:
        red = level is Level.RED
        return replace(watch, alert=replace(watch.opened, level=level)) if red else watch
    assert watch.since is not None
    armed = watch.returned is None or (watch.since - watch.returned).total_seconds() >= rule.rearm_s
    if not armed and level is not Level.RED:
        return watch
    alert = Alert(
        rule=Rule.ABSENCE,
        hall=watch.hall,
        place=watch.window,
        since=watch.since,
        opened_at=seen.at,
        level=level,
        unseen_s=watch.unseen_s,
        waiting=seen.waiting,
        pause_signal=seen.pause_signal,
        values={name: float(value) for name, value in asdict(rule).items()},
    )
    return replace(watch, returned=None, alert=alert)


def _age_s(watch: Watch, at: datetime) -> float:
    """Seconds for which the post is known to be empty."""
    return 0.0 if watch.since is None else (at - watch.since).total_seconds() - watch.unseen_s


def _level(rule: AbsenceRule, watch: Watch, seen: Seen) -> Level | None:
    """The level that this much absence deserves."""
    if watch.since is None:
        return None
    age = _age_s(watch, seen.at)
    if age >= rule.red_s or (seen.waiting and age >= rule.red_waiting_s):
        return Level.RED
    return Level.YELLOW if age >= rule.yellow_s else None


def _post(rule: AbsenceRule, watch: Watch, seen: Seen) -> Post:
    """What the board shows: service hours first, then the window, sight, a pause, and only then people."""
    if seen.duty is Duty.NOT_IN_SERVICE:
        return Post.NOT_IN_SERVICE
    if seen.duty is Duty.CLOSED:
        return Post.CLOSED
    if seen.people is None:
        return Post.UNKNOWN
    if seen.duty is Duty.PAUSED:
        return Post.PAUSED_OK
    if watch.opened:
        return Post.AWAY_ALERT if watch.opened.level is Level.RED else Post.AWAY_WARN
    if watch.since:
        return Post.AWAY_HINT if _age_s(watch, seen.at) >= rule.hint_s else Post.AWAY_TIMER
    if not any(look.present for look in watch.looks):
        return Post.UNKNOWN
    return Post.SERVING if seen.served and seen.people else Post.ON_DUTY


IDLE = (Post.PAUSED_OK, Post.CLOSED, Post.NOT_IN_SERVICE)
"""Nobody has to be there."""
AWAY = (Post.AWAY_TIMER, Post.AWAY_HINT, Post.AWAY_WARN, Post.AWAY_ALERT)


def _post_since(before: Watch, after: Watch, post: Post, at: datetime) -> datetime | None:
    if post in AWAY:
        return after.opened.since if after.opened else after.since
    if post is before.post and before.post_since:
        return before.post_since
    returned = before.post in AWAY and post in (Post.ON_DUTY, Post.SERVING)
    return after.looks[0].at if returned else at
