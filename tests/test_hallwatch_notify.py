"""`hallwatch notify` as a program: it tells, and ends when it is asked to."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from config.schema import load
from dashboards.duty import signer
from monitor.adapters import alert_records
from monitor.adapters.database import open_database
from monitor.alerts import Alert, Level, Rule
from simulation.recipients import receiving
from tests.config.site import site


def test_an_open_alert_is_told_with_its_link_until_the_program_is_ended(tmp_path: Path) -> None:
    with receiving() as recipients:
        notices = recipients.settings(tmp_path, "https://jd.example.org")
        written = site(("notices", notices), ("stores", {"directory": "var"}), ("simulated", True))
        (tmp_path / "site.yaml").write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")
        settings = load(tmp_path / "site.yaml")
        now = datetime.now(UTC)
        alert = Alert(Rule.ABSENCE, "hc01", "w001", now - timedelta(minutes=5), now, Level.YELLOW)
        engine = open_database(settings.stores.database)
        alert_records.save(engine, alert, now)
        engine.dispose()
        command = [sys.executable, "-m", "hallwatch", "notify", str(tmp_path / "site.yaml")]
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}
        ) as told:
            try:
                message = recipients.told.get(timeout=120)
                told.send_signal(signal.SIGTERM)
                _, said = told.communicate(timeout=60)
            finally:
                told.kill()
        assert told.returncode == 0
    assert message.to == "模拟值班主任"
    assert message.title == "【模拟】疑似离岗 · 预警"
    assert signer(settings.notices.secret).loads(message.text.rpartition("token=")[2]) == alert.key
    for secret in (settings.notices.secret, *(one.url for one in settings.notices.recipients)):
        assert secret not in said
