"""Notifications by MQTT: to a real Mosquitto, and to brokers that behave badly."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import threading
import time
from contextlib import closing

import pytest
from mosquitto import Mosquitto, needed

from kopa.api.ngsi_ld import mqtt
from kopa.api.ngsi_ld.mqtt_endpoint import Address, Target, read_target
from kopa.api.ngsi_ld.problems import BadRequestData

from .conftest import serving
from .test_subscriptions import ROOT, put

TOPIC = "city/pumps"


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path / "store") as client:
        yield client


@pytest.fixture
def mosquitto(tmp_path):
    (tmp_path / "mosquitto").mkdir()
    broker = Mosquitto(tmp_path / "mosquitto")
    yield broker
    broker.stop()


class Listener:
    """A client that takes messages of the topic."""

    def __init__(self, port, count):
        words = ["-p", str(port), "-q", "2", "-t", TOPIC, "-C", str(count), "-W", "20"]
        command = ["stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-d", "-F", "%q %p", *words]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert any("SUBACK" in line for line in self.process.stdout)

    def messages(self):
        """Quality of service and content of each."""
        out, _ = self.process.communicate(timeout=30)
        lines = [line for line in out.splitlines() if "{" in line]
        return [(int(line[0]), json.loads(line[2:])) for line in lines]


def subscribe(client, uri, *pairs, **endpoint):
    info = [{"key": key, "value": value} for key, value in pairs]
    notification = {"endpoint": {"uri": uri, "notifierInfo": info, **endpoint}}
    body = {"type": "Subscription", "entities": [{"type": "Pump"}], "notification": notification}
    return client.post(f"{ROOT}/subscriptions", json=body)


def status(client, made, until="timesSent"):
    end = time.monotonic() + 15
    while time.monotonic() < end:
        found = client.get(made.headers["location"]).json()["notification"]
        if until in found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {until}")


@needed
@pytest.mark.parametrize("version", ["mqtt3.1.1", "mqtt5.0"])
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_it_comes_with_its_metadata(server, mosquitto, version, qos):
    listener = Listener(mosquitto.port, 1)
    made = subscribe(
        server,
        f"mqtt://127.0.0.1:{mosquitto.port}/{TOPIC}",
        ("MQTT-Version", version),
        ("MQTT-QoS", str(qos)),
        receiverInfo=[{"key": "X-Key", "value": "seen"}],
    )
    assert made.status_code == 201, made.text
    put(server, 7)
    [(level, message)] = listener.messages()
    assert level == qos
    assert message["metadata"]["Content-Type"] == "application/json"
    assert "json-ld#context" in message["metadata"]["Link"]
    assert message["metadata"]["X-Key"] == "seen"
    assert message["body"]["type"] == "Notification"
    assert message["body"]["data"][0]["flow"]["value"] == 7
    assert status(server, made)["status"] == "ok"


@needed
def test_a_broker_that_was_away_gets_it_again(server, mosquitto, monkeypatch):
    monkeypatch.setattr("kopa.api.ngsi_ld.deliver.FIRST_RETRY_S", 0.3)
    mosquitto.stop()
    uri = f"mqtt://127.0.0.1:{mosquitto.port}/{TOPIC}"
    made = subscribe(server, uri, ("MQTT-QoS", "1"))
    put(server, 1)
    assert status(server, made, "timesFailed")["status"] == "failed"
    monkeypatch.setattr("kopa.api.ngsi_ld.deliver.FIRST_RETRY_S", 2.0)
    mosquitto.start()
    listener = Listener(mosquitto.port, 1)
    [(_, message)] = listener.messages()
    assert message["body"]["data"][0]["flow"]["value"] == 1
    assert status(server, made, "lastSuccess")["status"] == "ok"


@needed
def test_one_that_never_answers_delays_nobody(server, mosquitto):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:  # it accepts, and is silent
        for _ in range(10):
            uri = f"mqtt://127.0.0.1:{silent.getsockname()[1]}/{TOPIC}"
            assert subscribe(server, uri).status_code == 201
        lively = f"mqtt://127.0.0.1:{mosquitto.port}/{TOPIC}"
        assert subscribe(server, lively, ("MQTT-QoS", "1")).status_code == 201
        listener = Listener(mosquitto.port, 5)
        begin = time.monotonic()
        for value in range(5):
            put(server, value)
        found = [message["body"]["data"][0]["flow"]["value"] for _, message in listener.messages()]
        assert time.monotonic() - begin < 5
        assert found == list(range(5))


@pytest.mark.parametrize(
    ("uri", "pairs"),
    [
        ("mqtt://host", ()),
        ("mqtt://host/", ()),
        ("mqtt:topic", ()),
        ("mqtt:///topic", ()),
        ("mqtt://host:99999/topic", ()),
        ("mqtt://host/a/%23", ()),
        ("mqtt://host/a/+/b", ()),
        ("mqtt://host/a%00b", ()),
        ("mqtt://host/topic?x=1", ()),
        ("mqtt://host/topic", (("MQTT-QoS", "3"),)),
        ("mqtt://host/topic", (("MQTT-Version", "mqtt9"),)),
    ],
)
def test_what_is_refused(client, uri, pairs):
    answer = subscribe(client, uri, *pairs)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_an_endpoint_says():
    found = read_target({"uri": "mqtts://me:a%40b@host/a/b"})
    assert found == Target(Address("host", 8883, True, "me", "a@b"), "a/b")
    assert "a@b" not in repr(found)
    assert read_target({"uri": "mqtt://host:1/x"}).address == Address("host", 1)
    with pytest.raises(BadRequestData):
        read_target({"uri": "mqtt://[host/x"})


class Fake:
    """A broker of MQTT 5 that acknowledges as it is told, and counts.

    Parameters
    ----------
    reason
        Of each PUBACK; None: it sends none.
    """

    def __init__(self, reason: int | None) -> None:
        self.reason, self.connects = reason, []
        self.left = threading.Event()
        self.took = 0

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.target = Target(Address("127.0.0.1", port, False, "me", "secret"), "t", 1)
        return self

    async def __aexit__(self, *words):
        self.server.close()

    async def serve(self, reader, writer):
        while head := await reader.read(1):
            size, shift, more = 0, 0, 0x80
            while more & 0x80:
                more = (await reader.readexactly(1))[0]
                size |= (more & 0x7F) << shift
                shift += 7
            packet = await reader.readexactly(size)
            if head[0] >> 4 == 1:
                self.connects.append(packet)
                writer.write(b"\x20\x03\x00\x00\x00")
            elif head[0] >> 4 == 3:
                self.took += 1
                at = 2 + int.from_bytes(packet[:2], "big")
                if self.reason is not None:
                    writer.write(b"\x40\x03" + packet[at : at + 2] + bytes([self.reason]))
        self.left.set()
        writer.close()


def test_one_connection_serves_all_and_is_closed_when_idle(monkeypatch):
    monkeypatch.setattr(mqtt, "IDLE_S", 0.3)

    async def main():
        async with Fake(0) as fake:
            publisher = mqtt.Publisher()
            await asyncio.gather(*(publisher.publish(fake.target, b"{}") for _ in range(20)))
            await publisher.publish(fake.target, b"{}")
            assert (len(fake.connects), fake.took) == (1, 21)
            assert fake.connects[0].endswith(b"\x00\x02me\x00\x06secret")
            assert await asyncio.to_thread(fake.left.wait, 5)
            await publisher.publish(fake.target, b"{}")
            assert len(fake.connects) == 2
            await publisher.close()

    asyncio.run(main())


def test_what_is_not_acknowledged_is_not_sent():
    async def main():
        async with Fake(None) as fake:
            publisher = mqtt.Publisher()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await publisher.publish(fake.target, b"{}")
            assert fake.took == 1
            await publisher.close()

    asyncio.run(main())


@pytest.mark.parametrize("reason", [0x80, 0x87])
def test_what_the_broker_refuses_is_not_sent(reason):
    async def main():
        async with Fake(reason) as fake:
            publisher = mqtt.Publisher()
            with pytest.raises(OSError, match="refused"):
                await publisher.publish(fake.target, b"{}")
            await publisher.close()

    asyncio.run(main())


def test_a_broker_that_is_away_is_told_soon():
    async def main():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            target = Target(Address("127.0.0.1", free.getsockname()[1]), "t", 1)
        publisher = mqtt.Publisher()
        with pytest.raises(OSError, match="broker"):
            await publisher.publish(target, b"{}")
        await publisher.close()

    asyncio.run(main())
