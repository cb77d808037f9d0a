"""Python text that knows how tightly it binds, so that it can be put together with no more parentheses than needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

#: How tightly the outermost operator of a text binds, in Python's own order.
CHOICE, OR, AND, NOT, COMPARISON, BIT_OR, BIT_AND, SHIFT, SUM, PRODUCT, UNARY, ATOM = range(12)

Text: TypeAlias = tuple[str, int]
"""A text and how tightly it binds."""


def wrapped(text: Text, level: int) -> str:
    """The text, in parentheses where it binds less tightly than `level`."""
    return text[0] if text[1] >= level else f"({text[0]})"


def joined(parts: Sequence[Text], separator: str, level: int) -> str:
    """Parts joined by an operator that binds at `level`; all of these are associative on what they are used for."""
    if len(parts) == 1:
        return parts[0][0]
    return separator.join([wrapped(parts[0], level), *(wrapped(part, level + 1) for part in parts[1:])])
