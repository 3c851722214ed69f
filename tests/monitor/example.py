"""One hall with two windows and three devices, and messages in their words."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

import config
from monitor.devices import Device, DeviceType
from monitor.messages import Message, Registry
from monitor.places import Hall, HallLevel, Window, Zone
from monitor.ratings import Channel, Rating, Scale

NOW = datetime(2026, 11, 20, 2, 3, 11, tzinfo=UTC)
SCALES = {
    scale["id"]: Scale(**scale)
    for scale in yaml.safe_load((Path(config.__file__).parent / "scales.yaml").read_text())["scales"]
}
HALL = Hall(
    id="hc01",
    name="环翠区政务服务中心",
    area="371002",
    level=HallLevel.DISTRICT,
    segments=(),
    zones=(Zone("za", "综合受理区"),),
    windows=(Window("w001", "01 综合受理", "za"), Window("w002", "02 综合受理", "za")),
)
BUTTON = Device("btn-hc01-w001", "hc01", DeviceType.BUTTON, "w001", "KEY5_DESC")
TABLET = Device("tab-hc01-w002", "hc01", DeviceType.TABLET, "w002", "NAT5")
GATEWAY = Device("gw-12345", "hc01", DeviceType.GATEWAY, "", "GB39046")
REGISTRY = Registry.of([HALL], [BUTTON, TABLET, GATEWAY], SCALES)
WINDOW_TOPIC = "zwjc/v1/371002/hc01/window/w001/tele/state"


def prefix(device: Device) -> str:
    """The topic prefix of a device of the hall."""
    return f"zwjc/v1/371002/hc01/{device.type}/{device.id}"


def message(topic: str, said: object, *, received_at: datetime = NOW, retained: bool = False) -> Message:
    """A message with a JSON payload (bytes are taken as they are)."""
    return Message(topic, said if isinstance(said, bytes) else json.dumps(said).encode(), retained, received_at)


def rating_said(device: Device = BUTTON, **changes: Any) -> dict[str, Any]:
    """The payload of a rating; a change to `...` takes the key out."""
    said = {
        "schema": "rating/1",
        "event_id": f"{changes.get('boot_id', 'b1')}-{changes.get('seq', 1)}",
        "dev_id": device.id,
        "boot_id": "b1",
        "seq": 1,
        "ts": NOW.isoformat(),
        "clock": "ntp",
        "channel": "BUTTON",
        "scale_id": device.scale_id,
        "raw": "1",
    } | changes
    return {key: value for key, value in said.items() if value is not ...}


def rating_message(
    device: Device = BUTTON, *, received_at: datetime = NOW, retained: bool = False, **changes: Any
) -> Message:
    """A rating as the broker delivers it."""
    return message(
        f"{prefix(device)}/evt/rating", rating_said(device, **changes), received_at=received_at, retained=retained
    )


def window_message(*, received_at: datetime = NOW, retained: bool = False, **changes: Any) -> Message:
    """A window's declaration as the broker delivers it."""
    said = {"schema": "window/1", "boot_id": "w1", "seq": 1, "state": "paused", "reason": "会议", "at": NOW.isoformat()}
    return message(WINDOW_TOPIC, said | changes, received_at=received_at, retained=retained)


def rating(seq: int = 1, **changes: Any) -> Rating:
    """A rating as recorded."""
    values: dict[str, Any] = {
        "device": BUTTON.id,
        "boot_id": "b1",
        "seq": seq,
        "event_id": None,
        "area": "371002",
        "hall": "hc01",
        "window": "w001",
        "channel": Channel.BUTTON,
        "scale_id": "KEY5_DESC",
        "raw": "1",
        "level": 4,
        "ts": NOW,
        "received_at": NOW,
    }
    return Rating(**(values | changes))


def ticket_message(*, received_at: datetime = NOW, retained: bool = False, zone: str = "za", **changes: Any) -> Message:
    """An event of a ticket as the broker delivers it; a change to `...` takes the key out."""
    said = {
        "schema": "ticket/1",
        "boot_id": "q1",
        "seq": 1,
        "ts": NOW.isoformat(),
        "clock": "ntp",
        "event": "issued",
        "ticket": "A037",
    } | changes
    told = {key: value for key, value in said.items() if value is not ...}
    return message(f"zwjc/v1/371002/hc01/queue/{zone}/evt/ticket", told, received_at=received_at, retained=retained)


def queue_message(*, received_at: datetime = NOW, zone: str = "za", **changes: Any) -> Message:
    """A zone's summary as the broker delivers it."""
    said = {"schema": "queue/1", "boot_id": "q1", "seq": 1, "at": NOW.isoformat(), "waiting": 3, "oldest_s": 240.0}
    return message(
        f"zwjc/v1/371002/hc01/queue/{zone}/tele/state", said | changes, received_at=received_at, retained=True
    )
