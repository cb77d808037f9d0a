"""Native code is worth having: the rates of both engines in one process, by the processor's clock."""

from __future__ import annotations

import time

import pytest

from tests.agree.engines import program_of
from uringcheck.explore.auto import search_auto
from uringcheck.explore.outcome import Limits, Request
from uringcheck.ir.program import Program
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate

#: The ratio that is promised. Absolute rates depend on the machine and on what else runs there, this one little.
TIMES_AS_FAST = 20


def rate(program: Program, engine: str, states: int) -> float:
    """Distinct states per second of CPU, compiling included."""
    began = time.process_time()
    outcome = search_auto(program, Request(Limits(states=states), all_violations=True), engine, threads=1)
    return outcome.states / (time.process_time() - began)


@pytest.mark.slow
def test_native_code_is_twenty_times_as_fast_as_generated_python() -> None:
    """On the flagship, where it has more than ten million states."""
    program = program_of(elaborate(find_model("recv_multishot"), {"M": "10", "NB": "6", "C": "4", "G": "4"}))
    assert rate(program, "native", 6_000_000) > TIMES_AS_FAST * rate(program, "python", 150_000)
