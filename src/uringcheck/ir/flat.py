"""Statements that only compute and check, as expressions."""

from __future__ import annotations

from collections.abc import Sequence

from uringcheck.ir import build
from uringcheck.ir.nodes import Check, Expr, If, Kind, Let, Statement
from uringcheck.ir.rewrite import Substitution


class Flat:
    """Statements that only compute and check, as expressions: what the checks ask, and what the locals stand for."""

    def __init__(self, checks: list[tuple[Check, Expr]]) -> None:
        """`checks` receives each check with its condition, true where the check is not reached."""
        self._checks = checks
        self._locals: dict[tuple[Kind, object], Expr] = {}

    def run(self, body: Sequence[Statement], reached: Expr) -> Flat:
        """Read statements in order."""
        for statement in body:
            match statement:
                case Let(local, value):
                    self._locals[Kind.LOCAL, local] = self.expr(value)
                case Check(condition=condition):
                    true = self.expr(condition)
                    self._checks.append((statement, build.or_(build.not_(reached), true)))
                    reached = build.and_(reached, true)
                case If(condition, then, orelse):
                    test = self.expr(condition)
                    sides = []
                    for side, part in ((test, then), (build.not_(test), orelse)):
                        inner = Flat(self._checks)
                        inner._locals = dict(self._locals)
                        sides.append(inner.run(part, build.and_(reached, side))._locals)
                    for key in dict.fromkeys((*sides[0], *sides[1])):
                        one, other = sides[0].get(key), sides[1].get(key)
                        if one is not None and other is not None:
                            self._locals[key] = build.ite(test, one, other)
                        else:
                            made = one if one is not None else other
                            assert made is not None
                            self._locals[key] = made
        return self

    def expr(self, expr: Expr) -> Expr:
        """The expression with what its locals stand for."""
        return Substitution(self._locals).expr(expr) if self._locals else expr
