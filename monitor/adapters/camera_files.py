"""Files of cameras: one small text per camera in a directory, replaced whole or not at all."""

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)


class CameraFiles:
    """What cannot be written is said once, and goes without."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._complained = False

    def path(self, camera: str) -> Path:
        """Where the text of a camera lies, if there is one."""
        return self._directory / f"{camera}.json"

    def read(self, camera: str) -> str | None:
        """The text of a camera, None if there is none. Raises OSError and ValueError where it cannot be read."""
        try:
            return self.path(camera).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, camera: str, text: str) -> None:
        """Puts a text in the place of the one before."""
        path = self.path(camera)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(path)
            self._complained = False
        except OSError as error:
            if not self._complained:
                log.warning("%s: not written: %s", path, error.strerror or error)
            self._complained = True
