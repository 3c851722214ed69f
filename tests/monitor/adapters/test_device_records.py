from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from monitor.adapters.database import transaction
from monitor.adapters.device_records import devices, meta, status, window_state, window_states
from monitor.devices import DeviceRecord, DeviceStatus, Meta
from monitor.window_states import Service, WindowState, newer
from tests.monitor.example import NOW

MINUTE = timedelta(minutes=1)
PAUSED = WindowState("hc01", "w001", Service.PAUSED, "会议", NOW, "w1", 1, NOW)
OPEN = replace(PAUSED, state=Service.OPEN, reason="", at=NOW + MINUTE, seq=2)
ONLINE = DeviceStatus("btn-hc01-w001", "hc01", True, "b1", NOW)
OFFLINE = replace(ONLINE, online=False, received_at=NOW + MINUTE)
BORN = Meta("btn-hc01-w001", "hc01", "b1", "PJ-5K", "1.4.2", "KEY5_DESC", NOW)


def declared(engine: Engine, *states: WindowState) -> list[bool]:
    with transaction(engine) as connection:
        return [window_state(connection, state) for state in states]


@pytest.mark.parametrize("said", [(PAUSED, OPEN), (OPEN, PAUSED), (PAUSED, OPEN, PAUSED)])
def test_the_newest_declaration_holds_in_whatever_order_it_came(engine: Engine, said: tuple[WindowState, ...]) -> None:
    declared(engine, *said)
    assert window_states(engine, ["hc01"]) == (OPEN,)


def test_a_clock_that_begins_at_1970_after_a_reboot_does_not_make_a_window_mute(engine: Engine) -> None:
    rebooted = replace(OPEN, boot_id="w2", seq=1, at=datetime(1970, 1, 1, tzinfo=UTC), received_at=NOW + MINUTE)
    declared(engine, PAUSED, rebooted)
    assert window_states(engine, ["hc01"]) == (rebooted,)
    assert newer(rebooted, PAUSED)


def test_the_same_declaration_again_is_a_repeat(engine: Engine) -> None:
    assert declared(engine, PAUSED, PAUSED, replace(PAUSED, boot_id="w2")) == [True, False, True]


def test_every_window_of_the_halls_asked_for(engine: Engine) -> None:
    second, elsewhere = replace(OPEN, window="w002"), replace(OPEN, hall="hc02")
    declared(engine, PAUSED, second, elsewhere)
    assert window_states(engine, ["hc01"]) == (PAUSED, second)
    assert window_states(engine, ["hc01", "hc02"]) == (PAUSED, second, elsewhere)
    assert window_states(engine, []) == ()


@pytest.mark.parametrize(
    ("said", "online"),
    [
        ((ONLINE,), True),
        ((ONLINE, OFFLINE), False),
        ((OFFLINE,), False),
        ((OFFLINE, ONLINE), True),
        ((ONLINE, replace(OFFLINE, boot_id="b0")), True),  # a late will after a quick reconnect
        ((OFFLINE, replace(OFFLINE, boot_id="b0")), False),
        ((ONLINE, replace(ONLINE, boot_id="b2"), OFFLINE), True),
    ],
)
def test_a_late_will_does_not_take_a_device_offline(
    engine: Engine, said: tuple[DeviceStatus, ...], online: bool
) -> None:
    with transaction(engine) as connection:
        for one in said:
            status(connection, one)
    assert [device.online for device in devices(engine)] == [online]


def test_status_and_meta_make_one_device(engine: Engine) -> None:
    with transaction(engine) as connection:
        meta(connection, BORN)
    assert devices(engine)[0].online is None
    with transaction(engine) as connection:
        status(connection, ONLINE)
    assert devices(engine) == (DeviceRecord("btn-hc01-w001", "hc01", True, "b1", NOW, "PJ-5K", "1.4.2", "KEY5_DESC"),)
