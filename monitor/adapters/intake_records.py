"""A batch of messages into the record: all of it in one transaction, with how far each sender may be acknowledged."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from monitor.adapters import device_records, rating_records, tables, ticket_records
from monitor.adapters.database import insert, transaction
from monitor.adapters.quarantine_records import quarantine
from monitor.devices import DeviceStatus, Meta
from monitor.intake import Ack, StoreLost
from monitor.messages import Message, Quarantined, Reason, Registry, Said, read, sequence
from monitor.ratings import Rating
from monitor.sequences import Progress, Sequence
from monitor.tickets import QueueSaid, TicketSaid
from monitor.window_states import WindowState


def keep(
    engine: Engine, registry: Registry, messages: Iterable[Message], waiting_since: datetime | None = None
) -> tuple[Ack, ...]:
    """Record messages and return the acknowledgements they earned, one per sender and boot.

    A message that the database refuses is quarantined alone. Raises StoreLost when the database is not there or full:
    then nothing of the batch is recorded.
    """
    messages = tuple(messages)
    said = [read(message, registry, waiting_since) for message in messages]
    try:
        try:
            return _keep(engine, messages, said)
        except (OperationalError, InterfaceError):
            raise
        except DBAPIError:
            return tuple(ack for pair in zip(messages, said, strict=True) for ack in _keep_alone(engine, *pair))
    except DBAPIError as error:
        name = engine.url.render_as_string(hide_password=True)
        raise StoreLost(f"database {name}: expected to record {len(messages)} messages, found: {error.orig}") from error


def last_heard(engine: Engine) -> datetime | None:
    """When the newest numbered message on record arrived; None on a new database."""
    with engine.connect() as connection:
        newest: datetime | None = connection.execute(select(func.max(tables.sequences.c.received_at))).scalar_one()
    return newest


def _keep(engine: Engine, messages: Collection[Message], said: Iterable[Said]) -> tuple[Ack, ...]:
    with transaction(engine) as connection:
        for message, what in zip(messages, said, strict=True):
            _record(connection, message, what)
        ticket_records.forget(connection, max(message.received_at for message in messages))
        return _advance(connection, messages)


def _keep_alone(engine: Engine, message: Message, said: Said) -> tuple[Ack, ...]:
    try:
        return _keep(engine, [message], [said])
    except (OperationalError, InterfaceError):
        raise
    except DBAPIError as error:
        return _keep(engine, [message], [Quarantined(message, Reason.STORE, str(error.orig))])


def _record(connection: Connection, message: Message, said: Said) -> None:
    match said:
        case Rating():
            if not rating_records.record(connection, said):
                _must_repeat(connection, message, said)
        case WindowState():
            if not device_records.window_state(connection, said):
                _must_redeclare(connection, message, said)
        case TicketSaid() | QueueSaid():
            if not ticket_records.record(connection, said):
                _must_retell(connection, message, said)
        case DeviceStatus():
            device_records.status(connection, said)
        case Meta():
            device_records.meta(connection, said)
        case Quarantined():
            quarantine(connection, said)


def _must_repeat(connection: Connection, message: Message, rating: Rating) -> None:
    """A rating that was not recorded because its number or its event is on record must be the same one again.

    Other content under the same number is a clone, a replay, or a device that numbers anew without a new boot_id; an
    event_id that another rating has is no id.
    """
    first = rating_records.find(connection, rating.device, rating.boot_id, rating.seq)
    place = f"boot {rating.boot_id} seq {rating.seq}"
    if first is None and rating.event_id is not None:
        first = rating_records.find_event(connection, rating.event_id)
        place = f"event {rating.event_id}"
    if first is not None and not rating.repeats(first):
        detail = f"{place}: expected {first.told}, found {rating.told}"
        quarantine(connection, Quarantined(message, Reason.REPLAY, detail))
    elif first is not None and rating.retained:
        rating_records.mark_retained(connection, first)


def _must_redeclare(connection: Connection, message: Message, said: WindowState) -> None:
    """The same for windows: a pause under a number that is taken must not pass for a repeat."""
    first = device_records.find_window_state(connection, said)
    if (first.state, first.reason) != (said.state, said.reason):
        detail = f"boot {said.boot_id} seq {said.seq}: expected {first.state} as first said, found {said.state}"
        quarantine(connection, Quarantined(message, Reason.REPLAY, detail))


def _must_retell(connection: Connection, message: Message, said: TicketSaid | QueueSaid) -> None:
    """And for calling systems: another ticket, or another thing that happened to it, is no repeat."""
    first = ticket_records.find(connection, said)
    expected, found = (
        (one.ticket, str(one.event), one.window) if isinstance(one, TicketSaid) else (one.waiting, one.oldest_s)
        for one in (first, said)
    )
    if expected != found:
        detail = f"boot {said.boot_id} seq {said.seq}: expected {expected} as first said, found {found}"
        quarantine(connection, Quarantined(message, Reason.REPLAY, detail))


def _advance(connection: Connection, messages: Iterable[Message]) -> tuple[Ack, ...]:
    heard: dict[tuple[str, str], list[tuple[Sequence, datetime]]] = {}
    for message in messages:
        place = sequence(message)
        if place is not None:
            heard.setdefault((place.sender, place.boot_id), []).append((place, message.received_at))
    return tuple(_advance_one(connection, *key, places) for key, places in heard.items())


def _advance_one(connection: Connection, sender: str, boot_id: str, places: list[tuple[Sequence, datetime]]) -> Ack:
    progress = _progress(connection, sender, boot_id)
    for place, _ in places:
        progress = progress.heard(place.seq, place.oldest)
    values = {"runs": progress.runs, "lost": progress.lost, "received_at": max(at for _, at in places)}
    row = insert(connection, tables.sequences).values(sender=sender, boot_id=boot_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["sender", "boot_id"], set_=values))
    return Ack(sender, boot_id, progress.acknowledged)


def _progress(connection: Connection, sender: str, boot_id: str) -> Progress:
    table = tables.sequences.c
    wanted = select(table.runs, table.lost).where(table.sender == sender, table.boot_id == boot_id)
    found = connection.execute(wanted).first()
    return Progress() if found is None else Progress(tuple((a, b) for a, b in found.runs), found.lost)
