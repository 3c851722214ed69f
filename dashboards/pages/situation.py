"""实时态势: the live situation. Dash builds the frame once; assets/live.js fills it from the event stream.

An element with `data-figure` shows that figure of the figures message and nothing else computes it.
"""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from config.settings import Settings
from dashboards.office import Office
from dashboards.frame import glyph, navigation, switch, toast
from dashboards.places import named
from dashboards.verdicts import REASONS, judge
from dashboards.visit import Visit
from dashboards.words import WORDS, Say, say_term
from monitor.issues import STATUSES
from monitor.ratings import LEVELS
from monitor.verdicts import NAMES, VerdictKind



def layout(settings: Settings, visit: Visit, stale_s: float) -> Component:
    """The whole page, without a single figure in it."""
    say, language = visit.say, visit.language
    return html.Div(
        id="live-island",
        className="board",
        children=[
            dcc.Store(id="situation-config", data=configuration(settings, language, say, stale_s)),
            dcc.Store(id="situation-started"),
            dcc.Store(id="situation-verdict"),
            header(settings, visit),
            html.Section(key_figures(say), className="kpis"),
            html.Main(
                className="columns",
                children=[
                    html.Div([halls_panel(settings, say), queues_panel(say)], className="column"),
                    html.Div([feed_panel(say), windows_panel(say)], className="column column-centre"),
                    html.Div(
                        [ratings_panel(language, say), issues_panel(language, say), handled_panel(say), blind_panel(say)],
                        className="column column-right",
                    ),
                ],
            ),
            html.Div(id="situation-toast", className="toast-place", role="status"),
        ],
    )


def show(office: Office, visit: Visit) -> Component:
    """The page in the visitor's language."""
    return layout(office.settings, visit, office.stale_after.total_seconds())


def register(app: Dash, office: Office) -> None:
    """Starts the island once its configuration is on the page; records the verdicts it hands over."""
    app.clientside_callback(
        ClientsideFunction("live", "start"),
        Output("situation-started", "data"),
        Input("situation-config", "data"),
    )

    @app.callback(
        Output("situation-toast", "children"), Input("situation-verdict", "data"), prevent_initial_call=True
    )
    def judged(asked: dict[str, Any]) -> Component:
        said, refused = judge(office, asked["key"], VerdictKind(asked["kind"]), asked["reason"])
        return toast(said, refused, key=str(asked["at"]))


def configuration(settings: Settings, language: str, say: Say, stale_s: float) -> dict[str, Any]:
    """What the script needs to name things: places and words in the reader's language, and two thresholds."""
    halls = [
        {
            "id": hall.id,
            "name": named(hall, language),
            "zones": [{"id": zone.id, "name": named(zone, language)} for zone in hall.zones],
            "windows": [{"id": window.id, "name": named(window, language)} for window in hall.windows],
        }
        for hall in settings.halls
    ]
    spoken = {key: say(key) for key in WORDS}
    spoken |= {f"verdict.{kind}": say_term(NAMES[kind], language) for kind in NAMES}
    return {
        "locale": "en-GB" if language == "en" else "zh-CN",
        "words": spoken,
        "areas": {area.code: named(area, language) for area in settings.areas},
        "halls": halls,
        "stale_s": stale_s,
        "queue": {"yellow": settings.queue.yellow_open, "red": settings.queue.red_open},
        "reasons": {
            rule: [{"code": code, "text": say(f"reason.{code}")} for code in codes] for rule, codes in REASONS.items()
        },
    }


