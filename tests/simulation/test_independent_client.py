"""The simulated cameras, watched by a client that is not ours: FFmpeg."""

import json
import subprocess
from urllib.parse import quote

from camera_ingest.camera import Login
from simulation.rtsp_server import Gop, running
from tests.camera_ingest.synthetic import encode, picture

FPS = 25
FRAMES = 5
GOP = Gop(encode([picture(number) for number in range(FRAMES)], fps=FPS), FPS)
LOGIN = Login("clerk7", "s3:c/ret@")
QUIET = ("-hide_banner", "-loglevel", "error", "-rtsp_transport", "tcp")


def run(*command: str) -> bytes:
    """What a command of the Debian package ffmpeg prints."""
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def test_ffprobe_understands_the_description_and_gives_the_login() -> None:
    with running({"/c1": lambda n: GOP}, logins={"/c1": LOGIN}) as url:
        login = f"{quote(LOGIN.user, safe='')}:{quote(LOGIN.password, safe='')}@"
        told = run("ffprobe", *QUIET, "-of", "json", "-show_streams", url.replace("://", f"://{login}") + "/c1")
    (stream,) = json.loads(told)["streams"]
    assert (stream["codec_name"], stream["width"], stream["height"]) == ("h264", 160, 96)


def test_ffmpeg_decodes_every_picture_without_a_complaint() -> None:
    wanted = 4 * FRAMES
    with running({"/c1": lambda n: GOP}) as url:
        command = ("ffmpeg", *QUIET, "-xerror", "-i", f"{url}/c1", "-an", "-frames:v", str(wanted))
        pictures = run(*command, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "bgr24", "-")
    assert len(pictures) == wanted * 96 * 160 * 3
