"""Calls: the language's own words, Python's few builtins, records, containers, and the author's helpers (inlined)."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Sequence
from functools import partial
from types import FunctionType
from typing import Any

from uringcheck.diagnostics import SpecError, source_file
from uringcheck.ir import build, types
from uringcheck.ir.nodes import Expr, Failure
from uringcheck.ir.sizes import bounded
from uringcheck.lang import actions, properties, records
from uringcheck.lang.compiling.emitter import Frame
from uringcheck.lang.compiling.expressions import Thunk
from uringcheck.lang.compiling.open_sizes import ADVICE, OpenLoops, Unlisted, unlisted, unlisted_range
from uringcheck.lang.compiling.values import NONE, ContainerMethod, Known, Method, PartsRef, Place, SiteRef, Value
from uringcheck.lang.ghosts import Watched

_FOLDS = (any, all, sum, min, max)
_TEMPORAL = (
    properties.eventually,
    properties.always_eventually,
    properties.eventually_always,
    properties.leads_to,
    properties.happens,
    properties.progresses,
)

#: A loop's element: the condition under which it is there, and the element.
Element = tuple[Expr, Value]


def definition(function: FunctionType) -> tuple[str, ast.FunctionDef]:
    """The file and the syntax of a function; raises SpecError when Python does not have its source."""
    code = function.__code__
    source = source_file(code.co_filename)
    node = source.functions.get((function.__name__, code.co_firstlineno)) if source else None
    if node is None:
        raise SpecError.at(
            "UC200",
            f"the source of `{function.__name__}` is not available",
            help="a spec is a file; functions typed at a prompt, built by exec or hidden in an archive cannot be read",
        )
    return code.co_filename, node


class Calls(OpenLoops):
    """Compiles calls."""

    def call(self, node: ast.Call) -> Value:
        """What a call is worth; what it does is emitted."""
        callee = self.value(node.func)
        match callee:
            case Method():
                return self._inlined(callee.function, [callee.subject], node)
            case ContainerMethod():
                return self._container_call(callee, node)
            case Known(value=function):
                return self._known_call(function, node)
        self.fail("UC204", node, "this cannot be called", "helpers are functions of the module or methods")

    def _known_call(self, function: object, node: ast.Call) -> Value:
        if function is actions.require:
            self.require(self.boolean(self._only(node)), node)
            return NONE
        if function is actions.cover:
            condition = self.boolean(node.args[0]) if node.args else build.TRUE
            self.cover(condition, ast.unparse(node), node)
            return NONE
        if function is actions.implies:
            left, right = self.operands(self._exactly(node, 2), self.boolean)
            return build.implies(left, right, self.span(node))
        if function is records.replace:
            return self._replaced(node)
        if function in _TEMPORAL:
            self.fail(
                "UC403", node, f"`{getattr(function, '__name__', '')}` outside a temporal property",
                "decorate the property with @temporal and return the formula",
            )  # fmt: skip
        if isinstance(function, type) and issubclass(function, records.Record):
            return self._record(function, node)
        if function in _FOLDS:
            return self._fold(function, node)
        if function is len:
            return self._length(node)
        if function is abs:
            operand = self.number(self._only(node))
            return build.greatest(operand, build.sub(build.integer(0), operand))
        if function is int or function is bool:
            return self._converted(function, node)
        if isinstance(function, FunctionType):
            return self._inlined(function, [], node)
        name = getattr(function, "__name__", str(function))
        hint = (
            "use it in `for` or `in` only"
            if function in (range, enumerate)
            else "docs/language.md lists what can be called"
        )
        self.fail("UC204", node, f"`{name}` cannot be called in a step", hint)

    def _only(self, node: ast.Call) -> ast.expr:
        return self._exactly(node, 1)[0]

    def _exactly(self, node: ast.Call, count: int) -> list[ast.expr]:
        if len(node.args) != count or node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            self.fail("UC206", node, f"this takes {count} argument{'s' * (count != 1)} by position")
        return node.args

    def _converted(self, function: type, node: ast.Call) -> Expr:
        operand = self.expr(self._only(node))
        if function is bool:
            return self.as_boolean(operand, node)
        if operand.type == types.BOOL:
            return build.ite(operand, build.integer(1), build.integer(0))
        return self.as_number(operand, node)

    def _length(self, node: ast.Call) -> Expr:
        value = self.value(self._only(node))
        if isinstance(value, PartsRef):
            return build.integer(types.cardinality(value.site.replicas[len(value.indices)].type))
        container = self.as_expr(value, node)
        match container.type:
            case types.Queue():
                return build.q_len(container, self.span(node))
            case types.Set():
                return build.s_len(container, self.span(node))
            case types.Map(index, _):
                return build.integer(types.cardinality(index))
        self.fail("UC311", node, f"{container.type} has no length")

    # --- records ----------------------------------------------------------------------------------------------------

    def record_type(self, cls: type[records.Record]) -> types.Record:
        """The type of a record class under the model's parameters."""
        tree = self.shared.tree
        found = tree.binding.types.get(cls)
        return found or records.record_type(cls, tree.binding)

    def _record(self, cls: type[records.Record], node: ast.Call) -> Expr:
        type_ = self.record_type(cls)
        names = [name for name, _ in type_.fields]
        given = [keyword.arg or "" for keyword in node.keywords]
        left_out: dict[str, Value] = {
            name: self._default(default) for name, default in cls.__defaults__.items() if name not in given
        }
        if node.args or sorted([*given, *left_out]) != sorted(names):
            self.fail("UC206", node, f"`{type_}` takes exactly its fields, by name", "its fields: " + ", ".join(names))
        return self._built(type_, node, given, left_out)

    def _default(self, value: Any) -> Value:
        if isinstance(value, bool):
            return build.constant(types.BOOL, value)
        if isinstance(value, enum.Enum):
            return self.member(value)
        return NONE if value is None else build.integer(value)

    def _replaced(self, node: ast.Call) -> Expr:
        if len(node.args) != 1:
            self.fail(
                "UC206", node, "replace() takes a record and the fields to change", "replace(record, field=value)"
            )
        record = self.present(self.expr(node.args[0]), node)
        if not isinstance(record.type, types.Record):
            self.fail("UC311", node, f"this is {record.type}, and a record is needed")
        names = [name for name, _ in record.type.fields]
        given = [keyword.arg or "" for keyword in node.keywords]
        for name in given:
            if name not in names:
                self.fail("UC206", node, f"`{record.type}` has no field `{name}`", "its fields: " + ", ".join(names))
        with self.held(record) as kept:
            values = [self.value(keyword.value) for keyword in node.keywords]
        rest = {name: build.field(kept[0], name) for name in names if name not in given}
        return self._assembled(record.type, {**rest, **dict(zip(given, values, strict=True))}, node)

    def _built(self, type_: types.Record, node: ast.Call, given: list[str], rest: dict[str, Value]) -> Expr:
        values: list[Value] = []
        for keyword in node.keywords:
            held = [value for value in values if isinstance(value, Expr)]
            with self.held(*held) as kept:
                value = self.value(keyword.value)
                value = value.read() if isinstance(value, Place) else value
            saved = iter(kept)
            values = [next(saved) if isinstance(old, Expr) else old for old in values]
            values.append(value)
        return self._assembled(type_, {**rest, **dict(zip(given, values, strict=True))}, node)

    def _assembled(self, type_: types.Record, values: dict[str, Value], node: ast.Call) -> Expr:
        fields = [self.coerce(values[name], item, f"field `{name}`", node) for name, item in type_.fields]
        return build.record(type_, fields, self.span(node))

    # --- containers -------------------------------------------------------------------------------------------------

    def _container_call(self, callee: ContainerMethod, node: ast.Call) -> Value:
        subject, name = callee.subject, callee.name
        if name == "isdisjoint":
            left, right = self.as_expr(subject, node), self.expr(self._only(node))
            both = self.operate(ast.BitAnd, [left, right], node)
            return build.eq(both, build.constant(left.type, 0))
        if not isinstance(subject, Place) or subject.primed:
            self.fail(
                "UC216", node, f"`{name}` changes a value that is not in the state", "call it on a state variable"
            )
        arguments = self._exactly(node, 0 if name in ("pop", "clear") else 1)
        item = self.value(arguments[0]) if arguments else NONE
        item = item.read() if isinstance(item, Place) else item
        return self._queue_call(subject, name, item, node) if isinstance(subject.type, types.Queue) else (
            self._set_call(subject, name, item, node)
        )  # fmt: skip

    def _queue_call(self, place: Place, name: str, item: Value, node: ast.Call) -> Value:
        type_ = place.type
        assert isinstance(type_, types.Queue)
        queue = place.read()
        length = build.q_len(queue)
        match name:
            case "push":
                room = build.le(length, build.integer(type_.capacity - 1))
                if bounded(type_.capacity):
                    self.check(Failure.DOMAIN, room, f"push to a full queue (capacity {type_.capacity})", node)
                pushed = self.coerce(item, type_.item, "the pushed item", node)
                with self.held(pushed) as kept:
                    self.assign(place.variable.name, place.stored(build.q_push(queue, pushed)), node)
                self.haunt((place.variable.name, "push"), kept, node)
                return NONE
            case "pop":
                self.check(Failure.DOMAIN, build.le(build.integer(1), length), "pop from an empty queue", node)
                head = self.local(build.q_at(queue, build.integer(0)), self.span(node))
                self.assign(place.variable.name, place.stored(build.q_pop(queue)), node)
                self.haunt((place.variable.name, "pop"), [head], node)
                return head
        self.assign(place.variable.name, place.stored(build.constant(type_, ())), node)
        return NONE

    def _set_call(self, place: Place, name: str, item: Value, node: ast.Call) -> Value:
        type_ = place.type
        assert isinstance(type_, types.Set)
        members = place.read()
        if name == "clear":
            self.assign(place.variable.name, place.stored(build.constant(type_, 0)), node)
        elif name == "add":
            added = self.coerce(item, type_.item, "the added member", node)
            self.assign(place.variable.name, place.stored(build.s_add(members, added)), node)
        else:
            value = self.fitted(self.as_expr(item, node), type_.item, node)
            inside = build.in_type(value, type_.item)
            if name == "remove":
                self.check(Failure.DOMAIN, build.s_has(members, value), "the member to remove is not in the set", node)
                inside = build.TRUE
            removed = build.ite(inside, build.s_remove(members, value), members)
            self.assign(place.variable.name, place.stored(removed), node)
        return NONE

    # --- loops over elements ----------------------------------------------------------------------------------------

    def elements(self, node: ast.expr) -> list[Element] | Unlisted:
        """What a loop goes over, written out where its size is known."""
        source = self.source(node)
        if isinstance(source, Expr):
            return unlisted(source) or self.contents(source, node)
        return source

    def listed(self, node: ast.expr) -> list[Element]:
        """What a loop goes over, which must have a known size."""
        elements = self.elements(node)
        if isinstance(elements, Unlisted):
            self.fail("UC420", node, "the size of this is open, and it cannot be written out", ADVICE)
        return elements

    def source(self, node: ast.expr) -> list[Element] | Unlisted | Expr:
        """What a loop goes over: a container, or elements that no step changes."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = self.value(node.func)
            if isinstance(called, Known) and called.value is range:
                return self._range(node)
        value = self.value(node)
        if isinstance(value, PartsRef):
            type_ = value.site.replicas[len(value.indices)].type
            return [(build.TRUE, build.constant(type_, v)) for v in types.values(type_)]
        if isinstance(value, Known) and isinstance(value.value, types.Enum):
            return [(build.TRUE, build.constant(value.value, v)) for v in types.values(value.value)]
        if isinstance(value, Known) and isinstance(value.value, enum.EnumMeta):
            return [(build.TRUE, self.member(value.value[name])) for name in value.value.__members__]
        return self.as_expr(value, node)

    def contents(self, container: Expr, node: ast.AST) -> list[Element]:
        """The elements of a container."""
        match container.type:
            case types.Queue(_, capacity):
                length = build.q_len(container)
                return [
                    (build.lt(build.integer(i), length), build.q_at(container, build.integer(i)))
                    for i in range(capacity)
                ]
            case types.Set(item):
                members = [build.constant(item, v) for v in types.values(item)]
                return [(build.s_has(container, member), member) for member in members]
            case types.Map(index, _):
                return [(build.TRUE, build.constant(index, v)) for v in types.values(index)]
        self.fail("UC311", node, f"{container.type} has no elements to loop over")

    def _range(self, node: ast.Call) -> list[Element] | Unlisted:
        """`range` with any bounds: every integer the bounds' types allow, there if it lies between their values."""
        low, high = self.range_bounds(node)
        return unlisted_range(low, high) or [
            (build.and_(build.le(low, build.integer(i)), build.lt(build.integer(i), high)), build.integer(i))
            for i in range(build.interval(low).low, build.interval(high).high)
        ]

    def _fold(self, function: Callable[..., object], node: ast.Call) -> Value:
        """any, all, sum, min, max over a generator; min and max of several values."""
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            generator = node.args[0]
            if function in (any, all):
                return self._quantified(function is all, generator, 0)
            return self._accumulated(function, generator, node)
        if function in (min, max) and len(node.args) >= 2 and not node.keywords:
            numbers = self.operands(node.args, self.number)
            chosen = numbers[0]
            for number in numbers[1:]:
                chosen = (build.least if function is min else build.greatest)(chosen, number)
            return chosen
        name = function.__name__
        self.fail("UC206", node, f"{name}() takes a generator here", f"{name}(f(x) for x in ...)")

    def _bind(self, target: ast.expr, element: Value) -> None:
        if not isinstance(target, ast.Name):
            self.fail("UC203", target, "a loop has one variable", "index inside the loop instead of unpacking")
        self.frame.names[target.id] = element

    def _quantified(self, universal: bool, generator: ast.GeneratorExp, depth: int) -> Expr:
        clause = generator.generators[depth]

        def one(present: Expr, element: Value) -> Expr:
            def body() -> Expr:
                before = self.frame.names.get(_target(clause.target))
                self._bind(clause.target, element)
                inner: list[Thunk] = [partial(self._literal, test, universal) for test in clause.ifs]
                if depth + 1 < len(generator.generators):
                    inner.append(partial(self._quantified, universal, generator, depth + 1))
                else:
                    inner.append(partial(self.boolean, generator.elt))
                made = self.short_circuit(not universal, inner, clause.target)
                _restore(self.frame, clause.target, before)
                return made

            guard = build.not_(present) if universal else present
            return self.short_circuit(not universal, [lambda: guard, body], clause.target)

        elements = self.elements(clause.iter)
        if isinstance(elements, Unlisted):
            if universal:
                return self.every(elements, one, clause.iter)
            return build.not_(self.every(elements, lambda p, e: build.not_(one(p, e)), clause.iter))
        thunks = [partial(one, present, element) for present, element in elements]
        if not thunks:
            return build.TRUE if universal else build.FALSE
        return self.short_circuit(universal, thunks, clause.iter)

    def _literal(self, test: ast.expr, universal: bool) -> Expr:
        """A filter: what it excludes does not count, which for `all` is true and for `any` false."""
        condition = self.boolean(test)
        return build.not_(condition) if universal else condition

    def _accumulated(self, function: Callable[..., object], generator: ast.GeneratorExp, node: ast.Call) -> Expr:
        default = next((k.value for k in node.keywords if k.arg == "default"), None)
        over = self.elements(generator.generators[0].iter)
        if isinstance(over, Unlisted):
            return self._counted(function, generator, over, node)
        total = build.integer(0) if function is sum else None
        found: Expr = build.FALSE
        for present, value in self._filtered(generator, 0, build.TRUE):
            if function is sum:
                assert total is not None
                total = build.add(total, build.ite(present, value, build.integer(0)))
            elif total is None:
                total, found = value, present
            else:
                best = (build.least if function is min else build.greatest)(total, value)
                total = build.ite(present, build.ite(found, best, value), total)
                found = build.or_(found, present)
        if function is not sum and found is not build.TRUE:
            if default is None:
                self.fail("UC316", node, "there may be nothing to choose from", "add default=...")
            fallback = self.number(default)
            total = fallback if total is None else build.ite(found, total, fallback)
        assert total is not None
        return total

    def _counted(
        self, function: Callable[..., object], generator: ast.GeneratorExp, over: Unlisted, node: ast.Call
    ) -> Expr:
        """`sum(1 for x in ... if ...)` over an open size."""
        one = isinstance(generator.elt, ast.Constant) and generator.elt.value == 1
        if function is not sum or not one or len(generator.generators) != 1:
            self.fail("UC420", node, "over an open size only `sum(1 for x in ... if ...)` adds up", ADVICE)
        clause = generator.generators[0]

        def holds(present: Expr, element: Value) -> Expr:
            before = self.frame.names.get(_target(clause.target))
            self._bind(clause.target, element)
            tests = [partial(self.boolean, test) for test in clause.ifs]
            made = self.short_circuit(True, [partial(_same, present), *tests], clause.target)
            _restore(self.frame, clause.target, before)
            return made

        return self.count_of(over, holds, node)

    def _filtered(self, generator: ast.GeneratorExp, depth: int, given: Expr) -> list[tuple[Expr, Expr]]:
        """The numbers a generator yields, each with the condition under which it does."""
        clause = generator.generators[depth]
        found: list[tuple[Expr, Expr]] = []
        for present, element in self.listed(clause.iter):
            before = self.frame.names.get(_target(clause.target))
            self._bind(clause.target, element)
            tests = [partial(self.boolean, test) for test in clause.ifs]
            condition = self.short_circuit(
                True, [partial(_same, given), partial(_same, present), *tests], clause.target
            )
            if condition is not build.FALSE:
                if depth + 1 < len(generator.generators):
                    found += self._filtered(generator, depth + 1, condition)
                else:
                    value = self.choose(
                        condition, lambda: self.number(generator.elt), partial(build.integer, 0), generator.elt
                    )
                    found.append((condition, self.as_number(value, generator.elt)))
            _restore(self.frame, clause.target, before)
        return found

    # --- the author's functions -------------------------------------------------------------------------------------

    def inline(self, method: Method, node: ast.AST) -> Value:
        """The value of a property of a model or record."""
        return self._run(method.function, {}, [method.subject], node)

    def _inlined(self, function: FunctionType, subjects: Sequence[Value], node: ast.Call) -> Value:
        values: list[Value] = list(subjects)
        keywords: dict[str, Value] = {}
        arguments: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        for argument in arguments:
            held = [value for value in (*values, *keywords.values()) if isinstance(value, Expr)]
            given_node = argument.value if isinstance(argument, ast.keyword) else argument
            with self.held(*held) as kept:
                made = self.value(given_node)
            saved = iter(kept)
            values = [next(saved) if isinstance(old, Expr) else old for old in values]
            keywords = {k: next(saved) if isinstance(old, Expr) else old for k, old in keywords.items()}
            if isinstance(argument, ast.keyword):
                if argument.arg is None:
                    self.fail("UC203", node, "`**` in a call is not in the language", "write the arguments out")
                keywords[argument.arg] = made
            else:
                values.append(made)
        return self._run(function, keywords, values, node)

    def _run(self, function: FunctionType, keywords: dict[str, Value], values: Sequence[Value], node: ast.AST) -> Value:
        if any(frame.function is function for frame in self.frames):
            self.fail("UC211", node, f"`{function.__name__}` calls itself", "write a loop over a constant range")
        file, body = definition(function)
        signature = body.args
        names = [argument.arg for argument in (*signature.posonlyargs, *signature.args)]
        if signature.vararg or signature.kwarg:
            self.fail("UC203", node, f"`{function.__name__}` takes any number of arguments", "name each argument")
        if len(values) > len(names):
            self.fail("UC206", node, f"`{function.__name__}` takes {len(names)} arguments", "")
        given: dict[str, Value] = dict(zip(names, values, strict=False))
        names += [argument.arg for argument in signature.kwonlyargs]
        for name, value in keywords.items():
            if name not in names or name in given:
                self.fail(
                    "UC206",
                    node,
                    f"`{function.__name__}` cannot take `{name}` here",
                    "its arguments: " + ", ".join(names),
                )
            given[name] = value
        defaults = {
            **dict(zip(names[: len(signature.args)][::-1], (function.__defaults__ or ())[::-1], strict=False)),
            **(function.__kwdefaults__ or {}),
        }
        for name in names:
            if name not in given:
                if name not in defaults:
                    self.fail(
                        "UC206", node, f"`{function.__name__}` needs `{name}`", "its arguments: " + ", ".join(names)
                    )
                given[name] = self.known(defaults[name], node, None)
        arguments = [given[name] for name in names[1:]]
        self.frames.append(Frame(file, function, given))
        try:
            result = self.function_body(body)
        finally:
            self.frames.pop()
        self.haunt((function, "call"), arguments, node)
        return result

    def begin_ghosts(self) -> None:
        """Let a ghost begin, at the end of a start."""
        self.haunt((None, "begin"), (), ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0))

    def haunt(self, watched: Watched, arguments: Sequence[Value], node: ast.AST) -> None:
        """Let a ghost do what it does after a push, a pop or a call."""
        hook = self.shared.hooks.get(watched)
        if hook is None or self.haunted or not (self.watched or watched[1] == "begin"):
            return
        function, site = hook
        self.haunted = True
        try:
            self._run(function, {}, [SiteRef(site), *arguments], node)
        finally:
            self.haunted = False

    def function_body(self, body: ast.FunctionDef) -> Value:
        """The statements of a function in the current frame, and the value it returns; see `statements`."""
        raise NotImplementedError


def _same(expr: Expr) -> Expr:
    return expr


def _target(target: ast.expr) -> str:
    return target.id if isinstance(target, ast.Name) else ""


def _restore(frame: Frame, target: ast.expr, before: Value | None) -> None:
    """A generator's variable is its own; what it hid is back afterwards."""
    if before is None:
        frame.names.pop(_target(target), None)
    else:
        frame.names[_target(target)] = before


__all__ = ["Calls", "definition"]
