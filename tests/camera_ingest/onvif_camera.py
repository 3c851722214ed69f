"""A simulated ONVIF device for tests: SOAP over HTTP with a login, and an answer to WS-Discovery, over real sockets.

The replies have the shapes (prefixes, tokens, gaps) that devices of three makers are known for from their documentation
and from bug reports; none was recorded here.
"""

import base64
import hashlib
import re
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from camera_ingest.authorization import Challenge, digest, parameters
from camera_ingest.camera import Login
from camera_ingest.onvif_find import GROUP

LOGIN = Login("operator", "geheim&<7>")
NOT_AUTHORIZED = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code>"
    '<s:Reason><s:Text xml:lang="en">The action requested requires authorization</s:Text></s:Reason></s:Fault>'
)
NOT_SUPPORTED = NOT_AUTHORIZED.replace("NotAuthorized", "ActionNotSupported").replace("requires", "is not", 1)
OPEN = frozenset({"GetSystemDateAndTime", "GetServices", "GetCapabilities"})
"""Operations that need no login (ONVIF Core, 5.9.4)."""
NAMESPACES = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema" '
    'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" '
    'xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:ter="http://www.onvif.org/ver10/error" '
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
)


def envelope(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope {NAMESPACES}><s:Body>{body}</s:Body></s:Envelope>'


def services(host: str, *names: str) -> str:
    """GetServicesResponse; names as in `device`, `media`, `media2`."""
    spaces = {"device": "ver10/device", "media": "ver10/media", "media2": "ver20/media"}
    told = "".join(
        f"<tds:Service><tds:Namespace>http://www.onvif.org/{spaces[name]}/wsdl</tds:Namespace>"
        f"<tds:XAddr>http://{host}/onvif/{name}_service</tds:XAddr></tds:Service>"
        for name in names
    )
    return f"<tds:GetServicesResponse>{told}</tds:GetServicesResponse>"


def encoder(codec: str, width: int, height: int, fps: int, kbit_s: int, gop: int) -> str:
    """The encoder of a profile of ONVIF Media 1."""
    return (
        f"<tt:Encoding>{codec}</tt:Encoding>"
        f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
        f"<tt:RateControl><tt:FrameRateLimit>{fps}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>"
        f"<tt:BitrateLimit>{kbit_s}</tt:BitrateLimit></tt:RateControl>"
        f"<tt:{codec}><tt:GovLength>{gop}</tt:GovLength></tt:{codec}>"
    )


def profile(token: str, inner: str, source: str = "VideoSource_1") -> str:
    return (
        f'<trt:Profiles token="{token}" fixed="true"><tt:Name>{token}</tt:Name>'
        f'<tt:VideoSourceConfiguration token="V"><tt:SourceToken>{source}</tt:SourceToken>'
        "</tt:VideoSourceConfiguration>"
        f'<tt:VideoEncoderConfiguration token="E_{token}">{inner}</tt:VideoEncoderConfiguration></trt:Profiles>'
    )


def profiles(*each: str) -> str:
    return f"<trt:GetProfilesResponse>{''.join(each)}</trt:GetProfilesResponse>"


def profile2(token: str, codec: str, width: int, height: int, fps: str, gop: int) -> str:
    """A profile of ONVIF Media 2, where the rates are attributes or elements, and numbers may be decimal."""
    return (
        f'<tr2:Profiles token="{token}" fixed="true"><tr2:Name>{token}</tr2:Name><tr2:Configurations>'
        f'<tr2:VideoSource token="00000"><tt:SourceToken>00000</tt:SourceToken></tr2:VideoSource>'
        f'<tr2:VideoEncoder token="00000" GovLength="{gop}" Profile="Main"><tt:Encoding>{codec}</tt:Encoding>'
        f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
        f'<tt:RateControl ConstantBitRate="false"><tt:FrameRateLimit>{fps}</tt:FrameRateLimit>'
        "<tt:BitrateLimit>2147483647</tt:BitrateLimit></tt:RateControl></tr2:VideoEncoder></tr2:Configurations>"
        "</tr2:Profiles>"
    )


def address(uri: str) -> str:
    uri = uri.replace("&", "&amp;")
    return f"<trt:GetXUriResponse><trt:MediaUri><tt:Uri>{uri}</tt:Uri></trt:MediaUri></trt:GetXUriResponse>"


def about(maker: str, model: str, firmware: str = "V5.7.3", serial: str = "S1") -> str:
    return (
        f"<tds:GetDeviceInformationResponse><tds:Manufacturer>{maker}</tds:Manufacturer><tds:Model>{model}</tds:Model>"
        f"<tds:FirmwareVersion>{firmware}</tds:FirmwareVersion><tds:SerialNumber>{serial}</tds:SerialNumber>"
        "</tds:GetDeviceInformationResponse>"
    )


Reply = str | Callable[[BaseHTTPRequestHandler], None]
"""The body of an answer, or what writes a whole response."""


@dataclass
class OnvifCamera:
    """One device. `replies` by operation; `{host}` in them becomes host:port, `{address}` the host alone."""

    replies: Mapping[str, Reply]
    login: Login | None = LOGIN
    """None = it asks for none."""
    http_digest: bool = False
    """Whether it wants the login in the header of HTTP instead of in the envelope."""
    clock: timedelta = timedelta(0)
    """How far ahead it is."""
    open: frozenset[str] = OPEN
    """Operations that it does without a login."""
    asked: list[tuple[str, bool]] = field(default_factory=list)
    """Operations in their order, and whether a login came with each."""
    host: str = ""
    """host:port while it is served."""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"])).decode()
        found = re.search(r"<s:Body><\w+:(\w+)", body)
        operation = found[1] if found else "?"
        self.asked.append((operation, "UsernameToken" in body or "Authorization" in request.headers))
        if operation not in self.open and not self._allowed(request, body):
            if self.http_digest:
                send(request, 401, b"", {"WWW-Authenticate": 'Digest realm="onvif", nonce="abc", qop="auth"'})
            else:
                send(request, 400, envelope(NOT_AUTHORIZED).encode())
            return
        reply = self.replies.get(operation, self._clock() if operation == "GetSystemDateAndTime" else NOT_SUPPORTED)
        if callable(reply):
            reply(request)
            return
        told = reply.replace("{host}", self.host).replace("{address}", self.host.rpartition(":")[0])
        send(request, 500 if "Fault" in told else 200, envelope(told).encode())

    def _allowed(self, request: BaseHTTPRequestHandler, body: str) -> bool:
        if self.login is None:
            return True
        if self.http_digest:
            given = parameters(request.headers.get("Authorization", "").removeprefix("Digest "))
            asked = Challenge("digest", "onvif", "abc", qop=True)
            wanted = digest(asked, self.login, "POST", request.path, 1, given.get("cnonce", ""))
            return given.get("response") == wanted
        token = dict(re.findall(r"<(?:wsse|wsu):(Username|Password|Nonce|Created)\b[^>]*>([^<]*)<", body))
        if token.get("Username") != self.login.user:
            return False
        made = datetime.strptime(token["Created"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        hashed = hashlib.sha1(base64.b64decode(token["Nonce"]) + f"{token['Created']}{self.login.password}".encode())
        near = abs(made - datetime.now(UTC) - self.clock) < timedelta(seconds=60)
        return near and token["Password"] == base64.b64encode(hashed.digest()).decode()

    def _clock(self) -> str:
        now = datetime.now(UTC) + self.clock
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>"
            f"<tt:UTCDateTime><tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
            f"<tt:Second>{now.second}</tt:Second></tt:Time><tt:Date><tt:Year>{now.year}</tt:Year>"
            f"<tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date></tt:UTCDateTime>"
            "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )


HIKVISION: Mapping[str, Reply] = {
    "GetServices": services("{host}", "device", "media"),
    "GetDeviceInformation": about("HIKVISION", "DS-2CD2T46WDV3-I3"),
    "GetProfiles": profiles(
        profile("Profile_1", encoder("H264", 2560, 1440, 25, 6144, 50)),
        profile("Profile_2", encoder("H264", 640, 360, 25, 512, 50)),
        profile("Profile_3", encoder("JPEG", 640, 360, 5, 512, 1)),
    ),
    "GetStreamUri": address("rtsp://{address}:554/Streaming/Channels/102?transportmode=unicast&profile=Profile_2"),
    "GetSnapshotUri": address("http://{host}/onvif-http/snapshot?Profile_2"),
}
DAHUA: Mapping[str, Reply] = {  # with H.265 its profiles of Media 1 have an encoder without an encoding
    "GetServices": services("{host}", "device", "media", "media2"),
    "GetDeviceInformation": about("Dahua", "IPC-HFW2431T", "2.800.0000000.27.R", "4J0"),
    "GetProfiles": "<tr2:GetProfilesResponse>"
    + profile2("MediaProfile00000", "H265", 2688, 1520, "25.000000", 50)
    + profile2("MediaProfile00001", "H265", 704, 576, "12.500000", 300)
    + "</tr2:GetProfilesResponse>",
    "GetStreamUri": "<tr2:GetStreamUriResponse><tr2:Uri>rtsp://{address}:554/cam/realmonitor?channel=1&amp;subtype=1"
    "&amp;unicast=true&amp;proto=Onvif</tr2:Uri></tr2:GetStreamUriResponse>",
    "GetSnapshotUri": address("http://{host}/onvifsnapshot/media_service/snapshot?channel=1&subtype=1"),
}
UNIVIEW: Mapping[
    str, Reply
] = {  # a recorder: a source for each channel, some without a sub-stream; GetCapabilities only
    "GetCapabilities": "<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media>"
    "<tt:XAddr>http://{host}/onvif/media_service</tt:XAddr></tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>",
    "GetDeviceInformation": about("UNIVIEW", "NVR301-08S3"),
    "GetProfiles": profiles(
        profile("17/0/4/1/1/s0", encoder("H264", 1920, 1080, 25, 4096, 50), "source_1"),
        profile("17/0/4/1/1/s1", encoder("H264", 720, 576, 25, 1024, 50), "source_1"),
        profile("17/0/4/1/2/s0", encoder("H264", 352, 288, 25, 256, 50), "source_2"),
    ),
    "GetStreamUri": address("rtsp://{address}:554/unicast/c1/s1/live"),
    "GetSnapshotUri": NOT_SUPPORTED,
}


def send(
    request: BaseHTTPRequestHandler, status: int, body: bytes = b"", fields: Mapping[str, str] | None = None
) -> None:
    """A whole response."""
    request.send_response(status)
    for name, value in {"Content-Length": str(len(body)), "Connection": "close", **(fields or {})}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


@contextmanager
def serving(camera: OnvifCamera) -> Iterator[tuple[str, int]]:
    """Serves until left; gives host and port."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_POST(self) -> None:
            camera.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # who asked has hung up

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        camera.host = f"127.0.0.1:{server.server_port}"
        try:
            yield "127.0.0.1", server.server_port
        finally:
            server.shutdown()
            thread.join()


def match(addresses: str, *scopes: str, id: str = "urn:uuid:1") -> bytes:
    """The answer to a probe, with one device."""
    return envelope(
        "<d:ProbeMatches><d:ProbeMatch>"
        f"<a:EndpointReference><a:Address>{id}</a:Address></a:EndpointReference>"
        f"<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>{' '.join(scopes)}</d:Scopes>"
        f"<d:XAddrs>{addresses}</d:XAddrs><d:MetadataVersion>10</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches>"
    ).encode()


@contextmanager
def discoverable(answers: Callable[[str], list[bytes]], in_group: bool = False) -> Iterator[tuple[str, int]]:
    """Answers each probe with some datagrams until left; gives where it listens: itself, or the group on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        if in_group:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(GROUP)
            member = struct.pack("4s4s", socket.inet_aton(GROUP[0]), socket.inet_aton("127.0.0.1"))
            listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        else:
            listening.bind(("127.0.0.1", 0))
        where: tuple[str, int] = listening.getsockname()

        def serve() -> None:
            while True:
                data, sender = listening.recvfrom(65_535)
                if data == b"stop":
                    return
                for one in answers(data.decode()):
                    listening.sendto(one, sender)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield where
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
                if in_group:
                    ending.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
                ending.sendto(b"stop", where)
            thread.join()
