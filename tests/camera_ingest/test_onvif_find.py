"""Devices found by WS-Discovery over real datagrams, and what is made of strange answers."""

import re
from collections.abc import Callable
from itertools import islice

import pytest

from camera_ingest import onvif_find
from camera_ingest.onvif_find import Found, NoInterface, find
from tests.camera_ingest.onvif_camera import discoverable, match

SCOPES = (
    "onvif://www.onvif.org/type/video_encoder",
    "onvif://www.onvif.org/location/country/china",
    "onvif://www.onvif.org/hardware/DS-2CD2T46WDV3-I3",
    "onvif://www.onvif.org/name/HIKVISION%20%E5%A4%A7%E5%8E%85",
)
HERE = "http://127.0.0.1/onvif/device_service"


def answered(answers: Callable[[str], list[bytes]], most: int = 1) -> list[Found]:
    """The first devices that are found; the asking ends with them."""
    with discoverable(answers) as where:
        return list(islice(find("127.0.0.1", 30, where), most))


def test_a_device_is_found_in_the_group_and_named() -> None:
    with discoverable(lambda probe: [match(HERE, *SCOPES, id="urn:uuid:in-group")], in_group=True):
        found = next(one for one in find("127.0.0.1", 30) if one.id == "urn:uuid:in-group")
    assert (found.device, found.name, found.hardware) == ("127.0.0.1", "HIKVISION 大厅", "DS-2CD2T46WDV3-I3")
    assert (found.location, found.address, found.notes) == ("country/china", HERE, ())


def test_every_interface_is_asked_when_none_is_named() -> None:
    with discoverable(lambda probe: [match("", id="urn:uuid:anywhere")], in_group=True):
        assert any(one.id == "urn:uuid:anywhere" for one in find(None, 30))


def test_each_type_is_asked_for_by_itself() -> None:
    """What is only `tds:Device` does not answer a probe for both."""
    types: list[str] = []

    def answers(probe: str) -> list[bytes]:
        types.extend(re.findall(r"<d:Types>(.*?)</d:Types>", probe))
        return [match(HERE)] if types[-1] == "tds:Device" else []

    assert len(answered(answers)) == 1
    assert types[:2] == ["dn:NetworkVideoTransmitter", "tds:Device"]


def test_a_device_that_answers_twice_is_told_once() -> None:
    found = answered(lambda probe: [match(HERE), match(HERE), match(HERE, id="urn:uuid:2")], 2)
    assert [one.id for one in found] == ["urn:uuid:1", "urn:uuid:2"]


def test_the_address_that_answered_is_chosen_among_those_told() -> None:
    told = "http://[fe80::1]/onvif/device_service http://169.254.3.4/x http://127.0.0.1:8899/onvif/device_service"
    (found,) = answered(lambda probe: [match(told)])
    assert (found.device, found.address, found.notes) == ("127.0.0.1:8899", told.split()[2], ())


def test_an_address_of_another_machine_is_told_as_such() -> None:
    (found,) = answered(lambda probe: [match("http://203.0.113.9:81/onvif/device_service")])
    assert found.device == "127.0.0.1:81"
    assert found.notes == ("自报 203.0.113.9，实由 127.0.0.1 应答 / it names 203.0.113.9 but answered from 127.0.0.1",)


@pytest.mark.parametrize(
    "told", ["", "http://[1", "rtsp://127.0.0.1/", "http://127.0.0.1:99999/", "javascript:x", "//"]
)
def test_a_device_without_an_address_is_still_found(told: str) -> None:
    (found,) = answered(lambda probe: [match(told)])
    assert (found.device, found.address) == ("127.0.0.1", "")
    assert "没有地址 no address" in found.notes[0]


def test_a_name_cannot_write_on_the_terminal() -> None:
    name = "onvif://www.onvif.org/name/%1b%5b2J%0aroot%e2%80%aex" + "y" * 500
    (found,) = answered(lambda probe: [match("http://a:b@127.0.0.1/x%1b", name)])
    assert found.name.startswith("[2J root x") and found.name.isprintable() and len(found.name) == 80
    assert found.address == "http://127.0.0.1/x%1b"


def test_what_is_no_answer_is_passed_over() -> None:
    bomb = match(HERE).replace(b"<s:Envelope", b'<!DOCTYPE s [<!ENTITY a "ha">]><s:Envelope')
    deep = match(HERE).replace(b"<d:Types>", b"<d:ProbeMatch>" * 500)
    found = answered(lambda probe: [b"", b"\0\xff", b"<a/>", bomb, deep, match(HERE)[:-20], match(HERE, id="good")])
    assert [one.id for one in found] == ["good"]


def test_a_flood_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onvif_find, "MOST", 50)
    assert len(answered(lambda probe: [match(HERE, id=f"urn:uuid:{n}") for n in range(90)], 51)) == 50


def test_nothing_answers() -> None:
    with discoverable(lambda probe: []) as where:
        assert list(find("127.0.0.1", 0.05, where)) == []


@pytest.mark.parametrize("interface", ["203.0.113.9", "eth0", "::1", "127.1"])
def test_an_interface_that_is_none_is_one_sentence(interface: str) -> None:
    with pytest.raises(NoInterface, match=f"{interface}: expected an IPv4 address of this machine"):
        next(find(interface, 1))
