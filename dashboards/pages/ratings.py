"""好差评: the ratings of today, bad ones first, and the messages that could not be understood."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.frame import light_page
from dashboards.office import Office
from dashboards.places import hall_name, place_name
from dashboards.times import clock
from dashboards.visit import Visit
from dashboards.words import say_term
from monitor.adapters import quarantine_records, rating_records
from monitor.adapters.quarantine_records import QuarantineRecord
from monitor.calendar import BEIJING, today
from monitor.rates import counted, satisfaction
from monitor.ratings import CHANNELS, LEVELS, Channel, Rating

RATED = ("time", "level", "hall", "place", "channel", "text")
KEPT = ("time", "topic", "reason", "times")
"""Columns of the two lists."""
MOST = 200
"""Lines shown of each list."""


def show(office: Office, visit: Visit) -> Component:
    """The page of today."""
    day = today(office.clock())
    ratings = rating_records.ratings_of_day(office.engine, day, BEIJING)
    aside = quarantine_records.quarantined(office.engine, datetime.combine(day, time(), BEIJING))
    return light_page("ratings", office.settings, visit, layout(ratings, aside, office, visit))


def layout(
    ratings: Sequence[Rating], aside: Sequence[QuarantineRecord], office: Office, visit: Visit
) -> list[Component]:
    """Figures, today's ratings, and what was kept aside."""
    say = visit.say
    return [
        html.Div(
            [html.H2(say("ratings.page"), className="page-title"), *summary(ratings, visit)], className="ledger-head"
        ),
        html.Section(
            [
                listing("rated", {name: say(f"rated.{name}") for name in RATED}, rows(ratings, office, visit)),
                html.P(say("ratings.none"), className="nothing", hidden=bool(ratings)),
            ],
            className="sheet ledger",
        ),
        html.H2(
            [say("quarantine.title"), html.Span(str(len(aside)), className="count")],
            className="page-title section-title",
        ),
        html.Section(
            [
                listing("kept", {name: say(f"kept.{name}") for name in KEPT}, kept(aside)),
                html.P(say("quarantine.none"), className="nothing", hidden=bool(aside)),
            ],
            className="sheet ledger",
        ),
    ]


def summary(ratings: Sequence[Rating], visit: Visit) -> list[Component]:
    """N, 满意度 a/b, bad ones, and ballot-box ones apart."""
    rate, valid = satisfaction(ratings), counted(ratings)
    coins = sum(rating.channel is Channel.COIN and not rating.test for rating in ratings)
    shown = (
        ("kpi.ratings", str(len(valid)), ""),
        ("kpi.satisfaction", rate.text, f"{rate.a}/{rate.b}"),
        ("kpi.ratings.bad", str(sum(rating.bad for rating in valid)), ""),
        ("kpi.ratings.coin", str(coins), ""),
    )
    return [
        html.Div([html.Span(visit.say(name)), html.B(value), html.Small(whole)], className="figure")
        for name, value, whole in shown
    ]


def rows(ratings: Sequence[Rating], office: Office, visit: Visit) -> list[dict[str, Any]]:
    """Bad ratings first, then the newest."""
    tongue, settings = visit.language, office.settings
    ordered = sorted(ratings, key=lambda rating: (not rating.bad, -rating.ts.timestamp()))
    return [
        {
            "time": clock(rating.ts),
            "level": html.Span(say_term(LEVELS[rating.level], tongue), className=f"level level-{rating.level}"),
            "hall": hall_name(settings, rating.hall, tongue),
            "place": place_name(settings, rating.hall, rating.window, tongue) if rating.window else "—",
            "channel": say_term(CHANNELS[rating.channel], tongue) + (visit.say("ratings.test") if rating.test else ""),
            "text": rating.text or "—",
        }
        for rating in ordered[:MOST]
    ]


def kept(aside: Sequence[QuarantineRecord]) -> list[dict[str, Any]]:
    """What was not understood, newest first."""
    return [
        {
            "time": clock(one.last_at),
            "topic": one.topic,
            "reason": one.detail or str(one.reason),
            "times": str(one.times),
        }
        for one in aside[:MOST]
    ]


def listing(name: str, heads: Mapping[str, str], lines: Sequence[dict[str, Any]]) -> Component:
    """A table: the columns' names by their keys, and one mapping with those keys per line."""
    head = html.Tr([html.Th(text, className=f"col-{column}") for column, text in heads.items()])
    body = [html.Tr([html.Td(line[column], className=f"col-{column}") for column in heads]) for line in lines]
    return html.Table([html.Thead(head), html.Tbody(body)], className=f"list-{name}")
