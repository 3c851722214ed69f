"""The choice of looks: one where one does, crops where people are small, tiles where a region is large."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.schema import load
from models.looks import (
    BREADTH,
    ENOUGH,
    MOST_ENLARGED,
    MOST_LOOKS,
    SEEN_PX,
    SURE_PX,
    Look,
    Plan,
    Size,
    needed,
    person_px,
    plan,
)
from models.regions import Anchor, Region, RegionKind
from simulation.counter import window_stage
from simulation.lobby import queue_stage
from simulation.looks import look
from simulation.stages import Stage

SHIPPED: tuple[Size, ...] = ((256, 416),)
FAMILY: tuple[Size, ...] = ((192, 320), (256, 416), (640, 640))
PETS = Path(__file__).parents[1] / "footage" / "pets.yaml"


def staff(left: float, top: float, right: float, bottom: float, person: float | None = None, id: str = "w1") -> Region:
    return Region(id, "c1", RegionKind.STAFF, id, _box(left, top, right, bottom), Anchor.CENTRE, person)


def queue(left: float, top: float, right: float, bottom: float, person: float | None = None) -> Region:
    return Region("za", "c1", RegionKind.QUEUE, "za", _box(left, top, right, bottom), Anchor.FOOT, person)


def _box(left: float, top: float, right: float, bottom: float) -> tuple[tuple[float, float], ...]:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def drawn(stage: Stage) -> Iterator[Region]:
    for name, polygon in stage.regions.items():
        kind = RegionKind(name.partition("-")[0])
        yield Region(name, "c1", kind, name, polygon, Anchor.CENTRE if kind is RegionKind.STAFF else Anchor.FOOT)


@pytest.mark.parametrize("seed", range(6))
def test_the_cameras_of_the_demonstration_are_looked_at_once_with_what_is_shipped(seed: int) -> None:
    for stage in (window_stage(seed, (1, 2), look(seed)), queue_stage(seed, look(seed))):
        assert plan(list(drawn(stage)), (360, 640), SHIPPED) == Plan((Look(0, 0, 640, 360, (256, 416)),))


def test_nothing_to_count_takes_the_cheapest_look() -> None:
    mask = Region("m", "c1", RegionKind.MASK, "", _box(0, 0, 1, 1), Anchor.FOOT)
    assert plan([mask], (1080, 1920), FAMILY) == Plan((Look(0, 0, 1920, 1080, (192, 320)),))


@pytest.mark.parametrize(("person", "input"), [(0.2, (192, 320)), (0.12, (256, 416)), (0.07, (640, 640))])
def test_the_input_follows_from_the_size_of_people(person: float, input: Size) -> None:
    whole = queue(0, 0.3, 1, 1, person)
    assert plan([whole], (576, 768), FAMILY) == Plan((Look(0, 0, 768, 576, input),))


def test_a_far_window_gets_a_crop() -> None:
    far = staff(0.48, 0.30, 0.52, 0.36)
    whole, crop = plan([far], (1080, 1920), SHIPPED).looks
    assert whole == Look(0, 0, 1920, 1080, (256, 416))
    assert crop.left < 0.48 * 1920 and crop.right > 0.52 * 1920
    assert crop.bottom > 0.36 * 1080 + SURE_PX / whole.scale - 1, "there is room for a citizen before the window"
    assert crop.scale >= needed(far, 1080) * ENOUGH


def test_neighbouring_windows_share_a_crop_and_distant_ones_do_not() -> None:
    near = [staff(0.40, 0.30, 0.44, 0.36, id="w1"), staff(0.46, 0.30, 0.50, 0.36, id="w2")]
    assert len(plan(near, (1080, 1920), SHIPPED).looks) == 2
    far = [staff(0.05, 0.30, 0.08, 0.36, id="w1"), staff(0.90, 0.80, 0.93, 0.86, id="w2")]
    assert len(plan(far, (1080, 1920), SHIPPED).looks) == 3


def test_a_region_larger_than_the_input_is_tiled() -> None:
    wide = queue(0.05, 0.5, 0.95, 0.7, person=0.05)
    whole, *tiles = plan([wide], (1080, 1920), SHIPPED).looks
    assert len(tiles) >= 2
    for one, two in pairwise(tiles):
        assert one.right - two.left >= SURE_PX / whole.scale / 2, "tiles overlap by the breadth of a person"


def test_what_the_cap_on_looks_leaves_out_is_said() -> None:
    tiny = queue(0, 0.1, 1, 1, person=0.012)
    made = plan([tiny], (2160, 3840), SHIPPED)
    assert len(made.looks) <= MOST_LOOKS
    assert made.lacks.startswith("expected at most 6 looks, found room for people ")


def test_where_near_people_do_not_fit_into_a_tile_far_ones_are_seen_smaller() -> None:
    """The tiles of a 4K picture through a small input are lower than whoever the whole picture cannot see."""
    deep = queue(0, 0.1, 1, 1, person=0.015)
    made = plan([deep], (2160, 3840), [(192, 320)])
    assert made.lacks
    large = SURE_PX / made.looks[0].scale
    assert all(each.bottom - each.top > large for each in made.looks[1:])


def test_people_too_small_in_the_picture_itself_are_said_and_not_enlarged_further() -> None:
    made = plan([queue(0.45, 0.5, 0.55, 0.6, person=0.02)], (360, 640), SHIPPED)
    assert made.lacks == "expected people of at least 16 px in za, found 7"
    assert max(one.scale for one in made.looks) <= MOST_ENLARGED


def test_the_people_of_real_regions() -> None:
    """On PETS 2009 people are 53 to 153 px high; a guess must not be larger than the small ones."""
    for region in load(PETS).regions:
        assert 30 <= person_px(region, 576) <= 55
    assert person_px(replace(load(PETS).regions[0], person=0.1), 576) == pytest.approx(57.6)


def test_without_networks_there_is_no_plan() -> None:
    with pytest.raises(ValueError, match="expected the size of at least one input"):
        plan([], (360, 640), ())


@dataclass(frozen=True, slots=True)
class Situation:
    """A region of a picture, the inputs there are, and a person near it; `x` and `y` as shares of the region's box."""

    region: Region
    picture: Size
    inputs: tuple[Size, ...]
    x: float
    y: float
    height: float
    """0 = as low as the region says, 1 = as high as the picture."""

    def person(self, lowest: float, highest: float) -> tuple[float, float, float]:
        """Where the anchor is, in pixels, and the height of somebody between two heights."""
        (left, top), _, (right, bottom), _ = self.region.polygon
        rows, columns = self.picture
        x, y = (left + self.x * (right - left)) * columns, (top + self.y * (bottom - top)) * rows
        return x, y, lowest + self.height * (highest - lowest)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    left, top = draw(st.floats(0, 0.9)), draw(st.floats(0.05, 0.9))
    right, bottom = min(1.0, left + draw(st.floats(0.02, 1))), min(1.0, top + draw(st.floats(0.02, 0.6)))
    shares = st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1)
    make = draw(st.sampled_from([staff, queue]))
    return Situation(
        make(left, top, right, bottom, draw(st.floats(0.015, 0.1))),
        draw(st.sampled_from([(288, 384), (360, 640), (576, 768), (1080, 1920), (1440, 2560)])),
        tuple(draw(st.lists(st.sampled_from(FAMILY), min_size=1, unique=True))),
        draw(shares),
        draw(shares),
        draw(shares),
    )


