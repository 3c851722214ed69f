"""Sight: since when something is seen or not."""

from datetime import UTC, datetime, timedelta

from monitor.sight import Sight

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_place_that_is_lost_and_found() -> None:
    first = Sight().then(AT, 2, "")
    assert first == Sight(2, AT, "", AT, "")
    again = first.then(AT + MINUTE, 3, "")
    assert again == Sight(3, AT + MINUTE, "", AT, "")
    lost = again.then(AT + 2 * MINUTE, None, "black", "no light")
    assert lost == Sight(None, AT + MINUTE, "black", AT + 2 * MINUTE, "no light")
    assert lost.then(AT + 3 * MINUTE, None, "black").since == AT + 2 * MINUTE
    assert lost.then(AT + 3 * MINUTE, None, "frozen").since == AT + 3 * MINUTE


def test_before_the_first_look_it_connects_and_that_begins_with_the_first_that_fails() -> None:
    assert Sight().then(AT, None, "connecting") == Sight(None, None, "connecting", AT, "")
