"""What the labelling page asks and changes, and what is refused."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboards.labelling.app import COCO_BYTES, UPLOAD_BYTES, build
from dashboards.labelling.words import WORDS
from models import labels
from tests.models import label_set

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
ROOM = Path(build.__code__.co_filename).parent


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    label_set.write(tmp_path / "set")
    return tmp_path / "set"


@pytest.fixture
def client(directory: Path) -> FlaskClient:
    return build(directory).test_client()


def first(directory: Path) -> labels.Frame:
    return labels.frames(directory)[0]


def test_the_page_is_its_own_and_nothing_else_is_served(client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in ("/", "/label.js", "/label.css")] == [200] * 3
    assert [client.get(path).status_code for path in ("/app.py", "/../app.py", "/picture/none", "/x/y")] == [
        404,
        404,
        400,
        404,
    ]
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert "default-src 'self'" in client.get("/").headers["Content-Security-Policy"]


def test_the_set_comes_with_words_in_the_language_asked_for(client: FlaskClient) -> None:
    whole = client.get("/api/set").get_json()
    assert (whole["language"], whole["name"], len(whole["frames"])) == ("zh", "set", 4)
    assert whole["words"]["confirm"].startswith("确认")
    assert whole["frames"][0]["boxes"] == [pytest.approx([0.1, 0.1, 0.3, 0.9])]
    assert client.get("/api/set?lang=en").get_json()["words"]["confirm"] == "Confirm, next"
    assert client.get("/api/set").get_json()["language"] == "en", "kept in a cookie"


def test_every_word_has_both_languages_and_is_used() -> None:
    values = re.compile(r"\{(\w+)\}")
    for key, (zh, en) in WORDS.items():
        assert zh and en and sorted(values.findall(zh)) == sorted(values.findall(en)), key
        assert key == "other_language" or not CHINESE.search(en), key
    script = (ROOM / "label.js").read_text("utf-8") + (ROOM / "page.html").read_text("utf-8")
    assert not CHINESE.search(script)
    assert [key for key in WORDS if f'"{key}"' not in script and not key.startswith(("why.", "part.", "key."))] == []


def test_a_change_is_on_the_disk_when_it_is_answered(client: FlaskClient, directory: Path) -> None:
    row = first(directory)
    change = {"version": 1, "boxes": [[0, 0.5, 0.25, 1]], "reviewed": True}
    answer = client.put(f"/api/frame/{row.name}", json=change)
    assert answer.status_code == 200 and answer.get_json()["version"] == 2
    assert (directory / row.label).read_text() == "0 0.125000 0.750000 0.250000 0.500000\n"
    assert first(directory).reviewed
    again = client.put(f"/api/frame/{row.name}", json=change)
    assert again.status_code == 409 and "expected version 1, found 2" in again.get_json()["error"]


@pytest.mark.parametrize(
    "change",
    [
        None,
        [],
        {"version": 1, "boxes": [[0, 0, 1]], "reviewed": True},
        {"version": 1, "boxes": [[0, 0, 1, "1"]], "reviewed": True},
        {"version": 1, "boxes": [[0, 0, 2, 1]], "reviewed": True},
        {"version": 1, "boxes": [[0.5, 0, 0.5, 1]], "reviewed": True},
        {"version": 1, "boxes": [[0, 0, 1, 1]] * 301, "reviewed": True},
        {"version": "1", "boxes": [], "reviewed": True},
    ],
)
def test_a_change_that_is_none_changes_nothing(client: FlaskClient, directory: Path, change: object) -> None:
    row = first(directory)
    answer = client.put(f"/api/frame/{row.name}", json=change)
    assert answer.status_code == 400 and "expected" in answer.get_json()["error"]
    assert first(directory) == row


def test_a_change_from_another_site_is_refused(client: FlaskClient, directory: Path) -> None:
    for path, send in ((f"/api/frame/{first(directory).name}", client.put), ("/import/coco", client.post)):
        assert send(path, headers={"Origin": "http://evil.example"}, json={}).status_code == 403


def test_out_and_back(client: FlaskClient, directory: Path) -> None:
    archive = client.get("/export/yolo.zip", buffered=True)
    assert "filename=set.zip" in archive.headers["Content-Disposition"]
    assert len(zipfile.ZipFile(io.BytesIO(archive.data)).namelist()) == 10
    assert client.post("/import/yolo", data=archive.data).get_json() == {"pictures": 4, "others": 0}
    document = client.get("/export/coco.json")
    assert "filename=set.json" in document.headers["Content-Disposition"]
    assert client.post("/import/coco", data=document.data).get_json() == {"pictures": 4, "others": 0}
    assert all(row.reviewed and row.version == 3 for row in labels.frames(directory))


def test_a_bad_import_loses_nothing(client: FlaskClient, directory: Path) -> None:
    before = labels.frames(directory)
    document = json.loads(client.get("/export/coco.json").data)
    document["annotations"][-1]["bbox"] = [0, 0, 9999, 1]
    answer = client.post("/import/coco", json=document)
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith("annotations[3].bbox: expected a box inside the picture, found")
    assert client.post("/import/yolo", data=b"PK garbage").status_code == 400
    assert labels.frames(directory) == before


@pytest.mark.parametrize(("path", "size"), [("/import/yolo", UPLOAD_BYTES), ("/import/coco", COCO_BYTES)])
def test_what_is_too_large_is_refused_before_it_is_read(client: FlaskClient, path: str, size: int) -> None:
    answer = client.post(path, environ_overrides={"CONTENT_LENGTH": str(size + 1)})
    assert answer.status_code in (400, 413) and "byte" in answer.get_json()["error"]


def test_a_set_that_went_away_is_said(client: FlaskClient, directory: Path) -> None:
    (directory / labels.INDEX).unlink()
    answer = client.get("/api/set")
    assert answer.status_code == 400 and "frames.json: expected a file, found nothing" in answer.get_json()["error"]
