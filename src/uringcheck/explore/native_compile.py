"""From LLVM assembly to machine code through llvmlite, with a cache of finished object code on disk.

The cache is keyed by everything that the object code depends on: what the text is made from and by, how it is
compiled, the processor, and the version of llvmlite. An entry carries a checksum; one that is damaged is compiled again
and written again. Nothing depends on the cache: where it cannot be read or written, every run compiles.

What is in the cache runs without LLVM (`native_link`), whose import takes longer than a small search.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from uringcheck.diagnostics import Diagnostic, UsageError
from uringcheck.diagnostics.values import entity_class, value_class
from uringcheck.explore.beside import Beside
from uringcheck.explore.native_link import linked

#: How hard machine code is generated, in clang's levels. Another level takes a twentieth more time, for no faster code.
LEVEL = 1

#: Entries beyond this many are deleted, the longest unused first; one is 5 to 50 kB.
KEPT = 256

_MAGIC = b"uringcheck object 1\n"
_DIGEST = 32

#: The levels of 64-bit Intel and AMD processors that their makers agreed on, and what Linux calls the abilities of each
#: beside those of the level before it. Code for a level runs on every machine of it, and is as fast as code for one
#: model: a search is adding, shifting and waiting for memory.
_LEVELS = (
    ("x86-64-v2", {"cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"}),
    ("x86-64-v3", {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"}),
)


class EngineUnavailable(UsageError):
    """The native engine cannot run here."""


@entity_class
class Compiled:
    """Machine code in this process. Keep it alive while its functions are called."""

    holder: object
    address: Callable[[str], int]  # of an exported function
    cached: bool


@cache
def version() -> str:
    """The version of llvmlite; raises EngineUnavailable where it is missing or too old."""
    try:
        import llvmlite  # type: ignore[import-untyped]
    except ImportError as error:
        raise EngineUnavailable(
            [_missing(f"the native engine needs llvmlite, and it cannot be imported: {error}")]
        ) from None
    version = tuple(int(part) for part in llvmlite.__version__.split(".")[:2] if part.isdigit())
    if version < (0, 45):
        raise EngineUnavailable(
            [_missing(f"the native engine needs llvmlite 0.45 or newer, and this is {llvmlite.__version__}")]
        )
    return str(llvmlite.__version__)


@cache
def binding() -> ModuleType:
    """llvmlite's binding, ready to compile; raises EngineUnavailable."""
    version()
    try:
        from llvmlite import binding as llvm
    except (ImportError, OSError) as error:
        raise EngineUnavailable(
            [_missing(f"the native engine needs llvmlite, and it does not load: {error}")]
        ) from None
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module: ModuleType = llvm
    return module


def _missing(message: str) -> Diagnostic:
    return Diagnostic("UC029", message, None, "pip install 'llvmlite>=0.45', or search with --engine python")


@cache
def processor() -> tuple[str, str]:
    """What code is made for: LLVM's names of a processor and of its features."""
    if platform.machine() in ("x86_64", "AMD64"):
        with contextlib.suppress(OSError):
            return _level(_abilities(Path("/proc/cpuinfo"))), ""
    llvm = binding()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _abilities(described: Path) -> set[str]:
    """What the first processor can do, as Linux says it; nothing where it does not."""
    with described.open(encoding="utf-8") as lines:
        for line in lines:
            name, _, words = line.partition(":")
            if name.strip() == "flags":
                return set(words.split())
    return set()


def _level(abilities: set[str]) -> str:
    """The highest level all of whose abilities are there."""
    found = "x86-64"
    for name, needed in _LEVELS:
        if not needed <= abilities:
            break
        found = name
    return found


def _machine() -> Any:
    """A description of this processor. Each engine and each compilation takes one for its own."""
    cpu, features = processor()
    target = binding().Target.from_default_triple()
    return target.create_target_machine(cpu=cpu, features=features, opt=LEVEL, jit=True)


