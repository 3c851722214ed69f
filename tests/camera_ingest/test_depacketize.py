"""Depacketising: a lossless stream round-trips; what is lost, swapped, cut or mad gives no picture and no exception."""

import struct
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.depacketize import H264, H265, START_CODE, Codec, Depacketizer, Keyframe

PAYLOAD_TYPE = 96
SETS = {H264: (b"\x67\x42\x00\x1f", b"\x68\xce\x3c\x80"), H265: (b"\x40\x01\x0c", b"\x42\x01\x01", b"\x44\x01\xc1")}
KEY = {H264: b"\x65", H265: b"\x26\x01"}  # IDR; IDR_W_RADL
OTHER = {H264: b"\x41", H265: b"\x02\x01"}
SEI = {H264: b"\x06\x05", H265: b"\x4e\x01\x05"}
CODECS = pytest.mark.parametrize("codec", [H264, H265], ids=lambda codec: codec.name)


def rtp(payload: bytes, sequence: int, timestamp: int, marker: bool = False, payload_type: int = PAYLOAD_TYPE) -> bytes:
    return struct.pack("!BBHII", 0x80, marker << 7 | payload_type, sequence & 0xFFFF, timestamp, 7) + payload


def fragments(codec: Codec, unit: bytes, size: int) -> list[bytes]:
    """FU-A, FU."""
    kind = codec.kind(unit[0])
    cleared = unit[0] & ~(codec.mask << codec.shift) & 0xFF
    header = bytes((cleared | codec.fragment << codec.shift,)) + unit[1 : codec.header]
    body = unit[codec.header :]
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    ends = range(len(pieces))
    marks = [(0x80 if end == 0 else 0) | (0x40 if end == ends[-1] else 0) | kind for end in ends]
    return [header + bytes((mark,)) + piece for mark, piece in zip(marks, pieces, strict=True)]


def aggregate(codec: Codec, units: tuple[bytes, ...]) -> bytes:
    """STAP-A, AP."""
    header = bytes((codec.aggregate << codec.shift | (0x60 if codec is H264 else 0), 1))[: codec.header]
    return header + b"".join(struct.pack("!H", len(unit)) + unit for unit in units)


def packets(payloads: list[bytes], timestamp: int, numbers: Iterator[int]) -> list[bytes]:
    return [rtp(payload, next(numbers), timestamp, payload is payloads[-1]) for payload in payloads]


def feed(depacketizer: Depacketizer, stream: list[bytes]) -> list[bytes]:
    """The access units that come out."""
    found = [depacketizer.feed(packet) for packet in stream]
    return [keyframe.access_unit for keyframe in found if keyframe is not None]


def annex_b(*units: bytes) -> bytes:
    return b"".join(START_CODE + unit for unit in units)


def slices(header: bytes, *bodies: bytes) -> list[bytes]:
    """Slices of one picture: the first begins with a 1 bit (first_mb_in_slice = 0), the others do not.

    In H.264, `slice_type` follows: 7 (I) in keyframes, 5 (P) in the first slice of others.
    """
    first = 0x88 if header in KEY.values() else 0x98
    return [header + bytes((0x08 if number else first,)) + body for number, body in enumerate(bodies)]


bodies = st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=3)


@st.composite
def sequences(draw: st.DrawFn) -> tuple[Codec, list[bytes], list[bytes]]:
    """A codec, the packets of a few pictures, and the keyframes that are in them."""
    codec = draw(st.sampled_from([H264, H265]))
    numbers = count(draw(st.integers(0, 0xFFFF)))
    timestamp = draw(st.integers(0, 0xFFFF_FFFF))
    stream, keyframes = [], []
    for key in draw(st.lists(st.booleans(), min_size=1, max_size=5)):
        units = slices((KEY if key else OTHER)[codec], *draw(bodies))
        payloads = []
        if key:
            joined = draw(st.booleans())
            payloads += [aggregate(codec, SETS[codec])] if joined else list(SETS[codec])
            payloads += draw(st.sampled_from([[], [SEI[codec]]]))
            keyframes.append(annex_b(*SETS[codec], *units))
        size = draw(st.integers(20, 400))
        for unit in units:
            payloads += fragments(codec, unit, size) if len(unit) > size else [unit]
        stream += packets(payloads, timestamp, numbers)
        timestamp = (timestamp + 18_000) & 0xFFFF_FFFF
    return codec, stream, keyframes


