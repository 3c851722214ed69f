"""预警处置: everything about one alert, and the verdict a person gives."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboards.addresses import issue_address, picture_address
from dashboards.duty import confirm
from dashboards.forms import choice, field, notice, severities, writing
from dashboards.frame import attributes, dark_page, facts_table, glyph, post_name
from dashboards.office import Office
from dashboards.places import hall_name, place_name
from dashboards.times import clock, lasting, moment
from dashboards.verdicts import CATEGORIES_OF, REASONS, decide, drafted, hand_over, judge, proposed
from dashboards.visit import Visit, visit
from dashboards.why import explanation, sources
from dashboards.words import WORDS, Say, say_term
from monitor.adapters import alert_records, judging_records, notice_records
from monitor.adapters.alert_records import AlertRecord
from monitor.alerts import CROWD, PRESENCE, Alert, Ending, Moment, Rule, Still, lasted_s
from monitor.categories import CATEGORIES, Severity
from monitor.verdicts import CAUSES, NAMES, Verdict, VerdictKind


def show(office: Office, visit: Visit) -> Component:
    """The page of one alert; that it was looked at is noted."""
    record = alert_records.alert(office.engine, visit.query.get("key", ""))
    if record is not None:
        notice_records.opened(office.engine, [record.alert.key], office.clock())
    if record is None:
        return dark_page("situation", office.settings, visit, [html.P(visit.say("alert.none"), className="page-none")])
    return dark_page("situation", office.settings, visit, layout(record, office, visit))


def layout(record: AlertRecord, office: Office, visit: Visit) -> list[Component]:
    """Title, stills, facts and the judgement."""
    say, tongue, alert = visit.say, visit.language, record.alert
    why = next(iter(reversed(alert_records.reasons(office.engine, alert.key))), None)
    facts = html.Div(
        [
            html.Section(
                [
                    html.H2(say("alert.facts")),
                    facts_of(*office.as_seen(alert), judging_records.earlier(office.engine, alert), say),
                ],
                className="sheet",
            ),
            html.Section([html.H2(say("alert.rule")), rule_of(alert, sources(why), say)], className="sheet"),
        ],
        className="alert-facts",
    )
    return [
        dcc.Store(id="alert-key", data=alert.key),
        html.Div(
            [
                html.A([glyph("chevron-left"), say("nav.situation")], href="/", className="back"),
                html.H2(say(f"rule.{alert.rule}"), className="alert-page-rule"),
                html.Span(say(f"level.{alert.level}"), className="chip chip-level"),
                html.Span(say("alert.shadow"), className="chip") if alert.shadow else None,
                html.Span(
                    f"{hall_name(office.settings, alert.hall, tongue)} · "
                    f"{place_name(office.settings, alert.hall, alert.place, tongue)}",
                    className="alert-page-place",
                ),
            ],
            className="alert-page-head",
            **attributes(data_level=str(alert.level)),
        ),
        html.Div(
            [
                html.Div(stills_of(record, say), className="alert-page-stills"),
                html.Section([html.H2(say("why.title")), explanation(why, tongue, say)], className="sheet alert-why"),
                facts,
                html.Div(judgement(record, office, visit), id="alert-judgement", className="sheet"),
            ],
            className="alert-page",
        ),
    ]


def stills_of(record: AlertRecord, say: Say) -> list[Component]:
    """The three stills, large."""
    shown = {still.moment: still for still in record.stills}
    return [still_figure(record.alert, when, shown.get(when), say) for when in Moment]


def still_figure(alert: Alert, when: Moment, still: Still | None, say: Say) -> Component:
    """One still with its time, or why there is none."""
    word = still_word(alert, when, say)
    if still is None:
        none = html.Div([glyph("photo-off"), html.Span(missing(alert, when, say))], className="still-missing")
        return html.Figure([none, html.Figcaption(word)])
    address = picture_address(still.file)
    picture = html.A(html.Img(src=address, alt=word), href=address)
    return html.Figure([picture, html.Figcaption(f"{word} {moment(still.at)}")])


def still_word(alert: Alert, when: Moment, say: Say) -> str:
    """What a still shows: a window's clerk returns, a zone's queue eases, or it is over for another reason."""
    if when is Moment.RETURN and alert.until is not None and alert.ending is not Ending.RETURNED:
        return say("still.over")
    eased = when is Moment.RETURN and alert.rule in CROWD
    return say("still.eased") if eased else say(f"still.{when}")


def missing(alert: Alert, when: Moment, say: Say) -> str:
    """Why there is no still of a moment."""
    if when is not Moment.RETURN or alert.until is not None:
        return say("alert.no_still")
    return say("still.pending.eased") if alert.rule in CROWD else say("still.pending")


def facts_of(alert: Alert, counts_to: datetime, earlier: tuple[int, int], say: Say) -> Component:
    """What is known about the alert; it counts up to its end or the last look.

    `earlier`: alerts here in the 30 days before it, and how many of them were right.
    """
    rows: list[tuple[str, Any]] = [
        (say("fact.since"), moment(alert.since)),
        (say("fact.opened"), moment(alert.opened_at)),
        (say("fact.until"), ended(alert, say)),
        (say("fact.lasted"), lasting(timedelta(seconds=lasted_s(alert, counts_to)))),
        (say("fact.unseen"), say("fact.seconds", n=f"{alert.unseen_s:.0f}")),
        (say("fact.sees"), say("fact.yes") if alert.sees else say("alert.unseen")),
    ]
    if alert.rule not in PRESENCE:
        rows.append((say("fact.people"), say("state.UNKNOWN") if alert.people is None else str(alert.people)))
    else:
        rows.append((say("fact.waiting"), say("state.UNKNOWN") if alert.waiting is None else str(alert.waiting)))
        rows.append((say("fact.pause"), say("fact.yes") if alert.pause_signal else say("alert.no_pause")))
    rows.append((say("fact.earlier"), say("fact.earlier.count", n=earlier[0], right=earlier[1])))
    return facts_table(rows)


def ended(alert: Alert, say: Say) -> str:
    """When an alert ended and how, or that it is open."""
    if alert.until is None:
        return say("fact.still_open")
    word = f"alert.ended.{alert.ending}"
    if alert.ending is Ending.RETURNED and alert.rule in CROWD:
        word = "alert.ended.queue"
    elif alert.ending is Ending.RETURNED and alert.rule in PRESENCE - {Rule.PAUSE}:
        word = "alert.ended"
    return say(word, time=moment(alert.until)) if word in WORDS else moment(alert.until)


def rule_of(alert: Alert, sources: Mapping[str, str], say: Say) -> Component:
    """The rule's values in force when the alert opened; of those that somebody wrote, where they stand."""
    rows = []
    for name, value in alert.values.items():
        source = sources.get(name, "default")
        shown = f"{value:g}" if source == "default" else html.Span([f"{value:g} ", html.Small(source)])
        rows.append((say(f"value.{name}") if f"value.{name}" in WORDS else name, shown))
    return facts_table(rows)


