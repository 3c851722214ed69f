"""`hallwatch models label` and `train --from`: from a clip to a label set, out and back, and what is refused."""

import json
from pathlib import Path

import pytest

import hallwatch
from models import labels
from tests.test_hallwatch import CLIP, CONFIG


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "my.yaml"
    path.write_text(CONFIG, "utf-8")
    return path


@pytest.mark.footage
def test_from_a_clip_to_a_set_and_out_and_back(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("HALLWATCH_MODELS", raising=False)
    directory, verb = tmp_path / "set", ["models", "label", str(config), str(tmp_path / "set")]
    draw = ["--camera", f"c1={CLIP}", "--frames", "5", "--no-page", "--json", "--at", "2026-11-25T09:00:00+08:00"]
    assert hallwatch.main([*verb, *draw]) == hallwatch.DONE
    assert json.loads(capsys.readouterr().out) == {"pictures": 5, "reviewed": 0, "train": 4, "val": 1}
    assert directory.stat().st_mode & 0o777 == 0o700
    for format, file in (("yolo", tmp_path / "a.zip"), ("coco", tmp_path / "a.json")):
        assert hallwatch.main([*verb, "--export", format, str(file), "--no-page"]) == hallwatch.DONE
        assert hallwatch.main([*verb, "--import", format, str(file), "--no-page"]) == hallwatch.DONE
    assert labels.about(directory)["reviewed"] == 5
    (tmp_path / "a.json").write_text("{")
    assert hallwatch.main([*verb, "--import", "coco", str(tmp_path / "a.json"), "--no-page"]) == hallwatch.REFUSED
    assert "COCO document: expected JSON" in capsys.readouterr().err


@pytest.mark.footage
def test_what_cannot_be_drawn_is_refused(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verb = ["models", "label", str(config), str(tmp_path / "set"), "--no-page"]
    assert hallwatch.main([*verb, "--cameras", "c9"]) == hallwatch.REFUSED
    assert "--cameras: expected some of c1, found c9" in capsys.readouterr().err
    (tmp_path / "no.avi").write_text("none")
    assert hallwatch.main([*verb, "--camera", f"c1={tmp_path / 'no.avi'}"]) == hallwatch.REFUSED
    assert "expected at least one picture, found none" in capsys.readouterr().err
    config.write_text(CONFIG.replace("    legal_basis: 现场管理\n", ""), "utf-8")
    assert hallwatch.main([*verb, "--camera", f"c1={CLIP}"]) == hallwatch.REFUSED
    assert "camera c1: expected a legal_basis" in capsys.readouterr().err
    assert not (tmp_path / "set").exists()


def test_a_start_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verb = ["models", "train", str(tmp_path), "hall", "--from", "nothing", "--device", "cpu"]
    assert hallwatch.main(verb) == hallwatch.REFUSED
    assert "nothing: expected a file *.pt" in capsys.readouterr().err
