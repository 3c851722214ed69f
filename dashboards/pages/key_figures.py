"""Key figures: eight cards of one anatomy, and the places in which figures stand.

An element with `data-figure` shows that figure of the figures message; nothing else computes it.
"""

from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.frame import attributes, glyph
from dashboards.words import Say


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure: name and rate above, the figure with its whole, a line of parts below."""

    icon: str
    name: str
    value: str
    """Path of the figure, as `whole`, `aside` and `alarm` are."""
    foot: list[Component]
    whole: str = ""
    whole_word: str = ""
    unit: str = ""
    aside: str = ""
    alarm: str = ""
    """The card turns red when this figure is not nought."""
    href: str = ""
    """Where the records behind the figure are listed."""
    live: bool = False
    """From the live messages, so that it is greyed when they are late."""


def key_figures(say: Say) -> list[Component]:
    """The eight cards, in the users' order."""
    return [drawn(card) for card in (*live_cards(say), *record_cards(say))]


def live_cards(say: Say) -> tuple[Card, ...]:
    """What the halls say now."""
    eyes = [
        *part(say("kpi.eyes.foot"), "kpi.eyes_blind", "unknown"),
        html.Span(part(say("kpi.unwatched"), "kpi.unwatched", "unknown"), **attributes(data_if="kpi.unwatched")),
        gauge(say),
    ]
    windows = [
        *part(say("state.away"), "kpi.windows.away", "alarm"),
        *part(say("state.stepped"), "kpi.windows.stepped", ""),
        *part(say("state.PAUSED_OK"), "kpi.windows.paused", ""),
        *part(say("state.UNKNOWN"), "kpi.windows.unknown", "unknown"),
    ]
    waiting = [
        *part(say("kpi.waiting.longest"), "kpi.waiting.longest.waiting", ""),
        html.Span(id="live-longest"),
        *part(say("state.UNKNOWN"), "kpi.waiting.unseen", "unknown"),
    ]
    due = say("kpi.windows.due")
    return (
        Card("device-cctv", say("kpi.eyes"), "kpi.eyes.a", eyes, whole="kpi.eyes.b", aside="kpi.eyes.text", live=True),
        Card("user", say("kpi.windows"), "kpi.windows.on", windows, whole="kpi.windows.due", whole_word=due,
             alarm="kpi.windows.away", live=True),
        Card("users", say("kpi.waiting"), "kpi.waiting.total", waiting, unit=say("unit.people"), live=True),
    )  # fmt: skip


def record_cards(say: Say) -> tuple[Card, ...]:
    """What is on record."""
    unit = say("unit.items")
    alerts = part(say("kpi.alerts.handled"), "kpi.alerts.handled", "")
    alerts += rate(say("kpi.alerts.adopted"), "kpi.alerts.adopted")
    ratings = part(say("kpi.ratings.bad"), "kpi.ratings.bad", "alarm")
    ratings += part(say("kpi.ratings.coin"), "kpi.ratings.coin", "")
    satisfied, completed = fraction("kpi.satisfaction"), fraction("kpi.completion")
    review = part(say("kpi.issues.submitted"), "kpi.issues.submitted", "")
    return (
        Card("bell-ringing", say("kpi.alerts"), "kpi.alerts.pending", alerts, unit=unit, alarm="kpi.alerts.pending"),
        Card("star", say("kpi.ratings"), "kpi.ratings.n", ratings, unit=say("unit.ratings"), href="/ratings"),
        Card("mood-smile", say("kpi.satisfaction"), "kpi.satisfaction.text", satisfied, href="/ratings"),
        Card("clipboard-text", say("kpi.issues"), "kpi.issues.open", review, unit=unit, href="/issues?set=open"),
        Card("rosette-discount-check", say("kpi.completion"), "kpi.completion.text", completed,
             href="/issues?set=completion"),
    )  # fmt: skip


def drawn(card: Card) -> Component:
    """A card on the page; one that has records to open is a link."""
    tail = [html.Small(["/ ", card.whole_word, " ", figure(card.whole)], className="kpi-whole")] if card.whole else []
    tail += [html.Small(card.unit, className="kpi-whole")] if card.unit else []
    aside = figure(card.aside, "kpi-aside") if card.aside else None
    children = [
        html.Div([glyph(card.icon), html.Span(card.name), aside], className="kpi-head"),
        html.Div([figure(card.value, "kpi-value"), *tail], className="kpi-line"),
        html.Div(card.foot, className="kpi-foot"),
    ]
    name = "kpi kpi-live" if card.live else "kpi"
    if card.href:
        return html.A(children, href=card.href, className=name)
    return html.Div(children, className=name, **attributes(data_alarm=card.alarm or None))


def figure(path: str, name: str = "") -> Component:
    """A place for one figure."""
    return html.B("—", className=name, **attributes(data_figure=path))


def part(word: str, path: str, tone: str) -> list[Component]:
    """A named part in a card's last line; its tone shows when it is not nought."""
    alarm = attributes(data_alarm=path) if tone else {}
    return [html.Span([word, figure(path)], className=f"part part-{tone}" if tone else "part", **alarm)]


def gauge(say: Say) -> Component:
    """The sampling pace: full while every camera is looked at as often as configured."""
    bar = html.I(html.I(**attributes(data_share="kpi.pace.share", data_whole="kpi.pace.whole")), className="gauge")
    children: list[Any] = [say("kpi.pace"), bar, html.Span([figure("kpi.pace.share"), "%"])]
    slow = attributes(data_alarm="kpi.pace.slow")
    return html.Span(children, className="part part-pace", id="live-gauge", **slow)


def pace_banner(say: Say) -> Component:
    """What people have to know while cameras are looked at less often than configured."""
    words = [glyph("alert-triangle"), html.B(className="banner-text"), html.Span(say("pace.means"))]
    return html.Div(words, id="live-pace", className="pace-banner", hidden=True, role="status")


def rate(word: str, path: str) -> list[Component]:
    """A named rate with numerator and denominator."""
    return [html.Span([word, figure(f"{path}.text"), *fraction(path)], className="part")]


def fraction(path: str) -> list[Component]:
    """a/b."""
    return [html.Span([figure(f"{path}.a"), "/", figure(f"{path}.b")], className="fraction")]
