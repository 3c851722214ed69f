"""值班主任: the duty director confirms an alert by one tap, from a signed link or from the alert's page."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from urllib.parse import urlencode

from flask import Flask, Response, abort, request
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from config.settings import Settings
from dashboards.office import DIRECTOR, Office
from dashboards.places import hall_name, place_name
from dashboards.times import clock, spoken
from dashboards.verdicts import REASONS
from dashboards.visit import language
from dashboards.words import LANGUAGES, Say, words
from monitor.adapters import alert_records, notice_records
from monitor.adapters.notice_records import ACTIONS, Confirmed
from monitor.alerts import CROWD, Alert, Rule, lasted_s
from monitor.ladder import Due

LINK_LASTS = timedelta(days=2)


def signer(secret: str) -> URLSafeTimedSerializer:
    """Signs and reads the tokens of links; a token says one alert and nothing else."""
    return URLSafeTimedSerializer(secret, salt="hallwatch.confirm")


def link(base_url: str, secret: str, key: str) -> str:
    """The address under which an alert is confirmed; empty without a secret or an address of the pages."""
    return f"{base_url}/confirm?token={signer(secret).dumps(key)}" if base_url and secret else ""


def message(settings: Settings, due: Due) -> tuple[str, str]:
    """Title and text of a message: what is suspected, where, since when, how many wait, and the link."""
    say, alert = words("zh"), due.alert
    title = f"{say(f'rule.{alert.rule}')} · {say(f'level.{alert.level}')}"
    if settings.simulated:
        title = say("notice.simulated", title=title)
    places = due.members or (alert.place,)
    names = say("notice.and").join(place_name(settings, alert.hall, place, "zh") for place in places)
    lines = [f"{hall_name(settings, alert.hall, 'zh')} {names}", *_facts(alert, due.counts_to, say)]
    address = link(settings.notices.base_url, settings.notices.secret, due.head or alert.key)
    if address:
        lines.append(say("notice.confirm", link=address))
    return title, "\n".join(lines)


def _facts(alert: Alert, counts_to: datetime, say: Say) -> list[str]:
    """Since when, for how long, and how many wait; whether it can be seen, or is over."""
    lasted = spoken(timedelta(seconds=lasted_s(alert, counts_to)), say)
    facts = [say("notice.since", time=clock(alert.since), lasted=lasted)]
    if alert.rule in CROWD:
        facts.append(say("alert.people.unknown") if alert.people is None else say("alert.people", n=alert.people))
    elif alert.rule is Rule.HALL:
        facts += [] if alert.people is None else [say("alert.empty", n=alert.people)]
    else:
        facts.append(say("alert.waiting.unknown") if alert.waiting is None else say("alert.waiting", n=alert.waiting))
    if alert.until is not None:
        facts.append(say("alert.ended.other", time=clock(alert.until)))
    elif not alert.sees:
        facts.append(say("alert.unseen"))
    return facts


def confirm(office: Office, keys: Sequence[str], action: str, reason: str = "") -> tuple[str, bool]:
    """Record what the duty director did about some alerts; the sentence's key, and whether it was refused.

    Raises ValueError for an action that is none of ACTIONS, and for a good reason that is not on offer.
    """
    records = [alert_records.alert(office.engine, key) for key in keys]
    rules = {record.alert.rule for record in records if record is not None}
    if not records or None in records:
        return "alert.none", True
    if action == "reasonable" and any(reason not in REASONS[rule] for rule in rules):
        raise ValueError("expected one of the reasons on offer, found another text")
    said = Confirmed(action, reason if action == "reasonable" else "", DIRECTOR, office.clock())
    if not notice_records.confirm(office.engine, keys, said):
        return "confirm.before", True
    office.changed()
    return "confirm.done", False


def told_together(office: Office, key: str) -> tuple[Alert, ...]:
    """What a link stands for: the alert, and those told with it as the first, as far as they are open."""
    records = (alert_records.alert(office.engine, one) for one in notice_records.told_with(office.engine, key))
    alerts = sorted((one.alert for one in records if one is not None), key=lambda one: (one.opened_at, one.key))
    open_ones = tuple(one for one in alerts if one.until is None)
    return open_ones or tuple(one for one in alerts if one.key == key)


def serve_confirm(server: Flask, office: Office) -> None:
    """Adds /confirm: looked at by anybody who holds a link, changed only by a form that was sent."""

    def key_of(token: str) -> str:
        secret = office.settings.notices.secret
        if not secret:
            abort(404)
        try:
            key = signer(secret).loads(token, max_age=int(LINK_LASTS.total_seconds()))
        except SignatureExpired:
            abort(_answer(office, _sentence("confirm.too_old"), 410))
        except BadSignature:
            abort(_answer(office, _sentence("confirm.not_ours"), 403))
        return str(key)

    @server.get("/confirm")
    def shown() -> Response:
        token = request.args.get("token", "")
        return _page(office, told_together(office, key_of(token)), token, "")

    @server.post("/confirm")
    def sent() -> Response:
        token, action = request.form.get("token", ""), request.form.get("action", "")
        alerts = told_together(office, key_of(token))
        keys = [alert.key for alert in alerts]
        if action == SEEN:
            notice_records.opened(office.engine, keys, office.clock())
            return Response(status=204)
        try:
            said, _ = confirm(office, keys, action, request.form.get("reason", ""))
        except ValueError as refused:
            abort(400, str(refused))
        return _page(office, alerts, token, said)


def _page(office: Office, alerts: Sequence[Alert], token: str, said: str) -> Response:
    """A page of its own: it is opened on phones, from messages, and works without its script."""
    tongue = language()
    say = words(tongue)
    if not alerts:
        return _answer(office, f"<p>{escape(say('alert.none'))}</p>", 404)
    seen = [office.as_seen(alert) if alert.until is None else (alert, alert.until) for alert in alerts]
    first = seen[0][0]
    title = say(f"rule.{first.rule}")
    if len(seen) > 1:
        title = f"{title} · {say('alert.group', n=len(seen))}"
    parts = [f"<h1>{escape(title)}</h1>", f"<p>{escape(hall_name(office.settings, first.hall, tongue))}</p>"]
    for alert, counts_to in seen:
        facts = "<br>".join(escape(fact) for fact in _facts(alert, counts_to, say))
        place = escape(place_name(office.settings, alert.hall, alert.place, tongue))
        parts.append(f"<p class='where'><b>{place}</b><br>{facts}</p>")
    if said:
        parts.append(f"<p class='said' role='status'>{escape(say(said))}</p>")
    done = [notice_records.confirmed(office.engine, alert.key) for alert in alerts]
    if done[0] is not None and None not in done:
        what = say("confirm.by", what=say(f"confirm.{done[0].action}"), time=clock(done[0].at))
        return _answer(office, "".join([*parts, f"<p>{escape(what)}</p>"]))
    return _answer(office, "".join([*parts, _form(first, token, say)]))


def _form(alert: Alert, token: str, say: Say) -> str:
    reasons = "".join(
        f"<option value='{code}'>{escape(say(f'reason.{code}'))}</option>" for code in REASONS[alert.rule]
    )
    buttons = "".join(
        f"<button name='action' value='{action}'>{escape(say(f'confirm.{action}'))}</button>" for action in ACTIONS[:3]
    )
    return (
        f"<form method='post' action='confirm'><input type='hidden' name='token' value='{escape(token)}'>{buttons}"
        f"<fieldset><select name='reason' aria-label='{escape(say('verdict.choose'))}'>{reasons}</select>"
        f"<button name='action' value='reasonable'>{escape(say('confirm.reasonable'))}</button></fieldset></form>"
        f"<script>{SCRIPT}</script>"
    )


SEEN = "seen"
SCRIPT = """(function () {
  var told = false, form = document.forms[0];
  function tell() {
    if (told || document.hidden) return;
    told = true;
    var request = new XMLHttpRequest();
    request.open("POST", "confirm");
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.send("action=seen&token=" + encodeURIComponent(form.elements.token.value));
  }
  function soon() { setTimeout(tell, 2000); }
  soon();
  document.addEventListener("visibilitychange", soon);
  document.addEventListener("touchstart", tell);
  document.addEventListener("scroll", tell);
})();"""
"""Says that somebody has the page before them: it was visible for two seconds, or touched. In words of old browsers."""
SCRIPT_HASH = f"'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}'"
"""By which the content policy lets it run."""
STYLE = """
body{margin:0;font:17px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;background:#F2F5F9;color:#16202E}
main{max-width:480px;margin:0 auto;padding:20px 16px}
h1{font-size:22px;margin:0 0 8px}
.where{font-size:17px;margin:0 0 10px;padding:10px 12px;border-radius:8px;background:#fff}
.where b{font-size:19px}
.tongue{float:right;padding:6px 12px;border:1px solid #C6D0DD;border-radius:6px;color:#3C4A5E;text-decoration:none}
.badge{display:inline-block;margin:0 0 10px;padding:2px 10px;border-radius:6px;font-size:15px;
background:#FFF1D6;border:1px solid #EBCD8E;color:#7A4B00}
.said{padding:10px 12px;border-radius:8px;background:#DDF3E7}
button{display:block;width:100%;min-height:56px;margin:10px 0;font-size:18px;border:0;border-radius:10px;
background:#1A66D6;color:#fff}
select{width:100%;min-height:52px;font-size:17px;border-radius:10px;border:1px solid #C6D0DD;
background:#fff;padding:0 12px}
fieldset{border:0;margin:18px 0 0;padding:14px 0 0;border-top:1px solid #D7DEE8}
fieldset button{background:#fff;color:#1A66D6;border:1px solid #1A66D6}
"""


def _sentence(word: str) -> str:
    return f"<p>{escape(words(language())(word))}</p>"


def _answer(office: Office, body: str, status: int = 200) -> Response:
    say = words(language())
    title = escape(say("confirm.title"))
    tongue = next(one for one in LANGUAGES if one != language())
    other = urlencode({"token": request.values.get("token", ""), "lang": tongue})
    switch = f"<a class='tongue' href='confirm?{escape(other)}'>{escape(say('head.other_language'))}</a>"
    badge = f"<p class='badge'>{escape(say('head.simulated'))}</p>" if office.settings.simulated else ""
    page = (
        f"<!doctype html><html><head><meta charset='utf-8'><meta name='viewport' "
        f"content='width=device-width, initial-scale=1'><meta name='robots' content='noindex'><title>{title}</title>"
        f"<style>{STYLE}</style></head><body><main>{switch}{badge}{body}</main></body></html>"
    )
    return Response(page, status, {"Cache-Control": "no-store"}, mimetype="text/html")
