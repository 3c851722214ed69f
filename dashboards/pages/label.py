"""盲标: one drawn picture at a time, without what the machine said, and three answers."""

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboards.addresses import picture_address
from dashboards.frame import light_page
from dashboards.office import SUPERVISOR, Office
from dashboards.places import hall_name, place_name
from dashboards.visit import Visit, visit
from monitor.adapters import judging_records
from monitor.adapters.judging_records import LABELS


def show(office: Office, visit: Visit) -> Component:
    """The page with the next picture."""
    body: list[Component] = [html.Div(layout(office, visit), id="label-body", className="label-body")]
    return light_page("quality", office.settings, visit, body)


def layout(office: Office, visit: Visit) -> list[Component]:
    """The next picture, the question and the answers; or that everything is done."""
    say, tongue = visit.say, visit.language
    since = office.clock() - judging_records.OFFERED
    sample = judging_records.next_sample(office.engine, since)
    left = judging_records.waiting(office.engine, since)
    head = html.Div(
        [html.H2(say("label.title"), className="page-title"), html.Span(say("label.left", n=left))],
        className="ledger-head",
    )
    if sample is None:
        return [head, dcc.Store(id="label-sample", data=0), html.P(say("label.none"), className="nothing")]
    place = f"{hall_name(office.settings, sample.hall, tongue)} · " + place_name(
        office.settings, sample.hall, sample.window, tongue
    )
    buttons = [
        html.Button(say(f"label.{said}"), id={"type": "label-say", "said": said}, className="action", n_clicks=0)
        for said in LABELS
    ]
    return [
        head,
        dcc.Store(id="label-sample", data=sample.id),
        html.Section(
            [
                html.Img(src=picture_address(sample.file), alt=place, className="label-picture"),
                html.P(say("label.question", place=place)),
                html.Div(buttons, className="actions"),
            ],
            className="sheet label-sheet",
        ),
    ]


def register(app: Dash, office: Office) -> None:
    """Records what was seen, and shows the next."""

    @app.callback(
        Output("label-body", "children"),
        Input({"type": "label-say", "said": ALL}, "n_clicks"),
        State("label-sample", "data"),
        prevent_initial_call=True,
    )
    def said(clicks: list[int], sample: int) -> Any:
        if not any(clicks) or not sample:
            return no_update
        judging_records.label(office.engine, sample, ctx.triggered_id["said"], SUPERVISOR, office.clock())
        return layout(office, visit())
