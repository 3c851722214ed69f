"""A frame: a decoded picture, converted only when somebody asks for it, and only as far as that needs.

Health and the gate look at brightness alone, which a decoder gives as a plane of its own; colours are for the network
and for evidence.
"""

import threading

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from camera_ingest.sample import Decoded, Grey, Picture

USUAL = ("yuv420p", "yuvj420p", "nv12")
"""Formats in which cameras' pictures come: 8 bits, the first plane brightness."""
FULL_RANGE = 2
"""A frame's `color_range` if 0 is black and 255 white; otherwise 16 and 235 are (ITU-T H.273)."""
UNSPECIFIED = 2
"""Of a colour space, of primaries and of a transfer characteristic (ITU-T H.273)."""
COLOURS = ("colorspace", "color_primaries", "color_trc", "color_range")
GREEN = 1
WIDTH, HEIGHT = 320, 180
_STRETCHED = np.clip((np.arange(256) - 16) * (255 / 219), 0, 255).round().astype(np.uint8)
_own = threading.local()  # a reformatter per thread, reused: a new one per picture costs more than the picture


class Frame:
    """One picture as it came out of a decoder; may be handed from thread to thread."""

    __slots__ = ("_frame", "_grey", "_picture")

    def __init__(self, frame: av.VideoFrame) -> None:
        """Raises `av.FFmpegError` where there is no way from an unusual format to colours."""
        self._frame = frame
        self._grey: Grey | None = None
        self._picture: Picture | None = None if frame.format.name in USUAL else _to_bgr(frame)

    @property
    def grey(self) -> Grey:
        """Its brightness; of an unusual format its green."""
        if self._grey is None:
            self._grey = _brightness(self._frame) if self._picture is None else green(self._picture)
        return self._grey

    @property
    def size(self) -> tuple[int, int]:
        """Height and width, pixels."""
        return self._frame.height, self._frame.width

    @property
    def picture(self) -> Picture:
        """Its colours; where there should be no way to them, its brightness in all three."""
        if self._picture is None:
            try:
                self._picture = _to_bgr(self._frame)
            except av.FFmpegError:
                grey = cv2.resize(self.grey, self.size[::-1], interpolation=cv2.INTER_LINEAR)
                self._picture = np.asarray(cv2.merge([grey] * 3), np.uint8)
        return self._picture


def brightness(shown: Picture | Decoded) -> Grey:
    """The brightness of a picture; of one that is converted already its green."""
    return green(shown) if isinstance(shown, np.ndarray) else shown.grey


def green(picture: Picture) -> Grey:
    """The green of a picture, which is most of its brightness."""
    return _apart(picture[..., GREEN])


def _apart(pixels: Grey) -> Grey:
    """Two pixels of each place, for to read all of them would cost more than all that is done with them."""
    step = max(1, min(pixels.shape[1] // WIDTH, pixels.shape[0] // HEIGHT))
    height, width = (side // step * step for side in pixels.shape)
    one, other = pixels[:height:step, :width:step], pixels[step // 2 : height : step, step // 2 : width : step]
    return np.asarray(cv2.addWeighted(one, 0.5, other, 0.5, 0), np.uint8)


def _brightness(frame: av.VideoFrame) -> Grey:
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
    rows = _apart(rows)
    full = frame.format.name == "yuvj420p" or frame.color_range == FULL_RANGE
    return np.asarray(rows if full else cv2.LUT(rows, _STRETCHED), np.uint8)


def _to_bgr(frame: av.VideoFrame) -> Picture:
    """Colours that FFmpeg cannot convert are taken as usual."""
    if not hasattr(_own, "reformatter"):
        _own.reformatter = VideoReformatter()
    reformatter: VideoReformatter = _own.reformatter
    try:
        converted = reformatter.reformat(frame, format="bgr24")
    except av.FFmpegError:
        for name in COLOURS:
            setattr(frame, name, 0 if name == "color_range" else UNSPECIFIED)
        converted = reformatter.reformat(frame, format="bgr24")
    return converted.to_ndarray().astype(np.uint8, copy=False)
