"""The exam: held-out halls as clips, a configuration and the truth."""

from pathlib import Path

import pytest

from camera_ingest import clip
from config.schema import load
from models.detection import Detection
from models.regions import RegionKind
from simulation.exam import CADENCE_S, CASES, write
from simulation.stages import HEIGHT, WIDTH

LOOKS = 12


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("exam"), LOOKS, seed=5)


def test_it_is_a_configuration_of_simulated_halls(exam: Path) -> None:
    settings = load(exam)
    assert settings.simulated
    assert [hall.id for hall in settings.halls] == [case.id for case in CASES]
    assert len(settings.cameras) == sum(len(case.eyes) for case in CASES)
    staff = {(region.camera, region.place) for region in settings.regions if region.kind is RegionKind.STAFF}
    assert len(staff) >= 20


def test_every_look_is_a_sample_in_service_hours(exam: Path) -> None:
    from datetime import UTC, datetime

    settings = load(exam)
    at = datetime(2026, 11, 25, 1, tzinfo=UTC)
    for camera in settings.cameras:
        samples = list(clip.samples(camera, Path(camera.url), at))
        assert [(one.at - at).total_seconds() for one in samples] == [n * CADENCE_S for n in range(LOOKS)]
        assert all(one.picture is not None and one.picture.shape == (HEIGHT, WIDTH, 3) for one in samples)
        assert settings.hours[camera.hall].at(None, at)


def test_the_truth_has_people_in_the_regions_and_outside(exam: Path) -> None:
    settings = load(exam)
    inside = outside = 0
    for camera in settings.cameras:
        regions = [region for region in settings.regions if region.camera == camera.id]
        for row in Path(camera.url).with_suffix(".txt").read_text("ascii").splitlines():
            frame, _, left, top, width, height, *_ = map(float, row.split(","))
            assert 1 <= frame <= LOOKS
            box = Detection(left / WIDTH, top / HEIGHT, (left + width) / WIDTH, (top + height) / HEIGHT, 1.0)
            assert -0.01 <= box.x1 < box.x2 <= 1.01 and -0.01 <= box.y1 < box.y2 <= 1.01
            held = any(region.holds(box) for region in regions)
            inside, outside = inside + held, outside + (not held)
    assert inside > 200 and outside > 40


def test_the_same_seed_writes_the_same_truth(exam: Path, tmp_path: Path) -> None:
    again = write(tmp_path, LOOKS, seed=5)
    assert again.read_bytes() == exam.read_bytes()
    for path in exam.parent.glob("*.txt"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
