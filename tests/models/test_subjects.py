"""Subjects: which cameras are scored, with which truth, and why others are not."""

from datetime import timedelta
from pathlib import Path

import pytest

from camera_ingest.camera import Camera, Role
from models.clips import BadClip
from models.detection import Detection
from models.regions import Anchor, Region, RegionKind
from models.subjects import NotScored, Subject, subjects
from models.truth import BadTruth
from tests.models.footage import write_clip

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
MOT = "1,1,16,12,32,24\n3,1,16,12,32,24\n"


def camera(id: str, url: str, legal_basis: str = "现场管理") -> Camera:
    return Camera(id, "hc01", url, Role.QUEUE, timedelta(seconds=15), legal_basis)


def queue(id: str) -> Region:
    return Region("za", id, RegionKind.QUEUE, "za", WHOLE, Anchor.FOOT)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Five grey frames."""
    return write_clip(tmp_path / "hall.avi", [100] * 5)


def test_every_camera_that_is_a_file_with_truth_beside_it(tmp_path: Path, clip: Path) -> None:
    clip.with_suffix(".txt").write_text(MOT)
    write_clip(tmp_path / "bare.avi", [100])
    cameras = [
        camera("c3", str(tmp_path / "bare.avi")),
        camera("c1", str(clip)),
        camera("c2", "rtsp://127.0.0.1/live"),
        camera("c4", str(tmp_path / "none.avi")),
        camera("c5", str(clip), legal_basis=""),
    ]
    bare, one, lost, unlawful = subjects(cameras, [queue("c2"), queue("c1")], {}, {})
    assert isinstance(one, Subject)
    assert (one.camera.id, one.regions, one.clip.frames, sorted(one.truth)) == ("c1", (queue("c1"),), 5, [1, 3])
    said = [str(reason) for reason in (bare, lost, unlawful) if isinstance(reason, NotScored)]
    assert said == [
        f"camera c3: expected ground truth beside {tmp_path}/bare.avi (bare.txt, bare/ or bare_labels/), found none; "
        "it is not scored",
        f"camera c4: expected a file {tmp_path}/none.avi, found none; it is not scored",
        "camera c5: expected a legal_basis, without which nothing is analysed, found none; it is not scored",
    ]


def test_a_clip_and_its_truth_by_name(tmp_path: Path, clip: Path) -> None:
    truth = tmp_path / "labels"
    truth.mkdir()
    (truth / "hall_0.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    cameras = [camera("c1", "rtsp://127.0.0.1/1"), camera("c2", "rtsp://127.0.0.1/2"), camera("c3", str(clip))]
    (one,) = subjects(cameras, [], {"c2": clip}, {"c2": truth})
    assert isinstance(one, Subject)
    assert one.camera.id == "c2" and [len(people) for people in one.truth.values()] == [1]


def test_what_is_named_but_wrong_is_refused(tmp_path: Path, clip: Path) -> None:
    with pytest.raises(BadTruth, match=r"none\.txt: expected a MOT file or a directory of YOLO files, found "):
        list(subjects([camera("c1", str(clip))], [], {}, {"c1": tmp_path / "none.txt"}))
    clip.write_text("no video")
    with pytest.raises(BadClip, match=r"hall\.avi: expected a video file"):
        list(subjects([camera("c1", str(clip))], [], {}, {"c1": clip}))


def test_a_subject_is_looked_at(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In every second frame; no bar is drawn where nobody watches the terminal."""
    clip.with_suffix(".txt").write_text(MOT)
    (one,) = subjects([camera("c1", str(clip))], [queue("c1")], {}, {})
    assert isinstance(one, Subject)
    found = one.tally(lambda *_: (Detection(0.25, 0.25, 0.75, 0.75, 0.9),), every=2)
    assert (found.camera, found.role, found.samples) == ("c1", "queue", 3)
    assert (found.there.tolist(), found.seen.tolist()) == ([[1, 1, 0]], [[1, 1, 1]])
    assert found.whole.counts.tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert capsys.readouterr().err == ""
