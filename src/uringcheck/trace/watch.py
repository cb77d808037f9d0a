"""Watching author code while the plain run executes it: lines, reads, branches, and which line changed what.

CPython's line tracing says which lines run; the dictionaries that hold an object's values are exchanged for ones that
note what is read through a variable. Nothing here decides what a step means: results come from the plain run alone.
"""

from __future__ import annotations

import ast
import functools
import itertools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from types import FrameType
from typing import Any

from uringcheck.diagnostics import source_file
from uringcheck.diagnostics.values import entity_class
from uringcheck.ir import types as ir
from uringcheck.ir.show import show_value
from uringcheck.lang.containers import Map
from uringcheck.lang.tree import Instance
from uringcheck.lang.values import encode
from uringcheck.lang.variables import Variable
from uringcheck.trace.files import SpecFiles
from uringcheck.trace.model import Branch, State, TraceVariable
from uringcheck.trace.places import Place, changed_places, place_name

Note = Callable[[Place, ir.Type, Any], None]

#: The one function through which author code reads a variable; every other access is the language's own.
_READ = Variable.__get__.__code__


class _Values(dict[str, Any]):
    """The values of one object, noting what is read through a variable."""

    def __init__(self, values: dict[str, Any], places: dict[str, tuple[Place, ir.Type]], note: Note) -> None:
        super().__init__(values)
        self.places, self.note = places, note

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if sys._getframe(1).f_code is not _READ:
            return value
        place, type_ = self.places[name]
        return _watched(place, type_, value, self.note)


def _watched(place: Place, type_: ir.Type, value: Any, note: Note) -> Any:
    """The value read from a place; reading a map is noted once its elements are read."""
    if isinstance(type_, ir.Map):
        return _WatchedMap(place, type_, value, note)
    note(place, type_, value)
    return value


class _WatchedMap(Map[Any, Any]):
    """A map that shares its items with the state and notes which of them are read."""

    __slots__ = ("_note", "_place")

    def __init__(self, place: Place, type_: ir.Map, of: Map[Any, Any], note: Note) -> None:
        self._type, self._items, self._place, self._note = type_, of._items, place, note

    def __getitem__(self, index: Any) -> Any:
        position = self._position(index)
        return self._element(position)

    def _element(self, position: int) -> Any:
        place = (self._place[0], (*self._place[1], position))
        return _watched(place, self._type.item, self._items[position], self._note)

    def copy(self) -> Any:
        self._read_all()
        return Map(self._type, self._items).copy()

    def __eq__(self, other: object) -> bool:
        self._read_all()
        if isinstance(other, _WatchedMap):
            other._read_all()
        return isinstance(other, Map) and self._items == other._items

    __hash__ = None

    def _read_all(self) -> None:
        for position in range(len(self._items)):
            element = self._element(position)
            if isinstance(element, _WatchedMap):
                element._read_all()


@contextmanager
def noting_reads(instance: Instance, note: Note) -> Iterator[None]:
    """While this lasts, whatever author code reads from the instance is noted."""
    exchanged = []
    position = 0
    for site in instance.tree.root.walk():
        counts = [range(ir.cardinality(replica.type)) for replica in site.replicas]
        for ranks in itertools.product(*counts):
            made = instance.at(site, ranks)
            places = {
                name: ((position + offset, ranks), variable.type)
                for offset, (name, variable) in enumerate(site.variables.items())
            }
            exchanged.append((made, made.values))
            made.values = _Values(made.values, places, note)
        position += len(site.variables)
    try:
        yield
    finally:
        for made, values in exchanged:
            made.values = values


@entity_class
class _If:
    """An `if` or `elif` of a source file: the lines of its test and of what each answer runs."""

    line: int
    test_last: int
    test: str
    body: tuple[int, int]
    otherwise: tuple[int, int]


