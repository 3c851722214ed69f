"""Watching: the halls of a shard from their cameras to alerts, wired together."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from hallwatch_wiring import finder_of, stopping

if TYPE_CHECKING:
    from camera_ingest.budget import Coverage
    from camera_ingest.figures import Figures
    from camera_ingest.fleet import Fleet
    from config.settings import Settings
    from monitor.alerts import Alert
    from monitor.desk import Desk
    from monitor.known import Known
    from monitor.live import Pace, Reception
    from monitor.memory import Memory

RECENT = timedelta(hours=24)
"""What ended so lately may still be open in what a desk remembers."""
MINUTE_S = 60.0
"""Over which the board is told how many looks were in time."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a shard has done since its start."""

    fleet: Figures
    analysed: int
    """Looks that went through the network."""
    passed: int
    """Looks that showed the same as the last analysed one."""
    cpu_s: Mapping[str, float]
    """CPU seconds by step: receive, decode, health, detect, judge, report."""
    coverage: Mapping[str, Coverage]
    """By hall: what the network lets be seen."""


def shard_of(settings: Settings, number: int, of: int) -> Settings:
    """The k-th of n shards: every n-th hall with its cameras."""
    halls = settings.halls[number - 1 :: of]
    ids = {hall.id for hall in halls}
    return replace(settings, halls=halls, cameras=tuple(one for one in settings.cameras if one.hall in ids))


def desks_of(
    settings: Settings,
    known: Callable[[str], Known],
    alerts: Sequence[Alert] = (),
    remembered: Callable[[str], Memory | None] = lambda hall: None,
) -> list[Desk]:
    """A desk per hall. `known` and `remembered`: of a hall; `alerts`: see `Desk`."""
    from monitor.desk import Desk

    return [
        Desk(
            settings.hours[hall.id],
            settings.cameras,
            settings.regions,
            settings.thresholds,
            partial(known, hall.id),
            alerts,
            remembered(hall.id),
        )
        for hall in settings.halls
    ]


def watch_halls(
    settings: Settings, number: int, told: Callable[[Work], object] = lambda work: None, gated: bool = True
) -> None:
    """Watch until a signal to end. `number` is the shard's; `told` hears once a second what was done until then.

    `gated` False: every look goes through the network. Raises `Missing` and what the stores raise.
    """
    import cv2

    from camera_ingest.fleet import Fleet
    from monitor import flow
    from monitor.adapters import alert_records, coverage_records, shard
    from monitor.adapters.database import open_database
    from monitor.adapters.draws import Draws
    from monitor.adapters.healths import Healths
    from monitor.adapters.hearing import subscriptions
    from monitor.adapters.mqtt import Bus
    from monitor.adapters.static_maps import StaticMaps
    from monitor.adapters.telemetry import SqliteTelemetry
    from monitor.album import Album, Room
    from monitor.attention import Attention
    from monitor.calendar import today
    from monitor.messages import Registry
    from monitor.scenery import Scenery

    cv2.setNumThreads(1)  # pictures are small: waking a second thread costs more than it saves
    halls = [hall.id for hall in settings.halls]
    engine, finder = open_database(settings.stores.database), finder_of(settings)
    hearing = shard.Hearing(engine, halls)
    memories = shard.Memories(settings.stores.memories)
    recent = alert_records.alerts_since(engine, datetime.now(UTC) - RECENT, halls)
    desks = desks_of(settings, hearing.known, [one.alert for one in recent], memories.read)
    covered = coverage_records.read(engine, halls, today(datetime.now(UTC)), today(datetime.now(UTC)))
    for desk in desks:  # what was covered before goes on, also where nothing else is remembered
        desk.coverage = desk.coverage or dict(covered[desk.hall.id])
    stills = {one.alert.key: one.stills for one in recent}
    room = Room.of(len(settings.cameras))
    albums = {hall: Album(settings.stores.evidence, room) for hall in halls}
    for album in albums.values():
        album.remember(stills)
    healths = Healths(settings.stores.healths, settings.regions)
    fleet = Fleet(settings.cameras, settings.reception, recall=healths.read, keep=healths.write, awake=_awake(settings))
    recorder = shard.Recorder(engine)
    maps, attention, steps = StaticMaps(settings.stores.static_maps), Attention(finder.find, gated), Steps()
    with (
        stopping(fleet.stop),
        Bus(settings.broker, f"hallwatch-watch-{number}", subscriptions(settings.halls)) as bus,
        SqliteTelemetry(settings.stores.telemetry) as telemetry,
        shard.Projection(telemetry) as projection,
        hearing.heard(bus, Registry.of(settings.halls, settings.devices, settings.scales)),
        recorder.recording(),
        fleet,
    ):
        beat = Beat(
            lambda: Work(fleet.figures(), attention.analysed, attention.passed, steps.cpu_s, fleet.coverage()), told
        )
        received = partial(_reception, fleet, beat, {desk.hall.id: tuple(desk.cameras) for desk in desks})
        reporter = shard.Reporter(bus, finder.name, finder.demo, albums, beat.pace, received)
        retention = shard.Retention(engine, settings.stores.evidence)

        def report(desk: Desk, at: datetime) -> None:
            beat.turn(time.monotonic())
            reporter.report(desk, at)
            projection.project(desk, at)
            memories.keep(desk)
            recorder.cover(desk, at)
            retention.retain(at)

        pairs = [(desk, albums[desk.hall.id]) for desk in desks]
        scenery = Scenery(maps.read, maps.write)
        draws = Draws(engine, settings.stores.evidence, settings.stores.memories / "draws", halls)
        try:
            flow.watch(
                fleet.samples(),
                pairs,
                attention,
                scenery,
                lambda looks: None,
                recorder.record,
                report,
                steps.spent,
                draws.offer,
            )
        finally:
            draws.close()


