"""Tables: messages to people on duty, and how fast they act."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from monitor.adapters.tables import Utc, metadata

notice_groups = Table(
    "notice_groups",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True),
    Column(
        "head_key", ForeignKey("alerts.key"), nullable=False, index=True, comment="the first told with it, or itself"
    ),
)

notices = Table(
    "notices",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True, comment="of several told together the first one's"),
    Column("stage", String, primary_key=True, comment="which rung of the ladder"),
    Column("recipient", String, primary_key=True, comment="its name in the configuration, never its address"),
    Column("due_at", Utc, nullable=False),
    Column("tried", Integer, nullable=False, comment="attempts begun so far"),
    Column("next_at", Utc, comment="when it may be tried, UTC; null = never again"),
    Column("sent_at", Utc, comment="when it was taken, UTC; null = it was not"),
    Column("error", Text, nullable=False, comment="of the last attempt, without addresses; empty = none"),
)

openings = Table(
    "openings",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True),
    Column("at", Utc, nullable=False, comment="when somebody first had its page before them, UTC"),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True, comment="the first one counts"),
    Column("action", String, nullable=False, comment="reminded, covered, opened or reasonable"),
    Column("reason", String, nullable=False, comment="a class of reasons; empty = none"),
    Column("by", String, nullable=False),
    Column("at", Utc, nullable=False),
)
