"""States whose memory was given back, and states that only fingerprints stand for: the outcome is the same."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.agree.engines import program_of, tree_of
from tests.agree.programs import programs
from tests.agree.test_native_and_generated import REQUESTS, SMALL, SPECS, programs_in, told
from tests.unit.cli_specs import calling
from tests.unit.test_native_halves import CHANGING, INVARIANTS, WIDE, counters
from uringcheck.explore import native, native_keeping, native_store, native_words
from uringcheck.explore.native_keeping import Keeping
from uringcheck.explore.native_store import Store
from uringcheck.explore.outcome import Cut, Outcome, Request
from uringcheck.explore.search import search
from uringcheck.explore.symmetry import Symmetry, symmetry_of
from uringcheck.ir.program import Program
from uringcheck.lower.packing import layout

#: States whose memory is reused or given back together, here: whole pages however many words a state takes.
FEW = 512


def all_mapped(address: int, size: int) -> bool:
    """Whether addresses are still taken, as /proc says; what is free the system may give to anybody."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        first, _, last = line.split()[0].partition("-")
        if int(first, 16) <= address < int(last, 16):
            size -= min(size, int(last, 16) - address)
            address = int(last, 16)
    return size == 0


@pytest.fixture
def given_back(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Memory is reused and given back a few pages at a time. Of how many states it was, of each search that ended."""
    if sys.platform != "linux":
        pytest.skip("memory is moved and given back on Linux alone")
    monkeypatch.setattr(Keeping, "chunk", FEW)
    amounts: list[int] = []
    close = Store.close

    def noting(self: Store) -> None:
        amounts.append(self.first["given_to"] - self.first["given_from"])
        assert all_mapped(self.states.address, self.states.size)
        assert self.first["provided_to"] * 8 * self.keeping.words <= self.states.size
        close(self)

    monkeypatch.setattr(Store, "close", noting)
    return amounts


def compact(request: Request) -> Request:
    """The same, by fingerprints."""
    return dataclasses.replace(request, compact=True)


def found(outcome: Outcome) -> dict[str, object]:
    """What was found, without the time that it took and what fingerprints may have missed."""
    return {name: value for name, value in told(outcome).items() if name != "omission_bound"}


# --- given back -------------------------------------------------------------------------------------------------------

BEHIND = '''

@always
def never_all(random: Random) -> bool:
    """Wrong of the last state of all."""
    return random.a + random.b + random.c + random.d + random.e + random.f < 6 * MOST


@step
def hardly_all(before: Random, random: Random) -> bool:
    """Wrong of the steps to it and from it."""
    return before.a + before.b + before.c + before.d + before.e + before.f < 6 * MOST - 1


@reachable
def half(random: Random) -> bool:
    """Reached early."""
    return random.a == MOST and random.b == MOST
'''


def deep(beside: str, modulus: int) -> Program:
    """Six counters with properties that are answered early and late."""
    return counters(beside, modulus, BEHIND.replace("MOST", str(modulus - 1)))


def searched_in(
    mebibytes: float, functions: set[str], program: Program, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compare the engines on a program under a limit, where these functions of the system are to be had."""
    monkeypatch.setattr(native, "allowance", lambda limit: int(mebibytes * 2**20))
    known = native_store.system_function
    monkeypatch.setattr(native_store, "system_function", lambda name: known(name) if name in functions else 0)
    for request in (Request(), Request(all_violations=True, graph_stats=True)):
        expected = search(program, request)
        assert {"never_all", "hardly_all", "half"} & set(expected.paths)
        assert found(native.search(program, request, threads=threads)) == found(expected)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(("beside", "mebibytes"), [("", 0.8), (WIDE, 2.65)])
def test_what_was_expanded_is_given_back_where_memory_is_short(
    beside: str, mebibytes: float, threads: int, given_back: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """46,656 states with their words do not fit; paths through those that were given back are found all the same."""
    program = deep(beside, 6)
    assert layout(program.variables).whole == (beside == "")
    searched_in(mebibytes, {"madvise"}, program, threads, monkeypatch)
    assert min(given_back) > 10_000


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("beside", ["", WIDE])
def test_the_memory_of_what_was_expanded_becomes_that_of_others(
    beside: str, threads: int, given_back: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much there is."""
    searched_in(64, {"madvise", "mremap"}, deep(beside, 6), threads, monkeypatch)
    assert min(given_back) > 10_000


CHAINS = '''
from uringcheck import Model, action, init, ints, one_of, require, var


class Chains(Model):
    """Many ways from many beginnings, with one step on from each state but the last ones."""

    chain: int = var(0, 4095)
    place: int = var(0, 11)

    @init
    def begin(self, chain: int = one_of(ints(0, 4095))) -> None:
        """Anywhere."""
        self.chain = chain

    @action
    def go(self) -> None:
        """On."""
        require(self.place < 11)
        self.place += 1

    @action
    def stay(self) -> None:
        """A step to the same state: the word of the source is looked at."""
'''


@pytest.mark.parametrize("kibibytes", range(660, 740, 10))
def test_the_batch_that_is_worked_on_is_not_given_back(
    kibibytes: int, given_back: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each batch has some 32 sources, so that memory gets short in the middle of what is given back next."""
    monkeypatch.setattr(native, "allowance", lambda limit: kibibytes * 2**10)
    known = native_store.system_function
    monkeypatch.setattr(native_store, "system_function", lambda name: known(name) if name == "madvise" else 0)
    outcome = native.search(program_of(tree_of(CHAINS)), threads=1)
    assert (outcome.states, outcome.transitions, outcome.self_loops) == (12 * 4096, 23 * 4096, 12 * 4096)
    assert given_back[-1] > 1_000


def test_where_nothing_can_be_given_back_the_search_ends_as_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a system that is not Linux, the same memory is not enough."""
    monkeypatch.setattr(native, "allowance", lambda limit: int(0.8 * 2**20))
    monkeypatch.setattr(native_store, "system_function", lambda name: 0)
    outcome = native.search(deep("", 6), Request(all_violations=True), threads=1)
    assert outcome.cut_by is Cut.MEMORY
    assert outcome.states < 6**6


# --- fingerprints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_fingerprints_find_what_whole_states_find(path: Path) -> None:
    """Corpus and shipped models, for every kind of request. A state of one word is kept as it is."""
    for program in programs_in(path):
        whole = layout(program.variables).whole
        for request in REQUESTS:
            expected = found(search(program, request))
            for threads in (1, 2, 3):
                outcome = native.search(program, compact(request), threads=threads)
                assert found(outcome) == expected
                assert (outcome.omission_bound is None) == whole


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
def test_random_programs_by_fingerprints(text: str) -> None:
    """Random programs fail, cover, judge and branch in every way that the language has."""
    program = program_of(tree_of(text))
    for request in SMALL:
        expected = found(search(program, request))
        for threads in (1, 2):
            assert found(native.search(program, compact(request), threads=threads)) == expected


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_with_fingerprints_a_state_is_kept_until_it_was_expanded(threads: int, given_back: list[int]) -> None:
    """And what leads to it for ever: paths to the last state, and through all others, are the same."""
    for program in (deep(WIDE, 6), counters(CHANGING, 5, INVARIANTS.format(left="len(random.pad) < 2", right="True"))):
        for request in (Request(), Request(all_violations=True, graph_stats=True)):
            expected = search(program, request)
            assert expected.paths
            assert found(native.search(program, compact(request), threads=threads)) == found(expected)
    assert max(given_back) > 40_000


ALIKE = '''
from uringcheck import Map, Model, SetOf, action, always, interchangeable, ints, map_of, one_of, set_of


class Alike(Model):
    """Three counters that nobody tells apart, and a word beside them."""

    Name = interchangeable(0, 2)
    counted: Map[int, int] = map_of(Name, ints(0, 20))
    pad: SetOf[int] = set_of(ints(0, 63))

    @action
    def turn(self, name: int = one_of(Name)) -> None:
        """One of them turns."""
        self.counted[name] = (self.counted[name] + 1) % 21


@always
def never_all(m: Alike) -> bool:
    """Wrong of the last state of all."""
    return any(m.counted[name] < 20 for name in m.Name)
'''


def test_up_to_names_by_fingerprints(given_back: list[int]) -> None:
    """What leads to a state that was given back is walked up to names. Of 21**3 states 1,771 differ."""
    program = program_of(tree_of(ALIKE))
    symmetry = symmetry_of(program)
    assert isinstance(symmetry, Symmetry)
    assert symmetry.few
    expected = search(program, Request(all_violations=True), symmetry)
    assert (expected.states, len(expected.paths["never_all"].steps)) == (1771, 60)
    outcome = native.search(program, Request(all_violations=True, compact=True), symmetry=symmetry)
    assert found(outcome) == found(expected)
    assert given_back[-1] >= FEW


#: Both halves of a state are one lane, and any number can be in either.
TWINS = "pad: SetOf[int] = set_of(ints(0, 63))\nmore: SetOf[int] = set_of(ints(0, 63))"


def test_exchanged_halves_have_another_fingerprint() -> None:
    """Two sets of the same sort, each of them a half. Without its second hash the right one would undo the left one."""
    lines = TWINS.splitlines()
    for name in ("pad", "more"):
        for number in range(3):
            lines += ["", "@action", f"def {name}_{number}(self) -> None:", f'    """{name} has {number}."""']
            lines.append(f"    self.{name}.add({number})")
    text = "from uringcheck import Model, SetOf, action, ints, set_of\n\n\nclass Twins(Model):\n"
    program = program_of(tree_of(text + "\n".join(f"    {line}".rstrip() for line in lines) + "\n"))
    place = layout(program.variables)
    assert (place.lanes, place.left) == (2, 1)
    outcome = native.search(program, Request(compact=True), threads=1)
    assert outcome.states == 8 * 8


def test_states_with_equal_fingerprints_are_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared is the fingerprint and nothing else: where all are the same, one state is found."""
    monkeypatch.setattr(native_words, "MIX", 0)
    monkeypatch.setattr(native_words, "SEED", 0)
    outcome = native.search(counters(WIDE), Request(compact=True), threads=1)
    assert outcome.states < 7**6


@pytest.mark.parametrize(("states", "expected"), [(10**6, 2.7105e-8), (10**8, 2.7105e-4)])
def test_the_bound_is_that_of_the_birthday_problem(states: int, expected: float) -> None:
    """Pairs by 2**64: 10**6 states make 5 * 10**11 pairs, and 2**64 is 1.8447 * 10**19."""
    assert native_keeping.omission_bound(states) == pytest.approx(expected, rel=1e-4)
    # Exactly: the chance that some of `states` draws from 2**64 values meet, or meet zero, is no larger.
    none_met, few = 1.0, 1000
    for drawn in range(few):
        none_met *= 1 - (drawn + 1) / 2.0**20
    assert 1 - none_met <= native_keeping.omission_bound(few - 1) * 2.0**44
    assert native_keeping.omission_bound(2**40) == 1.0


# --- what is said -----------------------------------------------------------------------------------------------------


def test_verdicts_say_how_likely_a_state_was_missed(capfd: pytest.CaptureFixture[str]) -> None:
    """In words and as a number; a search by whole states says nothing of the kind."""
    run = calling(capfd)
    arguments = ["check", "recv_multishot", "--preset", "6.18", "--engine", "native"]
    plain = json.loads(run(*arguments, "--format", "json")[1])["results"][0]
    data = json.loads(run(*arguments, "--compact", "--format", "json")[1])["results"][0]
    bound = data["omission_bound"]
    assert plain["omission_bound"] is None
    assert bound == native_keeping.omission_bound(data["states"])
    held = [one for one in data["properties"] if one["verdict"] == "holds" and one["kind"] != "temporal"]
    assert held
    assert {one["reason"] for one in held} == {f"unless a state was missed, with probability at most {bound:.1e}"}
    for name in ("states", "transitions", "levels", "depth", "terminal", "actions"):
        assert data[name] == plain[name]
    text = run(*arguments, "--compact")[1]
    assert "holds, unless a state was missed, with probability at most " in text
    assert "fingerprints of 64 bits stood for states" in " ".join(text.split())
    assert "in full" not in text


def test_compact_is_about_a_model(capfd: pytest.CaptureFixture[str]) -> None:
    """A suite expects what whole states have."""
    code, _, err = calling(capfd)("check", "--compact")
    assert code == 2
    assert "UC018" in err
