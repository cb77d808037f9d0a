"""Which source files are the author's, what a trace calls them, and a digest of what they say."""

from __future__ import annotations

import hashlib
import linecache
import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from uringcheck.lang.loading import PACKAGE
from uringcheck.lang.models import Model
from uringcheck.lang.tree import Tree

ROOMS = ("spec", "invariants")


class SpecFiles:
    """Names for the files of a spec: relative to the folder of its model, shipped ones from their room on."""

    def __init__(self, tree: Tree) -> None:
        file = module_file(tree.root.cls.__module__)
        self._texts = {module_file(name) for name in modules_of(tree)}
        self._root = os.path.dirname(os.path.realpath(file))
        self._names: dict[str, str | None] = {}

    def name(self, file: str) -> str | None:
        """What a trace calls the file; None for a file that is not the author's."""
        if file not in self._names:
            self._names[file] = self._name(file)
        return self._names[file]

    def where(self, file: str, line: int) -> str:
        """`path:line`; an empty string for a line that is not the author's."""
        name = self.name(file)
        return "" if name is None else f"{name}:{line}"

    def _name(self, file: str) -> str | None:
        if not file or file.startswith("<"):  # text that never was a file: known only when it is a module of the spec
            return file if file in self._texts else None
        real = os.path.realpath(file)
        for room in ROOMS:
            folder = os.path.realpath(PACKAGE / room)
            if _below(real, folder):
                return f"{room}/{Path(os.path.relpath(real, folder)).as_posix()}"
        if _below(real, os.path.realpath(PACKAGE)) or _is_standard_library(real):
            return None
        try:
            return Path(os.path.relpath(real, self._root)).as_posix()
        except ValueError:  # another drive
            return Path(real).as_posix()


def _below(file: str, folder: str) -> bool:
    return file.startswith(folder.rstrip(os.sep) + os.sep)


def _is_standard_library(file: str) -> bool:
    if "site-packages" in file or "dist-packages" in file:
        return False
    return any(_below(file, os.path.realpath(sysconfig.get_path(name))) for name in ("stdlib", "platstdlib"))


def module_file(name: str) -> str:
    """The file a module was loaded from, or the name its text was given."""
    return str(getattr(sys.modules[name], "__file__", None) or name)


def modules_of(tree: Tree) -> Iterator[str]:
    """The modules that define a model's classes and properties, once each, in order."""
    seen: set[str] = set()
    classes = [base for site in tree.root.walk() for base in site.cls.__mro__ if issubclass(base, Model)]
    for name in [
        *(cls.__module__ for cls in classes if cls is not Model),
        *(m.function.__module__ for m in tree.properties),
    ]:
        if name not in seen:
            seen.add(name)
            yield name


def spec_digest(tree: Tree) -> str:
    """A digest of the text of every file that defines a class or property of the model.

    Moving a spec does not change it, editing a comment does: it says "nothing was touched", never "this is different".
    """
    files, digest = SpecFiles(tree), hashlib.sha256()
    for module in modules_of(tree):
        file = module_file(module)
        digest.update(f"{files.name(file)}\0{''.join(linecache.getlines(file))}\0".encode())
    return digest.hexdigest()[:32]
