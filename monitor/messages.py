"""What a message of a device or a window says, or why it says nothing we understand.

The payloads (JSON objects of at most 8,192 bytes; keys we do not know are ignored, wrong types are not):

    zwjc/v1/{area}/{hall}/{type}/{id}/status            status/1  state, boot_id
    zwjc/v1/{area}/{hall}/{type}/{id}/meta              meta/1    dev_id, boot_id, model, fw, scale_id
    zwjc/v1/{area}/{hall}/{type}/{id}/evt/rating        rating/1  dev_id, boot_id, seq, ts, channel, raw, …
    zwjc/v1/{area}/{hall}/window/{window}/tele/state    window/1  boot_id, seq, state, reason, at
    zwjc/v1/{area}/{hall}/queue/{zone}/evt/ticket       ticket/1  boot_id, seq, ts, event, ticket, window
    zwjc/v1/{area}/{hall}/queue/{zone}/tele/state       queue/1   boot_id, seq, at, waiting, oldest_s

`seq` counts 1, 2, 3, … within one `boot_id`, over everything a sender numbers. A sender keeps what is not acknowledged
and may say in `oldest_seq` where that begins; what lies below it is then known to be lost.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import ValidationError

from monitor.devices import Device, DeviceStatus, Meta
from monitor.payloads import (
    EventPayload,
    MetaPayload,
    PlacePayload,
    QueuePayload,
    RatingPayload,
    StatusPayload,
    TicketPayload,
    WindowPayload,
)
from monitor.places import Hall
from monitor.ratings import Rating, Scale, TimeQuality, doubtful
from monitor.sequences import Sequence
from monitor.terms import Term
from monitor.tickets import QueueSaid, TicketEvent, TicketSaid
from monitor.window_states import WindowState

LARGEST = 8192
"""Bytes of a payload."""
LATE = timedelta(minutes=10)
"""A time older than this was not set by a good clock, unless the message had to wait."""
AHEAD = timedelta(minutes=2)
"""A time further in the future than this is refused."""
LONGEST = timedelta(days=366)
"""Nothing waits longer than this: a clock that was never set stands in 1970, whatever `buffered` says."""
STALE = timedelta(hours=24)
"""A retained event older than this is refused."""

TOPIC = re.compile(
    r"(?P<sender>zwjc/v1/(?P<area>[^/+#\0]{1,16})/(?P<hall>[^/+#\0]{1,64})/(?P<type>[^/+#\0]{1,16})/(?P<id>[^/+#\0]{1,64}))"
    r"/(?P<what>.+)"
)
"""A broker need not refuse + and # in what is published, but nobody could be answered there."""
FILTERS = (
    "zwjc/v1/+/+/+/+/status",
    "zwjc/v1/+/+/+/+/meta",
    "zwjc/v1/+/+/+/+/evt/#",
    "zwjc/v1/+/+/window/+/tele/state",
    "zwjc/v1/+/+/queue/+/tele/state",
)
"""What intake subscribes to."""
CALLS = {
    -1: TicketEvent.NOSHOW,
    0: TicketEvent.CALLED,
    1: TicketEvent.END,
    2: TicketEvent.TRANSFER,
    3: TicketEvent.SUSPEND,
}
"""The states that calling systems number."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the broker delivered it."""

    topic: str
    payload: bytes
    retained: bool
    received_at: datetime


class Reason(StrEnum):
    """Why a message is in quarantine."""

    TOPIC = "topic"
    OVERSIZE = "oversize"
    SCHEMA = "schema"
    DEVICE = "device"
    WINDOW = "window"
    ZONE = "zone"
    SCALE = "scale"
    FUTURE = "future"
    STALE = "stale"
    REPLAY = "replay"
    STORE = "store"


REASONS = {
    Reason.TOPIC: Term("主题不符", "Topic not understood"),
    Reason.OVERSIZE: Term("超过 8 KB", "Larger than 8 KB"),
    Reason.SCHEMA: Term("内容格式不符", "Payload not understood"),
    Reason.DEVICE: Term("未登记设备", "Unknown device"),
    Reason.WINDOW: Term("未登记窗口", "Unknown window"),
    Reason.ZONE: Term("未登记等候区", "Unknown zone"),
    Reason.SCALE: Term("量表或取值不符", "Scale or value not known"),
    Reason.FUTURE: Term("时间在未来", "Time in the future"),
    Reason.STALE: Term("过期的保留消息", "Retained event too old"),
    Reason.REPLAY: Term("序号重复而内容不同", "Same number, other content"),
    Reason.STORE: Term("数据库拒收", "Refused by the database"),
}


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message kept aside, with the reason."""

    message: Message
    reason: Reason
    detail: str
    """Where, expected, found."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Who may speak, and what their scales mean: the part of the configuration that messages are read against."""

    halls: Mapping[str, Hall]
    devices: Mapping[str, Device]
    scales: Mapping[str, Scale]

    @classmethod
    def of(cls, halls: Iterable[Hall], devices: Iterable[Device], scales: Mapping[str, Scale]) -> "Registry":
        """From the lists of a configuration."""
        return cls({hall.id: hall for hall in halls}, {device.id: device for device in devices}, scales)