def shows(one: Look, box: tuple[float, float, float, float], picture: Size) -> bool:
    """Whether all of a person that is in the picture is in the look, give or take a pixel."""
    left, top, right, bottom = max(0, box[0]), max(0, box[1]), min(picture[1], box[2]), min(picture[0], box[3])
    return one.left <= left + 1 and one.top <= top + 1 and right <= one.right + 1 and bottom <= one.bottom + 1


def at_anchor(region: Region, x: float, y: float, height: float) -> tuple[float, float, float, float]:
    """The broadest box of a height with its anchor there."""
    bottom = y if region.anchor is Anchor.FOOT else y + height / 2
    return x - height * BREADTH / 2, bottom - height, x + height * BREADTH / 2, bottom


@settings(deadline=None, max_examples=400)
@given(situations())
def test_whoever_is_in_a_region_is_wholly_and_well_seen_by_one_look(one: Situation) -> None:
    made = plan([one.region], one.picture, one.inputs)
    assert 1 <= len(made.looks) <= MOST_LOOKS
    rows, columns = one.picture
    for each in made.looks:
        assert 0 <= each.left < each.right <= columns and 0 <= each.top < each.bottom <= rows
    x, y, height = one.person(person_px(one.region, rows), rows)
    box, wanted = at_anchor(one.region, x, y, height), min(SEEN_PX[one.region.kind], height * MOST_ENLARGED) * ENOUGH
    well = [each for each in made.looks if shows(each, box, one.picture) and each.scale * height >= 0.98 * wanted]
    assert made.lacks or well


@settings(deadline=None, max_examples=400)
@given(situations())
def test_whoever_is_too_small_for_the_whole_picture_is_wholly_in_a_closer_look(one: Situation) -> None:
    whole, *closer = plan([one.region], one.picture, one.inputs).looks
    x, y, height = one.person(0, SURE_PX / whole.scale)
    box = at_anchor(one.region, x, y, height)
    assert not closer or any(shows(each, box, one.picture) for each in closer)


@settings(deadline=None, max_examples=400)
@given(situations(), st.floats(0, 1), st.floats(0, 0.3))
def test_whoever_has_the_head_in_a_staff_region_is_wholly_in_a_closer_look(
    one: Situation, across: float, down: float
) -> None:
    """Evidence hides the heads of those who were found; a citizen before the window has to be among them."""
    region = replace(one.region, kind=RegionKind.STAFF, anchor=Anchor.CENTRE)
    whole, *closer = plan([region], one.picture, one.inputs).looks
    x, y, height = one.person(0, SURE_PX / whole.scale)
    width = height * BREADTH
    box = x - across * width, y - down * height, x + (1 - across) * width, y + (1 - down) * height
    assert not closer or any(shows(each, box, one.picture) for each in closer)
