"""Pictures out of keyframes, with FFmpeg's decoders.

The loop filter stays in. Without it a camera's H.264 keyframe costs a seventh less, but the shipped network then finds
people less surely.
"""

import av

from camera_ingest.depacketize import Keyframe
from camera_ingest.frame import COLOURS, UNSPECIFIED, Frame

LARGEST_PICTURE = 4096 * 2304  # pixels; a forged header shall not fill the memory
LARGEST_SIDE = 8192  # pixels, of any picture; few rows or columns of very many pixels are within the area above
LIFE = 20_000  # pictures that a context decodes before another takes its place, and with it whatever it has gathered


class Decoder:
    """Decodes keyframes of any cameras one after the other; belongs to one thread."""

    def __init__(self) -> None:
        self._contexts: dict[str, tuple[av.VideoCodecContext, int]] = {}  # and how many pictures they have left

    def decode(self, keyframe: Keyframe) -> Frame | None:
        """The picture; None if it does not decode, or not without faults."""
        context = self._context(keyframe.codec.name)
        for name in COLOURS:  # FFmpeg keeps those of another camera for one that says nothing of them
            setattr(context, name, 0 if name == "color_range" else UNSPECIFIED)
        try:
            frames = context.decode(av.Packet(keyframe.access_unit))
            frames += context.decode(None)  # drain: H.265 holds its picture back
        except av.FFmpegError:
            return None
        finally:
            context.flush_buffers()
        if len(frames) != 1 or frames[0].is_corrupt or max(frames[0].width, frames[0].height) > LARGEST_SIDE:
            return None
        try:
            return Frame(frames[0])
        except av.FFmpegError:
            return None

    def _context(self, codec: str) -> av.VideoCodecContext:
        context, left = self._contexts.get(codec, (None, 0))
        if context is None or not left:
            context, left = _new_context(codec), LIFE
        self._contexts[codec] = context, left - 1
        return context


def _new_context(codec: str) -> av.VideoCodecContext:
    context = av.CodecContext.create(codec, "r")
    assert isinstance(context, av.VideoCodecContext)
    context.thread_count = 1
    context.options = {"max_pixels": str(LARGEST_PICTURE)}
    if codec == "hevc":  # which, unlike H.264, does not mark a picture that it had to guess
        context.options |= {"err_detect": "explode"}
    return context
