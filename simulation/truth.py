"""Truth: what really happened in the simulated city, line by line, and how alerts compare with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

from camera_ingest.link import Timing
from config.settings import Settings
from monitor.alerts import PRESENCE, Alert, Rule
from monitor.places import Hall
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule
from simulation.chapter import Chapter
from simulation.city import City

Line = dict[str, Any]
"""One fact as JSON: at, kind, and what belongs to the kind; times ISO 8601 with offset."""
Stretch = tuple[datetime, datetime]

CROWD = "crowd"
KINDS: Mapping[Rule, str] = {rule: CROWD if rule is Rule.QUEUE else str(rule) for rule in (
    Rule.ABSENCE, Rule.QUEUE, Rule.FEW, Rule.UNSTAFFED, Rule.WAIT, Rule.IDLE, Rule.ABANDONMENT)}  # fmt: skip
"""Facts that are to be reported, by the rule that tells of them."""
RULES = {kind: rule for rule, kind in KINDS.items()}
TOLD_S = 20.0
"""So much later a zone's alert may open: its windows are looked at one after the other, and it is walked through."""
MISSED_S = 150.0
"""So long it takes at most until the share of missed calls is too high, once nobody comes."""


def lines(city: City, chapter: Chapter, began: datetime) -> Iterator[tuple[float, Line]]:
    """The facts of a chapter with the second (since the start) at which each begins to be true; not sorted."""
    cameras: dict[tuple[str, str], str] = {
        (eye.hall, place): eye.id for eye in city.eyes for place in (*eye.windows, *filter(None, [eye.zone]))
    }

    def stretch(kind: str, since: float, until: float, **more: object) -> tuple[float, Line]:
        start, end = (began + timedelta(seconds=second) for second in (since, until))
        return since, {"at": start.isoformat(), "kind": kind, **more, "since": start.isoformat(),
                       "until": end.isoformat()}  # fmt: skip

    for away in chain.from_iterable(chapter.aways.values()):
        kind = "pause" if away.reason else "escort" if away.serving else "absence"
        more = {"reason": away.reason} if away.reason else {}
        camera = cameras[away.hall, away.window]
        yield stretch(kind, away.since, away.until, hall=away.hall, place=away.window, camera=camera, **more)
    for one in chain.from_iterable(chapter.troubles.values()):
        camera = cameras[one.hall, one.windows[0] if one.windows else one.zone]
        yield stretch(KINDS[one.rule], one.since, one.until, hall=one.hall, place=one.zone, camera=camera)
    for along in chain.from_iterable(chapter.companions.values()):
        camera = cameras[along.hall, along.zone]
        yield stretch("companions", along.since, along.until, hall=along.hall, place=along.zone, camera=camera)
    for outage in chain.from_iterable(chapter.outages.values()):
        yield stretch("fault", outage.since, outage.until, camera=outage.camera, failure=str(outage.failure))


@dataclass(frozen=True, slots=True)
class Score:
    """How alerts compare with the truth."""

    found: tuple[Line, ...]
    """Facts that had to be reported and were."""
    missed: tuple[Line, ...]
    """Facts that had to be reported and were not."""
    false: tuple[Alert, ...]
    """Alerts that nothing explains."""
    excused: tuple[Line, ...]
    """Facts that need not have been reported: too short, or not seen for long enough."""


def score(truth: Sequence[Line], alerts: Iterable[Alert], settings: Settings) -> dict[str, Any]:
    """Compare alerts with the truth up to its last line, as plain values: numbers, and what was missed or false."""
    rules = partial(_rules, settings, {hall.id: hall for hall in settings.halls})
    result = compare(truth, alerts, rules, _cadences(settings), settings.reception)
    return {
        "found": len(result.found),
        "missed": list(result.missed),
        "false": [
            {"rule": str(alert.rule), "hall": alert.hall, "place": alert.place, "since": alert.since.isoformat()}
            for alert in result.false
        ],
        "excused": len(result.excused),
    }


def _cadences(settings: Settings) -> dict[str, timedelta]:
    return {camera.id: camera.cadence for camera in settings.cameras}


def _rules(settings: Settings, halls: Mapping[str, Hall], fact: Line) -> tuple[AbsenceRule, QueueRule]:
    """What is in force where and when a fact begins."""
    hall, place, service = (
        halls[fact["hall"]],
        fact["place"],
        settings.hours[fact["hall"]].at(None, _time(fact["since"])),
    )
    segment = service.segment if service is not None else None
    return settings.thresholds.absence(hall, place, segment), settings.thresholds.queue(hall, place, segment)


