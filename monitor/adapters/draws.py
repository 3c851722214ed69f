"""The blind draw at work: a few masked looks of every hall and day, put on record when the hall has closed.

A killed program goes on with the draw as it stood up to a minute before. What came between is in nobody's draw and in
nobody's count: as no picture decides when a minute ends, what is estimated stays right.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from camera_ingest.sample import Sample
from models.detection import Detection
from models.regions import RegionKind
from monitor.adapters import judging_records
from monitor.adapters.camera_files import CameraFiles
from monitor.calendar import today
from monitor.desk import Desk
from monitor.draw import SILENT_OF, Draw, Drawn
from monitor.evidence import MaskRefused, StillLost, drawn_reads, encode, masked, write_drawn
from monitor.posts import EMPTY, Presence, presence

LOG = logging.getLogger(__name__)

EPOCH = datetime.fromtimestamp(0, UTC)
KEPT_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DrawnFile:
    """A masked picture on disk."""

    file: str = ""
    """Relative to the evidence directory."""
    sha256: str = ""


SHAPE: TypeAdapter[Draw[DrawnFile]] = TypeAdapter(Draw[DrawnFile])


class Draws:
    """The draws of the halls of a shard."""

    def __init__(
        self, engine: Engine, evidence: Path, directory: Path, halls: Iterable[str] = (), silent_of: int = SILENT_OF
    ) -> None:
        """`evidence`: where the pictures go; `directory`: where draws that are not finished are remembered."""
        self.engine = engine
        self.evidence = evidence
        self.silent_of = silent_of
        self.draws: dict[str, Draw[DrawnFile]] = {}
        self.complained = False
        self._files = CameraFiles(directory)
        self._kept_at: dict[str, datetime] = {}
        self._gone: dict[str, list[str]] = {}
        for hall in halls:
            self._recall(hall)

    def offer(self, desk: Desk, sample: Sample, people: Sequence[Detection] | None) -> None:
        """Take a look that was judged: it may be drawn for each window that it shows and that has to be open."""
        hall, day = desk.hall.id, today(sample.at)
        draw = self.draws.get(hall)
        if draw is not None and (draw.day != day or desk.hours.at(None, sample.at) is None):
            del self.draws[hall]
            self._close(draw)
        if sample.shown is None or people is None:
            return
        for region in desk.regions[sample.camera]:
            if region.kind is RegionKind.STAFF:
                draw = self.draws.setdefault(hall, Draw(hall, day, silent_of=self.silent_of))
                self._look(draw, desk, sample, region.place, people)

    def _look(
        self, draw: Draw[DrawnFile], desk: Desk, sample: Sample, window: str, people: Sequence[Detection]
    ) -> None:
        post, alarmed = desk.windows[window].post, desk.windows[window].opened is not None
        if presence(post) is Presence.NOT_REQUIRED:
            return
        place = draw.place(alarmed)
        if place is not None and sample.picture is not None:
            self._hold(draw, place, desk, sample, Drawn(window, sample.at, alarmed, DrawnFile(), post in EMPTY), people)
        if abs(sample.at - self._kept_at.get(draw.hall, EPOCH)) >= KEPT_EVERY:
            self._keep(draw, sample.at)

    def _hold(
        self,
        draw: Draw[DrawnFile],
        place: int,
        desk: Desk,
        sample: Sample,
        drawn: Drawn[DrawnFile],
        people: Sequence[Detection],
    ) -> None:
        """Write the picture of a look that is drawn; the one in whose place it comes goes when the draw is kept."""
        assert sample.picture is not None
        window = drawn.window
        regions = [
            one
            for one in desk.regions[sample.camera]
            if one.kind is RegionKind.MASK or (one.kind is RegionKind.STAFF and one.place == window)
        ]
        try:
            jpeg = encode(masked(sample.picture, regions, people))
            picture = DrawnFile(*write_drawn(self.evidence, draw.hall, window, sample.at, jpeg))
        except (MaskRefused, StillLost) as refusal:
            self._complain(f"no drawn picture of {window} by camera {sample.camera}: {refusal}")
            return
        before = draw.hold(place, replace(drawn, kept=picture))
        if before is not None:
            self._gone.setdefault(draw.hall, []).append(before.kept.file)

    def _keep(self, draw: Draw[DrawnFile], at: datetime) -> None:
        """Write a draw down; only then may the pictures go that are in it no more."""
        self._kept_at[draw.hall] = at
        self._files.write(draw.hall, SHAPE.dump_json(draw).decode())
        for file in self._gone.pop(draw.hall, []):
            (self.evidence / file).unlink(missing_ok=True)

    def _recall(self, hall: str) -> None:
        """Go on with a draw that was not finished, without those of its pictures that are lost."""
        try:
            text = self._files.read(hall)
            if text is None:
                return
            draw = SHAPE.validate_json(text)
        except (OSError, ValueError) as error:
            words = " ".join(str(error).split())[:300]
            self._complain(f"{self._files.path(hall)}: expected a draw that goes on, found {words}")
            return
        for alarmed, held in draw.held.items():
            draw.held[alarmed] = [one for one in held if drawn_reads(self.evidence, one.kept.file, one.kept.sha256)]
        self.draws[hall] = draw

    def close(self) -> None:
        """Write down what was drawn so far."""
        for hall in tuple(self.draws):
            self._close(self.draws.pop(hall))

    def _close(self, draw: Draw[DrawnFile]) -> None:
        try:
            for alarmed, held in draw.held.items():
                for one in held:
                    drawn = Drawn(one.window, one.at, alarmed, one.kept.file, one.empty)
                    judging_records.add_sample(self.engine, draw.hall, drawn, one.kept.sha256, draw.weight(alarmed))
            self.complained = False
        except SQLAlchemyError as error:
            self._complain(f"the draw of {draw.hall}: expected to keep it, found: {error}")
            return
        self._files.path(draw.hall).unlink(missing_ok=True)
        for file in self._gone.pop(draw.hall, []):
            (self.evidence / file).unlink(missing_ok=True)

    def _complain(self, sentence: str) -> None:
        """Say what is wrong once, not again while it lasts."""
        if not self.complained:
            LOG.warning(sentence)
        self.complained = True
