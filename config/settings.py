"""Settings: everything a site has configured, validated and frozen; a change is a new value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from camera_ingest.camera import Camera
from camera_ingest.link import Timing
from config.notices import Notices
from models.regions import Region
from monitor.adapters.mqtt import Broker
from monitor.calendar import Calendar
from monitor.devices import Device
from monitor.hours import Hours
from monitor.places import Area, Hall
from monitor.ratings import Scale
from monitor.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Stores:
    """Where records, evidence and measurements are kept."""

    directory: Path
    """Holds everything the program writes."""
    database: str = field(repr=False)
    """SQLAlchemy URL of the records; may hold a password, so it is never shown."""

    @property
    def evidence(self) -> Path:
        """The directory of evidence stills and issue photographs."""
        return self.directory / "evidence"

    @property
    def static_maps(self) -> Path:
        """The directory of what the cameras have learned not to count as people."""
        return self.directory / "static"

    @property
    def memories(self) -> Path:
        """The directory of what the desks remember of their halls."""
        return self.directory / "memory"

    @property
    def healths(self) -> Path:
        """The directory of what is known of the cameras' pictures."""
        return self.directory / "health"

    @property
    def telemetry(self) -> Path:
        """The SQLite file of measurements over time."""
        return self.directory / "telemetry.db"


@dataclass(frozen=True, slots=True)
class DetectorChoice:
    """Which network finds people."""

    kind: Literal["openvino", "ultralytics"] = "openvino"
    weights: str | None = None
    """A network or a family of them by its name, or a file or directory of weights; None = what is installed."""
    threshold: float = 0.35
    """Least score (0..1) at which a box is a person."""
    device: str | None = None
    """Where ultralytics runs: `cpu` or a CUDA device (`0`, `cuda:1`); None = the best there is."""


@dataclass(frozen=True, slots=True)
class Board:
    """Where the pages are served. Loopback only, as long as there is no sign-in."""

    host: str = "127.0.0.1"
    port: int = 8050


@dataclass(frozen=True, slots=True)
class Settings:
    """One validated configuration. The front door hands each room its own part."""

    version: int
    """Version of the configuration's format."""
    name: str
    name_en: str
    simulated: bool
    """True: every page says 模拟数据."""
    areas: tuple[Area, ...]
    halls: tuple[Hall, ...]
    cameras: tuple[Camera, ...]
    regions: tuple[Region, ...]
    devices: tuple[Device, ...]
    hours: Mapping[str, Hours]
    """When each hall is in service, by its id."""
    thresholds: Thresholds
    reception: Timing
    """How long cameras are waited for."""
    scales: Mapping[str, Scale]
    calendar: Calendar
    broker: Broker
    stores: Stores
    detector: DetectorChoice
    board: Board
    notices: Notices = field(default_factory=Notices)
    """Who is told of alerts."""
    api_token: str | None = field(default=None, repr=False)
    """What callers of the HTTP interface show; None = there is no interface."""
