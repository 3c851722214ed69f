"""Pictures out of keyframes."""

import cv2
import numpy as np
import pytest

from camera_ingest.decode import LARGEST_SIDE, Decoder
from camera_ingest.depacketize import H264, H265, Codec, Keyframe
from tests.camera_ingest.synthetic import encode, picture

CODECS = pytest.mark.parametrize(("codec", "encoder"), [(H264, "libx264"), (H265, "libx265")], ids=["h264", "hevc"])


@CODECS
def test_one_keyframe_is_one_picture(codec: Codec, encoder: str) -> None:
    decoder = Decoder()
    for number in range(3):  # one decoder, many cameras, of different sizes
        original = picture(number, width=160 + 32 * number)
        decoded = decoder.decode(Keyframe(codec, encode([original], encoder)[0], 0))
        assert decoded is not None
        assert decoded.picture.shape == original.shape
        assert decoded.picture.dtype == np.uint8
        assert np.abs(decoded.picture.astype(int) - original).mean() < 6
        assert decoded.size == original.shape[:2] == decoded.grey.shape, "small enough to be read whole"
        usual = cv2.cvtColor(original, cv2.COLOR_BGR2GRAY)
        assert np.abs(decoded.grey.astype(int) - usual).mean() < 6


@CODECS
def test_contexts_are_replaced_in_time(monkeypatch: pytest.MonkeyPatch, codec: Codec, encoder: str) -> None:
    monkeypatch.setattr("camera_ingest.decode.LIFE", 2)
    decoder, keyframe = Decoder(), Keyframe(codec, encode([picture(0)], encoder)[0], 0)
    pictures = [decoder.decode(keyframe) for _ in range(5)]
    for seen in pictures:
        assert seen is not None
        assert np.abs(seen.picture.astype(int) - picture(0)).mean() < 6


@CODECS
def test_what_does_not_decode_is_no_picture_and_harms_no_other(codec: Codec, encoder: str) -> None:
    decoder = Decoder()
    whole = encode([picture(0)], encoder)[0]
    for broken in (b"", b"\0\0\0\1", b"nonsense", whole[:40], whole[:20] + bytes(200)):
        assert decoder.decode(Keyframe(codec, broken, 0)) is None
    assert decoder.decode(Keyframe(codec, whole, 0)) is not None


@pytest.mark.parametrize("matrix", ["smpte2085", "YCgCo", "bt2020c", "bt709"])
def test_odd_colours_of_a_camera_are_shown_and_forgotten_with_it(matrix: str) -> None:
    decoder, plain = Decoder(), Keyframe(H264, encode([picture(0)])[0], 0)
    before = decoder.decode(plain)
    odd = decoder.decode(Keyframe(H264, encode([picture(0)], more=f"colormatrix={matrix}:fullrange=on")[0], 0))
    assert odd is not None
    assert np.abs(odd.picture.astype(int) - picture(0)).mean() < 12
    assert np.abs(odd.grey.astype(int) - cv2.cvtColor(picture(0), cv2.COLOR_BGR2GRAY)).mean() < 12, (
        "its full range, too"
    )
    after = decoder.decode(plain)
    assert before is not None
    assert after is not None
    assert np.array_equal(before.picture, after.picture)


def test_a_picture_that_had_to_be_guessed_is_none() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (96, 160, 3), np.uint8)
    whole = encode([noise])[0]
    assert Decoder().decode(Keyframe(H264, whole[: len(whole) * 2 // 3], 0)) is None


@pytest.mark.parametrize(("width", "height"), [(LARGEST_SIDE + 16, 64), (64, LARGEST_SIDE + 16)])
def test_a_picture_of_few_but_very_long_lines_is_none(width: int, height: int) -> None:
    long = encode([picture(0, width, height)])[0]
    assert Decoder().decode(Keyframe(H264, long, 0)) is None


def test_a_picture_that_needs_another_is_none() -> None:
    _, later = encode([picture(0), picture(1)])
    assert Decoder().decode(Keyframe(H264, later, 0)) is None
