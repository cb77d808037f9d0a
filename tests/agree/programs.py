"""Random programs of the language, as text, for putting every engine through the same mill.

They use every container, every operator and every statement. Wild ones fail often: unguarded pops, pushes and range
violations are part of what engines must agree on. Calm ones seldom do, so that there are states to search: what could
fail is guarded, what is stored is brought into its range, and only some of the variables move.

Every choice goes through `Writer.pick` and `Writer.number`. Wild programs are drawn by Hypothesis, which shrinks them;
calm ones by a plain generator from a seed, as Hypothesis, which looks for small programs, finds mostly such as stop at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

_HEADER = '''"""A generated spec."""

import enum

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, always_eventually, cover, eventually, eventually_always, field,
    final, happens, implies, init, ints, leads_to, map_of, maybe, one_of, queue, reachable, replace, require, set_of,
    step, strong, strong_each, temporal, toggle, var, weak, weak_each,
)
from uringcheck import constraint as constraint_

switch = toggle({switch}, "a switch")


class Colour(enum.Enum):
    """Three colours."""

    RED = 0
    GREEN = 1
    BLUE = 2


class Item(Record):
    """A colour, a flag and a number."""

    colour: Colour
    flag: bool
    size: int = field(-1, 2)


def bump(number: int, by: int) -> int:
    """A helper with two returns."""
    if number > by:
        return number - by
    return number + 1


class Random(Model):
    """A generated model."""

    i0: int = var(0, 3)
    i1: int = var(-2, 2, start=0)
    b: bool = var(False)
    e: Colour = var(Colour.GREEN)
    o: int | None = var(maybe(ints(0, 2)))
    r: Item = var(Item(size=0, flag=False, colour=Colour.RED))
    q: Queue[Item] = queue({capacity}, Item)
    qi: Queue[int] = queue(2, ints(-1, 3))
    s: SetOf[int] = set_of(ints(0, 3))
    t: SetOf[int] = set_of(ints(0, 3), start=(1, 2))
    m: Map[int, int] = map_of(ints(-1, 1), ints(-2, 4), start=0)
    c: Map[Colour, Queue[int]] = map_of(Colour, queue(2, ints(0, 1)))

    def take(self, number: int) -> None:
        """A helper that changes the state."""
'''

#: What makes calm programs go round.
_CALM_ACTIONS = '''    @action
    def tick(self) -> None:
        """A counter moves."""
        self.i0 = (self.i0 + 1) % 4

    @action
    def turn(self, n: int = one_of(0, 1)) -> None:
        """A queue moves."""
        if self.qi.full:
            self.i1 = (self.i1 + self.qi.pop()) % 2
        else:
            self.qi.push(n)
'''

VARIABLES = ("i0", "i1", "b", "e", "o", "r", "q", "qi", "s", "t", "m", "c")

#: Variables that move in a calm program besides those of its own actions.
_MOVING = 4


class Chooser(Protocol):
    """Where the choices come from."""

    def pick(self, options: Sequence[Any]) -> Any:
        """One of the options; the first is the simplest."""
        ...

    def number(self, low: int, high: int) -> int:
        """An integer from low to high."""
        ...


class Drawn:
    """Choices of Hypothesis."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def pick(self, options: Sequence[Any]) -> Any:
        """One of the options."""
        return self._draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        """An integer from low to high."""
        return self._draw(st.integers(low, high))  # type: ignore[no-any-return]


