"""窗口自助: a window's own page — its state now, and one tap for what it is about to do."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboards import arranging
from dashboards.arranging import ANYONE, declare, end, in_force, kind_name, left, of_day, pause_limits, reason_name
from dashboards.forms import notice
from dashboards.frame import glyph, switch
from dashboards.office import WINDOW, Office
from dashboards.places import named
from dashboards.times import clock
from dashboards.visit import Visit, visit
from dashboards.words import WORDS, Say
from monitor.calendar import today
from monitor.places import Hall, Window
from monitor.roster import OWN, Arrangement, Entry, Refused
from monitor.roster import in_force as newest

PAUSES = ("break", "equipment", "meeting", "handover", "guiding", "other")
"""Reasons for a pause, the most frequent first."""
FRESH_MS = 20_000
"""The page is drawn anew this often: an approval, or another page, may have changed something."""
FEW = 5
"""So many substitutes are shown at once; more stand behind one tap."""


def show(office: Office, visit: Visit) -> Component:
    """The page of one window, by ?hall= and ?window=; without them, the choice."""
    hall = office.hall(visit.query.get("hall", ""))
    window = window_of(hall, visit.query.get("window", "")) if hall else None
    if hall is None or window is None:
        return html.Div(choosing(office, visit, hall), className="page light own-page")
    say = visit.say
    config = {
        "hall": hall.id,
        "window": window.id,
        "stale_s": office.stale_after.total_seconds(),
        "words": {key: say(key) for key in WORDS if key.startswith(("state.", "own.live.", "age."))},
    }
    body = [
        dcc.Store(id="window-config", data=config),
        dcc.Store(id="window-ready"),
        dcc.Interval(id="window-fresh", interval=FRESH_MS),
        html.Header(
            [
                html.Div([html.Small(named(hall, visit.language)), html.H1(named(window, visit.language))]),
                switch(visit),
            ],
            className="own-head",
        ),
        html.Section(
            [
                html.Div([html.Span(className="own-word"), html.Time(className="own-since")], className="own-state"),
                html.P(
                    [glyph("bell-ringing"), html.Span(say("own.hint"))],
                    id="window-hint",
                    className="own-hint",
                    hidden=True,
                    role="alert",
                ),
            ],
            id="window-live",
            className="own-live",
        ),
        html.Div(layout(office, hall, window, visit), id="window-body", className="own-body"),
        html.Div(id="window-notice"),
    ]
    return html.Div(html.Main(body, className="own-main"), className="page light own-page")


def window_of(hall: Hall, id: str) -> Window | None:
    """A window of a hall."""
    return next((one for one in hall.windows if one.id == id), None)


def choosing(office: Office, visit: Visit, hall: Hall | None) -> Component:
    """Which window is meant: links, first of the halls, then of one hall's windows."""
    links: list[tuple[str, str]] = (
        [(f"/window?hall={hall.id}&window={one.id}", named(one, visit.language)) for one in hall.windows]
        if hall
        else [(f"/window?hall={one.id}", named(one, visit.language)) for one in office.settings.halls]
    )
    return html.Main(
        [
            html.Header([html.H1(visit.say("own.choose")), switch(visit)], className="own-head"),
            html.Div([html.A(name, href=href, className="own-button") for href, name in links], className="own-grid"),
        ],
        className="own-main",
    )


def layout(office: Office, hall: Hall, window: Window, visit: Visit) -> list[Component]:
    """What is in force, then what can be set."""
    now = office.clock()
    entries = [one for one in of_day(office, hall.id, today(now)) if one.window == window.id]
    held = {one.kind: one for one in in_force(entries, now) if one.kind in OWN}
    approved = newest(entries, now, Arrangement.APPROVED) is not None
    limits = pause_limits(office, hall.id, window.id)
    back_office = arranging.back_office_limit(office, hall.id, window.id)
    minutes = {Arrangement.PAUSE: _minutes(limits[False]), Arrangement.BACK_OFFICE: _minutes(back_office)}
    running = [_running(one, limits[approved], now, hall, visit) for one in held.values()]
    return [
        html.Div([html.Div(running), *_choices(held, hall, window, visit, minutes)]),
        dcc.Store(id="window-where", data={"hall": hall.id, "window": window.id}),
    ]


