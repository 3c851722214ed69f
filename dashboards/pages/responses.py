"""响应时效: how fast alerts are seen, acted upon and corrected, hall by hall."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.forms import notice
from dashboards.frame import light_page
from dashboards.office import Office
from dashboards.places import named
from dashboards.times import spoken
from dashboards.visit import Visit
from dashboards.words import Say
from monitor.adapters import notice_records
from monitor.calendar import BEIJING, today
from monitor.responses import Delay, Response, speed

DAYS = (7, 30, 90)
LONGEST = timedelta(days=366)
"""That may be looked at, so that nobody asks for everything by mistake."""


def show(office: Office, visit: Visit) -> Component:
    """The page of ?days= up to today, or of ?from= to ?to=, both days included."""
    first, last, refused = period(visit.query, today(office.clock()))
    since, until = (datetime.combine(day, time(), BEIJING) for day in (first, last + timedelta(days=1)))
    responses = notice_records.responses(office.engine, since, until)
    return light_page("responses", office.settings, visit, layout(office, visit, responses, first, last, refused))


def period(query: Mapping[str, str], day: date) -> tuple[date, date, bool]:
    """The first and the last day that are asked for, and whether what was asked for is none; `day`: today."""
    wanted = query.get("days", "")
    days = int(wanted) if wanted.isdecimal() and int(wanted) in DAYS else DAYS[0]
    usual = day - timedelta(days=days - 1), day
    asked = query.get("from", ""), query.get("to", "")
    if not any(asked):
        return *usual, False
    try:
        first, last = (date.fromisoformat(text) if text else day for text in asked)
    except ValueError:
        return *usual, True
    if first > last or last - first > LONGEST or not date(2000, 1, 1) <= first or last > day + LONGEST:
        return *usual, True
    return first, last, False


def layout(
    office: Office, visit: Visit, responses: tuple[Response, ...], first: date, last: date, refused: bool = False
) -> list[Component]:
    """All halls, then each that had an alert."""
    say, day = visit.say, today(office.clock())
    links = [
        html.A(
            say("coverage.days", n=one),
            href=f"/responses?days={one}",
            className="is-here" if (first, last) == (day - timedelta(days=one - 1), day) else "",
        )
        for one in DAYS
    ]
    head = html.Tr([html.Th(say(f"responses.head.{name}")) for name in ("hall", "seen", "acted", "returned")])
    rows = [_row(say("responses.all"), responses, visit)]
    for hall in office.settings.halls:
        own = tuple(one for one in responses if one.alert.hall == hall.id)
        if own:
            rows.append(_row(named(hall, visit.language), own, visit))
    return [
        html.Div(
            [
                html.H2(say("responses.title"), className="page-title"),
                html.Div(links, className="coverage-days"),
                _range(first, last, say),
            ],
            className="ledger-head",
        ),
        *([notice(say("responses.refused", most=LONGEST.days), True)] if refused else []),
        html.P(say("responses.about", first=f"{first}", last=f"{last}"), className="about"),
        html.Section(html.Table([html.Thead(head), html.Tbody(rows)]), className="sheet ledger"),
    ]


def _range(first: date, last: date, say: Say) -> Component:
    """From one day to another; the browser's own form, so that the address says which."""
    fields = []
    for name, day in (("from", first), ("to", last)):
        field = dcc.Input(type="date", name=name, value=f"{day}", className="line-input")  # type: ignore[arg-type]
        fields.append(html.Label([say(f"responses.{name}"), field]))
    return html.Form(
        [*fields, html.Button(say("responses.show"), className="action")],
        action="/responses",
        method="get",
        className="range",
    )


def _row(name: str, responses: tuple[Response, ...], visit: Visit) -> Component:
    told = speed(responses)
    figures = [html.Td(_figure(delay, visit), className="number") for delay in (told.seen, told.acted, told.returned)]
    return html.Tr([html.Td(name), *figures])


def _figure(delay: Delay, visit: Visit) -> str:
    """Median and 90th percentile with how many they rest on."""
    if delay.median_s is None or delay.p90_s is None:
        return visit.say("responses.unknown", of=delay.of)
    median, p90 = (spoken(timedelta(seconds=seconds), visit.say) for seconds in (delay.median_s, delay.p90_s))
    return visit.say("responses.figure", median=median, p90=p90, n=delay.n, of=delay.of)
