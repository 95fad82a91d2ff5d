"""Reports of movements, against sums by hand."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from domains.waste.jobs import runner

from kopa.domains.waste import cli_report
from kopa.domains.waste.processing.read_movements import read_movements
from kopa.domains.waste.processing.report import operations
from kopa.errors import InputError

HEAD = "date,ewc,tonnes,operation,from,to,municipal\n"
GOOD = """2025-01-10,20 03 01,100,R12,town,sorting,
2025-01-11,19 12 12,60,D5,sorting,landfill,no
2025-01-12,19 12 01,10,R3,sorting,mill,yes
2025-02-10,200101,40,R3,town,mill,
2025-03-10,20 01 08,30,R3,town,compost,
2025-03-11,20 01 21*,0.5,D10,town,burner,
2025-04-01,15 01 07,20,R13,town,yard,
2025-05-01,15 01 07,20,R5,yard,glassworks,
2025-06-01,17 01 01,500,R5,builder,crusher,
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(capsys, cli_report, "report")


def written(tmp_path: Path, text: str, name: str = "movements.csv") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_year_by_hand(tmp_path: Path, run: Any) -> None:
    # generated: 100 + 40 + 30 + 0.5 + 20 (glass from the yard came there before);
    # recycled: paper 40, bio 30, glass 20, and 10 t of sorted paper that is municipal
    code, told = run(written(tmp_path, HEAD + GOOD), "--json")
    assert code == 0
    assert told["municipal"]["generated_t"] == pytest.approx(190.5)
    assert told["municipal"]["recycled_t"] == pytest.approx(100)
    assert told["municipal"]["recycling_rate"] == pytest.approx(100 / 190.5)
    rows = {row["ewc"]: row for row in told["rows"]}
    assert rows["15 01 07"]["operations_t"] == {"R13": 20, "R5": 20}
    assert rows["20 01 21*"]["hazardous"]
    assert told["items_t"]["incineration"] == {"hazardous": 0.5, "other": 0.0}
    assert told["items_t"]["landfill"] == {"hazardous": 0.0, "other": 60.0}
    assert sum(row["total_t"] for row in told["rows"]) == pytest.approx(780.5)
    assert told["findings"] == []


def test_the_table_is_written(tmp_path: Path, run: Any) -> None:
    file, out = written(tmp_path, HEAD + GOOD), tmp_path / "table.csv"
    code, text = run(file, "-o", out, "--lang", "lv")
    assert code == 0
    assert "nešķiroti sadzīves atkritumi" in text
    assert "52.5 %" in text
    with out.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert sum(float(row["total_t"]) for row in rows) == pytest.approx(780.5)
    assert list(rows[0])[3:-1] == ["R3", "R5", "R12", "R13", "D5", "D10"]


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    text = "date;ewc;tonnes;operation;from;to\n2025-01-01;20 03 01;1,5;d 1;a;b\n"
    (found,) = read_movements(written(tmp_path, text))
    assert found.tonnes == 1.5
    assert found.operation.code == "D1"


def test_years_are_kept_apart(tmp_path: Path, run: Any) -> None:
    file = written(tmp_path, HEAD + GOOD + "2024-01-01,20 03 01,7,D5,town,landfill,\n")
    code, told = run(file, "--json")
    assert (code, told["status"]) == (1, "unknown")
    assert told["findings"][0]["code"] == "waste.report-year"
    code, told = run(file, "--json", "--year", 2024)
    assert (code, told["movements"]) == (0, 1)
    assert run(file, "--json", "--year", 1999)[0] == 1


def test_what_is_odd_is_noted(tmp_path: Path, run: Any) -> None:
    line = "2025-01-10,20 01 01,100,D5,town,landfill,\n"
    _, told = run(written(tmp_path, HEAD + line + line), "--json")
    codes = [one["code"] for one in told["findings"]]
    assert codes == ["waste.report-landfilled", "waste.report-twice", "waste.report-landfilled"]


def test_all_bad_rows_are_told_with_their_line(tmp_path: Path, run: Any) -> None:
    bad = [
        "2025-13-01,20 03 01,1,R1,a,b,",
        "2025-01-01,99 99 99,1,R1,a,b,",
        "2025-01-01,20 03 01*,1,R1,a,b,",
        "2025-01-01,20 03 01,0,R1,a,b,",
        "2025-01-01,20 03 01,NaN,R1,a,b,",
        "2025-01-01,20 03 01,1,R14,a,b,",
        "2025-01-01,20 03 01,1,R1,,b,",
        "2025-01-01,20 03 01,1,R1,a,b,maybe",
        "2025-01-01,20 03 01,1,R1,a,b",
        "2025-01-01,20 03 01,1,R1,a,b,,more",
    ]
    code, told = run(written(tmp_path, HEAD + "\n".join(bad)), "--json")
    assert code == 1
    assert [one["place"] for one in told["findings"]] == [f"line {n}" for n in range(2, 12)]
    assert all(one["do"] for one in told["findings"])


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", HEAD, "date,date\n", HEAD + 'x,"y\n'])
def test_broken_files_are_findings(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read_movements(written(tmp_path, text))


def test_all_operations_of_the_directive_are_there() -> None:
    codes = [f"R{n}" for n in range(1, 14)] + [f"D{n}" for n in range(1, 16)]
    assert list(operations()) == codes
