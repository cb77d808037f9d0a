"""A finding as people read it: code, sentence, the line with a caret, and what to write instead."""

from __future__ import annotations

import linecache
import unicodedata
from collections.abc import Iterable

from uringcheck.diagnostics.errors import Diagnostic
from uringcheck.diagnostics.sources import Span, display_path


def render(diagnostic: Diagnostic) -> str:
    """The finding as text of several lines, without a newline at the end.

        error[UC205]: `Cq` has no variable `ringg`
          --> spec/bounded_cq.py:14:5
           |
        14 |     self.ringg += 1
           |     ^^^^^^^^^^
           = help: did you mean `ring`?

    A place whose source Python does not have is shown without its line. Control characters, which a name or a file
    may smuggle in, are shown as escapes.
    """
    lines = [f"error[{diagnostic.code}]: {_visible(diagnostic.message)}"]
    margin = ""
    if diagnostic.span is not None and diagnostic.span.file:
        place, margin = _place(diagnostic.span)
        lines += place
    if diagnostic.help:
        lines.append(f"{margin} = help: {_visible(diagnostic.help)}")
    return "\n".join(lines)


def render_all(diagnostics: Iterable[Diagnostic]) -> str:
    """Several findings, an empty line between them."""
    return "\n\n".join(render(diagnostic) for diagnostic in diagnostics)


def _visible(text: str) -> str:
    """The text without anything that a terminal would obey; line ends and tabs stay."""
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter) != "Cc" else f"\\x{ord(letter):02x}"
        for letter in text
    )


def _width(text: str) -> int:
    """How many columns a terminal gives the text."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _place(span: Span) -> tuple[list[str], str]:
    """The lines that show where it is, and the margin that what follows is set off by."""
    number = str(span.line)
    margin = " " * len(number)
    source = linecache.getline(span.file, span.line).rstrip("\n")
    lines = [f"{margin}--> {_visible(display_path(span.file))}:{span.line}:{_column(span, source) + 1}"]
    if source.strip():
        lines += [f"{margin} |", f"{number} | {_visible(source)}", f"{margin} | {_carets(span, source)}"]
    return lines, margin


def _column(span: Span, source: str) -> int:
    """Where the caret starts, in characters; Python counts bytes. A span without a column starts with the text."""
    if span.column == 0 and span.end_column == 0:
        return len(source) - len(source.lstrip())
    return len(source.encode()[: span.column].decode(errors="replace"))


def _carets(span: Span, source: str) -> str:
    start = _column(span, source)
    if span.end_column == 0 or span.end_line > span.line:
        end = len(source.rstrip()) if span.column == 0 or span.end_line > span.line else start + 1
    else:
        end = len(source.encode()[: span.end_column].decode(errors="replace"))
    # Tabs are repeated, so that the carets stand below the text in every terminal.
    indent = "".join("\t" if letter == "\t" else " " * _width(_visible(letter)) for letter in source[:start])
    return indent + "^" * max(_width(source[start:end]), 1)
