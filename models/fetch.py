"""Fetching: a file from its makers, resumed where it was cut, and only what it is known to be.

The only place that reaches out, and only when somebody asks for it.
"""

import hashlib
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import cast
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tqdm import tqdm

CHUNK = 1 << 16
TIMEOUT_S = 30
"""Without a byte for so long, the connection counts as cut."""


class FetchFailed(Exception):
    """The file could not be had, now or at all: from where, expected, found."""


class WrongFile(Exception):
    """What came is not what was expected; it is not kept."""


def fetch(url: str, target: Path, sha256: str, told: Callable[[int], object] | None = None) -> Path:
    """The file at `url` as `target`, once its hash is `sha256`; what was fetched before is not fetched again.

    Until then it lies in `target` + `.part`, which a cut or an interruption leaves for the next call to go on with.
    `told` hears how many bytes came with every chunk; by default they move a progress bar, if a terminal is there.
    Raises `FetchFailed` and `WrongFile`.
    """
    if target.is_file() and digest(target) == sha256:
        return target
    part = target.with_name(f"{target.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        _receive(url, part, told)
    except HTTPError as error:
        raise FetchFailed(f"{url}: expected the file, found {error.code} {error.reason}") from error
    except (OSError, HTTPException) as error:  # no network, no such host, cut
        reason = error.reason if isinstance(error, URLError) else error
        raise FetchFailed(f"{url}: expected the file, found: {reason}; {_kept(part)}") from error
    except KeyboardInterrupt as error:
        raise FetchFailed(f"{url}: stopped; {_kept(part)}") from error
    found = digest(part)
    if found != sha256:
        part.unlink()
        raise WrongFile(f"{url}: expected a file of sha256 {sha256}, found {found}; it was removed")
    return part.replace(target)


def digest(path: Path) -> str:
    """The sha256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kept(part: Path) -> str:
    size = part.stat().st_size if part.exists() else 0
    return f"{size} bytes are kept, and the same command goes on from there" if size else "nothing was received"


def _receive(url: str, part: Path, told: Callable[[int], object] | None) -> None:
    """Appends to `part` what of the file is missing in it."""
    had = part.stat().st_size if part.exists() else 0
    request = Request(url, headers={"User-Agent": "hallwatch", **({"Range": f"bytes={had}-"} if had else {})})
    try:
        answer = cast(HTTPResponse, urlopen(request, timeout=TIMEOUT_S))
    except HTTPError as error:
        if error.code == 416 and had:  # nothing comes after what is there; its hash says whether it is the file
            error.close()
            return
        raise
    with answer:
        if not (had and answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {had}-")):
            had = 0  # a server without ranges sends everything again
        _append(answer, part, had, told)


def _append(answer: HTTPResponse, part: Path, had: int, told: Callable[[int], object] | None) -> None:
    length = answer.headers.get("Content-Length")
    total = had + int(length) if length else None
    bar = tqdm(
        total=total,
        initial=had,
        unit="B",
        unit_scale=True,
        desc=part.stem,
        disable=True if told else None,
        leave=False,
    )
    with bar, part.open("ab" if had else "wb") as file:
        while chunk := answer.read(CHUNK):
            file.write(chunk)
            (told or bar.update)(len(chunk))
        if total is not None and file.tell() < total:
            raise ConnectionError(f"the connection cut after {file.tell()} of {total} bytes")
