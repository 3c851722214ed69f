"""A picture a detector accepts: height × width × 3, BGR, uint8."""

import numpy as np

from camera_ingest.sample import Picture


class BadPicture(ValueError):
    """What was handed to a detector is not a picture."""


def checked(picture: object) -> Picture:
    """The same array, or `BadPicture` saying what was expected and what was found."""
    if not isinstance(picture, np.ndarray):
        raise BadPicture(f"expected an array height × width × 3 of uint8, found {type(picture).__name__}")
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or picture.size == 0:
        shape = " × ".join(str(side) for side in picture.shape)
        raise BadPicture(f"expected an array height × width × 3 of uint8, found {shape} of {picture.dtype}")
    return picture
