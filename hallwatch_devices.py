"""The verbs of `hallwatch devices`: what the broker has to know of those who speak to it."""

from __future__ import annotations

import argparse
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from hallwatch_wiring import Refused, add_configured, load_settings, positive, tell

if TYPE_CHECKING:
    from hallwatch_wiring import Verbs
    from monitor.adapters.mqtt import Broker


def devices_mosquitto_config(options: argparse.Namespace) -> None:
    """Write Mosquitto's configuration, access list and passwords; logins that are there stay as they are."""
    from monitor.adapters.mosquitto import Listener, LoginUnusable, accounts, configure

    settings, directory = load_settings(options.config), options.directory
    certificate = _certificate(options)
    _agree(settings.broker, directory, certificate, options.listen)
    everybody = accounts(settings.halls, settings.devices, options.shards)
    try:
        made = configure(directory, everybody, Listener(options.listen, settings.broker.port, certificate))
    except LoginUnusable as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise Refused(f"{directory}: expected to write there, found: {error.strerror}") from error
    tell([{"accounts": len(everybody), "new": len(made), "logins": str(directory / "logins")}], options.json)


def add_devices(verbs: Verbs) -> None:
    """The parsers of all verbs of `hallwatch devices`."""
    devices = verbs.add_parser("devices", help="the broker's accounts and access list").add_subparsers(required=True)
    written = add_configured(devices, "mosquitto-config", devices_mosquitto_config)
    written.add_argument("directory", type=Path, metavar="DIRECTORY", help="made if it is not there")
    written.add_argument("--listen", type=_address, default="127.0.0.1", metavar="ADDR", help="default 127.0.0.1")
    written.add_argument("--certificate", type=Path, metavar="FILE", help="PEM, with those that vouch for it")
    written.add_argument("--key", type=Path, metavar="FILE", help="PEM, the key of the certificate, without a password")
    written.add_argument("--shards", type=positive, default=1, help="how many `watch` there are (default 1)")
    written.add_argument("--json", action="store_true", help="JSON")


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected an IP address of this machine, found {text!r}") from None


def _certificate(options: argparse.Namespace) -> tuple[Path, Path] | None:
    """The certificate with its key, tried; None without either."""
    if options.certificate is None and options.key is None:
        return None
    if options.certificate is None or options.key is None:
        raise Refused("--certificate and --key: expected both or neither, found one")
    certificate, key = options.certificate.absolute(), options.key.absolute()
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except OSError as error:  # an SSLError is one
        reason = error.strerror or str(error)
        raise Refused(f"--certificate {certificate}: expected one that fits {key}, found: {reason}") from error
    return certificate, key


def _agree(broker: Broker, directory: Path, certificate: tuple[Path, Path] | None, listen: str) -> None:
    """Refuse a broker that our own programs, with this configuration, would not find or not trust."""
    if broker.mode != "external":
        raise Refused("broker.mode: expected external, for a Mosquitto of its own, found embedded")
    if broker.logins is None or broker.logins.absolute() != directory.absolute() / "logins":
        raise Refused(f"broker.logins: expected {directory / 'logins'}, found {broker.logins or 'nothing'}")
    if certificate is None and not ip_address(listen).is_loopback:
        raise Refused(
            f"--listen {listen}: expected --certificate and --key beside it, so that no password is overheard"
        )
    if (certificate is None) != (broker.tls_ca is None):
        found = "only the first" if broker.tls_ca is None else "only the second"
        raise Refused(f"--certificate and broker.tls_ca: expected both or neither, found {found}")
