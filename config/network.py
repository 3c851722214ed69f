"""The network: what a configuration will ask of every hall's line, before anything is measured."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

from camera_ingest.budget import expected, limits_of
from camera_ingest.plan import Demand, Means, Way, connections, mbit_s
from config.settings import Settings

WAYS = {
    Way.ON_DEMAND: ("按需连接", "on demand"),
    Way.SNAPSHOT: ("抓拍", "by snapshots"),
    Way.LEFT_OUT: ("轮流不看", "left out in turn"),
}
"""Ways that are worth a word, in Chinese and English."""
Planned = Sequence[tuple[Demand, Means]]


def expectations(settings: Settings) -> Iterator[str]:
    """A sentence per hall, and one about all: connections and Mbit/s in service hours, and what its limit costs."""
    limits = limits_of(settings.reception)
    halls: dict[str, list[tuple[Demand, Means]]] = {}
    for demand, means in expected(settings.cameras, settings.reception).values():
        halls.setdefault(demand.hall, []).append((demand, means))
    for hall, planned in halls.items():
        limit = limits.of_hall(hall)
        chinese, english = ("", "") if limit is None else (f"（上限 {limit:g}）", f" of {limit:g}")
        many, rate = taken(planned)
        costs = list(_costs(planned))
        yield (
            f"{hall}：连接 {many}，{rate:.2f} Mbit/s{chinese}{''.join(f'，{cost}' for cost, _ in costs)}"
            f" / {hall}: {_connections(many)}, {rate:.2f}{english} Mbit/s{''.join(f', {cost}' for _, cost in costs)}"
        )
    many, rate = taken([one for planned in halls.values() for one in planned])
    yield f"合计：连接 {many}，{rate:.2f} Mbit/s / in total: {_connections(many)}, {rate:.2f} Mbit/s"


def taken(planned: Planned) -> tuple[int, float]:
    """(connections, Mbit/s) on average; a look on demand or a snapshot counts for the time that it lasts."""
    many = sum(connections(demand, means.way, means.stretch) for demand, means in planned)
    return ceil(many), sum(mbit_s(demand, means.way, means.stretch) for demand, means in planned)


def _costs(planned: Planned) -> Iterator[tuple[str, str]]:
    ways = Counter(means.way for _, means in planned)
    for way, (chinese, english) in WAYS.items():
        if ways[way]:
            yield f"{chinese} {ways[way]}", f"{ways[way]} {english}"
    stretch = max((means.stretch for _, means in planned if means.way is not Way.LEFT_OUT), default=1.0)
    if stretch > 1:
        yield f"周期 ×{stretch:.1f}", f"cadences ×{stretch:.1f}"


def _connections(many: int) -> str:
    return f"{many} connection" if many == 1 else f"{many} connections"
