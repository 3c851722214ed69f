"""Installing: never a worse one silently, and back in one step."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import yaml

from camera_ingest.sample import Picture
from models import catalogue, runtimes
from models.agreement import Agreement
from models.catalogue import NothingBefore
from models.install import Worse, adopt, in_use, install, pin, roll_back
from models.metadata import WeightsError
from models.prepare import Prepared
from models.weights import SHIPPED
from tests.models.fixed import data_set, put

SAME, BLIND = Agreement(9, 9, 1.0, 1.0, 0.0), Agreement(9, 9, 0.2, 1.0, 3.0)
LABELS = (Path(__file__).parent / "hall.txt").read_text(encoding="utf-8")


def known(directory: Path, name: str, **facts: object) -> Path:
    """A network that is only metadata, with facts in the catalogue."""
    path = put(directory, name, int8=True)
    catalogue.write(directory, catalogue.recorded(catalogue.read(directory), name, facts))
    return path


def scored(data: str, f1: float) -> Mapping[str, object]:
    return {"held_out": {"data": data, "people": 9, "f1": f1}}


def copy(directory: Path, name: str, demo: bool = False) -> Path:
    """The shipped network under another name."""
    path = directory / f"{name}_openvino_model"
    shutil.copytree(SHIPPED, path)
    for suffix in ("xml", "bin"):
        (path / f"hallwatch-demo.{suffix}").rename(path / f"{name}.{suffix}")
    about = yaml.safe_load((path / "metadata.yaml").read_bytes())
    text = yaml.safe_dump({**about, "hallwatch": {"demo": demo}})
    (path / "metadata.yaml").write_text(text, encoding="utf-8")
    return path


def blind(directory: Path, name: str) -> Path:
    """The shipped network with every score taken times nothing: it finds nobody."""
    openvino = runtimes.openvino()
    path = copy(directory, name)
    network = openvino.Core().read_model(SHIPPED / "hallwatch-demo.xml")
    answer = network.get_results()[0].input_value(0)
    scores = np.zeros((1, 1, 1), np.float32)
    nothing = openvino.opset13.multiply(answer, openvino.opset13.constant(scores))
    openvino.save_model(openvino.Model([nothing], network.get_parameters()), path / f"{name}.xml")
    return path


def test_the_first_one_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    known(tmp_path, "a")
    catalogue.write(tmp_path, {"current": "hallwatch-demo"})
    assert in_use(tmp_path).name == "hallwatch-demo"
    change = install(tmp_path, "a")
    assert (change.now, change.before) == ("a", "hallwatch-demo")
    assert in_use(tmp_path).name == "a"


def test_two_that_were_never_compared(tmp_path: Path) -> None:
    known(tmp_path, "a")
    install(tmp_path, "a")
    known(tmp_path, "b")
    with pytest.raises(Worse, match=r"b: expected --data DATASET to compare it on with a, which is in use"):
        install(tmp_path, "b")
    assert in_use(tmp_path).name == "a"
    change = install(tmp_path, "b", even_if_worse=True)
    assert (change.before, change.why) == ("a", "as asked, even if worse")
    assert install(tmp_path, "b").why == "it was in use already"
    assert roll_back(tmp_path).now == "a"
    assert in_use(tmp_path).name == "a"


@pytest.mark.parametrize(("f1", "fine"), [(0.8, True), (0.795, True), (0.78, False)])
def test_scores_on_the_same_pictures_are_compared(tmp_path: Path, f1: float, fine: bool) -> None:
    known(tmp_path, "a", scores=scored("d1", 0.8))
    install(tmp_path, "a")
    known(tmp_path, "b", scores=scored("d1", f1))
    if fine:
        assert f"F1 {f1:.3f}, of a, which is in use, 0.800" in install(tmp_path, "b").why
    else:
        with pytest.raises(Worse, match=rf"b: expected an F1 of no less than 0\.01 below .* found F1 {f1:.3f}"):
            install(tmp_path, "b")


def test_scores_on_other_pictures_are_not(tmp_path: Path) -> None:
    known(tmp_path, "a", scores=scored("d1", 0.1))
    install(tmp_path, "a")
    known(tmp_path, "b", scores=scored("d2", 0.9))
    with pytest.raises(Worse, match="expected --data DATASET"):
        install(tmp_path, "b")


def test_one_that_disagrees_with_its_original_is_refused_even_the_first_time(tmp_path: Path) -> None:
    known(tmp_path, "a", agrees=False)
    with pytest.raises(Worse, match=r"a: expected it to see what the network it was made from sees"):
        install(tmp_path, "a")


def test_compared_on_pictures(tmp_path: Path, hall: Picture) -> None:
    data = data_set(tmp_path / "data", {"hall": (hall, LABELS)})
    directory = tmp_path / "models"
    copy(directory, "seeing")
    install(directory, "seeing", data)
    blind(directory, "blind")
    with pytest.raises(
        Worse, match=r"blind: expected an F1 .* found F1 0\.000, of seeing, which is in use, [01]\.\d+ of"
    ):
        install(directory, "blind", data)
    assert install(directory, "blind", data, even_if_worse=True).now == "blind"
    assert install(directory, "seeing", data).before == "blind"
    held_out = catalogue.record(catalogue.read(directory), "seeing")["scores"]
    assert isinstance(held_out, Mapping) and held_out["held_out"]["recall"] > 0.5


def test_a_name_that_is_not_there(tmp_path: Path) -> None:
    put(tmp_path, "a")
    with pytest.raises(WeightsError, match=r"weights b: expected one of a in .*, found none of this name"):
        install(tmp_path, "b")


def test_back_to_the_shipped_one_and_no_further(tmp_path: Path) -> None:
    put(tmp_path, "a")
    catalogue.write(tmp_path, {"current": "hallwatch-demo"})
    install(tmp_path, "a")
    assert (roll_back(tmp_path).now, in_use(tmp_path).path) == ("hallwatch-demo", SHIPPED)
    with pytest.raises(NothingBefore, match="expected a network that was in use before"):
        roll_back(tmp_path)


def test_back_to_one_that_is_gone(tmp_path: Path) -> None:
    first = known(tmp_path, "a")
    install(tmp_path, "a")
    known(tmp_path, "b")
    install(tmp_path, "b", even_if_worse=True)
    shutil.rmtree(first)
    with pytest.raises(WeightsError, match="weights a: expected one of b"):
        roll_back(tmp_path)
    assert in_use(tmp_path).name == "b"


def test_what_was_used_by_itself_is_written_down(tmp_path: Path) -> None:
    """So that a larger network beside it does not take its place."""
    put(tmp_path, "a", 320, int8=True)
    assert pin(tmp_path).name == "a"
    put(tmp_path, "b", 640, int8=True)
    assert in_use(tmp_path).name == "a"
    assert catalogue.before(catalogue.read(tmp_path)) == ()


def test_an_empty_directory_stays_empty(tmp_path: Path) -> None:
    assert pin(tmp_path).path == SHIPPED
    assert not list(tmp_path.iterdir())


def test_of_what_was_prepared_the_largest_that_agrees_is_used(tmp_path: Path) -> None:
    before = pin(tmp_path)
    prepared = [
        Prepared("n-320", put(tmp_path, "n-320", 320), SAME),
        Prepared("n-416", put(tmp_path, "n-416", 416), SAME),
        Prepared("n-640", put(tmp_path, "n-640", 640), BLIND),
    ]
    change = adopt(tmp_path, prepared, before)
    assert change is not None and (change.now, change.before) == ("n-416", "hallwatch-demo")


def test_what_was_prepared_does_not_take_the_place_of_another(tmp_path: Path) -> None:
    put(tmp_path, "a")
    before = pin(tmp_path)
    assert adopt(tmp_path, [Prepared("n", put(tmp_path, "n"), SAME)], before) is None
    assert in_use(tmp_path).name == "a"


def test_nothing_that_agrees_is_nothing(tmp_path: Path) -> None:
    before = pin(tmp_path)
    assert adopt(tmp_path, [Prepared("n", put(tmp_path, "n"), BLIND)], before) is None


def test_a_held_out_part_without_people_lets_nothing_in(tmp_path: Path, hall: Picture) -> None:
    models, data = tmp_path / "models", data_set(tmp_path / "data", {"empty": (np.zeros_like(hall), "")})
    copy(models, "good")
    install(models, "good")
    blind(models, "bad")
    with pytest.raises(Worse, match=r"expected people in the held-out part of .*, found nobody"):
        install(models, "bad", data)
    assert in_use(models).name == "good"


def test_what_was_deleted_is_passed_over_on_the_way_back(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        known(tmp_path, name)
        install(tmp_path, name, even_if_worse=True)
    shutil.rmtree(tmp_path / "b_openvino_model")
    change = roll_back(tmp_path)
    assert change.now == "a" and "passed over, for it is gone: b" in change.why
    assert in_use(tmp_path).name == "a"
