"""Evaluate: scores known by hand, over samples, windows of samples, cameras and roles; mAP50 against ultralytics."""

import importlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models import runtimes
from models.detection import Detection
from models.evaluate import RoleScore, ZoneScore, role_scores, zone_scores
from models.matching import average_precision, match
from models.occupancy import Smoothing
from models.regions import Anchor, Region, RegionKind
from models.tally import Boxes, Tally

ONE, SIX = Smoothing(), Smoothing(over=6)
HEADS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)


def near(value: float) -> Any:
    """A score is rounded to four decimals."""
    return pytest.approx(value, abs=1e-4)


def region(name: str, kind: RegionKind = RegionKind.QUEUE, camera: str = "c1") -> Region:
    return Region(name, camera, kind, name, ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), Anchor.FOOT)


def boxes(true: int, false: int, missed: int, samples: int) -> Boxes:
    """The same in every sample; those that found somebody have the better scores."""
    counts = np.tile(np.array([[true], [false], [missed]]), samples)
    scores = np.repeat([0.9, 0.5], [true * samples, false * samples])
    return Boxes(counts, scores, scores > 0.6)


def tallied(
    heads: dict[str, list[tuple[int, int]]],
    camera: str = "c1",
    role: str = "queue",
    kind: RegionKind = RegionKind.QUEUE,
    whole: tuple[int, int, int] = (1, 0, 0),
    staff: tuple[int, int, int] = (0, 0, 0),
) -> Tally:
    """`heads`: people there and people seen of each zone, sample by sample."""
    table = np.array(list(heads.values())).reshape(len(heads), -1, 2)
    samples = table.shape[1]
    zones = tuple(region(name, kind, camera) for name in heads)
    return Tally(camera, role, zones, table[..., 0], table[..., 1], boxes(*whole, samples), boxes(*staff, samples))


def test_a_zone_known_by_hand() -> None:
    """Of 20 samples with 2 people 16 are right, 2 see one, 2 nobody; of 10 without anybody one sees two."""
    heads = [(2, 2)] * 16 + [(2, 1)] * 2 + [(2, 0)] * 2 + [(0, 0)] * 9 + [(0, 2)]
    (score,) = zone_scores([tallied({"za": heads})], ONE)
    assert (score.camera, score.zone, score.samples) == ("c1", "za", 30)
    assert score.head_count_mae == near((2 + 4 + 2) / 30)
    assert score.occupancy_precision == near(18 / 19)
    assert score.occupancy_recall == near(18 / 20)
    assert score.occupancy_f1 == near(36 / 39)
    assert list(score.interval) == ["head_count_mae", "occupancy_precision", "occupancy_recall", "occupancy_f1"]
    for name, both in score.interval.items():
        assert both is not None and both[0] <= getattr(score, name) <= both[1]


def test_the_keys_of_a_zone_are_agreed() -> None:
    assert list(ZoneScore.__dataclass_fields__) == [
        "camera",
        "zone",
        "samples",
        "head_count_mae",
        "occupancy_precision",
        "occupancy_recall",
        "occupancy_f1",
        "interval",
    ]


@pytest.mark.parametrize(
    ("heads", "precision", "recall", "f1"),
    [
        ((0, 0), None, None, None),  # nobody there, nobody seen
        ((1, 0), None, 0.0, 0.0),
        ((0, 1), 0.0, None, 0.0),
        ((3, 3), 1.0, 1.0, 1.0),
    ],
)
def test_what_is_undefined_is_none(
    heads: tuple[int, int], precision: float | None, recall: float | None, f1: float | None
) -> None:
    (score,) = zone_scores([tallied({"za": [heads] * 12})], ONE)
    assert (score.occupancy_precision, score.occupancy_recall, score.occupancy_f1) == (precision, recall, f1)
    assert {name: both and both[0] for name, both in score.interval.items()} == {
        "head_count_mae": abs(heads[0] - heads[1]),
        "occupancy_precision": precision,
        "occupancy_recall": recall,
        "occupancy_f1": f1,
    }


def test_a_few_samples_have_no_interval() -> None:
    (score,) = zone_scores([tallied({"za": [(1, 1)] * 9})], ONE)
    assert score.head_count_mae == 0.0 and set(score.interval.values()) == {None}


