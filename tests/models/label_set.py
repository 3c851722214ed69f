"""A small label set to test with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from models import labels
from models.choosing import Chosen, Part, Why
from models.detection import Detection

ZERO = datetime(2026, 11, 25, 9, tzinfo=UTC)
PERSON = Detection(0.1, 0.1, 0.3, 0.9, 0.5)
SIZE = (128, 72)


def chosen(number: int, part: Part = Part.TRAIN, people: tuple[Detection, ...] = (PERSON,)) -> Chosen:
    """A grey picture with a dark rectangle per person."""
    shot = np.full((SIZE[1], SIZE[0], 3), 180, np.uint8)
    for one in people:
        corners = [(round(x * SIZE[0]), round(y * SIZE[1])) for x, y in ((one.x1, one.y1), (one.x2, one.y2))]
        cv2.rectangle(shot, corners[0], corners[1], (40, 40, 40), -1)
    _, jpeg = cv2.imencode(".jpg", shot)
    at = ZERO + timedelta(seconds=10 * number)
    return Chosen("c1", at, part, Why.UNCERTAIN, 0.9 - number / 100, jpeg.tobytes(), people)


def write(directory: Path, train: int = 3, val: int = 1) -> tuple[labels.Frame, ...]:
    """A set of so many pictures."""
    parts = [Part.TRAIN] * train + [Part.VAL] * val
    return labels.create(directory, [chosen(number, part) for number, part in enumerate(parts)])
