"""Looks: which parts of a picture go through which input of the network, so that people are seen well and cheaply.

A network sees a person well from some 24 to 40 pixels of its input on; people who are small in the picture itself it
sees better enlarged, up to twice. Where the whole picture through the cheapest input gives that in every region, one
look does. Otherwise the cheapest of two is chosen: the whole picture through a larger input; or the whole picture
through a small one, for whoever is large, and crops around the regions, for whoever is small there, in tiles where a
region is larger than the input. Pure: numbers in, numbers out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, product
from math import ceil, inf

from models.regions import Anchor, Region, RegionKind

SEEN_PX = {RegionKind.STAFF: 40.0, RegionKind.CITIZEN: 24.0, RegionKind.QUEUE: 32.0}
"""Height in the input from which on the smallest person of a region is seen well; of seated staff, the visible half.
On PETS 2009, whose typical people are a third higher, the head-count error is 0.19, 0.19, 0.26, 0.31 and 0.44 at 50,
40, 27, 25 and 20, occupancy F1 0.989, 0.988, 0.985, 0.973 and 0.958. In simulated halls with hidden and dark counters
the F1 of seats is 0.900, 0.938, 0.954 and 0.951 if plans are made for 24, 32, 40 and 48 (YOLO11n, INT8)."""
ENOUGH = 0.8
"""The share of that for which no further look is spent."""
SURE_PX = 36.0
"""Height in the input of the whole picture from which on a person is left to that look; crops need no room for them."""
MOST_ENLARGED = 2.0
"""A picture is not enlarged beyond this: people of 16 px are then counted as well as of 32; more gains nothing."""
MOST_LOOKS = 6
"""At one sample, the whole picture included; beyond that people are seen smaller, and the plan says so."""
OVERHEAD = 30_000
"""What a look costs besides its pixels, in pixels: 2 ms of CPU, where 416×256 take 7 more and 640×640 28."""
BREADTH = 0.5
"""A person's width, at most so much of the height."""
STAFF_SHARE, FLOOR_SHARE = 0.75, 0.25
"""Least height of a person, where a region does not say it: so much of the height of a staff polygon, which is drawn
around the visible upper body; so much of the distance from the picture's top to the polygon's, where people stand on
the floor. In simulated halls at least 0.76 and 0.38, on PETS 2009, which is seen from afar, 0.24 for one in twenty."""

Size = tuple[int, int]
"""Height and width, pixels."""
Seen = Mapping[RegionKind, float]
"""Heights in the input, in pixels, as in SEEN_PX."""


@dataclass(frozen=True, slots=True, order=True)
class Look:
    """A part of a picture, in its pixels, right and bottom excluded, and the input it goes through."""

    left: int
    top: int
    right: int
    bottom: int
    input: Size

    @property
    def scale(self) -> float:
        """Pixels of the input per pixel of the picture."""
        return min(self.input[0] / (self.bottom - self.top), self.input[1] / (self.right - self.left))


@dataclass(frozen=True, slots=True)
class Plan:
    """How a camera is looked at."""

    looks: tuple[Look, ...]
    """The whole picture first; the others look closer at parts of it."""
    lacks: str = ""
    """What cannot be seen as well as it should, as a sentence; empty = nothing."""


@dataclass(frozen=True, slots=True)
class _Area:
    """Where the people of a region may be, in pixels, and how large they have to be shown."""

    left: float
    top: float
    right: float
    bottom: float
    scale: float
    """Pixels of the input per pixel of the picture that show them well."""

    def fitting(self, size: Size) -> float | None:
        """The scale at which one look through this input shows it large enough; None if it is too large for one."""
        most = min(size[0] / (self.bottom - self.top), size[1] / (self.right - self.left))
        return min(self.scale, most) if most >= self.scale * ENOUGH else None

    def with_(self, other: "_Area") -> "_Area":
        """The area around both."""
        return _Area(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            max(self.scale, other.scale),
        )


def person_px(region: Region, height: int) -> float:
    """The least height of a person in a region of a picture so high, in pixels: as configured, else guessed."""
    if region.person is not None:
        return region.person * height
    tops = [y for _, y in region.polygon]
    share = STAFF_SHARE * (max(tops) - min(tops)) if region.anchor is Anchor.CENTRE else FLOOR_SHARE * min(tops)
    return max(share * height, 1.0)


def needed(region: Region, height: int, seen: Seen = SEEN_PX) -> float:
    """Pixels of the input per pixel of a picture so high that show the smallest people of a region well."""
    return seen[region.kind] / person_px(region, height)


def plan(regions: Sequence[Region], picture: Size, inputs: Sequence[Size], seen: Seen = SEEN_PX) -> Plan:
    """The cheapest looks that show people well in every counting region; `inputs`: those there are networks for.

    `seen`: the heights that the network needs, by kind of region.

    Where that takes more than MOST_LOOKS, people are shown smaller, in the best way there is, and `lacks` says so.
    Raises ValueError without inputs.
    """
    counting = [region for region in regions if region.kind is not RegionKind.MASK]
    wholes = [Look(0, 0, picture[1], picture[0], size) for size in sorted(inputs, key=_pixels)]
    if not wholes:
        raise ValueError("expected the size of at least one input, found none")
    share = 1.0
    while True:
        plans = [one for whole in wholes for one in _plans(whole, counting, inputs, seen, share)]
        plans = [one for one in plans if len(one) <= MOST_LOOKS]
        if plans:
            best = min(plans, key=lambda looks: (_cost(looks), looks))
            return Plan(best, _lack(counting, picture, seen, share))
        share *= 0.9


