"""Small encoded pictures for tests: a bright square that walks over a dark ground."""

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np

from camera_ingest.sample import Picture


def picture(number: int, width: int = 160, height: int = 96, level: int = 60) -> Picture:
    """Frame `number`: a 24 pixel white square, 8 pixels further to the right each time."""
    frame = np.full((height, width, 3), level, np.uint8)
    left = 8 * number % (width - 24)
    frame[32:56, left : left + 24] = 255
    return frame


def encode(
    pictures: Sequence[Picture], codec: str = "libx264", fps: int = 25, slices: int = 1, more: str = ""
) -> tuple[bytes, ...]:
    """One Annex B access unit per picture, the first an IDR with its parameter sets in band, no B frames.

    `more`: parameters of x264 or x265 itself, with colons between them.
    """
    height, width = pictures[0].shape[:2]
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, fps), Fraction(fps)
    context.gop_size, context.max_b_frames, context.thread_count = len(pictures), 0, 1
    parameters = f"repeat-headers=1:slices={slices}:log-level=none" if codec == "libx265" else f"slices={slices}"
    parameters += f":{more}" if more else ""
    context.options = {"tune": "zerolatency", codec.removeprefix("lib") + "-params": parameters}
    packets = []
    for number, image in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(image, format="bgr24")
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    return tuple(bytes(packet) for packet in packets)
