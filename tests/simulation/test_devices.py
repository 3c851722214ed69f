"""Devices over a real broker: what they say can be read by the product, and is said until it is acknowledged."""

import json
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from config.schema import load
from monitor.adapters.mqtt import Broker, embedded
from monitor.devices import DeviceStatus, Meta
from monitor.messages import FILTERS, Message, Quarantined, Reason, Registry, read
from monitor.ratings import Rating
from monitor.window_states import WindowState
from simulation.chapter import Given
from simulation.city import build, plan
from simulation.devices import MISHAP_S, Devices
from simulation.script import Script
from tests.simulation.test_city import DEMO

SETTINGS = load(DEMO, {}, plan(1, 4))
CITY = build(1, 4)
REGISTRY = Registry.of(SETTINGS.halls, SETTINGS.devices, SETTINGS.scales)


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with embedded(Broker(port=port)):
        yield "127.0.0.1", port


class Ear:
    """Hears everything that intake would."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.heard: list[Message] = []
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="ear")
        self.client.on_message = self._hear
        self.client.connect(*address)
        self.client.subscribe([(topic, 1) for topic in FILTERS])

    def _hear(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self.heard.append(Message(message.topic, bytes(message.payload), message.retain, datetime.now(UTC)))

    def said(self) -> list[object]:
        return [read(message, REGISTRY) for message in self.heard]


def until(condition: Callable[[], bool], *steps: Callable[[], object], patience_s: float = 20) -> None:
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        for step in steps:
            step()


class Eventful(Script):
    """One rating at second 1 and another at second 2, on the first two windows."""

    def ratings(self, since: float, until: float) -> Iterator[tuple[str, str, Given]]:
        hall = self.city.halls[0]
        for number, level in enumerate((5, 2)):
            if since <= number + 1 < until:
                yield hall.id, hall.windows[number].id, Given(number + 1.0, level, (("510", "213")[number],))


def test_what_they_say_is_understood_and_repeated_until_acknowledged(address: tuple[str, int]) -> None:
    devices = Devices(Eventful(CITY), address, datetime.now(UTC) - timedelta(seconds=10), SETTINGS.scales)
    ear = Ear(address)
    windows = len(SETTINGS.halls[0].windows)
    seconds = iter(range(10_000))
    truth = [line for now in (0.0, 1.5, 2.5) for line in devices.step(now)]
    assert [(line["kind"], line["level"]) for line in truth] == [("rating", 5), ("rating", 2)]

    def kinds() -> Counter[type]:
        return Counter(type(one) for one in ear.said())

    def listen() -> None:
        ear.client.loop(timeout=0.01)

    def speak() -> None:
        list(devices.step(2.6 + 0.001 * next(seconds)))

    until(lambda: kinds()[Rating] >= 2 and kinds()[WindowState] >= windows and kinds()[Meta] >= windows, speak, listen)
    assert not [one for one in ear.said() if isinstance(one, Quarantined)]
    ratings = [one for one in ear.said() if isinstance(one, Rating)]
    assert {(one.event_id, one.level) for one in ratings} == {(line["event_id"], line["level"]) for line in truth}
    assert all(one.online for one in ear.said() if isinstance(one, DeviceStatus))

    first = next(message for message in ear.heard if message.topic.endswith("evt/rating"))
    place = json.loads(first.payload)
    ack = {"schema": "ack/1", "boot_id": place["boot_id"], "seq": place["seq"]}
    ear.client.publish(first.topic.replace("evt/rating", "cmd/ack"), json.dumps(ack), qos=1, retain=True)
    waiting = devices.waiting
    until(lambda: devices.waiting == waiting - 1, listen, speak)
    ear.heard.clear()
    list(devices.step(100))
    until(lambda: kinds()[Rating] >= 1 and kinds()[WindowState] >= windows, listen, lambda: list(devices.step(100.5)))
    assert first.topic not in {message.topic for message in ear.heard}

    ear.heard.clear()
    devices.close()
    until(lambda: kinds()[DeviceStatus] >= windows, listen)
    assert not any(one.online for one in ear.said() if isinstance(one, DeviceStatus))
    ear.client.disconnect()


def test_now_and_then_somebody_says_nonsense(address: tuple[str, int]) -> None:
    devices = Devices(Script(CITY), address, datetime.now(UTC) - timedelta(days=1), SETTINGS.scales)
    ear = Ear(address)
    told: list[dict[str, object]] = []
    seconds = iter(range(100_000))

    def speak() -> None:
        now = next(seconds) * MISHAP_S
        for part in range(20):  # the connections need a few steps
            told.extend(devices.step(now + 0.01 * part))

    def reasons() -> set[Reason]:
        return {one.reason for one in ear.said() if isinstance(one, Quarantined)}

    def listen() -> None:
        for _ in range(100):
            ear.client.loop(timeout=0.001)

    until(lambda: reasons() >= {Reason.SCHEMA, Reason.SCALE}, speak, listen)
    assert reasons() == {Reason.SCHEMA, Reason.SCALE}
    assert {line["fault"] for line in told if line["kind"] == "malformed"} == {"half a message", "unknown value"}
    devices.close()
    ear.client.disconnect()


def test_a_broker_that_is_not_there_is_waited_for() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        devices = Devices(Script(CITY), probe.getsockname(), datetime.now(UTC), SETTINGS.scales)
        for now in range(5):
            list(devices.step(now))
        assert devices.waiting > 0
        devices.close()
