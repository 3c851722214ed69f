"""Fine-tuning: defaults, what is refused, and a real short run from a network with many classes."""

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import catalogue, finetune, labels, runtimes, trial
from models.finetune import CPU, GPU, NotCarried, Recipe, Unfit, recipe, shape, start
from models.metadata import WeightsError
from models.openvino import OpenVinoDetector
from models.train import NETWORK, described, reviewed
from models.weights import resolve
from tests.models import label_set

TINY = replace(CPU, epochs=1, batch=4, side=96)
LOUD = (
    # ultralytics 8.4 exports through the tracer that torch 2.14 deprecates, and which warns of its own limits
    "ignore:`torch.jit.trace:FutureWarning",
    "ignore:Converting a tensor to a Python:Warning",
)


def many_classes(path: Path) -> Path:
    """A checkpoint of random numbers with 80 classes, the first of them person; its head is wider than one for one."""
    content = yaml.safe_load(NETWORK.read_text("utf-8"))
    (path.parent / "many.yaml").write_text(yaml.safe_dump({**content, "nc": 80}), "utf-8")
    model = runtimes.ultralytics().YOLO(str(path.parent / "many.yaml"), task="detect")
    model.model.names = {0: "person", **{number: f"thing {number}" for number in range(1, 80)}}
    model.save(str(path))
    return path


def confirmed(directory: Path, train: int = 9, val: int = 2) -> Path:
    """A label set all of whose boxes a person has confirmed, and one picture nobody has."""
    rows = label_set.write(directory, train + 1, val)
    for row in rows[1:]:
        labels.save(directory, row.name, 1, labels.boxes(directory, row), True)
    return directory


def test_two_cores_and_a_gpu_are_asked_for_different_things() -> None:
    assert recipe("cpu") == CPU
    assert (CPU.freeze, CPU.batch, CPU.side) == (10, 8, 416) and CPU.epochs < GPU.epochs
    cpu, gpu = CPU.asked(), GPU.asked()
    assert (cpu["rect"], cpu["amp"], gpu["rect"], gpu["amp"], gpu["freeze"]) == (True, False, False, "bf16", None)
    assert cpu["val"] is gpu["val"] is False, "the held-out part chooses nothing"


@pytest.mark.torch
def test_a_device_that_is_not_there() -> None:
    assert recipe("auto").device in ("cpu", "0")
    with pytest.raises(runtimes.DeviceMissing, match="expected one of cpu"):
        recipe("17")


def test_a_start_is_a_file_or_a_family(tmp_path: Path) -> None:
    (tmp_path / "family.pt").touch()
    environ = {"HALLWATCH_MODELS": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert start("family", environ) == start(str(tmp_path / "family.pt"), environ) == tmp_path / "family.pt"
    with pytest.raises(WeightsError, match="expected a file"):
        start("other", environ)


def test_only_what_a_person_confirmed_is_trained_on_and_scored(tmp_path: Path) -> None:
    data = confirmed(tmp_path / "set")
    waiting = labels.frames(data)[0].name
    assert len(reviewed(data, "train")) == 9 and len(reviewed(data, "val")) == 2
    assert waiting not in {path.stem for path in reviewed(data, "train")}
    label_set.write(tmp_path / "new")
    with pytest.raises(FileNotFoundError, match="a person has confirmed, found 3 that wait"):
        reviewed(tmp_path / "new", "train")


def test_calibration_sees_training_pictures_only(tmp_path: Path) -> None:
    data = confirmed(tmp_path / "set")
    (data / "labels" / "train.cache").touch()
    listed = {}
    for calibrating in (False, True):
        content = yaml.safe_load(described(data, tmp_path, calibrating).read_text("utf-8"))
        listed[calibrating] = Path(content["val"]).read_text("utf-8")
    assert "/val/" in listed[False] and "/val/" not in listed[True] and listed[True].count("/train/") == 9
    assert not (data / "labels" / "train.cache").exists(), "a box that moved would not be noticed"


def test_an_input_has_the_shape_of_the_pictures(tmp_path: Path) -> None:
    data = confirmed(tmp_path / "set")
    assert shape(reviewed(data, "train"), 416) == (416, 256)  # 128×72
    (tmp_path / "no.jpg").write_text("none")
    with pytest.raises(Unfit, match=r"no\.jpg: expected a picture"):
        shape([tmp_path / "no.jpg"], 416)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../up", "expected letters, digits"),
        ("", "expected letters, digits"),
        ("yolo11n-hall", "taken for a network of the family yolo11n"),
        ("hall", "expected one that is not used in .*, found hall-int8-96x64_openvino_model"),
    ],
)
def test_a_name_that_cannot_be_used(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "models" / "hall-int8-96x64_openvino_model").mkdir(parents=True)
    data = confirmed(tmp_path / "set")
    with pytest.raises(Unfit, match=said):
        finetune.finetune(data, name, tmp_path / "x.pt", {}, TINY, tmp_path / "models")


