"""What the bus promises, over the embedded broker and over Mosquitto."""

import logging
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from monitor.adapters import mqtt_loop
from monitor.adapters.mqtt import Broker, BrokerUnavailable, Bus, embedded
from monitor.messages import Message
from tests.monitor.adapters.conftest import free_port, mosquitto, serving

PATIENCE_S = 30.0


def until(done: Callable[[], bool], bus: Bus) -> list[Message]:
    """Take and acknowledge until something is so; fails after 30 s."""
    taken: list[Message] = []
    deadline = monotonic() + PATIENCE_S
    while not done():
        assert monotonic() < deadline, bus.link
        taken += bus.take(100, 0.05)
        bus.acknowledge()
    return taken


def collect(bus: Bus, count: int) -> list[Message]:
    """Take and acknowledge until so many have come."""
    taken: list[Message] = []
    deadline = monotonic() + PATIENCE_S
    while len(taken) < count:
        assert monotonic() < deadline, f"{len(taken)} of {count}, {bus.link}"
        taken += bus.take(100, 0.05)
        bus.acknowledge()
    return taken


def say(bus: Bus, messages: Iterable[tuple[str, bytes]], *, retain: bool = False) -> None:
    """Publish, waiting for the connection."""
    for topic, payload in messages:
        until(lambda topic=topic, payload=payload: bus.publish(topic, payload, retain=retain), bus)  # type: ignore[misc]


def numbered(count: int, start: int = 0) -> list[tuple[str, bytes]]:
    return [("test/x", str(number).encode()) for number in range(start, start + count)]


def payloads(messages: Iterable[Message]) -> list[bytes]:
    return [message.payload for message in messages]


def test_messages_arrive_in_order_with_their_topic(broker: Broker) -> None:
    with Bus(broker, "reader", ["test/#"]) as reader, Bus(broker, "writer") as writer:
        until(lambda: reader.link.connected, reader)
        say(reader, [("test/ready", b"")])
        collect(reader, 1)
        say(writer, numbered(500))
        taken = collect(reader, 500)
    assert [(message.topic, message.payload) for message in taken] == numbered(500)
    assert not any(message.retained for message in taken)


def test_what_came_while_we_were_away_is_waiting(broker: Broker) -> None:
    with Bus(broker, "reader", ["test/#"], persistent=True) as reader:
        say(reader, [("test/ready", b"")])
        collect(reader, 1)
    with Bus(broker, "witness", ["test/x", "ready"]) as witness:
        say(witness, [("ready", b"")])
        collect(witness, 1)
        with Bus(broker, "writer") as writer:
            say(writer, numbered(300))
            collect(witness, 300)
    with Bus(broker, "reader", ["test/#"], persistent=True) as reader:
        assert payloads(collect(reader, 300)) == payloads_of(numbered(300))


def payloads_of(said: Iterable[tuple[str, bytes]]) -> list[bytes]:
    return [payload for _, payload in said]


def test_what_was_not_acknowledged_comes_again(broker: Broker) -> None:
    with Bus(broker, "reader", ["test/#"], persistent=True) as reader, Bus(broker, "writer") as writer:
        say(reader, [("test/ready", b"")])
        collect(reader, 1)
        say(writer, numbered(10))
        seen: list[Message] = []
        deadline = monotonic() + PATIENCE_S
        while len(seen) < 10 and monotonic() < deadline:
            seen += reader.take(100, 0.05)
        assert payloads(seen) == payloads_of(numbered(10))
    with Bus(broker, "reader", ["test/#"], persistent=True) as reader:
        assert payloads(collect(reader, 10)) == payloads_of(numbered(10))


def test_a_late_subscriber_has_the_live_state_of_all_halls(broker: Broker) -> None:
    """Hall by hall: the embedded broker gives one subscription no more than its first 100 retained messages."""
    halls = [(f"hallwatch/v1/h{hall:03d}/live", b"{}" * 4000) for hall in range(112)]
    with Bus(broker, "shard", ["test/#"]) as shard:
        until(lambda: shard.link.connected, shard)
        say(shard, halls, retain=True)
        say(shard, [("test/done", b"")])
        collect(shard, 1)
        with Bus(broker, "late", [topic for topic, _ in halls]) as late:
            taken = collect(late, 112)
    assert sorted((message.topic, message.payload) for message in taken) == halls
    assert all(message.retained for message in taken)


def test_a_large_hall_fits_into_one_message(broker: Broker) -> None:
    with Bus(broker, "board", ["hallwatch/#"]) as board:
        say(board, [("hallwatch/v1/h001/live", b"x" * 500_000)], retain=True)
        assert len(collect(board, 1)[0].payload) == 500_000


