"""Preparing: the whole chain on the shipped network, and on small ones of random numbers."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import pytest

from camera_ingest.sample import Picture
from models import calibration, catalogue, metadata
from models.agreement import Agreement
from models.detection import Detection
from models.fetch import WrongFile
from models.install import adopt, in_use, pin
from models.metadata import WeightsError
from models.openvino import OpenVinoDetector
from models.prepare import NotReplaced, Origin, Prepared, Wish, origin, prepare
from models.trial import Trial
from tests.camera_ingest.http_camera import http_camera, send
from tests.models.converted import random
from tests.models.fixed import data_set, views

LABELS = (Path(__file__).parent / "hall.txt").read_text(encoding="utf-8")
SMALL = (96, 64)


@pytest.fixture
def frames(tmp_path: Path, hall: Picture) -> Path:
    """A working directory with sixteen views of the hall, four of them kept aside."""
    given, work = tmp_path / "given", tmp_path / "work"
    given.mkdir()
    for number, picture in enumerate(views(hall, 16)):
        cv2.imwrite(str(given / f"{number:02}.png"), picture)
    assert calibration.of_directory(given, work) == "16 pictures of a directory"
    return work


def own(path: Path, network: str) -> Origin:
    """A network of random numbers, which finds nobody, as a file of one's own."""
    random(path, network)
    return Origin(path, path.stem, str(path), "MIT", catalogue.SIZES)


@pytest.mark.torch
def test_the_whole_chain(
    tmp_path: Path, shipped_pt: Path, frames: Path, hall: Picture, drawn: Sequence[Detection]
) -> None:
    """A checkpoint that sees people becomes an INT8 network that sees the same, is recorded, and is used."""
    directory = tmp_path / "models"
    before = pin(directory)
    data = data_set(tmp_path / "data", {"hall": (hall, LABELS)})
    wish = Wish([(416, 256)], frames, "16 pictures of a directory", data)
    (made,) = prepare(origin(str(shipped_pt), directory, licence="AGPL-3.0"), wish, directory)
    assert made.name == "hallwatch-demo-int8-416x256" and made.good
    assert made.agreement is not None and made.agreement.people >= 4 * 5 and made.agreement.recall >= 0.9

    detector = OpenVinoDetector(made.path)
    assert detector.name == "hallwatch-demo-int8-416x256 416×256 openvino" and not detector.demo
    assert len(detector.detect(hall)) == len(drawn)
    assert metadata.read(made.path) == metadata.Metadata(size=(256, 416), int8=True, demo=False)
    assert {path.name for path in made.path.iterdir()} == {f"{made.name}.xml", f"{made.name}.bin", "metadata.yaml"}
    assert all(str(frames).encode() not in path.read_bytes() for path in made.path.iterdir())

    record = catalogue.record(catalogue.read(directory), made.name)
    assert record["sha256"] == hashlib.sha256(shipped_pt.read_bytes()).hexdigest()
    assert record["bin_sha256"] == hashlib.sha256((made.path / f"{made.name}.bin").read_bytes()).hexdigest()
    assert (record["family"], record["licence"], record["input"]) == ("hallwatch-demo", "AGPL-3.0", "416x256")
    assert (record["source"], record["calibrated_on"]) == (str(shipped_pt), "16 pictures of a directory")
    assert record["agrees"] is True and str(record["made_with"]).startswith("ultralytics ")
    scores = record["scores"]
    assert isinstance(scores, Mapping) and {"agreement", "held_out", "original"} == scores.keys()
    assert scores["held_out"]["recall"] >= 0.8

    change = adopt(directory, [made], before)
    assert change is not None and in_use(directory).name == made.name


