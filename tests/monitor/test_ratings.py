import pytest

from monitor.ratings import LEVELS, doubtful
from tests.monitor.example import SCALES, rating


@pytest.mark.parametrize(
    ("scale", "raw", "levels"),
    [
        ("NAT5", "12345", (1, 2, 3, 4, 5)),
        ("GB39046", "12345", (5, 4, 3, 2, 1)),
        ("KEY5_DESC", "01234", (5, 4, 3, 2, 1)),
        ("KEY4", "1234", (5, 4, 3, 2)),
        ("QS134", "134", (2, 4, 5)),
        ("COIN3", "123", (4, 3, 2)),
        ("HON4", "0123", (1, 2, 4, 5)),
        ("HON5", "01234", (1, 2, 3, 4, 5)),
        ("HON5R", "01234", (5, 4, 3, 2, 1)),
    ],
)
def test_every_scale_comes_to_the_five_levels(scale: str, raw: str, levels: tuple[int, ...]) -> None:
    assert tuple(SCALES[scale].level(value) for value in raw) == levels
    assert set(SCALES[scale].levels) == set(raw)


@pytest.mark.parametrize("raw", ["", "6", "５", "1.0", "-1", " 1"])
def test_a_value_that_the_scale_has_not_is_no_level(raw: str) -> None:
    assert SCALES["NAT5"].level(raw) is None


@pytest.mark.parametrize(("level", "bad"), [(5, False), (4, False), (3, False), (2, True), (1, True)])
def test_the_bottom_two_levels_are_bad(level: int, bad: bool) -> None:
    assert rating(level=level).bad is bad
    assert LEVELS[level]


@pytest.mark.parametrize(
    ("tags", "level", "expected"),
    [
        ((), 5, False),
        (("510", "517"), 5, False),
        (("510", "407"), 5, True),
        (("101",), 1, False),  # an older code set, no longer offered
        (("51",), 5, True),
        (("5１0",), 5, True),
        (("差",), 1, True),
    ],
)
def test_a_tag_begins_with_its_level(tags: tuple[str, ...], level: int, expected: bool) -> None:
    assert doubtful(tags, level) is expected
