import struct
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from monitor.adapters.photographs import LONGEST_SIDE, PhotographRefused, add_photograph

PICTURE: NDArray[np.uint8] = np.zeros((40, 60, 3), np.uint8)
PICTURE[:, :30] = (0, 0, 255)  # the left half is red


def encoded(kind: str, picture: NDArray[np.uint8] = PICTURE) -> bytes:
    return cv2.imencode(f".{kind}", picture)[1].tobytes()


def with_exif(jpeg: bytes, orientation: int) -> bytes:
    """A JPEG as a telephone writes it: its orientation and where it was taken."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack("<HHI4s", 0x010F, 2, 4, b"ACM\0")
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + entries + struct.pack("<I", 0)
    segment = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def stored(directory: Path, upload: bytes) -> NDArray[np.uint8]:
    photograph = add_photograph(directory, upload)
    content = (directory / photograph.file).read_bytes()
    assert sha256(content).hexdigest() == photograph.sha256
    assert content.startswith(b"\xff\xd8")
    picture = cv2.imread(str(directory / photograph.file))
    assert picture is not None
    assert (photograph.width, photograph.height) == (picture.shape[1], picture.shape[0])
    return np.asarray(picture, np.uint8)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_three_kinds_are_kept_as_jpeg(tmp_path: Path, kind: str) -> None:
    picture = stored(tmp_path, encoded(kind))
    assert picture.shape == PICTURE.shape
    assert picture[20, 10, 2] > 200 > 60 > picture[20, 50, 2]


@pytest.mark.parametrize(("orientation", "upright"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom")])
def test_a_photograph_is_turned_upright_and_loses_its_metadata(tmp_path: Path, orientation: int, upright: str) -> None:
    upload = with_exif(encoded("jpg"), orientation)
    picture = stored(tmp_path, upload)
    half = {"left": picture[:, :10], "right": picture[:, -10:], "top": picture[:10], "bottom": picture[-10:]}
    assert half[upright][..., 2].mean() > 200
    assert b"Exif" in upload
    assert not any(b"Exif" in file.read_bytes() for file in tmp_path.rglob("*.jpg"))


def test_the_same_picture_is_one_file_and_nothing_is_left_over(tmp_path: Path) -> None:
    assert add_photograph(tmp_path, encoded("png")) == add_photograph(tmp_path, encoded("png"))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_large_picture_is_made_smaller(tmp_path: Path) -> None:
    picture = stored(tmp_path, encoded("jpg", np.zeros((1000, 4000, 3), np.uint8)))
    assert picture.shape == (640, LONGEST_SIDE, 3)


def png_claiming(width: int, height: int) -> bytes:
    return encoded("png")[:16] + struct.pack(">II", width, height) + encoded("png")[24:]


def jpeg_claiming(width: int, height: int) -> bytes:
    jpeg = encoded("jpg")
    size = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:size] + struct.pack(">HH", height, width) + jpeg[size + 4 :]


def jpeg_with_two_sizes() -> bytes:
    """A marker that has no length, then the size that a decoder reads, and far behind a small one."""
    jpeg = b"\xff\xd8\xff\x01" + jpeg_claiming(60_000, 60_000)[2:]
    skipped = 4 + int.from_bytes(jpeg[4:6], "big")
    return jpeg.ljust(skipped, b"\0") + encoded("jpg")[encoded("jpg").index(b"\xff\xc0") :]


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (b"", "照片：应为JPEG、PNG 或 WebP 图片，实为空文件"),
        (b"GIF89a" + bytes(40), "照片：应为JPEG、PNG 或 WebP 图片，实为其他内容"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "照片：应为JPEG、PNG 或 WebP 图片，实为其他内容"),
        (b"\xff\xd8\xff\xe0", "照片：应为JPEG、PNG 或 WebP 图片，实为其他内容"),
        (encoded("png")[:60], "照片：应为JPEG、PNG 或 WebP 图片，实为损坏的图片"),
        (png_claiming(60_000, 60_000), "照片：应为不超过 6400 万像素，实为60000×60000"),
        (jpeg_claiming(60_000, 60_000), "照片：应为不超过 6400 万像素，实为60000×60000"),
        (jpeg_with_two_sizes(), "照片：应为不超过 6400 万像素，实为60000×60000"),
        (encoded("jpg") + bytes(10 * 1024 * 1024), "照片：应为不超过 10 MB，实为10.0 MB"),
    ],
)
def test_anything_else_is_refused_with_one_sentence(tmp_path: Path, upload: bytes, sentence: str) -> None:
    with pytest.raises(PhotographRefused) as refused:
        add_photograph(tmp_path, upload)
    assert refused.value.zh == sentence
    assert not any(tmp_path.rglob("*.jpg"))


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(["jpg", "png", "webp"]), st.integers(0, 200), st.binary(max_size=8))
def test_no_damage_whatever_raises_anything_else(kind: str, at: int, damage: bytes) -> None:
    upload = bytearray(encoded(kind))
    upload[at : at + len(damage)] = damage
    with suppress(PhotographRefused, FileNotFoundError):
        add_photograph(Path("/proc/none"), bytes(upload))  # a place where nothing can be written
