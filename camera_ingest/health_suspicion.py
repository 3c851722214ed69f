"""Suspicion: what a single picture looks like beside what its camera usually shows."""

from dataclasses import dataclass, replace
from datetime import timedelta

from camera_ingest.health_edges import Shift, displaced
from camera_ingest.health_measures import Measures
from camera_ingest.health_scene import Scene, compare
from camera_ingest.health_still import repeated
from camera_ingest.sample import Blind

EASED = 1.3
"""By how much a limit gives way for a fault that is there already, so that it does not come and go."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From where a picture is suspicious."""

    dark_mean: float = 18.0
    """Black: grey levels of 255, at most …"""
    dark_std: float = 12.0
    """… with a standard deviation of at most this …"""
    near_black: float = 0.92
    """… and this share of near-black pixels, at least."""
    dim_mean: float = 40.0
    """Grey level up to which a picture without its scene is black: too dark, rather than covered."""
    repeated: float = 0.75
    """Frozen: share of the textured cells that are as in the picture before, at least."""
    fineness: float = 0.37
    """Blurred: share of the usual fine detail, at most …"""
    sharpness: float = 0.06
    """… or, as long as nothing is usual, less than this sharpness (see `Measures`)."""
    alike: float = 0.25
    """Covered: share of the recognisable blocks that are the same, at most …"""
    detail: float = 0.45
    """… with this share of the usual edges, at most."""
    at_home: float = 0.55
    """Share of the recognisable blocks that are the same from which a view is not even searched elsewhere."""
    shift: float = 0.025
    """Moved: share of the width or height, at least …"""
    likeness: float = 0.2
    """… at which the edges correlate with the learned ones by this, at least …"""
    likelier: float = 0.12
    """… and by so much more than without the shift."""
    learned_looks: int = 6
    """Looks before a camera's own scene is judged by …"""
    learned_s: float = 30.0
    """… and seconds from the first to the last of them."""

    def eased(self, blind: Blind | None) -> "Limits":
        """Limits under which a fault that is there already stays."""
        match blind:
            case Blind.FROZEN:
                return replace(self, repeated=self.repeated / EASED)
            case Blind.BLURRED:
                return replace(self, fineness=self.fineness * EASED, sharpness=self.sharpness * EASED)
            case Blind.COVERED:
                return replace(self, alike=self.alike * EASED, detail=self.detail * EASED)
            case Blind.MOVED:
                return replace(self, likelier=self.likelier / EASED)
            case _:
                return self


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What may be wrong with one picture."""

    blind: Blind
    detail: str
    """One sentence: which, expected, found."""
    strange: bool = False
    """The scene is not recognised, not even elsewhere."""


def suspect(scene: Scene, lattice: bytes, seen: Measures, limits: Limits) -> Suspicion | None:
    """What may be wrong with a picture, by itself and beside the scene and the lattice before it; None = nothing."""
    if is_black(seen, limits):
        return _found(Blind.BLACK, "亮度 brightness", f"more than {limits.dark_mean:.0f} of 255", f"{seen.mean:.0f}")
    same = repeated(lattice, seen.lattice) if lattice else None
    if same is not None and same >= limits.repeated:
        return _found(Blind.FROZEN, "与上一画面相同 as before", f"less than {limits.repeated:.0%}", f"{same:.0%}")
    if _learned(scene, limits):
        return _beside(scene, seen, limits)
    if seen.sharpness < limits.sharpness:
        return _found(Blind.BLURRED, "清晰度 sharpness", f"{limits.sharpness:.3f} or more", f"{seen.sharpness:.3f}")
    return None


def _beside(scene: Scene, seen: Measures, limits: Limits) -> Suspicion | None:
    """The same of a picture that is neither black nor frozen, of a camera whose scene is known."""
    likeness = compare(scene, seen)
    if likeness.alike <= limits.alike and likeness.detail <= limits.detail:
        kind = Blind.BLACK if seen.mean <= limits.dim_mean else Blind.COVERED
        return _found(kind, "轮廓 edges", f"more than {limits.detail:.0%} of the usual", f"{likeness.detail:.0%}")
    if likeness.fineness is not None and likeness.fineness <= limits.fineness:
        expected = f"more than {limits.fineness:.0%} of the usual"
        return _found(Blind.BLURRED, "清晰度 sharpness", expected, f"{likeness.fineness:.0%}")
    if likeness.alike >= limits.at_home:
        return None
    shift, still = displaced(seen.edges, likeness.learned)
    if shift.likeness < limits.likeness:
        expected, found = f"{limits.at_home:.0%} of it or more", f"{likeness.alike:.0%}"
        return _found(Blind.MOVED, "认得的画面 recognised of the view", expected, found, strange=True)
    if shift.size < limits.shift or shift.likeness < still + limits.likelier:
        return None
    return _found(Blind.MOVED, "画面位置 place of the view", "where it was learned", _told(shift))


def is_black(seen: Measures, limits: Limits) -> bool:
    """Whether a picture is black: dead sensor, no light at all."""
    if seen.mean > limits.dark_mean or seen.std > limits.dark_std:
        return False
    return seen.near_black >= limits.near_black


def _learned(scene: Scene, limits: Limits) -> bool:
    if scene.since is None or scene.at is None or scene.looks < limits.learned_looks:
        return False
    return scene.at - scene.since >= timedelta(seconds=limits.learned_s)


def _told(shift: Shift) -> str:
    return f"{shift.right:+.1%} of the width to the right, {shift.down:+.1%} of the height down"


def _found(blind: Blind, which: str, expected: str, found: str, strange: bool = False) -> Suspicion:
    detail = f"{which}: 期望 expected {expected}; 实得 found {found}"
    return Suspicion(blind, detail, strange)
