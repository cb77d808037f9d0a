"""The exceptions of the package: one small tree, each with the exit code it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from uringcheck.diagnostics.sources import Span
from uringcheck.diagnostics.values import value_class


@value_class
class Diagnostic:
    """One finding about the author's input.

    `code` names an entry of the catalogue; `message` is a sentence without a full stop; `help` says what to
    write instead.
    """

    code: str
    message: str
    span: Span | None = None
    help: str = ""


class UringcheckError(Exception):
    """Anything this package raises on purpose."""


class SpecError(UringcheckError):
    """The spec is wrong: nothing was checked."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in self.diagnostics))

    @classmethod
    def at(cls, code: str, message: str, span: Span | None = None, help: str = "") -> Self:
        """An error with one finding."""
        return cls([Diagnostic(code, message, span, help or f"`uringcheck explain {code}` says more")])


class UsageError(SpecError):
    """The command line, a name on it, or a file it names is wrong: nothing was checked."""


class InternalError(UringcheckError):
    """A promise of the package itself is broken."""


class EngineDisagreement(InternalError):
    """Two readers of the same spec gave different answers; one of them is wrong."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Advice for a name that is not known: the nearest one that is; empty where none is near."""
    import difflib  # most runs have no advice to give

    near = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean `{near[0]}`?" if near else ""
