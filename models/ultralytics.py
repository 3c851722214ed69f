"""The detector for GPUs and other formats: ultralytics at run time (.pt, OpenVINO, ONNX, TensorRT).

It is also the reference that the OpenVINO detector must agree with. Needs the extra `hallwatch[models]`, which brings
onnxruntime for ONNX; TensorRT comes with NVIDIA's own packages and runs on its GPUs only.
"""

from importlib.util import find_spec
from pathlib import Path

from camera_ingest.sample import Picture
from models import metadata, runtimes
from models.detection import Detection
from models.metadata import WeightsError
from models.picture import checked
from models.suppression import LIMIT

RUNTIMES = {".onnx": "onnxruntime", ".engine": "tensorrt"}
"""What must be installed to run a file; ultralytics would try to install it while watching."""


class UltralyticsDetector:
    """Any detection network that `ultralytics.YOLO` loads and whose class 0 is `person`."""

    def __init__(self, path: Path, threshold: float = 0.35, overlap: float = LIMIT, device: str | None = None) -> None:
        """Loads a file or an OpenVINO directory, to run on a device (`cpu`, `0`, `cuda:0`; None = the best there is).

        Raises `ExtraMissing`, `DeviceMissing` or `WeightsError`.
        """
        about = metadata.read(path) if path.is_dir() else None
        if about is None and not path.is_file():
            raise WeightsError(path, "a file or a directory", "nothing")
        ultralytics = runtimes.ultralytics()
        runtimes.require_device(device)
        _require_runtime(path, device)
        try:
            self._model = ultralytics.YOLO(str(path), task="detect")
            names = self._model.names
        except Exception as error:  # ultralytics raises whatever its many loaders raise
            raise WeightsError(path, "weights that ultralytics loads", " ".join(str(error).split())[-200:]) from error
        if names.get(0) != metadata.PERSON:
            raise WeightsError(path, f"names with 0: {metadata.PERSON}", repr(names.get(0)))
        self._asked = {"conf": threshold, "iou": overlap, "classes": [0], "verbose": False}
        self._asked |= {"device": device.removeprefix("cuda:")} if device else {}
        size = f" {about.size[1]}×{about.size[0]}" if about else ""
        self.name = f"{path.name.removesuffix('_openvino_model')}{size} ultralytics"
        self.demo = about is not None and about.demo

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        """People with a score above the threshold, best first; raises `BadPicture`."""
        found = self._model.predict(checked(picture), **self._asked)[0].boxes
        pairs = zip(found.xyxyn.tolist(), found.conf.tolist(), strict=True)
        people = [Detection(x1, y1, x2, y2, score) for (x1, y1, x2, y2), score in pairs]
        return tuple(sorted(people, key=lambda person: -person.score))


def _require_runtime(path: Path, device: str | None) -> None:
    """Raises `WeightsError` where the library, or for TensorRT the GPU, that such a file needs is missing."""
    needed = RUNTIMES.get(path.suffix)
    if needed and find_spec(needed) is None:
        raise WeightsError(path, f"the Python package {needed} to run a {path.suffix} file", "none installed")
    if path.suffix == ".engine":
        if device == "cpu":
            raise WeightsError(path, "a CUDA device to run a .engine file on", "detector.device: cpu")
        runtimes.require_device(device or "0")
