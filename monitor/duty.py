"""Duty: whether somebody has to be at a window now."""

from datetime import datetime
from enum import StrEnum

from monitor.calendar import Calendar, segment_at
from monitor.places import Hall, Window
from monitor.window_states import Service, WindowState


class Duty(StrEnum):
    """Why somebody has to be there, or why not."""

    REQUIRED = "required"
    NOT_IN_SERVICE = "not-in-service"  # outside the hall's service hours
    CLOSED = "closed"  # this window is not opened at present
    PAUSED = "paused"  # 暂停服务, with a reason


def duty_at(hall: Hall, calendar: Calendar, window: Window, said: WindowState | None, at: datetime) -> Duty:
    """Service hours decide first, then whether the window is open, then a pause; one without a reason is none.

    `said` is what the window last said of itself, None for one that sends no state.
    """
    if segment_at(hall, calendar, at) is None:
        return Duty.NOT_IN_SERVICE
    if window.closed or (said is not None and said.state is Service.CLOSED):
        return Duty.CLOSED
    if said is not None and said.state is Service.PAUSED and said.reason.strip():
        return Duty.PAUSED
    return Duty.REQUIRED
