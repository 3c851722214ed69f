"""People on duty in the simulated city are told over real HTTP, at addresses that only their files hold."""

import stat
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from monitor.adapters.senders import AppriseSender
from monitor.ladder import Role
from simulation.recipients import NAMES, receiving
from tests.config.site import loaded


def test_everybody_on_the_ladder_is_told_at_an_address_of_this_machine(tmp_path: Path) -> None:
    with receiving() as recipients:
        section = recipients.settings(tmp_path, "http://127.0.0.1:8050")
        notices = loaded(tmp_path, ("notices", section)).notices
        assert [one.person.role for one in notices.recipients] == list(Role)
        assert len(notices.secret) >= 32
        for one in notices.recipients:
            AppriseSender(one.url).send(f"给{one.person.name}", "第一行\n第二行")
        told = [recipients.told.get(timeout=10) for _ in Role]
        assert [(one.to, one.title, one.text) for one in told] == [
            (name, f"给{name}", "第一行\n第二行") for name in NAMES.values()
        ]
        assert told[0].line()["kind"] == "notice"
    assert all(name.startswith("模拟") for name in NAMES.values())
    for file in tmp_path.glob("notices-*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'"x"', b'{"title": 1}', b"\xff", b"x" * 70000])
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with receiving() as recipients:
        with pytest.raises((HTTPError, ConnectionError)):
            urlopen(Request(f"http://127.0.0.1:{recipients.port}/duty", body, method="POST"), timeout=10)
        assert recipients.told.empty()
