"""Kinds of expressions whose Python text follows from the texts of their arguments, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable

from uringcheck.diagnostics import InternalError
from uringcheck.ir.nodes import Expr, Kind
from uringcheck.ir.types import Record
from uringcheck.lower.python_text import (
    ATOM,
    BIT_AND,
    BIT_OR,
    COMPARISON,
    OR,
    PRODUCT,
    SUM,
    UNARY,
    Text,
    wrapped,
)


def _constant(expr: Expr, args: list[Text]) -> Text:
    number = isinstance(expr.data, int) and expr.data < 0
    return repr(expr.data), UNARY if number else ATOM


def _local(expr: Expr, args: list[Text]) -> Text:
    return local_name(expr.data), ATOM


def local_name(number: int) -> str:
    """The Python name of a local of the IR."""
    return f"_t{number}"


def _same(expr: Expr, args: list[Text]) -> Text:
    return args[0]


def infix(symbol: str, level: int) -> Callable[[Expr, list[Text]], Text]:
    """A writer of a left-associative operator."""

    def write(expr: Expr, args: list[Text]) -> Text:
        return f"{wrapped(args[0], level)} {symbol} {wrapped(args[1], level + 1)}", level

    return write


def _compare(symbol: str) -> Callable[[Expr, list[Text]], Text]:
    def write(expr: Expr, args: list[Text]) -> Text:
        return f"{wrapped(args[0], BIT_OR)} {symbol} {wrapped(args[1], BIT_OR)}", COMPARISON

    return write


def equal(expr: Expr, args: list[Text], negated: bool = False) -> Text:
    """Equality, or its opposite; with None as identity."""
    for this, other in ((0, 1), (1, 0)):
        if expr.args[this].kind is Kind.CONST and expr.args[this].data is None:
            return f"{wrapped(args[other], BIT_OR)} is {'not ' if negated else ''}None", COMPARISON
    return f"{wrapped(args[0], BIT_OR)} {'!=' if negated else '=='} {wrapped(args[1], BIT_OR)}", COMPARISON


def _tuple(expr: Expr, args: list[Text]) -> Text:
    return "(" + ", ".join(wrapped(arg, OR) for arg in args) + ("," if len(args) == 1 else "") + ")", ATOM


def _field(expr: Expr, args: list[Text]) -> Text:
    record = expr.args[0].type
    assert isinstance(record, Record)
    return f"{wrapped(args[0], ATOM)}[{record.position(expr.data)}]", ATOM


def _is_some(expr: Expr, args: list[Text]) -> Text:
    return f"{wrapped(args[0], BIT_OR)} is not None", COMPARISON


def _refused(expr: Expr, args: list[Text]) -> Text:
    raise InternalError(f"{expr.kind.value} `{expr.data}` has no value: specialise the program and its instances first")


#: Comparisons that may follow each other in a chain.
CHAINED = {Kind.LE: "<=", Kind.LT: "<"}
#: What stands for a negated comparison.
OPPOSITE = {Kind.EQ: "!=", Kind.LT: ">=", Kind.LE: ">"}

#: How each of these kinds is written.
WRITERS: dict[Kind, Callable[[Expr, list[Text]], Text]] = {
    Kind.CONST: _constant,
    Kind.LOCAL: _local,
    Kind.EQ: equal,
    Kind.LT: _compare("<"),
    Kind.LE: _compare("<="),
    Kind.SUB: infix("-", SUM),
    Kind.MUL: infix("*", PRODUCT),
    Kind.DIV: infix("//", PRODUCT),
    Kind.MOD: infix("%", PRODUCT),
    Kind.CAST: _same,
    Kind.RECORD: _tuple,
    Kind.FIELD: _field,
    Kind.SOME: _same,
    Kind.IS_SOME: _is_some,
    Kind.UNWRAP: _same,
    Kind.Q_LEN: lambda expr, args: (f"len({args[0][0]})", ATOM),
    Kind.Q_AT: lambda expr, args: (f"{wrapped(args[0], ATOM)}[{args[1][0]}]", ATOM),
    Kind.Q_PUSH: lambda expr, args: (f"{wrapped(args[0], SUM)} + ({wrapped(args[1], OR)},)", SUM),
    Kind.Q_POP: lambda expr, args: (f"{wrapped(args[0], ATOM)}[1:]", ATOM),
    Kind.S_LEN: lambda expr, args: (f"{wrapped(args[0], ATOM)}.bit_count()", ATOM),
    Kind.S_UNION: infix("|", BIT_OR),
    Kind.S_INTERSECT: infix("&", BIT_AND),
    Kind.S_MINUS: lambda expr, args: (f"{wrapped(args[0], BIT_AND)} & ~{wrapped(args[1], UNARY)}", BIT_AND),
}

#: Kinds that `python_expressions` writes itself because their text depends on names or on how they are used.
CONTEXTUAL = frozenset(
    {
        Kind.STATE,
        Kind.PRIMED,
        Kind.NOT,
        Kind.AND,
        Kind.OR,
        Kind.ITE,
        Kind.ADD,
        Kind.RANK,
        Kind.S_HAS,
        Kind.S_ADD,
        Kind.S_REMOVE,
        Kind.M_GET,
        Kind.M_SET,
    }
)

#: Kinds that must be gone before Python is generated, refused by name.
_REFUSED = frozenset({Kind.ARG, Kind.TOGGLE, Kind.EVERY, Kind.COUNT})
WRITERS |= dict.fromkeys(_REFUSED, _refused)

if set(WRITERS) & CONTEXTUAL or set(WRITERS) | CONTEXTUAL != set(Kind):
    raise InternalError(f"every kind has one way to become Python, but not {set(WRITERS) ^ CONTEXTUAL ^ set(Kind)}")
