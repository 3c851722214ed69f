"""Key figures: eight cards of one anatomy, and the places in which figures stand.

An element with `data-figure` shows that figure of the figures message; nothing else computes it.
"""

from dash import html
from dash.development.base_component import Component

from dashboards.frame import attributes, glyph
from dashboards.words import Say


def key_figures(say: Say) -> list[Component]:
    """Eight cards of one anatomy: name and rate, the figure with its whole, a line of parts."""
    unit = say("unit.items")
    return [
        card(
            "device-cctv",
            say("kpi.eyes"),
            value="kpi.eyes.a",
            whole="kpi.eyes.b",
            aside="kpi.eyes.text",
            foot=part(say("kpi.eyes.foot"), "kpi.eyes_blind", "unknown"),
        ),
        card(
            "user",
            say("kpi.windows"),
            value="kpi.windows.on",
            whole="kpi.windows.due",
            whole_word=say("kpi.windows.due"),
            alarm="kpi.windows.away",
            foot=part(say("state.away"), "kpi.windows.away", "alarm")
            + part(say("state.stepped"), "kpi.windows.stepped", "")
            + part(say("state.PAUSED_OK"), "kpi.windows.paused", "")
            + part(say("state.UNKNOWN"), "kpi.windows.unknown", "unknown"),
        ),
        card(
            "users",
            say("kpi.waiting"),
            value="kpi.waiting.total",
            unit=say("unit.people"),
            foot=[
                *part(say("kpi.waiting.longest"), "kpi.waiting.longest.waiting", ""),
                html.Span(id="live-longest"),
                *part(say("state.UNKNOWN"), "kpi.waiting.unseen", "unknown"),
            ],
        ),
        card(
            "bell-ringing",
            say("kpi.alerts"),
            value="kpi.alerts.pending",
            unit=unit,
            alarm="kpi.alerts.pending",
            foot=part(say("kpi.alerts.handled"), "kpi.alerts.handled", "")
            + rate(say("kpi.alerts.adopted"), "kpi.alerts.adopted"),
        ),
        card(
            "star",
            say("kpi.ratings"),
            value="kpi.ratings.n",
            unit=say("unit.ratings"),
            foot=part(say("kpi.ratings.bad"), "kpi.ratings.bad", "alarm")
            + part(say("kpi.ratings.coin"), "kpi.ratings.coin", ""),
        ),
        card("mood-smile", say("kpi.satisfaction"), value="kpi.satisfaction.text", foot=fraction("kpi.satisfaction")),
        card(
            "clipboard-text",
            say("kpi.issues"),
            value="kpi.issues.open",
            unit=unit,
            href="/issues?set=open",
            foot=part(say("kpi.issues.submitted"), "kpi.issues.submitted", ""),
        ),
        card(
            "rosette-discount-check",
            say("kpi.completion"),
            value="kpi.completion.text",
            href="/issues?set=completion",
            foot=fraction("kpi.completion"),
        ),
    ]


def figure(path: str, name: str = "") -> Component:
    """A place for one figure."""
    return html.B("—", className=name, **attributes(data_figure=path))


def part(word: str, path: str, tone: str) -> list[Component]:
    """A named part in a card's last line; its tone shows when it is not nought."""
    alarm = attributes(data_alarm=path) if tone else {}
    return [html.Span([word, figure(path)], className=f"part part-{tone}" if tone else "part", **alarm)]


def rate(word: str, path: str) -> list[Component]:
    """A named rate with numerator and denominator."""
    return [html.Span([word, figure(f"{path}.text"), *fraction(path)], className="part")]


def fraction(path: str) -> list[Component]:
    """a/b."""
    return [html.Span([figure(f"{path}.a"), "/", figure(f"{path}.b")], className="fraction")]


def card(
    icon: str,
    name: str,
    *,
    value: str,
    foot: list[Component],
    unit: str = "",
    whole: str = "",
    whole_word: str = "",
    aside: str = "",
    alarm: str = "",
    href: str = "",
) -> Component:
    """One key figure."""
    tail = [html.Small(["/ ", whole_word, " ", figure(whole)], className="kpi-whole")] if whole else []
    tail += [html.Small(unit, className="kpi-whole")] if unit else []
    children = [
        html.Div([glyph(icon), html.Span(name), figure(aside, "kpi-aside") if aside else None], className="kpi-head"),
        html.Div([figure(value, "kpi-value"), *tail], className="kpi-line"),
        html.Div(foot, className="kpi-foot"),
    ]
    return (
        html.A(children, href=href, className="kpi")
        if href
        else html.Div(children, className="kpi", **attributes(data_alarm=alarm or None))
    )
