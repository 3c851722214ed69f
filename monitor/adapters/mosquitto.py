"""Mosquitto's configuration for one installation: who may speak, where, with which password.

Everything lies in one directory:

    mosquitto.conf    as mosquitto.conf(5)
    acl               which account writes and reads which topics
    passwords         as mosquitto_passwd(1): salted, hashed
    logins/ACCOUNT    the account's name on the first line, its password on the second; kept by later runs
    data/             what the broker keeps over its own restart

Written again for the same accounts and logins, every file is the same byte for byte.
"""

import os
import pwd
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import pbkdf2_hmac
from hmac import compare_digest
from pathlib import Path

from monitor.adapters.mqtt import LARGEST_LIVE
from monitor.devices import Device
from monitor.messages import FILTERS
from monitor.places import Hall

ROUNDS = 101
"""Of PBKDF2-SHA512, as mosquitto_passwd has it: generated passwords have 192 bits and need no slower hash."""
HASHED = re.compile(r"\$7\$[0-9]+\$(?P<salt>[A-Za-z0-9+/]{16})\$.*")
PASSWORD = re.compile(r"[\x21-\x7e]{12,128}")
PROGRAM = "hallwatch."
"""Begins the accounts of our own programs; no id of a device has a dot."""
CALLS = "calls."
"""Begins the accounts of calling systems, one for each hall."""
AUTOSAVE_S = 10
"""What the broker has acknowledged and not yet written, in seconds, when its machine dies."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who may connect, and which topics are whose: filters as MQTT has them."""

    name: str
    writes: tuple[str, ...]
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listener:
    """Where the broker listens; without a certificate it speaks no TLS."""

    address: str
    port: int
    certificate: tuple[Path, Path] | None = None
    """PEM files: the certificate with those that vouch for it, and its key."""


class LoginUnusable(Exception):
    """A file with a login cannot be used: which, expected, found. Never tells what is in it."""


def accounts(halls: Iterable[Hall], devices: Iterable[Device], shards: int) -> tuple[Account, ...]:
    """Everybody who connects: our programs, a calling system for each hall, and each device for itself."""
    by_id = {hall.id: hall for hall in halls}
    return (
        *_programs(shards),
        *(_caller(f"zwjc/v1/{hall.area}/{hall.id}", hall.id) for hall in by_id.values()),
        *(_device(f"zwjc/v1/{by_id[one.hall].area}/{one.hall}/{one.type}/{one.id}", one.id) for one in devices),
    )


def _programs(shards: int) -> Iterator[Account]:
    live, changed = "hallwatch/v1/+/live", "hallwatch/v1/+/changed"
    heard = ("zwjc/v1/+/+/window/+/tele/state", "zwjc/v1/+/+/queue/+/evt/ticket", "zwjc/v1/+/+/queue/+/tele/state")
    yield Account(f"{PROGRAM}intake", ("zwjc/v1/+/+/+/+/cmd/#",), FILTERS)
    for number in range(1, shards + 1):
        yield Account(f"{PROGRAM}watch-{number}", (live,), (*heard, changed))
    yield Account(f"{PROGRAM}serve", (changed,), (live,))
    yield Account(f"{PROGRAM}notify", (), (live,))


def _caller(prefix: str, hall: str) -> Account:
    """A hall's calling system speaks for all its windows and zones."""
    said = ("window/+/tele/state", "queue/+/evt/ticket", "queue/+/tele/state")
    writes = tuple(f"{prefix}/{what}" for what in said)
    return Account(f"{CALLS}{hall}", writes, tuple(f"{prefix}/{place}/+/cmd/#" for place in ("window", "queue")))


def _device(prefix: str, id: str) -> Account:
    writes = tuple(f"{prefix}/{what}" for what in ("status", "meta", "evt/#", "tele/#"))
    return Account(id, writes, (f"{prefix}/cmd/#",))


def acl(everybody: Iterable[Account]) -> str:
    """The access list; what it does not name is refused."""
    return "\n".join(
        "\n".join(
            [
                f"user {one.name}",
                *(f"topic write {topic}" for topic in one.writes),
                *(f"topic read {topic}" for topic in one.reads),
                "",
            ]
        )
        for one in everybody
    )


