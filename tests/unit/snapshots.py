"""Texts that people read, kept as files under `tests/snapshots`.

`UPDATE_SNAPSHOTS=1 pytest ...` writes what is there now; the diff is then reviewed like code.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "snapshots"


def check_snapshot(name: str, text: str) -> None:
    """Compare with the file; the assertion shows both."""
    file = FOLDER / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_text(encoding="utf-8")
