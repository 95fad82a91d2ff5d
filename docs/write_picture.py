"""Makes the picture of the README again: what `kopa whatif` prints for the city of `make run`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

CHANGE = "energy:line:186 out"
LINES, WIDTH = 46, 112
PICTURE = Path(__file__).parent / "picture.svg"


def main() -> None:
    """Write the picture."""
    examples = Path(__file__).parents[1] / "examples"
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "two_networks"
        subprocess.run([sys.executable, examples / "two_networks.py", city], check=True)
        kopa = [sys.executable, "-c", "import sys; from kopa.cli import main; sys.exit(main())"]
        done = subprocess.run(
            [*kopa, "whatif", str(city), "--change", CHANGE],
            env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"},
            capture_output=True,
            text=True,
            check=True,
        )
    head, _, rest = done.stdout.partition("\n\n")  # findings stand between the two
    lines = [line.rstrip() for line in (*head.splitlines()[:2], "", *rest.splitlines())]
    shown = Console(record=True, width=WIDTH, file=sys.stderr, emoji=False)
    shown.print(Text.from_ansi(f"$ kopa whatif build/two_networks --change '{CHANGE}'"))
    shown.print(Text.from_ansi("\n".join(lines[:LINES])))
    # no font from another host: the reader's own monospaced one serves
    plain = re.sub(r"@font-face \{\{.*?\n    \}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.S)
    PICTURE.write_text(
        shown.export_svg(title="kopa", code_format=plain, unique_id="kopa"), encoding="utf-8"
    )
    print(PICTURE)


if __name__ == "__main__":
    main()
