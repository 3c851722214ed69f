"""ONVIF devices asked over real sockets: makers, logins, clocks, recorders, and what cannot be had."""

import socket
from collections.abc import Mapping
from datetime import timedelta

import pytest

from camera_ingest import onvif, onvif_talk
from camera_ingest.camera import Login
from camera_ingest.onvif import Device
from tests.camera_ingest.onvif_camera import (
    DAHUA,
    HIKVISION,
    LOGIN,
    NOT_AUTHORIZED,
    NOT_SUPPORTED,
    OPEN,
    UNIVIEW,
    OnvifCamera,
    Reply,
    address,
    encoder,
    profile,
    profiles,
    serving,
)

WRONG = Login("operator", "guess")


def asked(camera: OnvifCamera, login: Login | None = LOGIN) -> Device:
    with serving(camera) as (host, port):
        return onvif.ask(host, port, login)


def hikvision(**changes: Reply) -> Mapping[str, Reply]:
    return {**HIKVISION, **changes}


def test_a_camera_tells_its_substream_and_its_snapshot() -> None:
    camera = OnvifCamera(HIKVISION)
    device = asked(camera)
    (channel,) = device.channels
    assert (device.maker, device.model, device.firmware) == ("HIKVISION", "DS-2CD2T46WDV3-I3", "V5.7.3")
    assert channel.url == "rtsp://127.0.0.1:554/Streaming/Channels/102?transportmode=unicast&profile=Profile_2"
    assert channel.snapshot == f"http://{camera.host}/onvif-http/snapshot?Profile_2"
    assert channel.profile is not None and channel.profile.token == "Profile_2"
    chosen = channel.profile
    assert (chosen.codec, chosen.width, chosen.height, chosen.fps, chosen.kbit_s) == ("H264", 640, 360, 25, 512)
    assert (chosen.gop, chosen.gop_s) == (50, 2.0)
    assert (len(device.profiles), device.notes, channel.notes) == (3, (), ())
    assert device.clock_s is not None and abs(device.clock_s) < 2
    assert ("GetSystemDateAndTime", False) in camera.asked and ("GetServices", False) in camera.asked


def test_h265_is_read_from_media2_and_a_rare_keyframe_is_told() -> None:
    (channel,) = asked(OnvifCamera(DAHUA)).channels
    assert channel.profile is not None
    assert (channel.profile.codec, channel.profile.width, channel.profile.fps) == ("H265", 704, 12)
    assert channel.profile.kbit_s is None  # 2147483647 stands for no limit
    assert channel.url.endswith("/cam/realmonitor?channel=1&subtype=1&unicast=true&proto=Onvif")
    assert ["a keyframe only every 25 s" in note for note in channel.notes] == [True]


def test_a_recorder_has_a_channel_for_each_source_and_older_services() -> None:
    device = asked(OnvifCamera(UNIVIEW))
    assert [(one.source, one.profile and one.profile.token) for one in device.channels] == [
        ("source_1", "17/0/4/1/1/s1"),
        ("source_2", "17/0/4/1/2/s0"),
    ]
    assert {one.snapshot for one in device.channels} == {""}
    assert ["the widest it offers is 352, less than 640" in "".join(one.notes) for one in device.channels] == [
        False,
        True,
    ]


def test_a_device_without_our_codecs_still_has_its_snapshot() -> None:
    (channel,) = asked(
        OnvifCamera(hikvision(GetProfiles=profiles(profile("P", encoder("JPEG", 640, 360, 5, 9, 1)))))
    ).channels
    assert (channel.profile, channel.url) == (None, "")
    assert channel.snapshot.endswith("/onvif-http/snapshot?Profile_2")
    assert "JPEG cannot be taken; set the device to H264 / H265" in channel.notes[0]


@pytest.mark.parametrize("ahead", [timedelta(hours=8), timedelta(days=-9000)])
def test_a_wrong_clock_is_told_and_the_login_signed_in_its_time(ahead: timedelta) -> None:
    device = asked(OnvifCamera(HIKVISION, clock=ahead))
    assert device.clock_s == pytest.approx(ahead.total_seconds(), abs=2)


@pytest.mark.parametrize("year", ["0", "9999", "99999", "1e400", "-3", ""])
def test_a_clock_that_is_none_is_not_believed(year: str) -> None:
    date = f"<tt:Date><tt:Year>{year}</tt:Year><tt:Month>1</tt:Month><tt:Day>1</tt:Day></tt:Date>"
    camera = OnvifCamera(hikvision(GetSystemDateAndTime=f"<tt:UTCDateTime>{date}</tt:UTCDateTime>"))
    assert asked(camera).clock_s is None


