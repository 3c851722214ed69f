"""What is counted and is no person: found in what false alerts have in common, left out around its feet alone."""

import random
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.detection import Detection
from models.regions import RegionKind
from monitor.adapters import alert_records, mistaken_records
from monitor.adapters.database import open_database
from monitor.album import Album
from monitor.alerts import Moment, Rule
from monitor.desk import Desk
from monitor.hours import Hours
from monitor.known import Known
from monitor.mistaken import Box, box_of, mistakes, region
from monitor.observation import observe
from monitor.thresholds import Thresholds
from tests.monitor.hall import CALENDAR, CAMERAS, HALL, REGIONS, ZERO, desk, seeing

COAT: Box = (400, 300, 480, 700)


def shifted(box: Box, by: int) -> Box:
    return box[0] + by, box[1], box[2] + by, box[3]


def test_a_crowd_is_compared_in_no_time() -> None:
    dice = random.Random(1)
    counted = {str(n): [shifted((10, 10, 60, 260), dice.randrange(900)) for _ in range(30)] for n in range(20)}
    began = time.process_time()
    mistakes(counted)
    assert time.process_time() - began < 5


def test_what_comes_back_in_three_alerts_is_proposed_once() -> None:
    counted = {
        "a": [COAT, (100, 100, 150, 300)],
        "b": [shifted(COAT, 4), shifted(COAT, 6)],
        "c": [shifted(COAT, -4), (700, 100, 750, 300)],
        "d": [(710, 100, 760, 300)],
    }
    (found,) = mistakes(counted)
    assert set(found.alerts) == {"a", "b", "c"}
    assert all(abs(one - two) <= 3 for one, two in zip(found.box, COAT, strict=True))


@pytest.mark.parametrize(
    "counted",
    [{}, {"a": [], "b": []}, {"a": [COAT] * 5}, {"a": [COAT], "b": [shifted(COAT, 40)], "c": [shifted(COAT, 80)]}],
)
def test_what_does_not_come_back_is_not(counted: dict[str, list[Box]]) -> None:
    assert mistakes(counted) == ()


def test_the_mask_leaves_out_the_thing_and_nobody_beside_it() -> None:
    coat = Detection(0.4, 0.3, 0.48, 0.7, 0.6)
    beside = Detection(0.45, 0.32, 0.55, 0.72, 0.9)
    queue = [one for one in REGIONS if one.kind is RegionKind.QUEUE]
    mask = region("c2", 1, box_of(coat))
    (seen,) = observe(ZERO, [*queue, mask], [coat, beside])
    assert seen.people == 1
    assert all(0 <= side <= 1 for point in region("c2", 2, (0, 0, 30, 1000)).polygon for side in point)


def test_a_desk_leaves_out_what_a_person_said_and_counts_it_again() -> None:
    coat, told = Detection(0.4, 0.3, 0.48, 0.7, 0.6), [Known()]
    hall = Desk(Hours(HALL, CALENDAR), CAMERAS, REGIONS, Thresholds(), lambda: told[0])

    def counted(second: float) -> int | None:
        sample = seeing("c2", second)
        looks = observe(sample.at, hall.regions["c2"], [coat])
        hall.judge(sample, looks)
        return looks[0].people

    assert counted(0) == 1
    told[0] = Known(masks=(region("c2", 1, box_of(coat)), region("gone", 2, box_of(coat))))
    assert [counted(10), counted(20)] == [1, 0]  # from the next look on
    told[0] = Known()
    assert [counted(30), counted(40)] == [0, 1]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'hallwatch.db'}")


def test_the_newest_decision_about_a_place_stands(engine: Engine) -> None:
    def decide(box: Box, accepted: bool) -> bool:
        return mistaken_records.decide(engine, "hc01", "c2", box, accepted, "监督员", ZERO)

    assert decide(COAT, True)
    assert not decide(shifted(COAT, 3), True)  # the same again
    (mask,) = mistaken_records.masks(engine, ["hc01"])["hc01"]
    assert (mask.camera, mask.kind) == ("c2", RegionKind.MASK)
    assert decide(shifted(COAT, 3), False)
    assert mistaken_records.masks(engine, ["hc01"]) == {"hc01": ()}
    assert len(mistaken_records.decisions(engine, ["hc01"])) == 1
    assert mistaken_records.decisions(engine, ["hc02"]) == ()


def test_a_still_keeps_the_boxes_of_whom_it_counted(engine: Engine, tmp_path: Path) -> None:
    crowd = tuple(Detection(n / 10, 0.2, n / 10 + 0.05, 0.6, 0.9) for n in range(9))
    hall, album = desk(), Album(tmp_path)
    opened = []
    for second in range(0, 600, 10):
        sample = seeing("c2", second)
        alerts = hall.judge(sample, observe(sample.at, hall.regions["c2"], crowd))
        album.keep(hall, sample, crowd, alerts)
        for alert in alerts:
            stills = album.develop(alert)
            alert_records.save(engine, alert, sample.at)
            for still in stills:
                alert_records.add_still(engine, alert.key, still)
            opened += [alert.key] if alert.rule is Rule.QUEUE else []
    assert opened
    record = alert_records.alert(engine, opened[0])
    assert record is not None
    threshold = next(one for one in record.stills if one.moment is Moment.THRESHOLD)
    assert (threshold.camera, threshold.people) == ("c2", tuple(map(box_of, crowd)))
    assert threshold.at <= ZERO + timedelta(seconds=600)


def test_the_mask_stands_around_the_feet() -> None:
    """Half as wide as the thing and a quarter as high, never beyond the picture."""
    corners = [(round(x, 6), round(y, 6)) for x, y in region("c1", 2, (400, 300, 480, 700)).polygon]
    assert corners == [(0.42, 0.65), (0.46, 0.65), (0.46, 0.75), (0.42, 0.75)]
    assert max(y for _, y in region("c1", 2, (400, 600, 480, 1000)).polygon) == 1.0
