"""Keyframes out of RTP packets: H.264 (RFC 6184) and H.265 (RFC 7798), whole or not at all.

A keyframe is given only if every packet of its access unit came in order; nothing that is fed raises. An H.264 picture
of I slices is a keyframe whatever it is called: FFmpeg decodes those of x264's open GOPs alone to the very same pixels.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

START_CODE = b"\0\0\0\1"
LARGEST_ACCESS_UNIT = 8 << 20  # bytes; more is no sub-stream's keyframe
PIECE = 64  # bytes that a piece takes besides its content
_RTP = struct.Struct("!BBHI")  # V/P/X/CC, M/PT, sequence number, timestamp; SSRC follows

Bytes = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Codec:
    """What depacketising has to know of a video format: the numbers of its NAL unit types."""

    name: str
    """As FFmpeg calls it."""
    header: int
    """Bytes of a NAL unit header."""
    shift: int
    mask: int
    """The type is (first byte >> shift) & mask."""
    pictures: range
    keys: range
    """Slices of pictures that decode alone (IDR; with H.265 also BLA and CRA)."""
    plain: int | None
    """Slices of other pictures that decode alone if all of them are intra-coded: where H.264's open GOPs begin."""
    sets: tuple[int, ...]
    """Parameter sets in the order a decoder needs them."""
    aggregate: int
    fragment: int

    def kind(self, first: int) -> int:
        """The NAL unit type, from the first byte of the header."""
        return (first >> self.shift) & self.mask

    def is_key(self, kind: int, unit: "Bytes") -> bool:
        """Whether a slice, of which the beginning is enough, needs no picture but its own."""
        return kind in self.keys or (kind == self.plain and slice_type(unit) in INTRA)


INTRA = (2, 4, 7, 9)
"""Values of `slice_type` of intra-coded slices: I and SI, and the same where all slices of the picture are such."""


def slice_type(unit: "Bytes") -> int | None:
    """`slice_type` of an H.264 slice (ITU-T H.264 §7.3.3), the second Exp-Golomb number after the NAL unit header."""
    head = unit[1:9]
    bits, size = int.from_bytes(head, "big"), 8 * len(head)
    number = None
    for _ in range(2):
        zeros = size - bits.bit_length()
        length = 2 * zeros + 1
        if length > size:
            return None
        size -= length
        number, bits = (bits >> size) - 1, bits & ((1 << size) - 1)
    return number


H264 = Codec("h264", 1, 0, 0x1F, range(1, 6), range(5, 6), 1, (7, 8), aggregate=24, fragment=28)
H265 = Codec("hevc", 2, 1, 0x3F, range(32), range(16, 22), None, (32, 33, 34), aggregate=48, fragment=49)


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A complete picture that decodes alone: Annex B, parameter sets first."""

    codec: Codec
    access_unit: bytes
    rtp_time: int
    """Ticks of the stream's RTP clock, modulo 2**32."""


