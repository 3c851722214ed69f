"""Whether somebody has to be at a window."""

from dataclasses import dataclass
from datetime import datetime, time

import pytest

from monitor.calendar import BEIJING, Calendar
from monitor.duty import Duty, duty_at
from monitor.places import Hall, HallLevel, Segment, Window

MORNING = Segment("上午", (1, 2, 3, 4, 5), time(8, 30), time(12))
HALL = Hall("hc01", "环翠区政务服务中心", "371002", HallLevel.DISTRICT, (MORNING,), (), ())
CALENDAR = Calendar(frozenset(), frozenset(), 2026)
OPEN = Window("w001", "01 综合受理", "za")
TIDAL = Window("w002", "02 潮汐窗口", "za", closed=True)


@dataclass(frozen=True)
class Said:
    state: str
    reason: str = ""


@pytest.mark.parametrize(
    ("hour", "window", "said", "duty"),
    [
        (10, OPEN, None, Duty.REQUIRED),
        (10, OPEN, Said("open"), Duty.REQUIRED),
        (10, OPEN, Said("serving"), Duty.REQUIRED),
        (10, OPEN, Said("paused", "取件"), Duty.PAUSED),
        (10, OPEN, Said("paused", " "), Duty.REQUIRED),
        (10, OPEN, Said("closed"), Duty.CLOSED),
        (10, TIDAL, Said("serving"), Duty.CLOSED),
        (13, OPEN, Said("paused", "取件"), Duty.NOT_IN_SERVICE),
        (13, TIDAL, None, Duty.NOT_IN_SERVICE),
    ],
)
def test_duty_at(hour: int, window: Window, said: Said | None, duty: Duty) -> None:
    assert duty_at(HALL, CALENDAR, window, said, datetime(2026, 11, 20, hour, tzinfo=BEIJING)) is duty
