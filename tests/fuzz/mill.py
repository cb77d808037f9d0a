"""One program through the readers: what each makes of it, and where two of them differ."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from tests.agree.engines import State, alike, differences, program_of, tree_of
from tests.agree.states import random_states
from tests.agree.test_native_and_generated import told
from uringcheck.diagnostics import SpecError
from uringcheck.explore import native
from uringcheck.explore.outcome import Cut, Limits, Request
from uringcheck.explore.search import search
from uringcheck.ir.program import Program
from uringcheck.lang.plain import PlainRun
from uringcheck.lower.python import Generated
from uringcheck.lower.z3_reading import Reading
from uringcheck.run.question import Question, subject
from uringcheck.witness.calling import WITNESSES, hear

#: States beyond which a program is not searched to its end, and no witness is called.
MOST_STATES = 3000

#: States on which the plain run is asked for everything, and z3, which is slow.
SAMPLE, FEW = 40, 4

#: Seconds for one run of a witness. Beyond it the witness is silent, which is no finding.
PATIENCE = 60

WITNESS_NAMES = tuple(one.name for one in WITNESSES)


class Refused(Exception):
    """The text is no program of the language."""


@dataclass(frozen=True)
class Finding:
    """Two readers differ: who, in what, and how. `key` is what stays the same while a program is made smaller."""

    reader: str
    what: str
    detail: str

    @property
    def key(self) -> tuple[str, str]:
        """Who differs, and in what."""
        return self.reader, self.what


@dataclass
class Tally:
    """What was done."""

    programs: int = 0
    states: int = 0
    read_by: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)


def available() -> list[str]:
    """The witnesses that are installed."""
    return [one.name for one in WITNESSES if not one.absent()]


def ground(text: str, witnesses: Sequence[str], tally: Tally | None = None) -> list[Finding]:
    """Where readers differ about a program; raises Refused. Each witness of these names is called, too."""
    tally = tally or Tally()
    try:
        tree = tree_of(text)
        program = program_of(tree)
    except SpecError as error:
        raise Refused(str(error)) from None
    tally.programs += 1
    generated = Generated(program)
    states = [*random_states(program, 8), *islice(reached(generated), SAMPLE)]
    readers: list[tuple[str, Callable[[], list[Finding]]]] = [
        ("plain", lambda: _told("plain", differences(PlainRun(tree), program, generated, states))),
        ("native", lambda: _native(program, tally)),
        ("z3", lambda: _told("z3", alike(program, Reading(program), generated, states[: FEW // 2] + states[-FEW:]))),
    ]
    found: list[Finding] = []
    for name, read in readers:
        tally.read_by[name] += 1
        found += _caught(name, read)
    if witnesses and not found:
        found += _caught("check", lambda: _witnessed(text, witnesses, tally))
    return found


def reached(generated: Generated) -> Iterable[State]:
    """Reachable states, the near ones first."""
    todo = [target for _, _, target in generated.initial() if isinstance(target, tuple)]
    seen = dict.fromkeys(todo)
    for state in todo:
        yield state
        for _, _, target in generated.successors(state):
            if isinstance(target, tuple) and target not in seen:
                seen[target] = None
                todo.append(target)


def _caught(name: str, read: Callable[[], list[Finding]]) -> list[Finding]:
    """What a reader finds; one that falls over is a finding itself."""
    try:
        return read()
    except Exception as error:
        return [Finding(name, type(error).__name__, str(error)[:2000])]


def _told(name: str, different: Sequence[object]) -> list[Finding]:
    return [Finding(name, "differs", repr(one)[:2000]) for one in different[:1]]


def _native(program: Program, tally: Tally) -> list[Finding]:
    request = Request(Limits(states=MOST_STATES), all_violations=True, graph_stats=True)
    outcome = search(program, request)
    tally.states += outcome.states
    ours, found = told(outcome), []
    for threads in (1, 2):
        theirs = told(native.search(program, request, threads=threads))
        found += [
            Finding("native", figure, f"{threads} threads: {ours[figure]!r} and {theirs[figure]!r}"[:2000])
            for figure in ours
            if ours[figure] != theirs[figure]
        ]
    return found


def _witnessed(text: str, names: Sequence[str], tally: Tally) -> list[Finding]:
    with tempfile.TemporaryDirectory(prefix="uringcheck-fuzz-") as folder:
        file = Path(folder) / "generated.py"
        file.write_text(text, encoding="utf-8")
        question = Question(str(file), limits=Limits(states=MOST_STATES))
        about = subject(question)
        if search(program_of(about.tree), Request(question.limits, all_violations=True)).cut_by is Cut.STATES:
            return []
        hearing = hear(question, about, names, PATIENCE)
    found = []
    for one in hearing.testimonies:
        tally.read_by[one.witness] += 1
        tally.compared[one.witness] += one.made
        if one.silence:
            tally.silent[one.witness] += 1
            if not one.silence.startswith("cannot express") and "did not finish" not in one.silence:
                found.append(Finding(one.witness, "fails", one.silence[:2000]))
        found += [
            Finding(one.witness, other.what, f"we say {other.ours}, {one.witness} says {other.theirs}")
            for other in one.disagreements
        ]
        if one.recount is not None:
            wrong = [reason for reason in one.recount.apart.values() if "neither a success" in reason]
            found += [Finding(one.witness, "fails", reason) for reason in wrong[:1]]
    return found
