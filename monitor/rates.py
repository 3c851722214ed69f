"""Rates: a share of a whole as officials may read it, floored and with both numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.issues import Issue, Status
from monitor.ratings import Channel, Rating
from monitor.verdicts import ADOPTED, VerdictKind


@dataclass(frozen=True, slots=True)
class Rate:
    """`a` of `b`. Raises ValueError unless 0 <= a <= b."""

    a: int
    b: int

    def __post_init__(self) -> None:
        if not 0 <= self.a <= self.b:
            raise ValueError(f"expected 0 <= a <= b, found {self.a}/{self.b}")

    @property
    def text(self) -> str:
        """Per cent floored to two decimals, '99.99%', never rounded up to 100 %; '—' of nothing."""
        if self.b == 0:
            return "—"
        hundredths = self.a * 10_000 // self.b
        return f"{hundredths // 100}.{hundredths % 100:02d}%"


def counted(ratings: Iterable[Rating]) -> tuple[Rating, ...]:
    """The valid ratings (有效评价): no test ones; ballot boxes (投币) are a series of their own, never merged."""
    return tuple(rating for rating in ratings if not rating.test and rating.channel is not Channel.COIN)


def satisfaction(ratings: Iterable[Rating]) -> Rate:
    """满意度 = levels 3, 4 and 5 of all valid ratings."""
    valid = counted(ratings)
    return Rate(sum(not rating.bad for rating in valid), len(valid))


def completion(issues: Iterable[Issue]) -> Rate:
    """整改完成率 = closed (销号) of all issues that were dispatched (交办)."""
    dispatched = [issue for issue in issues if issue.dispatched_at is not None]
    return Rate(sum(issue.status is Status.CLOSED for issue in dispatched), len(dispatched))


def adoption(verdicts: Iterable[VerdictKind]) -> Rate:
    """采信率 = 属实 (reminded or registered) of all judged alerts."""
    kinds = tuple(verdicts)
    return Rate(sum(kind in ADOPTED for kind in kinds), len(kinds))
