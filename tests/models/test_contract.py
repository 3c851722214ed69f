"""What every detector must do, whichever runtime is behind it."""

from collections.abc import Sequence

import numpy as np
import pytest

from camera_ingest.sample import Picture
from models.detection import Detection
from models.detector import Detector
from models.picture import BadPicture
from models.suppression import overlap
from models.weights import SHIPPED, Source, Weights, open_detector

FORMATS = [
    "openvino",
    *(
        pytest.param(format, marks=pytest.mark.torch)
        for format in ("ultralytics", "ultralytics.pt", "ultralytics.onnx")
    ),
]
"""The adapter and, for a file, its suffix; the same weights in each."""


@pytest.fixture(scope="module", params=FORMATS)
def detector(request: pytest.FixtureRequest) -> Detector:
    kind, _, suffix = request.param.partition(".")
    path = request.getfixturevalue(f"shipped_{suffix}") if suffix else SHIPPED
    return open_detector(kind, Weights(path, demo=True, source=Source.SHIPPED), 0.35)


def boxes(people: Sequence[Detection]) -> np.ndarray:
    return np.array([(one.x1, one.y1, one.x2, one.y2) for one in people], np.float32)


def test_finds_the_people_of_a_hall(detector: Detector, hall: Picture, drawn: Sequence[Detection]) -> None:
    found = boxes(detector.detect(hall)).reshape(-1, 4)
    assert [overlap(person, found).max(initial=0) >= 0.5 for person in boxes(drawn)] == [True] * len(drawn)


def test_boxes_are_normalised_and_best_first(detector: Detector, hall: Picture) -> None:
    found = detector.detect(hall)
    assert all(0 <= one.x1 < one.x2 <= 1 and 0 <= one.y1 < one.y2 <= 1 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(0.35 <= one.score <= 1 for one in found)


def test_any_shape_of_picture(detector: Detector, hall: Picture) -> None:
    left = detector.detect(hall[:, : hall.shape[1] // 2])
    assert left and all(one.x2 <= 1 for one in left)
    assert detector.detect(np.full((1, 999, 3), 114, dtype=np.uint8)) == ()


def test_nobody_is_an_empty_answer(detector: Detector) -> None:
    assert detector.detect(np.full((360, 640, 3), 114, dtype=np.uint8)) == ()


def test_the_picture_is_left_as_it_was(detector: Detector, hall: Picture) -> None:
    before = hall.copy()
    assert detector.detect(hall) == detector.detect(hall)
    assert (hall == before).all()


@pytest.mark.parametrize(
    ("picture", "found"),
    [
        (None, "found NoneType"),
        (np.zeros((0, 640, 3), np.uint8), "found 0 × 640 × 3 of uint8"),
        (np.zeros((360, 640), np.uint8), "found 360 × 640 of uint8"),
        (np.zeros((360, 640, 4), np.uint8), "found 360 × 640 × 4 of uint8"),
        (np.zeros((360, 640, 3), np.float32), "found 360 × 640 × 3 of float32"),
    ],
)
def test_what_is_not_a_picture_is_refused(detector: Detector, picture: Picture, found: str) -> None:
    with pytest.raises(BadPicture, match=found):
        detector.detect(picture)


def test_says_what_it_is(detector: Detector) -> None:
    assert detector.demo == ("416×256" in detector.name)
    assert detector.name.startswith(("hallwatch-demo 416×256 ", "hallwatch-demo.pt ", "hallwatch-demo.onnx "))
