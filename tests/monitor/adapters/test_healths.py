"""What is known of a camera's picture survives a restart, until somebody draws its regions anew."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from camera_ingest.health import Fault, Health
from camera_ingest.sample import Blind
from monitor.adapters.healths import Healths
from tests.monitor.hall import REGIONS

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
MOVED = Health(moved=Fault(Blind.MOVED, AT, "moved by 80 pixels"))


def test_a_moved_camera_stays_moved(tmp_path: Path) -> None:
    Healths(tmp_path / "health", REGIONS).write("c1", MOVED)
    again = Healths(tmp_path / "health", REGIONS)
    assert again.read("c1").fault is Blind.MOVED
    assert again.read("c1").since == AT
    assert again.read("c2") == Health()


def test_drawing_its_regions_anew_is_the_confirmation(tmp_path: Path) -> None:
    Healths(tmp_path, REGIONS).write("c1", MOVED)
    own = next(region for region in REGIONS if region.camera == "c1")
    drawn = [replace(region, polygon=((0, 0), (1, 0), (1, 1))) if region is own else region for region in REGIONS]
    assert Healths(tmp_path, drawn).read("c1") == Health()


@pytest.mark.parametrize("text", ["", "{}", "[]", "\0"])
def test_a_broken_file_is_said_and_begun_anew(text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "c1.json").write_text(text)
    with caplog.at_level(logging.WARNING):
        assert Healths(tmp_path, REGIONS).read("c1") == Health()
    assert "c1.json" in caplog.text
