"""The office: what the pages read from and act on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from config.settings import Settings
from dashboards.heard import Message
from dashboards.standing import as_seen
from monitor.alerts import Alert
from monitor.places import Hall

SUPERVISOR = "监督员"
INSPECTOR = "巡查员"
RESPONSIBLE = "责任单位"
WINDOW = "窗口"
DIRECTOR = "值班主任"
APPROVERS = (DIRECTOR, "科室负责人", "分管领导")
"""Who may approve an arrangement."""
"""Who acts, until people sign in: the post whose page it is."""


@dataclass(frozen=True, slots=True)
class Office:
    """The stores, the clock and the configuration."""

    settings: Settings
    engine: Engine
    evidence: Path
    clock: Callable[[], datetime]
    stale_after: timedelta
    """A live message older than this is not believed."""
    messages: Callable[[], Mapping[str, Message]]
    """The newest live message of each hall."""
    changed: Callable[[], None]
    """To be called after every action, so that the figures of all pages follow at once."""
    announce: Callable[[str], object] = lambda hall: None
    """To be called with a hall whose roster has changed, so that whoever watches it reads it again."""

    def as_seen(self, alert: Alert) -> tuple[Alert, datetime]:
        """An alert as its hall tells of it now, and up to when it counts."""
        return as_seen(alert, self.messages().get(alert.hall), self.clock(), self.stale_after)

    def hall(self, id: str) -> Hall | None:
        """A hall by its id."""
        return next((hall for hall in self.settings.halls if hall.id == id), None)
