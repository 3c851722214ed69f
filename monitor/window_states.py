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
    """One declaration; the newest by `at` holds. A pause with a reason raises no absence."""

    hall: str
    window: str
    state: Service
    reason: str
    """Mandatory with a pause to count as one; a category, never a detail of health."""
    at: datetime
    """Since when, by the sender's clock if it can be believed, else when it reached us."""
    boot_id: str
    seq: int
    """Unique within (hall, window, boot_id): the same again is a repeat."""
    received_at: datetime
