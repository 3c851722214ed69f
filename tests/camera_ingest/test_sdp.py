"""Session descriptions as cameras write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.depacketize import H264, H265, Codec
from camera_ingest.sdp import video_track, without_login

BASE = "rtsp://10.0.0.5/sub"
HIKVISION = """v=0
s=Media Presentation
t=0 0
a=control:rtsp://10.0.0.5/sub/
m=audio 0 RTP/AVP 8
a=rtpmap:8 PCMA/8000
a=control:rtsp://10.0.0.5/sub/trackID=2
m=video 0 RTP/AVP 96
c=IN IP4 0.0.0.0
a=control:rtsp://10.0.0.5/sub/trackID=1
a=rtpmap:96 H264/90000
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z0IAH5Y1QKALdNwEBAQI,aM48gA==
"""
H265_SDP = """v=0
s=-
m=video 0 RTP/AVP 98
a=rtpmap:98 h265/90000
a=fmtp:98 sprop-vps=QAEM;sprop-sps=QgEB;sprop-pps=RAHB;x=***
a=control:track1
"""


def test_absolute_control_urls_are_taken_as_they_stand() -> None:
    track = video_track(HIKVISION.replace("\n", "\r\n"), BASE)
    assert track is not None
    assert track.control == "rtsp://10.0.0.5/sub/trackID=1"
    assert track.aggregate == "rtsp://10.0.0.5/sub/"
    assert (track.codec, track.payload_type, track.clock_rate) == (H264, 96, 90_000)
    assert [unit[0] & 0x1F for unit in track.sets] == [7, 8]


def test_h265_with_its_three_parameter_sets() -> None:
    track = video_track(H265_SDP, BASE)
    assert track is not None
    assert track.codec is H265
    assert [H265.kind(unit[0]) for unit in track.sets] == [32, 33, 34]


@pytest.mark.parametrize(
    ("base", "session", "media", "control", "aggregate"),
    [
        (BASE, "*", "trackID=0", f"{BASE}/trackID=0", BASE),
        (f"{BASE}/", "*", "trackID=0", f"{BASE}/trackID=0", f"{BASE}/"),
        (BASE, "", "*", BASE, BASE),
        (f"{BASE}?channel=1", "*", "track1", f"{BASE}?channel=1/track1", f"{BASE}?channel=1"),
        (BASE, "stream=1", "track1", f"{BASE}/stream=1/track1", f"{BASE}/stream=1"),
    ],
)
def test_relative_control_urls_are_appended(base: str, session: str, media: str, control: str, aggregate: str) -> None:
    text = f"v=0\na=control:{session}\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:{media}\n"
    track = video_track(text, base)
    assert track is not None
    assert (track.control, track.aggregate) == (control, aggregate)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0\n",
        "m=video 0 RTP/AVP 26\na=rtpmap:26 JPEG/90000\n",
        "v=0\nm=application 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "v=0\nm=video 0 RTP/AVP 96\na=rtpmap:x H264/90000\n",
        "v=0\nm=video 0 RTP/AVP 96\na=rtpmap:" + "9" * 5000 + " H264/90000\n",
    ],
)
def test_no_usable_video(text: str) -> None:
    assert video_track(text, BASE) is None


VIDEO = "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:track1\n"


@pytest.mark.parametrize(
    ("text", "control"),
    [
        ("v=0\r" + VIDEO.replace("\n", "\r"), f"{BASE}/track1"),  # bare carriage returns
        (VIDEO, f"{BASE}/track1"),  # no session part
        ("v=0\nm=audio 0 RTP/AVP 8\na=control:track0\n" + VIDEO, f"{BASE}/track1"),
        ("v=0\nm=application 0 RTP/AVP 107\na=rtpmap:107 vnd.onvif.metadata/90000\n" + VIDEO, f"{BASE}/track1"),
        ("v=0\n" + VIDEO + VIDEO.replace("track1", "track2"), f"{BASE}/track1"),  # the first of two
        ("v=0\n" + VIDEO.replace("H264", "JPEG") + VIDEO.replace("track1", "track2"), f"{BASE}/track2"),
        ("v=0\n" + VIDEO.replace("a=control:track1\n", ""), BASE),
        ("v=0\n" + VIDEO.replace("track1", "rtsp://192.168.1.64/t"), "rtsp://192.168.1.64/t"),  # behind NAT
        ("v=0\n" + VIDEO.replace("track1", "rtsp://u:p@192.168.1.64/t"), "rtsp://192.168.1.64/t"),
    ],
)
def test_odd_descriptions(text: str, control: str) -> None:
    track = video_track(text, BASE)
    assert track is not None
    assert (track.control, track.codec, track.payload_type) == (control, H264, 96)


@pytest.mark.parametrize(
    ("options", "codec"), [("sprop-parameter-sets=Z0IAHw==", H264), ("x=1;Sprop-SPS=QgEB", H265), ("x=1", None)]
)
def test_a_missing_map_is_guessed_by_the_parameter_sets(options: str, codec: Codec | None) -> None:
    track = video_track(f"v=0\nm=video 0 RTP/AVP 97\na=fmtp:97 {options}\n", BASE)
    assert (track and (track.codec, track.payload_type)) == (codec and (codec, 97))


def test_parameter_sets_without_padding_and_with_start_codes() -> None:
    text = VIDEO + "a=fmtp:96 sprop-parameter-sets=Z0IAHw,AAAAAWjOPIA=\na=fmtp:97 sprop-parameter-sets=Z0IAHw==\n"
    track = video_track(text, BASE)
    assert track is not None
    assert track.sets == (bytes.fromhex("6742001f"), bytes.fromhex("68ce3c80"))


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("rtsp://u:p@h/x", "rtsp://h/x"),
        ("rtsp://u:p@q@h:1/x@y", "rtsp://h:1/x@y"),
        ("rtsp://h/x@y", "rtsp://h/x@y"),
        ("rtsp://[bad/x", "rtsp://[bad/x"),
    ],
)
def test_urls_without_login(url: str, clean: str) -> None:
    assert without_login(url) == clean


@given(st.text(), st.text())
def test_no_text_breaks_it(head: str, tail: str) -> None:
    video_track(f"{head}\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/{tail}\na=fmtp:96 sprop-parameter-sets={tail}\n", BASE)
