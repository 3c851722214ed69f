"""The projection: what was measured, into telemetry, a batch at a time."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from monitor.adapters.telemetry import BUCKET, Point, Telemetry, TelemetryLost
from monitor.alerts import Rule
from monitor.desk import Desk

LOG = logging.getLogger(__name__)

WALK = timedelta(seconds=5)
"""How often a hall is walked through for what is new: no more often than its quickest cameras are looked at."""
HEARTBEAT = timedelta(seconds=60)
"""A measured value that does not change is repeated this often."""
BATCH, BATCH_WAITS = 500, timedelta(seconds=1)
"""Points are written together: so many, or after so long."""
BEFORE_START = timedelta(days=1)
"""What an earlier run wrote and did not roll up is at most so old, its downtime included."""
SERIES = {Rule.ABSENCE: "presence", Rule.QUEUE: "queue"}


@dataclass(slots=True)
class Projection:
    """People per window and zone and whether each camera sees, on change and each minute; a context manager.

    Time is that of the looks. What cannot be written is lost for the charts alone; that is said once.
    """

    telemetry: Telemetry
    walked: dict[str, datetime] = field(default_factory=dict)
    """When each hall was last walked through."""
    written: dict[str, tuple[datetime, float | None]] = field(default_factory=dict)
    """The newest point of each series."""
    pending: list[Point] = field(default_factory=list)
    flushed: datetime | None = None
    tidied: datetime | None = None
    complained: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()

    def project(self, desk: Desk, at: datetime) -> None:
        """Take what is new at one hall after a look at it, and write what has come together."""
        walked = self.walked.get(desk.hall.id)
        if walked is None or abs(at - walked) >= WALK:
            self.walked[desk.hall.id] = at
            self.pending += self._new(desk, at)
        if self.flushed is None or len(self.pending) >= BATCH or abs(at - self.flushed) >= BATCH_WAITS:
            self.flushed = at
            self.flush()
            self._tidy(at)

    def flush(self) -> None:
        """Write what waits."""
        points, self.pending = self.pending, []
        if not points:
            return
        try:
            self.telemetry.write(points)
            self.complained = False
        except TelemetryLost as error:
            self._complain(error)

    def _tidy(self, at: datetime) -> None:
        """Roll up one bucket at a time: looks never wait for long, not even for all that an earlier run left."""
        since = max(self.tidied or at - BEFORE_START, at - BEFORE_START)
        if timedelta(0) <= at - since < BUCKET:
            return
        self.tidied = min(at, since + BUCKET)
        try:
            self.telemetry.tidy(since, self.tidied)
        except TelemetryLost as error:
            self._complain(error)

    def _new(self, desk: Desk, at: datetime) -> Iterator[Point]:
        hall = desk.hall.id
        for (rule, place), sight in desk.sights.items():
            yield from self._point(f"{SERIES[rule]}/{hall}/{place}", sight.people, at)
        for camera, eye in desk.eyes.items():
            yield from self._point(f"camera/{hall}/{camera}", int(not eye.blind), at)

    def _point(self, series: str, value: float | None, at: datetime) -> Iterator[Point]:
        last = self.written.get(series)
        if last is None or last[1] != value or abs(at - last[0]) >= HEARTBEAT:
            self.written[series] = at, value
            yield Point(series, at, value)

    def _complain(self, error: TelemetryLost) -> None:
        if not self.complained:
            LOG.warning("%s", error)
        self.complained = True
