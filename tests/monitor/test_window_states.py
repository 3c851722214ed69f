"""Window states: since when a state lasts, however often it is repeated."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.window_states import LIFTED, Service, WindowState, following, newer

NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def told(*words: tuple[float, Service, str]) -> WindowState:
    """The last of some declarations: minute, state, reason."""
    held = None
    for seq, (minute, state, reason) in enumerate(words, 1):
        said = WindowState("hc01", "w001", state, reason, at(minute), "boot", seq, at(minute))
        held = following(said, held)
    assert held is not None
    return held


def test_a_repeated_pause_keeps_its_beginning() -> None:
    said = told((0, Service.PAUSED, "break"), (4, Service.PAUSED, "break"), (9, Service.PAUSED, "meeting"))
    assert (said.since, said.received_at, said.reason) == (NINE, at(9), "meeting")


def test_a_pause_lifted_for_a_moment_goes_on() -> None:
    said = told(
        (0, Service.PAUSED, "break"), (8, Service.OPEN, ""), (9, Service.SERVING, ""), (10, Service.PAUSED, "x")
    )
    assert said.since == NINE
    again = told(
        (0, Service.PAUSED, "a"),
        (2, Service.OPEN, ""),
        (4, Service.PAUSED, "a"),
        (6, Service.OPEN, ""),
        (8, Service.PAUSED, "a"),
    )
    assert again.since == NINE


def test_a_pause_after_three_minutes_of_service_is_another() -> None:
    later = 8 + LIFTED / timedelta(minutes=1)
    assert told((0, Service.PAUSED, "a"), (8, Service.OPEN, ""), (later, Service.PAUSED, "a")).since == at(later)


def test_a_pause_begins_with_its_reason() -> None:
    assert told((0, Service.PAUSED, " "), (5, Service.PAUSED, "a")).since == at(5)


def test_other_states_begin_when_they_are_first_said() -> None:
    said = told((0, Service.OPEN, ""), (1, Service.SERVING, ""), (2, Service.SERVING, ""))
    assert (said.since, said.lifted) == (at(1), None)


def test_the_first_word_of_a_window_lasts_from_its_receipt_whatever_it_says_of_itself() -> None:
    said = WindowState("hc01", "w001", Service.OPEN, "", NINE, "boot", 1, at(1), since=at(-5), lifted=(at(-9), at(-8)))
    assert following(said, None).since == at(1)


def test_which_of_two_words_holds() -> None:
    held = WindowState("hc01", "w001", Service.OPEN, "", NINE, "boot", 5, at(5))
    assert newer(held, None)
    assert [newer(replace(held, seq=seq, received_at=at(9)), held) for seq in (4, 5, 6)] == [False, False, True]
    other = replace(held, boot_id="another", seq=1)
    assert [newer(replace(other, received_at=at(minute)), held) for minute in (4, 5, 6)] == [False, True, True]
