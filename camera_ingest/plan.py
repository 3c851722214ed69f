"""A plan: how each camera is received, so that every hall's line and every recorder bears it.

A stream is cheap for the processor and dear for the line; a look on demand (connect, one keyframe, leave) or a snapshot
is the other way round. So a hall's cameras are streams as long as its limit allows; then those go over to looks with
whom that saves most, the slow ones first; then all looks of the hall come more rarely; and if even half as many are too
many, some cameras are left out, in turn, so that each of them is looked at again after the others. A camera that would
take more than all there is has no turn, unless there are no others. Pure.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

LEAST_PAUSE = 2.0
"""A camera whose cadence is shorter than so many times a look takes is better off as a stream."""
RAREST = 2.0
"""The most that a cadence is stretched before cameras are left out. Of a gap beyond three cadences only the first is
vouched for, and a place that two regions see is unknown from three on; one look that fails shall not lead there yet."""
FILLED = 0.8
"""The share of a limit that is planned for, so that a look seldom has to wait …"""
KEPT = 0.95
"""… and the share that is kept: headers of packets, which are not counted, take the rest."""


LEAST_ROOM = 0.05
"""The share of a limit that the others have even where cameras that can only stream take all of it."""


class Way(StrEnum):
    """How a camera's pictures come."""

    STREAM = "stream"  # connected all the time
    ON_DEMAND = "on-demand"  # connected for one keyframe, then left
    SNAPSHOT = "snapshot"  # one JPEG by HTTP
    LEFT_OUT = "left-out"  # not looked at for the time being


@dataclass(frozen=True, slots=True)
class Demand:
    """What a camera asks of the network; amounts as measured, or as expected where nothing was measured."""

    id: str
    hall: str
    host: str
    """host:port of its RTSP connections: a camera, or a recorder with many of them; empty if there are none."""
    cadence_s: float
    mbit_s: float
    """Of its stream."""
    look_mbit: float
    """Of one look on demand, from connecting to leaving …"""
    look_s: float
    """… which takes so long."""
    snapshot_mbit: float | None = None
    """Of one snapshot; None = it has no address for them."""
    only: Way | None = None
    """The one way in which it can be received, if there is no choice: it has no stream, or its client only streams."""
    known: bool = True
    """Its stream has been measured; until then, where a hall's limit has to be kept, it is only looked at."""

    @property
    def cheap(self) -> Way:
        """The way that asks least of the line."""
        if self.only is not None:
            return self.only
        if self.snapshot_mbit is not None and self.snapshot_mbit < self.look_mbit:
            return Way.SNAPSHOT
        return Way.ON_DEMAND


@dataclass(frozen=True, slots=True)
class Means:
    """How a camera is received."""

    way: Way = Way.STREAM
    stretch: float = 1.0
    """So many times its cadence from look to look, on account of the network."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the network bears; a name that is not there has no limit of its own."""

    mbit_s: float | None = None
    """Of each hall."""
    halls: Mapping[str, float] | None = None
    connections: int | None = None
    """To each host at once."""
    hosts: Mapping[str, int] | None = None

    def of_hall(self, hall: str) -> float | None:
        """In Mbit/s; None = no limit."""
        return (self.halls or {}).get(hall, self.mbit_s)

    def of_host(self, host: str) -> int | None:
        """Connections at once; a host's own limit may be given with or without its port."""
        own = self.hosts or {}
        return own.get(host, own.get(host.rpartition(":")[0], self.connections))


Cost = Callable[[Demand, Way, float], float]
"""What a camera received that way, its cadence so many times stretched, takes of a limit."""


def mbit_s(demand: Demand, way: Way, stretch: float = 1.0) -> float:
    """Mean Mbit/s of a camera received that way."""
    match way:
        case Way.STREAM:
            return demand.mbit_s
        case Way.ON_DEMAND:
            return demand.look_mbit / max(demand.cadence_s * stretch, demand.look_s)
        case Way.SNAPSHOT:
            return (demand.snapshot_mbit or 0.0) / (demand.cadence_s * stretch)
    return 0.0


def connections(demand: Demand, way: Way, stretch: float = 1.0) -> float:
    """The mean number of connections to its RTSP host that a camera received that way takes."""
    match way:
        case Way.STREAM:
            return 1.0
        case Way.ON_DEMAND:
            return min(1.0, demand.look_s / (demand.cadence_s * stretch))
    return 0.0


