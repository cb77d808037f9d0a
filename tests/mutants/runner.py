"""Runs faults, each in a fresh copy of the tree, against the tests that have to find it."""

from __future__ import annotations

import enum
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.faults import Fault, StaleFaultError

ROOT = Path(__file__).resolve().parents[2]

#: What the tests need of the tree.
COPIED = ("src", "spec", "invariants", "tests", "docs", "pyproject.toml", "README.md", "CHANGELOG.md")

#: Seconds for the tests of one fault. A fault that makes a search endless is caught by this.
PATIENCE = 300

_IGNORED = shutil.ignore_patterns("__pycache__", ".hypothesis", "*.pyc")


class Fate(enum.Enum):
    """What became of a fault."""

    CAUGHT = "caught"
    SURVIVED = "SURVIVED"
    ERROR = "ERROR"


@dataclass(frozen=True)
class Report:
    """A fault and its fate; `by` is the test that found it, or what went wrong."""

    fault: Fault
    fate: Fate
    by: str
    seconds: float


def run(fault: Fault, root: Path = ROOT, patience: float = PATIENCE) -> Report:
    """Seed one fault in a copy of the tree and run its tests there."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="uringcheck-mutant-") as folder:
        copied(root, Path(folder))
        try:
            fault.seed(Path(folder))
        except StaleFaultError as error:
            return Report(fault, Fate.ERROR, str(error), 0.0)
        fate, by = tested(Path(folder), fault.tests, patience)
    return Report(fault, fate, by, time.monotonic() - began)


def copied(root: Path, folder: Path) -> None:
    """Copy what the tests need."""
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_IGNORED, symlinks=True)
        elif source.is_file():
            shutil.copy(source, folder / name)


def tested(folder: Path, tests: tuple[str, ...], patience: float) -> tuple[Fate, str]:
    """Run tests in a tree, which must not be the one that is installed; what they say of it."""
    plugins = ["-p", "no:cacheprovider", "-p", "tests.mutants.quick", "--hypothesis-seed=0"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", *plugins, *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return Fate.CAUGHT, f"no end within {patience:.0f} seconds"
    if done.returncode == 0:
        return Fate.SURVIVED, last_line(done.stdout)
    found = re.search(r"^FAILED (\S+)", done.stdout, re.MULTILINE)
    if done.returncode == 1 and found:
        return Fate.CAUGHT, found[1]
    # Nothing was tested: a fault that nobody can even import is no fault, and a name of a test may be wrong.
    return Fate.ERROR, f"pytest ended with {done.returncode}: {last_line(done.stdout + done.stderr)}"


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
