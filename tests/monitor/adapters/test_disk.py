import logging
from pathlib import Path
from threading import Event

import pytest

from monitor.adapters import disk


class Minutes(Event):
    """Passes so many at once, then stops."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout == 60
        self.left -= 1
        return self.left <= 0


def test_a_disk_that_fills_up_is_told_once_and_once_when_there_is_room_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    shares = [0.5, 0.16, 0.149, 0.1, 0.16, 0.199, 0.2, 0.16, 0.14]
    disk.watch(tmp_path, Minutes(len(shares)), lambda directory: shares.pop(0))
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert said == [
        ("ERROR", f"{tmp_path}: expected at least 15 % of the disk free, found 14.9 %"),
        ("INFO", f"{tmp_path}: 20.0 % of the disk is free again"),
        ("ERROR", f"{tmp_path}: expected at least 15 % of the disk free, found 14.0 %"),
    ]


def test_the_disk_of_a_broker_elsewhere_is_not_ours(tmp_path: Path) -> None:
    disk.watch(tmp_path / "data", Event(), lambda directory: 1 / 0)


def test_a_share_is_a_share(tmp_path: Path) -> None:
    assert 0 <= disk.free(tmp_path) <= 1
