"""Hearing: from the record at the start, then from the bus, and the roster whenever it changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Engine, text

from monitor.adapters import hearing, mistaken_records, roster_records
from monitor.adapters.hearing import AGAIN, Hearing, changed_topic, subscriptions
from monitor.adapters.intake_records import keep
from monitor.adapters.mqtt import Broker, Bus
from monitor.known import NOTHING
from monitor.messages import Message
from monitor.roster import Arrangement, Entry
from monitor.tickets import SILENT
from monitor.window_states import Service
from tests.monitor.example import HALL, NOW, REGISTRY, message, queue_message, ticket_message, window_message


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def said(seq: int, minutes: float = 0, **more: Any) -> Message:
    return window_message(seq=seq, received_at=later(minutes), **more)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


LEAVE = Entry("e1", "hc01", "w001", Arrangement.LEAVE, NOW, later(60), by="值班主任")


def test_today_comes_from_the_record(engine: Engine) -> None:
    keep(engine, REGISTRY, [said(1), said(2, 4), said(3, 8, reason="业务会商")])
    keep(engine, REGISTRY, [ticket_message(), queue_message(zone="za", seq=2)])
    roster_records.add(engine, HALL, LEAVE, NOW)
    known = Hearing(engine, ["hc01"], lambda: later(9)).known("hc01")
    assert (known.states["w001"].state, known.states["w001"].since) == (Service.PAUSED, NOW)
    assert known.books["za"].counted() == 1
    assert known.entries == {"w001": (LEAVE,)}


def test_a_state_of_yesterday_still_holds(engine: Engine) -> None:
    keep(engine, REGISTRY, [said(1, state="closed", reason="")])
    known = Hearing(engine, ["hc01"], lambda: later(1440)).known("hc01")
    assert known.states["w001"].state is Service.CLOSED


def test_what_the_bus_brings_replaces_the_snapshot(engine: Engine) -> None:
    heard = Hearing(engine, ["hc01"], Clock())
    before = heard.known("hc01")
    assert before == NOTHING
    heard.take([said(2, 1), said(1, 2, state="open"), ticket_message(), message("else", b"x")], REGISTRY)
    after = heard.known("hc01")
    assert (after.states["w001"].seq, after.states["w001"].since) == (2, later(1))
    assert after.books["za"].counted() == 1
    assert before == NOTHING


def test_what_is_said_to_be_no_person_is_known_at_once_and_after_a_restart(engine: Engine) -> None:
    heard = Hearing(engine, ["hc01", "hc02"], Clock())
    assert heard.known("hc01").masks == ()
    mistaken_records.decide(engine, "hc01", "c2", (400, 300, 480, 700), True, "监督员", NOW)
    heard.take([message(changed_topic("hc01"), {})], REGISTRY)
    (mask,) = heard.known("hc01").masks
    assert mask.camera == "c2"
    assert heard.known("hc02").masks == ()
    assert Hearing(engine, ["hc01"], Clock()).known("hc01").masks == (mask,)


def test_other_halls_are_passed_over(engine: Engine) -> None:
    heard = Hearing(engine, [], Clock())
    heard.take([said(1), ticket_message(), message(changed_topic("hc01"), {})], REGISTRY)
    with pytest.raises(KeyError):
        heard.known("hc01")


def test_the_roster_is_read_when_it_changed_and_every_minute(engine: Engine) -> None:
    clock = Clock()
    heard = Hearing(engine, ["hc01"], clock)
    roster_records.add(engine, HALL, LEAVE, NOW)
    heard.take([], REGISTRY)
    assert heard.known("hc01").entries == {}
    heard.take([message(changed_topic("hc01"), {})], REGISTRY)
    assert heard.known("hc01").entries == {"w001": (LEAVE,)}
    ended = roster_records.end(engine, HALL, "e1", "值班主任", later(1))
    clock.now += AGAIN
    heard.take([], REGISTRY)
    assert heard.known("hc01").entries == {"w001": (ended,)}


def test_tickets_that_only_intake_heard_are_read_from_the_record(engine: Engine) -> None:
    clock = Clock()
    heard = Hearing(engine, ["hc01"], clock)
    keep(engine, REGISTRY, [ticket_message(), ticket_message(seq=2, ticket="A002")])
    heard.take([ticket_message()], REGISTRY)
    clock.now += AGAIN
    heard.take([], REGISTRY)
    assert heard.known("hc01").books["za"].counted() == 2


def test_a_roster_that_cannot_be_read_stays_in_force(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    roster_records.add(engine, HALL, LEAVE, NOW)
    heard = Hearing(engine, ["hc01"], Clock())
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE roster_entries RENAME TO elsewhere"))
    for _ in range(3):
        heard.take([message(changed_topic("hc01"), {})], REGISTRY)
    assert heard.known("hc01").entries == {"w001": (LEAVE,)}
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_calling_system_that_fell_silent_is_not_believed(engine: Engine) -> None:
    clock = Clock()
    heard = Hearing(engine, ["hc01"], clock)
    heard.take([ticket_message()], REGISTRY)
    clock.now += SILENT + timedelta(seconds=1)
    heard.take([], REGISTRY)
    assert heard.known("hc01").books == {}


def until(condition: Callable[[], bool]) -> None:
    end = monotonic() + 20
    while not condition():
        assert monotonic() < end, "it did not happen"


def test_it_listens_on_a_real_bus_until_it_ends(engine: Engine, broker: Broker) -> None:
    heard = Hearing(engine, ["hc01"], Clock())
    with (
        Bus(broker, "shard", subscriptions([HALL])) as bus,
        Bus(broker, "city") as city,
        heard.heard(bus, REGISTRY),
    ):
        until(lambda: bus.link.connected and city.link.connected)
        roster_records.add(engine, HALL, LEAVE, NOW)
        for one in (said(1), ticket_message(), message(changed_topic("hc01"), {})):
            city.publish(one.topic, one.payload, retain=one.topic.endswith(("state", "changed")))
        until(lambda: bool(heard.known("hc01").states and heard.known("hc01").entries))


def test_what_listening_dies_of_is_raised_where_it_is_asked(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf:
        def take(self, limit: int, timeout: float) -> list[Message]:
            raise RuntimeError("the loop of the connection died")

    heard = Hearing(engine, ["hc01"], Clock())
    with heard.heard(Deaf(), REGISTRY):  # type: ignore[arg-type]
        pass
    with pytest.raises(RuntimeError, match="died"):
        heard.known("hc01")


def test_the_subscriptions_of_a_hall() -> None:
    assert subscriptions([HALL]) == (
        "zwjc/v1/371002/hc01/window/+/tele/state",
        "zwjc/v1/371002/hc01/queue/+/evt/ticket",
        "zwjc/v1/371002/hc01/queue/+/tele/state",
        "hallwatch/v1/hc01/changed",
    )
    assert hearing.CHANGED.fullmatch("hallwatch/v1/hc01/changed")
