"""Questions about every item of a queue, asked only as far as the queue reaches.

A loop over a bounded queue becomes one term for each possible position, each behind a test that the queue is that
long. Queues are mostly short, and a queue that has no second item has no third: so the terms are nested, and the first
test that fails ends them all. The functions here find such runs of terms; `python_expressions` writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from uringcheck.ir.nodes import Expr, Kind, postorder
from uringcheck.ir.types import Queue
from uringcheck.lower.packing import width

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


class Repeated(NamedTuple):
    """What every term of a run says of its item: `rest` and `value` of a term whose item is `item`."""

    item: Expr
    rest: tuple[Expr, ...]
    value: Expr | None


def repeated(terms: Sequence[Term], first: int) -> Repeated | None:
    """What a run says of every item, if it says the same of all and begins with the head, whose bound is `first`.

    None for runs of one or two terms: they are shorter as they are.
    """
    if len(terms) < 3 or [term.bound - first for term in terms] != list(range(len(terms))):
        return None
    length = _plain(terms[0].subject)
    if length.kind is not Kind.Q_LEN:
        return None
    queue = length.args[0]
    assert isinstance(queue.type, Queue)
    if not width(queue.type.item):
        return None
    parts = [(*term.rest, *(() if term.value is None else (term.value,))) for term in terms]
    items = [_items(queue, part, position) for position, part in enumerate(parts)]
    # The second term is the pattern: in the first one, the head as such and the head as an item look alike.
    pattern, item = parts[1], items[1]
    if item is None:
        return None
    within = _around(item, pattern)
    for part, other in zip(parts, items, strict=True):
        if part is not pattern and not _alike(pattern, part, within, other):
            return None
    return Repeated(item, terms[1].rest, terms[1].value)


def _items(queue: Expr, parts: Sequence[Expr], position: int) -> Expr | None:
    """The expression for the item of a queue at a position, where it occurs."""
    for part in postorder(*parts):
        if part.kind is Kind.Q_AT and part.args[0] is queue:
            at = _plain(part.args[1])
            if at.kind is Kind.CONST and at.data == position:
                return part
    return None


def _around(item: Expr, pattern: Sequence[Expr]) -> dict[Expr, bool]:
    """The expressions of a pattern that contain the item; true for the item itself."""
    within: dict[Expr, bool] = {}
    for part in postorder(*pattern):
        if part is item:
            within[part] = True
        elif any(arg in within for arg in part.args):
            within[part] = False
    return within


def _alike(pattern: Sequence[Expr], parts: Sequence[Expr], within: dict[Expr, bool], other: Expr | None) -> bool:
    """Whether parts are the pattern with another item in place of its own, everywhere."""
    if len(pattern) != len(parts):
        return False
    stack = list(zip(pattern, parts, strict=True))
    while stack:
        mine, theirs = stack.pop()
        if mine not in within:
            if mine is not theirs:
                return False
        elif within[mine]:
            if theirs is not other:
                return False
        elif _form(mine) != _form(theirs):
            return False
        else:
            stack += zip(mine.args, theirs.args, strict=True)
    return True


def _form(expr: Expr) -> tuple[object, ...]:
    return expr.kind, expr.type, expr.data, len(expr.args)
