"""Times as people in Weihai read them."""

from datetime import datetime, timedelta

from dashboards.words import Say
from monitor.calendar import BEIJING


def moment(at: datetime) -> str:
    """2026-11-20 10:30:05, in Beijing time."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def minute(at: datetime) -> str:
    """2026-11-20 10:30, in Beijing time."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def clock(at: datetime) -> str:
    """10:30:05, in Beijing time."""
    return f"{at.astimezone(BEIJING):%H:%M:%S}"


def lasting(duration: timedelta) -> str:
    """07:40, or 1:07:40 from an hour on."""
    seconds = max(0, int(duration.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60:02d}:{rest % 60:02d}"


def spoken(duration: timedelta, say: Say) -> str:
    """13 分 55 秒, or 1 小时 07 分 from an hour on: beside a time of day it is not taken for another one."""
    seconds = max(0, int(duration.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return say("time.hours", h=hours, m=f"{minutes:02d}")
    return say("time.minutes", m=minutes, s=f"{seconds % 60:02d}")
