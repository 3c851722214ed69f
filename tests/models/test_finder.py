"""Looking closer finds everybody once, where they are."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera_ingest.sample import Picture
from models.detection import Detection
from models.detector import Detector
from models.finder import Finder, find, merged
from models.letterbox import Letterbox
from models.looks import Look, Size, plan
from models.openvino import OpenVinoDetector
from models.picture import BadPicture
from models.regions import Anchor, Region, RegionKind
from models.weights import SHIPPED

INPUT: Size = (256, 416)
LEAST_PX = 12
"""The height in the input below which the detector of these tests sees nothing."""


def queue(left: float, top: float, right: float, bottom: float, person: float) -> Region:
    corners = (left, top), (right, top), (right, bottom), (left, bottom)
    return Region("za", "c1", RegionKind.QUEUE, "za", corners, Anchor.FOOT, person)


def painted(people: Sequence[tuple[int, int, int, int]], size: Size) -> Picture:
    """A black picture with each person as a rectangle (left, top, right, bottom) in a grey of their own."""
    picture = np.zeros((*size, 3), np.uint8)
    for number, (left, top, right, bottom) in enumerate(people, 1):
        picture[top:bottom, left:right] = 8 * number
    return picture


def rectangles(picture: Picture, size: Size) -> tuple[Detection, ...]:
    """Finds rectangles of a grey of their own, as far as they are in the picture and high enough in the input."""
    height, width = picture.shape[:2]
    scale = min(size[0] / height, size[1] / width)
    found = []
    greys = picture[..., 0]
    for grey in np.flatnonzero(np.bincount(greys.ravel())[1:]) + 1:
        rows, columns = np.flatnonzero((greys == grey).any(axis=1)), np.flatnonzero((greys == grey).any(axis=0))
        if (rows.max() + 1 - rows.min()) * scale >= LEAST_PX:
            x1, x2 = columns.min() / width, (columns.max() + 1) / width
            found.append(Detection(x1, rows.min() / height, x2, (rows.max() + 1) / height, 0.9))
    return tuple(found)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[tuple[int, int, int, int], ...]:
    """People who stand apart in a picture of 1920×1080, from 40 px to 400 px high."""
    people: list[tuple[int, int, int, int]] = []
    for _ in range(draw(st.integers(1, 12))):
        height = draw(st.integers(40, 400))
        width = round(height * draw(st.floats(0.25, 0.5)))
        left, top = draw(st.integers(0, 1920 - width)), draw(st.integers(0, 1080 - height))
        box = (left, top, left + width, top + height)
        if not any(box[0] < p[2] and p[0] < box[2] and box[1] < p[3] and p[1] < box[3] for p in people):
            people.append(box)
    return tuple(people)


BOXES = [(0.0, 0.0503, 1.0, 1.0), (0.1003, 0.5003, 0.9003, 0.6003), (0.4503, 0.4003, 0.5503, 0.5003)]
"""Of regions; their edges lie between pixels, so that nobody stands on one."""


@settings(deadline=None, max_examples=60)
@given(crowds(), st.sampled_from(BOXES))
def test_everybody_in_a_region_is_found_once(
    people: Sequence[tuple[int, int, int, int]], box: tuple[float, float, float, float]
) -> None:
    region = queue(*box, person=40 / 1080)
    made = plan([region], (1080, 1920), [INPUT])
    found = find(painted(people, (1080, 1920)), made.looks, rectangles)
    there = [Detection(a / 1920, b / 1080, c / 1920, d / 1080, 0.9) for a, b, c, d in people]
    wanted = sorted((round(one.x1 * 1920), round(one.y1 * 1080)) for one in there if region.holds(one))
    assert sorted((round(one.x1 * 1920), round(one.y1 * 1080)) for one in found if region.holds(one)) == wanted


WHOLE, LEFT, RIGHT = Look(0, 0, 1000, 500, INPUT), Look(0, 0, 600, 500, INPUT), Look(400, 0, 1000, 500, INPUT)


def at(left: float, top: float, right: float, bottom: float, look: Look, score: float = 0.9) -> Detection:
    """A box given in pixels, as the look answers it."""
    wide, high = look.right - look.left, look.bottom - look.top
    return Detection((left - look.left) / wide, top / high, (right - look.left) / wide, bottom / high, score)


def found(*looks: tuple[Look, list[Detection]]) -> list[tuple[int, ...]]:
    people = merged(looks, (500, 1000))
    return sorted((round(p.x1 * 1000), round(p.y1 * 500), round(p.x2 * 1000), round(p.y2 * 500)) for p in people)


def test_a_person_in_two_tiles_counts_once() -> None:
    both = [(look, [at(450, 100, 500, 200, look)]) for look in (LEFT, RIGHT)]
    assert found((WHOLE, []), *both) == [(450, 100, 500, 200)]


def test_a_person_cut_by_a_tile_counts_as_the_tile_that_sees_all_of_it() -> None:
    cut = (LEFT, [at(560, 100, 600, 200, LEFT, 0.95)])
    assert found((WHOLE, []), cut, (RIGHT, [at(560, 100, 680, 200, RIGHT, 0.5)])) == [(560, 100, 680, 200)]
    assert found((WHOLE, []), cut, (RIGHT, [])) == [(560, 100, 600, 200)]


def test_somebody_before_somebody_else_is_not_part_of_them() -> None:
    two = [at(450, 50, 560, 300, LEFT), at(470, 200, 510, 300, LEFT)]
    assert len(found((WHOLE, []), (LEFT, two), (RIGHT, []))) == 2


def test_somebody_at_the_edge_of_the_only_closer_look_is_left_to_the_whole_picture() -> None:
    whole, cut = at(585, 100, 615, 170, WHOLE), at(585, 100, 600, 170, LEFT)
    assert found((WHOLE, [whole]), (LEFT, [cut])) == [(585, 100, 615, 170)]


def test_the_whole_picture_answers_for_large_people_and_for_what_nobody_looks_at_closer() -> None:
    large, small, elsewhere = at(100, 50, 200, 400, WHOLE), at(300, 50, 320, 100, WHOLE), at(800, 50, 820, 100, WHOLE)
    assert found((WHOLE, [large, small, elsewhere]), (LEFT, [])) == [(100, 50, 200, 400), (800, 50, 820, 100)]


def test_a_crop_shows_the_shipped_network_people_it_cannot_see_in_the_whole_picture(
    hall: Picture, drawn: Sequence[Detection]
) -> None:
    """The rendered hall, at half its size in a corner of a large picture."""
    small = cv2.resize(hall, (320, 180), interpolation=cv2.INTER_AREA)
    picture = np.full((1080, 1920, 3), 114, np.uint8)
    picture[700:880, 1400:1720] = small
    network = OpenVinoDetector(SHIPPED)
    finder = Finder(network, {INPUT: lambda: network})
    corners = tuple(((1400 + 320 * x) / 1920, (700 + 180 * y) / 1080) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1)))
    region = Region("w1", "c1", RegionKind.STAFF, "w1", corners, Anchor.CENTRE, person=30 / 1080)
    inside = [one for one in finder.find(picture, [region]) if region.holds(one)]
    assert len(inside) >= len(drawn) - 1
    assert not [one for one in network.detect(picture) if region.holds(one)]


class Counted:
    """A detector that only counts what it is asked."""

    def __init__(self, name: str) -> None:
        self.name, self.demo, self.asked = name, False, 0

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        self.asked += 1
        return ()


def opener(opened: list[str], name: str) -> Callable[[], Detector]:
    def open_() -> Detector:
        opened.append(name)
        return Counted(name)

    return open_


def test_networks_are_opened_when_they_are_needed_and_lacks_are_said_once() -> None:
    opened: list[str] = []
    said: list[str] = []
    first = Counted("first")
    inputs = {INPUT: lambda: first, (640, 640): opener(opened, "large")}
    finder = Finder(first, inputs, said.append)
    assert (finder.name, finder.demo) == ("first", False)
    picture = np.zeros((360, 640, 3), np.uint8)
    finder.find(picture, [queue(0, 0.5, 1, 1, person=0.2)])
    assert (opened, first.asked, said) == ([], 1, [])
    for _ in range(2):
        finder.find(picture, [queue(0, 0.5, 1, 1, person=0.02)])
    assert opened == ["large"]
    assert said == ["camera c1, picture 640×360: expected people of at least 16 px in za, found 7"]
    with pytest.raises(BadPicture):
        finder.find(np.zeros((360, 640), np.uint8), [])


def test_a_stream_that_changes_its_size_at_every_look_is_planned_for_anew_and_remembered_once() -> None:
    said: list[str] = []
    finder = Finder(Counted("one"), {INPUT: lambda: Counted("one")}, said.append)
    regions = [queue(0, 0.5, 1, 1, person=0.2)]
    plans = [finder.plan(regions, (height, 2 * height)) for height in range(100, 140)]
    assert finder.plan(regions, (139, 278)) is plans[-1]
    assert finder.plan(regions, (100, 200)) == plans[0] and finder.plan(regions, (100, 200)) is not plans[0]


def test_one_look_is_the_detector_itself(hall: Picture) -> None:
    network = OpenVinoDetector(SHIPPED)
    looks = plan([queue(0, 0.5, 1, 1, person=0.2)], (360, 640), [INPUT]).looks
    assert Letterbox((360, 640), INPUT).inner[1] == 416
    assert find(hall, looks, lambda picture, _: network.detect(picture)) == network.detect(hall)
