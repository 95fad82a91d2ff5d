"""Servers that tests start on loopback, in a folder of their own, and end by pid."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]


def postgres_programs() -> Path | None:
    """Folder with initdb and postgres of a version that has PostGIS."""
    for folder in PROGRAMS:
        version = folder.parent.name
        control = Path(f"/usr/share/postgresql/{version}/extension/postgis.control")
        if (folder / "initdb").is_file() and control.is_file():
            return folder
    return None


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _owner() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Postgres:
    """A server of its own, with its data in a folder of its own."""

    def __init__(self) -> None:
        programs = postgres_programs()
        assert programs is not None
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="kopa-pg-"))
        self._owner = _owner()
        if self._owner:
            shutil.chown(self._folder, self._owner)
        self._port = free_port()
        self._data = self._folder / "data"
        self.address = f"postgresql://kopa@127.0.0.1:{self._port}/postgres"
        command = ["initdb", "-D", self._data, "-U", "kopa", "-A", "trust", "-E", "UTF8"]
        self._started(*command, "--locale=C").wait()
        self.start()

    def _started(self, program: str, *words: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self._programs / program), *map(str, words)],
            user=self._owner,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "port": self._port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self._folder,
            "shared_buffers": "256MB",
            "max_wal_size": "4GB",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._server = self._started("postgres", "-D", self._data, *options)
        ready = ["pg_isready", "-h", "127.0.0.1", "-p", str(self._port), "-U", "kopa"]
        end = time.monotonic() + 30
        while self._started(*ready).wait():
            assert time.monotonic() < end, "PostgreSQL does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a loss of power would: all of its processes at once."""
        children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text()
        for pid in (self._server.pid, *map(int, children.split())):
            os.kill(pid, signal.SIGKILL)
        self._server.wait()
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def close(self) -> None:
        """Stop it and remove its data."""
        self._server.send_signal(signal.SIGINT)  # fast shutdown
        self._server.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """Address of a server's empty database."""
    server = Postgres()
    try:
        yield server.address
    finally:
        server.close()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as client:
            client.settimeout(0.5)
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"no server at port {port}")