def plan(
    demands: Sequence[Demand], limits: Limits, starts: Mapping[str, int] | None = None
) -> tuple[Mapping[str, Means], Mapping[str, int]]:
    """How each camera is received, by id; and where the next term begins to choose, per hall and host that rotate.

    `starts`: what the term before gave; a camera that is left out is first in line in the next.
    """
    starts = starts or {}
    means = {demand.id: Means(demand.only or Way.STREAM) for demand in demands}
    following: dict[str, int] = {}
    for key, members, limit, cost in _limited(demands, limits):
        if cost is mbit_s:
            means |= {one.id: Means(one.cheap) for one in members if not one.known}
        fixed = sum(cost(one, Way.STREAM, 1.0) for one in members if one.only is Way.STREAM)
        room = max(FILLED * limit - fixed, LEAST_ROOM * limit)
        followed = _fit([one for one in members if one.only is not Way.STREAM], means, room, cost, starts.get(key, 0))
        if followed is not None:
            following[key] = followed
    return means, following


def _limited(demands: Sequence[Demand], limits: Limits) -> Iterator[tuple[str, list[Demand], float, Cost]]:
    """Every hall and host that has a limit, with its cameras."""
    halls: dict[str, list[Demand]] = {}
    hosts: dict[str, list[Demand]] = {}
    for demand in demands:
        halls.setdefault(demand.hall, []).append(demand)
        if demand.host:
            hosts.setdefault(demand.host, []).append(demand)
    for hall, members in halls.items():
        limit = limits.of_hall(hall)
        if limit is not None:
            yield f"hall {hall}", members, limit, mbit_s
    for host, members in hosts.items():
        most = limits.of_host(host)
        if most is not None and len(members) > most:  # as many connections as cameras are never too many
            yield f"host {host}", members, most, connections


def _fit(members: Sequence[Demand], means: dict[str, Means], limit: float, cost: Cost, start: int) -> int | None:
    """Changes the means of these cameras until they fit; where the next term begins, if some were left out."""

    def taken(way: Way | None = None, stretch: float = 1.0) -> dict[str, float]:
        return {
            one.id: cost(one, way or means[one.id].way, max(stretch, means[one.id].stretch))
            for one in members
            if means[one.id].way is not Way.LEFT_OUT
        }

    def saving(one: Demand) -> float:
        return cost(one, Way.STREAM, 1.0) - cost(one, one.cheap, 1.0)

    total = sum(taken().values())
    streams = [one for one in members if means[one.id].way is Way.STREAM]
    patient = [one for one in streams if one.cadence_s >= LEAST_PAUSE * one.look_s or one.cheap is Way.SNAPSHOT]
    for one in sorted(patient, key=lambda one: (-round(saving(one), 1), -one.cadence_s)):  # noise shall not reorder
        if total <= limit:
            break
        if saving(one) > 0:
            means[one.id] = Means(one.cheap, means[one.id].stretch)
            total -= saving(one)
    if total <= limit:
        return None
    for one in streams:  # the impatient, too: stretched, even they have the time to leave
        means[one.id] = Means(one.cheap, means[one.id].stretch)
    return _rarely(members, means, limit, taken, start)


def _rarely(
    members: Sequence[Demand],
    means: dict[str, Means],
    limit: float,
    taken: Callable[[Way | None, float], dict[str, float]],
    start: int,
) -> int | None:
    """Stretches the cadences of these cameras, and leaves some out if that is not enough."""
    low, high = 1.0, RAREST
    costs = taken(None, RAREST)
    dear = {id for id, cost in costs.items() if cost > limit}
    if len(dear) < len(costs):  # or its turn would be that of nobody else
        for id in dear:
            means[id] = Means(Way.LEFT_OUT, means[id].stretch)
            del costs[id]
    following = None
    if sum(costs.values()) > limit:
        kept = _chosen(list(costs), costs, limit, start)
        following = (start + len(kept)) % len(costs)
        for id in costs:
            if id not in kept:
                means[id] = Means(Way.LEFT_OUT, means[id].stretch)
    while sum(taken(None, high).values()) > limit:  # the only one that is left may be too much, too
        high *= 2
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (low, middle) if sum(taken(None, middle).values()) <= limit else (middle, high)
    for one in members:
        if means[one.id].way is not Way.LEFT_OUT:
            means[one.id] = Means(means[one.id].way, max(high, means[one.id].stretch))
    return following


def _chosen(ids: Sequence[str], costs: Mapping[str, float], limit: float, start: int) -> set[str]:
    """As many as fit, one after the other from `start` on and round again; always at least one."""
    kept: set[str] = set()
    total = 0.0
    for turn in range(len(ids)):
        id = ids[(start + turn) % len(ids)]
        if kept and total + costs[id] > limit:
            break
        kept.add(id)
        total += costs[id]
    return kept
