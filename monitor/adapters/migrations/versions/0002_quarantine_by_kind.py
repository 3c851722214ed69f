"""Messages in quarantine are counted by topic and reason"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_quarantine_topic_reason", "quarantine", ["topic", "reason"])
