"""Source files as their authors see them: text, lines, the syntax tree, and places in them."""

from __future__ import annotations

import ast
import functools
import linecache
from pathlib import Path

from uringcheck.diagnostics.values import value_class


@value_class
class Span:
    """A place in a source file: lines count from 1, columns from 0, the end is exclusive."""

    file: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    @classmethod
    def of(cls, file: str, node: ast.AST) -> Span:
        """The place of a syntax node."""
        line = getattr(node, "lineno", 1)
        column = getattr(node, "col_offset", 0)
        return cls(
            file,
            line,
            column,
            getattr(node, "end_lineno", None) or line,
            getattr(node, "end_col_offset", None) or column,
        )

    def __str__(self) -> str:
        return f"{display_path(self.file)}:{self.line}"


def display_path(file: str) -> str:
    """The path as a person would type it from here: relative when the file is below the current directory.

    Files of an installed `uringcheck` are shown from their room on (`spec/...`), wherever pip put them.
    """
    path = Path(file)
    parts = path.parts
    if "uringcheck" in parts:
        tail = parts[len(parts) - parts[::-1].index("uringcheck") :]
        if tail and tail[0] in ("spec", "invariants"):
            return "/".join(tail)
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


@value_class
class SourceFile:
    """A parsed source file."""

    file: str
    text: str
    tree: ast.Module

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its newline, or an empty string past the end."""
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""

    @functools.cached_property
    def functions(self) -> dict[tuple[str, int], ast.FunctionDef]:
        """Every function by its name and first line, decorators included (CPython's `co_firstlineno`)."""
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                found[node.name, first] = node
        return found

    @functools.cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Every class by its qualified name."""
        found: dict[str, ast.ClassDef] = {}
        stack: list[tuple[str, ast.AST]] = [("", self.tree)]
        while stack:
            prefix, node = stack.pop()
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.ClassDef):
                    found[prefix + child.name] = child
                    stack.append((f"{prefix}{child.name}.", child))
                elif isinstance(child, ast.FunctionDef):
                    stack.append((f"{prefix}{child.name}.<locals>.", child))
        return found


@functools.cache
def _parsed(file: str, text: str) -> SourceFile:
    return SourceFile(file, text, ast.parse(text, file))


def source_file(file: str) -> SourceFile | None:
    """The parsed source of `file`, or None when Python does not have it (a prompt, `-c`, a zip).

    Raises SyntaxError as `ast.parse` does.
    """
    lines = linecache.getlines(file)
    return _parsed(file, "".join(lines)) if lines else None
