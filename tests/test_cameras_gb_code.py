"""A camera carries its code of GB/T 28181, or one sentence says why not."""

from pathlib import Path
from typing import Any

import pytest

from config.mistakes import ConfigError
from tests.config.site import SITE, loaded

CODE = "37100200001320000123"


def second(code: Any) -> dict[str, Any]:
    return {**SITE["cameras"][0], "id": "c2", "gb_code": code}


@pytest.mark.parametrize("code", ["", CODE, "37100200001310000001", "00000000001320000000"])
def test_the_code_of_a_camera_is_kept(tmp_path: Path, code: str) -> None:
    assert loaded(tmp_path, ("cameras.0.gb_code", code)).cameras[0].gb_code == code


@pytest.mark.parametrize(
    "url",
    [
        f"rtsp://10.0.0.20:554/rtp/37100200001180000001_{CODE}",
        f"rtsp://10.0.0.20:10554/live?channelId={CODE}&streamType=1",
        f"http://10.0.0.20:8080/snap/{CODE}.jpg",
    ],
)
def test_the_outlet_of_a_platform_is_written_as_it_gives_it(tmp_path: Path, url: str) -> None:
    camera = loaded(tmp_path, ("cameras.0.url", url), ("cameras.0.gb_code", CODE)).cameras[0]
    assert (camera.url, camera.gb_code) == (url, CODE)


def test_a_camera_needs_no_code(tmp_path: Path) -> None:
    assert [one.gb_code for one in loaded(tmp_path, ("cameras.+", second(""))).cameras] == ["", ""]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (CODE[:-1], "expected a GB/T 28181 code of 20 digits, found 19 digits"),
        (CODE + "4", "expected a GB/T 28181 code of 20 digits, found 21 digits"),
        ("3710020000132000012O", "expected a GB/T 28181 code of 20 digits, found '3710020000132000012O'"),
        (CODE.replace("0", "０"), "expected a GB/T 28181 code of 20 digits, found '371００"),
        (f"{CODE}\n", f"expected a GB/T 28181 code of 20 digits, found '{CODE}\\n'"),
        (int(CODE), f"expected text (numbers and dates in quotes), found {CODE}"),
        (
            "37100200001180000123",
            "expected 131 (摄像机 camera) or 132 (网络摄像机 network camera) as the 11th to 13th digit of a camera's "
            "code, found '118'",
        ),
    ],
)
def test_what_is_no_code_of_a_camera_is_one_sentence(tmp_path: Path, code: Any, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, ("cameras.0.gb_code", code))
    (mistake,) = refused.value.mistakes
    assert f"cameras[c1].gb_code: {sentence}" in str(mistake)


def test_a_code_names_one_camera(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, ("cameras.0.gb_code", CODE), ("cameras.+", second(CODE)))
    (mistake,) = refused.value.mistakes
    assert f"cameras[c2].gb_code: expected each one once, found '{CODE}' a second time" in str(mistake)
