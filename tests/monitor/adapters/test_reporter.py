"""When a hall is told of, and what the message says beside the desk."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.detection import Detection
from monitor import live
from monitor.adapters.mqtt import Broker, Bus
from monitor.adapters.reporter import CALM_S, CONSIDER_S, LEAST_S, REPEAT_S, Reporter
from monitor.album import Album
from monitor.desk import Desk
from monitor.observation import observe
from tests.monitor.adapters.test_mqtt import collect, say, until
from tests.monitor.hall import CITIZEN, CLERK_1, CLERK_2, ZERO, desk, seeing


@dataclass(slots=True)
class Heard:
    """A bus of which one sees what was published."""

    messages: list[Any] = field(default_factory=list)
    any_hall: bool = False

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Keeps it."""
        assert retain
        assert self.any_hall or topic == "hallwatch/v1/hc01/live"
        self.messages.append(json.loads(payload))
        return True


class Board:
    """A hall that is looked at, and what its board heard."""

    def __init__(self, tmp_path: Path) -> None:
        self.second = 0.0
        self.desk: Desk = desk()
        self.bus = Heard()
        self.reporter = Reporter(self.bus, "x", False, {"hc01": Album(tmp_path)}, clock=lambda: self.second)

    def look(self, second: float, camera: str, *people: Detection) -> int:
        """How many messages this look brought."""
        before, self.second = len(self.bus.messages), second
        sample = seeing(camera, second)
        self.desk.judge(sample, observe(sample.at, self.desk.regions[camera], people))
        self.reporter.report(self.desk, sample.at)
        return len(self.bus.messages) - before


@pytest.fixture
def board(tmp_path: Path) -> Board:
    told = Board(tmp_path)
    assert told.look(0, "c1", CLERK_1, CLERK_2) == 1
    return told


def test_what_only_counts_waits_for_the_calm_rhythm(board: Board) -> None:
    assert board.look(1.5, "c2", CITIZEN) == 1  # the zone is seen for the first time
    seconds = [2.0 + 0.5 * number for number in range(16)]
    told = [second for second in seconds if board.look(second, "c2", *[CITIZEN] * int(second % 3))]
    assert told == [1.5 + CALM_S]
    assert board.bus.messages[-1]["zones"][0]["waiting"] == int(told[0] % 3)


def test_a_change_of_state_is_told_at_once(board: Board) -> None:
    assert board.look(LEAST_S, "c1", CLERK_1, CLERK_2) == 0
    assert board.look(LEAST_S + 1, "c2", CITIZEN) == 1
    assert board.bus.messages[-1]["zones"][0]["level"] == "green"


def test_a_change_within_a_second_is_told_with_a_look_at_any_hall(board: Board) -> None:
    assert board.look(0.5, "c2", CITIZEN) == 0
    board.second = LEAST_S + CONSIDER_S
    other = desk()
    other.hall = replace(other.hall, id="hc02")
    board.reporter.told["hc02"] = board.second, live.news(other)
    board.reporter.report(other, ZERO)
    assert [message["zones"][0]["level"] for message in board.bus.messages] == ["unknown", "green"]


def test_a_closed_hall_that_nobody_looks_at_is_told_of_again(board: Board) -> None:
    other = desk()
    other.hall = replace(other.hall, id="hc02")
    board.reporter.albums = {**board.reporter.albums, "hc02": board.reporter.albums["hc01"]}
    noon = 3 * 3600  # 12:00 in Beijing, when both halls close
    told: dict[str, list[float]] = {"hc01": [], "hc02": []}
    board.bus.any_hall = True
    for second in range(noon - 60, noon + 60, 5):
        before, board.second = len(board.bus.messages), float(second)
        board.reporter.report(other, ZERO + timedelta(seconds=second))
        for message in board.bus.messages[before:]:
            told[message["hall"]].append(second - noon)
    assert told["hc01"] == list(range(0, 60, int(REPEAT_S)))
    closed = [message for message in board.bus.messages if message["hall"] == "hc01"][-1]
    assert {window["state"] for window in closed["windows"]} == {"NOT_IN_SERVICE"}
    assert {window["since"] for window in closed["windows"]} == {None}


def test_versions_count_up_and_the_shard_says_how_it_does(board: Board) -> None:
    board.reporter.pace = lambda: live.Pace(1.5, 0.8)
    board.reporter.reception = lambda hall: live.Reception(2, (live.WrongClock("c2", 120.0),))
    board.look(CALM_S, "c1", CLERK_1, CLERK_2)
    first, second = board.bus.messages
    assert (first["version"], second["version"]) == (1, 2)
    assert (first["stretch"], first["on_time"]) == (1.0, None)
    assert (second["stretch"], second["on_time"], second["cameras"]["unwatched"]) == (1.5, 0.8, 2)


def test_the_newest_state_waits_for_a_late_board(broker: Broker, tmp_path: Path) -> None:
    hall, clock = desk(), iter(range(0, 1000, 10))
    with Bus(broker, "shard", ["test/#"]) as bus:
        until(lambda: bus.link.connected, bus)
        reporter = Reporter(bus, "x", False, {"hc01": Album(tmp_path)}, clock=lambda: float(next(clock)))
        at: datetime = ZERO
        for _ in range(3):
            reporter.report(hall, at)
            at += timedelta(seconds=10)
        say(bus, [("test/done", b"")])
        collect(bus, 1)
        with Bus(broker, "late", ["hallwatch/#"]) as late:
            (message,) = collect(late, 1)
    assert (json.loads(message.payload)["version"], message.retained) == (3, True)
