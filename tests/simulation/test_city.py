"""The planned city is a valid configuration of any size."""

from collections import Counter
from pathlib import Path

import pytest

from camera_ingest.camera import Role
from config.schema import load
from models.regions import RegionKind
from monitor.places import HallLevel
from simulation.city import build, plan

DEMO = Path(__file__).resolve().parents[2] / "config" / "demo.yaml"


def test_the_default_city_has_three_halls_of_three_levels() -> None:
    city = build()
    assert [hall.level for hall in city.halls] == [HallLevel.CITY, HallLevel.DISTRICT, HallLevel.TOWN]
    assert [len(hall.windows) for hall in city.halls] == [24, 14, 8]
    assert Counter(eye.role for eye in city.eyes) == {Role.WINDOW: 23, Role.QUEUE: 7, Role.ENTRANCE: 4}
    assert len({eye.stage for eye in city.eyes}) == len(city.eyes), "every camera shows its own place"
    assert [sum(window.closed for window in hall.windows) for hall in city.halls] == [1, 1, 0]
    assert len(city.silent) == 1


def test_the_same_seed_plans_the_same_city() -> None:
    assert build(seed=4) == build(seed=4)
    assert build(seed=4) != build(seed=5)


@pytest.mark.parametrize(("halls", "cameras"), [(3, None), (1, 2), (2, 4), (9, 60)])
def test_every_plan_is_a_sound_configuration(halls: int, cameras: int | None) -> None:
    settings = load(DEMO, {}, plan(halls, cameras, rtsp_port=18554))
    assert settings.simulated
    assert len(settings.halls) == halls
    assert cameras in (None, len(settings.cameras))
    assert all(camera.url == f"rtsp://127.0.0.1:18554/{camera.id}" for camera in settings.cameras)
    watched = {(camera.hall, region.place) for camera in settings.cameras for region in settings.regions
               if region.camera == camera.id and region.kind is RegionKind.STAFF}  # fmt: skip
    assert watched == {(hall.id, window.id) for hall in settings.halls for window in hall.windows}
    queues = [(camera.hall, region.place) for camera in settings.cameras for region in settings.regions
              if region.camera == camera.id and region.kind is RegionKind.QUEUE]  # fmt: skip
    assert sorted(queues) == sorted((hall.id, zone.id) for hall in settings.halls for zone in hall.zones)
    assert {(device.hall, device.window) for device in settings.devices} == watched


def test_a_large_city_shares_its_stages() -> None:
    city = build(112, 2064)
    assert (len(city.halls), len(city.eyes)) == (112, 2064)
    assert len({hall.id for hall in city.halls}) == 112
    assert len({eye.id for eye in city.eyes}) == 2064
    assert len({device.id for device in city.devices}) == sum(len(hall.windows) for hall in city.halls)
    assert len({eye.stage for eye in city.eyes}) <= 54


def test_fewer_than_two_cameras_per_hall_are_refused() -> None:
    with pytest.raises(ValueError, match="at least two for each of 3 halls, found 5"):
        build(3, 5)
