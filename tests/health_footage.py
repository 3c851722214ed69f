"""Footage to judge health by: clean looks of rendered and of real cameras, and what happens to them.

Every look is a keyframe of its own, encoded and decoded as a camera's sub-stream, so that noise is what compression
leaves of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from camera_ingest.sample import Picture
from models.clips import frames
from simulation.exam import CASES, CONFIG, write
from simulation.faults import PictureFault, damage
from simulation.h264 import decode, encode
from simulation.sprites import people

REAL = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
"""Debian package opencv-doc: PETS 2009 S2-L1, 795 frames of 768×576 at 10 fps, a fixed camera, people walking."""
SIZE = 640, 360
CRFS = 26, 37
"""Quality of keyframes: good and bad sub-streams."""
WINDOWS = ((0, 72, 768), (0, 144, 576), (192, 144, 576), (96, 200, 576))
"""Parts of the real pictures that stand for cameras: left, top and width in pixels; 16:9."""
EVERY = 5
"""Real frames from one look to the next: half a second of walking."""
Change = Callable[[Picture, int], Picture]
"""What becomes of the n-th picture."""


@dataclass(frozen=True, slots=True)
class Camera:
    """The clean looks of one camera."""

    id: str
    origin: str
    """`rendered` or `real`."""
    pictures: tuple[Picture, ...]


def rendered(looks: int, seed: int, cases: int = len(CASES)) -> Iterator[Camera]:
    """Cameras of the simulated exam: three per case, people coming, going and waiting, burnt-in clock."""
    with TemporaryDirectory(prefix="hallwatch-health-") as name:
        config = write(Path(name), looks, seed, cases=CASES[:cases])
        assert config.name == CONFIG
        for clip in sorted(config.parent.glob("*.mp4")):
            yield Camera(f"{clip.stem}-{seed}", "rendered", tuple(picture for _, picture in frames(clip)))


def real(starts: Sequence[int] = range(EVERY), windows: Sequence[tuple[int, int, int]] = WINDOWS) -> Iterator[Camera]:
    """Cameras cut out of the real clip, each seeing every 5th frame from one of the starts on."""
    everything = [picture for _, picture in frames(REAL)]
    for start in starts:
        for number, window in enumerate(windows, 1):
            shown = tuple(cut(picture, window) for picture in everything[start::EVERY])
            yield Camera(f"pets-{number}-{start}", "real", shown)


def cut(picture: Picture, window: tuple[int, int, int]) -> Picture:
    """A part of a picture, as a camera's sub-stream would show it."""
    left, top, width = window
    part = picture[top : top + width * 9 // 16, left : left + width]
    return np.asarray(cv2.resize(part, SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def sent(pictures: Iterable[Picture], crf: int) -> Iterator[Picture]:
    """The pictures as keyframes of a sub-stream."""
    yield from decode(encode(pictures, 1, crf))


def still(camera: Camera) -> Picture:
    """The camera's place without its people, and without noise."""
    return np.asarray(np.median(np.stack(camera.pictures[:41]), axis=0), np.uint8)


# --- faults ---


def fault(kind: str, rng: np.random.Generator, first: Picture) -> Change:
    """A lasting fault; `frozen` goes on showing the first picture while the clock in its corner runs."""
    if kind != "frozen":
        changed = damage(PictureFault(kind), rng)
        return lambda picture, _: changed(picture)
    return lambda _, number: clocked(first, number)


def clocked(picture: Picture, number: int) -> Picture:
    """With a burnt-in date and running time, as cameras write it: in the corners, outlined."""
    shown = picture.copy()
    time = f"2026-11-25 {10 + number // 360:02d}:{number // 6 % 60:02d}:{number % 6 * 10 + number % 10:02d}"
    for place in ((10, 28), (330, 348)):
        cv2.putText(shown, time, place, cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 4)
        cv2.putText(shown, time, place, cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 1)
    return shown


# --- what is no fault ---


def lit(gain: float, noise: float, rng: np.random.Generator) -> Change:
    """Other light: so many times as much, with the noise of the sensor in grey levels."""
    return lambda picture, _: _grain(picture * np.float32(gain), noise, rng)


def daylight(length: int, rng: np.random.Generator) -> Change:
    """A day of so many looks: light that comes and goes from one side, and a patch of sun that wanders."""
    x = np.linspace(-1, 1, SIZE[0], dtype=np.float32)[None, :, None]
    side = float(rng.choice([-0.35, 0.35]))

    def changed(picture: Picture, number: int) -> Picture:
        hour = number / length
        sun = np.zeros((SIZE[1], SIZE[0], 1), np.float32)
        left = int(SIZE[0] * (1.2 * hour - 0.2))
        corners = np.array([[left, 200], [left + 130, 190], [left + 190, 300], [left + 40, 310]])
        cv2.fillPoly(sun, [corners], (0.5,))
        light = (0.5 + 0.75 * np.sin(np.pi * hour)) * (1 + side * (2 * hour - 1) * x) + sun
        return _grain(picture * light, 1.5, rng)

    return changed


def infrared(rng: np.random.Generator) -> Change:
    """Night view: grey, other colours are bright than by day, a lamp in the middle, noise."""
    weights = np.array([[0.1, 0.15, 0.75]], np.float32)
    x, y = np.meshgrid(np.linspace(-1, 1, SIZE[0]), np.linspace(-1, 1, SIZE[1]))
    lamp = (1.25 * np.exp(-0.9 * (x * x + y * y)))[..., None].astype(np.float32)

    def changed(picture: Picture, _: int) -> Picture:
        grey = 255 * (cv2.transform(picture, weights) / np.float32(255)) ** 0.7
        return _grain(np.repeat(grey[..., None] * lamp, 3, axis=2), 2.5, rng)

    return changed


def crowded(rng: np.random.Generator) -> Change:
    """People pass right before the camera: each look others, larger than the picture."""
    close = [one for one in people() if one.role == "public" and one.pose in ("walk", "stand", "back")]

    def changed(picture: Picture, _: int) -> Picture:
        shown = picture.astype(np.float32)
        for _ in range(int(rng.integers(2, 5))):
            one = close[rng.integers(len(close))].pixels
            scale = rng.uniform(1.2, 2.2) * SIZE[1] / one.shape[0]
            large = cv2.resize(one, None, fx=scale, fy=scale)
            top, left = int(rng.integers(20, 200)), int(rng.integers(-80, SIZE[0] - 80))
            part = large[: SIZE[1] - top, max(0, -left) : SIZE[0] - left].astype(np.float32)
            opaque = part[..., 3:] / 255
            area = shown[top : top + part.shape[0], max(0, left) : max(0, left) + part.shape[1]]
            area[:] = area * (1 - opaque) + part[..., :3] * opaque
        return _grain(shown, 1.5, rng)

    return changed


def asleep(place: Picture, gain: float, noise: float, rng: np.random.Generator) -> Change:
    """Nobody there, a camera that removes most of its noise, and its clock."""
    return lambda _, number: clocked(_grain(place * np.float32(gain), noise, rng), number)


def _grain(picture: np.ndarray, noise: float, rng: np.random.Generator) -> Picture:
    grain = rng.standard_normal((*picture.shape[:2], 1), np.float32) * np.float32(noise)
    return np.asarray(np.clip(np.rint(picture + grain), 0, 255), np.uint8)
