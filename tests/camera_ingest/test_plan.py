"""How cameras are received within what the network bears."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.plan import FILLED, LEAST_ROOM, RAREST, Demand, Limits, Means, Way, connections, mbit_s, plan

NUMBERS = st.floats(0.05, 4)


def demand(number: int, cadence_s: float = 10.0, snapshot: float | None = None, hall: str = "h") -> Demand:
    return Demand(f"c{number}", hall, f"10.0.0.{number}:554", cadence_s, 0.25, 0.75, 3.0, snapshot)


DEMANDS = st.lists(
    st.builds(
        Demand,
        id=st.just(""),
        hall=st.sampled_from("ab"),
        host=st.sampled_from(("n1:554", "n2:554", "n3:8554")),
        cadence_s=st.sampled_from((1.0, 5.0, 10.0, 15.0, 60.0)),
        mbit_s=NUMBERS,
        look_mbit=NUMBERS,
        look_s=st.floats(1, 6),
        snapshot_mbit=st.none() | NUMBERS,
        only=st.sampled_from((None, None, None, Way.SNAPSHOT, Way.STREAM)),
        known=st.booleans(),
    ),
    min_size=1,
    max_size=40,
).map(lambda demands: [replace(one, id=f"c{number}") for number, one in enumerate(demands)])


def ways(demands: list[Demand], limits: Limits) -> dict[str, Means]:
    return dict(plan(demands, limits)[0])


@given(DEMANDS)
def test_without_limits_everything_is_a_stream(demands: list[Demand]) -> None:
    means = ways(demands, Limits())
    assert all(means[one.id] == Means(one.only or Way.STREAM) for one in demands)


@given(DEMANDS, st.floats(0.05, 20), st.integers(0, 50), st.integers(1, 8))
def test_every_limit_is_kept_and_nobody_is_forgotten(
    demands: list[Demand], limit: float, start: int, most: int
) -> None:
    starts = {"hall a": start, "host n1:554": start}
    means, _ = plan(demands, Limits(limit, {"b": limit / 2}, most, {"n3": 1}), starts)
    assert set(means) == {one.id for one in demands}
    for hall, own in (("a", limit), ("b", limit / 2)):
        members = [one for one in demands if one.hall == hall]
        fixed = sum(one.mbit_s for one in members if one.only is Way.STREAM)
        taken = sum(mbit_s(one, means[one.id].way, means[one.id].stretch) for one in members)
        assert taken <= max(own, fixed + LEAST_ROOM * own)
    for host, own in (("n1:554", most), ("n2:554", most), ("n3:8554", 1)):
        there = [one for one in demands if one.host == host]
        fixed = sum(one.only is Way.STREAM for one in there)
        taken = sum(connections(one, means[one.id].way, means[one.id].stretch) for one in there)
        assert taken <= max(own, fixed + LEAST_ROOM * own)
    assert all(one.stretch >= 1 for one in means.values())
    assert all(means[one.id].way in (one.only, Way.LEFT_OUT) for one in demands if one.only)
    assert all(means[one.id].way is Way.STREAM for one in demands if one.only is Way.STREAM)


def test_the_slow_ones_go_over_to_looks_first() -> None:
    demands = [demand(n) for n in range(10)] + [demand(n, 60.0) for n in range(10, 20)]
    means = ways(demands, Limits(2.65 / FILLED))
    assert {means[f"c{n}"].way for n in range(10)} == {Way.STREAM}
    assert {means[f"c{n}"].way for n in range(10, 20)} == {Way.ON_DEMAND}
    assert {one.stretch for one in means.values()} == {1.0}


def test_as_few_as_necessary_go_over() -> None:
    means = ways([demand(n, 60.0) for n in range(8)], Limits(1.35 / FILLED))
    assert Counter(one.way for one in means.values()) == {Way.STREAM: 5, Way.ON_DEMAND: 3}


def test_snapshots_are_taken_where_they_are_cheaper() -> None:
    means = ways([demand(1, snapshot=0.4), demand(2, snapshot=2.0), demand(3)], Limits(0.3))
    assert [means[f"c{n}"].way for n in (1, 2, 3)] == [Way.SNAPSHOT, Way.ON_DEMAND, Way.ON_DEMAND]


def test_if_looks_do_not_fit_all_come_more_rarely_by_the_same_factor() -> None:
    means = ways([demand(n) for n in range(20)], Limits(1.125 / FILLED))
    (stretch,) = {one.stretch for one in means.values()}
    assert 1.3 < stretch < 1.4


def test_if_that_is_not_enough_some_are_left_out_in_turn() -> None:
    demands = [demand(n) for n in range(20)]
    starts: dict[str, int] = {}
    looked_at: Counter[str] = Counter()
    for _ in range(60):
        means, following = plan(demands, Limits(0.27 / FILLED), starts)
        starts = dict(following)
        watched = [id for id, one in means.items() if one.way is not Way.LEFT_OUT]
        assert len(watched) == 7
        assert all(1 < means[id].stretch <= RAREST for id in watched)
        looked_at.update(watched)
    assert set(looked_at.values()) == {21}


def test_even_a_line_for_less_than_one_camera_sees_something() -> None:
    means = ways([demand(n) for n in range(3)], Limits(0.01))
    assert Counter(one.way for one in means.values()) == {Way.ON_DEMAND: 1, Way.LEFT_OUT: 2}


def test_a_stream_that_was_never_measured_is_only_looked_at_where_a_limit_has_to_be_kept() -> None:
    demands = [replace(demand(1), known=False), replace(demand(2, hall="free"), known=False)]
    means = ways(demands, Limits(halls={"h": 100.0}))
    assert [means["c1"].way, means["c2"].way] == [Way.ON_DEMAND, Way.STREAM]


def test_cameras_of_a_recorder_take_turns() -> None:
    demands = [replace(demand(n, 60.0), host="nvr:554") for n in range(16)] + [demand(99)]
    means = ways(demands, Limits(hosts={"nvr": 4}))
    taken = sum(connections(one, means[one.id].way, means[one.id].stretch) for one in demands[:16])
    assert 2.5 < taken <= 4.0
    assert means["c99"].way is Way.STREAM
    assert Counter(one.way for one in means.values())[Way.ON_DEMAND] >= 12


def test_as_many_connections_as_cameras_are_never_too_many() -> None:
    demands = [replace(demand(n), host="nvr:554") for n in range(4)]
    assert {one.way for one in ways(demands, Limits(connections=4)).values()} == {Way.STREAM}


def test_a_camera_that_is_dearer_than_all_there_is_takes_nobodys_place() -> None:
    flood = replace(demand(0), look_mbit=100.0, mbit_s=50.0)
    demands = [flood] + [demand(n) for n in range(1, 20)]
    starts: dict[str, int] = {}
    looked_at: Counter[str] = Counter()
    for _ in range(38):
        means, following = plan(demands, Limits(0.27 / FILLED), starts)
        starts = dict(following)
        watched = [id for id, one in means.items() if one.way is not Way.LEFT_OUT]
        assert len(watched) == 7
        looked_at.update(watched)
    assert "c0" not in looked_at
    assert len(looked_at) == 19
    assert ways([flood], Limits(1.0))["c0"].way is Way.ON_DEMAND
