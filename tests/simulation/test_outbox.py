"""Nothing said is forgotten before it is acknowledged."""

from hypothesis import given
from hypothesis import strategies as st

from simulation.outbox import RESEND_S, Outbox


def seqs(outbox: Outbox, now: float) -> list[int]:
    return [event.seq for event in outbox.due(now)]


def test_said_once_until_there_is_a_reason_to_say_it_again() -> None:
    outbox = Outbox("b1")
    outbox.add("evt/rating", {}, 0)
    outbox.add("evt/rating", {}, 1)
    assert seqs(outbox, 1) == [1, 2]
    assert seqs(outbox, 30) == []
    outbox.acknowledged("b1", 1, 31)
    assert seqs(outbox, 31 + RESEND_S - 1) == []
    assert seqs(outbox, 31 + RESEND_S) == [2]
    outbox.acknowledged("b1", 2, 100)
    assert outbox.waiting == 0
    assert seqs(outbox, 1000) == []


def test_a_new_connection_repeats_what_is_open_oldest_first() -> None:
    outbox = Outbox("b1")
    for second in range(3):
        outbox.add("evt/rating", {"buffered": False}, second)
    outbox.due(3)
    outbox.acknowledged("b1", 1, 4)
    outbox.reconnected()
    events = outbox.due(5)
    assert [event.seq for event in events] == [2, 3]
    assert outbox.message(events[0]) == {"buffered": True, "boot_id": "b1", "seq": 2, "oldest_seq": 2}
    assert outbox.message(events[1])["oldest_seq"] == 2


def test_an_acknowledgement_of_another_boot_is_not_ours() -> None:
    outbox = Outbox("b2")
    outbox.add("evt/rating", {}, 0)
    outbox.acknowledged("b1", 9, 1)
    assert outbox.waiting == 1


@given(st.lists(st.one_of(st.just("add"), st.just("again"), st.just("say"), st.integers(0, 40)), max_size=60))
def test_whatever_happens_what_is_open_is_what_was_not_acknowledged(steps: list[str | int]) -> None:
    outbox, acknowledged, said = Outbox("b"), 0, set[int]()
    for now, step in enumerate(steps):
        if step == "add":
            outbox.add("evt/rating", {}, now)
        elif step == "again":
            outbox.reconnected()
        elif step == "say":
            events = [event.seq for event in outbox.due(now)]
            assert events == sorted(events)
            said |= set(events)
        else:
            acknowledged = max(acknowledged, min(int(step), outbox.last))
            outbox.acknowledged("b", int(step), now)
        assert outbox.waiting == outbox.last - acknowledged
    outbox.reconnected()
    assert said | {event.seq for event in outbox.due(1e6)} | set(range(acknowledged + 1)) >= set(
        range(1, outbox.last + 1)
    )
