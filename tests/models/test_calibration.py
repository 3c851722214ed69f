"""Calibration: frames of directories, clips and real cameras, in the layout that ultralytics reads."""

from datetime import timedelta
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import yaml

from camera_ingest.camera import Camera, Role
from camera_ingest.link import Timing
from camera_ingest.sample import Picture
from models.calibration import GREY, FramesRefused, aside, described, of_cameras, of_directory
from models.regions import Anchor, Region, RegionKind
from tests.camera_ingest.http_camera import http_camera, send

QUICK = timedelta(seconds=0.02)
MASK = Region("m", "c1", RegionKind.MASK, "", ((0, 0), (0.5, 0), (0.5, 0.5), (0, 0.5)), Anchor.FOOT)


def camera(id: str, url: str, basis: str = "现场管理") -> Camera:
    return Camera(id, "h", url, Role.QUEUE, timedelta(seconds=10), basis)


def plain(level: int) -> Picture:
    return np.full((48, 64, 3), level, np.uint8)


def clip(path: Path, count: int) -> Path:
    """A recorded file whose frames get brighter, ten a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for number in range(count):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(plain(200 * number // count), format="bgr24")))
        container.mux(stream.encode(None))
    return path


def calibrating(work: Path) -> list[Picture]:
    read = [cv2.imread(str(path)) for path in sorted((work / "images/val").iterdir())]
    return [picture.astype(np.uint8) for picture in read if picture is not None]


def test_pictures_of_a_directory_evenly_and_every_fourth_aside(tmp_path: Path) -> None:
    given, work = tmp_path / "given", tmp_path / "work"
    (given / "deep").mkdir(parents=True)
    for number in range(40):
        cv2.imwrite(str(given / ("deep" if number % 2 else ".") / f"{number:02}.PNG"), plain(5 * number))
    (given / "note.txt").write_text("no picture", encoding="utf-8")
    assert of_directory(given, work, 20) == "20 pictures of a directory"
    assert (len(calibrating(work)), len(list(aside(work)))) == (15, 5)
    about = yaml.safe_load(described(work).read_text(encoding="utf-8"))
    assert about == {"path": str(work), "train": "images/val", "val": "images/val", "names": {0: "person"}}


def test_too_few_pictures_are_refused(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.jpg").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "one.jpg"), plain(0))
    with pytest.raises(FramesRefused, match=r"expected at least 8 frames to calibrate with, found 1$"):
        of_directory(tmp_path, tmp_path / "work")


def test_a_recorded_file_evenly_over_its_length(tmp_path: Path) -> None:
    recorded = camera("c1", str(clip(tmp_path / "clip.avi", 200)))
    assert of_cameras([recorded], [], tmp_path / "work", 16) == "16 frames of c1"
    levels = [float(picture.mean()) for picture in calibrating(tmp_path / "work")]
    assert levels == sorted(levels) and levels[0] < 10 and levels[-1] > 150


def test_what_a_mask_covers_is_not_kept(tmp_path: Path) -> None:
    recorded = camera("c1", str(clip(tmp_path / "clip.avi", 20)))
    of_cameras([recorded], [MASK], tmp_path / "work", 8)
    for picture in calibrating(tmp_path / "work"):
        assert np.abs(picture[4:20, 4:28].astype(int) - GREY[0]).max() <= 8
        assert abs(float(picture[30:, 40:].mean()) - float(picture[30:, 4:20].mean())) < 2


def test_streams_and_files_share_the_frames(tmp_path: Path) -> None:
    jpeg = cv2.imencode(".jpg", plain(120))[1].tobytes()
    recorded = camera("c2", str(clip(tmp_path / "clip.avi", 40)))
    with http_camera({"/snap": lambda request: send(request, 200, jpeg)}) as url:
        live = camera("c1", f"{url}/snap")
        assert of_cameras([live, recorded], [], tmp_path / "work", 16, Timing(), QUICK) == "16 frames of c1, c2"
    levels = [round(float(picture.mean()), -1) for picture in calibrating(tmp_path / "work")]
    assert levels.count(120) >= 6


def test_a_camera_that_never_sees_is_given_up_with_its_reason(tmp_path: Path) -> None:
    with http_camera({"/snap": lambda request: send(request, 404)}) as url:
        gone = camera("c1", f"{url}/snap")
        with pytest.raises(FramesRefused, match=r"cameras c1: expected at least 8 frames .* found 0 \(.*404"):
            of_cameras([gone], [], tmp_path / "work", 8, Timing(refused_s=0.02), QUICK)


def test_a_camera_without_a_basis_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FramesRefused, match=r"camera c1: expected a legal_basis to use its pictures, found none"):
        of_cameras([camera("c1", "clip.avi", basis="")], [], tmp_path / "work")


def test_no_camera_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FramesRefused, match="cameras without any: expected at least 8 frames"):
        of_cameras([], [], tmp_path / "work")
