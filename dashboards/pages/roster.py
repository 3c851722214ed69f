"""岗位安排: what is arranged for the windows of a hall on a day, entered, ended, withdrawn, and read from a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboards import arranging
from dashboards.arranging import ANYONE, kind_name, reason_name, span, standing
from dashboards.forms import choice, field, notice, picker
from dashboards.frame import glyph, light_page, post_name
from dashboards.office import APPROVERS, DIRECTOR, Office
from dashboards.pages.roster_import import import_sheet, register_import
from dashboards.places import named
from dashboards.roster_files import refusal
from dashboards.roster_rows import moment_of
from dashboards.times import clock, moment
from dashboards.visit import Visit, visit
from dashboards.words import Say
from monitor.adapters import roster_records
from monitor.calendar import today
from monitor.places import Hall, Segment
from monitor.roster import REASONS, TAKES_OVER, YEARS, Arrangement, Entry, Refused
from monitor.roster import in_force as newest

ENTERED = (
    Arrangement.LEAVE,
    Arrangement.OPEN,
    Arrangement.CLOSED,
    Arrangement.SIGN_OUT,
    Arrangement.COVER,
    Arrangement.BACK_OFFICE,
)
"""What the form enters; pauses are a window's own matter, and approved with one tap."""
PAUSED = ("PAUSED_OK", "PAUSED_OVER")
WHOLE = "whole"


def show(office: Office, visit: Visit) -> Component:
    """The page of one hall on one day, by ?hall= and ?day=."""
    say = visit.say
    if not office.settings.halls:
        return light_page("roster", office.settings, visit, [html.P(say("page.none"), className="page-none")])
    hall = office.hall(visit.query.get("hall", "")) or office.settings.halls[0]
    day = day_of(visit.query.get("day", ""), office)
    halls = {one.id: named(one, visit.language) for one in office.settings.halls}
    body = [
        html.Div(
            [
                html.H2(say("roster.title"), className="page-title"),
                picker("roster-hall", halls, say, value=hall.id),
                _days(hall.id, day, say),
            ],
            className="roster-head",
        ),
        dcc.Store(id="roster-day", data=day.isoformat()),
        html.Div(
            [
                html.Div(
                    [
                        html.Div(listing(office, hall, day, visit), id="roster-listing"),
                        html.Div(id="roster-history"),
                    ],
                    className="roster-main",
                ),
                html.Div(
                    [
                        html.Div(paused(office, hall, visit), id="roster-paused"),
                        form(hall, day, visit),
                        import_sheet(visit),
                    ],
                    className="roster-side",
                ),
            ],
            className="roster-columns",
        ),
        dcc.Interval(id="roster-fresh", interval=20_000),
    ]
    return light_page("roster", office.settings, visit, body)


