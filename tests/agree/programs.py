"""Random programs of the language, as text, for putting every engine through the same mill.

Programs are small but use every container, every operator and every statement, and fail often: unguarded pops, pushes
and range violations are part of what engines must agree on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

_HEADER = '''"""A generated spec."""

import enum

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, cover, field, implies, init, ints, map_of, maybe, one_of, queue,
    reachable, replace, require, set_of, step, toggle, var,
)

switch = toggle({switch}, "a switch")


class Colour(enum.Enum):
    """Three colours."""

    RED = 0
    GREEN = 1
    BLUE = 2


class Item(Record):
    """A number and a flag."""

    size: int = field(-1, 2)
    flag: bool
    colour: Colour


def bump(number: int, by: int) -> int:
    """A helper with two returns."""
    if number > by:
        return number - by
    return number + 1


class Random(Model):
    """A generated model."""
'''


class Writer:
    """Writes one program; every choice is drawn, so that Hypothesis can shrink it."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw
        self.ints = {"i0": (0, 3), "i1": (-2, 2)}
        self.locals: list[str] = []
        self.arguments: list[str] = []
        self.subject = "self"
        self.fresh = 0
        self.calls = True

    def pick(self, *options: T) -> T:
        """One of the options; the first is the simplest."""
        return self._draw(st.sampled_from(options))  # type: ignore[no-any-return]

    def number(self, low: int, high: int) -> int:
        """An integer from low to high."""
        return self._draw(st.integers(low, high))  # type: ignore[no-any-return]

    # --- expressions ------------------------------------------------------------------------------------------------

    def int_(self, depth: int) -> str:
        """An integer expression."""
        s = self.subject
        leaves = [str(self.number(-2, 4)), f"{s}.i0", f"{s}.i1", *self.locals, *self.arguments]
        if depth <= 0:
            return self.pick(*leaves)
        d = depth - 1
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
            lambda: f"{s}.m[{self.int_(d)}]",
            lambda: f"{s}.q[{self.int_(d)}].size",
            lambda: f"{s}.q.{self.pick('head', 'last')}.size",
            lambda: f"{s}.r.size",
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
        leaves = [f"{s}.b", "True", "False", "switch"]
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
            lambda: f"{s}.q.{self.pick('empty', 'full')}",
            lambda: f"({self.item(d)} in {s}.q)",
            lambda: f"({self.int_(d)} {self.pick('in', 'not in')} {s}.{self.pick('s', 'qi')})",
            lambda: f"({self.int_(d)} in (0, {self.int_(d)}))",
            lambda: f"({self.int_(d)} in range({self.int_(d)}, 3))",
            lambda: f"({s}.o {self.pick('is', 'is not')} None)",
            lambda: f"({s}.o == {self.int_(d)})",
            lambda: f"({self.colour(d)} == {self.colour(d)})",
            lambda: f"({self.item(d)} == {s}.r)",
            lambda: f"{self.pick('any', 'all')}(x.size {self.pick('<', '==')} {self.int_(d)} for x in {s}.q)",
            lambda: f"{self.pick('any', 'all')}({s}.m[k] > {self.int_(d)} for k in {s}.m if k != {self.int_(d)})",
            lambda: f"all(len({s}.c[k]) < 2 for k in Colour)",
            lambda: f"({s}.s {self.pick('<=', '>=', '==')} {s}.t)",
            lambda: f"{s}.s.isdisjoint({s}.t {self.pick('|', '&', '-')} {s}.s)",
            lambda: f"{s}.q.head.flag",
            lambda: f"({s}.r == {s}.q.last)",
        )()

    def colour(self, depth: int) -> str:
        """An enum expression."""
        s = self.subject
        if depth <= 0:
            return self.pick("Colour.RED", "Colour.GREEN", f"{s}.e")
        return self.pick(f"{s}.e", f"({self.colour(0)} if {self.bool_(depth - 1)} else Colour.BLUE)", f"{s}.r.colour")

    def item(self, depth: int) -> str:
        """A record expression."""
        d = depth - 1
        if depth <= 0:
            return self.pick("Item(size=0, flag=False, colour=Colour.RED)", f"{self.subject}.r")
        return self.pick(
            lambda: f"Item(size={self.int_(d)}, flag={self.bool_(d)}, colour={self.colour(d)})",
            lambda: f"replace({self.subject}.r, size={self.int_(d)})",
            lambda: f"{self.subject}.q.head",
        )()

    # --- statements -------------------------------------------------------------------------------------------------

    def statement(self, indent: str, depth: int) -> list[str]:
        """One statement, a list of lines."""
        d = depth
        simple: list[Callable[[], str]] = [
            lambda: f"self.i0 = {self.int_(d)}",
            lambda: f"self.i1 {self.pick('+=', '-=', '*=')} {self.int_(d)}",
            lambda: f"self.b = {self.bool_(d)}",
            lambda: f"self.e = {self.colour(d)}",
            lambda: f"self.o = {self.pick('None', self.int_(d))}",
            lambda: f"self.r = {self.item(d)}",
            lambda: f"self.q.push({self.item(d)})",
            lambda: "self.q.pop()",
            lambda: f"self.q.push({self.pick('self.q.pop()', self.item(d))})",
            lambda: f"self.qi.push({self.int_(d)})",
            lambda: "self.i0 += self.qi.pop()",
            lambda: f"self.s.{self.pick('add', 'discard', 'remove')}({self.int_(d)})",
            lambda: f"self.s = self.s {self.pick('|', '&', '-')} self.t",
            lambda: "self.t = self.s",
            lambda: f"self.m[{self.int_(d)}] = {self.int_(d)}",
            lambda: f"self.m[{self.int_(d)}] += {self.int_(d)}",
            lambda: f"self.c[{self.colour(d)}].push({self.int_(d)})",
            lambda: f"self.i1 = self.c[{self.colour(d)}].pop()",
            lambda: f"self.{self.pick('q', 's')}.clear()",
            lambda: f"self.take({self.int_(d)})" if self.calls else "pass",
            lambda: f"assert {self.bool_(d)}, 'claimed'",
            lambda: f"cover({self.bool_(d)})",
        ]
        kind = self.number(0, 9)
        if kind == 7 and depth > 0:
            lines = [f"{indent}if {self.bool_(d)}:", *self.block(indent + "    ", depth - 1)]
            if self.pick(False, True):
                lines += [f"{indent}else:", *self.block(indent + "    ", depth - 1)]
            return lines
        if kind == 8 and depth > 0:
            name = self._name()
            over = self.pick("range(2)", "self.s", "self.qi", "self.m", "range(self.i0)")
            self.locals.append(name)
            body = self.block(indent + "    ", depth - 1)
            self.locals.remove(name)
            return [f"{indent}for {name} in {over}:", *body]
        if kind == 9:
            name = self._name()
            line = f"{indent}{name} = {self.pick('', 'self.qi.head + ')}{self.int_(d)}"
            self.locals.append(name)
            return [line]
        return [indent + self.pick(*simple)()]

    def _name(self) -> str:
        self.fresh += 1
        return f"n{self.fresh}"

    def block(self, indent: str, depth: int) -> list[str]:
        """One to three statements with locals of their own."""
        before = list(self.locals)
        lines = [line for _ in range(self.number(1, 3)) for line in self.statement(indent, depth)]
        self.locals = before
        return lines

    def _helper(self) -> list[str]:
        """The body of the method that other statements call; it does not call itself."""
        self.calls = False
        self.arguments = ["number"]
        body = self.block("        ", 0)
        self.calls, self.arguments = True, []
        return body

    def program(self) -> str:
        """The text of a spec with one model class `Random`."""
        lines = [_HEADER.replace("{switch}", str(self.pick(True, False)))]
        lines += [
            "    i0: int = var(0, 3)",
            "    i1: int = var(-2, 2, start=0)",
            "    b: bool = var(False)",
            "    e: Colour = var(Colour.GREEN)",
            "    o: int | None = var(maybe(ints(0, 2)))",
            "    r: Item = var(Item(size=0, flag=False, colour=Colour.RED))",
            f"    q: Queue[Item] = queue({self.number(1, 3)}, Item)",
            "    qi: Queue[int] = queue(2, ints(-1, 3))",
            "    s: SetOf[int] = set_of(ints(0, 3))",
            "    t: SetOf[int] = set_of(ints(0, 3), start=(1, 2))",
            "    m: Map[int, int] = map_of(ints(-1, 1), ints(-2, 4), start=0)",
            "    c: Map[Colour, Queue[int]] = map_of(Colour, queue(2, ints(0, 1)))",
            "",
            "    def take(self, number: int) -> None:",
            '        """A helper that changes the state."""',
            *self._helper(),
            "",
        ]
        if self.pick(False, True):
            lines += ["    @init", "    def start(self, a: int = one_of(0, 1)) -> None:", '        """Start."""']
            self.arguments = ["a"]
            lines += [*self.block("        ", 1), ""]
        for number in range(self.number(1, 3)):
            domain = self.pick("", ", a: int = one_of(-1, 1)", ", a: int = one_of(0, 2), f: bool = one_of(bool)")
            self.arguments = ["a"] if domain else []
            lines += ["    @action", f"    def act{number}(self{domain}) -> None:", '        """A step."""']
            if self.pick(False, True):
                lines.append(f"        require({self.bool_(2)})")
            lines += [*self.block("        ", 2), ""]
        self.arguments, self.subject = [], "m"
        lines += ["", "@always", "def invariant(m: Random) -> bool:", '    """Holds or not."""']
        lines += [f"    return {self.bool_(3)}", ""]
        self.subject = self.pick("before", "after")
        lines += ["", "@step", "def stepping(before: Random, after: Random) -> bool:", '    """Holds or not."""']
        lines += [f"    return before.i0 <= after.i0 or {self.bool_(2)}", ""]
        return "\n".join(lines)


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """The text of a random spec."""
    return Writer(draw).program()