@pytest.mark.torch
@pytest.mark.filterwarnings(*LOUD)
def test_a_short_run_from_many_classes_to_a_network_beside_the_one_in_use(tmp_path: Path) -> None:
    data, source = confirmed(tmp_path / "set"), many_classes(tmp_path / "many.pt")
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    before = resolve(None, environ)
    tuned = finetune.finetune(data, "hall", source, environ, TINY)
    models = tmp_path / "hallwatch" / "models"
    assert tuned.path == models / "hall-int8-96x64_openvino_model"
    assert OpenVinoDetector(tuned.path).name == "hall-int8-96x64 96×64 openvino"
    assert tuned.in_use == before.name == resolve(None, environ).name, "nothing is put into use"
    assert [row["people"] for row in tuned.rows()] == [2, 2]
    assert {path.name for path in models.iterdir()} == {tuned.path.name, "hall.pt", "catalogue.toml"}
    record = catalogue.record(catalogue.read(models), tuned.name)
    assert record["source"] == "many.pt, fine-tuned on 9 pictures of set"
    assert str(tmp_path).encode() not in (models / "catalogue.toml").read_bytes()
    with pytest.raises(Unfit, match="expected one that is not used"):
        finetune.finetune(data, "hall", source, environ, TINY)


@pytest.mark.torch
def test_training_begins_with_the_person_that_the_network_knew(tmp_path: Path) -> None:
    """The scores of the person are the same before the first step, though the head has one class instead of 80."""
    torch: Any = importlib.import_module("torch")
    data, source = confirmed(tmp_path / "set"), many_classes(tmp_path / "many.pt")
    ultralytics = runtimes.quiet_ultralytics(tmp_path)
    model = ultralytics.YOLO(str(source))
    picture = torch.rand(1, 3, 64, 96)
    known = model.model.eval()(picture)[0]
    scores: list[Any] = []

    def begun(trainer: Any) -> None:
        scores.append(trainer.model.eval()(picture)[0])
        raise Begun

    model.add_callback("on_train_start", begun)
    with pytest.raises(Begun):
        finetune._fit(model, described(data, tmp_path), tmp_path, TINY)
    assert tuple(scores[0].shape)[1] == 5 and known.shape[1] == 84
    assert torch.allclose(scores[0], known[:, :5], atol=1e-4)


@pytest.mark.torch
def test_batch_norms_keep_what_they_have_learnt(tmp_path: Path) -> None:
    """Otherwise a network whose batch norms are the identity, folded into its convolutions, would forget everything."""
    data, source = confirmed(tmp_path / "set"), many_classes(tmp_path / "many.pt")
    ultralytics = runtimes.quiet_ultralytics(tmp_path)
    last = finetune._fit(ultralytics.YOLO(str(source)), described(data, tmp_path), tmp_path, TINY)
    tuned = dict(ultralytics.YOLO(str(last)).model.named_buffers())
    for name, statistic in ultralytics.YOLO(str(source)).model.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            assert (tuned[name].float() - statistic.float()).abs().max() < 1e-3, name


class Begun(Exception):
    """Training would have begun."""


@pytest.mark.torch
def test_a_person_that_was_not_carried_over_is_noticed(tmp_path: Path) -> None:
    source = many_classes(tmp_path / "many.pt")
    network = runtimes.ultralytics().YOLO(str(source)).model
    known = finetune._person(network)
    finetune._require_carried(known, known)
    network.model[-1].cv3[1][-1].weight.data += 0.01
    with pytest.raises(NotCarried, match="class 0: expected"):
        finetune._require_carried(known, finetune._person(network))


@pytest.mark.torch
def test_a_run_that_is_cut_short_leaves_the_models_as_they_were(tmp_path: Path) -> None:
    data, source = confirmed(tmp_path / "set"), many_classes(tmp_path / "many.pt")
    models = tmp_path / "hallwatch" / "models"
    broken = Recipe("cpu", epochs=1, batch=4, side=96, freeze=99)  # ultralytics refuses to freeze everything
    with pytest.raises(RuntimeError, match="froze the entire model"):
        finetune.finetune(data, "hall", source, {"XDG_CACHE_HOME": str(tmp_path)}, broken)
    assert not models.exists()


def test_what_was_scored_is_told_apart_when_more_of_it_is_confirmed(tmp_path: Path) -> None:
    data = confirmed(tmp_path / "set")
    waiting, *_ = labels.frames(data)
    held_out = labels.frames(data)[-1]
    before = trial.which(data)
    labels.save(data, waiting.name, 1, [], True)
    assert trial.which(data) == before, "that one is trained on"
    labels.save(data, held_out.name, 2, labels.boxes(data, held_out), False)
    assert trial.which(data) != before
