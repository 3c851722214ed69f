"""An outbox: what a device has said and nobody has acknowledged yet. Times are monotonic seconds."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

RESEND_S = 60.0
"""Without progress for this long, everything is said again."""


@dataclass(frozen=True, slots=True)
class Event:
    """One numbered message of a device."""

    seq: int
    topic: str
    """Below the device's own prefix. What is said below `tele/` is retained, what happened is not."""
    body: dict[str, Any]
    late: bool = False
    """It had to wait for a connection."""


class Outbox:
    """The unacknowledged events of one boot of one device, oldest first; seq counts 1, 2, 3, …"""

    def __init__(self, boot_id: str) -> None:
        self.boot_id = boot_id
        self._last = 0
        self._waiting: deque[Event] = deque()
        self._unsent: list[Event] = []
        self._progress_at = 0.0

    @property
    def waiting(self) -> int:
        """How many events nobody has acknowledged."""
        return len(self._waiting)

    @property
    def last(self) -> int:
        """The number given last; 0 = none yet."""
        return self._last

    def add(self, topic: str, body: dict[str, Any], now: float) -> Event:
        """Number a message and keep it."""
        self._last += 1
        if not self._waiting:
            self._progress_at = now
        event = Event(self._last, topic, body)
        self._waiting.append(event)
        self._unsent.append(event)
        return event

    def acknowledged(self, boot_id: str, seq: int, now: float) -> None:
        """Everything up to `seq` of this boot is committed; words about another boot do not concern us."""
        if boot_id != self.boot_id:
            return
        while self._waiting and self._waiting[0].seq <= seq:
            self._waiting.popleft()
            self._progress_at = now
        self._unsent = [event for event in self._unsent if event.seq > seq]

    def reconnected(self) -> None:
        """Nobody knows what the last connection lost: say everything again, as something that had to wait."""
        self._waiting = deque(replace(event, late=True) for event in self._waiting)
        self._unsent = list(self._waiting)

    def due(self, now: float) -> tuple[Event, ...]:
        """What to say now, oldest first; it counts as said."""
        if self._waiting and now - self._progress_at >= RESEND_S:
            self._unsent, self._progress_at = list(self._waiting), now
        events, self._unsent = tuple(self._unsent), []
        return events

    def message(self, event: Event) -> dict[str, Any]:
        """The event as it goes over the wire, with its place in the numbering."""
        oldest = self._waiting[0].seq if self._waiting else event.seq
        place = {"boot_id": self.boot_id, "seq": event.seq, "oldest_seq": min(oldest, event.seq)}
        waited = {"buffered": True} if event.late and "buffered" in event.body else {}
        return event.body | place | waited
