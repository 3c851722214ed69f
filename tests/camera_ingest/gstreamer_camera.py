"""An RTSP server that is not ours: GStreamer's, run by the system's Python (it is not in the virtual environment).

Arguments: a folder with access units (Annex B), "h264" or "h265", frames per second, a layout of tracks, and, for a
digest login, user and password. The files are played in the order of their names, again and again; what follows the
dash of a name is the place at which the picture is shown. Prints its port and ends with its standard input.
"""
# mypy: ignore-errors
# Not typed: it runs on the system's Python, with bindings that have no types.

import os
import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

folder, codec, fps, layout, *login = sys.argv[1:]
PATHS = sorted(Path(folder).iterdir())
FRAMES = [(int(path.name.partition("-")[2]), path.read_bytes()) for path in PATHS]
SOURCE = (
    f"appsrc name=camera is-live=true format=time do-timestamp=false caps=video/x-{codec},stream-format=byte-stream,"
    f"alignment=au,framerate={fps}/1"
)
PAY = f"rtp{codec}pay config-interval={0 if layout == 'sets-once' else -1}"
SOUND = "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay"
LAYOUTS = {
    "video-sound": f"{SOURCE} ! {PAY} name=pay0 pt=98 {SOUND} name=pay1 pt=8",
    "sound-video": f"{SOUND} name=pay0 pt=8 {SOURCE} ! {PAY} name=pay1 pt=98",
    "application-video": f"audiotestsrc is-live=true ! rtpgstpay name=pay0 pt=97 {SOURCE} ! {PAY} name=pay1 pt=98",
    "two": f"{SOURCE} ! tee name=t t. ! queue ! {PAY} name=pay0 pt=98 t. ! queue ! {PAY} name=pay1 pt=98",
    "sets-once": f"{SOURCE} ! {PAY} name=pay0 pt=98",  # parameter sets are in the description, never in the stream
}
SETS = {"h264": lambda unit: unit[0] & 0x1F in (7, 8), "h265": lambda unit: unit[0] >> 1 & 0x3F in (32, 33, 34)}


def bare(frame):
    """An access unit without its parameter sets."""
    units = frame.split(b"\0\0\1")[1:]
    return b"".join(b"\0\0\1" + unit for unit in units if not SETS[codec](unit))


def feed(media):
    """Pushes one frame whenever the pipeline asks for one; a live pipeline sends it at its time."""
    number = [0]
    source = media.get_element().get_by_name_recurse_up("camera")

    def push(source, _):
        turn, at = divmod(number[0], len(FRAMES))
        shown, data = FRAMES[at]
        frame = Gst.Buffer.new_wrapped(bare(data) if layout == "sets-once" and number[0] else data)
        frame.dts = number[0] * Gst.SECOND // int(fps)
        frame.pts = (turn * len(FRAMES) + shown + 2) * Gst.SECOND // int(fps)  # B frames are shown later than decoded
        frame.duration = Gst.SECOND // int(fps)
        number[0] += 1
        source.emit("push-buffer", frame)

    source.connect("need-data", push)


def secure(server, factory):
    """Only this login may see the camera."""
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(login[0], login[1], token)
    server.set_auth(auth)
    role = "viewer, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
    factory.add_role_from_structure(Gst.Structure.from_string(role)[0])


Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f"( {LAYOUTS[layout]} )")
factory.connect("media-configure", lambda _, media: feed(media))
if login:
    secure(server, factory)
server.get_mount_points().add_factory("/camera", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_HUP | GLib.IO_IN, lambda *_: loop.quit())
loop.run()
os._exit(0)  # an orderly end may wait for ever: a streaming thread wants the interpreter that is being taken down
