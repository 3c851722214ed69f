"""Intake: messages from the bus to the record, and acknowledgements back to those who sent them."""

import json
import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Protocol

from monitor.messages import Message

LOG = logging.getLogger(__name__)

BATCH = 200
"""Messages of one transaction at most; fewer when fewer are there."""
LOOK_S = 0.2
"""How long to wait for a first message before looking around, in seconds."""
ACK_EVERY_S = 1.0
"""A sender is acknowledged at most this often."""
SETTLED = timedelta(seconds=10)
"""How long after connecting an empty inbox means that nothing is waiting any more."""
LONGEST_WAIT_S = 30.0
"""Between two attempts to record a batch while the database is not there."""


@dataclass(frozen=True, slots=True)
class Ack:
    """Up to `seq` every message of this boot is committed or quarantined."""

    sender: str
    boot_id: str
    seq: int

    @property
    def topic(self) -> str:
        """Where its sender reads it."""
        return f"{self.sender}/cmd/ack"

    @property
    def payload(self) -> bytes:
        """ack/1, as JSON."""
        return json.dumps({"schema": "ack/1", "boot_id": self.boot_id, "seq": self.seq}).encode()


@dataclass(slots=True)
class Acks:
    """Acknowledgements on their way: the newest of each boot, each boot at most once per `every` seconds."""

    every: float = ACK_EVERY_S
    waiting: dict[tuple[str, str], Ack] = field(default_factory=dict)
    sent: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, acks: Iterable[Ack]) -> None:
        """Note what was earned."""
        self.waiting |= {(ack.sender, ack.boot_id): ack for ack in acks if ack.seq > 0}

    def due(self, now: float) -> tuple[Ack, ...]:
        """Those that may be sent at `now` (seconds of a monotonic clock); they count as sent."""
        self.sent = {boot: at for boot, at in self.sent.items() if now - at < self.every}
        ready = tuple(boot for boot in self.waiting if boot not in self.sent)
        self.sent |= dict.fromkeys(ready, now)
        return tuple(self.waiting.pop(boot) for boot in ready)


class StoreLost(Exception):
    """The database cannot take a batch now: which, expected, found. Nothing of the batch is recorded."""


class Link(Protocol):
    """How the connection to the broker stands."""

    @property
    def connected(self) -> bool: ...
    @property
    def since(self) -> datetime: ...


class Inbox(Protocol):
    """The bus, as intake needs it."""

    @property
    def link(self) -> Link: ...
    def take(self, limit: int, timeout: float) -> list[Message]:
        """What has arrived; waits up to `timeout` seconds for the first."""
        ...

    def acknowledge(self) -> None:
        """Tell the broker that everything taken so far is kept."""
        ...

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send; False if it cannot be sent now."""
        ...


Keep = Callable[[Sequence[Message], datetime], Iterable[Ack]]
"""Record a batch, knowing since when its messages may have waited; raises StoreLost."""


def intake(inbox: Inbox, keep: Keep, stop: Event, current: datetime) -> None:
    """Collect until `stop`: take, record, acknowledge to the broker, acknowledge to the senders.

    `current` is when we last had everything: what arrives may have waited at the broker since then.
    """
    acks = Acks()
    while not stop.is_set():
        messages = inbox.take(BATCH, LOOK_S)
        if messages:
            earned = _insist(keep, messages, current, stop)
            if earned is None:
                return
            inbox.acknowledge()
            acks.add(earned)
        elif inbox.link.connected and datetime.now(UTC) - inbox.link.since > SETTLED:
            current = datetime.now(UTC)
        for ack in acks.due(time.monotonic()):
            inbox.publish(ack.topic, ack.payload, retain=True)


def _insist(keep: Keep, messages: Sequence[Message], current: datetime, stop: Event) -> Iterable[Ack] | None:
    """Record a batch, however often it takes; the broker keeps the rest meanwhile. None when stopped."""
    wait, said = 1.0, False
    while True:
        try:
            return keep(messages, current)
        except StoreLost as error:
            if not said:
                LOG.error("%s; trying again until it works", error)
                said = True
            if stop.wait(random.uniform(wait / 2, wait)):
                return None
            wait = min(2 * wait, LONGEST_WAIT_S)
