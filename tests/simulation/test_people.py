"""The rendered people: the index describes the atlases that are there."""

import collections
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOM = Path(__file__).resolve().parents[2] / "simulation" / "people"
INDEX = json.loads((ROOM / "index.json").read_text(encoding="utf-8"))
PEOPLE = INDEX["identities"]
SEATED = {f"seated-{how}" for how in ("typing", "writing", "aside", "headdown", "phone", "slump", "lean")}
NEEDED = {
    "public": {
        ("stand", 0): 1,
        ("stand", 45): 1,
        ("stand", 315): 1,
        ("queue", 90): 1,
        ("queue", 135): 1,
        ("queue", 270): 1,
        ("back", 180): 2,
        ("walk", 90): 2,
        ("walk", 270): 2,
        ("sit", 0): 1,
        ("seated-back", 180): 1,
    },
    "staff": {(pose, 0): 1 for pose in SEATED}
    | {("stand", 0): 1, ("walk", 90): 1, ("walk", 270): 1}
    | {("seated-back", 180): 1, ("back", 180): 1},
    "mannequin": {("stand", 0): 1},
}


def test_the_licence_is_cc0() -> None:
    assert INDEX["licence"] == "CC0-1.0"


def test_there_are_enough_people_of_every_kind() -> None:
    count = collections.Counter(who["role"] for who in PEOPLE.values())
    ages = collections.Counter(who["age"] for who in PEOPLE.values() if who["role"] == "public")
    assert count["public"] + count["staff"] >= 60 and count["staff"] >= 20 and count["mannequin"] >= 4
    assert ages["child"] + ages["toddler"] >= 8 and ages["old"] >= 8
    assert {who["sex"] for who in PEOPLE.values()} == {"f", "m"}


def test_the_sprites_stay_small_in_the_repository() -> None:
    assert sum(file.stat().st_size for file in ROOM.iterdir()) <= 5 * 2**20
    assert {file.name for file in ROOM.glob("*.webp")} == {who["file"] for who in PEOPLE.values()}


@pytest.mark.parametrize("name", PEOPLE)
def test_every_pose_that_the_role_needs_is_there(name: str) -> None:
    who = PEOPLE[name]
    have = collections.Counter((s["pose"], s["heading"]) for s in who["sprites"])
    assert all(have[key] >= number for key, number in NEEDED[who["role"]].items())
    if who["role"] == "public":
        assert any(s["pose"] in ("phone", "arms-crossed", "lean", "bend") for s in who["sprites"])
    names = [s["name"] for s in who["sprites"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", PEOPLE)
def test_every_rect_lies_in_its_atlas_and_shows_a_figure(name: str) -> None:
    atlas = cv2.imread(str(ROOM / PEOPLE[name]["file"]), cv2.IMREAD_UNCHANGED)
    assert atlas is not None and atlas.shape[2] == 4
    for s in PEOPLE[name]["sprites"]:
        x, y, w, h = s["rect"]
        assert x >= 0 and y >= 0 and x + w <= atlas.shape[1] and y + h <= atlas.shape[0]
        rows = np.flatnonzero((atlas[y : y + h, x : x + w, 3] > 127).any(axis=1))
        assert len(rows) and abs(rows[-1] - rows[0] + 1 - s["height_px"]) <= 2
        fx, fy = s["foot"]
        assert 0 <= fx <= w and h * 0.75 <= fy <= h
