"""Which sequence numbers of one boot are on record, and what may be acknowledged."""

from dataclasses import dataclass

MOST_RUNS = 256
"""More gaps than this are no outage but a broken sender; the oldest are then given up."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """Where a message stands in its sender's numbering: 1, 2, 3, … within one boot."""

    sender: str
    """Topic prefix of the device or window, seven levels less the last: zwjc/v1/{area}/{hall}/{type}/{id}."""
    boot_id: str
    seq: int
    oldest: int
    """The oldest number the sender still keeps, if it says so, else 1; what lies below will never come again."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The numbers of one boot that are committed or quarantined, as runs without gaps."""

    runs: tuple[tuple[int, int], ...] = ()
    """(first, last), ascending, not touching each other."""
    lost: int = 0
    """Numbers that never came and never will (lost_suspected)."""

    @property
    def acknowledged(self) -> int:
        """Highest number up to which everything is on record; 0 = nothing yet."""
        return self.runs[0][1] if self.runs and self.runs[0][0] == 1 else 0

    def heard(self, seq: int, oldest: int = 1) -> "Progress":
        """After one more number; the same again changes nothing. A gap below `oldest` is closed and counted."""
        lost = self.lost
        runs = _joined((*self.runs, (seq, seq)))
        if oldest > 1:
            runs, gone = _settled(runs, oldest - 1)
            lost += gone if self.runs else 0  # on a new record others may have kept them
        if len(runs) > MOST_RUNS:
            runs, gone = _settled(runs, runs[1][0] - 1)
            lost += gone
        return Progress(runs, lost)


def _settled(runs: tuple[tuple[int, int], ...], last: int) -> tuple[tuple[tuple[int, int], ...], int]:
    """The runs with every number from 1 to `last` in them, and how many of those were missing."""
    known = sum(min(end, last) - start + 1 for start, end in runs if start <= last)
    return _joined((*runs, (1, last))), last - known


def _joined(runs: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(runs):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
