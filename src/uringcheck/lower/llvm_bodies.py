"""Statements as LLVM basic blocks in static single assignment form.

The language has no loops left, so an `if` needs nothing but a phi for each name that its sides left different.
"""

from __future__ import annotations

from collections.abc import Callable

from uringcheck.diagnostics import InternalError
from uringcheck.ir.nodes import Assign, Check, Cover, Expr, If, Kind, Let, Require, Statement, postorder
from uringcheck.ir.types import Type
from uringcheck.lower.llvm_expressions import Environment, Expressions, Local
from uringcheck.lower.llvm_text import WORD, Code, register, register_width

#: The most expressions, those of an `if` that becomes a choice between values that are both computed.
_SMALL = 8


class Bodies:
    """Emits the bodies of actions and properties into a function."""

    def __init__(
        self,
        code: Code,
        expressions: Expressions,
        types: dict[str, Type],
        failed: Callable[[Check, Environment], None],
        covered: Callable[[int, Environment], None],
    ) -> None:
        """`failed` and `covered` emit what happens where a check fails and where a cover point is passed."""
        self.code = code
        self.expressions = expressions
        self._types = types
        self._failed = failed
        self._covered = covered

    def run(self, body: tuple[Statement, ...], env: Environment, stop: str) -> Environment:
        """Emit statements; `stop` is the block to go on in where a guard is false or a check fails.

        The environment after them. `env` itself keeps only what is also true at `stop`.
        """
        code, expressions = self.code, self.expressions
        dominating = True  # still in the block in which `env` was given
        for statement in body:
            match statement:
                case Require(condition):
                    for part in condition.args if condition.kind is Kind.AND else (condition,):
                        negated = part.kind is Kind.NOT
                        test = expressions.value(part.args[0] if negated else part, env)
                        if dominating:
                            env, dominating = env.branch(), False
                        onward = code.label()
                        code.branch(test, *((stop, onward) if negated else (onward, stop)))
                        code.begin(onward)
                        learn(env, part, True)
                    learn(env, condition, True)
                case Check(_, condition, _, _):
                    test = expressions.value(condition, env)
                    if test == "true":
                        continue
                    if dominating:
                        env, dominating = env.branch(), False
                    onward, failing = code.label(), code.label("fail")
                    code.branch(test, onward, failing)
                    code.begin(failing)
                    self._failed(statement, env)
                    code.jump(stop)
                    code.begin(onward)
                    learn(env, condition, True)
                case Let(number, value, _):
                    if dominating:
                        # What the local is called may mean something else to another instance.
                        result = expressions.value(value, env)
                        env, dominating = env.branch(), False
                    else:
                        result = expressions.value(value, env)
                    env.locals[number] = Local(value.type, result)
                case Assign(variable, value, _):
                    result = expressions.value(value, env)
                    if dominating:
                        env, dominating = env.branch(), False
                    expressions.forget(env, variable)
                    env.state[variable] = expressions.recast(result, value.type, self._types[variable])
                case Cover(number, _):
                    self._covered(number, env)
                case If():
                    test = expressions.value(statement.condition, env)
                    if test in ("true", "false"):
                        env, dominating = self.run(self._side(statement, test), env.branch(), stop), False
                    else:
                        env, dominating = self._if(statement, test, env, stop), False
        return env

    @staticmethod
    def _side(statement: If, test: str) -> tuple[Statement, ...]:
        return statement.then if test == "true" else statement.orelse

    def _if(self, statement: If, test: str, env: Environment, stop: str) -> Environment:
        code = self.code
        if self._is_small(statement):
            return self._without_branch(statement, test, env, stop)
        then_label, else_label, join = code.label("then"), code.label("else"), code.label("join")
        code.branch(test, then_label, else_label)
        ends = []
        for label, truth in ((then_label, True), (else_label, False)):
            code.begin(label)
            after = self._run_side(statement, truth, env, stop)
            ends.append((after, code.block))
            code.jump(join)
        code.begin(join)
        place = code.place()
        (then, then_end), (orelse, else_end) = ends

        def joined(type_: Type, a: str, b: str) -> str:
            return code.op(f"phi {register(type_)} [ {a}, %{then_end} ], [ {b}, %{else_end} ]")

        after = self._after(env, then, orelse, joined)
        for number in dict.fromkeys([*then.locals, *orelse.locals]):
            sides = ((then.locals.get(number), then_end), (orelse.locals.get(number), else_end))
            after.locals[number] = _joined(number, place, sides)
        return after

    def _is_small(self, statement: If) -> bool:
        """Whether both sides take no longer than a branch: they give one variable of a word or less a simple value."""
        both = (*statement.then, *statement.orelse)
        assigned = [part for part in both if isinstance(part, Assign)]
        names = {part.variable for part in assigned}
        return (
            len(assigned) == len(both)
            and len(names) == 1
            and all(register_width(self._types[name]) <= WORD for name in names)
            and len(list(postorder(*[part.value for part in assigned]))) <= _SMALL
        )

    def _without_branch(self, statement: If, test: str, env: Environment, stop: str) -> Environment:
        then, orelse = (self._run_side(statement, truth, env, stop) for truth in (True, False))

        def chosen(type_: Type, a: str, b: str) -> str:
            kind = register(type_)
            return self.code.op(f"select i1 {test}, {kind} {a}, {kind} {b}")

        return self._after(env, then, orelse, chosen)

    def _run_side(self, statement: If, truth: bool, env: Environment, stop: str) -> Environment:
        inner = env.branch()
        learn(inner, statement.condition, truth)
        return self.run(statement.then if truth else statement.orelse, inner, stop)

    def _after(
        self, env: Environment, then: Environment, orelse: Environment, joined: Callable[[Type, str, str], str]
    ) -> Environment:
        """What variables are behind an `if`: on either side, or both `joined`."""
        after = env.branch()
        for name, a in then.state.items():
            b = orelse.state[name]
            after.state[name] = a if a == b else joined(self._types[name], a, b)
            if after.state[name] != env.state[name]:
                self.expressions.forget(after, name)
        return after


def _joined(number: int, place: list[str], sides: tuple[tuple[Local | None, str], tuple[Local | None, str]]) -> Local:
    """A local behind a join."""
    (mine, _), (other, _) = sides
    known = mine or other
    assert known is not None
    if mine is other:
        return known
    if mine is not None and other is not None and mine.type != other.type:
        raise InternalError(f"local {number} is {mine.type} on one side and {other.type} on the other")
    return Local(known.type, "", place, sides)


def learn(env: Environment, expr: Expr, truth: bool) -> None:
    """From here on an expression is known, and what follows from it; guards come again as conditions."""
    env.memo[expr] = "true" if truth else "false"
    if expr.kind is Kind.NOT or expr.kind is (Kind.AND if truth else Kind.OR):
        for arg in expr.args:
            learn(env, arg, truth is not (expr.kind is Kind.NOT))
