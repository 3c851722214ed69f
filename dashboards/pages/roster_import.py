"""岗位安排 from a file: a dry run that shows every difference and every bad row, then all of it or nothing."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboards import arranging
from dashboards.arranging import kind_name, reason_name, span
from dashboards.forms import notice
from dashboards.frame import glyph
from dashboards.office import Office
from dashboards.places import hall_name, place_name
from dashboards.roster_files import LARGEST, rows
from dashboards.roster_rows import COLUMNS, Flaw, entry_of, follow
from dashboards.visit import Visit, visit
from monitor.adapters import roster_records
from monitor.roster import Entry, Refused
from monitor.terms import Term

SHOWN = 200
"""Lines of a dry run."""

Plan = list[tuple[int, Entry]]
"""Row numbers and entries, as the next versions of what is on record."""


def import_sheet(visit: Visit) -> Component:
    """Templates, a file or pasted lines, the dry run, and the button that applies it."""
    say = visit.say
    return html.Section(
        [
            html.H2(say("import.title")),
            html.P(
                [
                    say("import.template"),
                    html.A("CSV", href="/roster/template.csv", className="link", download="roster.csv"),
                    html.A("Excel", href="/roster/template.xlsx", className="link", download="roster.xlsx"),
                ],
                className="import-templates",
            ),
            dcc.Upload(
                [glyph("clipboard-text"), html.Span(say("import.choose"), id="import-name")],
                id="import-file",
                className="import-file",
                max_size=LARGEST,
                accept=".csv,.txt,.xlsx",
            ),
            dcc.Textarea(id="import-text", className="writing", placeholder=say("import.paste"), rows=3, value=""),
            html.Div(
                [
                    html.Button(say("import.try"), id="import-try", className="action", n_clicks=0),
                    html.Button(
                        say("import.apply"), id="import-apply", className="action is-main", disabled=True, n_clicks=0
                    ),
                ],
                className="actions",
            ),
            html.Div(id="import-told"),
        ],
        className="sheet",
    )


def register_import(app: Dash, office: Office) -> None:
    """Dry run and application over the same reading of the same file."""

    @app.callback(
        Output("import-told", "children"),
        Output("import-apply", "disabled"),
        Output("import-name", "children"),
        Output("roster-fresh", "n_intervals"),
        Input("import-file", "contents"),
        Input("import-try", "n_clicks"),
        Input("import-apply", "n_clicks"),
        State("import-file", "filename"),
        State("import-text", "value"),
        State("roster-fresh", "n_intervals"),
        prevent_initial_call=True,
    )
    def imported(
        file: str | None, tries: int, applies: int, name: str | None, text: str | None, beats: int | None
    ) -> tuple[Any, Any, Any, Any]:
        here = visit()
        if ctx.triggered_id is None or not ctx.triggered[0]["value"]:
            return no_update, no_update, no_update, no_update
        shown = (name or "")[:60] if file else here.say("import.choose")
        apply = ctx.triggered_id == "import-apply"
        try:
            content = (text or "").strip().encode() or unpacked(file)
            plan, flaws = planned(office, content)
            told = run(office, plan, flaws, apply=apply)
        except Refused as refused:
            return notice(refused.en if here.language == "en" else refused.zh, True), True, shown, no_update
        good = not told.flaws
        drawn = report(office, told, here, applied=apply and good)
        return drawn, apply or not good or not told.differs, shown, (beats or 0) + 1 if apply and good else no_update


def unpacked(data_url: str | None) -> bytes:
    """The content of an uploaded file; nothing if there is none."""
    try:
        return b64decode((data_url or "").partition(",")[2], validate=True)
    except NotBase64:
        return b""


class Told:
    """What a run over a file says."""

    def __init__(self, plan: Plan, flaws: Sequence[Flaw], held: Sequence[Entry | None], new: Sequence[bool]) -> None:
        self.plan, self.flaws, self.held, self.new = plan, flaws, held, new

    @property
    def differs(self) -> int:
        """How many rows are not on record yet."""
        return sum(self.new)


def planned(office: Office, content: bytes) -> tuple[Plan, list[Flaw]]:
    """The rows of a file as entries, and those that cannot be read. Raises Refused."""
    plan: Plan = []
    flaws: list[Flaw] = []
    first: dict[str, int] = {}
    for number, cells in rows(content):
        entry = entry_of(number, cells, office.settings)
        if isinstance(entry, Flaw):
            flaws.append(entry)
        elif entry.id in first:
            flaws.append(Flaw(number, "", arranging.sentence("roster.flaw.twice", row=str(first[entry.id]))))
        else:
            first[entry.id] = number
            plan.append((number, entry))
    followed = follow([entry for _, entry in plan], lambda id: roster_records.find(office.engine, id))
    return [(number, entry) for (number, _), entry in zip(plan, followed, strict=True)], flaws


def run(office: Office, plan: Plan, flaws: list[Flaw], *, apply: bool) -> Told:
    """Try everything, and record it if `apply` and nothing is wrong."""
    held = [roster_records.find(office.engine, entry.id) for _, entry in plan]
    outcome = arranging.record_all(office, [entry for _, entry in plan], dry=not apply or bool(flaws))
    wrong = [
        Flaw(number, one.field, Term(one.zh, one.en))
        for (number, _), one in zip(plan, outcome, strict=True)
        if isinstance(one, Refused)
    ]
    return Told(plan, sorted([*flaws, *wrong], key=lambda flaw: flaw.row), held, [one is True for one in outcome])


def report(office: Office, told: Told, visit: Visit, *, applied: bool) -> list[Component]:
    """One sentence, the bad rows, and the differences."""
    say, tongue = visit.say, visit.language
    same = len(told.plan) - told.differs
    if told.flaws:
        head = notice(say("import.wrong", n=len(told.flaws)), True)
    elif applied:
        head = notice(say("import.applied", n=told.differs, same=same), False)
    else:
        head = notice(say("import.differs" if told.differs else "import.same", n=told.differs, same=same), False)
    flaws = [
        html.Tr(
            [
                html.Td(say("import.row", n=flaw.row)),
                html.Td(say(f"roster.column.{flaw.column}") if flaw.column in COLUMNS else "—"),
                html.Td(flaw.why.en if tongue == "en" else flaw.why.zh, className="import-why"),
            ]
        )
        for flaw in told.flaws[:SHOWN]
    ]
    lines = [
        _difference(number, entry, held, office, visit)
        for (number, entry), held, new in zip(told.plan, told.held, told.new, strict=True)
        if new
    ]
    parts: list[Component] = [head]
    if flaws:
        parts.append(html.Div(html.Table(html.Tbody(flaws), className="list-flaws"), className="import-list"))
    elif lines:
        parts.append(html.Div(html.Table(html.Tbody(lines[:SHOWN]), className="list-plan"), className="import-list"))
    if max(len(told.flaws), len(lines)) > SHOWN:
        parts.append(html.P(say("import.more", n=max(len(told.flaws), len(lines)) - SHOWN), className="roster-usual"))
    return parts


def _difference(number: int, entry: Entry, held: Entry | None, office: Office, visit: Visit) -> Component:
    say, tongue = visit.say, visit.language
    hall = hall_name(office.settings, entry.hall, tongue)
    place = place_name(office.settings, entry.hall, entry.window, tongue)
    what = " · ".join(p for p in (kind_name(entry.kind, tongue), reason_name(entry.reason, tongue)) if p)
    was = html.Del(span(held, say)) if held is not None and held.until != entry.until else None
    kind = "changed" if held else "new"
    return html.Tr(
        [
            html.Td(say("import.row", n=number)),
            html.Td(say(f"import.{kind}"), className=f"import-{kind}"),
            html.Td([html.B(f"{hall} {place}"), html.Div([f"{what} · ", was, " ", span(entry, say)])]),
        ]
    )
