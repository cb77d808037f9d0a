"""The user's project: what `[tool.uringcheck]` in the nearest `pyproject.toml` says.

    [tool.uringcheck]
    suite = "spec/suite"              # what `uringcheck check` without a model runs: a .toml file, or a folder of them
    specs = ["spec"]                  # folders whose files may be named without folder and suffix
    invariants = ["invariants"]       # files, or folders of files, that are loaded with every model of the project
    reports = "reports"               # where a suite writes its traces; without it, it writes none

Paths are relative to the file. The nearest file with such a table counts; without one, the shipped models and suite do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from uringcheck.diagnostics import UsageError
from uringcheck.diagnostics.values import value_class

_TABLE = "tool.uringcheck"


@value_class
class Project:
    """The settings of a project; all paths are absolute. Empty when there is none."""

    suite: Path | None = None
    specs: tuple[Path, ...] = ()
    invariants: tuple[Path, ...] = ()
    reports: Path | None = None

    def resolve(self, model: str) -> str:
        """The model's name as `find_model` takes it: a name that a spec folder has becomes that file's path."""
        name, colon, cls = model.partition(":")
        if "/" not in name and not name.endswith(".py"):
            for folder in self.specs:
                file = folder / f"{name}.py"
                if file.is_file():
                    return f"{file}{colon}{cls}"
        return model

    def load_invariants(self) -> list[str]:
        """Import the project's properties, so that they are bound to its models; the names of their modules."""
        from uringcheck.lang.loading import load_file

        return [
            load_file(file).__name__
            for path in self.invariants
            for file in (sorted(path.glob("*.py")) if path.is_dir() else [path])
            if file.name != "__init__.py"
        ]


def nearest(start: Path) -> Project:
    """The project that `start`, a folder, belongs to. Raises UsageError where its table makes no sense."""
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if _TABLE in text:  # saves the import of a TOML reader in most runs
            table = _table(file, text)
            if table is not None:
                return _project(file, table)
    return Project()


def _table(file: Path, text: str) -> Mapping[str, object] | None:
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError.at("UC030", f"{file} is not TOML: {error}", help="nothing was read from it") from None
    table = document.get("tool", {}).get("uringcheck")
    return table if isinstance(table, dict) else None


def _project(file: Path, table: Mapping[str, object]) -> Project:
    known = ("suite", "specs", "invariants", "reports")
    for key in table:
        if key not in known:
            raise UsageError.at(
                "UC031", f"{file}: no setting `{key}` in [{_TABLE}]", help=f"it takes {', '.join(known)}"
            )

    def one(key: str) -> Path | None:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            raise UsageError.at("UC031", f"{file}: `{key}` must be a path", help=f'{key} = "folder/name"')
        return None if value is None else file.parent / value

    def many(key: str) -> tuple[Path, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise UsageError.at("UC031", f"{file}: `{key}` must be a list of paths", help=f'{key} = ["folder"]')
        return tuple(file.parent / item for item in value)

    return Project(one("suite"), many("specs"), many("invariants"), one("reports"))
