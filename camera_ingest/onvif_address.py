"""An address that a device told: cleaned, without secrets, and never silently on another machine."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

LONGEST = 500  # characters; longer ones are no address of a camera

_CREDENTIALS = re.compile(r"://[^/]*@")
_SECRET = re.compile(r"(?i)(?:pass(?:word|wd)?|pwd|(?<![a-z])auth)[=:][^/&?_]")
"""A credential in a path or a query: `user=admin_password=…_channel=1` is how XM devices write it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is left of an address."""

    url: str
    """scheme://host[:port]/path without credentials; empty if there is nothing that may be used."""
    notes: tuple[str, ...] = ()
    """What was changed or is wrong, Chinese and English."""


def told(url: str, schemes: Collection[str], host: str, own: Collection[str], password: str = "") -> Told:
    """The address as it may be used by somebody who asked `host`, whose own names and addresses are `own`.

    An address on another machine is turned to `host`, with a note: it may be right (a recorder that names its
    cameras), stale or a trap, and a login would be shown to whoever answers there.
    """
    if not url:
        return Told("")
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return Told("", (_unusable(url),))
    if (
        parts.scheme.lower() not in schemes
        or not name
        or len(url) > LONGEST
        or not (url.isascii() and url.isprintable())
    ):
        return Told("", (_unusable(url),))
    if " " in url:
        return Told("", (_unusable(url),))
    rest = parts._replace(scheme="", netloc="", fragment="").geturl().replace("@", "%40")
    if _SECRET.search(unquote(rest)) or (password and password in f"{rest} {unquote(rest)}"):
        return Told("", ("地址里含有密码，未列出 / it holds a password, so it is not shown",))
    notes = []
    if parts.username is not None:
        notes.append("已去掉地址中的用户名 / a login inside it was left out")
    if not is_own(name, own):
        notes.append(
            f"设备所报主机为 {plain(name)}，已改为 {host} / the device names the host {plain(name)}, not {host}"
        )
        name = host
    return Told(f"{parts.scheme.lower()}://{netloc(name, port)}{rest}", tuple(notes))


def is_own(name: str, own: Collection[str]) -> bool:
    """Whether a host is the device itself."""
    return name.lower() in {one.lower() for one in own}


def host_of(url: str) -> str:
    """The host of an address; empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def netloc(host: str, port: int | None) -> str:
    """host[:port], with brackets around an IPv6 address."""
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"


def path_of(url: str) -> str:
    """The path of a service with its query, as an HTTP request names it; empty if it is none that can be asked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = quote(parts._replace(scheme="", netloc="", fragment="").geturl(), safe="/?&=%:+,;~!$'()*-._")
    return path if path.startswith("/") and len(path) <= LONGEST else ""


def plain(text: str, most: int = 80) -> str:
    """A text of a stranger as one short line that can move no cursor, end no comment and turn no script round."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _unusable(url: str) -> str:
    return f"地址不可用 / not an address that can be used: {plain(_CREDENTIALS.sub('://', url), 40)}"
