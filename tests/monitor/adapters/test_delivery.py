"""The table of what may happen to a message on its way, each row over a Mosquitto set up by `hallwatch devices`."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from monitor.adapters import tables
from monitor.adapters.device_records import devices
from monitor.adapters.intake_records import keep, last_heard
from monitor.adapters.mosquitto import Account, Listener, accounts, configure, login
from monitor.adapters.mqtt import Broker, Bus
from monitor.adapters.quarantine_records import quarantined
from monitor.adapters.rating_records import ratings
from monitor.intake import intake
from monitor.messages import FILTERS, LARGEST, Reason
from monitor.ratings import Rating, TimeQuality
from tests.monitor.adapters.conftest import free_port, started
from tests.monitor.adapters.talker import Talker, talking
from tests.monitor.example import BUTTON, HALL, REGISTRY, TABLET, prefix, rating_said

pytestmark = pytest.mark.broker

CARELESS = Account("careless", ("#",), ("#",))
"""May say anything anywhere: what intake makes of it where an access list has a hole."""
RATING = f"{prefix(BUTTON)}/evt/rating"
STATUS = f"{prefix(BUTTON)}/status"
ACK = f"{prefix(BUTTON)}/cmd/ack"


@dataclass(frozen=True)
class Site:
    """A broker, a record, and an intake between them."""

    directory: Path
    port: int
    engine: Engine

    def login(self, account: str) -> tuple[str, str]:
        return login(self.directory / "logins" / account)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Intake at work, connected and subscribed."""
        broker, stop = Broker("external", port=self.port, login=self.login("hallwatch.intake")), threading.Event()
        with Bus(broker, "hallwatch-intake", FILTERS, persistent=True) as bus:
            begun = last_heard(self.engine) or datetime.now(UTC)
            work = threading.Thread(target=intake, args=(bus, partial(keep, self.engine, REGISTRY), stop, begun))
            work.start()
            try:
                yield
            finally:
                stop.set()
                work.join()

    @contextmanager
    def device(self, account: str = BUTTON.id, **options: Any) -> Iterator[Talker]:
        with talking(self.port, self.login(account), **options) as talker:
            talker.listen([ACK])
            yield talker

    def recorded(self) -> list[Rating]:
        """Every rating, in the order in which they were given."""
        now = datetime.now(UTC)
        return list(ratings(self.engine, now - timedelta(days=800), now + timedelta(days=800)))

    def aside(self) -> list[tuple[Reason, str]]:
        """What is in quarantine, with its topic."""
        return [(one.reason, one.topic) for one in quarantined(self.engine, datetime.now(UTC) - timedelta(days=1))]

    def online(self) -> tuple[bool | None, str | None] | None:
        """What the button last said of itself, with its boot."""
        return next(((one.online, one.boot_id) for one in devices(self.engine) if one.device == BUTTON.id), None)


def configured(directory: Path, engine: Engine) -> Site:
    """A site whose broker does not run yet."""
    port = free_port()
    configure(directory, (*accounts([HALL], [BUTTON, TABLET], 1), CARELESS), Listener("127.0.0.1", port))
    return Site(directory, port, engine)


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Iterator[Site]:
    site = configured(tmp_path / "broker", engine)
    with started(site.directory / "mosquitto.conf", site.port):
        yield site


def said(seq: int, *, ago: timedelta = timedelta(0), **changes: Any) -> dict[str, Any]:
    """A rating given a while ago."""
    return rating_said(seq=seq, ts=(datetime.now(UTC) - ago).isoformat(), **changes)


def acknowledged(talker: Talker, boot_id: str = "b1") -> int:
    """The highest number of a boot that its device has heard of; 0 = none."""
    heard = [json.loads(payload) for topic, payload in talker.heard if topic == ACK]
    return max((one["seq"] for one in heard if one["boot_id"] == boot_id), default=0)


def insist(talker: Talker, *messages: dict[str, Any], seq: int, boot_id: str = "b1") -> None:
    """Say messages as a device does, again and again until the last is acknowledged.

    At first nobody may have subscribed yet: then the broker acknowledges and throws away.
    """
    turns = count()

    def done() -> bool:
        if acknowledged(talker, boot_id) < seq and next(turns) % 20 == 0:
            for message in messages:
                talker.publish(RATING, message)
        return acknowledged(talker, boot_id) >= seq

    talker.until(done)


