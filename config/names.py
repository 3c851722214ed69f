"""Names: every id well formed, used once, and nothing refers to a name that is not there.

Works on the plain values of a document, wrong ones included, so that these mistakes are reported in the same breath as
mistakes of shape; what has not the right shape is passed over here.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from camera_ingest.budget import host_of
from config.document import Document
from config.mistakes import Key, Mistake, shown
from monitor.places import SegmentKind

ID = re.compile(r"[a-z0-9-]{1,32}")
IN_TOPIC = re.compile(r"[a-z0-9-]{3,32}")
CODE = re.compile(r"[a-z0-9]{6}")
SCALE = re.compile(r"[A-Z0-9_]{1,32}")

Entry = tuple[Key, Mapping[str, Any]]


def default_region_id(kind: object, place: str, masks_before: int) -> str:
    """The id of a region that is given none: its place, `<window>.citizen`, or `mask-1`, `mask-2`, …"""
    return {"citizen": f"{place}.citizen", "mask": f"mask-{masks_before + 1}"}.get(str(kind), place)


def name_mistakes(document: Document, shipped_scales: Collection[str]) -> Iterator[Mistake]:
    """Every malformed, repeated or dangling name of a document."""
    values = document.values
    areas, halls = list(_entries(values, "areas")), list(_entries(values, "halls"))
    cameras, devices = list(_entries(values, "cameras")), list(_entries(values, "devices"))
    yield from _ids(document, areas, "code", CODE, "6 characters of a-z and 0-9 in quotes")
    yield from _ids(document, halls)
    yield from _ids(document, cameras)
    yield from _ids(document, devices, "id", IN_TOPIC, "3 to 32 of a-z, 0-9 and -")
    own_scales = list(_entries(values, "scales"))
    yield from _ids(document, own_scales, "id", SCALE, "1 to 32 of A-Z, 0-9 and _", taken=shipped_scales)
    scales = {*shipped_scales, *(_text(scale, "id") for _, scale in own_scales)}
    known_areas = {_text(area, "code") for _, area in areas}
    for key, hall in halls:
        yield from _refers(document, key, hall, "area", known_areas, "the code of one of `areas`")
        yield from _hall(document, key, hall)
    by_id = {_text(hall, "id"): hall for _, hall in halls}
    yield from _recipients(document, by_id)
    yield from _overrides(document, by_id)
    yield from _limits(document, by_id, {host_of(_text(camera, "url") or "") for _, camera in cameras})
    for key, entry in (*cameras, *devices):
        yield from _refers(document, key, entry, "hall", by_id, "the id of one of `halls`")
        yield from _refers(document, key, entry, "scale_id", scales, "the id of a rating scale")
        its_hall = by_id.get(_text(entry, "hall"))
        if its_hall is not None:
            yield from _refers(document, key, entry, "window", _known(its_hall, "windows"), "a window of its hall")
            yield from _regions(document, key, entry, its_hall)


def _limits(document: Document, halls: Collection[str | None], hosts: Collection[str]) -> Iterator[Mistake]:
    """Limits of halls and hosts that are not there."""
    reception = document.values.get("reception")
    known = {*hosts, *(host.rpartition(":")[0] for host in hosts)}
    for field, names, words in (
        ("mbit_s_by_hall", halls, "the id of one of `halls`"),
        ("connections_by_host", known, "the host or host:port of an rtsp:// camera"),
    ):
        own = reception.get(field) if isinstance(reception, Mapping) else None
        for name in own if isinstance(own, Mapping) else ():
            if name not in names:
                yield document.mistake(("reception", field, name), words, shown(name))


def _recipients(document: Document, halls: Collection[str | None]) -> Iterator[Mistake]:
    """People who are to be told of halls that are not there."""
    notices = document.values.get("notices")
    for key, one in _entries(notices, "recipients", ("notices",)) if isinstance(notices, Mapping) else ():
        named = one.get("halls")
        for name in named if isinstance(named, list) else ():
            if name not in halls:
                yield document.mistake((*key, "halls"), "the ids of some of `halls`", shown(name))


def _overrides(document: Document, halls: Mapping[str | None, Mapping[str, Any]]) -> Iterator[Mistake]:
    """Overrides for places and segments that are not there."""
    rules = document.values.get("rules")
    for key, override in _entries(rules, "overrides", ("rules",)) if isinstance(rules, Mapping) else ():
        yield from _refers(document, key, override, "hall", halls, "the id of one of `halls`")
        hall = halls.get(_text(override, "hall"))
        if hall is not None:
            yield from _refers(document, key, override, "zone", _known(hall, "zones"), "a zone of its hall")
            yield from _refers(document, key, override, "window", _known(hall, "windows"), "a window of its hall")
        within = [hall] if hall is not None else list(halls.values())
        names = {name for one in within for name in _segments(one)} | set(SegmentKind)
        words = "the name of a segment, or usual, lunch, appointment or extended"
        yield from _refers(document, key, override, "segment", names, words)


def _segments(hall: Mapping[str, Any]) -> Iterator[str | None]:
    """The names of a hall's segments, and of its zones' and windows' own."""
    places = [entry for field in ("zones", "windows") for _, entry in _entries(hall, field)]
    for place in (hall, *places):
        yield from (_text(segment, "name") for _, segment in _entries(place, "segments"))


