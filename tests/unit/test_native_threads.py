"""Several threads search as one does, whatever grows meanwhile, and however few cores there are."""

from __future__ import annotations

import concurrent.futures
import os
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.agree.engines import program_of
from tests.agree.test_native_and_generated import told
from tests.unit.test_native_halves import WIDE, counters
from tests.unit.test_native_limits import six_counters
from uringcheck.explore import native, native_graph_loop, native_table, native_words
from uringcheck.explore.memory import cores
from uringcheck.explore.native_store import Store
from uringcheck.explore.outcome import Cut, Limits, Request
from uringcheck.explore.search import search
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
from uringcheck.lower.llvm_words import HEADER


@pytest.mark.parametrize("halves", [False, True])
def test_tables_grow_under_several_threads(halves: bool) -> None:
    """Up to a table of 4 or 8 MiB: memory is touched ahead, the ring goes round, and tables of halves are filled."""
    modulus = 8 if halves else 9
    program = counters(WIDE, modulus) if halves else six_counters(modulus)
    expected = told(native.search(program, threads=1))
    assert expected["states"] == modulus**6
    for threads in (2, 3, 4):
        assert told(native.search(program, threads=threads)) == expected


def test_the_same_outcome_again_and_again() -> None:
    """Threads meet differently in every run, and the generated Python says what must come out."""
    program = program_of(elaborate(find_model("recv_multishot"), {"C": "2", "NB": "3", "M": "3", "G": "2"}))
    request = Request(Limits(states=60_000), all_violations=True, graph_stats=True)
    expected = told(search(program, request))
    for threads in (2, 3, 2, 3, 5):
        assert told(native.search(program, request, threads=threads)) == expected


@pytest.mark.parametrize("refused", [None, MemoryError(), native.EngineUnavailable([])])
def test_others_join_a_large_search(refused: Exception | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first level on that begins with enough states; where that cannot be, one goes on alone."""
    joined: list[int] = []
    employ = Store.employ

    def employed(store: Store, threads: int) -> None:
        if refused is not None:
            raise refused
        employ(store, threads)
        joined.append(store.first["count"])

    monkeypatch.setattr(Store, "employ", employed)
    monkeypatch.setattr(native, "cores", lambda: 3)
    monkeypatch.setattr(native, "JOIN", 60)
    sizes = {"C": "2", "NB": "3", "M": "4", "G": "3"}
    whole = program_of(elaborate(find_model("recv_multishot"), sizes))
    broken = program_of(elaborate(find_model("recv_multishot"), sizes | {"result_on_stop": "false"}))
    for program, request in (
        (whole, Request(all_violations=True, graph_stats=True)),
        (whole, Request(Limits(states=3_000))),
        (whole, Request(Limits(depth=17))),
        (broken, Request()),
        (broken, Request(all_violations=True)),
    ):
        assert told(native.search(program, request)) == told(search(program, request))
    assert native.search(six_counters(7)).states == 7**6
    assert len(joined) == (0 if refused else 5)  # one is violated before
    assert all(60 < count < 3_000 for count in joined)


def test_cores_are_those_that_the_process_may_use(tmp_path: Path) -> None:
    """A control group may give less than a machine has, and at least one."""
    have = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    group = tmp_path / "cpu.max"
    assert cores(str(group)) == have
    for text, most in (("max 100000", have), ("100000 100000", 1), ("50000 100000", 1), ("9900000 100000", have)):
        group.write_text(text + "\n")
        assert cores(str(group)) == most


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be taken away here")
def test_threads_without_cores_of_their_own() -> None:
    """Three threads on one core end, too."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        assert native.search(six_counters(7), threads=3).states == 7**6
    finally:
        os.sched_setaffinity(0, cores)


@pytest.mark.parametrize("begun", [0, 1, 2])
def test_an_interruption_while_threads_begin(begun: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for what will not come, and no memory is given back that a thread still uses."""

    class Pool(concurrent.futures.ThreadPoolExecutor):
        left = begun

        def submit(self, *call: Any, **more: Any) -> Any:
            """Begin so many, and no more."""
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return super().submit(*call, **more)

    monkeypatch.setattr(concurrent.futures, "ThreadPoolExecutor", Pool)
    outcome = native.search(six_counters(5), threads=3)
    assert outcome.cut_by is Cut.INTERRUPTED
    assert outcome.levels[0] == 1


@pytest.mark.parametrize("load", [12, 20, 28, 31])
def test_a_table_is_spread_in_place(load: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word is found from its new line on, wherever rows of full lines cross the ends of the table."""
    memory: dict[int, int] = {}
    home: dict[int, int] = {}
    slots = 32
    line = native_words.LINE

    def put(address: int, index: int, word: int) -> None:
        memory[address // 8 + index] = word

    def copy(to: int, source: int, size: int) -> None:
        for index in range(size // 8):
            put(to, index, at(source, index))

    def at(address: int, index: int) -> int:
        return memory.get(address // 8 + index, 0)

    for name, meant in {
        "at": at,
        "shared_at": at,
        "shared_put": put,
        "copy": copy,
        "clear": lambda address, size: [memory.pop(address // 8 + index, 0) for index in range(size // 8)],
        "matches": lambda address, word: sum((at(address, index) == word) << index for index in range(8)),
        "lowest": lambda word: (word & -word).bit_length() - 1,
        "stirred": home.__getitem__,
    }.items():
        monkeypatch.setattr(native_table, name, meant)
    rng = random.Random(load)
    for _ in range(2_000):
        memory.clear()
        home.clear()
        for word in range(1, load + 1):
            # Crowded around both ends of the new table and its middle.
            home[word] = (rng.choice((0, slots, 2 * slots)) + rng.randrange(-12, 12)) % (2 * slots)
            put(native_table.free_slot(0, slots - 1, word), 0, word)
        native_table.spread(SimpleNamespace(table=0, mask=slots - 1, current=8 * 1000))
        found = [memory[slot] for slot in range(2 * slots) if memory.get(slot)]
        assert sorted(found) == sorted(home)
        for word in home:
            assert native_table.known(0, 2 * slots - 1, word)
        for first in range(0, 2 * slots, line):
            taken = [bool(memory.get(first + slot)) for slot in range(line)]
            assert taken == sorted(taken, reverse=True), "a word stands behind a free slot"


def test_the_words_of_the_loops_end_where_the_counters_begin() -> None:
    """Both are places in one block, and counters would count in what the loop keeps there."""
    for fields in (native_words.FIELDS, native_graph_loop.FIELDS):
        assert len(fields) == len(set(fields)) <= HEADER
