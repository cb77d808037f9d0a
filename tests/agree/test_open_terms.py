"""The terms for open sizes mean, at any known sizes, what the generated Python means at these.

A proof for every size is a proof about these terms. Here known sizes and known states are put into them, reachable ones
and any others of small values, and every step, every way to fail and every property has to be what the program of these
sizes says. Counts are known as far as none, one and more are told apart: for what counts the right answer has to be
possible, everywhere else it has to be the only one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.agree.open_terms import OpenReading, State, small_states
from tests.unit.test_every_size import LINE
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import PropertyKind
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lower.python import Generated
from uringcheck.prove.every_size import EverySize
from uringcheck.prove.outcome import Task
from uringcheck.prove.solver import Clock
from uringcheck.run.every_size import EverySizeProver
from uringcheck.run.proving import Aim
from uringcheck.run.question import Question, subject

#: Small, so that a queue is full soon, a number is used again, and no bound is far.
LEAST = {"C": 1, "NB": 2, "M": 2, "G": 2}

#: Unlike each other.
LARGER = {"C": 2, "NB": 4, "M": 3, "G": 1}

OTHERS = {"CANCELS": "1", "NOPS": "1", "DRAINS": "1"}

#: Slots cached, other requests beside; and a handler that has no ledger.
KERNELS = [
    ("recv_multishot", "6.12", {"client": "eager", **OTHERS}),
    ("accept_multishot", "6.6", {"client": "contract"}),
]

MORE = [
    *KERNELS,
    ("recv_multishot", "6.0", {"client": "eager"}),
    ("recv_multishot", "6.0-posted-v1", {"client": "contract", **OTHERS}),
    ("recv_multishot", "6.1", {"client": "contract"}),
    ("recv_multishot", "6.18", {"client": "contract"}),
    ("poll_multishot", "6.2", {"client": "eager"}),
]


#: A loop with a closed form that may fail, and a count for itself.
REFILLED = '''

class Refilled(Line):
    """The line may be filled at once."""

    @action
    def refill(self) -> None:
        """Numbers that nobody made."""
        for number in range(1, LONG + 1):
            self.line.push(number)


@always
def one_is_there_once(m: Refilled) -> bool:
    """The first number stands in the box once at most."""
    return sum(1 for number in m.box if number == 1) <= 1
'''


class Pair:
    """A program with open sizes beside the same program at some sizes."""

    def __init__(self, model: str, preset: str | None, params: dict[str, str], sizes: dict[str, int]) -> None:
        left_open = Question(model, preset, params)
        self.prover = EverySizeProver(left_open, subject(left_open), Aim())
        at = Question(model, preset, {**params, **{name: str(value) for name, value in sizes.items()}})
        settled = EverySizeProver(at, subject(at), Aim())
        marks = self.prover._with_properties(self.prover._tree(True)).properties
        refused = self.prover.refused
        tree = replace(settled._tree(False), properties=tuple(mark for mark in marks if mark.name not in refused))
        self.closed = specialise(compile_tree(tree))
        self.generated = Generated(self.closed)
        self.sizes = sizes
        assert [v.name for v in self.closed.variables] == [v.name for v in self.prover.program.variables]
        assert [a.name for a in self.closed.actions] == [a.name for a in self.prover.program.actions]

    def reading(self, in_step: bool) -> OpenReading:
        """The terms of the open program; queues share their heads where a proof would let them."""
        beside = {}
        if in_step:
            beside = EverySize(Task(self.prover.program, ()), Clock()).encoding.beside
        return OpenReading(self.prover.program, self.closed, self.sizes, beside)

    def arbitrary(self, count: int) -> list[State]:
        """Random states; most of them cannot be reached."""
        return small_states(self.closed, count, 0, self.prover._unlimited())

    def reachable(self, count: int) -> list[State]:
        """States all over the first levels."""
        level = [target for _, _, target in self.generated.initial() if not isinstance(target, Check)]
        seen = dict.fromkeys(level)
        while level and len(seen) < 60 * count:
            steps = [target for state in level for _, _, target in self.generated.successors(state)]
            level = [new for new in dict.fromkeys(steps) if not isinstance(new, Check) and new not in seen]
            seen.update(dict.fromkeys(level))
        return list(seen)[:: max(1, len(seen) // count)]

    def differences(self, reading: OpenReading, states: list[State], judged: int | None = None) -> list[Any]:
        """Where the open terms and the generated Python differ; empty when they agree.

        Properties are looked at in the first `judged` states: they take most of the time.
        """
        found: list[Any] = []
        wanted, given = _shown(self.generated.initial()), _shown(reading.initial())
        if wanted != given:
            found.append(("initial", wanted, given))
        for number, state in enumerate(states):
            wanted, given = _shown(self.generated.successors(state)), _shown(reading.successors(state))
            if wanted != given:
                found.append((state, wanted, given))
            if judged is None or number < judged:
                found += self._judged_otherwise(reading, state)
        return found

    def _judged_otherwise(self, reading: OpenReading, state: State) -> Iterable[Any]:
        positions = {one.name: position for position, one in enumerate(self.closed.properties)}
        targets = [target for _, _, target in self.generated.successors(state) if not isinstance(target, Check)]
        for one in self.prover.program.properties:
            for after in targets if one.kind is PropertyKind.STEP else [None]:
                value = self.generated.evaluate(positions[one.name], state, after)
                false, assumed = reading.judged(one, state, after)
                known = value in (True, False) and assumed is not None
                if reading.counts(one):
                    agree = (false or value is True) and not (known and value and not assumed)
                else:
                    agree = false == (value is not True) and not (known and assumed != value)
                if not agree:
                    yield state, after, one.name, value, false, assumed


def _shown(steps: Iterable[Any]) -> list[Any]:
    """Steps as they are compared: a failing one by what fails and where; its words may name a size."""
    return [(n, args, (t.failure, t.span.line) if isinstance(t, Check) else t) for n, args, t in steps]


def _named(kernel: tuple[str, str, dict[str, str]]) -> str:
    model, preset, params = kernel
    return "-".join((model, preset, params["client"]))


@pytest.mark.parametrize("kernel", KERNELS, ids=_named)
def test_open_terms_mean_the_generated_python(kernel: tuple[str, str, dict[str, str]]) -> None:
    """In reachable states with those queues in step that a proof takes to be, and in any states.

    There nothing is as a lemma says, steps fail, and a ghost has lost sight of its model.
    """
    pair = Pair(*kernel, sizes=LEAST)
    assert pair.differences(pair.reading(True), pair.reachable(4), 1) == []
    assert pair.differences(pair.reading(False), pair.arbitrary(12), 1) == []


@pytest.mark.slow
@pytest.mark.parametrize("kernel", MORE, ids=_named)
def test_open_terms_mean_the_generated_python_at_larger_sizes(kernel: tuple[str, str, dict[str, str]]) -> None:
    """Likewise, and in more states."""
    pair = Pair(*kernel, sizes=LARGER)
    assert pair.differences(pair.reading(True), pair.reachable(60), 12) == []
    assert pair.differences(pair.reading(False), pair.arbitrary(60), 12) == []


def test_loops_sets_and_counts_mean_the_same(tmp_path: Path) -> None:
    """A loop that is cut is followed turn by turn; one that has a closed form may fail in any turn."""
    file = tmp_path / "line.py"
    file.write_text(LINE + REFILLED)
    for sizes in ({"LONG": 1, "MOST": 2}, {"LONG": 3, "MOST": 4}):
        pair = Pair(f"{file}:Refilled", None, {}, sizes)
        assert pair.differences(pair.reading(False), pair.arbitrary(12)) == []
        assert pair.differences(pair.reading(True), pair.reachable(12)) == []
