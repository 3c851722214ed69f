"""观察覆盖: how much of the windows' service time was observed, where nobody looks, and what shadow mode would tell."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from dash import html
from dash.development.base_component import Component

from dashboards.addresses import alert_address
from dashboards.frame import attributes, light_page
from dashboards.office import Office
from dashboards.pages.quality import in_words
from dashboards.places import hall_name, named, place_name
from dashboards.times import moment
from dashboards.visit import Visit
from dashboards.words import Say, say_term
from monitor.adapters import alert_records, coverage_records
from monitor.adapters.alert_records import AlertRecord
from monitor.calendar import BEIJING, today
from monitor.coverage import Coverage, Days, total, unwatched
from monitor.places import Hall
from monitor.precision import wilson
from monitor.rates import Rate
from monitor.verdicts import ADOPTED, NAMES

DAYS = (1, 7, 30)
"""How many days may be looked at, up to today."""
BLIND = 0.5
"""A window of which less than this share was observed is a blind spot."""
BANDS = (0.5, 0.8, 0.95)
"""Bounds of the map's colours, shares of the service time."""
SHADOW_DAYS, MOST = 7, 200


def show(office: Office, visit: Visit) -> Component:
    """The page of ?days= up to today, with the map of ?hall=."""
    day = today(office.clock())
    wanted = visit.query.get("days", "")
    days = int(wanted) if wanted.isdecimal() and int(wanted) in DAYS else DAYS[0]
    found = covered(office, [day - timedelta(days=before) for before in reversed(range(days))])
    body = layout(office, visit, found, days, office.hall(visit.query.get("hall", "")))
    return light_page("coverage", office.settings, visit, body)


def covered(office: Office, days: Sequence[date]) -> dict[str, Days]:
    """By hall: what is on record of some days, and the service after the first one on record that nobody watched."""
    halls = [hall.id for hall in office.settings.halls]
    found = dict(coverage_records.read(office.engine, halls, days[0], days[-1]))
    first = coverage_records.first_days(office.engine)
    earliest = min(first.values(), default=days[-1])
    for hall in halls:
        asked = [day for day in days if day > first.get(hall, earliest)]
        for key, more in unwatched(office.settings.hours[hall], found[hall], asked, office.clock()).items():
            found[hall][key] = found[hall].get(key, Coverage()) + more
    return found


def layout(office: Office, visit: Visit, found: Mapping[str, Days], days: int, chosen: Hall | None) -> list[Component]:
    """Halls, the map of one of them, blind spots, and alerts of halls in shadow mode."""
    say = visit.say
    of_hall = {hall: total(parts.values()) for hall, parts in found.items()}
    halls = sorted(office.settings.halls, key=lambda hall: _order(of_hall[hall.id]))
    hall = chosen or (halls[0] if halls else None)
    head = [
        html.H2(say("coverage.title"), className="page-title"),
        html.Span(sentence(total(of_hall.values()), say), className="coverage-whole"),
        html.Div([_days_link(number, days, hall, say) for number in DAYS], className="coverage-days"),
    ]
    sections = [
        html.Div(head, className="ledger-head"),
        html.Section(_halls(halls, of_hall, days, visit), className="sheet ledger"),
    ]
    if hall is not None:
        sections.append(
            html.Section(_map(hall, windows_of(hall, found[hall.id]), visit), className="sheet coverage-map")
        )
    sections.append(html.Section(_blind(office, found, visit), className="sheet ledger"))
    sections.append(html.Section(_shadow(office, visit), className="sheet ledger"))
    return sections


def _order(covered: Coverage) -> float:
    """The least observed first, those without service last."""
    return 2.0 if covered.observed is None else covered.observed


def _days_link(number: int, days: int, hall: Hall | None, say: Say) -> Component:
    more = f"&hall={hall.id}" if hall else ""
    name = "tab is-here" if number == days else "tab"
    return html.A(say("coverage.days", n=number), href=f"/coverage?days={number}{more}", className=name)


def sentence(covered: Coverage, say: Say) -> str:
    """Absent x of y observed: a rate never without its denominator."""
    if covered.observed is None:
        return say("coverage.nothing")
    return say("coverage.sentence", absent=absent(covered).text, observed=observed(covered).text)


def observed(covered: Coverage) -> Rate:
    """Observed seconds of those of service."""
    return Rate(min(round(covered.observed_s), round(covered.service_s)), round(covered.service_s))


def absent(covered: Coverage) -> Rate:
    """Absent seconds of those observed."""
    return Rate(min(round(covered.absent_s), round(covered.observed_s)), round(covered.observed_s))


def windows_of(hall: Hall, days: Days) -> dict[str, Coverage]:
    """By window, its days added up; a window without service has none."""
    summed: dict[str, Coverage] = {}
    for (window, _), covered in days.items():
        summed[window] = summed.get(window, Coverage()) + covered
    return {window.id: summed.get(window.id, Coverage()) for window in hall.windows}


