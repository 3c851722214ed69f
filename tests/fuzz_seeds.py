"""Seeds: what real cameras say, as the fuzzer takes it apart. Recorded from the simulator and made by real encoders."""

import pickle
import socket
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import cv2

from camera_ingest.camera import Login
from camera_ingest.depacketize import START_CODE
from camera_ingest.rtsp import Session
from simulation.rtsp_server import Gop, running
from tests.camera_ingest.synthetic import encode, picture
from tests.camera_ingest.test_depacketize import aggregate, fragments, packets
from tests.camera_ingest.test_kinds import KINDS, Kind, units
from tests.camera_ingest.test_kinds import encode as encode_kind

LOGIN = Login("clerk7", "s3cret-of-camera")
URL = "rtsp://10.0.0.5/c1"
MTU = 400  # bytes of a payload
KEYFRAMES = 2  # that a recording has to give
DESCRIPTIONS = (
    b"v=0\r\no=- 1 1 IN IP4 10.0.0.5\r\ns=Media Presentation\r\nt=0 0\r\na=control:rtsp://10.0.0.5/c1/\r\n"
    b"m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:trackID=2\r\n"
    b"m=video 0 RTP/AVP 96\r\na=control:trackID=1\r\na=rtpmap:96 H264/90000\r\n"
    b"a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z0IAH5Y1QKALdNwEBAQI,aM48gA==\r\n",
    b"v=0\ns=-\nm=application 0 RTP/AVP 107\na=rtpmap:107 vnd.onvif.metadata/90000\na=control:m\n"
    b"m=video 0 RTP/AVP 98\na=rtpmap:98 H265/90000\na=fmtp:98 sprop-vps=QAEM;sprop-sps=QgEB;sprop-pps=RAHB\n"
    b"a=control:v\n",
    b"m=video 0 RTP/AVP 97\na=fmtp:97 sprop-parameter-sets=Z0IAHw\n",
)


@dataclass(frozen=True, slots=True)
class Seeds:
    """By sort; each in the pieces that a camera sends it in."""

    conversations: tuple[tuple[bytes, ...], ...]
    """RTSP: responses and interleaved packets."""
    descriptions: tuple[bytes, ...]
    streams: tuple[tuple[str, tuple[bytes, ...]], ...]
    """Name of the codec and RTP packets."""
    keyframes: tuple[tuple[str, bytes], ...]
    """Name of the codec and access unit (Annex B)."""
    jpegs: tuple[bytes, ...]
    answers: tuple[bytes, ...]
    """HTTP responses."""


def write(path: Path) -> None:
    """Makes the seeds and keeps them in a file."""
    path.write_bytes(pickle.dumps(make()))


def read(path: Path) -> Seeds:
    """The seeds of a file that `write` wrote."""
    seeds = pickle.loads(path.read_bytes())
    assert isinstance(seeds, Seeds)
    return seeds


def make() -> Seeds:
    """The seeds anew: a second or two."""
    kinds = [KINDS[name] for name in ("closed", "slices", "open", "refresh", "h265", "h265 open", "h265 slices")]
    encoded = [(kind, [unit for _, unit in encode_kind(kind)][:9]) for kind in kinds]
    jpegs = tuple(
        cv2.imencode(".jpg", picture(number), [cv2.IMWRITE_JPEG_PROGRESSIVE, number % 2])[1].tobytes()
        for number in range(4)
    )
    return Seeds(
        conversations=(recording(None), recording(LOGIN)),
        descriptions=DESCRIPTIONS,
        streams=tuple((kind.codec.name, tuple(_packets(kind, frames))) for kind, frames in encoded),
        keyframes=tuple((kind.codec.name, frames[0]) for kind, frames in encoded),
        jpegs=jpegs,
        answers=tuple(_answers(jpegs[0])),
    )


def recording(login: Login | None) -> tuple[bytes, ...]:
    """What the simulator's server answers our client and shows it, response by response and packet by packet."""
    gop = Gop(encode([picture(number) for number in range(3)], fps=25), 25)
    session, said, seen = Session("c1", URL, login), b"", 0
    with (
        running({"/c1": lambda n: gop}, logins={"/c1": login} if login else None) as url,
        closing(socket.create_connection(("127.0.0.1", urlsplit(url).port or 554), 20)) as connection,
    ):
        while seen < KEYFRAMES:
            connection.sendall(session.outgoing())
            heard = connection.recv(65536)
            said += heard
            seen += session.receive(heard) is not None
    return tuple(_pieces(said))


def _pieces(said: bytes) -> list[bytes]:
    pieces = []
    while said:
        if said[0] == 0x24:
            size = 4 + int.from_bytes(said[2:4], "big")
        else:
            head, _, _ = said.partition(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            size = len(head) + 4 + int(length or b"0")
        pieces.append(said[:size])
        said = said[size:]
    return pieces


def _packets(kind: Kind, frames: list[bytes]) -> list[bytes]:
    """RTP, with parameter sets aggregated and large slices in fragments."""
    numbers, found = count(65_530), []
    for at, frame in enumerate(frames):
        split = units(frame)
        sets = tuple(unit for unit in split if kind.codec.kind(unit[0]) in kind.codec.sets)
        payloads = [aggregate(kind.codec, sets)] if sets else []
        for unit in split[len(sets) :]:
            payloads += fragments(kind.codec, unit, MTU) if len(unit) > MTU else [unit]
        found += packets(payloads, 18_000 * at, numbers)
    return found


def _answers(jpeg: bytes) -> list[bytes]:
    date = b"Date: Wed, 25 Nov 2026 08:00:00 GMT\r\n"
    digest = b'WWW-Authenticate: Digest realm="c", nonce="n", qop="auth", algorithm=SHA-256\r\n'
    half = len(jpeg) // 2
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (jpeg[:half], jpeg[half:]))
    return [
        b"HTTP/1.1 200 OK\r\n" + date + b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg,
        b"HTTP/1.1 200 OK\r\n" + date + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + jpeg,
        b"HTTP/1.1 401 Unauthorized\r\n" + digest + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + START_CODE[:3],
    ]
