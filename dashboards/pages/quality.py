"""预警质量: how often alerts were right, with intervals; what the blind draw says; what is taken for a person."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from math import floor

from dash import Dash, html
from dash.development.base_component import Component

from dashboards.addresses import alert_address
from dashboards.frame import light_page
from dashboards.office import Office
from dashboards.pages import mistaken
from dashboards.places import hall_name, place_name
from dashboards.verdicts import undecided
from dashboards.visit import Visit
from dashboards.words import Say
from monitor.adapters import alert_records, judging_records
from monitor.adapters.alert_records import AlertRecord
from monitor.desk import RULES
from monitor.halls import needs_a_person
from monitor.precision import FEWEST, Estimate, Labelled, Share, drawn_precision, noticed, recall, wilson
from monitor.rates import adoption
from monitor.verdicts import ADOPTED, VerdictKind

DAYS = 30


def show(office: Office, visit: Visit) -> Component:
    """The page of the last 30 days."""
    return light_page("quality", office.settings, visit, layout(office, visit, records_of(office)))


def records_of(office: Office) -> list[AlertRecord]:
    """The alerts that were judged in the last 30 days."""
    since = office.clock() - timedelta(days=DAYS)
    return [
        one
        for one in alert_records.alerts_since(office.engine, since)
        if one.verdict is not None and one.verdict.at >= since and needs_a_person(one.alert)
    ]


def layout(office: Office, visit: Visit, records: Sequence[AlertRecord]) -> list[Component]:
    """The rate of adoption, precision by rule and hall and camera, the draw, proposals."""
    say, tongue = visit.say, visit.language
    adopted = adoption(one.verdict.kind for one in records if one.verdict is not None)
    labelled = judging_records.labelled(office.engine, office.clock() - timedelta(days=DAYS))
    by_rule = _split(records, lambda one: [say(f"rule.{one.alert.rule}")])
    by_hall = _split(records, lambda one: [hall_name(office.settings, one.alert.hall, tongue)])
    by_camera = _split(records, cameras_of(office, say))
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
        html.Section(mistaken.section(office, records, visit), id="quality-places", className="sheet ledger"),
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


def cameras_of(office: Office, say: Say) -> Callable[[AlertRecord], Iterable[str]]:
    """Which cameras an alert rests on: those of its stills, else all that look at its place, else none."""
    looking: dict[tuple[str, str], set[str]] = {}
    hall_of = {camera.id: camera.hall for camera in office.settings.cameras}
    for region in office.settings.regions:
        if region.kind in RULES:
            looking.setdefault((hall_of[region.camera], region.place), set()).add(region.camera)

    def cameras(record: AlertRecord) -> Iterable[str]:
        kept = {still.camera for still in record.stills if still.camera}
        place = record.alert.hall, record.alert.place
        return sorted(kept or looking.get(place, set())) or [say("quality.no_camera")]

    return cameras


def _split(records: Iterable[AlertRecord], names: Callable[[AlertRecord], Iterable[str]]) -> dict[str, Share]:
    """Precision by names, the most judged first."""
    kinds: dict[str, list[VerdictKind]] = {}
    for one in records:
        for name in names(one) if one.verdict is not None else ():
            assert one.verdict is not None
            kinds.setdefault(name, []).append(one.verdict.kind)
    shares = {key: wilson(sum(kind in ADOPTED for kind in found), len(found)) for key, found in kinds.items()}
    return dict(sorted(shares.items(), key=lambda pair: -pair[1].of))


def _table(parts: dict[str, Share], say: Say) -> Component:
    if not parts:
        return html.P(say("quality.nothing"), className="nothing")
    rows = [html.Tr([html.Td(name), html.Td(_bar(share.low, share.high, share.value)), html.Td(in_words(share, say))])
            for name, share in parts.items()]  # fmt: skip
    return html.Table(html.Tbody(rows))


def in_words(share: Share, say: Say) -> str:
    """A share with its interval and both numbers, or that there are too few."""
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


def register(app: Dash, office: Office) -> None:
    """Records what a person decides about a place."""
    mistaken.register(app, office, records_of)