def test_ten_times_the_same_is_one_and_its_event_under_another_number_too(site: Site) -> None:
    with site.collecting(), site.device() as device:
        first = said(1)
        insist(device, first, seq=1)
        for _ in range(10):
            device.say(RATING, first)
        insist(device, first | {"seq": 2}, seq=2)
    assert [(one.seq, one.event_id) for one in site.recorded()] == [(1, "b1-1")]
    assert site.aside() == []


def test_a_gap_holds_the_acknowledgement_until_it_is_filled_or_given_up(site: Site) -> None:
    with site.collecting(), site.device() as device:
        insist(device, said(1), seq=1)
        device.say(RATING, said(3))
        device.until(lambda: len(site.recorded()) == 2)
        assert acknowledged(device) == 1
        insist(device, said(2), seq=3)
        insist(device, said(6, oldest_seq=6), seq=6)
    assert sorted(one.seq for one in site.recorded()) == [1, 2, 3, 6]
    with site.engine.connect() as connection:
        assert connection.execute(select(tables.sequences.c.lost)).scalar_one() == 2


def test_a_reboot_begins_anew_and_an_old_number_with_other_content_is_a_replay(site: Site) -> None:
    with site.collecting(), site.device() as device:
        insist(device, said(1), said(2), seq=2)
        insist(device, said(1, boot_id="b2"), seq=1, boot_id="b2")
        device.say(RATING, said(1, raw="4", event_id="cloned"))
        device.until(lambda: bool(site.aside()))
    found = sorted((one.boot_id, one.seq, one.raw) for one in site.recorded())
    assert found == [("b1", 1, "1"), ("b1", 2, "1"), ("b2", 1, "1")]
    assert site.aside() == [(Reason.REPLAY, RATING)]


@pytest.mark.parametrize("there", [False, True])
def test_a_retained_event_counts_once_and_shows_the_devices_fault(site: Site, there: bool) -> None:
    """To who has subscribed before, a broker passes it on like any other; only the next connection shows the flag."""
    with site.device() as device:
        if there:
            with site.collecting():
                insist(device, said(1), seq=1)
                device.say(RATING, said(2), retain=True)
                device.until(lambda: acknowledged(device) == 2)
        else:
            device.say(RATING, said(1), retain=True)
        for _ in range(2):
            with site.collecting():
                device.until(lambda: any(one.retained for one in site.recorded()))
    assert [(one.seq, one.retained) for one in site.recorded()] == ([(1, False), (2, True)] if there else [(1, True)])
    assert site.aside() == []


def test_a_retained_event_of_yesterday_is_kept_aside(site: Site) -> None:
    with site.device() as device:
        device.say(RATING, said(1, ago=timedelta(hours=25), buffered=True), retain=True)
        with site.collecting():
            device.until(lambda: acknowledged(device) == 1)
    assert (site.recorded(), site.aside()) == ([], [(Reason.STALE, RATING)])


def test_what_a_device_kept_while_it_was_alone_keeps_its_time(site: Site) -> None:
    with site.collecting(), site.device() as device:
        kept = [said(seq, ago=timedelta(hours=4 - seq), buffered=True) for seq in (1, 2, 3)]
        insist(device, *kept, seq=3)
    found = site.recorded()
    assert [(one.ts.isoformat(), one.buffered) for one in found] == [(one["ts"], True) for one in kept]
    assert all(one.received_at - one.ts > timedelta(minutes=50) for one in found)
    assert {one.ts_quality for one in found} == {TimeQuality.DEVICE}


