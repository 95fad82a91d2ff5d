"""A real MQTT broker for tests, on loopback."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

PROGRAM = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
PUBLISH = shutil.which("mosquitto_pub")
needed = pytest.mark.skipif(
    PROGRAM is None or PUBLISH is None, reason="mosquitto and mosquitto-clients are not installed"
)


class Mosquitto:
    """A broker on loopback that keeps its sessions over a restart."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._conf = folder / "mosquitto.conf"
        self._conf.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n"
            f"persistence true\npersistence_location {folder}/\nautosave_interval 1\n",
            encoding="utf-8",
        )
        self.start()

    def start(self) -> None:
        assert PROGRAM is not None
        self._process = subprocess.Popen(
            [PROGRAM, "-c", str(self._conf)], stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("mosquitto did not start")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:  # it hears no signal while it starts
            self._process.kill()
            self._process.wait(10)

    def publish(self, *levels: float) -> None:
        assert PUBLISH is not None
        lines = "\n".join(
            json.dumps({"level": level, "time": 1_700_000_000 + at})
            for at, level in enumerate(levels)
        )
        words = ["-h", "127.0.0.1", "-p", str(self.port), "-q", "1", "-t", "city/t1", "-l"]
        subprocess.run([PUBLISH, *words], input=lines.encode(), check=True, timeout=20)
