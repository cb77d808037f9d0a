"""Expressions of the IR as Python text.

Values are the encoded ones of `ir.types`, so most kinds are one operator. A partial kind is only ever evaluated where
Python's own `and`, `or` and `if`-`else` reach it, which is where the IR promises that it is defined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from uringcheck.diagnostics import InternalError
from uringcheck.ir.nodes import Expr, Kind, postorder
from uringcheck.ir.types import (
    BOOL,
    Bool,
    Encoded,
    Enum,
    Int,
    Map,
    Set,
    Type,
    cardinality,
    rank,
    values,
)
from uringcheck.lower.python_kinds import CHAINED, OPPOSITE, WRITERS, equal, infix
from uringcheck.lower.python_queues import Term, alternative, requirement, runs, summand
from uringcheck.lower.python_text import (
    AND,
    ATOM,
    BIT_AND,
    BIT_OR,
    CHOICE,
    COMPARISON,
    NOT,
    OR,
    SHIFT,
    SUM,
    UNARY,
    Text,
    joined,
    wrapped,
)

#: A map with at most this many items is written out item by item when one changes; slices are faster beyond it.
_WRITTEN_OUT = 8

#: Ranks of records and options are looked up in a table of at most this many entries, and computed beyond it.
_RANK_TABLE = 4096


#: Characters in one expression, beyond which what it repeats is given names first. Without that, an expression that
#: uses a part twice, which uses a part twice, and so on, would grow without bound.
_LONG = 20_000

#: Characters in one expression after that. CPython would need minutes to compile what is longer.
_TOO_LONG = 1_000_000


class LongExpressionError(InternalError):
    """An expression becomes too long as one text."""


class Constants:
    """The module-level names that generated texts refer to."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self._ranks: dict[Type, str] = {}

    def rank(self, type_: Type, text: Text) -> Text:
        """The rank of a value that is not known yet, where a boolean may stand for 0 or 1."""
        match type_:
            case Bool() | Enum() | Int(low=0):
                return text
            case Int(low, _):
                return f"{wrapped(text, SUM)} {'-' if low > 0 else '+'} {abs(low)}", SUM
            case _:
                name = self._ranks.get(type_)
                if name is None:
                    name = self._ranks[type_] = f"_rank{len(self._ranks)}"
                    if cardinality(type_) <= _RANK_TABLE:
                        table = {value: position for position, value in enumerate(values(type_))}
                        self.values[name] = table.__getitem__
                    else:
                        self.values[name] = lambda value: rank(type_, value)
                return f"{name}({text[0]})", ATOM


