"""Sending notices: WeCom and DingTalk robots, e-mail, webhooks by Apprise, text messages by a gateway's HTTP interface.

Addresses are secrets: they come from the environment or files, and never stand in a log, a record or an error.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.adapters import alert_records, notice_records
from monitor.alerts import Alert
from monitor.halls import groups
from monitor.ladder import Due, Person, due, retry_at
from monitor.places import Hall
from monitor.thresholds import Thresholds

LOG = logging.getLogger(__name__)
RECENT = timedelta(hours=1)
"""Alerts that ended longer ago are not looked at any more."""
TIMEOUT_S = 10.0


class Undelivered(Exception):
    """A message that was not taken: why, without any address."""


class Sender(Protocol):
    """One way to reach somebody."""

    def send(self, title: str, text: str) -> None:
        """Send, or raise Undelivered."""
        ...


@dataclass(frozen=True, slots=True)
class AppriseSender:
    """Any address that Apprise knows: wecombot://, dingtalk://, mailto://, json://, …"""

    url: str = field(repr=False)

    def send(self, title: str, text: str) -> None:
        """Send, or raise Undelivered."""
        from apprise import Apprise

        way = Apprise()
        if not way.add(self.url):
            raise Undelivered("expected an address that Apprise knows, found another")
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it logs addresses
        if not way.notify(body=text, title=title):
            raise Undelivered(f"{self.url.partition(':')[0]}: expected the message to be taken, found it refused")


@dataclass(frozen=True, slots=True)
class SmsSender:
    """A text-message gateway: `{to}` and `{text}` are put into the body, escaped as JSON strings are."""

    url: str = field(repr=False)
    to: str = field(repr=False)
    body: str = '{"phone": "{to}", "content": "{text}"}'
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def send(self, title: str, text: str) -> None:
        """Send, or raise Undelivered."""
        filled = self.body
        for name, value in (("{to}", self.to), ("{text}", f"{title} {text}".replace("\n", " "))):
            filled = filled.replace(name, json.dumps(value, ensure_ascii=False)[1:-1])
        headers = {"Content-Type": "application/json; charset=utf-8", **self.headers}
        request = Request(self.url, filled.encode(), headers, method="POST")  # of the configuration
        try:
            with urlopen(request, timeout=TIMEOUT_S) as answer:
                answer.read(4096)
        except HTTPError as error:
            raise Undelivered(f"text message: expected 2xx, found {error.code}") from None
        except (URLError, OSError, ValueError) as error:
            raise Undelivered(f"text message: expected an answer, found {type(error).__name__}") from None


Worded = Callable[[Alert, Due], tuple[str, str]]
"""Title and text of a message."""


@dataclass(slots=True)
class Notifier:
    """Looks at the records, and sends what is due. It holds no clock."""

    engine: Engine
    halls: tuple[Hall, ...]
    rules: Thresholds
    people: Mapping[Person, Sender]
    worded: Worded
    failing: bool = False

    def turn(self, at: datetime) -> int:
        """Record what is due, send what waits; how many were sent. A database that is away is waited for."""
        try:
            open_ones = self._due(at)
            done = sum(self._send(one, open_ones, at) for one in notice_records.waiting(self.engine, at))
        except SQLAlchemyError as error:
            if not self.failing:
                LOG.error("database: expected to read what is due, found: %s", getattr(error, "orig", None) or error)
            self.failing = True
            return 0
        self.failing = False
        return done

    def _due(self, at: datetime) -> dict[str, tuple[Alert, dict[tuple[str, str], Due]]]:
        """Record what is due now; the open alerts by their key, each with its messages."""
        records = alert_records.alerts_since(self.engine, at - RECENT, [hall.id for hall in self.halls])
        alerts = [one.alert for one in records if one.alert.until is None]
        keys = [one.key for one in alerts]
        together: dict[str, str] = {}
        for hall in self.halls:
            own = [one for one in alerts if one.hall == hall.id]
            together |= groups(self.rules.hall(hall, None), own)
        stopped = notice_records.stopped(self.engine, keys)
        known = notice_records.sent(self.engine, keys)
        everything = list(due(alerts, together, self.people, at, (), stopped))
        new = [one for one in everything if one.key not in known]
        if new:
            notice_records.put(self.engine, new, at)
        told: dict[str, tuple[Alert, dict[tuple[str, str], Due]]] = {one.key: (one, {}) for one in alerts}
        for one in everything:
            told[one.alert.key][1][one.stage, one.person] = one
        return told

    def _send(
        self,
        one: notice_records.Waiting,
        open_ones: Mapping[str, tuple[Alert, Mapping[tuple[str, str], Due]]],
        at: datetime,
    ) -> bool:
        """Send a message; one whose alert is over, or stopped, or whose reader is gone, is given up."""
        message = open_ones.get(one.alert_key, (None, {}))[1].get((one.stage, one.person))
        sender = next((way for person, way in self.people.items() if person.name == one.person), None)
        if message is None or sender is None:
            notice_records.tried(self.engine, one, at, "over before it could be sent", None)
            return False
        title, text = self.worded(message.alert, message)
        try:
            sender.send(title, text)
        except Undelivered as error:
            again = retry_at(one.tried + 1, at)
            LOG.warning("notice %s to %s: %s", one.stage, one.person, error)
            notice_records.tried(self.engine, one, at, str(error), again)
            return False
        notice_records.tried(self.engine, one, at, "", None)
        return True
