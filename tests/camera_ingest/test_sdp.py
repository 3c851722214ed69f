"""Session descriptions as cameras write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.depacketize import H264, H265
from camera_ingest.sdp import video_track

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


@given(st.text(), st.text())
def test_no_text_breaks_it(head: str, tail: str) -> None:
    video_track(f"{head}\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/{tail}\na=fmtp:96 sprop-parameter-sets={tail}\n", BASE)