def judgement(record: AlertRecord, office: Office, visit: Visit) -> list[Component]:
    """The verdict on record, or the forms that give one."""
    say, tongue = visit.say, visit.language
    title = html.H2(say("verdict.title"))
    if record.verdict is not None:
        return [title, given(record.verdict, record.issue, say, tongue), *proposal(record, office, say)]
    handed = judging_records.handed_over(office.engine, [record.alert.key]).get(record.alert.key)
    at_once = [verdict_button(VerdictKind.REMINDED, tongue, "action is-main")]
    if handed is None:
        at_once.append(act_button("hand-over", say("verdict.hand_over"), "action"))
    told: list[Component] = []
    if handed is not None:
        words = say("verdict.handed_over", by=post_name(handed.by, say), at=moment(handed.at))
        told.append(html.P(words, className="handed"))
    done = notice_records.confirmed(office.engine, record.alert.key)
    if done is not None:
        words = say("confirm.by", what=say(f"confirm.{done.action}"), time=clock(done.at))
        told.append(html.P(words, className="handed"))
    return [
        title,
        *told,
        html.Div(id="alert-notice"),
        html.Div(at_once, className="actions"),
        false_form(visit),
        reasonable_form(record.alert, visit),
        issue_form(record.alert, office, visit),
        *([] if done is not None else [duty_form(say)]),
    ]


def duty_form(say: Say) -> Component:
    """By which the duty director confirms; no verdict, so it stands after them."""
    buttons = [
        act_button(f"confirm-{action}", say(f"confirm.{action}"), "action")
        for action in notice_records.ACTIONS
        if action != "reasonable"
    ]
    return html.Fieldset([html.Legend(say("confirm.heading")), html.Div(buttons, className="actions")])


def proposal(record: AlertRecord, office: Office, say: Say) -> list[Component]:
    """The third reminder in 30 days proposes an issue; a person decides."""
    count = proposed(office, record)
    if not count:
        return []
    buttons = [
        act_button("propose-yes", say("verdict.propose.yes"), "action is-main"),
        act_button("propose-no", say("verdict.propose.no"), "action"),
    ]
    return [
        html.Div(
            [
                html.P(say("verdict.third", n=count)),
                html.Div(id="alert-notice"),
                html.Div(buttons, className="actions"),
            ],
            className="proposal",
        )
    ]


def act_button(kind: str, text: str, name: str) -> Component:
    """A button that is no verdict."""
    return html.Button(text, id={"type": "alert-act", "kind": kind}, className=name, n_clicks=0)


def false_form(visit: Visit) -> Component:
    """误报, with its cause."""
    tongue = visit.language
    causes = {code: say_term(cause, tongue) for code, cause in CAUSES.items()}
    return html.Fieldset(
        [
            html.Legend(say_term(NAMES[VerdictKind.FALSE], tongue)),
            choice("alert-cause", causes),
            html.Div(verdict_button(VerdictKind.FALSE, tongue, "action"), className="actions"),
        ]
    )


