"""Where statements go while a function is compiled, and what is known to be true there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FunctionType
from typing import NoReturn

from uringcheck.diagnostics import Span, SpecError
from uringcheck.diagnostics.values import entity_class
from uringcheck.ir import build, types
from uringcheck.ir.nodes import Assign, Check, Cover, Expr, Failure, If, Kind, Let, Require, Statement, postorder
from uringcheck.ir.program import CoverPoint
from uringcheck.lang.compiling.values import NONE, Unassigned, Value
from uringcheck.lang.ghosts import Watched
from uringcheck.lang.tree import GHOST, Site, Tree

#: Statements in one action or property. Beyond it a loop over a large range has been unrolled by mistake, and
#: compiling would seem to hang.
STATEMENT_BUDGET = 20_000


@dataclass(eq=False)  # mypy would take the function for a method of an entity
class Frame:
    """One inlined call: its names, and the file its lines are in."""

    file: str
    function: FunctionType | None
    names: dict[str, Value] = field(default_factory=dict)


@entity_class
class Shared:
    """What the compilations of all actions and properties of a model have in common."""

    tree: Tree
    variables: dict[str, types.Type]
    locals: list[types.Type] = field(default_factory=list)
    covers: list[CoverPoint] = field(default_factory=list)
    hooks: dict[Watched, tuple[FunctionType, Site]] = field(default_factory=dict)


class Emitter:
    """A growing list of statements, the frames of inlined calls, and the facts that hold at this point.

    A value held in a frame is an expression over the *current* state. Before a variable changes, every held value that
    reads it is saved in a local, so holding an expression is as good as holding its value.
    """

    def __init__(self, shared: Shared, pure: bool) -> None:
        self.shared = shared
        self.pure = pure
        self.out: list[Statement] = []
        self.frames: list[Frame] = []
        self.facts: dict[Expr, frozenset[str]] = {}
        self.branches = 0
        self.assigned = False
        self.count = 0
        #: Whether what ghosts watch is told to them, and whether a ghost is what runs.
        self.watched = True
        self.haunted = False

    # --- places in the source ---------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        """The innermost inlined call."""
        return self.frames[-1]

    def span(self, node: ast.AST) -> Span:
        """The place of a syntax node of the current function."""
        return Span.of(self.frame.file, node)

    def fail(self, code: str, node: ast.AST, message: str, help: str = "") -> NoReturn:
        """Refuse the spec at this node."""
        raise SpecError.at(code, message, self.span(node), help)

    # --- statements -------------------------------------------------------------------------------------------------

    def emit(self, statement: Statement) -> None:
        """Add a statement."""
        self.count += 1
        if self.count > STATEMENT_BUDGET:
            raise SpecError.at(
                "UC212",
                "this becomes too many statements when loops are written out",
                statement.span,
                help="loop over a smaller range, or split the action",
            )
        self.out.append(statement)

    def local(self, value: Expr, span: Span) -> Expr:
        """A fresh local with this value."""
        number = self._fresh(value.type)
        self.emit(Let(number, value, span))
        return build.local(number, value.type)

    def _fresh(self, type_: types.Type) -> int:
        self.shared.locals.append(type_)
        return len(self.shared.locals) - 1

    def check(self, failure: Failure, condition: Expr, message: str, node: ast.AST) -> None:
        """Fail the step here unless the condition is true; nothing is emitted when it is known to be."""
        parts = condition.args if condition.kind is Kind.AND else (condition,)
        left = build.and_(*(part for part in parts if part not in self.facts))
        if left is not build.TRUE:
            self.emit(Check(failure, left, message, self.span(node)))
            self.assume(left)

    def require(self, condition: Expr, node: ast.AST) -> None:
        """The action is enabled only where the condition is true."""
        if self.haunted:
            self.fail("UC422", node, "a ghost stands in the way of a step", "a ghost requires nothing")
        if self.branches:
            self.fail(
                "UC213", node, "require() inside a branch or loop",
                "an action is enabled or not as a whole; hoist it: require(not (condition) or (guard))",
            )  # fmt: skip
        if self.assigned:
            self.fail("UC213", node, "require() after the first assignment", "move it above the first change of state")
        self.emit(Require(condition, self.span(node)))
        self.assume(condition)

    def cover(self, condition: Expr, text: str, node: ast.AST) -> None:
        """A place that some behaviour must reach."""
        span = self.span(node)
        known = [point.span for point in self.shared.covers]
        if span not in known:
            self.shared.covers.append(CoverPoint(text, span))
            known.append(span)
        number = known.index(span)
        cover = Cover(number, span)
        self.emit(cover if condition is build.TRUE else If(condition, (cover,), (), span))

    def assign(self, variable: str, value: Expr, node: ast.AST) -> None:
        """Give a state variable its next value."""
        if self.pure:
            self.fail("UC214", node, "a property or a helper of one changes the state", "properties only read")
        if self.haunted and not variable.startswith(f"{GHOST}."):
            self.fail("UC422", node, "a ghost changes the model", "a ghost changes its own variables only")
        for frame in self.frames:
            for name, held in frame.names.items():
                if isinstance(held, Expr) and variable in reads(held):
                    frame.names[name] = self.local(held, self.span(node))
        self.emit(Assign(variable, value, self.span(node)))
        self.assigned = True
        self.facts = {fact: support for fact, support in self.facts.items() if variable not in support}

    # --- facts ------------------------------------------------------------------------------------------------------

    def assume(self, condition: Expr) -> None:
        """From here on the condition is known to be true."""
        for part in condition.args if condition.kind is Kind.AND else (condition,):
            if part.kind is Kind.NOT and part.args[0].kind is Kind.OR:
                for operand in part.args[0].args:
                    self.assume(build.not_(operand))
            elif part not in (build.TRUE, build.FALSE):
                self.facts[part] = reads(part)
                if part.kind is Kind.LT:
                    # What is less than another length leaves the other one at least one item.
                    low, high = build.interval(part.args[0]).low, build.interval(part.args[1]).high
                    for bound in (
                        build.le(build.integer(low + 1), part.args[1]),
                        build.le(part.args[0], build.integer(high - 1)),
                    ):
                        self.facts[bound] = reads(part)

    @contextmanager
    def held(self, *values: Expr) -> Iterator[list[Expr]]:
        """Keep compiled operands while a later one may change the state; the list has them as they were."""
        frame = Frame(self.frame.file, self.frame.function, {str(i): value for i, value in enumerate(values)})
        kept: list[Expr] = []
        self.frames.insert(0, frame)
        try:
            yield kept
        finally:
            self.frames.remove(frame)
            kept += [value for value in frame.names.values() if isinstance(value, Expr)]

    # --- branches ---------------------------------------------------------------------------------------------------

    def choose(self, condition: Expr, then: Callable[[], Value], orelse: Callable[[], Value], node: ast.AST) -> Value:
        """Compile both sides under the condition and its negation, and join what they did and what they are worth.

        Nothing is emitted for sides that are pure expressions.
        """
        if build.is_constant(condition):
            return then() if condition.data else orelse()
        before, facts = [dict(frame.names) for frame in self.frames], dict(self.facts)
        sides = []
        for side, known in ((then, condition), (orelse, build.not_(condition))):
            outer, self.out = self.out, []
            self.facts = dict(facts)
            self.assume(known)
            self.branches += 1
            value = side()
            self.branches -= 1
            sides.append((self.out, value, [frame.names for frame in self.frames], self.facts))
            self.out = outer
            for frame, names in zip(self.frames, before, strict=True):
                frame.names = dict(names)
        (then_out, then_value, then_names, then_facts), (else_out, else_value, else_names, else_facts) = sides
        self.facts = {fact: support for fact, support in then_facts.items() if fact in else_facts}
        span = self.span(node)
        if not then_out and not else_out and isinstance(then_value, Expr) and isinstance(else_value, Expr):
            for frame, names, others in zip(self.frames, then_names, else_names, strict=True):
                if names == others:
                    frame.names = names
            if then_names == else_names:
                return self._merged(condition, then_value, else_value, node)
        for frame, names, others in zip(self.frames, then_names, else_names, strict=True):
            frame.names = {
                name: self._joined(names.get(name), others.get(name), then_out, else_out, node)
                for name in dict.fromkeys((*names, *others))
            }
        value = self._joined(then_value, else_value, then_out, else_out, node)
        if then_out or else_out:
            self.emit(If(condition, tuple(then_out), tuple(else_out), span))
        return value

    def _merged(self, condition: Expr, then: Expr, orelse: Expr, node: ast.AST) -> Expr:
        then, orelse = self._common(then, orelse, node)
        return build.ite(condition, then, orelse, self.span(node))

    def _common(self, left: Expr, right: Expr, node: ast.AST) -> tuple[Expr, Expr]:
        """Both values in their common type."""
        if isinstance(left.type, types.Option) != isinstance(right.type, types.Option):
            left = left if isinstance(left.type, types.Option) else build.some(left)
            right = right if isinstance(right.type, types.Option) else build.some(right)
        type_ = types.join(left.type, right.type)
        if type_ is None:
            self.fail(
                "UC311", node, f"one side is {left.type}, the other {right.type}", "both sides must be of one type"
            )
        return build.cast(left, type_), build.cast(right, type_)

    def _joined(
        self, left: Value | None, right: Value | None, then: list[Statement], orelse: list[Statement], node: ast.AST
    ) -> Value:
        if left is right and left is not None:
            return left
        if left is NONE and isinstance(right, Expr):
            left = none_of(right.type)
        if right is NONE and isinstance(left, Expr):
            right = none_of(left.type)
        if not isinstance(left, Expr) or not isinstance(right, Expr):
            return Unassigned(node)
        if types.join(left.type, right.type) is None and not (
            isinstance(left.type, types.Option) or isinstance(right.type, types.Option)
        ):
            return Unassigned(node)
        left, right = self._common(left, right, node)
        if left is right:
            return left
        number = self._fresh(left.type)
        then.append(Let(number, left, self.span(node)))
        orelse.append(Let(number, right, self.span(node)))
        return build.local(number, left.type)


def none_of(type_: types.Type) -> Expr:
    """None as a value of the optional type of (or around) `type_`."""
    return build.constant(type_ if isinstance(type_, types.Option) else types.Option(type_), None)


def reads(expr: Expr) -> frozenset[str]:
    """The state variables an expression reads."""
    return frozenset(part.data for part in postorder(expr) if part.kind is Kind.STATE)
