"""Real clients: ngsildclient, in an environment of its own as its libraries are older than ours."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent
CLIENTS = HERE.parent.parent / ".clients" / "bin" / "python"


@pytest.mark.skipif(not CLIENTS.exists(), reason=f"no {CLIENTS}: `make test` makes it")
def test_ngsildclient(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "kopa.api.serve", str(tmp_path / "store"), "--port", str(port)]
    )
    try:
        for _ in range(600):
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False).is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        done = subprocess.run(
            [str(CLIENTS), str(HERE / "client_session.py"), str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.stdout.endswith("done\n"), done.stdout + done.stderr
    finally:
        server.terminate()
        server.wait(20)
