"""A document: the plain values of a YAML file and the line each of them stands on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from config.mistakes import ConfigError, Key, Mistake

MOST_VALUES = 500_000
"""Some ten times what a city of 2,000 cameras needs."""


@dataclass(frozen=True, slots=True)
class Document:
    """Values as JSON knows them: mapping, list, text, number, true, false, nothing."""

    file: str
    values: Mapping[str, Any]
    lines: Mapping[Key, int]
    mistakes: tuple[Mistake, ...] = ()
    """Duplicate keys and the like: the rest of the document can still be checked."""

    def mistake(self, key: Key, expected: str, found: str) -> Mistake:
        """A mistake at a key; lists are labelled by the id of their entry where it has one."""
        near = next((self.lines[key[:n]] for n in range(len(key), 0, -1) if key[:n] in self.lines), None)
        return Mistake(self.file, _written(self.values, key), expected, found, near)

    def where(self, key: Key) -> str:
        """A key for people, with its line where the file has it: `rules.absence.yellow_s (line 12)`."""
        line = self.lines.get(key)
        return _written(self.values, key) + (f" (line {line})" if line is not None else "")

    def over(self, overlay: Mapping[str, Any]) -> "Document":
        """This document with other values laid over it: mappings are merged, everything else is replaced."""
        lines = {key: line for key, line in self.lines.items() if key and key[0] not in overlay}
        return Document(self.file, _merged(self.values, overlay), lines, self.mistakes)


def read(path: Path) -> Document:
    """Read a YAML file.

    Of YAML only what JSON can say is read (no dates, no base-60 numbers, so `12:00` is text; true and false are the
    only booleans). Raises `ConfigError` with one mistake when the file is missing or is not a YAML mapping.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
        walk = _Walk(str(path))
        values = walk.value(root, ()) if root else None
    except OSError as error:
        raise _refused(path, "a readable file", error.strerror or str(error)) from None
    except UnicodeError:
        raise _refused(path, "UTF-8 text", "other bytes") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _refused(path, "YAML", f"a syntax error ({error.problem})", line) from None
    except yaml.YAMLError as error:
        raise _refused(path, "YAML", f"a syntax error ({str(error).splitlines()[0]})") from None
    except RecursionError:
        raise _refused(path, "at most some hundred levels of nesting", "more") from None
    if not isinstance(values, dict):
        raise _refused(path, "a mapping of keys", "no mapping")
    return Document(str(path), values, walk.lines, tuple(walk.mistakes))


def _refused(path: Path, expected: str, found: str, line: int | None = None) -> ConfigError:
    return ConfigError([Mistake(str(path), "(document)", expected, " ".join(found.split()), line)])


class _Loader(yaml.SafeLoader):
    """The core schema of YAML 1.2. Pure Python: libyaml's loader overflows the stack on deep nesting."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own way)


_TAG = "tag:yaml.org,2002:"
_SCALARS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "null": (r"(null|~|)$", lambda text: None),
    "bool": (r"(true|false)$", lambda text: text == "true"),
    "int": (r"[-+]?[0-9]{1,15}$", int),
    "float": (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?$", float),
}
for _name, (_pattern, _) in _SCALARS.items():
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(_pattern), None)


class _Walk:
    """One walk over the nodes of a document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Key, int] = {}
        self.mistakes: list[Mistake] = []

    def value(self, node: yaml.Node, key: Key) -> Any:
        """The value of a node; raises RecursionError for a node that contains itself."""
        self.lines[key] = node.start_mark.line + 1
        if len(self.lines) > MOST_VALUES:
            raise _refused(Path(self.file), f"at most {MOST_VALUES} values", "more (aliases multiply)")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*key, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, key)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = name_node.value
            if name_node.tag != _TAG + "str" or not _sound(name):
                self._refuse(name_node, key, "keys that are text", f"the key {str(name)[:40]!r}")
            elif name in values:
                self._refuse(name_node, (*key, name), "each key once", "it a second time")
            else:
                values[name] = self.value(value_node, (*key, name))
        return values

    def _scalar(self, node: yaml.Node, key: Key) -> Any:
        name = node.tag.removeprefix(_TAG)
        if name == "str" and _sound(node.value):
            return node.value
        pattern, read_scalar = _SCALARS.get(name, (r"(?!)", str))
        if re.match(pattern, node.value):
            return read_scalar(node.value)
        self._refuse(node, key, "plain text, a number, true, false or nothing", f"something else ({name[:40]})")
        return None

    def _refuse(self, node: yaml.Node, key: Key, expected: str, found: str) -> None:
        written = ".".join(map(str, key)) or "(document)"
        self.mistakes.append(Mistake(self.file, written, expected, found, node.start_mark.line + 1))


def _sound(text: str) -> bool:
    """Whether text can be written as UTF-8: an escape in YAML can make half a character."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        merged[name] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _written(values: Any, key: Key) -> str:
    """`cameras[c1].regions[0].polygon` from the way to it."""
    written = ""
    for step in key:
        if isinstance(step, int):
            values = values[step] if isinstance(values, list | tuple) and step < len(values) else None
            label = values.get("id", values.get("code")) if isinstance(values, Mapping) else None
            named = isinstance(label, str) and re.fullmatch(r"[\w.-]{1,40}", label)
            written += f"[{label if named else step}]"
        else:
            values = values.get(step) if isinstance(values, Mapping) else None
            written += f".{step}" if written else step
    return written or "(document)"
