"""Who may open next: timelines, no clock."""

from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.turns import Turns


def test_first_come_first_served_and_nobody_twice() -> None:
    turns: Turns[str] = Turns(10)
    for who in "abca":
        turns.wait(who)
    assert [turns.next(float(now)) for now in range(4)] == ["a", "b", "c", None]
    turns.wait("a")
    assert turns.next(9.0) == "a"
    assert turns.passed == 4


@given(st.integers(1, 60), st.lists(st.floats(0, 0.3), min_size=50, max_size=400))
def test_in_no_second_more_pass_than_may(per_s: int, pauses: list[float]) -> None:
    """Whenever the receiver comes to it: after a pause, too, nothing is made up for."""
    turns: Turns[int] = Turns(per_s)
    for who in range(5000):
        turns.wait(who)
    now, passed = 100.0, list[float]()
    for pause in pauses:
        now += pause
        while turns.next(now) is not None:
            passed.append(now)
    assert all(sum(since <= at < since + 0.999 for at in passed) <= per_s for since in passed)
    assert turns.most_per_s <= per_s


def test_the_pace_is_kept_when_the_receiver_comes_late() -> None:
    turns: Turns[int] = Turns(50)
    for who in range(5000):
        turns.wait(who)
    passed = 0
    for turn in range(400):  # every 50 ms
        while turns.next(100.0 + turn / 20) is not None:
            passed += 1
    assert passed >= 0.95 * 50 * 20


def test_who_may_not_waits_without_losing_his_place() -> None:
    turns: Turns[str] = Turns(1000)
    for who in "abc":
        turns.wait(who)
    assert turns.next(1.0, lambda who: who != "a") == "b"
    turns.wait("a")  # stands there already
    turns.again()
    assert [turns.next(2.0 + n) for n in range(3)] == ["a", "c", None]
