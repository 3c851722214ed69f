"""ONVIF: what a camera or recorder offers, asked once so that somebody can write it into a configuration.

Requests and parsers are those of the library `onveef`; the talk, and what of the answers is believed, are ours.
Nothing here runs while watching.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from onveef import envelopes, parsers
from onveef.models import SystemDateTime

from camera_ingest.camera import CADENCE, Login, Role
from camera_ingest.onvif_address import Told, host_of, is_own, path_of, plain, told
from camera_ingest.onvif_profile import CODECS, LEAST_WIDTH, Profile, cheapest, profile_of, shown
from camera_ingest.onvif_reply import BadReply, read
from camera_ingest.onvif_talk import FaultTold, LoginRefused, NoMedia, NotOnvif, Talk

DEVICE = "/onvif/device_service"
"""Where every device has its first service (ONVIF Core, 5.1.1)."""
PORT = 80
MOST_PROFILES, MOST_CHANNELS = 512, 64
"""More is not looked at."""
YEARS = (1970, 2100)
"""Of a clock that is one, if a wrong one: without a battery it starts in 1970 or 2000."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One picture that a device gives: a camera has one, a recorder many."""

    source: str
    profile: Profile | None
    """The one to watch; None if none can be taken."""
    url: str
    """rtsp:// of that profile, without credentials; empty if there is none."""
    snapshot: str
    """http:// of a JPEG, without credentials; empty if there is none."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Device:
    """What a device says of itself. All texts are the device's, made harmless for a terminal."""

    which: str
    """host[:port] as it was asked."""
    maker: str
    model: str
    firmware: str
    serial: str
    clock_s: float | None
    """How far its clock is ahead of ours, in seconds, to about one second; None if it does not say."""
    profiles: tuple[Profile, ...]
    channels: tuple[Channel, ...]
    notes: tuple[str, ...]


def ask(host: str, port: int, login: Login | None) -> Device:
    """Everything that is worth knowing of one device, in at most `onvif_talk.TALK_S` seconds.

    Raises NoAnswer, LoginRefused, NotOnvif, NoMedia, FaultTold. A wrong login is sent twice at most.
    """
    talk = Talk(host, port, login)
    try:
        clock_s = _clock(talk)
        services = _services(talk)
        about = _about(talk)
        path, media2, profiles = _profiles(talk, services)
        sources = list(dict.fromkeys(one.source for one in profiles[:MOST_PROFILES]))
        channels = [
            _channel(talk, path, media2, source, [one for one in profiles if one.source == source])
            for source in sources[:MOST_CHANNELS]
        ]
    except BadReply as bad:
        raise NotOnvif(talk.which, "an ONVIF reply", str(bad)) from None
    return Device(
        which=talk.which,
        maker=plain(about.get("Manufacturer", "")),
        model=plain(about.get("Model", "")),
        firmware=plain(about.get("FirmwareVersion", "")),
        serial=plain(about.get("SerialNumber", "")),
        clock_s=clock_s,
        profiles=tuple(map(shown, profiles[:MOST_PROFILES])),
        channels=tuple(channels),
        notes=(*_elsewhere(talk, services), *_left_out(len(profiles), len(sources))),
    )


def _clock(talk: Talk) -> float | None:
    """How far the device's clock is ahead; from then on the talk is signed in its time."""
    sent = datetime.now(UTC)
    try:
        text = _unsigned_first(talk, envelopes.device_get_system_date_time())
        now = sent + (datetime.now(UTC) - sent) / 2
        device = read(lambda told: SystemDateTime.from_dict(parsers.parse_system_datetime(told)).utc, text)
    except (FaultTold, BadReply):
        return None
    if device is None or not YEARS[0] <= device.year < YEARS[1]:
        return None
    talk.clock_offset_s = (device + timedelta(seconds=0.5) - now).total_seconds()  # it says whole seconds
    return round(talk.clock_offset_s, 1)


def _services(talk: Talk) -> dict[str, str]:
    """Addresses of the services; GetServices, or GetCapabilities on older devices, without the login if possible."""
    for body, parse in (
        (envelopes.device_get_services(), parsers.parse_services),
        (envelopes.device_get_capabilities(), parsers.parse_capabilities),
    ):
        try:
            services = read(parse, _unsigned_first(talk, body))
        except FaultTold:
            continue
        if services:
            return services
    raise NoMedia(talk.which, "a list of services", "none")


