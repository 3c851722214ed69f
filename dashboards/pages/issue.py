"""One issue: what was found, its history, and the next move."""

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboards.addresses import alert_address, picture_address
from dashboards.forms import field, notice, photo, register_photo, stored, writing
from dashboards.frame import facts_table, glyph, light_page, post_name, status_chip
from dashboards.office import RESPONSIBLE, SUPERVISOR, Office
from dashboards.places import area_name, hall_name, place_name
from dashboards.times import moment
from dashboards.visit import Visit, visit
from dashboards.words import Say, say_term
from monitor.adapters import alert_records, issue_records
from monitor.adapters.photographs import PhotographRefused
from monitor.categories import CATEGORIES, SEVERITIES, SOURCES
from monitor.issues import ACTIONS, MOVES, Action, Issue, Move, MoveRefused

FIELDS = {
    Action.DISPATCH: ("unit",),
    Action.SUBMIT: ("reason", "photo"),
    Action.RETURN: ("reason",),
    Action.CLOSE: (),
}
"""What the form asks for, by move."""
MAIN = (Action.DISPATCH, Action.SUBMIT, Action.CLOSE)
"""Moves that lead onwards."""


def show(office: Office, visit: Visit) -> Component:
    """The page of one issue, by ?number=."""
    number = visit.query.get("number", "")
    found = issue_records.issue(office.engine, number)
    if found is None:
        body: Any = html.P(visit.say("issue.none"), className="page-none")
    else:
        body = html.Div(layout(*found, office, visit), id="issue-body")
    return light_page("issues", office.settings, visit, [dcc.Store(id="issue-number", data=number), body])


def layout(issue: Issue, history: tuple[Move, ...], office: Office, visit: Visit) -> list[Component]:
    """Title, facts and next move at the left, history at the right."""
    say, tongue = visit.say, visit.language
    return [
        dcc.Store(id="issue-version", data=issue.version),
        html.Div(
            [
                html.A([glyph("chevron-left"), say("nav.issues")], href="/issues", className="back"),
                html.H2(issue.number, className="page-title"),
                status_chip(issue.status, tongue),
            ],
            className="issue-head",
        ),
        html.Div(
            [
                html.Div(
                    [
                        html.Section(
                            [html.P(issue.text, className="issue-text"), facts_table(facts(issue, office, visit))],
                            className="sheet",
                        ),
                        next_move(issue, say, tongue),
                    ],
                    className="issue-left",
                ),
                html.Section(
                    [
                        html.H2(say("issue.history")),
                        html.Ol([step(move, say, tongue) for move in history], className="history"),
                        *evidence(issue, office, say),
                    ],
                    className="sheet",
                ),
            ],
            className="issue-columns",
        ),
    ]


def facts(issue: Issue, office: Office, visit: Visit) -> list[tuple[str, Any]]:
    """The ledger's columns of one issue."""
    say, tongue = visit.say, visit.language
    place = place_name(office.settings, issue.hall, issue.place, tongue) if issue.place else say("issue.whole_hall")
    rows: list[tuple[str, Any]] = [
        (say("column.found"), moment(issue.registered_at)),
        (say("column.source"), say_term(SOURCES[issue.source], tongue)),
        (say("column.area"), area_name(office.settings, issue.hall, tongue)),
        (say("column.hall"), hall_name(office.settings, issue.hall, tongue)),
        (say("column.place"), place),
        (say("column.category"), f"{issue.category} {say_term(CATEGORIES[issue.category], tongue)}"),
        (say("column.severity"), f"{issue.severity} {say_term(SEVERITIES[issue.severity], tongue)}"),
        (say("column.unit"), issue.unit or "—"),
    ]
    if issue.alert:
        rows.append(
            (say("issue.alert"), html.A(say("issue.open_alert"), href=alert_address(issue.alert), className="link"))
        )
    return rows


