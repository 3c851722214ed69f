"""A stream: one RTSP camera on a non-blocking socket, from connecting to looks."""

import errno
import os
import random
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from math import inf

from camera_ingest.camera import Camera
from camera_ingest.depacketize import Keyframe
from camera_ingest.link import Link, Timing
from camera_ingest.look import Look
from camera_ingest.lost import StreamLost
from camera_ingest.pace import Pace
from camera_ingest.reception import Reception
from camera_ingest.redirection import MOST_HOPS, Moved
from camera_ingest.rtsp import Session
from camera_ingest.sample import Blind
from camera_ingest.schedule import Schedule

READS_PER_VISIT = 4  # full buffers; a camera that floods shall not starve the others
LONGEST_GOP_S = 60.0  # between keyframes; a camera whose RTP time jumps shall not be waited for for hours
Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


class Stream:
    """Gives a look per cadence to `deliver`; the receiver tells it what happens and when (monotonic seconds).

    When a sample is due the next complete keyframe is it, so a picture is never older than the pause between visits.
    """

    def __init__(
        self,
        camera: Camera,
        schedule: Schedule,
        timing: Timing,
        deliver: Callable[[Look], None],
        utc: Callable[[], datetime],
        pace: Pace | None = None,
        reception: Reception | None = None,
    ) -> None:
        self.camera = camera
        self.url = camera.url
        """Where the camera is, or where it sent us instead."""
        self.received_now = 0
        """Bytes over the present connection."""
        self.link = Link(timing)
        self.reception = reception or Reception(timing.mbit_s, 0.0, timing.look_s, 0.0)
        self._hops = 0  # redirections since the last stream
        self._schedule = schedule
        self._due = schedule.origin
        self._cadence = schedule.cadence
        self._pace = pace or Pace()
        self._deliver = deliver
        self._utc = utc
        self._lost: StreamLost | None = not_yet(camera)  # why it is blind; None while it sees
        self._connection: socket.socket | None = None
        self._selector: selectors.BaseSelector | None = None  # while the handshake lasts
        self._session: Session | None = None
        self._rtp_time: int | None = None  # of the last keyframe, until the interval between two is known
        self._look_from: tuple[int, float] | None = None  # (bytes, when) the present look on demand began at

    def connect(self, address: Address, selector: selectors.BaseSelector, now: float) -> None:
        """Begins to connect; `selector` wakes for it until the stream plays."""
        family, socket_address = address
        self._session = Session(self.camera.id, self.url, self.camera.login, self.camera.url)
        self._rtp_time, self.received_now = None, 0
        self._look_from = (0, now) if self.reception.on_demand else None
        try:
            self._connection = socket.socket(family, socket.SOCK_STREAM)
            self._connection.setblocking(False)
            error = self._connection.connect_ex(socket_address)
            if error not in (0, errno.EINPROGRESS):  # how that goes is read when the socket becomes writable
                raise OSError(error, os.strerror(error))
            selector.register(self._connection, selectors.EVENT_WRITE, self)
            self._selector = selector
        except OSError as error:
            self.fail(self._broken("connect", error), now)

    def wake(self, buffer: memoryview, now: float) -> None:
        """The socket is ready for the next step of the handshake, or has more of a look on demand."""
        self._try(self._shake_hands, buffer, now)

    def wants_connection(self, now: float) -> bool:
        """Whether a connection is to be opened."""
        if self.link.opened_at is not None or now < self.link.retry_at or self.reception.left_out:
            return False
        return not self.reception.on_demand or now >= self._due - self.reception.look_s

    def visit(self, buffer: memoryview, now: float) -> None:
        """Drains the socket, judges deadlines, and looks if it is time."""
        if self._schedule.cadence != self._cadence:
            self._follow(now)
        if self.reception.left_out:
            self._leave_out(now)
            return
        if now >= self._due and self._lost is None and self._session is not None:
            self._session.wanted = True
            self.link.wants(now)
        if self.link.playing:
            self._try(self._drain, buffer, now)
        overdue = self.link.overdue(now)
        if overdue:
            expected, found = overdue
            step = self._session.step if self._session else "resolve"
            lack = self._session.lack if self._session else ""
            found = f"{found}: {lack}" if lack else found
            self.fail(StreamLost(self.camera.id, step, expected, found, self._silence()), now)
        if self._lost is None and self.link.opened_at is None and now >= self._due + self._cadence:
            turn = "a turn on the line or the recorder"
            self._lost = StreamLost(self.camera.id, "plan", turn, "others' turn", Blind.UNWATCHED)
        if now >= self._due and self._lost is not None:
            self._look(self._lost, now)

    def fail(self, lost: StreamLost, now: float) -> None:
        """Gives the connection up; the link says when to try again."""
        self._measure(now, self.reception.look_mbit)  # one that failed tells only that looks are dear
        self.close()
        if isinstance(lost, Moved) and self._hops < MOST_HOPS:
            self.url, self._hops = lost.url, self._hops + 1
            self.link.left(now)
            return
        self._lost, self.url, self._hops = lost, self.camera.url, 0
        self.link.lost(now, lost.blind, random.random())

    def close(self) -> None:
        """Lets the connection go."""
        self._settle()
        if self._connection is not None:
            self._connection.close()
        self._connection = self._selector = self._session = None

    def _try(self, action: Callable[[memoryview, float], None], buffer: memoryview, now: float) -> None:
        try:
            action(buffer, now)
        except StreamLost as lost:
            self.fail(lost, now)
        except OSError as error:
            self.fail(self._broken(self._session.step if self._session else "connect", error), now)

    def _shake_hands(self, buffer: memoryview, now: float) -> None:
        assert self._connection and self._selector
        if self._selector.get_key(self._connection).events == selectors.EVENT_WRITE:
            error = self._connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                raise StreamLost(self.camera.id, "connect", "a connection", os.strerror(error))
            self._selector.modify(self._connection, selectors.EVENT_READ, self)
            self._send()
        else:
            self._drain(buffer, now)

    def _drain(self, buffer: memoryview, now: float) -> None:
        assert self._connection and self._session
        for _ in range(READS_PER_VISIT):
            try:
                size = self._connection.recv_into(buffer)
            except BlockingIOError:
                break
            if not size:
                raise StreamLost(self.camera.id, self._session.step, "bytes", "the connection closed")
            self.link.heard_at = now
            self.received_now += size
            self.reception.bytes += size
            keyframe = self._session.receive(buffer[:size], self._utc())
            if self._session.playing and not self.link.playing:
                self._begin(now)
            if keyframe is not None:
                self._see(keyframe, now)
                if self._session is None:  # it has been left
                    return
            self._bear()
            if size < len(buffer):
                break
        self._session.tick(now)
        self._send()

    def _bear(self) -> None:
        """Raises StreamLost if the look on demand takes far more than it may."""
        most = self.reception.most_bytes
        if self._look_from is None or not self.reception.on_demand or self.received_now - self._look_from[0] <= most:
            return
        step = self._session.step if self._session else "playing"
        raise StreamLost(self.camera.id, step, f"a keyframe within {most / 1e6:.1f} MB", "more", Blind.STALLED)

    def _begin(self, now: float) -> None:
        """The handshake is over: from now on the socket is drained; only who is about to leave is waited for."""
        self._hops = 0
        self.link.plays(now)
        if not self.reception.on_demand:
            self._settle()

    def _settle(self) -> None:
        """Nobody wakes for the socket any more."""
        if self._connection is not None and self._selector is not None:
            self._selector.unregister(self._connection)
            self._selector = None

    def _send(self) -> None:
        assert self._connection and self._session
        out = self._session.outgoing()
        if out and self._connection.send(out) != len(out):  # a few hundred bytes into an empty buffer
            raise StreamLost(self.camera.id, self._session.step, "a camera that reads", "its buffer full")

    def _see(self, keyframe: Keyframe, now: float) -> None:
        assert self._session and self._session.track
        if self._rtp_time is not None and not self.link.gop_s:
            ticks = (keyframe.rtp_time - self._rtp_time) & 0xFFFFFFFF
            self.link.gop_s = min(ticks / self._session.track.clock_rate, LONGEST_GOP_S)
        self._rtp_time = keyframe.rtp_time
        self._session.wanted = not self.link.gop_s
        if self.link.wanted_at is not None:
            self._lost = None
            self.link.seen(inf if self.reception.on_demand else now)
            self._look(keyframe, now)
            if self.reception.on_demand and self._due - now > self.reception.look_s + self.link.timing.reopen_s:
                self._leave(now)
            self._look_from = (self.received_now, now) if self.reception.on_demand else None
        self._settle()

    def _leave(self, now: float) -> None:
        """Goes until the next look is due, or until the camera is no longer left out."""
        if self._session is not None and self._connection is not None and self.link.opened_at is not None:
            self._measure(now)
            self._session.leave()
            with suppress(OSError, StreamLost):  # it is gone already
                self._send()
                self._connection.shutdown(socket.SHUT_WR)
        self.close()
        self.link.left(now)

    def _measure(self, now: float, least_mbit: float = 0.0) -> None:
        """Says what the look on demand that ends now took, if so much; what came while it was a stream is no part."""
        if self._look_from is None or not self.link.playing or not self.reception.on_demand:
            return
        bytes, began_at = self._look_from
        mbit = 8e-6 * (self.received_now - bytes)
        if mbit >= least_mbit and now > began_at:
            self.reception.looked(mbit, now - began_at)

    def _follow(self, now: float) -> None:
        """The cadence has changed: the time until the next look changes with it, and no look is taken twice."""
        before, self._cadence = self._cadence, self._schedule.cadence
        if self._due > now:
            due = now + (self._due - now) * self._cadence / before
            nearest = self._schedule.after(max(now, due - self._cadence / 2))
            self._due = nearest if self._pace.stretch <= 1 else due

    def _leave_out(self, now: float) -> None:
        if self.link.opened_at is not None:
            self._leave(now)
        if now >= self._due:
            place = StreamLost(self.camera.id, "plan", "room on the line of its hall", "others' turn", Blind.UNWATCHED)
            self._look(place, now)

    def _look(self, found: Keyframe | StreamLost, now: float) -> None:
        early = self.reception.on_demand and self._due - now <= self.reception.look_s  # it came for this look
        stretch = self.reception.stretched(self._pace.stretch)
        due, self._due = self._due, self._schedule.after(max(now, self._due) if early else now, stretch)
        off_s = self._session.clock_off_s if self._session else None
        self._deliver(Look(self.camera.id, self._utc(), found, due, self._due, off_s))

    def _silence(self) -> Blind:
        return Blind.STALLED if self._session and self._session.step != "OPTIONS" else Blind.UNREACHABLE

    def _broken(self, step: str, error: OSError) -> StreamLost:
        found = os.strerror(error.errno) if error.errno else type(error).__name__
        return StreamLost(self.camera.id, step, "a connection", found)


def not_yet(camera: Camera) -> StreamLost:
    """Why a camera is blind before anything has come from it."""
    return StreamLost(camera.id, "start", "a first picture", "none yet", Blind.CONNECTING)
