"""Views: through which regions each place is seen, and the latest look through each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from camera_ingest.camera import Camera
from models.regions import Region, RegionKind
from monitor.observation import Observation

Place = tuple[RegionKind, str]
LATE = timedelta(minutes=3)


class Views:
    """What the cameras of one hall look at."""

    def __init__(self, cameras: Mapping[str, Camera], regions: Iterable[Region]) -> None:
        views: dict[Place, list[Region]] = {}
        for region in regions:
            views.setdefault((region.kind, region.place), []).append(region)
        self._views = views
        self._known = {(region.camera, region.id) for own in views.values() for region in own}
        self._cadences = {place: max(cameras[view.camera].cadence for view in own) for place, own in views.items()}
        self._looks: dict[tuple[str, str], Observation] = {}
        self._newest: dict[str, datetime] = {}

    @property
    def looks(self) -> list[Observation]:
        """The latest look through each region."""
        return list(self._looks.values())

    def is_late(self, camera: str, at: datetime) -> bool:
        """Whether a look is not newer than the newest of its camera; much older, it is of a clock that was set back."""
        newest = self._newest.get(camera)
        return newest is not None and timedelta(0) <= newest - at <= LATE

    def see(self, observations: Iterable[Observation]) -> None:
        """Newer looks; of regions that are not there (any more) they are passed over."""
        for look in observations:
            if (look.camera, look.region) in self._known:
                self._looks[look.camera, look.region] = look
                self._newest[look.camera] = look.at

    def sees(self, kind: RegionKind, place: str) -> bool:
        """Whether any camera looks at a place."""
        return (kind, place) in self._views

    def cameras(self, kind: RegionKind, place: str) -> set[str]:
        """Those that look at a place."""
        return {view.camera for view in self._views.get((kind, place), ())}

    def cadence(self, kind: RegionKind, place: str) -> timedelta:
        """How often a place is looked at, at least; 0 = never."""
        return self._cadences.get((kind, place), timedelta(0))

    def latest(
        self, kind: RegionKind, place: str, at: datetime, gap_cadences: float
    ) -> tuple[Sequence[Observation], datetime]:
        """The latest look through each region of a place, and the time at or before which a look is stale."""
        views = self._views.get((kind, place), ())
        found = [self._looks.get((view.camera, view.id)) for view in views]
        looks = [look or Observation(at, "", "", kind, place, None) for look in found]
        return looks, at - self.cadence(kind, place) * gap_cadences
