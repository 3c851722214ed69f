"""Every written timeline is played through its rule."""

from pathlib import Path

import pytest

from tests.monitor.timeline import Timeline, read, said, shown

FOLDER = Path(__file__).parents[1] / "timelines"
FILES = (FOLDER / "absence.yaml", FOLDER / "queue.yaml")


@pytest.mark.parametrize("timeline", [one for path in FILES for one in read(path)], ids=lambda one: one.name)
def test_timeline(timeline: Timeline) -> None:
    lines = said(timeline)
    wanted = [line.keys() for line in timeline.expect] + [{"at", "alert"}] * len(lines)
    assert [{key: line[key] for key in keys} for line, keys in zip(lines, wanted, strict=False)] == list(
        timeline.expect
    )
    board = shown(timeline)
    assert {at: board.get(at) for at in timeline.board} == timeline.board
