"""Random programs with interchangeable values, as text. Many tell them apart, and the compiler must notice each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

_HEADER = '''"""A generated spec with interchangeable values."""

import enum

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, cover, everything, field, implies, init, interchangeable, ints,
    map_of, maybe, one_of, queue, reachable, replace, require, set_of, step, var,
)

Name = interchangeable(1, {names})


@interchangeable
class Colour(enum.Enum):
    """Two colours."""

    RED = 0
    BLUE = 1


class Item(Record):
    """Somebody with a colour."""

    who: int = field(Name)
    colour: Colour


class Random(Model):
    """A generated model."""

    n: int = var(0, 2)
    b: bool = var(False)
    o: int | None = var(maybe(Name))
    s: SetOf[int] = set_of(Name, start={start})
    t: SetOf[Colour] = set_of(Colour)
    m: Map[int, int] = map_of(Name, ints(0, 2))
    f: Map[int, bool] = map_of(Name, bool)
    g: Map[int, SetOf[Colour]] = map_of(Name, set_of(Colour))
    r: Map[int, int | None] = map_of(Name, maybe(Name))
    q: Queue[int] = queue(2, Name)
    w: Queue[Item] = queue(2, Item)
'''


class Writer:
    """Writes one program; every choice is drawn, so that Hypothesis can shrink it."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw
        self.names: list[str] = []
        self.colours: list[str] = []
        self.subject = "self"
        self.fresh = 0
        self.loops = 0

    def pick(self, *options: T) -> T:
        """One of the options; the first is the simplest."""
        return self._draw(st.sampled_from(options))  # type: ignore[no-any-return]

    def variable(self) -> str:
        """A name that nothing else has."""
        self.fresh += 1
        return f"x{self.fresh}"

    def name(self) -> str:
        """An interchangeable integer."""
        return self.pick(*self.names)

    def colour(self) -> str:
        """An interchangeable member of the enum."""
        return self.pick(*self.colours)

    def bool_(self, depth: int) -> str:
        """A boolean expression. Some go over all names in ways whose order matters."""
        s, d = self.subject, depth - 1
        leaves = [f"{s}.b", f"{s}.o is None", f"{s}.q.empty", f"{s}.n == 1"]
        leaves += [f"{s}.f[{name}]" for name in self.names] + [f"{name} in {s}.s" for name in self.names]
        if depth <= 0:
            return self.pick(*leaves)
        return self.pick(
            lambda: self.pick(*leaves),
            lambda: f"({self.bool_(d)} {self.pick('and', 'or')} {self.bool_(d)})",
            lambda: f"(not {self.bool_(d)})",
            lambda: f"{s}.o == {self.name()}" if self.names else f"{s}.o is not None",
            lambda: f"{self.name()} == {self.name()}" if self.names else "True",
            lambda: f"{s}.r[{self.name()}] == {self.name()}" if self.names else f"{s}.b",
            lambda: f"{self.colour()} in {s}.g[{self.name()}]" if self.names and self.colours else f"{s}.t.empty",
            lambda: f"{self.colour()} == {self.colour()}" if self.colours else f"{s}.b",
            lambda: f"{self.name()} in {s}.q" if self.names else f"{s}.q.full",
            lambda: self._quantified(d),
            lambda: f"sum({s}.m[x] for x in {s}.m) <= {self.pick('1', '2', '3')}",
            lambda: f"sum(1 for x in {s}.s if {s}.f[x]) < 2",
            lambda: f"len({s}.s) {self.pick('<', '==')} len({s}.q)",
            lambda: f"{s}.q.head in {s}.s",
            lambda: f"max({s}.m[x] for x in {s}.m) < 2",
            lambda: f"any(x.who == {self.name()} for x in {s}.w)" if self.names else f"{s}.w.empty",
        )()

    def _quantified(self, depth: int) -> str:
        variable, s = self.variable(), self.subject
        where = self.pick(f"{s}.m", f"{s}.s", "Name", "Colour")
        kept = self.colours if where == "Colour" else self.names
        kept.append(variable)
        inner = self.bool_(depth)
        kept.remove(variable)
        return f"{self.pick('any', 'all')}({inner} for {variable} in {where})"

    def statement(self, depth: int, indent: str) -> list[str]:
        """A statement."""
        names = self.names
        options: list[Callable[[], list[str]]] = [
            lambda: [f"{indent}self.b = {self.bool_(1)}"],
            lambda: [f"{indent}self.n = min(2, self.n + 1)"],
            lambda: [f"{indent}self.n = len(self.q)"],
            lambda: [f"{indent}self.o = None"],
            lambda: [f"{indent}self.q.clear()"],
            lambda: [f"{indent}self.s.clear()"],
            lambda: [f"{indent}self.n += 1"],
            lambda: [f"{indent}self.q.pop()"],
        ]
        if names:
            options += [
                lambda: [f"{indent}self.f[{self.name()}] = {self.bool_(1)}"],
                lambda: [f"{indent}self.m[{self.name()}] = {self.pick('0', '2', f'self.m[{self.name()}]')}"],
                lambda: [f"{indent}self.s.{self.pick('add', 'discard')}({self.name()})"],
                lambda: [f"{indent}self.o = {self.name()}"],
                lambda: [f"{indent}self.r[{self.name()}] = {self.pick(self.name(), 'None', 'self.o')}"],
                lambda: [f"{indent}self.q.push({self.name()})"],
                lambda: [f"{indent}self.m[{self.name()}] += 1"],
                lambda: [f"{indent}self.s.remove({self.name()})"],
            ]
        if names and self.colours:
            options += [
                lambda: [f"{indent}self.g[{self.name()}].{self.pick('add', 'discard')}({self.colour()})"],
                lambda: [f"{indent}self.w.push(Item(who={self.name()}, colour={self.colour()}))"],
            ]
        if self.colours:
            options.append(lambda: [f"{indent}self.t.add({self.colour()})"])
        if depth > 0:
            options += [lambda: self._if(depth, indent), lambda: self._for(depth, indent)]
        return self.pick(*options)()

    def _if(self, depth: int, indent: str) -> list[str]:
        lines = [f"{indent}if {self.bool_(1)}:", *self.statement(depth - 1, indent + "    ")]
        if self.pick(False, True):
            lines += [f"{indent}else:", *self.statement(depth - 1, indent + "    ")]
        return lines

    def _for(self, depth: int, indent: str) -> list[str]:
        variable = self.variable()
        where = self.pick("self.m", "Name", "self.s", "Colour", "self.t", "self.q")
        kept = self.colours if where in ("Colour", "self.t") else self.names
        kept.append(variable)
        lines = [f"{indent}for {variable} in {where}:", *self.statement(depth - 1, indent + "    ")]
        kept.remove(variable)
        return lines

    def action(self, number: int) -> list[str]:
        """An action."""
        arguments = self.pick("", "p", "pq", "pc", "c")
        declared = "".join(
            f", {letter}: {'Colour' if letter == 'c' else 'int'} = one_of({'Colour' if letter == 'c' else 'Name'})"
            for letter in arguments
        )
        self.names = [letter for letter in arguments if letter != "c"]
        self.colours = ["c"] if "c" in arguments else []
        lines = ["", "    @action", f"    def act{number}(self{declared}) -> None:", '        """A step."""']
        for _ in range(self.pick(0, 1, 2)):
            lines.append(f"        require({self.bool_(2)})")
        for _ in range(self.pick(1, 2, 3)):
            lines += self.statement(2, "        ")
        return lines

    def property(self, decorator: str, name: str) -> list[str]:
        """A property."""
        self.names, self.colours = [], []
        self.subject = "m"
        head = "before: Random, m: Random" if decorator == "step" else "m: Random"
        body = f"({self.bool_(2)}) or not ({self.bool_(1)})"
        self.subject = "self"
        return ["", "", f"@{decorator}", f"def {name}({head}) -> bool:", '    """A claim."""', f"    return {body}"]

    def program(self) -> str:
        """A whole file."""
        start = self.pick("()", "everything")
        lines = [_HEADER.format(names=self.pick(3, 2, 4), start=start)]
        for number in range(self.pick(2, 1, 3)):
            lines += self.action(number)
        for position, decorator in enumerate(("always", "step", "reachable")):
            lines += self.property(decorator, f"claim{position}")
        return "\n".join(lines) + "\n"


@st.composite
def symmetric_programs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """The text of a program with interchangeable values, which it may or may not keep apart."""
    return Writer(draw).program()
