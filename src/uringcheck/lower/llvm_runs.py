"""Questions about every item of a queue as LLVM instructions: junctions and sums of what is asked of one item each.

Most queues are short, so where they are not asked of all slots at once (`llvm_items`), the first test that fails ends
them all. Such a branch asks about a frozen value, because it may stand where a `select` is going to ignore it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from uringcheck.ir.nodes import Expr, Kind
from uringcheck.ir.types import Queue
from uringcheck.lower.llvm_items import WIDEST, Not, Slots, every
from uringcheck.lower.llvm_text import WORD, register, register_width
from uringcheck.lower.packing import length_width, width
from uringcheck.lower.python_queues import Repeated, Term, alternative, repeated, requirement, runs, summand

if TYPE_CHECKING:
    from uringcheck.lower.llvm_expressions import Environment, Expressions

_RUNS: dict[Kind, Callable[[Expr], Term | None]] = {Kind.AND: requirement, Kind.OR: alternative, Kind.ADD: summand}


class Runs:
    """Emits junctions and sums in which the terms about one queue are put together."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions, self._code = expressions, expressions.code
        self._plans: dict[Expr, list[Expr | list[Term]] | None] = {}

    def plan(self, expr: Expr) -> list[Expr | list[Term]] | None:
        """The parts of a junction or sum in which runs over a queue are put together; None where there are none."""
        if expr.kind not in _RUNS:
            return None
        if expr not in self._plans:
            plan = runs(_addends(expr) if expr.kind is Kind.ADD else expr.args, _RUNS[expr.kind])
            self._plans[expr] = plan if any(isinstance(part, list) for part in plan) else None
        return self._plans[expr]

    def operands(self, expr: Expr) -> tuple[Expr, ...] | list[Expr]:
        """What has to have a register before the expression gets one."""
        plan = self.plan(expr)
        return expr.args if plan is None else [part for part in plan if isinstance(part, Expr)]

    def value(self, expr: Expr, plan: list[Expr | list[Term]], env: Environment) -> str:
        """The register of a junction or sum of these parts."""
        values = [env.memo[part] if isinstance(part, Expr) else self._run(expr, part, env) for part in plan]
        if expr.kind is not Kind.ADD:
            return (self._code.all_of if expr.kind is Kind.AND else self._code.any_of)(values)
        total, bits = "0", register_width(expr.type)
        for part, value in zip(plan, values, strict=True):
            have = register_width(part.type) if isinstance(part, Expr) else bits
            value = self._code.resized(value, have, bits, signed=True)
            total = value if total == "0" else self._code.op(f"add i{bits} {total}, {value}")
        return total

    def _run(self, expr: Expr, terms: list[Term], env: Environment) -> str:
        """The terms of one run, as far as the queue reaches."""
        loop = repeated(terms, first=0 if expr.kind is Kind.AND else 1)
        if loop is not None:
            return self._at_once(expr, loop, len(terms), env) or self._loop(expr, loop, len(terms), env)
        code, inner, end = self._code, env.branch(), self._code.label("end")
        ends: list[tuple[str, str]] = []  # (value, block)
        bits = register_width(expr.type)
        total = "0"
        for term in terms:
            test = self._frozen(self._expressions.value(term.test, inner))
            onward = code.label("item")
            if expr.kind is Kind.AND:
                ends.append(("true", code.block))
                code.branch(test, end, onward)
            else:
                ends.append(("false" if expr.kind is Kind.OR else total, code.block))
                code.branch(test, onward, end)
            code.begin(onward)
            if expr.kind is Kind.ADD:
                assert term.value is not None
                value = self._summand(term.value, inner, bits)
                if term.rest:
                    asked = code.all_of(self._values(term.rest, inner))
                    value = code.op(f"select i1 {asked}, i{bits} {value}, i{bits} 0")
                total = value if total == "0" else code.op(f"add i{bits} {total}, {value}")
                continue
            parts = self._values(term.rest, inner)
            asked = self._frozen((code.any_of if expr.kind is Kind.AND else code.all_of)(parts) if parts else "true")
            following = code.label("item")
            ends.append(("false" if expr.kind is Kind.AND else "true", code.block))
            if expr.kind is Kind.AND:
                code.branch(asked, following, end)
            else:
                code.branch(asked, end, following)
            code.begin(following)
        ends.append(({Kind.AND: "true", Kind.OR: "false"}.get(expr.kind, total), code.block))
        code.jump(end)
        code.begin(end)
        return code.op(f"phi {register(expr.type)} " + ", ".join(f"[ {value}, %{block} ]" for value, block in ends))

    def _at_once(self, expr: Expr, loop: Repeated, terms: int, env: Environment) -> str:
        """A run whose terms say the same of every item, without a branch; "" where that cannot be."""
        queue, code = loop.item.args[0], self._code
        type_, total = queue.type, register_width(queue.type)
        assert isinstance(type_, Queue)
        asked = every(loop.rest, loop.item, some=expr.kind is Kind.AND)
        if asked is None or total > WIDEST or width(type_.item) >= WORD:
            return ""
        if loop.value is not None and loop.value.kind is not Kind.CONST:
            return ""
        packed = self._expressions.value(queue, env)
        slots = Slots(code, env.items, packed, self._expressions.length(packed, type_), type_, terms)
        if loop.value is None:
            found = slots.any(Not(asked) if expr.kind is Kind.AND else asked)
            return code.op(f"icmp {'eq' if expr.kind is Kind.AND else 'ne'} i{WORD} {found}, 0")
        bits = register_width(expr.type)
        counted = code.resized(slots.count(asked), WORD, bits)
        return counted if loop.value.data == 1 else code.op(f"mul i{bits} {counted}, {loop.value.data}")

    def _loop(self, expr: Expr, loop: Repeated, terms: int, env: Environment) -> str:
        """A run whose terms say the same of every item, as a loop that ends where the queue ends."""
        code, queue = self._code, loop.item.args[0]
        type_ = queue.type
        assert isinstance(type_, Queue)
        total, stride = register_width(type_), width(type_.item)
        packed = self._expressions.value(queue, env)
        length = code.op(f"freeze i64 {self._expressions.length(packed, type_)}")
        if terms < type_.capacity:
            fewer = code.op(f"icmp ult i64 {length}, {terms}")
            length = code.op(f"select i1 {fewer}, i64 {length}, i64 {terms}")
        start = code.op(f"lshr i{total} {packed}, {length_width(type_)}")
        before, top, body, bottom, end = code.block, *(code.label(name) for name in ("each", "item", "after", "end"))
        number, items, summed = (f"%n{code.fresh()}" for _ in range(3))
        following, moved, more = (f"%n{code.fresh()}" for _ in range(3))
        sums = register(expr.type)
        code.jump(top)
        code.begin(top)
        code.do(f"{number} = phi i64 [ 0, %{before} ], [ {following}, %{bottom} ]")
        code.do(f"{items} = phi i{total} [ {start}, %{before} ], [ {moved}, %{bottom} ]")
        if expr.kind is Kind.ADD:
            code.do(f"{summed} = phi {sums} [ 0, %{before} ], [ {more}, %{bottom} ]")
        code.branch(code.op(f"icmp ult i64 {number}, {length}"), body, end)
        code.begin(body)
        inner = env.branch()
        inner.memo[loop.item] = code.taken(type_.item, items, total, 0)
        parts = self._values(loop.rest, inner)
        leaves: list[str] = []
        if loop.value is not None:
            bits = register_width(expr.type)
            value = self._summand(loop.value, inner, bits)
            if parts:
                value = code.op(f"select i1 {code.all_of(parts)}, i{bits} {value}, i{bits} 0")
            code.do(f"{more} = add i{bits} {summed}, {value}")
            code.jump(bottom)
        elif expr.kind is Kind.AND:
            asked = self._frozen(code.any_of(parts))
            leaves.append(f"[ false, %{code.block} ]")
            code.branch(asked, bottom, end)
        else:
            asked = self._frozen(code.all_of(parts) if parts else "true")
            leaves.append(f"[ true, %{code.block} ]")
            code.branch(asked, end, bottom)
        code.begin(bottom)
        code.do(f"{following} = add i64 {number}, 1")
        code.do(f"{moved} = lshr i{total} {items}, {stride}")
        code.jump(top)
        code.begin(end)
        through = {Kind.AND: "true", Kind.OR: "false"}.get(expr.kind, summed)
        return code.op(f"phi {sums} " + ", ".join([f"[ {through}, %{top} ]", *leaves]))

    def _values(self, parts: Sequence[Expr], env: Environment) -> list[str]:
        return [self._expressions.value(part, env) for part in parts]

    def _summand(self, expr: Expr, env: Environment, bits: int) -> str:
        """An integer in the register of a sum."""
        value = self._expressions.value(expr, env)
        return self._code.resized(value, register_width(expr.type), bits, signed=True)

    def _frozen(self, value: str) -> str:
        return value if value in ("true", "false") else self._code.op(f"freeze i1 {value}")


def _addends(expr: Expr) -> list[Expr]:
    """The terms of a sum."""
    found: list[Expr] = []
    stack = list(reversed(expr.args))
    while stack:
        part = stack.pop()
        if part.kind is Kind.ADD:
            stack += reversed(part.args)
        else:
            found.append(part)
    return found
