import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.devices import DeviceStatus, Meta
from monitor.messages import Message, Quarantined, Reason, read, sequence
from monitor.ratings import Rating, TimeQuality
from monitor.sequences import Sequence
from monitor.tickets import QueueSaid, TicketEvent, TicketSaid
from monitor.window_states import Service, WindowState
from tests.monitor.example import (
    BUTTON,
    GATEWAY,
    NOW,
    REGISTRY,
    TABLET,
    WINDOW_TOPIC,
    message,
    prefix,
    queue_message,
    rating_message,
    rating_said,
    ticket_message,
    window_message,
)

STATUS = {"schema": "status/1", "state": "online", "boot_id": "b1", "at": NOW.isoformat()}


def before(**delta: float) -> str:
    return (NOW - timedelta(**delta)).isoformat()


def rated(message: Message, **how: Any) -> Rating:
    said = read(message, REGISTRY, **how)
    assert isinstance(said, Rating), said
    return said


def refused(message: Message) -> Quarantined:
    said = read(message, REGISTRY)
    assert isinstance(said, Quarantined), said
    return said


def test_a_rating_in_the_words_of_its_device() -> None:
    said = rated(
        rating_message(
            TABLET, event_id="01JD3Y", seq=482, channel="TABLET", raw="5", tags=["510", "517"], window="w002",
            ticket="A037", project_no="1" * 43, service_no=1, assess_no=1, eval_process=2, named=True,
            rater_hash="sha256:9b", uptime_ms=6120130, ts="2026-11-20T10:03:11.250+08:00",
        )
    )  # fmt: skip
    assert (said.device, said.boot_id, said.seq, said.event_id) == (TABLET.id, "b1", 482, "01JD3Y")
    assert (said.level, said.scale_id, said.raw, said.tags, said.tags_doubtful) == (
        5,
        "NAT5",
        "5",
        ("510", "517"),
        False,
    )
    assert (said.area, said.hall, said.window, said.ticket, said.named) == ("371002", "hc01", "w002", "A037", True)
    assert said.ts - NOW == timedelta(milliseconds=250)
    assert said.ts_quality is TimeQuality.DEVICE


def test_what_a_rating_leaves_out_comes_from_the_configuration() -> None:
    said = rated(rating_message(scale_id=..., event_id=..., clock=...))
    assert (said.scale_id, said.window, said.level, said.event_id) == ("KEY5_DESC", "w001", 4, None)
    assert rated(rating_message(GATEWAY, channel="PHONE_12345")).window == ""


@pytest.mark.parametrize(("device", "raw", "level"), [(BUTTON, "0", 5), (GATEWAY, "1", 5), (GATEWAY, "5", 1)])
def test_the_level_comes_through_the_scale(device: Any, raw: str, level: int) -> None:
    assert rated(rating_message(device, raw=raw)).level == level


def test_doubtful_tags_are_kept_and_flagged() -> None:
    said = rated(rating_message(TABLET, raw="5", tags=["510", "213"]))
    assert (said.tags, said.tags_doubtful) == (("510", "213"), True)


def test_test_ratings_are_kept_and_flagged() -> None:
    assert rated(rating_message(test=True)).test


@pytest.mark.parametrize(
    ("changes", "estimated"),
    [
        ({"ts": before(minutes=9, seconds=59)}, False),
        ({"ts": before(minutes=10, seconds=1)}, True),
        ({"ts": before(minutes=10, seconds=1), "buffered": True}, False),
        ({"ts": before(days=3), "buffered": True}, False),
        ({"ts": before(days=366), "buffered": True}, False),
        ({"ts": "1970-01-01T00:03:11+00:00", "buffered": True}, True),
        ({"ts": before(minutes=-2)}, False),
        ({"ts": before(seconds=1), "clock": "none"}, True),
        ({"ts": before(days=-400), "clock": "none"}, True),
    ],
)
def test_a_bad_clock_gives_the_time_of_arrival(changes: dict[str, Any], estimated: bool) -> None:
    said = rated(rating_message(**changes))
    assert said.ts_quality is (TimeQuality.ESTIMATED if estimated else TimeQuality.DEVICE)
    assert (said.ts == NOW) is estimated


