"""Ways to reach somebody: robots, e-mail and webhooks by Apprise, text messages by a gateway's HTTP interface.

Addresses are secrets: they come from the environment or files, and never stand in a log, a record or an error.
"""

import json
import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage
from threading import Thread
from typing import IO, Any, Literal, Protocol
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT_S = 10.0
"""From beginning to send a message until it must have been taken, in seconds."""
MOST_HANGING = 3
"""Attempts of one way that may hang beyond their time; until one of them ends there are no new ones."""


class Undelivered(Exception):
    """A message that was not taken: why, without any address."""


class Sender(Protocol):
    """One way to reach somebody."""

    def send(self, title: str, text: str) -> None:
        """Send, or raise."""
        ...


@dataclass(slots=True)
class Bounded:
    """A way that holds nobody up: an attempt that hangs is left behind, and of an error only its type is told."""

    sender: Sender = field(repr=False)
    timeout_s: float = TIMEOUT_S
    hanging: list[Thread] = field(default_factory=list, repr=False)

    def send(self, title: str, text: str) -> None:
        """Send within `timeout_s`, or raise Undelivered. What was left behind may still arrive."""
        self.hanging = [thread for thread in self.hanging if thread.is_alive()]
        if len(self.hanging) >= MOST_HANGING:
            raise Undelivered(f"expected one of {MOST_HANGING} hanging attempts to end, found none")
        ended: list[str] = []

        def attempt() -> None:
            try:
                self.sender.send(title, text)
            except Undelivered as error:
                ended.append(str(error))
            except BaseException as error:  # whatever it is, it may hold the address
                ended.append(f"expected the message to be taken, found {type(error).__name__}")
            else:
                ended.append("")

        thread = Thread(target=attempt, name="notice", daemon=True)
        thread.start()
        thread.join(self.timeout_s)
        if not ended:
            self.hanging.append(thread)
            raise Undelivered(f"expected the message to be taken within {self.timeout_s:g} s, found no end of it")
        if ended[0]:
            raise Undelivered(ended[0])


@dataclass(frozen=True, slots=True)
class AppriseSender:
    """Any address that Apprise knows: wecombot://, dingtalk://, mailto://, json://, …"""

    url: str = field(repr=False)

    def __post_init__(self) -> None:
        import apprise  # noqa: F401  # here, because importing it takes a second
        import urllib3

        for name in ("apprise", "urllib3"):  # they log addresses, also those they cannot read
            logging.getLogger(name).disabled = True
        for name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
            logging.getLogger(name).disabled = True
        warnings.simplefilter("ignore", urllib3.exceptions.HTTPWarning)  # they name hosts

    def send(self, title: str, text: str) -> None:
        """Send, or raise Undelivered or what a plugin raises."""
        from apprise import Apprise

        way = Apprise()
        if not way.add(self.url):
            raise Undelivered("expected an address that Apprise knows, found another")
        if not way.notify(body=text, title=title):
            raise Undelivered(f"{type(way[0]).__name__}: expected the message to be taken, found it refused")


class _NoRedirect(HTTPRedirectHandler):
    """A gateway that sends elsewhere is refused: elsewhere would get its key and the number."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True, slots=True)
class SmsSender:
    """A text-message gateway; `{to}` and `{text}` go into the body as JSON strings do, or with GET into the address."""

    url: str = field(repr=False)
    to: str = field(repr=False)
    body: str = '{"phone": "{to}", "content": "{text}"}'
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: Literal["POST", "GET"] = "POST"
    timeout_s: float = TIMEOUT_S

    def send(self, title: str, text: str) -> None:
        """Send, or raise Undelivered."""
        try:
            with build_opener(_NoRedirect).open(self._request(f"{title} {text}"), timeout=self.timeout_s) as answer:
                answer.read(4096)
        except HTTPError as error:
            error.close()
            raise Undelivered(f"text message: expected 2xx, found {error.code}") from None
        except Exception as error:  # a port that is none, an answer that is none: all of them may hold the address
            raise Undelivered(f"text message: expected an answer, found {type(error).__name__}") from None

    def _request(self, text: str) -> Request:
        values = {"{to}": self.to, "{text}": text.replace("\n", " ")}
        if self.method == "GET":
            quoted = {name: quote(value, safe="") for name, value in values.items()}
            return Request(_filled(self.url, quoted), headers=dict(self.headers))
        escaped = {name: json.dumps(value, ensure_ascii=False)[1:-1] for name, value in values.items()}
        headers: dict[str, Any] = {"Content-Type": "application/json; charset=utf-8", **self.headers}
        return Request(self.url, _filled(self.body, escaped).encode(), headers, method="POST")


def _filled(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(name, value)
    return template
