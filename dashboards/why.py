"""Why an alert: what was known in four lanes (camera, tickets, pause, roster), where the threshold was crossed, and the
values in force with where each came from. Shown from what is kept with the alert, never from today's configuration."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.frame import attributes
from dashboards.times import clock, lasting
from dashboards.words import WORDS, Say, say_term
from monitor.roster import ARRANGEMENTS, REASONS, Arrangement

LANES = ("camera", "tickets", "pause", "roster")
BEFORE = timedelta(minutes=5)
"""How much is shown before the run began."""
NARROW = 7.0
"""A block of less than this share of the width, in per cent, has no room for its word; it has a title all the same."""
LATE = 85.0
"""Behind a mark at more than this share there is no room for its words: they stand before it."""
KINDS = {
    "good": ("present", "serving", "PAUSED_OK", "open", "cover", "back-office"),
    "bad": ("empty", "PAUSED_OVER"),
    "dark": ("unseen", "no-signal", "not-in-service", "closed", "sign-out", "none"),
}
"""How a state is coloured, by the head of its code."""


def explanation(why: Mapping[str, Any] | None, tongue: str, say: Say) -> Component:
    """The four lanes, or that none were kept."""
    if why is None or why.get("schema") != "why/1":
        return html.P(say("why.none"), className="page-none")
    crossing = {name: _time(text) for name, text in why["crossing"].items() if name != "unseen_s"}
    since, opened = crossing["since"], crossing["opened_at"]
    assert since is not None
    assert opened is not None
    end = crossing["until"] or max(opened, datetime.fromisoformat(why["at"]))
    known = [datetime.fromisoformat(mark[0]) for marks in why["lanes"].values() for mark in marks]
    start = max(since - BEFORE, min([since, *known]))
    whole = (end + (end - start) / 25 - start).total_seconds()

    def share(at: datetime) -> float:
        return max(0.0, min(100.0, 100 * (at - start).total_seconds() / whole))

    marks = [("since", since), ("opened", opened), ("red", crossing["red_at"]), ("until", crossing["until"])]
    lines = [
        html.Div(
            html.Small(f"{say(f'why.mark.{name}')} {clock(at)}"),
            className=f"why-mark is-{name}" + (" is-late" if share(at) > LATE else ""),
            style={"right": f"{100 - share(at):.2f}%"} if share(at) > LATE else {"left": f"{share(at):.2f}%"},
        )
        for name, at in marks
        if at is not None and not (name == "red" and at == opened)
    ]
    lanes = [
        html.Div(
            [
                html.B(say(f"why.lane.{lane}")),
                html.Div(
                    list(_blocks(why["lanes"].get(lane, ()), start, end, share, tongue, say)), className="why-line"
                ),
            ],
            className="why-lane",
        )
        for lane in LANES
    ]
    return html.Div(
        [
            html.Div([html.Div(lines, className="why-marks"), *lanes], className="why"),
            html.P(_sentence(why, since, opened, say), className="why-sentence"),
        ]
    )


def _sentence(why: Mapping[str, Any], since: datetime, opened: datetime, say: Say) -> str:
    """The rule, its version and the crossing in one sentence."""
    return say(
        "why.sentence.at_once" if since == opened else "why.sentence",
        rule=say(f"rule.{why['rule']}"),
        version=f"{why['version'] or 0:g}",
        since=clock(since),
        opened=clock(opened),
        lasted=lasting(opened - since - timedelta(seconds=why["crossing"]["unseen_s"])),
    )


def _blocks(
    marks: Sequence[Sequence[str]], start: datetime, end: datetime, share: Any, tongue: str, say: Say
) -> Iterator[Component]:
    """One block for each state, from its mark to the next."""
    times = [datetime.fromisoformat(mark[0]) for mark in marks]
    for number, (at, (_, code)) in enumerate(zip(times, marks, strict=True)):
        until = times[number + 1] if number + 1 < len(times) else end
        if until <= start or at >= end:
            continue
        left, right = share(max(at, start)), share(min(until, end))
        word = state_word(code, tongue, say)
        kind = next((name for name, codes in KINDS.items() if _head(code) in codes), "plain")
        yield html.Div(
            word if right - left >= NARROW else "",
            title=f"{clock(at)} {word}",
            className="why-block",
            style={"left": f"{left:.2f}%", "width": f"{max(0.15, right - left):.2f}%"},
            **attributes(data_kind=kind),
        )


def _head(code: str) -> str:
    return code.partition(":")[0]


def state_word(code: str, tongue: str, say: Say) -> str:
    """A lane's code in words; what a window's system said in its own words is shown as it is."""
    head, _, rest = code.partition(":")
    if head in ("serving", "idle"):  # of a window's tickets: whether one is served, and how many wait
        waits = say("why.waits.unknown") if rest == "?" else say("why.waits", n=rest)
        return f"{say('why.state.' + head)} · {waits}"
    if head == "open":
        return f"{say('why.state.open')} {rest}"
    word = say(f"why.state.{head}") if f"why.state.{head}" in WORDS else ""
    if not word and f"state.{head}" in WORDS:
        word = say(f"state.{head}")
    if not word and head in set(Arrangement):
        word = say_term(ARRANGEMENTS[Arrangement(head)], tongue)
    more = reason_word(rest, tongue, say)
    return " ".join(part for part in (word or head, more) if part)


def reason_word(code: str, tongue: str, say: Say) -> str:
    """A reason's code in words."""
    for kind in ("blind", "why"):
        if f"{kind}.{code}" in WORDS:
            return say(f"{kind}.{code}")
    return say_term(REASONS[code], tongue) if code in REASONS else code


def sources(why: Mapping[str, Any] | None) -> Mapping[str, str]:
    """Where each value of the rule came from."""
    return why.get("sources", {}) if why is not None else {}


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
