"""Bodies of actions and properties as lines of Python.

Every action instance becomes one piece of straight-line code: nested `if`s for its guards, then its assignments, then
whatever the function being written does with the target (a `Sink`). Guards that neighbouring instances share are
tested once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, Protocol, TypeAlias

from uringcheck.diagnostics import Span
from uringcheck.ir import build
from uringcheck.ir.nodes import Assign, Check, Cover, Expr, If, Kind, Let, Require, Statement, statements
from uringcheck.ir.program import Block
from uringcheck.ir.types import Encoded
from uringcheck.lower.python_expressions import Expressions, LongExpressionError
from uringcheck.lower.python_kinds import local_name
from uringcheck.lower.python_sharing import repeated

#: Guards nested deeper than this are left to `break`; CPython refuses more than 100 levels of indentation.
_DEEPEST = 40


class Lines:
    """A growing Python text."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.depth = 0

    def add(self, *lines: str) -> None:
        """Add lines at the current depth."""
        indent = "    " * self.depth
        self.text += [indent + line for line in lines]

    @contextmanager
    def below(self, header: str) -> Iterator[None]:
        """Add a line that opens a block; what follows goes inside."""
        self.add(header)
        self.depth += 1
        yield
        self.depth -= 1


Guard: TypeAlias = Expr | Let


class Instance(NamedTuple):
    """An action with values for its arguments; `number` counts instances in canonical order."""

    number: int
    position: int
    arguments: tuple[Encoded, ...]
    guards: tuple[Guard, ...]
    rest: tuple[Statement, ...]

    @classmethod
    def of(
        cls, number: int, position: int, arguments: tuple[Encoded, ...], body: tuple[Statement, ...]
    ) -> Instance | None:
        """The instance, split into its guards and the rest; None when it is never enabled and never fails."""
        guards: list[Guard] = []
        taken = 0
        for statement in body:
            match statement:
                case Require(condition):
                    if condition is build.FALSE:
                        return None
                    if condition is not build.TRUE:
                        guards += condition.args if condition.kind is Kind.AND else (condition,)
                case Let():
                    guards.append(statement)
                case _:
                    break
            taken += 1
        made = cls(number, position, arguments, tuple(guards), body[taken:])
        return None if made._cannot_run() else made

    def _cannot_run(self) -> bool:
        """Whether a later guard is constant-false with nothing before it that could fail."""
        for statement in self.rest:
            if isinstance(statement, Require) and statement.condition is build.FALSE:
                return True
            if any(isinstance(inner, Check) for inner in statements((statement,))):
                return False
        return False


class Sink(Protocol):
    """What a generated function does with the steps it finds."""

    def covered(self, number: int) -> str | None:
        """The line that notes a cover point, or None when nobody asks."""

    def failed(self, lines: Lines, instance: Instance, check: Check) -> None:
        """Note that the instance fails a check here."""

    def taken(self, lines: Lines, instance: Instance, after: dict[str, str]) -> None:
        """Note a step; `after` holds the names of the variables that the instance may have changed."""


def spelled(lines: Lines, expressions: Expressions, expr: Expr, judged: bool) -> str:
    """The text of an expression, of its truth only when `judged`. Parts that would make it too long get a line each."""
    try:
        return expressions.condition(expr) if judged else expressions.value(expr)
    except LongExpressionError:
        parted = expressions.unrestrained()
        for number, part in enumerate(repeated(expr, expressions.pinned)):
            lines.add(f"_g{number} = {parted.value(part)}")
            parted.pin(part, f"_g{number}")
        return parted.condition(expr) if judged else parted.value(expr)


