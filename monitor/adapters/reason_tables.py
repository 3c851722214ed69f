"""Tables: why alerts are as they are, and what of the service time was observed."""

from sqlalchemy import JSON, Column, Date, Float, ForeignKey, Index, Integer, String, Table

from monitor.adapters.tables import metadata

alert_reasons = Table(
    "alert_reasons",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="the version of the alert it explains"),
    Column("why", JSON, nullable=False, comment="why/1: lanes, crossing, rule, values and their sources"),
)

coverage = Table(
    "coverage",
    metadata,
    Column("hall", String, primary_key=True),
    Column("window", String, primary_key=True),
    Column("day", Date, primary_key=True, comment="in Beijing"),
    Column("service_s", Float, nullable=False, comment="seconds in which it was to be open"),
    Column("observed_s", Float, nullable=False, comment="seconds of those in which its camera saw"),
    Column("present_s", Float, nullable=False, comment="seconds of those in which somebody was there"),
    Column("absent_s", Float, nullable=False, comment="seconds of those in which nobody was, unexcused"),
    Index(None, "day"),
)
