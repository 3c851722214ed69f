"""The verbs of `hallwatch cameras`: which cameras are on the network, and what to write of one into a configuration.

Both ask devices by ONVIF when somebody runs them; nothing here runs while watching.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hallwatch_wiring import Missing, Refused, add_verb, tell

if TYPE_CHECKING:
    from camera_ingest.camera import Login
    from camera_ingest.onvif import Channel, Device
    from camera_ingest.onvif_profile import Profile
    from hallwatch_wiring import Verbs

OPTIONS = {"user_env": "--user-env", "password_env": "--password-env", "file": "--login-file"}
"""Keys of a camera's `login` in a configuration, and the options that give the same here."""


def cameras_find(options: argparse.Namespace) -> None:
    """List the ONVIF devices that answer on the network; ask one of them with `cameras ask`."""
    from camera_ingest.onvif_find import MOST, NoInterface, find

    count = 0
    try:
        for one in find(options.interface, options.seconds):
            count += 1
            notes = list(one.notes) if options.json else "; ".join(one.notes) or None
            tell([{**{name: value or None for name, value in asdict(one).items()}, "notes": notes}], options.json)
    except NoInterface as error:
        raise Refused(f"--interface {error}") from error
    if count == MOST:
        raise Refused(f"network: expected fewer than {MOST} devices, found more; ask one --interface after the other")
    if not count:
        where = options.interface or "any interface"
        raise Missing(f"network: expected an ONVIF device to answer on {where} in {options.seconds:g} s, found none")


def cameras_ask(options: argparse.Namespace) -> None:
    """Ask one device for its streams, and print what to paste below `cameras:` of a configuration."""
    from camera_ingest.onvif import ask
    from camera_ingest.onvif_talk import NoAnswer, OnvifFailed

    host, port = options.device
    try:
        device = ask(host, port, _login(options))
    except NoAnswer as error:
        raise Missing(str(error)) from error
    except OnvifFailed as error:
        raise Refused(str(error)) from error
    yaml = "\n".join(_yaml(device, host, _login_line(options)))
    if options.json:
        print(json.dumps({**asdict(device), "yaml": yaml}, ensure_ascii=False))
    else:
        print(yaml)


def add_cameras(verbs: Verbs) -> None:
    """The parsers of all verbs of `hallwatch cameras`."""
    cameras = verbs.add_parser("cameras", help="ONVIF: find cameras, ask one").add_subparsers(required=True)
    find = add_verb(cameras, "find", cameras_find)
    find.add_argument("--interface", metavar="ADDR", help="IPv4 address of this machine to ask from; default: all")
    find.add_argument("--seconds", type=_seconds, default=5.0, help="how long to listen (default 5)")
    ask = add_verb(cameras, "ask", cameras_ask)
    ask.add_argument("device", type=_device, metavar="HOST[:PORT]", help="as `cameras find` shows it")
    ask.add_argument("--login-file", metavar="FILE", help="user name on the first line, password on the second")
    ask.add_argument("--user-env", metavar="NAME", help="environment variable with the user name")
    ask.add_argument("--password-env", metavar="NAME", help="environment variable with the password")
    for one in (find, ask):
        one.add_argument("--json", action="store_true", help="JSON")


def _device(text: str) -> tuple[str, int]:
    from camera_ingest.onvif import PORT

    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.netloc != text or "@" in text or not re.fullmatch(r"[A-Za-z0-9.:_-]+", host) or port == 0:
        raise argparse.ArgumentTypeError(f"expected HOST or HOST:PORT, found {text!r}")
    return host, PORT if port is None else port


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError(f"expected seconds above 0 and up to 3600, found {text!r}")
    return seconds


def _written(options: argparse.Namespace) -> dict[str, str]:
    """The login as a configuration would write it."""
    given = {"user_env": options.user_env, "password_env": options.password_env, "file": options.login_file}
    return {name: value for name, value in given.items() if value is not None}


def _login(options: argparse.Namespace) -> Login | None:
    """The login itself, by the same rules as in a configuration; None if none was named. Raises Refused."""
    from pydantic import ValidationError

    from config.flaws import flaws_of
    from config.shapes import LoginShape, Surroundings

    written, surroundings = _written(options), Surroundings(Path.cwd(), os.environ)
    if not written:
        return None
    try:
        return LoginShape.model_validate(written, context=surroundings).resolve(surroundings)
    except ValidationError as error:
        flaws = [
            (OPTIONS[str(key[-1])], expected, found)
            if key
            else ("login", "--login-file, or --user-env and --password-env", found)
            for key, expected, found in flaws_of(error, ())
        ]
        raise Refused(
            "\n".join(f"{which}: expected {expected}, found {found}" for which, expected, found in flaws)
        ) from None


def _login_line(options: argparse.Namespace) -> str:
    """A login as YAML, which names where it is found and never holds it; a file's path holds anywhere."""
    written = _written(options)
    if "file" in written:
        written["file"] = str(Path(written["file"]).absolute())
    return (
        f"login: {{{', '.join(f'{name}: {json.dumps(value)}' for name, value in written.items())}}}" if written else ""
    )


def _yaml(device: Device, host: str, login: str) -> Iterator[str]:
    """All that was learned as YAML: facts and notes as comments, a camera for each channel."""
    facts = {"厂商 maker": device.maker, "型号 model": device.model, "固件 firmware": device.firmware}
    yield f"# {device.which}  " + "  ".join(f"{name} {value or '—'}" for name, value in facts.items())
    clock = "未知 unknown" if device.clock_s is None else f"{device.clock_s:+.0f} s"
    yield f"# 时钟偏差 clock ahead by {clock}"
    for profile in device.profiles:
        yield f"# 码流 profile {_profile(profile)}"
    yield from (f"# 注意 {note}" for note in device.notes)
    for number, channel in enumerate(device.channels, 1):
        yield from _camera(channel, _id(host, number if len(device.channels) > 1 else None), login)


def _camera(channel: Channel, id: str, login: str) -> Iterator[str]:
    yield from (f"  # 注意 {note}" for note in channel.notes)
    url = channel.url or channel.snapshot
    if not url:
        yield f"  # 通道 {channel.source}: 没有可用地址 / channel {channel.source}: no address that can be used"
        return
    yield f"  - id: {json.dumps(id)}"
    yield "    hall: hc01                    # 改为所在大厅编号 / the id of its hall"
    yield f"    url: {json.dumps(url)}" + (f"  # {_profile(channel.profile)}" if channel.profile else "")
    if channel.url and channel.snapshot:
        yield f"    # url: {json.dumps(channel.snapshot)}  # 或用抓拍 / or its snapshot"
    yield "    role: window                  # window 窗口 | queue 排队 | entrance | self-service | public"
    yield '    legal_basis: ""               # 填写依据后才作分析 / analysed only once this says why'
    if login:
        yield f"    {login}"


def _profile(profile: Profile) -> str:
    from camera_ingest.onvif_address import plain

    size = f"{profile.width or '?'}x{profile.height or '?'}"
    gop = f"GOP {profile.gop or '?'}" + (f" = {profile.gop_s:g} s" if profile.gop_s else "")
    rates = f"{profile.fps or '?'} fps  {profile.kbit_s or '?'} kbit/s  {gop}"
    return f"{plain(profile.name or profile.token, 40)}: {plain(profile.codec, 20)} {size}  {rates}"


def _id(host: str, number: int | None) -> str:
    """An id for a camera of that host: cam-192-168-1-64, and -1, -2, … for the channels of a recorder."""
    tail = "" if number is None else f"-{number}"
    return "cam-" + re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[: 28 - len(tail)] + tail
