"""An RTSP server that is not ours: GStreamer's, run by the system's Python (it is not in the virtual environment).

Arguments: a folder with the access units of one GOP in numbered files, "h264" or "h265", frames per second, and,
for a digest login, user and password. Plays the GOP again and again beside a track of sound, prints its port and
ends with its standard input.
"""
# mypy: ignore-errors
# Not typed: it runs on the system's Python, with bindings that have no types.

import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

folder, codec, fps, *login = sys.argv[1:]
FRAMES = [path.read_bytes() for path in sorted(Path(folder).iterdir())]
LAUNCH = (
    f"( appsrc name=camera is-live=true format=time do-timestamp=false caps=video/x-{codec},stream-format=byte-stream,"
    f"alignment=au,framerate={fps}/1 ! rtp{codec}pay name=pay0 pt=98 config-interval=-1 "
    "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8 )"
)


def feed(media):
    """Pushes one frame whenever the pipeline asks for one; a live pipeline sends it at its time."""
    number = [0]
    source = media.get_element().get_by_name_recurse_up("camera")

    def push(source, _):
        frame = Gst.Buffer.new_wrapped(FRAMES[number[0] % len(FRAMES)])
        frame.pts = frame.dts = number[0] * Gst.SECOND // int(fps)
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
factory.set_launch(LAUNCH)
factory.connect("media-configure", lambda _, media: feed(media))
if login:
    secure(server, factory)
server.get_mount_points().add_factory("/camera", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_HUP | GLib.IO_IN, lambda *_: loop.quit())
loop.run()
