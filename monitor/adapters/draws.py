"""The blind draw at work: a few masked looks of every hall and day, written down when the hall has closed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from camera_ingest.sample import Sample
from models.detection import Detection
from models.regions import RegionKind
from monitor.adapters import judging_records
from monitor.calendar import today
from monitor.desk import Desk
from monitor.draw import SILENT_OF, Draw, Drawn
from monitor.evidence import MaskedJpeg, MaskRefused, StillLost, encode, masked, write_drawn
from monitor.posts import NOT_DUE

LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Draws:
    """The draws of the halls of a shard. A program that is killed loses those of the day; the rest is drawn anew."""

    engine: Engine
    evidence: Path
    silent_of: int = SILENT_OF
    draws: dict[str, Draw[MaskedJpeg]] = field(default_factory=dict)
    complained: bool = False

    def offer(self, desk: Desk, sample: Sample, people: Sequence[Detection] | None) -> None:
        """Take a look that was judged: it may be drawn for each window that it shows and that has to be open."""
        hall, day = desk.hall.id, today(sample.at)
        draw = self.draws.get(hall)
        if draw is not None and (draw.day != day or desk.hours.at(None, sample.at) is None):
            del self.draws[hall]
            self._close(draw)
        if sample.picture is None or people is None:
            return
        for region in desk.regions[sample.camera]:
            if region.kind is RegionKind.STAFF and desk.windows[region.place].post not in NOT_DUE:
                draw = self.draws.setdefault(hall, Draw(hall, day, silent_of=self.silent_of))
                self._look(draw, desk, sample, region.place, people)

    def _look(
        self, draw: Draw[MaskedJpeg], desk: Desk, sample: Sample, window: str, people: Sequence[Detection]
    ) -> None:
        alarmed = desk.windows[window].opened is not None
        place = draw.place(alarmed)
        if place is None or sample.picture is None:
            return
        regions = [
            one
            for one in desk.regions[sample.camera]
            if one.kind is RegionKind.MASK or (one.kind is RegionKind.STAFF and one.place == window)
        ]
        try:
            draw.hold(place, Drawn(window, sample.at, alarmed, encode(masked(sample.picture, regions, people))))
        except MaskRefused as refusal:
            self._complain(f"no drawn picture of {window} by camera {sample.camera}: {refusal}")

    def close(self) -> None:
        """Write down what was drawn so far."""
        for hall in tuple(self.draws):
            self._close(self.draws.pop(hall))

    def _close(self, draw: Draw[MaskedJpeg]) -> None:
        for alarmed, held in draw.held.items():
            for one in held:
                try:
                    file, sha256 = write_drawn(self.evidence, draw.hall, one.window, one.at, one.kept)
                    kept = Drawn(one.window, one.at, alarmed, file)
                    judging_records.add_sample(self.engine, draw.hall, kept, sha256, draw.weight(alarmed))
                    self.complained = False
                except (StillLost, SQLAlchemyError) as error:
                    self._complain(f"the draw of {draw.hall}: expected to keep it, found: {error}")

    def _complain(self, sentence: str) -> None:
        """Say what is wrong once, not again while it lasts."""
        if not self.complained:
            LOG.warning(sentence)
        self.complained = True
