"""Tables: what people arrange for windows, and what calling systems tell of tickets and queues."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, UniqueConstraint

from monitor.adapters.tables import Utc, metadata, window_states

roster_entries = Table(
    "roster_entries",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="1 = entered, raised by every change"),
    Column("hall", String, nullable=False),
    Column("window", String, nullable=False),
    Column("kind", String, nullable=False, comment="an Arrangement"),
    Column("since", Utc, nullable=False, comment="in force from then on, UTC"),
    Column("until", Utc, comment="and until then, UTC; null = until it is ended"),
    Column("reason", String, nullable=False, comment="a class, or empty"),
    Column("substitute", String, nullable=False, comment="window that takes over, * = at this one; empty = none"),
    Column("by", String, nullable=False, comment="account or post that arranged this version"),
    Column("recorded_at", Utc, nullable=False, comment="when this version was recorded, UTC"),
    Column("withdrawn", Boolean, nullable=False, comment="true = it never counted"),
    Index(None, "since"),
    Index(None, "until", "kind"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("hall", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("boot_id", String, nullable=False),
    Column("seq", Integer, nullable=False, comment="counts up from 1 within one boot"),
    Column("ticket", String, nullable=False, comment="its number; deleted with the row after 90 days"),
    Column("event", String, nullable=False, comment="a TicketEvent"),
    Column("window", String, nullable=False, comment="empty = nowhere"),
    Column("at", Utc, nullable=False, comment="when it happened, UTC"),
    Column("received_at", Utc, nullable=False, comment="UTC"),
    UniqueConstraint("hall", "zone", "boot_id", "seq"),
    Index(None, "hall", "at"),
    Index(None, "received_at"),
)

queue_states = Table(
    "queue_states",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("hall", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("boot_id", String, nullable=False),
    Column("seq", Integer, nullable=False, comment="counts up from 1 within one boot"),
    Column("waiting", Integer, nullable=False, comment="people with a ticket"),
    Column("oldest_s", Float, comment="seconds the one who waits longest has waited; null = not told"),
    Column("at", Utc, nullable=False, comment="UTC"),
    Column("received_at", Utc, nullable=False, comment="UTC"),
    UniqueConstraint("hall", "zone", "boot_id", "seq"),
    Index(None, "hall", "at"),
    Index(None, "received_at"),
)

Index("ix_window_states_hall_received_at", window_states.c.hall, window_states.c.received_at)
"""Window states of today are read at every start."""
