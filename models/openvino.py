"""The detector every shard runs: an OpenVINO network on one thread.

No torch, no ultralytics at run time. Measured on YOLO11n: two inference threads cost more CPU than one and batches gain
nothing, so one instance is one thread; pinning is off because two pinned one-thread models share a core.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from camera_ingest.sample import Picture
from models import metadata, runtimes
from models.detection import Detection
from models.letterbox import Letterbox
from models.metadata import WeightsError
from models.picture import checked
from models.resize import Size, resize
from models.suppression import LIMIT, Boxes, suppress

FAST = {
    "PERFORMANCE_HINT": "LATENCY",
    "INFERENCE_NUM_THREADS": 1,
    "ENABLE_CPU_PINNING": False,
    "CACHE_DIR": "",  # nothing is written to disk
}


class OpenVinoDetector:
    """A YOLO detection network (8, 11: one output, 4 + classes × anchors) as exported by ultralytics."""

    def __init__(
        self, directory: Path, threshold: float = 0.35, overlap: float = LIMIT, size: Size | None = None
    ) -> None:
        """Loads `*.xml` of a weights directory; raises `WeightsError` for anything but such a network.

        `size`: another input than its own (height, width); raises `NotResizable` where that cannot be had.
        """
        about = metadata.read(directory)
        openvino = runtimes.openvino()
        core = openvino.Core()
        network = _load(core, directory, about.size)
        if size not in (None, about.size):
            resize(openvino, network, about.size, size)
        self._input = size or about.size
        self._network = core.compile_model(_taking_pictures(openvino, network), "CPU", FAST)
        self._threshold = threshold
        self._overlap = overlap
        self.name = f"{directory.name.removesuffix('_openvino_model')} {self._input[1]}×{self._input[0]} openvino"
        self.demo = about.demo

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        """People with a score of at least the threshold, best first; raises `BadPicture`."""
        picture = checked(picture)
        letterbox = Letterbox(picture.shape[:2], self._input)
        output = self._network(letterbox.lay(picture)[np.newaxis])[0][0]
        boxes, scores = people(output, self._threshold)
        kept = suppress(boxes, scores, self._overlap)
        found = zip(letterbox.lift(boxes[kept]).tolist(), scores[kept].tolist(), strict=True)
        return tuple(Detection(x1, y1, x2, y2, score) for (x1, y1, x2, y2), score in found)


def people(output: NDArray[np.float32], threshold: float) -> tuple[Boxes, NDArray[np.float32]]:
    """Boxes (n × 4) and scores of the anchors whose best class is class 0, at least `threshold`.

    `output` is 4 + classes × anchors: centre x, centre y, width, height in input pixels, then a score per class.
    """
    candidates = np.flatnonzero(output[4] >= threshold)
    candidates = candidates[output[4:, candidates].argmax(axis=0) == 0]
    x, y, width, height, scores = output[:5, candidates]
    boxes = np.stack((x - width / 2, y - height / 2, x + width / 2, y + height / 2), axis=1)
    return boxes, scores


def _load(core: Any, directory: Path, size: tuple[int, int]) -> Any:
    """The network of a directory; raises `WeightsError` unless it has one input of the given size and one output."""
    files = sorted(directory.glob("*.xml"))
    if len(files) != 1:
        raise WeightsError(directory, "one .xml file", f"{len(files)}")
    if not files[0].with_suffix(".bin").is_file():
        raise WeightsError(files[0].with_suffix(".bin"), "a file", "nothing")
    try:
        network = core.read_model(files[0])
    except RuntimeError as error:
        raise WeightsError(files[0], "an OpenVINO IR", " ".join(str(error).split())[-200:]) from error
    shapes = [str(port.partial_shape) for port in (*network.inputs, *network.outputs)]
    if len(shapes) != 2 or shapes[0] != f"[1,3,{size[0]},{size[1]}]":
        raise WeightsError(files[0], f"one input [1,3,{size[0]},{size[1]}] and one output", ", ".join(shapes))
    answer = network.outputs[0].partial_shape
    if answer.is_dynamic or len(answer) != 3 or answer[1].get_length() < 5 or answer[2].get_length() <= 6:
        raise WeightsError(files[0], "an output [1, 4 + classes, anchors] without NMS inside", shapes[1])
    return network


def _taking_pictures(openvino: Any, network: Any) -> Any:
    """The network fed with pictures instead of RGB floats: that conversion costs least inside."""
    colours = openvino.preprocess.ColorFormat
    steps = openvino.preprocess.PrePostProcessor(network)
    given, wanted, between = steps.input().tensor(), steps.input().model(), steps.input().preprocess()
    given.set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC")).set_color_format(colours.BGR)
    wanted.set_layout(openvino.Layout("NCHW"))
    between.convert_element_type(openvino.Type.f32).convert_color(colours.RGB).scale(255.0)
    return steps.build()
