"""Statements as LLVM basic blocks in static single assignment form.

The language has no loops left, so an `if` needs nothing but a phi for each name that its sides left different.
"""

from __future__ import annotations

from collections.abc import Callable

from uringcheck.diagnostics import InternalError
from uringcheck.ir.nodes import Assign, Check, Cover, Expr, If, Kind, Let, Require, Statement
from uringcheck.ir.types import Type
from uringcheck.lower.llvm_expressions import Environment, Expressions
from uringcheck.lower.llvm_text import Code, register


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
                        _learn(env, part, True)
                    _learn(env, condition, True)
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
                    _learn(env, condition, True)
                case Let(number, value, _):
                    if dominating:
                        # What the local is called may mean something else to another instance.
                        result = expressions.value(value, env)
                        env, dominating = env.branch(), False
                    else:
                        result = expressions.value(value, env)
                    env.locals[number] = (value.type, result)
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
        then_label, else_label, join = code.label("then"), code.label("else"), code.label("join")
        code.branch(test, then_label, else_label)
        ends = []
        for label, body in ((then_label, statement.then), (else_label, statement.orelse)):
            code.begin(label)
            inner = env.branch()
            _learn(inner, statement.condition, label == then_label)
            after = self.run(body, inner, stop)
            ends.append((after, code.block))
            code.jump(join)
        code.begin(join)
        (then, then_end), (orelse, else_end) = ends
        after = env.branch()
        for name, a in then.state.items():
            b = orelse.state[name]
            if a != b:
                after.state[name] = code.op(
                    f"phi {register(self._types[name])} [ {a}, %{then_end} ], [ {b}, %{else_end} ]"
                )
            else:
                after.state[name] = a
            if after.state[name] != env.state[name]:
                self.expressions.forget(after, name)
        self._join_locals(after, then, orelse, then_end, else_end)
        return after

    def _join_locals(
        self, after: Environment, then: Environment, orelse: Environment, then_end: str, else_end: str
    ) -> None:
        """Locals that either side set. One that has no value on a side is not read after it; zero will do."""
        for number in dict.fromkeys([*then.locals, *orelse.locals]):
            mine, other = then.locals.get(number), orelse.locals.get(number)
            if mine == other and mine is not None:
                after.locals[number] = mine
                continue
            known = mine or other
            assert known is not None
            if mine is not None and other is not None and mine[0] != other[0]:
                raise InternalError(f"local {number} is {mine[0]} on one side and {other[0]} on the other")
            sides = [
                f"[ {local[1] if local is not None else '0'}, %{end} ]"
                for local, end in ((mine, then_end), (other, else_end))
            ]
            after.locals[number] = (known[0], self.code.op(f"phi {register(known[0])} {sides[0]}, {sides[1]}"))


def _learn(env: Environment, expr: Expr, truth: bool) -> None:
    """From here on an expression is known, and what follows from it; guards come again as conditions."""
    env.memo[expr] = "true" if truth else "false"
    if expr.kind is Kind.NOT or expr.kind is (Kind.AND if truth else Kind.OR):
        for arg in expr.args:
            _learn(env, arg, truth is not (expr.kind is Kind.NOT))
