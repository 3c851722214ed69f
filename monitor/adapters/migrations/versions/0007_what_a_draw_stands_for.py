"""Drawn looks weigh fractions and keep what the machine saw; stills keep whom they counted; what is no person"""

import sqlalchemy as sa
from alembic import op

from monitor.adapters.tables import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    weight = sa.Column(
        "weight",
        sa.Float(),
        nullable=False,
        server_default="1",
        comment="looks of its stratum that it stands for, itself included",
    )
    op.add_column("samples", weight)
    op.execute("UPDATE samples SET weight = stratum")
    op.drop_column("samples", "stratum")
    op.add_column(
        "samples", sa.Column("empty", sa.Boolean(), comment="whether the post was taken for empty; null = not kept")
    )
    op.add_column("stills", sa.Column("camera", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "stills",
        sa.Column("people", sa.JSON(), comment="boxes of whom it counted: left, top, right, bottom in thousandths"),
    )
    op.create_table(
        "no_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("camera", sa.String(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False, comment="left, top, right, bottom in thousandths of the picture"),
        sa.Column("accepted", sa.Boolean(), nullable=False, comment="whether what stands there is not counted"),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_people")),
    )
