"""A camera's clock: wrong when it stays wrong, right when it stays right."""

from datetime import UTC, datetime, timedelta

import pytest

from camera_ingest.health_clock import Clock, ClockRule, read

AT = datetime(2026, 1, 5, 1, tzinfo=UTC)
RULE = ClockRule()


def after(*offs: float | None, every_s: float = 30, clock: Clock | None = None) -> Clock:
    """The clock after readings that follow each other at this pace."""
    clock = clock or Clock()
    for number, off in enumerate(offs):
        clock = read(clock, off, AT + timedelta(seconds=number * every_s), RULE)
    return clock


@pytest.mark.parametrize(
    ("offs", "every_s", "wrong"),
    [
        ((40, 40, 40), 30, True),
        ((-7200, -7200, -7200), 60, True),
        ((40, 40), 300, False),  # too few
        ((40, 40, 40, 40), 10, False),  # too soon
        ((29, -29, 29, -29), 30, False),
        ((40, 40, 0, 40, 40), 30, False),
        ((40, None, 40, None, 40), 30, True),  # looks without a reading change nothing
        ((None, None), 30, False),
    ],
)
def test_wrong_when_several_readings_over_a_while_say_so(
    offs: tuple[float | None, ...], every_s: float, wrong: bool
) -> None:
    assert after(*offs, every_s=every_s).wrong is wrong


def test_since_the_first_of_them() -> None:
    clock = after(0, 0, 3600, 3600, 3600)
    assert (clock.wrong_since, clock.off_s) == (AT + timedelta(minutes=1), 3600)


def test_right_again_well_below_the_limit_only() -> None:
    wrong = after(40, 40, 40)
    assert after(20, 20, 20, 20, clock=wrong).wrong, "between the limits it stays what it was"
    assert after(1, 1, 40, 1, 1, clock=wrong).wrong
    assert not after(1, -1, 1, clock=wrong).wrong
