"""Notices over real HTTP: who is told when, once, whoever else sends, hangs, dies or sleeps."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from monitor.adapters import alert_records, notice_records
from monitor.adapters.database import open_database
from monitor.adapters.notice_records import Confirmed
from monitor.adapters.notices import Notifier
from monitor.adapters.senders import AppriseSender, Bounded, Sender, SmsSender
from monitor.alerts import Level
from monitor.ladder import Due, Person, Role
from monitor.thresholds import Thresholds
from tests.monitor.adapters.receiver import receiving
from tests.monitor.hall import HALL
from tests.monitor.test_ladder import ALERT, RED, ZERO

DUTY, DISTRICT = Person("班长", Role.DUTY), Person("督察", Role.DISTRICT)


@dataclass
class Pocket:
    """Keeps what it is told."""

    told: list[str] = field(default_factory=list)

    def send(self, title: str, text: str) -> None:
        self.told.append(text)


class Broken:
    """Raises whatever it was given."""

    def __init__(self, error: BaseException) -> None:
        self.error, self.tried = error, 0

    def send(self, title: str, text: str) -> None:
        self.tried += 1
        raise self.error


def worded(message: Due) -> tuple[str, str]:
    return "疑似离岗", f"{message.alert.hall} {','.join(message.members) or message.alert.place} {message.stage}"


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
            assert notice_records.confirm(engine, [ALERT.key], Confirmed("reminded", "", "值班主任", after(0.2)))
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
        notice_records.opened(engine, [ALERT.key], after(minute))
    assert [
        notice_records.confirm(engine, [ALERT.key], Confirmed(action, "", "值班主任", after(3)))
        for action in ("covered", "reminded")
    ] == [True, False]
    assert notice_records.confirmed(engine, ALERT.key) == Confirmed("covered", "", "值班主任", after(3))
    (response,) = notice_records.responses(engine, ZERO - timedelta(days=1), ZERO + timedelta(days=1))
    assert (response.seen_at, response.acted_at) == (after(1), after(3))
    with pytest.raises(ValueError, match="found 'nothing'"):
        notice_records.confirm(engine, [ALERT.key], Confirmed("nothing", "", "x", ZERO))


def test_a_sender_that_raises_anything_costs_one_try_of_its_own(
    engine: Engine, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    from http.client import BadStatusLine, InvalidURL

    pocket = Pocket()
    broken = [
        Broken(error) for error in (BadStatusLine("geheim"), InvalidURL("geheim"), SystemExit("geheim"), KeyError(1))
    ]
    people: dict[Person, Sender] = {Person(f"p{n}", Role.DUTY): way for n, way in enumerate(broken)}
    one = Notifier(engine, (HALL,), Thresholds(), {**people, DUTY: pocket}, worded)
    alert_records.save(engine, ALERT, ZERO)
    for minute in (0, 0.4, 0.5, 2.5, 12.5, 42.5, 200):
        one.turn(after(minute))
    assert pocket.told == ["hc01 w001 opened"]
    assert [way.tried for way in broken] == [5, 5, 5, 5]
    said = f"{caplog.text}{capfd.readouterr()}{record(engine)}"
    assert "geheim" not in said
    for name in ("BadStatusLine", "InvalidURL", "SystemExit", "KeyError"):
        assert f"expected the message to be taken, found {name}" in said


def record(engine: Engine) -> list[Any]:
    """Everything that is kept of the messages."""
    from sqlalchemy import select

    from monitor.adapters.notice_tables import notices

    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(notices)).mappings()]


def test_two_at_once_send_each_message_once(engine: Engine, url: str) -> None:
    alerts = [replace(ALERT, place=f"w{n:03d}") for n in range(1, 9)]
    for alert in alerts:
        alert_records.save(engine, alert, ZERO)
    pockets, barrier = (Pocket(), Pocket()), Barrier(2)

    def run(pocket: Pocket) -> None:
        own = open_database(url)
        one = Notifier(own, (HALL,), Thresholds(), {DUTY: pocket}, worded)
        barrier.wait()
        for minute in (0.6, 0.7, 0.8):
            one.turn(after(minute))
        own.dispose()

    threads = [Thread(target=run, args=(pocket,)) for pocket in pockets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [text for pocket in pockets for text in pocket.told]
    assert sorted(told) == [f"hc01 {alert.place} opened" for alert in alerts]


KILLED = """
import os, signal, sys
from datetime import datetime
from monitor.adapters.database import open_database
from monitor.adapters.senders import SmsSender
from tests.monitor.adapters.test_notices import DUTY, notifier
class Dies:
    def send(self, title, text):
        SmsSender(sys.argv[2], "1").send(title, text)
        os.kill(os.getpid(), signal.SIGKILL)
