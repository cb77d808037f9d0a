"""Random programs that seldom fail, so that they have states to search: guards, small cycles, short queues.

They are made from a seed by a plain random generator: Hypothesis, which looks for small programs, finds mostly such as
stop at once.
"""

from __future__ import annotations

from random import Random
from typing import TypeVar

from tests.agree.programs import Writer

T = TypeVar("T")

_HEADER = '''"""A generated spec."""

from uringcheck import (
    Map, Model, Queue, SetOf, action, always, cover, final, implies, ints, map_of, one_of, queue, reachable, require,
    set_of, step, var,
)
from uringcheck import constraint as constraint_


class Calm(Model):
    """A generated model."""

    a: int = var(0, 3)
    b: int = var(0, 2)
    flag: bool = var(False)
    q: Queue[int] = queue(2, ints(0, 1))
    s: SetOf[int] = set_of(ints(0, 1))
    m: Map[int, int] = map_of(ints(0, 1), ints(0, 2))

    @action
    def tick(self) -> None:
        """A counter moves."""
        self.a = (self.a + 1) % 4

    @action
    def turn(self, n: int = one_of(0, 1)) -> None:
        """The queue moves."""
        if self.q.full:
            self.b = (self.b + self.q.pop()) % 3
        else:
            self.q.push(n)

'''


class CalmWriter(Writer):
    """Writes one calm program."""

    def __init__(self, seed: int) -> None:
        super().__init__(lambda strategy: None)
        self._random = Random(seed)

    def pick(self, *options: T) -> T:
        """One of the options."""
        return self._random.choice(options)

    def number(self, low: int, high: int) -> int:
        """An integer from low to high."""
        return self._random.randint(low, high)

    def int_(self, depth: int) -> str:
        """An integer expression that is defined everywhere."""
        s = self.subject
        leaves = ["0", "1", "2", f"{s}.a", f"{s}.b", f"{s}.m[0]", f"{s}.m[1]", f"len({s}.q)", *self.arguments]
        if depth <= 0:
            return self.pick(*leaves)
        d = depth - 1
        return self.pick(
            lambda: self.pick(*leaves),
            lambda: f"({self.int_(d)} {self.pick('+', '-', '*')} {self.int_(d)})",
            lambda: f"({self.int_(d)} if {self.bool_(d)} else {self.int_(d)})",
            lambda: f"sum(1 for x in {s}.q if x == {self.int_(d)})",
            lambda: f"sum(1 for x in {s}.q if x < {self.int_(d)}) + sum(x for x in {s}.q)",
            lambda: f"({s}.q.head if not {s}.q.empty else {self.int_(d)})",
        )()

    def bool_(self, depth: int) -> str:
        """A boolean expression that is defined everywhere."""
        s = self.subject
        if depth <= 0:
            return self.pick(f"{s}.flag", f"not {s}.flag", f"{s}.q.empty", f"{s}.a == 0", f"1 in {s}.s")
        d = depth - 1
        return self.pick(
            lambda: f"({self.int_(d)} {self.pick('<', '<=', '==', '!=', '>', '>=')} {self.int_(d)})",
            lambda: f"({self.bool_(d)} {self.pick('and', 'or')} {self.bool_(d)})",
            lambda: f"(not {self.bool_(d)})",
            lambda: f"implies({self.bool_(d)}, {self.bool_(d)})",
            lambda: f"{self.pick('any', 'all')}(x {self.pick('<', '==')} {self.int_(d)} for x in {s}.q)",
            lambda: f"({s}.q.empty or {s}.q.head == {self.int_(d)})",
        )()

    def statement(self, indent: str, depth: int) -> list[str]:
        """One statement that leaves no range, except now and then."""
        d = depth
        choice = self.number(0, 19)
        if choice == 0:
            return [f"{indent}{self.pick('self.a += 1', 'self.q.pop()', 'assert self.b < 2')}"]
        if choice < 5 and depth > 0:
            lines = [f"{indent}if {self.bool_(d)}:", *self.block(indent + "    ", d - 1)]
            return [*lines, f"{indent}else:", *self.block(indent + "    ", d - 1)] if choice == 1 else lines
        lines = self.pick(
            lambda: [f"self.a = ({self.int_(d)}) % 4"],
            lambda: [f"self.a = (self.a + {self.number(1, 3)}) % 4"],
            lambda: [f"self.b = ({self.int_(d)}) % 3"],
            lambda: [f"self.flag = {self.bool_(d)}"],
            lambda: ["if not self.q.full:", f"    self.q.push(({self.int_(d)}) % 2)"],
            lambda: ["if not self.q.empty:", "    self.b = (self.b + self.q.pop()) % 3"],
            lambda: [f"self.s.{self.pick('add', 'discard')}(({self.int_(d)}) % 2)"],
            lambda: [f"self.m[({self.int_(d)}) % 2] = ({self.int_(d)}) % 3"],
            lambda: [f"cover({self.bool_(d)})"],
        )()
        return [indent + line for line in lines]

    def property_(self, decorator: str, name: str, parameters: str, result: str) -> list[str]:
        """A property of one line."""
        return [
            "",
            f"@{decorator}",
            f"def {name}({parameters}) -> bool:",
            '    """Holds or not."""',
            f"    return {result}",
            "",
        ]

    def program(self) -> str:
        """The text of a spec with one model class `Calm`."""
        lines = [_HEADER]
        for number in range(self.number(1, 3)):
            domain = self.pick("", ", n: int = one_of(0, 1)", ", n: int = one_of(0, 2)")
            self.arguments = ["n"] if domain else []
            lines += ["    @action", f"    def act{number}(self{domain}) -> None:", '        """A step."""']
            lines += [f"        require({self.bool_(self.number(0, 2))})" for _ in range(self.number(0, 2))]
            lines += [*self.block("        ", 1), ""]
        self.arguments, self.subject = [], "m"
        lines += self.property_("always", "invariant", "m: Calm", self.bool_(3))
        lines += self.property_("reachable", "goal", "m: Calm", self.bool_(2))
        if self.pick(False, True):
            lines += self.property_("final", "end", "m: Calm", self.bool_(1))
        if self.pick(False, False, True):
            lines += self.property_("constraint_", "within", "m: Calm", self.bool_(1))
        self.subject = "after"
        after = self.bool_(2)
        self.subject = "before"
        related = self.pick(
            "before.a <= after.a", "len(before.q) <= len(after.q)", "before.flag or not after.flag", after
        )
        lines += self.property_("step", "stepping", "before: Calm, after: Calm", f"implies({related}, {self.bool_(2)})")
        lines += self.property_(
            "step", "walking", "before: Calm, after: Calm", f"{after} or {self.bool_(2)} or {related}"
        )
        return "\n".join(lines)


def calm_program(seed: int) -> str:
    """The text of a random spec that has states to search."""
    return CalmWriter(seed).program()