def reasonable_form(alert: Alert, visit: Visit) -> Component:
    """合理, with a reason on offer or a written one."""
    say, tongue = visit.say, visit.language
    other = dcc.Input(
        id="alert-other", className="line-input", placeholder=say("verdict.other"), maxLength=200, value=""
    )
    return html.Fieldset(
        [
            html.Legend(say_term(NAMES[VerdictKind.REASONABLE], tongue)),
            choice("alert-reason", {code: say(f"reason.{code}") for code in REASONS[alert.rule]}),
            other,
            html.Div(verdict_button(VerdictKind.REASONABLE, tongue, "action"), className="actions"),
        ]
    )


def issue_form(alert: Alert, office: Office, visit: Visit) -> Component:
    """属实·登记问题, prefilled."""
    say, tongue = visit.say, visit.language
    category = choice("alert-category", categories(alert, tongue), CATEGORIES_OF[alert.rule][0])
    text = writing("alert-text", say("patrol.text_hint"), drafted(alert, office, visit), rows=3)
    return html.Fieldset(
        [
            html.Legend(say_term(NAMES[VerdictKind.ISSUE], tongue)),
            field(say("column.category"), category),
            field(say("column.severity"), choice("alert-severity", severities(tongue), Severity.C)),
            field(say("column.text"), text),
            html.Div(verdict_button(VerdictKind.ISSUE, tongue, "action is-main"), className="actions"),
        ]
    )


def verdict_button(kind: VerdictKind, tongue: str, name: str) -> Component:
    """A button that gives one verdict."""
    return html.Button(
        say_term(NAMES[kind], tongue), id={"type": "alert-verdict", "kind": str(kind)}, className=name, n_clicks=0
    )


def given(verdict: Verdict, issue: str | None, say: Say, tongue: str) -> Component:
    """Who judged what, when and why."""
    rows: list[tuple[str, Any]] = [
        (say("verdict.title"), html.B(say_term(NAMES[verdict.kind], tongue))),
        (say("verdict.by"), post_name(verdict.by, say)),
        (say("verdict.at"), moment(verdict.at)),
    ]
    if verdict.reason:
        rows.append((say("verdict.reason"), reason_words(verdict.reason, tongue, say)))
    if issue:
        rows.append((say("verdict.issue"), html.A(issue, href=issue_address(issue), className="link")))
    return facts_table(rows)


def reason_words(reason: str, tongue: str, say: Say) -> str:
    """A reason on offer in words, a written one as it is."""
    if reason in CAUSES:
        return say_term(CAUSES[reason], tongue)
    return say(f"reason.{reason}") if f"reason.{reason}" in WORDS else reason


def categories(alert: Alert, tongue: str) -> dict[str, str]:
    """The categories that such an alert may become."""
    return {code: f"{code} {say_term(CATEGORIES[code], tongue)}" for code in CATEGORIES_OF[alert.rule]}


def register(app: Dash, office: Office) -> None:
    """Records the verdict of whichever button was pressed."""

    @app.callback(
        Output("alert-judgement", "children"),
        Output("alert-notice", "children"),
        Input({"type": "alert-verdict", "kind": ALL}, "n_clicks"),
        State("alert-key", "data"),
        State("alert-reason", "value"),
        State("alert-other", "value"),
        State("alert-category", "value"),
        State("alert-severity", "value"),
        State("alert-text", "value"),
        State("alert-cause", "value"),
        prevent_initial_call=True,
    )
    def judged(
        clicks: list[int],
        key: str,
        reason: str | None,
        other: str | None,
        category: str,
        severity: str,
        text: str,
        cause: str | None,
    ) -> tuple[Any, Any]:
        if not any(clicks):
            return no_update, no_update
        kind = VerdictKind(ctx.triggered_id["kind"])
        why = (other or "").strip() or reason or ""
        issue = (category, Severity(severity), text) if kind is VerdictKind.ISSUE else None
        reasons = {VerdictKind.REASONABLE: why, VerdictKind.FALSE: cause or ""}
        said, refused = judge(office, key, kind, reasons.get(kind, ""), issue)
        record = alert_records.alert(office.engine, key)
        if record is None or record.verdict is None:
            return no_update, notice(said, refused)
        return [notice(said, refused), *judgement(record, office, visit())], no_update

    @app.callback(
        Output("alert-judgement", "children", allow_duplicate=True),
        Input({"type": "alert-act", "kind": ALL}, "n_clicks"),
        State("alert-key", "data"),
        prevent_initial_call=True,
    )
    def acted(clicks: list[int], key: str) -> Any:
        if not any(clicks):
            return no_update
        kind = ctx.triggered_id["kind"]
        if kind.startswith("confirm-"):
            word, refused = confirm(office, [key], kind.removeprefix("confirm-"))
            said = visit().say(word)
        elif kind == "hand-over":
            said, refused = hand_over(office, key)
        else:
            said, refused = decide(office, key, kind == "propose-yes")
        record = alert_records.alert(office.engine, key)
        if record is None:
            return no_update
        return [notice(said, refused), *judgement(record, office, visit())]
