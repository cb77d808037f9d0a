"""Bodies run symbolically, to normal forms that forget the order of what may happen in any order.

A form is made of nested tuples and frozensets, and equal forms stand for equal values. Conjunctions, disjunctions and
sums are unordered; a map or a set over interchangeable values is known item by item as soon as something changes in
it, so changes to different items commute. Undefined parts of expressions count as any value: the compiler put checks
where they would be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias, TypeGuard

from uringcheck.diagnostics import InternalError
from uringcheck.ir.nodes import Assign, Check, Cover, Expr, If, Kind, Let, Require, Statement, postorder
from uringcheck.ir.program import Block
from uringcheck.ir.renaming import Renaming, mentions
from uringcheck.ir.types import BOOL, Encoded, Map, Set, Type, is_scalar, rank, values

Form: TypeAlias = Any
"""A form; see above. What stands in front says what it is."""

TRUE: Form = ("const", True)
FALSE: Form = ("const", False)


class Outcome(NamedTuple):
    """What a body comes to: when it fails and how, when it ends well, what it makes of variables, what it covers."""

    failures: frozenset[Form]
    taken: Form
    variables: Mapping[str, Form]
    covers: frozenset[Form]


class Run:
    """One symbolic execution. Constants of interchangeable types are renamed as they are met."""

    def __init__(
        self, types: Mapping[str, Type], renaming: Renaming, started: Mapping[str, Encoded] | None = None
    ) -> None:
        """`types` are those of the variables; with `started` they have these values instead of any."""
        self._types, self._renaming = types, renaming
        self._locals: dict[int, Form] = {}
        self._variables: dict[str, Form] = {
            name: ("state", name) if started is None else self._constant(type_, started[name])
            for name, type_ in types.items()
        }
        self._alive: frozenset[Form] = frozenset()
        self._failures: set[Form] = set()
        self._covers: set[Form] = set()

    def body(self, body: tuple[Statement, ...]) -> Outcome:
        """What the body of an action comes to; to be called once."""
        self._run(body, frozenset())
        return Outcome(
            frozenset(self._failures),
            conjunction(self._alive),
            {name: _settled(form) for name, form in self._variables.items()},
            frozenset(self._covers),
        )

    def block(self, block: Block) -> Form:
        """What a property's block comes to; to be called once."""
        outcome = self.body(block.body)
        return outcome.failures, self.form(block.result)

    # --- statements -------------------------------------------------------------------------------------------------

    def _run(self, body: tuple[Statement, ...], path: frozenset[Form]) -> None:
        for statement in body:
            match statement:
                case Let(local, value):
                    self._locals[local] = self.form(value)
                case Assign(variable, value):
                    self._variables[variable] = self.form(value)
                case Require(condition):
                    self._alive |= {self.form(condition)}
                case Check(failure, condition):
                    held = self.form(condition)
                    here = conjunction(self._alive | path | {negation(held)})
                    if here != FALSE:
                        self._failures.add((failure, here))
                    self._alive |= {disjunction(frozenset({negation(conjunction(path)), held}))}
                case Cover(number):
                    self._covers.add((number, conjunction(self._alive | path)))
                case If():
                    self._branches(statement, path)
                case _:
                    # A statement that this reader does not know: nothing is the same as it.
                    self._failures.add(("unknown", object()))

    def _branches(self, statement: If, path: frozenset[Form]) -> None:
        condition = self.form(statement.condition)
        before = dict(self._variables)
        locals_ = dict(self._locals)
        self._run(statement.then, path | {condition})
        then, then_locals = self._variables, self._locals
        self._variables, self._locals = dict(before), dict(locals_)
        self._run(statement.orelse, path | {negation(condition)})
        for name, other in self._variables.items():
            self._variables[name] = self._chosen(condition, then[name], other, self._types[name])
        for number in {*then_locals, *self._locals}:
            one, two = then_locals.get(number), self._locals.get(number)
            if one is None or two is None:
                self._locals[number] = one if two is None else two
            elif one != two:
                self._locals[number] = choice(condition, one, two)

    # --- expressions ------------------------------------------------------------------------------------------------

    def form(self, root: Expr) -> Form:
        """The form of an expression here and now."""
        memo: dict[Expr, Form] = {}
        for expr in postorder(root):
            memo[expr] = self._form(expr, [memo[arg] for arg in expr.args])
        return _settled(memo[root]) if root.type == BOOL else memo[root]

    def _form(self, expr: Expr, args: list[Form]) -> Form:
        match expr.kind:
            case Kind.CONST:
                return self._constant(expr.type, expr.data)
            case Kind.STATE:
                return self._variables[expr.data]
            case Kind.LOCAL:
                return self._locals.get(expr.data, ("local", expr.data))
            case Kind.NOT:
                return negation(args[0])
            case Kind.AND:
                return conjunction(frozenset(args))
            case Kind.OR:
                return disjunction(frozenset(args))
            case Kind.ITE:
                return self._chosen(args[0], args[1], args[2], expr.type)
            case Kind.EQ:
                return equality(_settled(args[0]), _settled(args[1]))
            case Kind.ADD:
                return total(args)
            case Kind.CAST:
                # A constant keeps its value; where it stands among those of its type may differ.
                return _plain(expr.type, args[0][1]) if _is_scalar_constant(args[0], expr.type) else args[0]
            case Kind.RANK:
                ranked = expr.args[0].type
                return ("rank", object() if any(mentions(ranked)) else ranked, args[0])
            case Kind.M_GET:
                return self._item(args[0], args[1])
            case Kind.S_HAS:
                return self._item(args[0], args[1])
            case Kind.M_SET:
                return self._stored(expr.args[0].type, args[0], args[1], args[2])
            case Kind.S_ADD:
                return self._stored(expr.type, args[0], args[1], TRUE)
            case Kind.S_REMOVE:
                return self._stored(expr.type, args[0], args[1], FALSE)
            case Kind.S_UNION | Kind.S_INTERSECT | Kind.S_MINUS:
                return self._combined(expr, args)
            case kind:
                return (kind, expr.data, *map(_settled, args))

    def _constant(self, type_: Type, value: Encoded) -> Form:
        return _spelled(type_, self._renaming.value(type_, value))

    def _itemwise(self, type_: Type, form: Form) -> tuple[Form, ...] | None:
        """The items of a map or set over interchangeable values, by rank; None for another one."""
        index = type_.index if isinstance(type_, Map) else type_.item if isinstance(type_, Set) else None
        if index is None or not any(mentions(index)):
            return None
        if isinstance(form, tuple) and form[0] == "items":
            return form[1:]
        return tuple(("item", form, _plain(index, value)) for value in values(index))

    def _item(self, container: Form, index: Form) -> Form:
        if isinstance(container, tuple) and container[0] == "items":
            if isinstance(index, tuple) and index[0] == "const":
                position = index[2] if len(index) > 2 else None
                if isinstance(position, int):
                    return container[1 + position]
            return ("item", _settled(container), index)
        return ("item", container, index)

    def _stored(self, type_: Type, container: Form, index: Form, item: Form) -> Form:
        known = self._itemwise(type_, container)
        if known is None:
            return ("stored", _settled(container), index, _settled(item))
        assert isinstance(type_, (Map, Set))
        inner = type_.index if isinstance(type_, Map) else type_.item
        kept = type_.item if isinstance(type_, Map) else BOOL
        made = []
        for value, old in zip(values(inner), known, strict=True):
            made.append(self._chosen(equality(index, _plain(inner, value)), item, old, kept))
        return ("items", *made)

    def _combined(self, expr: Expr, args: list[Form]) -> Form:
        left, right = (self._itemwise(expr.type, form) for form in args)
        if left is None or right is None:
            forms = tuple(map(_settled, args))
            return (expr.kind, forms if expr.kind is Kind.S_MINUS else frozenset(forms))
        made = []
        for one, other in zip(left, right, strict=True):
            match expr.kind:
                case Kind.S_UNION:
                    made.append(disjunction(frozenset({one, other})))
                case Kind.S_INTERSECT:
                    made.append(conjunction(frozenset({one, other})))
                case _:
                    made.append(conjunction(frozenset({one, negation(other)})))
        return ("items", *made)

    def _chosen(self, condition: Form, then: Form, orelse: Form, type_: Type) -> Form:
        if then == orelse or condition == TRUE:
            return then
        if condition == FALSE:
            return orelse
        if "items" in (_head(then), _head(orelse)):
            one, other = self._itemwise(type_, then), self._itemwise(type_, orelse)
            if one is None or other is None:
                raise InternalError(f"{type_} is known item by item on one side only")
            item: Type = type_.item if isinstance(type_, Map) else BOOL
            return ("items", *(self._chosen(condition, a, b, item) for a, b in zip(one, other, strict=True)))
        if type_ == BOOL:
            return disjunction(
                frozenset(
                    {conjunction(frozenset({condition, then})), conjunction(frozenset({negation(condition), orelse}))}
                )
            )
        return choice(condition, then, orelse)