Said = Rating | WindowState | TicketSaid | QueueSaid | DeviceStatus | Meta | Quarantined


def read(message: Message, registry: Registry, waiting_since: datetime | None = None) -> Said:
    """What a message says. Pure, and never raises: what cannot be understood comes back as Quarantined.

    `waiting_since`: since when messages may have waited at the broker because nobody collected them; a time after it
    is not a sign of a bad clock.
    """
    try:
        return _read(message, registry, waiting_since)
    except ValidationError as error:
        return Quarantined(message, Reason.SCHEMA, _first(error))
    except _Refused as refusal:
        return Quarantined(message, refusal.reason, refusal.detail)


def sequence(message: Message) -> Sequence | None:
    """The message's place in its sender's numbering, whether or not the rest is understood; None if it has none."""
    topic = TOPIC.fullmatch(message.topic)
    if topic is None:
        return None
    try:
        place = PlacePayload.model_validate_json(message.payload)
    except ValidationError:
        return None
    return Sequence(topic["sender"], place.boot_id, place.seq, min(place.oldest_seq, place.seq))


class _Refused(Exception):
    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = detail


def _read(message: Message, registry: Registry, waiting_since: datetime | None) -> Said:
    topic = TOPIC.fullmatch(message.topic)
    if topic is None:
        raise _Refused(Reason.TOPIC, f"expected zwjc/v1/area/hall/type/id/…, found {message.topic!r}")
    if len(message.payload) > LARGEST:
        raise _Refused(Reason.OVERSIZE, f"expected at most {LARGEST} bytes, found {len(message.payload)}")
    match topic["type"], topic["what"]:
        case "window", "tele/state":
            return _window(message, topic, registry)
        case "queue", "evt/ticket":
            return _ticket(message, topic, registry, waiting_since)
        case "queue", "tele/state":
            return _queue(message, topic, registry)
        case _, "status":
            return _status(message, _device(topic, registry))
        case _, "meta":
            return _meta(message, _device(topic, registry))
        case _, "evt/rating":
            return _rating(message, topic, registry, waiting_since)
    raise _Refused(
        Reason.TOPIC, f"expected status, meta, evt/rating, evt/ticket or tele/state, found {topic['what']!r}"
    )


def _device(topic: re.Match[str], registry: Registry) -> Device:
    device = registry.devices.get(topic["id"])
    if device is None:
        raise _Refused(Reason.DEVICE, f"expected a configured device, found {topic['id']!r}")
    hall = registry.halls[device.hall]
    expected = (hall.area, hall.id, device.type)
    found = (topic["area"], topic["hall"], topic["type"])
    if found != expected:
        raise _Refused(Reason.TOPIC, f"expected {'/'.join(expected)} before {device.id}, found {'/'.join(found)}")
    return device


def _same_device(device: Device, dev_id: str) -> None:
    if dev_id != device.id:
        raise _Refused(Reason.TOPIC, f"expected dev_id {device.id!r} as in the topic, found {dev_id!r}")


def _status(message: Message, device: Device) -> DeviceStatus:
    said = StatusPayload.model_validate_json(message.payload)
    return DeviceStatus(device.id, device.hall, said.state == "online", said.boot_id, message.received_at)


def _meta(message: Message, device: Device) -> Meta:
    said = MetaPayload.model_validate_json(message.payload)
    _same_device(device, said.dev_id)
    return Meta(device.id, device.hall, said.boot_id, said.model, said.fw, said.scale_id, message.received_at)


def _window(message: Message, topic: re.Match[str], registry: Registry) -> WindowState:
    hall = registry.halls.get(topic["hall"])
    if hall is None or hall.area != topic["area"] or topic["id"] not in {window.id for window in hall.windows}:
        raise _Refused(Reason.WINDOW, f"expected a configured window, found {topic['sender']}")
    said = WindowPayload.model_validate_json(message.payload)
    at = min(_utc(said.at), message.received_at)
    return WindowState(hall.id, topic["id"], said.state, said.reason, at, said.boot_id, said.seq, message.received_at)


def _zone(topic: re.Match[str], registry: Registry) -> Hall:
    """The hall of a topic about one of its zones."""
    hall = registry.halls.get(topic["hall"])
    if hall is None or hall.area != topic["area"] or topic["id"] not in {zone.id for zone in hall.zones}:
        raise _Refused(Reason.ZONE, f"expected a configured zone, found {topic['sender']}")
    return hall


