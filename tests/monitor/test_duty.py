"""What is asked of a window, from the calendar, the roster and its own word."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from monitor.calendar import BEIJING, Calendar
from monitor.duty import Duty, Excuse, duty_at
from monitor.hours import Hours
from monitor.known import Known
from monitor.places import Hall, HallLevel, Segment, SegmentKind, Window, Zone
from monitor.roster import Arrangement, Entry
from monitor.tickets import Book
from monitor.window_states import LIFTED, Service, WindowState

WEEK = (1, 2, 3, 4, 5)
MORNING = Segment("上午", WEEK, time(8, 30), time(12))
LUNCH = Segment("中午", WEEK, time(12), time(13, 30), SegmentKind.LUNCH, windows=("w002",))
OPEN = Window("w001", "01 综合受理", "za")
TIDAL = Window("w002", "02 潮汐窗口", "za", closed=True)
HALL = Hall(
    "hc01",
    "环翠区政务服务中心",
    "371002",
    HallLevel.DISTRICT,
    (MORNING, LUNCH),
    (Zone("za", "综合受理区"),),
    (OPEN, TIDAL),
)
HOURS = Hours(HALL, Calendar(frozenset(), frozenset(), 2026))
AT = datetime(2026, 11, 20, 10, tzinfo=BEIJING)
OPENING = AT.replace(hour=8, minute=30)


def said(state: Service, reason: str = "") -> WindowState:
    since = AT - timedelta(minutes=4)
    return WindowState("hc01", "w001", state, reason, since, "boot", 1, since, since)


def entry(
    kind: Arrangement, since: float = -30, until: float | None = 30, reason: str = "", substitute: str = ""
) -> Entry:
    """From and until so many minutes from AT."""
    end = None if until is None else AT + timedelta(minutes=until)
    return Entry("e1", "hc01", "w001", kind, AT + timedelta(minutes=since), end, reason, substitute)


def duty(
    window: Window = OPEN,
    state: WindowState | None = None,
    entries: tuple[Entry, ...] = (),
    at: datetime = AT,
    manned: bool | None = False,
    book: Book | None = None,
) -> Duty:
    entries = tuple(replace(one, window=window.id) for one in entries)
    known = Known({window.id: state} if state else {}, {window.id: entries}, {"za": book} if book else {})
    return duty_at(HOURS, window, known, at, lambda other: manned)


@pytest.mark.parametrize(
    ("minutes", "window", "state", "required", "closed"),
    [
        (0, OPEN, None, True, ""),
        (0, OPEN, said(Service.OPEN), True, ""),
        (0, OPEN, said(Service.SERVING), True, ""),
        (0, OPEN, said(Service.PAUSED, "取件"), True, ""),
        (0, OPEN, said(Service.CLOSED), False, "declared"),
        (0, TIDAL, None, False, "configured"),
        (0, TIDAL, said(Service.SERVING), False, "configured"),
        (150, OPEN, None, False, "rota"),  # at half past twelve only w002 is on the rota
        (240, OPEN, said(Service.PAUSED, "取件"), False, ""),  # after hours
        (240, TIDAL, None, False, ""),
    ],
)
def test_who_has_to_be_open(
    minutes: float, window: Window, state: WindowState | None, required: bool, closed: str
) -> None:
    asked = duty(window, state, at=AT + timedelta(minutes=minutes))
    assert (asked.required, asked.closed) == (required, closed)


def test_a_pause_counts_from_its_beginning_and_needs_a_reason() -> None:
    paused = duty(state=said(Service.PAUSED, "取件")).pause
    assert paused is not None
    assert (paused.since, paused.reason, paused.approved) == (AT - timedelta(minutes=4), "取件", False)
    assert duty(state=said(Service.PAUSED, " ")).pause is None
    own = duty(entries=(entry(Arrangement.PAUSE, -7, None, reason="break"), entry(Arrangement.APPROVED, -1))).pause
    assert own is not None
    assert (own.since, own.reason, own.approved) == (AT - timedelta(minutes=7), "break", True)


def test_a_pause_set_before_the_opening_counts_from_the_opening() -> None:
    paused = duty(entries=(entry(Arrangement.PAUSE, -200, None, reason="break"),)).pause
    assert paused is not None
    assert paused.since == OPENING


@pytest.mark.parametrize(
    ("window", "entries", "closed"),
    [
        (OPEN, (entry(Arrangement.CLOSED),), "closed"),
        (OPEN, (entry(Arrangement.LEAVE, -200, 500),), "leave"),
        (OPEN, (entry(Arrangement.LEAVE, -200, 500, substitute="*"),), ""),  # somebody comes: the window is open
        (OPEN, (entry(Arrangement.CLOSED, 1),), ""),  # not yet
        (OPEN, (entry(Arrangement.CLOSED, -30, -1),), ""),  # not any more
        (OPEN, (replace(entry(Arrangement.CLOSED), withdrawn=True),), ""),
        (TIDAL, (entry(Arrangement.OPEN),), ""),  # the tide has opened it
        (TIDAL, (entry(Arrangement.OPEN, -60, 60), replace(entry(Arrangement.CLOSED, -5), id="e2")), "closed"),
        (OPEN, (entry(Arrangement.CLOSED, -60), replace(entry(Arrangement.OPEN, -5), id="e2")), ""),
    ],
)
def test_the_roster_closes_and_opens(window: Window, entries: tuple[Entry, ...], closed: str) -> None:
    assert duty(window, entries=entries).closed == closed


def test_a_window_that_the_roster_opened_later_is_late_from_then_on() -> None:
    assert duty().opens_at == OPENING
    assert duty(TIDAL, entries=(entry(Arrangement.OPEN, -10),)).opens_at == AT - timedelta(minutes=10)
    assert duty(entries=(entry(Arrangement.CLOSED, -90, -20),)).opens_at == AT - timedelta(minutes=20)


@pytest.mark.parametrize(
    ("entries", "manned", "covered"),
    [
        ((), False, "no excuse"),
        ((entry(Arrangement.SIGN_OUT, reason="errand"),), False, False),
        ((entry(Arrangement.SIGN_OUT, reason="errand"),), True, True),
        ((entry(Arrangement.SIGN_OUT, reason="errand"),), None, None),
        ((entry(Arrangement.SIGN_OUT, substitute="w002"),), True, True),
        ((entry(Arrangement.COVER, substitute="w002"),), True, True),
        ((entry(Arrangement.COVER, substitute="w002"),), False, "no excuse"),  # B has left too
        ((entry(Arrangement.COVER, substitute="w002"),), None, None),
        ((entry(Arrangement.COVER, substitute="*"),), True, "no excuse"),  # he comes to this post and is to be seen
    ],
)
def test_an_excuse(entries: tuple[Entry, ...], manned: bool | None, covered: bool | str | None) -> None:
    excuse = duty(entries=entries, manned=manned).excuse
    assert (excuse.covered if excuse else "no excuse") == covered


def test_back_office_work_that_is_ended_and_begun_anew_at_once_goes_on() -> None:
    first, second = entry(Arrangement.BACK_OFFICE, -50, -30), entry(Arrangement.BACK_OFFICE, -28, -10)
    now = entry(Arrangement.BACK_OFFICE, -9, None)
    assert duty(entries=(now, first, second)).back_office == first.since
    assert duty(entries=(now, replace(second, withdrawn=True), first)).back_office == now.since
    assert duty(entries=(now, replace(second, until=now.since - LIFTED), first)).back_office == now.since
    assert duty(entries=(now, replace(second, kind=Arrangement.PAUSE), first)).back_office == now.since


def test_back_office_work_and_what_is_forgotten_overnight() -> None:
    assert duty(entries=(entry(Arrangement.BACK_OFFICE, -5, None),)).back_office == AT - timedelta(minutes=5)
    yesterday = entry(Arrangement.BACK_OFFICE, -1200, None)
    assert duty(entries=(yesterday,)).back_office is None


def test_a_ticket_in_service_counts_for_this_stretch_of_service() -> None:
    book = Book(serving={"w001": ("A001", AT - timedelta(minutes=2)), "w002": ("A002", AT)})
    assert duty(book=book).ticket == AT - timedelta(minutes=2)
    old = Book(serving={"w001": ("A001", AT - timedelta(hours=3))})
    assert duty(book=old).ticket is None


def test_a_closed_window_still_knows_its_service() -> None:
    """Of a window that is not opened the board says when its hall is in service."""
    assert duty(TIDAL).service == HOURS.at("w002", AT)
    noon = AT.replace(hour=12, minute=30)
    assert duty(at=noon).service == HOURS.at(None, noon)
    assert duty(at=AT.replace(hour=20)).service is None


def test_a_window_of_which_nothing_is_known_is_to_be_open() -> None:
    asked = duty_at(HOURS, OPEN, Known(), AT, lambda other: None)
    assert asked == Duty(HOURS.at("w001", AT), opens_at=OPENING)


def test_only_being_opened_opens_a_window_outside_its_rota() -> None:
    noon = AT.replace(hour=12, minute=30)
    for kind, closed in ((Arrangement.OPEN, ""), (Arrangement.CLOSED, "rota"), (Arrangement.APPROVED, "rota")):
        assert duty(at=noon, entries=(entry(kind, -30, 300),)).closed == closed
    opened = duty(at=noon, entries=(entry(Arrangement.OPEN, 100, 300),))
    assert (opened.required, opened.opens_at) == (True, AT + timedelta(minutes=100))


def test_an_approval_counts_for_a_pause_that_the_calling_system_tells() -> None:
    approved = (entry(Arrangement.APPROVED, -1),)
    pause = duty(state=said(Service.PAUSED, "取件"), entries=approved).pause
    assert pause is not None
    assert pause.approved


def test_an_excuse_says_of_what_kind_it_is_since_when_and_who_serves() -> None:
    out, cover = entry(Arrangement.SIGN_OUT, -20, substitute="w009"), entry(Arrangement.COVER, -10, substitute="w002")
    assert duty(entries=(out,), manned=True).excuse == Excuse(out.kind, out.since, True, "w009")
    assert duty(entries=(cover,), manned=True).excuse == Excuse(cover.kind, cover.since, True, "w002")
    both = duty(entries=(out, replace(cover, id="e2")), manned=True).excuse
    assert both == Excuse(out.kind, out.since, True, "w002")  # signed out; whoever took over says who serves


def test_who_is_asked_whether_somebody_serves_instead() -> None:
    asked: list[str] = []

    def manned(other: str) -> bool | None:
        asked.append(other)
        return True

    out = entry(Arrangement.SIGN_OUT, substitute="w002")
    duty_at(HOURS, OPEN, Known(entries={"w001": (out,)}), AT, manned)
    duty_at(HOURS, OPEN, Known(entries={"w001": (replace(out, substitute=""),)}), AT, manned)
    duty_at(HOURS, OPEN, Known(entries={"w001": (replace(out, substitute="*"),)}), AT, manned)
    assert asked == ["w002", ""]  # one who comes to this very post is to be seen at it


@pytest.mark.parametrize(
    ("kind", "until", "counts"),
    [
        (Arrangement.BACK_OFFICE, None, False),
        (Arrangement.BACK_OFFICE, 60, True),
        (Arrangement.SIGN_OUT, None, False),
        (Arrangement.CLOSED, None, True),
        (Arrangement.LEAVE, None, True),
    ],
)
def test_what_a_window_said_yesterday_without_saying_until_when(
    kind: Arrangement, until: float | None, counts: bool
) -> None:
    asked = duty(entries=(entry(kind, -1200, until),))
    assert (asked != duty()) is counts


def test_a_day_begins_at_midnight_in_beijing() -> None:
    """A sign-out at 00:30 is of this day, one at 23:30 of the day before, whatever the date is in Greenwich."""
    early, late = (entry(Arrangement.SIGN_OUT, -minutes, None) for minutes in (9.5 * 60, 10.5 * 60))
    assert duty(entries=(early,)).excuse is not None
    assert duty(entries=(late,)).excuse is None


def test_a_pause_before_the_opening_counts_from_the_opening_by_either_word() -> None:
    early = replace(said(Service.PAUSED, "取件"), since=OPENING - timedelta(minutes=30))
    pause = duty(state=early).pause
    assert pause is not None
    assert pause.since == OPENING
    underived = duty(state=replace(early, since=None)).pause
    assert underived is not None
    assert underived.since == early.received_at


def test_the_later_of_several_openings_counts() -> None:
    shut = entry(Arrangement.CLOSED, -90, -40)
    leave = replace(entry(Arrangement.LEAVE, -90, -20), id="e2")
    assert duty(entries=(shut, leave)).opens_at == AT - timedelta(minutes=20)
    for nothing in (
        replace(leave, withdrawn=True),
        replace(leave, substitute="*"),
        replace(leave, until=AT + timedelta(minutes=1), since=AT),
    ):
        told = duty(entries=(shut, nothing))
        assert told.closed or told.opens_at == AT - timedelta(minutes=40)
    assert duty(entries=(entry(Arrangement.LEAVE, -60, 0),)).opens_at == AT


def test_a_ticket_called_at_the_opening_counts() -> None:
    assert duty(book=Book(serving={"w001": ("A001", OPENING)})).ticket == OPENING
    assert duty(book=Book(serving={"w002": ("A001", AT)})).ticket is None
