"""值班主任: the duty director confirms an alert by one tap, from a signed link or from the alert's page."""

from datetime import datetime, timedelta
from html import escape

from flask import Flask, Response, abort, request
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from config.settings import Settings
from dashboards.office import DIRECTOR, Office
from dashboards.places import hall_name, place_name
from dashboards.times import clock, lasting
from dashboards.verdicts import REASONS
from dashboards.visit import language
from dashboards.words import Say, words
from monitor.adapters import alert_records, notice_records
from monitor.adapters.notice_records import ACTIONS, Confirmed
from monitor.alerts import CROWD, Alert, lasted_s
from monitor.ladder import Due

LINK_LASTS = timedelta(days=2)


def signer(secret: str) -> URLSafeTimedSerializer:
    """Signs and reads the tokens of links; a token says one alert and nothing else."""
    return URLSafeTimedSerializer(secret, salt="hallwatch.confirm")


def link(base_url: str, secret: str, key: str) -> str:
    """The address under which an alert is confirmed; empty without a secret or an address of the pages."""
    return f"{base_url}/confirm?token={signer(secret).dumps(key)}" if base_url and secret else ""


def message(settings: Settings, alert: Alert, due: Due, at: datetime) -> tuple[str, str]:
    """Title and text of a message: what is suspected, where, since when, how many wait, and the link."""
    say = words("zh")
    title = f"{say(f'rule.{alert.rule}')} · {say(f'level.{alert.level}')}"
    if settings.simulated:
        title = say("notice.simulated", title=title)
    places = due.members or (alert.place,)
    names = say("notice.and").join(place_name(settings, alert.hall, place, "zh") for place in places)
    lines = [
        f"{hall_name(settings, alert.hall, 'zh')} {names}",
        say("notice.since", time=clock(alert.since), lasted=lasting(_lasted(alert, at))),
    ]
    waiting = alert.people if alert.rule in CROWD else alert.waiting
    if waiting is not None:
        lines.append(say("alert.waiting", n=waiting))
    address = link(settings.notices.base_url, settings.notices.secret, alert.key)
    if address:
        lines.append(say("notice.confirm", link=address))
    return title, "\n".join(lines)


def _lasted(alert: Alert, at: datetime) -> timedelta:
    return timedelta(seconds=lasted_s(alert, at))


def confirm(office: Office, key: str, action: str, reason: str) -> tuple[str, bool]:
    """Record what the duty director did; the sentence's key, and whether it was refused."""
    if alert_records.alert(office.engine, key) is None:
        return "alert.none", True
    said = Confirmed(action, reason if action == "reasonable" else "", DIRECTOR, office.clock())
    if not notice_records.confirm(office.engine, key, said):
        return "confirm.before", True
    office.changed()
    return "confirm.done", False


def serve_confirm(server: Flask, office: Office) -> None:
    """Adds /confirm: looked at by anybody who holds a link, changed only by a form that was sent."""

    def key_of(token: str) -> str:
        secret = office.settings.notices.secret
        if not secret:
            abort(404)
        try:
            key = signer(secret).loads(token, max_age=int(LINK_LASTS.total_seconds()))
        except SignatureExpired:
            abort(410, "the link is too old")
        except BadSignature:
            abort(403, "the link is not one of ours")
        return str(key)

    @server.get("/confirm")
    def shown() -> Response:
        token = request.args.get("token", "")
        key = key_of(token)
        if request.headers.get("Sec-Purpose", "") == "":  # a preview is no look
            notice_records.opened(office.engine, key, office.clock())
        return _page(office, key, token, "")

    @server.post("/confirm")
    def sent() -> Response:
        token, action = request.form.get("token", ""), request.form.get("action", "")
        key = key_of(token)
        if action not in ACTIONS:
            abort(400, f"expected one of {', '.join(ACTIONS)}")
        said, _ = confirm(office, key, action, request.form.get("reason", "")[:32])
        return _page(office, key, token, said)


def _page(office: Office, key: str, token: str, said: str) -> Response:
    """A page of its own, without scripts: it is opened on phones, from messages."""
    tongue = language()
    say = words(tongue)
    record = alert_records.alert(office.engine, key)
    if record is None:
        return Response(_document(say, f"<p>{escape(say('alert.none'))}</p>"), 404, mimetype="text/html")
    alert = record.alert
    confirmed = notice_records.confirmed(office.engine, key)
    since = say("notice.since", time=clock(alert.since), lasted=lasting(_lasted(alert, office.clock())))
    facts = [
        f"<h1>{escape(say(f'rule.{alert.rule}'))}</h1>",
        f"<p class='where'>{escape(hall_name(office.settings, alert.hall, tongue))}<br>"
        f"<b>{escape(place_name(office.settings, alert.hall, alert.place, tongue))}</b></p>",
        f"<p>{escape(since)}</p>",
    ]
    if alert.until is not None:
        facts.append(f"<p>{escape(say('alert.ended.other', time=clock(alert.until)))}</p>")
    if said:
        facts.append(f"<p class='said' role='status'>{escape(say(said))}</p>")
    if confirmed is not None:
        done = say("confirm.by", what=say(f"confirm.{confirmed.action}"), time=clock(confirmed.at))
        return Response(_document(say, "".join([*facts, f"<p>{escape(done)}</p>"])), mimetype="text/html")
    reasons = "".join(
        f"<option value='{code}'>{escape(say(f'reason.{code}'))}</option>" for code in REASONS[alert.rule]
    )
    buttons = "".join(
        f"<button name='action' value='{action}'>{escape(say(f'confirm.{action}'))}</button>" for action in ACTIONS[:3]
    )
    form = (
        f"<form method='post' action='/confirm'><input type='hidden' name='token' value='{escape(token)}'>{buttons}"
        f"<fieldset><select name='reason' aria-label='{escape(say('verdict.choose'))}'>{reasons}</select>"
        f"<button name='action' value='reasonable'>{escape(say('confirm.reasonable'))}</button></fieldset></form>"
    )
    return Response(_document(say, "".join([*facts, form])), mimetype="text/html")


STYLE = """
body{margin:0;font:17px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;background:#F2F5F9;color:#16202E}
main{max-width:480px;margin:0 auto;padding:20px 16px}
h1{font-size:22px;margin:0 0 8px}
.where{font-size:18px;margin:0 0 8px}
.said{padding:10px 12px;border-radius:8px;background:#DDF3E7}
button{display:block;width:100%;min-height:56px;margin:10px 0;font-size:18px;border:0;border-radius:10px;
background:#1A66D6;color:#fff}
select{width:100%;min-height:52px;font-size:17px;border-radius:10px;border:1px solid #C6D0DD;
background:#fff;padding:0 12px}
fieldset{border:0;margin:18px 0 0;padding:14px 0 0;border-top:1px solid #D7DEE8}
fieldset button{background:#fff;color:#1A66D6;border:1px solid #1A66D6}
"""


def _document(say: Say, body: str) -> str:
    title = escape(say("confirm.title"))
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><meta name='viewport' "
        f"content='width=device-width, initial-scale=1'><meta name='robots' content='noindex'><title>{title}</title>"
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
