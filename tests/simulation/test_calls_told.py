"""Tickets over a real broker and a real intake: what the call systems tell is in the record and in a desk's books."""

import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from camera_ingest.sample import Blind, Sample
from monitor.adapters import ticket_records
from monitor.adapters.database import open_database
from monitor.adapters.hearing import Hearing, subscriptions
from monitor.adapters.intake_records import keep
from monitor.adapters.mqtt import Broker, Bus, embedded
from monitor.adapters.quarantine_records import quarantined
from monitor.desk import Desk
from monitor.intake import intake
from monitor.known import Known
from monitor.messages import FILTERS
from monitor.tickets import TicketSaid
from simulation.devices import Devices
from simulation.script import Script
from tests.monitor.adapters.conftest import free_port
from tests.simulation.test_devices import CITY, REGISTRY, SETTINGS, until

HALL = SETTINGS.halls[0]
SECONDS = 200


def agrees(known: Known, devices: Devices) -> bool:
    """Whether the books say what the call systems say."""
    return all(
        zone in known.books
        and known.books[zone].waiting.keys() == calls.waiting.keys()
        and {window: ticket for window, (ticket, _) in known.books[zone].serving.items()} == calls.serving
        for (_, zone), calls in devices.calls.items()
    )


def collecting(engine: Engine, broker: Broker, stack: ExitStack) -> None:
    """An intake in a thread."""
    stop = threading.Event()
    bus = stack.enter_context(Bus(broker, "intake", FILTERS, persistent=True))
    keeping = partial(keep, engine, REGISTRY)
    thread = threading.Thread(target=intake, args=(bus, keeping, stop, datetime.now(UTC) - timedelta(minutes=5)))
    thread.start()
    stack.callback(thread.join)
    stack.callback(stop.set)


def test_tickets_reach_the_record_and_a_desk(tmp_path: Path) -> None:
    broker = Broker(port=free_port())
    engine = open_database(f"sqlite:///{tmp_path / 'hallwatch.db'}")
    devices = Devices(
        Script(CITY), ("127.0.0.1", broker.port), datetime.now(UTC) - timedelta(seconds=SECONDS), SETTINGS.scales
    )
    seconds = iter(range(100_000))

    def speak() -> None:
        list(devices.step(SECONDS + 0.00001 * next(seconds)))

    with ExitStack() as stack:
        stack.callback(engine.dispose)
        stack.enter_context(embedded(broker))
        collecting(engine, broker, stack)
        hearing = Hearing(engine, [HALL.id])
        bus = stack.enter_context(Bus(broker, "watch", subscriptions([HALL])))
        stack.enter_context(hearing.heard(bus, REGISTRY))
        until(lambda: bus.link.connected, speak, patience_s=60)
        speak()
        until(lambda: devices.waiting == 0, speak, patience_s=60)
        until(lambda: agrees(hearing.known(HALL.id), devices), patience_s=60)
        devices.close()
    always = datetime.min.replace(tzinfo=UTC)
    assert quarantined(engine, always) == ()
    again = Hearing(engine, [HALL.id]).known(HALL.id)
    assert agrees(again, devices)
    told = [one for one in ticket_records.told(engine, [HALL.id], always) if isinstance(one, TicketSaid)]
    assert len(told) == len({(one.boot_id, one.seq) for one in told})
    at, eye = datetime.now(UTC), SETTINGS.cameras[0].id
    desk = Desk(SETTINGS.hours[HALL.id], SETTINGS.cameras, SETTINGS.regions, SETTINGS.thresholds, lambda: again)
    for second in (0, 60):
        desk.judge(Sample(eye, at + timedelta(seconds=second), None, Blind.UNREACHABLE), [])
    (zone,) = HALL.zones
    assert desk.measured[zone.id].tickets == len(devices.calls[HALL.id, zone.id].waiting) > 0