def _halls(halls: Sequence[Hall], of_hall: Mapping[str, Coverage], days: int, visit: Visit) -> Component:
    say = visit.say
    head = html.Tr([html.Th(say(f"coverage.head.{name}")) for name in ("hall", "service", "observed", "absent")])
    rows = []
    for hall in halls:
        covered = of_hall[hall.id]
        link = html.A(named(hall, visit.language), href=f"/coverage?days={days}&hall={hall.id}", className="link")
        shadow = html.Span(say("alert.shadow"), className="chip") if hall.shadow else None
        rows.append(
            html.Tr(
                [
                    html.Td([link, shadow]),
                    html.Td(say("coverage.hours", n=f"{covered.service_s / 3600:.1f}"), className="number"),
                    html.Td(observed(covered).text, className="number"),
                    html.Td(sentence(covered, say)),
                ]
            )
        )
    return html.Table([html.Thead(head), html.Tbody(rows)], className="ledger-table")


def _map(hall: Hall, windows: Mapping[str, Coverage], visit: Visit) -> list[Component]:
    """Every window of a hall, coloured by how much of it was observed."""
    say, tongue = visit.say, visit.language
    tiles = []
    for window in hall.windows:
        covered = windows[window.id]
        share = covered.observed
        band = "none" if share is None else str(sum(share >= bound for bound in BANDS))
        tiles.append(
            html.Div(
                [html.Span(named(window, tongue)), html.B(observed(covered).text)],
                className="coverage-tile",
                title=f"{named(window, tongue)} · {sentence(covered, say)}",
                **attributes(data_band=band),
            )
        )
    return [html.H3([say("coverage.map"), " · ", named(hall, tongue)]), html.Div(tiles, className="coverage-tiles")]


def _blind(office: Office, found: Mapping[str, Days], visit: Visit) -> list[Component]:
    """Windows of which less than half was observed, the darkest first."""
    say, tongue = visit.say, visit.language
    spots = [
        (covered, hall, window)
        for hall in office.settings.halls
        for window, covered in windows_of(hall, found[hall.id]).items()
        if covered.observed is not None and covered.observed < BLIND
    ]
    spots.sort(key=lambda spot: (spot[0].observed or 0.0, spot[1].id, spot[2]))
    rows = [
        html.Tr(
            [
                html.Td(named(hall, tongue)),
                html.Td(place_name(office.settings, hall.id, window, tongue)),
                html.Td(observed(covered).text, className="number"),
                html.Td(say("coverage.hours", n=f"{covered.service_s / 3600:.1f}"), className="number"),
            ]
        )
        for covered, hall, window in spots[:MOST]
    ]
    title = html.H3([say("coverage.blind"), html.Span(str(len(spots)), className="count")])
    if not rows:
        return [title, html.P(say("coverage.blind.none"), className="nothing")]
    return [title, html.Table(html.Tbody(rows), className="ledger-table")]


def _shadow(office: Office, visit: Visit) -> list[Component]:
    """What would have been told of the halls in shadow mode; each may be judged, so that it can be compared."""
    say, tongue = visit.say, visit.language
    halls = [hall.id for hall in office.settings.halls if hall.shadow]
    title = html.H3(say("coverage.shadow"))
    since = datetime.combine(today(office.clock()) - timedelta(days=SHADOW_DAYS - 1), time(), BEIJING)
    if not halls:
        return [title, html.P(say("coverage.shadow.none"), className="nothing")]
    records = [one for one in alert_records.alerts_since(office.engine, since, halls) if one.alert.shadow]
    judged = [record for record in records if record.verdict is not None]
    right = sum(record.verdict is not None and record.verdict.kind in ADOPTED for record in judged)
    rows = [_shadow_row(record, office, tongue, say) for record in records[:MOST]]
    return [
        title,
        html.P(
            say(
                "coverage.shadow.sum",
                n=len(records),
                judged=len(judged),
                right=in_words(wilson(right, len(judged)), say),
            )
        ),
        html.Table(html.Tbody(rows), className="ledger-table"),
    ]


def _shadow_row(record: AlertRecord, office: Office, tongue: str, say: Say) -> Component:
    alert = record.alert
    verdict = say_term(NAMES[record.verdict.kind], tongue) if record.verdict else say("coverage.shadow.open")
    return html.Tr(
        [
            html.Td(moment(alert.opened_at)),
            html.Td(hall_name(office.settings, alert.hall, tongue)),
            html.Td(place_name(office.settings, alert.hall, alert.place, tongue)),
            html.Td(html.A(say(f"rule.{alert.rule}"), href=alert_address(alert.key), className="link")),
            html.Td(verdict),
        ]
    )