def test_what_waited_at_the_broker_for_us_has_no_bad_clock() -> None:
    waited = rating_message(ts=before(hours=5))
    assert rated(waited, waiting_since=NOW - timedelta(hours=6)).ts_quality is TimeQuality.DEVICE
    assert rated(waited, waiting_since=NOW - timedelta(hours=4)).ts_quality is TimeQuality.ESTIMATED


def test_a_retained_event_is_a_fault_of_the_device() -> None:
    assert rated(rating_message(retained=True)).retained
    assert refused(rating_message(retained=True, ts=before(hours=25), buffered=True)).reason is Reason.STALE


@pytest.mark.parametrize(
    ("changes", "reason", "where"),
    [
        ({"schema": "rating/2"}, Reason.SCHEMA, "schema"),
        ({"seq": "1"}, Reason.SCHEMA, "seq"),
        ({"seq": True}, Reason.SCHEMA, "seq"),
        ({"seq": 0}, Reason.SCHEMA, "seq"),
        ({"seq": 2**31}, Reason.SCHEMA, "seq"),
        ({"seq": ...}, Reason.SCHEMA, "seq"),
        ({"boot_id": ""}, Reason.SCHEMA, "boot_id"),
        ({"ts": "yesterday"}, Reason.SCHEMA, "ts"),
        ({"ts": "2026-11-20T10:03:11"}, Reason.SCHEMA, "ts"),
        ({"ts": "0001-01-01T00:00:00+14:00"}, Reason.SCHEMA, "years"),
        ({"ts": 1795140191}, Reason.SCHEMA, "ts"),
        ({"ts": "1795140191"}, Reason.SCHEMA, "ts"),
        ({"ts": "20261120"}, Reason.SCHEMA, "ts"),
        ({"ts": before(minutes=-2, seconds=-1)}, Reason.FUTURE, "ts"),
        ({"channel": "FAX"}, Reason.SCHEMA, "channel"),
        ({"raw": 1}, Reason.SCHEMA, "raw"),
        ({"raw": "9"}, Reason.SCALE, "raw"),
        ({"scale_id": "NAT5"}, Reason.SCALE, "KEY5_DESC"),
        ({"tags": "510"}, Reason.SCHEMA, "tags"),
        ({"text": "x" * 2001}, Reason.SCHEMA, "text"),
        ({"text": "a\0b"}, Reason.SCHEMA, "text"),
        ({"ts_accuracy_s": float("nan")}, Reason.SCHEMA, "ts_accuracy_s"),
        ({"dev_id": TABLET.id}, Reason.TOPIC, "dev_id"),
        ({"window": "w099"}, Reason.WINDOW, "w099"),
    ],
)
def test_a_rating_that_is_not_understood_says_why(changes: dict[str, Any], reason: Reason, where: str) -> None:
    said = refused(rating_message(**changes))
    assert said.reason is reason
    assert where in said.detail


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("zwjc/v1/371003/hc01/button/btn-hc01-w001/evt/rating", Reason.TOPIC),
        ("zwjc/v1/371002/hc02/button/btn-hc01-w001/evt/rating", Reason.TOPIC),
        ("zwjc/v1/371002/hc01/tablet/btn-hc01-w001/evt/rating", Reason.TOPIC),
        ("zwjc/v1/371002/hc01/button/btn-hc01-w099/evt/rating", Reason.DEVICE),
        ("zwjc/v1/371002/hc01/button/btn-hc01-w001/evt/coin", Reason.TOPIC),
        ("zwjc/v2/371002/hc01/button/btn-hc01-w001/evt/rating", Reason.TOPIC),
        ("zwjc/v1/371002/hc01/window/w099/tele/state", Reason.WINDOW),
        ("zwjc/v1/371003/hc01/window/w001/tele/state", Reason.WINDOW),
        ("zwjc/v1/371002/hc01/button/+/evt/rating", Reason.TOPIC),
        ("zwjc/v1/371002/hc01/button/#/evt/rating", Reason.TOPIC),
        ("else", Reason.TOPIC),
    ],
)
def test_a_topic_that_is_not_the_senders_is_refused(topic: str, reason: Reason) -> None:
    assert refused(message(topic, rating_said())).reason is reason


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 5000, b'{"schema":"rating/1"}', b"1e999"]
)
def test_what_is_not_json_of_ours_is_refused(payload: bytes) -> None:
    assert refused(message(f"{prefix(BUTTON)}/evt/rating", payload)).reason is Reason.SCHEMA


