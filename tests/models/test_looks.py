"""The choice of looks: one where one does, crops where people are small, tiles where a region is large."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.schema import load
from models.looks import ENOUGH, MOST_ENLARGED, MOST_LOOKS, SEEN_PX, SURE_PX, Look, Plan, Size, person_px, plan
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
@pytest.mark.parametrize("windows", [2, 3, 5])
def test_the_simulated_cameras_are_looked_at_once_with_what_is_shipped(seed: int, windows: int) -> None:
    for stage in (window_stage(seed, range(1, windows + 1), look(seed)), queue_stage(seed, look(seed))):
        assert plan(list(drawn(stage)), (360, 640), SHIPPED) == Plan((Look(0, 0, 640, 360, (256, 416)),))


def test_nothing_to_count_takes_the_cheapest_look() -> None:
    mask = Region("m", "c1", RegionKind.MASK, "", _box(0, 0, 1, 1), Anchor.FOOT)
    assert plan([mask], (1080, 1920), FAMILY) == Plan((Look(0, 0, 1920, 1080, (192, 320)),))


@pytest.mark.parametrize(("person", "input"), [(0.2, (192, 320)), (0.1, (256, 416)), (0.06, (640, 640))])
def test_the_input_follows_from_the_size_of_people(person: float, input: Size) -> None:
    whole = queue(0, 0.3, 1, 1, person)
    assert plan([whole], (576, 768), FAMILY) == Plan((Look(0, 0, 768, 576, input),))


def test_a_far_window_gets_a_crop() -> None:
    far = staff(0.48, 0.30, 0.52, 0.36)
    whole, crop = plan([far], (1080, 1920), SHIPPED).looks
    assert whole == Look(0, 0, 1920, 1080, (256, 416))
    assert crop.left < 0.48 * 1920 and crop.right > 0.52 * 1920
    assert crop.bottom > 0.36 * 1080 + SURE_PX / whole.scale - 1, "there is room for a citizen before the window"
    assert crop.scale * person_px(far, 1080) >= SEEN_PX * ENOUGH


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
    assert made.lacks.startswith("expected at most 6 looks for people 24 px high, found room for ")


def test_people_too_small_in_the_picture_itself_are_said_and_not_enlarged_further() -> None:
    made = plan([queue(0.45, 0.5, 0.55, 0.6, person=0.02)], (360, 640), SHIPPED)
    assert made.lacks == "expected people at least 12 px high in za, found 7 px"
    assert max(one.scale for one in made.looks) <= MOST_ENLARGED


def test_the_people_of_real_regions() -> None:
    """On PETS 2009 people are 53 to 153 px high; a guess must not be larger than the small ones."""
    for region in load(PETS).regions:
        assert 30 <= person_px(region, 576) <= 55
    assert person_px(replace(load(PETS).regions[0], person=0.1), 576) == pytest.approx(57.6)


def test_without_networks_there_is_no_plan() -> None:
    with pytest.raises(ValueError, match="expected the size of at least one input"):
        plan([], (360, 640), ())


shares = st.floats(0, 1)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Region, Size, tuple[Size, ...], tuple[float, float], float]:
    """A region, a picture, the inputs there are, and a person whose anchor is in the region: point and height in px."""
    picture = draw(st.sampled_from([(288, 384), (360, 640), (576, 768), (1080, 1920), (1440, 2560)]))
    left, top = draw(st.floats(0, 0.9)), draw(st.floats(0.05, 0.9))
    right, bottom = draw(st.floats(left + 0.02, 1)), draw(st.floats(top + 0.02, 1))
    person = draw(st.floats(0.02, 0.5))
    make = draw(st.sampled_from([staff, queue]))
    inputs = tuple(draw(st.lists(st.sampled_from(FAMILY), min_size=1, unique=True)))
    anchor = left + draw(shares) * (right - left), top + draw(shares) * (bottom - top)
    height = draw(st.floats(person * picture[0], picture[0]))
    return make(left, top, right, bottom, person), picture, inputs, anchor, height


@given(situations())
def test_whoever_is_in_a_region_is_wholly_and_well_seen_by_one_look(
    situation: tuple[Region, Size, tuple[Size, ...], tuple[float, float], float],
) -> None:
    region, picture, inputs, (x, y), height = situation
    made = plan([region], picture, inputs)
    assert 1 <= len(made.looks) <= MOST_LOOKS
    assert all(
        0 <= one.left < one.right <= picture[1] and 0 <= one.top < one.bottom <= picture[0] for one in made.looks
    )
    rows, columns = picture
    bottom = y * rows if region.anchor is Anchor.FOOT else y * rows + height / 2
    sides = max(0.0, x * columns - height / 4), min(float(columns), x * columns + height / 4)
    ends = max(0.0, bottom - height), min(float(rows), bottom)

    def sees(one: Look) -> bool:
        within = one.left <= sides[0] + 1 and sides[1] <= one.right + 1
        return within and one.top <= ends[0] + 1 and ends[1] <= one.bottom + 1

    wanted = min(SEEN_PX * ENOUGH, height * MOST_ENLARGED)
    assert made.lacks or any(sees(one) and one.scale * height >= wanted * 0.98 for one in made.looks)
