"""Words of calling systems on record: each once, acknowledged, and forgotten after 90 days."""

from datetime import timedelta

from sqlalchemy import Engine, func, select

from monitor.adapters.intake_records import keep
from monitor.adapters.quarantine_records import quarantined
from monitor.adapters.roster_tables import queue_states, tickets
from monitor.adapters.ticket_records import KEEP, told
from monitor.intake import Ack
from monitor.messages import Reason
from monitor.tickets import QueueSaid, TicketSaid
from tests.monitor.example import NOW, REGISTRY, queue_message, ticket_message

SENDER = "zwjc/v1/371002/hc01/queue/za"


def counted(engine: Engine) -> tuple[int, ...]:
    with engine.connect() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(one)).scalar_one() for one in (tickets, queue_states)
        )


def test_events_and_summaries_share_a_senders_numbers(engine: Engine) -> None:
    messages = [ticket_message(seq=1), queue_message(seq=2), ticket_message(seq=3, event="called", window="w001")]
    assert keep(engine, REGISTRY, messages) == (Ack(SENDER, "q1", 3),)
    assert keep(engine, REGISTRY, messages) == (Ack(SENDER, "q1", 3),)
    assert counted(engine) == (2, 1)
    assert [type(one) for one in told(engine, ["hc01"], NOW)] == [TicketSaid, TicketSaid, QueueSaid]
    assert told(engine, ["hc02"], NOW) == told(engine, ["hc01"], NOW + timedelta(seconds=1)) == ()


def test_other_words_under_the_same_number_are_a_replay(engine: Engine) -> None:
    keep(engine, REGISTRY, [ticket_message(), ticket_message(event="end")])
    keep(engine, REGISTRY, [queue_message(seq=2), queue_message(seq=2, waiting=9)])
    assert [one.reason for one in quarantined(engine, NOW)] == [Reason.REPLAY] * 2
    assert counted(engine) == (1, 1)


def test_what_is_too_old_is_forgotten(engine: Engine) -> None:
    keep(engine, REGISTRY, [ticket_message(), queue_message(seq=2)])
    keep(engine, REGISTRY, [ticket_message(seq=3, received_at=NOW + KEEP)])
    assert counted(engine) == (2, 1)
    keep(engine, REGISTRY, [ticket_message(seq=4, received_at=NOW + KEEP + timedelta(seconds=1))])
    assert counted(engine) == (2, 0)