class Bodies:
    """Writes instances of actions and blocks of properties."""

    def __init__(self, lines: Lines, expressions: Expressions, next_names: dict[str, str]) -> None:
        """`next_names` are the Python names for the changed values of variables."""
        self._lines = lines
        self._base = expressions
        self._next_names = next_names
        self._titles: dict[int, str] = {}

    # --- actions ----------------------------------------------------------------------------------------------------

    def actions(self, titles: Sequence[str], instances: Sequence[Instance], sink: Sink) -> None:
        """Every instance in order. `titles` are comments, one for each action, written where its code begins."""
        self._titles = dict(enumerate(titles))
        self._instances(instances, sink, 0)

    def _instances(self, instances: Sequence[Instance], sink: Sink, at: int) -> None:
        """Instances whose guards before position `at` have been written."""
        start = 0
        while start < len(instances):
            first = instances[start]
            if first.position in self._titles:
                self._lines.add(self._titles.pop(first.position))
            if at >= min(len(first.guards), _DEEPEST):
                self._rest(first, first.guards[at:], sink)
                start += 1
                continue
            end = start + 1
            while end < len(instances) and instances[end].guards[at : at + 1] == first.guards[at : at + 1]:
                end += 1
            group = instances[start:end]
            upto = at + 1
            while upto < min(len(first.guards), _DEEPEST) and all(
                one.guards[upto : upto + 1] == first.guards[upto : upto + 1] for one in group
            ):
                upto += 1
            self._guarded(first.guards[at:upto], partial(self._instances, group, sink, upto))
            start = end

    def _guarded(self, guards: Sequence[Guard], inside: Callable[[], None]) -> None:
        """Write `inside` where all guards are true."""
        conditions = []
        for position, guard in enumerate(guards):
            if isinstance(guard, Expr):
                conditions.append(guard)
                if position + 1 < len(guards) and isinstance(guards[position + 1], Expr):
                    continue
                with self._lines.below(f"if {spelled(self._lines, self._base, build.and_(*conditions), True)}:"):
                    self._guarded(guards[position + 1 :], inside)
                return
            self._lines.add(f"{local_name(guard.local)} = {spelled(self._lines, self._base, guard.value, False)}")
        inside()

    def _rest(self, instance: Instance, guards: Sequence[Guard], sink: Sink) -> None:
        left = tuple(Require(g, _NOWHERE) if isinstance(g, Expr) else g for g in guards) + instance.rest
        leaves = any(isinstance(statement, (Check, Require)) for statement in statements(left))
        body = _Body(self, instance, sink)
        if not leaves:
            body.write(left)
            sink.taken(self._lines, instance, body.after)
            return
        with self._lines.below("while True:"):
            if body.write(left):
                body.late_covers()
                sink.taken(self._lines, instance, body.after)
                self._lines.add("break")

    # --- properties -------------------------------------------------------------------------------------------------

    def block(self, block: Block, judge: Callable[[str], None], failed: Callable[[Check], Sequence[str]]) -> None:
        """A property's block: `judge` writes what follows from its result, `failed` what a false check leads to."""
        if not any(isinstance(statement, Check) for statement in statements(block.body)):
            if self._pure(block.body, failed):
                judge(spelled(self._lines, self._base, block.result, True))
            return
        with self._lines.below("while True:"):
            if self._pure(block.body, failed):
                judge(spelled(self._lines, self._base, block.result, True))
                self._lines.add("break")

    def _pure(self, body: Sequence[Statement], failed: Callable[[Check], Sequence[str]]) -> bool:
        lines, expressions = self._lines, self._base
        for statement in body:
            match statement:
                case Let(local, value):
                    lines.add(f"{local_name(local)} = {spelled(lines, expressions, value, False)}")
                case Check(condition=condition):
                    if condition is build.FALSE:
                        lines.add(*failed(statement), "break")
                        return False
                    with lines.below(f"if {spelled(lines, expressions, build.not_(condition), True)}:"):
                        lines.add(*failed(statement), "break")
                case If(condition, then, orelse):
                    for header, branch in branches(lines, expressions, condition, then, orelse):
                        with lines.below(header):
                            self._pure(branch, failed)
        return True


def branches(
    lines: Lines, expressions: Expressions, condition: Expr, then: tuple[Statement, ...], orelse: tuple[Statement, ...]
) -> list[tuple[str, tuple[Statement, ...]]]:
    """The headers and bodies of an `if` without its empty branches."""
    if not then:
        condition, then, orelse = build.not_(condition), orelse, ()
    found = [(f"if {spelled(lines, expressions, condition, True)}:", then)]
    return [*found, ("else:", orelse)] if orelse else found


