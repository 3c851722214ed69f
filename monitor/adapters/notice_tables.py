"""Tables: messages to people on duty, and how fast they act."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from monitor.adapters.tables import Utc, metadata

notices = Table(
    "notices",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True),
    Column("stage", String, primary_key=True, comment="which rung of the ladder"),
    Column("recipient", String, primary_key=True, comment="its name in the configuration, never its address"),
    Column("due_at", Utc, nullable=False),
    Column("tried", Integer, nullable=False, comment="attempts so far"),
    Column("next_at", Utc, comment="when it is tried again, UTC; null = never"),
    Column("sent_at", Utc, comment="when it was taken, UTC; null = it was not"),
    Column("error", Text, nullable=False, comment="of the last attempt, without addresses; empty = none"),
)

openings = Table(
    "openings",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True),
    Column("at", Utc, nullable=False, comment="when somebody first opened its page, UTC"),
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
