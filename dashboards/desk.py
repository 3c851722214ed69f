"""The desk: what the pages read from and act on, and the reader they speak to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import has_request_context, request
from sqlalchemy import Engine

from config.settings import Settings
from dashboards.words import LANGUAGES, Say, words
from monitor.places import Hall

SUPERVISOR = "监督员"
INSPECTOR = "巡查员"
"""Who acts, until people sign in: the post whose page it is."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The stores, the clock and the configuration."""

    settings: Settings
    engine: Engine
    evidence: Path
    clock: Callable[[], datetime]
    stale_after: timedelta
    """A live message older than this is not believed."""

    def hall(self, id: str) -> Hall | None:
        """A hall by its id."""
        return next((hall for hall in self.settings.halls if hall.id == id), None)


def language() -> str:
    """The language of the person asking: ?lang=, then the cookie, then Chinese."""
    asked = request.args.get("lang") or request.cookies.get("lang") if has_request_context() else None
    return asked if asked in LANGUAGES else LANGUAGES[0]


def speaker() -> Say:
    """The words in that person's language."""
    return words(language())
