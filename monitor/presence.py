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

Excused time never counts: the run begins anew with the look at which an excuse (cover, back-office work, a ticket in
service) ends. What a window is asked for in the first place is `duty`'s matter.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from monitor.alerts import Alert, Ending, Level, Rule, changed, resumed
from monitor.duty import Duty
from monitor.looks import Look, Looks, hits, turn, turns
from monitor.observation import Gap, unobserved
from monitor.posts import AWAY, MANNED, Post


@dataclass(frozen=True, slots=True)
class AbsenceRule:
    """Thresholds of a window's presence, in seconds unless said otherwise."""

    hint_s: float = 180.0
    """提示: the window's own page and the board show the post as empty, nobody is alerted."""
    yellow_s: float = 300.0
    """离岗预警: an alert opens."""
    red_s: float = 600.0
    """离岗告警: the alert turns red."""
    red_waiting_s: float = 300.0
    """Red already at this age when somebody waits in the window's zone."""
    rearm_s: float = 180.0
    """After a return, how long somebody must be seen before a new alert may open; until then only a red one may."""
    opening_grace_s: float = 300.0
    """迟到开窗: so long after the opening an alert opens for a window at which nobody has been seen since."""
    closing_grace_s: float = 300.0
    """So long before the closing no alert about an empty post opens or turns red any more."""
    early_s: float = 1200.0
    """提前收岗: a post that is empty from so long before the closing on is called that, not an absence."""
    pause_s: float = 600.0
    """暂停超时: how long a pause may last without approval."""
    pause_approved_s: float = 1800.0
    """How long one may last that the duty director has approved."""
    vacant_s: float = 300.0
    """空岗: how long a post may be empty that is signed out and that nobody covers."""
    back_office_s: float = 1800.0
    """后台办件: for how long the declaration excuses."""
    serving_s: float = 600.0
    """How long a clerk may be away with a ticket in service, walking a citizen to the terminal."""
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
    version: int = 2
    """Raised whenever a value or its meaning changes; kept with every alert."""


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
    blind: str = "blind"
    """Why it could not see, if it could not."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of a window between two looks."""

    hall: str
    window: str
    post: Post = Post.UNKNOWN
    post_since: datetime | None = None
    reason: str = ""
    """Why the post is in this state, as a code: an Arrangement, a reason's class, why it cannot be seen, …"""
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
    gone: datetime | None = None
    """Since when the post is empty, excused or not."""
    excuse: str = ""
    """What excused the post at the last look."""
    first_seen: datetime | None = None
    """The first look that saw in this stretch of service; None = none did, or somebody was at the post since."""
    closes_at: datetime | None = None
    """When the stretch of service ends, as of the last look."""
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
    """The watch of a window after a restart without a memory: its open alert goes on, the time since is unknown."""
    alert = resumed(alert)
    paused = alert.rule is Rule.PAUSE
    return Watch(
        hall=alert.hall,
        window=alert.place,
        post_since=alert.opened_at,
        seen_at=alert.opened_at,
        blind_since=alert.opened_at,
        since=None if paused else alert.since,
        gone=None if paused else alert.since,
        excuse="sign-out" if alert.rule is Rule.VACANT else "",
        unseen_s=alert.unseen_s,
        alert=alert,
    )


def step(rule: AbsenceRule, watch: Watch, seen: Seen) -> tuple[Watch, Alert | None]:
    """Judge one look at one window: the new watch, and its alert if it opened, turned red, ended, lost or found sight.

    Pure; the time is `seen.at`. The order of decision: calendar, roster, camera, pause, person, cover, back office,
    ticket in service, timer. A window that is not to be open has no clock, and its open alert ends with that look.
    """
    before, service = watch, seen.duty.service
    if watch.at is not None and seen.at <= watch.at:
        if (watch.at - seen.at).total_seconds() <= rule.unknown_reset_s:
            return watch, None
        watch = resume(watch.opened) if watch.opened else Watch(watch.hall, watch.window)  # the clock was set back
    if watch.closes_at is not None and service is not None and watch.closes_at <= service.opens_at:
        watch = _dismissed(rule, watch, replace(seen, duty=Duty()))  # a break that nobody looked at
    if not seen.duty.required:
        after = _dismissed(rule, watch, seen)
    elif seen.people is None:
        after = _blinded(watch, seen)
    elif seen.duty.pause is not None:
        after = _paused(rule, watch, seen)
    else:
        after = _smoothed(rule, _remembered(rule, _unpaused(watch, seen), seen))
        after = _judged(rule, _excused(rule, after, seen), seen)
    post, reason = standing(rule, after, seen)
    since = _post_since(before, after, post, seen)
    closes_at = service.closes_at if service is not None else None
    after = replace(after, at=seen.at, post=post, post_since=since, reason=reason, closes_at=closes_at)
    return after, after.alert if changed(before.alert, after.alert) else None


