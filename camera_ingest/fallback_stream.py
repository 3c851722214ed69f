"""A stream of the fallback: one camera as FFmpeg's own RTSP client (PyAV) receives it."""

import time
from collections.abc import Callable, Iterator
from typing import Self
from urllib.parse import quote

import av
import cv2
from av.container import InputContainer

from camera_ingest.camera import Camera
from camera_ingest.decode import LARGEST_PICTURE
from camera_ingest.depacketize import H264, H265, START_CODE, Codec, Keyframe
from camera_ingest.frame import Frame
from camera_ingest.link import Timing
from camera_ingest.lost import StreamLost
from camera_ingest.rtsp import DEPENDENT
from camera_ingest.sample import Blind

QUALITY = 95  # of the JPEG that stands for a picture which is no keyframe; of 100
_CODECS = {codec.name: codec for codec in (H264, H265)}
_OPTIONS = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    "analyzeduration": "500000",  # µs of the stream that are looked at before the first packet comes
    "fpsprobesize": "0",
}
_LOSSES: tuple[tuple[type[Exception], str, Blind], ...] = (
    (av.HTTPUnauthorizedError, "401 Unauthorized", Blind.REFUSED),
    (av.HTTPForbiddenError, "403 Forbidden", Blind.REFUSED),
    (av.HTTPNotFoundError, "404 Not Found", Blind.NOT_FOUND),
    (av.InvalidDataError, "other bytes", Blind.GARBAGE),
    (av.ExitError, "no answer in time", Blind.STALLED),
)
"""What FFmpeg's errors say. Their own words are never repeated: they hold the address with the login."""


class FallbackStream:
    """One connection; belongs to one thread. A context manager."""

    def __init__(self, camera: Camera, timing: Timing, every: bool = False) -> None:
        """Connects, and looks at the first packets. Raises StreamLost. `every`: see the field."""
        self.every = every
        """Whether every picture is decoded, because this camera sends none that decodes alone."""
        self.bytes = 0
        """Of the packets received, without their headers."""
        self._which = camera.id
        self._patience_s = timing.keyframe_s / 2  # without a keyframe until every picture is decoded
        self._key_at: float | None = None  # when the last keyframe came, or the first packet
        self._dependent = 0  # packets since that are none; while a camera falls silent, time alone says nothing
        try:
            self._container = av.open(
                _with_login(camera), options=_OPTIONS, timeout=(timing.handshake_s / 2, timing.silence_s)
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            raise self._lost("open", error) from None  # the cause would tell the address with the login
        assert isinstance(self._container, InputContainer)
        if not self._container.streams.video:
            self._container.close()
            raise StreamLost(self._which, "open", "a description with video", "none", Blind.UNDECODABLE)
        self._stream = self._container.streams.video[0]
        self._stream.codec_context.thread_count = 1
        self._stream.codec_context.options = {"max_pixels": str(LARGEST_PICTURE)}
        self._codec = _CODECS.get(self._stream.codec_context.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def received(self, wanted: Callable[[], bool]) -> Iterator[Keyframe | bytes | None]:
        """One item per packet: where a look is `wanted` and can be had a keyframe or a JPEG, else None.

        Raises StreamLost, at the latest after `timing.silence_s` without a packet.
        """
        try:
            for packet in self._container.demux(self._stream):
                self.bytes += packet.size
                if packet.size:
                    yield self._taken(packet, wanted())
        except (av.FFmpegError, OSError) as error:
            raise self._lost("receive", error) from None
        raise StreamLost(self._which, "receive", "a packet", "the end of the stream")

    def _taken(self, packet: "av.Packet[av.VideoStream]", wanted: bool) -> Keyframe | bytes | None:
        if self._codec is not None and not self.every:
            now = time.monotonic()
            self._key_at = self._key_at or now
            if packet.is_keyframe and decodes_alone(self._codec, bytes(packet)):
                self._key_at, self._dependent = now, 0
                return self._keyframe(self._codec, packet) if wanted else None
            self._dependent += 1
            patient = self._dependent < DEPENDENT or now - self._key_at < self._patience_s
            if not packet.is_keyframe and patient:
                return None
            self.every = True  # what calls itself a keyframe is none, or there are none
        return self._decoded(packet, wanted)

    def _keyframe(self, codec: Codec, packet: "av.Packet[av.VideoStream]") -> Keyframe:
        access_unit = bytes(packet)
        if not {codec.kind(unit[0]) for unit in units(access_unit)}.issuperset(codec.sets):
            access_unit = bytes(self._stream.codec_context.extradata or b"") + access_unit
        return Keyframe(codec, access_unit, (packet.pts or 0) & 0xFFFF_FFFF)

    def _decoded(self, packet: "av.Packet[av.VideoStream]", wanted: bool) -> bytes | None:
        try:
            frames = [frame for frame in packet.decode() if isinstance(frame, av.VideoFrame) and not frame.is_corrupt]
        except av.InvalidDataError:  # a picture whose forerunners we have not seen
            return None
        if not frames or not wanted:
            return None
        try:
            picture = Frame(frames[-1]).picture
        except av.FFmpegError:
            return None
        written, jpeg = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
        return jpeg.tobytes() if written else None

    def _lost(self, step: str, error: Exception) -> StreamLost:
        unknown = (type(error), type(error).__name__, Blind.UNREACHABLE)
        _, found, blind = next((loss for loss in _LOSSES if isinstance(error, loss[0])), unknown)
        return StreamLost(self._which, step, "a stream", found, blind)


def decodes_alone(codec: Codec, access_unit: bytes) -> bool:
    """Whether all slices of an access unit (Annex B) need no other picture."""
    kinds = [(codec.kind(unit[0]), unit) for unit in units(access_unit)]
    slices = [codec.is_key(kind, unit) for kind, unit in kinds if kind in codec.pictures]
    return bool(slices) and all(slices)


def units(access_unit: bytes) -> list[bytes]:
    """The NAL units between the start codes of Annex B."""
    return [unit for unit in access_unit.split(START_CODE[1:])[1:] if unit]


def _with_login(camera: Camera) -> str:
    """The address with the login in it, as FFmpeg wants it; never to be shown."""
    if camera.login is None:
        return camera.url
    scheme, mark, rest = camera.url.partition("://")
    return f"{scheme}{mark}{quote(camera.login.user, safe='')}:{quote(camera.login.password, safe='')}@{rest}"
