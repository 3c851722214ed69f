"""H.264: pictures in, access units out, as a small camera encodes its sub-stream."""

from collections.abc import Iterable
from fractions import Fraction

import av
import cv2
import numpy as np

from simulation.sprites import Pixels

FPS = 5


def encode(pictures: Iterable[Pixels], gop: int, crf: int = 31) -> tuple[bytes, ...]:
    """One Annex-B access unit per picture, an IDR with SPS and PPS first and after every `gop` pictures."""
    coder: av.VideoCodecContext | None = None
    units: list[bytes] = []
    for number, picture in enumerate(pictures):
        if coder is None:
            coder = _coder(picture.shape[1], picture.shape[0], gop, crf)
        planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = number
        units += [bytes(packet) for packet in coder.encode(frame)]
    if coder is not None:
        units += [bytes(packet) for packet in coder.encode(None)]
    return tuple(units)


def _coder(width: int, height: int, gop: int, crf: int) -> av.VideoCodecContext:
    coder = av.VideoCodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
    coder.framerate = Fraction(FPS)
    coder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "main",
        "crf": str(crf),
        "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0:repeat-headers=1:threads=1",
    }
    return coder


def decode(units: Iterable[bytes]) -> Iterable[Pixels]:
    """The pictures again (BGR), with what compression did to them."""
    coder = av.VideoCodecContext.create("h264", "r")
    coder.thread_count = 1
    for packet in (*(av.Packet(unit) for unit in units), None):
        for frame in coder.decode(packet):
            yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
