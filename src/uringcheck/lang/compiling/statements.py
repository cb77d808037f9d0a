"""Statements of the author's language to IR statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from uringcheck.ir import build, types
from uringcheck.ir.nodes import Check, Expr, Failure
from uringcheck.ir.sizes import OpenSizeError
from uringcheck.lang.compiling.calls import Calls
from uringcheck.lang.compiling.emitter import reads
from uringcheck.lang.compiling.open_sizes import ADVICE, Unlisted, unlisted
from uringcheck.lang.compiling.subset import REFUSED, advice
from uringcheck.lang.compiling.values import NONE, Known, Method, PartsRef, Place, SiteRef, Unassigned, Value
from uringcheck.lang.models import Declared, members_of
from uringcheck.lang.symbolic import Param
from uringcheck.lang.tree import replicated_variable
from uringcheck.lang.variables import Variable


class Statements(Calls):
    """Compiles the bodies of actions, helpers and properties."""

    def function_body(self, body: ast.FunctionDef) -> Value:
        """The statements of a function in the current frame, and the value it returns."""
        result = self.block(_without_docstring(body.body))
        return NONE if result is None else result

    def block(self, statements: Sequence[ast.stmt]) -> Value | None:
        """Run statements in order. The value of a `return`, or None when none is reached.

        What follows an `if` that returns on one side belongs to the other side.
        """
        for position, statement in enumerate(statements):
            if isinstance(statement, ast.Return):
                return NONE if statement.value is None else self._returned(statement.value)
            if isinstance(statement, ast.If) and _returns(statement):
                return self._branch(statement, list(statements[position + 1 :]))
            self.statement(statement)
        return None

    def _returned(self, node: ast.expr) -> Value:
        with self._sizes_known(node):
            return self.value(node)

    def _branch(self, node: ast.If, rest: list[ast.stmt]) -> Value | None:
        condition = self.boolean(node.test)

        def side(body: list[ast.stmt]) -> Value:
            returned = self.block([*body, *rest])
            return NONE if returned is None else returned

        value = self.choose(condition, lambda: side(node.body), lambda: side(node.orelse), node)
        if isinstance(value, Unassigned):
            self.fail(
                "UC208",
                node,
                "this function returns a value on some paths only, or of different types",
                "return on every path",
            )
        return value

    def statement(self, node: ast.stmt) -> None:
        """One statement without `return`."""
        if type(node) in REFUSED:
            self.fail("UC203", node, f"`{type(node).__name__}` is not in the language", advice(node))
        with self._sizes_known(node):
            self._statement(node)

    @contextmanager
    def _sizes_known(self, node: ast.stmt | ast.expr) -> Iterator[None]:
        """What would have to enumerate an open size is refused here."""
        try:
            yield
        except OpenSizeError as error:
            self.fail("UC420", node, str(error), ADVICE)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign():
                if len(node.targets) != 1:
                    self.fail("UC203", node, "one assignment to several targets", "write one line for each")
                self._assign(node.targets[0], self.value(node.value), node.value)
            case ast.AnnAssign():
                if node.value is not None:
                    self._assign(node.target, self.value(node.value), node.value)
            case ast.AugAssign():
                self._augmented(node)
            case ast.If():
                condition = self.boolean(node.test)
                self.choose(condition, lambda: self._body(node.body), lambda: self._body(node.orelse), node)
            case ast.For():
                self._for(node)
            case ast.Assert():
                self._assert(node)
            case ast.Expr():
                if not (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)):
                    self._expression(node.value)
            case ast.Pass():
                pass

    def _body(self, statements: Sequence[ast.stmt]) -> Value:
        for statement in statements:
            self.statement(statement)
        return NONE

    def _expression(self, node: ast.expr) -> None:
        before = self.count
        if not isinstance(node, ast.Call):
            self.fail("UC203", node, "this line has no effect", "assign the value, or delete the line")
        value = self.value(node)
        if isinstance(value, Expr) and self.count == before:
            self.fail("UC203", node, "this line has no effect", "assign the value, or delete the line")

    def _assert(self, node: ast.Assert) -> None:
        condition = self.boolean(node.test)
        message = ""
        if node.msg is not None:
            known = self.value(node.msg)
            if not (isinstance(known, Known) and isinstance(known.value, str)):
                self.fail("UC207", node.msg, "the message of an assert is a plain text", 'assert condition, "why"')
            message = known.value
        # A failed assertion is always reported, so it is never left out as already known.
        if condition is not build.TRUE:
            self.emit(Check(Failure.ASSERT, condition, message, self.span(node)))
            self.assume(condition)

    def _for(self, node: ast.For) -> None:
        if node.orelse:
            self.fail("UC203", node, "`else` of a loop is not in the language", "put it after the loop")
        if any(isinstance(inner, ast.Return) for statement in node.body for inner in ast.walk(statement)):
            self.fail("UC208", node, "return inside a loop", "use any(...) or all(...), or a local that the loop sets")
        if not isinstance(node.target, ast.Name):
            self.fail("UC203", node.target, "a loop has one variable", "index inside the loop instead of unpacking")
        name = node.target.id
        source = self.source(node.iter)
        if isinstance(source, Unlisted):
            self.repeat(source, lambda element: self._iteration(name, element, node.body), node)
            return
        if isinstance(source, Expr) and unlisted(source) is not None:
            self.fail("UC420", node.iter, "a loop over a container of open size", ADVICE)
        if isinstance(source, Expr):
            self._for_contents(node, name, source)
            return
        # The elements are constants; the bounds of a range may be of the state, and count as the loop begins.
        for present, element in [(self.frozen(p, node) if reads(p) else p, e) for p, e in source]:
            self.choose(present, partial(self._iteration, name, element, node.body), lambda: NONE, node)

    def _for_contents(self, node: ast.For, name: str, container: Expr) -> None:
        """A loop over a container as it was when the loop began, whatever the body does to it."""
        for position in range(len(self.contents(container, node.iter))):
            present, element = self.contents(container, node.iter)[position]
            with self.held(container) as kept:
                self.choose(present, partial(self._iteration, name, element, node.body), lambda: NONE, node)
            container = kept[0]

    def _iteration(self, name: str, element: Value, body: list[ast.stmt]) -> Value:
        self.frame.names[name] = element
        return self._body(body)

    # --- assignment -------------------------------------------------------------------------------------------------

    def _assign(self, target: ast.expr, value: Value, value_node: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._assign_local(target, value, value_node)
            return
        value = value.read() if isinstance(value, Place) else value
        with self.held(*([value] if isinstance(value, Expr) else [])) as kept:
            place = self._target(target)
        self._store(place, kept[0] if kept else value, target)

    def _assign_local(self, target: ast.Name, value: Value, node: ast.expr) -> None:
        if isinstance(value, Place):
            self.fail(
                "UC210", node, "a container cannot be given a second name",
                "containers live in the state only; use the variable itself, or copy one item",
            )  # fmt: skip
        if isinstance(value, (SiteRef, PartsRef, Method, Known)) and value is not NONE:
            self.fail("UC207", node, "this is not a value that a local can hold", "write it where it is used")
        self.frame.names[target.id] = value

    def _target(self, target: ast.expr) -> tuple[Place, str]:
        """The place an assignment changes, and what its range check calls it."""
        if isinstance(target, ast.Attribute):
            base = self.value(target.value)
            if isinstance(base, SiteRef):
                member = members_of(base.site.cls).get(target.attr)
                if isinstance(member, Variable):
                    if base.primed:
                        self.fail("UC214", target, "the state after a step cannot be changed", "properties only read")
                    declared = base.site.variables[target.attr]
                    variable = replicated_variable(declared, base.site.replicas)
                    return Place(variable, base.indices, declared.type, False), f"`{target.attr}`"
                if isinstance(member, (Param, Declared)):
                    self.fail("UC215", target, f"`{target.attr}` is not a state variable", "only variables change")
                self._attribute(target)
            if isinstance(base, Expr) and isinstance(base.type, types.Record):
                self.fail("UC215", target, "records are frozen", f"use replace(record, {target.attr}=...)")
        if isinstance(target, ast.Subscript):
            element = self._place_of_item(target)
            if element is not None:
                return element, "the stored item"
        if type(target) in REFUSED:
            self.fail("UC203", target, f"`{type(target).__name__}` cannot be assigned to", "assign one variable a line")
        self.fail("UC215", target, "this cannot be assigned to", "state variables, items of maps and locals can")

    def _place_of_item(self, target: ast.Subscript) -> Place | None:
        base = self.value(target.value)
        if not isinstance(base, Place) or not isinstance(base.type, types.Map):
            return None
        index_type = base.type.index
        if isinstance(index_type, types.Int):
            message = f"the index leaves {index_type.low}..{index_type.high}"
        else:
            message = f"the index is not a value of {index_type}"
        index = self.frozen(self._index(index_type, target.slice, message), target)
        return Place(base.variable, (*base.indices, index), base.type.item, False)

    def _store(self, target: tuple[Place, str], value: Value, node: ast.expr) -> None:
        place, what = target
        made = self.coerce(value, place.type, what, node)
        self.assign(place.variable.name, place.stored(made), node)

    def _augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            current = self.as_expr(self._name(node.target), node.target)
            with self.held(current) as kept:
                right = self.expr(node.value)
            self.frame.names[node.target.id] = self.operate(type(node.op), [kept[0], right], node)
            return
        place, what = self._target(node.target)
        with self.held(place.read()) as kept:
            right = self.expr(node.value)
        self._store((place, what), self.operate(type(node.op), [kept[0], right], node), node.target)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return body[1:]
    return body


def _returns(node: ast.If) -> bool:
    return any(isinstance(inner, ast.Return) for inner in ast.walk(node))