class Expressions:
    """Texts of expressions, given the names under which variables can be read."""

    def __init__(self, names: Mapping[str, str], constants: Constants, primed: Mapping[str, str] | None = None) -> None:
        """`names` and `primed` map state variables to the Python names that hold them now and after the step."""
        self._names = names
        self._primed = primed or {}
        self._constants = constants
        self._memo: dict[tuple[Expr, bool], Text] = {}
        self._pinned: dict[Expr, tuple[str, frozenset[str]]] = {}
        self._limit = _LONG

    def pin(self, expr: Expr, name: str) -> None:
        """From now on the expression is read from a name that holds its value."""
        self._pinned[expr] = name, frozenset(part.data for part in postorder(expr) if part.kind is Kind.STATE)
        self._memo[expr, False] = self._memo[expr, True] = name, ATOM

    @property
    def pinned(self) -> Iterable[Expr]:
        """The expressions that are read from names."""
        return self._pinned

    def with_primed(self, primed: Mapping[str, str]) -> Expressions:
        """The same where the target of a step can be read too; pinning it further does not affect this one."""
        made = self.with_names({})
        made._primed = primed
        return made

    def unrestrained(self) -> Expressions:
        """The same with a far limit on how long a text may be; pinning it further does not affect this one."""
        made = self.with_names({})
        made._limit = _TOO_LONG
        return made

    def with_names(self, changed: Mapping[str, str]) -> Expressions:
        """The same after some variables moved to other names."""
        made = Expressions({**self._names, **changed}, self._constants, self._primed)
        for expr, (name, reads) in self._pinned.items():
            if reads.isdisjoint(changed):
                made._pinned[expr] = name, reads
                made._memo[expr, False] = made._memo[expr, True] = name, ATOM
        return made

    def name(self, variable: str) -> str:
        """The Python name that holds a variable now."""
        return self._names[variable]

    def value(self, expr: Expr) -> str:
        """A text worth exactly the encoded value; raises LongExpressionError."""
        return self._text(expr, False)[0]

    def condition(self, expr: Expr) -> str:
        """A text that is true or false as Python judges truth; raises LongExpressionError."""
        return self._text(expr, True)[0]

    def _text(self, root: Expr, as_condition: bool) -> Text:
        """The text of an expression and of everything below it, arguments first, without recursion."""
        memo = self._memo
        stack = [(root, as_condition and root.type == BOOL, False)]
        while stack:
            expr, judged, expanded = stack.pop()
            if (expr, judged) in memo:
                continue
            if expanded:
                text = memo[expr, judged] = self._made(expr, judged)
                if len(text[0]) > self._limit:
                    raise LongExpressionError(f"an expression of {root.span} is too long for Python")
            else:
                stack.append((expr, judged, True))
                stack += [(arg, mode, False) for arg, mode in zip(expr.args, _modes(expr, judged), strict=True)]
        return memo[root, as_condition and root.type == BOOL]

    def _made(self, expr: Expr, judged: bool) -> Text:
        args = [self._memo[arg, mode] for arg, mode in zip(expr.args, _modes(expr, judged), strict=True)]
        match expr.kind:
            case Kind.STATE:
                return self._names[expr.data], ATOM
            case Kind.PRIMED:
                return self._primed[expr.data], ATOM
            case Kind.NOT:
                return self._not(expr.args[0], args[0])
            case Kind.S_HAS:
                return self._has(expr, args, judged)
            case Kind.RANK:
                text = self._constants.rank(expr.args[0].type, args[0])
                return (f"+{wrapped(text, UNARY)}", UNARY) if isinstance(expr.args[0].type, Bool) else text
            case Kind.S_ADD:
                return f"{wrapped(args[0], BIT_OR)} | {self._bit(expr)}", BIT_OR
            case Kind.S_REMOVE:
                return f"{wrapped(args[0], BIT_AND)} & {self._bit(expr, negated=True)}", BIT_AND
            case Kind.M_GET:
                return f"{wrapped(args[0], ATOM)}[{self._position(expr)[0]}]", ATOM
            case Kind.M_SET:
                return self._map(expr, args)
            case Kind.AND:
                return self._connected(expr, judged, requirement, (" and ", AND), (" or ", OR))
            case Kind.OR:
                return self._connected(expr, judged, alternative, (" or ", OR), (" and ", AND))
            case Kind.ADD:
                return self._sum(expr)
            case Kind.ITE:
                return f"{wrapped(args[1], OR)} if {wrapped(args[0], OR)} else {args[2][0]}", CHOICE
            case kind:
                return WRITERS[kind](expr, args)

    def _not(self, operand: Expr, text: Text) -> Text:
        """Negation, pushed into a comparison that has no name."""
        if operand in self._pinned:
            return f"not {wrapped(text, NOT)}", NOT
        if operand.kind in OPPOSITE:
            left, right = (self._memo[arg, False] for arg in operand.args)
            if operand.kind is Kind.EQ:
                return equal(operand, [left, right], negated=True)
            return f"{wrapped(left, BIT_OR)} {OPPOSITE[operand.kind]} {wrapped(right, BIT_OR)}", COMPARISON
        if operand.kind is Kind.IS_SOME:
            return f"{wrapped(self._memo[operand.args[0], False], BIT_OR)} is None", COMPARISON
        return f"not {wrapped(text, NOT)}", NOT

    # --- junctions and sums -------------------------------------------------------------------------------------------

    def _connected(
        self,
        expr: Expr,
        judged: bool,
        read: Callable[[Expr], Term | None],
        outer: tuple[str, int],
        inner: tuple[str, int],
    ) -> Text:
        """A conjunction or disjunction; questions about the items of a queue stop where the queue does."""
        parts: list[Text] = []
        for part in runs(expr.args, partial(self._written, read)):
            if isinstance(part, Expr):
                parts.append(self._memo[part, judged])
                continue
            text: Text | None = None
            for term in reversed(part):
                rest = [wrapped(self._memo[one, judged], inner[1] + 1) for one in term.rest]
                if rest:
                    first = inner[0].join(rest), inner[1] if len(rest) > 1 else inner[1] + 1
                    # What the term says, then what the longer queue says.
                    both = first if text is None else (joined([first, text], *outer), outer[1])
                    text = f"{self._memo[term.test, judged][0]}{inner[0]}{wrapped(both, inner[1])}", inner[1]
                else:
                    text = self._memo[term.test, judged]
            assert text is not None
            parts.append(text)
        if outer[1] == AND:
            parts = self._chained(expr, parts)
        return joined(parts, *outer), outer[1] if len(parts) > 1 else parts[0][1]

    def _written(self, read: Callable[[Expr], Term | None], expr: Expr) -> Term | None:
        """The term, unless it or its condition has a name: then that is read, and what is below has no text."""
        term = read(expr)
        named = expr in self._pinned or (expr.kind is Kind.ITE and expr.args[0] in self._pinned)
        return None if named else term

    def _chained(self, expr: Expr, parts: list[Text]) -> list[Text]:
        """`low <= x and x <= high` as one chain, so that `x` is evaluated once."""
        if len(parts) != len(expr.args):
            return parts
        made: list[Text] = []
        position = 0
        while position < len(parts):
            here = expr.args[position]
            after = expr.args[position + 1] if position + 1 < len(parts) else None
            if (
                after is not None
                and {here, after}.isdisjoint(self._pinned)
                and here.kind in CHAINED
                and after.kind in CHAINED
                and here.args[1] is after.args[0]
                and after.args[1].kind is Kind.CONST
            ):
                made.append((f"{parts[position][0]} {CHAINED[after.kind]} {after.args[1].data!r}", COMPARISON))
                position += 2
            else:
                made.append(parts[position])
                position += 1
        return made

    def _sum(self, expr: Expr) -> Text:
        if expr.args[0].kind is not Kind.ADD and expr.args[1].kind is not Kind.ADD and not summand(expr.args[0]):
            return infix("+", SUM)(expr, [self._memo[arg, False] for arg in expr.args])
        parts: list[Text] = []
        for part in runs(self._addends(expr), partial(self._written, summand)):
            if isinstance(part, Expr):
                parts.append(self._memo[part, False])
                continue
            text: Text | None = None
            for term in reversed(part):
                assert term.value is not None
                value = self._memo[term.value, False]
                if term.rest:
                    condition = " and ".join(wrapped(self._memo[one, True], NOT) for one in term.rest)
                    value = f"{wrapped(value, OR)} if {condition} else 0", CHOICE
                both = value if text is None else (joined([value, text], " + ", SUM), SUM)
                text = f"{wrapped(both, OR)} if {self._memo[term.test, True][0]} else 0", CHOICE
            assert text is not None
            parts.append(text)
        return joined(parts, " + ", SUM), SUM if len(parts) > 1 else parts[0][1]

    def _addends(self, expr: Expr) -> list[Expr]:
        """The terms of a sum; those that have a name are not taken apart."""
        found: list[Expr] = []
        stack = list(reversed(expr.args))
        while stack:
            part = stack.pop()
            if part.kind is Kind.ADD and part not in self._pinned:
                stack += reversed(part.args)
            else:
                found.append(part)
        return found

    # --- sets and maps ----------------------------------------------------------------------------------------------

    def _position(self, expr: Expr) -> Text:
        """The rank of the index or element, which is the second argument."""
        container, index = expr.args[0].type, expr.args[1]
        assert isinstance(container, Map | Set)
        type_ = container.index if isinstance(container, Map) else container.item
        if index.kind is Kind.CONST:
            return str(rank(type_, index.data)), ATOM
        return self._constants.rank(type_, self._memo[index, False])

    def _bit(self, expr: Expr, negated: bool = False) -> str:
        element = expr.args[1]
        if element.kind is Kind.CONST:
            container = expr.args[0].type
            assert isinstance(container, Set)
            bit = 1 << rank(container.item, element.data)
            return str(~bit if negated else bit)
        shifted = f"1 << {wrapped(self._position(expr), SUM)}"
        return f"~({shifted})" if negated else shifted

    def _has(self, expr: Expr, args: list[Text], judged: bool) -> Text:
        if expr.args[1].kind is Kind.CONST:
            text = f"{wrapped(args[0], BIT_AND)} & {self._bit(expr)}"
        else:
            text = f"{wrapped(args[0], SHIFT)} >> {wrapped(self._position(expr), SUM)} & 1"
        return (text, BIT_AND) if judged else (f"{text} != 0", COMPARISON)

    def _map(self, expr: Expr, args: list[Text]) -> Text:
        """The map with one item replaced; a chain of replacements at known places becomes one display."""
        map_type = expr.type
        assert isinstance(map_type, Map)
        size = cardinality(map_type.index)
        replaced: dict[int, str] = {}
        base = expr
        while base.kind is Kind.M_SET and base.args[1].kind is Kind.CONST and base not in self._pinned:
            position = rank(map_type.index, base.args[1].data)
            replaced.setdefault(position, wrapped(self._memo[base.args[2], False], OR))
            base = base.args[0]
        if replaced and size <= _WRITTEN_OUT and (base.kind in (Kind.STATE, Kind.LOCAL) or base in self._pinned):
            name = self._memo[base, False][0]
            return "(" + ", ".join(replaced.get(i, f"{name}[{i}]") for i in range(size)) + ",)", ATOM
        whole, item = wrapped(args[0], ATOM), wrapped(args[2], OR)
        if expr.args[1].kind is Kind.CONST:
            position = rank(map_type.index, expr.args[1].data)
            return f"(*{whole}[:{position}], {item}, *{whole}[{position + 1}:])", ATOM
        self._constants.values["_put"] = _put
        return f"_put({whole}, {self._position(expr)[0]}, {item})", ATOM


def _put(items: tuple[Encoded, ...], position: int, item: Encoded) -> tuple[Encoded, ...]:
    """The tuple with one item replaced; used by generated code where the position is computed."""
    return (*items[:position], item, *items[position + 1 :])


def _modes(expr: Expr, judged: bool) -> tuple[bool, ...]:
    """For each argument, whether only its truth is asked for."""
    match expr.kind:
        case Kind.NOT:
            return (True,)
        case Kind.AND | Kind.OR:
            return (judged,) * len(expr.args)
        case Kind.ITE:
            return (True, judged, judged)
        case _:
            return (False,) * len(expr.args)
