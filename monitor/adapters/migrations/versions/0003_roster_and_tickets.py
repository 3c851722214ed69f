"""The roster and the tickets of the calling systems"""

import sqlalchemy as sa
from alembic import op

from monitor.adapters.tables import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster_entries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="1 = entered, raised by every change",
        ),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="an Arrangement"),
        sa.Column("since", Utc(), nullable=False, comment="in force from then on, UTC"),
        sa.Column("until", Utc(), nullable=True, comment="and until then, UTC; null = until it is ended"),
        sa.Column("reason", sa.String(), nullable=False, comment="a class, or empty"),
        sa.Column(
            "substitute", sa.String(), nullable=False, comment="window that takes over, * = at this one; empty = none"
        ),
        sa.Column("by", sa.String(), nullable=False, comment="account or post that arranged this version"),
        sa.Column("recorded_at", Utc(), nullable=False, comment="when this version was recorded, UTC"),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, comment="true = it never counted"),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_roster_entries")),
    )
    op.create_index("ix_roster_entries_since", "roster_entries", ["since"])
    op.create_index("ix_roster_entries_until_kind", "roster_entries", ["until", "kind"])
    op.create_table(
        "tickets",
        *_place(),
        sa.Column("ticket", sa.String(), nullable=False, comment="its number; deleted with the row after 90 days"),
        sa.Column("event", sa.String(), nullable=False, comment="a TicketEvent"),
        sa.Column("window", sa.String(), nullable=False, comment="empty = nowhere"),
        sa.Column("at", Utc(), nullable=False, comment="when it happened, UTC"),
        sa.Column("received_at", Utc(), nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("hall", "zone", "boot_id", "seq", name=op.f("uq_tickets_hall_zone_boot_id_seq")),
    )
    op.create_table(
        "queue_states",
        *_place(),
        sa.Column("waiting", sa.Integer(), nullable=False, comment="people with a ticket"),
        sa.Column(
            "oldest_s",
            sa.Float(),
            nullable=True,
            comment="seconds the one who waits longest has waited; null = not told",
        ),
        sa.Column("at", Utc(), nullable=False, comment="UTC"),
        sa.Column("received_at", Utc(), nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_states")),
        sa.UniqueConstraint("hall", "zone", "boot_id", "seq", name=op.f("uq_queue_states_hall_zone_boot_id_seq")),
    )
    for table in ("tickets", "queue_states"):
        op.create_index(f"ix_{table}_hall_at", table, ["hall", "at"])
        op.create_index(f"ix_{table}_received_at", table, ["received_at"])
    op.create_index("ix_window_states_hall_received_at", "window_states", ["hall", "received_at"])


def _place() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="counts up from 1 within one boot"),
    )
