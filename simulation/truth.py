"""Truth: what really happened in the simulated city, line by line, and how alerts compare with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from camera_ingest.link import Timing
from config.settings import Settings
from monitor.alerts import PRESENCE, Alert, Rule, family
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule
from simulation.chapter import Chapter
from simulation.city import City

Line = dict[str, Any]
"""One fact as JSON: at, kind, and what belongs to the kind; times ISO 8601 with offset."""
Stretch = tuple[datetime, datetime]

RULES = {"absence": Rule.ABSENCE, "crowd": Rule.QUEUE}
"""Which kinds of fact are to be reported, and by which rule."""


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
        kind = "pause" if away.reason else "absence"
        more = {"reason": away.reason} if away.reason else {}
        camera = cameras[away.hall, away.window]
        yield stretch(kind, away.since, away.until, hall=away.hall, place=away.window, camera=camera, **more)
    for crowd in chain.from_iterable(chapter.crowds.values()):
        camera = cameras[crowd.hall, crowd.zone]
        yield stretch("crowd", crowd.since, crowd.until, hall=crowd.hall, place=crowd.zone, camera=camera)
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
    usual = settings.thresholds
    result = compare(truth, alerts, usual.site_absence, usual.site_queue, _cadences(settings), settings.reception)
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


def compare(
    truth: Sequence[Line],
    alerts: Iterable[Alert],
    absence: AbsenceRule,
    queue: QueueRule,
    cadences: Mapping[str, timedelta],
    reception: Timing,
) -> Score:
    """Which facts were reported, and which alerts are facts.

    An absence or a crowd must be reported when it was seen for longer than its threshold and two cadences; what a
    camera's failure hides is not seen. Alerts of rules of which the truth does not tell are not compared. An alert is
    false when no absence (crowd) of its place that lasted for at least the threshold less two cadences includes its
    `since`, give or take three cadences.
    """
    alerts = tuple(alert for alert in alerts if alert.rule in PRESENCE or alert.rule is Rule.QUEUE)
    ended = max((_time(line["at"]) for line in truth), default=datetime.min.replace(tzinfo=UTC))
    hidden = [_hidden(line, reception) for line in truth if line["kind"] == "fault"]
    found: list[Line] = []
    missed: list[Line] = []
    excused: list[Line] = []
    explained: set[str] = set()
    for fact in truth:
        if fact["kind"] not in RULES:
            continue
        seconds = absence.yellow_s if fact["kind"] == "absence" else queue.yellow_s
        limit, cadence = timedelta(seconds=seconds), cadences[fact["camera"]]
        start, end = _time(fact["since"]), min(_time(fact["until"]), ended)
        mine = _of(fact, alerts, 3 * cadence)
        if end - start >= limit - 2 * cadence:
            explained |= {alert.key for alert in mine}
        breaks = [pause for camera, pause in hidden if camera == fact["camera"]]
        must = _seen((start, end), breaks, timedelta(seconds=absence.unknown_reset_s)) > limit + 2 * cadence
        (excused if not must else found if mine else missed).append(fact)
    return Score(
        tuple(found), tuple(missed), tuple(alert for alert in alerts if alert.key not in explained), tuple(excused)
    )


def _of(fact: Line, alerts: Sequence[Alert], slack: timedelta) -> list[Alert]:
    """The alerts that are about a fact."""
    since, until = _time(fact["since"]) - slack, _time(fact["until"]) + slack
    what = RULES[fact["kind"]], fact["hall"], fact["place"]
    return [one for one in alerts if (family(one.rule), one.hall, one.place) == what and since <= one.since <= until]


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