@pytest.mark.parametrize("kind", ["iotcore", pytest.param("mosquitto", marks=pytest.mark.broker)])
def test_the_bus_comes_back_with_its_broker(kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    broker = Broker(port=free_port())
    with Bus(broker, "board", ["test/#"]) as board:
        until(lambda: "nobody listening" in board.link.detail, board)
        assert f"127.0.0.1:{broker.port}" in board.link.detail
        assert not board.publish("test/x", b"lost")
        for turn in (b"first", b"second"):
            with serving(kind, broker, tmp_path):
                until(lambda: board.link.connected, board)
                say(board, [("test/x", turn)])
                assert collect(board, 1)[-1].payload == turn
            until(lambda: not board.link.connected, board)
    said = [record.getMessage() for record in caplog.records if record.name == "monitor.adapters.mqtt"]
    assert len(said) <= 2 * 2 + 2  # one line per change of state, none per attempt
    assert said.count(f"MQTT broker {broker.address}: connected") == 2


def processes(port: int) -> list[int]:
    """Of the embedded broker that listens there."""
    lines = {path.parent.name: path for path in Path("/proc").glob("[0-9]*/cmdline")}
    return [int(pid) for pid, path in lines.items() if f'"port": {port},'.encode() in read(path)]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def test_an_embedded_broker_that_is_killed_is_started_again(caplog: pytest.LogCaptureFixture) -> None:
    broker = Broker(port=free_port())
    with embedded(broker), Bus(broker, "board", ["test/#"]) as board:
        say(board, [("test/x", b"first")])
        collect(board, 1)
        (pid,) = processes(broker.port)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not board.link.connected, board)
        until(lambda: board.link.connected, board)
        say(board, [("test/x", b"second")])
        assert collect(board, 1)[-1].payload == b"second"
    assert "its process ended; it is started again" in caplog.text
    assert processes(broker.port) == []


@pytest.mark.broker
def test_a_wrong_password_is_one_sentence_however_often_it_is_tried(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = Broker("external", port=free_port(), login=("hallwatch", "wrong"))
    passwords = tmp_path / "passwords"
    subprocess.run(["/usr/bin/mosquitto_passwd", "-b", "-c", passwords, "hallwatch", "right"], check=True)
    with mosquitto(broker, tmp_path, f"allow_anonymous false\npassword_file {passwords}\n"):
        with Bus(broker, "board") as board:
            until(lambda: board._attempts >= 3, board)
        with Bus(replace(broker, login=("hallwatch", "right")), "board") as board:
            until(lambda: board.link.connected, board)
    (said,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert said == f"MQTT broker {broker.address}: expected to be let in, found: Not authorized"


@pytest.mark.broker
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho drops the refused socket unclosed
def test_mosquitto_over_tls_and_a_certificate_that_is_not_its_own(tmp_path: Path) -> None:
    broker = Broker("external", port=free_port(), tls_ca=str(tmp_path / "ca.pem"))
    for name in ("ca", "other"):
        subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        files = ["-keyout", f"{tmp_path}/{name}.key", "-out", f"{tmp_path}/{name}.pem"]
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
        subprocess.run(made, check=True, capture_output=True)
    certificate = f"allow_anonymous true\ncertfile {tmp_path}/ca.pem\nkeyfile {tmp_path}/ca.key\n"
    with mosquitto(broker, tmp_path, certificate):
        with Bus(broker, "board") as board:
            until(lambda: board.link.connected, board)
        with Bus(replace(broker, tls_ca=str(tmp_path / "other.pem")), "board") as board:
            until(lambda: "certificate verify failed" in board.link.detail, board)


def test_what_the_connection_dies_of_is_raised_where_messages_are_taken(broker: Broker) -> None:
    def broken(*message: object) -> None:
        raise ZeroDivisionError

    with Bus(broker, "board", ["test/#"]) as board:
        until(lambda: board.link.connected, board)
        board._client.on_message = broken
        with pytest.raises(ZeroDivisionError):
            until(lambda: bool(board.publish("test/x", b"") and board.take(1, 0.05)), board)


def test_a_broker_that_takes_nothing_any_more_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_loop, "LEAVE_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with Bus(Broker(port=listener.getsockname()[1]), "board") as board:
            connection, _ = listener.accept()
            connection.recv(100)
            connection.sendall(b"\x20\x02\x00\x00")  # CONNACK, accepted; nothing is read from here on
            until(lambda: board.link.connected, board)
            for _ in range(100):
                board.publish("test/x", b"x" * 500_000)
        assert connection.recv(1) != b""
        connection.close()


def test_a_port_that_is_taken_is_named() -> None:
    broker = Broker(port=free_port())
    again = pytest.raises(BrokerUnavailable, match=f"{broker.address}: expected to listen there")
    with embedded(broker), again, embedded(broker):
        pass


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(Broker(login=("hallwatch", "secret")))
