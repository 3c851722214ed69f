"""The roster: what people have arranged for a window — leave, tidal opening, sign-outs, cover, pauses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.places import Hall
from monitor.terms import Term

LONGEST = timedelta(days=366)
"""Nothing is arranged for longer at once."""
YEARS = range(2000, 2100)
"""Times of other years are mistakes."""


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


class Refused(Exception):
    """An arrangement that cannot be made; nothing was changed. One sentence in the two languages."""

    def __init__(self, sentence: Term, field: str = "") -> None:
        self.zh, self.en = sentence
        self.field = field
        """The field of Entry that is wrong; empty = none alone."""
        super().__init__(f"{self.zh} ({self.en})")


ALONE = frozenset(Arrangement) - {Arrangement.OPEN, Arrangement.CLOSED}
"""Two of these at one window at one time could not be told apart when one ends."""
NEEDS_REASON = (Arrangement.PAUSE,)
TAKES_OVER = (Arrangement.LEAVE, Arrangement.SIGN_OUT, Arrangement.COVER)
"""Arrangements in which somebody else may take over."""


def check(entry: Entry, hall: Hall, others: Iterable[Entry]) -> None:
    """Raises Refused if an entry cannot stand. `others`: the newest versions of the other entries of its window."""
    check_words(entry)
    if entry.withdrawn:
        return
    window = next((one for one in hall.windows if one.id == entry.window), None)
    if window is None:
        raise Refused(
            Term(f"{hall.name}没有窗口 {entry.window}", f"hall {hall.id} has no window {entry.window}"), "window"
        )
    if entry.until is not None and entry.until <= entry.since:
        raise Refused(Term("结束时间须晚于开始时间", "the end must come after the beginning"), "until")
    if entry.until is not None and entry.until - entry.since > LONGEST:
        raise Refused(Term("一次最长安排 366 天", "at most 366 days can be arranged at once"), "until")
    _check_substitute(entry, hall, window.zone)
    for other in others:
        if other.id != entry.id and contradicts(entry, other):
            said = ARRANGEMENTS[other.kind]
            raise Refused(
                Term(
                    f"窗口 {entry.window} 同一时间已有“{said.zh}”安排",
                    f"window {entry.window} is {said.en} at that time",
                ),
                "since",
            )


def check_words(entry: Entry) -> None:
    """Raises Refused for what no entry may say. Classes instead of words: nothing personal can be written down."""
    for field, time in (("since", entry.since), ("until", entry.until)):
        if time is not None and time.year not in YEARS:
            raise Refused(
                Term(f"年份须在 {YEARS[0]} 至 {YEARS[-1]} 之间", f"the year must be one of {YEARS[0]} to {YEARS[-1]}"),
                field,
            )
    if entry.reason and entry.reason not in REASONS:
        words = "、".join(term.zh for term in REASONS.values())
        raise Refused(Term(f"原因只能选类别：{words}", f"the reason must be one of {', '.join(REASONS)}"), "reason")
    if entry.kind in NEEDS_REASON and not entry.reason:
        raise Refused(Term("暂停须选原因类别", "a pause needs a class of reason"), "reason")
    if not entry.by.strip() or len(entry.by) > 32 or not entry.by.isprintable():
        raise Refused(Term("须写明由哪个岗位安排（32 字以内）", "say which post arranges it, in 32 characters"), "by")


def _check_substitute(entry: Entry, hall: Hall, zone: str) -> None:
    if not entry.substitute or (entry.substitute == "*" and entry.kind in TAKES_OVER):
        return
    if entry.kind not in TAKES_OVER:
        said = ARRANGEMENTS[entry.kind]
        raise Refused(Term(f"“{said.zh}”不需要顶岗窗口", f"nobody takes over when {said.en}"), "substitute")
    of_zone = {one.id for one in hall.windows if one.zone == zone} - {entry.window}
    if entry.substitute not in of_zone:
        raise Refused(
            Term(
                f"顶岗窗口须为同一区域的其他窗口，不能是 {entry.substitute}",
                f"another window of the same zone must take over, not {entry.substitute}",
            ),
            "substitute",
        )


def contradicts(one: Entry, other: Entry) -> bool:
    """Whether two entries of one window cannot both stand.

    A window may be opened within a time in which it is closed, and the reverse: what began later counts. But nothing
    tells which of two that begin together is meant, and a window on leave that nobody takes over cannot be opened.
    """
    if one.withdrawn or other.withdrawn or not _overlap(one, other):
        return False
    kinds = {one.kind, other.kind}
    if len(kinds) == 1:
        return one.kind in ALONE or one.since == other.since
    if kinds == {Arrangement.OPEN, Arrangement.CLOSED}:
        return one.since == other.since
    leave = one if one.kind is Arrangement.LEAVE else other
    return kinds == {Arrangement.OPEN, Arrangement.LEAVE} and not leave.substitute


def _overlap(one: Entry, other: Entry) -> bool:
    return (other.until is None or one.since < other.until) and (one.until is None or other.since < one.until)


def approval(id: str, hall: str, window: str, since: datetime, limit: timedelta, at: datetime, by: str) -> Entry:
    """Lets a pause that began at `since` last until the limit of approved ones. Raises Refused if that is over."""
    if since + limit <= at:
        minutes = int(limit.total_seconds() // 60)
        raise Refused(
            Term(f"暂停已满 {minutes} 分钟，不能再批准", f"the pause has already lasted {minutes} minutes"), "until"
        )
    return Entry(id, hall, window, Arrangement.APPROVED, at, since + limit, by=by)
