"""Tables: what people say about alerts besides their verdicts, and the blind draw."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, UniqueConstraint

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
        "weight",
        Float,
        nullable=False,
        server_default="1",
        comment="looks of its stratum that it stands for, itself included",
    ),
    Column("empty", Boolean, comment="whether the post was taken for empty; null = not kept"),
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

no_people = Table(
    "no_people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hall", String, nullable=False),
    Column("camera", String, nullable=False),
    Column("box", JSON, nullable=False, comment="left, top, right, bottom in thousandths of the picture"),
    Column("accepted", Boolean, nullable=False, comment="whether what stands there is not counted"),
    Column("by", String, nullable=False),
    Column("at", Utc, nullable=False),
)
