"""Coding: pictures in, what a camera of some kind sends of them out."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import cv2
import numpy as np

from simulation import h264
from simulation.kinds import FPS, Kind
from simulation.sprites import Pixels

GOP_S = 2
H265_SEI = 39
QP = {Kind.H264: 24, Kind.FAST: 23, Kind.H265: 27}
"""Quantiser of P-frames; keyframes have three less. With a noisy sensor 27 kB/s at 5 fps and 70 kB/s at 15 fps."""
JPEG_QUALITY = 80
SLICES = {Kind.H264: 8, Kind.FAST: 8, Kind.H265: 1, Kind.JPEG: 1}
"""Of a keyframe; x265 cuts none without a pool of threads."""
FRAMES = {kind: max(1, round(GOP_S * fps)) for kind, fps in FPS.items()}
"""Pictures of one GOP."""


def code(kind: Kind, pictures: Iterable[Pixels]) -> tuple[bytes, ...]:
    """The pictures of one GOP, one access unit each, parameter sets before the first; or JPEGs.

    The quantiser is constant, so that a GOP has the same size wherever it is coded, and bytes tell of motion.
    """
    if kind is Kind.JPEG:
        return tuple(_jpeg(picture) for picture in pictures)
    if kind is Kind.H265:
        return _h265(pictures, FRAMES[kind])
    return h264.encode(pictures, FRAMES[kind], qp=QP[kind], fps=int(FPS[kind]))


def code_head(kind: Kind, picture: Pixels) -> tuple[bytes, ...]:
    """The keyframe of a GOP in `SLICES[kind]` pieces, each of which fits those of other keyframes of the stream."""
    if SLICES[kind] == 1:
        return code(kind, [picture])[:1]
    (unit,) = h264.encode([picture], FRAMES[kind], qp=QP[kind], fps=int(FPS[kind]), slices=SLICES[kind])
    pieces = [b"\0\0\1" + piece for piece in unit.split(b"\0\0\1")[1:]]
    others = SLICES[kind] - 1
    return (b"".join(pieces[:-others]), *pieces[-others:])


def decode(kind: Kind, units: Iterable[bytes]) -> Iterator[Pixels]:
    """The pictures again, BGR."""
    if kind is Kind.JPEG:
        yield from (
            np.asarray(cv2.imdecode(np.frombuffer(unit, np.uint8), cv2.IMREAD_COLOR), np.uint8) for unit in units
        )
        return
    yield from h264.decode(units, "hevc" if kind is Kind.H265 else "h264")


def _jpeg(picture: Pixels) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def _h265(pictures: Iterable[Pixels], gop: int) -> tuple[bytes, ...]:
    coder: av.VideoCodecContext | None = None
    units: list[bytes] = []
    for number, picture in enumerate(pictures):
        if coder is None:
            coder = av.VideoCodecContext.create("libx265", "w")
            coder.width, coder.height, coder.pix_fmt = picture.shape[1], picture.shape[0], "yuv420p"
            coder.framerate = Fraction(int(FPS[Kind.H265]))
            coder.options = {
                "preset": "ultrafast",
                "tune": "zerolatency",
                "x265-params": f"qp={QP[Kind.H265]}:keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0:open-gop=0:"
                "repeat-headers=1:pools=none:frame-threads=1:log-level=none",
            }
        units += [bytes(packet) for packet in coder.encode(h264.frame_of(picture, number))]
    if coder is not None:
        units += [bytes(packet) for packet in coder.encode(None)]
    return tuple(h264.without(unit, H265_SEI, header=2) for unit in units)
