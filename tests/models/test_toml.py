"""TOML: what is written is read again."""

import tomllib
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.toml import written

PLAIN = (
    st.text(max_size=8)
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.dates()
    | st.datetimes()
    | st.times()
)
VALUES = st.recursive(
    PLAIN | st.lists(PLAIN, max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=5))
def test_what_is_written_is_read(content: dict[str, object]) -> None:
    assert tomllib.loads(written(content)) == content


def test_plain_values_come_before_tables_and_none_is_left_out() -> None:
    content = {"net-8": {"scores": {"f1": 0.5}, "date": date(2026, 11, 25)}, "current": "net-8", "none": None}
    assert written(content) == ('current = "net-8"\n\n[net-8]\ndate = 2026-11-25\n\n[net-8.scores]\nf1 = 0.5\n')


def test_dates_and_times_stay_what_they_are() -> None:
    content = {"at": datetime(2026, 11, 25, 8, 30, tzinfo=UTC), "day": date(2026, 11, 25), "time": time(8, 30)}
    assert tomllib.loads(written(content)) == content


def test_what_toml_cannot_say() -> None:
    with pytest.raises(TypeError, match="expected what TOML can say, found bytes"):
        written({"a": b"b"})
