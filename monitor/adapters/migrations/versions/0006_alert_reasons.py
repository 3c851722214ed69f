"""Why an alert was opened, what of the service time was observed"""

import sqlalchemy as sa
from alembic import op

from monitor.adapters.tables import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("alerts", "alert_versions"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("red_at", Utc(), nullable=True, comment="when it turned red, UTC; null = not"))
            batch.add_column(
                sa.Column(
                    "shadow", sa.Boolean(), nullable=False, server_default=sa.false(), comment="of a hall in shadow"
                )
            )
    op.create_table(
        "alert_reasons",
        sa.Column("alert_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="the version of the alert it explains"),
        sa.Column("why", sa.JSON(), nullable=False, comment="why/1: lanes, crossing, rule, values and their sources"),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_alert_reasons_alert_key")),
        sa.PrimaryKeyConstraint("alert_key", "version", name=op.f("pk_alert_reasons")),
    )
    op.create_table(
        "coverage",
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="in Beijing"),
        sa.Column("service_s", sa.Float(), nullable=False, comment="seconds in which it was to be open"),
        sa.Column("observed_s", sa.Float(), nullable=False, comment="seconds of those in which its camera saw"),
        sa.Column("present_s", sa.Float(), nullable=False, comment="seconds of those in which somebody was there"),
        sa.Column("absent_s", sa.Float(), nullable=False, comment="seconds of those in which nobody was, unexcused"),
        sa.PrimaryKeyConstraint("hall", "window", "day", name=op.f("pk_coverage")),
    )
    op.create_index("ix_coverage_day", "coverage", ["day"])
