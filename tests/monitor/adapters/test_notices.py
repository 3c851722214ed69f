"""Notices over real HTTP: robots, webhooks and a text-message gateway, played by a server on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import Engine

from monitor.adapters import alert_records, notice_records
from monitor.adapters.notice_records import Confirmed
from monitor.adapters.notices import AppriseSender, Notifier, Sender, SmsSender, Undelivered
from monitor.alerts import Alert, Level
from monitor.ladder import Due, Person, Role
from monitor.thresholds import Thresholds
from tests.monitor.hall import HALL
from tests.monitor.test_ladder import ALERT, RED, ZERO


@dataclass
class Receiver:
    """What a robot or a gateway was told."""

    port: int
    status: int = 200
    told: list[tuple[str, Any]] = field(default_factory=list)


@contextmanager
def receiving(status: int = 200) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            receiver.told.append((self.path, json.loads(content) if content.startswith(b"{") else content))
            answer = b'{"errcode": 0}'
            self.send_response(receiver.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_port, status)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def worded(alert: Alert, message: Due) -> tuple[str, str]:
    return "疑似离岗", f"{alert.hall} {alert.place} {message.stage}"


def notifier(engine: Engine, sender: Sender, role: Role = Role.DUTY) -> Notifier:
    return Notifier(engine, (HALL,), Thresholds(), {Person("班长", role): sender}, worded)


def after(minutes: float) -> Any:
    return ZERO + timedelta(minutes=minutes)


def test_one_message_per_alert_and_stage_also_over_a_restart(engine: Engine) -> None:
    with receiving() as robot:
        sender = AppriseSender(f"json://127.0.0.1:{robot.port}/hook")
        alert_records.save(engine, ALERT, ZERO)
        assert [notifier(engine, sender).turn(after(minute)) for minute in (0, 0.1, 1)] == [1, 0, 0]
        alert_records.save(engine, RED, after(5))
        assert [notifier(engine, sender).turn(after(minute)) for minute in (5, 5.1)] == [1, 0]
        assert [told["message"] for _, told in robot.told] == ["hc01 w001 opened", "hc01 w001 red"]
        assert robot.told[0][1]["title"] == "疑似离岗"


def test_a_gateway_of_text_messages_gets_what_its_template_says(engine: Engine) -> None:
    with receiving() as gateway:
        url = f"http://127.0.0.1:{gateway.port}/sms"
        sender = SmsSender(url, "13800000000", '{"mobile":"{to}","msg":"【监督】{text}"}', {"X-Key": "geheim"})
        sender.send('疑似"离岗"', "第一行\n第二行")
        assert gateway.told == [("/sms", {"mobile": "13800000000", "msg": '【监督】疑似"离岗" 第一行 第二行'})]


def test_what_fails_is_tried_again_and_never_tells_an_address(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with receiving(500) as gateway:
        sender = SmsSender(f"http://127.0.0.1:{gateway.port}/secret-path", "13800000000")
        alert_records.save(engine, ALERT, ZERO)
        one = notifier(engine, sender)
        assert [one.turn(after(minute)) for minute in (0, 0.4, 0.5)] == [0, 0, 0]  # tried at once and after 30 s
        assert len(gateway.told) == 2
        gateway.status = 200
        assert [one.turn(after(minute)) for minute in (2.4, 2.5, 3)] == [0, 1, 0]
    assert len(gateway.told) == 3
    assert "secret-path" not in caplog.text
    assert "13800000000" not in caplog.text
    assert "500" in caplog.text


def test_an_address_that_is_not_there_or_unknown_is_one_sentence() -> None:
    with receiving() as gateway:
        port = gateway.port
    with pytest.raises(Undelivered, match=r"^text message: expected an answer, found URLError$"):
        SmsSender(f"http://127.0.0.1:{port}/", "1").send("a", "b")
    with pytest.raises(Undelivered, match=r"^expected an address that Apprise knows"):
        AppriseSender("nonsense://x").send("a", "b")
    with pytest.raises(Undelivered, match=r"^json: expected the message to be taken"):
        AppriseSender(f"json://127.0.0.1:{port}/x").send("a", "b")


@pytest.mark.parametrize("how", ["over", "confirmed", "judged"])
def test_a_message_is_given_up_when_nobody_needs_it_any_more(engine: Engine, how: str) -> None:
    with receiving(500) as gateway:
        sender = SmsSender(f"http://127.0.0.1:{gateway.port}/", "1")
        alert_records.save(engine, ALERT, ZERO)
        one = notifier(engine, sender)
        one.turn(ZERO)
        if how == "over":
            alert_records.save(engine, replace(ALERT, until=after(0.2)), after(0.2))
        elif how == "confirmed":
            assert notice_records.confirm(engine, ALERT.key, Confirmed("reminded", "", "值班主任", after(0.2)))
        else:
            from monitor.verdicts import Verdict, VerdictKind

            alert_records.judge(engine, Verdict(ALERT.key, VerdictKind.REMINDED, "", "监督员", after(0.2)))
        gateway.status = 200
        assert one.turn(after(0.6)) == 0
        assert one.turn(after(30)) == 0
        assert len(gateway.told) == 1


def test_the_first_confirmation_and_the_first_look_count(engine: Engine) -> None:
    alert_records.save(engine, replace(ALERT, level=Level.YELLOW), ZERO)
    for minute in (1, 2):
        notice_records.opened(engine, ALERT.key, after(minute))
    assert [
        notice_records.confirm(engine, ALERT.key, Confirmed(action, "", "值班主任", after(3)))
        for action in ("covered", "reminded")
    ] == [True, False]
    assert notice_records.confirmed(engine, ALERT.key) == Confirmed("covered", "", "值班主任", after(3))
    (response,) = notice_records.responses(engine, ZERO - timedelta(days=1), ZERO + timedelta(days=1))
    assert (response.seen_at, response.acted_at) == (after(1), after(3))
    with pytest.raises(ValueError, match="found 'nothing'"):
        notice_records.confirm(engine, ALERT.key, Confirmed("nothing", "", "x", ZERO))
