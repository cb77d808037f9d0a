"""Native code comes from the cache when nothing has changed that it depends on, and then without LLVM."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.agree.engines import program_of, tree_of
from uringcheck.explore import native, native_compile, native_link, native_parts
from uringcheck.explore.native_compile import Part
from uringcheck.explore.outcome import Outcome, Request
from uringcheck.ir import build
from uringcheck.ir.digest import digest
from uringcheck.ir.nodes import Check, If, Require
from uringcheck.ir.program import Program
from uringcheck.ir.types import Enum, Int
from uringcheck.lower.llvm import Module

pytest.importorskip("llvmlite")

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "uringcheck"

SPEC = '''
from __future__ import annotations
from typing import Final

from uringcheck import Model, action, always, cover, implies, one_of, param, require, step, var


class Box(Model):
    """A number that grows."""
    TOP: Final[int] = param(5, 1, 9, "the most")
    n: int = var(0, 9)
    full: bool = var(False)
    @action
    def add(self, by: int = one_of(1, 2)) -> None:
        """It grows."""
        require(not self.full)
        if self.n + by > self.TOP:
            cover(self.n > 3)
            assert self.n < 9, "never nine"
            self.full = True
        else:
            self.n += by

@always
def small(box: Box) -> bool:
    """It stays small."""
    return implies(box.full, box.n <= 9)

@step
def grows(before: Box, after: Box) -> bool:
    """It never shrinks."""
    return before.n <= after.n
'''

FAILING = SPEC.replace("self.n < 9", "self.n < 4")

CLEAN, BROKEN = (program_of(tree_of(text)) for text in (SPEC, FAILING))

X86_LINUX = sys.platform == "linux" and os.uname().machine == "x86_64"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return native_compile.cache_directory()


def searched(program: Program, threads: int = 1) -> Outcome:
    """What native code finds, without the time it took."""
    outcome = native.search(program, Request(all_violations=True), threads=threads)
    return replace(outcome, seconds=0.0)


# --- what is in the cache ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("program", [CLEAN, BROKEN], ids=["clean", "broken"])
def test_code_from_the_cache_finds_the_same(program: Program, threads: int, cache: Path) -> None:
    """Checks that fail are named the same, although their numbers were given when the code was made."""
    first = searched(program, threads)
    entries = {path: path.read_bytes() for path in cache.glob("*.o")}
    assert len(entries) == 1 + threads  # the model, the loop of one thread, and the loop of two
    assert searched(program, threads) == first
    assert {path: path.read_bytes() for path in cache.glob("*.o")} == entries
    assert ("assert" in first.paths) == (program is BROKEN)


def test_what_is_in_the_cache_is_neither_written_down_nor_compiled_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No text is made, and LLVM is not asked."""
    first = searched(CLEAN)

    def unwanted(*_: object) -> Any:
        raise AssertionError("compiled again")

    monkeypatch.setattr(Module, "text", property(unwanted))
    monkeypatch.setattr(native_compile, "object_code", unwanted)
    if X86_LINUX:
        monkeypatch.setattr(native_compile, "binding", unwanted)
    assert searched(CLEAN) == first


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda whole: whole[:-9],
    "one byte": lambda whole: whole[:99] + bytes([whole[99] ^ 4]) + whole[100:],
    "empty": lambda whole: b"",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_search_replaces_damaged_entries(damage: Callable[[bytes], bytes], cache: Path) -> None:
    """Of the model and of the loop alike."""
    first = searched(CLEAN)
    whole = {path: path.read_bytes() for path in cache.glob("*.o")}
    for path, data in whole.items():
        path.write_bytes(damage(data))
    assert searched(CLEAN) == first
    assert {path: path.read_bytes() for path in cache.glob("*.o")} == whole


@pytest.mark.skipif(not X86_LINUX, reason="elsewhere LLVM loads what is in the cache")
def test_a_run_from_the_cache_does_not_import_llvm(cache: Path) -> None:
    """Importing it takes longer than a small search. With one core, compiling does it in this process."""
    code = (
        "import sys; from uringcheck.explore import beside; beside.cores = lambda: 1; "
        "from uringcheck.cli import main; main(['check', 'bounded_cq', '-q', '--engine', 'native']); "
        "print('llvmlite.binding' in sys.modules, file=sys.stderr)"
    )
    seen = []
    for _ in range(2):
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=cache.parent.parent)
        seen.append(done.stderr.strip())
    assert seen == ["True", "False"]


