"""Straight-line Python for a specialised program: the engine every run starts with.

Each action instance is written out with its arguments as constants, in canonical order, and works on the variables of
the state as plain local names. Several modules are generated, each when it is first needed: `search`, the batch
functions of the breadth-first search; `initial` and `successors`, the same steps one state at a time, for traces, tests
and debuggers; and one for each property that is judged by itself. All are registered with `linecache`, so a debugger
steps through them and a traceback shows their lines.
"""

from __future__ import annotations

import keyword
import linecache
import zlib
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, TypeAlias

from uringcheck.diagnostics import InternalError
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Action, Program, PropertyKind
from uringcheck.ir.rewrite import instantiate
from uringcheck.ir.types import Encoded
from uringcheck.lower.python_batches import Batches, title, unpacked
from uringcheck.lower.python_bodies import Bodies, Instance, Lines
from uringcheck.lower.python_expressions import Constants, Expressions

State: TypeAlias = tuple[Encoded, ...]


def generated_source(program: Program) -> str:
    """Everything that is generated for a specialised program, as text."""
    generated = Generated(program)
    parts = [
        generated.search_source(edges=False),
        generated.steps_source("initial"),
        generated.steps_source("successors"),
    ]
    for position, property_ in enumerate(program.properties):
        if property_.block is not None:
            parts.append(generated.property_source(position))
    return "\n\n".join(parts)


class Generated:
    """The generated Python of one specialised program, and the functions in it."""

    def __init__(self, program: Program) -> None:
        """Raises InternalError where an open toggle is met."""
        self.program = program
        self.checks: list[Check] = []
        self._check_numbers: dict[Check, int] = {}
        self._functions: dict[str | int, Callable[..., Any]] = {}
        self.constants = Constants()
        taken = {"len", *keyword.kwlist}
        self.names = {variable.name: _fresh(variable.name, "", taken) for variable in program.variables}
        self.next_names = {name: _fresh(python, "_next", taken) for name, python in self.names.items()}
        #: What is asked until it is answered: each goal (-1) and each antecedent of a property, by its position.
        self.questions = [
            (position, part) for position, property_ in enumerate(program.properties) for part in property_.questions
        ]

    # --- instances --------------------------------------------------------------------------------------------------

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """Every action instance that its guards do not rule out for good, in canonical order."""
        return _instances(self.program.actions)

    @cached_property
    def starts(self) -> tuple[Instance, ...]:
        """Every instance of an `@init` action, likewise."""
        return _instances(self.program.inits)

    def check_number(self, check: Check) -> int:
        """The position of a check in `checks`."""
        if check not in self._check_numbers:
            self._check_numbers[check] = len(self.checks)
            self.checks.append(check)
        return self._check_numbers[check]

    # --- one state at a time ----------------------------------------------------------------------------------------

    def successors(self, state: State) -> list[tuple[int, tuple[Encoded, ...], State | Check]]:
        """Every step of a state in canonical order: position of the action, its arguments, the target.

        Where a step fails, the check that is false stands in place of the target.
        """
        return self._listed(self.instances, self._lister("successors")(state))

    def initial(self) -> list[tuple[int | None, tuple[Encoded, ...], State | Check]]:
        """Every start in canonical order: position of the `@init` action or None, its arguments, the state.

        A state that several starts lead to is listed once for each of them.
        """
        if not self.program.inits:
            return [(None, (), self.program.start)]
        return [*self._listed(self.starts, self._lister("initial")(self.program.start))]

    def evaluate(self, position: int, state: State, after: State | None = None) -> bool | Check:
        """The value of the property at `position`, or the check that fails while it is evaluated.

        `after` is given for step properties. A constraint and `final` are evaluated like invariants.
        """
        judge = self._judge(position)
        verdict = judge(state) if after is None else judge(state, after)
        return verdict if isinstance(verdict, bool) else self.checks[verdict]

    def _listed(
        self, instances: tuple[Instance, ...], steps: list[tuple[int, State | None, int]]
    ) -> list[tuple[int, tuple[Encoded, ...], State | Check]]:
        return [
            (instances[number].position, instances[number].arguments, self.checks[check] if after is None else after)
            for number, after, check in steps
        ]

    # --- the modules ------------------------------------------------------------------------------------------------

    def _lister(self, function: str) -> Callable[..., Any]:
        if function not in self._functions:
            self._functions[function] = self._compiled(function, self.steps_source(function))[function]
        return self._functions[function]

    def _judge(self, position: int) -> Callable[..., Any]:
        if position not in self._functions:
            module = self._compiled(self.program.properties[position].name, self.property_source(position))
            self._functions[position] = module["holds"]
        return self._functions[position]

    def search_functions(
        self, edges: bool, canonical: Callable[[State], State] | None = None
    ) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """`expand` and `judge`; their docstrings in the generated text say what they take and give.

        With `canonical`, every target is looked up as what this function makes of it.
        """
        module = self._compiled("search", self.search_source(edges, canonical is not None))
        module["_canonical"] = canonical
        return module["expand"], module["judge"]

    def _compiled(self, part: str, source: str) -> dict[str, Any]:
        # The digest keeps two programs of one name apart in a debugger.
        file = f"<uringcheck {self.program.name} {part} {zlib.crc32(source.encode()):08x}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        namespace: dict[str, Any] = dict(self.constants.values)
        try:
            exec(compile(source, file, "exec"), namespace)
        except (SyntaxError, RecursionError) as error:
            # CPython limits how deeply expressions nest; a spec that gets there has one of absurd depth.
            raise InternalError(f"Python refuses what was generated for {self.program.name}: {error}") from error
        return namespace

    def steps_source(self, function: str) -> str:
        """The text of the module `successors`, or of the module `initial` for the `@init` actions."""
        actions = self.program.inits if function == "initial" else self.program.actions
        instances = self.starts if function == "initial" else self.instances
        lines = self._header(function)
        lines.add("", "")
        with lines.below(f"def {function}(_s):"):
            lines.add('"""(instance, target, -1) for every step, or (instance, None, check) where it fails."""')
            lines.add("_out = []", unpacked(self.names.values(), "_s"))
            self._bodies(lines).actions([title(action) for action in actions], instances, _Listing(self))
            lines.add("return _out")
        return "\n".join(lines.text) + "\n"

    def property_source(self, position: int) -> str:
        """The text of the module that judges one property of one state or step."""
        property_ = self.program.properties[position]
        step, block = property_.kind is PropertyKind.STEP, property_.block
        if block is None:
            raise InternalError(f"{property_.name} is not judged of a state or step")
        lines = self._header(property_.name)
        lines.add("", "")
        with lines.below(f"def holds(_s{', _n' if step else ''}):"):
            lines.add('"""Whether it holds, or the number of the check that fails on the way."""', title(property_))
            lines.add(unpacked(self.names.values(), "_s"))
            if step:
                lines.add(unpacked(self.next_names.values(), "_n"))
            self._bodies(lines, step).block(
                block,
                lambda condition: lines.add(f"return True if ({condition}) else False"),
                lambda check: [f"return {self.check_number(check)}"],
            )
        return "\n".join(lines.text) + "\n"

    def search_source(self, edges: bool, canonical: bool = False) -> str:
        """The text of the module `search`; with `edges`, distinct (source, target) pairs are counted too."""
        lines = self._header("search")
        Batches(self, lines).write(edges, canonical)
        return "\n".join(lines.text) + "\n"

    def _header(self, part: str) -> Lines:
        lines = Lines()
        parameters = ", ".join(f"{name}={value}" for name, value in self.program.parameters)
        lines.add(f"# Generated by uringcheck from {self.program.name} ({parameters or 'no parameters'}): {part}.")
        lines.add(f"# A state is the tuple ({', '.join(self.names)}).")
        return lines

    # --- names ------------------------------------------------------------------------------------------------------

    def _bodies(self, lines: Lines, step: bool = False) -> Bodies:
        primed = self.next_names if step else None
        return Bodies(lines, Expressions(self.names, self.constants, primed), self.next_names)

    def target(self, after: dict[str, str]) -> str:
        """The display of a target, given the names of changed variables."""
        items = [after.get(name, python) for name, python in self.names.items()]
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"

    def unchanged(self, after: dict[str, str]) -> str:
        """The condition that a step changed nothing."""
        return " and ".join(f"{name} == {self.names[variable]}" for variable, name in after.items())


