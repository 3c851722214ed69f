"""An exam: held-out halls as recorded clips with a configuration and their truth, to score a detector on.

Each hall is one case: well lit, dark, dazzling, clerks hidden, things that look like people, crowds. Everybody and
everything in it is held out (`simulation.parts`). One picture of a clip is one look.
"""

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import yaml
from tqdm import tqdm

from camera_ingest.camera import Role
from simulation.backside import back_stage
from simulation.canvas import Box
from simulation.counter import window_stage
from simulation.decoys import cluttered
from simulation.footage import MADE_OF, wardrobe
from simulation.lobby import queue_stage
from simulation.looks import Optics, look
from simulation.parts import Part
from simulation.scenes import Actor, Cast, compose, label
from simulation.sprites import Pixels
from simulation.stages import HEIGHT, WIDTH, Stage

CADENCE_S = 10
CRF = 30
CONFIG = "halls.yaml"


@dataclass(frozen=True, slots=True)
class Case:
    """One hall and what is hard about it."""

    id: str
    name: str
    name_en: str
    eyes: str
    """One letter per camera: w counter, b counter from behind, q queue."""
    dark: float = 0.0
    glare: float = 0.0
    awkward: float = 0.15
    """Share of the time in which a clerk sits so that one hardly sees them."""
    screened: float = 0.0
    """Share of windows whose screen stands right before the clerk."""
    coats: float = 0.15
    dummies: float = 0.0
    """Chance of each place for something that looks like a person."""
    crowd: bool = False


CASES = (
    Case("plain", "普通大厅", "Ordinary hall", "wwq"),
    Case("dark", "昏暗大厅", "Dark hall", "wwq", dark=1.0),
    Case("glare", "逆光大厅", "Hall with glare", "wwq", glare=1.0),
    Case("hidden", "遮挡大厅", "Hall with hidden clerks", "wwb", awkward=0.7, screened=0.8),
    Case("dummies", "假人大厅", "Hall with posters, mannequins and coats", "wwq", coats=0.9, dummies=0.9),
    Case("crowd", "拥挤大厅", "Crowded hall", "wqq", crowd=True),
)


@dataclass(frozen=True, slots=True)
class Eye:
    """One camera of a case, and the stream of numbers that decides everything in it."""

    case: Case
    number: int
    kind: str
    seed: int

    @property
    def id(self) -> str:
        """Unique in the exam."""
        return f"{self.case.id}-{self.number}{self.kind}"


def write(
    directory: Path,
    looks: int,
    seed: int,
    workers: int = 1,
    part: Part = Part.HELD_OUT,
    cases: Sequence[Case] = CASES,
) -> Path:
    """Halls of these cases with so many looks per camera; returns the configuration.

    Beside it: per camera `<id>.mp4`, one picture per look, and `<id>.txt`, its truth in MOT's form; made-of.json.
    """
    directory.mkdir(parents=True, exist_ok=True)
    eyes = [
        Eye(case, number, kind, seed * 1000 + 10 * place + number)
        for place, case in enumerate(cases)
        for number, kind in enumerate(case.eyes, 1)
    ]
    job = partial(_film, directory, looks, part)
    names: set[str] = set()
    with tqdm(total=len(eyes), unit="camera", desc="exam") as bar:
        for made_of in _each(job, eyes, workers):
            names |= made_of
            bar.update()
    (directory / MADE_OF).write_text(json.dumps({str(part): sorted(names)}, indent=1) + "\n", encoding="utf-8")
    path = directory / CONFIG
    text = yaml.safe_dump(_configuration(eyes, part), sort_keys=False, allow_unicode=True)
    path.write_text("# 模拟 / simulated: written by `hallwatch models halls`\n" + text, encoding="utf-8")
    return path


def _each(job: "partial[set[str]]", eyes: Sequence[Eye], workers: int) -> Iterator[set[str]]:
    if workers == 1:
        yield from map(job, eyes)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(job, eyes)


def stage(eye: Eye, part: Part) -> Stage:
    """What the camera looks at, without people."""
    case, rng = eye.case, np.random.default_rng([eye.seed, 6])
    style = look(eye.seed - eye.number, case.dark, case.glare, part)
    if eye.kind == "q":
        drawn = queue_stage(eye.seed, style)
    elif eye.kind == "b":
        drawn = back_stage(eye.seed, (1, 2, 3)[: int(rng.integers(2, 4))], style)
    else:
        drawn = window_stage(eye.seed, (1, 2, 3)[: int(rng.integers(2, 4))], style, case.screened, case.coats)
    return cluttered(drawn, wardrobe(part), rng, case.dummies)


