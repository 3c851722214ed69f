"""The whole city has the amounts that are written down, and its parts keep the proportions."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera_ingest.camera import CADENCE, Role
from config.schema import load
from models.regions import RegionKind
from monitor.places import HallLevel
from simulation.chapter import write
from simulation.city import CityRefused, plan_of
from simulation.kinds import MANY_KINDS, Kind
from simulation.network import MOST, ROLES, shares, whole
from simulation.weihai import HALLS
from tests.simulation.test_city import DEMO

WHOLE = whole()


def test_the_whole_city_has_all_its_halls_windows_and_cameras() -> None:
    assert (len(WHOLE.halls), sum(len(hall.windows) for hall in WHOLE.halls), len(WHOLE.eyes)) == (112, 1632, 2064)
    assert Counter(eye.role for eye in WHOLE.eyes) == {
        Role.WINDOW: 1240, Role.QUEUE: 430, Role.ENTRANCE: 210, Role.SELF_SERVICE: 100, Role.PUBLIC: 84,
    }  # fmt: skip
    eyes = Counter(eye.hall for eye in WHOLE.eyes)
    sizes = Counter((len(hall.windows), eyes[hall.id]) for hall in WHOLE.halls)
    assert sizes == {(110, 160): 1, (25, 45): 8, (60, 80): 7, (15, 30): 2, (14, 24): 20, (8, 6): 74}
    assert Counter(hall.level for hall in WHOLE.halls) == {
        HallLevel.CITY: 9, HallLevel.DISTRICT: 29, HallLevel.TOWN: 74,
    }  # fmt: skip


def test_names_and_ids_are_unique_and_known_halls_keep_theirs() -> None:
    for names in (
        [hall.id for hall in WHOLE.halls],
        [hall.name for hall in WHOLE.halls],
        [hall.name_en for hall in WHOLE.halls],
        [eye.id for eye in WHOLE.eyes],
        [device.id for device in WHOLE.devices],
    ):
        assert len(names) == len(set(names))
    assert {hall.id for hall in HALLS} < {hall.id for hall in WHOLE.halls}
    assert {hall.area for hall in WHOLE.halls} == {area.code for area in WHOLE.areas}


@pytest.mark.parametrize("cameras", [16, 17, 40, 200, MOST])
def test_every_part_is_a_sound_configuration_at_real_cadences(cameras: int) -> None:
    city = whole(cameras)
    loaded = load(DEMO, {}, plan_of(city, rtsp_port=18554))
    assert loaded.simulated and len(loaded.cameras) == cameras
    assert all(camera.cadence == CADENCE[camera.role] for camera in loaded.cameras)
    assert all(camera.url == f"rtsp://127.0.0.1:18554/{camera.id}" for camera in loaded.cameras)
    hall_of = {camera.id: camera.hall for camera in loaded.cameras}
    watched = Counter(
        (hall_of[region.camera], region.place) for region in loaded.regions if region.kind is RegionKind.STAFF
    )
    assert watched == Counter((hall.id, window.id) for hall in city.halls for window in hall.windows)
    queues = Counter(
        (hall_of[region.camera], region.place) for region in loaded.regions if region.kind is RegionKind.QUEUE
    )
    assert queues == Counter((hall.id, zone.id) for hall in city.halls for zone in hall.zones)


@given(st.integers(16, MOST))
@settings(max_examples=40, deadline=None)
def test_roles_keep_their_shares_within_rounding(cameras: int) -> None:
    city = whole(cameras)
    assert len(city.eyes) == cameras
    all_roles = Counter(eye.role for eye in WHOLE.eyes)
    found = Counter(eye.role for eye in city.eyes)
    assert all(abs(found[role] - cameras * all_roles[role] / MOST) < 1 for role in ROLES)
    assert all(eye.windows if eye.role is Role.WINDOW else not eye.windows for eye in city.eyes)


@given(st.integers(0, 500), st.lists(st.integers(1, 200), min_size=1, max_size=40), st.integers(0, 3))
def test_shares_add_up_and_nobody_gets_less_than_the_least(total: int, weights: list[int], least: int) -> None:
    total += least * len(weights)
    got = shares(total, weights, least)
    assert sum(got) == total and min(got) >= least


def test_stages_are_shared_so_that_drawing_stays_short() -> None:
    assert len({eye.stage for eye in WHOLE.eyes}) < 50
    assert all(len(eye.stage.numbers) == len(eye.windows) for eye in WHOLE.eyes)


def test_a_mix_gives_every_role_every_kind() -> None:
    city = whole(mix=MANY_KINDS)
    kinds = Counter((eye.role, eye.stage.kind) for eye in city.eyes)
    for role in ROLES:
        total = sum(kinds[role, kind] for kind in Kind)
        for kind, share in MANY_KINDS.items():
            assert abs(kinds[role, kind] / total - share) < 0.05
    loaded = load(DEMO, {}, plan_of(city, 18554, 18081))
    for camera, eye in zip(loaded.cameras, city.eyes, strict=True):
        assert camera.url.startswith("http://127.0.0.1:18081/" if eye.stage.kind is Kind.JPEG else "rtsp://")


@pytest.mark.parametrize("cameras", [15, MOST + 1])
def test_other_sizes_are_refused(cameras: int) -> None:
    with pytest.raises(CityRefused, match="expected 16 to 2064"):
        whole(cameras)


def test_its_story_can_be_told() -> None:
    chapter = write(whole(100), 0)
    assert chapter.aways and chapter.outages and chapter.visits
