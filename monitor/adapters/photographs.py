"""Photographs people take: checked, re-encoded and stored once, named by their own hash."""

import os
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.issues import Photograph
from monitor.terms import Term

LARGEST_BYTES = 10 * 1024 * 1024
"""Of an upload."""
LARGEST_PIXELS = 64_000_000
"""Of an upload; 64 million pixels take 192 MB while they are decoded."""
LONGEST_SIDE = 2560
"""Of the stored picture, in pixels."""
QUALITY = 88
"""JPEG quality of the stored picture, 0..100."""
FOLDER = "issues"
"""Below the evidence directory."""


class PhotographRefused(Exception):
    """An upload that is not kept."""

    def __init__(self, expected: Term, found: Term) -> None:
        self.zh = f"照片：应为{expected.zh}，实为{found.zh}"
        self.en = f"photograph: expected {expected.en}, found {found.en}"
        super().__init__(f"{self.zh} ({self.en})")


def add_photograph(directory: Path, upload: bytes) -> Photograph:
    """Store a JPEG, PNG or WebP below the evidence directory as a JPEG without metadata, turned upright.

    The file is complete and on the disk when this returns; the same picture twice is one file.
    Raises PhotographRefused on anything else, OSError when the disk refuses.
    """
    picture = _upright(upload)
    encoded, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not encoded:
        raise PhotographRefused(_KINDS, Term("无法重新编码的图片", "a picture that does not encode"))
    content = jpeg.tobytes()
    digest = sha256(content).hexdigest()
    name = f"{FOLDER}/{digest}.jpg"
    _write(directory / name, content)
    return Photograph(name, digest, picture.shape[1], picture.shape[0])


_KINDS = Term("JPEG、PNG 或 WebP 图片", "a JPEG, PNG or WebP picture")


def _upright(upload: bytes) -> NDArray[np.uint8]:
    if len(upload) > LARGEST_BYTES:
        megabytes = f"{len(upload) / 1024 / 1024:.1f} MB"
        raise PhotographRefused(Term("不超过 10 MB", "at most 10 MB"), Term(megabytes, megabytes))
    size = _size(upload)
    if size is None:
        raise PhotographRefused(_KINDS, Term("其他内容", "something else") if upload else Term("空文件", "nothing"))
    if size[0] * size[1] > LARGEST_PIXELS:
        found = f"{size[0]}×{size[1]}"
        raise PhotographRefused(Term("不超过 6400 万像素", "at most 64 million pixels"), Term(found, found))
    try:
        picture = cv2.imdecode(np.frombuffer(upload, np.uint8), cv2.IMREAD_COLOR)  # applies the EXIF orientation
    except cv2.error:
        picture = None
    if picture is None:
        raise PhotographRefused(_KINDS, Term("损坏的图片", "a damaged picture"))
    longest = max(picture.shape[:2])
    if longest > LONGEST_SIDE:
        scale = LONGEST_SIDE / longest
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(picture, np.uint8)


def _size(upload: bytes) -> tuple[int, int] | None:
    """Width and height that the header claims, read before anything is decoded; None = not one of the three kinds."""
    if upload.startswith(b"\x89PNG\r\n\x1a\n") and len(upload) >= 24:
        return int.from_bytes(upload[16:20], "big"), int.from_bytes(upload[20:24], "big")
    if upload[:4] == b"RIFF" and upload[8:12] == b"WEBP" and len(upload) >= 30:
        return _webp_size(upload)
    if upload.startswith(b"\xff\xd8"):
        return _jpeg_size(upload)
    return None


def _webp_size(upload: bytes) -> tuple[int, int] | None:
    """RFC 9649: extended, lossless and lossy headers."""
    kind = upload[12:16]
    if kind == b"VP8X":
        return int.from_bytes(upload[24:27], "little") + 1, int.from_bytes(upload[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(upload[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return int.from_bytes(upload[26:28], "little") & 0x3FFF, int.from_bytes(upload[28:30], "little") & 0x3FFF
    return None


def _jpeg_size(upload: bytes) -> tuple[int, int] | None:
    """From the frame header (ITU-T T.81 B.2.2), the markers before it skipped."""
    at = 2
    while at + 9 <= len(upload) and upload[at] == 0xFF:
        marker = upload[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:  # they stand alone: no length follows
            at += 2
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(upload[at + 7 : at + 9], "big"), int.from_bytes(upload[at + 5 : at + 7], "big")
        else:
            at += 2 + int.from_bytes(upload[at + 2 : at + 4], "big")
    return None


def _write(path: Path, content: bytes) -> None:
    """Atomic and on the disk: a crash leaves the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
