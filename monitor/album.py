"""An album: masked pictures of what may become an alert, in memory, and the stills of alerts, on disk."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from camera_ingest.sample import Sample
from models.detection import Detection
from models.regions import Region, RegionKind
from monitor.alerts import Alert, Moment, Rule, Still, family
from monitor.desk import RULES, Desk
from monitor.evidence import MaskedJpeg, MaskRefused, StillLost, encode, masked, write
from monitor.mistaken import Box, box_of

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Room:
    """How much memory the pictures of all albums of a shard may take together, in bytes.

    A picture of 640×360 takes some 30 kB, and a place has up to four: what may begin a run, and what began it.
    """

    most: int = 64_000_000
    used: int = 0

    @classmethod
    def of(cls, cameras: int) -> "Room":
        """For so many cameras: 100 kB for each, besides what any shard has."""
        return cls(cls().most + 100_000 * cameras)


@dataclass(frozen=True, slots=True)
class Kept:
    """One masked picture in memory, with the boxes of whom it counted."""

    jpeg: MaskedJpeg
    camera: str
    people: tuple[Box, ...]


class Album:
    """The pictures of one hall. They are masked before they are kept, and kept only while an alert may ask for them."""

    def __init__(self, directory: Path, room: Room | None = None) -> None:
        """`directory`: the evidence directory; `room`: shared with the albums of other halls, its own without one."""
        self._directory = directory
        self._room = room or Room()
        self._kept: dict[tuple[Rule, str], dict[datetime, Kept]] = {}
        self._stills: dict[str, tuple[Still, ...]] = {}
        self._complaints: dict[str, str] = {}

    @property
    def pictures(self) -> int:
        """How many are kept in memory."""
        return sum(map(len, self._kept.values()))

    def stills(self, key: str) -> tuple[Still, ...]:
        """The stills of an alert, oldest first."""
        return self._stills.get(key, ())

    def remember(self, stills: dict[str, tuple[Still, ...]]) -> None:
        """Take over the stills on record, by the key of their alert, after a restart."""
        self._stills |= stills

    def keep(self, desk: Desk, sample: Sample, people: Sequence[Detection] | None, alerts: Sequence[Alert]) -> None:
        """Mask and keep the picture of a sample for each place of which a run, an alert or its end may begin with it.

        `desk` has judged the sample, `alerts` changed by it. Pictures that nothing can ask for any more are let go.
        """
        regions = desk.regions[sample.camera]
        for rule, place in dict.fromkeys((RULES[one.kind], one.place) for one in regions if one.kind in RULES):
            mine = [one for one in alerts if (family(one.rule), one.place) == (rule, place)]
            asked = {at for one in mine for at in _moments(one).values()}
            wanted = desk.moments(rule, place) | asked
            kept = self._kept.setdefault((rule, place), {})
            for at in kept.keys() - wanted:
                self._room.used -= len(kept.pop(at).jpeg.data)
            if sample.at in wanted and sample.at not in kept and sample.picture is not None:
                own = [one for one in regions if RULES.get(one.kind) is rule and one.place == place]
                masks = [one for one in regions if one.kind is RegionKind.MASK]
                try:
                    jpeg = self._fitting(encode(masked(sample.picture, [*own, *masks], people)))
                    kept[sample.at] = Kept(jpeg, sample.camera, _counted(own, masks, people or ()))
                    self._complain(sample.camera, "")
                except MaskRefused as refusal:
                    self._complain(sample.camera, f"no still of {place} by camera {sample.camera}: {refusal}")

    def _fitting(self, jpeg: MaskedJpeg) -> MaskedJpeg:
        """The picture, for which room was taken. Raises MaskRefused where there is none."""
        if self._room.used + len(jpeg.data) > self._room.most:
            expected = f"expected at most {self._room.most / 1e6:.0f} MB of pictures in memory"
            raise MaskRefused(f"{expected}, found so many places becoming empty or full that more were needed")
        self._room.used += len(jpeg.data)
        return jpeg

    def develop(self, alert: Alert) -> tuple[Still, ...]:
        """Write the stills of an alert that are not written yet, as far as there are pictures; all it has by now.

        What cannot be written (a full disk) is said once, and the alert goes without.
        """
        kept = self._kept.get((family(alert.rule), alert.place), {})
        done = {still.moment: still for still in self.stills(alert.key)}
        for moment, at in _moments(alert).items():
            if at in kept and moment not in done:
                try:
                    still = write(self._directory, alert, moment, at, kept[at].jpeg)
                    done[moment] = replace(still, camera=kept[at].camera, people=kept[at].people)
                    self._complain("", "")
                except StillLost as loss:
                    self._complain("", str(loss))
        self._stills[alert.key] = tuple(done.values())
        return self._stills[alert.key]

    def _complain(self, about: str, sentence: str) -> None:
        """Log a complaint when it begins, not again while it lasts."""
        if sentence and not self._complaints.get(about):
            log.warning(sentence)
        self._complaints[about] = sentence


def _counted(own: Sequence[Region], masks: Sequence[Region], people: Sequence[Detection]) -> tuple[Box, ...]:
    """Boxes of the people that some regions count; what is known to be a thing is among them."""
    there = [one for one in people if any(region.holds(one) for region in own)]
    return tuple(box_of(one) for one in there if not any(mask.holds(one) for mask in masks))


def _moments(alert: Alert) -> dict[Moment, datetime]:
    """When its stills were taken."""
    moments = {Moment.START: alert.since, Moment.THRESHOLD: alert.opened_at}
    return moments if alert.until is None else moments | {Moment.RETURN: alert.until}
