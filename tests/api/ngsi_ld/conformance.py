"""Runs the ETSI NGSI-LD conformance suite against Kopa, and tells the pass rate per section.

``python tests/api/conformance.py SUITE --robot ROBOT [--section S] -o FOLDER``. The suite is
copied; in the copy its @contexts are served on loopback.
"""

from __future__ import annotations

import argparse
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections import Counter
from functools import partial
from pathlib import Path

CONTEXT_PORT, BROKER_PORT, MQTT_PORT = 8099, 8090, 8084
REMOTE = (
    "https://raw.githubusercontent.com/marek-mraz/ngsi-ld-test-suite/main/resources/"
    "jsonld-contexts/",
    "https://easy-global-market.github.io/ngsild-api-data-models/ngsildTestSuite/",
    "https://fiware.github.io/NGSI-LD_TestSuite/ldContext/",
    "https://fiware.github.io/data-models/",
)
VARIABLES = f"""
url = 'http://127.0.0.1:{BROKER_PORT}/ngsi-ld/v1'
temporal_api_url = url
ngsild_test_suite_context = 'http://127.0.0.1:{CONTEXT_PORT}/ngsi-ld-test-suite-compound.jsonld'
notification_server_host = '127.0.0.1'
notification_server_port = 8085
mqtt_broker_host = '127.0.0.1'
mqtt_broker_non_default_port = {MQTT_PORT}
context_source_host = '127.0.0.1'
context_source_port = 8086
context_server_host = '127.0.0.1'
context_server_port = 8087
core_context = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld'
delete_temporal_on_core_delete = True
"""


def prepare(suite: Path, copy: Path) -> None:
    """Copy the suite and point it to loopback."""
    shutil.copytree(suite, copy, ignore=shutil.ignore_patterns(".git"))
    (copy / "resources" / "variables.py").write_text(VARIABLES)
    for path in copy.rglob("*"):
        if path.suffix in (".json", ".jsonld", ".geojson", ".robot", ".resource", ".py"):
            text = path.read_text()
            new = text
            for url in REMOTE:
                new = new.replace(url, f"http://127.0.0.1:{CONTEXT_PORT}/")
            if new != text:
                path.write_text(new)
    contexts = copy / "resources" / "jsonld-contexts"
    compound = (contexts / "ngsi-ld-test-suite-compound.jsonld").read_text()
    (contexts / "ngsildTestSuiteV1.8-compound.jsonld").write_text(compound)
    for name in ("testContext.jsonld", "context.jsonld"):  # not of the suite: only their URL counts
        (contexts / name).write_text('{"@context": {"other": "https://example.org/other"}}')


def serve_contexts(folder: Path) -> None:
    """Serve the contexts of the suite, in the background."""
    handler = partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", CONTEXT_PORT), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def start_broker(folder: Path) -> subprocess.Popen[bytes]:
    """Start Kopa, and wait until it is ready."""
    hosts = [f"127.0.0.1:{CONTEXT_PORT}", "127.0.0.1:8087"]
    command = [sys.executable, "-m", "kopa.api.serve", str(folder), "--port", str(BROKER_PORT)]
    command += ["--context-wait", "2", *(x for host in hosts for x in ("--context-host", host))]
    process = subprocess.Popen(command, env={**os.environ, "NO_PROXY": "*"})
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{BROKER_PORT}/health/ready"):
                return process
        except OSError:
            time.sleep(0.1)
    raise SystemExit("Kopa did not start")


def start_mqtt(folder: Path) -> subprocess.Popen[bytes]:
    """Start the MQTT broker that the suite would start in a container."""
    conf = folder / "mosquitto.conf"
    ports = "".join(f"listener {port} 127.0.0.1\n" for port in (1883, MQTT_PORT))
    conf.write_text(f"{ports}allow_anonymous true\n")
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise SystemExit("The tests of MQTT need mosquitto")
    return subprocess.Popen([program, "-c", str(conf)], stderr=subprocess.DEVNULL)


def rates(output: Path) -> dict[str, Counter[str]]:
    """Section → how many tests passed and failed."""
    found: dict[str, Counter[str]] = {}

    def walk(suite: ElementTree.Element, names: tuple[str, ...]) -> None:
        here = (*names, suite.get("name", ""))
        for test in suite.findall("test"):
            source = Path(suite.get("source", ""))
            parts = source.parts[source.parts.index("NGSI-LD") + 1 : -1]
            status = test.find("status")
            assert status is not None
            found.setdefault("/".join(parts[:3]), Counter())[status.get("status", "")] += 1
        for inner in suite.findall("suite"):
            walk(inner, here)

    root = ElementTree.parse(output).getroot()
    for suite in root.findall("suite"):
        walk(suite, ())
    return found


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", type=Path)
    parser.add_argument("--robot", default="robot")
    parser.add_argument("--section", default="ContextInformation", help="folder below TP/NGSI-LD")
    parser.add_argument("-o", "--output", type=Path, default=Path("build/conformance"))
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "suite")
        prepare(args.suite, copy)
        serve_contexts(copy / "resources" / "jsonld-contexts")
        started = [start_mqtt(Path(folder)), start_broker(Path(folder, "store"))]
        try:
            command = [args.robot, "--outputdir", str(args.output.resolve()), "--console", "none"]
            with (args.output / "robot.log").open("w") as log:
                subprocess.run(
                    [*command, f"TP/NGSI-LD/{args.section}"], cwd=copy, check=False, stdout=log
                )
        finally:
            for process in started:
                process.terminate()
                process.wait(20)
    total: Counter[str] = Counter()
    for section, counts in sorted(rates(args.output / "output.xml").items()):
        total += counts
        print(f"{section:80} {counts['PASS']:4} of {counts.total():4}")
    print(f"{'all':80} {total['PASS']:4} of {total.total():4}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
