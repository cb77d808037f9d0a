"""Where something is in a source file, what is wrong with it, and what to write instead.

This room knows files, lines and words. It imports nothing else of the package, so every other room may use it.
"""

from uringcheck.diagnostics.errors import (
    Diagnostic,
    EngineDisagreement,
    InternalError,
    SpecError,
    UringcheckError,
    UsageError,
    did_you_mean,
)
from uringcheck.diagnostics.sources import SourceFile, Span, source_file

__all__ = [
    "Diagnostic",
    "EngineDisagreement",
    "InternalError",
    "SourceFile",
    "Span",
    "SpecError",
    "UringcheckError",
    "UsageError",
    "did_you_mean",
    "source_file",
]
