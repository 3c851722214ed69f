"""Who speaks with a camera, as it is written."""

from pathlib import Path

import pytest

from camera_ingest.camera import Via
from config.mistakes import ConfigError
from tests.config.site import loaded


def test_own_unless_said_otherwise(tmp_path: Path) -> None:
    assert loaded(tmp_path).cameras[0].via is Via.OWN
    assert loaded(tmp_path, ("cameras.0.via", "pyav")).cameras[0].via is Via.PYAV


@pytest.mark.parametrize(
    ("via", "url", "mistake"),
    [
        ("ffmpeg", "rtsp://h/1", "cameras[c1].via: expected 'own' or 'pyav', found 'ffmpeg'"),
        ("pyav", "http://h/1.jpg", "cameras[c1].via: expected own unless the address is rtsp://, found 'pyav'"),
        ("pyav", "clip.mp4", "cameras[c1].via: expected own unless the address is rtsp://, found 'pyav'"),
    ],
)
def test_only_rtsp_has_a_choice(tmp_path: Path, via: str, url: str, mistake: str) -> None:
    with pytest.raises(ConfigError, match="via") as caught:
        loaded(tmp_path, ("cameras.0.via", via), ("cameras.0.url", url))
    assert mistake in str(caught.value)