notifier(open_database(sys.argv[1]), Dies()).turn(datetime.fromisoformat(sys.argv[3]))
"""


def test_a_kill_between_sending_and_recording_repeats_the_message_a_minute_later(engine: Engine, url: str) -> None:
    alert_records.save(engine, ALERT, ZERO)
    with receiving() as gateway:
        address = f"http://127.0.0.1:{gateway.port}/"
        done = subprocess.run(
            [sys.executable, "-c", KILLED, url, address, ZERO.isoformat()], env={**os.environ, "PYTHONPATH": "."}
        )
        assert done.returncode == -signal.SIGKILL
        assert len(gateway.told) == 1
        one = notifier(engine, SmsSender(address, "1"))
        assert [one.turn(after(minute)) for minute in (0.1, 0.9, 1.5, 1.6)] == [0, 0, 1, 0]
        assert len(gateway.told) == 2


def test_whoever_hangs_holds_up_nobody_else(engine: Engine) -> None:
    """One gateway never ends its answer; the others are told in the same turn, and it is tried again."""
    pocket, dripping = Pocket(), Event()

    class Hangs:
        def send(self, title: str, text: str) -> None:
            dripping.wait(60)

    slow = Bounded(Hangs(), 0.05)
    one = Notifier(engine, (HALL,), Thresholds(), {Person("slow", Role.DUTY): slow, DUTY: pocket}, worded)
    alert_records.save(engine, ALERT, ZERO)
    assert one.turn(ZERO) == 1
    assert pocket.told == ["hc01 w001 opened"]
    for minute in (0.5, 2.5, 12.5):
        assert one.turn(after(minute)) == 0
    assert len(slow.hanging) == 3
    errors = [row["error"] for row in record(engine) if row["recipient"] == "slow"]
    assert errors == ["expected one of 3 hanging attempts to end, found none"]
    dripping.set()


def test_what_failed_just_before_quiet_hours_is_sent_after_them(engine: Engine) -> None:
    person = replace(DUTY, quiet=(time(10, 0, 20), time(11)))
    with receiving(500) as gateway:
        way = SmsSender(f"http://127.0.0.1:{gateway.port}/", "1")
        one = Notifier(engine, (HALL,), Thresholds(), {person: way}, worded)
        alert_records.save(engine, ALERT, ZERO)
        assert one.turn(ZERO) == 0
        gateway.status = 200
        assert [one.turn(after(minute)) for minute in (0.5, 3, 59.9, 60, 61)] == [0, 0, 0, 1, 0]
        assert len(gateway.told) == 2


def test_quiet_hours_end_without_a_word_if_the_alert_is_over(engine: Engine) -> None:
    pocket = Pocket()
    one = Notifier(engine, (HALL,), Thresholds(), {replace(DUTY, quiet=(time(9), time(11))): pocket}, worded)
    alert_records.save(engine, ALERT, ZERO)
    one.turn(ZERO)
    alert_records.save(engine, replace(ALERT, until=after(20)), after(20))
    assert [one.turn(after(minute)) for minute in (20, 60, 61)] == [0, 0, 0]
    assert pocket.told == []
