"""States of more than a word are kept as the numbers of their halves, and are still all told apart."""

from __future__ import annotations

import pytest

from tests.agree.engines import program_of, tree_of
from uringcheck.explore import native
from uringcheck.explore.outcome import Outcome, Request
from uringcheck.explore.search import search
from uringcheck.ir.program import Program
from uringcheck.lower.packing import LANE, layout


def counters(beside: str, modulus: int = 7, more: str = "") -> Program:
    """Six counters that turn, each by an action of its own, and something beside them."""
    names = "abcdef"
    lines = ["from uringcheck import Model, SetOf, action, always, ints, reachable, set_of, step, var", "", ""]
    lines.append("class Random(Model):")
    lines += [f"    {name}: int = var(0, {modulus - 1})" for name in names]
    lines += [f"    {line}" for line in beside.splitlines()]
    for name in names:
        lines += ["", "    @action", f"    def turn_{name}(self) -> None:", f'        """Turn {name}."""']
        lines.append(f"        self.{name} = (self.{name} + 1) % {modulus}")
    return program_of(tree_of("\n".join(lines) + "\n" + more))


WIDE = "pad: SetOf[int] = set_of(ints(0, 63))"

#: Two variables that bring the bits of a state to 64 exactly.
EXACT = "pad: SetOf[int] = set_of(ints(0, 39))\nlast: SetOf[int] = set_of(ints(0, 5))"


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_tables_of_halves_grow_while_they_are_searched(threads: int) -> None:
    """117,649 states have as many right halves, more than the first table of halves holds, and 6 * 7**6 steps."""
    outcome = native.search(counters(WIDE), threads=threads)
    assert outcome.complete
    assert outcome.states == 7**6
    assert outcome.transitions == 6 * 7**6
    assert sum(outcome.new) == 7**6 - 1
    # The states at distance d are the ways to write d as a sum of six numbers up to 6.
    assert outcome.levels[:5] == [1, 6, 21, 56, 126]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_state_of_exactly_a_lane_has_no_bit_to_spare(threads: int) -> None:
    """64 bits do not fit a word that also says that it is there, so such a state has halves, too."""
    program = counters(EXACT, 3)
    assert layout(program.variables).bits == 58
    full = counters(EXACT.replace("ints(0, 39)", "ints(0, 45)"), 3)
    place = layout(full.variables)
    assert place.bits == LANE and not place.whole
    for one in (program, full):
        assert native.search(one, threads=threads).states == 3**6


INVARIANTS = '''

@always
def left_is_small(random: Random) -> bool:
    """About contents only."""
    return {left}


@always
def right_is_small(random: Random) -> bool:
    """About numbers only."""
    return {right}


@always
def both(random: Random) -> bool:
    """About everything."""
    return not (random.a == 2 and 1 in random.pad)
'''

CHANGING = """pad: SetOf[int] = set_of(ints(0, 63))

@action
def fill(self) -> None:
    \"\"\"Put in what is missing.\"\"\"
    if 0 not in self.pad:
        self.pad.add(0)
    elif 1 not in self.pad:
        self.pad.add(1)
"""


def without_time(outcome: Outcome) -> dict[str, object]:
    """What was found."""
    return {name: value for name, value in vars(outcome).items() if name != "seconds"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("len(random.pad) < 2", "random.a + random.b < 3"),
        ("len(random.pad) < 3", "random.a + random.f < 2"),
        ("len(random.pad) < 1", "random.c < 9"),
    ],
)
def test_an_invariant_of_one_half_is_violated_where_it_first_is(left: str, right: str) -> None:
    """Invariants of a half are not judged anew where a clean half comes back; the least shortest paths are the same."""
    program = counters(CHANGING, 3, INVARIANTS.format(left=left, right=right))
    for request in (Request(), Request(all_violations=True)):
        expected = without_time(search(program, request))
        assert expected["paths"]
        for threads in (1, 2, 3):
            assert without_time(native.search(program, request, threads=threads)) == expected