def _is_scalar_constant(form: Form, type_: Type) -> TypeGuard[tuple[object, ...]]:
    return isinstance(form, tuple) and form[0] == "const" and is_scalar(type_)


def _head(form: Form) -> object:
    return form[0] if isinstance(form, tuple) else None


def _spelled(type_: Type, value: Encoded) -> Form:
    """A constant; sets and maps over interchangeable values item by item, as they are after a change."""
    if isinstance(type_, Set) and any(mentions(type_)):
        return ("items", *(("const", bool(value >> bit & 1)) for bit, _ in enumerate(values(type_.item))))
    if isinstance(type_, Map) and any(mentions(type_.index)):
        return ("items", *(_spelled(type_.item, part) for part in value))
    return _plain(type_, value)


def _plain(type_: Type, value: Encoded) -> Form:
    """A constant; one that may be an index of interchangeable values knows its rank, a container its type."""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if not is_scalar(type_):
        return ("const", value, type_)
    return ("const", value, rank(type_, value)) if any(mentions(type_)) else ("const", value)


def _settled(form: Form) -> Form:
    """The same form: items that are all still those of one container are that container again."""
    if isinstance(form, tuple) and form and form[0] == "items" and len(form) > 1:
        first = form[1]
        if isinstance(first, tuple) and first[0] == "item":
            base = first[1]
            if all(_head(part) == "item" and part[1] == base and _is_at(part[2], i) for i, part in enumerate(form[1:])):
                return base
    return form