@pytest.mark.torch
@pytest.mark.parametrize("network", ["yolo11n.yaml", "yolo26n.yaml"])
def test_int8_of_a_network_that_sees_nobody_is_recorded_and_not_used(
    tmp_path: Path, frames: Path, network: str
) -> None:
    """YOLO26, whose other head needs no suppression, is exported with the one that OpenVinoDetector reads."""
    directory = tmp_path / "models"
    before = pin(directory)
    (made,) = prepare(own(tmp_path / "own.pt", network), Wish([SMALL], frames), directory)
    assert made.agreement is not None and made.agreement.people == 0 and not made.good
    assert OpenVinoDetector(made.path, 0.0001).name == "own-int8-96x64 96×64 openvino"
    assert catalogue.disagrees(catalogue.read(directory), made.name)
    assert adopt(directory, [made], before) is None
    assert in_use(directory).demo


ALONE = """
import sys
from pathlib import Path
calls = []
watched = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
sys.addaudithook(lambda event, arguments: calls.append((event, arguments)) if event in watched else None)
from models.prepare import Wish, origin, prepare
own, frames, directory = map(Path, sys.argv[1:])
(made,) = prepare(origin(str(own), directory), Wish([(96, 64)], frames), directory)
assert not calls, f"called out: {calls}"
"""
"""One preparation in a process of its own, in which Python tells of every attempt to use the network."""


@pytest.mark.torch
def test_a_file_of_ones_own_is_prepared_without_calling_anybody(tmp_path: Path, frames: Path) -> None:
    mine = random(tmp_path / "own.pt", "yolo11n.yaml")
    arguments = [sys.executable, "-c", ALONE, str(mine), str(frames), str(tmp_path / "models")]
    subprocess.run(arguments, check=True, cwd=Path(__file__).parents[2], capture_output=True)


@pytest.mark.torch
def test_float_needs_no_frames_and_again_replaces_the_record(tmp_path: Path) -> None:
    mine, directory = own(tmp_path / "own.pt", "yolo11n.yaml"), tmp_path / "models"
    for _ in range(2):
        made = list(prepare(mine, Wish([SMALL, (64, 64)], None), directory))
        assert [one.name for one in made] == ["own-fp16-96x64", "own-fp16-64x64"] and all(one.good for one in made)
        assert catalogue.read(directory).keys() == {"own-fp16-96x64", "own-fp16-64x64"}
        catalogue.write(directory, catalogue.recorded(catalogue.read(directory), "own-fp16-96x64", {"note": "mine"}))
    record = catalogue.record(catalogue.read(directory), "own-fp16-96x64")
    assert record["note"] == "mine" and "calibrated_on" not in record
    assert not metadata.read(directory / "own-fp16-96x64_openvino_model").int8
    assert not [path for path in directory.iterdir() if path.name.startswith(".")]


@pytest.mark.torch
def test_a_network_in_use_is_not_replaced_by_one_of_another_file(tmp_path: Path) -> None:
    mine, directory = own(tmp_path / "own.pt", "yolo11n.yaml"), tmp_path / "models"
    before = pin(directory)
    assert adopt(directory, list(prepare(mine, Wish([SMALL], None), directory)), before) is not None
    list(prepare(mine, Wish([SMALL], None), directory))
    own(tmp_path / "own.pt", "yolo26n.yaml")
    with pytest.raises(NotReplaced, match=r"own-fp16-96x64: expected the file it was made of .*, because it is in use"):
        list(prepare(mine, Wish([(64, 64)], None), directory))


@pytest.mark.torch
def test_a_checkpoint_of_another_kind_leaves_nothing(tmp_path: Path) -> None:
    mine = own(tmp_path / "own.pt", "yolo11n-seg.yaml")
    with pytest.raises(WeightsError, match=r"own\.pt: expected a network for detection"):
        list(prepare(mine, Wish([SMALL], None), tmp_path / "models"))
    assert not (tmp_path / "models").exists()


def test_a_known_name_is_fetched_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with http_camera({"/net.pt": lambda request: send(request, 200, b"weights")}) as url:
        content = f'[net]\nurl = "{url}/net.pt"\nsha256 = "{"0" * 64}"\nlicence = "MIT"\nsizes = ["96x64"]\n'
        (tmp_path / "known.toml").write_text(content, encoding="utf-8")
        monkeypatch.setattr(catalogue, "SHIPPED", tmp_path / "known.toml")
        with pytest.raises(WrongFile, match=rf"expected a file of sha256 {'0' * 64}, found"):
            origin("net", tmp_path)
        found = origin("net", tmp_path, sha256=hashlib.sha256(b"weights").hexdigest())
        assert found == Origin(tmp_path / "net.pt", "net", f"{url}/net.pt", "MIT", ((96, 64),))


