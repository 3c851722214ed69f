"""Static maps on disk: written whole, read back the same, begun anew when they are broken."""

import json
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.static_map import SIDE, StaticMap, Thing
from monitor.adapters.static_maps import KEPT_FROM_S, StaticMaps, parse, written

AT = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
CELLS = bytes(range(256))
COAT = Thing((0.1, 0.2, 0.3, 0.6), CELLS, AT, AT + timedelta(hours=9), 30_000.0, 60.0, known=True)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    maps, map = StaticMaps(tmp_path / "static"), StaticMap((COAT,), AT, 7)
    maps.write("c1", map)
    assert maps.read("c1") == map
    assert maps.read("c2") == StaticMap()
    assert [path.name for path in (tmp_path / "static").iterdir()] == ["c1.json"]


def test_people_who_passed_are_not_written() -> None:
    passing = Thing((0.5, 0.2, 0.6, 0.6), CELLS, AT, AT, KEPT_FROM_S - 1)
    staying = Thing((0.5, 0.2, 0.6, 0.6), CELLS, AT, AT, KEPT_FROM_S)
    assert parse(written(StaticMap((COAT, passing, staying), AT))).things == (COAT, staying)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("place", [0.1, 0.2, 0.3]),
        ("place", [0.3, 0.2, 0.1, 0.6]),
        ("place", [0.1, 0.2, float("nan"), 0.6]),
        ("template", "AAAA"),
        ("template", "not base64"),
        ("template", None),
        ("since", "yesterday"),
        ("seen_at", "2026-11-20T22:00:00"),
        ("same_s", float("inf")),
        ("other_s", -1),
        ("known", "yes"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence_and_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str, value: object
) -> None:
    content = json.loads(written(StaticMap((COAT,), AT)))
    content["things"][0][key] = value
    (tmp_path / "c1.json").write_text(json.dumps(content))
    assert StaticMaps(tmp_path).read("c1") == StaticMap()
    (line,) = caplog.messages
    assert line.startswith(f"{tmp_path / 'c1.json'}: expected a static map, found ") and "\n" not in line


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_else_is_refused_too(content: bytes) -> None:
    with pytest.raises(ValueError):
        parse(content.decode("utf-8", "replace"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["at", "mark", "things"]), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.fixed_dictionaries({"at": json_values, "mark": json_values, "things": json_values}))
def test_other_json_is_a_map_or_is_refused(content: dict[str, object]) -> None:
    with suppress(ValueError):
        assert isinstance(parse(json.dumps(content)), StaticMap)


def test_a_disk_that_cannot_be_written_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "static").write_text("in the way")
    maps = StaticMaps(tmp_path / "static")
    for _ in range(3):
        maps.write("c1", StaticMap((COAT,), AT))
    assert len(caplog.messages) == 1 and "not written" in caplog.messages[0]


def test_a_template_is_too_coarse_for_a_face() -> None:
    assert SIDE <= 16
