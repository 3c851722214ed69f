"""The flow from samples to alerts."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from camera_ingest.sample import Blind, Sample
from models.detection import Detection
from monitor.album import Album
from monitor.alerts import Alert, Still
from monitor.attention import Attention
from monitor.desk import Desk
from monitor.observation import Observation, observe
from monitor.scenery import Scenery

log = logging.getLogger(__name__)

Observed = Callable[[Sequence[Observation]], object]
"""Hears what each sample showed, region by region, blind ones included."""
Record = Callable[[Alert, Sequence[Still], datetime], object]
"""Records an alert that changed, all its stills by now, and the time. Recording the same twice must change nothing."""
Report = Callable[[Desk, datetime], object]
"""Tells the world about a hall after each sample, as often as it sees fit; the time is that of the sample."""

Offer = Callable[[Desk, Sample, Sequence[Detection] | None], object]
"""May keep the look for the blind draw; whom it shows is None if nobody could look."""

Spent = Callable[[str, float], object]
"""Hears of a step and the CPU seconds that it took."""


def watch(
    samples: Iterable[Sample],
    desks: Sequence[tuple[Desk, Album]],
    attention: Attention,
    scenery: Scenery,
    observed: Observed,
    record: Record,
    report: Report,
    spent: Spent = lambda step, seconds: None,
    offer: Offer = lambda desk, sample, found: None,
) -> None:
    """Watch until the samples end: sample → find → observe → judge → record → report.

    `spent` is told the CPU seconds of each step as it is done; `offer` is given every look after it was judged.

    A picture on which the detector fails is a look that could not see; the flow goes on. What only looks like a person
    is not observed, but its head is hidden in stills like everybody's.
    """
    halls = {camera: (desk, album) for desk, album in desks for camera in desk.cameras}
    for sample in samples:
        desk, album = halls[sample.camera]
        was_blind, began = desk.eyes[sample.camera].blind, time.thread_time()
        sample, found, people = look(sample, desk, attention, scenery)
        looked = time.thread_time()
        observations = observe(sample.at, desk.regions[sample.camera], people)
        observed(observations)
        alerts = desk.judge(sample, observations)
        album.keep(desk, sample, found, alerts)
        offer(desk, sample, found)
        for alert in alerts:
            record(alert, album.develop(alert), sample.at)
        judged = time.thread_time()
        report(desk, sample.at)
        _log(sample, was_blind, alerts)
        told = time.thread_time()
        for step, seconds in (("detect", looked - began), ("judge", judged - looked), ("report", told - judged)):
            spent(step, seconds)


def look(
    sample: Sample, desk: Desk, attention: Attention, scenery: Scenery
) -> tuple[Sample, Sequence[Detection] | None, Sequence[Detection] | None]:
    """The sample, whom it shows, and who of them counts; None, None if it is blind or need or may not be looked at.

    A camera without a legal basis is never analysed. Where the detector fails, the sample is blind and says so.
    """
    camera = desk.cameras[sample.camera]
    if sample.shown is None or not camera.legal_basis or not desk.regions[camera.id]:
        return sample, None, None
    try:
        found = attention.people(desk, sample)
        return sample, found, scenery.people(desk, sample, found)
    except Exception as error:  # whatever a network or its driver may raise
        size = "×".join(str(side) for side in sample.size[::-1])
        detail = f"camera {camera.id}: the detector failed on a picture of {size}: {type(error).__name__}: {error}"
        return replace(sample, shown=None, blind=Blind.UNDECODABLE, detail=detail), None, None


def _log(sample: Sample, was_blind: str, alerts: Sequence[Alert]) -> None:
    """Changes of state, each once."""
    if was_blind != (sample.blind or ""):
        level = logging.WARNING if sample.blind else logging.INFO
        log.log(level, "camera %s: %s %s", sample.camera, sample.blind or "sees", sample.detail)
    for alert in alerts:
        state = "ended" if alert.until else "open" if alert.sees else "cannot see"
        log.info("alert %s: %s, %s", alert.key, alert.level, state)
