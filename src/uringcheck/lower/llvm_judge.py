"""Properties inside a function about a state or a step: their verdicts, and whether what they imply was met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from uringcheck.diagnostics.sources import Span, display_path
from uringcheck.ir import build
from uringcheck.ir.nodes import Check, Expr, If, Kind, Let, postorder, statements
from uringcheck.ir.nodes import expressions as expressions_of
from uringcheck.ir.program import Block, Property, PropertyKind
from uringcheck.ir.rewrite import Substitution
from uringcheck.lower.llvm_bodies import Bodies, learn
from uringcheck.lower.llvm_expressions import Environment, Expressions
from uringcheck.lower.llvm_text import Code
from uringcheck.lower.llvm_words import found, word

if TYPE_CHECKING:
    from uringcheck.lower.llvm import Module


class Judge:
    """Properties inside a function about a state or a step."""

    def __init__(
        self,
        module: Module,
        code: Code,
        env: Environment,
        instance: str = "0",
        expressions: Expressions | None = None,
    ) -> None:
        self._module = module
        self._code = code
        self._env = env
        self._instance = instance
        self.expressions = expressions or Expressions(code)
        self.inside = self.violated = ""
        self.answers = False  # whether anything may be noted

    def ask_all(self, asked: Sequence[tuple[int, Property]]) -> None:
        """What properties ask; those that are about the same occasion are asked behind one branch."""
        code, outside = self._code, self._env
        for guard, members in _by_occasion(asked):
            if guard is None:
                self.ask(*members[0])
                continue
            code.note("what several properties are about")
            inside, after = code.label("occasion"), code.label("after")
            code.branch(self.expressions.value(guard, outside), inside, after)
            code.begin(inside)
            self._env = outside.branch()
            learn(self._env, guard, True)
            for position, property_ in members:
                self.ask(position, property_)
            self._env = outside
            code.jump(after)
            code.begin(after)

    def ask(self, position: int, property_: Property) -> None:
        """What one property asks: its verdict unless it is `final`, and its antecedents."""
        self._code.note(f"{property_.name}: {where(property_.span)}")
        judged = (PropertyKind.INVARIANT, PropertyKind.GOAL, PropertyKind.CONSTRAINT, PropertyKind.STEP)
        if property_.kind in judged:
            self.verdict(position, property_)
        for part, antecedent in enumerate(property_.watched):
            if antecedent.result is build.FALSE:
                continue
            self.answers = True
            flag = word(self._code, str(self._module.places.questions + self._module.questions.index((position, part))))
            if not antecedent.body:
                # Nothing in it can fail, so it is computed where later properties find it computed.
                test = self.expressions.value(antecedent.result, self._env)
                hit, done = self._code.label("hit"), self._code.label("done")
                self._code.branch(test, hit, done)
                self._code.begin(hit)
                self._code.do(f"store i64 1, ptr {flag}")
                self._code.jump(done)
                self._code.begin(done)
                continue
            open_, done, hit = self._code.label("open"), self._code.label("done"), self._code.label("hit")
            self._unless_set(flag, open_, done)
            # The property itself reports what fails inside its antecedent.
            silent = Bodies(self._code, self.expressions, self._module.types, lambda check, env: None, _no_cover)
            env = self._env.branch()
            after = silent.run(antecedent.body, env, done)
            self._code.branch(self.expressions.value(antecedent.result, after), hit, done)
            self._code.begin(hit)
            self._code.do(f"store i64 1, ptr {flag}")
            self._code.jump(done)
            self._code.begin(done)

    def _unless_set(self, flag: str, then: str, orelse: str) -> None:
        test = self._code.op(f"icmp eq i64 {self._code.op(f'load i64, ptr {flag}')}, 0")
        self._code.branch(test, then, orelse)
        self._code.begin(then)

    def verdict(self, position: int, property_: Property) -> None:
        """Evaluate a property that has no answer yet, and note its answer or what fails in it."""
        code, places = self._code, self._module.places
        assert property_.block is not None
        done = code.label("done")
        constraint = property_.kind is PropertyKind.CONSTRAINT
        simple = not property_.block.body and property_.kind is not PropertyKind.GOAL
        if not constraint and not simple:
            # A property is judged until it has its answer, then no more.
            known = code.op(f"load i64, ptr {word(code, str(places.answer(position)))}")
            asked = code.op(f"icmp eq i64 {known}, -1")
            open_ = code.label("open")
            code.branch(asked, open_, done)
            code.begin(open_)

        def failed(check: Check, env: Environment) -> None:
            self.answers = True
            if constraint and self.inside:
                code.do(f"store i64 0, ptr {self.inside}")
            found(code, places.failure(check.failure, position), self._instance, self._module.check_number(check))

        bodies = Bodies(code, self.expressions, self._module.types, failed, _no_cover)
        after = self._env if simple else bodies.run(property_.block.body, self._env.branch(), done)
        holds = self.expressions.value(property_.block.result, after)
        if holds == ("false" if property_.kind is PropertyKind.GOAL else "true"):
            code.jump(done)
            code.begin(done)
            return
        self.answers = True
        answer = code.label("answer")
        if property_.kind is PropertyKind.GOAL:
            code.branch(holds, answer, done)
        else:
            code.branch(holds, done, answer)
        code.begin(answer)
        if self.violated:
            code.do(f"store i64 1, ptr {self.violated}")
        if constraint:
            code.do(f"store i64 0, ptr {self.inside}")
        else:
            self.found(places.answer(position), self._instance, 0)
        code.jump(done)
        code.begin(done)

    def found(self, place: int, instance: str, check: int) -> None:
        """Note a finding unless it was made before."""
        found(self._code, place, instance, check)


def _by_occasion(asked: Sequence[tuple[int, Property]]) -> list[tuple[Expr | None, list[tuple[int, Property]]]]:
    """Properties by the occasion that they are about, each alone where no other one is about the same."""
    found: dict[object, tuple[Expr | None, list[tuple[int, Property]]]] = {}
    for position, property_ in asked:
        guard = _occasion(property_)
        key = position if guard is None else _conjuncts(guard)
        found.setdefault(key, (guard, []))[1].append((position, property_))
    return [(guard if len(members) > 1 else None, members) for guard, members in found.values()]


def _occasion(property_: Property) -> Expr | None:
    """What a property is about, if it says so first: without it the property is true, and asks for nothing else."""
    assert property_.block is not None
    guard = _first_guard(property_.block, build.TRUE)
    for antecedent in property_.watched:
        wanted = _first_guard(antecedent, build.FALSE) if antecedent.body else antecedent.result
        if guard is None or wanted is None or not _conjuncts(guard) <= _conjuncts(wanted):
            return None
    return guard


def _first_guard(block: Block, without: Expr) -> Expr | None:
    """What a block looks at first, and without which its value is known and nothing in it can fail."""
    match block.body, block.result:
        case (), Expr(kind=Kind.OR, args=(Expr(kind=Kind.NOT, args=(guard,)), *_)) if without is build.TRUE:
            return guard
        case (If(Expr(kind=Kind.NOT, args=(guard,)), (Let(local, value),)),), Expr(kind=Kind.LOCAL, data=result):
            return guard if local == result and value is without else None
        case _:
            return None


def _conjuncts(expr: Expr) -> frozenset[Expr]:
    """What an expression asks for, all of it."""
    return frozenset(expr.args) if expr.kind is Kind.AND else frozenset((expr,))


def named(kind: Kind, asked: Iterable[tuple[int, Property]]) -> set[str]:
    """The variables of which properties read the value now, or after a step."""
    blocks = [block for _, one in asked for block in (one.block, *one.antecedents) if block is not None]
    roots = [expr for b in blocks for inner in statements(b.body) for expr in expressions_of(inner)]
    roots += [block.result for block in blocks]
    return {part.data for part in postorder(*roots) if part.kind is kind}


def with_leaves(property_: Property, substitution: Substitution) -> Property:
    """The property after a replacement of leaves."""
    return replace(
        property_,
        block=substitution.block(property_.block) if property_.block else None,
        antecedents=tuple(substitution.block(block) for block in property_.antecedents),
    )


def _no_cover(number: int, env: Environment) -> None:
    """Properties have no cover points."""


def where(span: Span) -> str:
    """File and line, for a comment."""
    return f"{display_path(span.file)}:{span.line}"
