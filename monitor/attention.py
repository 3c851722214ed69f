"""Attention: which looks go through the network, and which may stand on what the last analysed one found.

A picture that shows the same as the last analysed one (models/gate.py) needs no second analysis, but only where nothing
runs against anybody: while a seat is empty, a queue long or an alert open, every single look is analysed. So the gate
can delay a suspicion, by half a minute at most, and never carry one.
"""

from collections.abc import Callable, Sequence

from camera_ingest.frame import brightness
from camera_ingest.sample import Picture, Sample
from models.detection import Detection
from models.gate import Analysed, Cells, near, shades, unchanged
from models.regions import Region
from monitor.desk import Desk

Find = Callable[[Picture, Sequence[Region]], Sequence[Detection]]
"""Finds the people in a picture of a camera with these regions."""


class Attention:
    """Finds people, by looking or by knowing that nothing has changed. One thread; some 10 kB per camera."""

    def __init__(self, find: Find, gated: bool = True) -> None:
        """`gated` False: every look is analysed."""
        self.analysed = 0
        """Looks that went through the network."""
        self.passed = 0
        """Looks that did not need to."""
        self._find = find
        self._gated = gated
        self._before: dict[str, Analysed] = {}
        self._cells: dict[str, Cells] = {}

    def people(self, desk: Desk, sample: Sample) -> Sequence[Detection]:
        """The people of a sample that sees. Raises what `find` and the conversion of the picture raise."""
        camera, regions = sample.camera, desk.regions[sample.camera]
        if not self._gated or sample.shown is None:
            return self._analyse(sample, regions)
        if camera not in self._cells:
            self._cells[camera] = near(regions)
        now, before = shades(brightness(sample.shown)), self._before.get(camera)
        if desk.settled(camera) and unchanged(before, now, sample.at, self._cells[camera]):
            assert before is not None
            self.passed += 1
            return before.people
        found = self._analyse(sample, regions)
        self._before[camera] = Analysed(sample.at, now, found)
        return found

    def _analyse(self, sample: Sample, regions: Sequence[Region]) -> tuple[Detection, ...]:
        picture = sample.picture
        assert picture is not None, "the sample sees"
        self.analysed += 1
        return tuple(self._find(picture, regions))
