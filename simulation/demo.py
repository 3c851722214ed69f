"""The demonstration: a simulated city and the programs that watch it, as processes of one command.

Everything that runs here is what a site runs: `intake`, `watch`, `notify` and `serve` over a configuration file. The
city is one more process, which they reach only through RTSP and MQTT; this one plays those whom they tell.
"""

import ctypes
import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from config.schema import Settings, load
from dashboards.serve import is_free
from monitor.adapters import alert_records, rating_records
from monitor.adapters.database import open_database
from monitor.lines import alert_line
from simulation import city
from simulation.recipients import Recipients, receiving
from simulation.truth import score

HOST = "127.0.0.1"
RTSP_PORT = 18554
"""Of the simulated cameras, if it is free."""
PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""
RESTART_S = 2.0
"""How long a part that died rests before it is started again."""
STOP_S = 10.0
"""How long a part may take to stop before it is killed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked the demonstration for."""

    halls: int = 3
    cameras: int | None = None
    seed: int = 1
    port: int = 8050
    seconds: float | None = None
    """Stop after this long; None = until interrupted."""
    headless: bool = False
    """Without the boards."""
    as_json: bool = False
    """JSON lines of truth, alerts and ratings on standard output, and the score at the end."""
    detector: str = "openvino"
    directory: Path | None = None
    """Where everything is written and kept; None = a temporary directory that is removed at the end."""


class PortTaken(Exception):
    """The port of the boards is in use."""


@dataclass(slots=True)
class Part:
    """One process of the demonstration; started again when it dies."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    died_at: float | None = field(default=None)

    def tend(self) -> None:
        """Start it, or start it again once it has rested."""
        if self.process is not None and self.process.poll() is not None:
            print(f"{self.name} ended with {self.process.returncode} and is started again", file=sys.stderr)
            self.process, self.died_at = None, time.monotonic()
        if self.process is None and (self.died_at is None or time.monotonic() - self.died_at >= RESTART_S):
            self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=_end_with_parent)

    def stop(self) -> None:
        """Ask it to stop, and kill it if it does not."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            self.process.kill()
            self.process.wait()


def _end_with_parent() -> None:
    """In a part before its program begins: the kernel tells it to end when its parent dies, by kill -9 too (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run(wish: Wish) -> int:
    """Run the demonstration until it is interrupted or its time is over; returns the exit code.

    Raises PortTaken.
    """
    if not wish.headless and not is_free(HOST, wish.port):
        raise PortTaken(f"port {wish.port} on 127.0.0.1: expected it free for the boards, found it in use; try --port")
    with _directory(wish.directory) as directory, receiving() as recipients:
        config, truth = directory / "city.yaml", directory / "truth.jsonl"
        truth.unlink(missing_ok=True)
        plan = configuration(wish, directory, recipients)
        config.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
        settings = load(config)
        with running(_parts(wish, config, truth), truth) as parts:
            if not wish.headless:
                print(f"看板 boards: http://127.0.0.1:{wish.port}   配置 configuration: {config}", file=sys.stderr)
            _follow(wish, settings, parts, truth, recipients)
        if wish.as_json:
            _print({"kind": "score", **_score(settings, truth)})
    return 0


def configuration(wish: Wish, directory: Path, recipients: Recipients) -> dict[str, Any]:
    """The configuration of the simulated city: demo.yaml with generated halls, cameras, devices and people on duty."""
    base: dict[str, Any] = yaml.safe_load((Path(city.__file__).parents[1] / "config" / "demo.yaml").read_text("utf-8"))
    base |= city.plan(wish.halls, wish.cameras, wish.seed, _any_free(RTSP_PORT))
    base["broker"] = {**base["broker"], "port": _any_free(int(base["broker"]["port"]))}
    base["stores"] = {"directory": str(directory)}
    base["board"] = {**base.get("board", {}), "port": wish.port}
    base_url = "" if wish.headless else f"http://{HOST}:{wish.port}"
    base["notices"] = {**base.get("notices", {}), **recipients.settings(directory, base_url)}
    base["detector"] = {**base.get("detector", {}), "kind": wish.detector}
    return base


def _parts(wish: Wish, config: Path, truth: Path) -> list[Part]:
    python = [sys.executable, "-m"]
    parts = [
        Part("city", [*python, "simulation", str(config), "--seed", str(wish.seed), "--truth", str(truth)]),
        Part("intake", [*python, "hallwatch", "intake", str(config)]),
        Part("watch", [*python, "hallwatch", "watch", str(config)]),
        Part("notify", [*python, "hallwatch", "notify", str(config)]),
    ]
    if not wish.headless:
        parts.append(Part("serve", [*python, "hallwatch", "serve", str(config)]))
    return parts


@contextmanager
def running(parts: list[Part], truth: Path) -> Iterator[list[Part]]:
    """The parts, stopped at the end in the reverse order of their start, also by SIGTERM and a closed terminal.

    The city comes first, alone: its pictures are rendered once, and a camera that does not answer yet would be backed
    off from.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
            signal.signal(number, signal.default_int_handler)
    try:
        parts[0].tend()
        while not truth.exists():
            parts[0].tend()
            time.sleep(0.2)
        yield parts
    finally:
        for part in reversed(parts):
            part.stop()


