"""A connection: one MQTT client speaking for some senders, driven from outside."""

import json
import random
import select
from collections.abc import Mapping
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from simulation.outbox import Outbox

KEEPALIVE_S = 60
READS = 50
"""Of one step at most: a whole hall speaks through one connection."""
LONGEST_WAIT_S = 30.0
"""Between two attempts to connect."""
Message = dict[str, Any]
"""A JSON object."""


def written(message: Message) -> bytes:
    """A message as it goes over the wire."""
    return json.dumps(message, ensure_ascii=False).encode()


class Connection:
    """One MQTT connection speaking for some senders; `step` does all its work and never waits for an answer."""

    def __init__(
        self,
        name: str,
        address: tuple[str, int],
        outboxes: Mapping[str, Outbox],
        birth: Mapping[str, Message],
        will: tuple[str, Message] | None = None,
    ) -> None:
        """`outboxes`: by topic prefix (`zwjc/v1/area/hall/type/id`) what is not acknowledged yet.

        `birth` is said, retained, on every connection: whole topic to message.
        """
        self._address = address
        self._outboxes = outboxes
        self._birth = birth
        self._up = False
        self._retry_at, self._wait, self._now, self._misc_at = 0.0, 1.0, 0.0, 0.0
        self._watched: object = None
        self._poll = select.poll()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"sim-{name}")
        if will is not None:
            self._client.will_set(will[0], written(will[1]), qos=1, retain=True)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._lost
        self._client.on_message = self._acknowledged

    def step(self, now: float) -> None:
        """Read what has come, say what is due; connect again if the connection is gone (OSErrors are waited out)."""
        self._now = now
        if not self._turn(now) and now >= self._retry_at:
            self._up = False
            self._retry_at = now + random.uniform(self._wait / 2, self._wait)
            self._wait = min(2 * self._wait, LONGEST_WAIT_S)
            try:
                self._client.connect(*self._address, keepalive=KEEPALIVE_S)
            except OSError:
                return
        if self._up:
            for prefix, outbox in self._outboxes.items():
                for event in outbox.due(now) if outbox.waiting else ():
                    retained = event.topic.startswith("tele/")
                    self.say(f"{prefix}/{event.topic}", outbox.message(event), retained)

    def _turn(self, now: float) -> bool:
        """Read and write what can be; False if there is no connection.

        paho's own `loop` waits with select(2), which knows no descriptor from 1,024 on, and costs ten times as much.
        """
        if (socket := self._client.socket()) is None:
            return False
        if self._watched is not socket:
            self._watched, self._poll = socket, select.poll()
            self._poll.register(socket, select.POLLIN)
        for _ in range(READS):
            if self._client.socket() is None or not self._poll.poll(0):
                break
            self._client.loop_read()
        if self._client.want_write():
            self._client.loop_write()
        if now >= self._misc_at:
            self._misc_at = now + KEEPALIVE_S / 10
            self._client.loop_misc()
        return self._client.socket() is not None

    def say(self, topic: str, message: Message | bytes, retain: bool = False) -> None:
        """Publish with QoS 1, if connected."""
        if self._up:
            self._client.publish(topic, message if isinstance(message, bytes) else written(message), 1, retain)

    def close(self, farewell: Mapping[str, Message]) -> None:
        """Say some last retained words and go."""
        for topic, message in farewell.items():
            self.say(topic, message, retain=True)
        self._client.disconnect()

    def _connected(
        self,
        client: mqtt.Client,
        _data: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            return
        self._up, self._wait = True, 1.0
        for topic, message in self._birth.items():
            self.say(topic, message, retain=True)
        client.subscribe([(f"{prefix}/cmd/ack", 1) for prefix in self._outboxes])
        for outbox in self._outboxes.values():
            outbox.reconnected()

    def _lost(self, *_: object) -> None:
        self._up = False

    def _acknowledged(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        outbox = self._outboxes.get(message.topic.removesuffix("/cmd/ack"))
        try:
            ack = json.loads(message.payload)
            boot_id, seq = str(ack["boot_id"]), int(ack["seq"])
        except (ValueError, KeyError, TypeError):
            return
        if outbox is not None:
            outbox.acknowledged(boot_id, seq, self._now)
