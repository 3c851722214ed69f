"""The MQTT bus: one connection that comes back by itself, and messages acknowledged only when they are kept."""

import logging
import queue
import random
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import iotcore
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from monitor.adapters.mqtt_loop import Loop
from monitor.messages import Message

LOG = logging.getLogger(__name__)

KEEPALIVE_S = 30
"""A dead connection is noticed within one and a half of these."""
LONGEST_WAIT_S = 30
"""Between two attempts to connect; they begin with one second and double, with full jitter."""
INBOX = 1000
"""Messages taken from the network and not yet from us; then the network waits, and the broker keeps the rest."""
UNSENT = 1000
"""Messages given to us and not yet taken by the broker; then publishing is refused."""
LARGEST_LIVE = 1024 * 1024
"""Bytes of a message that the embedded broker passes on; the live state of a large hall needs some 50 kB."""


@dataclass(frozen=True, slots=True)
class Broker:
    """The MQTT broker of an installation."""

    mode: Literal["embedded", "external"] = "embedded"
    """embedded = intake runs one of its own, on loopback."""
    host: str = "127.0.0.1"
    port: int = 18830
    login: tuple[str, str] | None = field(default=None, repr=False)
    """User and password."""
    logins: Path | None = None
    """Directory with a login for each of our programs, instead of one for all; see `mosquitto`."""
    tls_ca: str | None = None
    """File with the certificate authority; None = no TLS."""

    @property
    def address(self) -> str:
        """host:port, for sentences."""
        return f"{self.host}:{self.port}"


class BrokerUnavailable(Exception):
    """The embedded broker cannot be started: where, expected, found."""


@contextmanager
def embedded(broker: Broker) -> Iterator[None]:
    """Run the embedded broker in a child process while the context lasts. Raises BrokerUnavailable.

    When that process dies it is started again. It keeps queued and retained messages in memory alone: after its end
    senders repeat what is not acknowledged.
    """
    server = iotcore.Broker(listen=broker.host, port=broker.port, max_payload_size=LARGEST_LIVE)
    try:
        server.start()
    except (OSError, RuntimeError) as error:
        raise BrokerUnavailable(f"MQTT broker {broker.address}: expected to listen there, found: {error}") from error
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_up, args=(server, broker, stop), name="broker-keeper")
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()
        server.stop()


def _keep_up(server: iotcore.Broker, broker: Broker, stop: threading.Event) -> None:
    said = ""
    while not stop.wait(1.0):
        if server.is_running:
            said = ""
            continue
        found = "its process ended; it is started again"
        try:
            server.stop()  # what is left of it
            server.start()
        except (OSError, RuntimeError) as error:
            found = str(error)
        if found != said:
            LOG.error("MQTT broker %s: expected to run, found: %s", broker.address, found)
        said = found


@dataclass(frozen=True, slots=True)
class Link:
    """Whether the bus is connected, since when, and if not, why."""

    connected: bool
    since: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A message with what is needed to acknowledge it."""

    message: Message
    packet: int
    qos: int
    connection: int
    """Packet numbers mean something within one connection only."""


class Bus:
    """One connection to the broker, used as a context manager.

    It connects in the background and goes on trying for ever; `link` says how that stands. With `persistent` the
    broker keeps QoS 1 messages for this client id while it is away.
    """

    def __init__(
        self, broker: Broker, client_id: str, subscriptions: Iterable[str] = (), *, persistent: bool = False
    ) -> None:
        self.broker = broker
        self.link = Link(False, datetime.now(UTC), "not tried yet")
        self._subscriptions = [(topic, 1) for topic in subscriptions]
        self._inbox: queue.Queue[_Delivery] = queue.Queue(INBOX)
        self._taken: list[_Delivery] = []
        self._connection = 0
        self._attempts = 0
        self._closing = False
        self._refusal = ""
        self._lock = threading.Lock()
        self._client = client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=not persistent,
            manual_ack=True,
        )
        client.max_queued_messages_set(UNSENT)
        if broker.login is not None:
            client.username_pw_set(*broker.login)
        if broker.tls_ca is not None:
            client.tls_set(broker.tls_ca, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = self._arrived
        client.connect_async(broker.host, broker.port, KEEPALIVE_S)
        self._loop = Loop(client, self._failed, self._wait_s, f"mqtt-{client_id}")

    def __enter__(self) -> Self:
        self._loop.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._loop.stop()

    def take(self, limit: int, timeout: float) -> list[Message]:
        """What has arrived, up to `limit`; waits up to `timeout` seconds for the first.

        Raises what the loop of the connection died of: nothing would ever arrive again.
        """
        self._loop.check()
        taken: list[_Delivery] = []
        with suppress(queue.Empty):
            taken.append(self._inbox.get(timeout=timeout))
            while len(taken) < limit:
                taken.append(self._inbox.get_nowait())
        self._taken += taken
        return [delivery.message for delivery in taken]

    def acknowledge(self) -> None:
        """Tell the broker that everything taken so far is kept; what an earlier connection brought comes again."""
        with self._lock:
            for delivery in self._taken:
                if delivery.connection == self._connection:
                    self._client.ack(delivery.packet, delivery.qos)
        self._taken.clear()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Give a message to the broker at QoS 1; False if it cannot be sent now: it is then forgotten here."""
        self._loop.check()
        if not self.link.connected:
            return False
        return self._client.publish(topic, payload, qos=1, retain=retain).rc == paho.MQTT_ERR_SUCCESS

    def _connected(
        self, client: paho.Client, data: Any, flags: paho.ConnectFlags, code: ReasonCode, properties: Any
    ) -> None:
        if code.is_failure:
            self._refusal = f"expected to be let in, found: {code}"  # told when the broker has hung up
            return
        self._attempts = 0
        if self._subscriptions:
            client.subscribe(self._subscriptions)
        self.link = Link(True, datetime.now(UTC))
        LOG.info("MQTT broker %s: connected", self.broker.address)

    def _subscribed(
        self, client: paho.Client, data: Any, packet: int, codes: list[ReasonCode], properties: Any
    ) -> None:
        for (topic, _), code in zip(self._subscriptions, codes, strict=False):
            if code.is_failure:
                LOG.error("MQTT broker %s: expected to subscribe to %s, found: %s", self.broker.address, topic, code)

    def _failed(self, error: OSError) -> None:
        if isinstance(error, ssl.SSLError):
            self._down(f"expected TLS with a certificate of {self.broker.tls_ca}, found: {error}")
        else:
            self._down("expected a connection, found nobody listening there or no way to it")

    def _disconnected(
        self, client: paho.Client, data: Any, flags: paho.DisconnectFlags, code: ReasonCode, properties: Any
    ) -> None:
        with self._lock:
            self._connection += 1
        if not self._closing:
            self._down(self._refusal or f"connection lost: {code}")
        self._refusal = ""

    def _wait_s(self) -> float:
        self._attempts += 1
        return random.uniform(1, min(LONGEST_WAIT_S, 2 ** min(self._attempts, 10)))

    def _down(self, detail: str) -> None:
        sentence = f"MQTT broker {self.broker.address}: {detail}"
        if self.link.connected or self.link.detail != sentence:
            LOG.warning("%s", sentence)
        self.link = Link(False, datetime.now(UTC) if self.link.connected else self.link.since, sentence)

    def _arrived(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        delivery = _Delivery(
            Message(message.topic, bytes(message.payload), message.retain, datetime.now(UTC)),
            message.mid,
            message.qos,
            self._connection,
        )
        kept = False
        while not (kept or self._closing):
            with suppress(queue.Full):
                self._inbox.put(delivery, timeout=1)
                kept = True
