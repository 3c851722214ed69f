"""Score tables: scores as aligned text for people, rendered and real footage named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from models.bootstrap import Interval
from models.evaluate import Footage, RoleScore, ZoneScore

NAMES = {
    "head_count_mae": "head error",
    "occupancy_precision": "precision",
    "occupancy_recall": "recall",
    "occupancy_f1": "F1",
    "map50": "mAP50",
}
"""Headings that differ from the names of the fields."""
ABOUT: Mapping[Footage, str] = {
    "rendered": "Rendered footage: these scores show that the parts work together and say nothing about real halls.",
    "real": "Real footage: these scores hold for this footage; other halls, cameras and light may give others.",
}
"""What may be concluded from scores."""


def tables(zones: Sequence[ZoneScore], over: int, roles: Sequence[RoleScore]) -> Iterator[str]:
    """Both tables; that of the zones, whose occupancy was decided over so many samples, only if there are any."""
    if zones:
        yield from zone_table(zones, over)
        yield ""
    yield from role_table(roles)


def zone_table(scores: Sequence[ZoneScore], over: int) -> Iterator[str]:
    """One line a zone, each measure with its 95 % interval."""
    yield f"Zones: head-count error per sample, occupancy {_window(over)}; [95 % interval]"
    names = [name for name in ZoneScore.__dataclass_fields__ if name != "interval"]
    yield from _aligned(names, (asdict(score) for score in scores), NAMES)


def role_table(scores: Sequence[RoleScore]) -> Iterator[str]:
    """One line a role, and what may be concluded from it."""
    yield "Roles: boxes over whole pictures (staff: in staff regions), and all zones together; [95 % interval]"
    names = [name for name in RoleScore.__dataclass_fields__ if name not in ("over", "interval")]
    over = scores[0].over if scores else 1
    headings = {**NAMES, "occupancy_f1_over": f"F1 {_window(over)}"}
    yield from _aligned(names, (asdict(score) for score in scores), headings)
    for footage in dict.fromkeys(score.footage for score in scores):
        yield ABOUT[footage]


def _window(over: int) -> str:
    return "on single samples" if over == 1 else f"over {over} samples"


def _aligned(names: Sequence[str], rows: Iterable[Mapping[str, object]], headings: Mapping[str, str]) -> Iterator[str]:
    cells = [[headings.get(name, name) for name in names]]
    cells += [[_cell(row, name) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(row: Mapping[str, object], name: str) -> str:
    value, intervals = row[name], row["interval"]
    assert isinstance(intervals, Mapping)
    both: Interval | None = intervals.get(name)
    shown = "—" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
    return f"{shown} [{both[0]:.2f}, {both[1]:.2f}]" if both else shown