# --- the two loaders --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2])
def test_both_loaders_run_the_same_code(threads: int, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours, and LLVM's, which serves wherever ours does not know an object."""
    ours = searched(BROKEN, threads)
    monkeypatch.setattr(native_compile, "linked", lambda objects: None)
    assert searched(BROKEN, threads) == ours


@pytest.mark.skipif(not X86_LINUX, reason="elsewhere LLVM's loader is used")
def test_our_loader_knows_all_that_is_made_here(cache: Path) -> None:
    """The loops of one thread and of several, and a model with constants and failures."""
    for threads in (1, 2):
        searched(BROKEN, threads)
    for path in cache.glob("*.o"):
        code = native_compile._read(path)
        assert code is not None
        assert code[:4] == b"\x7fELF"
    module = Module(BROKEN)
    for threads in (1, 2):
        assert isinstance(native_compile.compiled(*native.parts(module, threads)).holder, native_link.Image)


def test_our_loader_leaves_alone_what_it_does_not_know() -> None:
    """Not an object; a variable that can be written; a function that is nowhere."""
    assert native_link.linked([b"\xcf\xfa\xed\xfe" + bytes(100)]) is None
    assert native_link.linked([b"\x7fELF"]) is None
    for text in (
        "@n = global i64 5\ndefine i64 @f() {\n  %n = load i64, ptr @n\n  ret i64 %n\n}\n",
        "declare i64 @nowhere()\ndefine i64 @f() {\n  %n = call i64 @nowhere()\n  ret i64 %n\n}\n",
    ):
        assert native_link.linked([native_compile.object_code(text, optimised=False)]) is None


# --- the key ----------------------------------------------------------------------------------------------------------


def test_the_key_covers_how_and_for_what_code_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each input alone makes another key."""
    part = Part("model", lambda: "", optimised=False)
    keys = [native_compile.key(part)]
    keys.append(native_compile.key(replace(part, identity="models")))
    keys.append(native_compile.key(replace(part, optimised=True)))
    for name, value in {
        "LEVEL": 3,
        "processor": lambda: ("another", ""),
        "version": lambda: "0.99.0",
        "_own_text": lambda: "compile otherwise",
    }.items():
        with monkeypatch.context() as patched:
            patched.setattr(native_compile, name, value)
            keys.append(native_compile.key(part))
    level = native_compile.processor()[0]
    with monkeypatch.context() as patched:
        patched.setattr(native_compile, "processor", lambda: (level, "+other"))
        keys.append(native_compile.key(part))
    for where, value in (("sys.platform", "plan9"), ("platform.machine", lambda: "vax")):
        with monkeypatch.context() as patched:
            patched.setattr(where, value)
            keys.append(native_compile.key(part))
    assert len(set(keys)) == len(keys)
    assert native_compile.key(part) == keys[0]


def test_each_level_of_processor_needs_all_its_abilities() -> None:
    """One ability less is one level less."""
    v2, v3 = (needed for _, needed in native_compile._LEVELS)
    assert native_compile._level(v2 | v3 | {"fpu"}) == "x86-64-v3"
    assert {native_compile._level(v2 | v3 - {one}) for one in v3} == {"x86-64-v2"}
    assert {native_compile._level((v2 - {one}) | v3) for one in v2} == {"x86-64"}
    assert native_compile._level(set()) == "x86-64"


@pytest.mark.skipif(not X86_LINUX, reason="levels are for these machines")
def test_llvm_agrees_that_this_machine_has_the_abilities() -> None:
    """Of those of the level, which LLVM finds by asking the processor itself."""
    level = native_compile.processor()[0]
    named = {
        "lahf_lm": "sahf", "sse4_1": "sse4.1", "sse4_2": "sse4.2", "bmi1": "bmi", "abm": "lzcnt",
    }  # fmt: skip
    host = native_compile.binding().get_host_cpu_features()
    for name, needed in native_compile._LEVELS:
        if name <= level:
            assert all(host[named.get(ability, ability)] for ability in needed)


def model_identity(program: Program) -> str:
    """What a model is known by."""
    return native_parts.model_part(Module(program)).identity


def test_the_key_covers_the_whole_program() -> None:
    """Another type, guard, check, order, property, place or name, each alone, makes another identity."""
    program = CLEAN
    action, first = program.actions[0], program.variables[0]
    assert isinstance(first.type, Int)
    guard = next(one for one in action.body if isinstance(one, Require))
    branch = next(one for one in action.body if isinstance(one, If))

    def with_body(*body: Any) -> Program:
        return replace(program, actions=(replace(action, body=body), *program.actions[1:]))

    def swapped(old: object, new: object) -> Program:
        return with_body(*[new if one is old else one for one in action.body])

    check = next(one for one in branch.then if isinstance(one, Check))
    moved = replace(check, span=replace(check.span, line=check.span.line + 1))
    small, grows = program.properties[:2]
    assert small.block is not None
    wider = replace(first, type=replace(first.type, high=first.type.high + 1))
    changed = [
        program,
        replace(program, variables=(wider, *program.variables[1:])),
        replace(program, variables=program.variables[::-1]),
        swapped(guard, replace(guard, condition=build.TRUE)),
        swapped(branch, replace(branch, then=branch.orelse, orelse=branch.then)),
        swapped(branch, replace(branch, then=tuple(moved if one is check else one for one in branch.then))),
        with_body(*action.body[::-1]),
        replace(program, actions=(replace(action, arguments=()), *program.actions[1:])),
        replace(program, properties=(grows, small)),
        replace(program, properties=(small,)),
        replace(program, properties=(replace(small, block=replace(small.block, result=build.FALSE)), grows)),
        replace(program, properties=(replace(small, antecedents=()), grows)),
        replace(program, properties=(replace(small, kind=grows.kind), grows)),
        replace(program, covers=()),
    ]
    identities = [model_identity(one) for one in changed]
    assert [identities.index(one) for one in identities] == list(range(len(changed)))


def test_values_of_one_hash_are_told_apart() -> None:
    """True is not 1, nor is text a number, nor a pair two values."""
    values: list[tuple[object, ...]] = [
        (), (True,), (1,), ("1",), ((1,),), (1, 1), ((1, 1),), (None,), ("",), ("None",),
    ]  # fmt: skip
    assert len({digest(CLEAN, *more) for more in values}) == len(values)


def test_interchangeable_types_are_part_of_the_key() -> None:
    """The code differs: it canonicalises."""
    names = Enum("Name", ("a", "b"))
    assert native_parts.told_part("model", lambda: "", CLEAN, names).identity != model_identity(CLEAN)
    assert native_parts.told_part("truths", lambda: "", CLEAN).identity != model_identity(CLEAN)


def test_the_key_covers_the_files_that_make_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file alone: one more comment in it makes another identity."""
    files = native_parts.makers()
    before = model_identity(CLEAN)
    for position, file in enumerate(files):
        edited = tmp_path / file.name
        edited.write_bytes(file.read_bytes() + b"# other\n")
        with monkeypatch.context() as patched:
            others = [*files[:position], edited, *files[position + 1 :]]
            patched.setattr(native_parts, "makers", lambda found=others: found)
            native_parts._makers.cache_clear()
            assert model_identity(CLEAN) != before
    native_parts._makers.cache_clear()
    assert model_identity(CLEAN) == before


def imported(file: Path) -> set[Path]:
    """The files of the rooms `ir` and `lower` that a file imports when it is imported."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("uringcheck.ir", "uringcheck.lower")):
            for name in [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]:
                path = PACKAGE.joinpath(*name.split(".")[1:])
                found |= {one for one in (path.with_suffix(".py"), path / "__init__.py") if one.exists()}
    return found


def test_no_file_that_makes_the_text_is_forgotten() -> None:
    """All that the makers of the text import from their rooms, and what that imports, has its part in the key."""
    seen: set[Path] = set()
    open_ = [PACKAGE / "lower" / "llvm.py", PACKAGE / "lower" / "llvm_truths.py"]
    while open_:
        file = open_.pop()
        if file not in seen:
            seen.add(file)
            open_ += imported(file)
    assert len(seen) > 10
    assert {file for file in seen if file.name != "__init__.py"} <= {file.resolve() for file in native_parts.makers()}


_TOLD = """
import hashlib, sys
from uringcheck.explore.native_parts import model_part
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
from uringcheck.lower.llvm import Module
for name in sys.argv[1:]:
    part = model_part(Module(specialise(compile_tree(elaborate(find_model(name), {})))))
    print(name, part.identity, hashlib.sha256(part.text().encode()).hexdigest())
"""


def test_a_program_has_one_key_and_one_text_in_every_process() -> None:
    """Whatever Python's hashes of strings are. Checks are numbered while the text is made, so it must be one."""
    models = ["bounded_cq", "recv_task_run", "aux_posting", str(ROOT / "tests" / "corpus" / "simple_allocator.py")]
    told = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", _TOLD, *models]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
        told.add(done.stdout)
    assert len(told) == 1
    assert len(told.pop().splitlines()) == len(models)


_COLD = """
import sys
from uringcheck.explore import beside
from tests.unit.test_native_cache import CLEAN, native
beside.cores = lambda: 2
outcome = native.search(CLEAN)
print(outcome.states, "llvmlite.binding" in sys.modules)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere LLVM runs in this process")
def test_a_search_that_has_to_compile_does_not_keep_llvm(tmp_path: Path) -> None:
    """LLVM takes 70 MB, which a search under a limit on memory would have to do without."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", _COLD]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
    assert ran.stdout.split() == [str(native.search(CLEAN).states), "False"]
    assert len(list(tmp_path.rglob("*.o"))) == 2