def _hall(document: Document, key: Key, hall: Mapping[str, Any]) -> Iterator[Mistake]:
    zones, windows = list(_entries(hall, "zones", key)), list(_entries(hall, "windows", key))
    yield from _ids(document, zones)
    yield from _ids(document, windows)
    for place, window in windows:
        if _text(window, "id") in _known(hall, "zones") - {None}:
            yield document.mistake((*place, "id"), "an id that no zone of the hall has", shown(window["id"]))
    yield from _rota(document, key, hall, _known(hall, "windows"), "windows of the hall")
    for place, zone in zones:
        own = {_text(window, "id") for _, window in windows if _text(window, "zone") == _text(zone, "id")}
        yield from _rota(document, place, zone, own, "windows of the zone")
    for place, window in windows:
        yield from _rota(document, place, window, {_text(window, "id")}, "no window but this one")
    for place, window in windows:
        yield from _refers(
            document, place, window, "zone", _known(hall, "zones"), "the id of one of the hall's `zones`"
        )


def _rota(
    document: Document, key: Key, place: Mapping[str, Any], known: Collection[str | None], words: str
) -> Iterator[Mistake]:
    """Windows on the rota of a place's segments that do not belong to it."""
    for where, segment in _entries(place, "segments", key):
        rota = segment.get("windows")
        for name in rota if isinstance(rota, list) else ():
            if isinstance(name, str) and name not in known:
                yield document.mistake((*where, "windows"), words, shown(name))


def _regions(document: Document, key: Key, camera: Mapping[str, Any], hall: Mapping[str, Any]) -> Iterator[Mistake]:
    seen: set[str] = set()
    masks = 0
    regions = list(_entries(camera, "regions", key))
    yield from _ids(document, regions, repeats=True)
    for place, region in regions:
        yield from _refers(document, place, region, "window", _known(hall, "windows"), "a window of the camera's hall")
        yield from _refers(document, place, region, "zone", _known(hall, "zones"), "a zone of the camera's hall")
        observed = _text(region, "window") or _text(region, "zone") or ""
        name = _text(region, "id") or default_region_id(region.get("kind"), observed, masks)
        masks += region.get("kind") == "mask"
        if name in seen:
            yield document.mistake((*place, "id"), "an id that is unique within the camera", f"{name!r} a second time")
        seen.add(name)


def _ids(
    document: Document,
    entries: list[Entry],
    field: str = "id",
    form: re.Pattern[str] = ID,
    words: str = "1 to 32 of a-z, 0-9 and -",
    repeats: bool = False,
    taken: Collection[str] = (),
) -> Iterator[Mistake]:
    seen = set(taken)
    for key, entry in entries:
        name = _text(entry, field)
        if name is None:
            continue
        if not form.fullmatch(name):
            yield document.mistake((*key, field), words, shown(name))
        elif name in seen and not repeats:
            yield document.mistake((*key, field), "each one once", f"{name!r} a second time")
        seen.add(name)


def _refers(
    document: Document, key: Key, entry: Mapping[str, Any], field: str, known: Collection[str | None], words: str
) -> Iterator[Mistake]:
    name = _text(entry, field)
    if name and name not in known:
        yield document.mistake((*key, field), words, shown(name))


def _known(hall: Mapping[str, Any], field: str) -> set[str | None]:
    return {_text(entry, "id") for _, entry in _entries(hall, field)}


def _entries(values: Mapping[str, Any], field: str, key: Key = ()) -> Iterator[Entry]:
    listed = values.get(field)
    for index, entry in enumerate(listed if isinstance(listed, list | tuple) else ()):
        if isinstance(entry, Mapping):
            yield (*key, field, index), entry


def _text(entry: Mapping[str, Any], field: str) -> str | None:
    value = entry.get(field)
    return value if isinstance(value, str) else None
