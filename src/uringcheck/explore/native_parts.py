"""The parts that native code is compiled from, what each is known by in the cache, and the words they work on."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from uringcheck import ir, lower
from uringcheck.explore import native_language
from uringcheck.explore.native_compile import Compiled, Part
from uringcheck.explore.native_language import translate
from uringcheck.ir.digest import digest
from uringcheck.ir.program import Program
from uringcheck.lower.llvm import Module


def model_part(module: Module) -> Part:
    """A model. Its text is not made where it is in the cache."""
    what = "model that is searched" if module.followed else "model"
    return told_part(what, lambda: module.text, module.program, *module.interchangeable)


def told_part(what: str, text: Callable[[], str], program: Program, *more: object) -> Part:
    """A part that is made from a program and more that belongs to it, by the room `lower`."""
    return Part(f"{what} {_makers()} {digest(program, *more)}", text, optimised=False)


@cache
def _makers() -> str:
    """A digest of the files that decide which text a program becomes."""
    return hashlib.sha256(b"".join([path.read_bytes() for path in makers()])).hexdigest()


def makers() -> list[Path]:
    """The files that decide which text a program becomes: all that says what a program is, and the way to assembly."""
    said, way = Path(str(ir.__file__)).parent, Path(str(lower.__file__)).parent
    return [*sorted(said.glob("*.py")), *sorted(way.glob("llvm*.py")), way / "packing.py", way / "python_queues.py"]


def written(
    modules: Sequence[ModuleType],
    functions: Sequence[Callable[..., object]],
    exported: Sequence[str],
    fields: Sequence[str],
    known: Mapping[str, int],
    inlined: Sequence[str] = (),
) -> Part:
    """The part that functions of some modules make. A number is what `known` says, or the first module that has it.

    It is known by what the modules say and by what is known, so that a text which is in the cache is not made.
    """
    sources = [Path(str(module.__file__)).read_bytes() for module in (native_language, *modules)]
    numbers = {
        name: value
        for module in reversed(modules)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int)
    } | dict(known)
    places = {name: index for index, name in enumerate(fields)}
    names = [function.__name__ for function in functions]
    told = f"{sorted(numbers.items())} {names} {exported} {fields} {inlined}"
    return Part(
        f"{hashlib.sha256(b''.join(sources)).hexdigest()} {told}",
        lambda: translate(functions, exported, places, numbers, inlined),
        optimised=True,
    )


class Block:
    """The words that calls into native code share, the first of them by name."""

    def __init__(self, code: Compiled, fields: Sequence[str], size: int = 0) -> None:
        """`size` words, or as many as there are names."""
        self._code = code
        self._places = {name: index for index, name in enumerate(fields)}
        self.words = (ctypes.c_uint64 * max(size, len(fields)))()

    def __setitem__(self, name: str, value: int) -> None:
        self.words[self._places[name]] = value

    def __getitem__(self, name: str) -> int:
        return int(self.words[self._places[name]])

    def call(self, function: str, *arguments: int) -> int:
        """One call; native code gets the address of the words first."""
        kind = ctypes.CFUNCTYPE(ctypes.c_uint64, *[ctypes.c_uint64] * (1 + len(arguments)))
        native: Any = kind(self._code.address(function))
        return int(native(ctypes.addressof(self.words), *arguments))
