"""What stands for a program where the whole of it would be too long: a digest of everything it says.

Two programs with one digest are the same to every reader. Nothing is left out, not even the spans, because readers tell
checks apart by them; so the digest of a spec that was only moved is another one.
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import fields

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
        self._numbers: dict[int, int] = {}  # by identity, which is equality for expressions; types may be told twice

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
                names = fields(value)  # type: ignore[arg-type]
                return f"{type(value).__name__}{self._said(tuple([getattr(value, one.name) for one in names]))}"

    def _expression(self, expr: Expr) -> str:
        for part in postorder(expr):
            if id(part) not in self._numbers:
                arguments = " ".join([f"#{self._numbers[id(arg)]}" for arg in part.args])
                self._add(part, f"{part.kind.name} {self._type(part)} {part.data!r} {arguments}")
        return f"#{self._numbers[id(expr)]}"

    def _type(self, expr: Expr) -> str:
        if id(expr.type) not in self._numbers:
            self._add(expr.type, self._said(expr.type))
        return f"#{self._numbers[id(expr.type)]}"

    def _add(self, value: object, line: str) -> None:
        self._numbers[id(value)] = len(self._lines)
        self._lines.append(line)
