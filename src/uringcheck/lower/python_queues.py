"""Questions about every item of a queue, asked only as far as the queue reaches.

A loop over a bounded queue becomes one term for each possible position, each behind a test that the queue is that
long. Queues are mostly short, and a queue that has no second item has no third: so the terms are nested, and the first
test that fails ends them all. The functions here find such runs of terms; `python_expressions` writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from uringcheck.ir.nodes import Expr, Kind

#: A longer run is split: CPython limits how deeply parentheses nest.
_LONGEST = 32


class Term(NamedTuple):
    """A term and the test in front of it: `test` compares `subject` with `bound`."""

    whole: Expr
    subject: Expr
    bound: int
    test: Expr
    #: The conjuncts or disjuncts after the test.
    rest: tuple[Expr, ...]
    #: For a term of a sum: what it is worth where test and rest are true.
    value: Expr | None = None


def alternative(expr: Expr) -> Term | None:
    """`bound <= subject and ...`, a term of a disjunction."""
    test, rest = (expr.args[0], expr.args[1:]) if expr.kind is Kind.AND else (expr, ())
    if test.kind is Kind.LE and test.args[0].kind is Kind.CONST:
        return Term(expr, test.args[1], test.args[0].data, test, rest)
    return None


def requirement(expr: Expr) -> Term | None:
    """`subject <= bound or ...`, a term of a conjunction."""
    if expr.kind is Kind.OR:
        test, rest = expr.args[0], expr.args[1:]
        if test.kind is Kind.LE and test.args[1].kind is Kind.CONST:
            return Term(expr, test.args[0], test.args[1].data, test, rest)
    return None


def summand(expr: Expr) -> Term | None:
    """`value if bound <= subject and ... else 0`, a term of a sum."""
    if expr.kind is Kind.ITE and _plain(expr.args[2]).data == 0 and _plain(expr.args[2]).kind is Kind.CONST:
        term = alternative(expr.args[0])
        if term is not None:
            return Term(expr, term.subject, term.bound, term.test, term.rest, expr.args[1])
    return None


def _plain(expr: Expr) -> Expr:
    while expr.kind is Kind.CAST:
        expr = expr.args[0]
    return expr


def runs(parts: Sequence[Expr], read: Callable[[Expr], Term | None]) -> list[Expr | list[Term]]:
    """The parts, with neighbours that test one subject against growing bounds put together."""
    found: list[Expr | list[Term]] = []
    for part in parts:
        term = read(part)
        last = found[-1] if found else None
        if term is None:
            found.append(part)
        elif (
            isinstance(last, list)
            and last[-1].subject is term.subject
            and last[-1].bound < term.bound
            and len(last) < _LONGEST
        ):
            last.append(term)
        else:
            found.append([term])
    return [one[0].whole if isinstance(one, list) and len(one) == 1 else one for one in found]
