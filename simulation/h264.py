"""H.264: pictures in, access units out, as a small camera encodes its sub-stream."""

from collections.abc import Iterable
from fractions import Fraction

import av
import cv2
import numpy as np

from simulation.sprites import Pixels

FPS = 5
SEI = 6
"""Type of the NAL unit in which an encoder tells of itself."""


def encode(
    pictures: Iterable[Pixels], gop: int, crf: int = 31, *, qp: int | None = None, fps: int = FPS, slices: int = 1
) -> tuple[bytes, ...]:
    """One Annex-B access unit per picture, an IDR with SPS and PPS first and after every `gop` pictures.

    With `qp` the quantiser is constant, that of keyframes three less; without it x264 chooses by `crf`. What x264
    says of itself is left out; every picture is cut into so many `slices`.
    """
    coder: av.VideoCodecContext | None = None
    units: list[bytes] = []
    for number, picture in enumerate(pictures):
        if coder is None:
            quality = {"crf": str(crf)} if qp is None else {"qp": str(qp)}
            coder = _coder(picture.shape[1], picture.shape[0], gop, quality, fps, slices)
        units += [bytes(packet) for packet in coder.encode(frame_of(picture, number))]
    if coder is not None:
        units += [bytes(packet) for packet in coder.encode(None)]
    return tuple(without(unit, SEI) for unit in units)


def without(access_unit: bytes, kind: int, header: int = 1) -> bytes:
    """The access unit without NAL units of a kind; their `header` is of one byte (H.264) or two (H.265)."""
    parts = access_unit.split(b"\0\0\1")
    kinds = [part[0] & 0x1F if header == 1 else part[0] >> 1 & 0x3F for part in parts[1:]]
    kept = [b"\0\0\1" + part for part, found in zip(parts[1:], kinds, strict=True) if found != kind]
    return b"\0" + b"".join(kept)


def frame_of(picture: Pixels, number: int) -> av.VideoFrame:
    """A BGR picture as an encoder takes it; `number` counts from 0."""
    planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.pts = number
    return frame


def _coder(width: int, height: int, gop: int, quality: dict[str, str], fps: int, slices: int) -> av.VideoCodecContext:
    coder = av.VideoCodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
    coder.framerate = Fraction(fps)
    coder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "main",
        **quality,
        "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0:repeat-headers=1:threads=1:slices={slices}",
    }
    return coder


def decode(units: Iterable[bytes], codec: str = "h264") -> Iterable[Pixels]:
    """The pictures again (BGR), with what compression did to them; `codec` as FFmpeg names it (h264, hevc)."""
    coder = av.CodecContext.create(codec, "r")
    assert isinstance(coder, av.VideoCodecContext)
    coder.thread_count = 1
    for packet in (*(av.Packet(unit) for unit in units), None):
        for frame in coder.decode(packet):
            yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
