"""实时态势: the live situation. Dash builds the frame once; assets/live.js fills it from the event stream."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from config.settings import Settings
from dashboards.frame import glyph, navigation, switch, toast
from dashboards.office import Office
from dashboards.pages.key_figures import key_figures, pace_banner
from dashboards.pages.panels import (
    blind_panel,
    feed_panel,
    halls_panel,
    handled_panel,
    issues_panel,
    queues_panel,
    ratings_panel,
    windows_panel,
)
from dashboards.places import named
from dashboards.verdicts import REASONS, judge, proposed
from dashboards.visit import Visit, visit
from dashboards.words import WORDS, Say, say_term
from monitor import roster
from monitor.adapters import alert_records
from monitor.alerts import ABOUT
from monitor.verdicts import CAUSES, NAMES, VerdictKind


def layout(settings: Settings, visit: Visit, stale_s: float) -> Component:
    """The whole page, without a single figure in it."""
    say, language = visit.say, visit.language
    return html.Div(
        id="live-island",
        className="board",
        children=[
            dcc.Store(id="situation-config", data=configuration(settings, language, say, stale_s)),
            dcc.Store(id="situation-started"),
            dcc.Store(id="situation-verdict"),
            header(settings, visit),
            html.Section([pace_banner(say), *key_figures(say)], className="kpis"),
            html.Main(
                className="columns",
                children=[
                    html.Div([halls_panel(settings, say), queues_panel(say)], className="column"),
                    html.Div([feed_panel(say), windows_panel(say)], className="column column-centre"),
                    html.Div(
                        [
                            ratings_panel(language, say),
                            issues_panel(language, say),
                            handled_panel(say),
                            blind_panel(say),
                        ],
                        className="column column-right",
                    ),
                ],
            ),
            html.Div(id="situation-toast", className="toast-place", role="status"),
        ],
    )


def show(office: Office, visit: Visit) -> Component:
    """The page in the visitor's language."""
    return layout(office.settings, visit, office.stale_after.total_seconds())


def register(app: Dash, office: Office) -> None:
    """Starts the island once its configuration is on the page; records the verdicts it hands over."""
    app.clientside_callback(  # type: ignore[no-untyped-call]  # dash is untyped here
        ClientsideFunction("live", "start"),
        Output("situation-started", "data"),
        Input("situation-config", "data"),
    )

    @app.callback(Output("situation-toast", "children"), Input("situation-verdict", "data"), prevent_initial_call=True)
    def judged(asked: dict[str, Any]) -> Component:
        said, refused = judge(office, asked["key"], VerdictKind(asked["kind"]), asked["reason"])
        record = None if refused else alert_records.alert(office.engine, asked["key"])
        count = proposed(office, record) if record is not None else 0
        if count:
            said = f"{said} · {visit().say('verdict.third', n=count)}{visit().say('verdict.third.where')}"
        return toast(said, refused, key=str(asked["at"]))


def configuration(settings: Settings, language: str, say: Say, stale_s: float) -> dict[str, Any]:
    """What the script needs to name things: places and words in the reader's language."""
    halls = [
        {
            "id": hall.id,
            "name": named(hall, language),
            "zones": [{"id": zone.id, "name": named(zone, language)} for zone in hall.zones],
            "windows": [{"id": window.id, "name": named(window, language)} for window in hall.windows],
        }
        for hall in settings.halls
    ]
    spoken = {key: say(key) for key in WORDS}
    spoken |= {f"pause.{code}": say_term(reason, language) for code, reason in roster.REASONS.items()}
    spoken |= {f"verdict.{kind}": say_term(NAMES[kind], language) for kind in NAMES}
    return {
        "locale": "en-GB" if language == "en" else "zh-CN",
        "words": spoken,
        "areas": {area.code: named(area, language) for area in settings.areas},
        "halls": halls,
        "stale_s": stale_s,
        "segments": {one.name: named(one, language) for hall in settings.halls for one in hall.segments if one.name_en},
        "about": {rule: about for about, rules in ABOUT.items() for rule in rules},
        "causes": [{"code": code, "text": say_term(cause, language)} for code, cause in CAUSES.items()],
        "reasons": {
            rule: [{"code": code, "text": say(f"reason.{code}")} for code in codes] for rule, codes in REASONS.items()
        },
    }


def header(settings: Settings, visit: Visit) -> Component:
    """Name, push state, banners, service hours, clock, language."""
    say = visit.say
    banners = [
        html.Span(say("head.simulated"), className="badge") if settings.simulated else None,
        html.Span(say("head.demo_model"), className="badge", id="live-demo-model", hidden=True),
        html.Span(
            [glyph("video-off"), html.Span(className="banner-text")], id="live-blind", className="banner", hidden=True
        ),
        html.Span(
            [glyph("clock"), html.Span(className="banner-text")], id="live-stale", className="banner", hidden=True
        ),
        html.Span(
            [html.I(className="push-dot"), html.Span(className="push-text")],
            id="live-push",
            className="push",
            role="status",
        ),
    ]
    return html.Header(
        className="top",
        children=[
            html.Span(glyph("device-cctv"), className="brand"),
            html.H1(named(settings, visit.language)),
            navigation("situation", say),
            html.Div([banner for banner in banners if banner is not None], className="banners"),
            html.Div(
                [html.Span(id="live-service"), html.Span(id="live-date")],
                className="today",
            ),
            html.Time(id="live-clock", className="clock", title=say("head.clock")),
            switch(visit),
        ],
    )
