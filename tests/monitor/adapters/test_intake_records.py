import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DataError

from monitor.adapters.device_records import devices, window_states
from monitor.adapters.intake_records import keep, last_heard
from monitor.adapters.quarantine_records import quarantined
from monitor.adapters.rating_records import ratings_of_day
from monitor.adapters.ticket_records import told as told_of_zones
from monitor.intake import Ack, StoreLost
from monitor.messages import Message, Reason
from monitor.payloads import Payload, QueuePayload, RatingPayload, TicketPayload, WindowPayload
from monitor.ratings import Rating, TimeQuality
from tests.monitor.example import (
    BUTTON,
    NOW,
    REGISTRY,
    TABLET,
    WINDOW_TOPIC,
    message,
    prefix,
    rating_message,
    window_message,
)

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "mqtt.md"
SENDER = prefix(BUTTON)
STATUS = {"schema": "status/1", "state": "online", "boot_id": "b1"}


def kept(engine: Engine, *messages: Message) -> tuple[Ack, ...]:
    return keep(engine, REGISTRY, messages)


def ratings(engine: Engine) -> list[Rating]:
    return list(ratings_of_day(engine, date(2026, 11, 20), UTC))


def reasons(engine: Engine) -> list[Reason]:
    return [record.reason for record in quarantined(engine, NOW)]


def test_a_batch_of_everything(engine: Engine) -> None:
    acks = kept(
        engine,
        rating_message(seq=1),
        rating_message(seq=2, raw="9"),
        window_message(),
        message(f"{SENDER}/status", STATUS),
        message(f"{SENDER}/evt/rating", b"{"),
    )
    assert acks == (Ack(SENDER, "b1", 2), Ack("zwjc/v1/371002/hc01/window/w001", "w1", 1))
    assert [rating.seq for rating in ratings(engine)] == [1]
    assert sorted(reasons(engine)) == [Reason.SCALE, Reason.SCHEMA]
    assert len(window_states(engine, ["hc01"])) == len(devices(engine)) == 1


def test_the_examples_of_the_documentation(engine: Engine) -> None:
    words = DOCUMENTATION.read_text("utf-8")
    (shown,) = re.findall(r"```json\n(.*?)```", words, re.DOTALL)
    status, meta, rating, window, ticket, queue, ack = (
        json.loads(line) for line in re.findall(r"\{.*?\}", shown, re.DOTALL)
    )
    said: tuple[tuple[str, object], ...] = (
        (f"{SENDER}/status", status),
        (f"{SENDER}/meta", meta),
        (f"{SENDER}/evt/rating", rating),
    )
    at = datetime(2026, 11, 20, 2, 5, tzinfo=UTC)
    zone = "zwjc/v1/371002/hc01/queue/za"
    said += ((WINDOW_TOPIC, window), (f"{zone}/evt/ticket", ticket), (f"{zone}/tele/state", queue))
    messages = [message(topic, one, received_at=at) for topic, one in said]
    told = {one.sender: json.loads(one.payload) for one in kept(engine, *messages)}
    assert told[SENDER] == ack
    assert quarantined(engine, NOW) == ()
    assert [(one.level, one.ts_quality) for one in ratings(engine)] == [(5, TimeQuality.DEVICE)]
    assert [one.reason for one in window_states(engine, ["hc01"])] == ["设备调试"]
    assert len(told_of_zones(engine, ["hc01"], NOW)) == 2
    assert [(one.online, one.model) for one in devices(engine)] == [(True, "PJ-5K")]


@pytest.mark.parametrize(
    ("payload", "what"),
    [(RatingPayload, "Rating"), (WindowPayload, "Window"), (TicketPayload, "Ticket"), (QueuePayload, "Queue")],
    ids=["rating", "window", "ticket", "queue"],
)
def test_the_documentation_names_what_is_required(payload: type[Payload], what: str) -> None:
    (named,) = re.findall(rf"\*\*{what}\.\*\* Required: `(.*?)`", DOCUMENTATION.read_text("utf-8"))
    required = {field.alias or name for name, field in payload.model_fields.items() if field.is_required()}
    assert set(named.split()) == required


