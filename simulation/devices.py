"""Devices: the rating devices, windows and call systems of a simulated city, speaking real MQTT.

Every rating device has a connection of its own, because a will belongs to a connection; the windows and the zones of a
hall speak through one, as a hall's calling system does. All of them are driven by one thread.
"""

import random
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from monitor.devices import Device, DeviceType
from monitor.places import Hall
from monitor.ratings import Channel, Scale
from monitor.window_states import Service
from simulation.calls import CallSystem
from simulation.chapter import Given
from simulation.connection import Connection, Message, written
from simulation.outbox import Outbox
from simulation.script import Script
from simulation.truth import Line

MISHAP_S = 180.0
"""About as often some device says something nobody can understand."""
STATE_S = 180
"""How often a call system says how many wait, changed or not."""
CHANNELS = {
    DeviceType.BUTTON: Channel.BUTTON,
    DeviceType.TABLET: Channel.TABLET,
    DeviceType.QR: Channel.QR,
    DeviceType.TERMINAL: Channel.TERMINAL,
}
MODELS = {
    DeviceType.BUTTON: "SIM-5K",
    DeviceType.TABLET: "SIM-PAD",
    DeviceType.QR: "SIM-QR",
    DeviceType.TERMINAL: "SIM-TERMINAL",
}


