"""The gate spares looks that confirm, and never one that may count against somebody."""

from collections.abc import Sequence

from camera_ingest.sample import Picture
from models.detection import Detection
from models.regions import Region
from monitor.attention import Attention
from monitor.desk import Desk
from monitor.observation import observe
from tests.monitor.hall import CLERK_1, CLERK_2, desk, picture, seeing


class Eyes:
    """A network that finds whom the test says, and counts how often it was asked."""

    def __init__(self) -> None:
        self.people: tuple[Detection, ...] = (CLERK_1, CLERK_2)
        self.looks = 0

    def find(self, shown: Picture, regions: Sequence[Region]) -> Sequence[Detection]:
        self.looks += 1
        return self.people


def play(hall: Desk, eyes: Eyes, attention: Attention, seconds: range, shown: Picture) -> int:
    """Samples of one camera through attention and desk; how many were analysed."""
    before = eyes.looks
    for second in seconds:
        sample = seeing("c1", second, shown)
        people = attention.people(hall, sample)
        hall.judge(sample, observe(sample.at, hall.regions["c1"], people))
    return eyes.looks - before


def test_while_everybody_is_there_every_third_look_does() -> None:
    hall, eyes = desk(), Eyes()
    attention = Attention(eyes.find)
    play(hall, eyes, attention, range(0, 60, 10), picture())
    assert play(hall, eyes, attention, range(60, 360, 10), picture()) == 10
    assert attention.analysed + attention.passed == 36


def test_a_change_is_looked_at_at_once_and_an_empty_seat_at_every_look() -> None:
    hall, eyes = desk(), Eyes()
    attention = Attention(eyes.find)
    play(hall, eyes, attention, range(0, 120, 10), picture())
    empty = picture()
    empty[:, : empty.shape[1] // 2] = 255
    eyes.people = (CLERK_1,)
    assert play(hall, eyes, attention, range(120, 300, 10), empty) == 18
    eyes.people = (CLERK_1, CLERK_2)
    play(hall, eyes, attention, range(300, 400, 10), picture())
    assert play(hall, eyes, attention, range(400, 700, 10), picture()) == 10, "and once all are back, seldom again"


def test_a_clerk_who_is_missed_once_is_looked_for_again_at_once() -> None:
    hall, eyes = desk(), Eyes()
    attention = Attention(eyes.find)
    play(hall, eyes, attention, range(0, 60, 10), picture())
    eyes.people = (CLERK_1,)
    assert play(hall, eyes, attention, range(60, 90, 10), picture()) >= 1
    eyes.people = (CLERK_1, CLERK_2)
    assert play(hall, eyes, attention, range(90, 120, 10), picture()) == 3


def test_without_a_gate_every_look_is_analysed() -> None:
    hall, eyes = desk(), Eyes()
    assert play(hall, eyes, Attention(eyes.find, gated=False), range(0, 600, 10), picture()) == 60
