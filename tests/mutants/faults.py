"""The seeded faults, as data: what each is, where, and which tests are asked to find it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("faults.toml")


class StaleFaultError(Exception):
    """The text that a fault replaces is not there exactly once."""


@dataclass(frozen=True)
class Fault:
    """One fault: in `file`, `old` becomes `new`. `tests` are what pytest is given, cheapest first."""

    name: str
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def seed(self, root: Path) -> None:
        """Write the fault into a tree; raises StaleFaultError."""
        path = root / self.file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        found = text.count(self.old)
        if found != 1:
            raise StaleFaultError(f"{self.name}: its text is {found} times in {self.file}; it has to be there once")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def faults(file: Path = LIST) -> tuple[Fault, ...]:
    """Every fault of a list, in its order."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(
        Fault(name, one["what"], one["file"], one["old"], one["new"], tuple(one["tests"]))
        for name, one in table.items()
    )
