"""A look: the colours, light and camera of one hall, drawn from a seed."""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from simulation.parts import Part, among
from simulation.sprites import Pixels

Colour = tuple[int, int, int]
"""BGR, 0..255."""

WALLS: tuple[Colour, ...] = (
    (205, 208, 208), (214, 205, 192), (196, 208, 216), (178, 198, 206),
    (206, 212, 200), (188, 190, 194), (226, 226, 222), (204, 190, 176),
)  # fmt: skip
FLOORS: tuple[Colour, ...] = (
    (118, 124, 128), (150, 158, 164), (112, 128, 146), (126, 148, 168),
    (136, 134, 126), (96, 102, 106), (176, 178, 178), (104, 112, 96),
)  # fmt: skip
COUNTERS: tuple[Colour, ...] = (
    (72, 106, 146), (58, 78, 104), (176, 182, 186), (120, 140, 158),
    (118, 98, 74), (92, 124, 160), (206, 206, 204), (86, 92, 96),
)  # fmt: skip
TRIMS: tuple[Colour, ...] = (
    (152, 92, 34), (60, 58, 168), (92, 128, 48), (124, 116, 30),
    (140, 74, 80), (44, 104, 176), (110, 110, 112), (92, 60, 130),
)  # fmt: skip
CHAIRS: tuple[Colour, ...] = (
    (58, 44, 34), (40, 40, 42), (96, 84, 76), (78, 66, 30),
    (62, 50, 96), (120, 104, 88), (54, 76, 58), (36, 34, 60),
)  # fmt: skip
COATS: tuple[Colour, ...] = (
    (84, 48, 116), (52, 66, 92), (70, 70, 72), (120, 84, 44),
    (40, 84, 88), (128, 96, 60), (44, 44, 150), (96, 124, 150),
)  # fmt: skip


class Lit(StrEnum):
    """How well a hall is lit."""

    WELL = "well"
    DARK = "dark"
    GLARE = "glare"


@dataclass(frozen=True, slots=True)
class Light:
    """Lamps and windows of a hall, and what the camera makes of them."""

    gain: tuple[float, float]
    """Brightness of the picture, from and to; 1 is a well-lit hall."""
    warmth: float
    """Colour cast: above 0 reddish, below bluish."""
    side: float
    """How much brighter the right edge is than the middle."""
    glare: tuple[float, float, float] = (0, 0, 0)
    """A window or lamp that dazzles: strength (0..1) and place (x, y; 0..1)."""


LIGHTS: dict[Lit, tuple[Light, ...]] = {
    Lit.WELL: (
        Light((0.95, 1.1), 0.0, 0.0), Light((0.93, 1.05), 0.05, -0.08),
        Light((1.0, 1.12), -0.04, 0.1), Light((0.96, 1.08), 0.025, 0.06),
        Light((0.86, 1.0), -0.02, -0.04), Light((0.98, 1.14), 0.07, 0.02),
        Light((0.8, 0.95), 0.03, -0.12), Light((0.9, 1.06), -0.055, -0.02),
    ),
    Lit.DARK: (
        Light((0.32, 0.5), 0.0, 0.0), Light((0.4, 0.6), 0.05, 0.15),
        Light((0.3, 0.42), -0.05, -0.1), Light((0.34, 0.52), 0.02, -0.2),
    ),
    Lit.GLARE: (
        Light((0.9, 1.05), 0.0, 0.15, (0.75, 0.85, 0.2)), Light((0.75, 0.95), -0.04, -0.2, (0.9, 0.1, 0.3)),
        Light((0.9, 1.1), 0.05, 0.0, (0.6, 0.5, 0.15)), Light((0.8, 1.0), -0.02, 0.1, (0.85, 0.7, 0.35)),
    ),
}  # fmt: skip
"""The last of every four is held out, see `simulation.parts`."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one hall looks like through its cameras."""

    part: Part
    wall: Colour
    floor: Colour
    counter: Colour
    trim: Colour
    chair: Colour
    gain: float
    """Brightness of the picture; 1 is a well-lit hall."""
    cast: tuple[float, float, float]
    """Colour cast of the lamps, one factor per channel (BGR)."""
    side: float
    glare: tuple[float, float, float]
    noise: float
    """Standard deviation of the sensor's noise, in grey levels."""
    blur: float
    """Standard deviation of the lens's blur, in pixels; 0 = sharp."""
    made_of: tuple[str, ...]
    """Names of the colours and the light, to prove that what is held out was never trained on."""


