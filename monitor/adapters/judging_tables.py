"""Tables: what people say about alerts besides their verdicts, and the blind draw."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from monitor.adapters.tables import Utc, metadata

handovers = Table(
    "handovers",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True),
    Column("by", String, nullable=False),
    Column("at", Utc, nullable=False, comment="when the duty director was asked to judge it, UTC"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True, comment="the reminder that led to the proposal"),
    Column("accepted", Boolean, nullable=False, comment="whether an issue was registered"),
    Column("by", String, nullable=False),
    Column("at", Utc, nullable=False),
)

samples = Table(
    "samples",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hall", String, nullable=False),
    Column("window", String, nullable=False),
    Column("at", Utc, nullable=False, comment="when the picture was taken, UTC"),
    Column("alarmed", Boolean, nullable=False, comment="whether an alert about the window was open"),
    Column("file", String, nullable=False, comment="relative to the evidence directory"),
    Column("sha256", String, nullable=False),
    Column(
        "stratum", Integer, nullable=False, comment="looks of that day and hall that it stands for, itself included"
    ),
    UniqueConstraint("hall", "window", "at"),
    Index(None, "at"),
)

labels = Table(
    "labels",
    metadata,
    Column("sample", ForeignKey("samples.id"), primary_key=True),
    Column("label", String, nullable=False, comment="present, absent or unclear"),
    Column("by", String, nullable=False),
    Column("at", Utc, nullable=False),
)
