"""A look: the colours, light and camera of one hall, drawn from a seed."""

from dataclasses import dataclass

import cv2
import numpy as np

from simulation.sprites import Pixels

Colour = tuple[int, int, int]
"""BGR, 0..255."""

WALLS: tuple[Colour, ...] = ((205, 208, 208), (214, 205, 192), (196, 208, 216), (206, 212, 200), (188, 190, 194))
FLOORS: tuple[Colour, ...] = ((118, 124, 128), (150, 158, 164), (112, 128, 146), (136, 134, 126), (96, 102, 106))
COUNTERS: tuple[Colour, ...] = ((72, 106, 146), (58, 78, 104), (176, 182, 186), (118, 98, 74), (92, 124, 160))
TRIMS: tuple[Colour, ...] = ((152, 92, 34), (60, 58, 168), (92, 128, 48), (140, 74, 80))
CHAIRS: tuple[Colour, ...] = ((58, 44, 34), (40, 40, 42), (96, 84, 76), (62, 50, 96))
COATS: tuple[Colour, ...] = ((84, 48, 116), (52, 66, 92), (70, 70, 72), (40, 84, 88), (128, 96, 60))


@dataclass(frozen=True, slots=True)
class Look:
    """What one hall looks like through its cameras."""

    wall: Colour
    floor: Colour
    counter: Colour
    trim: Colour
    chair: Colour
    gain: float
    """Brightness of the picture; 1 is a well-lit hall."""
    cast: tuple[float, float, float]
    """Colour cast of the lamps, one factor per channel (BGR)."""
    noise: float
    """Standard deviation of the sensor's noise, in grey levels."""
    blur: float
    """Standard deviation of the lens's blur, in pixels; 0 = sharp."""


def look(seed: int, dark: float = 0.0) -> Look:
    """One look; `dark` is the share of badly lit halls."""
    rng = np.random.default_rng([seed, 0])
    gain = rng.uniform(0.32, 0.6) if rng.random() < dark else rng.uniform(0.93, 1.12)
    warmth = rng.uniform(-0.05, 0.05)
    return Look(
        wall=_near(rng, WALLS),
        floor=_near(rng, FLOORS),
        counter=_near(rng, COUNTERS),
        trim=_near(rng, TRIMS),
        chair=_near(rng, CHAIRS),
        gain=float(gain),
        cast=(1 - warmth, 1.0, 1 + warmth),
        noise=float(rng.uniform(1.5, 3.0) if gain > 0.7 else rng.uniform(3.0, 6.0)),
        blur=float(rng.choice([0.0, 0.0, 0.5, 0.8])),
    )


def _near(rng: np.random.Generator, palette: tuple[Colour, ...]) -> Colour:
    """A colour of the palette, a little off."""
    chosen = np.array(palette[rng.integers(len(palette))]) + rng.integers(-6, 7, 3)
    blue, green, red = (int(value) for value in np.clip(chosen, 0, 255))
    return blue, green, red


def tinted(colour: Colour, factor: float) -> Colour:
    """The colour, lighter (above 1) or darker."""
    blue, green, red = (min(255, max(0, round(channel * factor))) for channel in colour)
    return blue, green, red


FULL = 180
"""What stands for unchanged brightness in the light's table."""


class Optics:
    """What lamps, lens and sensor add to a composed picture; holds its tables, so make one per stage."""

    def __init__(self, look: Look, size: tuple[int, int], rng: np.random.Generator) -> None:
        height, width = size
        x = np.linspace(-1, 1, width)[None, :]
        y = np.linspace(-1, 1, height)[:, None]
        fall = 1 - rng.uniform(0.04, 0.2) * (x * x + y * y) / 2
        fall *= 1 + rng.uniform(-0.12, 0.12) * x + rng.uniform(-0.06, 0.06) * y
        light = fall[..., None] * np.array(look.cast) * look.gain * FULL
        self._light = np.clip(light, 0, 255).astype(np.uint8)
        grain = rng.standard_normal((height + 64, width + 64, 3), np.float32) * np.float32(0.5 * look.noise)
        grain += rng.standard_normal((height + 64, width + 64, 1), np.float32) * np.float32(look.noise)
        self._grain = np.rint(grain).astype(np.int16)
        self._blur = look.blur

    def expose(self, picture: Pixels, rng: np.random.Generator) -> Pixels:
        """The picture as the sensor would give it; never the same noise twice."""
        height, width = picture.shape[:2]
        if self._blur:
            picture = np.asarray(cv2.GaussianBlur(picture, (3, 3), self._blur), np.uint8)
        lit = cv2.multiply(picture, self._light, scale=1 / FULL)
        top, left = rng.integers(0, 64, 2)
        grain = self._grain[top : top + height, left : left + width]
        return np.asarray(cv2.add(lit, grain, dtype=cv2.CV_8U), np.uint8)
