"""What devices and windows last said, on record."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, Engine, RowMapping, func, select

from monitor.adapters import tables
from monitor.adapters.database import insert
from monitor.devices import DeviceRecord, DeviceStatus, Meta
from monitor.window_states import Service, WindowState

DECLARED = ("hall", "window", "state", "reason", "at", "boot_id", "seq", "received_at")
"""What is recorded of a window's declaration; the rest of a WindowState follows from those before it."""


def window_state(connection: Connection, state: WindowState) -> bool:
    """Record a window's declaration within the caller's transaction; False if it is there already."""
    values = {name: getattr(state, name) for name in DECLARED}
    row = insert(connection, tables.window_states).values(**values)
    known = ["hall", "window", "boot_id", "seq"]
    added = row.on_conflict_do_nothing(index_elements=known).returning(tables.window_states.c.id)
    return connection.execute(added).first() is not None


def window_states(engine: Engine, halls: Collection[str]) -> tuple[WindowState, ...]:
    """The newest declaration of every window of some halls; a window that never declared one is not there.

    As `window_states.newer`: of the boot heard of last, the highest number.
    """
    row = tables.window_states.c
    heard = func.max(row.received_at).over(partition_by=[row.hall, row.window, row.boot_id])
    boots = select(tables.window_states, heard.label("heard")).where(row.hall.in_(halls)).subquery()
    order = [boots.c.heard.desc(), boots.c.seq.desc(), boots.c.id.desc()]
    rank = func.row_number().over(partition_by=[boots.c.hall, boots.c.window], order_by=order)
    ranked = select(boots, rank.label("age")).subquery()
    newest = select(ranked).where(ranked.c.age == 1).order_by(ranked.c.hall, ranked.c.window)
    with engine.connect() as connection:
        return tuple(_window_state(found) for found in connection.execute(newest).mappings())


def declarations(engine: Engine, halls: Collection[str], since: datetime) -> tuple[WindowState, ...]:
    """Everything windows of some halls have said from `since` on, in the order in which it was recorded."""
    row = tables.window_states.c
    wanted = select(tables.window_states).where(row.hall.in_(halls), row.received_at >= since).order_by(row.id)
    with engine.connect() as connection:
        return tuple(_window_state(found) for found in connection.execute(wanted).mappings())


def find_window_state(connection: Connection, like: WindowState) -> WindowState:
    """The declaration recorded under the number of another one."""
    row = tables.window_states.c
    names = ("hall", "window", "boot_id", "seq")
    wanted = select(tables.window_states).where(*(row[name] == getattr(like, name) for name in names))
    return _window_state(connection.execute(wanted).mappings().one())


def _window_state(row: RowMapping) -> WindowState:
    values = {name: row[name] for name in DECLARED}
    return WindowState(**(values | {"state": Service(row["state"])}))


def status(connection: Connection, said: DeviceStatus) -> bool:
    """Record online or offline; False for a late will: an offline of another boot than the one online now."""
    row = tables.devices.c
    now = connection.execute(select(row.online, row.boot_id).where(row.device == said.device)).first()
    if not said.online and now is not None and now.online and now.boot_id != said.boot_id:
        return False
    values = {"online": said.online, "boot_id": said.boot_id, "status_at": said.received_at}
    _upsert(connection, said.device, said.hall, values)
    return True


def meta(connection: Connection, said: Meta) -> None:
    """Record a device's birth certificate."""
    values = {"model": said.model, "firmware": said.firmware, "scale_id": said.scale_id, "meta_at": said.received_at}
    _upsert(connection, said.device, said.hall, values)


def devices(engine: Engine) -> tuple[DeviceRecord, ...]:
    """Every device that was ever heard."""
    names = [field.name for field in fields(DeviceRecord)]
    wanted = select(*(tables.devices.c[name] for name in names)).order_by(tables.devices.c.device)
    with engine.connect() as connection:
        return tuple(DeviceRecord(**row) for row in connection.execute(wanted).mappings())


def _upsert(connection: Connection, device: str, hall: str, values: dict[str, object]) -> None:
    unknown = {"model": "", "firmware": "", "scale_id": ""}
    row = insert(connection, tables.devices).values(device=device, hall=hall, **(unknown | values))
    connection.execute(row.on_conflict_do_update(index_elements=["device"], set_={"hall": hall, **values}))
