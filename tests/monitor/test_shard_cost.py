"""The whole city behind the detector, a minute of it: what it may send and keep; what it costs is told, not judged."""

import pytest

from tests.monitor.shard_cost import run


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    return run(60, 0.008)


def test_every_camera_is_looked_at_on_its_cadence(told: dict[str, object]) -> None:
    assert told["samples_per_s"] == pytest.approx(1240 / 10 + 430 / 15 + 394 / 60, rel=0.02)


def test_boards_are_not_told_of_every_look(told: dict[str, object]) -> None:
    assert isinstance(told["messages_per_s"], float)
    assert told["messages_per_s"] < 112 / 5 + 10  # a hall every 5 s, and what changed


def test_the_largest_hall_fits_into_a_message_and_pictures_into_their_room(told: dict[str, object]) -> None:
    message, pictures = told["message_kB"], told["pictures"]
    assert isinstance(message, dict)
    assert isinstance(pictures, dict)
    assert 10 < message["largest"] < 50
    assert pictures["MB"] < 0.05 * 1632


def test_the_parts_add_up(told: dict[str, object]) -> None:
    parts = told["ms_per_sample"]
    assert isinstance(parts, dict)
    assert parts["total"] == pytest.approx(sum(spent for part, spent in parts.items() if part != "total"), abs=0.001)
