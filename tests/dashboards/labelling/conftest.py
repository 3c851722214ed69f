"""A running labelling page over a small set."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from dashboards.labelling.app import build
from tests.models import label_set


@dataclass(frozen=True)
class Site:
    """A page that answers, and the set behind it."""

    directory: Path
    address: str


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Three pictures to train on and one held out, with a person in each."""
    directory = tmp_path / "set"
    label_set.write(directory)
    server = make_server("127.0.0.1", 0, build(directory), threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield Site(directory, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    serving.join()
    server.server_close()
