"""Tickets: who waits and is served, whatever order the calling system's words arrive in."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.tickets import SILENT, Book, QueueSaid, TicketEvent, TicketSaid, heard

NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""In Beijing."""
E = TicketEvent


def told(
    seq: int, event: str, ticket: str = "A001", window: str = "", boot: str = "b1", after_s: float = 0
) -> TicketSaid:
    at = NINE + timedelta(seconds=after_s or 10 * seq)
    return TicketSaid("hc01", "za", ticket, E(event), window, at, boot, seq, at)


def summed(seq: int, waiting: int, oldest_s: float | None = None, boot: str = "b1", after_s: float = 0) -> QueueSaid:
    at = NINE + timedelta(seconds=after_s or 10 * seq)
    return QueueSaid("hc01", "za", waiting, oldest_s, at, boot, seq, at)


def at(second: float) -> datetime:
    return NINE + timedelta(seconds=second)


def test_a_ticket_from_its_issue_to_its_end() -> None:
    book = heard(Book(), told(1, "issued"))
    assert (book.counted(), book.oldest_s(at(70))) == (1, 60)
    book = heard(book, told(2, "called", window="w001"), told(3, "start", window="w001"))
    assert (book.counted(), dict(book.serving)) == (0, {"w001": ("A001", at(20))})
    book = heard(book, told(8, "end", window="w001"))
    assert (dict(book.serving), book.served_s(), book.abandoned(at(90))) == ({}, 60, (0, 1))


def test_who_did_not_come_is_counted_and_may_be_called_again() -> None:
    book = heard(Book(), told(1, "issued"), told(2, "called", window="w001"), told(3, "noshow", window="w001"))
    assert (book.counted(), dict(book.serving), book.abandoned(at(40))) == (0, {}, (1, 1))
    book = heard(book, told(4, "recalled", window="w001"))
    assert dict(book.serving) == {"w001": ("A001", at(40))}
    assert book.abandoned(at(30 + 3600)) == (0, 0)


@pytest.mark.parametrize(("event", "waits"), [("transfer", 1), ("suspend", 0)])
def test_a_case_that_is_handed_on_or_rests_frees_its_window(event: str, waits: int) -> None:
    book = heard(Book(), told(1, "issued"), told(2, "start", window="w001"), told(3, event))
    assert (book.counted(), dict(book.serving), book.served_s()) == (waits, {}, None)


def test_a_window_that_calls_the_next_has_let_the_last_one_go() -> None:
    book = heard(Book(), told(1, "called", "A001", "w001"), told(2, "called", "A002", "w001"))
    assert book.serving["w001"][0] == "A002"
    assert dict(heard(book, told(3, "end", "A002", "w001")).serving) == {}


def test_an_end_that_overtakes_its_issue_leaves_nobody_waiting() -> None:
    book = heard(Book(), told(3, "end"))
    assert heard(book, told(1, "issued")).counted() == 0


def test_a_summary_counts_where_no_ticket_is_told() -> None:
    book = heard(Book(), summed(2, 5, 120))
    assert (book.counted(), book.oldest_s(at(30))) == (5, 130)
    assert heard(book, summed(1, 9)).counted() == 5
    assert heard(book, summed(1, 9, boot="b2", after_s=90)).counted() == 9
    assert heard(book, told(3, "issued")).counted() == 1


def test_nothing_told_is_not_nobody() -> None:
    assert (Book().counted(), Book().oldest_s(NINE), Book().known) == (None, None, False)
    assert heard(Book(), told(1, "issued"), told(2, "end")).counted() == 0


def test_numbers_begin_anew_every_day() -> None:
    book = heard(Book(), told(1, "issued"), told(2, "end"))
    tomorrow = heard(book, told(3, "issued", after_s=86_400))
    assert tomorrow.counted() == 1
    assert heard(tomorrow, told(4, "issued", "A002")) == tomorrow


def test_a_system_that_fell_silent_or_spoke_yesterday_is_not_believed() -> None:
    book = heard(Book(), told(1, "issued"))
    assert book.current(at(10) + SILENT)
    assert not book.current(at(11) + SILENT)
    assert not heard(Book(), told(1, "issued", after_s=15 * 3600 - 60)).current(at(15 * 3600 + 60))
    assert not Book().current(NINE)


SAID = st.builds(
    lambda event, ticket, window: (event, ticket, window if event != "issued" else ""),
    st.sampled_from([str(event) for event in TicketEvent]),
    st.sampled_from(["A001", "A002", "A003"]),
    st.sampled_from(["w001", "w002", ""]),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(SAID, max_size=20), st.integers(0, 2**32), st.lists(st.integers(0, 19), max_size=10))
def test_order_and_repetition_within_a_boot_change_nothing(
    words: list[tuple[str, str, str]], seed: int, again: list[int]
) -> None:
    events: list[TicketSaid | QueueSaid] = [told(seq, *word) for seq, word in enumerate(words, 1)]
    events += [summed(len(words) + 1, 4)]
    shuffled = events + [events[i % len(events)] for i in again]
    random.Random(seed).shuffle(shuffled)
    one_by_one = Book()
    for event in shuffled:
        one_by_one = heard(one_by_one, event)
    in_order = Book()
    for event in events:
        in_order = heard(in_order, event)
    assert one_by_one == in_order == heard(Book(), *shuffled)


