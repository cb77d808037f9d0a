"""Progress: one line on a terminal, a line now and then elsewhere, nothing for whoever wants quiet."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_specs import WANDERING

from uringcheck.cli.progress import Watcher
from uringcheck.explore.outcome import Progress


def progress(states: int, seconds: float) -> Progress:
    """How far a search is."""
    return Progress(states, 2 * states, 3, 10, seconds, 20.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock whose time is the last number in the list."""
    times = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: times[-1])
    return times


def test_off_a_terminal_a_line_is_written_every_ten_seconds(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    """With the rate since the line before."""
    with Watcher("cq") as watcher:
        for now in range(1, 31):
            clock.append(float(now))
            watcher.observe(progress(100 * now, float(now)))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == ["1,000", "2,000", "3,000"]
    assert all("100 new/s" in line and "depth 3" in line and "20 MiB" in line for line in lines)


def test_quiet_means_quiet(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    """However long it takes."""
    with Watcher("cq", quiet=True) as watcher:
        clock.append(1000.0)
        watcher.observe(progress(5, 1000.0))
    assert capsys.readouterr().err == ""


def test_on_a_terminal_the_line_is_redrawn_and_gone_at_the_end(tmp_path: Path) -> None:
    """The findings come last, and the line was there before."""
    (tmp_path / "wandering.py").write_text(WANDERING)
    read, write = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "uringcheck", "check", "wandering.py", "--max-seconds", "2"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=write,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(write)
    shown = b""
    while True:
        try:
            part = os.read(read, 4096)
        except OSError:  # Linux reports the end of a pseudo-terminal as an error
            break
        if not part:
            break
        shown += part
    os.close(read)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 3
    assert shown.count(b"new/s") >= 2
    assert b"new/s" not in out
    erased = b"\x1b[2K"
    assert erased in shown[shown.rindex(b"new/s") :]