class Seeded:
    """Choices of a plain generator."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def pick(self, options: Sequence[Any]) -> Any:
        """One of the options."""
        return self._random.choice(options)

    def number(self, low: int, high: int) -> int:
        """An integer from low to high."""
        return self._random.randint(low, high)


class Expressions:
    """Writes expressions.

    `subject` is what variables are read of, `locals` and `arguments` the numbers in reach, `records` the local records.
    """

    def __init__(self, chooser: Chooser, calm: bool) -> None:
        self._chooser = chooser
        self.calm = calm
        self.subject = "self"
        self.locals: list[str] = []
        self.records: list[str] = []
        self.arguments: list[str] = []

    def pick(self, *options: T) -> T:
        """One of the options; the first is the simplest."""
        return self._chooser.pick(options)  # type: ignore[no-any-return]

    def number(self, low: int, high: int) -> int:
        """An integer from low to high."""
        return self._chooser.number(low, high)

    def where(self, test: str, text: str, orelse: str) -> str:
        """A number that has a value only where the test is true; a calm program asks first."""
        return f"({text} if {test} else {orelse})" if self.calm else text

    def within(self, text: str, low: int, high: int) -> str:
        """A number for a place with this range; a calm program brings it there."""
        if not self.calm:
            return text
        inside = f"({text}) % {high - low + 1}"
        return inside if low == 0 else f"{inside} {'-' if low < 0 else '+'} {abs(low)}"

    def int_(self, depth: int) -> str:
        """An integer expression."""
        s = self.subject
        leaves = [str(self.number(-2, 4)), f"{s}.i0", f"{s}.i1", *self.locals, *self.arguments]
        if depth <= 0:
            return self.pick(*leaves)
        d = depth - 1
        there = f"not {s}.q.empty"
        return self.pick(
            lambda: self.pick(*leaves),
            lambda: f"({self.int_(d)} {self.pick('+', '-', '*')} {self.int_(d)})",
            lambda: f"({self.int_(d)} {self.pick('//', '%')} {self.number(1, 3)})",
            lambda: f"({self.int_(d)} if {self.bool_(d)} else {self.int_(d)})",
            lambda: f"{self.pick('min', 'max')}({self.int_(d)}, {self.int_(d)})",
            lambda: f"abs({self.int_(d)})",
            lambda: f"(-{self.int_(d)})",
            lambda: f"len({s}.{self.pick('q', 's', 'qi')})",
            lambda: f"({s}.o if {s}.o is not None else {self.int_(d)})",
            lambda: f"{s}.m[{self.within(self.int_(d), -1, 1)}]",
            lambda: self.where(there, f"{s}.q[{'0' if self.calm else self.int_(d)}].size", self.int_(d)),
            lambda: self.where(there, f"{s}.q.{self.pick('head', 'last')}.size", self.int_(d)),
            lambda: f"{self.pick(f'{s}.r', *self.records)}.size",
            lambda: f"sum(x for x in {s}.{self.pick('s', 'qi')} if x != {self.int_(d)})",
            lambda: f"{self.pick('min', 'max')}((x for x in {s}.s), default={self.int_(d)})",
            lambda: f"sum({s}.m[k] for k in {s}.m)",
            lambda: f"bump({self.int_(d)}, {self.int_(d)})",
            lambda: f"int({self.bool_(d)})",
            lambda: f"len({s}.c[{self.colour(d)}])",
        )()

    def bool_(self, depth: int) -> str:
        """A boolean expression."""
        s = self.subject
        leaves = [f"{s}.b", f"({s}.i0 == 0)", f"{s}.qi.empty"] if self.calm else [f"{s}.b", "True", "False", "switch"]
        if depth <= 0:
            return self.pick(*leaves)
        d = depth - 1
        return self.pick(
            lambda: self.pick(*leaves),
            lambda: f"({self.int_(d)} {self.pick('<', '<=', '==', '!=', '>', '>=')} {self.int_(d)})",
            lambda: f"({self.int_(d)} < {self.int_(d)} <= {self.int_(d)})",
            lambda: f"({self.bool_(d)} {self.pick('and', 'or')} {self.bool_(d)})",
            lambda: f"(not {self.bool_(d)})",
            lambda: f"implies({self.bool_(d)}, {self.bool_(d)})",
            lambda: f"({self.bool_(d)} {self.pick('==', '!=')} {self.bool_(d)})",
            lambda: f"{s}.{self.pick('q', 'qi')}.{self.pick('empty', 'full')}",
            lambda: f"({self.item(d)} in {s}.q)",
            lambda: f"({self.int_(d)} {self.pick('in', 'not in')} {s}.{self.pick('s', 'qi')})",
            lambda: f"({self.int_(d)} in (0, {self.int_(d)}))",
            lambda: f"({self.int_(d)} in range({self.int_(d)}, 3))",
            lambda: f"({s}.o {self.pick('is', 'is not')} None)",
            lambda: f"({s}.o == {self.int_(d)})",
            lambda: f"({self.colour(d)} == {self.colour(d)})",
            lambda: f"({self.item(d)} == {s}.r)",
            lambda: f"{self.pick(f'{s}.r', *self.records)}.flag",
            lambda: f"{self.pick('any', 'all')}(x.size {self.pick('<', '==')} {self.int_(d)} for x in {s}.q)",
            lambda: f"{self.pick('any', 'all')}({s}.m[k] > {self.int_(d)} for k in {s}.m if k != {self.int_(d)})",
            lambda: f"all(len({s}.c[k]) < 2 for k in Colour)",
            lambda: f"({s}.s {self.pick('<=', '>=', '==')} {s}.t)",
            lambda: f"{s}.s.isdisjoint({s}.t {self.pick('|', '&', '-')} {s}.s)",
            lambda: f"({s}.q.empty or {s}.q.head.flag)" if self.calm else f"{s}.q.head.flag",
            lambda: f"(not {s}.q.empty and {s}.r == {s}.q.last)" if self.calm else f"({s}.r == {s}.q.last)",
        )()

    def colour(self, depth: int) -> str:
        """An enum expression."""
        s = self.subject
        if depth <= 0:
            return self.pick("Colour.RED", "Colour.GREEN", f"{s}.e")
        return self.pick(
            f"{s}.e",
            f"({self.colour(0)} if {self.bool_(depth - 1)} else Colour.BLUE)",
            *(f"{one}.colour" for one in (f"{s}.r", *self.records)),
        )

    def item(self, depth: int) -> str:
        """A record expression."""
        s, d = self.subject, depth - 1
        if depth <= 0:
            return self.pick("Item(size=0, flag=False, colour=Colour.RED)", f"{s}.r", *self.records)
        return self.pick(
            lambda: f"Item(size={self.within(self.int_(d), -1, 2)}, flag={self.bool_(d)}, colour={self.colour(d)})",
            lambda: f"Item(size=-1, flag=False, colour={self.colour(d)})",  # all zero but for its first field
            lambda: f"replace({s}.r, size={self.within(self.int_(d), -1, 2)})",
            lambda: self.where(f"not {s}.q.empty", f"{s}.q.head", f"{s}.r"),
        )()


class Writer(Expressions):
    """Writes one program."""

    def __init__(self, chooser: Chooser, calm: bool = False) -> None:
        super().__init__(chooser, calm)
        self.fresh = 0
        self.calls = True
        self.moving = set(VARIABLES)
        if calm:
            self.moving = {self.pick(*VARIABLES) for _ in range(_MOVING)}

    # --- statements -------------------------------------------------------------------------------------------------

    @contextmanager
    def unguarded(self, now: bool) -> Any:
        """Write wild text for a while."""
        calm, self.calm = self.calm, self.calm and not now
        yield
        self.calm = calm

    def only_if(self, test: str, line: str) -> list[str]:
        """A statement that fails unless the test is true; a calm program asks first."""
        return [f"if {test}:", f"    {line}"] if self.calm else [line]

    def statement(self, indent: str, depth: int) -> list[str]:
        """One statement, a list of lines. A calm program is wild now and then."""
        with self.unguarded(self.calm and self.number(0, 39) == 0):
            kind = self.number(0, 9)
            if kind == 7 and depth > 0:
                return self._if(indent, depth)
            if kind == 8 and depth > 0:
                return self._for(indent, depth)
            if kind == 9:
                return self._local(indent, depth)
            return [indent + line for line in self.pick(*self._simple(depth))()]

    def _simple(self, d: int) -> list[Callable[[], list[str]]]:
        """The statements of one line, as far as they change what moves."""
        room, items = "not self.q.full", "not self.q.empty"
        of: dict[str, list[Callable[[], list[str]]]] = {
            "i0": [
                lambda: [f"self.i0 = {self.within(self.int_(d), 0, 3)}"],
                lambda: self.only_if(
                    "not self.qi.empty",
                    "self.i0 = (self.i0 + self.qi.pop()) % 4" if self.calm else "self.i0 += self.qi.pop()",
                ),
            ],
            "i1": [
                lambda: [f"self.i1 = {self.within(self.int_(d), -2, 2)}"],
                lambda: ["self.i1 = 0"] if self.calm else [f"self.i1 {self.pick('+=', '-=', '*=')} {self.int_(d)}"],
            ],
            "b": [lambda: [f"self.b = {self.bool_(d)}"]],
            "e": [lambda: [f"self.e = {self.colour(d)}"]],
            "o": [lambda: [f"self.o = {self.pick('None', self.within(self.int_(d), 0, 2))}"]],
            "r": [lambda: [f"self.r = {self.item(d)}"]],
            "q": [
                lambda: self.only_if(room, f"self.q.push({self.item(d)})"),
                lambda: self.only_if(items, "self.q.pop()"),
                lambda: self.only_if(items, "self.q.push(self.q.pop())"),
                lambda: ["self.q.clear()"],
            ],
            "qi": [lambda: self.only_if("not self.qi.full", f"self.qi.push({self.within(self.int_(d), -1, 3)})")],
            "s": [
                lambda: [f"self.s.{self.pick('add', 'discard')}({self.within(self.int_(d), 0, 3)})"],
                lambda: self.only_if("2 in self.s", f"self.s.remove({'2' if self.calm else self.int_(d)})"),
                lambda: [f"self.s = self.s {self.pick('|', '&', '-')} self.t"],
                lambda: ["self.s.clear()"],
            ],
            "t": [lambda: ["self.t = self.s"]],
            "m": [
                lambda: [f"self.m[{self.within(self.int_(d), -1, 1)}] = {self.within(self.int_(d), -2, 4)}"],
                lambda: [f"self.m[{self.within(self.int_(d), -1, 1)}] {'= 1' if self.calm else '+= ' + self.int_(d)}"],
            ],
            "c": [lambda: self._nested(d)],
        }
        always = [
            lambda: [f"self.take({self.int_(d)})"] if self.calls else ["pass"],
            lambda: [f"assert {'len(self.q) <= 3' if self.calm else self.bool_(d)}, 'claimed'"],
            lambda: [f"cover({self.bool_(d)})"],
        ]
        return [write for name, writes in of.items() if name in self.moving for write in writes] + always

    def _nested(self, d: int) -> list[str]:
        """A queue in a map."""
        inner = f"self.c[{self.colour(d)}]"
        if self.pick(False, True):
            return self.only_if(f"not {inner}.full", f"{inner}.push({self.within(self.int_(d), 0, 1)})")
        return self.only_if(f"not {inner}.empty", f"self.i1 = {inner}.pop()")

    def _if(self, indent: str, depth: int) -> list[str]:
        lines = [f"{indent}if {self.bool_(depth)}:", *self.block(indent + "    ", depth - 1)]
        if self.pick(False, True):
            lines += [f"{indent}else:", *self.block(indent + "    ", depth - 1)]
        return lines

    def _for(self, indent: str, depth: int) -> list[str]:
        name = self._name()
        over = self.pick("range(2)", "self.s", "self.qi", "self.m", "range(self.i0)")
        self.locals.append(name)
        body = self.block(indent + "    ", depth - 1)
        self.locals.remove(name)
        return [f"{indent}for {name} in {over}:", *body]

    def _local(self, indent: str, depth: int) -> list[str]:
        name = self._name()
        if self.pick(False, False, True):
            line = f"{indent}{name} = {self.item(depth)}"
            self.records.append(name)
            return [line]
        partial = "" if self.calm else self.pick("", "self.qi.head + ")
        line = f"{indent}{name} = {partial}{self.int_(depth)}"
        self.locals.append(name)
        return [line]

    def _name(self) -> str:
        self.fresh += 1
        return f"n{self.fresh}"

    def block(self, indent: str, depth: int) -> list[str]:
        """One to three statements with locals of their own."""
        before = list(self.locals), list(self.records)
        lines = [line for _ in range(self.number(1, 3)) for line in self.statement(indent, depth)]
        self.locals, self.records = before
        return lines

    # --- the whole --------------------------------------------------------------------------------------------------

    def program(self, temporal: bool = False) -> str:
        """The text of a spec with one model class `Random`."""
        capacity = self.number(1, 2 if self.calm else 3)
        lines = [_HEADER.replace("{switch}", str(self.pick(True, False))).replace("{capacity}", str(capacity))]
        lines[0] = lines[0].rstrip("\n")
        lines += [*self._helper(), ""]
        if self.pick(False, True):
            lines += ["    @init", "    def start(self, a: int = one_of(0, 1)) -> None:", '        """Start."""']
            self.arguments = ["a"]
            lines += [*self.block("        ", 1), ""]
        if self.calm:
            lines += [*_CALM_ACTIONS.splitlines(), ""]
        actions = [f"act{number}" for number in range(self.number(1, 3))]
        for name in actions:
            lines += [*self._action(name), ""]
        self.arguments, self.subject = [], "m"
        lines += self._property("always", "invariant", "m: Random", self.bool_(3))
        if self.calm:
            lines += self._calm_properties()
        self.subject = self.pick("before", "after")
        related = self.pick("before.i0 <= after.i0", "len(before.qi) <= len(after.qi)", "before.b or not after.b")
        result = f"{related} or {self.bool_(2)}"
        lines += self._property("step", "stepping", "before: Random, after: Random", result)
        if temporal:
            self.subject = "m"
            for number in range(2):
                fairness = ", ".join(self._fairness(actions) for _ in range(self.number(0, 2)))
                lines += self._property(f"temporal({fairness})", f"live{number}", "m: Random", self._formula(actions))
        return "\n".join(lines)

    def _helper(self) -> list[str]:
        """The body of the method that other statements call; it does not call itself."""
        self.calls = False
        self.arguments = ["number"]
        body = self.block("        ", 0)
        self.calls, self.arguments = True, []
        return body

    def _action(self, name: str) -> list[str]:
        domain = self.pick("", ", a: int = one_of(-1, 1)", ", a: int = one_of(0, 2), f: bool = one_of(bool)")
        self.arguments = ["a"] if domain else []
        lines = ["    @action", f"    def {name}(self{domain}) -> None:", '        """A step."""']
        if self.pick(False, True):
            lines.append(f"        require({self.bool_(2)})")
        return [*lines, *self.block("        ", 2)]

    def _property(self, decorator: str, name: str, parameters: str, result: str) -> list[str]:
        doc = '    """Holds or not."""'
        return ["", f"@{decorator}", f"def {name}({parameters}) -> bool:", doc, f"    return {result}", ""]

    def _calm_properties(self) -> list[str]:
        lines = self._property("reachable", "goal", "m: Random", self.bool_(2))
        if self.pick(False, True):
            lines += self._property("final", "end", "m: Random", self.bool_(1))
        if self.pick(False, False, True):
            lines += self._property("constraint_", "inside", "m: Random", self.bool_(1))
        self.subject = "after"
        result = f"implies({self.bool_(1)}, {self.bool_(2)})"
        return lines + self._property("step", "walking", "before: Random, after: Random", result)

    def _fairness(self, actions: Sequence[str]) -> str:
        word = self.pick("weak", "strong", "weak_each", "strong_each")
        one = self.pick(*actions, "tick", "turn")
        other = f", Random.{self.pick(*actions)}" if word in ("weak", "strong") and self.pick(False, True) else ""
        return f"{word}(Random.{one}{other})"

    def _formula(self, actions: Sequence[str]) -> str:
        p, q = self.bool_(1), self.bool_(1)
        taken = f"happens(Random.{self.pick(*actions, 'tick')})"
        return self.pick(
            f"leads_to({p}, {q})",
            f"eventually({p})",
            f"always_eventually({p})",
            f"eventually_always({p})",
            f"leads_to({p}, {taken})",
            f"always_eventually({taken})",
            f"eventually({taken}) or eventually_always({q})",
            f"leads_to({p}, {q}) and always_eventually({q})",
            f"implies(always_eventually({p}), always_eventually({q}))",
        )


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """The text of a random wild spec."""
    return Writer(Drawn(draw)).program()


def seeded_program(seed: int, calm: bool, temporal: bool = False) -> str:
    """The text of a random spec, the same for the same seed; calm ones have states to search."""
    return Writer(Seeded(seed), calm).program(temporal)
