"""The app: one label set, one page, a few addresses under which the page reads and writes.

Every change names the version of the picture it was made on; a change on an older one is refused (409), so that two
tabs, or a tab and an import, never overwrite each other unseen.
"""

from dataclasses import asdict
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from flask import Flask, Response, jsonify, request, send_file
from werkzeug.exceptions import HTTPException

from dashboards.guard import guard
from dashboards.labelling.words import WORDS
from dashboards.visit import language
from dashboards.words import LANGUAGES
from models import coco, labels, yolo_zip
from models.detection import Detection
from models.labels import BadLabels, Changed, Frame

ROOM = Path(__file__).parent
PAGE = {"page.html": "text/html", "label.js": "text/javascript", "label.css": "text/css"}
"""The page's own files; nothing else of the directory is served."""
UPLOAD_BYTES = 512 * 1024 * 1024
"""Of one import: an archive may hold the pictures too."""
COCO_BYTES = 64 * 1024 * 1024
MEMORY_BYTES = 16 * 1024 * 1024
"""Of an archive that is taken or given; what is more lies in a temporary file without a name."""
Answer = Response | tuple[Response, int]


def build(directory: Path) -> Flask:
    """The web application over a label set."""
    server = Flask("hallwatch-labelling", static_folder=None)
    _page(server, directory)
    _labels(server, directory)
    _exchange(server, directory)

    @server.errorhandler(BadLabels)
    def bad(error: BadLabels) -> Answer:
        return jsonify(error=str(error)), 400

    @server.errorhandler(Changed)
    def changed(error: Changed) -> Answer:
        return jsonify(error=str(error)), 409

    @server.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Answer:
        return jsonify(error=error.description), error.code or 500

    @server.errorhandler(OSError)
    def lost(error: OSError) -> Answer:
        return jsonify(error=f"{directory}: expected to read and write, found: {error.strerror or error}"), 507

    guard(server, [], UPLOAD_BYTES)
    return server


def _page(server: Flask, directory: Path) -> None:
    @server.get("/")
    def page() -> Response:
        return _own("page.html")

    @server.get("/<name>")
    def own(name: str) -> Response:
        return _own(name)

    @server.get("/api/set")
    def whole() -> Response:
        speaks = language()
        column = LANGUAGES.index(speaks)
        rows = [_row(directory, row) for row in labels.frames(directory)]
        words = {key: both[column] for key, both in WORDS.items()}
        return _kept(jsonify(language=speaks, words=words, name=_named(directory), frames=rows), speaks)


def _own(name: str) -> Response:
    if name not in PAGE:
        return Response("", 404)
    answer = Response((ROOM / name).read_bytes(), mimetype=PAGE[name], headers={"Cache-Control": "no-cache"})
    return _kept(answer, language()) if name == "page.html" and "lang" in request.args else answer


def _kept(answer: Response, speaks: str) -> Response:
    """The answer, with the language kept if it was asked for."""
    answer.headers["Cache-Control"] = "no-store"
    if request.args.get("lang") in LANGUAGES:
        answer.set_cookie("lang", speaks, max_age=365 * 86400, samesite="Lax", httponly=True)
    return answer


def _labels(server: Flask, directory: Path) -> None:
    @server.get("/picture/<name>")
    def picture(name: str) -> Response:
        content = (directory / labels.find(directory, name).picture).read_bytes()
        return Response(content, mimetype="image/jpeg", headers={"Cache-Control": "no-store"})

    @server.get("/api/frame/<name>")
    def frame(name: str) -> Response:
        return jsonify(_row(directory, labels.find(directory, name)))

    @server.put("/api/frame/<name>")
    def save(name: str) -> Response:
        version, people, reviewed = _change(name, request.get_json(silent=True))
        return jsonify(_row(directory, labels.save(directory, name, version, people, reviewed)))


def _row(directory: Path, row: Frame) -> dict[str, Any]:
    people = [[one.x1, one.y1, one.x2, one.y2] for one in labels.boxes(directory, row)]
    return {**asdict(row), "at": row.at.isoformat(), "boxes": people}


def _change(name: str, change: object) -> tuple[int, list[Detection], bool]:
    """What the page wants to save: {version, boxes: [[x1, y1, x2, y2] …], reviewed}; raises `BadLabels`."""
    match change:
        case {"version": int(version), "boxes": list(rows), "reviewed": bool(reviewed)}:
            return version, [_box(name, row) for row in rows], reviewed
    raise BadLabels(name, "version, boxes and reviewed", repr(change))


def _box(name: str, row: object) -> Detection:
    match row:
        case [int() | float() as x1, int() | float() as y1, int() | float() as x2, int() | float() as y2]:
            return Detection(x1, y1, x2, y2, 1.0)
    raise BadLabels(name, "x1, y1, x2 and y2", repr(row))


def _exchange(server: Flask, directory: Path) -> None:
    """Export and import of YOLO archives and COCO documents."""

    @server.get("/export/yolo.zip")
    def yolo() -> Response:
        file = cast(IO[bytes], SpooledTemporaryFile(MEMORY_BYTES))  # noqa: SIM115  # closed when it is sent
        yolo_zip.write(directory, file)
        file.seek(0)
        answer = send_file(file, "application/zip", as_attachment=True, download_name=f"{_named(directory)}.zip")
        answer.call_on_close(file.close)
        return answer

    @server.get("/export/coco.json")
    def document() -> Response:
        answer = jsonify(coco.write(directory))
        answer.headers.set("Content-Disposition", "attachment", filename=f"{_named(directory)}.json")
        return answer

    @server.post("/import/yolo")
    def from_yolo() -> Response:
        with SpooledTemporaryFile(MEMORY_BYTES) as file:
            while part := request.stream.read(1 << 20):
                file.write(part)
            return _taken(directory, yolo_zip.read(cast(IO[bytes], file)))

    @server.post("/import/coco")
    def from_coco() -> Response:
        if (request.content_length or 0) > COCO_BYTES:
            raise BadLabels("COCO document", f"at most {COCO_BYTES} bytes", request.content_length)
        return _taken(directory, coco.load(directory, request.get_data()))


def _named(directory: Path) -> str:
    return directory.resolve().name


def _taken(directory: Path, read: yolo_zip.Read) -> Response:
    rows = labels.put(directory, read.people)
    return jsonify(pictures=len(rows), others=read.others)