def _film(directory: Path, looks: int, part: Part, eye: Eye) -> set[str]:
    """Write one camera's clip and truth; of what it is made."""
    drawn, rng = stage(eye, part), np.random.default_rng([eye.seed, 7])
    optics = Optics(drawn.style, (HEIGHT, WIDTH), rng)
    names, truth = set(drawn.made_of), []
    with av.open(str(directory / f"{eye.id}.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(1, CADENCE_S))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": str(CRF), "g": "1"}
        for number, actors in enumerate(_day(drawn, eye, Cast(wardrobe(part), rng), rng, looks), 1):
            names |= {f"person {one.identity}" for actor in actors for one in actor.looks}
            made = compose(drawn, actors, int(rng.integers(0, 10)))
            picture = optics.expose(made.picture, rng)
            at = number * CADENCE_S
            label(picture, f"SIM {eye.id} {at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}")
            container.mux(stream.encode(_frame(picture)))
            truth += [_line(number, person, box) for person, box in enumerate(made.people, 1)]
        container.mux(stream.encode(None))
    (directory / f"{eye.id}.txt").write_text("".join(truth), encoding="ascii")
    return names


def _frame(picture: Pixels) -> av.VideoFrame:
    planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


def _line(number: int, person: int, box: Box) -> str:
    left, top, width, height = box.x1 * WIDTH, box.y1 * HEIGHT, (box.x2 - box.x1) * WIDTH, (box.y2 - box.y1) * HEIGHT
    return f"{number},{person},{left:.1f},{top:.1f},{width:.1f},{height:.1f},1,-1,-1,-1\n"


def _day(drawn: Stage, eye: Eye, cast: Cast, rng: np.random.Generator, looks: int) -> Iterator[list[Actor]]:
    """Who is before the camera at each look: clerks come and go for minutes, citizens change, somebody passes."""
    case, behind = eye.case, drawn.facing == 0 and bool(drawn.posts)
    clerks: list[Actor | None] = [None] * len(drawn.posts)
    citizens: list[Actor | None] = [None] * len(drawn.posts)
    queue: list[Actor] = []
    for _ in range(looks):
        for place, post in enumerate(drawn.posts):
            name = f"staff-{place + 1}"
            clerk = (
                cast.clerk_from_behind if behind else cast.awkward_clerk if rng.random() < case.awkward else cast.clerk
            )
            if rng.random() < (0.06 if clerks[place] else 0.14):  # somebody leaves or comes
                clerks[place] = None if clerks[place] else clerk(post, name)
            elif clerks[place] and rng.random() < 0.3:  # another posture
                clerks[place] = clerk(post, name)
            if rng.random() < 0.2:
                chosen = (cast.applicant if behind else cast.citizen)(post, f"citizen-{place + 1}")
                citizens[place] = chosen if rng.random() < 0.55 else None
        if drawn.lane and rng.random() < 0.3:
            most = len(drawn.lane)
            count = int(rng.integers(most // 2, most + 8)) if case.crowd else int(rng.integers(0, most * 3 // 4))
            queue = list(cast.crowd(drawn, count) if case.crowd else cast.queue(drawn, count))
        actors = [*filter(None, clerks), *filter(None, citizens), *queue]
        if drawn.posts and not behind and rng.random() < 0.12:
            actors.append(cast.colleague(drawn))
        if drawn.seats:
            actors += [cast.sitter(drawn) for _ in range(rng.integers(0, 3))]
        actors += [replace(cast.passer(drawn), pace=0.0) for _ in range(rng.choice([0, 0, 1, 2]))]
        yield [actor for actor in actors if actor is not None]


def _configuration(eyes: Sequence[Eye], part: Part) -> dict[str, Any]:
    """The halls as a configuration is written."""
    cases = tuple(dict.fromkeys(eye.case for eye in eyes))
    return {
        "version": 1,
        "name": "模拟考场",
        "name_en": "Simulated exam",
        "simulated": True,
        "areas": [{"code": "000000", "name": "模拟区", "name_en": "Simulated area"}],
        "halls": [_hall(case, [eye for eye in eyes if eye.case is case], part) for case in cases],
        "cameras": [_camera(eye, part) for eye in eyes],
    }


def _hall(case: Case, eyes: Sequence[Eye], part: Part) -> dict[str, Any]:
    zones = [{"id": f"z{eye.number}", "name": f"{eye.number} 区", "name_en": f"Zone {eye.number}"} for eye in eyes]
    windows = [
        {"id": f"w{eye.number}{post}", "name": f"{eye.number}{post}", "name_en": f"{eye.number}{post}",
         "zone": f"z{eye.number}"}
        for eye in eyes for post in range(1, len(stage(eye, part).posts) + 1)
    ]  # fmt: skip
    day = {"name": "全天", "days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "23:59"}
    return {"id": case.id, "name": case.name, "name_en": case.name_en, "area": "000000", "level": "district",
            "segments": [day], "zones": zones, "windows": windows}  # fmt: skip


def _camera(eye: Eye, part: Part) -> dict[str, Any]:
    regions: list[dict[str, Any]] = []
    for name, corners in stage(eye, part).regions.items():
        kind, _, post = name.partition("-")
        place = {"zone": f"z{eye.number}"} if kind == "queue" else {"window": f"w{eye.number}{post}"}
        regions.append({"kind": kind, **place, "polygon": [list(corner) for corner in corners]})
    return {"id": eye.id, "hall": eye.case.id, "url": f"{eye.id}.mp4", "cadence_s": CADENCE_S, "regions": regions,
            "role": str(Role.QUEUE if eye.kind == "q" else Role.WINDOW), "legal_basis": "模拟画面"}  # fmt: skip
