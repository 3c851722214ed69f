"""响应时效: how fast alerts are seen, acted upon and corrected, hall by hall."""

from datetime import datetime, time, timedelta

from dash import html
from dash.development.base_component import Component

from dashboards.frame import light_page
from dashboards.office import Office
from dashboards.places import named
from dashboards.times import lasting
from dashboards.visit import Visit
from dashboards.words import Say
from monitor.adapters import notice_records
from monitor.calendar import BEIJING, today
from monitor.responses import Delay, Response, speed

DAYS = (7, 30, 90)


def show(office: Office, visit: Visit) -> Component:
    """The page of ?days= up to today."""
    wanted = visit.query.get("days", "")
    days = int(wanted) if wanted.isdecimal() and int(wanted) in DAYS else DAYS[0]
    now = office.clock()
    since = datetime.combine(today(now) - timedelta(days=days - 1), time(), BEIJING)
    responses = notice_records.responses(office.engine, since, now)
    return light_page("responses", office.settings, visit, layout(office, visit, responses, days))


def layout(office: Office, visit: Visit, responses: tuple[Response, ...], days: int) -> list[Component]:
    """All halls, then each that had an alert."""
    say = visit.say
    links = [
        html.A(say("coverage.days", n=one), href=f"/responses?days={one}", className="is-here" if one == days else "")
        for one in DAYS
    ]
    head = html.Tr([html.Th(say(f"responses.head.{name}")) for name in ("hall", "seen", "acted", "returned")])
    rows = [_row(say("responses.all"), responses, say)]
    for hall in office.settings.halls:
        own = tuple(one for one in responses if one.alert.hall == hall.id)
        if own:
            rows.append(_row(named(hall, visit.language), own, say))
    return [
        html.Div(
            [html.H2(say("responses.title"), className="page-title"), html.Div(links, className="coverage-days")],
            className="ledger-head",
        ),
        html.P(say("responses.about", days=days)),
        html.Section(html.Table([html.Thead(head), html.Tbody(rows)]), className="sheet ledger"),
    ]


def _row(name: str, responses: tuple[Response, ...], say: Say) -> Component:
    told = speed(responses)
    figures = [html.Td(_figure(delay, say), className="number") for delay in (told.seen, told.acted, told.returned)]
    return html.Tr([html.Td(name), *figures])


def _figure(delay: Delay, say: Say) -> str:
    """Median and 90th percentile with how many they rest on."""
    if delay.median_s is None or delay.p90_s is None:
        return say("responses.unknown", of=delay.of)
    median, p90 = (lasting(timedelta(seconds=seconds)) for seconds in (delay.median_s, delay.p90_s))
    return say("responses.figure", median=median, p90=p90, n=delay.n, of=delay.of)
