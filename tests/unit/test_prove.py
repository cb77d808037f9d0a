"""Proofs: what induction shows, what it cannot, and that a refutation is always a behaviour."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from uringcheck.diagnostics import UsageError
from uringcheck.explore.outcome import Path as Behaviour
from uringcheck.explore.outcome import Request
from uringcheck.explore.search import search
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.run.proving import Aim, Method, Proof, Prover, with_lemmas
from uringcheck.run.question import Question, subject
from uringcheck.run.verdicts import Verdict

CORPUS = Path(__file__).parent.parent / "corpus"

#: x runs round 0, 1, 2. From 5, which is never reached, it would go to 7 in two steps.
ROUND = '''
"""A ring with a tail that nobody enters."""
from uringcheck import Model, action, always, lemma, require, var


class Ring(Model):
    """A counter."""

    x: int = var(0, 9)

    @action
    def go(self) -> None:
        """One step round."""
        if self.x == 2:
            self.x = 0
        elif self.x == 7:
            self.x = 7
        else:
            self.x = self.x + 1 if self.x < 7 and self.x != 4 else 0

    @action
    def never(self) -> None:
        """A step that the invariants exclude."""
        require(self.x == 6)
        self.x = 0


@always
def not_seven(m: Ring) -> bool:
    """The tail is not entered."""
    return m.x != 7


@always
def at_most_one(m: Ring) -> bool:
    """False after two steps."""
    return m.x <= 1
'''

LEMMA = '''

@lemma
def in_the_ring(m: Ring) -> bool:
    """The counter stays in the ring."""
    return m.x <= 2


@lemma
def wrong(m: Ring) -> bool:
    """Not true for long."""
    return m.x == 0
'''

FAILING = '''
"""A counter that leaves its range, and stops before in one direction."""
from uringcheck import Model, action, one_of, require, var


class Leaving(Model):
    """A counter."""

    x: int = var(0, 3)
    stuck: bool = var(False)

    @action
    def add(self, by: int = one_of(1, 2)) -> None:
        """Add."""
        require(not self.stuck)
        self.x += by

    @action
    def stop(self) -> None:
        """Stop."""
        require(self.x == 2 and not self.stuck)
        self.stuck = True
'''


def proof(tmp_path: Path, text: str, properties: tuple[str, ...] = (), **aim: object) -> Proof:
    """What is proved of a spec."""
    file = tmp_path / f"spec_{abs(hash((text, properties, str(aim))))}.py"
    file.write_text(text)
    question = Question(str(file), properties=properties)
    return Prover(question, subject(question), Aim(**aim)).run()  # type: ignore[arg-type]


def verdicts(found: Proof) -> dict[str, Verdict]:
    """The verdicts by name."""
    return {one.name: one.verdict for one in found.result.properties}


def test_a_counterexample_to_induction_is_not_a_violation(tmp_path: Path) -> None:
    """The invariant holds; alone it is not inductive, and what is shown is a step between two states."""
    found = proof(tmp_path, ROUND, ("not_seven",), method=Method.INDUCTION)
    assert verdicts(found)["not_seven"] is Verdict.NOT_DECIDED
    story = found.notes["not_seven"].story
    assert story is not None
    assert (story.before, story.after) == ((6,), (7,))


def test_a_lemma_is_proved_and_then_carries_the_proof(tmp_path: Path) -> None:
    """The right lemma is used and named, the wrong one dropped with the reason."""
    found = proof(tmp_path, ROUND + LEMMA, ("not_seven",), method=Method.INDUCTION)
    assert verdicts(found)["not_seven"] is Verdict.HOLDS
    assert found.notes["not_seven"].using == ("in_the_ring",)
    assert "in_the_ring" in found.proved
    assert found.dropped["wrong"] == "not kept by `go`"


#: The lemma is kept by every step, and false at the start; with it, the property would be proved.
STARTLESS = '''
"""A switch between 0 and 3, and one between 1 and 2 that nobody reaches."""
from uringcheck import Model, action, always, lemma, var


class Switch(Model):
    """A number and its opposite."""

    x: int = var(0, 3)

    @action
    def turn(self) -> None:
        """To the opposite."""
        self.x = 3 - self.x


@lemma
def between(m: Switch) -> bool:
    """Never at an end."""
    return 1 <= m.x and m.x <= 2


@always
def not_three(m: Switch) -> bool:
    """False after one step."""
    return m.x != 3
'''

#: The first action keeps the property as long as the lemma may be assumed, and the second one breaks the lemma.
RESTING = '''
"""A door that opens once it was unlocked."""
from uringcheck import Model, action, always, lemma, require, var


class Door(Model):
    """A door with a lock."""

    unlocked: bool = var(False)
    opened: bool = var(False)

    @action
    def open(self) -> None:
        """Open it."""
        require(self.unlocked)
        self.opened = True

    @action
    def unlock(self) -> None:
        """Unlock it."""
        self.unlocked = True


@lemma
def locked(m: Door) -> bool:
    """False after one step."""
    return not m.unlocked


@always
def closed(m: Door) -> bool:
    """False after two steps."""
    return not m.opened
'''


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        (STARTLESS, "not_three", {"between": "false after `init`", "not_three": "not kept by `turn`"}),
        (RESTING, "closed", {"locked": "not kept by `unlock`", "closed": "not kept by `open`"}),
    ],
)
def test_nothing_is_proved_with_what_was_dropped(tmp_path: Path, text: str, name: str, why: dict[str, str]) -> None:
    """Neither with what is false at the start, nor with what an action breaks that is asked about later."""
    found = proof(tmp_path, text, (name,), method=Method.INDUCTION)
    assert verdicts(found)[name] is Verdict.NOT_DECIDED
    assert found.dropped == why


def test_lemmas_are_no_part_of_ordinary_questions(tmp_path: Path) -> None:
    """Nobody asked for them."""
    file = tmp_path / "ring.py"
    file.write_text(ROUND + LEMMA)
    program = subject(Question(str(file))).program
    assert [one.name for one in program.properties] == ["not_seven", "at_most_one"]


def test_only_the_assumed_invariants_help(tmp_path: Path) -> None:
    """`--assume` leaves the others out, and an unknown name is refused."""
    found = proof(tmp_path, ROUND + LEMMA, ("not_seven",), method=Method.INDUCTION, assume=("wrong",))
    assert verdicts(found)["not_seven"] is Verdict.NOT_DECIDED
    with pytest.raises(UsageError, match="no invariant `missing`"):
        proof(tmp_path, ROUND, method=Method.INDUCTION, assume=("missing",))


def test_looking_back_further_proves_without_a_lemma(tmp_path: Path) -> None:
    """Nothing leads to 5, so three steps back there is no counterexample to induction."""
    text = ROUND.replace(
        "self.x + 1 if self.x < 7 and self.x != 4 else 0", "self.x + 1 if 4 < self.x < 7 or self.x < 2 else 0"
    )
    text = text.split("@always\ndef at_most_one")[0]
    found = proof(tmp_path, text, method=Method.K_INDUCTION, k=3)
    assert verdicts(found)["not_seven"] is Verdict.HOLDS
    assert found.notes["not_seven"].how == "k-induction with k = 3"
    assert verdicts(proof(tmp_path, text, method=Method.K_INDUCTION, k=2))["not_seven"] is Verdict.NOT_DECIDED


def test_auto_finds_the_story_that_induction_cannot_tell(tmp_path: Path) -> None:
    """A false invariant is dropped by induction and refuted by a search, with a replayed trace."""
    found = proof(tmp_path, ROUND + LEMMA, method=Method.AUTO)
    assert verdicts(found)["at_most_one"] is Verdict.VIOLATED
    one = next(one for one in found.result.properties if one.name == "at_most_one")
    assert one.steps == 2
    assert one.story is not None


def test_an_action_that_the_invariants_exclude_is_told(tmp_path: Path) -> None:
    """What was proved of its steps was proved of nothing."""
    found = proof(tmp_path, ROUND + LEMMA, ("not_seven",), method=Method.INDUCTION)
    assert found.result.vacuous == ("action never can never be taken where the proved invariants hold",)


def test_unrolling_tells_failures_and_deadlocks(tmp_path: Path) -> None:
    """The step that leaves the range counts, and the state without a successor is found."""
    found = proof(tmp_path, FAILING, method=Method.BMC, k=5)
    by_name = {one.name: one for one in found.result.properties}
    assert by_name["domain"].verdict is Verdict.VIOLATED
    assert by_name["domain"].steps == 2
    assert by_name["domain"].story is not None
    assert by_name["domain"].story.failed is not None
    assert by_name["no_deadlock"].verdict is Verdict.VIOLATED
    assert by_name["no_deadlock"].steps == 2


def test_unrolling_says_up_to_where(tmp_path: Path) -> None:
    """Bounded is never shortened to holds."""
    found = proof(tmp_path, ROUND, ("not_seven",), method=Method.BMC, k=4)
    one = next(one for one in found.result.properties if one.name == "not_seven")
    assert (one.verdict, one.k) == (Verdict.HOLDS_UP_TO_K, 4)
    assert (found.result.complete, found.result.cut_by) == (False, "depth")


@pytest.mark.parametrize("method", list(Method))
def test_no_time_is_no_answer(tmp_path: Path, method: Method) -> None:
    """A run without time decides nothing and says why."""
    found = proof(tmp_path, ROUND, ("not_seven",), method=method, seconds=0.0)
    one = next(one for one in found.result.properties if one.name == "not_seven")
    assert one.verdict is Verdict.NOT_DECIDED
    assert "time ran out" in one.reason
    assert found.result.cut_by == "seconds"


def shortest(name: str) -> tuple[dict[str, int], dict[str, int]]:
    """The lengths of the traces that unrolling and the explicit search find for a model of the corpus."""
    question = Question(str(CORPUS / f"{name}.py"))
    found = Prover(question, subject(question), Aim(Method.BMC, k=11)).run()
    outcome = search(subject(question).program, Request(all_violations=True))
    unrolled = {one.name: one.steps for one in found.result.properties if one.steps is not None}
    explicit = {
        about: len(path.steps)
        for about, path in outcome.paths.items()
        if isinstance(path, Behaviour) and len(path.steps) <= 11
    }
    return unrolled, explicit


@pytest.mark.parametrize("name", ["die_hard", "missionaries", "simple_allocator", "two_phase", "peterson", "t_commit"])
def test_unrolled_traces_are_as_short_as_searched_ones(name: str) -> None:
    """Every violation and goal of up to 11 steps is found, in as many steps, and the plain run walks each."""
    unrolled, explicit = shortest(name)
    assert unrolled == explicit


def test_the_lemmas_of_the_receive_model_hold_where_they_can_be_searched() -> None:
    """A wrong lemma would only be dropped; a search says that none of these is wrong."""
    settled = subject(Question("recv_multishot", "6.1"))
    program = specialise(compile_tree(with_lemmas(settled.tree)))
    outcome = search(program, Request(all_violations=True))
    assert outcome.complete
    assert outcome.paths == {}


@pytest.mark.parametrize(
    ("preset", "client"),
    [
        ("6.1", "eager"),
        *(
            pytest.param(preset, client, marks=pytest.mark.slow)
            for preset, client in [("6.0", "contract"), ("6.1", "contract"), ("6.18", "contract"), ("6.18", "eager")]
        ),
    ],
)
def test_the_receive_model_is_proved(preset: str, client: str) -> None:
    """Order, ends, buffers and domains of the shipped model, by induction at its default sizes."""
    asked = ("in_order", "nothing_after_final", "buffers_conserved", "one_final")
    question = Question("recv_multishot", preset, {"client": client}, asked)
    found = Prover(question, subject(question), Aim(Method.INDUCTION, seconds=120)).run()
    assert set(verdicts(found).values()) == {Verdict.HOLDS}


def test_ctrl_c_answers_at_once(tmp_path: Path) -> None:
    """In the middle of a question to the solver, too: exit code 130, with what had been covered."""
    command = [
        sys.executable,
        "-m",
        "uringcheck",
        "prove",
        "recv_multishot",
        "--preset",
        "6.1",
        "--property",
        "in_order",
    ]
    run = subprocess.Popen(
        [*command, "--method", "bmc", "--k", "30"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(12)
    run.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = run.communicate(timeout=30)
    assert time.monotonic() - sent < 5
    assert run.returncode == 130, err
    assert "not decided: interrupted" in out
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.parametrize("client", ["contract", "eager"])
@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("accept_multishot", ("connections_in_order", "connections_conserved", "nothing_after_final", "one_final")),
        ("poll_multishot", ("nothing_after_final", "one_final", "overflow_bounded")),
    ],
)
def test_accept_and_poll_are_proved_with_the_lemmas_of_receive(model: str, names: tuple[str, ...], client: str) -> None:
    """What is about completions and generations is true of every request kind; connections have lemmas of their own."""
    question = Question(model, "6.1", {"client": client}, names)
    found = Prover(question, subject(question), Aim(Method.INDUCTION)).run()
    wanted = (*names, "domain", "assert")
    assert {name: verdicts(found)[name] for name in wanted} == dict.fromkeys(wanted, Verdict.HOLDS)


@pytest.mark.parametrize("model", ["accept_multishot", "poll_multishot"])
def test_nothing_leaves_its_range_in_accept_and_poll(model: str) -> None:
    """The overflow list has room for every completion: of other requests there are no more than were submitted."""
    question = Question(model, "6.1", {"C": "1", "M": "2", "G": "2"}, ("one_final",))
    found = Prover(question, subject(question), Aim(Method.INDUCTION)).run()
    assert verdicts(found) == dict.fromkeys(("one_final", "domain", "assert"), Verdict.HOLDS)
    assert "others_accounted" in found.notes["domain"].using
