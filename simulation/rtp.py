"""H.264 as a camera puts it on the wire: RTP packets (RFC 6184) and the SDP that announces them."""

import base64
import struct
from dataclasses import dataclass

PAYLOAD_TYPE = 96
CLOCK_RATE = 90_000  # RTP ticks per second of video
LARGEST_PAYLOAD = 1400  # bytes; what real cameras choose: an Ethernet frame less its headers
CONTROL = "/trackID=0"  # what a stream's URL is followed by in SETUP
_HEADER = struct.Struct("!BBHI")  # patched for each stream: V/P/X/CC, M/PT, sequence number, timestamp


def packetise(access_unit: bytes) -> list[bytes]:
    """RTP payloads of one Annex B access unit (RFC 6184): single NAL units, or FU-A where they are too large."""
    payloads = []
    for unit in nal_units(access_unit):
        if len(unit) <= LARGEST_PAYLOAD:
            payloads.append(unit)
            continue
        indicator, kind = unit[0] & 0xE0 | 28, unit[0] & 0x1F
        pieces = range(1, len(unit), LARGEST_PAYLOAD - 2)
        for at in pieces:
            mark = (0x80 if at == pieces[0] else 0) | (0x40 if at == pieces[-1] else 0)
            payloads.append(bytes((indicator, mark | kind)) + unit[at : at + LARGEST_PAYLOAD - 2])
    return payloads


def nal_units(access_unit: bytes) -> list[bytes]:
    """The NAL units between the start codes of Annex B (emulation prevention makes this split safe)."""
    return [unit.rstrip(b"\0") for unit in access_unit.split(b"\0\0\1")[1:]]


@dataclass(frozen=True, slots=True)
class Packets:
    """One access unit as interleaved RTP packets of channel 0, and where each RTP header begins."""

    packets: bytes
    headers: tuple[int, ...]

    @classmethod
    def of(cls, access_unit: bytes) -> "Packets":
        packets, headers = bytearray(), []
        for payload in packetise(access_unit):
            packets += struct.pack("!cBH", b"$", 0, 12 + len(payload))
            headers.append(len(packets))
            packets += bytes(12) + payload
        return cls(bytes(packets), tuple(headers))

    def stamped(self, sequence: int, timestamp: int) -> bytearray:
        """A copy that continues a stream at this sequence number and timestamp."""
        packets = bytearray(self.packets)
        for number, at in enumerate(self.headers, sequence):
            marker = 0x80 if at == self.headers[-1] else 0
            _HEADER.pack_into(packets, at, 0x80, marker | PAYLOAD_TYPE, number & 0xFFFF, timestamp & 0xFFFFFFFF)
        return packets


def describe(access_unit: bytes, fps: float) -> bytes:
    """The SDP of a stream whose keyframes look like this one."""
    sets = [unit for unit in nal_units(access_unit) if unit[0] & 0x1F in (7, 8)]
    profile, sprop = sets[0][1:4].hex(), ",".join(base64.b64encode(unit).decode() for unit in sets)
    lines = (
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=camera",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        f"a=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK_RATE}",
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={sprop}",
        f"a=framerate:{fps:g}",
        f"a=control:{CONTROL.removeprefix('/')}",
        "",
    )
    return "\r\n".join(lines).encode()