def cache_directory() -> Path:
    """Where object code is kept: `$XDG_CACHE_HOME/uringcheck` or `~/.cache/uringcheck`."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(root) if os.path.isabs(root) else Path.home() / ".cache") / "uringcheck" / "native"


@value_class
class Part:
    """A module to be compiled.

    `identity` stands for the text in the key of the cache, so that a text which is not needed is not even made.
    `optimised` asks for optimisations over the text. The search loop needs them: it comes with its locals in memory and
    many small functions. A model does not: its code comes in single assignment form with common expressions shared
    already, and LLVM would take more time than it saves, and turn branches that skip work into straight code.
    """

    identity: str
    text: Callable[[], str]
    optimised: bool

    def made(self) -> bytes:
        """Its machine code."""
        return object_code(self.text(), self.optimised)


def compiled(*parts: Part) -> Compiled:
    """The machine code of some modules that call each other, each from the cache where it is there."""
    paths = [cache_directory() / f"{key(part)}.o" for part in parts]
    objects = {path: code for path in paths if (code := _read(path)) is not None}
    missing = {path: part for path, part in zip(paths, parts, strict=True) if path not in objects}
    # Beside this process: LLVM compiles one module at a time, and stays in memory that a search was promised.
    with contextlib.ExitStack() as stack:
        making = {path: stack.enter_context(Beside(part.made)) for path, part in missing.items()}
        for path, work in making.items():
            objects[path] = work.result()
            _write(path, objects[path])
    codes = [objects[path] for path in paths]
    image = linked(codes)
    if image is not None:
        return Compiled(image, image.addresses.__getitem__, not missing)
    engine = _loaded(codes)
    return Compiled(engine, engine.get_function_address, not missing)


def _loaded(objects: Sequence[bytes]) -> Any:
    """The objects in LLVM's own loader."""
    llvm = binding()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    for code in objects:
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def object_code(text: str, optimised: bool) -> bytes:
    """Compile a module."""
    llvm, machine = binding(), _machine()
    module = llvm.parse_assembly(text)
    module.verify()
    if optimised:
        _optimise(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=2)))
    return bytes(machine.emit_object(module))


def _optimise(module: Any, builder: Any) -> None:
    """Locals into registers, small functions into their callers, and what then turns out to be known or double.

    LLVM's own pipeline takes three times as long, and its code is no faster.
    """
    llvm = binding()

    def over_functions(*names: str) -> None:
        passes = llvm.create_new_function_pass_manager()
        for name in names:
            getattr(passes, f"add_{name}_pass")()
        for function in module.functions:
            if not function.is_declaration:
                passes.run(function, builder)

    over_functions("sroa", "simplify_cfg")
    inliner = llvm.create_new_module_pass_manager()
    inliner.add_always_inliner_pass()
    inliner.run(module, builder)
    over_functions("sroa", "simplify_cfg", "loop_unroll", "instruction_combine", "simplify_cfg")


def key(part: Part) -> str:
    """What an entry of the cache is called: a digest of everything that the object code depends on."""
    machine = f"{sys.platform} {platform.machine()}"
    said = (part.identity, f"{LEVEL} {part.optimised}", machine, *processor(), version(), _own_text())
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:40]


@cache
def _own_text() -> str:
    """This file: it says how a text is compiled."""
    return Path(__file__).read_text(encoding="utf-8")


def _read(path: Path) -> bytes | None:
    """The object code in a cache entry, or None where there is none that can be trusted."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head, code = data[: len(_MAGIC) + _DIGEST], data[len(_MAGIC) + _DIGEST :]
    if head != _MAGIC + hashlib.sha256(code).digest():
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return code


def _write(path: Path, code: bytes) -> None:
    """Keep object code. Written elsewhere and renamed, so that no other process sees half of it."""
    import tempfile

    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(_MAGIC + hashlib.sha256(code).digest() + code)
        os.replace(file.name, path)
        entries = sorted(path.parent.glob("*.o"), key=lambda entry: entry.stat().st_mtime, reverse=True)
        for old in entries[KEPT:]:
            old.unlink(missing_ok=True)
