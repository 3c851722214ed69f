"""The app: Dash on Flask, its pages, its guard and its event stream, put together."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from dash import Dash, Input, Output, dcc, html, set_props
from dash.development.base_component import Component
from flask import Flask, Response, request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from dashboards import figures
from dashboards.duty import SCRIPT_HASH, serve_confirm
from dashboards.frame import toast
from dashboards.guard import guard
from dashboards.live import Hub, HubFull, stream
from dashboards.media import serve_media
from dashboards.office import Office
from dashboards.pages import (
    alert,
    coverage,
    issue,
    label,
    ledger,
    patrol,
    quality,
    ratings,
    responses,
    roster,
    situation,
    window,
)
from dashboards.places import named
from dashboards.roster_api import serve_roster
from dashboards.roster_files import serve_templates
from dashboards.visit import Visit, language, visit
from dashboards.words import LANGUAGES

LOG = logging.getLogger(__name__)

Clock = Callable[[], datetime]
BEAT = timedelta(seconds=30)
"""How often a quiet hall repeats its live message unless `build` is told otherwise."""
STALE_BEATS = 3
"""A hall whose newest message is older than this many beats is shown as unknown."""
FIGURES_S = 3.0
"""The figures are computed anew at least this often, in seconds, and whenever a hall has changed."""
REST_S = 1.0
"""And at most this often, unless somebody acts; ratings and issues are then read again, else every FIGURES_S."""
INDEX = """<!DOCTYPE html>
<html lang="{language}">
<head>{%metas%}<title>{%title%}</title><link rel="icon" href="/assets/favicon.svg">{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


class Pages(Dash):
    """Dash whose first page already speaks the visitor's language."""

    def __init__(self, settings: Settings, **options: Any) -> None:
        super().__init__(**options)
        self.settings = settings

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # Dash passes names only
        """The frame of every page, titled and marked in the visitor's language."""
        visitor = visit()
        parts["title"] = named(self.settings, visitor.language)
        index = super().interpolate_index(**parts)  # type: ignore[no-untyped-call]  # dash is untyped here
        return str(index).replace("{language}", "en" if visitor.language == "en" else "zh-CN")


def build(
    settings: Settings,
    engine: Engine,
    hub: Hub,
    evidence: Path,
    *,
    beat: timedelta = BEAT,
    clock: Clock = lambda: datetime.now(UTC),
    announce: Callable[[str], object] = lambda hall: None,
) -> Flask:
    """The web application. `engine`: the records; `hub`: fed by whoever hears the halls; `evidence`: the stills.

    `announce` tells the watching programs that the roster of a hall has changed.
    """
    server = Flask("hallwatch")
    app = Pages(
        settings,
        name="hallwatch",
        server=server,
        assets_folder=str(Path(__file__).parent / "assets"),
        update_title="",
        serve_locally=True,
        suppress_callback_exceptions=True,
        index_string=INDEX,
        on_error=_failed,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    office = Office(settings, engine, evidence, clock, STALE_BEATS * beat, hub.messages, hub.refresh, announce)
    _pages(app, office)
    serve_roster(server, office)
    serve_confirm(server, office)
    serve_templates(server, office)
    _keep_language(server)
    _stream(server, hub)
    serve_media(server, evidence)
    guard(server, [*app.csp_hashes(), SCRIPT_HASH], outside=urlsplit(settings.notices.base_url).netloc.lower())
    return server


def keep_figures(
    settings: Settings,
    engine: Engine,
    hub: Hub,
    stop: threading.Event,
    *,
    beat: timedelta = BEAT,
    clock: Clock = lambda: datetime.now(UTC),
) -> None:
    """Computes the figures for all pages until told to stop; runs in a thread of its own.

    While the records cannot be read the pages keep the last figures; that is logged once.
    """
    readable, records, read_at = True, None, clock()
    while not stop.is_set():
        now = clock()
        try:
            again = records is None or abs(now - read_at) >= timedelta(seconds=FIGURES_S)
            records = figures.read(engine, now, None if again else records)
            read_at = now if again else read_at
        except SQLAlchemyError as error:
            if readable:
                LOG.error("figures: expected to read the records, found: %s", error)
            readable = False
        else:
            readable = True
            hub.put_figures(figures.figures(settings, records, hub.messages(), now, STALE_BEATS * beat))
        if hub.wait(FIGURES_S, REST_S):
            records = None


Show = Callable[[Office, Visit], Component]
"""A page: the office and the visit in, what is shown out."""

PAGES: dict[str, Show] = {
    "/": situation.show,
    "/alert": alert.show,
    "/issues": ledger.show,
    "/issue": issue.show,
    "/ratings": ratings.show,
    "/patrol": patrol.show,
    "/roster": roster.show,
    "/coverage": coverage.show,
    "/responses": responses.show,
    "/quality": quality.show,
    "/label": label.show,
    "/window": window.show,
}


def _pages(app: Dash, office: Office) -> None:
    app.layout = html.Div(
        [
            dcc.Location(id="url", refresh=False),
            html.Div(id="page"),
            html.Div(id="page-failed", className="toast-place"),
        ]
    )
    for page_with_callbacks in (situation, alert, issue, patrol, roster, window, label, quality):
        page_with_callbacks.register(app, office)

    @app.callback(Output("page", "children"), Input("url", "pathname"), Input("url", "search"))
    def page(pathname: str, search: str) -> Component:
        show = PAGES.get(pathname.rstrip("/") or "/")
        if show is None:
            return html.P(visit().say("page.none"), className="page-none")
        return show(office, visit(search))


def _failed(error: Exception) -> None:
    """An action that broke, a full disk say: the person is told, the log has the rest."""
    LOG.error("page: an action failed", exc_info=error)
    said = visit().say("page.failed", why=type(error).__name__)
    set_props("page-failed", {"children": toast(said, True, key=uuid4().hex)})


def _keep_language(server: Flask) -> None:
    @server.after_request
    def keep(response: Response) -> Response:
        if request.args.get("lang") in LANGUAGES:
            response.set_cookie("lang", language(), max_age=365 * 86400, samesite="Lax", httponly=True)
        return response


def _stream(server: Flask, hub: Hub) -> None:
    @server.get("/live")
    def live() -> Response:
        try:
            listener = hub.listen(request.args.get("hall"))
        except HubFull as full:
            return Response(str(full), 503, {"Retry-After": "5"})
        response = Response(stream(hub, listener), mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        response.call_on_close(lambda: hub.leave(listener))
        return response