@settings(max_examples=200, deadline=None)
@given(st.lists(SAID, max_size=20))
def test_nobody_waits_and_is_served_at_once(words: list[tuple[str, str, str]]) -> None:
    book = heard(Book(), *(told(seq, *word) for seq, word in enumerate(words, 1)))
    served = [ticket for ticket, _ in book.serving.values()]
    assert len(served) == len(set(served))
    assert not set(served) & set(book.waiting)
    assert (book.counted() or 0) <= len({ticket for _, ticket, _ in words})


def test_how_long_tickets_were_served_on_average() -> None:
    """Those that were served and ended in the hour before the newest; who did not come does not count."""
    words = [
        told(1, "called", "A001", "w001", after_s=100),
        told(2, "end", "A001", "w001", after_s=160),
        told(3, "called", "A002", "w001", after_s=200),
        told(4, "end", "A002", "w001", after_s=320),
        told(5, "called", "A003", "w001", after_s=400),
        told(6, "noshow", "A003", "w001", after_s=700),
        told(7, "called", "A004", "w001", after_s=800),
        told(8, "end", "A004", "w001", after_s=800),
    ]
    assert heard(Book(), *words).served_s() == 90
    at_once = heard(Book(), *words[-2:])
    assert at_once.served_s() is None
    later = [told(9, "called", "A005", "w001", after_s=3750), told(10, "end", "A005", "w001", after_s=3760)]
    assert heard(Book(), *words, *later).served_s() == 65  # the first one ended an hour before
    assert heard(Book(), *words, *later).abandoned(at(3760)) == (1, 4)


def test_a_late_end_of_one_who_left_does_not_free_the_window_of_the_next() -> None:
    book = heard(Book(), told(1, "called", "A001", "w001"), told(2, "called", "A002", "w001"))
    assert dict(heard(book, told(3, "end", "A001", "w001")).serving) == {"w001": ("A002", at(20))}


def test_an_issue_told_twice_begins_no_new_wait_and_ends_no_service() -> None:
    assert heard(Book(), told(1, "issued"), told(5, "issued")).oldest_s(at(70)) == 60
    served = heard(Book(), told(1, "issued"), told(2, "called", window="w001"), told(3, "issued"))
    assert (served.counted(), dict(served.serving)) == (0, {"w001": ("A001", at(20))})
    again = heard(Book(), told(1, "issued"), told(2, "called", window="w001"), told(3, "end"), told(4, "issued"))
    assert (again.counted(), again.served_s()) == (1, 10)  # a new visit under the same number


def test_a_call_that_names_no_window_leaves_the_ticket_where_it_is() -> None:
    book = heard(Book(), told(1, "issued"), told(2, "start", window="w001"), told(3, "recalled"))
    assert (book.counted(), dict(book.serving)) == (0, {"w001": ("A001", at(20))})
    assert heard(Book(), told(1, "issued"), told(2, "called")).counted() == 0
    elsewhere = heard(book, told(4, "called", window="w002"))
    assert dict(elsewhere.serving) == {"w002": ("A001", at(40))}


@pytest.mark.parametrize("event", ["recalled", "transfer", "suspend", "issued"])
@pytest.mark.parametrize("window", ["", "w001"])
def test_what_comes_after_does_not_undo_that_somebody_did_not_come(event: str, window: str) -> None:
    book = heard(
        Book(), told(1, "called", window="w001"), told(2, "noshow", window="w001"), told(3, event, window=window)
    )
    assert book.abandoned(at(40)) == (1, 1)


def test_a_summary_from_before_its_receipt_is_no_younger() -> None:
    book = heard(Book(), summed(2, 5, 120))
    assert (book.oldest_s(at(10)), book.oldest_s(at(20))) == (120, 120)
    assert heard(Book(), summed(2, 5)).oldest_s(at(30)) is None


def test_what_a_system_tells_after_a_new_start_comes_after_what_it_told_before() -> None:
    """Its numbers begin anew; which boot was heard first is known even when a late word of the old one arrives."""
    before = [told(7, "issued", after_s=10), told(8, "called", window="w001", after_s=20)]
    after = told(1, "end", window="w001", boot="b2", after_s=90)
    assert dict(heard(Book(), *before, after).serving) == {}
    book = heard(heard(Book(), before[0]), after)
    assert heard(book, before[1]).counted() == heard(Book(), *before, after).counted() == 0
    assert dict(heard(book, before[1]).serving) == {}


def test_an_end_without_a_service_is_no_visit() -> None:
    assert heard(Book(), told(1, "issued"), told(2, "end")).abandoned(at(30)) == (0, 0)
    assert heard(Book(), told(1, "issued"), told(2, "noshow")).abandoned(at(30)) == (1, 1)


def test_an_older_summary_that_comes_late_changes_nothing() -> None:
    assert heard(heard(Book(), summed(2, 5)), summed(1, 9, after_s=90)).counted() == 5