def day_of(text: str, office: Office) -> date:
    """A day as asked for, or today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today(office.clock())
    return day if day.year in YEARS else today(office.clock())


def address(hall: str, day: date) -> str:
    """The page of a hall on a day."""
    return f"/roster?hall={hall}&day={day.isoformat()}"


def _days(hall: str, day: date, say: Say) -> Component:
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    return html.Div(
        [
            dcc.Link(glyph("chevron-left"), href=address(hall, before), className="action", title=str(before)),
            dcc.Input(id="roster-date", className="line-input", value=day.isoformat(), debounce=True, maxLength=10),
            dcc.Link(glyph("chevron-right"), href=address(hall, after), className="action", title=str(after)),
        ],
        className="roster-days",
    )


# --- what is arranged -------------------------------------------------------------------------------------------------


def listing(office: Office, hall: Hall, day: date, visit: Visit, said: Component | None = None) -> list[Component]:
    """Every window with what is arranged for it; `said`: what came of the last act."""
    say, now = visit.say, office.clock()
    entries = arranging.of_day(office, hall.id, day)
    heads = ("window", "kind", "time", "reason", "substitute", "by", "standing", "act")
    body: list[Component] = []
    for window in hall.windows:
        own = [one for one in entries if one.window == window.id]
        name = html.Td(
            html.A(named(window, visit.language), href=f"/window?hall={hall.id}&window={window.id}", className="link"),
            rowSpan=max(1, len(own)),
            className="col-window",
        )
        if not own:
            usual = say("roster.usual.closed" if window.closed else "roster.usual")
            body.append(html.Tr([name, html.Td(usual, colSpan=len(heads) - 1, className="roster-usual")]))
        for number, entry in enumerate(own):
            cells = _cells(entry, hall, now, visit)
            body.append(html.Tr([*([name] if number == 0 else []), *cells], className=f"is-{standing(entry, now)}"))
    head = html.Thead(html.Tr([html.Th(say(f"roster.head.{one}")) for one in heads]))
    return [
        html.Div(said),
        html.Section(html.Table([head, html.Tbody(body)], className="list-roster"), className="sheet ledger"),
    ]


def _cells(entry: Entry, hall: Hall, now: datetime, visit: Visit) -> list[Component]:
    say, tongue, state = visit.say, visit.language, standing(entry, now)
    acts = [("history", say("roster.history"))]
    if state in ("now", "planned"):
        acts += [("end", say("roster.end"))] if state == "now" else []
        acts += [("withdraw", say("roster.withdraw"))]
    buttons = [
        html.Button(text, id={"type": "roster-act", "act": act, "id": entry.id}, className="small-act", n_clicks=0)
        for act, text in acts
    ]
    return [
        html.Td(html.Span(kind_name(entry.kind, tongue), className=f"kind kind-{entry.kind}")),
        html.Td(span(entry, say)),
        html.Td(reason_name(entry.reason, tongue) or "—"),
        html.Td(substitute(entry, hall, visit)),
        html.Td(post_name(entry.by, say)),
        html.Td(html.Span(say(f"roster.standing.{state}"), className=f"status standing-{state}")),
        html.Td(html.Div(buttons, className="small-acts")),
    ]


def substitute(entry: Entry, hall: Hall, visit: Visit) -> str:
    """Who takes over."""
    if entry.substitute == ANYONE:
        return visit.say("own.comes_here")
    if not entry.substitute:
        return visit.say("own.nobody") if entry.kind in TAKES_OVER else "—"
    return next((named(one, visit.language) for one in hall.windows if one.id == entry.substitute), entry.substitute)


def history(office: Office, id: str, hall: Hall, visit: Visit) -> Component:
    """Every version of one entry, the newest first."""
    say = visit.say
    versions = roster_records.history(office.engine, id)
    if not versions:
        return html.Div()
    lines = [
        html.Li(
            [
                html.Div(
                    [
                        html.B(say("roster.withdrawn" if one.withdrawn else "roster.version", n=one.version)),
                        html.Span(post_name(one.by, say)),
                        html.Time(moment(at)),
                    ],
                    className="step-head",
                ),
                html.P(
                    " · ".join(
                        part
                        for part in (
                            kind_name(one.kind, visit.language),
                            span(one, say),
                            reason_name(one.reason, visit.language),
                            substitute(one, hall, visit) if one.substitute else "",
                        )
                        if part
                    )
                ),
            ],
            className="step",
        )
        for one, at in reversed(versions)
    ]
    place = next((named(one, visit.language) for one in hall.windows if one.id == versions[-1][0].window), "")
    return html.Section(
        [html.H2(f"{say('roster.history')} · {place}"), html.Ol(lines, className="history")], className="sheet"
    )


# --- pauses that run --------------------------------------------------------------------------------------------------


def pauses(office: Office, hall: Hall) -> dict[str, tuple[datetime, str]]:
    """By window: since when it pauses and why, from its own page and from what its hall tells now."""
    now = office.clock()
    entries = arranging.of_day(office, hall.id, today(now))
    found = {one.window: (one.since, one.reason) for one in entries if one.kind is Arrangement.PAUSE and one.holds(now)}
    message = office.messages().get(hall.id)
    if message is not None and abs(now - datetime.fromisoformat(message["at"])) <= office.stale_after:
        for window in message["windows"]:
            if window["state"] in PAUSED and window["since"]:
                found.setdefault(window["id"], (datetime.fromisoformat(window["since"]), window["reason"]))
    return {window.id: found[window.id] for window in hall.windows if window.id in found}


def paused(office: Office, hall: Hall, visit: Visit) -> Component:
    """The pauses that run now, each approved with one tap."""
    say, now = visit.say, office.clock()
    entries = arranging.of_day(office, hall.id, today(now))
    lines: list[Component] = []
    for window, (since, reason) in pauses(office, hall).items():
        own = [one for one in entries if one.window == window]
        approved = newest(own, now, Arrangement.APPROVED) is not None
        limit = arranging.pause_limits(office, hall.id, window)[approved]
        rest, shown = arranging.left(since, limit, now)
        words = say(
            "own.left" if rest >= timedelta(0) else "own.over", left=shown, limit=int(limit.total_seconds() // 60)
        )
        name = next(named(one, visit.language) for one in hall.windows if one.id == window)
        button = html.Button(
            say("roster.approved" if approved else "roster.approve"),
            id={"type": "roster-approve", "window": window, "since": since.isoformat()},
            className="action",
            disabled=approved,
            n_clicks=0,
        )
        facts = [html.B(name), html.Span(f"{reason_name(reason, visit.language)} · {clock(since)} · {words}")]
        over = "roster-pause is-over" if rest < timedelta(0) else "roster-pause"
        lines.append(html.Div([html.Div(facts), button], className=over))
    nothing = html.P(say("roster.no_pause"), className="roster-usual")
    return html.Section([html.H2(say("roster.paused")), *(lines or [nothing])], className="sheet")


# --- the form ---------------------------------------------------------------------------------------------------------


def form(hall: Hall, day: date, visit: Visit) -> Component:
    """Kind, windows, from when to when, why, who takes over, who approved."""
    say, tongue = visit.say, visit.language
    windows = [{"label": named(one, tongue), "value": one.id} for one in hall.windows]
    beside = {"": say("own.nobody"), ANYONE: say("own.comes_here")} | {
        one.id: named(one, tongue) for one in hall.windows
    }
    reasons = {"": say("roster.no_reason")} | {key: reason_name(key, tongue) for key in REASONS}
    several = dcc.Dropdown(
        id="roster-windows",
        className="picker",
        options=windows,
        multi=True,
        placeholder=say("form.choose"),
        labels={
            "search": say("form.search"),
            "no_options_found": say("form.nothing_found"),
            "clear_search": say("form.clear"),
            "select_all": say("roster.all"),
            "deselect_all": say("roster.none"),
        },
    )
    return html.Section(
        [
            html.H2(say("roster.enter")),
            field(
                say("roster.column.kind"), choice("roster-kind", {k: kind_name(k, tongue) for k in ENTERED}, ENTERED[0])
            ),
            field(say("roster.column.window"), several, needed=say("form.needed")),
            field(say("roster.head.time"), choice("roster-span", spans(hall, day, say), WHOLE)),
            html.Div(
                [
                    _line("roster-since", f"{day} 00:00", say("roster.column.since")),
                    _line("roster-until", f"{day} 24:00", say("roster.column.until")),
                ],
                className="roster-times",
            ),
            html.Div(
                field(say("roster.column.substitute"), picker("roster-substitute", beside, say, value="")),
                id="roster-substitute-field",
                className="field",
            ),
            field(say("roster.column.reason"), picker("roster-reason", reasons, say, value="")),
            field(
                say("roster.column.by"), choice("roster-by", {one: post_name(one, say) for one in APPROVERS}, DIRECTOR)
            ),
            html.Div(id="roster-form-notice"),
            html.Div(
                html.Button(say("roster.enter"), id="roster-enter", className="action is-main", n_clicks=0),
                className="actions",
            ),
        ],
        className="sheet",
    )


def _line(id: str, value: str, label: str) -> Component:
    return html.Label([html.Small(label), dcc.Input(id=id, className="line-input", value=value, maxLength=16)])


def spans(hall: Hall, day: date, say: Say) -> dict[str, str]:
    """The whole day, and the stretches of service of its weekday."""
    own = {
        str(n): f"{one.name} {one.start:%H:%M}–{_end(one)}"
        for n, one in enumerate(hall.segments)
        if day.isoweekday() in one.days
    }
    return {WHOLE: say("roster.whole_day")} | own


def _end(segment: Segment) -> str:
    return "24:00" if segment.end == time(0) else f"{segment.end:%H:%M}"


# --- callbacks --------------------------------------------------------------------------------------------------------


def register(app: Dash, office: Office) -> None:
    """The way between days and halls, the form, and the buttons of the table."""
    register_import(app, office)

    @app.callback(
        Output("url", "search", allow_duplicate=True),
        Input("roster-hall", "value"),
        Input("roster-date", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def chosen(hall: str, day: str, search: str) -> Any:
        query = visit(search).query
        shown = query.get("hall") or office.settings.halls[0].id, day_of(query.get("day", ""), office)
        wanted = hall, day_of(day or "", office)
        return no_update if wanted == shown else address(*wanted).partition("roster")[2]

    @app.callback(
        Output("roster-since", "value"),
        Output("roster-until", "value"),
        Input("roster-span", "value"),
        State("roster-hall", "value"),
        State("roster-day", "data"),
        prevent_initial_call=True,
    )
    def stretch(span: str, hall: str, day: str) -> tuple[str, str]:
        found = office.hall(hall)
        if span == WHOLE or found is None:
            return f"{day} 00:00", f"{day} 24:00"
        segment = found.segments[int(span)]
        return f"{day} {segment.start:%H:%M}", f"{day} {_end(segment)}"

    @app.callback(Output("roster-substitute-field", "hidden"), Input("roster-kind", "value"))
    def takes_over(kind: str) -> bool:
        return Arrangement(kind) not in TAKES_OVER

    @app.callback(
        Output("roster-listing", "children"),
        Output("roster-paused", "children"),
        Output("roster-form-notice", "children"),
        Output("roster-history", "children"),
        Input("roster-enter", "n_clicks"),
        Input({"type": "roster-act", "act": ALL, "id": ALL}, "n_clicks"),
        Input({"type": "roster-approve", "window": ALL, "since": ALL}, "n_clicks"),
        Input("roster-fresh", "n_intervals"),
        State("roster-hall", "value"),
        State("roster-day", "data"),
        State("roster-kind", "value"),
        State("roster-windows", "value"),
        State("roster-since", "value"),
        State("roster-until", "value"),
        State("roster-substitute", "value"),
        State("roster-reason", "value"),
        State("roster-by", "value"),
        prevent_initial_call=True,
        running=[(Output("roster-enter", "disabled"), True, False)],
    )
    def acted(
        entered: int, acts: list[int], approvals: list[int], beats: int | None, hall: str, day: str, *written: Any
    ) -> tuple[Any, Any, Any, Any]:
        what, here, found = ctx.triggered_id, visit(), office.hall(hall)
        if found is None or not ctx.triggered[0]["value"]:
            return no_update, no_update, no_update, no_update
        if isinstance(what, dict) and what.get("act") == "history":
            return no_update, no_update, no_update, history(office, what["id"], found, here)
        form_said = said(lambda: enter(office, found, *written), here) if what == "roster-enter" else no_update
        row_said = said(lambda: change(office, hall, what), here) if isinstance(what, dict) else None
        return (
            listing(office, found, date.fromisoformat(day), here, row_said),
            paused(office, found, here),
            form_said,
            [],
        )


def said(act: Callable[[], str], visit: Visit) -> Component:
    """What an act says when it is done, or why it was refused."""
    try:
        return notice(visit.say(act()), False)
    except Refused as refused:
        return notice(refused.en if visit.language == "en" else refused.zh, True)


def change(office: Office, hall: str, what: Mapping[str, str]) -> str:
    """End, withdraw or approve, whichever button it was; the key of what to say. Raises Refused."""
    if what["type"] == "roster-approve":
        arranging.approve(office, hall, what["window"], datetime.fromisoformat(what["since"]))
        return "roster.done.approve"
    act = {"end": arranging.end, "withdraw": arranging.withdraw}[what["act"]]
    act(office, hall, what["id"], DIRECTOR)
    return f"roster.done.{what['act']}"


def enter(
    office: Office,
    hall: Hall,
    kind: str,
    windows: Sequence[str] | None,
    since: str | None,
    until: str | None,
    substitute: str | None,
    reason: str | None,
    by: str,
) -> str:
    """One entry for each window that was chosen, all or none; the key of what to say. Raises Refused."""
    begins, ends = moment_of(since, "since"), moment_of(until, "until", ends=True)
    if not windows or begins is None:
        raise refusal("roster.lacking")
    kind_of = Arrangement(kind)
    first = Entry(
        id=uuid4().hex,
        hall=hall.id,
        window="",
        kind=kind_of,
        since=begins,
        until=ends,
        reason=reason or "",
        substitute=(substitute or "") if kind_of in TAKES_OVER else "",
        by=by,
    )
    told = arranging.record_all(office, [replace(first, id=uuid4().hex, window=window) for window in windows])
    for one in told:
        if isinstance(one, Refused):
            raise one
    return "roster.done.enter"