def test_eight_kilobytes_are_enough() -> None:
    small = json.dumps(rating_said()).encode()
    assert isinstance(read(message(f"{prefix(BUTTON)}/evt/rating", small.ljust(8192)), REGISTRY), Rating)
    assert refused(message(f"{prefix(BUTTON)}/evt/rating", small.ljust(8193))).reason is Reason.OVERSIZE


def test_status_and_meta() -> None:
    topic = prefix(BUTTON)
    assert read(message(f"{topic}/status", STATUS), REGISTRY) == DeviceStatus(BUTTON.id, "hc01", True, "b1", NOW)
    will = {"schema": "status/1", "state": "offline", "boot_id": "b1", "reason": "lwt"}
    assert read(message(f"{topic}/status", will), REGISTRY) == DeviceStatus(BUTTON.id, "hc01", False, "b1", NOW)
    born = {"schema": "meta/1", "dev_id": BUTTON.id, "model": "PJ-5K", "fw": "1.4.2", "boot_id": "b1"}
    assert read(message(f"{topic}/meta", born), REGISTRY) == Meta(BUTTON.id, "hc01", "b1", "PJ-5K", "1.4.2", "", NOW)


def test_a_window_declares_its_state() -> None:
    said = read(window_message(), REGISTRY)
    assert said == WindowState("hc01", "w001", Service.PAUSED, "会议", NOW, "w1", 1, NOW)
    old = read(window_message(received_at=NOW + timedelta(hours=5), retained=True), REGISTRY)
    assert isinstance(old, WindowState)
    assert old.at == NOW


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00+00:00", "2099-01-01T00:00:00+08:00"])
def test_a_pause_holds_whatever_the_clock_of_the_window(at: str) -> None:
    said = read(window_message(at=at), REGISTRY)
    assert isinstance(said, WindowState)
    assert said.state is Service.PAUSED
    assert said.at <= NOW


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "lunch"}, Reason.SCHEMA),
        ({"at": "1795140191"}, Reason.SCHEMA),
        ({"seq": None}, Reason.SCHEMA),
    ],
)
def test_a_declaration_that_is_not_understood_says_why(changes: dict[str, Any], reason: Reason) -> None:
    assert refused(window_message(**changes)).reason is reason


def test_a_refused_message_keeps_its_place_in_the_numbering() -> None:
    assert sequence(rating_message(seq=7, raw="9")) == Sequence(prefix(BUTTON), "b1", 7, 1)
    assert sequence(rating_message(seq=7, oldest_seq=5)) == Sequence(prefix(BUTTON), "b1", 7, 5)
    assert sequence(rating_message(seq=7, oldest_seq=9)) == Sequence(prefix(BUTTON), "b1", 7, 7)
    assert sequence(window_message(seq=3)) == Sequence(WINDOW_TOPIC.removesuffix("/tele/state"), "w1", 3, 1)
    assert sequence(message(f"{prefix(BUTTON)}/status", STATUS)) is None
    assert sequence(message("else", rating_said())) is None


def test_nobody_is_answered_on_a_topic_that_cannot_be_published_to() -> None:
    for name in ("+", "#", "a\0b"):
        assert sequence(message(f"zwjc/v1/371002/hc01/button/{name}/evt/rating", rating_said())) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
TOPICS = st.sampled_from(
    [WINDOW_TOPIC, *(f"{prefix(BUTTON)}/{what}" for what in ("status", "meta", "evt/rating"))]
) | st.text(max_size=60)


