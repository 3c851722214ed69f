"""${message}"""

import sqlalchemy as sa
from alembic import op

from monitor.adapters.tables import Utc

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    raise NotImplementedError("restore a backup: records are not thrown away by a downgrade")
