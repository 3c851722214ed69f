"""预警质量: how often alerts were right, with intervals; what the blind draw says; what is taken for a person."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from math import floor

from dash import html
from dash.development.base_component import Component

from dashboards.addresses import alert_address
from dashboards.frame import light_page
from dashboards.office import Office
from dashboards.places import hall_name, place_name
from dashboards.verdicts import undecided
from dashboards.visit import Visit
from dashboards.words import Say
from monitor.adapters import alert_records, judging_records
from monitor.adapters.alert_records import AlertRecord
from monitor.halls import needs_a_person
from monitor.precision import FEWEST, Estimate, Labelled, Share, drawn_precision, noticed, recall, wilson
from monitor.rates import adoption
from monitor.verdicts import ADOPTED, VerdictKind

DAYS = 30
REPEATED = 3
"""So many false alerts of one cause at one window are worth a proposal."""


def show(office: Office, visit: Visit) -> Component:
    """The page of the last 30 days."""
    since = office.clock() - timedelta(days=DAYS)
    records = [
        one
        for one in alert_records.alerts_since(office.engine, since)
        if one.verdict is not None and one.verdict.at >= since and needs_a_person(one.alert)
    ]
    return light_page("quality", office.settings, visit, layout(office, visit, records))


def layout(office: Office, visit: Visit, records: Sequence[AlertRecord]) -> list[Component]:
    """The rate of adoption, precision by rule and hall and camera, the draw, proposals."""
    say, tongue = visit.say, visit.language
    adopted = adoption(one.verdict.kind for one in records if one.verdict is not None)
    labelled = judging_records.labelled(office.engine, office.clock() - timedelta(days=DAYS))
    cameras = {
        (camera.hall, region.place): camera.id
        for camera in office.settings.cameras
        for region in office.settings.regions
        if region.camera == camera.id
    }
    by_rule = _split(records, lambda one: say(f"rule.{one.alert.rule}"))
    by_hall = _split(records, lambda one: hall_name(office.settings, one.alert.hall, tongue))
    by_camera = _split(records, lambda one: cameras.get((one.alert.hall, one.alert.place), "—"))
    head = [
        html.H2(say("quality.title"), className="page-title"),
        html.Span(say("quality.adopted", text=adopted.text, a=adopted.a, b=adopted.b), className="coverage-whole"),
        html.A(
            say("label.link", n=judging_records.waiting(office.engine, office.clock() - judging_records.OFFERED)),
            href="/label",
            className="link",
        ),
    ]
    return [
        html.Div(head, className="ledger-head"),
        *([html.Section(waiting, className="sheet ledger")] if (waiting := _undecided(office, records, visit)) else []),
        html.Section(_estimates(labelled, say), className="sheet ledger"),
        *(
            html.Section([html.H3(say(f"quality.by.{name}")), _table(parts, say)], className="sheet ledger")
            for name, parts in (("rule", by_rule), ("hall", by_hall), ("camera", by_camera))
        ),
        html.Section(_proposals(office, records, visit), className="sheet ledger"),
    ]


def _undecided(office: Office, records: Sequence[AlertRecord], visit: Visit) -> list[Component]:
    """Reminders that propose an issue and wait for somebody's decision."""
    say, tongue = visit.say, visit.language
    rows = [
        html.Tr(
            [
                html.Td(html.A(_place(office, one, tongue), href=alert_address(one.alert.key), className="link")),
                html.Td(say("verdict.third", n=count)),
            ]
        )
        for one, count in undecided(office, records)
    ]
    return [html.H3(say("quality.undecided")), html.Table(html.Tbody(rows))] if rows else []


def _place(office: Office, record: AlertRecord, tongue: str) -> str:
    hall, place = record.alert.hall, record.alert.place
    return f"{hall_name(office.settings, hall, tongue)} · {place_name(office.settings, hall, place, tongue)}"