def _dismissed(rule: AbsenceRule, watch: Watch, seen: Seen) -> Watch:
    """The window is not to be open: the clock is gone, whatever the camera says; an alert ends with the closing."""
    alert = watch.opened
    if alert:
        ended = min(seen.at, watch.closes_at) if watch.closes_at and seen.duty.service is None else seen.at
        alert = _ended(rule, watch, replace(seen, at=max(ended, watch.seen_at or ended)), Ending.CLOSED)
    return Watch(watch.hall, watch.window, alert=alert or watch.alert)


def _ended(rule: AbsenceRule, watch: Watch, seen: Seen, ending: Ending) -> Alert | None:
    """The open alert, ended with this look though nobody returned."""
    alert = watch.opened
    if alert is None:
        return None
    unseen_s = alert.unseen_s + _gap(rule, watch, seen).unseen_s
    return replace(alert, until=max(seen.at, alert.opened_at), ending=ending, unseen_s=unseen_s)


def _blinded(watch: Watch, seen: Seen) -> Watch:
    """The look could not see: everything stays as it is until one can."""
    alert = replace(watch.opened, sees=False) if watch.opened else watch.alert
    return replace(watch, blind_since=watch.blind_since or seen.at, alert=alert)


def _paused(rule: AbsenceRule, watch: Watch, seen: Seen) -> Watch:
    """The window says 暂停服务: nobody need be seen, and what can be wrong is that it lasts too long."""
    pause = seen.duty.pause
    assert pause is not None
    alert = watch.opened
    if alert is not None and alert.rule is not Rule.PAUSE:
        alert = _ended(rule, watch, seen, Ending.ARRANGED)
    elif alert is not None:
        alert = replace(alert, sees=True, waiting=seen.waiting)
    elif _over(rule, seen) and (watch.alert is None or watch.alert.since != pause.since):
        alert = _alert(rule, watch, seen, Rule.PAUSE, pause.since, Level.YELLOW)
    return Watch(watch.hall, watch.window, seen_at=seen.at, post=watch.post, alert=alert or watch.alert)


def _over(rule: AbsenceRule, seen: Seen) -> bool:
    """Whether a pause lasts too long."""
    pause = seen.duty.pause
    if pause is None:
        return False
    return (seen.at - pause.since).total_seconds() >= (rule.pause_approved_s if pause.approved else rule.pause_s)


def _unpaused(watch: Watch, seen: Seen) -> Watch:
    """The pause is over, and with it the alert about it."""
    alert = watch.opened
    if alert is None or alert.rule is not Rule.PAUSE:
        return watch
    return replace(watch, alert=replace(alert, until=max(seen.at, alert.opened_at), ending=Ending.RETURNED))


def _remembered(rule: AbsenceRule, watch: Watch, seen: Seen) -> Watch:
    """The look is kept, and unknown time before it is taken off every clock."""
    gap = _gap(rule, watch, seen)
    if gap.whole_s > rule.unknown_reset_s:
        watch = replace(watch, looks=(), since=None, gone=None, unseen_s=0.0)
    alert = watch.opened
    if alert:
        alert = replace(alert, sees=True, unseen_s=alert.unseen_s + gap.unseen_s, waiting=seen.waiting)
    began = watch.seen_at is None
    return replace(
        watch,
        seen_at=seen.at,
        blind_since=None,
        looks=(*watch.looks, Look(seen.at, bool(seen.people), gap.unseen_s))[-rule.smooth_n :],
        unseen_s=watch.unseen_s + gap.unseen_s if watch.since else 0.0,
        returned=watch.returned + timedelta(seconds=gap.unseen_s) if watch.returned else None,
        first_seen=seen.at if began else watch.first_seen,
        alert=alert or watch.alert,
    )


def _gap(rule: AbsenceRule, watch: Watch, seen: Seen) -> Gap:
    return unobserved(watch.seen_at, seen.at, bool(watch.blind_since), seen.cadence, rule.gap_cadences)