def test_a_gap_holds_the_acknowledgement_back(engine: Engine) -> None:
    assert kept(engine, rating_message(seq=1), rating_message(seq=3)) == (Ack(SENDER, "b1", 1),)
    assert kept(engine, rating_message(seq=5)) == (Ack(SENDER, "b1", 1),)
    assert kept(engine, rating_message(seq=2)) == (Ack(SENDER, "b1", 3),)
    assert kept(engine, rating_message(seq=6, oldest_seq=5)) == (Ack(SENDER, "b1", 6),)


def test_redelivery_is_acknowledged_again_and_recorded_once(engine: Engine) -> None:
    again = [kept(engine, *[rating_message()] * 10), kept(engine, rating_message())]
    assert again == [(Ack(SENDER, "b1", 1),)] * 2
    assert len(ratings(engine)) == 1
    assert reasons(engine) == []


def test_a_reboot_numbers_anew(engine: Engine) -> None:
    assert kept(engine, rating_message(boot_id="b1"), rating_message(boot_id="b2")) == (
        Ack(SENDER, "b1", 1),
        Ack(SENDER, "b2", 1),
    )
    assert len(ratings(engine)) == 2


def test_the_same_number_with_another_event_is_a_clone(engine: Engine) -> None:
    kept(engine, rating_message(event_id="e1"), rating_message(event_id="e2"))
    assert [rating.event_id for rating in ratings(engine)] == ["e1"]
    assert reasons(engine) == [Reason.REPLAY]


def test_a_device_that_numbers_anew_without_a_new_boot_loses_nothing_silently(engine: Engine) -> None:
    later = NOW + timedelta(minutes=5)
    kept(engine, rating_message(event_id=...))
    kept(engine, rating_message(event_id=..., ts=later.isoformat(), received_at=later))
    assert [rating.ts for rating in ratings(engine)] == [NOW]
    assert reasons(engine) == [Reason.REPLAY]


def test_a_repeat_so_late_that_its_time_is_estimated_is_a_repeat(engine: Engine) -> None:
    kept(engine, rating_message(), rating_message(received_at=NOW + timedelta(hours=1)))
    assert len(ratings(engine)) == 1
    assert reasons(engine) == []


def test_an_event_told_again_after_a_reboot_is_a_repeat(engine: Engine) -> None:
    kept(engine, rating_message(event_id="e1"), rating_message(event_id="e1", boot_id="b2"))
    assert len(ratings(engine)) == 1
    assert reasons(engine) == []


def test_an_event_id_of_another_device_is_kept_aside(engine: Engine) -> None:
    kept(engine, rating_message(event_id="1"), rating_message(TABLET, event_id="1", raw="5"))
    assert [rating.device for rating in ratings(engine)] == [BUTTON.id]
    assert reasons(engine) == [Reason.REPLAY]


def test_a_window_that_numbers_anew_without_a_new_boot_is_noticed(engine: Engine) -> None:
    kept(engine, window_message(state="open"), window_message(state="open"))
    assert reasons(engine) == []
    kept(engine, window_message(state="paused"))
    assert reasons(engine) == [Reason.REPLAY]


def test_the_newest_arrival_tells_how_long_we_were_away(engine: Engine) -> None:
    assert last_heard(engine) is None
    kept(engine, rating_message(received_at=NOW + timedelta(minutes=1)), rating_message(TABLET, raw="5"))
    assert last_heard(engine) == NOW + timedelta(minutes=1)


def test_one_message_that_the_database_refuses_does_not_hold_up_the_rest(engine: Engine) -> None:
    def refuse(connection: object, cursor: object, statement: str, values: object, *rest: object) -> None:
        if "A037" in str(values):
            raise DataError(statement, None, Exception("no"))

    event.listen(engine, "before_cursor_execute", refuse)
    acks = kept(engine, rating_message(seq=1), rating_message(seq=2, ticket="A037"), rating_message(seq=3))
    assert acks[-1] == Ack(SENDER, "b1", 3)
    assert [rating.seq for rating in ratings(engine)] == [1, 3]
    assert reasons(engine) == [Reason.STORE]


def test_a_disk_that_is_full_takes_nothing_of_a_batch(engine: Engine) -> None:
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    event.listen(engine, "connect", lambda file, record: file.execute(f"PRAGMA max_page_count = {pages}"))
    engine.dispose()
    with pytest.raises(StoreLost, match="expected to record 500 messages, found: database or disk is full"):
        kept(engine, *(rating_message(seq=seq) for seq in range(1, 501)))
    assert ratings(engine) == []