def _unsigned_first(talk: Talk, body: str) -> str:
    try:
        return talk.ask(DEVICE, body, False)
    except LoginRefused:
        if talk.login is None:
            raise
        return talk.ask(DEVICE, body, True)


def _about(talk: Talk) -> Mapping[str, str]:
    try:
        return read(parsers.parse_device_information, talk.ask(DEVICE, envelopes.device_get_information(), True))
    except FaultTold:
        return {}


def _left_out(profiles: int, channels: int) -> Iterator[str]:
    if profiles > MOST_PROFILES:
        yield f"码流过多，只看前 {MOST_PROFILES} 个 / of {profiles} profiles the first {MOST_PROFILES} were looked at"
    if channels > MOST_CHANNELS:
        yield f"通道过多，只问前 {MOST_CHANNELS} 个 / of {channels} channels the first {MOST_CHANNELS} were asked"


def _elsewhere(talk: Talk, services: Mapping[str, str]) -> Iterator[str]:
    others = dict.fromkeys(host for host in map(host_of, services.values()) if host and not is_own(host, talk.own))
    if others:
        named = plain(", ".join(others))
        yield f"服务地址指向 {named}，未跟随 / it names services on {named}; {talk.which} was asked instead"


def _profiles(talk: Talk, services: Mapping[str, str]) -> tuple[str, bool, list[Profile]]:
    """Path of the media service, whether it is Media2, and its video profiles.

    Media2 first: only there H.265 is told (ONVIF Media 1 has no such encoding, and its profiles come without one).
    """
    for name in ("media2", "media"):
        path, media2 = path_of(services.get(name, "")), name == "media2"
        if not path:
            continue
        try:
            text = talk.ask(path, envelopes.media_get_profiles(use_media2=media2), True)
        except (FaultTold, NotOnvif):
            if media2 and "media" in services:
                continue
            raise
        profiles = [profile_of(values) for values in read(parsers.parse_profiles, text)]
        if any(one.codec for one in profiles):
            return path, media2, [one for one in profiles if one.codec]
    raise NoMedia(talk.which, "a media service with video profiles", "none")


def _channel(talk: Talk, path: str, media2: bool, source: str, profiles: list[Profile]) -> Channel:
    chosen = cheapest(profiles)
    best = chosen or next((one for one in profiles if one.token), None)
    if best is None:
        return Channel(plain(source), None, "", "", ("码流没有名称 / its profiles have no tokens",))

    def address(body: Callable[..., str], *schemes: str) -> Told:
        try:
            text = talk.ask(path, body(profile_token=best.token, use_media2=media2), True)
        except (FaultTold, NotOnvif) as error:  # a snapshot is optional, and many devices say so in their own way
            return Told("", (f"没有给出 / not given: {error}",))
        return told(read(parsers.parse_stream_uri, text), schemes, talk.host, talk.own, _password(talk.login))

    stream = address(envelopes.media_get_stream_uri, "rtsp") if chosen else Told("")
    snapshot = address(envelopes.media_get_snapshot_uri, "http", "https")
    notes = [f"rtsp: {note}" for note in stream.notes] + [f"snapshot: {note}" for note in snapshot.notes]
    return Channel(
        plain(source), shown(chosen) if chosen else None, stream.url, snapshot.url, (*notes, *_advice(chosen, best))
    )


def _password(login: Login | None) -> str:
    return login.password if login else ""


def _advice(chosen: Profile | None, best: Profile) -> Iterator[str]:
    if chosen is None:
        codec, wanted = plain(best.codec, 20), " / ".join(CODECS)
        yield f"编码 {codec} 不支持，请在设备上改为 {wanted} / {codec} cannot be taken; set the device to {wanted}"
        return
    if chosen.width is not None and chosen.width < LEAST_WIDTH:
        yield (
            f"画面宽 {chosen.width}，小于 {LEAST_WIDTH}，请在设备上调大子码流 / the widest it offers is "
            f"{chosen.width}, less than {LEAST_WIDTH}; enlarge the sub-stream on the device"
        )
    if chosen.gop_s and chosen.gop_s > CADENCE[Role.WINDOW].total_seconds():
        yield (
            f"关键帧间隔 {chosen.gop_s:g} 秒，长于查看周期，请在设备上改短 / a keyframe only every {chosen.gop_s:g} s, "
            "more seldom than a window is looked at; shorten it on the device"
        )
