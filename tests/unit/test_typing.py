"""A spec is ordinary typed Python: mypy and pyright accept what is right and find what is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate

ROOT = Path(__file__).resolve().parents[2]
TYPING = ROOT / "tests" / "typing"


def mypy(*paths: Path) -> set[tuple[str, int]]:
    """File name and line of every error of `mypy --strict`; without a cache, for two runs that share one can crash."""
    options = ["--strict", "--no-error-summary", "--cache-dir", os.devnull]
    command = [sys.executable, "-m", "mypy", *options, *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {(Path(m[1]).name, int(m[2])) for m in re.finditer(r"^(.+?):(\d+): error:", done.stdout, re.MULTILINE)}


def pyright(*paths: Path) -> set[tuple[str, int]]:
    """File name and line of every error of pyright."""
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] >= len(paths)
    return {
        (Path(found["file"]).name, found["range"]["start"]["line"] + 1)
        for found in report["generalDiagnostics"]
        if found["severity"] == "error"
    }


def marked() -> set[tuple[str, int]]:
    """The lines of the bad spec that say they are wrong."""
    lines = (TYPING / "bad.py").read_text(encoding="utf-8").splitlines()
    return {("bad.py", number) for number, line in enumerate(lines, 1) if line.endswith("# error")}


def test_both_find_the_mistakes_and_nothing_else() -> None:
    """Every marked line has an error, no other line of the good and the bad spec has one."""
    files = [TYPING / "good.py", TYPING / "bad.py"]
    assert mypy(*files) == marked()
    assert pyright(*files) == marked()


def test_the_good_spec_compiles() -> None:
    """What the type checkers accept there, the compiler does too."""
    program = compile_tree(elaborate(find_model(f"{TYPING / 'good.py'}:Whole")))
    assert [action.name for action in program.actions] == ["ring.take", "workers.work", "tidy"]


def test_the_package_and_every_shipped_spec_are_clean() -> None:
    """The package passes `mypy --strict`; specs, properties and the corpus pass both."""
    specs = [ROOT / "spec", ROOT / "invariants", *sorted((ROOT / "tests" / "corpus").rglob("*.py"))]
    assert mypy(ROOT / "src", *specs) == set()
    assert pyright(*specs) == set()
