"""What a desk measures of its zones and windows, what it walks through without a look, and how it explains an alert."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta

from camera_ingest.sample import Sample
from models.detection import Detection
from models.regions import RegionKind
from monitor.alerts import Alert, Level, Rule
from monitor.calendar import BEIJING
from monitor.coverage import Coverage
from monitor.desk import Desk
from monitor.hours import Hours
from monitor.known import Known
from monitor.observation import observe
from monitor.places import Segment, SegmentKind, Window, Zone
from monitor.posts import Post
from monitor.presence import AbsenceRule
from monitor.queues import Crowd, Measured
from monitor.roster import Arrangement, Entry
from monitor.thresholds import Family, Override, Thresholds
from monitor.tickets import Book, QueueSaid, TicketEvent, TicketSaid, heard
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

DAY = date(2026, 11, 20)
CLOSING = ZERO + timedelta(hours=3)


def show(hall: Desk, sample: Sample, people: Sequence[Detection] = ()) -> tuple[Alert, ...]:
    seen = people if sample.picture is not None else None
    return hall.judge(sample, observe(sample.at, hall.regions[sample.camera], seen))


def at(second: float) -> datetime:
    return ZERO + timedelta(seconds=second)


def told(*words: tuple[int, str, str, str]) -> Book:
    """Second, ticket, event, window."""
    said = [
        TicketSaid("hc01", "za", ticket, TicketEvent(event), window, at(second), "b1", seq, at(second))
        for seq, (second, ticket, event, window) in enumerate(words, 1)
    ]
    return heard(Book(), *said)


BOOK = told(
    (-600, "A001", "issued", ""),
    (-500, "A001", "called", "w001"),
    (-200, "A001", "end", "w001"),
    (-190, "A002", "issued", ""),
    (-150, "A002", "called", "w001"),
    (-120, "A002", "noshow", "w001"),
    (-100, "A003", "issued", ""),
)
"""One was served for five minutes, one did not come, one waits."""


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


def test_why_an_absence_was_told() -> None:
    entries = {"w002": (Entry("e1", "hc01", "w002", Arrangement.BACK_OFFICE, at(-2000), at(-1000)),)}
    hall = desk(known=Known({"w002": declared("w002", Service.OPEN)}, entries, {"za": BOOK}))
    changes = []
    for second in range(0, 310, 10):
        show(hall, seeing("c2", second), (CITIZEN,))
        changes += show(hall, seeing("c1", second), (CLERK_1, CLERK_2) if second < 60 else (CLERK_1,))
    assert changes == []
    for second in range(310, 370, 10):
        changes += [one for one in show(hall, seeing("c1", second), (CLERK_1,)) if one.rule is Rule.ABSENCE]
    (alert,) = changes
    rule = {name: float(value) for name, value in asdict(AbsenceRule()).items()}
    assert alert.why == {
        "schema": "why/1",
        "at": at(360).isoformat(),
        "rule": "absence",
        "version": 2.0,
        "values": rule,
        "sources": dict.fromkeys(rule, "default"),
        "crossing": {
            "since": at(60).isoformat(),
            "opened_at": at(360).isoformat(),
            "red_at": at(360).isoformat(),
            "until": None,
            "unseen_s": 0.0,
        },
        "lanes": {
            "camera": [[ZERO.isoformat(), "present"], [at(60).isoformat(), "empty"]],
            "tickets": [[ZERO.isoformat(), "idle:1"]],
            "pause": [[ZERO.isoformat(), "none"]],
            "roster": [[ZERO.isoformat(), "open:上午"]],
        },
    }


def test_why_a_queue_was_told() -> None:
    hall = desk()
    changes: list[Alert] = []
    for second in range(0, 180, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
        changes += show(hall, seeing("c2", second + 1), (CITIZEN,) * 3 if second else ())
    (alert,) = changes
    assert (alert.rule, alert.people, alert.waiting, alert.why is not None) == (Rule.FEW, 3, 3, True)
    assert alert.why is not None
    lanes = alert.why["lanes"]
    assert [state for _, state in lanes["camera"]] == ["0", "3"]
    assert [state for _, state in lanes["tickets"]] == ["no-signal"]
    assert [state for _, state in lanes["pause"]] == ["0"]
    assert [state for _, state in lanes["roster"]] == ["2/2", "1/2"]
    assert alert.why["values"]["few_s"] == 120.0
    assert set(alert.why["sources"]) == set(alert.why["values"])


def wide(count: int) -> Desk:
    """A hall of so many windows, each before a camera of its own region; all in one picture."""
    windows = tuple(Window(f"v{number}", f"{number:02}", "za") for number in range(count))
    regions = tuple(replace(REGIONS[0], id=one.id, place=one.id) for one in windows)
    return desk(regions=(*regions, REGIONS[3]), hall=replace(HALL, windows=windows))


def test_why_a_hall_was_told() -> None:
    hall = wide(4)
    changes = []
    for second in range(0, 60, 10):
        changes += show(hall, seeing("c1", second), (CLERK_1,))
    for second in range(60, 420, 10):
        changes += show(hall, seeing("c1", second))
        changes += show(hall, seeing("c2", second + 1), (CITIZEN,))
    (alert,) = (one for one in changes if one.rule is Rule.HALL)
    assert (alert.hall, alert.place, alert.level) == ("hc01", "hc01", Level.RED)
    assert (alert.people, alert.waiting) == (4, 1)  # empty windows, and who waits in all zones
    assert alert.opened_at - alert.since == timedelta(seconds=300)
    assert alert.why is not None
    assert {lane: marks[-1][1] for lane, marks in alert.why["lanes"].items()} == {
        "camera": "4",
        "tickets": "1",
        "pause": "0",
        "roster": "4",
    }
    assert alert.why["values"]["empty_share"] == 0.4


def test_a_hall_of_two_windows_is_none_and_an_empty_half_hour_after_closing_is_none_either() -> None:
    hall = wide(2)
    assert not [
        one for second in range(0, 600, 10) for one in show(hall, seeing("c1", second)) if one.rule is Rule.HALL
    ]
    late = wide(4)
    evening = 4 * 3600
    assert [one for second in range(0, 600, 10) for one in show(late, seeing("c1", evening + second))] == []


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
    monday = desk()
    for day in (-4, -3):
        for second in (0, 10, 20):
            show(monday, seeing("c1", day * 86_400 + second), (CLERK_1,))
    assert {day for _, day in monday.coverage} == {date(2026, 11, 16), date(2026, 11, 17)}


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
    changes = []
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


def test_a_hall_in_shadow_mode_marks_every_alert() -> None:
    hall = desk(hall=replace(HALL, shadow=True))
    changes = [one for second in range(0, 310, 10) for one in show(hall, seeing("c1", second), (CLERK_1,))]
    assert [one.shadow for one in (*changes, *hall.alerts(at(300)))] == [True, True]


def test_what_a_window_last_said_and_before_any_look() -> None:
    said = declared("w002", Service.OPEN)
    hall = desk(said={"w002": said})
    assert (hall.said("w002"), hall.said("w001")) == (said, None)
    assert hall.post("w001", ZERO) == (Post.UNKNOWN, "no-camera")
    assert hall.post("w003", ZERO) == (Post.CLOSED, "configured")
    assert hall.post("w001", ZERO + timedelta(hours=4)) == (Post.NOT_IN_SERVICE, "")


LUNCH = Segment("中午", (1, 2, 3, 4, 5), time(12), time(13), SegmentKind.LUNCH)
NOON = (ZERO.astimezone(BEIJING).replace(hour=12, minute=10) - ZERO).total_seconds()


def test_the_thresholds_of_the_segment_and_the_place_are_those_in_force_and_are_told() -> None:
    overrides = (
        Override("noon", {Family.QUEUE: {"few_s": 60}, Family.ABSENCE: {"yellow_s": 200}}, segment="lunch"),
        Override("w001", {Family.ABSENCE: {"yellow_s": 100, "hint_s": 90}}, hall="hc01", window="w001"),
        Override("share", {Family.HALL: {"empty_share": 0.9}}, segment="lunch"),
    )
    long_day = replace(HALL, segments=(*HALL.segments, LUNCH))
    hall = Desk(Hours(long_day, CALENDAR), CAMERAS, REGIONS, Thresholds(overrides=overrides))
    assert (hall.queue_rule("za", ZERO).few_s, hall.queue_rule("za", at(NOON)).few_s) == (120, 60)
    assert (hall.hall_rule(ZERO).empty_share, hall.hall_rule(at(NOON)).empty_share) == (0.4, 0.9)
    changes: list[Alert] = []
    for second in range(0, 130, 10):
        changes += show(hall, seeing("c1", second))
        changes += show(hall, seeing("c2", second + 1))
    assert [(one.place, one.opened_at) for one in changes] == [("w001", at(100))]
    assert changes[0].why is not None
    assert (changes[0].why["sources"]["yellow_s"], changes[0].why["sources"]["red_s"]) == ("w001", "default")
    noon: list[Alert] = []
    for second in range(0, 260, 10):
        noon += show(hall, seeing("c2", NOON + second), (CITIZEN,) * 3)
        noon += show(hall, seeing("c1", NOON + second + 1), (CLERK_1,))
    opened = {one.key: one for one in noon if one.opened_at > at(NOON)}
    assert [(one.rule, one.place, (one.opened_at - one.since).total_seconds()) for one in opened.values()] == [
        (Rule.FEW, "za", 60.0),
        (Rule.ABSENCE, "w002", 200.0),
    ]


def test_an_alert_about_a_zone_that_nobody_saw_ending_ends_at_the_closing() -> None:
    """At 12:00 the hall closes; its cameras are heard of again the next Monday."""
    hall = desk()
    for second in range(0, 180, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
        show(hall, seeing("c2", second), (CITIZEN,) * 3 if second else ())
    (opened,) = (one for one in hall.alerts(at(180)) if one.rule is Rule.FEW)
    monday = timedelta(days=3).total_seconds()
    (ended,) = (one for one in show(hall, seeing("c2", monday), (CITIZEN,) * 3) if one.key == opened.key)
    assert ended.until == CLOSING
    assert hall.zones["za"][Rule.FEW].closes_at == CLOSING + timedelta(days=3)


def test_a_hall_that_nobody_saw_closing_ends_its_alert_at_the_closing_too() -> None:
    hall = wide(4)
    for second in range(0, 360, 10):
        show(hall, seeing("c1", second))
    (opened,) = (one for one in hall.alerts(at(360)) if one.rule is Rule.HALL)
    changes = show(hall, seeing("c1", timedelta(days=3).total_seconds()))
    assert [one.until for one in changes if one.key == opened.key] == [CLOSING]


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
