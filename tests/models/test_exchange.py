"""Exchange: both formats out and back by files, and what is no format."""

from pathlib import Path

import pytest

from models import labels
from models.exchange import FORMATS, move
from models.labels import BadLabels
from tests.models import label_set


@pytest.mark.parametrize("format", FORMATS)
def test_out_and_back(tmp_path: Path, format: str) -> None:
    rows, file = label_set.write(tmp_path / "set"), tmp_path / "out"
    assert move("export", format, tmp_path / "set", file)["exported"] == str(file)
    assert file.stat().st_mode & 0o777 == 0o600, "it holds pictures"
    labels.save(tmp_path / "set", rows[0].name, 1, [], True)
    said = move("import", format, tmp_path / "set", file)
    assert (said["pictures"], said["other_categories"]) == (4, 0)
    assert len(labels.boxes(tmp_path / "set", rows[0])) == 1


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    rows = label_set.write(tmp_path / "set")
    (tmp_path / "set" / rows[0].label).write_text("nonsense")
    with pytest.raises(BadLabels, match="line 1: expected class"):
        move("export", "coco", tmp_path / "set", tmp_path / "out.json")
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_what_is_no_format(tmp_path: Path) -> None:
    with pytest.raises(BadLabels, match="--export: expected yolo or coco, found 'voc'"):
        move("export", "voc", tmp_path, tmp_path / "out")
