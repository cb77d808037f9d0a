"""Proofs for every size: what is proved and what refused, how wrong invariants are found, what is never claimed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from uringcheck.diagnostics import SpecError
from uringcheck.explore.outcome import Limits, Request
from uringcheck.explore.search import search
from uringcheck.ir.nodes import Check
from uringcheck.ir.rewrite import specialise
from uringcheck.ir.sizes import Size, highest, lowest, size
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.ghosts import ghost_of
from uringcheck.lang.loading import find_model
from uringcheck.lang.properties import lemmas
from uringcheck.lang.tree import elaborate
from uringcheck.run.every_size import Claim, EverySizeProver
from uringcheck.run.proving import Aim, Method
from uringcheck.run.question import Question, subject
from uringcheck.run.verdicts import Verdict

#: Items go into a line and on into a box; each is the next number. `note` is right or wrong as a test wants it.
LINE = '''
"""A line of numbers, and a box that takes them all at once."""
from typing import ClassVar

from uringcheck import (
    Ghost, Model, Queue, SetOf, action, always, ints, lemma, link, log, map_of, naturals, one_of, param, popped,
    pushed, queue, require, set_of, step, var,
)

LONG = param(2, 1, 4, "places in the line", abstract=True)
MOST = param(3, 1, 6, "numbers", abstract=True)


class Line(Model):
    """Numbers in a line."""

    line: Queue[int] = queue(LONG, ints(1, MOST))
    box: Queue[int] = queue(LONG, ints(1, MOST))
    made: int = var(0, MOST)
    taken: int = var(0, MOST)
    seen: SetOf[int] = set_of(ints(1, MOST))

    @action
    def make(self) -> None:
        """The next number joins the line."""
        require(self.made < MOST and not self.line.full)
        self.made += 1
        self.line.push(self.made)

    @action
    def move(self) -> None:
        """The box takes what fits."""
        require(not self.line.empty)
        for _ in range(LONG):
            if not self.line.empty and not self.box.full:
                self.box.push(self.line.pop())

    @action
    def take(self) -> None:
        """The first number leaves the box."""
        require(not self.box.empty)
        self.taken = self.box.pop()
        self.seen.add(self.taken)


class Notes(Ghost):
    """What went into the box and out of it."""

    FOR: ClassVar[type[Model]] = Line

    boxed: int = var(naturals())
    left: int = var(naturals())

    model: Line = link()

    @pushed(Line.box)
    def boxes(self, number: int) -> None:
        """One more came."""
        self.boxed += 1

    @popped(Line.box)
    def leaves(self, number: int) -> None:
        """One more left."""
        self.left += 1


@lemma
def boxed_in_order(notes: Notes) -> bool:
    """The box holds the numbers that came and did not leave."""
    return (
        all(notes.model.box[slot] == notes.left + slot + 1 for slot in range(len(notes.model.box)))
        and len(notes.model.box) == notes.boxed - notes.left
        and notes.model.taken == notes.left
    )


@lemma
def lined_in_order(notes: Notes) -> bool:
    """The line holds the numbers that were made and did not go on."""
    return (
        all(notes.model.line[slot] == notes.boxed + slot + 1 for slot in range(len(notes.model.line)))
        and len(notes.model.line) == notes.model.made - notes.boxed
    )


@lemma
def seen_so_far(notes: Notes) -> bool:
    """Every number up to the last one taken was seen, and no other."""
    return all(
        (number in notes.model.seen) == (number <= notes.left)
        for number in range(1, MOST + 1)
    )


@step
def in_order(before: Line, after: Line) -> bool:
    """Numbers are taken in order."""
    return after.taken == before.taken or after.taken == before.taken + 1


@always
def once(m: Line) -> bool:
    """No number stands in the box twice."""
    return all(sum(1 for number in m.box if number == one) <= 1 for one in range(1, MOST + 1))


@always
def nobody_is_late(m: Line) -> bool:
    """False when two were made and none taken."""
    return m.made <= m.taken + 1
'''


TEMPORAL = '''

@temporal
def gets_through(m: Line) -> bool:
    """What is made is taken."""
    return leads_to(m.made > 0, m.taken > 0)
'''


def claim(tmp_path: Path, text: str, properties: tuple[str, ...], **aim: object) -> Claim:
    """What is claimed of a spec."""
    file = tmp_path / f"line_{abs(hash((text, properties, str(aim))))}.py"
    file.write_text(text)
    question = Question(str(file), properties=properties)
    return EverySizeProver(question, subject(question), Aim(**aim)).run()  # type: ignore[arg-type]


def verdicts(found: Claim) -> dict[str, Verdict]:
    """The verdicts by name."""
    return {one.name: one.verdict for one in found.result.properties}


def test_queues_loops_sets_and_counts_are_proved_for_every_size(tmp_path: Path) -> None:
    """Every lemma, a property of steps, one that counts, and that nothing leaves its range."""
    found = claim(tmp_path, LINE, ("in_order", "once"))
    assert verdicts(found) == dict.fromkeys(("in_order", "once", "domain"), Verdict.HOLDS)
    assert found.proved == ("boxed_in_order", "lined_in_order", "seen_so_far")
    assert found.sizes == {"LONG": 1, "MOST": 1}


def test_what_is_false_is_violated_only_with_a_replayed_trace(tmp_path: Path) -> None:
    """Induction alone names the step and decides nothing; the search of one size has the story."""
    alone = claim(tmp_path, LINE, ("nobody_is_late",), method=Method.INDUCTION)
    assert verdicts(alone)["nobody_is_late"] is Verdict.NOT_DECIDED
    assert alone.lost["nobody_is_late"].where == "make"
    found = claim(tmp_path, LINE, ("nobody_is_late",))
    late = next(one for one in found.result.properties if one.name == "nobody_is_late")
    assert (late.verdict, late.steps) == (Verdict.VIOLATED, 2)
    assert late.story is not None


@pytest.mark.parametrize("left_out", ["boxed_in_order", "lined_in_order"])
def test_without_an_invariant_the_proof_is_gone(tmp_path: Path, left_out: str) -> None:
    """It is not decided, and never a violation: the property holds."""
    names = tuple(name for name in ("boxed_in_order", "lined_in_order", "seen_so_far") if name != left_out)
    found = claim(tmp_path, LINE, ("in_order",), assume=names)
    assert verdicts(found)["in_order"] is Verdict.NOT_DECIDED
    assert "it holds at the sizes of this run" in found.result.properties[0].reason


def test_a_broken_step_is_named_and_found(tmp_path: Path) -> None:
    """A number is skipped: the lemma that says so is lost at small sizes, and the search has the story."""
    skipping = LINE.replace("self.made += 1", "self.made = MOST")
    found = claim(tmp_path, skipping, ("in_order",))
    assert "lined_in_order" in found.small.wrong
    assert verdicts(found)["in_order"] is Verdict.VIOLATED
    alone = claim(tmp_path, skipping, ("in_order",), method=Method.INDUCTION)
    assert alone.lost["in_order"].where == "take"
    assert verdicts(alone)["in_order"] is Verdict.NOT_DECIDED


def test_a_wrong_ghost_is_caught_at_small_sizes(tmp_path: Path) -> None:
    """Before any solver is asked."""
    wrong = LINE.replace("self.boxed += 1", "self.boxed += 2")
    found = claim(tmp_path, wrong, ("in_order",), method=Method.INDUCTION)
    assert {"boxed_in_order", "lined_in_order"} <= found.small.wrong.keys()
    assert verdicts(found)["in_order"] is Verdict.NOT_DECIDED


def test_a_size_that_is_too_small_for_the_property_is_not_overlooked(tmp_path: Path) -> None:
    """What holds for the default sizes and not for the least ones is not proved."""
    text = LINE.replace("return m.made <= m.taken + 1", "return LONG >= 2 or m.made <= 9 - MOST")
    found = claim(tmp_path, text, ("nobody_is_late",))
    assert verdicts(found)["nobody_is_late"] is Verdict.NOT_DECIDED


REFUSED = {
    "sum(number for number in m.box) <= 9": "adds up",
    "max((number for number in m.box), default=0) <= 9": "adds up",
    "all(LONG * MOST >= number for number in m.box)": "multiplies two open sizes",
    "m.made // MOST <= 1": "divides an open size|divisor must be a positive constant",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_said_of_every_size_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    """By name, with the line; nothing is left out in silence."""
    spec = LINE.replace("return m.made <= m.taken + 1", f"return {text}")
    with pytest.raises(SpecError, match=REFUSED[text]) as caught:
        claim(tmp_path, spec, ("nobody_is_late",))
    finding = caught.value.diagnostics[0]
    assert finding.span is not None
    assert text in spec.splitlines()[finding.span.line - 1]
    assert finding.help


def test_sizes_are_compared_for_every_value_or_not_at_all() -> None:
    """What is less for some values only is neither less nor not less."""
    c, m = size("C", 1), size("M", 1)
    assert c - 1 >= 0 and not (c <= 3) and not (c >= 3)
    assert c <= c + m and not (c <= m) and not (m <= c)
    assert c - c == 0
    assert highest((c, m)) >= c and highest((c, m)) >= m and highest((3, c)) >= 3
    assert lowest((c, m)) <= c and lowest((c, m)) <= m
    assert str(2 * m - c + 4) == "- C + 2 * M + 4"
    assert isinstance(c + 1, Size)


SHIPPED = [("6.0", "contract"), ("6.1", "eager"), ("6.2", "contract"), ("6.18", "contract"), ("6.18", "eager")]


@pytest.mark.parametrize(("preset", "client"), SHIPPED)
def test_the_ledger_is_right_where_it_can_be_searched(preset: str, client: str) -> None:
    """Every lemma beside the receive model is true in the first states of each kernel, but two that say for whom.

    And the ledger takes no step away: there are the same steps from the same states of the model.
    """
    question = Question("recv_multishot", preset, {"client": client})
    settled = subject(question)
    prover = EverySizeProver(replace(question, properties=("in_order",)), settled, Aim())
    small = prover.small()
    waits = preset != "6.2" and client == "contract"
    assert set(small.wrong) == (set() if waits else {"parked_is_the_last", "the_last_joins"})
    assert set(small.missing) <= {"others.run_drained"}


def test_a_ledger_takes_no_step_away() -> None:
    """Without what the ledger adds to states, they are the states of the model, and so are the steps."""
    cls = find_model("recv_multishot")
    ghost = ghost_of(cls)
    sizes = {"C": "1", "NB": "1", "M": "2", "G": "2"}
    plain = specialise(compile_tree(replace(elaborate(cls, sizes), properties=())))
    haunted = specialise(compile_tree(replace(elaborate(cls, sizes, ghost=ghost), properties=())))
    shared = len(plain.variables)
    assert [v.name for v in haunted.variables[:shared]] == [v.name for v in plain.variables]
    without = _steps(plain, 9)
    assert {(s[:shared], a, t[:shared]) for s, a, t in _steps(haunted, 9)} == without
    assert len(without) > 100
    assert lemmas[ghost.__module__] if ghost else False


def _steps(program, depth: int) -> set:  # type: ignore[no-untyped-def,type-arg]
    """Every step from the states of the first levels."""
    from uringcheck.lower.python import Generated

    engine = Generated(program)
    level = {target for _, _, target in engine.initial() if not isinstance(target, Check)}
    seen, found = set(level), set()
    for _ in range(depth):
        following = set()
        for state in level:
            for position, arguments, target in engine.successors(state):
                found.add((state, (program.actions[position].name, arguments), target))
                if target not in seen and not isinstance(target, Check):
                    following.add(target)
        seen |= following
        level = following
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("preset", "client"), SHIPPED)
def test_order_and_buffers_hold_for_every_size(preset: str, client: str) -> None:
    """The kernels that keep them: what the application may rely on, and that nothing leaves its range."""
    names = ("in_order", "nothing_after_final", "eof_after_all_data", "buffers_conserved")
    question = Question("recv_multishot", preset, {"client": client}, names)
    found = EverySizeProver(question, subject(question), Aim(method=Method.INDUCTION)).run()
    assert set(verdicts(found).values()) == {Verdict.HOLDS}


@pytest.mark.slow
def test_order_and_buffers_hold_beside_other_requests() -> None:
    """Completions of other requests and of a cancellation stand between those of the request, and may be parked."""
    params = {"client": "contract", "NOPS": "1", "CANCELS": "1"}
    question = Question("recv_multishot", "6.0", params, ("in_order", "nothing_after_final", "buffers_conserved"))
    found = EverySizeProver(question, subject(question), Aim(method=Method.INDUCTION)).run()
    assert set(verdicts(found).values()) == {Verdict.HOLDS}
    assert "nothing_else" in found.dropped


def test_what_is_not_about_states_and_steps_is_not_decided(tmp_path: Path) -> None:
    """It is named, with the reason, and never left out in silence."""
    text = LINE.replace("link, log,", "leads_to, link, log, temporal,") + TEMPORAL
    found = claim(tmp_path, text, ("in_order", "gets_through"))
    assert verdicts(found)["in_order"] is Verdict.HOLDS
    assert verdicts(found)["gets_through"] is Verdict.NOT_DECIDED
    late = next(one for one in found.result.properties if one.name == "gets_through")
    assert "states and steps" in late.reason
    assert not found.result.complete


#: Kernels without a patch, or as first posted, and applications that they fail: the steps of the shortest story, and
#: the lemma that is lost first, with the action that breaks it. Eager arms while a last completion is parked; overflow
#: parks a completion with F_MORE; a result that is refused and not kept, or a flag that is not, loses a buffer.
GUILTY = [
    ("6.0", {"client": "eager"}, "in_order", 14, "parked_is_the_last", "client.arm"),
    ("6.1", {"client": "eager", "order_rule": "false"}, "in_order", 14, "parked_is_the_last", "client.arm"),
    ("6.0-posted-v1", {}, "in_order", 13, "parked_is_the_last", "handler.receive"),
    ("6.2", {"order_rule": "false"}, "in_order", 13, "parked_is_the_last", "handler.receive"),
    ("6.0-posted-v2", {}, "buffers_conserved", 7, "parked_data_has_a_buffer", "handler.receive"),
    ("6.0", {"len0": "false"}, "eof_after_all_data", 4, "queued_end_is_last", "handler.receive"),
    ("6.0", {"stop_code": "false"}, "in_order", 18, "joins_the_list", "handler.receive"),
    ("6.0", {"result_on_stop": "false"}, "buffers_conserved", 7, "joins_the_list", "handler.receive"),
    ("6.12", {"client": "eager"}, "eof_after_all_data", 20, "parked_is_the_last", "client.arm"),
]


@pytest.mark.parametrize(("preset", "params", "name", "steps", "lemma_", "action"), GUILTY)
def test_what_is_false_fails_at_the_guilty_action(
    preset: str, params: dict[str, str], name: str, steps: int, lemma_: str, action: str
) -> None:
    """A replayed story of the search, as long as the suite says, and the first lemma that the kernel breaks."""
    question = Question("recv_multishot", preset, params, (name,))
    found = EverySizeProver(question, subject(question), Aim()).run()
    one = next(one for one in found.result.properties if one.name == name)
    assert (one.verdict, one.steps, one.story is not None) == (Verdict.VIOLATED, steps, True)
    first = next(iter(found.small.wrong))
    assert (first, found.small.wrong[first][1]) == (lemma_, action)
    assert found.dropped[lemma_].where.startswith(f"{action}, the last of ")


def test_a_search_of_the_ledger_is_cut_and_says_so() -> None:
    """What it counts has no end, so a search of it has none either."""
    cls = find_model("recv_multishot")
    program = specialise(compile_tree(replace(elaborate(cls, ghost=ghost_of(cls)), properties=())))
    outcome = search(program, Request(Limits(states=200)))
    assert not outcome.complete
