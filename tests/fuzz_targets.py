"""Targets of the fuzzer: what is done with one input, and what must hold whatever it is."""

import random
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from camera_ingest.camera import Camera, Role
from camera_ingest.decode import LARGEST_PICTURE, Decoder
from camera_ingest.depacketize import H264, H265, Depacketizer, Keyframe
from camera_ingest.lost import StreamLost
from camera_ingest.rtsp import Session
from camera_ingest.rtsp_message import LARGEST_MESSAGE
from camera_ingest.sdp import video_track
from camera_ingest.snapshot import LARGEST_JPEG, Snapshot, decode_jpeg
from tests.camera_ingest.test_depacketize import PAYLOAD_TYPE
from tests.fuzz_mutations import mutated, shuffled
from tests.fuzz_seeds import LOGIN, URL, Seeds

CODECS = {codec.name: codec for codec in (H264, H265)}
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
MOST_SENT = 1 << 18  # bytes that a session may have to send at any time
Target = Callable[[random.Random, Seeds], bool]
"""Makes one input and tries it; True if it got through to a picture or a track. Raises what is a finding."""


PATIENCE_S = 0.005  # of the HTTP camera, before it hangs up on a client that waits for more


class Wrong(Exception):
    """Something that must hold does not."""


class Targets:
    """All targets, with what they share; belongs to one process."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._server = _Server()

    def all(self) -> Mapping[str, tuple[int, Target]]:
        """By name, how often it is chosen (of all together) and what it does."""
        return {
            "rtsp": (30, self.rtsp),
            "sdp": (10, self.sdp),
            "rtp": (25, self.rtp),
            "keyframe": (20, self.keyframe),
            "jpeg": (10, self.jpeg),
            "http": (5, self.http),
        }

    def rtsp(self, chance: random.Random, seeds: Seeds) -> bool:
        """A conversation: no exception but a loss, nothing kept without bound, no password told."""
        pieces = shuffled(chance, chance.choice(seeds.conversations))
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            if pieces:
                at = chance.randrange(min(len(pieces), chance.choice((6, 1000))))
                pieces[at] = mutated(chance, pieces[at], pieces)
        session = Session("c1", URL, LOGIN if chance.random() < 0.7 else None, chance.choice((None, URL, "rtsp://h/")))
        said, seen, whole = b"".join(pieces), False, chance.random() < 0.5
        while said:
            size = len(said) if whole else chance.choice((1, 3, 100, 1460, 65536))
            part, said = said[:size], said[size:]
            session.wanted = chance.random() < 0.9
            try:
                found = session.receive(part, NOW)
            except StreamLost as lost:
                if LOGIN.password in f"{lost}{lost!r}":
                    raise Wrong("a loss that tells the password") from None
                return seen
            session.tick(chance.random() * 100)
            if len(session.outgoing()) > MOST_SENT or len(session._rest) > 2 * LARGEST_MESSAGE:
                raise Wrong("a session that gathers bytes")
            seen |= found is not None and self._shows(found)
        return seen

    def sdp(self, chance: random.Random, seeds: Seeds) -> bool:
        """A description: a track or none."""
        text = mutated(chance, chance.choice(seeds.descriptions), seeds.descriptions).decode("utf-8", "replace")
        return video_track(text, URL) is not None

    def rtp(self, chance: random.Random, seeds: Seeds) -> bool:
        """Packets in any order and state, headers and payloads changed: no exception; keyframes decode or do not."""
        name, stream = chance.choice(seeds.streams)
        depacketizer, seen = Depacketizer(CODECS[name], PAYLOAD_TYPE), False
        for packet in shuffled(chance, stream):
            if chance.random() < 0.04:
                packet = mutated(chance, packet, stream) if chance.random() < 0.5 else _misheaded(chance, packet)
            found = depacketizer.feed(memoryview(packet))
            seen |= found is not None and self._shows(found)
        return seen

    def keyframe(self, chance: random.Random, seeds: Seeds) -> bool:
        """The payload itself, into FFmpeg's decoders."""
        name, access_unit = chance.choice(seeds.keyframes)
        others = [unit for other, unit in seeds.keyframes if other == name]
        return self._shows(Keyframe(CODECS[name], mutated(chance, access_unit, others), 0))

    def jpeg(self, chance: random.Random, seeds: Seeds) -> bool:
        """A picture, into OpenCV."""
        seen = decode_jpeg(mutated(chance, chance.choice(seeds.jpegs), seeds.jpegs))
        return seen is not None

    def http(self, chance: random.Random, seeds: Seeds) -> bool:
        """A camera's answer over a real connection: a JPEG or a loss."""
        self._server.answers = [mutated(chance, chance.choice(seeds.answers), seeds.answers) for _ in range(3)]
        camera = Camera("c1", "h", self._server.url, Role.WINDOW, timedelta(seconds=10), "x", LOGIN)
        snapshot = Snapshot(camera, 10)
        try:
            jpeg = snapshot.fetch()
        except StreamLost as lost:
            if LOGIN.password in f"{lost}{lost!r}":
                raise Wrong("a loss that tells the password") from None
            return False
        finally:
            snapshot.close()
        if len(jpeg) > LARGEST_JPEG:
            raise Wrong("a JPEG beyond the limit")
        return decode_jpeg(jpeg) is not None

    def _shows(self, keyframe: Keyframe) -> bool:
        frame = self._decoder.decode(keyframe)
        if frame is None:
            return False
        seen = frame.picture
        if frame.size != seen.shape[:2] or frame.grey.ndim != 2:
            raise Wrong(f"a frame of {frame.size} and a picture of {seen.shape}")
        if seen.ndim != 3 or seen.shape[2] != 3 or seen.shape[0] * seen.shape[1] > LARGEST_PICTURE:
            raise Wrong(f"a picture of {seen.shape}")
        return True


def _misheaded(chance: random.Random, packet: bytes) -> bytes:
    """A packet whose RTP header says something else."""
    first, second, sequence, time = struct.unpack_from("!BBHI", packet)
    match chance.randrange(4):
        case 0:
            first = chance.choice((0x80, 0x90, 0xA0, 0xB0, 0x8F, 0xBF, 0x40, first))
        case 1:
            second ^= 0x80
        case 2:
            sequence = (sequence + chance.choice((-1, 1, 2, 1000, 0x8000))) & 0xFFFF
        case 3:
            time = (time + chance.choice((-1, 1, 18_000, 1 << 31))) & 0xFFFFFFFF
    return struct.pack("!BBHI", first, second, sequence, time) + packet[8:]


class _Server:
    """A camera that answers each connection with the next bytes it was given, whatever it is asked."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/snap"
        threading.Thread(target=self._serve, name="camera", daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                connection.settimeout(PATIENCE_S)
                try:
                    connection.recv(65536)
                    while self.answers:  # the rest of them on the same connection, as if it had been kept
                        connection.sendall(self.answers.pop(0))
                        if not connection.recv(65536):
                            break
                except OSError:  # the client had enough
                    continue
