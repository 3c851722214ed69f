"""The loop of an MQTT connection at its end; what it does before is in `test_mqtt.py`."""

import socket

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from monitor.adapters.mqtt_loop import Loop
from tests.monitor.adapters.conftest import free_port


def test_who_sends_after_the_end_is_not_harmed() -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect_async("127.0.0.1", free_port())
    loop = Loop(client, lambda error: None, lambda: 0.01, "ended")
    rouse = client.on_socket_register_write
    assert rouse is not None
    loop.start()
    loop.stop()
    with socket.socket() as connection:
        rouse(client, None, connection)
    loop.check()
