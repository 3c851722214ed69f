"""Times as people in Weihai read them."""

from datetime import datetime, timedelta

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


def spoken(duration: timedelta, tongue: str) -> str:
    """13 分 55 秒, or 1 小时 07 分 from an hour on: beside a time of day it is not taken for another one."""
    seconds = max(0, int(duration.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return f"{hours} h {minutes:02d} min" if tongue == "en" else f"{hours} 小时 {minutes:02d} 分"
    return f"{minutes} min {seconds % 60:02d} s" if tongue == "en" else f"{minutes} 分 {seconds % 60:02d} 秒"
