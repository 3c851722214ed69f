"""A small site as plain values, for tests to break in one place at a time."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from config.schema import Settings, load

SITE: dict[str, Any] = {
    "version": 1,
    "name": "环翠区",
    "areas": [{"code": "371002", "name": "环翠区"}],
    "halls": [
        {
            "id": "hc01",
            "name": "环翠区政务服务中心",
            "area": "371002",
            "level": "district",
            "segments": [{"name": "上午", "days": [1, 2, 3, 4, 5], "start": "08:30", "end": "12:00"}],
            "zones": [{"id": "za", "name": "综合受理区"}],
            "windows": [{"id": "w001", "name": "01", "zone": "za"}, {"id": "w002", "name": "02", "zone": "za"}],
        }
    ],
    "cameras": [
        {
            "id": "c1",
            "hall": "hc01",
            "url": "rtsp://10.0.0.5/sub",
            "role": "window",
            "legal_basis": "现场管理",
            "regions": [
                {"kind": "staff", "window": "w001", "polygon": [[0.1, 0.2], [0.3, 0.2], [0.3, 0.6], [0.1, 0.6]]},
                {"kind": "queue", "zone": "za", "polygon": [[0, 0.6], [1, 0.6], [1, 1], [0, 1]]},
            ],
        }
    ],
    "devices": [{"id": "btn-1", "hall": "hc01", "type": "button", "window": "w001", "scale_id": "KEY5_DESC"}],
}

DELETE = object()


def site(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The site with values put at dotted places (`halls.0.id`); `+` at the end of a place appends to a list."""
    changed = deepcopy(SITE)
    for place, value in changes:
        *way, last = [int(step) if step.isdecimal() else step for step in place.split(".")]
        inner: Any = changed
        for step in way:
            inner = inner.setdefault(step, {}) if isinstance(inner, dict) else inner[step]
        if last == "+":
            inner.append(value)
        elif value is DELETE:
            del inner[last]
        else:
            inner[last] = value
    return changed


def loaded(directory: Path, *changes: tuple[str, Any], environ: dict[str, str] | None = None) -> Settings:
    """Load the changed site, laid over an empty file of that directory."""
    path = directory / "site.yaml"
    path.write_text("{}\n", encoding="utf-8")
    return load(path, environ or {}, site(*changes))
