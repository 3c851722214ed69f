"""What a desk measures of its zones and windows, what it walks through without a look, and what the board shows."""

from dataclasses import replace
from datetime import date, time, timedelta

from models.regions import RegionKind
from monitor.alerts import Alert, Rule
from monitor.calendar import BEIJING
from monitor.coverage import Coverage
from monitor.desk import Desk
from monitor.hours import Hours
from monitor.known import Known
from monitor.places import Zone
from monitor.posts import Post
from monitor.queues import Crowd, Measured
from monitor.roster import Arrangement, Entry
from monitor.thresholds import Family, Override, Thresholds
from monitor.tickets import Book, QueueSaid, heard
from monitor.window_states import Service
from tests.monitor.hall import (
    CALENDAR,
    CAMERAS,
    CITIZEN,
    CLERK_1,
    CLERK_2,
    HALL,
    REGIONS,
    ZERO,
    blind,
    declared,
    desk,
    seeing,
)
from tests.monitor.looking import BOOK, CLOSING, at, show, told

DAY = date(2026, 11, 20)


def test_everything_that_is_known_of_a_zone() -> None:
    """w001 is manned and idle, w002 empty, w003 closed; by the camera two wait, by the tickets one."""
    hall = desk(known=Known(books={"za": BOOK}))
    for second in range(0, 130, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
        show(hall, seeing("c2", second + 1), (CITIZEN, CITIZEN))
    assert hall.measured["za"] == Measured(
        tickets=1,
        counted=2,
        open_windows=1,
        staffed=1,
        due_windows=2,
        waits_since=at(1),
        idle_s=120.0,
        oldest_s=221.0,
        abandoned=(1, 2),
        served_s=300.0,
        closes_in_s=(CLOSING - at(121)).total_seconds(),
    )


def test_a_zone_without_tickets_goes_by_its_camera() -> None:
    hall = desk()
    show(hall, seeing("c2", 0), (CITIZEN, CITIZEN))
    measured = hall.measured["za"]
    assert (measured.tickets, measured.counted, measured.waits_since) == (None, 2, ZERO)
    assert (measured.oldest_s, measured.abandoned, measured.served_s) == (None, None, None)
    assert (measured.open_windows, measured.staffed, measured.due_windows) == (2, None, 2)  # nobody has seen them yet
    show(hall, seeing("c2", 10), (CITIZEN,))
    assert hall.measured["za"].waits_since == ZERO
    show(hall, seeing("c2", 20))
    assert hall.measured["za"].waits_since is None
    show(hall, seeing("c2", 30), (CITIZEN,))
    assert hall.measured["za"].waits_since == at(30)


def test_nobody_waits_by_the_tickets_whatever_the_camera_sees() -> None:
    book = told((-50, "A001", "issued", ""), (-40, "A001", "called", "w001"))
    hall = desk(known=Known(books={"za": book}))
    show(hall, seeing("c2", 0), (CITIZEN,))
    assert (hall.measured["za"].waits_since, hall.measured["za"].oldest_s) == (None, 0.0)


def test_a_summary_tells_who_waits_where_no_ticket_is_told() -> None:
    said = QueueSaid("hc01", "za", 4, 100.0, ZERO, "b1", 1, ZERO)
    hall = desk(known=Known(books={"za": heard(Book(), said)}))
    show(hall, seeing("c2", 20), (CITIZEN,))
    measured = hall.measured["za"]
    assert (measured.tickets, measured.oldest_s, measured.abandoned) == (4, 120.0, (0, 0))


def test_a_window_is_idle_from_when_somebody_waits_and_it_is_manned_and_nobody_is_served() -> None:
    hall = desk()
    for second in range(0, 100, 10):
        show(hall, seeing("c1", second), (CLERK_1,))  # the citizens' side of w001 is seen, that of w002 is not
        show(hall, seeing("c2", second), (CITIZEN,) if second >= 40 else ())
    assert hall.measured["za"].idle_s == 50.0
    for second in range(100, 130, 10):
        show(hall, seeing("c1", second), (CLERK_1, CITIZEN))
        show(hall, seeing("c2", second), (CITIZEN,))
    assert hall.measured["za"].idle_s == 0.0


def test_without_tickets_and_without_a_view_of_the_citizens_nobody_is_called_idle() -> None:
    regions = tuple(region for region in REGIONS if region.kind is not RegionKind.CITIZEN)
    without, told_so = desk(regions=regions), desk(regions=regions, known=Known(books={"za": BOOK}))
    for hall in (without, told_so):
        for second in range(0, 100, 10):
            show(hall, seeing("c1", second), (CLERK_1,))
            show(hall, seeing("c2", second), (CITIZEN,))
    assert (without.measured["za"].idle_s, told_so.measured["za"].idle_s) == (0.0, 90.0)


def test_the_service_time_that_was_observed() -> None:
    """w002 is seen for a minute, then its camera is blind for a minute, then seen again."""
    hall = desk()
    for second in range(0, 190, 10):
        sample = blind("c1", second) if 60 <= second < 120 else seeing("c1", second)
        show(hall, sample, (CLERK_1,))
    assert hall.coverage == {  # what comes after a blind look vouches for one cadence only
        ("w001", DAY): Coverage(180.0, 120.0, 120.0, 0.0),
        ("w002", DAY): Coverage(180.0, 120.0, 0.0, 80.0),
    }


def test_coverage_is_kept_for_today_and_yesterday() -> None:
    hall = desk()
    for day in (-4, -3, 0):  # Monday, Tuesday and Friday
        for second in (0, 10, 20):
            show(hall, seeing("c1", day * 86_400 + second), (CLERK_1,))
    assert {day for _, day in hall.coverage} == {DAY}
    for days, kept in (((-4, -3), {16, 17}), ((-4, -2), {18})):
        other = desk()
        for day in days:
            for second in (0, 10, 20):
                show(other, seeing("c1", day * 86_400 + second), (CLERK_1,))
        assert {day.day for _, day in other.coverage} == kept


def test_a_window_that_no_camera_looks_at_is_walked_through_as_one_that_cannot_be_seen() -> None:
    """w002 has no region; that it paused is known, and that nobody can see whether it is so comes first."""
    regions = (REGIONS[0], REGIONS[3])
    hall = desk(regions=regions, said={"w002": declared("w002", Service.PAUSED, "取件")})
    for second in range(0, 700, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
    watch = hall.windows["w002"]
    assert (watch.post, watch.reason) == (Post.UNKNOWN, "no-camera")
    assert watch.at is not None
    assert at(690) - watch.at <= timedelta(seconds=40)
    assert (Rule.ABSENCE, "w002") not in hall.sights


def test_a_camera_that_sends_nothing_leaves_its_window_unknown_after_half_a_minute() -> None:
    hall = desk()
    for second in range(0, 70, 10):
        show(hall, seeing("c1", second), (CLERK_1, CLERK_2))
    for second in range(70, 100, 10):
        show(hall, seeing("c2", second))
        assert hall.windows["w001"].post is Post.ON_DUTY
    show(hall, seeing("c2", 100))
    assert (hall.windows["w001"].post, hall.windows["w001"].reason) == (Post.UNKNOWN, "stale")
    sight = hall.sights[Rule.ABSENCE, "w001"]
    assert (sight.people, sight.blind, sight.seen_at, sight.since) == (None, "blind", at(60), at(100))


def test_a_zone_without_a_camera_is_judged_by_its_tickets() -> None:
    book = told(*((-1000, f"A{number:03}", "issued", "") for number in range(3)))
    hall = desk(regions=REGIONS[:3], known=Known(books={"za": book}))
    changes: list[Alert] = []
    for second in range(0, 40, 10):
        changes += show(hall, seeing("c1", second), (CLERK_1, CLERK_2))
    assert [(one.rule, one.waiting) for one in changes] == [(Rule.WAIT, 3)]
    assert (Rule.QUEUE, "za") not in hall.sights
    nothing = desk(regions=REGIONS[:3])
    for second in range(0, 40, 10):
        show(nothing, seeing("c1", second), (CLERK_1, CLERK_2))
    assert nothing.measured == {}
    assert nothing.crowd("za", at(40)) is Crowd.UNKNOWN


def test_what_the_board_shows_of_a_zone() -> None:
    hall = desk()
    assert hall.crowd("za", ZERO) is Crowd.UNKNOWN
    for second in range(0, 60, 10):
        show(hall, seeing("c1", second), (CLERK_1, CLERK_2))
        show(hall, seeing("c2", second))
    assert hall.crowd("za", at(50)) is Crowd.GREEN
    for second in range(60, 370, 10):
        show(hall, seeing("c1", second), (CLERK_1, CLERK_2))
        show(hall, seeing("c2", second), (CITIZEN,) * 16)
    assert hall.crowd("za", at(230)) is Crowd.YELLOW
    assert hall.crowd("za", at(360)) is Crowd.RED
    show(hall, seeing("c2", 370))
    assert hall.crowd("za", at(370)) is Crowd.YELLOW  # nobody waits, but the alert is open for a minute yet
    show(hall, blind("c2", 380))
    assert hall.crowd("za", at(380)) is Crowd.UNKNOWN


def test_when_nothing_is_on_its_way_to_an_alert() -> None:
    hall = desk()
    assert (hall.settled("c1"), hall.settled("c2")) == (False, False)  # never looked at
    for second in range(0, 60, 10):
        show(hall, seeing("c1", second), (CLERK_1, CLERK_2))
        show(hall, seeing("c2", second))
    assert (hall.settled("c1"), hall.settled("c2")) == (True, True)
    show(hall, seeing("c1", 60), (CLERK_1,))
    show(hall, seeing("c2", 60), (CITIZEN,) * 8)
    assert (hall.settled("c1"), hall.settled("c2")) == (False, False)
    show(hall, blind("c2", 70))
    assert not hall.settled("c2")
    paused = desk(said={one: declared(one, Service.PAUSED, "取件") for one in ("w001", "w002")})
    show(paused, seeing("c1", 0))
    assert paused.settled("c1")


def test_which_pictures_an_alert_may_ask_for() -> None:
    hall = desk()
    for second in range(0, 100, 10):
        show(hall, seeing("c1", second), (CLERK_1, CLERK_2) if second < 30 else (CLERK_1,))
        show(hall, seeing("c2", second), (CITIZEN,) * 9 if second >= 50 else ())
    assert hall.moments(Rule.ABSENCE, "w002") == {at(30), at(40)}  # its beginning, and the oldest look that counts
    assert hall.moments(Rule.QUEUE, "za") == {at(50), at(70)}


def test_a_cover_counts_while_another_window_of_the_zone_is_manned() -> None:
    entry = Entry("e1", "hc01", "w002", Arrangement.SIGN_OUT, ZERO, substitute="w001")
    hall = desk(known=Known(entries={"w002": (entry,)}))
    for second in range(0, 100, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
    assert hall.post("w002", at(90)) == (Post.COVERED, "w001")
    for second in range(100, 200, 10):
        show(hall, seeing("c1", second))
    assert hall.post("w002", at(190)) == (Post.VACANT_WITH_REASON, "w001")
    elsewhere = replace(
        HALL,
        zones=(*HALL.zones, Zone("zb", "企业区")),
        windows=(replace(HALL.windows[0], zone="zb"), *HALL.windows[1:]),
    )
    apart = desk(known=Known(entries={"w002": (replace(entry, substitute=""),)}), hall=elsewhere)
    for second in range(0, 100, 10):
        show(apart, seeing("c1", second), (CLERK_1,))
    assert apart.post("w002", at(90))[0] is Post.VACANT_WITH_REASON  # w001 serves another zone


def test_what_a_window_last_said_and_before_any_look() -> None:
    said = declared("w002", Service.OPEN)
    hall = desk(said={"w002": said})
    assert (hall.said("w002"), hall.said("w001")) == (said, None)
    assert hall.post("w001", ZERO) == (Post.UNKNOWN, "no-camera")
    assert hall.post("w003", ZERO) == (Post.CLOSED, "configured")
    assert hall.post("w001", ZERO + timedelta(hours=4)) == (Post.NOT_IN_SERVICE, "")


def test_a_zone_closes_when_its_last_window_does() -> None:
    """The zone's own hours end at half past ten, the hall's at noon."""
    early = replace(HALL.segments[0], end=time(10, 30))
    second = replace(
        HALL,
        zones=(replace(HALL.zones[0], segments=(early,)),),
        windows=(*HALL.windows[:2], replace(HALL.windows[2], closed=False, segments=HALL.segments)),
    )
    alone = replace(second, windows=second.windows[:2])
    for place, closes in ((second, "12:00"), (alone, "10:30")):
        hall = desk(hall=place)
        show(hall, seeing("c2", 0), (CITIZEN,))
        left_s = hall.measured["za"].closes_in_s
        assert left_s is not None
        assert f"{at(left_s).astimezone(BEIJING):%H:%M}" == closes


def test_before_the_opening_a_window_that_was_watched_yesterday_is_not_in_service() -> None:
    hall = desk()
    for second in range(0, 60, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
    assert hall.post("w002", at(50)) == (Post.AWAY_TIMER, "empty")
    assert hall.post("w002", at(20 * 3600)) == (Post.NOT_IN_SERVICE, "")


def test_since_when_a_place_is_seen() -> None:
    hall = desk()
    for second in (0, 10, 20):
        show(hall, seeing("c1", second), (CLERK_1,))
        show(hall, seeing("c2", second), (CITIZEN,))
    seen = hall.sights[Rule.ABSENCE, "w001"], hall.sights[Rule.QUEUE, "za"]
    assert [(one.people, one.seen_at, one.blind, one.since) for one in seen] == [(1, at(20), "", ZERO)] * 2


def test_the_colour_of_a_zone_goes_by_its_own_thresholds() -> None:
    own = Override("za", {Family.QUEUE: {"yellow_s": 20}}, hall="hc01", zone="za")
    hall = Desk(Hours(HALL, CALENDAR), CAMERAS, REGIONS, Thresholds(overrides=(own,)))
    for second in (0, 10, 20, 30):
        show(hall, seeing("c1", second), (CLERK_1, CLERK_2))
        show(hall, seeing("c2", second), (CITIZEN,) * 10)
    assert hall.crowd("za", at(30)) is Crowd.YELLOW
    usual = desk()
    show(usual, seeing("c2", 0), (CITIZEN,) * 10)
    assert usual.crowd("za", at(30)) is Crowd.GREEN


def test_what_is_looked_at_every_half_minute_is_not_unseen_for_a_minute() -> None:
    slow = (CAMERAS[0], replace(CAMERAS[1], cadence=timedelta(seconds=30)))
    hall = desk(cameras=slow)
    changes: list[Alert] = []
    for second in range(0, 310, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
        if second % 60 == 10:
            changes += show(hall, seeing("c2", second), (CITIZEN,) * 3)
    assert [(one.rule, one.unseen_s) for one in changes if one.rule is Rule.FEW] == [(Rule.FEW, 0.0)]


def test_a_window_that_is_looked_at_every_half_minute_is_not_missed_before_a_minute_and_a_half() -> None:
    hall = desk(cameras=(replace(CAMERAS[0], cadence=timedelta(seconds=30)), CAMERAS[1]))
    for second in range(0, 160, 30):
        show(hall, seeing("c1", second), (CLERK_1, CLERK_2))
    for second in range(160, 250, 10):
        show(hall, seeing("c2", second))
    assert hall.windows["w001"].post is Post.ON_DUTY
    show(hall, seeing("c2", 250))
    assert (hall.windows["w001"].post, hall.windows["w001"].reason) == (Post.UNKNOWN, "stale")
