"""The generated Python means what the author's functions mean under CPython."""

from __future__ import annotations

from hypothesis import given, settings

from tests.agree.engines import differences, program_of, tree_of
from tests.agree.programs import programs
from tests.agree.states import random_states
from uringcheck.lang.plain import PlainRun
from uringcheck.lower.python import Generated


@settings(max_examples=150, deadline=None)
@given(programs())
def test_random_programs_mean_the_same_to_both(text: str) -> None:
    """On random states of a random program both take the same steps, fail the same way and judge the same."""
    tree = tree_of(text)
    program = program_of(tree)
    assert differences(PlainRun(tree), program, Generated(program), random_states(program, 12)) == []
