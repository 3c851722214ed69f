"""Finding: which ONVIF devices answer on the network (WS-Discovery, SOAP over UDP).

Answers come from whoever wants to answer. They are shown with the address they really came from, which is the one
to ask; what they say of other machines is told and not followed.
"""

import socket
import struct
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from urllib.parse import unquote, urlsplit

from onveef import wsdiscovery

from camera_ingest.onvif_address import is_own, netloc, plain
from camera_ingest.onvif_reply import BadReply, read, sound

GROUP = (wsdiscovery.WS_DISCOVERY_ADDRESS, wsdiscovery.WS_DISCOVERY_PORT)
TYPES = ("dn:NetworkVideoTransmitter", "tds:Device")
"""Asked for one by one: a probe with both is answered only by devices that are both (WS-Discovery, 5.1)."""
ROUNDS = 3
"""How often each is asked: datagrams get lost, and slow devices answer late."""
MOST = 4096
"""Devices; a network with more is asked interface by interface."""
HOPS = 1


class NoInterface(Exception):
    """No network interface can be asked from; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class Found:
    """One device that answered. All texts are the device's, made harmless for a terminal."""

    device: str
    """host[:port] to ask: where the answer came from, with the port that it told."""
    name: str
    hardware: str
    location: str
    address: str
    """Of its device service, as it told it."""
    id: str
    """Its endpoint reference, usually a UUID."""
    notes: tuple[str, ...]


def find(interface: str | None, seconds: float, to: tuple[str, int] = GROUP) -> Iterator[Found]:
    """Devices as they answer, each once, until `seconds` are over.

    `interface`: an IPv4 address of this machine to ask from; None = from every interface. Raises NoInterface.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, HOPS)
        try:
            asking.bind((str(IPv4Address(interface)) if interface else "", 0))
        except (OSError, ValueError):
            raise NoInterface(f"{interface}: expected an IPv4 address of this machine, found another") from None
        start, seen = time.monotonic(), set[tuple[str, str]]()
        due = [start + seconds * number / ROUNDS for number in range(ROUNDS)]
        while (now := time.monotonic()) < start + seconds and len(seen) < MOST:
            if due and due[0] <= now:
                due.pop(0)
                _probe(asking, interface, to)
            asking.settimeout(max(0.001, min([*due[:1], start + seconds]) - now))
            try:
                data, (sender, _) = asking.recvfrom(65_535)
            except OSError:  # nothing yet, or an ICMP error of an earlier probe
                continue
            for one in answer(data, sender):
                if (sender, one.id) not in seen and len(seen) < MOST:
                    seen.add((sender, one.id))
                    yield one


def answer(data: bytes, sender: str) -> Iterator[Found]:
    """The devices in one datagram; none if it is no sound answer."""
    try:
        matches = read(wsdiscovery.parse_probe_matches, sound(data))
    except BadReply:
        return
    for one in matches:
        yield _found(one, sender)


def _found(match: wsdiscovery.DiscoveredDevice, sender: str) -> Found:
    services = [service for service in map(_service, match.xaddrs) if service]
    own = [service for service in services if is_own(service[0], {sender})]
    notes = []
    if not own:
        named = ", ".join(dict.fromkeys(plain(host, 60) for host, *_ in services[:3])) or "没有地址 no address"
        notes.append(f"自报 {named}，实由 {sender} 应答 / it names {named} but answered from {sender}")
    _, port, url = (own or services or [("", None, "")])[0]
    return Found(
        device=netloc(sender, None if port in (None, 80) else port),
        name=plain(unquote(match.name)),
        hardware=plain(unquote(match.hardware)),
        location=plain(unquote(match.location)),
        address=plain(url, 120),
        id=plain(match.endpoint_reference),
        notes=tuple(notes),
    )


def _service(url: str) -> tuple[str, int | None, str] | None:
    """(host, port, url) of an address of a device service; a login inside it is left out."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return host, port, parts._replace(netloc=netloc(host, port), query="", fragment="").geturl()


def _probe(asking: socket.socket, interface: str | None, to: tuple[str, int]) -> None:
    """Ask once for each type, on the interface or on every one that is up."""
    indices = [0] if interface else [index for index, _ in socket.if_nameindex()]
    own = socket.inet_aton(interface or "0.0.0.0")
    sent = 0
    for index in indices:
        for types in TYPES:
            message = wsdiscovery.build_probe(message_id=f"urn:uuid:{uuid.uuid4()}", types=types).encode()
            try:
                asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("4s4si", bytes(4), own, index))
                asking.sendto(message, to)
                sent += 1
            except OSError:  # this one is down
                continue
    if not sent:
        raise NoInterface(f"{interface or 'network'}: expected an interface that is up, found none")
