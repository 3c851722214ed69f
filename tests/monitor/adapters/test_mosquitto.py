"""The generated configuration, tried on a real Mosquitto by everybody saying and hearing what is not theirs."""

import signal
import ssl
import stat
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from time import monotonic

import pytest
from paho.mqtt.client import topic_matches_sub

from monitor.adapters.mosquitto import (
    Account,
    Listener,
    LoginUnusable,
    accounts,
    configure,
    hashed,
    login,
)
from monitor.adapters.mqtt import LARGEST_LIVE, Broker, Bus
from tests.monitor.adapters.conftest import free_port, started
from tests.monitor.adapters.talker import Turned, talking
from tests.monitor.adapters.test_mqtt import collect, until
from tests.monitor.example import BUTTON, GATEWAY, HALL, TABLET, prefix

EVERYBODY = accounts([HALL, replace(HALL, id="hc02")], [BUTTON, TABLET, GATEWAY], shards=2)
SPY = Account("spy", ("done",), ("#",))
VOICE = Account("voice", ("#",), ())
DEVICE_TOPICS = ("status", "meta", "evt/rating", "evt/coin", "tele/counter", "cmd/ack", "cmd/config", "other")
PLACE_TOPICS = ("tele/state", "evt/ticket", "cmd/ack")
TOPICS = (
    *(f"{prefix(device)}/{what}" for device in (BUTTON, TABLET, GATEWAY) for what in DEVICE_TOPICS),
    *(f"zwjc/v1/371002/{hall}/window/w001/{what}" for hall in ("hc01", "hc02") for what in PLACE_TOPICS),
    *(f"zwjc/v1/371002/{hall}/queue/za/{what}" for hall in ("hc01", "hc02") for what in PLACE_TOPICS),
    f"zwjc/v1/371003/hc01/button/{BUTTON.id}/evt/rating",
    f"zwjc/v1/371002/hc02/button/{BUTTON.id}/evt/rating",
    f"zwjc/v1/371002/hc01/tablet/{BUTTON.id}/evt/rating",
    f"zwjc/v1/371002/hc01/button/{BUTTON.id}x/evt/rating",
    "hallwatch/v1/hc01/live",
    "hallwatch/v1/hc01/changed",
    "hallwatch/v1/hc02/live",
    "done",
)


@dataclass(frozen=True)
class Running:
    """A broker with its accounts."""

    directory: Path
    port: int

    def login(self, account: str) -> tuple[str, str]:
        return login(self.directory / "logins" / account)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory, port = tmp_path_factory.mktemp("broker"), free_port()
    configure(directory, (*EVERYBODY, SPY, VOICE), Listener("127.0.0.1", port))
    with started(directory / "mosquitto.conf", port):
        yield Running(directory, port)


def matches(topic: str, filters: tuple[str, ...]) -> bool:
    return any(topic_matches_sub(one, topic) for one in filters)


@pytest.mark.broker
def test_everybody_writes_what_is_theirs_and_nothing_else(running: Running) -> None:
    with talking(running.port, running.login("spy")) as spy:
        spy.listen(["#"])
        for account, topic in product(EVERYBODY, TOPICS):
            with talking(running.port, running.login(account.name)) as one:  # who says what is not theirs is cut off
                one.say(topic, account.name.encode())
        spy.listen(["done"])
        heard = {(topic, payload.decode()) for topic, payload in spy.heard}
    assert heard == {(topic, one.name) for one in EVERYBODY for topic in TOPICS if matches(topic, one.writes)}
    of = {name: {topic for topic, who in heard if who == name} for name in {one.name for one in EVERYBODY}}
    assert of[BUTTON.id] == {f"{prefix(BUTTON)}/{what}" for what in DEVICE_TOPICS[:5]}
    assert of["hallwatch.intake"] == {topic for topic in TOPICS if "/cmd/" in topic}
    assert (
        of["hallwatch.watch-1"] == of["hallwatch.watch-2"] == {f"hallwatch/v1/{hall}/live" for hall in ("hc01", "hc02")}
    )
    assert of["hallwatch.serve"] == {"hallwatch/v1/hc01/changed"}
    assert of["hallwatch.notify"] == set()
    assert of["calls.hc02"] == {topic for topic in TOPICS if "hc02/window" in topic or "hc02/queue" in topic} - {
        topic for topic in TOPICS if "/cmd/" in topic or topic.endswith("window/w001/evt/ticket")
    }


