"""Choosing: what is hard, what is kept, and that no trained picture is a neighbour of a held-out one."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.camera import Camera, Role
from camera_ingest.sample import Blind, Picture, Sample
from models.choosing import (
    Chosen,
    Drawing,
    Hardest,
    Lot,
    Part,
    Why,
    contradiction,
    disagreement,
    part,
    stretch,
    uncertainty,
    unmirrored,
)
from models.detection import Detection
from models.regions import Anchor, Region, RegionKind

ZERO = datetime(2026, 11, 25, 9, tzinfo=UTC)
CADENCE = timedelta(seconds=10)
CAMERA = Camera("c1", "hc01", "rtsp://camera/1", Role.WINDOW, CADENCE, "现场管理")
HALL = Region("za", "c1", RegionKind.QUEUE, "za", ((0, 0), (1, 0), (1, 1), (0, 1)), Anchor.FOOT)
PERSON = Detection(0.1, 0.2, 0.3, 0.9, 0.9)


def unsure(score: float) -> Detection:
    return Detection(0.1, 0.2, 0.3, 0.9, score)


def test_a_score_near_the_middle_is_unsure_and_more_of_them_more_so() -> None:
    assert uncertainty([]) == uncertainty([unsure(0.9)]) == 0
    assert 0 < uncertainty([unsure(0.15)]) < uncertainty([unsure(0.35)]) == 0.5
    assert uncertainty([unsure(0.35)]) < uncertainty([unsure(0.35)] * 2) < 1


@pytest.mark.parametrize(
    ("before", "now", "after", "score"),
    [(1, 0, 1, 1 / 2), (1, 1, 1, 0), (1, 2, 3, 0), (0, 2, 0, 2 / 3), (2, 1, 1, 0), (0, 1, 3, 0), (3, 0, 2, 2 / 3)],
)
def test_a_count_that_the_looks_around_it_contradict(before: int, now: int, after: int, score: float) -> None:
    assert contradiction({"a": before}, {"a": now}, {"a": after}) == pytest.approx(score)


def test_a_picture_and_its_mirror_image() -> None:
    mirrored = unmirrored([Detection(0.7, 0.2, 0.9, 0.9, 0.8)])
    assert disagreement([PERSON], mirrored) == 0
    assert disagreement([PERSON], []) == disagreement([], [PERSON]) == 1
    assert disagreement([PERSON, PERSON], [PERSON]) == pytest.approx(1 / 3)
    assert disagreement([], []) == 0


@given(st.integers(2, 400), st.floats(0.5, 120), st.floats(30, 7200))
def test_no_look_to_train_on_is_a_neighbour_of_a_held_out_one(looks: int, cadence_s: float, lasts_s: float) -> None:
    cadence = timedelta(seconds=cadence_s)
    long = stretch(timedelta(seconds=lasts_s), cadence)
    parts = [part(cadence * number, long, cadence) for number in range(looks)]
    assert all({one, two} != {Part.TRAIN, Part.VAL} for one, two in pairwise(parts))
    assert parts[0] is Part.TRAIN


def made(score: float) -> Chosen:
    return Chosen("c1", ZERO, Part.TRAIN, Why.UNCERTAIN, score, b"", ())


@given(st.lists(st.floats(0, 1), max_size=300), st.integers(1, 10))
def test_the_hardest_is_kept_while_memory_stays_bounded(scores: list[float], room: int) -> None:
    hardest = Hardest(room, CADENCE)
    for number, score in enumerate(scores):
        hardest.offer(CADENCE * number, score, lambda score=score: made(score))  # type: ignore[misc]
        assert len(hardest.kept) <= 2 * room
    assert max((one.score for one in hardest.kept.values()), default=None) == max(scores, default=None)


def test_a_lot_is_bounded_and_fair() -> None:
    firsts = 0
    for seed in range(400):
        lot = Lot(2, random.Random(seed))
        for number in range(8):
            lot.offer(lambda number=number: made(number))  # type: ignore[misc]
        assert len(lot.kept) == 2
        firsts += any(one.score == 0 for one in lot.kept)
    assert 60 < firsts < 140  # of 400, a quarter is expected


class Seen:
    """Answers with what is written into a picture's first pixel: how many hundredths the person's score is."""

    def __call__(self, picture: Picture, regions: Sequence[Region]) -> tuple[Detection, ...]:
        sides = (picture[0, 0], picture[0, -1])
        score = max(int(side[0]) for side in sides) / 100
        mirrored = int(sides[1][0]) > int(sides[0][0])
        person = unsure(score)
        return (unmirrored([person])[0] if mirrored else person,) if score else ()


def samples(scores: list[int]) -> list[Sample]:
    shots = []
    for number, score in enumerate(scores):
        shot = np.random.default_rng(number).integers(0, 256, (72, 128, 3), dtype=np.uint8)
        shot[0, (0, -1)] = 0
        shot[0, 0] = score
        shots.append(Sample("c1", ZERO + CADENCE * number, shot))
    return shots


def drawn(shots: list[Sample], frames: int = 20) -> tuple[Chosen, ...]:
    drawing = Drawing(CAMERA, [HALL], Seen(), 0.35, CADENCE * len(shots), frames)
    for shot in shots:
        drawing.take(shot)
    return drawing.chosen()


def test_the_contradicted_and_the_uncertain_come_first() -> None:
    scores = [90] * 50
    scores[5], scores[18], scores[43] = 0, 34, 36
    chosen = drawn(samples(scores))
    train = [one for one in chosen if one.part is Part.TRAIN]
    assert [(one.at - ZERO) // CADENCE for one in train[:3]] == [18, 5, 43]
    assert [one.why for one in train[:3]] == [Why.CONTRADICTED, Why.CONTRADICTED, Why.UNCERTAIN]
    assert len(chosen) == 20 and {one.why for one in chosen if one.part is Part.VAL} == {Why.RANDOM}
    assert sum(one.part is Part.VAL for one in chosen) == 4
    assert sum(one.why is Why.RANDOM for one in train) in (1, 2)
    assert chosen == drawn(samples(scores)), "the same seed draws the same"


def test_boxes_are_first_labels_and_heads_are_masked_even_of_weak_ones() -> None:
    (first, *_) = drawn(samples([15] * 30))
    assert first.people == ()  # below the threshold
    shot = cv2.imdecode(np.frombuffer(first.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shot is not None
    head = shot[16:28, 16:32].astype(int)  # inside the head part of 0.1..0.3 × 0.2..0.41
    assert abs(head - head.mean(axis=(0, 1))).mean() < 30 < abs(shot[40:60].astype(int) - 128).mean()


def test_the_mirror_image_is_looked_at_with_mirrored_regions() -> None:
    asked: list[tuple[float, ...]] = []

    def find(picture: Picture, regions: Sequence[Region]) -> tuple[Detection, ...]:
        asked.append(tuple(x for x, _ in regions[0].polygon))
        return ()

    left = replace(HALL, polygon=((0, 0), (0.25, 0), (0.25, 1)))
    drawing = Drawing(CAMERA, [left, replace(left, camera="c2")], find, 0.35, CADENCE, 1)
    drawing.take(samples([0])[0])
    assert asked == [(0, 0.25, 0.25), (1, 0.75, 0.75)]


def test_a_blind_look_contradicts_nobody() -> None:
    shots = samples([90] * 30)
    shots[5] = Sample("c1", shots[5].at, None, Blind.UNREACHABLE)
    assert all(one.why in (Why.CERTAIN, Why.RANDOM) for one in drawn(shots))


def test_the_shares_come_out_right_over_many_cameras_with_few_pictures_each() -> None:
    chosen: list[Chosen] = []
    for number in range(60):
        drawing = Drawing(replace(CAMERA, id=f"c{number}"), [HALL], Seen(), 0.35, CADENCE * 30, 2)
        for shot in samples([90] * 30):
            drawing.take(shot)
        chosen += drawing.chosen()
    assert len(chosen) == 120
    assert 12 < sum(one.part is Part.VAL for one in chosen) < 36  # 24 are expected
    assert sum(one.why is Why.CERTAIN for one in chosen) > 70


def test_nothing_seen_is_nothing_chosen() -> None:
    assert drawn([Sample("c1", ZERO, None, Blind.UNREACHABLE)]) == ()
