"""Pictures out of keyframes, with FFmpeg's decoders."""

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from camera_ingest.depacketize import Keyframe
from camera_ingest.sample import Picture

LARGEST_PICTURE = 4096 * 2304  # pixels; a forged header shall not fill the memory


class Decoder:
    """Decodes keyframes of any cameras one after the other; belongs to one thread."""

    def __init__(self) -> None:
        self._contexts: dict[str, av.VideoCodecContext] = {}
        self._reformatter = VideoReformatter()  # one, reused: a new one per picture costs more than the picture

    def decode(self, keyframe: Keyframe) -> Picture | None:
        """The picture, height × width × 3 in BGR; None if it does not decode, or not without faults."""
        context = self._context(keyframe.codec.name)
        try:
            frames = context.decode(av.Packet(keyframe.access_unit))
            frames += context.decode(None)  # drain: H.265 holds its picture back
        except av.FFmpegError:
            return None
        finally:
            context.flush_buffers()
        if len(frames) != 1 or frames[0].is_corrupt:
            return None
        return self._reformatter.reformat(frames[0], format="bgr24").to_ndarray().astype(np.uint8, copy=False)

    def _context(self, codec: str) -> av.VideoCodecContext:
        if codec not in self._contexts:
            context = av.CodecContext.create(codec, "r")
            assert isinstance(context, av.VideoCodecContext)
            context.thread_count = 1
            context.options = {"max_pixels": str(LARGEST_PICTURE)}
            if codec == "hevc":  # which, unlike H.264, does not mark a picture that it had to guess
                context.options |= {"err_detect": "explode"}
            self._contexts[codec] = context
        return self._contexts[codec]