def _is_at(index: Form, position: int) -> bool:
    return isinstance(index, tuple) and index[0] == "const" and len(index) > 2 and index[2] == position


def negation(form: Form) -> Form:
    """Not."""
    if form in (TRUE, FALSE):
        return FALSE if form == TRUE else TRUE
    match form:
        case ("not", inner):
            return inner
        case ("and", parts):
            return disjunction(frozenset(map(negation, parts)))
        case ("or", parts):
            return conjunction(frozenset(map(negation, parts)))
    return ("not", form)


def conjunction(parts: frozenset[Form]) -> Form:
    """And, in any order."""
    return _joined("and", parts, TRUE, FALSE)


def disjunction(parts: frozenset[Form]) -> Form:
    """Or, in any order."""
    return _joined("or", parts, FALSE, TRUE)


def _joined(word: str, parts: frozenset[Form], unit: Form, zero: Form) -> Form:
    flat: set[Form] = set()
    for part in parts:
        if _head(part) == word:
            assert isinstance(part, tuple)
            flat |= part[1]
        elif part != unit:
            flat.add(part)
    if zero in flat or any(negation(part) in flat for part in flat if _head(part) == "not"):
        return zero
    if not flat:
        return unit
    return next(iter(flat)) if len(flat) == 1 else (word, frozenset(flat))


def equality(left: Form, right: Form) -> Form:
    """Equality; of two constants it is known."""
    if left == right:
        return TRUE
    if _head(left) == "const" and _head(right) == "const":
        assert isinstance(left, tuple) and isinstance(right, tuple)
        return TRUE if left[1] == right[1] else FALSE
    return ("=", frozenset({left, right}))


def total(parts: list[Form]) -> Form:
    """A sum, in any order."""
    terms: Counter[Form] = Counter()
    known = 0
    for part in parts:
        if _head(part) == "+":
            assert isinstance(part, tuple)
            known += part[1]
            for term, count in part[2]:
                terms[term] += count
        elif _head(part) == "const":
            assert isinstance(part, tuple)
            known += part[1]
        else:
            terms[part] += 1
    return ("+", known, frozenset(terms.items()))


def choice(condition: Form, then: Form, orelse: Form) -> Form:
    """`then` where the condition is true; of a negated condition the other way round."""
    if _head(condition) == "not":
        assert isinstance(condition, tuple)
        return ("if", condition[1], orelse, then)
    return ("if", condition, then, orelse)
