"""The panels of the live situation: empty frames that the script fills, and the figures that stand in them."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from config.settings import Settings
from dashboards.frame import attributes, glyph
from dashboards.pages.key_figures import figure, fraction
from dashboards.words import Say, say_term
from monitor.issues import STATUSES
from monitor.ratings import LEVELS


def panel(title: Any, meta: Any, body: Any, name: str) -> Component:
    """A titled panel."""
    return html.Section(
        [html.Header([html.H2(title), html.Div(meta, className="panel-meta")], className="panel-head"), *body],
        className=f"panel {name}",
    )


def halls_panel(settings: Settings, say: Say) -> Component:
    """Halls grouped by area, the worst first."""
    counts = say("halls.meta", halls=len(settings.halls), windows=sum(len(hall.windows) for hall in settings.halls))
    columns = ("hall", "eyes", "on", "away", "unknown", "waiting")
    heads = [
        html.Span(say(f"halls.{column}"), className=f"c-{'name' if column == 'hall' else column}") for column in columns
    ]
    body = [html.Div(heads, className="hall-row hall-heads"), html.Div(id="live-halls", className="scroll")]
    return panel(say("halls.title"), counts, body, "panel-halls")


def feed_panel(say: Say) -> Component:
    """Alerts to judge, most severe first."""
    title = [
        say("feed.title"),
        html.Span(figure("kpi.alerts.pending"), className="count", **attributes(data_alarm="kpi.alerts.pending")),
    ]
    none = html.Div(
        [glyph("circle-check"), html.B(say("feed.none")), html.Span(say("feed.none.hint"))],
        id="live-feed-none",
        className="none",
        hidden=True,
    )
    return panel(title, say("feed.meta"), [html.Div(id="live-feed", className="scroll"), none], "panel-feed")


def windows_panel(say: Say) -> Component:
    """Every window of the selected hall with its state and since when."""
    title = [say("windows.title"), html.Span(id="live-windows-hall", className="windows-hall")]
    meta = html.Div(id="live-windows-meta", className="notes")
    return panel(title, meta, [html.Div(id="live-windows", className="scroll windows")], "panel-windows")


def queues_panel(say: Say) -> Component:
    """People waiting per zone, against the thresholds per open window."""
    return panel(
        say("queues.title"), say("queues.meta"), [html.Div(id="live-queues", className="queues")], "panel-queues"
    )


def ratings_panel(language: str, say: Say) -> Component:
    """Today's ratings by level."""
    meta = [say("ratings.satisfaction"), " ", figure("kpi.satisfaction.text"), " ", *fraction("kpi.satisfaction")]
    rows = [
        html.Div(
            [
                html.Span(say_term(LEVELS[level], language), className="rating-name"),
                html.Div(
                    html.I(**attributes(data_share=f"ratings.levels.{level}", data_whole="kpi.ratings.n")),
                    className="rating-bar",
                ),
                figure(f"ratings.levels.{level}", "rating-count"),
                figure(f"ratings.shares.{level}", "rating-share"),
            ],
            className=f"rating-row rating-{level}",
        )
        for level in LEVELS
    ]
    return panel(say("ratings.title"), meta, [html.Div(rows, className="ratings")], "panel-ratings")


def issues_panel(language: str, say: Say) -> Component:
    """Open issues by state; each count opens its records."""
    cells = [
        html.A(
            [figure(f"issues.{status}", "cell-count"), html.Span(say_term(STATUSES[status], language))],
            href=f"/issues?status={status}",
        )
        for status in STATUSES
    ]
    link = html.A([say("issues.open_ledger"), glyph("chevron-right")], href="/issues", className="more")
    return panel(say("issues.title"), link, [html.Div(cells, className="cells")], "panel-issues")


def handled_panel(say: Say) -> Component:
    """What was judged today, newest first."""
    meta = [say("kpi.alerts.adopted"), " ", figure("kpi.alerts.adopted.text"), " ", *fraction("kpi.alerts.adopted")]
    none = html.Div(say("handled.none"), className="nothing", **attributes(data_unless="kpi.alerts.handled"))
    return panel(say("handled.title"), meta, [none, html.Div(id="live-handled", className="scroll")], "panel-handled")


def blind_panel(say: Say) -> Component:
    """Cameras that cannot see, are not looked at or have a wrong clock: whom to call."""
    meta = html.Span([say("kpi.eyes.foot"), " ", figure("kpi.eyes_blind")])
    body = [html.Div(id="live-blind-list", className="scroll")]
    return html.Div(
        panel(say("blind.title"), meta, body, "panel-blind"), className="contents", **attributes(data_if="faults")
    )