def _split(records: Iterable[AlertRecord], name: Callable[[AlertRecord], str]) -> dict[str, Share]:
    """Precision by a name, the most judged first."""
    kinds: dict[str, list[VerdictKind]] = {}
    for one in records:
        if one.verdict is not None:
            kinds.setdefault(name(one), []).append(one.verdict.kind)
    shares = {key: wilson(sum(kind in ADOPTED for kind in found), len(found)) for key, found in kinds.items()}
    return dict(sorted(shares.items(), key=lambda pair: -pair[1].of))


def _table(parts: dict[str, Share], say: Say) -> Component:
    if not parts:
        return html.P(say("quality.nothing"), className="nothing")
    rows = [html.Tr([html.Td(name), html.Td(_bar(share.low, share.high, share.value)), html.Td(_said(share, say))])
            for name, share in parts.items()]  # fmt: skip
    return html.Table(html.Tbody(rows))


def _said(share: Share, say: Say) -> str:
    if not share.enough or share.value is None:
        return say("quality.few", hits=share.hits, of=share.of)
    return say("quality.share", value=_percent(share.value), **_bounds(share), hits=share.hits, of=share.of)


def _percent(share: float) -> str:
    """Floored, as all rates are: 100.0% only when it is."""
    return f"{floor(1000 * share + 1e-9) / 10:.1f}%"


def _bounds(one: Share | Estimate) -> dict[str, str]:
    return {"low": f"{100 * one.low:.1f}%", "high": f"{100 * one.high:.1f}%"}


def _bar(low: float, high: float, value: float | None) -> Component:
    """The interval as a line, the share as a point on it."""
    point = [] if value is None else [html.I(className="interval-point", style={"left": f"{100 * value:.2f}%"})]
    span = html.Div(
        className="interval-span", style={"left": f"{100 * low:.2f}%", "width": f"{100 * (high - low):.2f}%"}
    )
    return html.Div([span, *point], className="interval")


ESTIMATES = {"precision": drawn_precision, "recall": recall, "noticed": noticed}


def _estimates(labelled: Sequence[Labelled], say: Say) -> list[Component]:
    """What the blind draw says."""
    rows = []
    for name, estimate in ESTIMATES.items():
        one = estimate(labelled)
        bar = _bar(one.low, one.high, one.value)
        rows.append(html.Tr([html.Td(say(f"quality.drawn.{name}")), html.Td(bar), html.Td(_estimated(one, say))]))
    title = html.H3(say("quality.drawn"))
    return [title, html.P(say("quality.drawn.how"), className="quality-how"), html.Table(html.Tbody(rows))]


def _estimated(one: Estimate, say: Say) -> str:
    if one.value is None:
        return say("quality.unknown")
    if one.of < FEWEST:
        return say("quality.few.labels", of=one.of)
    return say("quality.estimate", value=_percent(one.value), **_bounds(one), of=one.of)


def _proposals(office: Office, records: Sequence[AlertRecord], visit: Visit) -> list[Component]:
    """Windows where something that is no person keeps making alerts false; a person draws the region."""
    say, tongue = visit.say, visit.language
    again: dict[tuple[str, str], list[AlertRecord]] = {}
    for one in records:
        verdict = one.verdict
        if verdict is not None and verdict.kind is VerdictKind.FALSE and verdict.reason == "not-person":
            again.setdefault((one.alert.hall, one.alert.place), []).append(one)
    title = html.H3(say("quality.proposals"))
    found = {place: own for place, own in again.items() if len(own) >= REPEATED}
    if not found:
        return [title, html.P(say("quality.proposals.none"), className="nothing")]
    rows = []
    for (hall, place), own in found.items():
        links = [html.A(str(number), href=alert_address(one.alert.key), className="link")
                 for number, one in enumerate(own, 1)]  # fmt: skip
        rows.append(
            html.Tr(
                [
                    html.Td(f"{hall_name(office.settings, hall, tongue)} · "
                            f"{place_name(office.settings, hall, place, tongue)}"),
                    html.Td(links),
                    html.Td(html.Code("- {kind: mask, polygon: [[x, y], …]}")),
                ]
            )
        )  # fmt: skip
    return [title, html.P(say("quality.proposals.how")), html.Table(html.Tbody(rows))]
