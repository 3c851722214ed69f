"""Composed pictures and their truth."""

import numpy as np
import pytest

from models.detection import Detection
from models.regions import inside
from simulation.backside import back_stage
from simulation.canvas import Box
from simulation.counter import window_stage
from simulation.decoys import cluttered
from simulation.lobby import entrance_stage, queue_stage
from simulation.looks import Optics, look
from simulation.scenes import Cast, compose, label
from simulation.sprites import people
from simulation.stages import HEIGHT, WIDTH, Stage

SEEDS = range(6)


def cast(seed: int = 0) -> Cast:
    return Cast(people(), np.random.default_rng(seed))


def detection(box: Box) -> Detection:
    return Detection(box.x1, box.y1, box.x2, box.y2, 1.0)


def counter(seed: int, windows: int = 2) -> Stage:
    return window_stage(seed, range(1, windows + 1), look(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seated_clerk_is_seen_in_the_own_region_only(seed: int) -> None:
    stage, crew = counter(seed), cast(seed)
    for number, post in enumerate(stage.posts, 1):
        made = compose(stage, [crew.clerk(post, f"staff-{number}")])
        (box,) = made.people
        assert (box.y2 - box.y1) * HEIGHT >= 60
        assert box.y2 * HEIGHT <= post.seat[1] + 2, "the counter hides what is below its edge"
        held = {name for name, polygon in stage.regions.items() if inside(polygon, detection(box).centre)}
        assert {name for name in held if name.startswith("staff")} == {f"staff-{number}"}
        assert made.counts[f"staff-{number}"] == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_citizens_and_passers_are_never_taken_for_clerks(seed: int) -> None:
    stage, crew = counter(seed), cast(seed)
    for number, post in enumerate(stage.posts, 1):
        made = compose(stage, [crew.citizen(post, f"citizen-{number}")])
        (box,) = made.people
        assert inside(stage.regions[f"citizen-{number}"], detection(box).foot)
        assert not any(
            inside(polygon, detection(box).centre) for name, polygon in stage.regions.items() if "staff" in name
        )
    for frame in range(10):
        for box in compose(stage, [crew.passer(stage) for _ in range(4)], frame).people:
            assert not any(
                inside(polygon, point)
                for name, polygon in stage.regions.items()
                for point in ([detection(box).centre] if "staff" in name else [detection(box).foot])
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_queue_region_holds_the_queue_and_no_passer(seed: int) -> None:
    stage, crew = queue_stage(seed, look(seed)), cast(seed)
    queue = crew.queue(stage, 14)
    polygon = stage.regions["queue"]
    for actor in queue:
        assert inside(polygon, (actor.x / WIDTH, actor.y / HEIGHT))
    assert compose(stage, queue).counts == {"queue": 14}
    for _ in range(20):
        passer = crew.passer(stage)
        assert not any(
            inside(polygon, ((passer.x + passer.pace * frame) / WIDTH, passer.y / HEIGHT)) for frame in range(10)
        )


def test_every_stage_is_the_same_for_the_same_seed() -> None:
    stages = [(counter(3), queue_stage(3, look(3)), entrance_stage(3, look(3))) for _ in range(2)]
    for first, second in zip(*stages, strict=True):
        assert np.array_equal(first.background, second.background)
        assert first.regions == second.regions


@pytest.mark.parametrize("windows", [2, 3, 4, 5])
def test_all_windows_are_fully_in_view(windows: int) -> None:
    stage = counter(1, windows)
    assert [post.number for post in stage.posts] == list(range(1, windows + 1))
    for polygon in stage.regions.values():
        assert all(0 < x < 1 and 0 < y < 1 for x, y in polygon)


def test_the_picture_moves_and_its_label_is_legible() -> None:
    stage, crew = counter(2), cast(2)
    actors = [crew.clerk(post, "") for post in stage.posts]
    frames = [compose(stage, actors, frame).picture for frame in range(10)]
    assert any(not np.array_equal(frames[0], other) for other in frames[1:])
    picture = frames[0].copy()
    label(picture, "SIM c01 00:01.4")
    assert picture[3:21, 3:100].max() > 200
    assert picture[3:21, 3:100].mean() < 90


def test_no_two_exposures_have_the_same_noise() -> None:
    stage, rng = counter(2), np.random.default_rng(1)
    optics = Optics(stage.style, (HEIGHT, WIDTH), rng)
    first, second = (optics.expose(stage.background, rng).astype(int) for _ in range(2))
    assert 0.5 < np.abs(first - second).mean() < 8


@pytest.mark.parametrize("seed", SEEDS)
def test_things_that_look_like_people_are_nobody(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for plain in (counter(seed), queue_stage(seed, look(seed)), entrance_stage(seed, look(seed))):
        stage = cluttered(plain, people(), rng, dummies=1.0)
        made = compose(stage, [])
        assert made.people == () and not any(made.counts.values())
        assert not np.array_equal(made.picture, compose(plain, []).picture)
        assert len(stage.made_of) > len(plain.made_of)


@pytest.mark.parametrize("seed", SEEDS)
def test_from_behind_a_clerk_is_seen_in_the_own_region_only(seed: int) -> None:
    stage, crew = back_stage(seed, (1, 2, 3)[: 2 + seed % 2], look(seed)), cast(seed)
    for number, post in enumerate(stage.posts, 1):
        (clerk,) = compose(stage, [crew.clerk_from_behind(post, f"staff-{number}")]).people
        held = {name for name, polygon in stage.regions.items() if inside(polygon, detection(clerk).centre)}
        assert {name for name in held if name.startswith("staff")} == {f"staff-{number}"}
        (citizen,) = compose(stage, [crew.applicant(post, f"citizen-{number}")]).people
        assert inside(stage.regions[f"citizen-{number}"], detection(citizen).foot)
        assert not any(
            inside(polygon, detection(citizen).centre) for name, polygon in stage.regions.items() if "staff" in name
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clerk_who_is_hard_to_see_is_still_there(seed: int) -> None:
    stage, crew = window_stage(seed, (1, 2), look(seed), screened=1.0), cast(seed)
    boxes = [compose(stage, [crew.awkward_clerk(stage.posts[0], "staff-1")]).people for _ in range(20)]
    inside_own = [
        any(inside(stage.regions["staff-1"], detection(box).centre) for box in people) for people in boxes if people
    ]
    assert len(inside_own) >= 12, "mostly enough of the clerk is visible to be somebody"
    assert sum(inside_own) >= 0.8 * len(inside_own)
