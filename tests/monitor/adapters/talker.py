"""Somebody who speaks plain MQTT to a broker, as a device does, and as somebody who forges one does."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import Queue
from time import monotonic

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

PATIENCE_S = 30.0


class Turned(Exception):
    """The broker lets nobody in with this login: its words."""


class Talker:
    """One connection; what it hears is kept as (topic, payload) in the order of arrival."""

    def __init__(self, client: paho.Client) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._client = client
        self._answers: Queue[object] = Queue()
        client.on_message = self._hear
        self._more = threading.Condition()
        client.on_connect = lambda client, data, flags, code, properties: self._answers.put(code)
        client.on_subscribe = lambda *words: self._answers.put(None)

    def begin(self) -> None:
        """Wait for the broker's answer; raises Turned."""
        self._client.loop_start()
        code = self._answers.get(timeout=PATIENCE_S)
        if getattr(code, "is_failure", False):
            raise Turned(str(code))

    def say(self, topic: str, said: object, *, retain: bool = False) -> None:
        """Publish at QoS 1; when this returns the broker has decided about it. Bytes are sent as they are."""
        self.publish(topic, said, retain=retain).wait_for_publish(PATIENCE_S)

    def publish(self, topic: str, said: object, *, retain: bool = False) -> paho.MQTTMessageInfo:
        """The same without waiting."""
        payload = said if isinstance(said, bytes) else json.dumps(said).encode()
        return self._client.publish(topic, payload, qos=1, retain=retain)

    def listen(self, topics: Iterable[str]) -> None:
        """Subscribe at QoS 0; when this returns everything sent before has been heard."""
        self._client.subscribe([(topic, 0) for topic in topics])
        self._answers.get(timeout=PATIENCE_S)

    def until(self, done: Callable[[], bool]) -> None:
        """Wait until something is so, asked after every message and now and then; fails after 30 s."""
        deadline = monotonic() + PATIENCE_S
        with self._more:
            while not done():
                assert monotonic() < deadline, self.heard
                self._more.wait(0.05)

    def _hear(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        with self._more:
            self.heard.append((message.topic, bytes(message.payload)))
            self._more.notify()

    def vanish(self) -> None:
        """Lose the connection without a word of leave: the broker sends the will."""
        self._client.loop_stop()
        connection = self._client.socket()
        assert connection is not None
        connection.close()

    def end(self) -> None:
        """Take leave."""
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def talking(
    port: int,
    login: tuple[str, str] | None = None,
    *,
    client_id: str = "",
    ca: str | None = None,
    will: tuple[str, object] | None = None,
) -> Iterator[Talker]:
    """A connection while the context lasts. Raises Turned, and OSError where TLS fails."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id, reconnect_on_failure=False)
    if login is not None:
        client.username_pw_set(*login)
    if ca is not None:
        client.tls_set(ca)
    if will is not None:
        client.will_set(will[0], json.dumps(will[1]), qos=1, retain=True)
    talker = Talker(client)
    client.connect("127.0.0.1", port)
    try:
        talker.begin()
        yield talker
    finally:
        talker.end()
