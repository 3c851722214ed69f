"""“不是人”: where something keeps being taken for a person, and what a person decides about it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ALL, Dash, Input, Output, ctx, html, no_update
from dash.development.base_component import Component

from dashboards.addresses import alert_address, picture_address
from dashboards.forms import notice
from dashboards.frame import post_name
from dashboards.office import SUPERVISOR, Office
from dashboards.places import hall_name, place_name
from dashboards.times import moment
from dashboards.visit import Visit, visit
from monitor.adapters import mistaken_records
from monitor.adapters.alert_records import AlertRecord
from monitor.adapters.mistaken_records import Decision
from monitor.alerts import Moment, Still
from monitor.mistaken import REPEATED, Box, Mistake, alike, mistakes
from monitor.verdicts import VerdictKind

NEWEST = 20
"""So many alerts of one place are compared."""
Shown = tuple[AlertRecord, Still]
"""An alert that was false because of 不是人, with its still of the threshold."""


def section(
    office: Office, records: Sequence[AlertRecord], visit: Visit, said: Component | None = None
) -> list[Component]:
    """What is proposed, what could not be placed, and what is left out; `said`: what came of the last act."""
    say, tongue = visit.say, visit.language
    standing = mistaken_records.decisions(office.engine, [hall.id for hall in office.settings.halls])
    again = _again(records)
    rows = [row for place, own in again.items() for row in _place(office, place, own, standing, visit)]
    left_out = [
        html.Tr(
            [
                html.Td(f"{hall_name(office.settings, one.hall, tongue)} · {one.camera}"),
                html.Td(say("mistaken.by", by=post_name(one.by, say), at=moment(one.at))),
                html.Td(_button(one.hall, one.camera, one.box, False, say("mistaken.back"))),
            ]
        )
        for one in standing
        if one.accepted
    ]
    parts: list[Component] = [html.H3(say("quality.proposals")), html.Div(said)]
    parts.append(html.P(say("quality.proposals.how", n=REPEATED), className="quality-how"))
    if rows:
        parts.append(html.Table(html.Tbody(rows), className="list-mistaken"))
    else:
        parts.append(html.P(say("quality.proposals.none"), className="nothing"))
    if left_out:
        parts += [html.H3(say("mistaken.left_out")), html.Table(html.Tbody(left_out))]
    return parts


def _again(records: Sequence[AlertRecord]) -> dict[tuple[str, str], list[AlertRecord]]:
    """False alerts because of 不是人, by hall and place, where there are enough of them."""
    again: dict[tuple[str, str], list[AlertRecord]] = {}
    for one in records:
        if one.verdict is not None and one.verdict.kind is VerdictKind.FALSE and one.verdict.reason == "not-person":
            again.setdefault((one.alert.hall, one.alert.place), []).append(one)
    return {place: own for place, own in again.items() if len(own) >= REPEATED}


def _place(
    office: Office,
    where: tuple[str, str],
    own: Sequence[AlertRecord],
    standing: Sequence[Decision],
    visit: Visit,
) -> list[Component]:
    """One row for each thing that false alerts have in common and that nobody has decided about, or one without."""
    say, tongue = visit.say, visit.language
    hall, place = where
    name = f"{hall_name(office.settings, hall, tongue)} · {place_name(office.settings, hall, place, tongue)}"
    by_camera: dict[str, list[Shown]] = {}
    for record in own[:NEWEST]:
        for still in record.stills:
            if still.moment is Moment.THRESHOLD and still.people:
                by_camera.setdefault(still.camera, []).append((record, still))
    rows: list[Component] = []
    found = 0
    for camera, shown in by_camera.items():
        for mistake in mistakes({record.alert.key: still.people for record, still in shown}):
            found += 1
            if any(one.camera == camera and alike(one.box, mistake.box) for one in standing):
                continue
            stills = {record.alert.key: still for record, still in shown}
            acts = [
                _button(hall, camera, mistake.box, True, say("mistaken.accept")),
                _button(hall, camera, mistake.box, False, say("mistaken.keep")),
            ]
            cells = [
                html.Td([html.B(name), html.Div(camera), _links(mistake.alerts)]),
                html.Td(_sketch(mistake, stills)),
                html.Td(html.Div(acts, className="actions")),
            ]
            rows.append(html.Tr(cells))
    if found:
        return rows
    keys = [record.alert.key for record in own]
    return [html.Tr([html.Td([html.B(name), _links(keys)]), html.Td(say("mistaken.nowhere"), colSpan=2)])]


def _links(keys: Sequence[str]) -> Component:
    return html.Div(
        [html.A(str(number), href=alert_address(key), className="link") for number, key in enumerate(keys, 1)],
        className="numbered",
    )


def _sketch(mistake: Mistake, stills: Mapping[str, Still]) -> Component:
    """The masked still of the newest of the alerts, with the box."""
    still = max((stills[key] for key in mistake.alerts), key=lambda one: one.at)
    left, top, right, bottom = mistake.box
    frame = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    box = html.I(className="sketch-box", style={side: f"{thousandths / 10:g}%" for side, thousandths in frame.items()})
    return html.Div([html.Img(src=picture_address(still.file), alt=""), box], className="sketch")


def _button(hall: str, camera: str, box: Box, accepted: bool, text: str) -> Component:
    which = {"type": "quality-place", "hall": hall, "camera": camera, "box": ",".join(map(str, box))}
    return html.Button(text, id=which | {"accepted": "yes" if accepted else "no"}, className="action", n_clicks=0)


def decide(office: Office, hall: str, camera: str, box: str, accepted: bool) -> tuple[str, bool]:
    """Record what a person decides; the key of the sentence to show, and whether it was refused."""
    sides = [int(side) for side in box.split(",") if side.isdecimal()]
    known = any(one.id == camera and one.hall == hall for one in office.settings.cameras)
    if len(sides) != 4 or not known or not (0 <= sides[0] < sides[2] <= 1000 and 0 <= sides[1] < sides[3] <= 1000):
        return "mistaken.unknown", True
    place = sides[0], sides[1], sides[2], sides[3]
    if mistaken_records.decide(office.engine, hall, camera, place, accepted, SUPERVISOR, office.clock()):
        office.announce(hall)
    return "mistaken.accepted" if accepted else "mistaken.kept", False


def register(app: Dash, office: Office, read: Any) -> None:
    """Records a decision; `read` gives the records of the page anew."""

    @app.callback(
        Output("quality-places", "children"),
        Input({"type": "quality-place", "hall": ALL, "camera": ALL, "box": ALL, "accepted": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def decided(clicks: list[int]) -> Any:
        what, here = ctx.triggered_id, visit()
        if not what or not any(clicks):
            return no_update
        word, refused = decide(office, what["hall"], what["camera"], what["box"], what["accepted"] == "yes")
        return section(office, read(office), here, notice(here.say(word), refused))
