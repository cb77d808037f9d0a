"""Which kinds of expressions a backend has a text or a term for, settled when the backend is imported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from uringcheck.diagnostics import InternalError
from uringcheck.ir.nodes import Kind


@dataclass(frozen=True)
class Coverage:
    """What a backend does with each kind: write it itself, rewrite it into others first, or refuse it by name."""

    backend: str
    handled: frozenset[Kind]
    lowered: frozenset[Kind]
    refused: frozenset[Kind]


def declare(
    backend: str, handled: Iterable[Kind], lowered: Iterable[Kind] = (), refused: Iterable[Kind] = ()
) -> Coverage:
    """The backend's declaration; raises InternalError unless each kind is in exactly one of the three groups."""
    groups = Coverage(backend, frozenset(handled), frozenset(lowered), frozenset(refused))
    for kind in Kind:
        count = sum(kind in group for group in (groups.handled, groups.lowered, groups.refused))
        if count != 1:
            raise InternalError(f"{backend} declares the kind `{kind.value}` {count} times, and once is right")
    return groups
