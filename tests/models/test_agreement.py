"""Agreement: counted by hand on a few boxes."""

import numpy as np
import pytest

from camera_ingest.sample import Picture
from models.agreement import Agreement, agreement
from models.detection import Detection
from tests.models.fixed import Told

LEFT, RIGHT = Detection(0.1, 0.1, 0.3, 0.9, 0.9), Detection(0.6, 0.1, 0.8, 0.9, 0.8)
NEAR_LEFT, FAR = Detection(0.12, 0.1, 0.32, 0.9, 0.9), Detection(0.4, 0.4, 0.5, 0.5, 0.5)
PICTURES = [np.full((8, 8, 3), level, np.uint8) for level in range(2)]


def seen(first: tuple[Detection, ...], second: tuple[Detection, ...]) -> Told:
    """A detector that sees one thing in the first picture and another in the second."""

    def answer(picture: Picture) -> tuple[Detection, ...]:
        return (first, second)[int(picture[0, 0, 0])]

    return Told(answer)


def test_counted_by_hand() -> None:
    """Of three people two are found, one box is of nobody, and each picture has one head too many or too few."""
    found = agreement(seen((NEAR_LEFT, RIGHT, FAR), ()), seen((LEFT, RIGHT), (RIGHT,)), PICTURES)
    assert found == Agreement(frames=2, people=3, recall=0.6667, precision=0.6667, head_count_difference=1.0)
    assert not found.good
    assert "over 2 frames with 3 people: recall 0.667, precision 0.667, head count off by 1.0" in found.sentence("net")


def test_the_same_agrees() -> None:
    same = seen((LEFT,), (LEFT, RIGHT))
    assert agreement(same, same, PICTURES) == Agreement(2, 3, 1.0, 1.0, 0.0)


@pytest.mark.parametrize(("recall", "precision", "good"), [(0.9, 0.9, True), (0.89, 1, False), (1, 0.89, False)])
def test_from_where_on_it_is_good(recall: float, precision: float, good: bool) -> None:
    assert Agreement(10, 10, recall, precision, 0).good is good


def test_nobody_to_judge_by_is_not_good() -> None:
    found = agreement(seen((), ()), seen((), ()), PICTURES)
    assert not found.good
    assert "expected people in the 2 frames kept aside to compare it with, found nobody" in found.sentence("net")


def test_boxes_where_nobody_is_are_not_good() -> None:
    found = agreement(seen((FAR,), (FAR,)), seen((), ()), PICTURES)
    assert (found.precision, found.head_count_difference, found.good) == (0.0, 1.0, False)
