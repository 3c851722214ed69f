"""The door: a YAML file in, one validated `Settings` out, or every mistake in it."""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from camera_ingest.camera import CADENCE, Camera
from config.document import Document, read
from config.flaws import flaws_of
from config.hours import borrowed, with_hours
from config.mistakes import ConfigError, Key, Mistake
from config.names import default_region_id, name_mistakes
from config.settings import Board, DetectorChoice, Settings, Stores
from config.shapes import (
    KNOWN_KEYS,
    BrokerShape,
    CalendarShape,
    CameraShape,
    CountryShape,
    OverrideShape,
    RulesShape,
    ScalesShape,
    Shape,
    SiteShape,
    StoresShape,
    Surroundings,
)
from config.thresholds import unsound
from models.regions import Anchor, Region, RegionKind
from monitor.adapters.mqtt import Broker
from monitor.calendar import Calendar
from monitor.hours import Hours
from monitor.ratings import Scale
from monitor.thresholds import Family, Override, Thresholds

__all__ = ["Board", "ConfigError", "DetectorChoice", "Mistake", "Settings", "Stores", "load"]

SHIPPED = Path(__file__).parent
"""Data that comes with the package: scales.yaml, rules/presence.yaml, calendar/*.yaml, demo.yaml, example.yaml."""

AnyShape = TypeVar("AnyShape", bound=Shape)


def load(
    path: Path | str, environ: Mapping[str, str] = os.environ, overlay: Mapping[str, Any] | None = None
) -> Settings:
    """Read, check and compose a configuration.

    `overlay` holds plain values laid over those of the file: mappings are merged, lists and the rest are replaced.
    Relative paths start at the file's directory. Raises `ConfigError` with every mistake, in the order of the file.
    """
    path = Path(path)
    surroundings = Surroundings(path.absolute().parent, environ)
    written = read(path).over(overlay or {})
    document = with_hours(written)
    scales = _scales()
    mistakes = [*document.mistakes, *name_mistakes(document, scales)]
    try:
        site = shaped(SiteShape, document, surroundings, borrowed(written))
    except ConfigError as error:
        mistakes.extend(error.mistakes)
    if mistakes:
        raise ConfigError(sorted(mistakes, key=lambda mistake: mistake.line or 0))
    settings = _settings(site, {**scales, **{scale.id: scale for scale in site.scales}}, surroundings, document)
    contradictions = unsound(settings.thresholds, settings.halls, len(_shipped().overrides))
    wrong = [document.mistake(*flaw) for flaw in contradictions]
    if wrong:
        raise ConfigError(wrong)
    return settings


def shaped(
    shape: type[AnyShape],
    document: Document,
    surroundings: Surroundings | None = None,
    elsewhere: Collection[Key] = (),
) -> AnyShape:
    """A document as a shape. Validated as JSON, where strict means strict but a list may still become a tuple.

    `elsewhere`: places whose values stand at another one too, where what is wrong inside them is told.
    """
    try:
        return shape.model_validate_json(json.dumps(document.values, default=str), context=surroundings)
    except ValidationError as error:
        flaws = flaws_of(error, KNOWN_KEYS)
        raise ConfigError(
            document.mistake(*flaw) for flaw in flaws if len(flaw[0]) <= 3 or flaw[0][:3] not in elsewhere
        ) from None


def _settings(site: SiteShape, scales: Mapping[str, Scale], surroundings: Surroundings, document: Document) -> Settings:
    calendar = calendar_of(site.calendar)
    return Settings(
        version=site.version,
        name=site.name,
        name_en=site.name_en,
        simulated=site.simulated,
        areas=site.areas,
        halls=site.halls,
        cameras=tuple(_camera(camera, surroundings) for camera in site.cameras),
        regions=tuple(region for camera in site.cameras for region in _regions(camera)),
        devices=site.devices,
        hours={hall.id: Hours(hall, calendar) for hall in site.halls},
        thresholds=thresholds_of(site.rules, document),
        reception=site.reception,
        scales=scales,
        calendar=calendar,
        broker=_broker(site.broker, surroundings),
        stores=_stores(site.stores, surroundings),
        detector=_detector(site.detector, surroundings),
        board=site.board,
        notices=site.notices.resolve(surroundings),
        api_token=site.api.resolve(surroundings),
    )


