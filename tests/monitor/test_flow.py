"""From samples to alerts, records, stills and reports, with a detector that reads the story from the picture."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from camera_ingest.sample import Picture, Sample
from models.detection import Detection
from models.regions import Anchor, Region, RegionKind
from monitor.album import Album
from monitor.alerts import Alert, Moment, Rule, Still
from monitor.attention import Attention
from monitor.desk import Desk
from monitor.flow import watch
from monitor.lines import Line, alert_line, observation_line
from monitor.observation import Observation
from monitor.scenery import Scenery
from tests.monitor.hall import CAMERAS, CLERK_1, CLERK_2, REGIONS, ZERO, blind, box, camera, desk, picture, seeing

STAFFED, EMPTY, BROKEN = 255, 0, 128
"""The colour of the corner pixel that tells the detector who is there."""


def shot(story: int) -> Picture:
    """A picture of a hall whose first window is always staffed and whose second one follows the story."""
    drawn = picture()
    drawn[0, 0] = story
    return drawn


def find(shown: Picture, regions: Sequence[Region]) -> Sequence[Detection]:
    assert {region.camera for region in regions} == {"c1"}
    story = int(shown[0, 0, 0])
    if story == BROKEN:
        raise RuntimeError("out of memory")
    return (CLERK_1, CLERK_2) if story == STAFFED else (CLERK_1,)


def story(*parts: tuple[int | None, int]) -> list[Sample]:
    """Samples every 10 s: (what they show, how many); None = blind."""
    shown = [what for what, times in parts for _ in range(times)]
    return [blind("c1", 10 * i) if what is None else seeing("c1", 10 * i, shot(what)) for i, what in enumerate(shown)]


class Records:
    """What the flow hands out."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.alerts: list[tuple[Alert, tuple[Still, ...], datetime]] = []
        self.reports: list[tuple[str, datetime]] = []

    def record(self, alert: Alert, stills: Sequence[Still], at: datetime) -> None:
        self.alerts.append((alert, tuple(stills), at))

    def report(self, desk: Desk, at: datetime) -> None:
        self.reports.append((desk.hall.id, at))


def run(samples: list[Sample], directory: Path, hall: Desk | None = None, album: Album | None = None) -> Records:
    records = Records()
    pair = (hall or desk(), album or Album(directory))
    watch(
        samples,
        [pair],
        Attention(find, gated=False),
        Scenery(),
        records.observations.extend,
        records.record,
        records.report,
    )
    return records


def at(second: float) -> datetime:
    return ZERO + timedelta(seconds=second)


def test_an_absence_from_its_first_look_to_the_return(tmp_path: Path) -> None:
    samples = story((STAFFED, 6), (EMPTY, 40), (STAFFED, 6))
    records = run(samples, tmp_path)
    opened, ended = records.alerts
    assert (opened[0].place, opened[0].since, opened[0].until, opened[2]) == ("w002", at(60), None, at(360))
    assert (ended[0].key, ended[0].until, ended[2]) == (opened[0].key, at(460), at(480))
    assert [(still.moment, still.at) for still in ended[1]] == [
        (Moment.START, at(60)),
        (Moment.THRESHOLD, at(360)),
        (Moment.RETURN, at(460)),
    ]
    assert opened[1] == ended[1][:2]
    assert records.reports == [("hc01", sample.at) for sample in samples]


def test_the_stills_show_the_post_and_nothing_else(tmp_path: Path) -> None:
    records = run(story((STAFFED, 6), (EMPTY, 31)), tmp_path)
    _, stills, _ = records.alerts[0]
    for still in stills:
        read = cv2.imread(str(tmp_path / still.file))
        assert read is not None
        difference = np.abs(read.astype(int) - picture().astype(int)).mean(axis=2)
        assert difference[2:58, 82:].mean() < 20  # the post of w002 as it was
        assert difference[60:].mean() > 50
        assert difference[:, :80].mean() > 50  # also the post of w001, which has nothing to do with it


def test_the_stills_do_not_show_what_a_mask_covers(tmp_path: Path) -> None:
    mask = Region("mask-1", "c1", RegionKind.MASK, "", box(0.9, 0.0, 1.0, 1.0), Anchor.FOOT)
    records = run(story((STAFFED, 6), (EMPTY, 31)), tmp_path, desk(regions=(*REGIONS, mask)))
    _, stills, _ = records.alerts[0]
    read = cv2.imread(str(tmp_path / stills[0].file))
    assert read is not None
    difference = np.abs(read.astype(int) - picture().astype(int)).mean(axis=2)
    assert difference[2:58, 82:142].mean() < 20
    assert difference[2:58, 146:].mean() > 50


