"""The runner of seeded faults: what it calls caught, survived, and no fault at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.__main__ import in_turn
from tests.mutants.faults import Fault, StaleFaultError, faults
from tests.mutants.runner import ROOT, Fate, run

TESTED = "from engine import double\n\n\ndef test_double() -> None:\n    assert double(2) == 4\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with an engine of one function and a test of it."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "engine.py").write_text("def double(x):\n    return x + x\n")
    (tmp_path / "tests" / "mutants").mkdir(parents=True)
    for name in ("__init__.py", "mutants/__init__.py"):
        (tmp_path / "tests" / name).touch()
    (tmp_path / "tests" / "mutants" / "quick.py").touch()
    (tmp_path / "tests" / "test_engine.py").write_text(TESTED)
    return tmp_path


def fault(old: str, new: str, *tests: str) -> Fault:
    """A fault in the engine of the tree."""
    return Fault("one", "a fault", "src/engine.py", old, new, tests or ("tests/test_engine.py",))


def test_a_fault_that_a_test_finds_is_caught_by_it(tree: Path) -> None:
    """And the tree it was seeded in was a copy."""
    report = run(fault("x + x", "x * x + 1"), tree)
    assert (report.fate, report.by) == (Fate.CAUGHT, "tests/test_engine.py::test_double")
    assert "x + x" in (tree / "src" / "engine.py").read_text()


def test_a_fault_that_changes_nothing_survives(tree: Path) -> None:
    """The runner does not take a run for a catch."""
    assert run(fault("x + x", "x + x + 0"), tree).fate is Fate.SURVIVED


def test_a_text_that_is_not_there_once_is_an_error(tree: Path) -> None:
    """The list has gone stale, and a fault that is not seeded would survive or be caught by chance."""
    assert run(fault("x - x", "0"), tree).fate is Fate.ERROR
    assert run(fault("x", "y"), tree).fate is Fate.ERROR


def test_tests_that_cannot_run_catch_nothing(tree: Path) -> None:
    """An engine that cannot be imported, and a test that does not exist."""
    assert run(fault("def double", "def def double"), tree).fate is Fate.ERROR
    assert run(fault("x + x", "0", "tests/test_nothing.py"), tree).fate is Fate.ERROR


def test_an_endless_run_is_caught(tree: Path) -> None:
    """By patience."""
    assert run(fault("return x + x", "while True: pass"), tree, patience=5).fate is Fate.CAUGHT


def test_every_fault_of_the_list_can_be_seeded(tmp_path: Path) -> None:
    """Each text is there exactly once, and its tests are files of the tree."""
    listed = faults()
    assert len(listed) >= 25
    for one in listed:
        file = tmp_path / one.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((ROOT / one.file).read_text(encoding="utf-8"), encoding="utf-8")
        try:
            one.seed(tmp_path)
        except StaleFaultError as error:
            pytest.fail(str(error))
        assert one.old != one.new
        assert all((ROOT / test.partition("::")[0]).is_file() for test in one.tests)


def test_turns_go_round_the_whole_list() -> None:
    """Five a turn: as many turns as it takes meet every fault."""
    listed = faults()
    met = {one.name for turn in range(len(listed)) for one in in_turn(listed, 5, turn)}
    assert met == {one.name for one in listed}
    assert len(in_turn(listed, 5, 7)) == 5