def _smoothed(rule: AbsenceRule, watch: Watch) -> Watch:
    """Whether the post is empty, and since when; a return ends the alert."""
    if watch.since is None and _looks_empty(rule, watch.looks):
        since = turn(watch.looks, present=False)
        unseen_s = sum(look.unseen_s for look in watch.looks if look.at > since)
        return replace(watch, since=since, gone=since, unseen_s=unseen_s)
    if hits(watch.looks) >= rule.present_from * rule.smooth_n:
        watch = replace(watch, first_seen=None)
        return _returned(watch) if watch.since or watch.opened else watch
    return watch


def _returned(watch: Watch) -> Watch:
    """Somebody is at the post again."""
    alert = watch.opened
    later = tuple(look for look in watch.looks if alert is None or look.at > alert.opened_at)
    back = turn(later or watch.looks, present=True)  # none is later where the clock was set back
    looks = tuple(look for look in watch.looks if look.at >= back)
    watch = replace(watch, looks=looks, since=None, gone=None, excuse="", unseen_s=0.0)
    if alert is None:
        return watch
    after = sum(look.unseen_s for look in watch.looks if look.at > back)
    until, unseen_s = max(back, alert.opened_at), alert.unseen_s - after
    ended = replace(alert, until=until, ending=Ending.RETURNED, unseen_s=unseen_s)
    return replace(watch, returned=back, alert=ended)


def _looks_empty(rule: AbsenceRule, looks: Looks) -> bool:
    """Whether smoothing says so; never before it has all its samples."""
    return len(looks) == rule.smooth_n and hits(looks) < rule.empty_below * rule.smooth_n


def excuse_of(rule: AbsenceRule, watch: Watch, seen: Seen) -> Post | None:
    """What excuses an empty post, in the order of decision: cover, back office, a ticket in service; None = nothing."""
    duty, gone = seen.duty, watch.gone or seen.at
    if duty.excuse is not None:
        return Post.VACANT_WITH_REASON if duty.excuse.covered is False else Post.COVERED
    if duty.back_office is not None and (seen.at - duty.back_office).total_seconds() < rule.back_office_s:
        return Post.BACK_OFFICE
    if duty.ticket is not None and (seen.at - max(gone, duty.ticket)).total_seconds() < rule.serving_s:
        return Post.AWAY_SERVING
    return None


def _excused(rule: AbsenceRule, watch: Watch, seen: Seen) -> Watch:
    """While something excuses the empty post no run lasts; one about a vacant post begins with the signing out."""
    if watch.since is None:
        return watch
    post = excuse_of(rule, watch, seen)
    excuse = str(post or "")
    if excuse == watch.excuse and post in (None, Post.VACANT_WITH_REASON):
        return watch
    out = seen.duty.excuse
    if post is Post.VACANT_WITH_REASON and not watch.excuse and out is not None and out.since <= watch.since:
        return replace(watch, excuse=excuse)  # signed out before the post became empty
    ending = Ending.COVERED if post is Post.COVERED else Ending.ARRANGED
    alert = _ended(rule, watch, seen, ending) if watch.opened else watch.alert
    since = None if watch.looks[-1].present else seen.at  # a run begins with an empty look
    return replace(watch, since=since, unseen_s=0.0, looks=watch.looks[-1:], excuse=excuse, alert=alert)


def _judged(rule: AbsenceRule, watch: Watch, seen: Seen) -> Watch:
    """Whether this look opens an alert or turns it red."""
    if watch.since is None or watch.looks[-1].present or not _looks_empty(rule, watch.looks):
        return watch
    kind = _kind(rule, watch, seen)
    level = _level(rule, kind, watch, seen)
    if level is None or _closing(rule, seen):
        return watch
    if watch.opened:
        if level is Level.RED and watch.opened.level is not Level.RED:
            return replace(watch, alert=replace(watch.opened, level=level, red_at=seen.at))
        return watch
    armed = watch.returned is None or (watch.since - watch.returned).total_seconds() >= rule.rearm_s
    if not armed and level is not Level.RED:
        return watch
    return replace(watch, returned=None, alert=_alert(rule, watch, seen, kind, watch.since, level))