def test_every_sample_is_heard_blind_ones_too(tmp_path: Path) -> None:
    records = run(story((STAFFED, 1), (EMPTY, 1), (None, 1)), tmp_path)
    counted = [(look.region, look.people) for look in records.observations]
    assert counted == [
        *[("w001", 1), ("w001.citizen", 0), ("w002", 1)],
        *[("w001", 1), ("w001.citizen", 0), ("w002", 0)],
        *[("w001", None), ("w001.citizen", None), ("w002", None)],
    ]


def test_a_detector_that_fails_makes_a_look_blind_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    hall = desk()
    records = run(story((STAFFED, 2), (BROKEN, 40)), tmp_path, hall)
    assert [look.people for look in records.observations][-3:] == [None] * 3
    assert {alert.rule for alert, _, _ in records.alerts} == {Rule.CAMERA}
    assert hall.eyes["c1"].detail == (
        "camera c1: the detector failed on a picture of 160×120: RuntimeError: out of memory"
    )
    assert sum("out of memory" in line for line in caplog.messages) == 1


def test_a_camera_without_a_legal_basis_is_never_analysed(tmp_path: Path) -> None:
    hall = desk(cameras=(camera("c1", legal_basis=""), CAMERAS[1]))
    records = run(story((EMPTY, 60)), tmp_path, hall)
    assert {look.people for look in records.observations} == {None}
    assert records.alerts == []
    assert hall.eyes["c1"].blind == ""  # its health is known


def test_a_camera_without_regions_is_not_analysed(tmp_path: Path) -> None:
    hall = desk(cameras=(*CAMERAS, camera("c3")))
    records = run([seeing("c3", 0, shot(BROKEN))], tmp_path, hall)
    assert (records.observations, hall.eyes["c3"].blind) == ([], "")


def test_a_disk_that_cannot_be_written_is_told_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "alerts").write_text("in the way")
    records = run(story((STAFFED, 6), (EMPTY, 40), (STAFFED, 6)), tmp_path)
    assert [stills for _, stills, _ in records.alerts] == [(), ()]
    assert sum("not written" in line for line in caplog.messages) == 1


def test_only_what_an_alert_may_ask_for_is_kept(tmp_path: Path) -> None:
    album = Album(tmp_path)
    run(story((STAFFED, 100)), tmp_path, album=album)
    assert album.pictures == 0
    run(story((STAFFED, 6), (EMPTY, 12)), tmp_path, album=album)
    assert album.pictures == 1  # of the first empty look
    assert not (tmp_path / "alerts").exists()


def test_after_a_restart_the_stills_are_taken_over(tmp_path: Path) -> None:
    samples = story((STAFFED, 6), (EMPTY, 40), (STAFFED, 6))
    first = run(samples[:40], tmp_path)
    opened, stills, _ = first.alerts[0]
    album = Album(tmp_path)
    album.remember({opened.key: stills})
    second = run(samples[40:], tmp_path, desk(alerts=[opened]), album)
    told = [(alert.key, alert.until, [still.moment for still in stills]) for alert, stills, _ in second.alerts]
    assert told == [
        (opened.key, None, [Moment.START, Moment.THRESHOLD]),
        (opened.key, at(460), [Moment.START, Moment.THRESHOLD, Moment.RETURN]),
    ]


def test_lines(tmp_path: Path) -> None:
    """What `replay` writes: regions of every sample, openings and ends, in the order of time."""
    samples = story((STAFFED, 6), (EMPTY, 65), (None, 2), (EMPTY, 1), (STAFFED, 6))
    lines: list[Line | None] = []
    watch(
        samples,
        [(desk(), Album(tmp_path))],
        Attention(find, gated=False),
        Scenery(),
        lambda looks: lines.extend(observation_line(look) for look in looks),
        lambda alert, _, at: lines.append(alert_line(alert, at)),
        lambda *_: None,
    )
    told = [line for line in lines if line is not None]
    assert lines.count(None) == 3  # red, cannot see, sees again
    assert told[0] == {"at": "2026-11-20T01:00:00+00:00", "camera": "c1", "zone": "w001", "people": 1}
    assert [line for line in told if "rule" in line] == [
        {"at": at(360).isoformat(), "rule": "absence", "place": "w002", "since": at(60).isoformat(), "until": None},
        {
            "at": at(760).isoformat(),
            "rule": "absence",
            "place": "w002",
            "since": at(60).isoformat(),
            "until": at(740).isoformat(),
        },
    ]
    times = [str(line["at"]) for line in told]
    assert times == sorted(times)


def test_an_older_sample_is_not_judged_twice(tmp_path: Path) -> None:
    samples = story((STAFFED, 6), (EMPTY, 31))
    repeated = [copy for sample in samples for copy in (sample, replace(sample, at=sample.at - timedelta(seconds=5)))]
    assert [alert.since for alert, _, _ in run(repeated, tmp_path).alerts] == [at(60)]
