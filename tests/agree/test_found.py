"""What random programs found, and what they could find again: every reader agrees about each of these now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agree.engines import program_of
from tests.fuzz.mill import available, ground
from uringcheck.explore import native
from uringcheck.explore.search import search
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.tree import elaborate

FOUND = Path(__file__).resolve().parents[1] / "corpus" / "found"
FILES = sorted(FOUND.glob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_readers_agree_about_what_was_found(file: Path) -> None:
    """The plain run, generated Python, native code and z3."""
    assert ground(file.read_text(encoding="utf-8"), []) == []


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_witnesses_agree_about_what_was_found(file: Path) -> None:
    """Rumur, SPIN and TLC, as far as they are installed."""
    assert ground(file.read_text(encoding="utf-8"), available()) == []


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("popped_queue_forgets", 1 + 6 + 36),  # sequences of up to two of six parcels
        ("variable_nobody_reads", 3),  # the values of the variable
        ("second_name_of_a_member", 2),  # the colours
    ],
)
def test_equal_states_are_counted_once(name: str, states: int) -> None:
    """The numbers can be counted by hand."""
    program = program_of(elaborate(models_in(load_file(FOUND / f"{name}.py"))[-1]))
    assert search(program).states == states
    assert native.search(program).states == states