def _ticket(message: Message, topic: re.Match[str], registry: Registry, waiting_since: datetime | None) -> TicketSaid:
    hall = _zone(topic, registry)
    said = TicketPayload.model_validate_json(message.payload)
    if said.window not in {"", *(window.id for window in hall.windows)}:
        raise _Refused(Reason.WINDOW, f"window: expected one of hall {hall.id}, found {said.window!r}")
    event = said.event if said.call is None else CALLS[said.call]
    assert event is not None
    ts, _ = _time(said, message, waiting_since)
    at = min(ts, message.received_at)
    return TicketSaid(
        hall.id, topic["id"], said.ticket, event, said.window, at, said.boot_id, said.seq, message.received_at
    )


def _queue(message: Message, topic: re.Match[str], registry: Registry) -> QueueSaid:
    hall = _zone(topic, registry)
    said = QueuePayload.model_validate_json(message.payload)
    at = min(_utc(said.at), message.received_at)
    return QueueSaid(hall.id, topic["id"], said.waiting, said.oldest_s, at, said.boot_id, said.seq, message.received_at)


def _rating(message: Message, topic: re.Match[str], registry: Registry, waiting_since: datetime | None) -> Rating:
    device = _device(topic, registry)
    said = RatingPayload.model_validate_json(message.payload)
    _same_device(device, said.dev_id)
    window = device.window if said.window is None else said.window
    if window not in {"", *(known.id for known in registry.halls[device.hall].windows)}:
        raise _Refused(Reason.WINDOW, f"window: expected one of hall {device.hall}, found {window!r}")
    level = _level(said, device, registry.scales)
    ts, quality = _time(said, message, waiting_since)
    return Rating(
        device=device.id,
        boot_id=said.boot_id,
        seq=said.seq,
        event_id=said.event_id,
        area=topic["area"],
        hall=device.hall,
        window=window,
        channel=said.channel,
        scale_id=device.scale_id,
        raw=said.raw,
        level=level,
        ts=ts,
        received_at=message.received_at,
        ts_quality=quality,
        ts_accuracy_s=said.ts_accuracy_s,
        buffered=said.buffered,
        retained=message.retained,
        test=said.test,
        tags=said.tags,
        tags_doubtful=doubtful(said.tags, level),
        text=said.text,
        ticket=said.ticket,
        project_no=said.project_no,
        service_no=said.service_no,
        assess_no=said.assess_no,
        eval_process=said.eval_process,
        named=said.named,
        rater_hash=said.rater_hash,
    )


def _level(said: RatingPayload, device: Device, scales: Mapping[str, Scale]) -> int:
    """Scales of real devices are inverted to each other, so two opinions about the scale are none."""
    if said.scale_id not in (None, device.scale_id):
        raise _Refused(Reason.SCALE, f"scale_id: expected {device.scale_id!r} as configured, found {said.scale_id!r}")
    scale = scales.get(device.scale_id)
    if scale is None:
        raise _Refused(Reason.SCALE, f"scale_id: expected one of {', '.join(scales)}, found {device.scale_id!r}")
    level = scale.level(said.raw)
    if level is None:
        raise _Refused(Reason.SCALE, f"raw: expected one of {', '.join(scale.levels)} ({scale.id}), found {said.raw!r}")
    return level


def _time(said: EventPayload, message: Message, waiting_since: datetime | None) -> tuple[datetime, TimeQuality]:
    """When it happened, or the time of arrival when the sender's clock cannot be believed."""
    ts, arrived = _utc(said.ts), message.received_at
    if said.clock == "none":
        return arrived, TimeQuality.ESTIMATED
    if ts > arrived + AHEAD:
        raise _Refused(Reason.FUTURE, f"ts: expected at most {AHEAD} ahead of us, found {said.ts.isoformat()}")
    if message.retained and ts < arrived - STALE:
        raise _Refused(Reason.STALE, f"ts: expected a retained event younger than {STALE}, found {said.ts.isoformat()}")
    waited = said.buffered or (waiting_since is not None and ts >= waiting_since - LATE)
    if ts < arrived - LONGEST or (ts < arrived - LATE and not waited):
        return arrived, TimeQuality.ESTIMATED
    return ts, TimeQuality.DEVICE


def _utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise _Refused(Reason.SCHEMA, f"expected a time within the years 1 to 9999 UTC, found {time}") from None


def _first(error: ValidationError) -> str:
    """The first mistake as one line: where, expected, found."""
    mistake = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in mistake["loc"]) or "payload"
    found = repr(mistake["input"])
    return f"{where}: {mistake['msg']}, found {found if len(found) <= 80 else found[:79] + '…'}"
