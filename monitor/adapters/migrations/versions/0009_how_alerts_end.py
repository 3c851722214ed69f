"""How alerts end"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("alerts", "alert_versions"):
        ending = sa.Column("ending", sa.String(), comment="how it ended; null = open, or ended before this was kept")
        op.add_column(table, ending)
