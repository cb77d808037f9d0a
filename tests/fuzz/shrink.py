"""Make a program smaller while something stays true of it: statements, branches, functions and operands go."""

from __future__ import annotations

import ast
import copy
import time
from collections.abc import Callable, Iterator

Place = tuple[int, str, int]
"""A node by its number in a walk, one of its fields, and a position there (-1: the field is no list)."""


def shrunk(text: str, still: Callable[[str], bool], seconds: float) -> str:
    """The smallest text found within some seconds for which `still` says yes, which it does of `text`."""
    best, end = ast.parse(text), time.monotonic() + seconds
    changed = True
    while changed:
        changed = False
        position = 0
        while time.monotonic() < end:
            smaller = next(_edited(best, position), None)
            if smaller is None:
                break
            if still(ast.unparse(smaller)):
                best, changed = smaller, True
            else:
                position += 1
    made = ast.unparse(best) + "\n"
    return made if made.strip() != ast.unparse(ast.parse(text)).strip() else text


def _edited(tree: ast.Module, skip: int) -> Iterator[ast.Module]:
    """The tree after each edit, from the given number on."""
    for number, (place, replacement) in enumerate(_edits(tree)):
        if number >= skip:
            made = copy.deepcopy(tree)
            _apply(made, place, replacement)
            yield ast.fix_missing_locations(made)


def _apply(tree: ast.Module, place: Place, replacement: list[ast.AST]) -> None:
    number, name, position = place
    node = list(ast.walk(tree))[number]
    new = [copy.deepcopy(one) for one in replacement]
    if position < 0:
        setattr(node, name, new[0])
        return
    items = getattr(node, name)
    items[position : position + 1] = new
    if name == "body" and not any(not _is_docstring(one) for one in items):
        items.append(ast.Pass())


def _edits(tree: ast.Module) -> Iterator[tuple[Place, list[ast.AST]]]:
    """Edits, those that remove most first: a walk goes breadth first, so whole functions come before statements."""
    nodes = list(ast.walk(tree))
    for number, node in enumerate(nodes):
        for name, value in ast.iter_fields(node):
            if name in ("body", "orelse") and isinstance(value, list):
                for position, one in enumerate(value):
                    yield from _statement_edits((number, name, position), one)
    for number, node in enumerate(nodes):
        for name, value in ast.iter_fields(node):
            for position, one in enumerate(value) if isinstance(value, list) else [(-1, value)]:
                for smaller in _operands(one):
                    yield (number, name, position), [smaller]


def _statement_edits(place: Place, one: ast.AST) -> Iterator[tuple[Place, list[ast.AST]]]:
    if _is_docstring(one) or isinstance(one, (ast.Pass, ast.Import, ast.ImportFrom, ast.ClassDef)):
        return
    yield place, []
    if isinstance(one, (ast.If, ast.For)):
        yield place, list(one.body)
        if one.orelse:
            yield place, list(one.orelse)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _operands(node: object) -> list[ast.AST]:
    """What an expression could be replaced by, being of the same type as likely as not."""
    match node:
        case ast.BoolOp(values=values):
            return list(values)
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.Call(args=[first, *rest], func=ast.Name(id="implies" | "min" | "max" | "abs" | "bump")):
            return [first, *rest]
        case _:
            return []
