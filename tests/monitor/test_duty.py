"""Whether somebody has to be at a window."""

from datetime import datetime, time

import pytest

from monitor.calendar import BEIJING, Calendar
from monitor.duty import Duty, duty_at
from monitor.places import Hall, HallLevel, Segment, Window
from monitor.window_states import Service, WindowState

MORNING = Segment("上午", (1, 2, 3, 4, 5), time(8, 30), time(12))
HALL = Hall("hc01", "环翠区政务服务中心", "371002", HallLevel.DISTRICT, (MORNING,), (), ())
CALENDAR = Calendar(frozenset(), frozenset(), 2026)
OPEN = Window("w001", "01 综合受理", "za")
TIDAL = Window("w002", "02 潮汐窗口", "za", closed=True)


AT = datetime(2026, 11, 20, 10, tzinfo=BEIJING)


def said(state: Service, reason: str = "") -> WindowState:
    return WindowState("hc01", "w001", state, reason, AT, "boot", 1, AT)


@pytest.mark.parametrize(
    ("hour", "window", "state", "duty"),
    [
        (10, OPEN, None, Duty.REQUIRED),
        (10, OPEN, said(Service.OPEN), Duty.REQUIRED),
        (10, OPEN, said(Service.SERVING), Duty.REQUIRED),
        (10, OPEN, said(Service.PAUSED, "取件"), Duty.PAUSED),
        (10, OPEN, said(Service.PAUSED, " "), Duty.REQUIRED),
        (10, OPEN, said(Service.CLOSED), Duty.CLOSED),
        (10, TIDAL, said(Service.SERVING), Duty.CLOSED),
        (13, OPEN, said(Service.PAUSED, "取件"), Duty.NOT_IN_SERVICE),
        (13, TIDAL, None, Duty.NOT_IN_SERVICE),
    ],
)
def test_duty_at(hour: int, window: Window, state: WindowState | None, duty: Duty) -> None:
    assert duty_at(HALL, CALENDAR, window, state, AT.replace(hour=hour)) is duty
