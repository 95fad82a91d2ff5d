"""OPC UA with a real server: values, their status and their time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from field_devices import (
    HOST,
    Plant,
    free_port,
    opcua_server,
    run,
    source_of,
    tcp_server,
    until,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from kopa.ingest.sources import engine_opcua
from kopa.ingest.sources.engine_opcua import OpcUaPoller, node_of
from kopa.ingest.sources.polling import asked_once
from kopa.store import Store, open_store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOON_US = 1_795_348_800_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


def url(port: int) -> str:
    return f"opc.tcp://{HOST}:{port}/kopa/"


@pytest.mark.parametrize("path", ["ns=2;s=Tank.Level", "i=2258", "nsu=urn:a;s=b;c=d"])
def test_nodes(path: str) -> None:
    assert node_of(path).Identifier


@pytest.mark.parametrize("path", ["", "level", "ns=x;s=a", "ns=2", "s", "g=5", "ns=2;i=x"])
def test_paths_that_name_no_node(path: str) -> None:
    with pytest.raises(ValueError, match="Write one such as"):
        node_of(path)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_path_is_a_node_or_told(path: str) -> None:
    with suppress(ValueError):
        node_of(path)


def test_status_and_time_are_those_of_the_server() -> None:
    async def main() -> None:
        port = free_port()
        async with opcua_server(port) as server:
            good = await server.say("Tank.Level", 3.5, at=NOON)
            unsure = await server.say("Unsure", 2, "UncertainLastUsableValue", NOON)
            bad = await server.say("Bad", 1.5, "BadSensorFailure", NOON)
            on, text = await server.say("On", True), await server.say("Text", "open")
            byname = "nsu=urn:kopa:test;s=Tank.Level"
            paths = [good, unsure, bad, on, text, "ns=2;s=None", byname]
            source = source_of("opcua", url(port))
            poller = OpcUaPoller(source, paths)
            came, problem = await asked_once(source, poller)
            await poller.close()
            found = {one.path: one for one in came}
        assert problem == ""
        assert (found[good].value, found[good].at, found[good].quality) == (3.5, NOON_US, "good")
        assert found[byname].value == 3.5
        assert (found[unsure].value, found[unsure].quality) == (2, "suspect")
        assert (found[bad].quality, found[bad].problem) == ("bad", "BadSensorFailure")
        assert (found[on].value, found[text].value) == (True, "open")
        assert found["ns=2;s=None"].problem == "BadNodeIdUnknown"
        assert found["ns=2;s=None"].value is None

    run(main())


def test_values_come_into_the_store_once(store: Store) -> None:
    async def main() -> None:
        port = free_port()
        plant = Plant(store)
        async with opcua_server(port) as server:
            level = await server.say("Level", 350, at=NOON)
            bad = await server.say("Bad", 1.5, "BadSensorFailure", NOON)
            asked = plant.add(source_of("opcua", url(port)), [level, bad], factor=0.01)
            async with plant.polling():
                await until(lambda: asked.rounds >= 3)
                await server.say("Level", 360)
                await until(lambda: len(plant.values(level)) == 2)
        (first, second) = plant.rows(level)
        assert (first.value, first.at, first.label.unit) == (3.5, NOON_US, "MTR")
        assert second.value == pytest.approx(3.6)
        assert plant.values(bad) == []
        # What has the time of the round before is not told again.
        assert plant.codes() == {("ingest.no-value", "water:T1"): 1}
        assert plant.sink.tally.observations == 2

    run(main())


def test_times_may_be_those_of_arrival() -> None:
    async def main() -> None:
        port = free_port()
        async with opcua_server(port) as server:
            path = await server.say("Level", 1.0, at=NOON)
            source = source_of("opcua", url(port), time="arrival")
            poller = OpcUaPoller(source, [path])
            (one,), _ = await asked_once(source, poller)
            await poller.close()
        assert one.at is None

    run(main())


def test_a_server_that_goes_away_and_comes_back(store: Store) -> None:
    async def main() -> None:
        port = free_port()
        plant = Plant(store)
        path = "nsu=urn:kopa:test;s=Level"
        asked = plant.add(source_of("opcua", url(port)), [path])
        async with plant.polling():
            await until(lambda: asked.failed >= 1)
            async with opcua_server(port) as server:
                await server.say("Level", 1.0)
                await until(lambda: plant.values(path) == [1.0])
            await until(lambda: asked.failed >= 1)
            async with opcua_server(port) as server:
                await server.say("Level", 2.0)
                await until(lambda: plant.values(path)[-1] == 2.0)
        assert plant.codes().keys() == {("ingest.silent", "plc")}

    run(main())


def test_a_server_that_does_not_say_good_bye(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its socket is closed all the same, soon."""
    monkeypatch.setattr(engine_opcua, "CLOSE_S", 0.1)
    closed: list[bool] = []

    class Silent:
        async def disconnect(self) -> None:
            await asyncio.sleep(3600)

        def disconnect_socket(self) -> None:
            closed.append(True)

    async def main() -> None:
        poller = OpcUaPoller(source_of("opcua", url(1)), [])
        poller._client = Silent()  # type: ignore[assignment]
        await poller.close()
        await poller.close()

    run(main())
    assert closed == [True]


