"""Alerts that are told together"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_groups",
        sa.Column("alert_key", sa.String(), nullable=False),
        sa.Column("head_key", sa.String(), nullable=False, comment="the first told with it, or itself"),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_notice_groups_alert_key")),
        sa.ForeignKeyConstraint(["head_key"], ["alerts.key"], name=op.f("fk_notice_groups_head_key")),
        sa.PrimaryKeyConstraint("alert_key", name=op.f("pk_notice_groups")),
    )
    op.create_index(op.f("ix_notice_groups_head_key"), "notice_groups", ["head_key"])