def conf(directory: Path, listener: Listener) -> str:
    """mosquitto.conf of a broker whose files lie in a directory (absolute, or relative to where it is started)."""
    lines = [
        "# Written by `hallwatch devices mosquitto-config`, which overwrites it.",
        f"listener {listener.port} {listener.address}",
        *_tls(listener.certificate),
        *_runs_as(),
        "allow_anonymous false",
        f"password_file {directory}/passwords",
        f"acl_file {directory}/acl",
        "# An account is one connection, and nobody takes over the session of another by its client id.",
        "use_username_as_clientid true",
        f"message_size_limit {LARGEST_LIVE}",
        "# Nothing that waits for intake is thrown away: see to the disk and the memory of this machine.",
        "max_queued_messages 0",
        "persistence true",
        f"persistence_location {directory}/data/",
        f"autosave_interval {AUTOSAVE_S}",
    ]
    return "\n".join(lines) + "\n"


def _tls(certificate: tuple[Path, Path] | None) -> tuple[str, ...]:
    if certificate is None:
        return ()
    return f"certfile {certificate[0]}", f"keyfile {certificate[1]}", "tls_version tlsv1.2"


def _runs_as() -> tuple[str, ...]:
    """Started by root, the broker becomes whoever wrote its files, so that it can read them."""
    try:
        return (f"user {pwd.getpwuid(os.getuid()).pw_name}",)
    except KeyError:  # a number without a name, as in some containers; then it is not root either
        return ()


def configure(directory: Path, everybody: Iterable[Account], listener: Listener) -> tuple[str, ...]:
    """Write all files; gives the accounts that got a new password. Raises LoginUnusable, OSError.

    A login that is there is kept: put one there to choose its password. All logins are read before anything is written.
    """
    directory, everybody = directory.absolute(), tuple(everybody)
    logins = directory / "logins"
    known = {one.name: login(logins / one.name)[1] for one in everybody if (logins / one.name).exists()}
    made = {one.name: secrets.token_urlsafe(24) for one in everybody if one.name not in known}
    for path in (directory, logins, directory / "data"):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, password in made.items():
        _write(logins / name, f"{name}\n{password}\n")
    passwords = known | made
    _write(
        directory / "passwords",
        _passwords(directory / "passwords", {one.name: passwords[one.name] for one in everybody}),
    )
    _write(directory / "acl", acl(everybody))
    _write(directory / "mosquitto.conf", conf(directory, listener))
    return tuple(made)


def login(path: Path) -> tuple[str, str]:
    """Account and password out of its file. Raises LoginUnusable."""
    try:
        mode, lines = path.stat().st_mode, path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        found = (error.strerror if isinstance(error, OSError) else None) or "no text in it"
        raise LoginUnusable(f"{path}: expected a login, found: {found}") from None
    if mode & 0o077:
        raise LoginUnusable(f"{path}: expected a file that only its owner can read (chmod 600), found {mode & 0o777:o}")
    if len(lines) != 2 or lines[0] != path.name or not PASSWORD.fullmatch(lines[1]):
        raise LoginUnusable(
            f"{path}: expected {path.name} on the first line, on the second a password of 12 to 128 letters, digits "
            "and signs, and nothing else"
        )
    return lines[0], lines[1]


def hashed(password: str, salt: bytes) -> str:
    """A password as the broker stores it."""
    digest = pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"$7${ROUNDS}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def _passwords(path: Path, passwords: Mapping[str, str]) -> str:
    """The password file; a hash that still holds stays as it is, since a new salt would make every run differ."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    before = dict(line.split(":", 1) for line in lines if ":" in line)
    return "".join(f"{name}:{_rehashed(before.get(name, ''), one)}\n" for name, one in passwords.items())


def _rehashed(before: str, password: str) -> str:
    found = HASHED.fullmatch(before)
    if found is not None and compare_digest(hashed(password, b64decode(found["salt"])), before):
        return before
    return hashed(password, secrets.token_bytes(12))


def _write(path: Path, text: str) -> None:
    """Replace a file, which nobody but its owner may read at any moment; whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
