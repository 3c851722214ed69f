"""Alerts on record, with their stills and verdicts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, select, update

from monitor.adapters import issue_records, tables
from monitor.adapters.database import insert, transaction
from monitor.adapters.reason_tables import alert_reasons
from monitor.alerts import Alert, Ending, Level, Moment, Rule, Still
from monitor.issues import Issue, IssueDraft, MoveRefused, Status, bounded
from monitor.terms import Term
from monitor.verdicts import NAMES, Verdict, VerdictKind

STATE = ("level", "red_at", "until", "ending", "sees", "unseen_s", "people", "waiting", "pause_signal", "shadow")
"""What may change about an alert."""


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An alert with what is on record about it."""

    alert: Alert
    verdict: Verdict | None
    stills: tuple[Still, ...]
    issue: str | None
    """Number of the issue that was registered from it."""


def save(engine: Engine, alert: Alert, at: datetime) -> bool:
    """Record an alert or its change; True if anything was new.

    Saving the same value again changes nothing. What identifies an alert never changes, an ended alert stays ended.
    """
    state = _state(alert)
    with transaction(engine) as connection:
        known = connection.execute(select(tables.alerts).where(tables.alerts.c.key == alert.key)).mappings().first()
        if known is not None and (known["until"] is not None or all(known[name] == state[name] for name in state)):
            return False
        version = {"version": 1 if known is None else known["version"] + 1, "recorded_at": at}
        if known is None:
            connection.execute(tables.alerts.insert().values(**_identity(alert), **state, **version))
        else:
            connection.execute(update(tables.alerts).where(tables.alerts.c.key == alert.key).values(**state, **version))
        connection.execute(tables.alert_versions.insert().values(alert_key=alert.key, **state, **version))
        if alert.why is not None:
            row = {"alert_key": alert.key, "version": version["version"], "why": alert.why}
            why = insert(connection, alert_reasons).values(**row)
            connection.execute(why.on_conflict_do_nothing(index_elements=["alert_key", "version"]))
    return True


def open_alerts(engine: Engine, halls: Collection[str]) -> tuple[Alert, ...]:
    """The alerts of some halls that have not ended, oldest first."""
    wanted = select(tables.alerts).where(tables.alerts.c.until.is_(None), tables.alerts.c.hall.in_(halls))
    with engine.connect() as connection:
        rows = connection.execute(wanted.order_by(tables.alerts.c.opened_at)).mappings()
        return tuple(_alert(row) for row in rows)


def alerts_since(engine: Engine, since: datetime, halls: Collection[str] | None = None) -> tuple[AlertRecord, ...]:
    """Alerts that were open at some time from `since` on, newest first; of every hall if `halls` is None."""
    alerts = tables.alerts.c
    wanted = select(alerts.key).where(alerts.until.is_(None) | (alerts.until >= since))
    if halls is not None:
        wanted = wanted.where(alerts.hall.in_(halls))
    with engine.connect() as connection:
        return _records(connection, wanted)


def alert(engine: Engine, key: str) -> AlertRecord | None:
    """One alert by its key; None if there is no such alert."""
    with engine.connect() as connection:
        records = _records(connection, select(tables.alerts.c.key).where(tables.alerts.c.key == key))
    return records[0] if records else None


def versions(engine: Engine, key: str) -> tuple[tuple[datetime, Alert], ...]:
    """Everything that was ever said about an alert, with the time it was said, oldest first."""
    return histories(engine, [key]).get(key, ())


def histories(engine: Engine, keys: Collection[str]) -> dict[str, tuple[tuple[datetime, Alert], ...]]:
    """The same of several alerts, by their keys."""
    state = tables.alert_versions
    identity = [tables.alerts.c[name] for name in ("rule", "hall", "place", "since", "opened_at", "rule_values")]
    wanted = select(state, *identity).join(tables.alerts).where(state.c.alert_key.in_(keys)).order_by(state.c.version)
    found: dict[str, tuple[tuple[datetime, Alert], ...]] = {}
    with engine.connect() as connection:
        for row in connection.execute(wanted).mappings():
            key = row["alert_key"]
            found[key] = (*found.get(key, ()), (row["recorded_at"], _alert(row)))
    return found


def reasons(engine: Engine, key: str) -> tuple[dict[str, Any], ...]:
    """Why an alert was as it was (`lanes.why`), at each of its changes, oldest first."""
    wanted = select(alert_reasons.c.why).where(alert_reasons.c.alert_key == key).order_by(alert_reasons.c.version)
    with engine.connect() as connection:
        return tuple(connection.execute(wanted).scalars())


def add_still(engine: Engine, key: str, still: Still) -> bool:
    """Record a still of an alert; False if that moment of it is there already."""
    with transaction(engine) as connection:
        row = insert(connection, tables.stills).values(
            alert_key=key,
            moment=still.moment,
            at=still.at,
            file=still.file,
            sha256=still.sha256,
            camera=still.camera,
            people=[list(box) for box in still.people],
        )
        added = row.on_conflict_do_nothing(index_elements=["alert_key", "moment", "at"]).returning(tables.stills.c.id)
        return connection.execute(added).first() is not None