@given(sequences())
def test_a_lossless_sequence_round_trips(sequence: tuple[Codec, list[bytes], list[bytes]]) -> None:
    codec, stream, keyframes = sequence
    assert feed(Depacketizer(codec, PAYLOAD_TYPE), stream) == keyframes


@given(sequences(), st.data())
def test_loss_gives_whole_keyframes_only(sequence: tuple[Codec, list[bytes], list[bytes]], data: st.DataObject) -> None:
    codec, stream, keyframes = sequence
    kept = [packet for packet in stream if data.draw(st.booleans())]
    assert set(feed(Depacketizer(codec, PAYLOAD_TYPE, SETS[codec]), kept)) <= set(keyframes)


@given(sequences(), st.data())
def test_reordering_gives_whole_keyframes_only(
    sequence: tuple[Codec, list[bytes], list[bytes]], data: st.DataObject
) -> None:
    codec, stream, keyframes = sequence
    shuffled = data.draw(st.permutations(stream))
    assert set(feed(Depacketizer(codec, PAYLOAD_TYPE, SETS[codec]), shuffled)) <= set(keyframes)


@given(sequences(), st.data())
def test_truncation_and_random_bytes_never_raise(
    sequence: tuple[Codec, list[bytes], list[bytes]], data: st.DataObject
) -> None:
    codec, stream, _ = sequence
    depacketizer = Depacketizer(codec, PAYLOAD_TYPE)
    for packet in stream:
        if data.draw(st.booleans()):
            packet = packet[: data.draw(st.integers(0, len(packet)))]
        if data.draw(st.booleans()):
            packet = packet[:12] + data.draw(st.binary(max_size=40))
        depacketizer.feed(packet)


@given(st.sampled_from([H264, H265]), st.lists(st.binary(max_size=60)))
def test_garbage_gives_no_picture(codec: Codec, stream: list[bytes]) -> None:
    assert feed(Depacketizer(codec, PAYLOAD_TYPE), stream) == []


@given(sequences(), st.data())
def test_a_packet_cut_to_its_headers_spoils_its_picture(
    sequence: tuple[Codec, list[bytes], list[bytes]], data: st.DataObject
) -> None:
    codec, stream, keyframes = sequence
    cut = data.draw(st.integers(0, len(stream) - 1))
    stream[cut] = stream[cut][: 12 + data.draw(st.integers(-12, codec.header))]
    assert set(feed(Depacketizer(codec, PAYLOAD_TYPE, SETS[codec]), stream)) <= set(keyframes)


@CODECS
def test_sets_of_the_description_serve_until_the_stream_brings_its_own(codec: Codec) -> None:
    own = tuple(unit + b"\x01" for unit in SETS[codec])
    (unit,) = slices(KEY[codec], b"abc")
    depacketizer = Depacketizer(codec, PAYLOAD_TYPE, SETS[codec])
    stream = [
        *packets([unit], 0, count(0)),
        *packets([*own], 18_000, count(1)),  # parameter sets alone
        *packets([unit], 36_000, count(1 + len(own))),
    ]
    assert feed(depacketizer, stream) == [annex_b(*SETS[codec], unit), annex_b(*own, unit)]


@CODECS
def test_without_parameter_sets_there_is_no_picture(codec: Codec) -> None:
    assert feed(Depacketizer(codec, PAYLOAD_TYPE), packets(slices(KEY[codec], b"abc"), 0, count())) == []


