"""Copies of the whole store: made while it runs, checked when they are read."""

from __future__ import annotations

import json
import shutil
import sqlite3
from hashlib import file_digest
from pathlib import Path

from kopa.errors import UsageError
from kopa.store.embedded.cold import sync
from kopa.store.embedded.connection import told
from kopa.store.errors import CorruptError

DATABASE = "kopa.sqlite"
COLD = "cold"
CONTENTS = "backup.json"


def back_up(store: Path, folder: Path) -> None:
    """Copy a store into a new folder; the caller sees to it that no file goes meanwhile.

    Raises
    ------
    UsageError
        If the folder is there and not empty.
    StoreError
        If the copy cannot be written.
    """
    with told(folder):
        part = _fresh(folder)
        source = sqlite3.connect(store / DATABASE, isolation_level=None)
        try:  # one snapshot; neither writer nor readers wait for it
            source.execute("VACUUM INTO ?", (str(part / DATABASE),))
        finally:
            source.close()
        copy = sqlite3.connect(part / DATABASE)
        try:
            named = copy.execute("SELECT file FROM segment WHERE kind = 'cold'").fetchall()
        finally:
            copy.close()
        files = [DATABASE, *(f"{COLD}/{name}" for (name,) in named)]
        for name in files[1:]:
            shutil.copyfile(store / name, part / name)
        sums = {name: _sum(part / name) for name in files}
        (part / CONTENTS).write_text(json.dumps({"sha256": sums}, indent=1), encoding="utf-8")
        _finish(part, folder, [*files, CONTENTS])


def restore(backup: Path, folder: Path) -> None:
    """Make a store of a backup, in a new folder.

    Raises
    ------
    UsageError
        If the folder is there and not empty, or there is no backup.
    CorruptError
        If a file of the backup is not as it was written.
    """
    if not (backup / CONTENTS).is_file():
        raise UsageError(f"{backup} is no backup: it has no {CONTENTS}")
    sums = json.loads((backup / CONTENTS).read_text(encoding="utf-8"))["sha256"]
    with told(folder):
        part = _fresh(folder)
        for name, expected in sums.items():
            if not (backup / name).is_file():
                raise CorruptError(f"{backup / name} is missing: use another backup")
            shutil.copyfile(backup / name, part / name)
            if _sum(part / name) != expected:
                raise CorruptError(f"{backup / name} is damaged: use another backup")
        _finish(part, folder, list(sums))


def _fresh(folder: Path) -> Path:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there and not empty: name a new folder")
    part = folder.with_name(f"{folder.name}.part")
    if part.exists():
        shutil.rmtree(part)
    (part / COLD).mkdir(parents=True)
    return part


def _finish(part: Path, folder: Path, files: list[str]) -> None:
    for name in files:
        sync(part / name)
    sync(part / COLD)
    sync(part)
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    sync(folder.parent)


def _sum(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
