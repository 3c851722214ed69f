"""TOML, written: the standard library only reads it."""

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time

BARE = re.compile(r"[A-Za-z0-9_-]+")


def written(content: Mapping[str, object]) -> str:
    """TOML text that reads as `content`: strings, booleans, numbers, dates, times, lists and mappings of those.

    Plain values come before tables, each in the order of the mapping; None leaves its key out. Raises `TypeError` for
    anything else.
    """
    return "\n".join(_table(content, ())).strip("\n") + "\n"


def _table(content: Mapping[str, object], path: tuple[str, ...]) -> list[str]:
    tables = {key: value for key, value in content.items() if isinstance(value, Mapping)}
    plain = {key: value for key, value in content.items() if key not in tables and value is not None}
    lines = [f"[{'.'.join(map(_key, path))}]"] if path and (plain or not tables) else []
    lines += [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in tables.items():
        inner = _table(value, (*path, key))
        lines += inner if inner[0] == "" else ["", *inner]
    return lines


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case Mapping():
            inner = (f"{_key(key)} = {_value(one)}" for key, one in value.items() if one is not None)
            return f"{{{', '.join(inner)}}}"
    raise TypeError(f"expected what TOML can say, found {type(value).__name__}")
