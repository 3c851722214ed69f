"""A letterbox: how a picture is laid into a model's fixed input, and how boxes come back.

The same arithmetic as ultralytics' `LetterBox` (centred, bilinear, grey bars of 114, the odd pixel right and below),
because a network sees best what it was trained on.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike

from camera_ingest.sample import Picture
from models.suppression import Boxes

GREY = (114, 114, 114)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """A picture of one size inside an input of one size; all in pixels, (height, width)."""

    picture: tuple[int, int]
    input: tuple[int, int]

    @property
    def inner(self) -> tuple[int, int]:
        """Height and width of the scaled picture, without bars."""
        scale = min(self.input[0] / self.picture[0], self.input[1] / self.picture[1])
        return max(1, round(self.picture[0] * scale)), max(1, round(self.picture[1] * scale))

    @property
    def corner(self) -> tuple[int, int]:
        """Top and left bar."""
        height, width = self.inner
        return round((self.input[0] - height) / 2 - 0.1), round((self.input[1] - width) / 2 - 0.1)

    def lay(self, picture: Picture) -> Picture:
        """The picture scaled and barred to the input's size."""
        height, width = self.inner
        top, left = self.corner
        laid: MatLike = picture
        if (height, width) != self.picture:
            laid = cv2.resize(laid, (width, height), interpolation=cv2.INTER_LINEAR)
        if (height, width) != self.input:
            bottom, right = self.input[0] - height - top, self.input[1] - width - left
            laid = cv2.copyMakeBorder(laid, top, bottom, left, right, cv2.BORDER_CONSTANT, value=GREY)
        return laid.astype(np.uint8, copy=False)

    def lift(self, boxes: Boxes) -> Boxes:
        """Boxes in input pixels normalised to the original picture and cut at its edges."""
        top, left = self.corner
        height, width = self.inner
        corner = np.array((left, top, left, top), dtype=np.float32)
        sides = np.array((width, height, width, height), dtype=np.float32)
        lifted: Boxes = np.clip((boxes - corner) / sides, 0.0, 1.0)
        return lifted
