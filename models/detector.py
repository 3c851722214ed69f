"""A detector: anything that finds people in a picture."""

from typing import Protocol

from camera_ingest.sample import Picture
from models.detection import Detection


class Detector(Protocol):
    """Finds people. One instance belongs to one thread."""

    name: str
    """Shown on the board and kept with every alert, e.g. `yolo11n_int8 640×640 openvino`."""
    demo: bool
    """True for the small weights shipped with the package; the board then says 演示模型."""

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        """Every person in the picture with a score of at least the detector's threshold, best first."""
        ...
