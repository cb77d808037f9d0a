"""What stands for a program where the whole of it would be too long: a digest of everything it says.

Two programs with one digest are the same to every reader. Nothing is left out, not even the spans, because readers tell
checks apart by them; so the digest of a spec that was only moved is another one.
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import fields
from functools import cache
from typing import Any

from uringcheck.ir.nodes import Expr, postorder
from uringcheck.ir.program import Program


def digest(program: Program, *more: object) -> str:
    """The digest of a program, and of values that belong to it."""
    teller = _Teller()
    return hashlib.sha256("\n".join(teller.told([program, *more])).encode()).hexdigest()


class _Teller:
    """Writes values down, each expression and each type once."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._expressions: dict[Expr, str] = {}
        self._types: dict[int, str] = {}  # by identity; equal ones may be told twice

    def told(self, value: object) -> list[str]:
        """The lines that say what a value is; the last is the value itself."""
        self._lines.append(self._said(value))
        return self._lines

    def _said(self, value: object) -> str:
        match value:
            case Expr():
                return self._expression(value)
            case tuple() | list():
                return f"({' '.join([self._said(item) for item in value])})"
            case bool() | int() | str() | None | enum.Enum() | type():
                return repr(value)
            case _:
                # A value class: its fields, in the order in which they are declared.
                kind: Any = type(value)
                said = [self._said(getattr(value, name)) for name in _names(kind)]
                return f"{type(value).__name__}({' '.join(said)})"

    def _expression(self, expr: Expr) -> str:
        told = self._expressions
        for part in postorder(expr, known=told):
            arguments = " ".join([told[arg] for arg in part.args])
            told[part] = self._add(f"{part.kind.name} {self._type(part)} {part.data!r} {arguments}")
        return told[expr]

    def _type(self, expr: Expr) -> str:
        if id(expr.type) not in self._types:
            self._types[id(expr.type)] = self._add(self._said(expr.type))
        return self._types[id(expr.type)]

    def _add(self, line: str) -> str:
        """Write a line; what stands for it from now on."""
        self._lines.append(line)
        return f"#{len(self._lines) - 1}"


@cache
def _names(cls: type[Any]) -> tuple[str, ...]:
    """The fields of a value class."""
    return tuple(one.name for one in fields(cls))
