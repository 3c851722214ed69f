"""Tries mutants, each in a fork of one process that has imported and collected everything.

A fork begins where no test has run yet, and there a function is given the code of its mutant: nothing leaks from one
into another. First every test runs alone, to see which functions it calls and that it passes; then of each mutant
only the tests that call its function, those first that noticed its neighbours, until one fails. Only that is a kill, or
that a test needs far more CPU than it did.
"""

import gc
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from textwrap import indent
from types import FrameType, FunctionType
from typing import Any

import pytest

MORE_CPU = 10
"""A test that needs so many times its CPU under a mutant, and …"""
CPU_S = 2
"""… so many seconds on top, is taken for endless."""
WALL_S = 1800
"""A fork that waits for something ends after that, and nothing is concluded."""
MEMORY = 4 << 30
"""Bytes that a fork may add."""


def found(module: str, function: str) -> FunctionType:
    """A function or a method, without what decorates it."""
    held: Any = import_module(module)
    for name in function.split("."):
        held = vars(held)[name]
    held = getattr(held, "fget", held)  # of a property
    held = getattr(held, "__wrapped__", held)  # of a cached function
    assert isinstance(held, FunctionType), (module, function)
    return held


def put(mutant: dict[str, str]) -> None:
    """Give a function the code of its mutant, in this process and for good."""
    function, source = found(mutant["module"], mutant["function"]), mutant["source"]
    made: dict[str, Any] = {}
    if "." in mutant["function"]:
        source = f"class it:\n{indent(source, '    ')}"
    exec(compile(source, f"<{mutant['change']}>", "exec"), function.__globals__, made)
    (new,) = made.values()
    if "." in mutant["function"]:
        new = vars(new)[mutant["function"].rpartition(".")[2]]
    function.__code__, function.__defaults__ = new.__code__, new.__defaults__
    function.__kwdefaults__ = new.__kwdefaults__


