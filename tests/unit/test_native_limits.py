"""The native engine keeps its limits, and trusts nothing in its cache that is damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.agree.engines import program_of, tree_of
from uringcheck.explore import auto, memory, native, native_compile
from uringcheck.explore.memory import resident
from uringcheck.explore.outcome import Cut, Limits, Progress, Request
from uringcheck.explore.search import search
from uringcheck.ir.program import Program
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.tree import elaborate

CORPUS = Path(__file__).parents[1] / "corpus"


def six_counters(modulus: int) -> Program:
    """Counters with modulus ** 6 states."""
    cls = models_in(load_file(CORPUS / "six_counters.py"))[-1]
    return specialise(compile_tree(elaborate(cls, {"MODULUS": modulus})))


_MEASURED = """
import re, sys
from tests.unit.test_native_halves import WIDE, counters
from tests.unit.test_native_limits import *
limit, threads, kept = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
program = six_counters(40) if kept == "words" else counters(WIDE, 40)
outcome = native.search(program, Request(Limits(memory=limit), compact=kept == "prints"), threads=threads)
assert outcome.cut_by is Cut.MEMORY and not outcome.complete
assert outcome.states == sum(outcome.levels) > 0
# Not ru_maxrss: a child inherits that of the process that started it.
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize("kept", ["words", "halves", "prints"])
@pytest.mark.parametrize(("limit", "threads"), [(200, 1), (200, 2), (260, 1), (400, 2)])
def test_memory_stays_within_five_percent_of_the_limit(limit: int, threads: int, kept: str) -> None:
    """The peak of the whole process, at several limits; the search ends by itself and says why.

    Tables double, and with fingerprints there is little else: one that may not double any more may leave much unused.
    """
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _MEASURED, str(limit), str(threads), kept]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    peak = float(ran.stdout)
    assert (0.6 if kept == "prints" else 0.7) * limit < peak <= 1.05 * limit


def test_a_limit_below_what_the_process_holds_ends_at_once() -> None:
    """Nothing is found, and that is said."""
    outcome = native.search(six_counters(4), Request(Limits(memory=resident() / 2)))
    assert outcome.cut_by is Cut.MEMORY
    assert outcome.states == 0


@pytest.mark.parametrize("engine", ["python", "native", "auto"])
def test_without_a_limit_a_search_keeps_to_its_share_of_the_machine(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The share is made small here, not the machine."""
    monkeypatch.setattr(memory, "SHARE", (resident() + 30) / memory.machine_memory())
    outcome = auto.search_auto(six_counters(40), engine=engine)
    assert outcome.cut_by is Cut.MEMORY
    assert outcome.states == sum(outcome.levels) < 40**6


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_stop_leaves_the_figures_of_the_last_complete_level(threads: int) -> None:
    """Others are in the middle of something when the time is over, and when an interruption or a limit comes."""

    def interrupt(progress: Progress) -> None:
        assert progress.states > 0
        raise KeyboardInterrupt

    for request, cut in (
        (Request(Limits(seconds=0.2)), Cut.SECONDS),
        (Request(observe=interrupt), Cut.INTERRUPTED),
        (Request(Limits(states=1_000_000)), Cut.STATES),
    ):
        outcome = native.search(six_counters(20), request, threads=threads)
        assert outcome.cut_by is cut
        # The states at distance d are the ways to write d as a sum of six numbers.
        assert outcome.levels[:5] == [1, 6, 21, 56, 126]
        assert outcome.states == sum(outcome.levels)
        assert sum(outcome.new) == outcome.states - outcome.initial
        # Each of six counters turns in each state that is not in the last level.
        assert outcome.transitions == 6 * (outcome.states - outcome.levels[-1])


def test_a_step_that_fails_again_behind_the_limit_on_depth_leaves_the_search_open() -> None:
    """It failed one level earlier, too; behind it there may be more, so the last level is not counted as expanded."""
    text = '''"""It fails from two on."""
from uringcheck import Model, action, var
class Climb(Model):
    """A number and a flag."""
    n: int = var(0, 2)
    b: bool = var(False)
    @action
    def up(self) -> None:
        """Two more."""
        self.n += 2
    @action
    def flag(self) -> None:
        """The flag is set."""
        self.b = True
'''
    program, request = program_of(tree_of(text)), Request(Limits(depth=2), all_violations=True, graph_stats=True)
    outcomes = [search(program, request), native.search(program, request, threads=1)]
    assert [(one.cut_by, one.transitions, one.failed) for one in outcomes] == [(Cut.FAILURE, 5, [1, 0])] * 2


def test_a_damaged_cache_entry_is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flipped bit, a cut file and an empty one are all noticed and replaced."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    text = "define i64 @answer() {\n  ret i64 42\n}\n"
    part = native_compile.Part(text, lambda: text, optimised=True)
    assert not native_compile.compiled(part).cached
    assert native_compile.compiled(part).cached
    (entry,) = native_compile.cache_directory().glob("*.o")
    whole = entry.read_bytes()
    for damaged in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[: len(whole) // 2], b""):
        entry.write_bytes(damaged)
        assert not native_compile.compiled(part).cached
        assert entry.read_bytes() == whole
        assert native_compile.compiled(part).cached


def test_a_cache_that_cannot_be_written_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place of the cache is taken by a file."""
    (tmp_path / "uringcheck").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert native.search(six_counters(3)).states == 3**6


def test_a_dump_names_the_source_line_of_every_instance() -> None:
    """What is compiled can be read."""
    text = native.assembly(six_counters(3))
    assert "tick_a, instance 0" in text
    assert "six_counters.py:" in text
