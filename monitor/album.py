"""An album: masked pictures of what may become an alert, in memory, and the stills of alerts, on disk."""

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from camera_ingest.sample import Sample
from models.detection import Detection
from models.regions import RegionKind
from monitor.alerts import Alert, Moment, Rule, Still
from monitor.desk import RULES, Desk
from monitor.evidence import MaskedJpeg, MaskRefused, StillLost, encode, masked, write

log = logging.getLogger(__name__)


class Album:
    """The pictures of one hall. They are masked before they are kept, and kept only while an alert may ask for them."""

    def __init__(self, directory: Path) -> None:
        """`directory`: the evidence directory."""
        self._directory = directory
        self._kept: dict[tuple[Rule, str], dict[datetime, MaskedJpeg]] = {}
        self._stills: dict[str, tuple[Still, ...]] = {}
        self._complaints: dict[str, str] = {}

    @property
    def pictures(self) -> int:
        """How many are kept in memory."""
        return sum(map(len, self._kept.values()))

    @property
    def size(self) -> int:
        """How many bytes they are."""
        return sum(len(jpeg.data) for kept in self._kept.values() for jpeg in kept.values())

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
            asked = {at for one in alerts if (one.rule, one.place) == (rule, place) for at in _moments(one).values()}
            wanted = desk.moments(rule, place) | asked
            kept = {at: jpeg for at, jpeg in self._kept.get((rule, place), {}).items() if at in wanted}
            if sample.at in wanted and sample.picture is not None:
                own = [one for one in regions if RULES.get(one.kind) is rule and one.place == place]
                own += [one for one in regions if one.kind is RegionKind.MASK]
                try:
                    kept[sample.at] = encode(masked(sample.picture, own, people))
                    self._complain(sample.camera, "")
                except MaskRefused as refusal:
                    self._complain(sample.camera, f"no still of {place} by camera {sample.camera}: {refusal}")
            self._kept[rule, place] = kept

    def develop(self, alert: Alert) -> tuple[Still, ...]:
        """Write the stills of an alert that are not written yet, as far as there are pictures; all it has by now.

        What cannot be written (a full disk) is said once, and the alert goes without.
        """
        kept = self._kept.get((alert.rule, alert.place), {})
        done = {still.moment: still for still in self.stills(alert.key)}
        for moment, at in _moments(alert).items():
            if at in kept and moment not in done:
                try:
                    done[moment] = write(self._directory, alert, moment, at, kept[at])
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


def _moments(alert: Alert) -> dict[Moment, datetime]:
    """When its stills were taken."""
    moments = {Moment.START: alert.since, Moment.THRESHOLD: alert.opened_at}
    return moments if alert.until is None else moments | {Moment.RETURN: alert.until}