@CODECS
def test_a_sender_without_markers_is_understood_by_its_timestamps(codec: Codec) -> None:
    first, second = slices(KEY[codec], b"abc", b"def")
    stream = [rtp(first, 0, 0), rtp(second, 1, 0), rtp(OTHER[codec] + b"\x88x", 2, 18_000)]
    found = Depacketizer(codec, PAYLOAD_TYPE, SETS[codec])
    assert feed(found, stream) == [annex_b(*SETS[codec], first, second)]


@CODECS
def test_joining_in_the_middle_of_a_picture_waits_for_the_next(codec: Codec) -> None:
    first, second = slices(KEY[codec], b"a" * 50, b"b" * 50)
    payloads = [*fragments(codec, first, 20), *fragments(codec, second, 20)]
    numbers = count(65_530)
    before, after = packets(payloads, 0, numbers), packets(payloads, 18_000, numbers)
    for at in range(1, len(before)):
        depacketizer = Depacketizer(codec, PAYLOAD_TYPE, SETS[codec])
        assert feed(depacketizer, before[at:] + after) == [annex_b(*SETS[codec], first, second)]


def test_after_a_reset_the_gap_does_not_count() -> None:
    (unit,) = slices(KEY[H264], b"abc")
    depacketizer = Depacketizer(H264, PAYLOAD_TYPE, SETS[H264])
    depacketizer.feed(rtp(fragments(H264, unit * 9, 10)[0], 1, 0))
    depacketizer.reset()
    assert depacketizer.feed(rtp(unit, 900, 5, True)) == Keyframe(H264, annex_b(*SETS[H264], unit), 5)


def test_padding_extension_and_contributors_are_skipped() -> None:
    (unit,) = slices(KEY[H264], b"abc")
    plain = rtp(unit, 1, 0, True)
    header = bytes((0x80 | 0x20 | 0x10 | 2,)) + plain[1:12] + bytes(8)  # two contributing sources
    packet = header + b"\xbe\xde\0\1" + bytes(4) + unit + b"\0\0\3"
    found = Depacketizer(H264, PAYLOAD_TYPE, SETS[H264]).feed(packet)
    assert found is not None
    assert found.access_unit == annex_b(*SETS[H264], unit)


def test_other_payload_types_are_ignored() -> None:
    (unit,) = slices(KEY[H264], b"abc")
    assert Depacketizer(H264, PAYLOAD_TYPE, SETS[H264]).feed(rtp(unit, 1, 0, True, payload_type=97)) is None


def test_a_picture_without_end_is_dropped_and_the_next_one_taken() -> None:
    piece = fragments(H264, KEY[H264] + b"\x88" + bytes(100_000), 60_000)
    depacketizer = Depacketizer(H264, PAYLOAD_TYPE, SETS[H264])
    numbers = count()
    depacketizer.feed(rtp(piece[0], next(numbers), 0))
    middle = piece[1][:1] + b"\x05" + piece[1][2:]
    for _ in range(300):
        assert depacketizer.feed(rtp(middle, next(numbers), 0)) is None
    (unit,) = slices(KEY[H264], b"abc")
    assert depacketizer.feed(rtp(unit, next(numbers), 9, True)) is not None


@CODECS
@pytest.mark.parametrize(("pieces", "fits"), [(1_000, True), (2_000, False)])
def test_small_pieces_count_as_what_they_take(
    monkeypatch: pytest.MonkeyPatch, codec: Codec, pieces: int, fits: bool
) -> None:
    monkeypatch.setattr("camera_ingest.depacketize.LARGEST_ACCESS_UNIT", 100_000)
    (unit,) = slices(KEY[codec], bytes(2 * pieces))
    stream = packets(fragments(codec, unit, 2), 0, count())
    assert bool(feed(Depacketizer(codec, PAYLOAD_TYPE, SETS[codec]), stream)) is fits