def compare(
    truth: Sequence[Line],
    alerts: Iterable[Alert],
    rules: Callable[[Line], tuple[AbsenceRule, QueueRule]],
    cadences: Mapping[str, timedelta],
    reception: Timing,
) -> Score:
    """Which facts were reported, and which alerts are facts.

    `rules`: the thresholds in force for a fact. A fact must be reported when it was seen for longer than its threshold
    and two cadences; what a camera's failure hides is not seen. Alerts of rules of which the truth never tells are not
    compared. An alert is false when no fact of its rule and place that lasted for at least the threshold less two
    cadences includes its `since`, give or take three cadences.
    """
    alerts = tuple(alert for alert in alerts if _rule(alert) in KINDS)
    ended = max((_time(line["at"]) for line in truth), default=datetime.min.replace(tzinfo=UTC))
    hidden = [_hidden(line, reception) for line in truth if line["kind"] == "fault"]
    found: list[Line] = []
    missed: list[Line] = []
    excused: list[Line] = []
    explained: set[str] = set()
    for fact in truth:
        if fact["kind"] not in RULES:
            continue
        absence, queue = rules(fact)
        limit, late = _limits(RULES[fact["kind"]], absence, queue)
        cadence = cadences[fact["camera"]]
        start, end = _time(fact["since"]), min(_time(fact["until"]), ended)
        mine = _of(fact, alerts, 3 * cadence)
        if end - start >= limit - 2 * cadence:
            explained |= {alert.key for alert in mine}
        breaks = [pause for camera, pause in hidden if camera == fact["camera"]]
        must = _seen((start, end), breaks, timedelta(seconds=absence.unknown_reset_s)) > limit + late + 2 * cadence
        (excused if not must else found if mine else missed).append(fact)
    return Score(
        tuple(found), tuple(missed), tuple(alert for alert in alerts if alert.key not in explained), tuple(excused)
    )


def _rule(alert: Alert) -> Rule:
    """The rule under which the truth tells of an alert."""
    return Rule.ABSENCE if alert.rule in PRESENCE else alert.rule


def _limits(rule: Rule, absence: AbsenceRule, queue: QueueRule) -> tuple[timedelta, timedelta]:
    """How long a fact must last before it may be told, and how much later it may be."""
    if rule is Rule.ABANDONMENT:  # by what has come together, not by how long it lasts
        return timedelta(0), timedelta(seconds=MISSED_S + TOLD_S)
    seconds = {
        Rule.ABSENCE: absence.yellow_s,
        Rule.QUEUE: queue.yellow_s,
        Rule.FEW: queue.few_s,
        Rule.UNSTAFFED: queue.unstaffed_s,
        Rule.WAIT: queue.wait_yellow_s,
        Rule.IDLE: queue.idle_s,
    }
    return timedelta(seconds=seconds[rule]), timedelta(seconds=0 if rule in (Rule.ABSENCE, Rule.QUEUE) else TOLD_S)


def _of(fact: Line, alerts: Sequence[Alert], slack: timedelta) -> list[Alert]:
    """The alerts that are about a fact."""
    since, until = _time(fact["since"]) - slack, _time(fact["until"]) + slack
    what = RULES[fact["kind"]], fact["hall"], fact["place"]
    return [one for one in alerts if (_rule(one), one.hall, one.place) == what and since <= one.since <= until]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _hidden(fault: Line, reception: Timing) -> tuple[str, Stretch]:
    """How long a failure may hide what happens: until the longest pause between two attempts to connect is over."""
    pause = reception.refused_s if fault["failure"] == "unauthorised" else reception.backoff_most_s
    recovery = timedelta(seconds=pause + reception.handshake_s)
    return fault["camera"], (_time(fault["since"]), _time(fault["until"]) + recovery)


def _seen(whole: Stretch, breaks: Iterable[Stretch], forget: timedelta) -> timedelta:
    """The longest time seen within a stretch; a break longer than `forget` starts it afresh."""
    best = seen = timedelta(0)
    at, end = whole
    for since, until in sorted(breaks):
        since, until = max(since, at), min(until, end)
        if until <= since:
            continue
        seen += since - at
        best = max(best, seen)
        if until - since > forget:
            seen = timedelta(0)
        at = until
    return max(best, seen + max(timedelta(0), end - at))