class Depacketizer:
    """Feeds on the RTP packets of one track, in the order of their arrival."""

    def __init__(self, codec: Codec, payload_type: int, sets: Iterable[bytes] = ()) -> None:
        """`sets`: the parameter sets known beforehand (sprop-… of the SDP); those in the stream replace them."""
        self.dependent = 0
        """Whole pictures in a row that need earlier ones; very many: the encoder refreshes piece by piece."""
        self._codec = codec
        self._payload_type = payload_type
        self._sets: dict[int, list[bytes]] = {}
        self._remember(unit for unit in sets if len(unit) > codec.header)
        self._sequence: int | None = None
        self._begin(None)

    def feed(self, packet: Bytes) -> Keyframe | None:
        """The keyframe that this packet completes, if it does."""
        if len(packet) < 12 or packet[0] >> 6 != 2:
            self._whole = False
            return None
        _, second, sequence, timestamp = _RTP.unpack_from(packet)
        if second & 0x7F != self._payload_type:
            return None
        follows = self._sequence is None or sequence == (self._sequence + 1) & 0xFFFF
        self._sequence = sequence
        done = None
        if timestamp != self._timestamp:
            if follows:  # the end of the picture before, of a sender that sets no marker
                done = self._finish()
            self._begin(timestamp)
        elif not follows:
            self._whole = False
        self._take(_payload(packet))
        if second & 0x80:
            done = self._finish() or done
            self._begin(None)
        return done

    def reset(self) -> None:
        """Forgets the access unit under way: packets have been skipped on purpose."""
        self._sequence = None
        self._begin(None)

    def _begin(self, timestamp: int | None) -> None:
        self._timestamp = timestamp
        self._whole = True  # nothing of the access unit is known to be missing
        self._key: bool | None = None  # None until its first slice
        self._slices: list[bytes] = []
        self._new_sets: list[bytes] = []
        self._pieces: list[bytes] = []  # of the NAL unit that is coming in fragments
        self._size = 0

    def _take(self, payload: Bytes) -> None:
        codec = self._codec
        if len(payload) <= codec.header:
            self._whole = False
            return
        kind = codec.kind(payload[0])
        if kind == codec.fragment:
            self._take_fragment(payload)
        elif self._pieces:
            self._whole = False  # the last fragment is missing
        elif kind == codec.aggregate:
            for unit in self._aggregated(payload):
                self._take_unit(codec.kind(unit[0]), unit, whole=True)
        elif kind > codec.aggregate:
            self._whole = False  # interleaved modes, which nobody sends over TCP
        else:
            self._take_unit(kind, payload, whole=True)

    def _aggregated(self, payload: Bytes) -> Iterator[Bytes]:
        at = self._codec.header
        while at < len(payload):
            size = int.from_bytes(payload[at : at + 2], "big")
            unit = payload[at + 2 : at + 2 + size]
            if len(unit) < size or size <= self._codec.header:
                self._whole = False
                return
            yield unit
            at += 2 + size

    def _take_fragment(self, payload: Bytes) -> None:
        codec = self._codec
        if len(payload) <= codec.header + 1:
            self._whole = False
            return
        mark = payload[codec.header]
        kind = mark & codec.mask
        starts, ends, piece = mark & 0x80, mark & 0x40, payload[codec.header + 1 :]
        if starts:
            if self._pieces:
                self._whole = False
            rebuilt = payload[0] & ~(codec.mask << codec.shift) & 0xFF | kind << codec.shift
            piece = bytes((rebuilt,)) + payload[1 : codec.header] + piece
            self._take_unit(kind, piece, whole=bool(ends))
        elif kind in codec.sets or (kind in codec.pictures and self._key is not False):
            if not self._pieces:
                self._whole = False  # the first fragment is missing
            elif self._fits(piece):
                self._pieces.append(bytes(piece))
                if ends:
                    self._store(kind, b"".join(self._pieces))
                    self._pieces = []

    def _take_unit(self, kind: int, unit: Bytes, whole: bool) -> None:
        """Notes a NAL unit, or the first fragment of one; keeps only what a keyframe needs."""
        codec = self._codec
        if kind in codec.pictures:
            begins = unit[codec.header] & 0x80  # first_mb_in_slice = 0, first_slice_segment_in_pic_flag
            if self._key is None and not begins:
                self._whole = False  # slices before this one are missing
            self._key = self._key is not False and codec.is_key(kind, unit)
        if (kind in codec.sets or (kind in codec.pictures and self._key)) and self._fits(unit):
            if whole:
                self._store(kind, bytes(unit))
            else:
                self._pieces = [bytes(unit)]

    def _fits(self, unit: Bytes) -> bool:
        self._size += len(unit) + PIECE
        if self._size > LARGEST_ACCESS_UNIT:
            self._whole = False
        return self._whole

    def _store(self, kind: int, unit: bytes) -> None:
        (self._new_sets if kind in self._codec.sets else self._slices).append(unit)

    def _finish(self) -> Keyframe | None:
        if not self._whole or self._pieces or self._timestamp is None:
            return None
        self._remember(self._new_sets)
        self.dependent = self.dependent + 1 if self._key is False else 0
        if not self._key or not self._slices or any(kind not in self._sets for kind in self._codec.sets):
            return None
        units = [unit for kind in self._codec.sets for unit in self._sets[kind]] + self._slices
        return Keyframe(self._codec, b"".join(START_CODE + unit for unit in units), self._timestamp)

    def _remember(self, sets: Iterable[bytes]) -> None:
        """Parameter sets replace those of their type; several of a type come together."""
        new: dict[int, list[bytes]] = {}
        for unit in sets:
            new.setdefault(self._codec.kind(unit[0]), []).append(unit)
        self._sets |= new


def _payload(packet: Bytes) -> Bytes:
    """What follows the RTP header (RFC 3550 §5.1); empty if the lengths do not fit."""
    first = packet[0]
    begin, end = 12 + 4 * (first & 0x0F), len(packet)
    if first & 0x10:  # extension: profile, number of 32-bit words
        begin += 4 + 4 * int.from_bytes(packet[begin + 2 : begin + 4], "big")
    if first & 0x20:  # padding: its length is the last byte
        end -= packet[-1]
    return packet[begin:end] if begin < end else b""
