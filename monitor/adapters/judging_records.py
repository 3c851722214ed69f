"""Hand-overs, proposals and the blind draw on record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from monitor.adapters import issue_records, tables
from monitor.adapters.database import insert, transaction
from monitor.adapters.judging_tables import handovers, labels, proposals, samples
from monitor.alerts import PRESENCE, Alert, Rule, family
from monitor.draw import Drawn
from monitor.issues import Issue, IssueDraft
from monitor.precision import Labelled
from monitor.verdicts import ADOPTED, WITHIN, VerdictKind


@dataclass(frozen=True, slots=True)
class Said:
    """Who did something about an alert, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """One drawn look; what the machine said of it is not shown to whoever labels it."""

    id: int
    hall: str
    window: str
    file: str


LABELS = ("present", "absent", "unclear")
OFFERED = timedelta(days=29)
"""Looks are offered for labelling so long: their pictures are deleted after 30 days."""


def hand_over(engine: Engine, key: str, by: str, at: datetime) -> bool:
    """转值班主任: ask the duty director to judge an alert; False if that was done before, or it is judged already."""
    with transaction(engine) as connection:
        if connection.execute(select(tables.verdicts.c.alert_key).where(tables.verdicts.c.alert_key == key)).first():
            return False
        row = insert(connection, handovers).values(alert_key=key, by=by, at=at)
        added = row.on_conflict_do_nothing(index_elements=["alert_key"]).returning(handovers.c.alert_key)
        return connection.execute(added).first() is not None


def handed_over(engine: Engine, keys: Collection[str]) -> dict[str, Said]:
    """Which of some alerts were handed over."""
    wanted = select(handovers).where(handovers.c.alert_key.in_(keys))
    with engine.connect() as connection:
        return {row["alert_key"]: Said(row["by"], row["at"]) for row in connection.execute(wanted).mappings()}


def reminders(engine: Engine, hall: str, place: str, until: datetime) -> int:
    """How many alerts about a window were 属实·已提醒 in the 30 days up to a time, that time included.

    Those that have led to an issue already, by a proposal that was accepted, are counted no more.
    """
    verdicts, alerts = tables.verdicts.c, tables.alerts.c
    own = (alerts.hall == hall) & (alerts.place == place) & alerts.rule.in_(PRESENCE)
    judged = tables.verdicts.join(tables.alerts, alerts.key == verdicts.alert_key)
    accepted = judged.join(proposals, proposals.c.alert_key == alerts.key)
    covered = select(func.max(verdicts.at)).select_from(accepted).where(own, proposals.c.accepted)
    wanted = select(func.count()).select_from(judged)
    wanted = wanted.where(own, verdicts.kind == VerdictKind.REMINDED, verdicts.at <= until)
    with engine.connect() as connection:
        after = connection.execute(covered).scalar_one()
        since = until - WITHIN if after is None else max(until - WITHIN, after)
        return int(connection.execute(wanted.where(verdicts.at > since)).scalar_one())


def earlier(engine: Engine, alert: Alert) -> tuple[int, int]:
    """How many alerts opened at the place of an alert in the 30 days before it, and how many of them were right."""
    verdicts, alerts = tables.verdicts.c, tables.alerts.c
    judged = tables.alerts.outerjoin(tables.verdicts, alerts.key == verdicts.alert_key)
    right = func.count(verdicts.alert_key).filter(verdicts.kind.in_(ADOPTED))
    same = [rule for rule in Rule if family(rule) is family(alert.rule)]
    wanted = (
        select(func.count(), right)
        .select_from(judged)
        .where(
            alerts.hall == alert.hall,
            alerts.place == alert.place,
            alerts.rule.in_(same),
            alerts.opened_at < alert.opened_at,
            alerts.opened_at >= alert.opened_at - WITHIN,
        )
    )
    with engine.connect() as connection:
        row = connection.execute(wanted).one()
        return int(row[0]), int(row[1])