@pytest.mark.broker
@pytest.mark.parametrize("retain", [False, True])
def test_everybody_hears_what_is_theirs_and_nothing_else(running: Running, retain: bool) -> None:
    """Subscribed before and after it was said: the broker lets anybody subscribe to anything and then sends nothing."""
    with talking(running.port, running.login("voice")) as voice:
        for account in EVERYBODY:
            with talking(running.port, running.login(account.name)) as one:
                if not retain:
                    one.listen(["#", *TOPICS])
                for topic in TOPICS:
                    voice.say(topic, b"secret", retain=retain)
                one.listen(["#", *TOPICS])
                one.listen(["done"])
                assert {topic for topic, _ in one.heard} == {one for one in TOPICS if matches(one, account.reads)}
        for topic in TOPICS:
            voice.say(topic, b"", retain=True)


@pytest.mark.broker
def test_what_no_hall_could_need_stays_outside(running: Running) -> None:
    topic = f"{prefix(BUTTON)}/evt/rating"
    with talking(running.port, running.login("spy")) as spy:
        spy.listen(["#"])
        for size in (LARGEST_LIVE + 1, LARGEST_LIVE):
            with talking(running.port, running.login(BUTTON.id)) as one:
                one.say(topic, b"x" * size)
        spy.listen(["done"])
        assert [(heard, len(payload)) for heard, payload in spy.heard] == [(topic, LARGEST_LIVE)]


@pytest.mark.broker
def test_nobody_leaves_a_will_for_another(running: Running) -> None:
    """Refused at once or kept and not sent: in neither case does anybody hear it."""
    forged = f"{prefix(TABLET)}/status", {"schema": "status/1", "state": "offline", "boot_id": "b1"}
    with talking(running.port, running.login("spy")) as spy:
        spy.listen(["#"])
        try:
            with talking(running.port, running.login(BUTTON.id), will=forged) as one:
                one.vanish()
        except Turned:
            pass
        with talking(running.port, running.login(BUTTON.id)) as one:  # whoever was there before is gone
            one.say(f"{prefix(BUTTON)}/status", b"own")
        spy.listen(["done"])
        assert spy.heard == [(f"{prefix(BUTTON)}/status", b"own")]


@pytest.mark.broker
@pytest.mark.parametrize(
    "wrong",
    [
        None,
        (BUTTON.id, "wrong"),
        (BUTTON.id, ""),
        ("nobody", "wrong"),
        ("", ""),
        (TABLET.id, "the password of another"),
    ],
)
def test_nobody_comes_in_without_their_own_password(running: Running, wrong: tuple[str, str] | None) -> None:
    if wrong is not None and wrong[1].startswith("the password"):
        wrong = wrong[0], running.login(BUTTON.id)[1]
    with pytest.raises(Turned), talking(running.port, wrong):
        pass


@pytest.mark.broker
def test_a_device_that_is_gone_is_locked_out_by_a_signal(tmp_path: Path) -> None:
    port = free_port()
    configure(tmp_path, EVERYBODY, Listener("127.0.0.1", port))
    gone, deadline = login(tmp_path / "logins" / BUTTON.id), monotonic() + 30
    with started(tmp_path / "mosquitto.conf", port) as server:
        with talking(port, gone):
            pass
        configure(tmp_path, [one for one in EVERYBODY if one.name != BUTTON.id], Listener("127.0.0.1", port))
        server.send_signal(signal.SIGHUP)
        with pytest.raises(Turned):
            while monotonic() < deadline:
                with talking(port, gone):
                    pass
        with talking(port, login(tmp_path / "logins" / TABLET.id)):
            pass


@pytest.mark.broker
@pytest.mark.parametrize("taken", ["hallwatch-intake", "hallwatch.intake"])
def test_nobody_empties_the_session_of_intake_by_its_name(running: Running, taken: str) -> None:
    """MQTT gives a session to whoever comes with its client id, and throws away what that one may not read."""
    broker = Broker("external", port=running.port, login=running.login("hallwatch.intake"))
    topic = f"{prefix(TABLET)}/evt/rating"
    with (
        Bus(broker, "hallwatch-intake", ["zwjc/v1/+/+/+/+/evt/#"], persistent=True) as bus,
        talking(running.port, running.login(TABLET.id)) as tablet,
    ):
        until(lambda: bus.link.connected, bus)
        tablet.say(topic, b"first")
        collect(bus, 1)
    with talking(running.port, running.login(TABLET.id)) as tablet:
        tablet.say(topic, b"rating")
    with talking(running.port, running.login(BUTTON.id), client_id=taken) as forger:
        forger.listen(["#"])
        assert forger.heard == []
    with Bus(broker, "hallwatch-intake", ["zwjc/v1/+/+/+/+/evt/#"], persistent=True) as bus:
        assert [one.payload for one in collect(bus, 1)] == [b"rating"]


