"""Kinds of streams as x264 and x265 encode them, over RTP: what decodes alone is shown as it is, the rest refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

import av
import numpy as np
import pytest

from camera_ingest.decode import Decoder
from camera_ingest.depacketize import H264, H265, Codec, Depacketizer
from camera_ingest.sample import Picture
from tests.camera_ingest.synthetic import picture
from tests.camera_ingest.test_depacketize import PAYLOAD_TYPE, fragments, packets

KEYINT = 6
PICTURES = [picture(number) for number in range(4 * KEYINT)]
MTU = 300  # bytes of a payload: also small pictures come in many fragments


@dataclass(frozen=True)
class Kind:
    """How a camera encodes."""

    codec: Codec
    parameters: str
    keys: int
    """How many of its pictures decode alone."""
    b_frames: int = 0


KINDS = {
    "closed": Kind(H264, "scenecut=0", 4),
    "slices": Kind(H264, "scenecut=0:slices=4", 4),
    "b-frames": Kind(H264, "scenecut=0", 4, b_frames=2),
    "open": Kind(H264, "scenecut=0:open-gop=1", 4, b_frames=2),
    "open, slices": Kind(H264, "scenecut=0:open-gop=1:slices=3", 4, b_frames=2),
    "open, fields": Kind(H264, "scenecut=0:open-gop=1:tff=1", 4, b_frames=2),
    "refresh": Kind(H264, "intra-refresh=1", 1),  # its very first picture
    "h265": Kind(H265, "scenecut=0", 4),
    "h265 open": Kind(H265, "scenecut=0:open-gop=1", 4, b_frames=2),  # CRA and RASL
    "h265 slices": Kind(H265, "scenecut=0:slices=3", 4, b_frames=2),
    "h265 refresh": Kind(H265, "intra-refresh=1", 1),
}


def encode(kind: Kind) -> list[tuple[int, bytes]]:
    """Number and access unit of each picture, in the order of decoding."""
    name = "libx264" if kind.codec is H264 else "libx265"
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, av.VideoCodecContext)
    height, width = PICTURES[0].shape[:2]
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 5), Fraction(5)
    context.gop_size, context.max_b_frames, context.thread_count = KEYINT, kind.b_frames, 1
    parameters = f"keyint={KEYINT}:min-keyint={KEYINT}:bframes={kind.b_frames}:repeat-headers=1:{kind.parameters}"
    parameters += ":log-level=none" if kind.codec is H265 else ""
    context.options = {"preset": "veryfast", name.removeprefix("lib") + "-params": parameters}
    found = []
    for number, image in enumerate(PICTURES):
        frame = av.VideoFrame.from_ndarray(image, format="bgr24")
        frame.pts = number
        found += context.encode(frame)
    found += context.encode(None)
    return [(packet.pts or 0, bytes(packet)) for packet in found]


def units(access_unit: bytes) -> list[bytes]:
    return [unit.rstrip(b"\0") for unit in access_unit.split(b"\0\0\1")[1:]]


def sent(kind: Kind, stream: list[tuple[int, bytes]]) -> Iterator[bytes]:
    """The stream as RTP packets; sequence numbers and times wrap on the way."""
    numbers, start = count(0xFFF0), 0xFFFF_0000
    for number, access_unit in stream:
        payloads = [
            piece
            for unit in units(access_unit)
            for piece in (fragments(kind.codec, unit, MTU) if len(unit) > MTU else [unit])
        ]
        yield from packets(payloads, (start + 18_000 * number) & 0xFFFF_FFFF, numbers)


def decoded(kind: Kind, stream: list[tuple[int, bytes]]) -> list[Picture]:
    """Every picture as a player sees it that decodes them all."""
    context = av.CodecContext.create(kind.codec.name, "r")
    assert isinstance(context, av.VideoCodecContext)
    parts = [*(av.Packet(access_unit) for _, access_unit in stream), None]
    frames = [frame for packet in parts for frame in context.decode(packet)]
    return [frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False) for frame in frames]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_keyframes_decode_alone_to_what_a_player_shows(kind: Kind) -> None:
    stream = encode(kind)
    shown = decoded(kind, stream)
    assert len(shown) == len(PICTURES)
    depacketizer, decoder = Depacketizer(kind.codec, PAYLOAD_TYPE), Decoder()
    found = [keyframe for packet in sent(kind, stream) if (keyframe := depacketizer.feed(packet)) is not None]
    assert len(found) == kind.keys
    for keyframe in found:
        number = (keyframe.rtp_time - 0xFFFF_0000) % (1 << 32) // 18_000
        alone = decoder.decode(keyframe)
        assert alone is not None
        assert np.array_equal(alone.picture, shown[number])