def _follow(wish: Wish, settings: Settings, parts: list[Part], truth: Path, recipients: Recipients) -> None:
    end = None if wish.seconds is None else time.monotonic() + wish.seconds
    engine = open_database(settings.stores.database)
    told: dict[str, object] = {}
    seen = 0
    started = datetime.now(UTC)
    try:
        while end is None or time.monotonic() < end:
            for part in parts:
                part.tend()
            if wish.as_json:
                seen = _tell_truth(truth, seen)
                _tell_records(engine, started, told)
            _tell_notices(recipients, wish.as_json)
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        engine.dispose()


def _tell_truth(truth: Path, seen: int) -> int:
    lines = truth.read_text("utf-8").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    for line in whole[seen:]:
        print(line, end="", flush=True)
    return len(whole)


def _tell_records(engine: Any, started: datetime, told: dict[str, object]) -> None:
    for record in reversed(alert_records.alerts_since(engine, started)):
        alert = record.alert
        if alert.key not in told or told[alert.key] != alert.until:
            line = alert_line(alert, alert.until or alert.opened_at)
            _print({"kind": "alert", "hall": alert.hall, "level": alert.level, **(line or {})})
        told[alert.key] = alert.until
    for rating in rating_records.ratings(engine, started, datetime.now(UTC)):
        key = f"{rating.device}:{rating.boot_id}:{rating.seq}"
        if key not in told:
            told[key] = True
            _print({"kind": "rating", "device": rating.device, "seq": rating.seq, "level": rating.level})


def _tell_notices(recipients: Recipients, as_json: bool) -> None:
    """What the people on duty were told; nobody but this program was."""
    while not recipients.told.empty():
        told = recipients.told.get()
        if as_json:
            _print(told.line())
        else:
            text = told.text.replace("\n", " ")
            print(f"通知 notice → {told.to}: {told.title}  {text}", file=sys.stderr, flush=True)


def _score(settings: Settings, truth: Path) -> Mapping[str, Any]:
    engine = open_database(settings.stores.database)
    try:
        lines = [json.loads(line) for line in truth.read_text("utf-8").splitlines()]
        records = alert_records.alerts_since(engine, datetime.min.replace(tzinfo=UTC))
        return score(lines, [record.alert for record in records], settings)
    finally:
        engine.dispose()


def _print(line: Mapping[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False, default=str), flush=True)


@contextmanager
def _directory(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="hallwatch-demo-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _any_free(port: int) -> int:
    """This port if it is free, otherwise one that is."""
    if is_free(HOST, port):
        return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
