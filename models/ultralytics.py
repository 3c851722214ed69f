"""The detector for GPUs and other formats: ultralytics at run time (.pt, OpenVINO, .onnx where onnxruntime is there).

It is also the reference that the OpenVINO detector must agree with. Needs the extra `hallwatch[models]`.
"""

from pathlib import Path

from camera_ingest.sample import Picture
from models import metadata, runtimes
from models.detection import Detection
from models.metadata import WeightsError
from models.picture import checked
from models.suppression import LIMIT


class UltralyticsDetector:
    """Any detection network that `ultralytics.YOLO` loads and whose class 0 is `person`."""

    def __init__(self, path: Path, threshold: float = 0.35, overlap: float = LIMIT) -> None:
        """Loads a file or an OpenVINO directory; raises `ExtraMissing` or `WeightsError`."""
        about = metadata.read(path) if path.is_dir() else None
        if about is None and not path.is_file():
            raise WeightsError(path, "a file or a directory", "nothing")
        ultralytics = runtimes.ultralytics()
        try:
            self._model = ultralytics.YOLO(str(path), task="detect")
            names = self._model.names
        except Exception as error:  # ultralytics raises whatever its many loaders raise
            raise WeightsError(path, "weights that ultralytics loads", " ".join(str(error).split())[-200:]) from error
        if names.get(0) != metadata.PERSON:
            raise WeightsError(path, f"names with 0: {metadata.PERSON}", repr(names.get(0)))
        self._asked = {"conf": threshold, "iou": overlap, "classes": [0], "verbose": False}
        size = f" {about.size[1]}×{about.size[0]}" if about else ""
        self.name = f"{path.stem.removesuffix('_openvino_model')}{size} ultralytics"
        self.demo = about is not None and about.demo

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        """People with a score above the threshold, best first; raises `BadPicture`."""
        found = self._model.predict(checked(picture), **self._asked)[0].boxes
        pairs = zip(found.xyxyn.tolist(), found.conf.tolist(), strict=True)
        people = [Detection(x1, y1, x2, y2, score) for (x1, y1, x2, y2), score in pairs]
        return tuple(sorted(people, key=lambda person: -person.score))
