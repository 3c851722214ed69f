"""The draw of looks for blind labelling."""

from collections import Counter
from datetime import date, datetime, timedelta

from monitor.calendar import BEIJING
from monitor.draw import Draw, Drawn

DAY = date(2026, 11, 20)
ZERO = datetime(2026, 11, 20, 9, tzinfo=BEIJING)


def drawn(hall: str, looks: int, every: int = 10, silent_of: int = 1) -> Draw[int]:
    draw: Draw[int] = Draw(hall, DAY, silent_of=silent_of)
    for number in range(looks):
        at, alarmed = ZERO + timedelta(seconds=10 * number), number % every == 0
        place = draw.place(alarmed)
        if place is not None:
            draw.hold(place, Drawn("w001", at, alarmed, number))
    return draw


def test_both_strata_are_drawn_from_and_know_what_they_stand_for() -> None:
    draw = drawn("hc01", 1000)
    assert [len(draw.held[alarmed]) for alarmed in (True, False)] == [4, 4]
    assert (draw.weight(True), draw.weight(False)) == (25, 225)
    assert all(one.alarmed for one in draw.held[True])


def test_a_few_looks_are_all_kept() -> None:
    draw = drawn("hc01", 3, every=2)
    assert sorted(one.kept for one in (*draw.held[True], *draw.held[False])) == [0, 1, 2]
    assert (draw.weight(True), draw.weight(False)) == (1, 1)


def test_the_same_looks_give_the_same_draw_and_every_look_has_the_same_chance() -> None:
    assert drawn("hc01", 400) == drawn("hc01", 400)
    chosen = Counter(one.kept for hall in range(600) for one in drawn(f"h{hall}", 40, every=100).held[False])
    assert set(range(1, 40)) == set(chosen)
    assert max(chosen.values()) < 2 * min(chosen.values())


def test_of_many_silent_looks_few_are_held_for_a_while_and_all_have_the_same_chance() -> None:
    draw: Draw[int] = Draw("hc01", DAY)
    places = [place for _ in range(20_000) if (place := draw.place(alarmed=False)) is not None]
    assert len(places) < 30
    assert set(places) == {0, 1, 2, 3}
    tenths = Counter(
        one.kept * 10 // 2000 for hall in range(500) for one in drawn(f"h{hall}", 2000, 9999, 10).held[False]
    )
    assert sum(tenths.values()) == 2000
    assert min(tenths.values()) > 150


def test_a_weight_is_a_share_and_no_whole_number() -> None:
    draw = drawn("hc01", 60)
    assert len(draw.held[True]) == 4
    assert draw.weight(True) == 1.5  # 6 looks


def test_one_that_stands_for_all_of_its_stratum() -> None:
    draw: Draw[int] = Draw("hc01", DAY, each=1, seen={True: 5, False: 0}, held={True: [], False: []})
    draw.hold(0, Drawn("w001", ZERO, True, 1))
    assert (draw.weight(True), draw.weight(False)) == (5, 1)