class Trials:
    """What happens instead of the tests, once pytest has collected them."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.mutants: dict[str, dict[str, str]] = job["mutants"]
        self.items: dict[str, pytest.Item] = {}
        self.failed = ""
        """Of this fork: the test that failed, and how."""
        self.calls: dict[str, set[str]] = {}
        """By test: the functions with mutants that it calls."""
        self.took: dict[str, float] = {}
        """By test: seconds of CPU, alone."""
        self.noticed: dict[str, list[str]] = {}
        """By function: the tests that noticed a mutant of it, the last one first."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the first failure."""
        if report.failed and not self.failed:
            lines = report.longreprtext.strip().splitlines()
            self.failed = json.dumps([report.nodeid, lines[-1][:200] if lines else ""])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every mutant of the job."""
        if session.testsfailed:
            pytest.exit("the tests: expected all of them to be collected", 3)
        self._forget()
        gc.collect()
        gc.freeze()  # or every fork would copy what it walks over
        self.items = {item.nodeid: item for item in session.items}
        for test, said, status in forks(self.items, self._alone, self.job["workers"]):
            if said is None or said["failed"]:
                pytest.exit(f"without a mutant: expected a pass, found {said or status} of {test}", 3)
            self.calls[test], self.took[test] = set(said["calls"]), said["took"]
        for _, said, status in forks([""], self._tried, 1):
            if said is None or said["failed"]:
                pytest.exit(f"without a mutant: expected a pass, found {said or status}", 3)
        with Path(self.job["told"]).open("a", encoding="utf-8") as told:
            for name, said, status in forks(self.mutants, self._tried, self.job["workers"]):
                told.write(json.dumps({"name": name} | self._end(name, said, status), ensure_ascii=False) + "\n")
                told.flush()
        return True

    @cached_property
    def functions(self) -> dict[Any, str]:
        """By their code: the functions of which there are mutants."""
        names = {(one["module"], one["function"]) for one in self.mutants.values()}
        return {found(*name).__code__: ".".join(name) for name in names}

    def _forget(self) -> None:
        """What was computed and cached while the tests were collected was computed without a mutant."""
        for module in {one["module"] for one in self.mutants.values()}:
            for held in vars(import_module(module)).values():
                if hasattr(held, "cache_clear"):
                    held.cache_clear()

    def _function(self, name: str) -> str:
        return f"{self.mutants[name]['module']}.{self.mutants[name]['function']}"

    def _end(self, name: str, said: dict[str, Any] | None, status: int) -> dict[str, Any]:
        """How a mutant ended: killed, endless, survived, not called or unclear."""
        if said is None:
            endless = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
            return {"end": "endless"} if endless else {"end": "unclear", "by": f"status {status}"}
        more = {"cpu_s": round(said["took"], 2)}
        if not said["failed"]:
            return {"end": "survived" if said["tests"] else "not called"} | more
        test, how = json.loads(said["failed"])
        before = self.noticed.setdefault(self._function(name), [])
        self.noticed[self._function(name)] = [test, *(one for one in before if one != test)]
        return {"end": "killed", "by": test, "how": how} | more

    def _order(self, name: str) -> list[str]:
        """The tests that call a mutant's function: those that noticed its neighbours, then the quick ones."""
        wanted = self._function(name)
        first = self.noticed.get(wanted, [])
        calling = [one for one, called in self.calls.items() if wanted in called]
        return sorted(calling, key=lambda one: (first.index(one) if one in first else len(first), self.took[one]))

    def _alone(self, test: str) -> dict[str, Any]:
        """Run one test and see what it calls."""
        calls: set[str] = set()
        functions = self.functions

        def see(frame: FrameType, event: str, argument: object) -> None:
            if frame.f_code in functions:
                calls.add(functions[frame.f_code])

        item, begun = self.items[test], time.process_time()
        sys.settrace(see)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        sys.settrace(None)
        return {"calls": sorted(calls), "took": time.process_time() - begun, "failed": self.failed}

    def _tried(self, name: str) -> dict[str, Any]:
        """Run the tests of a mutant until one fails; without a name all of them as they are."""
        order = self._order(name) if name else list(self.items)
        if name:
            put(self.mutants[name])
        begun = time.process_time()
        items = [self.items[test] for test in order]
        for item, following in zip_longest(items, items[1:]):
            signal.setitimer(signal.ITIMER_PROF, CPU_S + MORE_CPU * self.took[item.nodeid])
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                break
        return {"tests": len(order), "failed": self.failed, "took": time.process_time() - begun}


def forks(
    tasks: Iterable[str], work: Callable[[str], dict[str, Any]], workers: int
) -> Iterator[tuple[str, dict[str, Any] | None, int]]:
    """Work on each task in a fork: what it said (None = it died) and its status; so many at a time."""
    left, running = iter(tasks), dict[int, tuple[str, tempfile.TemporaryDirectory[str]]]()
    while True:
        while len(running) < workers and (task := next(left, None)) is not None:
            root = tempfile.TemporaryDirectory(prefix="hallwatch-mutant-", ignore_cleanup_errors=True)
            pid = os.fork()
            if pid == 0:
                _work(task, work, Path(root.name))
            running[pid] = task, root
        if not running:
            return
        pid, status = os.wait()
        task, root = running.pop(pid)
        said = Path(root.name) / "said.json"
        with root:
            yield task, json.loads(said.read_text("utf-8")) if said.exists() else None, status


def _work(task: str, work: Callable[[str], dict[str, Any]], root: Path) -> None:
    try:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(root)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        signal.alarm(WALL_S)
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
        said = json.dumps(work(task))
        (root / "said.part").write_text(said, "utf-8")
        (root / "said.part").rename(root / "said.json")
    finally:
        os._exit(0)


OPTIONS = ("-q", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib -p no:dash", "-o", "timeout=0")


def main(job: dict[str, Any]) -> int:
    """Try the mutants of a job, or run the tests as usual under the one that it names under `alone`."""
    if "alone" in job:
        put(job["mutants"][job["alone"]])
        return int(pytest.main([*OPTIONS, "-x", *job["tests"]]))
    return int(pytest.main([*OPTIONS, *job["tests"]], plugins=[Trials(job)]))


if __name__ == "__main__":
    sys.exit(main(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
