"""The listing: every network with what is known of it."""

import shutil
from pathlib import Path

import pytest

from models import catalogue
from models.detection import Detection
from models.listing import FRAMES, WARM, cpu_ms, listing
from models.metadata import WeightsError
from models.weights import SHIPPED
from tests.models.fixed import Told


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A cache with one network, recorded and in use."""
    cache = tmp_path / "hallwatch" / "models"
    shutil.copytree(SHIPPED, cache / "own-int8-416x256_openvino_model")
    facts = {
        "source": "https://example.org/own.pt",
        "licence": "MIT",
        "scores": {"agreement": {"recall": 0.95, "precision": 1.0}},
    }
    catalogue.write(cache, {"current": "own-int8-416x256", "own-int8-416x256": facts})
    return {"XDG_CACHE_HOME": str(tmp_path)}


def test_what_the_catalogue_knows(environ: dict[str, str]) -> None:
    own, shipped = listing(environ)
    assert (own.name, own.current, own.place, own.input) == ("own-int8-416x256", True, "cache", "416x256")
    assert (own.source, own.licence) == ("https://example.org/own.pt", "MIT")
    assert own.score == "against its original: recall 0.950, precision 1.000"
    assert (shipped.name, shipped.current, shipped.place, shipped.demo) == ("hallwatch-demo", False, "shipped", True)
    assert own.sha256 == shipped.sha256 and len(own.sha256) == 64
    assert own.bytes == shipped.bytes > 1_000_000
    assert own.cpu_ms is not None and own.cpu_ms > 0
    row = own.row()
    assert (row["name"], row["size"], row["sha256"]) == (
        "own-int8-416x256 (in use)",
        f"{own.bytes / 1e6:.1f} MB",
        own.sha256[:12],
    )


def test_what_a_network_says_of_itself(environ: dict[str, str]) -> None:
    *_, shipped = listing(environ, measured=False)
    assert (shipped.source, shipped.licence) == ("random initialisation", "AGPL-3.0-or-later")
    assert shipped.score is not None and shipped.score.startswith("held-out pictures: recall 0.9")
    assert shipped.cpu_ms is None


def test_labelled_pictures_come_before_agreement(environ: dict[str, str]) -> None:
    cache = Path(environ["XDG_CACHE_HOME"]) / "hallwatch" / "models"
    scores = {"agreement": {"recall": 0.5, "precision": 0.5}, "held_out": {"recall": 0.75, "precision": 1.0}}
    records = catalogue.recorded(catalogue.read(cache), "own-int8-416x256", {"scores": scores})
    catalogue.write(cache, records)
    own, _ = listing(environ, measured=False)
    assert own.score == "held-out pictures: recall 0.750, precision 1.000"


def test_every_look_is_one_of_the_detector() -> None:
    looks: list[tuple[int, ...]] = []

    def answer(picture: object) -> tuple[Detection, ...]:
        looks.append(getattr(picture, "shape", ()))
        return ()

    assert cpu_ms(Told(answer)) >= 0
    assert looks == [(720, 1280, 3)] * (FRAMES + WARM)


def test_one_in_use_that_is_gone_is_named(environ: dict[str, str]) -> None:
    shutil.rmtree(next(Path(environ["XDG_CACHE_HOME"]).glob("hallwatch/models/*_openvino_model")))
    with pytest.raises(WeightsError, match="expected current = 'own-int8-416x256' to name a network"):
        list(listing(environ))