class Devices:
    """All devices, windows and call systems of a city."""

    def __init__(self, script: Script, address: tuple[str, int], began: datetime, scales: Mapping[str, Scale]) -> None:
        """`address`: host and port of the broker; `began`: when the script's second 0 was."""
        self._script, self._began, self._scales = script, began, scales
        self._halls = {hall.id: hall for hall in script.city.halls}
        self._states: dict[tuple[str, str], tuple[Service, str]] = {}
        self._said_until = self._mishap_after = 0.0
        self._outboxes: dict[str, Outbox] = {}
        self._raters = {
            (device.hall, device.window): (device, self._rater(device, address)) for device in script.city.devices
        }
        self.calls = {
            (hall.id, zone.id): CallSystem(script, hall, zone, began)
            for hall in script.city.halls
            for zone in hall.zones
        }
        """By hall and zone."""
        self._callers = [self._caller(hall, address) for hall in script.city.halls]

    @property
    def waiting(self) -> int:
        """How many events nobody has acknowledged."""
        return sum(outbox.waiting for outbox in self._outboxes.values())

    def step(self, now: float) -> Iterator[Line]:
        """Say what is due at `now` (seconds since the start); gives the truth of what was said."""
        for hall in self._halls.values():
            self._declare(hall, now)
            self._call(hall, now)
        for hall_id, window, given in list(self._script.ratings(self._said_until, now)):
            if (hall_id, window) in self._raters:
                yield self._rate(self._raters[hall_id, window][0], given, now)
        if now // MISHAP_S > self._mishap_after // MISHAP_S:
            yield self._mishap(now)
        self._said_until = self._mishap_after = now
        for connection in (*(link for _, link in self._raters.values()), *self._callers):
            connection.step(now)

    def close(self) -> None:
        """Every device says that it goes offline."""
        for device, connection in self._raters.values():
            prefix = self._prefix(device)
            connection.close({f"{prefix}/status": self._status("offline", prefix) | {"reason": "stopped"}})
        for caller in self._callers:
            caller.close({})

    def _prefix(self, device: Device) -> str:
        return f"zwjc/v1/{self._halls[device.hall].area}/{device.hall}/{device.type}/{device.id}"

    def _outbox(self, prefix: str) -> Outbox:
        self._outboxes[prefix] = Outbox(secrets.token_hex(4))
        return self._outboxes[prefix]

    def _time(self, second: float) -> str:
        return (self._began + timedelta(seconds=second)).isoformat(timespec="milliseconds")

    def _status(self, state: str, prefix: str) -> Message:
        return {"schema": "status/1", "state": state, "boot_id": self._outboxes[prefix].boot_id}

    def _rater(self, device: Device, address: tuple[str, int]) -> Connection:
        prefix = self._prefix(device)
        outbox = self._outbox(prefix)
        meta = {
            "schema": "meta/1",
            "dev_id": device.id,
            "model": MODELS[device.type],
            "fw": "1.0.0",
            "boot_id": outbox.boot_id,
            "scale_id": device.scale_id,
            "window": device.window,
            "tz": "+08:00",
            "sent_at": self._time(0),
        }
        birth = {
            f"{prefix}/status": self._status("online", prefix) | {"at": self._time(0)},
            f"{prefix}/meta": meta,
        }
        will = f"{prefix}/status", self._status("offline", prefix) | {"reason": "lwt"}
        return Connection(device.id, address, {prefix: outbox}, birth, will)

    def _caller(self, hall: Hall, address: tuple[str, int]) -> Connection:
        prefixes = [
            f"zwjc/v1/{hall.area}/{hall.id}/window/{window.id}"
            for window in hall.windows
            if (hall.id, window.id) not in self._script.city.silent
        ]
        prefixes += [f"zwjc/v1/{hall.area}/{hall.id}/queue/{zone.id}" for zone in hall.zones]
        outboxes = {prefix: self._outbox(prefix) for prefix in prefixes}
        return Connection(f"calls-{hall.id}", address, outboxes, {})

    def _declare(self, hall: Hall, now: float) -> None:
        """Every window whose state has changed says so."""
        for window in hall.windows:
            state = self._script.state(hall.id, window, now)
            if state is None or self._states.get((hall.id, window.id)) == state:
                continue
            self._states[hall.id, window.id] = state
            body = {"schema": "window/1", "state": str(state[0]), "reason": state[1], "at": self._time(now)}
            self._outboxes[f"zwjc/v1/{hall.area}/{hall.id}/window/{window.id}"].add("tele/state", body, now)

    def _call(self, hall: Hall, now: float) -> None:
        """What has happened to tickets since `step` was called last; now and then how many wait."""
        for place, zone in enumerate(hall.zones):
            calls, outbox = (
                self.calls[hall.id, zone.id],
                self._outboxes[f"zwjc/v1/{hall.area}/{hall.id}/queue/{zone.id}"],
            )
            for told in calls.step(now):
                body = {"schema": "ticket/1", "ts": self._time(told.at), "clock": "ntp", "buffered": False}
                body |= {"event": str(told.event), "ticket": told.ticket, "window": told.window}
                outbox.add("evt/ticket", body, now)
            if (now + 7 * place) // STATE_S > (self._said_until + 7 * place) // STATE_S or not self._said_until:
                state = {"waiting": len(calls.waiting), "oldest_s": round(calls.oldest_s(now), 1)}
                outbox.add("tele/state", {"schema": "queue/1", "at": self._time(now), **state}, now)

    def _rate(self, device: Device, given: Given, now: float) -> Line:
        outbox = self._outboxes[self._prefix(device)]
        event_id = f"{device.id}.{outbox.boot_id}.{outbox.last + 1}"
        event = outbox.add("evt/rating", self._rating(device, given) | {"event_id": event_id}, now)
        return {
            "at": self._time(given.at),
            "kind": "rating",
            "hall": device.hall,
            "place": device.window,
            "device": device.id,
            "boot_id": outbox.boot_id,
            "seq": event.seq,
            "event_id": event_id,
            "level": given.level,
        }

    def _rating(self, device: Device, given: Given) -> Message:
        raw = next(raw for raw, level in self._scales[device.scale_id].levels.items() if level == given.level)
        body: Message = {
            "schema": "rating/1",
            "dev_id": device.id,
            "ts": self._time(given.at),
            "clock": "ntp",
            "uptime_ms": round(given.at * 1000),
            "buffered": False,
            "ts_accuracy_s": 1,
            "channel": str(CHANNELS[device.type]),
            "scale_id": device.scale_id,
            "raw": raw,
            "window": device.window,
            "test": False,
        }
        if device.type is DeviceType.TABLET:
            number = round(given.at) % 10_000
            day = (self._began + timedelta(seconds=given.at)).strftime("%Y%m%d")
            body |= {
                "tags": list(given.tags),
                "text": "",
                "ticket": f"A{number % 1000:03d}",
                "project_no": f"11371000MBSIM0001X4000117051000{day}{number:04d}",
                "service_no": 1,
                "assess_no": 1,
                "eval_process": 2,
                "named": True,
                "rater_hash": f"sha256:{number:08x}",
            }
        return body

    def _mishap(self, now: float) -> Line:
        """Some device says something nobody can understand: half a message, or a value its scale does not have."""
        dice = random.Random(f"{self._script.city.seed} {now // MISHAP_S}")
        device, connection = dice.choice(list(self._raters.values()))
        body = self._rating(device, Given(now, 5, ()))
        line = {"at": self._time(now), "kind": "malformed", "hall": device.hall, "device": device.id}
        prefix = self._prefix(device)
        if dice.random() < 0.5:
            connection.say(f"{prefix}/evt/rating", written(body)[:70])
            return line | {"fault": "half a message"}
        event = self._outboxes[prefix].add("evt/rating", body | {"raw": "99"}, now)
        return line | {"fault": "unknown value", "boot_id": self._outboxes[prefix].boot_id, "seq": event.seq}
