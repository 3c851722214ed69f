"""A window's state: what the calling system or the pause sign says about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Service(StrEnum):
    """What the window declares."""

    OPEN = "open"  # 开窗
    SERVING = "serving"  # 办理中
    PAUSED = "paused"  # 暂停服务
    CLOSED = "closed"  # 关窗


@dataclass(frozen=True, slots=True)
class WindowState:
    """One declaration; the newest holds. A pause with a reason raises no absence."""

    hall: str
    window: str
    state: Service
    reason: str
    """Mandatory with a pause to count as one; a category, never a detail of health."""
    at: datetime
    """Since when, by the sender's clock, but never after it was received; it decides nothing: after a reboot it may
    stand in 1970."""
    boot_id: str
    seq: int
    """Unique within (hall, window, boot_id): the same again is a repeat."""
    received_at: datetime


def newer(said: WindowState, held: WindowState | None) -> bool:
    """Whether a declaration takes the place of the one that holds.

    Within a boot the sender's numbers tell, so that what was sent late or again changes nothing; the boot that was
    heard of later is the present one.
    """
    if held is not None and said.boot_id == held.boot_id:
        return said.seq > held.seq
    return held is None or said.received_at >= held.received_at
