"""Fetching, from a real server: resumed, checked, and a sentence for everything that goes wrong."""

import hashlib
import re
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.fetch import FetchFailed, WrongFile, fetch
from tests.camera_ingest.http_camera import Answer, http_camera, send

FILE = bytes(range(256)) * 1024
SHA = hashlib.sha256(FILE).hexdigest()


def ranges(asked: list[str | None], file: bytes = FILE) -> Answer:
    """A server that resumes, and notes what it was asked for."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers["Range"]
        asked.append(wanted)
        if wanted is None:
            return send(request, 200, file)
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        if start >= len(file):
            return send(request, 416)
        field = {"Content-Range": f"bytes {start}-{len(file) - 1}/{len(file)}"}
        return send(request, 206, file[start:], field)

    return answer


def cut(after: int) -> Answer:
    """A server that promises the whole file and closes after so many bytes."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, 200, FILE[:after], {"Content-Length": str(len(FILE))})
        request.close_connection = True

    return answer


def test_a_file_is_fetched_once(tmp_path: Path) -> None:
    asked: list[str | None] = []
    with http_camera({"/net.pt": ranges(asked)}) as url:
        for _ in range(2):
            assert fetch(f"{url}/net.pt", tmp_path / "deep" / "net.pt", SHA).read_bytes() == FILE
    assert asked == [None]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["net.pt"]


@pytest.mark.parametrize("after", [1, 100_000, len(FILE) - 1])
def test_what_was_cut_goes_on_from_there(tmp_path: Path, after: int) -> None:
    asked: list[str | None] = []
    with http_camera({"/cut": cut(after), "/whole": ranges(asked)}) as url:
        with pytest.raises(FetchFailed, match=rf"{after} bytes are kept, and the same command goes on from there"):
            fetch(f"{url}/cut", tmp_path / "net.pt", SHA)
        assert (tmp_path / "net.pt.part").stat().st_size == after and not (tmp_path / "net.pt").exists()
        assert fetch(f"{url}/whole", tmp_path / "net.pt", SHA).read_bytes() == FILE
    assert asked == [f"bytes={after}-"]
    assert not (tmp_path / "net.pt.part").exists()


def test_a_server_without_ranges_begins_again(tmp_path: Path) -> None:
    (tmp_path / "net.pt.part").write_bytes(FILE[:1000])
    with http_camera({"/net.pt": lambda request: send(request, 200, FILE)}) as url:
        assert fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA).read_bytes() == FILE


def test_a_server_that_answers_another_range_is_taken_for_one_without(tmp_path: Path) -> None:
    (tmp_path / "net.pt.part").write_bytes(FILE[:1000])
    fields = {"Content-Range": f"bytes 0-{len(FILE) - 1}/{len(FILE)}"}
    with http_camera({"/net.pt": lambda request: send(request, 206, FILE, fields)}) as url:
        assert fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA).read_bytes() == FILE


def test_all_of_it_was_there_already(tmp_path: Path) -> None:
    (tmp_path / "net.pt.part").write_bytes(FILE)
    with http_camera({"/net.pt": ranges([])}) as url:
        assert fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA).read_bytes() == FILE


def test_another_file_is_refused_and_removed(tmp_path: Path) -> None:
    other = hashlib.sha256(b"other").hexdigest()
    with (
        http_camera({"/net.pt": lambda request: send(request, 200, b"other")}) as url,
        pytest.raises(WrongFile, match=rf"net\.pt: expected a file of sha256 {SHA}, found {other}; it was removed"),
    ):
        fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA)
    assert not list(tmp_path.iterdir())


def test_a_spoilt_part_is_refused_and_the_next_try_begins_again(tmp_path: Path) -> None:
    (tmp_path / "net.pt.part").write_bytes(b"x" * 1000)
    with http_camera({"/net.pt": ranges([])}) as url:
        with pytest.raises(WrongFile):
            fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA)
        assert fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA).read_bytes() == FILE


def test_a_file_that_became_another_one_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "net.pt").write_bytes(b"old")
    with http_camera({"/net.pt": ranges([])}) as url:
        assert fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA).read_bytes() == FILE


@pytest.mark.parametrize(("status", "found"), [(404, "found 404"), (403, "found 403"), (500, "found 500")])
def test_an_http_error_is_one_sentence(tmp_path: Path, status: int, found: str) -> None:
    with (
        http_camera({"/net.pt": lambda request: send(request, status)}) as url,
        pytest.raises(FetchFailed, match=rf"^{re.escape(url)}/net\.pt: expected the file, {found}"),
    ):
        fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA)


def test_nobody_there_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(FetchFailed, match=r"expected the file, found: .*refused; nothing was received"):
        fetch(f"http://127.0.0.1:{port}/net.pt", tmp_path / "net.pt", SHA)


def test_what_is_not_http_is_one_sentence(tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"\0" * 100)
        request.close_connection = True

    with http_camera({"/net.pt": answer}) as url, pytest.raises(FetchFailed, match="nothing was received"):
        fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA)


def test_an_interruption_keeps_what_was_received(tmp_path: Path) -> None:
    """Ctrl-C between two chunks, as the bar is moved on."""
    asked: list[str | None] = []

    def stop(received: int) -> None:
        raise KeyboardInterrupt

    with http_camera({"/net.pt": ranges(asked)}) as url:
        with pytest.raises(FetchFailed, match=r"stopped; \d+ bytes are kept"):
            fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA, told=stop)
        kept = (tmp_path / "net.pt.part").stat().st_size
        assert 0 < kept < len(FILE)
        assert fetch(f"{url}/net.pt", tmp_path / "net.pt", SHA).read_bytes() == FILE
    assert asked == [None, f"bytes={kept}-"]


@given(st.lists(st.integers(1, len(FILE) - 1), max_size=3))
def test_any_number_of_cuts(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    target = tmp_path_factory.mktemp("cuts") / "net.pt"
    answers: list[Callable[[BaseHTTPRequestHandler], None]] = [*map(cut, sorted(cuts)), ranges([])]
    with http_camera({"/net.pt": lambda request: answers.pop(0)(request)}) as url:
        for _ in cuts:
            with pytest.raises(FetchFailed):
                fetch(f"{url}/net.pt", target, SHA)
        assert fetch(f"{url}/net.pt", target, SHA).read_bytes() == FILE
