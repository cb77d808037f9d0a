"""What Murphi and Promela have in common: assignable places, and expressions over scalars only.

Both languages have records and arrays but no expressions of such types. A composite expression is therefore either a
*place* (part of a variable), or it is *stored* piece by piece into one; what is neither goes through a temporary.
Comparisons, membership and lengths are taken apart into their scalar *leaves*. Unused room in a place (slots of a queue
behind its end, the value of an option that is none) always holds the default of its type, so equal values are equal bit
by bit and the other tool counts the same states.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from uringcheck.ir.build import FALSE
from uringcheck.ir.nodes import Assign, Check, Cover, Expr, If, Kind, Let, Require, Statement, postorder
from uringcheck.ir.types import BOOL, Bool, Encoded, Enum, Map, Queue, Record, Set, Type, default
from uringcheck.lower.imperative_reading import Reading, is_scalar_leaf


class Words(Protocol):
    """The identifiers of a text, as far as both languages have the same."""

    def argument(self, name: str) -> str:
        """An argument."""
        ...

    def member(self, type_: Enum, position: int) -> str:
        """A member of an enum."""
        ...


class Imperative(Reading):
    """Writes statements into `out`. One object writes one routine; `temporaries` are what it has to declare."""

    # --- words: patterns of the language that a text is in ------------------------------------------------------------

    AND, OR = "&", "|"
    TERNARY, EQUALS, ASSIGNED = "", "", ""

    #: The identifiers of the text.
    words: Words

    def argument(self, name: str) -> str:
        """The text of an argument."""
        return self.words.argument(name)

    def literal(self, type_: Type, value: Encoded) -> str:
        """A constant of a scalar type."""
        match type_:
            case Bool():
                return "true" if value else "false"
            case Enum():
                return self.words.member(type_, value)
            case _:
                return str(value) if value >= 0 else f"({value})"

    def connective(self, kind: Kind, operands: Sequence[str]) -> str:
        """AND or OR."""
        word = self.AND if kind is Kind.AND else self.OR
        return operands[0] if len(operands) == 1 else "(" + f" {word} ".join(operands) + ")"

    def negation(self, operand: str) -> str:
        """NOT."""
        plain = operand.startswith("(") or operand.replace("_", "a").isalnum()
        return f"!{operand}" if plain else f"!({operand})"

    def ternary(self, condition: str, then: str, orelse: str) -> str:
        """The conditional expression."""
        return self.TERNARY.format(condition, then, orelse)

    def equals(self, left: str, right: str) -> str:
        """Equality of scalars."""
        return self.EQUALS.format(left, right)

    def assignment(self, place: str, value: str) -> str:
        """The statement that gives a scalar place a value."""
        return self.ASSIGNED.format(place, value)

    @abstractmethod
    def failing(self, statement: Check) -> None:
        """Write what happens where a check of the spec fails."""

    @abstractmethod
    def remark(self, text: str) -> None:
        """Write a comment."""

    # --- statements -------------------------------------------------------------------------------------------------

    def body(self, body: Sequence[Statement]) -> None:
        """Write statements. `Require` has been dealt with before: it is left out."""
        for statement in body:
            self.statement(statement)
            if always_fails(statement):
                return

    def statement(self, statement: Statement) -> None:
        """Write one statement."""
        match statement:
            case Let(local, value):
                self.store(self.local(local, value.type), value)
            case Assign(variable, value):
                self.assign_variable(variable, value)
            case Check():
                self.failing(statement)
            case Cover():
                self.remark(f"cover({statement.number}), {statement.span}")
            case If(condition, then, orelse):
                test = self.read(condition)
                with self.elsewhere() as then_lines:
                    self.body(then)
                with self.elsewhere() as else_lines:
                    self.body(orelse)
                if then_lines or else_lines:
                    self.out += self.conditional(test, then_lines, else_lines)
            case Require():
                pass

    def assign_variable(self, name: str, value: Expr) -> None:
        """Write the assignment of a state variable."""
        self.store(self.variable(name, False), value)

    # --- storing ----------------------------------------------------------------------------------------------------

    def store(self, place: str, expr: Expr) -> None:
        """Write what gives the place the value. The place may occur in the expression."""
        type_ = expr.type
        if is_scalar_leaf(type_):
            text = self.read(expr)
            if text != place:
                self.emit(self.assignment(place, text))
            return
        source = None if expr.kind is Kind.CAST else self.place(expr)
        if source is not None:
            if source != place:
                self.copy(place, source, type_)
            return
        match expr.kind:
            case Kind.CONST:
                self.store_constant(place, type_, expr.data)
            case Kind.ITE:
                condition = self.read(expr.args[0])
                sides = []
                for side in expr.args[1:]:
                    with self.elsewhere() as lines:
                        self.store(place, side)
                    sides.append(lines)
                if sides[0] or sides[1]:
                    self.out += self.conditional(condition, *sides)
            case Kind.RECORD:
                self._store_record(place, expr)
            case Kind.M_SET:
                self._store_item(place, expr)
            case Kind.Q_PUSH | Kind.Q_POP:
                self._store_queue(place, expr)
            case Kind.S_ADD | Kind.S_REMOVE:
                self._store_member(place, expr)
            case _:
                leaves = self.leaves(expr)
                if len(leaves) > 1 and _root(place) in _roots(self, expr):
                    kept = self.temporary(type_)
                    self._store_leaves(kept, type_, leaves)
                    self.copy(place, kept, type_)
                else:
                    self._store_leaves(place, type_, leaves)

    def store_constant(self, place: str, type_: Type, value: Encoded) -> None:
        """Write what gives the place a constant."""
        self._store_leaves(place, type_, self.constant_leaves(type_, value))

    def _store_leaves(self, place: str, type_: Type, leaves: list[str]) -> None:
        for target, leaf in zip(self.place_leaves(place, type_), leaves, strict=True):
            if target != leaf:
                self.emit(self.assignment(target, leaf))

    def _saved(self, expr: Expr, root: str) -> str:
        """The place or text of an operand as it is now, though the place `root` is part of will change."""
        if root not in _roots(self, expr):
            if is_scalar_leaf(expr.type):
                return self.read(expr)
            if expr.kind is not Kind.CAST:
                return self.located(expr)
        kept = self.temporary(expr.type)
        self.store(kept, expr)
        return kept

    def _put(self, place: str, source: str, type_: Type) -> None:
        if is_scalar_leaf(type_):
            self.emit(self.assignment(place, source))
        else:
            self.copy(place, source, type_)

    def _store_record(self, place: str, expr: Expr) -> None:
        assert isinstance(expr.type, Record)
        changed = [
            (f"{place}.{self.field_name(name)}", part)
            for (name, _), part in zip(expr.type.fields, expr.args, strict=True)
            if self.place(part) != f"{place}.{self.field_name(name)}"
        ]
        if len(changed) == 1:
            self.store(*changed[0])
            return
        if not any(_root(place) in _roots(self, part) for _, part in changed):
            for target, part in changed:
                self.store(target, part)
            return
        saved = [(target, part.type, self._saved(part, _root(place))) for target, part in changed]
        for target, type_, source in saved:
            self._put(target, source, type_)

    def _store_item(self, place: str, expr: Expr) -> None:
        map_, index, item = expr.args
        assert isinstance(map_.type, Map)
        root = _root(place)
        if root in _roots(self, index):
            where = self._saved_index(index)
        else:
            where = self._index(map_.type.index, index)
        if self.place(map_) == place:
            self.store(self.element(place, map_.type, where), item)
            return
        source = self._saved(item, root)
        self.store(place, map_)
        self._put(self.element(place, map_.type, where), source, item.type)

    def _saved_index(self, index: Expr) -> str:
        kept = self.temporary(index.type)
        self.store(kept, index)
        return self.index_of_place(index.type, kept)

    @abstractmethod
    def index_of_place(self, type_: Type, place: str) -> str:
        """How the value in a place is written as an index."""

    def _store_queue(self, place: str, expr: Expr) -> None:
        queue = expr.args[0]
        assert isinstance(queue.type, Queue)
        in_place = self.place(queue) == place
        if expr.kind is Kind.Q_PUSH:
            item = expr.args[1]
            slot = f"{place}.items[{place}.{self.LENGTH}]"
            if in_place:
                self.store(slot, item)
            else:
                source = self._saved(item, _root(place))
                self.store(place, queue)
                self._put(slot, source, item.type)
            self.emit(self.assignment(f"{place}.{self.LENGTH}", f"{place}.{self.LENGTH} + 1"))
            return
        if not in_place:
            self.store(place, queue)
        last = queue.type.capacity - 1
        for position in range(last):
            self._put(f"{place}.items[{position}]", f"{place}.items[{position + 1}]", queue.type.item)
        if last >= 0:
            self.store_constant(f"{place}.items[{last}]", queue.type.item, default(queue.type.item))
        self.emit(self.assignment(f"{place}.{self.LENGTH}", f"{place}.{self.LENGTH} - 1"))

    def _store_member(self, place: str, expr: Expr) -> None:
        set_, item = expr.args
        assert isinstance(set_.type, Set)
        in_place = self.place(set_) == place
        if in_place or _root(place) not in _roots(self, item):
            where = self._index(set_.type.item, item)
        else:
            where = self._saved_index(item)
        if not in_place:
            self.store(place, set_)
        self.emit(self.assignment(self.element(place, set_.type, where), self.literal(BOOL, expr.kind is Kind.S_ADD)))


def always_fails(statement: Statement) -> bool:
    """Whether nothing behind the statement ever runs; the other tool might refuse what stands there."""
    return isinstance(statement, Check) and statement.condition is FALSE


def _root(place: str) -> str:
    """The variable that a place is part of."""
    for position, character in enumerate(place):
        if character in ".[":
            return place[:position]
    return place


def _roots(lowering: Imperative, expr: Expr) -> set[str]:
    """The variables whose places an expression reads."""
    return {
        lowering.place(part) or "" for part in postorder(expr) if part.kind in (Kind.STATE, Kind.PRIMED, Kind.LOCAL)
    }
