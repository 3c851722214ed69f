"""Coverage on record: a row for each window and day, replaced as the day goes on."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date

from sqlalchemy import Engine, func, select

from monitor.adapters.database import insert, transaction
from monitor.adapters.reason_tables import coverage as table
from monitor.coverage import Coverage, Days

FIGURES = ("service_s", "observed_s", "present_s", "absent_s")


def save(engine: Engine, hall: str, days: Days) -> None:
    """Replace what is on record of some windows and days."""
    with transaction(engine) as connection:
        for (window, day), one in days.items():
            row = insert(connection, table).values(hall=hall, window=window, day=day, **asdict(one))
            figures = {name: getattr(one, name) for name in FIGURES}
            connection.execute(row.on_conflict_do_update(index_elements=["hall", "window", "day"], set_=figures))


def read(engine: Engine, halls: Collection[str], first: date, last: date) -> Mapping[str, Days]:
    """What is on record of some halls, by hall; both days included."""
    wanted = select(table).where(table.c.hall.in_(halls), table.c.day >= first, table.c.day <= last)
    found: dict[str, Days] = {hall: {} for hall in halls}
    with engine.connect() as connection:
        for row in connection.execute(wanted).mappings():
            found[row["hall"]][row["window"], row["day"]] = Coverage(*(row[name] for name in FIGURES))
    return found


def first_days(engine: Engine) -> Mapping[str, date]:
    """The first day on record of each hall that has any."""
    wanted = select(table.c.hall, func.min(table.c.day)).group_by(table.c.hall)
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(wanted)}
