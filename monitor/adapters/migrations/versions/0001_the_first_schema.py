"""The first schema"""

import sqlalchemy as sa
from alembic import op

from monitor.adapters.tables import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("key", sa.String(), nullable=False, comment="rule:hall:place:since"),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False, comment="window or zone"),
        sa.Column("since", Utc(), nullable=False, comment="first sample of the run, UTC"),
        sa.Column("opened_at", Utc(), nullable=False, comment="threshold crossed, UTC; never changes"),
        sa.Column("rule_values", sa.JSON(), nullable=False, comment="the rule's values in force when it opened"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1 = opened, raised by every change"),
        sa.Column("recorded_at", Utc(), nullable=False, comment="when this version was said, UTC"),
        sa.Column("level", sa.String(), nullable=False, comment="yellow or red"),
        sa.Column("until", Utc(), nullable=True, comment="first sample that ended it, UTC; null = open"),
        sa.Column("sees", sa.Boolean(), nullable=False, comment="false = the place cannot be seen at present"),
        sa.Column("unseen_s", sa.Float(), nullable=False, comment="seconds of the run in which it could not be seen"),
        sa.Column(
            "people", sa.Integer(), nullable=True, comment="queue: people counted; null = not seen or not a queue"
        ),
        sa.Column(
            "waiting", sa.Integer(), nullable=True, comment="absence: people waiting in the zone; null = unknown"
        ),
        sa.Column("pause_signal", sa.Boolean(), nullable=False, comment="false = the window sends no pause state"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_alerts")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alerts_hall_until"), ["hall", "until"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_opened_at"), ["opened_at"], unique=False)

    op.create_table(
        "devices",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=True, comment="null = no status heard yet"),
        sa.Column("boot_id", sa.String(), nullable=True, comment="of the last online status"),
        sa.Column("status_at", Utc(), nullable=True, comment="when that status reached us, UTC"),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("firmware", sa.String(), nullable=False),
        sa.Column("scale_id", sa.String(), nullable=False, comment="as the device declares it; configuration decides"),
        sa.Column("meta_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_devices")),
    )
    op.create_table(
        "issue_numbers",
        sa.Column(
            "year", sa.Integer(), autoincrement=False, nullable=False, comment="of the registration, Beijing time"
        ),
        sa.Column("last", sa.Integer(), nullable=False, comment="last serial number given"),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_issue_numbers")),
    )
    op.create_table(
        "quarantine",
        sa.Column("sha256", sa.String(), nullable=False, comment="of topic, NUL, payload: a repeat only counts up"),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False, comment="at most the first 8,192 bytes"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False, comment="where, expected, found"),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False, comment="how often it came"),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_quarantine")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantine_last_at"), ["last_at"], unique=False)

    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="counts up from 1 within one boot"),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False, comment="empty = the device stands at no window"),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("scale_id", sa.String(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False, comment="what the device said, in its own scale"),
        sa.Column("level", sa.Integer(), nullable=False, comment="1 worst to 5 best"),
        sa.Column("tags", sa.JSON(), nullable=False, comment="three-digit codes as sent"),
        sa.Column("tags_doubtful", sa.Boolean(), nullable=False, comment="a tag's hundreds digit is not the level"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ts", Utc(), nullable=False, comment="when it was given, UTC; see ts_quality"),
        sa.Column("received_at", Utc(), nullable=False, comment="when it reached us, UTC"),
        sa.Column("ts_quality", sa.String(), nullable=False, comment="device or estimated (= received_at)"),
        sa.Column("ts_accuracy_s", sa.Float(), nullable=False, comment="seconds, as the device says"),
        sa.Column("buffered", sa.Boolean(), nullable=False),
        sa.Column("retained", sa.Boolean(), nullable=False, comment="arrived retained: a fault of the device"),
        sa.Column("test", sa.Boolean(), nullable=False, comment="test or training: in no rate"),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("project_no", sa.String(), nullable=True, comment="case number (办件编号)"),
        sa.Column("service_no", sa.Integer(), nullable=True, comment="how many-th service of the case"),
        sa.Column("assess_no", sa.Integer(), nullable=True, comment="1 first rating, 2 supplement"),
        sa.Column("eval_process", sa.Integer(), nullable=True, comment="1 acceptance, 2 completion"),
        sa.Column("named", sa.Boolean(), nullable=False, comment="real name (实名)"),
        sa.Column("rater_hash", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("device", "boot_id", "seq", name=op.f("uq_ratings_device_boot_id_seq")),
        sa.UniqueConstraint("event_id", name=op.f("uq_ratings_event_id")),
    )
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ratings_hall_ts"), ["hall", "ts"], unique=False)
        batch_op.create_index(batch_op.f("ix_ratings_ts"), ["ts"], unique=False)

    op.create_table(
        "sequences",
        sa.Column("sender", sa.String(), nullable=False, comment="topic prefix of the device or window"),
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("runs", sa.JSON(), nullable=False, comment="[[first, last], …] of the sequence numbers on record"),
        sa.Column("lost", sa.Integer(), nullable=False, comment="numbers that never came and never will"),
        sa.Column("received_at", Utc(), nullable=False, comment="of the newest, UTC"),
        sa.PrimaryKeyConstraint("sender", "boot_id", name=op.f("pk_sequences")),
    )
    op.create_table(
        "window_states",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="open, serving, paused or closed"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False, comment="since when, UTC"),
        sa.Column("received_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_states")),
        sa.UniqueConstraint("hall", "window", "boot_id", "seq", name=op.f("uq_window_states_hall_window_boot_id_seq")),
    )
    with op.batch_alter_table("window_states", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_window_states_hall_window_at"), ["hall", "window", "at"], unique=False)

    op.create_table(
        "alert_versions",
        sa.Column("alert_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False, comment="when this version was said, UTC"),
        sa.Column("level", sa.String(), nullable=False, comment="yellow or red"),
        sa.Column("until", Utc(), nullable=True, comment="first sample that ended it, UTC; null = open"),
        sa.Column("sees", sa.Boolean(), nullable=False, comment="false = the place cannot be seen at present"),
        sa.Column("unseen_s", sa.Float(), nullable=False, comment="seconds of the run in which it could not be seen"),
        sa.Column(
            "people", sa.Integer(), nullable=True, comment="queue: people counted; null = not seen or not a queue"
        ),
        sa.Column(
            "waiting", sa.Integer(), nullable=True, comment="absence: people waiting in the zone; null = unknown"
        ),
        sa.Column("pause_signal", sa.Boolean(), nullable=False, comment="false = the window sends no pause state"),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_alert_versions_alert_key")),
        sa.PrimaryKeyConstraint("alert_key", "version", name=op.f("pk_alert_versions")),
    )
    op.create_table(
        "issues",
        sa.Column("number", sa.String(), nullable=False, comment="WH-2026-000123"),
        sa.Column("idempotency", sa.String(), nullable=False, comment="the same key twice is one issue"),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False, comment="window or zone; empty = the hall"),
        sa.Column("category", sa.String(), nullable=False, comment="A01 to G04"),
        sa.Column("severity", sa.String(), nullable=False, comment="A, B or C"),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("registered_at", Utc(), nullable=False),
        sa.Column("alert_key", sa.String(), nullable=True, comment="null = not from an alert"),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="1 = registered, raised by every move"),
        sa.Column("unit", sa.String(), nullable=False, comment="responsible unit; empty before dispatch"),
        sa.Column("dispatched_at", Utc(), nullable=True),
        sa.Column("submitted_at", Utc(), nullable=True, comment="last feedback"),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_issues_alert_key")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_issues")),
        sa.UniqueConstraint("alert_key", name=op.f("uq_issues_alert_key")),
        sa.UniqueConstraint("idempotency", name=op.f("uq_issues_idempotency")),
    )
    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issues_registered_at"), ["registered_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_issues_status"), ["status"], unique=False)

    op.create_table(
        "stills",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("alert_key", sa.String(), nullable=False),
        sa.Column("moment", sa.String(), nullable=False, comment="start, threshold or return"),
        sa.Column("at", Utc(), nullable=False, comment="when the picture was taken, UTC"),
        sa.Column("file", sa.String(), nullable=False, comment="relative to the evidence directory"),
        sa.Column("sha256", sa.String(), nullable=False, comment="of the file, hexadecimal"),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_stills_alert_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stills")),
        sa.UniqueConstraint("alert_key", "moment", "at", name=op.f("uq_stills_alert_key_moment_at")),
    )
    op.create_table(
        "verdicts",
        sa.Column("alert_key", sa.String(), nullable=False, comment="one verdict per alert"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_verdicts_alert_key")),
        sa.PrimaryKeyConstraint("alert_key", name=op.f("pk_verdicts")),
    )
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdicts_at"), ["at"], unique=False)

    op.create_table(
        "issue_moves",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column(
            "version", sa.Integer(), autoincrement=False, nullable=False, comment="the issue's version after the move"
        ),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False, comment="where it led"),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["issues.number"], name=op.f("fk_issue_moves_number")),
        sa.PrimaryKeyConstraint("number", "version", name=op.f("pk_issue_moves")),
    )
    op.create_table(
        "issue_photographs",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "position", sa.Integer(), autoincrement=False, nullable=False, comment="order within the move, from 0"
        ),
        sa.Column("file", sa.String(), nullable=False, comment="relative to the evidence directory"),
        sa.Column("sha256", sa.String(), nullable=False, comment="of the file, hexadecimal"),
        sa.Column("width", sa.Integer(), nullable=False, comment="pixels"),
        sa.Column("height", sa.Integer(), nullable=False, comment="pixels"),
        sa.ForeignKeyConstraint(
            ["number", "version"],
            ["issue_moves.number", "issue_moves.version"],
            name=op.f("fk_issue_photographs_number_version"),
        ),
        sa.PrimaryKeyConstraint("number", "version", "position", name=op.f("pk_issue_photographs")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup: records are not thrown away by a downgrade")
