"""What `pip install` of the wheel gives: a command that works in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_wheel_carries_the_models_and_works_anywhere(tmp_path: Path) -> None:
    """Built, installed into a fresh environment and run in an empty folder, the shipped suite is as expected."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, ROOT], check=True)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    binaries, empty = tmp_path / "venv" / "bin", tmp_path / "empty"
    empty.mkdir()
    wheel = next(tmp_path.glob("*.whl"))
    subprocess.run([binaries / "pip", "--quiet", "--disable-pip-version-check", "install", wheel], check=True)
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([binaries / "uringcheck", "check"], cwd=empty, env=clean, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(empty.iterdir()) == []
