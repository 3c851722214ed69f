"""Processes of a measurement: they end with whoever started them, and their trees are weighed while they run."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""
STOP_S = 10.0
"""How long a process may take to stop before it is killed."""
GLANCE_S = 0.2
"""Between two looks at whether what is waited for has come."""
WEIGH_S = 1.0
"""Between two looks at the memory of what is measured."""


class ChildEnded(Exception):
    """A process ended while it was needed: which, expected, found."""


class TooLong(Exception):
    """What was waited for did not come: which, expected, found."""


class Child:
    """A program that runs beside us; a context manager that ends it."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        """Starts it; what it complains of goes to the file `log`, what it prints as JSON lines is kept in `told`."""
        self.name = name
        self.told: Mapping[str, Any] = {}
        """The newest line it printed."""
        self._log = log
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=file,
                start_new_session=True,
                preexec_fn=_ends_with_parent(),
            )
        self._reader = threading.Thread(target=self._read, name=f"{name}-told", daemon=True)
        self._reader.start()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.ask_to_stop()
        self.stop()

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        if self._process.returncode is None and self._process.poll() is not None:
            self._sweep()
        return self._process.returncode is None

    def require_alive(self) -> None:
        """Raises ChildEnded with the last thing it complained of."""
        if not self.alive:
            lines = self._log.read_text("utf-8", "replace").strip().splitlines()
            last = lines[-1] if lines else "without a word"
            raise ChildEnded(f"{self.name}: expected it to run, found it ended with {self._process.returncode}: {last}")

    def hear_out(self) -> None:
        """Waits for the last line of one that has ended."""
        if not self.alive:
            self._reader.join()

    def ask_to_stop(self) -> None:
        """Asks only: many can be asked before the first is waited for."""
        if self.alive:
            self._process.terminate()

    def stop(self) -> None:
        """Waits until it has stopped, and kills it if it does not, with whatever it has left behind."""
        if self._process.returncode is None:
            try:
                self._process.wait(STOP_S)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                self._process.kill()
                self._process.wait()
            self._sweep()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _sweep(self) -> None:
        """At once after its end, while its number is nobody else's: what is left of the session that it led."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with suppress(ValueError):  # a library may print, too
                self.told = json.loads(line)


def tell(**line: object) -> None:
    """In a child: one JSON line for whoever started it."""
    print(json.dumps(line), flush=True)


@contextmanager
def many(children: Iterator[Child]) -> Iterator[list[Child]]:
    """Several, asked to stop together at the end."""
    started: list[Child] = []
    try:
        for child in children:
            started.append(child)  # noqa: PERF402 - those before one that cannot be started are ended, too
        yield started
    finally:
        for child in started:
            child.ask_to_stop()
        for child in started:
            child.stop()


@dataclass(frozen=True, slots=True)
class Usage:
    """What the trees of some children have used since they began; those that have ended are left out."""

    cpu_s: Mapping[int, float]
    """User and system time by child (its process number), everything below it included, ended or not."""
    rss_mb: float
    """Resident now, summed; pages that processes share count in each."""
    written: Mapping[int, int]
    """Bytes handed to write(2), by process."""


def usage(children: Sequence[Child]) -> Usage:
    """What the trees of these children have used."""
    import psutil

    cpu: dict[int, float] = {}
    written: dict[int, int] = {}
    rss = 0
    for root, process in _trees({child.pid for child in children if child.alive}):
        try:
            times, memory, io = process.cpu_times(), process.memory_info(), process.io_counters()
        except psutil.NoSuchProcess:  # ended this moment; its parent's times will hold its own
            continue
        cpu[root] = cpu.get(root, 0.0) + times.user + times.system + times.children_user + times.children_system
        rss += memory.rss
        written[process.pid] = io.write_chars
    return Usage(cpu, rss / 1e6, written)


def _trees(roots: set[int]) -> Iterator[tuple[int, Any]]:
    """The processes with these numbers and everything below them, each with the number it is below."""
    import psutil

    below = {root: root for root in roots}
    for process in psutil.Process().children(recursive=True):  # parents before their children
        try:
            root = below.get(process.pid) or below.get(process.ppid())
        except psutil.NoSuchProcess:
            continue
        if root is not None:
            below[process.pid] = root
            yield root, process


@dataclass(frozen=True, slots=True)
class Cost:
    """What a group of processes cost over a stretch of time."""

    seconds: float
    cores: float
    """CPU-seconds per second."""
    rss_mb: float
    """The most that was resident at any look, one a second."""
    written: Mapping[int, int]
    """Bytes handed to write(2) in that time, by process."""

    def per_core(self, cameras: float) -> float | None:
        """How many cameras one core could bear; None if no CPU time could be told (the kernel counts 10 ms)."""
        return round(cameras / self.cores, 1) if self.cores else None


def measure(
    seconds: float, groups: Mapping[str, Sequence[Child]], needed: Sequence[Child] | None = None
) -> dict[str, Cost]:
    """Weighs groups of processes over so many seconds; raises ChildEnded when a needed one (all, if None) ends."""
    needed = [child for group in groups.values() for child in group] if needed is None else needed
    began = time.monotonic()
    first = {name: usage(group) for name, group in groups.items()}
    most = {name: one.rss_mb for name, one in first.items()}
    last = first
    while (left := began + seconds - time.monotonic()) > 0:
        time.sleep(min(left, WEIGH_S))
        for child in needed:
            child.require_alive()
        last = {name: usage(group) for name, group in groups.items()}
        most = {name: max(most[name], one.rss_mb) for name, one in last.items()}
    took = time.monotonic() - began
    return {
        name: Cost(
            took,
            sum(now - first[name].cpu_s.get(pid, 0.0) for pid, now in last[name].cpu_s.items()) / took,
            most[name],
            {pid: now - first[name].written.get(pid, 0) for pid, now in last[name].written.items()},
        )
        for name in groups
    }


def until(what: str, come: Callable[[], bool], children: Sequence[Child], limit_s: float) -> None:
    """Waits for something; raises ChildEnded when one of the children ends before, and TooLong after `limit_s`."""
    end = time.monotonic() + limit_s
    while not come():
        for child in children:
            child.require_alive()
        if time.monotonic() > end:
            raise TooLong(f"{what}: expected within {limit_s:g} s, found it had not come")
        time.sleep(GLANCE_S)


def room_for_cameras() -> None:
    """Lets us and our children hold as many files open as the system allows: a connection per camera."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal end what is inside as Ctrl-C does, so that nothing is left behind."""
    before = {}
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ends_with_parent() -> Callable[[], None] | None:
    """For a child before its program begins: the kernel tells it to end when we die, by kill -9 too (Linux)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up here: between fork and exec as little as possible happens
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
