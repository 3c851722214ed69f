"""Measuring: everything that is known of a zone at one time, from its windows, its tickets and its cameras."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.hours import Service
from monitor.posts import MANNED, NOT_DUE, Post
from monitor.queues import Measured
from monitor.tickets import Book


@dataclass(frozen=True, slots=True)
class Standing:
    """One window of the zone."""

    post: Post
    since: datetime | None
    served_known: bool
    """Whether a camera at the citizens' side tells if anybody is served."""


def measured(
    at: datetime,
    windows: Sequence[Standing],
    book: Book | None,
    counted: int | None,
    service: Service | None,
    before: Measured | None,
) -> Measured:
    """`windows`: all of the zone; `counted`: heads where people wait, None = could not see; `before`: what was last."""
    due = [one for one in windows if one.post not in NOT_DUE]
    manned = sum(one.post in MANNED for one in due)
    unseen = any(one.post is Post.UNKNOWN for one in due)
    told = book is not None and book.known
    oldest_s = book.oldest_s(at) if book is not None else None
    tickets = book.counted() if book is not None else None
    waits_since = None
    if tickets or (tickets is None and counted):
        waits_since = (before.waits_since if before is not None else None) or at
    idle = [one.since for one in windows if one.post is Post.ON_DUTY and (told or one.served_known)]
    return Measured(
        tickets=tickets,
        counted=counted,
        waits_since=waits_since,
        idle_s=max(
            ((at - max(since, waits_since)).total_seconds() for since in idle if since and waits_since), default=0.0
        ),
        open_windows=sum(one.post in (*MANNED, Post.UNKNOWN, Post.AWAY_SERVING) for one in due),
        staffed=None if unseen and not manned else manned,
        due_windows=len(due),
        oldest_s=oldest_s if oldest_s is not None else 0.0 if told else None,
        abandoned=book.abandoned(at) if book is not None and told else None,
        served_s=book.served_s() if book is not None else None,
        closes_in_s=(service.closes_at - at).total_seconds() if service else None,
    )
