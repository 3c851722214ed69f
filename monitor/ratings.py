"""A rating (好差评): one answer on a device's own scale, brought to the five levels."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.terms import Term

LEVELS = {
    5: Term("非常满意", "Very satisfied"),
    4: Term("满意", "Satisfied"),
    3: Term("基本满意", "Basically satisfied"),
    2: Term("不满意", "Dissatisfied"),
    1: Term("非常不满意", "Very dissatisfied"),
}
"""5 is best; 3 and above count as satisfied, 2 and below are bad ratings (差评)."""

SATISFIED_FROM = 3
"""Lowest level that counts as satisfied (the bottom two of five are bad, national and provincial rule)."""


class Channel(StrEnum):
    """How a rating was given."""

    PC = "PC"
    MOBILE = "MOBILE"
    QR = "QR"
    TABLET = "TABLET"
    TERMINAL = "TERMINAL"
    PHONE_12345 = "PHONE_12345"
    SMS = "SMS"
    COIN = "COIN"
    BUTTON = "BUTTON"
    SUPERVISOR = "SUPERVISOR"


CHANNELS = {
    Channel.PC: Term("网站", "Web site"),
    Channel.MOBILE: Term("移动端", "Mobile"),
    Channel.QR: Term("二维码", "QR code"),
    Channel.TABLET: Term("评价平板", "Tablet"),
    Channel.TERMINAL: Term("自助终端", "Terminal"),
    Channel.PHONE_12345: Term("12345热线", "12345 hotline"),
    Channel.SMS: Term("短信", "SMS"),
    Channel.COIN: Term("投币", "Ballot box"),
    Channel.BUTTON: Term("按键", "Buttons"),
    Channel.SUPERVISOR: Term("社会监督员", "Citizen supervisor"),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """What the raw values of one kind of device mean; scales of real products are inverted to each other."""

    id: str
    levels: Mapping[str, int]
    """Raw value → level 1..5."""

    def level(self, raw: str) -> int | None:
        """The level of a raw value; None if the scale has no such value."""
        return self.levels.get(raw)


class TimeQuality(StrEnum):
    """Whose time a rating carries."""

    DEVICE = "device"
    ESTIMATED = "estimated"  # the device's clock cannot be believed: the time of arrival


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating, unique by (device, boot_id, seq)."""

    device: str
    boot_id: str
    seq: int
    event_id: str | None
    area: str
    hall: str
    window: str
    """Empty = given at no window."""
    channel: Channel
    scale_id: str
    raw: str
    level: int
    """1 worst … 5 best."""
    ts: datetime
    """When it was given; see ts_quality."""
    received_at: datetime
    ts_quality: TimeQuality = TimeQuality.DEVICE
    ts_accuracy_s: float = 1.0
    buffered: bool = False
    retained: bool = False
    """Arrived as a retained message, which an event must not be: a fault of the device."""
    test: bool = False
    """Test or training: in no rate."""
    tags: tuple[str, ...] = ()
    tags_doubtful: bool = False
    """Some tag's hundreds digit is not the level."""
    text: str = ""
    ticket: str | None = None
    project_no: str | None = None
    service_no: int | None = None
    assess_no: int | None = None
    eval_process: int | None = None
    named: bool = False
    rater_hash: str | None = None

    @property
    def bad(self) -> bool:
        """差评: one of the bottom two levels."""
        return self.level < SATISFIED_FROM

    def repeats(self, first: "Rating") -> bool:
        """Whether this is the same rating said again; times are compared where both are the device's own."""
        same_time = self.ts == first.ts or TimeQuality.ESTIMATED in (self.ts_quality, first.ts_quality)
        return same_time and (self.device, self.event_id, self.raw) == (first.device, first.event_id, first.raw)

    @property
    def told(self) -> str:
        """What tells it from others, in a few words."""
        return f"{self.raw!r} of {self.device} at {self.ts.isoformat()} (event {self.event_id})"


def doubtful(tags: Sequence[str], level: int) -> bool:
    """Whether some tag does not belong to the level: the national tag codes begin with their level."""
    return not all(re.fullmatch(rf"{level}[0-9]{{2}}", tag) for tag in tags)