def _alert(rule: AbsenceRule, watch: Watch, seen: Seen, kind: Rule, since: datetime, level: Level) -> Alert:
    return Alert(
        rule=kind,
        hall=watch.hall,
        place=watch.window,
        since=since,
        opened_at=seen.at,
        level=level,
        red_at=seen.at if level is Level.RED else None,
        unseen_s=0.0 if kind is Rule.PAUSE else watch.unseen_s,
        waiting=seen.waiting,
        pause_signal=seen.pause_signal,
        values=dict(rule_values(rule)),
    )


@cache
def rule_values(rule: AbsenceRule) -> dict[str, float]:
    """The rule's values as they are kept with an alert."""
    return {name: float(value) for name, value in asdict(rule).items()}


def _closing(rule: AbsenceRule, seen: Seen) -> bool:
    """Whether it is so short before the closing that an empty post is nothing."""
    service = seen.duty.service
    return service is not None and (service.closes_at - seen.at).total_seconds() <= rule.closing_grace_s


def _kind(rule: AbsenceRule, watch: Watch, seen: Seen) -> Rule:
    """What an empty post is called."""
    if watch.opened:
        return watch.opened.rule
    assert watch.since is not None
    if watch.excuse == Post.VACANT_WITH_REASON:
        return Rule.VACANT
    opens_at, service = seen.duty.opens_at, seen.duty.service
    if opens_at is not None and watch.first_seen is not None:
        blind_s = (watch.first_seen - opens_at).total_seconds()
        if blind_s <= rule.unknown_reset_s and watch.first_seen <= watch.since <= watch.first_seen + timedelta(
            seconds=rule.unknown_reset_s
        ):
            return Rule.LATE
    if service is not None and (service.closes_at - watch.since).total_seconds() <= rule.early_s:
        return Rule.EARLY
    return Rule.ABSENCE


def _age_s(watch: Watch, at: datetime) -> float:
    """Seconds for which the post is known to be empty."""
    return 0.0 if watch.since is None else (at - watch.since).total_seconds() - watch.unseen_s


def _level(rule: AbsenceRule, kind: Rule, watch: Watch, seen: Seen) -> Level | None:
    """The level that this much absence deserves."""
    age = _age_s(watch, seen.at)
    if kind is Rule.VACANT:
        return Level.YELLOW if age >= rule.vacant_s else None
    yellow_s = rule.opening_grace_s if kind is Rule.LATE else rule.yellow_s
    if age >= rule.red_s or (seen.waiting and age >= max(yellow_s, rule.red_waiting_s)):
        return Level.RED
    return Level.YELLOW if age >= yellow_s else None


def standing(rule: AbsenceRule, watch: Watch, seen: Seen) -> tuple[Post, str]:
    """What the board shows and why: exactly in the order of decision."""
    duty = seen.duty
    if duty.service is None:
        return Post.NOT_IN_SERVICE, ""
    if duty.closed:
        return Post.CLOSED, duty.closed
    if seen.people is None:
        return Post.UNKNOWN, seen.blind
    if duty.pause is not None:
        return (Post.PAUSED_OVER if _over(rule, seen) else Post.PAUSED_OK), duty.pause.reason
    if watch.since is None and watch.opened is None:
        if not any(look.present for look in watch.looks):
            return Post.UNKNOWN, "too-few-looks"
        serving = seen.people and (seen.served or duty.ticket is not None)
        return (Post.SERVING, "ticket" if duty.ticket else "citizen") if serving else (Post.ON_DUTY, "person")
    excused = excuse_of(rule, watch, seen)
    if excused is not None:
        by = duty.excuse.by if duty.excuse else ""
        unseen = duty.excuse is not None and duty.excuse.covered is None
        return excused, "unseen" if unseen else by
    if watch.opened:
        return (Post.AWAY_ALERT if watch.opened.level is Level.RED else Post.AWAY_WARN), str(watch.opened.rule)
    return (Post.AWAY_HINT if _age_s(watch, seen.at) >= rule.hint_s else Post.AWAY_TIMER), "empty"


def _post_since(before: Watch, after: Watch, post: Post, seen: Seen) -> datetime | None:
    if post in AWAY:
        return after.opened.since if after.opened else after.since
    if post in (Post.PAUSED_OK, Post.PAUSED_OVER) and seen.duty.pause is not None:
        return seen.duty.pause.since
    if post is before.post and before.post_since:
        return before.post_since
    returned = before.post in AWAY and post in MANNED
    return after.looks[0].at if returned else seen.at
