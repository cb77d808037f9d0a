"""States are told apart by what they are; their hashes only say where to look."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agree.engines import program_of
from tests.agree.test_native_and_generated import told
from uringcheck.explore import native, native_loop
from uringcheck.explore.outcome import Request
from uringcheck.explore.search import search
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.tree import elaborate
from uringcheck.lower.packing import layout

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.mark.parametrize("name", ["prisoners", "two_phase"])
def test_states_with_equal_hashes_are_told_apart(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one factor of the hash always zero, so is the hash of every state of one lane."""
    program = program_of(elaborate(models_in(load_file(CORPUS / f"{name}.py"))[-1]))
    assert layout(program.variables).lanes == 1
    monkeypatch.setattr(native_loop, "STIR", native_loop.SEED)
    request = Request(all_violations=True, graph_stats=True)
    assert told(native.search(program, request, threads=1)) == told(search(program, request))
