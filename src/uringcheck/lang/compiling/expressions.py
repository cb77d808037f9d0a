"""Expressions of the author's language to IR expressions."""

from __future__ import annotations

import ast
import builtins
import enum
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType, ModuleType
from typing import Any

from uringcheck.diagnostics import did_you_mean
from uringcheck.ir import build, types
from uringcheck.ir.nodes import Expr, Failure, Kind
from uringcheck.ir.sizes import Size
from uringcheck.lang.compiling.emitter import Emitter, none_of
from uringcheck.lang.compiling.subset import REFUSED, advice
from uringcheck.lang.compiling.values import (
    NONE,
    ContainerMethod,
    Known,
    Method,
    PartsRef,
    Place,
    SiteRef,
    Unassigned,
    Value,
)
from uringcheck.lang.interchangeable import Interchangeable, enum_type
from uringcheck.lang.models import (
    LinkDeclaration,
    Model,
    PartDeclaration,
    SlotDeclaration,
    members_of,
)
from uringcheck.lang.records import Record
from uringcheck.lang.symbolic import Param
from uringcheck.lang.tree import Site, replicated_variable, scope
from uringcheck.lang.values import encode
from uringcheck.lang.variables import Variable

Thunk = Callable[[], Expr]

_ARITHMETIC: dict[type[ast.operator], Callable[..., Expr]] = {
    ast.Add: build.add,
    ast.Sub: build.sub,
    ast.Mult: build.mul,
}
_SET_OPERATORS = {ast.BitOr: Kind.S_UNION, ast.BitAnd: Kind.S_INTERSECT, ast.Sub: Kind.S_MINUS}
_ORDER: dict[type[ast.cmpop], Callable[[Expr, Expr], Expr]] = {
    ast.Lt: build.lt,
    ast.LtE: build.le,
    ast.Gt: lambda a, b: build.lt(b, a),
    ast.GtE: lambda a, b: build.le(b, a),
}
_CONTAINER_METHODS = {
    types.Queue: ("push", "pop", "clear"),
    types.Set: ("add", "remove", "discard", "clear", "isdisjoint"),
    types.Map: (),
}
_CONTAINER_PROPERTIES = {types.Queue: ("head", "last", "empty", "full"), types.Set: ("empty",), types.Map: ()}


