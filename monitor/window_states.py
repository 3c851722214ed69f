"""A window's state: what the calling system or the pause sign says about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

LIFTED = timedelta(minutes=3)
"""A pause that is lifted for less than this and set again goes on from its first beginning."""


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
    since: datetime | None = None
    """When the present state, however often repeated, was first received; see `following`. None = not derived."""
    lifted: tuple[datetime, datetime] | None = None
    """Since when the last pause counted, and when it was lifted; None = there was none."""

    @property
    def pauses(self) -> bool:
        """Whether it is a pause that counts as one."""
        return self.state is Service.PAUSED and bool(self.reason.strip())


def following(said: WindowState, held: WindowState | None) -> WindowState:
    """A declaration that takes the place of the one held, with since when its state lasts.

    The same state under a new number, or a pause with another reason, begins nothing.
    """
    at = said.received_at
    if held is None:
        return replace(said, since=at)
    began = held.since or held.received_at
    lifted = (began, at) if held.pauses and not said.pauses else held.lifted
    if (held.state, held.pauses) == (said.state, said.pauses):
        since = began
    elif said.pauses and lifted is not None and at - lifted[1] < LIFTED:
        since = lifted[0]
    else:
        since = at
    return replace(said, since=since, lifted=lifted)


def newer(said: WindowState, held: WindowState | None) -> bool:
    """Whether a declaration takes the place of the one that holds.

    Within a boot the sender's numbers tell, so that what was sent late or again changes nothing; the boot that was
    heard of later is the present one.
    """
    if held is not None and said.boot_id == held.boot_id:
        return said.seq > held.seq
    return held is None or said.received_at >= held.received_at