def _running(entry: Entry, limit: timedelta, now: datetime, hall: Hall, visit: Visit) -> Component:
    """One arrangement in force, since when, how much is left, and the button that ends it."""
    say, tongue = visit.say, visit.language
    facts = [reason_name(entry.reason, tongue), substitute_name(entry.substitute, hall, visit), ""]
    if entry.kind is Arrangement.PAUSE:
        rest, shown = left(entry.since, limit, now)
        minutes = int(limit.total_seconds() // 60)
        facts[2] = say("own.left", left=shown, limit=minutes) if rest >= timedelta(0) else say("own.over", left=shown)
    over = entry.kind is Arrangement.PAUSE and now - entry.since > limit
    return html.Section(
        [
            html.Div(
                [
                    html.B(kind_name(entry.kind, tongue)),
                    html.Span(say("alert.since", time=clock(entry.since))),
                    html.Span(" · ".join(part for part in facts if part)),
                ],
                className="own-facts",
            ),
            html.Button(
                say("own.resume" if entry.kind is Arrangement.PAUSE else "own.end"),
                id={"type": "window-end", "id": entry.id},
                className="own-button is-main",
                n_clicks=0,
            ),
        ],
        className="own-running is-over" if over else "own-running",
    )


def substitute_name(substitute: str, hall: Hall, visit: Visit) -> str:
    """Who takes over, as words; empty = nobody."""
    if substitute == ANYONE:
        return visit.say("own.comes_here")
    window = window_of(hall, substitute)
    return visit.say("own.covered_by", window=named(window, visit.language)) if window else substitute


def _minutes(limit: timedelta) -> int:
    return int(limit.total_seconds() // 60)


def _choices(
    held: Mapping[Arrangement, Entry], hall: Hall, window: Window, visit: Visit, minutes: Mapping[Arrangement, int]
) -> list[Component]:
    """One section for each thing that can be set and is not in force; `minutes`: for how long it is good."""
    say = visit.say
    beside = {one.id: named(one, visit.language) for one in hall.windows if one.zone == window.zone and one != window}
    sections = {
        Arrangement.PAUSE: [_set(Arrangement.PAUSE, reason_name(one, visit.language), reason=one) for one in PAUSES],
        Arrangement.SIGN_OUT: [
            _set(Arrangement.SIGN_OUT, say("own.nobody"), reason="errand"),
            *_beside(Arrangement.SIGN_OUT, beside, say),
        ],
        Arrangement.BACK_OFFICE: [_set(Arrangement.BACK_OFFICE, say("own.begin"), reason="cases")],
        Arrangement.COVER: [
            _set(Arrangement.COVER, say("own.comes_here"), substitute=ANYONE),
            *_beside(Arrangement.COVER, beside, say),
        ],
    }
    return [
        html.Section(
            [
                html.H2(kind_name(kind, visit.language)),
                html.Small(say(f"own.about.{kind.value.replace('-', '_')}", n=minutes.get(kind, 0))),
                html.Div(buttons, className="own-buttons"),
            ],
            className="sheet own-set",
        )
        for kind, buttons in sections.items()
        if kind not in held
    ]


def _beside(kind: Arrangement, windows: Mapping[str, str], say: Say) -> list[Component]:
    buttons = [_set(kind, name, substitute=id) for id, name in windows.items()]
    if len(buttons) <= FEW:
        return buttons
    return [
        html.Details(
            [
                html.Summary(say("own.another"), className="own-button"),
                html.Div(buttons, className="own-buttons"),
            ],
            className="own-more",
        )
    ]


def _set(kind: Arrangement, text: str, reason: str = "", substitute: str = "") -> Component:
    what = {"type": "window-set", "kind": str(kind), "reason": reason, "substitute": substitute}
    return html.Button(text, id=what, className="own-button", n_clicks=0)


def register(app: Dash, office: Office) -> None:
    """One tap is one change of the roster; the live state is the script's matter."""
    app.clientside_callback(  # type: ignore[no-untyped-call]  # dash is untyped here
        ClientsideFunction("own", "start"), Output("window-ready", "data"), Input("window-config", "data")
    )

    @app.callback(
        Output("window-body", "children"),
        Output("window-notice", "children"),
        Input({"type": "window-set", "kind": ALL, "reason": ALL, "substitute": ALL}, "n_clicks"),
        Input({"type": "window-end", "id": ALL}, "n_clicks"),
        Input("window-fresh", "n_intervals"),
        State("window-where", "data"),
        prevent_initial_call=True,
        running=[(Output("window-body", "className"), "own-body is-busy", "own-body")],
    )
    def tapped(sets: list[int], ends: list[int], beats: int | None, where: dict[str, str]) -> tuple[Any, Any]:
        what = ctx.triggered_id
        hall = office.hall(where["hall"])
        window = window_of(hall, where["window"]) if hall else None
        if hall is None or window is None or not ctx.triggered[0]["value"]:
            return no_update, no_update
        said = no_update if what == "window-fresh" else changed(office, hall.id, window.id, what)
        return layout(office, hall, window, visit()), said


def changed(office: Office, hall: str, window: str, what: Mapping[str, str]) -> Component:
    """Make the change that a button stands for; the sentence to show."""
    here = visit()
    try:
        if what["type"] == "window-end":
            ended = end(office, hall, what["id"], WINDOW)
            return notice(here.say("own.ended", what=kind_name(ended.kind, here.language)), False)
        entry = declare(office, hall, window, Arrangement(what["kind"]), what["reason"], what["substitute"])
    except Refused as refused:
        return notice(refused.en if here.language == "en" else refused.zh, True)
    return notice(here.say("own.set", what=kind_name(entry.kind, here.language)), False)
