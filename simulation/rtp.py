"""Video as a camera puts it on the wire: RTP packets (RFC 6184, RFC 7798), sender reports, and the SDP."""

import base64
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

PAYLOAD_TYPE = 96
CLOCK_RATE = 90_000  # RTP ticks per second of video
LARGEST_PAYLOAD = 1400  # bytes; what real cameras choose: an Ethernet frame less its headers
CONTROL = "/trackID=0"  # what a stream's URL is followed by in SETUP
NTP_OF_1970 = 2_208_988_800  # seconds from NTP's beginning, 1900, to that of Unix time
CNAME = b"camera"
_HEADER = struct.Struct("!BBHI")  # patched for each stream: V/P/X/CC, M/PT, sequence number, timestamp
_REPORT = struct.Struct("!cBHBBHIIIIII")


class Codec(NamedTuple):
    """How the NAL units of one codec are told apart and fragmented."""

    name: str
    header: int
    """Bytes of a NAL unit's header."""
    fragment: int
    """Type of a fragmentation unit: FU-A of RFC 6184 §5.8, FU of RFC 7798 §4.4.3."""
    sets: tuple[int, ...]
    """Types of the parameter sets."""

    def kind(self, unit: bytes) -> int:
        """The type of a NAL unit."""
        return unit[0] & 0x1F if self.header == 1 else unit[0] >> 1 & 0x3F

    def fragment_header(self, unit: bytes) -> bytes:
        """What stands before the FU header: the unit's own header with its type replaced."""
        if self.header == 1:
            return bytes((unit[0] & 0xE0 | self.fragment,))
        return bytes((unit[0] & 0x81 | self.fragment << 1, unit[1]))


H264 = Codec("H264", 1, 28, (7, 8))
H265 = Codec("H265", 2, 49, (32, 33, 34))
CODECS = {"h264": H264, "h265": H265}


def packetise(access_unit: bytes, codec: Codec = H264) -> list[bytes]:
    """RTP payloads of one Annex B access unit: single NAL units, or fragments where they are too large."""
    payloads = []
    for unit in nal_units(access_unit):
        if len(unit) <= LARGEST_PAYLOAD:
            payloads.append(unit)
            continue
        head, kind = codec.fragment_header(unit), codec.kind(unit)
        size = LARGEST_PAYLOAD - len(head) - 1
        pieces = range(codec.header, len(unit), size)
        for at in pieces:
            mark = (0x80 if at == pieces[0] else 0) | (0x40 if at == pieces[-1] else 0)
            payloads.append(head + bytes((mark | kind,)) + unit[at : at + size])
    return payloads


def nal_units(access_unit: bytes) -> list[bytes]:
    """The NAL units between the start codes of Annex B (emulation prevention makes this split safe)."""
    return [unit.rstrip(b"\0") for unit in access_unit.split(b"\0\0\1")[1:]]


def parameter_sets(access_unit: bytes, codec: Codec = H264) -> tuple[bytes, ...]:
    """The parameter sets of a keyframe, without start codes."""
    return tuple(unit for unit in nal_units(access_unit) if codec.kind(unit) in codec.sets)


def without_sets(access_unit: bytes, codec: Codec = H264) -> bytes:
    """The access unit without its parameter sets, as cameras send that tell them in the SDP only."""
    units = [unit for unit in nal_units(access_unit) if codec.kind(unit) not in codec.sets]
    return b"".join(b"\0\0\0\1" + unit for unit in units)


@dataclass(frozen=True, slots=True)
class Packets:
    """One access unit as interleaved RTP packets of channel 0, and where each RTP header begins."""

    packets: bytes
    headers: tuple[int, ...]

    @classmethod
    def of(cls, access_unit: bytes, codec: Codec = H264) -> "Packets":
        packets, headers = bytearray(), []
        for payload in packetise(access_unit, codec):
            packets += struct.pack("!cBH", b"$", 0, 12 + len(payload))
            headers.append(len(packets))
            packets += bytes(12) + payload
        return cls(bytes(packets), tuple(headers))

    @classmethod
    def joined(cls, parts: Sequence["Packets"]) -> "Packets":
        """The packets of a frame that was packetised in pieces."""
        headers: list[int] = []
        before = 0
        for part in parts:
            headers += [before + at for at in part.headers]
            before += len(part.packets)
        return cls(b"".join([part.packets for part in parts]), tuple(headers))

    def stamped(self, sequence: int, timestamp: int) -> bytearray:
        """A copy that continues a stream at this sequence number and timestamp."""
        packets = bytearray(self.packets)
        for number, at in enumerate(self.headers, sequence):
            marker = 0x80 if at == self.headers[-1] else 0
            _HEADER.pack_into(packets, at, 0x80, marker | PAYLOAD_TYPE, number & 0xFFFF, timestamp & 0xFFFFFFFF)
        return packets


def sender_report(unix_s: float, timestamp: int, packets: int, octets: int) -> bytes:
    """An interleaved RTCP packet of channel 1: when, by the camera's clock, a timestamp was taken (RFC 3550 §6.4.1).

    A source description with the canonical name follows, as §6.1 asks.
    """
    ntp = round((unix_s + NTP_OF_1970) * 2**32)
    items = bytes((1, len(CNAME))) + CNAME
    items += bytes(4 - len(items) % 4)
    description = struct.pack("!BBHI", 0x81, 202, 1 + len(items) // 4, 0) + items
    counts = timestamp & 0xFFFFFFFF, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF
    report = _REPORT.pack(b"$", 1, 28 + len(description), 0x80, 200, 6, 0, ntp >> 32 & 0xFFFFFFFF, ntp & 0xFFFFFFFF,
                          *counts)  # fmt: skip
    return report + description


def describe(sets: Sequence[bytes], fps: float, codec: Codec = H264) -> bytes:
    """The SDP of a stream with these parameter sets."""
    texts = [base64.b64encode(unit).decode() for unit in sets]
    if codec is H265:
        names = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
        options = ";".join(f"{names[codec.kind(unit)]}={text}" for unit, text in zip(sets, texts, strict=True))
    else:
        options = f"packetization-mode=1;profile-level-id={sets[0][1:4].hex()};sprop-parameter-sets={','.join(texts)}"
    lines = (
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=camera",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        f"a=rtpmap:{PAYLOAD_TYPE} {codec.name}/{CLOCK_RATE}",
        f"a=fmtp:{PAYLOAD_TYPE} {options}",
        f"a=framerate:{fps:g}",
        f"a=control:{CONTROL.removeprefix('/')}",
        "",
    )
    return "\r\n".join(lines).encode()