def decide(engine: Engine, key: str, by: str, at: datetime, draft: IssueDraft | None) -> tuple[bool, Issue | None]:
    """Record what a person decided about the proposal that a reminder led to, and the issue of `draft` with it.

    `draft` None: none is registered. False if it was decided before; then nothing is changed.
    """
    with transaction(engine) as connection:
        row = insert(connection, proposals).values(alert_key=key, accepted=draft is not None, by=by, at=at)
        added = row.on_conflict_do_nothing(index_elements=["alert_key"]).returning(proposals.c.alert_key)
        if connection.execute(added).first() is None:
            return False, None
        return True, issue_records.registered(connection, draft) if draft is not None else None


def decided(engine: Engine, key: str) -> bool | None:
    """What was decided; None = nothing yet."""
    with engine.connect() as connection:
        return connection.execute(select(proposals.c.accepted).where(proposals.c.alert_key == key)).scalar_one_or_none()


def add_sample(engine: Engine, hall: str, drawn: Drawn[str], sha256: str, weight: float) -> bool:
    """Record a drawn look whose picture is the file `drawn.kept`; False if it is there already."""
    with transaction(engine) as connection:
        row = insert(connection, samples).values(
            hall=hall,
            window=drawn.window,
            at=drawn.at,
            alarmed=drawn.alarmed,
            file=drawn.kept,
            sha256=sha256,
            weight=weight,
            empty=drawn.empty,
        )
        added = row.on_conflict_do_nothing(index_elements=["hall", "window", "at"]).returning(samples.c.id)
        return connection.execute(added).first() is not None


def next_sample(engine: Engine, since: datetime) -> Sample | None:
    """A look from a time on that nobody labelled, in an order that tells nothing; None = all are done."""
    wanted = select(samples).outerjoin(labels, labels.c.sample == samples.c.id)
    wanted = wanted.where(labels.c.sample.is_(None), samples.c.at >= since)
    with engine.connect() as connection:
        mixed = wanted.order_by((samples.c.id * 7919) % 10_007, samples.c.id).limit(1)
        row = connection.execute(mixed).mappings().first()
    return None if row is None else Sample(row["id"], row["hall"], row["window"], row["file"])


def label(engine: Engine, sample: int, said: str, by: str, at: datetime) -> bool:
    """Record what a person saw, one of LABELS; the first word counts. Raises ValueError for another."""
    if said not in LABELS:
        raise ValueError(f"expected one of {', '.join(LABELS)}, found {said!r}")
    with transaction(engine) as connection:
        row = insert(connection, labels).values(sample=sample, label=said, by=by, at=at)
        added = row.on_conflict_do_nothing(index_elements=["sample"]).returning(labels.c.sample)
        return connection.execute(added).first() is not None


def waiting(engine: Engine, since: datetime) -> int:
    """How many looks from a time on nobody has labelled yet."""
    wanted = select(func.count()).select_from(samples.outerjoin(labels, labels.c.sample == samples.c.id))
    with engine.connect() as connection:
        return int(connection.execute(wanted.where(labels.c.sample.is_(None), samples.c.at >= since)).scalar_one())


def labelled(engine: Engine, since: datetime) -> tuple[Labelled, ...]:
    """The labels of looks from a time on.

    Those that could not be told, and those that nobody has labelled, are stood for by the others of their kind (during
    an alert or in silence): else a kind of which more is still to be labelled would count for less than it is.
    """
    wanted = select(samples.c.alarmed, samples.c.weight, samples.c.empty, labels.c.label)
    wanted = wanted.outerjoin(labels, labels.c.sample == samples.c.id).where(samples.c.at >= since)
    with engine.connect() as connection:
        rows = connection.execute(wanted).all()
    told = [row for row in rows if row.label not in (None, "unclear")]
    whole = {alarmed: sum(row.weight for row in rows if row.alarmed is alarmed) for alarmed in (True, False)}
    known = {alarmed: sum(row.weight for row in told if row.alarmed is alarmed) for alarmed in (True, False)}
    return tuple(
        Labelled(row.alarmed, row.label == "absent", row.weight * whole[row.alarmed] / known[row.alarmed], row.empty)
        for row in told
    )