def look(seed: int, dark: float = 0.0, glare: float = 0.0, part: Part = Part.WHOLE) -> Look:
    """One look; `dark` and `glare` are the shares of badly lit and of dazzling halls."""
    rng = np.random.default_rng([seed, 0])
    chance = rng.random()
    lit = Lit.DARK if chance < dark else Lit.GLARE if chance < dark + glare else Lit.WELL
    choices = among(part, LIGHTS[lit])
    number, light = choices[rng.integers(len(choices))]
    gain = rng.uniform(*light.gain)
    made_of = [f"light {lit} {number}"]

    def colour(sort: str, palette: tuple[Colour, ...]) -> Colour:
        place, found = near(rng, palette, part)
        made_of.append(f"{sort} {place}")
        return found

    return Look(
        part=part,
        wall=colour("wall", WALLS),
        floor=colour("floor", FLOORS),
        counter=colour("counter", COUNTERS),
        trim=colour("trim", TRIMS),
        chair=colour("chair", CHAIRS),
        gain=float(gain),
        cast=(1 - light.warmth, 1.0, 1 + light.warmth),
        side=light.side,
        glare=light.glare,
        noise=float(rng.uniform(1.5, 3.0) if gain > 0.7 else rng.uniform(3.0, 6.0)),
        blur=float(rng.choice([0.0, 0.0, 0.5, 0.8])),
        made_of=tuple(made_of),
    )


def near(rng: np.random.Generator, palette: tuple[Colour, ...], part: Part) -> tuple[int, Colour]:
    """A colour of the part's share of a palette, a little off, with its number."""
    choices = among(part, palette)
    number, chosen = choices[rng.integers(len(choices))]
    blue, green, red = (int(value) for value in np.clip(np.array(chosen) + rng.integers(-6, 7, 3), 0, 255))
    return number, (blue, green, red)


def tinted(colour: Colour, factor: float) -> Colour:
    """The colour, lighter (above 1) or darker."""
    blue, green, red = (min(255, max(0, round(channel * factor))) for channel in colour)
    return blue, green, red


FULL = 180
"""What stands for unchanged brightness in the light's table."""


class Grain:
    """A sensor's noise of a standard deviation (grey levels) for pictures of one size (height, width)."""

    def __init__(self, noise: float, size: tuple[int, int], rng: np.random.Generator) -> None:
        height, width = size
        grain = rng.standard_normal((height + 64, width + 64, 3), np.float32) * np.float32(0.5 * noise)
        grain += rng.standard_normal((height + 64, width + 64, 1), np.float32) * np.float32(noise)
        self._grain = np.rint(grain).astype(np.int16)

    def over(self, picture: Pixels, rng: np.random.Generator) -> Pixels:
        """The picture with noise over it; never the same twice."""
        height, width = picture.shape[:2]
        top, left = rng.integers(0, 64, 2)
        grain = self._grain[top : top + height, left : left + width]
        return np.asarray(cv2.add(picture, grain, dtype=cv2.CV_8U), np.uint8)


class Optics:
    """What lamps, lens and sensor add to a composed picture; holds its tables, so make one per stage."""

    def __init__(self, look: Look, size: tuple[int, int], rng: np.random.Generator) -> None:
        height, width = size
        x = np.linspace(-1, 1, width)[None, :]
        y = np.linspace(-1, 1, height)[:, None]
        fall = 1 - rng.uniform(0.04, 0.2) * (x * x + y * y) / 2
        fall *= 1 + (look.side + rng.uniform(-0.06, 0.06)) * x + rng.uniform(-0.06, 0.06) * y
        light = fall[..., None] * np.array(look.cast) * look.gain * FULL
        self._light = np.clip(light, 0, 255).astype(np.uint8)
        self._haze = _haze(look, x, y) if look.glare[0] else None
        self._grain = Grain(look.noise, size, rng)
        self._blur = look.blur

    def expose(self, picture: Pixels, rng: np.random.Generator) -> Pixels:
        """The picture as the sensor would give it; never the same noise twice."""
        if self._blur:
            picture = np.asarray(cv2.GaussianBlur(picture, (3, 3), self._blur), np.uint8)
        lit = cv2.multiply(picture, self._light, scale=1 / FULL)
        if self._haze is not None:
            lit = cv2.add(lit, self._haze)
        return self._grain.over(np.asarray(lit, np.uint8), rng)


def _haze(look: Look, x: np.ndarray, y: np.ndarray) -> Pixels:
    """The light of a dazzling window: a bright spot, a veil around it, and its image on the floor below."""
    strength, left, top = look.glare
    across, down = x - (2 * left - 1), y - (2 * top - 1)
    spot = np.exp(-((across / 0.22) ** 2 + (down / 0.3) ** 2) * 1.5)
    veil = 0.35 * np.exp(-((across / 0.9) ** 2 + (down / 1.1) ** 2))
    floor = 0.5 * np.exp(-((across / 0.12) ** 2) * 1.5) * np.clip(y - 0.25, 0, 1)
    haze = 255 * strength * np.clip(spot + veil + floor, 0, 1)
    return np.asarray(np.repeat(haze[..., None], 3, axis=2), np.uint8)
