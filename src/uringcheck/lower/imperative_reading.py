"""Expressions of the IR as scalar expressions over places, for languages without expressions of other types.

See `imperative` for what places are and how they are changed.

An operand that needs a temporary is computed before the expression it stands in, yet only where the operands to its
left let it: connectives with such operands are turned into `if` statements.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from uringcheck.diagnostics import InternalError
from uringcheck.ir import build
from uringcheck.ir.coverage import declare
from uringcheck.ir.nodes import Expr, Kind
from uringcheck.ir.types import (
    BOOL,
    Bool,
    Encoded,
    Enum,
    Int,
    Map,
    Option,
    Queue,
    Record,
    Set,
    Type,
    cardinality,
    default,
    values,
)

_SCALARS = (Bool, Int, Enum)

COVERAGE = declare(
    "the imperative exports",
    handled={
        Kind.CONST, Kind.STATE, Kind.PRIMED, Kind.LOCAL, Kind.ARG, Kind.NOT, Kind.AND, Kind.OR, Kind.ITE, Kind.EQ,
        Kind.LT, Kind.LE, Kind.ADD, Kind.SUB, Kind.MUL, Kind.DIV, Kind.MOD, Kind.CAST, Kind.FIELD, Kind.IS_SOME,
        Kind.UNWRAP, Kind.Q_LEN, Kind.Q_AT, Kind.S_HAS, Kind.M_GET,
    },
    lowered={
        Kind.RANK, Kind.RECORD, Kind.SOME, Kind.Q_PUSH, Kind.Q_POP, Kind.S_ADD, Kind.S_REMOVE, Kind.S_LEN,
        Kind.S_UNION, Kind.S_INTERSECT, Kind.S_MINUS, Kind.M_SET,
    },
    refused={Kind.TOGGLE, Kind.EVERY, Kind.COUNT},
)  # fmt: skip

_SET_BITS = frozenset({Kind.S_UNION, Kind.S_INTERSECT, Kind.S_MINUS, Kind.S_ADD, Kind.S_REMOVE, Kind.CONST, Kind.ITE})
_COMPARISONS = {Kind.LT: "<", Kind.LE: "<=", Kind.ADD: "+", Kind.SUB: "-", Kind.MUL: "*"}


def is_scalar_leaf(type_: Type) -> bool:
    """Whether a value of the type is one word in the other language."""
    return isinstance(type_, _SCALARS)


class Reading(ABC):
    """Reads expressions; what has to be computed first goes into `out`. `temporaries` are what has to be declared."""

    #: The field of a queue that says how many items it has.
    LENGTH = "len"

    def __init__(self) -> None:
        self.out: list[str] = []
        self.depth = 0
        self.temporaries: dict[str, Type] = {}
        self._fresh = 0

    # --- what differs between the languages -------------------------------------------------------------------------

    @abstractmethod
    def variable(self, name: str, primed: bool) -> str:
        """The place of a state variable: now, or after the step in a property of steps."""

    @abstractmethod
    def argument(self, name: str) -> str:
        """The text of an argument."""

    @abstractmethod
    def literal(self, type_: Type, value: Encoded) -> str:
        """A constant of a scalar type."""

    @abstractmethod
    def connective(self, kind: Kind, operands: Sequence[str]) -> str:
        """AND or OR."""

    @abstractmethod
    def negation(self, operand: str) -> str:
        """NOT."""

    @abstractmethod
    def ternary(self, condition: str, then: str, orelse: str) -> str:
        """The conditional expression."""

    @abstractmethod
    def equals(self, left: str, right: str) -> str:
        """Equality of scalars."""

    @abstractmethod
    def element(self, base: str, container: Map | Set, index: str) -> str:
        """The item of a map, or the membership in a set, at what `index_text` gave."""

    @abstractmethod
    def index_text(self, type_: Type, expr: Expr) -> str:
        """How an index or set member is written as an index."""

    @abstractmethod
    def constant_index(self, type_: Type, position: int) -> str:
        """The index text of the value at a position of an index type."""

    @abstractmethod
    def enum_rank(self, type_: Enum, text: str) -> str:
        """The position of a member, as a number."""

    @abstractmethod
    def assignment(self, place: str, value: str) -> str:
        """The statement that gives a scalar place a value."""

    @abstractmethod
    def copy(self, place: str, source: str, type_: Type) -> None:
        """Write statements that copy a composite of the same type."""

    @abstractmethod
    def conditional(self, condition: str, then: list[str], orelse: list[str]) -> list[str]:
        """An `if` statement around finished lines."""

    @abstractmethod
    def store(self, place: str, expr: Expr) -> None:
        """Write what gives the place the value. The place may occur in the expression."""

    @abstractmethod
    def store_constant(self, place: str, type_: Type, value: Encoded) -> None:
        """Write what gives the place a constant."""

    # --- lines ------------------------------------------------------------------------------------------------------

    def emit(self, line: str) -> None:
        """Add a line."""
        self.out.append(line)

    @contextmanager
    def elsewhere(self) -> Iterator[list[str]]:
        """Collect what is emitted meanwhile in a list of its own."""
        outer, self.out = self.out, []
        try:
            yield self.out
        finally:
            self.out = outer

    def temporary(self, type_: Type) -> str:
        """A new variable of the routine."""
        self._fresh += 1
        name = f"tmp{self._fresh}"
        self.temporaries[name] = type_
        return name

    def local(self, number: int, type_: Type) -> str:
        """The variable that stands for a local of the IR."""
        name = f"t{number}"
        self.temporaries[name] = type_
        return name

    # --- places -----------------------------------------------------------------------------------------------------

    def place(self, expr: Expr) -> str | None:
        """The place whose value the expression is, or None. Optional values may be cast on the way."""
        match expr.kind:
            case Kind.STATE:
                return self.variable(expr.data, False)
            case Kind.PRIMED:
                return self.variable(expr.data, True)
            case Kind.LOCAL:
                return self.local(expr.data, expr.type)
            case Kind.CAST if not is_scalar_leaf(expr.type) and isinstance(expr.args[0].type, Option):
                return self.place(expr.args[0])
            case Kind.FIELD:
                base = self.place(expr.args[0])
                return None if base is None else f"{base}.{self.field_name(expr.data)}"
            case Kind.UNWRAP:
                base = self.place(expr.args[0])
                return None if base is None else f"{base}.value"
            case Kind.Q_AT:
                base = self.place(expr.args[0])
                return None if base is None else f"{base}.items[{self.read(expr.args[1])}]"
            case Kind.M_GET:
                base = self.place(expr.args[0])
                map_type = expr.args[0].type
                assert isinstance(map_type, Map)
                return None if base is None else self.element(base, map_type, self._index(map_type.index, expr.args[1]))
            case _:
                return None

    def field_name(self, name: str) -> str:
        """A field of an author's record."""
        return name

    def _index(self, type_: Type, index: Expr) -> str:
        if index.kind is Kind.CONST:
            known = list(values(type_))
            # An index outside stands behind a check that always fails; nothing reads what is written here.
            return self.constant_index(type_, known.index(index.data) if index.data in known else 0)
        return self.index_text(type_, index)

    def located(self, expr: Expr) -> str:
        """The place of a composite expression; one is made where there is none."""
        if expr.kind in (Kind.FIELD, Kind.UNWRAP, Kind.Q_AT, Kind.M_GET) and self.place(expr) is None:
            base = self.located(expr.args[0])
            match expr.kind:
                case Kind.FIELD:
                    return f"{base}.{self.field_name(expr.data)}"
                case Kind.UNWRAP:
                    return f"{base}.value"
                case Kind.Q_AT:
                    return f"{base}.items[{self.read(expr.args[1])}]"
                case _:
                    map_type = expr.args[0].type
                    assert isinstance(map_type, Map)
                    return self.element(base, map_type, self._index(map_type.index, expr.args[1]))
        found = self.place(expr)
        if found is None:
            found = self.temporary(expr.type)
            self.store(found, expr)
        return found

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, expr: Expr) -> str:
        """The text of a scalar expression. May emit statements that have to come before it."""
        match expr.kind:
            case Kind.CONST:
                return self.literal(expr.type, expr.data)
            case Kind.ARG:
                return self.argument(expr.data)
            case Kind.STATE | Kind.PRIMED | Kind.LOCAL | Kind.FIELD | Kind.UNWRAP | Kind.Q_AT | Kind.M_GET:
                return self.located(expr)
            case Kind.CAST:
                return self.read(expr.args[0])
            case Kind.NOT:
                return self.negation(self.read(expr.args[0]))
            case Kind.AND | Kind.OR:
                return self._connected(expr.kind, expr.args)
            case Kind.ITE:
                return self._chosen(expr)
            case Kind.EQ:
                return self._equal(*expr.args)
            case Kind.LT | Kind.LE | Kind.ADD | Kind.SUB | Kind.MUL:
                left, right = (self.read(arg) for arg in expr.args)
                return f"({left} {_COMPARISONS[expr.kind]} {right})"
            case Kind.DIV | Kind.MOD:
                return self._divided(expr)
            case Kind.RANK:
                operand = expr.args[0]
                return self.rank(operand.type, iter(self.leaves(operand)))
            case Kind.IS_SOME:
                return self.leaves(expr.args[0])[0]
            case Kind.Q_LEN:
                return f"{self.located(expr.args[0])}.{self.LENGTH}"
            case Kind.S_HAS:
                return self._member(expr.args[0], expr.args[1])
            case Kind.S_LEN:
                ones = [self.ternary(bit, "1", "0") for bit in self.leaves(expr.args[0])]
                return "(" + " + ".join(ones) + ")" if ones else "0"
            case _:
                raise InternalError(f"{expr.kind} is no scalar")

    def _connected(self, kind: Kind, operands: Sequence[Expr]) -> str:
        texts = [self.read(operands[0])]
        for position, operand in enumerate(operands[1:], 1):
            with self.elsewhere() as before:
                text = self.read(operand)
            if before:
                # The rest may be looked at only where what stands to the left has not decided.
                result = self.temporary(BOOL)
                self.emit(self.assignment(result, self.connective(kind, texts)))
                with self.elsewhere() as rest:
                    self.emit(self.assignment(result, self._connected(kind, operands[position:])))
                test = result if kind is Kind.AND else self.negation(result)
                self.out += self.conditional(test, rest, [])
                return result
            texts.append(text)
        return self.connective(kind, texts)

    def _chosen(self, expr: Expr) -> str:
        condition = self.read(expr.args[0])
        with self.elsewhere() as before:
            then, orelse = self.read(expr.args[1]), self.read(expr.args[2])
        if not before:
            return self.ternary(condition, then, orelse)
        result = self.temporary(expr.type)
        sides = []
        for side in expr.args[1:]:
            with self.elsewhere() as lines:
                self.emit(self.assignment(result, self.read(side)))
            sides.append(lines)
        self.out += self.conditional(condition, *sides)
        return result

    def _equal(self, left: Expr, right: Expr) -> str:
        if is_scalar_leaf(left.type):
            return self.equals(self.read(left), self.read(right))
        pairs = zip(self.leaves(left), self.leaves(right), strict=True)
        return self.connective(Kind.AND, [self.equals(a, b) for a, b in pairs] or [self.literal(BOOL, True)])

    def _divided(self, expr: Expr) -> str:
        """Both languages divide towards zero; the IR divides downwards."""
        left, right = (self.read(arg) for arg in expr.args)
        divisor = expr.args[1].data
        remainder = f"({left} % {right})"
        if build.interval(expr.args[0]).low < 0:
            remainder = f"(({remainder} + {divisor}) % {divisor})"
            if expr.kind is Kind.DIV:
                return f"(({left} - {remainder}) / {right})"
        return remainder if expr.kind is Kind.MOD else f"({left} / {right})"

    def rank(self, type_: Type, leaves: Iterator[str]) -> str:
        """The position of a value given by its leaves."""
        match type_:
            case Bool():
                return self.ternary(next(leaves), "1", "0")
            case Int(low, _):
                text = next(leaves)
                return text if low == 0 else f"({text} - {low})" if low > 0 else f"({text} + {-low})"
            case Enum():
                return self.enum_rank(type_, next(leaves))
            case Option(item):
                there = next(leaves)
                return self.ternary(there, f"(1 + {self.rank(item, leaves)})", "0")
            case Record(fields=fields):
                text = "0"
                for position, (_, item) in enumerate(fields):
                    part = self.rank(item, leaves)
                    text = part if position == 0 else f"({text} * {cardinality(item)} + {part})"
                return text
            case _:
                raise InternalError(f"{type_} has no ranks")

    def _member(self, set_: Expr, item: Expr) -> str:
        """Membership, taken apart along the set's own structure."""
        found = self.place(set_)
        assert isinstance(set_.type, Set)
        if found is not None:
            return self.element(found, set_.type, self._index(set_.type.item, item))
        match set_.kind:
            case Kind.S_UNION:
                return self.connective(Kind.OR, [self._member(part, item) for part in set_.args])
            case Kind.S_INTERSECT:
                return self.connective(Kind.AND, [self._member(part, item) for part in set_.args])
            case Kind.S_MINUS:
                left, right = (self._member(part, item) for part in set_.args)
                return self.connective(Kind.AND, [left, self.negation(right)])
            case Kind.S_ADD:
                return self.connective(Kind.OR, [self._member(set_.args[0], item), self._equal(set_.args[1], item)])
            case Kind.S_REMOVE:
                other = self.negation(self._equal(set_.args[1], item))
                return self.connective(Kind.AND, [self._member(set_.args[0], item), other])
            case _:
                return self.element(self.located(set_), set_.type, self._index(set_.type.item, item))

    # --- leaves -----------------------------------------------------------------------------------------------------

    def leaves(self, expr: Expr) -> list[str]:
        """The scalars a value is made of, in the order of its type."""
        type_ = expr.type
        if is_scalar_leaf(type_):
            return [self.read(expr)]
        match expr.kind:
            case Kind.CONST:
                return self.constant_leaves(type_, expr.data)
            case Kind.RECORD:
                return [leaf for arg in expr.args for leaf in self.leaves(arg)]
            case Kind.SOME:
                return [self.literal(BOOL, True), *self.leaves(expr.args[0])]
            case Kind.CAST:
                inner = expr.args[0]
                assert isinstance(type_, Option)
                assert isinstance(inner.type, Option)
                there, *parts = self.leaves(inner)
                old = self.constant_leaves(inner.type.item, default(inner.type.item))
                new = self.constant_leaves(type_.item, default(type_.item))
                changed = [
                    part if before == after else self.ternary(there, part, after)
                    for part, before, after in zip(parts, old, new, strict=True)
                ]
                return [there, *changed]
        found = self.place(expr)
        if found is None and isinstance(type_, Set) and expr.kind in _SET_BITS:
            return [self._bit(expr, position) for position in range(cardinality(type_.item))]
        return self.place_leaves(found if found is not None else self.located(expr), type_)

    def place_leaves(self, place: str, type_: Type) -> list[str]:
        """The scalars a place is made of."""
        match type_:
            case Record(fields=fields):
                return [
                    leaf
                    for name, item in fields
                    for leaf in self.place_leaves(f"{place}.{self.field_name(name)}", item)
                ]
            case Option(item):
                return [f"{place}.some", *self.place_leaves(f"{place}.value", item)]
            case Queue(item, capacity):
                slots = [leaf for i in range(capacity) for leaf in self.place_leaves(f"{place}.items[{i}]", item)]
                return [f"{place}.{self.LENGTH}", *slots]
            case Set(item):
                return [self.element(place, type_, self.constant_index(item, i)) for i in range(cardinality(item))]
            case Map(index, item):
                places = [self.element(place, type_, self.constant_index(index, i)) for i in range(cardinality(index))]
                return [leaf for part in places for leaf in self.place_leaves(part, item)]
            case _:
                return [place]

    def constant_leaves(self, type_: Type, value: Encoded) -> list[str]:
        """The scalars a constant is made of."""
        match type_:
            case Record(fields=fields):
                parts = zip(fields, value, strict=True)
                return [leaf for (_, item), part in parts for leaf in self.constant_leaves(item, part)]
            case Option(item):
                there = value is not None
                return [self.literal(BOOL, there), *self.constant_leaves(item, value if there else default(item))]
            case Queue(item, capacity):
                slots = [*value, *[default(item)] * (capacity - len(value))]
                length = self.literal(Int(0, capacity), len(value))
                return [length, *(leaf for slot in slots for leaf in self.constant_leaves(item, slot))]
            case Set(item):
                return [self.literal(BOOL, bool(value >> i & 1)) for i in range(cardinality(item))]
            case Map(_, item):
                return [leaf for part in value for leaf in self.constant_leaves(item, part)]
            case _:
                return [self.literal(type_, value)]

    def _bit(self, set_: Expr, position: int) -> str:
        """Membership of the value at a position."""
        assert isinstance(set_.type, Set)
        if set_.kind is Kind.CONST:
            return self.literal(BOOL, bool(set_.data >> position & 1))
        if set_.kind is Kind.ITE:
            condition = self.read(set_.args[0])
            return self.ternary(condition, self._bit(set_.args[1], position), self._bit(set_.args[2], position))
        member = list(values(set_.type.item))[position]
        return self._member(set_, build.constant(set_.type.item, member))