class Expressions(Emitter):
    """Compiles expressions. Order of evaluation, short circuits and failures are those of CPython."""

    # --- entry points -----------------------------------------------------------------------------------------------

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for."""
        if type(node) in REFUSED:
            self.fail("UC203", node, f"`{type(node).__name__}` is not in the language", advice(node))
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._narrowed(self._name(node))
            case ast.Attribute():
                return self._narrowed(self._attribute(node))
            case ast.Subscript():
                return self._narrowed(self._subscript(node))
            case ast.BoolOp():
                thunks = [lambda operand=operand: self.boolean(operand) for operand in node.values]
                return self.short_circuit(isinstance(node.op, ast.And), thunks, node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BinOp():
                return self._binary(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.IfExp():
                return self._conditional(node)
            case ast.Call():
                return self.call(node)
        raise AssertionError(node)

    def call(self, node: ast.Call) -> Value:
        """A call; see `calls`."""
        raise NotImplementedError

    def inline(self, method: Method, node: ast.AST) -> Value:
        """The value of a property of a model or record; see `calls`."""
        raise NotImplementedError

    def expr(self, node: ast.expr) -> Expr:
        """An expression that must have a value of the state's types."""
        return self.as_expr(self.value(node), node)

    def as_expr(self, value: Value, node: ast.AST) -> Expr:
        """The value as an IR expression, or an error that says what it is instead."""
        match value:
            case Expr():
                return value
            case Place():
                return value.read()
            case Unassigned():
                self.fail("UC209", node, "this may have no value here", "assign it on every path before it is read")
            case Known(None):
                self.fail(
                    "UC314",
                    node,
                    "None has no value here",
                    "compare with `is None`, or assign it to an optional variable",
                )
            case Known(str()):
                self.fail("UC207", node, "text has no place in a step", "use an Enum")
            case SiteRef() | PartsRef():
                self.fail("UC311", node, "a part is not a value", "name one of its variables")
            case Method() | ContainerMethod():
                self.fail("UC311", node, "a method is not a value", "call it: add ()")
            case Known(value=known):
                name = getattr(known, "__name__", repr(known))
                self.fail(
                    "UC207", node, f"`{name}` is not a value of the language", "integers, booleans and enum members are"
                )

    def boolean(self, node: ast.expr) -> Expr:
        """An expression that must be a boolean."""
        return self.as_boolean(self.value(node), node)

    def as_boolean(self, value: Value, node: ast.AST) -> Expr:
        """The value as a boolean; truthiness of anything else is refused."""
        made = self.as_expr(value, node)
        if made.type != types.BOOL:
            hint = {types.Int: "compare it: != 0", types.Option: "test it: is not None"}.get(
                type(made.type), "compare it, or test `.empty`"
            )
            self.fail("UC312", node, f"this is {made.type}, and a boolean is needed", hint)
        return made

    def number(self, node: ast.expr) -> Expr:
        """An expression that must be an integer."""
        return self.as_number(self.value(node), node)

    def as_number(self, value: Value, node: ast.AST) -> Expr:
        """The value as an integer."""
        made = self.present(self.as_expr(value, node), node)
        if not isinstance(made.type, types.Int):
            if isinstance(made.type, types.Enum) and made.type.interchangeable:
                self.fail(
                    "UC317", node, f"`{made.type}` is interchangeable: it has no order and no arithmetic",
                    "compare with == and !=, look it up in maps and sets, or declare ints(low, high) instead",
                )  # fmt: skip
            hint = "use `1 if ... else 0`" if made.type == types.BOOL else ""
            self.fail("UC311", node, f"this is {made.type}, and an integer is needed", hint)
        return made

    def kept_apart(self, left: types.Type, right: types.Type, node: ast.AST) -> None:
        """Refuse a mixture of interchangeable values and anything else as that; nothing where neither is one."""
        for type_ in (left, right):
            item = type_.item if isinstance(type_, types.Option) else type_
            if isinstance(item, types.Enum) and item.interchangeable:
                self.fail(
                    "UC318", node, f"`{item}` is interchangeable, and none of its values can be written down",
                    "take it as an argument, or go over all of them: any(... for x in ...)",
                )  # fmt: skip

    def _narrowed(self, value: Value) -> Value:
        """An optional value that is known to be there as its item."""
        if isinstance(value, Expr) and isinstance(value.type, types.Option) and build.is_some(value) in self.facts:
            return build.unwrap(value)
        return value

    def present(self, value: Expr, node: ast.AST) -> Expr:
        """The item of an optional value that is known to be there; other values as they are."""
        if not isinstance(value.type, types.Option):
            return value
        if build.is_some(value) is not build.TRUE and build.is_some(value) not in self.facts:
            self.fail(
                "UC314", node, "this may be None here", "test it first: `if x is not None`, or require(x is not None)"
            )
        return build.unwrap(value)

    def operands(self, nodes: Sequence[ast.expr], compile_one: Callable[[ast.expr], Expr]) -> list[Expr]:
        """Operands from left to right; a later one that changes the state does not change an earlier value."""
        made: list[Expr] = []
        for node in nodes:
            with self.held(*made) as kept:
                value = compile_one(node)
            made = [*kept, value]
        return made

    # --- leaves -----------------------------------------------------------------------------------------------------

    def _constant(self, node: ast.Constant) -> Value:
        match node.value:
            case bool(value):
                return build.TRUE if value else build.FALSE
            case int(value):
                return build.integer(value, self.span(node))
            case None:
                return NONE
            case str(text):
                return Known(text)
        self.fail(
            "UC207", node, f"{node.value!r} is not a value of the language", "integers, booleans and enum members are"
        )

    def _name(self, node: ast.Name) -> Value:
        held = self.frame.names.get(node.id)
        if held is not None:
            if isinstance(held, Unassigned):
                self.as_expr(held, node)
            return held
        function = self.frame.function
        known: dict[str, Any] = {}
        if function is not None:
            cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
            known = {name: cell.cell_contents for name, cell in cells}
            if node.id not in known and node.id in function.__globals__:
                known = function.__globals__
        if node.id in known:
            return self.known(known[node.id], node, None)
        if hasattr(builtins, node.id):
            return Known(getattr(builtins, node.id))
        names = [*self.frame.names, *(function.__globals__ if function else ())]
        self.fail("UC205", node, f"unknown name `{node.id}`", did_you_mean(node.id, names))

    def known(self, value: Any, node: ast.AST, site: Site | None) -> Value:
        """A Python object that the spec refers to: frozen into the program, or refused."""
        match value:
            case Param():
                return self._parameter(value, site)
            case bool():
                return build.TRUE if value else build.FALSE
            case int():
                return build.integer(value, self.span(node))
            case enum.Enum():
                return self.member(value)
            case None:
                return NONE
            case Interchangeable():
                return Known(value.type(scope(site or self.shared.tree.root, self.shared.tree.binding)))
            case type() | FunctionType() | ModuleType():
                return Known(value)
        if callable(value):
            return Known(value)
        self.fail(
            "UC207", node, f"a {type(value).__name__} cannot be used in a step",
            "only integers, booleans, enum members, parameters, functions and classes may be referred to",
        )  # fmt: skip

    def member(self, value: enum.Enum) -> Expr:
        """An enum member as a constant."""
        type_ = enum_type(type(value))
        return build.constant(type_, encode(type_, value))

    def _parameter(self, param: Param, site: Site | None) -> Value:
        if site is not None and param.name in site.wires:
            return self._wired(param, site)
        if param.is_switch:
            return build.toggle(site.qualified(param.name) if site is not None else param.name)
        value = scope(site or self.shared.tree.root, self.shared.tree.binding)(param)
        return self.member(value) if isinstance(value, enum.Enum) else build.integer(value)

    def _wired(self, param: Param, site: Site) -> Value:
        """A part's parameter that the enclosing model settles; a switch stays the enclosing model's switch."""
        wire = site.wires[param.name]
        if not param.is_switch or not isinstance(wire, Param):
            value = site.parameters[param.name]
            if isinstance(value, bool):
                return build.TRUE if value else build.FALSE
            return self.member(value) if isinstance(value, enum.Enum) else build.integer(value)
        owner = site.parent
        while owner is not None and members_of(owner.cls).get(wire.name) is not wire:
            owner = owner.parent
        return self._parameter(wire, owner)

    # --- attributes and indices -------------------------------------------------------------------------------------

    def _attribute(self, node: ast.Attribute) -> Value:
        base = self.value(node.value)
        if isinstance(base, SiteRef):
            return self._site_member(base, node)
        if isinstance(base, Known):
            return self._known_member(base.value, node)
        if isinstance(base, (Place, Expr)):
            type_ = base.type
            for container, names in _CONTAINER_METHODS.items():
                if isinstance(type_, container):
                    if node.attr in names:
                        return ContainerMethod(base, node.attr)
                    if node.attr in _CONTAINER_PROPERTIES[container]:
                        return self._container_property(self.as_expr(base, node), node)
                    self._no_member(f"a {type_}", node, [*names, *_CONTAINER_PROPERTIES[container]])
            record = self.present(self.as_expr(base, node.value), node.value)
            if isinstance(record.type, types.Record):
                return self._record_member(record, record.type, node)
            self.fail("UC205", node, f"{record.type} has no attribute `{node.attr}`")
        self.as_expr(base, node.value)
        raise AssertionError

    def _no_member(self, what: str, node: ast.Attribute, known: Iterable[str]) -> None:
        self.fail("UC205", node, f"{what} has no member `{node.attr}`", did_you_mean(node.attr, known))

    def _site_member(self, base: SiteRef, node: ast.Attribute) -> Value:
        site, members = base.site, members_of(base.site.cls)
        member = members.get(node.attr, Unassigned)
        match member:
            case Param():
                return self._parameter(member, site)
            case Variable():
                variable = replicated_variable(site.variables[node.attr], site.replicas)
                inner = site.variables[node.attr].type
                place = Place(variable, base.indices, inner, base.primed)
                return place if isinstance(inner, (types.Queue, types.Set, types.Map)) else place.read()
            case PartDeclaration() | SlotDeclaration():
                part = site.parts[node.attr]
                if len(part.replicas) > len(base.indices):
                    return PartsRef(part, base.indices, base.primed)
                return SiteRef(part, base.indices, base.primed)
            case LinkDeclaration():
                target = site.links[node.attr]
                return SiteRef(target, base.indices[: len(target.replicas)], base.primed)
            case property(fget=getter):
                return self.inline(Method(getter, base), node)
            case FunctionType():
                return Method(member, base)
            case staticmethod():
                return Known(member.__func__)
        if member is Unassigned:
            self._no_member(f"`{site.cls.__name__}`", node, members)
        return self.known(member, node, site)

    def _known_member(self, value: Any, node: ast.Attribute) -> Value:
        if isinstance(value, type) and issubclass(value, enum.Enum):
            if node.attr not in value.__members__:
                self._no_member(f"enum `{value.__name__}`", node, value.__members__)
            made = self.member(value[node.attr])
            if isinstance(made.type, types.Enum) and made.type.interchangeable and not self.pure:
                self.fail(
                    "UC318", node, f"`{node.attr}` is interchangeable with every `{made.type}`, and singled out here",
                    "take it as an argument, go over all of them, or do not call them interchangeable",
                )  # fmt: skip
            return made
        if isinstance(value, ModuleType):
            if not hasattr(value, node.attr):
                self._no_member(f"module `{value.__name__}`", node, vars(value))
            return self.known(getattr(value, node.attr), node, None)
        if isinstance(value, type) and issubclass(value, Model):
            member = members_of(value).get(node.attr)
            if isinstance(member, (bool, int, enum.Enum, FunctionType)):
                return self.known(member, node, None)
        self.fail("UC205", node, f"`{getattr(value, '__name__', value)}` has no member `{node.attr}` to use here")

    def _record_member(self, record: Expr, type_: types.Record, node: ast.Attribute) -> Value:
        names = [name for name, _ in type_.fields]
        if node.attr in names:
            return build.field(record, node.attr, self.span(node))
        for cls in type_.origin.__mro__ if type_.origin else ():
            member = vars(cls).get(node.attr)
            if isinstance(member, property):
                return self.inline(Method(member.fget, record), node)
            if isinstance(member, FunctionType) and cls is not Record:
                return Method(member, record)
        self._no_member(f"`{type_}`", node, names)
        raise AssertionError

    def _container_property(self, container: Expr, node: ast.Attribute) -> Expr:
        if isinstance(container.type, types.Set):
            return build.eq(container, build.constant(container.type, 0))
        assert isinstance(container.type, types.Queue)
        length = build.q_len(container)
        match node.attr:
            case "empty":
                return build.eq(length, build.integer(0))
            case "full":
                return build.le(build.integer(container.type.capacity), length)
            case "head" | "last":
                self.check(Failure.DOMAIN, build.le(build.integer(1), length), f"{node.attr} of an empty queue", node)
                index = build.integer(0) if node.attr == "head" else build.sub(length, build.integer(1))
                return build.q_at(container, index, self.span(node))
        raise AssertionError(node.attr)

    def frozen(self, value: Expr, node: ast.AST) -> Expr:
        """A value that no later change of state can touch."""
        if value.kind in (Kind.CONST, Kind.ARG, Kind.LOCAL):
            return value
        return self.local(value, self.span(node))

    def _subscript(self, node: ast.Subscript) -> Value:
        base = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            self.fail("UC203", node.slice, "`Slice` is not in the language", advice(node.slice))
        if isinstance(base, PartsRef):
            replica = base.site.replicas[len(base.indices)]
            index = self._index(
                replica.type, node.slice, f"the index is not one of {types.cardinality(replica.type)} parts"
            )
            return SiteRef(base.site, (*base.indices, self.frozen(index, node)), base.primed)
        container = base.type if isinstance(base, (Place, Expr)) else None
        if isinstance(container, types.Map):
            low_high = (
                f"{container.index.low}..{container.index.high}" if isinstance(container.index, types.Int) else ""
            )
            message = f"the index leaves {low_high}" if low_high else f"the index is not a value of {container.index}"
            index = self._index(container.index, node.slice, message)
            if isinstance(base, Place):
                if isinstance(container.item, (types.Queue, types.Set, types.Map)):
                    index = self.frozen(index, node)
                inner = Place(base.variable, (*base.indices, index), container.item, base.primed)
                return inner if isinstance(inner.type, (types.Queue, types.Set, types.Map)) else inner.read()
            return build.m_get(self.as_expr(base, node), index, self.span(node))
        if isinstance(container, types.Queue):
            with self.held() as _:
                position = self.number(node.slice)
            queue = self.as_expr(base, node)
            inside = build.and_(build.le(build.integer(0), position), build.lt(position, build.q_len(queue)))
            self.check(Failure.DOMAIN, inside, "the index lies outside the queue", node)
            return build.q_at(queue, position, self.span(node))
        self.fail("UC311", node, "this cannot be indexed", "queues, maps and replicated parts can")

    def _index(self, type_: types.Type, node: ast.expr, message: str) -> Expr:
        """An index of a map or of replicated parts, checked to be one."""
        index = self.expr(node)
        if not isinstance(type_, types.Option):
            index = self.present(index, node)
        elif not isinstance(index.type, types.Option):
            index = build.some(index)
        if types.join(index.type, type_) is None:
            self.kept_apart(index.type, type_, node)
            self.fail("UC311", node, f"the index is {index.type}, and {type_} is needed")
        self.check(Failure.DOMAIN, build.in_type(index, type_), message, node)
        return build.cast(index, type_)

    # --- operators --------------------------------------------------------------------------------------------------

    def short_circuit(self, conjunction: bool, thunks: Sequence[Thunk], node: ast.AST) -> Expr:
        """`and` or `or` over operands that are compiled (and run) only as far as needed."""
        first = thunks[0]()
        if len(thunks) == 1:
            return first
        if build.is_constant(first) and bool(first.data) != conjunction:
            return first

        def rest() -> Expr:
            return self.short_circuit(conjunction, thunks[1:], node)

        def stop() -> Expr:
            return build.FALSE if conjunction else build.TRUE

        value = self.choose(first, rest if conjunction else stop, stop if conjunction else rest, node)
        return self.as_boolean(value, node)

    def _unary(self, node: ast.UnaryOp) -> Value:
        match node.op:
            case ast.Not():
                return build.not_(self.boolean(node.operand), self.span(node))
            case ast.USub():
                return build.sub(build.integer(0), self.number(node.operand), self.span(node))
            case ast.UAdd():
                return self.number(node.operand)
        self.fail("UC203", node, f"`{type(node.op).__name__}` is not in the language", "there are no bit operations")

    def _binary(self, node: ast.BinOp) -> Value:
        return self.operate(type(node.op), self.operands([node.left, node.right], self.expr), node)

    def operate(self, operator: type[ast.operator], operands: list[Expr], node: ast.AST) -> Expr:
        """A binary operator on two values."""
        left, right = operands
        if isinstance(left.type, types.Set) and operator in _SET_OPERATORS:
            if left.type != right.type:
                self.fail(
                    "UC315", node, f"one side is {left.type}, the other {right.type}", "both sets must be over one type"
                )
            return build.s_combine(_SET_OPERATORS[operator], left, right, self.span(node))
        left, right = self.as_number(left, node), self.as_number(right, node)
        if operator in _ARITHMETIC:
            return _ARITHMETIC[operator](left, right, self.span(node))
        if operator in (ast.FloorDiv, ast.Mod):
            if not build.is_constant(right) or right.data <= 0:
                self.fail("UC313", node, "the divisor must be a positive constant", "use a parameter or a number")
            return (build.div if operator is ast.FloorDiv else build.mod)(left, right, self.span(node))
        self.fail("UC203", node, f"`{operator.__name__}` is not in the language", "integers have + - * // %")

    def _conditional(self, node: ast.IfExp) -> Value:
        condition = self.boolean(node.test)
        value = self.choose(condition, lambda: self.value(node.body), lambda: self.value(node.orelse), node)
        if isinstance(value, Unassigned):
            self.fail("UC311", node, "the two sides have no common type", "both sides must be of one type")
        return value

    def _comparison(self, node: ast.Compare) -> Value:
        """`a < b < c`: each operand once, later ones only while the earlier comparisons are true."""
        left = self.value(node.left)
        held = left.read() if isinstance(left, Place) else left

        def link(position: int, left: Value) -> Expr:
            operator, right_node = node.ops[position], node.comparators[position]
            if isinstance(operator, (ast.In, ast.NotIn)):
                found = self._membership(self.as_expr(left, node.left), right_node)
                first, right = (found if isinstance(operator, ast.In) else build.not_(found)), left
            else:
                with self.held(*([left] if isinstance(left, Expr) else [])) as kept:
                    right = self.value(right_node)
                    right = right.read() if isinstance(right, Place) else right
                first = self.compare(operator, kept[0] if kept else left, right, node)
            if position + 1 == len(node.ops):
                return first
            return self.short_circuit(True, [lambda: first, lambda: link(position + 1, right)], node)

        return link(0, held)

    def compare(self, operator: ast.cmpop, left: Value, right: Value, node: ast.AST) -> Expr:
        """One comparison of two values."""
        match operator:
            case ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot():
                if isinstance(operator, (ast.Is, ast.IsNot)) and left is not NONE and right is not NONE:
                    self.fail("UC203", node, "`is` is only for None", "use ==")
                equal = self.equal(left, right, node)
                return equal if isinstance(operator, (ast.Eq, ast.Is)) else build.not_(equal)
        a, b = self.as_expr(left, node), self.as_expr(right, node)
        if isinstance(a.type, types.Set) and a.type == b.type:
            if isinstance(operator, ast.GtE):
                a, b = b, a
            elif not isinstance(operator, ast.LtE):
                self.fail("UC203", node, "sets are compared with <= >= == !=")
            return build.eq(build.s_combine(Kind.S_MINUS, a, b), build.constant(a.type, 0))
        return _ORDER[type(operator)](self.as_number(a, node), self.as_number(b, node))

    def equal(self, left: Value, right: Value, node: ast.AST) -> Expr:
        """Equality; None is equal to nothing but None."""
        if left is NONE or right is NONE:
            other = right if left is NONE else left
            if other is NONE:
                return build.TRUE
            value = self.as_expr(other, node)
            return build.not_(build.is_some(value)) if isinstance(value.type, types.Option) else build.FALSE
        a, b = self.as_expr(left, node), self.as_expr(right, node)
        if isinstance(a.type, types.Option) != isinstance(b.type, types.Option):
            a = a if isinstance(a.type, types.Option) else build.some(a)
            b = b if isinstance(b.type, types.Option) else build.some(b)
        if types.join(a.type, b.type) is None:
            self.kept_apart(a.type, b.type, node)
            self.fail("UC315", node, f"{a.type} is never equal to {b.type}", "both sides must be of one type")
        return build.eq(a, b, self.span(node))

    def _membership(self, item: Expr, node: ast.expr) -> Expr:
        """`item in ...`: a queue, a set, a range, an enum, or a literal of values."""
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            options = [self.equal(item, self.value(element), element) for element in node.elts]
            return build.or_(*options)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            low, high = self.range_bounds(node)
            item = self.as_number(item, node)
            return build.and_(build.le(low, item), build.lt(item, high))
        container = self.expr(node)
        match container.type:
            case types.Set(inner):
                item = self.fitted(item, inner, node)
                return build.s_has(container, item, self.span(node))
            case types.Queue(inner, capacity):
                item = self.fitted(item, inner, node)
                length = build.q_len(container)
                if isinstance(capacity, Size):
                    number = self._fresh(types.Int(0, capacity - 1))
                    at = build.local(number, types.Int(0, capacity - 1))
                    other = build.not_(build.eq(build.q_at(container, at), item))
                    return build.not_(build.every(number, build.integer(0), length, other, self.span(node)))
                return build.or_(
                    *(
                        build.and_(
                            build.lt(build.integer(i), length), build.eq(build.q_at(container, build.integer(i)), item)
                        )
                        for i in range(capacity)
                    )
                )
        self.fail("UC311", node, f"nothing is `in` {container.type}", "queues, sets, ranges and literals have members")

    def fitted(self, value: Expr, type_: types.Type, node: ast.AST) -> Expr:
        """The value in the shape (not necessarily the bounds) of a type it is compared with."""
        if isinstance(type_, types.Option) and not isinstance(value.type, types.Option):
            value = build.some(value)
        elif isinstance(value.type, types.Option) and not isinstance(type_, types.Option):
            value = self.present(value, node)
        if types.join(value.type, type_) is None:
            self.kept_apart(value.type, type_, node)
            self.fail("UC315", node, f"{value.type} is never equal to {type_}", "both sides must be of one type")
        return value

    def range_bounds(self, node: ast.Call) -> tuple[Expr, Expr]:
        """The bounds of `range(n)` or `range(a, b)`."""
        if not 1 <= len(node.args) <= 2 or node.keywords:
            self.fail("UC206", node, "range() takes one or two bounds", "range(n) or range(a, b)")
        bounds = self.operands(node.args, self.number)
        return (build.integer(0), bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])

    def coerce(self, value: Value, type_: types.Type, what: str, node: ast.AST) -> Expr:
        """The value as a member of `type_`, checked where it could lie outside; `what` begins the message."""
        if value is NONE and isinstance(type_, types.Option):
            return none_of(type_)
        made = self.as_expr(value, node)
        if isinstance(type_, types.Option) and not isinstance(made.type, types.Option):
            made = build.some(made)
        elif not isinstance(type_, types.Option):
            made = self.present(made, node)
        if types.join(made.type, type_) is None:
            self.kept_apart(made.type, type_, node)
            self.fail("UC311", node, f"this is {made.type}, and {what} is {type_}")
        bounds = type_.item if isinstance(type_, types.Option) else type_
        if isinstance(bounds, types.Int):
            message = f"{what} leaves {bounds.low}..{bounds.high}"
            self.check(Failure.DOMAIN, build.in_type(made, type_), message, node)
        return build.cast(made, type_)
