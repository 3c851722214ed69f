"""Scoring: what must be found, what may be, and what is false."""

from datetime import UTC, datetime, timedelta

import pytest

from camera_ingest.link import Timing
from monitor.alerts import Alert, Level, Rule
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule
from simulation.chapter import write
from simulation.city import build
from simulation.truth import Line, Score, compare, lines

ZERO = datetime(2026, 3, 2, 1, tzinfo=UTC)
ABSENCE = AbsenceRule(yellow_s=60, unknown_reset_s=60)
QUEUE = QueueRule(yellow_s=60, few_s=40, wait_yellow_s=150)
TIMING = Timing(handshake_s=5, backoff_most_s=60)


def at(second: float) -> str:
    return (ZERO + timedelta(seconds=second)).isoformat()


def fact(since: float, until: float, kind: str = "absence", place: str = "w1") -> Line:
    return {"at": at(since), "kind": kind, "hall": "h1", "place": place, "camera": "c1", "since": at(since),
            "until": at(until)}  # fmt: skip


def fault(since: float, until: float, failure: str = "die") -> Line:
    return {"at": at(since), "kind": "fault", "camera": "c1", "failure": failure, "since": at(since),
            "until": at(until)}  # fmt: skip


def alert(since: float, place: str = "w1", rule: Rule = Rule.ABSENCE) -> Alert:
    start = ZERO + timedelta(seconds=since)
    return Alert(rule, "h1", place, start, start + timedelta(seconds=60), Level.YELLOW)


def scored(truth: list[Line], *alerts: Alert, ended: float = 1000) -> Score:
    end: Line = {"at": at(ended), "kind": "queue"}
    return compare([*truth, end], alerts, lambda _: (ABSENCE, QUEUE), {"c1": timedelta(seconds=5)}, TIMING)


@pytest.mark.parametrize(
    ("truth", "alerts", "expected"),
    [
        pytest.param([fact(100, 200)], [alert(103)], (1, 0, 0, 0), id="found"),
        pytest.param([fact(100, 200)], [], (0, 1, 0, 0), id="missed"),
        pytest.param([fact(100, 165)], [], (0, 0, 0, 1), id="too close to the threshold to insist"),
        pytest.param([fact(100, 165)], [alert(100)], (0, 0, 0, 1), id="but not false either"),
        pytest.param([fact(100, 130)], [alert(100)], (0, 0, 1, 1), id="too short to be reported"),
        pytest.param([], [alert(100)], (0, 0, 1, 0), id="made up"),
        pytest.param([fact(100, 200)], [alert(103, place="w2")], (0, 1, 1, 0), id="another window"),
        pytest.param([fact(100, 200)], [alert(103, rule=Rule.QUEUE)], (0, 1, 1, 0), id="another rule"),
        pytest.param([fact(100, 200)], [alert(80)], (0, 1, 1, 0), id="too early"),
        pytest.param([fact(100, 200, kind="pause")], [alert(103)], (0, 0, 1, 0), id="paused"),
        pytest.param([fact(100, 200), fault(110, 150)], [], (0, 0, 0, 1), id="hidden"),
        pytest.param([fact(100, 300), fault(110, 150)], [], (0, 1, 0, 0), id="seen for long enough afterwards"),
        pytest.param([fact(100, 600), fault(250, 280, "unauthorised")], [], (0, 1, 0, 0), id="seen before"),
        pytest.param([fact(100, 200, "crowd", "z1")], [alert(104, "z1", Rule.QUEUE)], (1, 0, 0, 0), id="crowd"),
        pytest.param([fact(100, 200, "few", "z1")], [alert(104, "z1", Rule.FEW)], (1, 0, 0, 0), id="few windows"),
        pytest.param([fact(100, 200, "crowd", "z1")], [alert(104, "z1", Rule.FEW)], (0, 1, 1, 0), id="another crowd"),
        pytest.param([fact(100, 400, "wait", "z1")], [alert(300, "z1", Rule.WAIT)], (1, 0, 0, 0), id="a long wait"),
        pytest.param([fact(100, 270, "wait", "z1")], [], (0, 0, 0, 1), id="may be told a little later"),
        pytest.param([fact(100, 290, "abandonment", "z1")], [], (0, 1, 0, 0), id="nobody came"),
        pytest.param([fact(980, 1200)], [], (0, 0, 0, 1), id="the end came first"),
    ],
)
def test_score(truth: list[Line], alerts: list[Alert], expected: tuple[int, int, int, int]) -> None:
    result = scored(truth, *alerts)
    assert (len(result.found), len(result.missed), len(result.false), len(result.excused)) == expected


def test_a_short_break_is_subtracted_and_a_long_one_starts_afresh() -> None:
    seen_50_and_30 = [fact(100, 180 + 61), fault(150, 150 + 1)]
    assert not scored(seen_50_and_30).missed, "a minute of recovery makes the break longer than the rule forgives"
    assert scored([fact(100, 250), fault(160, 160.5), fault(90, 95)]).excused


def test_the_script_tells_its_facts_with_camera_and_times() -> None:
    city = build()
    told = list(lines(city, write(city, 0), ZERO))
    kinds = {"absence", "pause", "crowd", "few", "wait", "idle", "abandonment", "companions", "escort",
             "fault"}  # fmt: skip
    assert {line["kind"] for _, line in told} == kinds
    cameras = {eye.id for eye in city.eyes}
    for second, line in told:
        assert line["camera"] in cameras
        assert line["at"] == line["since"] == at(second)
        assert line["until"] > line["since"]
