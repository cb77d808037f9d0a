"""The author's functions with marks in them: which lines ran, and which way each decision went.

While `marked` lasts, the functions run other code, made from their own text: a call before every statement, and one
around the condition of every `if` and of every conditional expression. What they do is the same.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

from uringcheck.diagnostics import source_file
from uringcheck.diagnostics.values import value_class
from uringcheck.lang.models import Model, members_of
from uringcheck.lang.records import Record
from uringcheck.lang.tree import Tree
from uringcheck.trace.files import SpecFiles

#: What the marks are called where they stand; no author can write these names by accident.
_RAN, _WENT = "__uringcheck_ran__", "__uringcheck_went__"


@value_class
class Line:
    """A line of a function that can run."""

    file: str
    line: int


@value_class
class Decision:
    """A condition that can go two ways, where it begins."""

    file: str
    line: int
    column: int
    text: str


@dataclass
class Marks:
    """Everything that could run, and what did. A decision is seen with True, with False, with both or not at all."""

    lines: set[Line] = field(default_factory=set)
    decisions: set[Decision] = field(default_factory=set)
    ran: set[Line] = field(default_factory=set)
    went: set[tuple[Decision, bool]] = field(default_factory=set)


def functions_of(tree: Tree, actions: Iterable[FunctionType]) -> list[FunctionType]:
    """The actions and every helper they may call: functions by their names, methods and properties by theirs."""
    files, methods = SpecFiles(tree), _methods(tree)
    found: dict[FunctionType, None] = {}
    queue = list(actions)
    while queue:
        function = queue.pop(0)
        node = _definition(function)
        if function in found or node is None or files.name(function.__code__.co_filename) is None:
            continue
        found[function] = None
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                queue += _as_functions(function.__globals__.get(inner.id))
            elif isinstance(inner, ast.Attribute):
                queue += methods.get(inner.attr, ())
    return list(found)


def _methods(tree: Tree) -> dict[str, list[FunctionType]]:
    """The functions that an attribute of that name may be, of the models and records of a tree."""
    found: dict[str, list[FunctionType]] = {}
    classes: list[type] = [site.cls for site in tree.root.walk()]
    classes += [cls for cls in tree.binding.types if issubclass(cls, Record)]
    for cls in classes:
        members = members_of(cls) if issubclass(cls, Model) else {n: v for b in cls.__mro__ for n, v in vars(b).items()}
        for name, member in members.items():
            found.setdefault(name, []).extend(_as_functions(member))
    return found


def _as_functions(member: Any) -> list[FunctionType]:
    member = getattr(member, "fget", getattr(member, "__func__", member))
    return [member] if inspect.isfunction(member) else []


def _definition(function: FunctionType) -> ast.FunctionDef | None:
    source = source_file(function.__code__.co_filename)
    return source.functions.get((function.__name__, function.__code__.co_firstlineno)) if source else None


@contextmanager
def marked(tree: Tree, functions: Iterable[FunctionType]) -> Iterator[Marks]:
    """Let these functions note what runs in them. Functions with closures keep their own code and have no marks."""
    marks, files, writer = Marks(), SpecFiles(tree), _Writer()
    before: list[tuple[FunctionType, CodeType]] = []

    def ran(number: int) -> None:
        marks.ran.add(writer.lines[number])

    def went(number: int, condition: Any) -> Any:
        marks.went.add((writer.decisions[number], bool(condition)))
        return condition

    try:
        for function in functions:
            node, file = _definition(function), files.name(function.__code__.co_filename)
            if node is not None and file is not None and not function.__code__.co_freevars:
                before.append((function, function.__code__))
                function.__code__ = writer.code(node, file, function)
                function.__globals__.update({_RAN: ran, _WENT: went})
        marks.lines, marks.decisions = set(writer.lines), set(writer.decisions)
        yield marks
    finally:
        for function, code in before:
            function.__code__ = code
            for name in (_RAN, _WENT):
                function.__globals__.pop(name, None)


class _Writer(ast.NodeTransformer):
    """Writes marks into functions and knows what each stands for."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.decisions: list[Decision] = []
        self._file = ""

    def code(self, node: ast.FunctionDef, file: str, function: FunctionType) -> CodeType:
        """The code of a function with marks in it."""
        self._file = file
        made = copy.deepcopy(node)
        made.decorator_list = []
        made.body = self._body(made.body)
        module = ast.fix_missing_locations(ast.Module([made], []))
        # Defaults and annotations belong to the function, which stays; only its code is taken.
        compiled = compile(module, function.__code__.co_filename, "exec", dont_inherit=True)
        return next(
            constant
            for constant in compiled.co_consts
            if isinstance(constant, CodeType) and constant.co_name == function.__name__
        )

    def _body(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for number, statement in enumerate(statements):
            if not (number == 0 and _is_text(statement)):
                self.lines.append(Line(self._file, statement.lineno))
                call = _call(_RAN, len(self.lines) - 1, [])
                made.append(ast.copy_location(ast.Expr(call), statement))
            made.append(self.visit(statement))
        return made

    def visit_If(self, node: ast.If) -> ast.If:
        """Marks of the condition and of both sides."""
        text = f"if {ast.unparse(node.test)}"
        node.test = self._decision(node.test, text)
        node.body, node.orelse = self._body(node.body), self._body(node.orelse)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.IfExp:
        """Marks of the condition."""
        text = ast.unparse(node)
        self.generic_visit(node)
        node.test = self._decision(node.test, text, visited=True)
        return node

    def visit_For(self, node: ast.For) -> ast.For:
        """Marks of the body."""
        node.iter = self.visit(node.iter)
        node.body = self._body(node.body)
        return node

    def _decision(self, test: ast.expr, text: str, visited: bool = False) -> ast.expr:
        self.decisions.append(Decision(self._file, test.lineno, test.col_offset, text))
        number = len(self.decisions) - 1
        return ast.copy_location(_call(_WENT, number, [test if visited else self.visit(test)]), test)


def _call(name: str, number: int, more: list[ast.expr]) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), [ast.Constant(number), *more], [])


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