def stills_of_open_issues(engine: Engine) -> frozenset[str]:
    """Files of the stills of alerts from which an issue was registered that is not closed yet."""
    stills, issues = tables.stills.c, tables.issues.c
    wanted = select(stills.file).join(tables.issues, issues.alert_key == stills.alert_key)
    with engine.connect() as connection:
        return frozenset(connection.execute(wanted.where(issues.status != Status.CLOSED)).scalars())


def judge(engine: Engine, verdict: Verdict, draft: IssueDraft | None = None) -> Issue | None:
    """Record a verdict, and in the same transaction the issue that 属实·登记问题 registers.

    `draft` is needed for that kind and for no other. The same verdict again (kind, reason and person) is a repeat and
    returns what the first returned. Raises MoveRefused: no such alert, already judged otherwise, no reason for 合理 or
    one that is too long.
    """
    if (verdict.kind is VerdictKind.ISSUE) != (draft is not None):
        raise ValueError(f"expected a draft exactly for {VerdictKind.ISSUE}, found {verdict.kind} with {draft}")
    if verdict.kind is VerdictKind.REASONABLE and not verdict.reason.strip():
        raise MoveRefused(verdict.alert_key, Term("合理的原因", "a reason"), Term("空", "nothing"))
    bounded(verdict.alert_key, verdict.reason)
    with transaction(engine) as connection:
        _must_exist(connection, verdict.alert_key)
        row = insert(connection, tables.verdicts).values(
            alert_key=verdict.alert_key, kind=verdict.kind, reason=verdict.reason, by=verdict.by, at=verdict.at
        )
        added = row.on_conflict_do_nothing(index_elements=["alert_key"]).returning(tables.verdicts.c.alert_key)
        if connection.execute(added).first() is None:
            _must_repeat(connection, verdict)
        return None if draft is None else issue_records.registered(connection, draft)


def _must_exist(connection: Connection, key: str) -> None:
    if connection.execute(select(tables.alerts.c.key).where(tables.alerts.c.key == key)).first() is None:
        raise MoveRefused(key, Term("已记录的预警", "an alert on record"), Term("无此预警", "none"))


def _must_repeat(connection: Connection, verdict: Verdict) -> None:
    wanted = select(tables.verdicts).where(tables.verdicts.c.alert_key == verdict.alert_key)
    first = _verdict(connection.execute(wanted).mappings().one())
    if (first.kind, first.reason, first.by) != (verdict.kind, verdict.reason, verdict.by):
        said = NAMES[first.kind]
        raise MoveRefused(
            verdict.alert_key,
            Term("未处置的预警", "an alert not judged yet"),
            Term(f"{first.by} 已判定“{said.zh}”", f"'{said.en}' by {first.by}"),
        )


def _identity(alert: Alert) -> dict[str, Any]:
    return {
        "key": alert.key,
        "rule": alert.rule,
        "hall": alert.hall,
        "place": alert.place,
        "since": alert.since,
        "opened_at": alert.opened_at,
        "rule_values": alert.values,
    }


def _state(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in STATE}


def _alert(row: RowMapping) -> Alert:
    return Alert(
        rule=Rule(row["rule"]),
        hall=row["hall"],
        place=row["place"],
        since=row["since"],
        opened_at=row["opened_at"],
        values=row["rule_values"],
        **{name: row[name] for name in STATE if name not in ("level", "ending")},
        level=Level(row["level"]),
        ending=Ending(row["ending"]) if row["ending"] else None,
    )


def _still(row: RowMapping) -> Still:
    people = tuple((left, top, right, bottom) for left, top, right, bottom in row["people"] or ())
    return Still(Moment(row["moment"]), row["at"], row["file"], row["sha256"], row["camera"], people)


def _verdict(row: RowMapping) -> Verdict:
    return Verdict(row["alert_key"], VerdictKind(row["kind"]), row["reason"], row["by"], row["at"])


def _records(connection: Connection, keys: Select[tuple[str]]) -> tuple[AlertRecord, ...]:
    """The alerts with these keys and everything about them, newest first: four queries however many there are."""
    alerts, verdicts, stills, issues = tables.alerts, tables.verdicts, tables.stills, tables.issues
    judged = {
        row["alert_key"]: _verdict(row)
        for row in connection.execute(select(verdicts).where(verdicts.c.alert_key.in_(keys))).mappings()
    }
    registered = select(issues.c.alert_key, issues.c.number).where(issues.c.alert_key.in_(keys))
    numbers: dict[str, str] = {row["alert_key"]: row["number"] for row in connection.execute(registered).mappings()}
    shown: dict[str, list[Still]] = {}
    for row in connection.execute(select(stills).where(stills.c.alert_key.in_(keys)).order_by(stills.c.at)).mappings():
        shown.setdefault(row["alert_key"], []).append(_still(row))
    rows = connection.execute(select(alerts).where(alerts.c.key.in_(keys)).order_by(alerts.c.opened_at.desc()))
    return tuple(
        AlertRecord(_alert(row), judged.get(row["key"]), tuple(shown.get(row["key"], ())), numbers.get(row["key"]))
        for row in rows.mappings()
    )
