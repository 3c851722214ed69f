"""How a mistake and a wrong value are put into words."""

import pytest

from config.mistakes import ConfigError, Mistake, shown


def test_a_mistake_is_one_sentence_with_its_line() -> None:
    assert str(Mistake("a.yaml", "board.port", "a number", "'x'", 7)) == (
        "a.yaml:7 board.port: expected a number, found 'x'"
    )
    assert str(Mistake("a.yaml", "name", "a value", "nothing")) == "a.yaml name: expected a value, found nothing"


def test_an_error_prints_a_line_per_mistake() -> None:
    error = ConfigError(Mistake("a.yaml", key, "x", "y") for key in ("b", "c"))
    assert str(error).splitlines() == ["a.yaml b: expected x, found y", "a.yaml c: expected x, found y"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ({}, "an empty mapping"),
        ({"a": 1}, "a mapping"),
        ([1, 2], "a list of 2"),
        (True, "true"),
        (1.5, "1.5"),
        ("a\nb", r"'a\nb'"),
    ],
)
def test_values_in_words(value: object, words: str) -> None:
    assert shown(value) == words


def test_long_text_is_cut() -> None:
    assert shown("x" * 500) == f"'{'x' * 69}…' (500 characters)"