class _Listing:
    """Steps as a list."""

    def __init__(self, generated: Generated) -> None:
        self._generated = generated

    def covered(self, number: int) -> str | None:
        return None

    def failed(self, lines: Lines, instance: Instance, check: Check) -> None:
        lines.add(f"_out.append(({instance.number}, None, {self._generated.check_number(check)}))")

    def taken(self, lines: Lines, instance: Instance, after: dict[str, str]) -> None:
        lines.add(f"_out.append(({instance.number}, {self._generated.target(after)}, -1))")


def runnable(action: Action, position: int = 0, first: int = 0) -> Iterator[Instance]:
    """The instances of a specialised action that its guards do not rule out for good, numbered from `first`."""
    for arguments in action.instances():
        instance = Instance.of(first, position, arguments, instantiate(action, arguments))
        if instance is not None:
            yield instance
            first += 1


def _instances(actions: tuple[Action, ...]) -> tuple[Instance, ...]:
    found: list[Instance] = []
    for position, action in enumerate(actions):
        found += runnable(action, position, len(found))
    return tuple(found)


def _fresh(name: str, suffix: str, taken: set[str]) -> str:
    """A Python name like `name`, not in `taken`, and added to it. Names that start with `_` are the engine's."""
    plain = "".join(c if c.isalnum() else "_" for c in name).lstrip("_") or "v"
    candidate, count = plain + suffix, 2
    while candidate in taken:
        candidate, count = f"{plain}{suffix}_{count}", count + 1
    taken.add(candidate)
    return candidate
