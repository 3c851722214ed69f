"""How alerts are judged"""

import sqlalchemy as sa
from alembic import op

from monitor.adapters.tables import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("alert_key", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False, comment="when the duty director was asked to judge it, UTC"),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_handovers_alert_key")),
        sa.PrimaryKeyConstraint("alert_key", name=op.f("pk_handovers")),
    )
    op.create_table(
        "proposals",
        sa.Column("alert_key", sa.String(), nullable=False, comment="the reminder that led to the proposal"),
        sa.Column("accepted", sa.Boolean(), nullable=False, comment="whether an issue was registered"),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_proposals_alert_key")),
        sa.PrimaryKeyConstraint("alert_key", name=op.f("pk_proposals")),
    )
    op.create_table(
        "samples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False, comment="when the picture was taken, UTC"),
        sa.Column("alarmed", sa.Boolean(), nullable=False, comment="whether an alert about the window was open"),
        sa.Column("file", sa.String(), nullable=False, comment="relative to the evidence directory"),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column(
            "stratum",
            sa.Integer(),
            nullable=False,
            comment="looks of that day and hall that it stands for, itself included",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samples")),
        sa.UniqueConstraint("hall", "window", "at", name=op.f("uq_samples_hall_window_at")),
    )
    op.create_index("ix_samples_at", "samples", ["at"])
    op.create_table(
        "labels",
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False, comment="present, absent or unclear"),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["sample"], ["samples.id"], name=op.f("fk_labels_sample")),
        sa.PrimaryKeyConstraint("sample", name=op.f("pk_labels")),
    )