def next_move(issue: Issue, say: Say, tongue: str) -> Component:
    """The moves that are open now, with what each needs; nothing once the issue is closed."""
    actions = [action for status, action in MOVES if status is issue.status]
    asked = {name for action in actions for name in FIELDS[action]}
    reason = "measure" if Action.SUBMIT in actions else "returning"
    buttons = [
        html.Button(
            say_term(ACTIONS[action], tongue).capitalize(),
            id={"type": "issue-move", "action": str(action)},
            className="action is-main" if action in MAIN else "action",
            n_clicks=0,
        )
        for action in actions
    ]
    body = [
        html.H2(say("issue.next")),
        html.Div(id="issue-notice"),
        hidden(
            field(
                say("column.unit"),
                dcc.Input(
                    id="issue-unit", className="line-input", maxLength=100, value="", placeholder=say("issue.unit_hint")
                ),
            ),
            "unit" not in asked,
        ),
        hidden(
            field(say(f"issue.{reason}"), writing("issue-reason", say(f"hint.{reason}"), rows=3)), "reason" not in asked
        ),
        hidden(field(say("issue.after"), photo("issue-photo", say), needed=say("form.needed")), "photo" not in asked),
        html.Div(buttons, className="actions"),
    ]
    return html.Section(body, className="sheet", hidden=not actions)


def hidden(body: Component, yes: bool) -> Component:
    """A field that is there but not shown."""
    return html.Div(body, hidden=yes)


def step(move: Move, say: Say, tongue: str) -> Component:
    """One line of the history."""
    pictures = [
        html.A(html.Img(src=picture_address(one.file), alt=say("issue.photograph")), href=picture_address(one.file))
        for one in move.photographs
    ]
    words = " · ".join(part for part in (move.unit, move.reason) if part)
    return html.Li(
        [
            html.Div(
                [
                    html.B(say_term(ACTIONS[move.action], tongue).capitalize()),
                    html.Span(post_name(move.by, say)),
                    html.Time(moment(move.at)),
                ],
                className="step-head",
            ),
            html.P(words, hidden=not words),
            html.Div(pictures, className="photographs", hidden=not pictures),
        ],
        className=f"step step-{move.action}",
    )


def evidence(issue: Issue, office: Office, say: Say) -> list[Component]:
    """The stills of the alert that the issue came from."""
    record = alert_records.alert(office.engine, issue.alert) if issue.alert else None
    if record is None or not record.stills:
        return []
    pictures = [
        html.Figure(
            [
                html.A(html.Img(src=picture_address(still.file), alt=""), href=picture_address(still.file)),
                html.Figcaption(f"{say(f'still.{still.moment}')} {moment(still.at)}"),
            ]
        )
        for still in record.stills
    ]
    return [html.H2(say("issue.stills")), html.Div(pictures, className="photographs")]


def register(app: Dash, office: Office) -> None:
    """Makes the move of whichever button was pressed."""
    register_photo(app, "issue-photo")

    @app.callback(
        Output("issue-body", "children"),
        Output("issue-notice", "children"),
        Input({"type": "issue-move", "action": ALL}, "n_clicks"),
        State("issue-number", "data"),
        State("issue-version", "data"),
        State("issue-unit", "value"),
        State("issue-reason", "value"),
        State("issue-photo", "data"),
        prevent_initial_call=True,
        running=[(Output("issue-body", "className"), "is-busy", "")],
    )
    def moved(
        clicks: list[int], number: str, version: int, unit: str | None, reason: str | None, picture: str | None
    ) -> tuple[Any, Any]:
        if not any(clicks):
            return no_update, no_update
        action = Action(ctx.triggered_id["action"])
        try:
            made(office, number, action, version, unit or "", reason or "", picture)
        except (MoveRefused, PhotographRefused) as refused:
            return no_update, notice(refused.en if visit().language == "en" else refused.zh, True)
        found = issue_records.issue(office.engine, number)
        return (layout(*found, office, visit(f"number={number}")) if found else no_update), no_update


def made(
    office: Office, number: str, action: Action, version: int, unit: str, reason: str, picture: str | None
) -> Issue:
    """The issue after the move. Raises MoveRefused, PhotographRefused."""
    needs_photo = "photo" in FIELDS[action]
    moved = issue_records.apply(
        office.engine,
        number,
        action,
        RESPONSIBLE if action is Action.SUBMIT else SUPERVISOR,
        office.clock(),
        expected_version=version,
        unit=unit,
        reason=reason,
        photographs=stored(office.evidence, picture) if needs_photo else (),
    )
    office.changed()
    return moved
