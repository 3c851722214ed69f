from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from monitor.intake import Ack, Acks, StoreLost, intake
from monitor.messages import Message
from tests.monitor.example import NOW, rating_message


@dataclass
class Linked:
    """A link that stands since long."""

    connected: bool = True
    since: datetime = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FakeInbox:
    """A bus of given batches; it stops the intake when they are used up and writes down what is done to it."""

    batches: list[list[Message]]
    stop: Event
    done: list[str] = field(default_factory=list)
    sent: list[tuple[str, bytes, bool]] = field(default_factory=list)
    link: Linked = field(default_factory=Linked)

    def take(self, limit: int, timeout: float) -> list[Message]:
        if not self.batches:
            self.stop.set()
            return []
        return self.batches.pop(0)

    def acknowledge(self) -> None:
        self.done.append("acknowledged")

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        self.sent.append((topic, payload, retain))
        return True


def run(inbox: FakeInbox, fails: int = 0, current: datetime = NOW) -> list[datetime]:
    """Take everything in, the store failing so often at first; returns the times it was told."""
    failures, told = [StoreLost("full")] * fails, []

    def keep(messages: Sequence[Message], waiting_since: datetime) -> tuple[Ack, ...]:
        if failures:
            raise failures.pop()
        inbox.done.append(f"kept {len(messages)}")
        told.append(waiting_since)
        return (Ack("zwjc/v1/371002/hc01/button/btn-hc01-w001", "b1", len(messages)),)

    intake(inbox, keep, inbox.stop, current)
    return told


def test_the_broker_is_told_after_the_store_has_it() -> None:
    stop = Event()
    inbox = FakeInbox([[rating_message()], [rating_message(seq=2), rating_message(seq=3)]], stop)
    run(inbox)
    assert inbox.done == ["kept 1", "acknowledged", "kept 2", "acknowledged"]


def test_the_sender_is_told_on_its_own_topic_retained_and_not_twice_a_second() -> None:
    inbox = FakeInbox([[rating_message()], [rating_message(), rating_message(seq=2)]], Event())
    run(inbox)
    assert inbox.sent == [
        (
            "zwjc/v1/371002/hc01/button/btn-hc01-w001/cmd/ack",
            b'{"schema": "ack/1", "boot_id": "b1", "seq": 1}',
            True,
        )
    ]


def test_a_batch_is_not_given_up_when_the_store_is_away(caplog: pytest.LogCaptureFixture) -> None:
    class Unhurried(Event):
        def wait(self, timeout: float | None = None) -> bool:
            return self.is_set()

    inbox = FakeInbox([[rating_message()]], Unhurried())
    run(inbox, fails=5)
    assert inbox.done == ["kept 1", "acknowledged"]
    assert [record.getMessage() for record in caplog.records] == ["full; trying again until it works"]


def test_stopping_leaves_an_unrecorded_batch_to_the_broker() -> None:
    class Impatient(Event):
        def wait(self, timeout: float | None = None) -> bool:
            return True

    inbox = FakeInbox([[rating_message()]], Impatient())
    run(inbox, fails=1)
    assert inbox.done == []


@pytest.mark.parametrize(
    ("connected", "since", "moves"),
    [(True, timedelta(days=1), True), (True, timedelta(0), False), (False, timedelta(days=1), False)],
)
def test_an_empty_inbox_is_up_to_date_only_when_long_connected(connected: bool, since: timedelta, moves: bool) -> None:
    link = Linked(connected, datetime.now(UTC) - since)
    inbox = FakeInbox([[], [rating_message()]], Event(), link=link)
    assert (run(inbox, current=NOW)[0] != NOW) is moves


def test_acknowledgements_wait_their_turn_and_the_newest_goes() -> None:
    acks = Acks(every=1.0)
    acks.add([Ack("a", "b1", 1), Ack("b", "b1", 0)])
    assert acks.due(10.0) == (Ack("a", "b1", 1),)
    acks.add([Ack("a", "b1", 2), Ack("c", "b1", 9), Ack("a", "b2", 1)])
    acks.add([Ack("a", "b1", 3)])
    assert acks.due(10.5) == (Ack("c", "b1", 9), Ack("a", "b2", 1))
    assert acks.due(11.0) == (Ack("a", "b1", 3),)
    assert acks.due(99.0) == ()
    assert not acks.sent
