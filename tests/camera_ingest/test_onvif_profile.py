"""Which of the streams of a device is enough."""

import pytest

from camera_ingest.onvif_profile import Profile, cheapest, profile_of


def profile(token: str, width: int | None = 640, codec: str = "H264", kbit_s: int | None = 512) -> Profile:
    height = None if width is None else width * 9 // 16
    return Profile(token, token, "s", codec, width, height, 25, kbit_s, 50)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([profile("main", 2560), profile("sub", 640)], "sub"),
        ([profile("main", 1920), profile("sub", 704), profile("third", 352)], "sub"),  # 352 is too small to see people
        ([profile("main", 320), profile("sub", 160)], "main"),  # all are: the largest
        ([profile("jpeg", 640, "JPEG"), profile("main", 1920, "H265")], "main"),
        ([profile("a", 640, kbit_s=1024), profile("b", 640, kbit_s=256), profile("c", 640, kbit_s=None)], "b"),
        ([profile("untold", None), profile("main", 1920)], "main"),
        ([profile("untold", None), profile("tiny", 160)], "untold"),
        ([profile(""), profile("main", 1920)], "main"),  # without a token nothing can be asked
        ([profile("jpeg", 640, "JPEG"), profile("old", 640, "MPEG4")], None),
        ([], None),
    ],
)
def test_the_smallest_that_is_wide_enough_is_chosen(offered: list[Profile], chosen: str | None) -> None:
    best = cheapest(offered)
    assert (best and best.token) == chosen


def test_a_keyframe_is_timed_only_if_both_numbers_are_told() -> None:
    encoder = {"encoding": "hevc", "width": 704, "height": 576, "gop": 100, "fps_limit": 25, "bitrate_kbps": 2147483647}
    told = profile_of({"token": "t", "name": "n", "video_encoder": encoder})
    assert (told.codec, told.gop_s, told.kbit_s, told.pixels, told.source) == ("H265", 4.0, None, 405_504, "")
    assert profile_of({"video_encoder": {**encoder, "fps_limit": None}}).gop_s is None
    assert profile_of({}).codec == ""