@functools.cache
def _ifs(file: str) -> dict[int, _If]:
    """The `if` whose test stands on a line."""
    source = source_file(file)
    found: dict[int, _If] = {}
    for function in source.functions.values() if source else ():
        for node in ast.walk(function):
            if not isinstance(node, ast.If) or node.body[0].lineno <= (node.test.end_lineno or 0):
                continue  # all on one line: CPython reports no line event that would tell which way it went
            otherwise = (0, 0)
            if node.orelse:
                otherwise = (node.orelse[0].lineno, node.orelse[-1].end_lineno or 0)
            elif isinstance(node.body[-1], ast.Return):
                otherwise = ((node.end_lineno or 0) + 1, function.end_lineno or 0)
            test_last = node.test.end_lineno or node.lineno
            body = (node.body[0].lineno, node.body[-1].end_lineno or 0)
            made = _If(node.lineno, test_last, ast.unparse(node.test), body, otherwise)
            found.update(dict.fromkeys(range(node.lineno, test_last + 1), made))
    return found


@entity_class
class _Frame:
    """An author's function that is running."""

    file: str
    line: int
    pending: _If | None = None
    saw: dict[str, str] = field(default_factory=dict)


class Watch:
    """What author code did during one call of the plain run."""

    def __init__(self, instance: Instance, variables: tuple[TraceVariable, ...], files: SpecFiles) -> None:
        self.instance, self.variables, self.files = instance, variables, files
        self._lines: set[tuple[str, int]] = set()
        self.reads: dict[Place, None] = {}
        self.changed_at: dict[Place, str] = {}
        self._branches: dict[Branch, None] = {}
        self._stack: list[_Frame] = []
        self._state: State | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The executed lines, sorted by file and number."""
        return tuple(f"{file}:{line}" for file, line in sorted(self._lines))

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Every `if` that was come by and its answer, in the order they were decided."""
        return tuple(self._branches)

    @property
    def read_names(self) -> tuple[str, ...]:
        """The places read, by name, in order of declaration."""
        return tuple(place_name(self.variables[place[0]], place[1]) for place in sorted(self.reads))

    @contextmanager
    def watching(self, state: State) -> Iterator[None]:
        """Watch the author code that runs meanwhile; `state` is what the instance will hold when it begins."""
        self._state = state
        outer = sys.gettrace()  # a debugger or a coverage tool: it sees nothing of the replay, and goes on after it
        with noting_reads(self.instance, self.note):
            sys.settrace(self._trace)
            try:
                yield
            finally:
                sys.settrace(outer)

    def note(self, place: Place, type_: ir.Type, value: Any) -> None:
        """A place was read."""
        self.reads[place] = None
        for frame in self._stack:
            if frame.pending is not None:
                shown = show_value(type_, encode(type_, value))
                frame.saw.setdefault(place_name(self.variables[place[0]], place[1]), shown)

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        name = self.files.name(frame.f_code.co_filename)
        if name is None:
            return None
        self._attribute()
        self._stack.append(_Frame(name, frame.f_lineno))
        return self._local

    def _local(self, frame: FrameType, event: str, _: Any) -> Any:
        top = self._stack[-1]
        if event == "line":
            self._attribute()
            self._decide(top, frame.f_lineno)
            top.line = frame.f_lineno
            self._lines.add((top.file, top.line))
            if top.pending is None:
                top.pending = _ifs(frame.f_code.co_filename).get(top.line)
        elif event == "exception":
            top.pending, top.saw = None, {}  # a test that raised was not answered
        elif event == "return":
            self._attribute()
            self._decide(top, 0)
            self._stack.pop()
        return self._local

    def _attribute(self) -> None:
        """What changed since the last line event was changed by the line that ran since."""
        if self._state is None or not self._stack:
            return
        now = self.instance.store()
        if now != self._state:
            top = self._stack[-1]
            for place in changed_places(self.variables, self._state, now):
                self.changed_at[place] = f"{top.file}:{top.line}"
            self._state = now

    def _decide(self, frame: _Frame, line: int) -> None:
        """A pending `if` is decided by the first line after its test."""
        node = frame.pending
        if node is None or node.line <= line <= node.test_last:
            return
        taken = node.body[0] <= line <= node.body[1]
        first, last = node.body if taken else node.otherwise
        where = f"{frame.file}:{node.line}"
        self._branches.setdefault(Branch(where, node.test, taken, tuple(frame.saw.items()), first, last))
        frame.pending, frame.saw = None, {}
