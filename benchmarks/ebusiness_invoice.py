"""Invoices held against EN 16931, warm, against a process that compiles the rules for each file.

    python benchmarks/ebusiness_invoice.py --official FOLDER

`FOLDER` is a copy of ConnectingEurope/eInvoicing-EN16931: rules, and its invoices up to 1 MB.
Prints one JSON document. The peer is SaxonC as its manual begins: a process for each file, the same
stylesheet, the whole report; it must find the same rules.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kopa.domains.ebusiness.invoices.check import check
from kopa.domains.ebusiness.invoices.read_invoice import Invoice, read_file
from kopa.domains.ebusiness.invoices.rules import install
from kopa.errors import InputError

REPEATS, PEER_FILES, MOST_BYTES = 5, 5, 1_000_000
_PEER = """
import re, sys
from saxonche import PySaxonProcessor
with PySaxonProcessor(license=False) as saxon:
    sheet = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=sys.argv[1])
    told = sheet.transform_to_string(source_file=sys.argv[2])
print(" ".join(re.findall(r'<svrl:failed-assert[^>]*? id="([^"]+)"', told)))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--official", type=Path, required=True)
    official = parser.parse_args().official
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(measured(official, Path(place))))


def measured(official: Path, rules: Path) -> dict[str, Any]:
    """Figures, with the rules installed in a folder."""
    sets, _ = install(official, rules)
    files = sorted(one for one in official.rglob("*") if one.suffix.lower() == ".xml")
    known = [one for one in files if one.stat().st_size < MOST_BYTES and _invoice(one)]
    for file in known[:2] + known[-2:]:
        check(read_file(file), sets, rules)  # rules are compiled
    times, found = [], {}
    for file in known:
        took = []
        for _ in range(REPEATS):
            begin = time.perf_counter()
            told = check(read_file(file), sets, rules)
            took.append(time.perf_counter() - begin)
        times.append(statistics.median(took))
        found[file] = {one.rule for one in told.failures}
    peers, same = [], True
    for file in known[:: max(1, len(known) // PEER_FILES)]:
        syntax = read_file(file).syntax
        sheets = [rules / f"{one.name}.xslt" for one in sets if one.syntax == syntax]
        begin = time.perf_counter()
        words = [
            subprocess.run(
                [sys.executable, "-c", _PEER, str(sheet), str(file)],
                capture_output=True, text=True, check=True,
            ).stdout.split()
            for sheet in sheets
        ]  # fmt: skip
        peers.append(time.perf_counter() - begin)
        same &= found[file] == {rule for one in words for rule in one}
    middle = statistics.median(times)
    return {
        "invoices": len(known),
        "ms": round(middle * 1000, 2),
        "worst_ms": round(max(times) * 1000, 2),
        "mean_ms": round(statistics.mean(times) * 1000, 2),
        "peer_ms": round(statistics.median(peers) * 1000, 1),
        "ratio": round(statistics.median(peers) / middle, 1),
        "same": same,
    }


def _invoice(file: Path) -> Invoice | None:
    try:
        return read_file(file)
    except InputError:
        return None


if __name__ == "__main__":
    main()
