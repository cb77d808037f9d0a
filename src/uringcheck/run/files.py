"""Files that are written whole or not at all, and whose refusal is known before the work begins."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from uringcheck.diagnostics import UsageError


class OutputFile:
    """A file to be written at the end of a run.

    Making one opens a file beside the target, so a path that cannot be written is refused now (UsageError), and the
    target keeps its old contents until `write` replaces it in one step. Devices and pipes are written directly.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))
        self._beside: Path | None = None
        try:
            if self._target.is_dir():
                raise IsADirectoryError(21, "it is a directory")
            if self._target.is_file():
                with self._target.open("ab"):  # refuses what the permissions of the target refuse
                    pass
            if not self._target.exists() or self._target.is_file():
                beside = self._target.with_name(f".{self._target.name}.{os.getpid()}")
                with beside.open("x", encoding="utf-8"):
                    self._beside = beside
        except OSError as error:
            raise _refused(path, error) from None

    def write(self, text: str) -> None:
        """Replace the target. Raises UsageError when the disk refuses after all; the target is then untouched."""
        try:
            with (self._beside or self._target).open("w", encoding="utf-8") as stream:
                stream.write(text)
            if self._beside is not None:
                self._beside.replace(self._target)
                self._beside = None
        except OSError as error:
            self.discard()
            raise _refused(self.path, error) from None

    def discard(self) -> None:
        """Forget about it: nothing is left beside the target."""
        if self._beside is not None:
            with contextlib.suppress(OSError):
                self._beside.unlink()
            self._beside = None


class OutputFolder:
    """A folder to write files into, made and tried now; UsageError when that is refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made: list[Path] = []
        try:
            missing = [folder for folder in (path, *path.parents) if not folder.exists()]
            for folder in reversed(missing):
                folder.mkdir()
                self._made.append(folder)
        except OSError as error:
            self.tidy()
            raise _refused(path, error) from None
        OutputFile(path / ".probe").discard()

    def write(self, name: str, text: str) -> Path:
        """Write the file of that name (folders in it included), whole; gives its path."""
        target = self.path / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(target, error) from None
        OutputFile(target).write(text)
        return target

    def tidy(self) -> None:
        """Remove the folders that were made and have stayed empty."""
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _refused(path: Path, error: OSError) -> UsageError:
    return UsageError.at("UC020", f"cannot write {path}: {(error.strerror or str(error)).lower()}")