def test_a_namespace_that_is_not_there() -> None:
    async def main() -> None:
        port = free_port()
        async with opcua_server(port):
            source = source_of("opcua", url(port))
            came, problem = await asked_once(source, OpcUaPoller(source, ["nsu=urn:none;i=1"]))
        assert (came, problem) == ([], "it has no namespace urn:none")

    run(main())


def test_who_we_are_and_a_secured_channel(tmp_path: Path) -> None:
    """Basic256Sha256 with certificates on both sides, and a password that must be right."""
    from asyncua import ua
    from asyncua.crypto.cert_gen import setup_self_signed_certificate
    from asyncua.crypto.permission_rules import SimpleRoleRuleset, User, UserRole
    from cryptography.x509.oid import ExtendedKeyUsageOID

    class Users:
        def get_user(self, server: Any, username: Any = None, password: Any = None,
                     certificate: Any = None) -> Any:  # fmt: skip
            return User(UserRole.Admin) if (username, password) == ("kopa", "secret") else None

    async def prepare(server: Any) -> None:
        for side, uri in (("server", "urn:server"), ("client", "urn:kopa")):
            await setup_self_signed_certificate(
                tmp_path / f"{side}.pem", tmp_path / f"{side}.der", uri, "localhost",
                [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH],
                {"commonName": side},
            )  # fmt: skip
        await server.set_application_uri("urn:server")
        policy = [ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt]
        server.set_security_policy(policy, permission_ruleset=SimpleRoleRuleset())
        server.set_security_IDs(["Username"])
        server.iserver.user_manager = Users()
        await server.load_certificate(str(tmp_path / "server.der"))
        await server.load_private_key(str(tmp_path / "server.pem"))

    async def main() -> None:
        port = free_port()
        secured = {
            "policy": "Basic256Sha256", "user": "kopa",
            "certificate": tmp_path / "client.der", "key": tmp_path / "client.pem",
            "server_certificate": tmp_path / "server.der",
        }  # fmt: skip
        async with opcua_server(port, prepare) as server:
            path = await server.say("Level", 3.5)
            for password, expected in (("secret", [3.5]), ("wrong", [])):
                source = source_of("opcua", url(port), password=password, **secured)
                assert "secret" not in repr(source)
                poller = OpcUaPoller(source, [path])
                came, problem = await asked_once(source, poller)
                await poller.close()
                assert [one.value for one in came] == expected, problem
        assert "refuses" in problem

    run(main())


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=60))
def test_garbage_is_a_problem(said: bytes) -> None:
    async def main() -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.read(1000):
                writer.write(said)
                await writer.drain()

        port = free_port()
        async with tcp_server(port, talk):
            source = source_of("opcua", url(port), timeout_s=0.1)
            came, problem = await asked_once(source, OpcUaPoller(source, ["i=2258"]))
        assert came == []
        assert problem

    run(main())