def test_a_device_may_want_the_login_in_http() -> None:
    assert asked(OnvifCamera(HIKVISION, http_digest=True)).maker == "HIKVISION"


def test_a_device_may_want_no_login() -> None:
    assert asked(OnvifCamera(HIKVISION, login=None), None).maker == "HIKVISION"


@pytest.mark.parametrize("open", [OPEN, frozenset()])
@pytest.mark.parametrize("http_digest", [False, True])
def test_a_wrong_login_is_one_sentence_and_not_tried_again(http_digest: bool, open: frozenset[str]) -> None:
    camera = OnvifCamera(HIKVISION, http_digest=http_digest, open=open)
    with pytest.raises(onvif_talk.LoginRefused, match="expected a login that it takes") as refused:
        asked(camera, WRONG)
    assert "guess" not in str(refused.value)
    assert sum(with_login for _, with_login in camera.asked) <= 2


def test_a_clock_that_wants_a_login_is_read_with_it() -> None:
    camera = OnvifCamera(HIKVISION, open=frozenset())
    device = asked(camera)
    assert device.clock_s is not None and abs(device.clock_s) < 2
    assert camera.asked[:2] == [("GetSystemDateAndTime", False), ("GetSystemDateAndTime", True)]


def test_no_login_where_one_is_needed_is_one_sentence() -> None:
    with pytest.raises(onvif_talk.LoginRefused, match="expected a login, which it needs, found none: "):
        asked(OnvifCamera(HIKVISION), None)


def test_what_a_device_wants_a_login_for_is_asked_with_it() -> None:
    closed = OnvifCamera(hikvision(GetServices=NOT_AUTHORIZED))
    with pytest.raises(onvif_talk.LoginRefused):
        asked(closed)
    assert closed.asked[-2:] == [("GetServices", False), ("GetServices", True)]


@pytest.mark.parametrize(
    "replies",
    [
        hikvision(GetServices=NOT_SUPPORTED),
        hikvision(GetServices="<tds:GetServicesResponse/>"),
        hikvision(GetProfiles="<trt:GetProfilesResponse/>"),
        hikvision(GetProfiles=profiles('<trt:Profiles token="audio"/>')),
    ],
)
def test_no_media_is_one_sentence(replies: Mapping[str, Reply]) -> None:
    with pytest.raises(onvif_talk.NoMedia, match=r"127\.0\.0\.1:\d+: expected .*, found none"):
        asked(OnvifCamera(replies))


def test_a_device_that_cannot_is_quoted() -> None:
    with pytest.raises(onvif_talk.FaultTold, match="found a fault: s:Sender ter:ActionNotSupported"):
        asked(OnvifCamera(hikvision(GetProfiles=NOT_SUPPORTED)))


def test_what_is_not_told_is_left_open() -> None:
    device = asked(OnvifCamera(hikvision(GetDeviceInformation=NOT_SUPPORTED, GetSnapshotUri=NOT_SUPPORTED)))
    (channel,) = device.channels
    assert (device.maker, device.model, channel.snapshot) == ("", "", "")
    assert channel.url.startswith("rtsp://")
    assert channel.notes[0].startswith("snapshot: 没有给出 / not given: ")


def test_nothing_there_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(onvif_talk.NoAnswer, match=f"127.0.0.1:{port}: expected an answer, found Connection refused"):
        onvif.ask("127.0.0.1", port, LOGIN)


def test_a_name_that_is_none_is_one_sentence() -> None:
    with pytest.raises(onvif_talk.NoAnswer, match=r"a\.\.b:80: expected an answer, found UnicodeError"):
        onvif.ask("a..b", 80, LOGIN)


def test_what_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onvif_talk, "ANSWER_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(onvif_talk.NoAnswer, match=r"within 0.05 s"):
        onvif.ask("127.0.0.1", mute.getsockname()[1], LOGIN)


def test_all_together_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onvif_talk, "TALK_S", 0.0)
    with pytest.raises(onvif_talk.NoAnswer, match="expected everything within 0 s, found no end"):
        asked(OnvifCamera(HIKVISION))


def test_an_address_on_another_machine_is_told_and_not_followed() -> None:
    services = HIKVISION["GetServices"]
    assert isinstance(services, str)
    camera = OnvifCamera(
        hikvision(
            GetServices=services.replace("{host}", "203.0.113.9:8000"),
            GetStreamUri=address("rtsp://203.0.113.9:8554/sub"),
        )
    )
    device = asked(camera)
    (channel,) = device.channels
    assert channel.url == "rtsp://127.0.0.1:8554/sub"
    assert "the device names the host 203.0.113.9, not 127.0.0.1" in channel.notes[0]
    assert "it names services on 203.0.113.9" in device.notes[0]
    assert ("GetProfiles", True) in camera.asked  # asked here, not there
