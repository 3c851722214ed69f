"""Devices: what stands at the counters and speaks MQTT, and what it says about itself."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ID = re.compile(r"[a-z0-9-]{3,32}")
"""Ids that may stand in a topic: no Chinese, no + # /."""


class DeviceType(StrEnum):
    """The fifth level of a device's topics."""

    BUTTON = "button"  # 按键评价器
    TABLET = "tablet"  # 评价平板, 柜外清
    COIN = "coin"  # 投币箱
    QR = "qr"  # 二维码
    KIOSK = "kiosk"  # 取号机
    TERMINAL = "terminal"  # 自助终端
    GATEWAY = "gateway"  # 12345, 短信


@dataclass(frozen=True, slots=True)
class Device:
    """One configured device."""

    id: str
    hall: str
    type: DeviceType
    window: str
    """Where it stands; empty = at no window (gateway, ticket kiosk)."""
    scale_id: str
    """Which scale its raw values are in; depends on the model, never guessed."""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """Online, or offline by its own word or its will."""

    device: str
    hall: str
    online: bool
    boot_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Meta:
    """A device's birth certificate: what it says it is."""

    device: str
    hall: str
    boot_id: str
    model: str
    firmware: str
    scale_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """What is known of a device that was heard at least once."""

    device: str
    hall: str
    online: bool | None
    """None = no status heard yet."""
    boot_id: str | None
    status_at: datetime | None
    model: str
    firmware: str
    scale_id: str
