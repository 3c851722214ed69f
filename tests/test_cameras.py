"""`hallwatch cameras`: what is printed, that it can be pasted, and that it holds no secret."""

import json
from pathlib import Path

import pytest
import yaml

import hallwatch
from config.schema import load
from tests.camera_ingest.onvif_camera import (
    DAHUA,
    HIKVISION,
    LOGIN,
    UNIVIEW,
    OnvifCamera,
    about,
    address,
    discoverable,
    match,
    serving,
)
from tests.config.site import site

BY_ENV = ("--user-env", "HW_U", "--password-env", "HW_P")


@pytest.fixture(autouse=True)
def _variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_U", LOGIN.user)
    monkeypatch.setenv("HW_P", LOGIN.password)


def ask(camera: OnvifCamera, *options: str) -> int:
    with serving(camera):
        return hallwatch.main(["cameras", "ask", camera.host, *options])


@pytest.mark.parametrize(("replies", "cameras"), [(HIKVISION, 1), (DAHUA, 1), (UNIVIEW, 2)])
def test_what_is_printed_is_pasted_and_loads(
    replies: dict[str, str], cameras: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = OnvifCamera(replies)
    assert ask(camera, *BY_ENV) == hallwatch.DONE
    told = capsys.readouterr().out
    assert LOGIN.password not in told and LOGIN.user not in told
    mine = {name: value for name, value in site().items() if name not in ("cameras", "devices")}
    (tmp_path / "mine.yaml").write_text(f"{yaml.safe_dump(mine, allow_unicode=True)}cameras:\n{told}", "utf-8")
    loaded = load(tmp_path / "mine.yaml", {"HW_U": LOGIN.user, "HW_P": LOGIN.password}).cameras
    assert [one.url.partition("//127.0.0.1:554/")[0] for one in loaded] == ["rtsp:"] * cameras
    assert {(one.login, one.legal_basis) for one in loaded} == {(LOGIN, "")}


def test_the_facts_of_a_camera_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(OnvifCamera(HIKVISION), *BY_ENV) == hallwatch.DONE
    told = capsys.readouterr().out
    assert "厂商 maker HIKVISION  型号 model DS-2CD2T46WDV3-I3" in told
    assert "# 码流 profile Profile_2: H264 640x360  25 fps  512 kbit/s  GOP 50 = 2 s" in told
    assert "/onvif-http/snapshot?Profile_2" in told


def test_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(OnvifCamera(HIKVISION), *BY_ENV, "--json") == hallwatch.DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["maker"], len(told["profiles"]), told["channels"][0]["profile"]["gop"]) == ("HIKVISION", 3, 50)
    assert told["channels"][0]["url"] in told["yaml"]


def test_a_login_may_stand_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "login"
    file.write_text(f"{LOGIN.user}\n{LOGIN.password}\n", "utf-8")
    assert ask(OnvifCamera(HIKVISION), "--login-file", str(file)) == hallwatch.DONE
    assert f'login: {{file: "{file}"}}' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("--user-env", "HW_U"),
            "login: expected --login-file, or --user-env and --password-env, found something else",
        ),
        (("--login-file", "none"), "--login-file: expected a readable file none, found No such file"),
        (
            ("--user-env", "HW_U", "--password-env", "HW_NONE"),
            "--password-env: expected the environment variable HW_NONE to be set, found it missing or empty",
        ),
        (
            ("--user-env", "HW_U", "--password-env", "geheim&<7>"),
            "--password-env: expected the name of a variable (A-Z, 0-9 and _), never the value, found another text",
        ),
        ((), "expected a login, which it needs, found none"),
    ],
)
def test_a_login_that_is_none_is_one_sentence(
    options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(OnvifCamera(HIKVISION), *options) == hallwatch.REFUSED
    said = capsys.readouterr()
    assert sentence in said.err and not said.out
    assert LOGIN.password not in said.err


def test_a_device_cannot_write_a_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    evil = '"\n  - id: evil\n    url: rtsp://evil.example/\n#'
    replies = {**HIKVISION, "GetDeviceInformation": about(evil, evil), "GetStreamUri": address('rtsp://127.0.0.1/"#{}')}
    assert ask(OnvifCamera(replies), *BY_ENV) == hallwatch.DONE
    (camera,) = yaml.safe_load(capsys.readouterr().out)
    assert camera["url"] == 'rtsp://127.0.0.1/"'


def test_nobody_there_is_a_missing_service(capsys: pytest.CaptureFixture[str]) -> None:
    camera = OnvifCamera({})
    with serving(camera):
        pass
    assert hallwatch.main(["cameras", "ask", camera.host]) == hallwatch.MISSING
    assert f"{camera.host}: expected an answer, found Connection refused" in capsys.readouterr().err


@pytest.mark.parametrize(
    "device", ["", "rtsp://10.0.0.5", "10.0.0.5/x", "u:p@10.0.0.5", "10.0.0.5:0", "a b", "[::1", "h:x"]
)
def test_what_is_no_device_is_wrong_usage(device: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        hallwatch.main(["cameras", "ask", device])
    assert ended.value.code == hallwatch.USAGE
    assert f"expected HOST or HOST:PORT, found {device!r}" in capsys.readouterr().err


def test_devices_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    scope = "onvif://www.onvif.org/name/%E5%A4%A7%E5%8E%85"
    told = match("http://127.0.0.1:8000/onvif/device_service", scope, id="urn:uuid:found-by-the-verb")
    arguments = ["cameras", "find", "--interface", "127.0.0.1", "--seconds", "1"]
    with discoverable(lambda probe: [told], in_group=True):
        assert hallwatch.main([*arguments, "--json"]) == hallwatch.DONE
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert hallwatch.main(arguments) == hallwatch.DONE
    (line,) = [line for line in lines if line["id"] == "urn:uuid:found-by-the-verb"]
    assert (line["device"], line["name"], line["hardware"], line["notes"]) == ("127.0.0.1:8000", "大厅", None, [])
    assert "device 127.0.0.1:8000  name 大厅  hardware —" in capsys.readouterr().out


def test_an_interface_that_is_none_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert hallwatch.main(["cameras", "find", "--interface", "203.0.113.9"]) == hallwatch.REFUSED
    assert "--interface 203.0.113.9: expected an IPv4 address of this machine" in capsys.readouterr().err


def test_a_silent_network_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert hallwatch.main(["cameras", "find", "--interface", "127.0.0.1", "--seconds", "0.05"]) == hallwatch.MISSING
    assert "expected an ONVIF device to answer on 127.0.0.1 in 0.05 s, found none" in capsys.readouterr().err
