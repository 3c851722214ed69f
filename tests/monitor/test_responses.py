"""How fast alerts are seen, acted upon and corrected."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts import Ending, Rule
from monitor.responses import Response, quantile, speed
from tests.monitor.test_ladder import ALERT, ZERO


def after(seconds: float) -> Response:
    at = ZERO + timedelta(seconds=seconds)
    return Response(
        replace(ALERT, until=at + timedelta(seconds=100), ending=Ending.RETURNED), at, at + timedelta(seconds=10)
    )


def test_each_figure_says_how_many_it_rests_on() -> None:
    told = speed([after(30), after(60), after(90), Response(ALERT)])
    assert (told.seen.n, told.seen.of, told.seen.median_s, told.seen.p90_s) == (3, 4, 60, 90)
    assert (told.acted.n, told.acted.median_s) == (3, 10)
    assert (told.returned.n, told.returned.median_s) == (3, 160)


def test_of_nothing_nothing_is_said() -> None:
    told = speed([Response(ALERT)])
    assert (told.seen.n, told.seen.median_s, told.seen.p90_s) == (0, None, None)


def test_shadow_halls_and_cameras_are_left_out() -> None:
    shadow, camera = replace(ALERT, shadow=True), replace(ALERT, rule=Rule.CAMERA)
    assert speed([Response(shadow, ZERO), Response(camera, ZERO)]).seen.of == 0


def test_acting_without_having_opened_the_page_counts_from_the_alert() -> None:
    told = speed([Response(ALERT, None, ZERO + timedelta(seconds=40))])
    assert (told.seen.median_s, told.acted.median_s) == (40, 40)  # never faster than it was
    later = Response(ALERT, ZERO + timedelta(seconds=90), ZERO + timedelta(seconds=40))
    assert speed([later]) == told


@pytest.mark.parametrize(
    ("values", "share", "value"),
    [([], 0.5, None), ([5.0], 0.9, 5.0), ([1, 2, 3, 4], 0.5, 2), ([*range(1, 11)], 0.9, 9), ([3, 1, 2], 0.5, 2)],
)
def test_quantile(values: list[float], share: float, value: float | None) -> None:
    assert quantile(values, share) == value


def test_what_ended_at_once_took_no_time_and_nothing_takes_less() -> None:
    at_once = Response(
        replace(ALERT, until=ALERT.opened_at, ending=Ending.RETURNED),
        ALERT.opened_at,
        ALERT.opened_at - timedelta(seconds=5),
    )
    told = speed([at_once])
    assert (told.seen.median_s, told.acted.median_s, told.returned.median_s) == (0, 0, 0)


@pytest.mark.parametrize(
    ("ending", "counts"),
    [
        (Ending.RETURNED, 1),
        (Ending.COVERED, 1),
        (Ending.ARRANGED, 0),
        (Ending.CLOSED, 0),
        (Ending.UNWATCHED, 0),
        (None, 0),
    ],
)
def test_what_ended_without_anybody_coming_back_was_not_corrected(ending: Ending | None, counts: int) -> None:
    told = speed([Response(replace(ALERT, until=ALERT.opened_at + timedelta(hours=1), ending=ending))])
    assert (told.returned.n, told.returned.of) == (counts, 1)
