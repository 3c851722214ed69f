"""What a shard says of its own pace."""

from camera_ingest.budget import Coverage
from camera_ingest.figures import Figures
from hallwatch_watch import Beat, Work
from monitor.live import Pace


def work(due: int, on_time: int, blind: int = 0, stretch: float = 1.0) -> Work:
    fleet = Figures(
        cameras=10,
        due=due,
        on_time=on_time,
        seen=on_time,
        blind=blind,
        overtaken=0,
        expired=0,
        received_bytes=0,
        opened=10,
        stretch=stretch,
        waited_s=0.0,
        cpu_s={},
    )
    return Work(fleet, 0, 0, {}, {"hc01": Coverage(10, 2, 1.0, 0.5, False)})


def minutes(works: list[Work]) -> Beat:
    """A beat that took stock once a second."""
    stock = iter(works)
    beat = Beat(lambda: next(stock), lambda told: None)
    for second in range(len(works)):
        beat.turn(100.0 + second)
        beat.turn(100.4 + second)  # not again within the second
    return beat


def test_nothing_is_said_of_looks_in_time_before_half_a_minute() -> None:
    assert Beat(lambda: work(0, 0), lambda told: None).pace() == Pace()
    assert minutes([work(n, n) for n in range(20)]).pace() == Pace(1.0, None)


def test_the_share_in_time_is_that_of_the_last_minute() -> None:
    late = [work(10 * n, 0) for n in range(120)] + [work(1200 + 10 * n, 8 * n) for n in range(120)]
    assert minutes(late).pace() == Pace(1.0, 0.8)


def test_cameras_that_cannot_see_are_not_late() -> None:
    assert minutes([work(10 * n, 7 * n, blind=3 * n, stretch=1.5) for n in range(90)]).pace() == Pace(1.5, 1.0)


def test_what_the_network_lets_be_seen_is_as_of_the_last_beat() -> None:
    assert minutes([work(0, 0)]).coverage["hc01"].left_out == 2
