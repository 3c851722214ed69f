"""现场登记: the form an inspector fills on the phone, standing in the hall."""

from typing import Any
from uuid import UUID, uuid4

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboards.addresses import issue_address
from dashboards.forms import choice, field, notice, photo, picker, register_photo, severities, stored, writing
from dashboards.frame import glyph, light_page
from dashboards.office import INSPECTOR, Office
from dashboards.places import named
from dashboards.visit import Visit, visit
from dashboards.words import WORDS, Say, say_term
from monitor.adapters import issue_records
from monitor.adapters.photographs import PhotographRefused
from monitor.categories import GROUPS, OFFERED, Severity, Source
from monitor.issues import Issue, IssueDraft, MoveRefused
from monitor.terms import Term

WHOLE_HALL = "-"
"""The value that stands for the hall as a whole."""


def show(office: Office, visit: Visit) -> Component:
    """The form, empty."""
    return html.Div(
        light_page("patrol", office.settings, visit, [html.Div(layout(office, visit), id="patrol-body")]),
        className="patrol",
    )


def layout(office: Office, visit: Visit) -> list[Component]:
    """Where, what, how bad, in words, in a picture; sent by one button that stays in reach."""
    say, tongue = visit.say, visit.language
    halls = {hall.id: named(hall, tongue) for hall in office.settings.halls}
    only = next(iter(halls)) if len(halls) == 1 else None
    needed = say("form.needed")
    return [
        dcc.Store(id="patrol-idempotency", data=uuid4().hex),
        html.H2(say("patrol.title"), className="page-title"),
        html.Section(
            [
                field(say("column.hall"), picker("patrol-hall", halls, say, value=only), needed=needed),
                field(
                    say("column.place"),
                    picker("patrol-place", {WHOLE_HALL: say("issue.whole_hall")}, say, value=WHOLE_HALL),
                ),
            ],
            className="sheet",
        ),
        html.Section(
            [
                field(say("column.category"), choice("patrol-group", groups(tongue), "A"), needed=needed),
                choice("patrol-category", categories("A", tongue)),
            ],
            className="sheet",
        ),
        html.Section(
            field(say("column.severity"), choice("patrol-severity", severities(tongue), Severity.C)), className="sheet"
        ),
        html.Section(field(say("patrol.photo"), photo("patrol-photo", say), needed=needed), className="sheet"),
        html.Section(
            field(say("column.text"), writing("patrol-text", say("patrol.text_hint")), needed=needed), className="sheet"
        ),
        html.Div(
            [
                html.Div(id="patrol-notice"),
                html.Button(
                    [glyph("send"), say("patrol.submit")], id="patrol-submit", className="action is-main", n_clicks=0
                ),
            ],
            className="sticky",
        ),
    ]


def groups(tongue: str) -> dict[str, str]:
    """The groups of categories that have one on offer."""
    return {letter: say_term(term, tongue) for letter, term in GROUPS.items() if categories(letter, tongue)}


def categories(group: str, tongue: str) -> dict[str, str]:
    """The categories on offer in a group."""
    return {code: say_term(term, tongue) for code, term in OFFERED.items() if code.startswith(group)}


def done(issue: Issue, say: Say) -> list[Component]:
    """What is shown once the issue is on record."""
    return [
        html.Div(
            [
                glyph("circle-check"),
                html.P(say("patrol.done")),
                html.B(issue.number, id="patrol-number"),
                html.A(say("patrol.look"), href=issue_address(issue.number), className="action"),
                html.A(say("patrol.next"), href="/patrol", className="action is-main"),
            ],
            className="sheet patrol-done",
        )
    ]


def register(app: Dash, office: Office) -> None:
    """Windows of the hall, categories of the group, and the registration."""
    register_photo(app, "patrol-photo")

    @app.callback(Output("patrol-place", "options"), Output("patrol-place", "value"), Input("patrol-hall", "value"))
    def places(hall: str | None) -> tuple[list[dict[str, str]], str]:
        say, tongue = visit().say, visit().language
        found = office.hall(hall or "")
        windows = [{"label": named(window, tongue), "value": window.id} for window in found.windows] if found else []
        return [{"label": say("issue.whole_hall"), "value": WHOLE_HALL}, *windows], WHOLE_HALL

    @app.callback(
        Output("patrol-category", "options"), Output("patrol-category", "value"), Input("patrol-group", "value")
    )
    def of_group(group: str) -> tuple[list[dict[str, str]], None]:
        return [{"label": name, "value": code} for code, name in categories(group, visit().language).items()], None

    @app.callback(
        Output("patrol-body", "children"),
        Output("patrol-notice", "children"),
        Input("patrol-submit", "n_clicks"),
        State("patrol-idempotency", "data"),
        State("patrol-hall", "value"),
        State("patrol-place", "value"),
        State("patrol-category", "value"),
        State("patrol-severity", "value"),
        State("patrol-text", "value"),
        State("patrol-photo", "data"),
        prevent_initial_call=True,
        running=[(Output("patrol-submit", "disabled"), True, False)],
    )
    def submitted(clicks: int, key: str, *form: str | None) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        say, tongue = visit().say, visit().language
        wanting = lacking(*form, say=say)
        if wanting:
            return no_update, notice(wanting, True)
        try:
            return done(registered(office, key, *form), say), no_update
        except (MoveRefused, PhotographRefused) as refused:
            return no_update, notice(refused.en if tongue == "en" else refused.zh, True)


def lacking(
    hall: str | None,
    place: str | None,
    category: str | None,
    severity: str | None,
    text: str | None,
    picture: str | None,
    *,
    say: Say,
) -> str:
    """One sentence that names what is missing, or nothing."""
    given = (
        ("column.hall", hall),
        ("column.category", category),
        ("patrol.photo", picture),
        ("column.text", (text or "").strip()),
    )
    missing = [say(name) for name, value in given if not value]
    return say("form.lacking", what=say("form.and").join(missing)) if missing else ""


def registered(
    office: Office,
    key: str,
    hall: str | None,
    place: str | None,
    category: str | None,
    severity: str | None,
    text: str | None,
    picture: str | None,
) -> Issue:
    """The issue on record. Raises MoveRefused, PhotographRefused, OSError; ValueError on a key no form was given."""
    where = "" if place in (None, WHOLE_HALL) else str(place)
    must_be_there(office, str(hall), where)
    draft = IssueDraft(
        idempotency=f"patrol:{UUID(str(key)).hex}",
        hall=str(hall),
        place=where,
        category=category or "",
        severity=Severity(severity or Severity.C),
        source=Source.PATROL,
        text=text or "",
        by=INSPECTOR,
        at=office.clock(),
        photographs=stored(office.evidence, picture),
    )
    issue = issue_records.register(office.engine, draft)
    office.changed()
    return issue


def must_be_there(office: Office, hall: str, place: str) -> None:
    """Raises MoveRefused unless the hall, and the window if one is named, are configured."""
    found = office.hall(hall)
    if found is None or (place and place not in {window.id for window in found.windows}):
        there, none = Term(*WORDS["place.configured"]), Term(*WORDS["place.none"])
        raise MoveRefused(f"{hall} {place}"[:64].strip(), there, none)
