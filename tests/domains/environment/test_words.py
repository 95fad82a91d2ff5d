"""Every kind, event, quantity, port and finding of the domain has words in both languages."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from docs.test_words import messages
from domains.environment.test_domain import DAY, WIND, domain, overflow, run

from kopa.domains.environment.domain import KINDS, PACKAGE
from kopa.domains.environment.live import LIVE_KINDS


@pytest.mark.parametrize("language", ["en", "lv"])
def test_words_of_the_domain(language: str, tmp_path: Path) -> None:
    known = messages(PACKAGE, language)
    one = domain(tmp_path, **WIND)
    ammonia = overflow(5.0, 0, 9)
    result = run(
        one, "plant release 20 kg/s", overflow=overflow(50.0, 8, 16), ammonia=ammonia, window=DAY
    )
    wanted = {f"kind-{kind}" for kind in one.assets().kinds}
    wanted |= {f"event-{event.what}" for event in result.events}
    wanted |= {f"event-{kind.name}" for kind in KINDS}
    wanted |= {f"quantity-{account.quantity}" for account in result.accounts}
    wanted |= {f"port-{port.name}" for port in one.ports()}
    assert {"event-overflow", "event-effluent", "event-bathing_alert"} <= wanted
    code = "".join(
        file.read_text(encoding="utf-8")
        for file in (
            Path(str(files(PACKAGE))) / name for name in ("findings.py", "live.py", "air_run.py")
        )
    )
    findings = set(re.findall(r'"environment\.([a-z-]+)"', code))
    findings |= {f"above-{kind}" for kind in LIVE_KINDS}
    assert len(findings) > 10
    wanted |= {f"finding-environment-{name}{end}" for name in findings for end in ("", "-do")}
    assert wanted - known.keys() == set()