_NOWHERE = Span("", 0)


class _Body:
    """The statements of one instance after its guards."""

    def __init__(self, bodies: Bodies, instance: Instance, sink: Sink) -> None:
        self._lines = bodies._lines
        self._expressions = bodies._base
        self._next = bodies._next_names
        self._instance = instance
        self._sink = sink
        self._requires_left = 0
        self._late: dict[int, str] = {}
        self.after: dict[str, str] = {}

    def write(self, body: tuple[Statement, ...]) -> bool:
        """Write the statements; whether their end can be reached."""
        self._requires_left = sum(isinstance(statement, Require) for statement in body)
        if self._requires_left:
            # A cover in front of a guard counts only where the action is enabled.
            for statement in statements(body):
                if isinstance(statement, Cover) and self._sink.covered(statement.number) is not None:
                    self._late[statement.number] = f"_late{statement.number}"
            self._lines.add(*(f"{name} = False" for name in self._late.values()))
        return self._statements(body)

    def late_covers(self) -> None:
        """Note the covers that waited for the last guard."""
        for number, name in self._late.items():
            with self._lines.below(f"if {name}:"):
                self._lines.add(self._sink.covered(number) or "pass")

    def _statements(self, body: tuple[Statement, ...]) -> bool:
        lines = self._lines
        for statement in body:
            match statement:
                case Let(local, value):
                    lines.add(f"{local_name(local)} = {spelled(lines, self._expressions, value, False)}")
                case Assign(variable, value):
                    name = self._next[variable]
                    lines.add(f"{name} = {spelled(lines, self._expressions, value, False)}")
                    self._rename({variable: name})
                case Require(condition):
                    if condition is build.FALSE:
                        lines.add("break")
                        return False
                    if condition is not build.TRUE:
                        with lines.below(f"if {spelled(lines, self._expressions, build.not_(condition), True)}:"):
                            lines.add("break")
                case Check(condition=condition):
                    if condition is build.FALSE:
                        self._fail(statement)
                        return False
                    with lines.below(f"if {spelled(lines, self._expressions, build.not_(condition), True)}:"):
                        self._fail(statement)
                case Cover(number):
                    line = f"{self._late[number]} = True" if number in self._late else self._sink.covered(number)
                    lines.add(line or "pass")
                case If():
                    self._branches(statement)
        return True

    def _fail(self, check: Check) -> None:
        for number, name in self._late.items():
            with self._lines.below(f"if {name}:"):
                self._lines.add(self._sink.covered(number) or "pass")
        self._sink.failed(self._lines, self._instance, check)
        self._lines.add("break")

    def _branches(self, statement: If) -> None:
        """Both sides, then one name for every variable that either side changed."""
        before, expressions = dict(self.after), self._expressions
        changed = {
            inner.variable: self._next[inner.variable]
            for inner in statements(statement.then + statement.orelse)
            if isinstance(inner, Assign)
        }
        first_time = {variable: name for variable, name in changed.items() if variable not in before}
        then, orelse = statement.then, statement.orelse
        if not first_time:
            written = branches(self._lines, expressions, statement.condition, then, orelse)
        else:
            written = [(f"if {spelled(self._lines, expressions, statement.condition, True)}:", then), ("else:", orelse)]
        for header, body in written:
            self.after, self._expressions = dict(before), expressions
            with self._lines.below(header):
                if self._statements(body):
                    kept = [
                        f"{name} = {expressions.name(variable)}"
                        for variable, name in first_time.items()
                        if variable not in self.after
                    ]
                    self._lines.add(*kept)
                    if not body and not kept:
                        self._lines.add("pass")
        self.after, self._expressions = before, expressions
        self._rename(changed)

    def _rename(self, names: dict[str, str]) -> None:
        self.after.update(names)
        self._expressions = self._expressions.with_names(self.after)
