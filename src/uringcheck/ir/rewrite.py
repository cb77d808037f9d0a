"""Rewrites of programs: give open toggles or arguments a value and fold what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from uringcheck.ir import build
from uringcheck.ir.nodes import (
    LEAVES,
    Assign,
    Check,
    Cover,
    Expr,
    If,
    Kind,
    Let,
    Repeat,
    Require,
    Statement,
    node,
    postorder,
)
from uringcheck.ir.program import (
    Action,
    Always,
    And,
    Atom,
    Block,
    Eventually,
    Formula,
    Happens,
    LeadsTo,
    Not,
    Or,
    Program,
    Property,
)
from uringcheck.ir.types import Encoded, Record

_REBUILD: dict[Kind, Callable[..., Expr]] = {
    Kind.NOT: build.not_, Kind.AND: build.and_, Kind.OR: build.or_, Kind.ITE: build.ite, Kind.EQ: build.eq,
    Kind.LT: build.lt, Kind.LE: build.le, Kind.ADD: build.add, Kind.SUB: build.sub, Kind.MUL: build.mul,
    Kind.DIV: build.div, Kind.MOD: build.mod, Kind.RANK: build.ranked, Kind.SOME: build.some,
    Kind.IS_SOME: build.is_some, Kind.UNWRAP: build.unwrap, Kind.Q_LEN: build.q_len, Kind.Q_AT: build.q_at,
    Kind.Q_PUSH: build.q_push, Kind.Q_POP: build.q_pop, Kind.S_HAS: build.s_has, Kind.S_ADD: build.s_add,
    Kind.S_REMOVE: build.s_remove, Kind.S_LEN: build.s_len, Kind.M_GET: build.m_get, Kind.M_SET: build.m_set,
}  # fmt: skip


def rebuild(expr: Expr, args: tuple[Expr, ...]) -> Expr:
    """`expr` with other arguments, folded. Its type may shrink, never grow."""
    if args == expr.args:
        return expr
    match expr.kind:
        case Kind.CAST:
            return build.cast(args[0], expr.type)
        case Kind.RECORD:
            assert isinstance(expr.type, Record)
            return build.record(expr.type, args, expr.span)
        case Kind.FIELD:
            return build.field(args[0], expr.data, expr.span)
        case Kind.S_UNION | Kind.S_INTERSECT | Kind.S_MINUS:
            return build.s_combine(expr.kind, args[0], args[1], expr.span)
        case Kind.EVERY | Kind.COUNT:
            low, high, body = args
            return (build.every if expr.kind is Kind.EVERY else build.count)(expr.data, low, high, body, expr.span)
        case kind:
            return _REBUILD[kind](*args)


class Substitution:
    """Replaces leaves by expressions of the same type and folds; one memo for all expressions it is applied to."""

    def __init__(self, leaves: Mapping[tuple[Kind, Encoded], Expr]) -> None:
        """`leaves` maps (kind, data) of a leaf to what stands in its place."""
        self._leaves = leaves
        self._memo: dict[Expr, Expr] = {}

    def expr(self, expr: Expr) -> Expr:
        """The expression after replacement."""
        memo = self._memo
        for part in postorder(expr, known=memo):
            if part.kind in LEAVES:
                memo[part] = self._leaves.get((part.kind, part.data), part) if part.kind is not Kind.CONST else part
            else:
                memo[part] = rebuild(part, tuple([memo[arg] for arg in part.args]))
        return memo[expr]

    def body(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        """The statements after replacement; branches that can no longer run are gone."""
        made: list[Statement] = []
        for statement in body:
            match statement:
                case Let():
                    value = self.expr(statement.value)
                    # Later reads of the local were typed with the old, wider type.
                    if build.is_constant(value):
                        self._memo[node(Kind.LOCAL, statement.value.type, (), statement.local)] = value
                    made.append(replace(statement, value=build.cast(value, statement.value.type)))
                case Assign():
                    made.append(replace(statement, value=build.cast(self.expr(statement.value), statement.value.type)))
                case Require():
                    made.append(replace(statement, condition=self.expr(statement.condition)))
                case Check():
                    condition = self.expr(statement.condition)
                    if condition is not build.TRUE:
                        made.append(replace(statement, condition=condition))
                case Cover():
                    made.append(statement)
                case If():
                    condition = self.expr(statement.condition)
                    if build.is_constant(condition):
                        made += self.body(statement.then if condition.data else statement.orelse)
                    else:
                        then, orelse = self.branch(statement.then), self.branch(statement.orelse)
                        if then or orelse:
                            made.append(If(condition, then, orelse, statement.span))
                case Repeat(low=low, high=high):
                    inner = self.branch(statement.body)
                    made.append(replace(statement, low=self.expr(low), high=self.expr(high), body=inner))
        return tuple(made)

    def branch(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        """The statements of a branch. What a local became in it says nothing about the local after it."""
        inner = Substitution(self._leaves)
        inner._memo = dict(self._memo)
        return inner.body(body)

    def block(self, block: Block) -> Block:
        """The block after replacement."""
        if not block.body:
            return Block((), self.expr(block.result))
        inner = Substitution(self._leaves)
        return Block(inner.body(block.body), inner.expr(block.result))

    def formula(self, formula: Formula) -> Formula:
        """The temporal formula after replacement."""
        match formula:
            case Atom(block, text):
                return Atom(self.block(block), text)
            case Happens():
                return formula
            case Not(operand):
                return Not(self.formula(operand))
            case And(operands):
                return And(tuple(self.formula(operand) for operand in operands))
            case Or(operands):
                return Or(tuple(self.formula(operand) for operand in operands))
            case Eventually(operand):
                return Eventually(self.formula(operand))
            case Always(operand):
                return Always(self.formula(operand))
            case LeadsTo(cause, effect):
                return LeadsTo(self.formula(cause), self.formula(effect))


def specialise(program: Program, values: Mapping[str, bool] | None = None) -> Program:
    """The program with its toggles given a value: those of the run, or `values`; others stay open."""
    known = {toggle.name: toggle.value for toggle in program.toggles} if values is None else dict(values)
    leaves = {(Kind.TOGGLE, name): build.TRUE if value else build.FALSE for name, value in known.items()}

    def action(old: Action) -> Action:
        return replace(old, body=Substitution(leaves).body(old.body))

    def property_(old: Property) -> Property:
        substitution = Substitution(leaves)
        return replace(
            old,
            block=substitution.block(old.block) if old.block else None,
            formula=substitution.formula(old.formula) if old.formula else None,
            antecedents=tuple(substitution.block(block) for block in old.antecedents),
        )

    return replace(
        program,
        inits=tuple(action(old) for old in program.inits),
        actions=tuple(action(old) for old in program.actions),
        properties=tuple(property_(old) for old in program.properties),
    )


def instantiate(action: Action, arguments: tuple[Encoded, ...]) -> tuple[Statement, ...]:
    """The body of an action for these argument values."""
    leaves = {
        (Kind.ARG, argument.name): build.constant(argument.type, value)
        for argument, value in zip(action.arguments, arguments, strict=True)
    }
    return Substitution(leaves).body(action.body)