def _plans(
    whole: Look, regions: Sequence[Region], inputs: Sequence[Size], seen: Seen, share: float
) -> Iterator[tuple[Look, ...]]:
    """The whole picture, and closer looks where it shows people too small; `share`: of the size they should have."""
    picture, large = (whole.bottom, whole.right), SURE_PX / whole.scale
    enough = whole.scale / ENOUGH if whole.scale < MOST_ENLARGED else inf
    small = [region for region in regions if needed(region, picture[0], seen) * share > enough]
    areas = [_area(region, picture, large, needed(region, picture[0], seen) * share) for region in small]
    if not areas:
        yield (whole,)
        return
    for size, joined in product(inputs, (False, True)):
        groups = [reduce(_Area.with_, areas)] if joined else _grouped(areas, size)
        tiles = [tuple(_tiles(area, size, picture, large)) for area in groups]
        touching = [(look, scales) for group in tiles for look in group if (scales := _touched(look, areas))]
        closer = [_cheapest(look, max(scales), inputs) for look, scales in touching]
        if all(tiles) and all(look.scale > whole.scale for look in closer):
            yield (whole, *dict.fromkeys(closer))


def _area(region: Region, picture: Size, large: float, scale: float) -> _Area:
    """The polygon with room for everybody whose anchor is inside and who is lower than `large`, in pixels.

    Around a staff region there is room for everybody whose head may be in it: evidence has to find and hide them.
    """
    height, width = picture
    xs, ys = [x * width for x, _ in region.polygon], [y * height for _, y in region.polygon]
    seated = region.anchor is Anchor.CENTRE or region.kind is RegionKind.STAFF
    above, below = (large / 2 if region.anchor is Anchor.CENTRE else large), (large if seated else large / 8)
    side = large * BREADTH if seated else large * BREADTH / 2
    return _Area(
        max(0.0, min(xs) - side),
        max(0.0, min(ys) - above),
        min(float(width), max(xs) + side),
        min(float(height), max(ys) + below),
        min(scale, MOST_ENLARGED),
    )


def _grouped(areas: Sequence[_Area], size: Size) -> list[_Area]:
    """The areas, joined as long as two of them still fit into one look; the least addition first."""
    groups = list(areas)
    while True:
        pairs = [(one.with_(two), one, two) for one, two in combinations(groups, 2)]
        fitting = [pair for pair in pairs if pair[0].fitting(size)]
        if not fitting:
            return groups
        joint, one, two = min(fitting, key=lambda pair: _extent(pair[0]) - _extent(pair[1]) - _extent(pair[2]))
        groups = [group for group in groups if group is not one and group is not two] + [joint]


def _tiles(area: _Area, size: Size, picture: Size, large: float) -> Iterator[Look]:
    """One look if the area fits, else several that overlap by a person; none if a person does not fit into one."""
    scale = area.fitting(size) or area.scale
    rows = _steps(area.top, area.bottom, ceil(size[0] / scale), large, picture[0])
    columns = _steps(area.left, area.right, ceil(size[1] / scale), large * BREADTH, picture[1])
    for top, bottom in rows:
        for left, right in columns:
            yield Look(left, top, right, bottom, size)


def _steps(start: float, end: float, reach: int, overlap: float, limit: int) -> list[tuple[int, int]]:
    """The stretch from start to end in the fewest steps of `reach` that overlap so far, within 0..limit; or none."""
    whole = min(reach, limit)
    if end - start <= whole:
        begin = min(max(0, round((start + end - whole) / 2)), limit - whole)
        return [(begin, begin + whole)]
    if reach <= overlap * 1.25:
        return []
    count = ceil((end - start - overlap) / (whole - overlap))
    stride = (end - start - whole) / (count - 1)
    begins = [min(round(start + number * stride), limit - whole) for number in range(count)]
    return [(begin, begin + whole) for begin in begins]


def _touched(look: Look, areas: Sequence[_Area]) -> list[float]:
    """How much the areas that are at least partly in a look are to be enlarged."""
    return [
        area.scale
        for area in areas
        if area.left < look.right and look.left < area.right and area.top < look.bottom and look.top < area.bottom
    ]


def _cheapest(look: Look, scale: float, inputs: Sequence[Size]) -> Look:
    """The same look through the cheapest input that enlarges it so much, or as it is."""
    others = [Look(look.left, look.top, look.right, look.bottom, size) for size in inputs]
    return min((one for one in others if one.scale >= 0.999 * scale), key=lambda one: _pixels(one.input), default=look)


def _lack(regions: Sequence[Region], picture: Size, seen: Seen, share: float) -> str:
    """What is not shown as large as it should be, and why."""
    if share < 1:
        return f"expected at most {MOST_LOOKS} looks, found room for people {share:.0%} as high as they should be"
    small = [region for region in regions if needed(region, picture[0], seen) > MOST_ENLARGED]
    if small:
        least = {region: seen[region.kind] / MOST_ENLARGED for region in small}
        wanted = ", ".join(f"{height:.0f} px in {region.id}" for region, height in least.items())
        found = ", ".join(f"{person_px(region, picture[0]):.0f}" for region in small)
        return f"expected people of at least {wanted}, found {found}"
    return ""


def _pixels(size: Size) -> int:
    return size[0] * size[1]


def _extent(area: _Area) -> float:
    return (area.right - area.left) * (area.bottom - area.top)


def _cost(looks: Sequence[Look]) -> int:
    return sum(_pixels(look.input) + OVERHEAD for look in looks)
