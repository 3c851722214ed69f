"""Healths on disk: what is known of each camera's picture, so that a camera that was moved stays so over a restart."""

import json
import logging
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from camera_ingest.health import Health
from camera_ingest.health_record import BadRecord, dump, load
from models.regions import Region
from monitor.adapters.camera_files import CameraFiles

log = logging.getLogger(__name__)


class Healths:
    """The files of a directory. One that cannot be read, or was learned for other regions, is begun anew.

    Regions that were drawn again are how a person says that the view of a camera is right as it is now.
    """

    def __init__(self, directory: Path, regions: Iterable[Region]) -> None:
        self._files = CameraFiles(directory)
        self._regions: dict[str, list[Region]] = {}
        for region in regions:
            self._regions.setdefault(region.camera, []).append(region)

    def read(self, camera: str) -> Health:
        """The health of a camera as it was written last; empty if there is none to go on with."""
        try:
            text = self._files.read(camera)
            if text is None:
                return Health()
            content = json.loads(text)
            return load(content["health"]) if content["drawn"] == self._drawn(camera) else Health()
        except (OSError, ValueError, KeyError, TypeError, BadRecord) as error:
            words = " ".join(str(error).split())
            log.warning(
                "%s: expected a record of health, found %s; it is learned anew", self._files.path(camera), words
            )
            return Health()

    def write(self, camera: str, health: Health) -> None:
        """Keeps the health of a camera."""
        self._files.write(camera, json.dumps({"drawn": self._drawn(camera), "health": dump(health)}))

    def _drawn(self, camera: str) -> str:
        """Changes whenever the regions of a camera do."""
        shapes = sorted(repr((one.id, one.kind, one.polygon)) for one in self._regions.get(camera, ()))
        return sha256("\n".join(shapes).encode()).hexdigest()[:16]
