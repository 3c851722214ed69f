"""No face leaves: what is masked, what is refused, what reaches the disk."""

import hashlib
import resource
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera_ingest.sample import Picture
from models.detection import Detection
from models.regions import Anchor, Region, RegionKind
from monitor.alerts import Alert, Level, Moment, Rule
from monitor.evidence import MaskedJpeg, MaskRefused, StillLost, encode, expire, masked, reads_as_masked, write
from tests.monitor.hall import CITIZEN, CLERK_1, REGIONS, ZERO, box, picture

STAFF, CITIZENS, _, QUEUE = REGIONS
ALERT = Alert(Rule.ABSENCE, "hc01", "w001", ZERO, ZERO + timedelta(minutes=5), Level.YELLOW)


def surfaces(height: int, width: int) -> Picture:
    """Patches of colour: of pure noise one still in two hundred sizes does not read as masked and is refused."""
    small = np.random.default_rng(0).integers(0, 256, (height // 6 + 1, width // 6 + 1, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def noise(height: int, width: int) -> Picture:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def blocky(shot: Picture, block: int, top: int, bottom: int, left: int, right: int) -> bool:
    """Whether every whole block within these pixels has one colour."""
    rows = range(-(-top // block) * block, bottom - block + 1, block)
    columns = range(-(-left // block) * block, right - block + 1, block)
    parts = [shot[y : y + block, x : x + block].reshape(-1, 3) for y in rows for x in columns]
    assert parts
    return all((part == part[0]).all() for part in parts)


def test_outside_the_staff_region_everything_is_pixelated_whatever_was_detected() -> None:
    shot = noise(480, 640)
    still = masked(shot, (STAFF,), ())
    assert blocky(still.picture, still.block, 0, 480, 321, 640)
    assert blocky(still.picture, still.block, 241, 480, 0, 640)
    assert (still.picture[2:238, 2:318] == shot[2:238, 2:318]).all()  # the post itself stays


def test_inside_it_the_head_part_of_every_person_is() -> None:
    shot = noise(480, 640)
    still = masked(shot, (STAFF,), (CLERK_1,))
    top, left, right = round(0.1 * 480), round(0.2 * 640), round(0.3 * 640)
    head = round((0.1 + 0.3 * 0.3) * 480)
    assert still.hidden[top:head, left:right].all()
    assert not still.hidden[head + 1 : 239, left:right].any()
    assert not (still.picture[top:head, left:right] == shot[top:head, left:right]).all()


def test_what_a_mask_covers_is_hidden_inside_it_too() -> None:
    mask = Region("mask-1", "c1", RegionKind.MASK, "", box(0.25, 0.0, 1.0, 1.0), Anchor.FOOT)
    shot = noise(480, 640)
    still = masked(shot, (mask, STAFF), ())
    assert still.hidden[:, 161:].all()
    assert (still.picture[2:238, 2:158] == shot[2:238, 2:158]).all()


def test_without_a_staff_region_the_whole_picture_is() -> None:
    still = masked(noise(480, 640), (QUEUE,), (CLERK_1, CITIZEN))
    assert still.hidden.all()
    assert blocky(still.picture, still.block, 0, 480, 0, 640)


def test_a_region_of_the_citizens_shows_nobody() -> None:
    assert masked(noise(480, 640), (CITIZENS,), ()).hidden.all()


def test_heads_close_to_the_camera_get_larger_blocks() -> None:
    near = Detection(0.0, 0.0, 1.0, 1.0, 0.9)
    assert masked(noise(480, 640), (QUEUE,), ()).block == 16
    assert masked(noise(480, 640), (QUEUE,), (near,)).block == 40


@pytest.mark.parametrize(
    ("regions", "people", "sentence"), [((), (), "expected the regions"), ((STAFF,), None, "detector could not look")]
)
def test_what_cannot_be_masked_is_refused(
    regions: tuple[Region, ...], people: tuple[Detection, ...] | None, sentence: str
) -> None:
    with pytest.raises(MaskRefused, match=sentence):
        masked(picture(), regions, people)


def test_an_encoded_still_reads_as_masked_and_the_unmasked_picture_does_not() -> None:
    shot = noise(480, 640)
    still = masked(shot, (STAFF,), (CLERK_1,))
    assert reads_as_masked(encode(still).data, still)
    _, naked = cv2.imencode(".jpg", shot)
    assert not reads_as_masked(naked.tobytes(), still)
    assert not reads_as_masked(b"", still)
    assert not reads_as_masked(encode(still).data[:100], still)


def test_one_unmasked_head_is_enough_to_refuse() -> None:
    shot = noise(480, 640)
    still = masked(shot, (STAFF,), (CLERK_1,))
    leaking = still.picture.copy()
    leaking[48:91, 128:192] = shot[48:91, 128:192]
    _, data = cv2.imencode(".jpg", leaking)
    assert not reads_as_masked(data.tobytes(), still)
    with pytest.raises(MaskRefused, match="does not"):
        encode(replace(still, picture=shot))  # says that it is hidden, but it is not


@settings(deadline=None, max_examples=40)
@given(
    st.integers(8, 200),
    st.integers(8, 200),
    st.lists(st.tuples(*[st.floats(-0.2, 1.2)] * 4), max_size=3),
)
def test_any_size_and_any_box(height: int, width: int, boxes: list[tuple[float, float, float, float]]) -> None:
    people = [Detection(*box, 0.9) for box in boxes]
    still = masked(surfaces(height, width), (STAFF,), people)
    assert still.picture.shape == (height, width, 3)
    assert still.hidden[height // 2 + 2 :].all()
    encode(still)


def test_write_and_read_back(tmp_path: Path) -> None:
    jpeg = encode(masked(picture(), (STAFF,), ()))
    still = write(tmp_path, ALERT, Moment.START, ZERO, jpeg)
    assert still.file == "alerts/2026-11-20/hc01/absence-w001-010000000000-start.jpg"
    assert (tmp_path / still.file).read_bytes() == jpeg.data
    assert still.sha256 == hashlib.sha256(jpeg.data).hexdigest()
    assert write(tmp_path, ALERT, Moment.START, ZERO, jpeg) == still
    assert [path.name for path in (tmp_path / still.file).parent.iterdir()] == [Path(still.file).name]


def test_a_directory_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "alerts").write_text("in the way")
    with pytest.raises(StillLost, match=f"still alerts/2026-11-20/hc01/.*start.jpg of {ALERT.rule}:hc01:w001:.* not"):
        write(tmp_path, ALERT, Moment.START, ZERO, encode(masked(picture(), (STAFF,), ())))


def test_a_disk_that_takes_no_more_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    jpeg = encode(masked(picture(), (STAFF,), ()))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(StillLost, match="File too large"):
            write(tmp_path, ALERT, Moment.START, ZERO, jpeg)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_stills_expire_by_day_except_those_to_keep(tmp_path: Path) -> None:
    jpeg = MaskedJpeg(b"jpeg")
    old = replace(ALERT, since=datetime(2026, 10, 1, 1, tzinfo=UTC))
    gone = write(tmp_path, old, Moment.START, old.since, jpeg)
    kept = write(tmp_path, old, Moment.THRESHOLD, old.since, jpeg)
    new = write(tmp_path, ALERT, Moment.START, ZERO, jpeg)
    issue = tmp_path / "issues" / "2026-01-01" / "photograph.jpg"
    issue.parent.mkdir(parents=True)
    issue.write_bytes(b"jpeg")
    assert expire(tmp_path, date(2026, 10, 21), keep={kept.file}) == 1
    assert [(tmp_path / one.file).exists() for one in (gone, kept, new)] == [False, True, True]
    assert issue.exists()
    assert expire(tmp_path, date(2026, 10, 21)) == 1
    assert not (tmp_path / "alerts" / "2026-10-01").exists()
