"""Cameras that fall ill and recover by a schedule: `python -m tests.faults_cameras`, a process of its own.

The schedule is a value, so that whoever watches the cameras knows what befalls them and when.
"""

import argparse
import asyncio
import json
import random
import resource
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from math import inf
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from camera_ingest.sample import Picture
from simulation.rtsp_server import Fault, Gop, Story, serve
from tests.camera_ingest.synthetic import encode

FPS, FRAMES = 5, 10
NOISE = 1.5
"""Of the sensor, as a standard deviation of 0..255."""
KINDS = (
    Fault.DIE, Fault.STALL, Fault.GARBAGE, Fault.MUTE, Fault.UNAUTHORISED, Fault.NOT_FOUND, Fault.BAD_SDP, Fault.FLAP,
)  # fmt: skip
TILE = 20
"""Pixels: the side of the tiles that a room is made of."""
TURNS = 11
"""Different GOPs of each place: no usual cadence meets the same one twice in a row."""
PLACES = 2
"""Different pictures that the cameras show."""


class Spell(NamedTuple):
    """A time in which a camera is ill; seconds since the schedule's zero."""

    start: float
    end: float
    fault: Fault


@dataclass(frozen=True)
class Trouble:
    """What befalls which camera and when, in seconds since zero: faults of a share of them, then of all at once."""

    cameras: int
    seed: int
    share: float = 0.3
    begins: float = inf
    """From here on faults come …"""
    ends: float = inf
    """… and after this none begins."""
    restart: float = inf
    """All cameras are gone (a switch is started again) …"""
    down: float = 5.0
    """… for so long."""
    ill: tuple[float, float] = (30.0, 60.0)
    well: tuple[float, float] = (75.0, 120.0)
    """Least and most of a spell, and of the time between two."""

    @cached_property
    def ailing(self) -> frozenset[int]:
        """The numbers of the cameras that have faults."""
        dice = random.Random(self.seed)
        return frozenset(dice.sample(range(self.cameras), round(self.share * self.cameras)))

    @cached_property
    def spells(self) -> dict[int, list[Spell]]:
        """Of each ailing camera its spells; one kind of fault per camera, all kinds alike often."""
        return {
            number: list(self._spells(number, KINDS[turn % len(KINDS)]))
            for turn, number in enumerate(sorted(self.ailing))
        }

    def fault(self, number: int, at: float) -> Fault | None:
        """What a camera suffers at a time."""
        if self.restart <= at < self.restart + self.down:
            return Fault.DIE
        spells = self.spells.get(number)
        place = bisect_right(spells, (at,)) - 1 if spells else -1
        if not spells or place < 0 or at >= spells[place].end:
            return None
        return spells[place].fault

    def _spells(self, number: int, fault: Fault) -> Iterator[Spell]:
        dice = random.Random(f"{self.seed} {number}")
        at = self.begins + dice.uniform(0, self.ill[1])
        while at < min(self.ends, self.begins + 86_400):
            end = min(at + dice.uniform(*self.ill), self.ends)
            yield Spell(at, end, fault)
            at = end + dice.uniform(*self.well)


def gops(width: int = 640, height: int = 360) -> list[list[Gop]]:
    """By place: a room in which something moves, two seconds each, with about as many bytes as a hall's sub-stream.

    No two are alike, for a camera that always shows the same is frozen.
    """
    drawn = []
    for place in range(PLACES):
        dice = np.random.default_rng(place)
        tiles = dice.integers(40, 200, (height // TILE, width // TILE, 3), np.uint8)
        room = cv2.resize(tiles, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.float32)
        drawn.append([Gop(encode(list(_moving(room, dice)), fps=FPS), FPS) for _ in range(TURNS)])
    return drawn


def _moving(room: NDArray[np.float32], dice: np.random.Generator) -> Iterator[Picture]:
    height, width = room.shape[:2]
    left, top = int(dice.integers(0, width - width // 4)), int(dice.integers(0, height - height // 4))
    for frame in range(FRAMES):
        shown = room + dice.normal(0, NOISE, room.shape).astype(np.float32)
        shown[top : top + height // 4, left + 4 * frame : left + 4 * frame + width // 10] = 230
        yield np.clip(shown, 0, 255).astype(np.uint8)


def story(gops: list[Gop]) -> Story:
    """One after the other, for ever."""
    return lambda number: gops[number % len(gops)]


def main() -> None:
    """Prints the port, reads the schedule's zero (POSIX seconds), and plays until its standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trouble", type=json.loads, help="a Trouble as JSON")
    chosen = parser.parse_args()
    trouble = Trouble(**chosen.trouble)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    places = gops()
    streams = {f"/c{number}": story(places[number % PLACES]) for number in range(trouble.cameras)}

    zero = inf

    def fault(path: str, now: datetime) -> Fault | None:
        return trouble.fault(int(path[2:] or 0), now.timestamp() - zero)

    async def play() -> None:
        nonlocal zero
        cameras = asyncio.create_task(serve(streams, faults=fault, ready=lambda port: print(port, flush=True)))
        zero = float(await asyncio.to_thread(sys.stdin.readline) or inf)
        await asyncio.to_thread(sys.stdin.read)
        cameras.cancel()

    asyncio.run(play())


def written(trouble: Trouble) -> str:
    """As `main` reads it."""
    return json.dumps({name: value for name, value in asdict(trouble).items() if value != inf})


if __name__ == "__main__":
    main()