def header(settings: Settings, visit: Visit) -> Component:
    """Name, push state, banners, service hours, clock, language."""
    say = visit.say
    banners = [
        html.Span(say("head.simulated"), className="badge") if settings.simulated else None,
        html.Span(say("head.demo_model"), className="badge", id="live-demo-model", hidden=True),
        html.Span([glyph("video-off"), html.Span(className="banner-text")], id="live-blind", className="banner", hidden=True),
        html.Span([glyph("clock"), html.Span(className="banner-text")], id="live-stale", className="banner", hidden=True),
        html.Span(
            [html.I(className="push-dot"), html.Span(className="push-text")], id="live-push", className="push", role="status"
        ),
    ]
    return html.Header(
        className="top",
        children=[
            html.Span(glyph("device-cctv"), className="brand"),
            html.H1(named(settings, visit.language)),
            navigation("situation", say),
            html.Div([banner for banner in banners if banner is not None], className="banners"),
            html.Div(
                [html.Span(id="live-service"), html.Span(id="live-date")],
                className="today",
            ),
            html.Time(id="live-clock", className="clock", title=say("head.clock")),
            switch(visit),
        ],
    )


def key_figures(say: Say) -> list[Component]:
    """Eight cards of one anatomy: name and rate, the figure with its whole, a line of parts."""
    unit = say("unit.items")
    return [
        card("device-cctv", say("kpi.eyes"), value="kpi.eyes.a", whole="kpi.eyes.b", aside="kpi.eyes.text",
             foot=part(say("kpi.eyes.foot"), "kpi.eyes_blind", "unknown")),
        card("user", say("kpi.windows"), value="kpi.windows.on", whole="kpi.windows.due", whole_word=say("kpi.windows.due"),
             alarm="kpi.windows.away",
             foot=part(say("state.away"), "kpi.windows.away", "alarm") + part(say("state.stepped"), "kpi.windows.stepped", "")
             + part(say("state.PAUSED_OK"), "kpi.windows.paused", "") + part(say("state.UNKNOWN"), "kpi.windows.unknown", "unknown")),
        card("users", say("kpi.waiting"), value="kpi.waiting.total", unit=say("unit.people"),
             foot=part(say("kpi.waiting.longest"), "kpi.waiting.longest.waiting", "")
             + [html.Span(id="live-longest")] + part(say("state.UNKNOWN"), "kpi.waiting.unseen", "unknown")),
        card("bell-ringing", say("kpi.alerts"), value="kpi.alerts.pending", unit=unit, alarm="kpi.alerts.pending",
             foot=part(say("kpi.alerts.handled"), "kpi.alerts.handled", "")
             + rate(say("kpi.alerts.adopted"), "kpi.alerts.adopted")),
        card("star", say("kpi.ratings"), value="kpi.ratings.n", unit=say("unit.ratings"),
             foot=part(say("kpi.ratings.bad"), "kpi.ratings.bad", "alarm")
             + part(say("kpi.ratings.coin"), "kpi.ratings.coin", "")),
        card("mood-smile", say("kpi.satisfaction"), value="kpi.satisfaction.text", foot=fraction("kpi.satisfaction")),
        card("clipboard-text", say("kpi.issues"), value="kpi.issues.open", unit=unit, href="/issues?set=open",
             foot=part(say("kpi.issues.submitted"), "kpi.issues.submitted", "")),
        card("rosette-discount-check", say("kpi.completion"), value="kpi.completion.text", href="/issues?set=completion",
             foot=fraction("kpi.completion")),
    ]  # fmt: skip


def figure(path: str, name: str = "") -> Component:
    """A place for one figure."""
    return html.B("—", className=name, **{"data-figure": path})


def part(word: str, path: str, tone: str) -> list[Component]:
    """A named part in a card's last line; its tone shows when it is not nought."""
    attributes = {"data-alarm": path} if tone else {}
    return [html.Span([word, figure(path)], className=f"part part-{tone}" if tone else "part", **attributes)]


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
    attributes = {"data-alarm": alarm} if alarm else {}
    return html.A(children, href=href, className="kpi") if href else html.Div(children, className="kpi", **attributes)


def panel(title: Any, meta: Any, body: Any, name: str) -> Component:
    """A titled panel."""
    return html.Section(
        [html.Header([html.H2(title), html.Div(meta, className="panel-meta")], className="panel-head"), *body],
        className=f"panel {name}",
    )