@pytest.mark.broker
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho drops the refused socket unclosed
def test_over_tls_and_not_without(tmp_path: Path) -> None:
    port, certificate = free_port(), (tmp_path / "own.pem", tmp_path / "own.key")
    certified(tmp_path, "own")
    certified(tmp_path, "other")
    configure(tmp_path / "broker", EVERYBODY, Listener("127.0.0.1", port, certificate))
    own = login(tmp_path / "broker/logins" / BUTTON.id)
    with started(tmp_path / "broker/mosquitto.conf", port):
        with talking(port, own, ca=f"{tmp_path}/own.pem") as one:
            one.say(f"{prefix(BUTTON)}/status", b"{}")
        with pytest.raises(ssl.SSLError), talking(port, own, ca=f"{tmp_path}/other.pem"):
            pass
        plain = Broker("external", port=port, login=own)
        with Bus(plain, "button") as bus:
            until(lambda: bus._attempts >= 2, bus)
            assert not bus.link.connected


def certified(directory: Path, name: str) -> None:
    """A certificate for 127.0.0.1 that vouches for itself."""
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", f"{directory}/{name}.key", "-out", f"{directory}/{name}.pem"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(made, check=True, capture_output=True)


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_a_second_run_changes_nothing_and_a_new_device_nothing_of_others(tmp_path: Path) -> None:
    listener = Listener("127.0.0.1", 1883)
    some = [one for one in EVERYBODY if one.name != TABLET.id]
    assert set(configure(tmp_path, some, listener)) == {one.name for one in some}
    first = contents(tmp_path)
    assert configure(tmp_path, some, listener) == ()
    assert contents(tmp_path) == first
    assert configure(tmp_path, EVERYBODY, listener) == (TABLET.id,)
    more = contents(tmp_path)
    assert all(more[name] == first[name] for name in first if name.startswith("logins/"))
    assert set(first["passwords"].splitlines()) < set(more["passwords"].splitlines())
    configure(tmp_path, some, listener)  # a device that is gone comes in no more
    assert TABLET.id.encode() not in contents(tmp_path)["passwords"] + contents(tmp_path)["acl"]


def test_only_the_owner_reads_them_and_no_password_stands_outside_the_logins(tmp_path: Path) -> None:
    directory = tmp_path / "broker"
    configure(directory, EVERYBODY, Listener("127.0.0.1", 1883))
    for path in (directory, *directory.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    passwords = [login(directory / "logins" / one.name)[1].encode() for one in EVERYBODY]
    assert len(set(passwords)) == len(EVERYBODY)
    outside = b"".join(text for name, text in contents(directory).items() if not name.startswith("logins/"))
    assert not any(one in outside for one in passwords)


def test_a_password_of_ones_own_is_taken_and_a_changed_one_holds(tmp_path: Path) -> None:
    own = tmp_path / "logins" / BUTTON.id
    own.parent.mkdir()
    for password in ("a-password-of-ours", "another-of-ours"):
        own.touch(0o600)
        own.write_text(f"{BUTTON.id}\n{password}\n")
        assert BUTTON.id not in configure(tmp_path, EVERYBODY, Listener("127.0.0.1", 1883))
        lines = dict(line.split(":") for line in (tmp_path / "passwords").read_text().splitlines())
        salt = b64decode(lines[BUTTON.id].split("$")[3])
        assert lines[BUTTON.id] == hashed(password, salt)


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        (f"{BUTTON.id}\nsecret-secret\n", 0o640, "only its owner can read"),
        (f"{TABLET.id}\nsecret-secret\n", 0o600, f"expected {BUTTON.id} on the first line"),
        (f"{BUTTON.id}\n", 0o600, "on the second a password"),
        (f"{BUTTON.id}\nsecret\n", 0o600, "a password of 12 to 128"),
        (f"{BUTTON.id}\nsecret secret secret\n", 0o600, "a password of 12 to 128"),
    ],
)
def test_a_login_that_cannot_be_meant_is_named_and_nothing_written(
    tmp_path: Path, text: str, mode: int, expected: str
) -> None:
    path = tmp_path / "logins" / BUTTON.id
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(LoginUnusable, match=expected) as refused:
        configure(tmp_path, EVERYBODY, Listener("127.0.0.1", 1883))
    assert BUTTON.id in str(refused.value)
    assert "secret" not in str(refused.value)
    assert list(contents(tmp_path)) == [f"logins/{BUTTON.id}"]
