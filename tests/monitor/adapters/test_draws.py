"""The blind draw at work."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from camera_ingest.sample import Grey, Picture
from models.detection import Detection
from monitor.adapters import judging_records
from monitor.adapters.draws import Draws
from monitor.adapters.judging_tables import samples
from monitor.draw import Drawn
from monitor.observation import observe
from monitor.window_states import Service
from tests.monitor.hall import CLERK_1, CLERK_2, ZERO, blind, declared, desk, seeing


def test_looks_are_drawn_by_whether_an_alert_was_open_and_written_when_the_hall_closes(
    engine: Engine, tmp_path: Path
) -> None:
    hall, draws = desk(), Draws(engine, tmp_path, tmp_path / "memory", silent_of=1)

    def show(second: float, *people: Detection) -> None:
        sample = seeing("c1", second)
        hall.judge(sample, observe(sample.at, hall.regions["c1"], people))
        draws.offer(hall, sample, people)

    for second in range(0, 700, 10):
        show(second, CLERK_1)  # nobody is at w002
    dark = blind("c1", 710)
    hall.judge(dark, observe(dark.at, hall.regions["c1"], None))
    draws.offer(hall, dark, None)
    with engine.connect() as connection:
        assert connection.execute(select(samples)).all() == []
    show(3 * 3600 + 10, CLERK_1)  # the hall has closed
    with engine.connect() as connection:
        rows = connection.execute(select(samples)).mappings().all()
    assert sorted(row["alarmed"] for row in rows) == [False] * 4 + [True] * 4
    assert {row["window"] for row in rows if row["alarmed"]} == {"w002"}
    assert all((tmp_path / row["file"]).read_bytes().startswith(b"\xff\xd8") for row in rows)
    weights = {row["alarmed"]: row["weight"] for row in rows}
    assert weights == {True: 10, False: 25}  # 40 of 140 looks at the two windows were during the alert
    assert judging_records.waiting(engine, ZERO) == 8
    assert {row["empty"] for row in rows if row["alarmed"]} == {True}
    assert list((tmp_path / "memory").iterdir()) == []


def test_a_killed_program_goes_on_with_its_draw(engine: Engine, tmp_path: Path) -> None:
    hall, memory = desk(), tmp_path / "memory"

    def show(draws: Draws, second: float) -> None:
        sample = seeing("c1", second)
        hall.judge(sample, observe(sample.at, hall.regions["c1"], (CLERK_1, CLERK_2)))
        draws.offer(hall, sample, (CLERK_1, CLERK_2))

    killed = Draws(engine, tmp_path, memory, silent_of=1)
    for second in range(0, 1000, 10):
        show(killed, second)
    going = Draws(engine, tmp_path, memory, ["hc01", "hc02"], silent_of=1)
    assert going.draws["hc01"].seen == {True: 0, False: 193}  # two windows, up to the minute before
    assert len(going.draws["hc01"].held[False]) == 4
    lost = tmp_path / going.draws["hc01"].held[False][0].kept.file
    lost.unlink()
    going = Draws(engine, tmp_path, memory, ["hc01", "hc02"], silent_of=1)
    assert len(going.draws["hc01"].held[False]) == 3
    show(going, 1000)
    going.close()
    with engine.connect() as connection:
        rows = connection.execute(select(samples)).mappings().all()
    assert {row["weight"] for row in rows} == {195 / len(rows)}
    assert Draws(engine, tmp_path, memory, ["hc01"]).draws == {}
    assert judging_records.waiting(engine, ZERO) == len(rows)


def test_pictures_that_were_drawn_over_are_deleted(engine: Engine, tmp_path: Path) -> None:
    hall, draws = desk(), Draws(engine, tmp_path, tmp_path / "memory", silent_of=1)
    for second in range(0, 2000, 10):
        sample = seeing("c1", second)
        hall.judge(sample, observe(sample.at, hall.regions["c1"], (CLERK_1, CLERK_2)))
        draws.offer(hall, sample, (CLERK_1, CLERK_2))
    draws.close()
    assert len(list(tmp_path.rglob("*.jpg"))) == 4


def test_looks_at_posts_where_nobody_has_to_be_are_not_drawn(engine: Engine, tmp_path: Path) -> None:
    said = {"w002": declared("w002", Service.PAUSED, "break")}
    hall, draws = desk(said=said), Draws(engine, tmp_path, tmp_path / "memory", silent_of=1)
    for second in range(0, 400, 10):
        sample = seeing("c1", second)
        hall.judge(sample, observe(sample.at, hall.regions["c1"], (CLERK_1,)))
        draws.offer(hall, sample, (CLERK_1,))
    assert draws.draws["hc01"].seen == {True: 0, False: 40}


def test_a_corrupt_draw_is_begun_anew(engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "hc01.json").write_text('{"hall": 3')
    assert Draws(engine, tmp_path, tmp_path / "memory", ["hc01"]).draws == {}
    assert "expected a draw that goes on" in caplog.text


def test_what_is_not_labelled_yet_is_stood_for_by_its_kind(engine: Engine) -> None:
    for number in range(8):
        drawn = Drawn("w001", ZERO + timedelta(seconds=number), number < 4, f"{number}.jpg", number < 4)
        judging_records.add_sample(engine, "hc01", drawn, "0" * 64, 2.5)
    for id, said in ((1, "absent"), (2, "unclear"), (5, "absent"), (6, "present"), (7, "present"), (8, "present")):
        judging_records.label(engine, id, said, "监督员", ZERO)
    labelled = judging_records.labelled(engine, ZERO)
    assert [(one.alarmed, one.absent, one.weight) for one in labelled] == [
        (True, True, 10.0),
        (False, True, 2.5),
        *[(False, False, 2.5)] * 3,
    ]


def test_labels_are_given_once_and_counted_by_their_strata(engine: Engine, tmp_path: Path) -> None:
    hall, draws = desk(), Draws(engine, tmp_path, tmp_path / "memory", silent_of=1)
    for second in range(0, 400, 10):
        sample = seeing("c1", second)
        hall.judge(sample, observe(sample.at, hall.regions["c1"], (CLERK_1,)))
        draws.offer(hall, sample, (CLERK_1,))
    draws.close()
    done = 0
    while (sample_ := judging_records.next_sample(engine, ZERO)) is not None:
        said = "absent" if sample_.window == "w002" else "present"
        assert judging_records.label(engine, sample_.id, said, "监督员", ZERO)
        assert not judging_records.label(engine, sample_.id, "present", "监督员", ZERO)
        done += 1
    labelled = judging_records.labelled(engine, ZERO)
    assert (done, len(labelled)) == (8, 8)
    assert all(one.absent for one in labelled if one.alarmed)


def test_the_colours_of_a_look_that_is_not_drawn_are_not_asked_for(engine: Engine, tmp_path: Path) -> None:
    class Undecoded:
        @property
        def picture(self) -> Picture:
            raise AssertionError("converted")

        @property
        def grey(self) -> Grey:
            raise AssertionError("looked at")

        @property
        def size(self) -> tuple[int, int]:
            return 120, 160

    hall, draws = desk(), Draws(engine, tmp_path, tmp_path / "memory")
    for second in range(0, 100, 10):
        sample = replace(seeing("c1", second), shown=Undecoded())
        hall.judge(sample, observe(sample.at, hall.regions["c1"], (CLERK_1,)))
        draws.offer(hall, sample, (CLERK_1,))
    assert draws.draws["hc01"].seen == {True: 0, False: 20}
