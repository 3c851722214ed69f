"""Notices to the people on duty"""

import sqlalchemy as sa
from alembic import op

from monitor.adapters.tables import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("alert_key", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False, comment="which rung of the ladder"),
        sa.Column("recipient", sa.String(), nullable=False, comment="its name in the configuration, never its address"),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False, comment="attempts so far"),
        sa.Column("next_at", Utc(), nullable=True, comment="when it is tried again, UTC; null = never"),
        sa.Column("sent_at", Utc(), nullable=True, comment="when it was taken, UTC; null = it was not"),
        sa.Column("error", sa.Text(), nullable=False, comment="of the last attempt, without addresses; empty = none"),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_notices_alert_key")),
        sa.PrimaryKeyConstraint("alert_key", "stage", "recipient", name=op.f("pk_notices")),
    )
    op.create_table(
        "openings",
        sa.Column("alert_key", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False, comment="when somebody first opened its page, UTC"),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_openings_alert_key")),
        sa.PrimaryKeyConstraint("alert_key", name=op.f("pk_openings")),
    )
    op.create_table(
        "confirmations",
        sa.Column("alert_key", sa.String(), nullable=False, comment="the first one counts"),
        sa.Column("action", sa.String(), nullable=False, comment="reminded, covered, opened or reasonable"),
        sa.Column("reason", sa.String(), nullable=False, comment="a class of reasons; empty = none"),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_confirmations_alert_key")),
        sa.PrimaryKeyConstraint("alert_key", name=op.f("pk_confirmations")),
    )