def _reception(fleet: Fleet, beat: Beat, cameras: Mapping[str, Sequence[str]], hall: str) -> Reception:
    """What the boards are told of a hall's cameras besides whether they see."""
    from monitor.live import Reception, WrongClock

    clocks = [(camera, fleet.health(camera).clock) for camera in cameras[hall]]
    return Reception(
        unwatched=beat.coverage[hall].left_out if hall in beat.coverage else 0,
        clocks=tuple(
            WrongClock(camera, clock.off_s, clock.wrong_since)
            for camera, clock in clocks
            if clock.wrong and clock.off_s is not None
        ),
    )


def _awake(settings: Settings) -> Callable[[str, datetime], bool]:
    """Whether a hall is in service, or was or will be within half an hour."""
    from monitor.scenery import is_closed

    return lambda hall, at: not is_closed(settings.hours[hall], at)


class Steps:
    """CPU seconds of the steps that follow the fleet."""

    def __init__(self) -> None:
        self.cpu_s: dict[str, float] = {}

    def spent(self, step: str, seconds: float) -> None:
        """One step was done."""
        self.cpu_s[step] = self.cpu_s.get(step, 0.0) + seconds


class Beat:
    """Takes stock once a second, and says how well the last minute went."""

    def __init__(self, work: Callable[[], Work], told: Callable[[Work], object]) -> None:
        self._work = work
        self._told = told
        self._next = 0.0
        self.coverage: Mapping[str, Coverage] = {}
        """By hall, as of the last beat."""
        self._minute: deque[tuple[float, Figures]] = deque()

    def turn(self, now: float) -> None:
        """Take stock if it is time; monotonic seconds."""
        if now < self._next:
            return
        self._next = now + 1
        work = self._work()
        self.coverage = work.coverage
        self._minute.append((now, work.fleet))
        while now - self._minute[0][0] > MINUTE_S:
            self._minute.popleft()
        self._told(work)

    def pace(self) -> Pace:
        """What the board is told; the share in time not before half a minute is over."""
        from monitor.live import Pace

        if not self._minute:
            return Pace()
        (began, before), (now, after) = self._minute[0], self._minute[-1]
        due = after.due - before.due - (after.blind - before.blind)  # a camera that cannot see is no matter of pace
        known = due > 0 and now - began >= MINUTE_S / 2
        return Pace(after.stretch, min(1.0, (after.on_time - before.on_time) / due) if known else None)
