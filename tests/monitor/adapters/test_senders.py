"""Ways to reach somebody: what leaves, and that no address ever stays behind."""

import logging
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from monitor.adapters.senders import AppriseSender, Bounded, Sender, SmsSender, Undelivered
from tests.monitor.adapters.receiver import receiving

SECRET = "geheim-key"


def test_a_gateway_of_text_messages_gets_what_its_template_says() -> None:
    with receiving() as gateway:
        url = f"http://127.0.0.1:{gateway.port}/sms"
        sender = SmsSender(url, "13800000000", '{"mobile":"{to}","msg":"【监督】{text}"}', {"X-Key": SECRET})
        sender.send('疑似"离岗"', "第一行\n第二行")
        assert gateway.told == [("/sms", {"mobile": "13800000000", "msg": '【监督】疑似"离岗" 第一行 第二行'})]


def test_a_gateway_may_be_asked_by_get() -> None:
    with receiving() as gateway:
        url = f"http://127.0.0.1:{gateway.port}/sms?to={{to}}&msg={{text}}"
        SmsSender(url, "+8613800000000", headers={"X-Key": SECRET}, method="GET").send("离岗 & 更多", "01/02")
        path = "/sms?to=%2B8613800000000&msg=%E7%A6%BB%E5%B2%97%20%26%20%E6%9B%B4%E5%A4%9A%2001%2F02"
        assert gateway.told == [(path, b"")]
        assert gateway.headers["X-Key"] == SECRET


def test_a_gateway_that_sends_elsewhere_is_refused() -> None:
    """Elsewhere would get the key in the header."""
    with receiving() as elsewhere, receiving(302) as gateway:
        gateway.location = f"http://127.0.0.1:{elsewhere.port}/"
        for method in ("POST", "GET"):
            sender = SmsSender(f"http://127.0.0.1:{gateway.port}/", "1", headers={"X-Key": SECRET}, method=method)
            with pytest.raises(Undelivered, match=r"^text message: expected 2xx, found 302$"):
                sender.send("a", "b")
        assert elsewhere.told == []


@contextmanager
def answering(say: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that says what it likes to every caller; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    caller, _ = server.accept()
                    with caller:
                        caller.recv(65536)
                        say(caller)
            except OSError:
                pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


WRONG: dict[str, Callable[[int], Sender]] = {
    "garbage": lambda port: SmsSender(f"http://127.0.0.1:{port}/{SECRET}", "1"),
    "no port": lambda port: SmsSender(f"http://127.0.0.1:{SECRET}/", "1"),
    "no address": lambda port: SmsSender(SECRET, "1"),
    "no scheme": lambda port: SmsSender(f"{SECRET}://127.0.0.1:{port}/", "1"),
    "a file": lambda port: SmsSender(f"file:///{SECRET}", "1"),
    "a bad header": lambda port: SmsSender(f"http://127.0.0.1:{port}/", "1", headers={"X": f"{SECRET}\n\n"}),
    "unknown to Apprise": lambda port: AppriseSender(f"nosuch://{SECRET}"),
    "not even an address": lambda port: AppriseSender(SECRET),
    "garbage to Apprise": lambda port: AppriseSender(f"json://127.0.0.1:{port}/{SECRET}"),
    "no port to Apprise": lambda port: AppriseSender(f"json://127.0.0.1:99999/{SECRET}"),
    "two for Apprise": lambda port: AppriseSender(f"json://127.0.0.1:{port}/{SECRET},nosuch://{SECRET}"),
    "a robot's key": lambda port: AppriseSender(f"wecombot://{SECRET}?verify=no&nonsense={SECRET}"),
    "mail": lambda port: AppriseSender(f"mailto://a:{SECRET}@127.0.0.1:{port}?smtp=127.0.0.1&to=x@{SECRET}.org"),
    "mail, odd": lambda port: AppriseSender(f"mailtos://a:{SECRET}@127.0.0.1:{port}/?mode={SECRET}&to=@@"),
}


@pytest.mark.parametrize("how", WRONG)
def test_no_address_stands_in_a_log_or_an_error(
    how: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    caplog.set_level(logging.DEBUG)
    logging.getLogger("apprise").setLevel(logging.DEBUG)
    with answering(lambda caller: caller.sendall(f"garbage {SECRET}\r\n\r\n".encode())) as port:
        sender: Sender = WRONG[how](port)
        with pytest.raises(Undelivered) as refused:
            Bounded(sender).send("标题", "正文")
    said = "".join(traceback.format_exception(refused.value)) + caplog.text + repr(sender) + str(capfd.readouterr())
    assert SECRET not in said.replace("\\", "")
    assert "expected" in str(refused.value)


def test_an_answer_that_drips_is_given_up_at_the_deadline() -> None:
    stop = threading.Event()

    def drip(caller: socket.socket) -> None:
        caller.sendall(b"HTTP/1.1 200 OK\r\n")
        try:
            while not stop.wait(0.05):
                caller.sendall(b"X-A: b\r\n")
        except OSError:
            pass

    with answering(drip) as port:
        way = Bounded(SmsSender(f"http://127.0.0.1:{port}/", "1"), 0.3)
        with pytest.raises(Undelivered, match=r"^expected the message to be taken within 0.3 s, found no end of it$"):
            way.send("a", "b")
        stop.set()
        for thread in way.hanging:
            thread.join()


def test_a_refusal_is_one_sentence() -> None:
    with receiving() as gateway:
        port = gateway.port
    with pytest.raises(Undelivered, match=r"^text message: expected an answer, found URLError$"):
        SmsSender(f"http://127.0.0.1:{port}/", "1").send("a", "b")
    with pytest.raises(Undelivered, match=r"^expected an address that Apprise knows, found another$"):
        AppriseSender("nonsense://x").send("a", "b")
    with pytest.raises(Undelivered, match=r"^NotifyJSON: expected the message to be taken, found it refused$"):
        AppriseSender(f"json://127.0.0.1:{port}/x").send("a", "b")
