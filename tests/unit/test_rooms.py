"""Each room of the package imports only what lies below it, and says what it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "uringcheck"

#: Lower rooms first; rooms in one row do not know each other.
ORDER = [
    {"diagnostics"},
    {"ir"},
    {"lang", "lower"},
    {"explore"},
    {"prove"},
    {"trace"},
    {"run"},
    {"witness", "report"},
    {"cli"},
]
ROOMS = [room for row in ORDER for room in sorted(row)]


def level(room: str) -> int:
    """The position of a room's row."""
    return next(position for position, row in enumerate(ORDER) if room in row)


def imports(file: Path) -> set[str]:
    """The rooms that a file imports from, also inside functions; imports for type checkers only do not run."""
    found: set[str] = set()
    skipped: set[int] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            skipped |= {id(inner) for statement in node.body for inner in ast.walk(statement)}
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if id(node) not in skipped:
            found |= {name.split(".")[1] for name in names if name.startswith("uringcheck.")}
    return found & set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_downwards(room: str) -> None:
    """No file of a room imports from a room above or beside it."""
    upwards = {
        f"{file.relative_to(PACKAGE)} imports {target}"
        for file in sorted((PACKAGE / room).rglob("*.py"))
        for target in imports(file)
        if target != room and level(target) >= level(room)
    }
    assert upwards == set()


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_it_is_for(room: str) -> None:
    """The docstring of the package is more than a title."""
    text = (PACKAGE / room / "__init__.py").read_text(encoding="utf-8")
    assert len((ast.get_docstring(ast.parse(text)) or "").split()) > 10


def test_every_folder_is_a_room() -> None:
    """A new folder has to be given its place."""
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == {*ROOMS, "spec", "invariants"}
