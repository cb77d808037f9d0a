"""The native engine gives the outcome of the generated Python: on the corpus, on shipped models, on random programs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.agree.engines import program_of, tree_of
from tests.agree.programs import programs
from uringcheck.explore import native
from uringcheck.explore.outcome import Limits, Outcome, Request
from uringcheck.explore.search import search
from uringcheck.ir.program import Program
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.tree import elaborate

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "tests" / "corpus").rglob("*.py")) + sorted((ROOT / "spec").glob("*.py"))

#: Complete, stopped by the first violation, and cut by each limit that every engine keeps in the same way.
REQUESTS = (
    Request(Limits(states=30_000), graph_stats=True),
    Request(Limits(states=30_000), all_violations=True),
    Request(Limits(states=30_000, depth=4), all_violations=True, graph_stats=True),
    Request(Limits(depth=0)),
    Request(Limits(states=1), all_violations=True),
)


#: For random programs, which may have any number of states.
SMALL = (Request(Limits(states=2_000), graph_stats=True), Request(Limits(states=2_000, depth=5), True))


def told(outcome: Outcome) -> dict[str, object]:
    """An outcome without the time it took."""
    return {
        field.name: getattr(outcome, field.name) for field in dataclasses.fields(outcome) if field.name != "seconds"
    }


def programs_in(path: Path) -> list[Program]:
    """The program of every model of a file, under its defaults."""
    module = load_file(path)
    return [program_of(elaborate(cls)) for cls in models_in(module)]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_corpus_and_shipped_models_have_the_same_outcome(path: Path) -> None:
    """States, levels, counts per action, verdicts and the traces themselves, for every kind of request."""
    for program in programs_in(path):
        for request in REQUESTS:
            expected = told(search(program, request))
            for threads in (1, 2, 3):
                assert told(native.search(program, request, threads=threads)) == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
def test_random_programs_have_the_same_outcome(text: str) -> None:
    """Random programs fail, cover, judge and branch in every way that the language has."""
    program = program_of(tree_of(text))
    for request in SMALL:
        expected = told(search(program, request))
        for threads in (1, 2, 3):
            assert told(native.search(program, request, threads=threads)) == expected


#: From -6 up to 7 in steps of one, and round; by hand, -4 // 3 is -2 and -4 % 3 is 2.
DIVISION = '''
from uringcheck import Model, action, always, var


class Division(Model):
    """A quotient and a remainder, of every number in turn."""

    x: int = var(-6, 7)
    q: int = var(-2, 2)
    r: int = var(0, 2)

    @action
    def go(self) -> None:
        """The next number."""
        self.x = self.x + 1 if self.x < 7 else -6
        self.q = self.x // 3
        self.r = self.x % 3


@always
def defined(m: Division) -> bool:
    """What the two have to do with each other."""
    return 3 * m.q + m.r == m.x
'''


def test_division_rounds_down() -> None:
    """Below zero as well, in a state that is found and in an invariant about it."""
    program = program_of(tree_of(DIVISION))
    expected = search(program, Request(all_violations=True))
    assert expected.states == 14
    assert not expected.paths
    assert told(native.search(program, Request(all_violations=True), threads=1)) == told(expected)


#: A queue whose items are a flag, a number and perhaps another one, beside a set, all of sizes that are put in.
EDGES = '''
import enum

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, field, ints, map_of, maybe, one_of, queue, reachable, require,
    set_of, step, var,
)


class Alone(enum.Enum):
    """A type with one value."""

    ONLY = 0


class Item(Record):
    """What is queued."""

    flag: bool
    nothing: Alone
    more: int | None = field(maybe(ints(0, 2)))
    number: int = field(ints(LOW, HIGH))


class Pair(Record):
    """A number with a single bit above it."""

    number: int = field(ints(LOW, HIGH))
    flag: bool


class Edges(Model):
    """Values that end where a word ends, or just before or behind."""

    seen: Queue[Item] = queue(CAPACITY, Item)
    members: SetOf[int] = set_of(ints(1, MEMBERS))
    flags: Map[int, bool] = map_of(ints(0, 2), bool)
    last: Item | None = var(maybe(Item))
    pair: Pair = var(Pair(number=LOW, flag=True))

    @action
    def push(self, which: int = one_of(0, 2), flag: bool = one_of(bool)) -> None:
        """One more."""
        require(len(self.seen) < CAPACITY)
        number = LOW if which == 0 else 1 if which == 1 else HIGH
        self.seen.push(Item(flag=flag, nothing=Alone.ONLY, more=1 if number == 1 else None, number=number))
        self.flags[len(self.seen) % 3] = flag
        self.pair = Pair(number=number, flag=flag)

    @action
    def pop(self) -> None:
        """One less."""
        require(len(self.seen) > 0)
        self.last = self.seen.pop()

    @action
    def remember(self, largest: bool = one_of(bool)) -> None:
        """A member comes or goes."""
        member = MEMBERS if largest else 1
        if member in self.members:
            self.members.discard(member)
        else:
            self.members.add(member)


def ones(m: Edges) -> int:
    """How many items are number 1."""
    return sum(1 for item in m.seen if item.number == 1)


def highest(m: Edges) -> int:
    """How many items are the highest number."""
    return sum(1 for item in m.seen if item.number == HIGH)


def full(m: Edges) -> int:
    """How many items have more."""
    return sum(1 for item in m.seen if item.more == 1)


@step
def one_at_a_time(before: Edges, m: Edges) -> bool:
    """Steps change counts by one."""
    return -1 <= ones(m) - ones(before) <= 1 and -1 <= highest(m) - highest(before) <= 1


@always
def counts(m: Edges) -> bool:
    """Wrong of a state soon, so that its trace is compared, too."""
    return ones(m) + highest(m) < 3 or any(item.flag for item in m.seen)


@always
def fitting(m: Edges) -> bool:
    """Every item that is number 1 has more."""
    return full(m) == ones(m) and all(item.more is None or item.number == 1 for item in m.seen)


@always
def paired(m: Edges) -> bool:
    """What was pushed last is what was chosen."""
    return m.pair.number == LOW or m.pair.number == 1 or m.pair.number == HIGH


@reachable
def all_of_them(m: Edges) -> bool:
    """A goal about every kind of value."""
    return m.last is not None and m.last.flag and m.flags[1] and MEMBERS in m.members and len(m.members) == 2
'''


@pytest.mark.parametrize("members", [2, 63, 64, 65, 128, 129])
@pytest.mark.parametrize(
    ("capacity", "low", "high"),
    # Lengths take 3, 4, 3, 5, 2 and 2 bits and items 7, 6, 12, 6, 60 and 63, so queues have 45, 64, 63, 125, 122, 128.
    [(6, 0, 7), (10, 0, 3), (5, -3, 240), (20, 1, 4), (2, 0, (1 << 56) - 1), (2, 0, (1 << 59) - 1)],
)
def test_values_at_the_edges_of_words(capacity: int, low: int, high: int, members: int) -> None:
    """Whatever the sizes are, nothing of a value reaches its neighbour, and nothing of it is lost."""
    text = EDGES
    for name, number in {"LOW": low, "HIGH": high, "CAPACITY": capacity, "MEMBERS": members}.items():
        text = text.replace(name, str(number))
    program = program_of(tree_of(text))
    for request in (Request(Limits(states=1_500), all_violations=True), Request(Limits(states=1_500))):
        expected = told(search(program, request))
        assert expected["paths"]
        assert told(native.search(program, request, threads=1)) == expected


#: What is read of the pair is more than what it was made from: the rest is zero, whatever stands beside the number.
MADE = '''
from uringcheck import Model, Record, action, always, field, ints, var


class Pair(Record):
    """A number with room for a larger one, and a flag."""

    number: int = field(ints(0, 7))
    flag: bool


class Made(Model):
    """A number between others, all of whose bits are set."""

    before: int = var(0, 3, start=3)
    number: int = var(0, 3)
    after: int = var(0, 3, start=3)
    seen: int = var(0, 7)
    flagged: bool = var(False)

    @action
    def go(self) -> None:
        """Make a pair of it before it changes, and take the pair apart again afterwards."""
        pair = Pair(number=self.number, flag=False)
        self.number = (self.number + 1) % 4
        self.seen = pair.number
        self.flagged = pair.flag


@always
def never_flagged(m: Made) -> bool:
    """No pair has a flag, nor a number that it was not made from."""
    return not m.flagged and m.seen < 4
'''


def test_what_is_made_of_a_part_is_not_read_behind_it() -> None:
    """The register of a pair may be that of its number, which was cut out of a word."""
    program = program_of(tree_of(MADE))
    expected = search(program, Request(all_violations=True))
    assert expected.states == 5
    assert not expected.paths
    assert told(native.search(program, Request(all_violations=True), threads=1)) == told(expected)


OCCASIONS = '''
from uringcheck import Model, Queue, action, implies, init, ints, queue, require, step, var


class Occasions(Model):
    """A number that goes up and down, and a flag, and the number once more, where looking it up might fail."""

    n: int = var(0, 5)
    last: Queue[int] = queue(1, ints(0, 5))

    @init
    def begin(self) -> None:
        """Nothing yet."""
        self.last.push(0)

    flag: bool = var(False)

    @action
    def up(self) -> None:
        """One more."""
        require(self.n < 5)
        self.n += 1
        self.last.pop()
        self.last.push(self.n)

    @action
    def down(self) -> None:
        """One less."""
        require(self.n > 0)
        self.n -= 1
        self.last.pop()
        self.last.push(self.n)

    @action
    def turn(self) -> None:
        """The flag changes."""
        self.flag = not self.flag


@step
def first(before: Occasions, m: Occasions) -> bool:
    """About going up with the flag; wrong of the last one."""
    if not (m.n > before.n and before.flag):
        return True
    return m.last[0] < 5


@step
def second(before: Occasions, m: Occasions) -> bool:
    """The same, as an implication; wrong of the one before."""
    return implies(m.n > before.n and before.flag, m.n != 4)


@step
def otherwise(before: Occasions, m: Occasions) -> bool:
    """About the same occasion, and wrong without it."""
    if not (m.n > before.n and before.flag):
        return m.n < 3
    return m.last[0] <= 5


@step
def narrower(before: Occasions, m: Occasions) -> bool:
    """About less than the others."""
    return implies(m.n > before.n and before.flag and before.n == 2, m.flag and m.n == 2)


@step
def either(before: Occasions, m: Occasions) -> bool:
    """With another antecedent, which is met without the occasion."""
    return implies(m.n < before.n, m.n != 1) or not (m.n > before.n and before.flag)


@step
def listening(before: Occasions, m: Occasions) -> bool:
    """With an antecedent behind its occasion, and one beside it."""
    if not (m.n > before.n and before.flag):
        return True
    return implies(m.last[0] == 3, before.n == 2) and implies(before.n == 1, m.n == 2)
'''


def test_properties_about_one_occasion() -> None:
    """What is asked behind one branch is what is asked alone, antecedents and what is wrong otherwise included."""
    program = program_of(tree_of(OCCASIONS))
    expected = search(program, Request(all_violations=True))
    assert {name: len(path.steps) for name, path in expected.paths.items()} == {
        "first": 6, "second": 5, "otherwise": 3, "narrower": 4,
    }  # fmt: skip
    for request in (Request(all_violations=True), Request()):
        assert told(native.search(program, request, threads=1)) == told(search(program, request))
