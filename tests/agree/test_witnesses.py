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
from uringcheck.lower.text import Exported
from uringcheck.run.bundle import Disagreement
from uringcheck.run.question import Question, subject
from uringcheck.witness import calling, recount, rumur, spin, tlc
from uringcheck.witness.calling import differ, hear
from uringcheck.witness.recount import Recount, ToolFailed
from uringcheck.witness.tlc import Answer, understood

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus"

needs_rumur = pytest.mark.skipif(bool(rumur.absent()), reason="rumur or a C compiler is not installed")
needs_spin = pytest.mark.skipif(bool(spin.absent()), reason="spin or a C compiler is not installed")
needs_tlc = pytest.mark.skipif(bool(tlc.absent()), reason="java is not installed, or TLC_JAR does not say where TLC is")
EVERY_WITNESS = [
    pytest.param("rumur", marks=needs_rumur),
    pytest.param("spin", marks=needs_spin),
    pytest.param("tlc", marks=needs_tlc),
]

#: Models, and how many figures each witness is known to be comparable on. Fewer means that something was dropped.
COMPARED = {
    "die_hard": {"rumur": 7, "spin": 9, "tlc": 9},
    "missionaries": {"rumur": 7, "spin": 6, "tlc": 6},
    "peterson": {"rumur": 7, "spin": 6, "tlc": 6},
    "t_commit": {"rumur": 5, "spin": 4, "tlc": 4},
    "two_phase": {"rumur": 12, "spin": 13, "tlc": 13},
    "traps/constraint_cuts_the_goal": {"rumur": 4, "spin": 3, "tlc": 3},
    "traps/nothing_need_happen": {"rumur": 4, "spin": 4, "tlc": 4},
    "traps/property_without_value": {"rumur": 4, "spin": 2, "tlc": 3},
    "traps/symmetry_hides_a_cycle": {"rumur": 4, "spin": 4, "tlc": 4},
    "traps/unfair_self_loop": {"rumur": 4, "spin": 5, "tlc": 5},
}


@pytest.mark.parametrize("witness", EVERY_WITNESS)
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


#: What some of the findings of random programs must come to, as a witness says it.
RECOUNTED = {
    ("variable_nobody_reads", "states"): "3",
    ("check_that_always_fails", "domain"): "violated",
    ("check_that_always_fails", "domain, steps"): "1",
    ("popped_queue_forgets", "states"): "43",
}


@pytest.mark.parametrize("witness", EVERY_WITNESS)
@pytest.mark.parametrize("name", dict.fromkeys(name for name, _ in RECOUNTED))
def test_what_was_found_once_is_recounted(name: str, witness: str) -> None:
    """SPIN counts variables that nothing reads, no export falls over what never runs, and popped items are gone."""
    file = str(CORPUS / "found" / f"{name}.py")
    about = subject(Question(file))
    hearing = hear(Question(file), about, [witness])
    assert differ(about, hearing) is None
    agreed = {one.what: one.theirs for one in hearing.testimonies[0].comparisons if one.agrees}
    wanted = {figure: value for (model, figure), value in RECOUNTED.items() if model == name}
    assert {figure: agreed.get(figure) for figure in wanted} == wanted


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
    assert testimony.silence == "skipped: not installed: rumur (apt-get install rumur gcc)"


def said(*messages: tuple[int, str]) -> str:
    """An answer of TLC's tool mode."""
    return "".join(f"@!@!@STARTMSG {code}:1 @!@!@\n{text}\n@!@!@ENDMSG {code} @!@!@\n" for code, text in messages)


COUNTS = (2199, "9 states generated, 4 distinct states found, 0 states left on queue.")
TRACE = ((2217, "1: <Initial predicate>\nx = 0"), (2217, "2: <Next>\nx = 1"))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (said((2193, "Model checking completed. No error has been found."), COUNTS), Answer(4)),
        (said((2107, "Invariant safe is violated by the initial state:\nx = 0")), Answer(0, "safe[all]", 0)),
        (said((2110, "Invariant safe is violated."), *TRACE, COUNTS), Answer(4, "safe[all]", 1)),
        (said((2116, "Temporal properties were violated."), *TRACE, COUNTS), Answer(4, "first")),
    ],
)
def test_answers_of_tlc_are_read(answer: str, expected: Answer) -> None:
    """TLC is not on every machine; what it says is known."""
    exported = Exported({}, (), names={"safe": "safe[all]"})
    assert understood(answer, exported, ["first", "safe[all]"]) == expected


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ("Error: Could not find or load main class tlc2.TLC\n", "Could not find or load main class"),
        ("Parsing file /a/b.tla\nUnknown operator: `x'.\n" + said((3002, "Analysis failed.")), "Unknown operator: `x'"),
        (said((2110, "Invariant TypeOK is violated."), *TRACE), "`TypeOK` violated, which nobody asked about"),
        (said((2193, "Model checking completed.")), "neither a success nor a violation"),
    ],
)
def test_a_tlc_that_fails_says_why_and_has_judged_nothing(answer: str, complaint: str) -> None:
    """A jar that is none, a text that it refuses, a violation of what was never asked, a success without counts."""
    with pytest.raises(ToolFailed, match=complaint):
        understood(answer, Exported({}, ()), ["first"])


