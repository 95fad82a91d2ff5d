"""Bad requests at a running server, made from its own OpenAPI document.

``python tests/api/fuzz.py --requests 10000`` starts `kopa up` on a small city, sends requests that
fit the document and requests that do not, and tells how many ended in a 5xx, where an answer is
not as the document says, how much memory the server grew by, and whether it still answers.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from api.test_running import Up
from small_city import write_city

CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
ENDLESS = ("/events",)
"""Answers that never end."""
DEVICES = "device,path,entity,attribute,unit\nt1,level,water:T,level,MTR\n"
ROLES = ("admin", "operator", "planner", "auditor")


@dataclass
class Tally:
    """What came back.

    Parameters
    ----------
    statuses
        Status → how often.
    failed
        Operation → the first request that ended in a 5xx, or was not answered as is described.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many were sent."""
        return self.statuses.total()

    @property
    def errors(self) -> int:
        """How many ended in a 5xx other than 501, which says what is not served."""
        return sum(n for status, n in self.statuses.items() if status >= 500 and status != 501)


@contextmanager
def running(folder: Path) -> Iterator[Up]:
    """`kopa up` on a small city with a device, somebody logged in."""
    city = folder / "city"
    city.mkdir()
    write_city(city)
    (city / "devices.csv").write_text(DEVICES, "utf-8")
    up = Up(city, folder / "log")
    try:
        told = re.search(r"password: (\S+)", up.log.read_text())
        assert told is not None
        up.log_in(told[1])
        level = {"device": "t1", "level": 3.0, "time": 1_795_341_600}
        assert up.http.post("/ingest", json=level).status_code == 200
        yield up
    finally:
        if up.process.poll() is None:
            up.close()


def keys(up: Up, count: int) -> list[str]:
    """Device keys that may do everything: each has a limit of its own."""
    grants = [{"role": role, "tenant": "*"} for role in ROLES]
    made = [up.http.post("/auth/keys", json={"label": "f", "grants": grants}) for _ in range(count)]
    return [answer.json()["key"] for answer in made]


def attack(up: Up, requests: int, seed: int = 1) -> Tally:
    """Send about so many requests, the same number to each operation."""
    document = up.http.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    tally = Tally(paths=sorted(document["paths"]))
    operations = [one for one in operations if one.path not in ENDLESS]
    callers = cycle(keys(up, 30))
    each = max(2, round(requests / len(operations)))
    base = str(up.http.base_url)

    for operation in operations:
        cases = st.one_of(
            operation.as_strategy(GenerationMode.POSITIVE),
            operation.as_strategy(GenerationMode.NEGATIVE),
        )

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=each, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @hypothesis.given(cases)
        def send(case: Any) -> None:
            headers = {"x-api-key": next(callers)}
            answer = case.call(base_url=base, headers=headers, timeout=60)
            tally.statuses[answer.status_code] += 1
            told = f"{case.as_curl_command(headers={'x-api-key': '…'})}\n{answer.content[:500]!r}"
            if answer.status_code >= 500 and answer.status_code != 501:
                tally.failed.setdefault(operation.label, told)  # noqa: B023  it is called here
            elif answer.status_code != 501:
                try:
                    case.validate_response(answer, checks=CHECKS)
                except (AssertionError, BaseExceptionGroup) as error:
                    tally.failed.setdefault(operation.label, f"{error}\n{told}")  # noqa: B023

        try:
            send()
        except hypothesis.errors.Unsatisfiable:  # it has nothing to be wrong about
            continue
    return tally


def resident_mb(up: Up) -> float:
    """Memory of the server's process, MB."""
    parent = up.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    status = Path(f"/proc/{children[0]}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def main() -> int:
    """Run it; 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as up:
        attack(up, 300, args.seed + 1)  # what is loaded once is loaded
        before, begin = resident_mb(up), time.perf_counter()
        tally = attack(up, args.requests, args.seed)
        seconds, after = time.perf_counter() - begin, resident_mb(up)
        alive = up.http.get("/health/ready").status_code == 200
    for operation, told in tally.failed.items():
        print(f"--- {operation}\n{told}\n", file=sys.stderr)
    print(
        json.dumps(
            {
                "requests": tally.requests,
                "statuses": {str(k): n for k, n in sorted(tally.statuses.items())},
                "errors_5xx": tally.errors,
                "operations_not_as_described": len(tally.failed),
                "rss_before_mb": round(before),
                "rss_after_mb": round(after),
                "seconds": round(seconds),
                "alive": alive,
            }
        )
    )
    return 0 if alive and not tally.failed and not tally.errors else 1


if __name__ == "__main__":
    raise SystemExit(main())
