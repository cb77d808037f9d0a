"""States are told apart by what they are; their hashes only say where to look."""

from __future__ import annotations

import pytest

from tests.agree.engines import program_of
from tests.agree.test_native_and_generated import told
from uringcheck.explore import native, native_words
from uringcheck.explore.outcome import Request
from uringcheck.explore.search import search
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
from uringcheck.lower.packing import layout

SMALL = {"C": "1", "NB": "2", "M": "2", "G": "2"}


def test_states_with_equal_hashes_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its last factor zero, the hash of all halves of states is the same."""
    program = program_of(elaborate(find_model("recv_multishot"), SMALL))
    assert layout(program.variables).lanes > 1
    monkeypatch.setattr(native_words, "MIX", 0)
    request = Request(all_violations=True)
    outcome = search(program, request)
    assert outcome.states > 100
    assert told(native.search(program, request, threads=1)) == told(outcome)