def test_a_jar_that_is_none_is_reported_with_what_java_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naming a jar is no recount."""
    if recount.missing(["java"]):
        pytest.skip("java is not installed")
    jar = tmp_path / "tla2tools.jar"
    jar.write_text("no jar")
    monkeypatch.setenv("TLC_JAR", str(jar))
    testimony = hear(Question("bounded_cq"), subject(Question("bounded_cq")), ["tlc"]).testimonies[0]
    assert testimony.made == 0
    assert "tlc2.TLC" in testimony.silence


COVERED = '''"""Places that are reached and places that are not, and a constraint that cuts."""

from uringcheck import Model, action, constraint, cover, require, var


class Covered(Model):
    """A counter."""

    x: int = var(0, 3)

    @action
    def go(self) -> None:
        """One more."""
        require(self.x < 3)
        cover(self.x == 2)
        cover(self.x == 0 and self.x == 1)
        self.x += 1

    @action
    def back(self) -> None:
        """Back to the beginning."""
        require(self.x == 3)
        self.x = 0
'''

CUTTING = '''

@constraint
def small(m: Covered) -> bool:
    """Nothing is followed from here on."""
    return m.x < 2
'''


@pytest.mark.parametrize("witness", EVERY_WITNESS)
def test_what_has_to_be_covered_is_asked_of_witnesses(tmp_path: Path, witness: str) -> None:
    """A place is shown to them as one where the model fails."""
    spec = tmp_path / "covered.py"
    spec.write_text(COVERED)
    about = subject(Question(str(spec)))
    hearing = hear(Question(str(spec)), about, [witness])
    assert differ(about, hearing) is None
    agreed = {one.what: one.theirs for one in hearing.testimonies[0].comparisons if one.agrees}
    assert [theirs for what, theirs in agreed.items() if what.startswith("cover")] == ["found", "not-found"]


@pytest.mark.parametrize("witness", EVERY_WITNESS)
def test_a_state_that_a_constraint_cuts_is_no_deadlock(tmp_path: Path, witness: str) -> None:
    """It is counted, as every witness counts it, and nobody looks for its successors."""
    spec = tmp_path / "covered.py"
    spec.write_text(COVERED + CUTTING)
    about = subject(Question(str(spec)))
    hearing = hear(Question(str(spec)), about, [witness])
    assert differ(about, hearing) is None
    theirs = {one.what: one.theirs for one in hearing.testimonies[0].comparisons}
    assert (theirs["states"], theirs["no_deadlock"]) == ("3", "holds")


STEPS = '''"""Formulas about steps, true and false ones."""

from uringcheck import (
    Model, action, always_eventually, eventually, happens, leads_to, one_of, require, temporal, var, weak,
)


class Steps(Model):
    """A lamp with two switches that do the same, and a fuse."""

    lit: bool = var(False)
    whole: bool = var(True)

    @action
    def left(self) -> None:
        """The left switch."""
        require(self.whole)
        self.lit = not self.lit

    @action
    def right(self) -> None:
        """The right switch."""
        require(self.whole)
        self.lit = not self.lit

    @action
    def burn(self, loud: bool = one_of(bool)) -> None:
        """The fuse burns while the lamp is lit."""
        require(self.lit)
        self.whole = False


@temporal(weak(Steps.left))
def left_is_used_or_the_fuse_burns(m: Steps) -> bool:
    """True under weak fairness of `left`, whatever `right` does."""
    return leads_to(m.whole, not m.whole or happens(Steps.left))


@temporal(weak(Steps.right))
def left_is_used(m: Steps) -> bool:
    """False: `right` does as well."""
    return eventually(happens(Steps.left))


@temporal(weak(Steps.left))
def after_left_comes_right(m: Steps) -> bool:
    """False: `left` alone may go on."""
    return leads_to(happens(Steps.left), happens(Steps.right))


@temporal()
def after_burning_it_is_not_whole(m: Steps) -> bool:
    """True."""
    return leads_to(happens(Steps.burn), not m.whole)


@temporal(weak(Steps.left, Steps.right))
def loud_ends(m: Steps) -> bool:
    """False: it may burn in silence."""
    return eventually(happens(Steps.burn, loud=True))


@temporal(weak(Steps.left))
def burnt_or_used_for_ever(m: Steps) -> bool:
    """True."""
    return always_eventually(happens(Steps.left)) or eventually(not m.whole)
'''


@pytest.mark.parametrize("witness", EVERY_WITNESS[1:])
def test_what_a_formula_says_of_steps_is_judged_alike(tmp_path: Path, witness: str) -> None:
    """Two actions may do the same, and a step is still of one of them only."""
    spec = tmp_path / "steps.py"
    spec.write_text(STEPS)
    about = subject(Question(str(spec)))
    hearing = hear(Question(str(spec)), about, [witness])
    assert differ(about, hearing) is None
    verdicts = {one.what: one.theirs for one in hearing.testimonies[0].comparisons if one.agrees}
    assert verdicts == {
        "states": "3",
        "left_is_used_or_the_fuse_burns": "holds",
        "left_is_used": "violated",
        "after_left_comes_right": "violated",
        "after_burning_it_is_not_whole": "holds",
        "loud_ends": "violated",
        "burnt_or_used_for_ever": "holds",
        "no_deadlock": "holds",
        "domain": "holds",
    }
