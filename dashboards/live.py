"""The live hub: the newest state of every hall, pushed to every open page.

One serialised event per slot (a hall, the figures, the broker); a page that is slow gets the newest event of each
slot and never a queue of old ones, so nothing grows without bound.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from dashboards.heard import Message, check

BEAT_S = 5.0
"""A page hears something at least this often, so that it can tell a quiet hall from a broken push."""


class HubFull(RuntimeError):
    """More pages are open than the server has places for."""


class Listener:
    """One open page: at most one waiting event per slot."""

    def __init__(self, events: Mapping[str, str], slots: frozenset[str] | None = None) -> None:
        """`slots`: what it wants to hear; None = everything."""
        self._slots = slots
        self._waiting = {slot: event for slot, event in events.items() if slots is None or slot in slots}
        self._ready = threading.Condition()

    def offer(self, slot: str, event: str) -> None:
        """Replaces what waits in the slot."""
        if self._slots is not None and slot not in self._slots:
            return
        with self._ready:
            self._waiting.pop(slot, None)
            self._waiting[slot] = event
            self._ready.notify()

    def take(self, timeout_s: float) -> str:
        """Everything that waits, oldest slot first; empty after the timeout."""
        with self._ready:
            if not self._waiting:
                self._ready.wait(timeout_s)
            events, self._waiting = self._waiting, {}
        return "".join(events.values())

    def wake(self) -> None:
        """Ends a wait without an event."""
        with self._ready:
            self._ready.notify()


class Hub:
    """Holds the newest event of each slot and hands it to every listener."""

    def __init__(self, halls: frozenset[str], places: int = 200) -> None:
        """`halls`: the ids that may be shown; `places`: how many pages may listen at once."""
        self._halls = halls
        self._places = places
        self._lock = threading.Lock()
        self._events: dict[str, str] = {}
        self._messages: dict[str, Message] = {}
        self._listeners: set[Listener] = set()
        self._down_since: datetime | None = None
        self._changed = threading.Event()
        self._acted = threading.Event()
        self.closed = False

    def put(self, message: Message) -> None:
        """Takes a hall's live message in place of the one before. Raises BadLive, or ValueError on a NaN in it.

        The bus keeps the order of a hall's messages; their times would not, once a clock is set back.
        """
        hall = check(message, self._halls)
        self._publish(f"hall:{hall}", "hall", message)
        self._messages[hall] = message
        self._changed.set()

    def put_figures(self, figures: Message) -> None:
        """Takes the figures that are built once for all pages."""
        self._publish("figures", "figures", figures)

    def broker_down(self, since: datetime) -> None:
        """The message broker cannot be reached: every page says since when."""
        if self._down_since is None:
            self._down_since = since
            self._publish("broker", "broker", {"down_since": since.astimezone(UTC).isoformat()})

    def broker_up(self) -> None:
        """The message broker is back."""
        if self._down_since is not None:
            self._down_since = None
            self._publish("broker", "broker", {"down_since": None})

    def messages(self) -> dict[str, Message]:
        """The newest live message of each hall that has sent one."""
        return dict(self._messages)

    def refresh(self) -> None:
        """Somebody acted: the figures are to be computed anew."""
        self._acted.set()
        self._changed.set()

    def wait(self, timeout_s: float, rest_s: float = 0.0) -> bool:
        """Returns when a hall has sent something new, or after the timeout, and `rest_s` later.

        At once when somebody acted, and says whether that is so.
        """
        self._changed.wait(timeout_s)
        acted = self._acted.wait(rest_s)
        self._changed.clear()
        if acted:
            self._acted.clear()
        return acted

    def listen(self, hall: str | None = None) -> Listener:
        """A listener that starts with the whole state, or one hall's; give it back with `leave`. Raises HubFull."""
        with self._lock:
            if len(self._listeners) >= self._places:
                raise HubFull(f"all {self._places} places for open pages are taken")
            listener = Listener(self._events, None if hall is None else frozenset({f"hall:{hall}", "broker"}))
            self._listeners.add(listener)
            return listener

    def leave(self, listener: Listener) -> None:
        """The page is gone."""
        with self._lock:
            self._listeners.discard(listener)

    def close(self) -> None:
        """Ends every stream, so that a server can stop."""
        self.closed = True
        self.refresh()
        with self._lock:
            for listener in self._listeners:
                listener.wake()

    def _publish(self, slot: str, name: str, payload: Message) -> None:
        event = f"event: {name}\ndata: {json.dumps(payload, allow_nan=False, separators=(',', ':'))}\n\n"
        with self._lock:
            self._events[slot] = event
            for listener in self._listeners:
                listener.offer(slot, event)


def stream(hub: Hub, listener: Listener, beat_s: float = BEAT_S) -> Iterator[str]:
    """The text of one page's event stream: the whole state, then what changes, with the server's time each time."""
    while not hub.closed:
        events = listener.take(beat_s)
        yield f'event: beat\ndata: {{"now":"{datetime.now(UTC).isoformat()}"}}\n\n{events}'