def test_one_without_a_known_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        WrongFile, match=r"yolo26s: expected --sha256 with the hash of https://github\.com/.*yolo26s\.pt"
    ):
        origin("yolo26s", tmp_path)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "我的 own v1.2.pt"
    path.write_bytes(b"weights")
    found = origin(str(path), tmp_path)
    assert (found.family, found.source, found.licence) == ("我的-own-v1.2", str(path), "unknown")
    with pytest.raises(WrongFile, match=r"own v1\.2\.pt: expected a file of sha256 0+, found "):
        origin(str(path), tmp_path, sha256=64 * "0")
    assert origin(str(path), tmp_path, sha256=hashlib.sha256(b"weights").hexdigest().upper()).path == path
    with pytest.raises(WrongFile, match="--sha256: expected 64 hexadecimal digits, found '00'"):
        origin(str(path), tmp_path, sha256="00")
    with pytest.raises(
        WeightsError, match=r"expected the path of a file \*\.pt, or a detector such as yolo11n, .* found"
    ):
        origin("yolo99", tmp_path)


GOOD = Agreement(9, 9, 1.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("agrees", "f1", "good"),
    [
        (None, None, True),
        (GOOD, None, True),
        (GOOD, 0.8, True),
        (GOOD, 0.7, False),
        (Agreement(9, 9, 0.5, 1, 0), 0.9, False),
    ],
)
def test_what_may_be_used_by_itself(agrees: Agreement | None, f1: float | None, good: bool) -> None:
    """The labels count as well where there are any: the float network had an F1 of 0.8."""
    trials = None if f1 is None else (Trial("d", 9, f1, f1), Trial("d", 9, 0.8, 0.8))
    assert Prepared("n", Path("n"), agrees, trials).good is good


def test_where_nobody_was_to_be_found_nothing_is_shown() -> None:
    assert not Prepared("n", Path("n"), GOOD, (Trial("d", 0, 0.0, 0.0), Trial("d", 0, 0.0, 0.0))).good


def test_a_family_whose_name_begins_another_one_is_another_one(tmp_path: Path) -> None:
    from models.prepare import _require_same

    hall = catalogue.recorded({"current": "yolo11n-hall-int8-64x64"}, "yolo11n-hall-int8-64x64", {"sha256": "a"})
    catalogue.write(tmp_path, hall)
    _require_same(tmp_path, Origin(tmp_path / "x.pt", "yolo11n", "x", "x", ()), "b")
    with pytest.raises(NotReplaced):
        _require_same(tmp_path, Origin(tmp_path / "x.pt", "yolo11n-hall", "x", "x", ()), "b")


@pytest.mark.torch
def test_a_good_network_of_a_family_is_not_replaced_by_one_that_sees_less(tmp_path: Path, frames: Path) -> None:
    """Whether it is the one in use or another input of its family: all of them are looked through."""
    mine, directory = own(tmp_path / "own.pt", "yolo11n.yaml"), tmp_path / "models"
    (made,) = prepare(mine, Wish([SMALL], frames, "frames"), directory)
    assert not made.good, "random numbers see nobody"
    records = catalogue.read(directory)
    catalogue.write(directory, {**catalogue.recorded(records, made.name, {"agrees": True}), "current": "other"})
    before = (made.path / f"{made.name}.bin").read_bytes()
    with pytest.raises(NotReplaced, match="because one that does is there"):
        list(prepare(mine, Wish([SMALL], frames, "frames"), directory))
    assert (made.path / f"{made.name}.bin").read_bytes() == before
    assert catalogue.record(catalogue.read(directory), made.name)["agrees"] is True