def test_zones_keep_the_order_of_the_configuration() -> None:
    scores = zone_scores(
        [tallied({"b": [(1, 1)], "a": [(0, 1)]}), tallied({"c": []}), tallied({"a": [(1, 0)]}, "c2")], ONE
    )
    assert [(one.camera, one.zone, one.head_count_mae) for one in scores] == [
        ("c1", "b", 0),
        ("c1", "a", 1),
        ("c2", "a", 1),
    ]


def test_a_window_of_samples_forgives_single_misses() -> None:
    """Every fourth sample misses the person; nobody is there in the last twelve."""
    heads = [(1, int(number % 4 > 0)) for number in range(24)] + [(0, 0)] * 12
    (single,), (over,) = (zone_scores([tallied({"za": heads})], rule) for rule in (ONE, SIX))
    assert single.occupancy_recall == 0.75 and single.occupancy_f1 == near(6 / 7)
    assert over.occupancy_precision == over.occupancy_recall == over.occupancy_f1 == 1.0
    assert single.head_count_mae == over.head_count_mae and over.samples == 36


def test_a_window_longer_than_the_clip_says_nothing() -> None:
    (score,) = zone_scores([tallied({"za": [(1, 1)] * 5})], SIX)
    assert (score.head_count_mae, score.occupancy_precision, score.occupancy_recall, score.occupancy_f1) == (
        0,
        *[None] * 3,
    )


@given(HEADS, st.sampled_from([ONE, SIX]))
def test_scores_keep_their_bounds(heads: list[tuple[int, int]], rule: Smoothing) -> None:
    (score,) = zone_scores([tallied({"za": heads})], rule)
    for name in ("occupancy_precision", "occupancy_recall", "occupancy_f1"):
        for value in (getattr(score, name), *(score.interval[name] or ())):
            assert value is None or 0 <= value <= 1
    perfect = zone_scores([tallied({"za": [(there, there) for there, _ in heads]})], rule)[0]
    assert perfect.head_count_mae == 0 and perfect.occupancy_f1 in (1, None)


def test_roles_are_summed_over_their_cameras() -> None:
    """A queue camera with two boxes right and one wrong per picture, one that misses everybody, and a window camera."""
    tallies = [
        tallied({"za": [(2, 3)] * 20}, "c1", "queue", whole=(2, 1, 0)),
        tallied({"w1": [(1, 0)] * 15 + [(0, 0)] * 5}, "c2", "window", RegionKind.STAFF, (3, 0, 1), (0, 0, 1)),
        tallied({"zb": [(1, 0)] * 20, "zc": [(0, 0)] * 20}, "c3", "queue", whole=(0, 0, 1)),
        tallied({"zd": []}, "c4", "public"),
    ]
    queue, window, staff = role_scores(tallies, SIX, "real")
    assert (queue.role, queue.part, queue.footage, queue.cameras, queue.samples) == ("queue", "all", "real", 2, 40)
    assert (queue.people, queue.precision, queue.recall) == (
        60,
        near(2 / 3),
        near(2 / 3),
    )
    assert queue.map50 == near(67 / 101)  # recalls to 0.66 are reached without a false box
    assert (queue.head_count_mae, queue.occupancy_f1) == (
        near(2 / 3),
        near(2 / 3),
    )
    assert (window.role, window.part, window.samples, window.recall) == ("window", "all", 20, 0.75)
    assert (staff.role, staff.part, staff.cameras, staff.people) == ("window", "staff", 1, 20)
    assert (staff.precision, staff.recall, staff.map50, staff.occupancy_f1, staff.head_count_mae) == (
        None,
        0,
        0,
        0,
        0.75,
    )
    assert staff.over == 6 and staff.occupancy_f1_over == 0


def test_rendered_footage_is_named() -> None:
    assert [one.footage for one in role_scores([tallied({"za": [(1, 1)]})], SIX, "rendered")] == ["rendered"]


