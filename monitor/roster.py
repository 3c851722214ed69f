"""The roster: what people have arranged for a window — leave, tidal opening, sign-outs, cover, pauses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.terms import Term


class Arrangement(StrEnum):
    """What an entry of the roster says of its window."""

    OPEN = "open"  # a tidal window is opened, or the window is on the rota
    CLOSED = "closed"  # not opened: a tidal window at rest
    LEAVE = "leave"  # approved leave; with a substitute the post is manned all the same
    SIGN_OUT = "sign-out"  # the clerk is out on business
    COVER = "cover"  # the B post has taken over
    BACK_OFFICE = "back-office"  # works on cases without a ticket, away from the counter
    PAUSE = "pause"  # the sign says 暂停服务
    APPROVED = "approved"  # the duty director lets a pause last longer


ARRANGEMENTS = {
    Arrangement.OPEN: Term("开窗", "opened"),
    Arrangement.CLOSED: Term("不开窗", "not opened"),
    Arrangement.LEAVE: Term("请假", "on leave"),
    Arrangement.SIGN_OUT: Term("外出", "signed out"),
    Arrangement.COVER: Term("AB岗", "covered by post B"),
    Arrangement.BACK_OFFICE: Term("后台办件", "back-office work"),
    Arrangement.PAUSE: Term("暂停服务", "paused"),
    Arrangement.APPROVED: Term("暂停获批", "pause approved"),
}

OWN = (Arrangement.PAUSE, Arrangement.SIGN_OUT, Arrangement.BACK_OFFICE, Arrangement.COVER)
"""What a window says of itself from its own page."""

REASONS = {
    "break": Term("短时离席", "short break"),
    "equipment": Term("设备检修", "equipment"),
    "meeting": Term("业务会商", "consultation"),
    "handover": Term("交接班", "handover"),
    "errand": Term("公务外出", "official errand"),
    "guiding": Term("引导群众", "guiding a citizen"),
    "cases": Term("网上办件", "online cases"),
    "other": Term("其他", "other"),
}
"""Classes of reasons; never a detail, least of all of health."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One arrangement for one window over a stretch of time; a change of it is a new version."""

    id: str
    hall: str
    window: str
    kind: Arrangement
    since: datetime
    until: datetime | None = None
    """None = until it is ended."""
    reason: str = ""
    """A key of REASONS, or empty."""
    substitute: str = ""
    """The window whose post takes over, or `*` for a person who comes to this one; empty = nobody."""
    by: str = ""
    """Who arranged it: an account or a post, as the board knows it."""
    version: int = 1
    withdrawn: bool = False
    """It never counted: entered by mistake."""

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at a time."""
        return not self.withdrawn and self.since <= at and (self.until is None or at < self.until)


def in_force(entries: Iterable[Entry], at: datetime, *kinds: Arrangement) -> Entry | None:
    """The entry of some kinds that is in force: of several the one that began last."""
    holding = [entry for entry in entries if entry.kind in kinds and entry.holds(at)]
    return max(holding, key=lambda entry: (entry.since, entry.version), default=None)
