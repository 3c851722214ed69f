"""What is asked of a window, from the calendar, the roster and its own word."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from monitor.calendar import BEIJING, Calendar
from monitor.duty import Duty, duty_at
from monitor.hours import Hours
from monitor.known import Known
from monitor.places import Hall, HallLevel, Segment, SegmentKind, Window, Zone
from monitor.roster import Arrangement, Entry
from monitor.tickets import Book
from monitor.window_states import Service, WindowState

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


def test_back_office_work_and_what_is_forgotten_overnight() -> None:
    assert duty(entries=(entry(Arrangement.BACK_OFFICE, -5, None),)).back_office == AT - timedelta(minutes=5)
    yesterday = entry(Arrangement.BACK_OFFICE, -1200, None)
    assert duty(entries=(yesterday,)).back_office is None


def test_a_ticket_in_service_counts_for_this_stretch_of_service() -> None:
    book = Book(serving={"w001": ("A001", AT - timedelta(minutes=2)), "w002": ("A002", AT)})
    assert duty(book=book).ticket == AT - timedelta(minutes=2)
    old = Book(serving={"w001": ("A001", AT - timedelta(hours=3))})
    assert duty(book=old).ticket is None
