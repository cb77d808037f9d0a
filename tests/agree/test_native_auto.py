"""Which engine ran cannot be told from the outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agree.engines import program_of
from tests.agree.test_native_and_generated import told
from uringcheck.explore import auto
from uringcheck.explore.outcome import Limits, Request
from uringcheck.ir.program import Program
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.tree import elaborate

CORPUS = Path(__file__).parents[1] / "corpus"


def six_counters(modulus: int) -> Program:
    """Counters with modulus ** 6 states."""
    return program_of(elaborate(models_in(load_file(CORPUS / "six_counters.py"))[-1], {"MODULUS": modulus}))


@pytest.mark.parametrize("limit", [None, 25_000, 19_000])
def test_a_search_that_switches_engines_tells_the_same(limit: int | None) -> None:
    """A model beyond the switch, complete and cut on either side of it."""
    program, request = six_counters(6), Request(Limits(states=limit), graph_stats=True)
    outcomes = [told(auto.search_auto(program, request, engine)) for engine in auto.ENGINES]
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert (outcomes[0]["states"] == 6**6) == (limit is None)


def test_without_llvmlite_auto_stays_with_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing library is an error only when it was asked for by name."""
    from uringcheck.explore import native

    def missing(*_: object, **__: object) -> None:
        raise native.EngineUnavailable([])

    monkeypatch.setattr(native, "search", missing)
    program = six_counters(6)
    assert auto.search_auto(program).states == 6**6
    with pytest.raises(native.EngineUnavailable):
        auto.search_auto(program, engine="native")