def halls_panel(settings: Settings, say: Say) -> Component:
    """Halls grouped by area, the worst first."""
    counts = say("halls.meta", halls=len(settings.halls), windows=sum(len(hall.windows) for hall in settings.halls))
    columns = ("hall", "eyes", "on", "away", "unknown", "waiting")
    heads = [html.Span(say(f"halls.{column}"), className=f"c-{'name' if column == 'hall' else column}") for column in columns]
    body = [html.Div(heads, className="hall-row hall-heads"), html.Div(id="live-halls", className="scroll")]
    return panel(say("halls.title"), counts, body, "panel-halls")


def feed_panel(say: Say) -> Component:
    """Alerts to judge, most severe first."""
    title = [say("feed.title"), html.Span(figure("kpi.alerts.pending"), className="count", **{"data-alarm": "kpi.alerts.pending"})]
    none = html.Div(
        [glyph("circle-check"), html.B(say("feed.none")), html.Span(say("feed.none.hint"))], id="live-feed-none",
        className="none", hidden=True,
    )  # fmt: skip
    return panel(title, say("feed.meta"), [html.Div(id="live-feed", className="scroll"), none], "panel-feed")


def windows_panel(say: Say) -> Component:
    """Every window of the selected hall with its state and since when."""
    title = [say("windows.title"), html.Span(id="live-windows-hall", className="windows-hall")]
    meta = html.Div(id="live-windows-meta", className="notes")
    return panel(title, meta, [html.Div(id="live-windows", className="scroll windows")], "panel-windows")


def queues_panel(say: Say) -> Component:
    """People waiting per zone, against the thresholds per open window."""
    return panel(say("queues.title"), say("queues.meta"), [html.Div(id="live-queues", className="queues")], "panel-queues")


def ratings_panel(language: str, say: Say) -> Component:
    """Today's ratings by level."""
    meta = [say("ratings.satisfaction"), " ", figure("kpi.satisfaction.text"), " ", *fraction("kpi.satisfaction")]
    rows = [
        html.Div(
            [
                html.Span(say_term(LEVELS[level], language), className="rating-name"),
                html.Div(
                    html.I(**{"data-share": f"ratings.levels.{level}", "data-whole": "kpi.ratings.n"}), className="rating-bar"
                ),
                figure(f"ratings.levels.{level}", "rating-count"),
                figure(f"ratings.shares.{level}", "rating-share"),
            ],
            className=f"rating-row rating-{level}",
        )
        for level in LEVELS
    ]
    return panel(say("ratings.title"), meta, [html.Div(rows, className="ratings")], "panel-ratings")


def issues_panel(language: str, say: Say) -> Component:
    """Open issues by state; each count opens its records."""
    cells = [
        html.A([figure(f"issues.{status}", "cell-count"), html.Span(say_term(STATUSES[status], language))], href=f"/issues?status={status}")
        for status in STATUSES
    ]
    link = html.A([say("issues.open_ledger"), glyph("chevron-right")], href="/issues", className="more")
    return panel(say("issues.title"), link, [html.Div(cells, className="cells")], "panel-issues")


def handled_panel(say: Say) -> Component:
    """What was judged today, newest first."""
    meta = [say("kpi.alerts.adopted"), " ", figure("kpi.alerts.adopted.text"), " ", *fraction("kpi.alerts.adopted")]
    none = html.Div(say("handled.none"), className="nothing", **{"data-unless": "kpi.alerts.handled"})
    return panel(say("handled.title"), meta, [none, html.Div(id="live-handled", className="scroll")], "panel-handled")


def blind_panel(say: Say) -> Component:
    """Cameras that cannot see: whom to call."""
    meta = html.Span(["", figure("kpi.eyes_blind")])
    body = [html.Div(id="live-blind-list", className="scroll")]
    return html.Div(panel(say("blind.title"), meta, body, "panel-blind"), className="contents", **{"data-if": "blind.0"})
