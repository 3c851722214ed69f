"""A small hall with two windows and a waiting zone, its cameras, and looks at it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta

import numpy as np

from camera_ingest.camera import Camera, Role
from camera_ingest.sample import Blind, Picture, Sample
from models.detection import Detection
from models.regions import Anchor, Region, RegionKind
from monitor.alerts import Alert
from monitor.calendar import Calendar
from monitor.desk import Desk
from monitor.hours import Hours
from monitor.known import Known
from monitor.memory import Memory
from monitor.places import Hall, HallLevel, Segment, Window, Zone
from monitor.thresholds import Thresholds
from monitor.window_states import Service, WindowState

ZERO = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""A Friday, 09:00 in Beijing."""

EVERY = timedelta(seconds=10)

HALL = Hall(
    id="hc01",
    name="环翠区政务服务中心",
    area="371002",
    level=HallLevel.DISTRICT,
    segments=(Segment("上午", (1, 2, 3, 4, 5), time(8, 30), time(12)),),
    zones=(Zone("za", "综合受理区"),),
    windows=(
        Window("w001", "01 综合受理", "za"),
        Window("w002", "02 综合受理", "za"),
        Window("w003", "03 潮汐窗口", "za", closed=True),
    ),
)
CALENDAR = Calendar(frozenset(), frozenset(), 2026)


def box(left: float, top: float, right: float, bottom: float) -> tuple[tuple[float, float], ...]:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def camera(id: str, legal_basis: str = "现场管理") -> Camera:
    return Camera(id, "hc01", f"rtsp://10.0.0.1/{id}", Role.WINDOW, EVERY, legal_basis)


CAMERAS = (camera("c1"), camera("c2"))
REGIONS = (
    Region("w001", "c1", RegionKind.STAFF, "w001", box(0.0, 0.0, 0.5, 0.5), Anchor.CENTRE),
    Region("w001.citizen", "c1", RegionKind.CITIZEN, "w001", box(0.0, 0.5, 0.5, 1.0), Anchor.FOOT),
    Region("w002", "c1", RegionKind.STAFF, "w002", box(0.5, 0.0, 1.0, 0.5), Anchor.CENTRE),
    Region("za", "c2", RegionKind.QUEUE, "za", box(0.0, 0.0, 1.0, 1.0), Anchor.FOOT),
)
CLERK_1 = Detection(0.2, 0.1, 0.3, 0.4, 0.9)
CLERK_2 = Detection(0.7, 0.1, 0.8, 0.4, 0.9)
CITIZEN = Detection(0.2, 0.55, 0.3, 0.95, 0.9)


def desk(
    cameras: Iterable[Camera] = CAMERAS,
    regions: Iterable[Region] = REGIONS,
    said: Mapping[str, WindowState] | None = None,
    alerts: Iterable[Alert] = (),
    known: Known | None = None,
    memory: Memory | None = None,
    hall: Hall = HALL,
) -> Desk:
    """A desk with the default rules; `said`: window states by window, if nothing else is known."""
    everything = Known(said or {}) if known is None else known
    return Desk(Hours(hall, CALENDAR), cameras, regions, Thresholds(), lambda: everything, alerts, memory)


def declared(window: str, state: Service, reason: str = "") -> WindowState:
    return WindowState("hc01", window, state, reason, ZERO, "boot", 1, ZERO)


def picture() -> Picture:
    """Noise, so that anything that is not pixelated shows."""
    return np.random.default_rng(1).integers(0, 256, (120, 160, 3), dtype=np.uint8)


def seeing(camera: str, second: float, shot: Picture | None = None) -> Sample:
    return Sample(camera, ZERO + timedelta(seconds=second), picture() if shot is None else shot)


def blind(camera: str, second: float) -> Sample:
    return Sample(camera, ZERO + timedelta(seconds=second), None, Blind.UNREACHABLE, f"camera {camera}: no connection")