def test_staff_are_a_row_of_their_own() -> None:
    """The clerk is seen in every second sample, the queue beside the counter always."""
    heads = [(1, number % 2) for number in range(24)]
    one = tallied({"w1": heads}, role="public", kind=RegionKind.STAFF, staff=(1, 0, 1))
    mixed = Tally(
        one.camera,
        one.role,
        (region("za"), *one.regions),
        np.concatenate((np.ones((1, 24), int), one.there)),
        np.concatenate((np.ones((1, 24), int), one.seen)),
        one.whole,
        one.staff,
    )
    public, staff = role_scores([mixed], SIX, "real")
    assert (public.role, public.occupancy_f1, public.occupancy_f1_over) == (
        "public",
        near(6 / 7),
        1.0,
    )
    assert (staff.role, staff.occupancy_f1, staff.occupancy_f1_over) == ("window", near(2 / 3), 1.0)
    assert (staff.recall, staff.head_count_mae) == (0.5, 0.5)


def test_pictures_without_zones_have_boxes_only() -> None:
    nothing = np.zeros((0, 12), int)
    bare = Tally("c1", "public", (), nothing, nothing, boxes(1, 0, 0, 12), boxes(0, 0, 0, 12))
    (score,) = role_scores([bare], SIX, "real")
    assert isinstance(score, RoleScore)
    assert (score.precision, score.map50, score.head_count_mae, score.occupancy_f1) == (1, 1, None, None)
    assert score.interval["precision"] == (1, 1) and score.interval["head_count_mae"] is None


def noisy(seed: int) -> tuple[list[list[Detection]], list[list[Detection]]]:
    """Boxes near people, boxes near nobody, and people without a box, in forty pictures."""
    rng = np.random.default_rng(seed)
    every: list[list[Detection]] = []
    truth: list[list[Detection]] = []
    for _ in range(40):
        corners = rng.uniform(0, 0.7, (int(rng.integers(1, 6)), 2))
        people = [Detection(x, y, x + 0.1, y + 0.25, 1.0) for x, y in corners.tolist()]
        shifts = rng.normal(0, 0.012, (len(people), 2)).tolist()
        found = [
            Detection(one.x1 + dx, one.y1 + dy, one.x2 + dx, one.y2 + dy, float(rng.beta(4, 2)))
            for one, (dx, dy) in zip(people, shifts, strict=True)
            if rng.random() < 0.85
        ]
        wrong = rng.uniform(0, 0.7, (int(rng.integers(0, 3)), 2)).tolist()
        found += [Detection(x, y, x + 0.1, y + 0.25, float(rng.beta(2, 4))) for x, y in wrong]
        every.append(sorted(found, key=lambda one: -one.score))
        truth.append(people)
    return every, truth


@pytest.mark.torch
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_map50_is_that_of_ultralytics(seed: int) -> None:
    """Both read 101 points, but ultralytics interpolates between them: 0.01 may lie between."""
    every, truth = noisy(seed)
    marked = [
        (one.score, who is not None)
        for found, people in zip(every, truth, strict=True)
        for one, who in zip(found, match(found, people), strict=True)
    ]
    scores, hits = np.array([score for score, _ in marked]), np.array([hit for _, hit in marked])
    people = sum(map(len, truth))
    assert average_precision(scores, hits, people) == pytest.approx(theirs(every, truth), abs=0.01)


def theirs(every: list[list[Detection]], truth: list[list[Detection]]) -> float:
    """mAP50 of ultralytics from matching to average precision."""
    runtimes.ultralytics()
    torch = importlib.import_module("torch")
    metrics = importlib.import_module("ultralytics.utils.metrics")
    validator = importlib.import_module("ultralytics.engine.validator").BaseValidator
    judge: Any = validator.__new__(validator)
    judge.iouv = torch.tensor([0.5])
    right = []
    for found, people in zip(every, truth, strict=True):
        ratios = metrics.box_iou(torch.tensor(corners(people)), torch.tensor(corners(found)))
        classes = torch.zeros(len(found)), torch.zeros(len(people))
        right.append(judge.match_predictions(*classes, ratios).numpy())
    scores = np.array([one.score for found in every for one in found])
    kinds = np.zeros(len(scores)), np.zeros(sum(map(len, truth)))
    result = metrics.ap_per_class(np.concatenate(right), scores, *kinds)
    return float(result[5][0, 0])


def corners(people: list[Detection]) -> NDArray[np.float32]:
    return np.array([(one.x1, one.y1, one.x2, one.y2) for one in people], np.float32).reshape(-1, 4)