@settings(deadline=None)
@given(TOPICS, st.binary(max_size=200))
def test_no_bytes_whatever_raise(topic: str, payload: bytes) -> None:
    read(message(topic, payload), REGISTRY)
    sequence(message(topic, payload))


@settings(deadline=None)
@given(TOPICS, st.dictionaries(st.sampled_from([*rating_said(), "tags", "text", "oldest_seq", "state", "at"]), JSON))
@example(f"{prefix(BUTTON)}/evt/rating", {"text": "\ud800"})
def test_no_wrong_value_whatever_raises(topic: str, changes: dict[str, Any]) -> None:
    said = message(topic, rating_said(**changes))
    read(said, REGISTRY)
    sequence(said)


def told(message: Message) -> TicketSaid | QueueSaid:
    said = read(message, REGISTRY)
    assert isinstance(said, TicketSaid | QueueSaid), said
    return said


def test_an_event_of_a_ticket() -> None:
    said = told(ticket_message(event="called", window="w002"))
    assert said == TicketSaid("hc01", "za", "A037", TicketEvent.CALLED, "w002", NOW, "q1", 1, NOW)


@pytest.mark.parametrize(
    ("call", "event"), [(-1, "noshow"), (0, "called"), (1, "end"), (2, "transfer"), (3, "suspend")]
)
def test_a_calling_system_may_number_its_states(call: int, event: str) -> None:
    said = told(ticket_message(event=..., call=call, window="w001"))
    assert isinstance(said, TicketSaid)
    assert said.event == event


def test_a_tickets_time_is_never_after_its_arrival_and_a_bad_clock_counts_for_nothing() -> None:
    assert told(ticket_message(ts=before(seconds=-60))).at == NOW
    assert told(ticket_message(ts=before(hours=5))).at == NOW
    assert told(ticket_message(ts=before(hours=5), buffered=True)).at == NOW - timedelta(hours=5)


def test_a_summary_of_a_zone() -> None:
    assert told(queue_message()) == QueueSaid("hc01", "za", 3, 240.0, NOW, "q1", 1, NOW)
    assert told(queue_message(oldest_s=None, at=before(hours=-1))) == QueueSaid(
        "hc01", "za", 3, None, NOW, "q1", 1, NOW
    )


@pytest.mark.parametrize(
    ("message", "reason", "where"),
    [
        (ticket_message(zone="zz"), Reason.ZONE, "queue/zz"),
        (queue_message(zone="zz"), Reason.ZONE, "queue/zz"),
        (ticket_message(window="w099"), Reason.WINDOW, "w099"),
        (ticket_message(event="lost"), Reason.SCHEMA, "event"),
        (ticket_message(event=...), Reason.SCHEMA, "either event or call"),
        (ticket_message(call=1), Reason.SCHEMA, "either event or call"),
        (ticket_message(event=..., call=4), Reason.SCHEMA, "call"),
        (ticket_message(event=..., call=True), Reason.SCHEMA, "call"),
        (ticket_message(ticket=""), Reason.SCHEMA, "ticket"),
        (ticket_message(ticket="x" * 33), Reason.SCHEMA, "ticket"),
        (ticket_message(seq=0), Reason.SCHEMA, "seq"),
        (ticket_message(ts=before(minutes=-3)), Reason.FUTURE, "ts"),
        (ticket_message(retained=True, ts=before(hours=25), buffered=True), Reason.STALE, "ts"),
        (queue_message(waiting=-1), Reason.SCHEMA, "waiting"),
        (queue_message(waiting=2.5), Reason.SCHEMA, "waiting"),
        (queue_message(oldest_s=-1.0), Reason.SCHEMA, "oldest_s"),
        (message("zwjc/v1/371003/hc01/queue/za/tele/state", {}), Reason.ZONE, "371003"),
        (message("zwjc/v1/371002/hc01/queue/za/evt/else", {}), Reason.TOPIC, "evt/ticket"),
    ],
)
def test_a_calling_system_that_is_not_understood_hears_why(message: Message, reason: Reason, where: str) -> None:
    said = refused(message)
    assert said.reason is reason
    assert where in said.detail
