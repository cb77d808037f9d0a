"""Rumur and SPIN count what we count, and judge as we judge: on the corpus, and on random programs of the language."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.agree.engines import program_of, tree_of
from tests.agree.programs import programs
from uringcheck.explore.outcome import Cut, Limits, Request
from uringcheck.explore.search import search
from uringcheck.run.bundle import Disagreement
from uringcheck.run.question import Question, subject
from uringcheck.witness import calling, rumur, spin
from uringcheck.witness.calling import differ, hear
from uringcheck.witness.recount import Recount
from uringcheck.witness.tlc import reported

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus"

needs_rumur = pytest.mark.skipif(bool(rumur.absent()), reason="rumur or a C compiler is not installed")
needs_spin = pytest.mark.skipif(bool(spin.absent()), reason="spin or a C compiler is not installed")

#: Models, and how many figures each witness is known to be comparable on. Fewer means that something was dropped.
COMPARED = {
    "die_hard": {"rumur": 7, "spin": 9},
    "missionaries": {"rumur": 7, "spin": 6},
    "peterson": {"rumur": 7, "spin": 6},
    "t_commit": {"rumur": 5, "spin": 4},
    "two_phase": {"rumur": 12, "spin": 13},
    "traps/constraint_cuts_the_goal": {"rumur": 4, "spin": 3},
    "traps/nothing_need_happen": {"rumur": 4, "spin": 4},
    "traps/property_without_value": {"rumur": 4, "spin": 2},
    "traps/symmetry_hides_a_cycle": {"rumur": 4, "spin": 4},
    "traps/unfair_self_loop": {"rumur": 4, "spin": 5},
}


@pytest.mark.parametrize("witness", [pytest.param("rumur", marks=needs_rumur), pytest.param("spin", marks=needs_spin)])
@pytest.mark.parametrize("name", COMPARED)
def test_every_comparable_figure_agrees(name: str, witness: str) -> None:
    """States, rules fired, verdicts, and the length of every shortest counterexample."""
    about = subject(Question(str(CORPUS / f"{name}.py")))
    hearing = hear(Question(str(CORPUS / f"{name}.py")), about, [witness])
    assert differ(about, hearing) is None
    assert hearing.testimonies[0].silence == ""
    assert hearing.made == COMPARED[name][witness]


@pytest.mark.parametrize("tool", [pytest.param(rumur, marks=needs_rumur), pytest.param(spin, marks=needs_spin)])
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=programs())
def test_random_programs_are_recounted(tool: object, text: str) -> None:
    """Every container and every statement, through a text that somebody else's parser and compiler read."""
    program = program_of(tree_of(text))
    ours = search(program, Request(Limits(states=2000), all_violations=True))
    if ours.cut_by is Cut.STATES:
        return
    with tempfile.TemporaryDirectory() as folder:
        theirs: Recount = tool.recount(program, Path(folder), 120)  # type: ignore[attr-defined]
    assert theirs.states in (None, ours.states)
    assert theirs.transitions in (None, ours.transitions)
    for name, finding in theirs.findings.items():
        if finding.reached:
            assert (name, finding.steps) == (name, len(ours.paths[name].steps))
        elif ours.cut_by is not Cut.FAILURE:
            assert name not in ours.paths


UNREAD = '''"""A variable that is written and never read."""

from uringcheck import Model, action, one_of, var


class Unread(Model):
    """A variable that is written and never read."""

    x: int = var(0, 2)

    @action
    def write(self, value: int = one_of(0, 2)) -> None:
        """Any value."""
        self.x = value
'''


@needs_spin
def test_variables_that_nothing_reads_are_part_of_the_state(tmp_path: Path) -> None:
    """SPIN leaves them out unless it is told not to, and then counts too few; a random program found it."""
    spec = tmp_path / "unread.py"
    spec.write_text(UNREAD)
    about = subject(Question(str(spec)))
    hearing = hear(Question(str(spec)), about, ["spin"])
    assert hearing.result.states == 3
    assert differ(about, hearing) is None
    assert hearing.made == 3


OUTSIDE = '''"""A step that always fails, and what stands behind it."""

from uringcheck import Map, Model, action, ints, map_of


class Outside(Model):
    """A map that is written where it has no item."""

    m: Map[int, int] = map_of(ints(0, 1), ints(0, 1))

    @action
    def write(self) -> None:
        """The index lies outside."""
        self.m[2] = 1
'''


@pytest.mark.parametrize("witness", [pytest.param("rumur", marks=needs_rumur), pytest.param("spin", marks=needs_spin)])
def test_what_stands_behind_a_check_that_always_fails_can_be_written(tmp_path: Path, witness: str) -> None:
    """No text has an item for the index; a random program found that the export fell over it."""
    spec = tmp_path / "outside.py"
    spec.write_text(OUTSIDE)
    about = subject(Question(str(spec)))
    hearing = hear(Question(str(spec)), about, [witness])
    assert differ(about, hearing) is None
    found = {one.what: one.theirs for one in hearing.testimonies[0].comparisons if one.agrees}
    assert (found["domain"], found["domain, steps"]) == ("violated", "1")


def test_a_figure_that_differs_is_a_disagreement_with_what_reproduces_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One state too many in the answer of a witness is told, and the bundle has the text it was given."""

    def lying(program: object, folder: Path, patience: float) -> Recount:
        return Recount("liar", "1", states=13, transitions=23, files={"model.m": "text"})

    liar = replace(calling.WITNESSES[0], name="liar", absent=list, recount=lying)
    monkeypatch.setattr(calling, "WITNESSES", (liar,))
    about = subject(Question("bounded_cq"))
    error = differ(about, hear(Question("bounded_cq"), about))
    assert isinstance(error, Disagreement)
    assert str(error) == "liar: states: we say 12, liar says 13"
    assert error.bundle["model.m"] == "text"
    assert "bounded_cq" in error.bundle["parameters.txt"]


def test_a_tool_that_is_missing_is_said_and_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """No comparison, no silence about it."""
    lost = replace(calling.WITNESSES[0], absent=lambda: ["rumur"])
    monkeypatch.setattr(calling, "WITNESSES", (lost,))
    testimony = hear(Question("bounded_cq"), subject(Question("bounded_cq"))).testimonies[0]
    assert testimony.made == 0
    assert testimony.silence == "not installed: rumur (apt-get install rumur gcc)"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Model checking completed. No error has been found.\n", None),
        ("Error: Invariant safe is violated.\nState 1: <Init>\nState 2: <a>\nState 3: <b>\n", ("safe", 2)),
        ("Error: Action property kept_all_ is violated.\nState 1: <Init>\nState 2: <a>\n", ("kept[all]", 1)),
        ("Error: Temporal properties were violated.\nState 1: <Init>\n", ("safe", 0)),
        ('The first argument of Assert evaluated to FALSE\n"domain: `x` leaves"\nState 1: <Init>\n', ("domain", 1)),
    ],
)
def test_answers_of_tlc_are_read(answer: str, expected: tuple[str, int] | None) -> None:
    """TLC is not on every machine; what it says is known."""
    assert reported(answer, ["safe", "kept[all]", "domain"]) == expected
