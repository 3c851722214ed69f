from datetime import timedelta

from sqlalchemy import Engine

from monitor.adapters.database import transaction
from monitor.adapters.quarantine_records import KEEP, MOST, QuarantineRecord, quarantine, quarantined
from monitor.messages import Quarantined, Reason
from tests.monitor.example import NOW, message

HOUR = timedelta(hours=1)


def test_the_same_message_again_only_counts_up(engine: Engine) -> None:
    with transaction(engine) as connection:
        for hours in range(3):
            said = message("zwjc/x", b"\xff{", received_at=NOW + hours * HOUR)
            quarantine(connection, Quarantined(said, Reason.TOPIC, f"look {hours}"))
    expected = QuarantineRecord("zwjc/x", b"\xff{", Reason.TOPIC, "look 2", NOW, NOW + 2 * HOUR, 3)
    assert quarantined(engine, NOW + HOUR) == (expected,)
    assert quarantined(engine, NOW + 3 * HOUR) == ()


def test_a_flood_of_large_messages_is_kept_short(engine: Engine) -> None:
    with transaction(engine) as connection:
        for size in (9000, 9001):
            quarantine(connection, Quarantined(message("zwjc/x", b"x" * size), Reason.OVERSIZE, ""))
    assert [len(kept.payload) for kept in quarantined(engine, NOW)] == [8192, 8192]


def test_a_sender_of_events_nobody_reads_fills_no_disk(engine: Engine) -> None:
    def coin(minute: int, topic: str = "zwjc/coin") -> Quarantined:
        at = NOW + timedelta(minutes=minute)
        return Quarantined(message(topic, {"seq": minute}, received_at=at), Reason.TOPIC, "")

    with transaction(engine) as connection:
        for minute in range(MOST + 500):
            quarantine(connection, coin(minute))
        quarantine(connection, coin(0))
        quarantine(connection, coin(0, "zwjc/other"))
    kept = quarantined(engine, NOW)
    assert len(kept) == MOST + 1
    assert sum(one.times for one in kept) == MOST + 502
    assert {one.payload: one.times for one in kept if one.topic == "zwjc/coin"}[b'{"seq": 0}'] == 2
    assert max(one.times for one in kept) == 501


def test_what_is_too_old_is_forgotten(engine: Engine) -> None:
    with transaction(engine) as connection:
        for number, at in enumerate((NOW, NOW + HOUR, NOW + KEEP + HOUR)):
            quarantine(connection, Quarantined(message("zwjc/x", [number], received_at=at), Reason.SCHEMA, ""))
    assert [one.payload for one in quarantined(engine, NOW)] == [b"[2]", b"[1]"]


def test_a_topic_of_any_length_is_kept(engine: Engine) -> None:
    with transaction(engine) as connection:
        quarantine(connection, Quarantined(message("x" * 65_535, b""), Reason.TOPIC, ""))
    assert [one.topic for one in quarantined(engine, NOW)] == ["x" * 512]


def test_topic_and_payload_are_told_apart(engine: Engine) -> None:
    with transaction(engine) as connection:
        for topic, payload in (("a", b"bc"), ("ab", b"c"), ("a\0b", b"c")):
            quarantine(connection, Quarantined(message(topic, payload), Reason.TOPIC, "a\0b"))
    assert len(quarantined(engine, NOW)) == 3
