"""Small clips for the tests that score footage."""

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np


def write_clip(path: Path, levels: Iterable[int], width: int = 64, height: int = 48) -> Path:
    """A clip of plain grey frames, one per level."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        for level in levels:
            shown = av.VideoFrame.from_ndarray(np.full((height, width, 3), level, np.uint8), format="bgr24")
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    return path
