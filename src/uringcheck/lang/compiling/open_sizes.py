"""Loops over ranges whose size is open: they cannot be written out, so they stay one expression or statement.

`any` and `all` become EVERY, `sum(1 for ...)` becomes COUNT, a `for` in an action becomes Repeat. Everything else that
would have to enumerate an open size is refused where it stands.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from uringcheck.diagnostics.values import value_class
from uringcheck.ir import build, types
from uringcheck.ir.flat import Flat
from uringcheck.ir.nodes import Check, Expr, If, Let, Repeat, Statement
from uringcheck.ir.sizes import Size
from uringcheck.lang.compiling.emitter import reads
from uringcheck.lang.compiling.expressions import Expressions
from uringcheck.lang.compiling.values import Value

ADVICE = (
    "for every size there are any(...), all(...), sum(1 for ... if ...), push, pop, len, head, last, an index, and "
    "loops that only push or only fill a map; `--param` gives the size a value"
)


@value_class
class Unlisted:
    """What a loop over an open size goes over: the numbers from `low` to `high - 1`, and the element for each."""

    low: Expr
    high: Expr
    element: Callable[[Expr], tuple[Expr, Value]]

    @property
    def type(self) -> types.Int:
        """The type of the numbers."""
        return types.Int(build.interval(self.low).low, build.interval(self.high).high - 1)


def unlisted(container: Expr) -> Unlisted | None:
    """The elements of a container whose size is open; None where they can be listed."""
    match container.type:
        case types.Queue(_, capacity) if isinstance(capacity, Size):
            return Unlisted(
                build.integer(0), build.q_len(container), lambda at: (build.TRUE, build.q_at(container, at))
            )
        case types.Set(types.Int(low, high) as item) if types.is_open(item):
            return Unlisted(
                build.integer(low),
                build.integer(high + 1),
                lambda member: (build.s_has(container, build.cast(member, item)), build.cast(member, item)),
            )
        case types.Map(types.Int(low, high) as index, _) if types.is_open(index):
            return Unlisted(build.integer(low), build.integer(high + 1), lambda at: (build.TRUE, build.cast(at, index)))
    return None


def unlisted_range(low: Expr, high: Expr) -> Unlisted | None:
    """The numbers of a range with an open bound; None where they can be listed."""
    bounds = (build.interval(low).low, build.interval(high).high)
    if not any(isinstance(bound, Size) for bound in bounds):
        return None
    return Unlisted(low, high, lambda number: (build.TRUE, number))


class OpenLoops(Expressions):
    """Compiles what is asked of each element of an open size."""

    def every(self, over: Unlisted, holds: Callable[[Expr, Value], Expr], node: ast.AST) -> Expr:
        """Whether something holds for every element."""
        number, body = self._asked(over, holds, node)
        return build.every(number, over.low, over.high, body, self.span(node))

    def count_of(self, over: Unlisted, holds: Callable[[Expr, Value], Expr], node: ast.AST) -> Expr:
        """For how many elements something holds."""
        number, body = self._asked(over, holds, node)
        return build.count(number, over.low, over.high, body, self.span(node))

    def _asked(self, over: Unlisted, holds: Callable[[Expr, Value], Expr], node: ast.AST) -> tuple[int, Expr]:
        number = self._fresh(over.type)
        bound = build.local(number, over.type)
        with self._apart() as inner:
            present, element = over.element(bound)
            value = holds(present, element)
        if any(not isinstance(statement, (Let, Check, If)) for statement in inner):
            self.fail("UC420", node, "a loop over an open size changes the state here", ADVICE)
        checks: list[tuple[Check, Expr]] = []
        made = Flat(checks).run(tuple(inner), build.TRUE).expr(value)
        for check, condition in checks:
            self.emit(
                Check(
                    check.failure,
                    build.every(number, over.low, over.high, condition, check.span),
                    check.message,
                    check.span,
                )
            )
        return number, made

    @contextmanager
    def _apart(self) -> Iterator[list[Statement]]:
        """Collect statements by themselves; what is known inside is not known outside."""
        outer, facts = self.out, dict(self.facts)
        self.out = []
        self.branches += 1
        try:
            yield self.out
        finally:
            self.branches -= 1
            self.out, self.facts = outer, facts

    def repeat(self, over: Unlisted, run: Callable[[Value], Value], node: ast.For) -> None:
        """A `for` over an open range."""
        self._fix_names(node)
        before = [dict(frame.names) for frame in self.frames]
        number = self._fresh(over.type)
        with self._apart() as inner:
            # What was known before the loop need not hold in a later turn of it.
            self.facts = {}
            run(build.local(number, over.type))
        for frame, names in zip(self.frames, before, strict=True):
            if any(frame.names.get(name) is not value for name, value in names.items()):
                self.fail("UC420", node, "a loop over an open size carries a local from turn to turn", ADVICE)
            frame.names = names
        self.emit(Repeat(number, over.low, over.high, tuple(inner), self.span(node)))
        self.facts = {}

    def _fix_names(self, node: ast.AST) -> None:
        """Save what was computed from the state: the loop may change it in any turn."""
        for frame in self.frames:
            for name, held in frame.names.items():
                if isinstance(held, Expr) and reads(held):
                    frame.names[name] = self.local(held, self.span(node))