@pytest.mark.parametrize(
    ("ago", "changes", "quality"),
    [
        (timedelta(minutes=1), {}, TimeQuality.DEVICE),
        (timedelta(minutes=-1), {}, TimeQuality.DEVICE),
        (timedelta(minutes=1), {"clock": "none"}, TimeQuality.ESTIMATED),
        (timedelta(minutes=-30), {"clock": "none"}, TimeQuality.ESTIMATED),
        (timedelta(minutes=30), {}, TimeQuality.ESTIMATED),
        (timedelta(minutes=30), {"buffered": True}, TimeQuality.DEVICE),
        (timedelta(minutes=-3), {}, None),
        (timedelta(minutes=-3), {"buffered": True}, None),
    ],
)
def test_a_bad_clock(site: Site, ago: timedelta, changes: dict[str, Any], quality: TimeQuality | None) -> None:
    with site.collecting(), site.device() as device:
        insist(device, said(1, ago=ago, **changes), seq=1)
    if quality is None:
        assert (site.recorded(), site.aside()) == ([], [(Reason.FUTURE, RATING)])
        return
    (found,) = site.recorded()
    assert found.ts_quality == quality
    assert (found.ts == found.received_at) is (quality is TimeQuality.ESTIMATED)


def status(state: str, boot_id: str) -> dict[str, str]:
    return {"schema": "status/1", "state": state, "boot_id": boot_id}


def test_a_will_takes_its_own_boot_offline_and_no_later_one(site: Site) -> None:
    with site.collecting(), site.device(will=(STATUS, status("offline", "b1"))) as device:
        insist(device, said(1), seq=1)
        device.say(STATUS, status("online", "b1"), retain=True)
        device.until(lambda: site.online() == (True, "b1"))
        device.vanish()
        device.until(lambda: site.online() == (False, "b1"))
        with site.device() as again:
            again.say(STATUS, status("online", "b2"), retain=True)
            again.say(STATUS, status("offline", "b1"), retain=True)  # a will that was long on its way
            insist(again, said(1, boot_id="b2"), seq=1, boot_id="b2")
            assert site.online() == (True, "b2")
    with site.collecting(), site.device() as again:  # the broker has kept the late will, and says it again
        insist(again, said(2, boot_id="b2"), seq=2, boot_id="b2")
        assert site.online() == (True, "b2")


def test_a_quick_reconnect_ends_online(site: Site) -> None:
    """The broker sends the will of a connection that the same device takes over."""
    with site.collecting(), site.device(will=(STATUS, status("offline", "b1"))) as device:
        device.say(STATUS, status("online", "b1"), retain=True)
        with site.device() as again:
            again.say(STATUS, status("online", "b2"), retain=True)
            insist(again, said(1, boot_id="b2"), seq=1, boot_id="b2")
    assert site.online() == (True, "b2")


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        (RATING, b"not json", Reason.SCHEMA),
        (RATING, b"", Reason.SCHEMA),
        (RATING, rating_said(schema="rating/9"), Reason.SCHEMA),
        (RATING, rating_said(text="x" * LARGEST), Reason.OVERSIZE),
        (RATING, rating_said(raw="99"), Reason.SCALE),
        (RATING, rating_said(TABLET), Reason.TOPIC),
        (RATING.replace("btn-hc01-w001", "btn-nobody"), rating_said(), Reason.DEVICE),
        (RATING.replace("371002", "371003"), rating_said(), Reason.TOPIC),
        (RATING.replace("hc01/", "hc02/"), rating_said(), Reason.TOPIC),
        (RATING.replace("/button/", "/tablet/"), rating_said(), Reason.TOPIC),
        (RATING.replace("/rating", "/unheard-of"), rating_said(), Reason.TOPIC),
    ],
)
def test_what_cannot_be_understood_is_kept_with_its_reason_and_holds_nobody_up(
    site: Site, topic: str, payload: bytes | dict[str, Any], reason: Reason
) -> None:
    sender = topic.partition("/evt/")[0]
    with site.collecting(), site.device("careless") as careless:
        insist(careless, said(1, boot_id="before"), seq=1, boot_id="before")
        careless.listen([f"{sender}/cmd/ack"])
        careless.say(topic, payload)
        careless.until(lambda: bool(site.aside()))
        if isinstance(payload, dict):
            own = json.dumps({"schema": "ack/1", "boot_id": "b1", "seq": 1}).encode()
            careless.until(lambda: (f"{sender}/cmd/ack", own) in careless.heard)
    assert site.aside() == [(reason, topic)]
    assert [one.boot_id for one in site.recorded()] == ["before"]