def _camera(written: CameraShape, surroundings: Surroundings) -> Camera:
    is_file = ":" not in written.url
    return Camera(
        id=written.id,
        hall=written.hall,
        url=str(surroundings.directory / written.url) if is_file else written.url,
        role=written.role,
        cadence=CADENCE[written.role] if written.cadence_s is None else timedelta(seconds=written.cadence_s),
        legal_basis=written.legal_basis,
        login=written.login.resolve(surroundings) if written.login else None,
        gb_code=written.gb_code,
        snapshot_url=written.snapshot_url,
        mbit_s=written.mbit_s,
        via=written.via,
    )


def _regions(camera: CameraShape) -> Iterator[Region]:
    masks = 0
    for written in camera.regions:
        usual = Anchor.CENTRE if written.kind is RegionKind.STAFF else Anchor.FOOT
        yield Region(
            id=written.id or default_region_id(written.kind, written.place, masks),
            camera=camera.id,
            kind=written.kind,
            place=written.place,
            polygon=written.polygon,
            anchor=written.anchor or usual,
            person=written.person,
        )
        masks += written.kind is RegionKind.MASK


def _broker(written: BrokerShape, surroundings: Surroundings) -> Broker:
    login = written.login.resolve(surroundings) if written.login else None
    return Broker(
        mode=written.mode,
        host=written.host,
        port=written.port,
        login=(login.user, login.password) if login else None,
        logins=surroundings.directory / written.logins if written.logins else None,
        tls_ca=str(surroundings.directory / written.tls_ca) if written.tls_ca else None,
    )


def _stores(written: StoresShape, surroundings: Surroundings) -> Stores:
    directory = surroundings.directory / written.directory
    database = written.database or f"sqlite:///{quote(str(directory / 'hallwatch.db'))}"
    if written.login:
        login = written.login.resolve(surroundings)
        user = f"{quote(login.user, safe='')}:{quote(login.password, safe='')}@"
        database = database.replace("://", f"://{user}", 1)
    return Stores(directory=directory, database=database)


def _detector(written: DetectorChoice, surroundings: Surroundings) -> DetectorChoice:
    """Weights that lie beside the configuration as an absolute path; a name stays one."""
    path = surroundings.directory / (written.weights or "")
    return replace(written, weights=str(path.absolute())) if written.weights and path.exists() else written


def _shipped() -> RulesShape:
    """The thresholds that come with the program."""
    return shaped(RulesShape, read(SHIPPED / "rules" / "presence.yaml"))


def shipped_thresholds() -> Thresholds:
    """What is in force where a site writes nothing."""
    written = _shipped()
    shipped = [_override(one, f"presence.yaml overrides[{number}]") for number, one in enumerate(written.overrides)]
    return Thresholds(written.absence, written.queue, written.hall_rule, tuple(shipped))


def thresholds_of(written: RulesShape, document: Document) -> Thresholds:
    """A site's rules: the shipped overrides come before its own."""
    rules = document.values.get("rules") or {}
    own = [
        _override(one, f"{Path(document.file).name} {document.where(('rules', 'overrides', number))}")
        for number, one in enumerate(written.overrides)
    ]
    shipped = [_override(one, f"presence.yaml overrides[{number}]") for number, one in enumerate(_shipped().overrides)]
    said = {
        family: {
            name: f"{Path(document.file).name} {document.where(('rules', family, name))}"
            for name in rules.get(family) or {}
        }
        for family in Family
    }
    return Thresholds(written.absence, written.queue, written.hall_rule, (*shipped, *own), said)


def _override(written: OverrideShape, source: str) -> Override:
    values = {family: values for family, values in written.values.items() if values}
    return Override(source, values, written.level, written.hall, written.zone, written.window, written.segment)


def _scales() -> Mapping[str, Scale]:
    return {scale.id: scale for scale in shaped(ScalesShape, read(SHIPPED / "scales.yaml")).scales}


def calendar_of(written: CalendarShape) -> Calendar:
    """A country's calendar with a site's own days."""
    country = shaped(CountryShape, read(SHIPPED / "calendar" / f"{written.country}.yaml"))
    own_holidays, own_workdays = frozenset(written.holidays), frozenset(written.workdays)
    return Calendar(
        holidays=(frozenset(country.holidays) | own_holidays) - own_workdays,
        workdays=(frozenset(country.workdays) | own_workdays) - own_holidays,
        last_year=country.last_year,
    )
