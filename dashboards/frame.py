"""What every page shares: icons, the head with the way between pages, sentences that leave by themselves."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from config.settings import Settings
from dashboards.places import named
from dashboards.visit import Visit
from dashboards.words import WORDS, Say, say_term
from monitor.issues import STATUSES, Status

PAGES = {
    "situation": "/",
    "issues": "/issues",
    "ratings": "/ratings",
    "roster": "/roster",
    "coverage": "/coverage",
    "responses": "/responses",
    "quality": "/quality",
    "patrol": "/patrol",
}
"""Pages reached from the head of every page, in the users' order."""


def attributes(**values: str | None) -> dict[str, Any]:
    """HTML attributes with hyphens in their names (data_key → data-key), without those that are None."""
    return {name.replace("_", "-"): value for name, value in values.items() if value is not None}


def glyph(name: str) -> Component:
    """A local icon, drawn as a mask in the colour of the text beside it."""
    return html.I(className=f"icon i-{name}", **attributes(aria_hidden="true"))


def navigation(here: str, say: Say) -> Component:
    """Links to the other pages."""
    links = [
        html.A(say(f"nav.{page}"), href=path, className="is-here" if page == here else "")
        for page, path in PAGES.items()
    ]
    return html.Nav(links, className="pages")


def switch(visit: Visit) -> Component:
    """The other language, one click away."""
    return html.A(visit.say("head.other_language"), id="language", href=visit.other_language, className="language")


def head(here: str, settings: Settings, visit: Visit) -> Component:
    """The head of a page without live figures."""
    badge = html.Span(visit.say("head.simulated"), className="badge") if settings.simulated else None
    return html.Header(
        [
            html.Span(glyph("device-cctv"), className="brand"),
            html.H1(named(settings, visit.language)),
            navigation(here, visit.say),
            html.Div(badge, className="banners"),
            switch(visit),
        ],
        className="top",
    )


def dark_page(here: str, settings: Settings, visit: Visit, body: list[Component]) -> Component:
    """A page of the control room."""
    return html.Div([head(here, settings, visit), html.Main(body, className="page-body")], className="page dark")


def light_page(here: str, settings: Settings, visit: Visit, body: list[Component]) -> Component:
    """A page for work at a desk or on the phone."""
    return html.Div([head(here, settings, visit), html.Main(body, className="page-body")], className="page light")


def toast(said: str, refused: bool, key: str) -> Component:
    """A sentence that leaves by itself."""
    icon = "exclamation-circle" if refused else "circle-check"
    return html.Div([glyph(icon), said], className="toast is-refused" if refused else "toast", key=key)


def facts_table(rows: list[tuple[str, Any]]) -> Component:
    """Names and values."""
    return html.Dl([part for name, value in rows for part in (html.Dt(name), html.Dd(value))], className="facts")


def status_chip(status: Status, tongue: str) -> Component:
    """A state in its colour."""
    return html.Span(say_term(STATUSES[status], tongue), className=f"status status-{status}")


def post_name(by: str, say: Say) -> str:
    """Who acted: a post in the reader's language, anybody else as recorded."""
    return say(f"by.{by}") if f"by.{by}" in WORDS else by
