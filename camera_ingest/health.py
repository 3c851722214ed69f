"""Health: whether a picture that decodes shows anything."""

import cv2
import numpy as np

from camera_ingest.sample import Picture

DARK_MEAN = 18.0  # grey levels of 255, at most
DARK_STD = 12.0  # grey levels, at most
NEAR_BLACK = 32  # grey level below which a pixel counts as near-black
NEAR_BLACK_SHARE = 0.92  # of all pixels, at least
DARK_SAMPLES = 3  # in a row before a camera counts as black


def is_dark(picture: Picture) -> bool:
    """Whether one picture is black: covered lens, dead sensor, no light at all."""
    grey = cv2.cvtColor(cv2.resize(picture, (320, 180), interpolation=cv2.INTER_NEAREST), cv2.COLOR_BGR2GRAY)
    mean, std = cv2.meanStdDev(grey)
    if mean[0, 0] > DARK_MEAN or std[0, 0] > DARK_STD:
        return False
    return bool(np.count_nonzero(grey < NEAR_BLACK) >= NEAR_BLACK_SHARE * grey.size)


def darkness(before: int, picture: Picture) -> int:
    """How many samples in a row have been dark, this one included; black from `DARK_SAMPLES` on."""
    return before + 1 if is_dark(picture) else 0
