"""The same weights in another input see the same people, and what is no such network is refused."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from models import runtimes
from models.openvino import OpenVinoDetector
from models.resize import NotResizable, anchors, resize
from models.weights import SHIPPED

HALL = Path(__file__).parent / "hall.jpg"


openvino = runtimes.openvino()


def network() -> Any:
    return openvino.Core().read_model(next(SHIPPED.glob("*.xml")))


def test_a_resized_network_finds_the_people_of_a_picture_where_the_original_does() -> None:
    picture = np.asarray(cv2.imread(str(HALL)), np.uint8)
    own = OpenVinoDetector(SHIPPED, 0.5).detect(picture)
    other = OpenVinoDetector(SHIPPED, 0.5, size=(288, 512)).detect(picture)
    assert len(own) == len(other) >= 1
    for one in own:
        near = min(other, key=lambda two: abs(one.centre[0] - two.centre[0]) + abs(one.centre[1] - two.centre[1]))
        assert one.centre == pytest.approx(near.centre, abs=0.02)


def test_there_and_back_changes_not_one_number() -> None:
    picture = np.random.default_rng(3).integers(0, 255, (1, 3, 256, 416)).astype(np.float32)
    once, twice = network(), network()
    resize(openvino, twice, (256, 416), (192, 320))
    resize(openvino, twice, (192, 320), (256, 416))
    answers = [openvino.Core().compile_model(one, "CPU")(picture)[0] for one in (once, twice)]
    assert np.array_equal(*answers)


def test_anchors_lie_in_the_middle_of_their_cells() -> None:
    centres, strides = anchors((64, 96))
    assert centres.shape == (1, 2, 8 * 12 + 4 * 6 + 2 * 3)
    assert centres[0, :, 0].tolist() == [0.5, 0.5]
    assert centres[0, :, 8 * 12 + 6].tolist() == [0.5, 1.5]
    assert strides[0, 0, [0, 96, -1]].tolist() == [8, 16, 32]


@pytest.mark.parametrize("size", [(250, 416), (0, 32), (192, 300)])
def test_an_input_the_strides_do_not_divide_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(NotResizable, match="multiples of 32"):
        resize(openvino, network(), (256, 416), size)


def test_a_network_with_another_head_is_refused_and_left_as_it_is() -> None:
    other = network()
    with pytest.raises(NotResizable, match="found 0"):
        resize(openvino, other, (640, 640), (192, 320))
    assert str(other.inputs[0].partial_shape) == "[1,3,256,416]"
