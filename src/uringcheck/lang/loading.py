"""Finding and importing spec files.

A file below the shipped `spec/` or `invariants/` is imported under its package name (`uringcheck.spec...`), any other
file under a name made from its path, once.
"""

from __future__ import annotations

import importlib
import importlib.util
import linecache
import re
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from uringcheck.diagnostics import Span, SpecError, UringcheckError, UsageError
from uringcheck.lang.models import Model

_T = TypeVar("_T")

PACKAGE = Path(__file__).resolve().parent.parent

_IMPORT = re.compile(r"^from (uringcheck[.](?:spec|invariants)[.][\w.]+) import", re.MULTILINE)


def load_file(path: Path) -> ModuleType:
    """The module of a spec file; raises UsageError when there is none, SpecError when it does not import."""
    if not path.exists():
        raise UsageError.at("UC001", f"no such file: {path}")
    if path.is_dir():
        raise UsageError.at("UC001", f"{path} is a directory, not a spec file")
    resolved = path.resolve()
    for room in ("spec", "invariants"):
        folder = (PACKAGE / room).resolve()
        if resolved.is_relative_to(folder):
            parts = resolved.relative_to(folder).with_suffix("").parts
            return import_module(".".join((f"uringcheck.{room}", *parts)))
    name = f"uringcheck_user_{resolved.stem}_{_digest(str(resolved))[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, resolved)
    if spec is None or spec.loader is None:
        raise UsageError.at("UC002", f"{path} is not a Python file", help="a spec is a .py file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(resolved.parent))
    try:
        _guarded(lambda: spec.loader.exec_module(module), resolved)  # type: ignore[union-attr]
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.path.remove(str(resolved.parent))
    return module


def load_text(text: str, name: str = "<spec>") -> ModuleType:
    """The module of a spec given as text. The name is what errors and traces call its file; it must be unique."""
    module = ModuleType(f"uringcheck_text_{_digest(name + text)[:16]}")
    module.__file__ = name
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    sys.modules[module.__name__] = module
    _guarded(lambda: exec(compile(text, name, "exec", dont_inherit=True), vars(module)), Path(name))
    return module


def _digest(text: str) -> str:
    import hashlib  # loads a library of ciphers, which no run on a shipped model needs

    return hashlib.sha256(text.encode()).hexdigest()


def import_module(name: str) -> ModuleType:
    """A shipped module by its name."""
    path = PACKAGE.joinpath(*name.split(".")[1:]).with_suffix(".py")
    return _guarded(lambda: importlib.import_module(name), path)


def _guarded(run: Callable[[], _T], path: Path) -> _T:
    try:
        return run()
    except UringcheckError:
        raise
    except SyntaxError as error:
        span = Span(error.filename or str(path), error.lineno or 1, max((error.offset or 1) - 1, 0))
        raise SpecError.at(
            "UC201", f"not Python: {error.msg}", span, help="correct the syntax; the caret is where Python gave up"
        ) from None
    except Exception as error:  # the author's module body ran and raised: say where
        import traceback

        frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith("<frozen")]
        inside = [f for f in frames if PACKAGE.joinpath("lang") not in Path(f.filename).parents]
        last = inside[-1] if inside else None
        span = Span(last.filename, last.lineno or 1) if last else Span(str(path), 1)
        raise SpecError.at(
            "UC202",
            f"the file cannot be imported: {type(error).__name__}: {error}",
            span,
            help="a spec file must import by itself: run it with python",
        ) from error


def shipped_models() -> dict[str, Path]:
    """The shipped models by name: the files directly below `spec/`, whether or not they hold a model."""
    return {path.stem: path for path in sorted((PACKAGE / "spec").glob("*.py")) if not path.stem.startswith("_")}


def models_in(module: ModuleType) -> list[type[Model]]:
    """The model classes a module itself defines, in order. A ghost is no model."""
    from uringcheck.lang.ghosts import Ghost

    return [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, Model)
        and not issubclass(member, Ghost)
        and member.__module__ == module.__name__
    ]


def load_invariants(classes: Iterable[type]) -> None:
    """Import the shipped properties that may be about these classes."""
    for module in invariants_about(classes):
        import_module(module)


def invariants_about(classes: Iterable[type]) -> list[str]:
    """The shipped files of properties that import a module of these classes, as modules.

    Files that import such a file come along: what it defines may be what they are about.
    """
    about = {base.__module__ for cls in classes for base in cls.__mro__}
    if not any(module.startswith("uringcheck.spec.") for module in about):
        return []
    imports = _imports_of_invariants()
    needed: set[str] = set()
    while more := {module for module in imports.keys() - needed if imports[module] & about}:
        needed |= more
        about |= more
    return sorted(needed)


@cache
def _imports_of_invariants() -> dict[str, set[str]]:
    """What each shipped file of properties imports."""
    return {
        f"uringcheck.invariants.{path.stem}": set(_IMPORT.findall(path.read_text(encoding="utf-8")))
        for path in (PACKAGE / "invariants").glob("*.py")
        if path.stem != "__init__"
    }


def find_model(name: str) -> type[Model]:
    """The model class that `name` means: a shipped model, `path.py`, or `path.py:Class`.

    In a file with several model classes and no class named, it is the one named like the file (`die_hard.py`:
    `DieHard`), else the only one that no other class of the file is made of or derived from.
    """
    file, _, wanted = name.partition(":")
    shipped = shipped_models()
    if file.endswith(".py") or "/" in file:
        module = load_file(Path(file))
        shown = file
    elif file in shipped:
        module = import_module(f"uringcheck.spec.{file}")
        shown = f"the shipped model {file}"
    else:
        from uringcheck.lang.tree import unknown

        raise unknown("model", file, sorted(model_names()), "UC003")
    found = models_in(module)
    if wanted:
        for cls in found:
            if cls.__name__ == wanted:
                return cls
        raise UsageError.at(
            "UC004",
            f"{shown} has no model `{wanted}`",
            help="it has " + (", ".join(c.__name__ for c in found) or "none"),
        )
    if not found:
        raise UsageError.at(
            "UC005", f"{shown} defines no model", help="a model is a class derived from uringcheck.Model"
        )
    camel = "".join(word.capitalize() for word in module.__name__.split(".")[-1].split("_"))
    by_name = [
        cls
        for cls in found
        if cls.__name__ == camel or Path(str(module.__file__)).stem.replace("_", "") == cls.__name__.lower()
    ]
    if by_name:
        return by_name[0]
    tops = [cls for cls in found if not any(_uses(other, cls) for other in found if other is not cls)]
    if len(tops) == 1:
        return tops[0]
    raise UsageError.at(
        "UC006",
        f"{shown} defines several models",
        help="choose one: " + ", ".join(f"{file}:{c.__name__}" for c in found),
    )


def _uses(user: type[Model], cls: type[Model]) -> bool:
    """Whether a class derives from another or declares a part, slot or link of it."""
    if issubclass(user, cls):
        return True
    annotations = [str(hint) for base in user.__mro__ for hint in base.__dict__.get("__annotations__", {}).values()]
    return any(re.search(rf"\b{cls.__name__}\b", hint) for hint in annotations)


def model_names() -> list[str]:
    """The shipped names that hold a model of the file's name."""
    names = []
    for name, path in shipped_models().items():
        camel = "".join(word.capitalize() for word in name.split("_"))
        if f"class {camel}(Model)" in path.read_text(encoding="utf-8"):
            names.append(name)
    return names
