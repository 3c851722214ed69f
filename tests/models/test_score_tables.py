"""Score tables: columns stand under each other, and rendered footage is never taken for real."""

from models.evaluate import Footage, RoleScore, ZoneScore
from models.score_tables import tables

ZONES = (
    ZoneScore("c1", "za", 12, 0.5, 1.0, None, 0.25, {"head_count_mae": (0.1, 0.9), "occupancy_recall": None}),
    ZoneScore("camera-2", "z", 7, None, None, None, None, {}),
)


def role(footage: Footage) -> RoleScore:
    return RoleScore("window", "staff", footage, 1, 12, 9, 0.5, 1.0, 0.75, 0.2, 0.3, 6, None, {"precision": (0.4, 0.6)})


def test_columns_stand_under_each_other() -> None:
    title, heading, first, second, *_ = tables(ZONES, 6, ())
    assert title.startswith("Zones: ") and "over 6 samples" in title
    assert heading.split("  ")[0] == "camera"
    for name, cells in (("zone", ("za", "z")), ("samples", ("12", "7")), ("head error", ("0.500 [0.10, 0.90]", "—"))):
        place = heading.index(name)
        assert [line[place:].startswith(cell) for line, cell in zip((first, second), cells, strict=True)] == [True] * 2
    assert not any(line.endswith(" ") for line in (heading, first, second))


def test_nothing_is_claimed_about_real_halls_from_rendered_ones() -> None:
    rendered, real = list(tables((), 1, [role("rendered")])), list(tables((), 1, [role("real")]))
    assert any("rendered" in line and line.startswith("window") for line in rendered)
    assert "say nothing about real halls" in rendered[-1] and "say nothing" not in "".join(real)
    assert "F1 over 6 samples" in real[1] and "0.500 [0.40, 0.60]" in real[2]
