"""The blind draw at work."""

from pathlib import Path

from sqlalchemy import Engine, select

from models.detection import Detection
from monitor.adapters import judging_records
from monitor.adapters.draws import Draws
from monitor.adapters.judging_tables import samples
from monitor.observation import observe
from tests.monitor.hall import CLERK_1, ZERO, blind, desk, seeing


def test_looks_are_drawn_by_whether_an_alert_was_open_and_written_when_the_hall_closes(
    engine: Engine, tmp_path: Path
) -> None:
    hall, draws = desk(), Draws(engine, tmp_path, silent_of=1)

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
    weights = {row["alarmed"]: row["stratum"] for row in rows}
    assert weights == {True: 10, False: 25}  # 40 of 140 looks at the two windows were during the alert
    assert judging_records.waiting(engine) == 8


def test_labels_are_given_once_and_counted_by_their_strata(engine: Engine, tmp_path: Path) -> None:
    hall, draws = desk(), Draws(engine, tmp_path, silent_of=1)
    for second in range(0, 400, 10):
        sample = seeing("c1", second)
        hall.judge(sample, observe(sample.at, hall.regions["c1"], (CLERK_1,)))
        draws.offer(hall, sample, (CLERK_1,))
    draws.close()
    done = 0
    while (sample_ := judging_records.next_sample(engine)) is not None:
        said = "absent" if sample_.window == "w002" else "present"
        assert judging_records.label(engine, sample_.id, said, "监督员", ZERO)
        assert not judging_records.label(engine, sample_.id, "present", "监督员", ZERO)
        done += 1
    labelled = judging_records.labelled(engine, ZERO)
    assert (done, len(labelled)) == (8, 8)
    assert all(one.absent for one in labelled if one.alarmed)
