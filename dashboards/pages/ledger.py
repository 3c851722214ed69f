"""整改台账: every issue, and the records behind each figure about them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashboards.addresses import issue_address
from dashboards.frame import attributes, light_page, status_chip
from dashboards.office import Office
from dashboards.places import area_name, hall_name, place_name
from dashboards.times import minute
from dashboards.visit import Visit
from dashboards.words import Say, say_term
from monitor.adapters import issue_records
from monitor.categories import CATEGORIES, SEVERITIES, SOURCES
from monitor.issues import STATUSES, Issue, Status
from monitor.rates import completion

PAGE = 100
"""Rows shown at once."""
SETS = ("completion", "open")
"""Sets behind figures: what 整改完成率 counts, and 待整改."""
COLUMNS = ("number", "found", "source", "area", "hall", "place", "category", "severity", "text", "unit", "status")
"""In the order that officials expect."""


def show(office: Office, visit: Visit) -> Component:
    """The ledger, narrowed by ?status=, ?set= and ?page=."""
    return light_page("issues", office.settings, visit, layout(issue_records.issues(office.engine), office, visit))


def layout(issues: Sequence[Issue], office: Office, visit: Visit) -> list[Component]:
    """Figures, filters and the table."""
    chosen = narrowed(issues, visit)
    first = (page_of(visit) - 1) * PAGE
    return [
        html.Div(
            [html.H2(visit.say("nav.issues"), className="page-title"), *summary(issues, visit)], className="ledger-head"
        ),
        html.Div(filters(issues, visit), className="filters"),
        html.Section(
            [
                html.Table(
                    [head(visit.say), html.Tbody([row(issue, office, visit) for issue in chosen[first : first + PAGE]])]
                ),
                html.P(visit.say("ledger.none"), className="nothing", hidden=bool(chosen)),
            ],
            className="sheet ledger",
        ),
        html.Div(pages(len(chosen), visit), className="pager"),
    ]


def narrowed(issues: Sequence[Issue], visit: Visit) -> list[Issue]:
    """The issues that the address asks for."""
    if visit.query.get("set") == "completion":
        return [issue for issue in issues if issue.dispatched_at is not None]
    if visit.query.get("set") == "open":
        return [issue for issue in issues if issue.status is not Status.CLOSED]
    status = visit.query.get("status")
    return [issue for issue in issues if status in (None, "", issue.status)]


def summary(issues: Sequence[Issue], visit: Visit) -> list[Component]:
    """整改完成率 with both its numbers, and 待整改; each opens to exactly its records."""
    rate = completion(issues)
    still_open = sum(issue.status is not Status.CLOSED for issue in issues)
    return [
        figure(visit.say("kpi.completion"), rate.text, f"{rate.a}/{rate.b}", "completion", visit),
        figure(visit.say("kpi.issues"), str(still_open), visit.say("ledger.of", n=len(issues)), "open", visit),
    ]


def figure(name: str, value: str, whole: str, set_name: str, visit: Visit) -> Component:
    """One figure that opens its records."""
    here = visit.query.get("set") == set_name
    return html.A(
        [html.Span(name), html.B(value), html.Small(whole)],
        href=f"/issues?set={set_name}",
        className="figure is-here" if here else "figure",
        id=f"ledger-{set_name}",
    )


def filters(issues: Sequence[Issue], visit: Visit) -> list[Component]:
    """One chip per state with its count."""
    count = Counter(issue.status for issue in issues)
    here = visit.query.get("status", "") if visit.query.get("set") not in SETS else None
    chips = [chip(visit.say("ledger.all"), len(issues), "/issues", here == "")]
    chips += [
        chip(say_term(term, visit.language), count[status], f"/issues?status={status}", here == status)
        for status, term in STATUSES.items()
    ]
    if visit.query.get("set") == "completion":
        chips.append(html.Span(visit.say("ledger.set.completion"), className="filter-note"))
    return chips


def chip(name: str, count: int, href: str, here: bool) -> Component:
    """A filter."""
    return html.A([name, html.B(str(count))], href=href, className="filter is-here" if here else "filter")


def head(say: Say) -> Component:
    """The names of the columns."""
    return html.Thead(html.Tr([html.Th(say(f"column.{name}"), className=f"col-{name}") for name in COLUMNS]))


def row(issue: Issue, office: Office, visit: Visit) -> Component:
    """One issue."""
    say, tongue = visit.say, visit.language
    cells: dict[str, Any] = {
        "number": html.A(issue.number, href=issue_address(issue.number), className="link"),
        "found": minute(issue.registered_at),
        "source": say_term(SOURCES[issue.source], tongue),
        "area": area_name(office.settings, issue.hall, tongue),
        "hall": hall_name(office.settings, issue.hall, tongue),
        "place": place_name(office.settings, issue.hall, issue.place, tongue)
        if issue.place
        else say("issue.whole_hall"),
        "category": f"{issue.category} {say_term(CATEGORIES[issue.category], tongue)}",
        "severity": html.Span(
            f"{issue.severity} {say_term(SEVERITIES[issue.severity], tongue)}",
            className=f"severity severity-{issue.severity}",
        ),
        "text": html.Span(issue.text, title=issue.text, className="clipped"),
        "unit": issue.unit or "—",
        "status": status_chip(issue.status, tongue),
    }
    return html.Tr(
        [
            html.Td(cells[name], className=f"col-{name}", **attributes(data_name=say(f"column.{name}")))
            for name in COLUMNS
        ]
    )


def page_of(visit: Visit) -> int:
    """Which page of the table is asked for, from 1."""
    asked = visit.query.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def pages(total: int, visit: Visit) -> list[Component]:
    """Links to the other pages of the table, if there are any."""
    last = max(1, -(-total // PAGE))
    here = page_of(visit)
    links = [
        html.A(
            visit.say(f"ledger.{name}"), href=f"/issues?{urlencode({**visit.query, 'page': page})}", className="link"
        )
        for name, page in (("earlier", here - 1), ("later", here + 1))
        if 1 <= page <= last
    ]
    return [html.Span(visit.say("ledger.pages", here=min(here, last), last=last)), *links] if last > 1 else []
