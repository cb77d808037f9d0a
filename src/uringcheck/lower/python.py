"""Straight-line Python for a specialised program: the engine every run starts with.

Each action instance is written out with its arguments as constants, in canonical order, and works on the variables of
the state as plain local names. Two modules are generated, each when it is first needed: `search`, the batch functions
of the breadth-first search, and `read`, the same steps one state at a time for traces, tests and debuggers. Both are
registered with `linecache`, so a debugger steps through them and a traceback shows their lines.
"""

from __future__ import annotations

import keyword
import linecache
import zlib
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from uringcheck.diagnostics import Span
from uringcheck.diagnostics.sources import display_path
from uringcheck.ir import build
from uringcheck.ir.nodes import Check, Cover, statements
from uringcheck.ir.program import Action, Block, Program, Property, PropertyKind
from uringcheck.ir.rewrite import instantiate
from uringcheck.ir.types import Encoded
from uringcheck.lower.python_bodies import Bodies, Instance, Lines
from uringcheck.lower.python_expressions import Constants, Expressions

State: TypeAlias = tuple[Encoded, ...]

#: The kinds of properties that are judged on every state.
_ON_STATES = (PropertyKind.INVARIANT, PropertyKind.GOAL, PropertyKind.CONSTRAINT)


def generated_source(program: Program) -> str:
    """Everything that is generated for a specialised program, as text."""
    generated = Generated(program)
    return generated.search_source(edges=False) + "\n\n" + generated.read_source


class Generated:
    """The generated Python of one specialised program, and the functions in it."""

    def __init__(self, program: Program) -> None:
        """Raises InternalError where an open toggle is met."""
        self.program = program
        self.checks: list[Check] = []
        self._check_numbers: dict[Check, int] = {}
        self._constants = Constants()
        taken = {"len", *keyword.kwlist}
        self._names = {variable.name: _fresh(variable.name, "", taken) for variable in program.variables}
        self._next_names = {name: _fresh(python, "_next", taken) for name, python in self._names.items()}
        #: What is asked until it is answered: each goal (-1) and each antecedent of a property, by its position.
        self.questions = [
            (position, part)
            for position, property_ in enumerate(program.properties)
            for part in ((-1,) if property_.kind is PropertyKind.GOAL else range(len(property_.antecedents)))
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
        return self._listed(self.instances, self._read["successors"](state))

    def initial(self) -> list[tuple[int | None, tuple[Encoded, ...], State | Check]]:
        """Every start in canonical order: position of the `@init` action or None, its arguments, the state.

        A state that several starts lead to is listed once for each of them.
        """
        if not self.program.inits:
            return [(None, (), self.program.start)]
        return [*self._listed(self.starts, self._read["initial"](self.program.start))]

    def evaluate(self, position: int, state: State, after: State | None = None) -> bool | Check:
        """The value of the property at `position`, or the check that fails while it is evaluated.

        `after` is given for step properties. A constraint and `final` are evaluated like invariants.
        """
        function = self._read[f"holds_{position}"]
        verdict = function(state) if after is None else function(state, after)
        return verdict if isinstance(verdict, bool) else self.checks[verdict]

    def _listed(
        self, instances: tuple[Instance, ...], steps: list[tuple[int, State | None, int]]
    ) -> list[tuple[int, tuple[Encoded, ...], State | Check]]:
        return [
            (instances[number].position, instances[number].arguments, self.checks[check] if after is None else after)
            for number, after, check in steps
        ]

    # --- the modules ------------------------------------------------------------------------------------------------

    @cached_property
    def _read(self) -> dict[str, Any]:
        return self._compiled("read", self.read_source)

    def search_functions(self, edges: bool) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """`expand` and `judge`; their docstrings in the generated text say what they take and give."""
        module = self._compiled("search", self.search_source(edges))
        return module["expand"], module["judge"]

    def _compiled(self, part: str, source: str) -> dict[str, Any]:
        # The digest keeps two programs of one name apart in a debugger.
        file = f"<uringcheck {self.program.name} {part} {zlib.crc32(source.encode()):08x}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        namespace: dict[str, Any] = dict(self._constants.values)
        exec(compile(source, file, "exec"), namespace)
        return namespace

    @cached_property
    def read_source(self) -> str:
        """The text of the module `read`."""
        lines = self._header("read")
        for function, instances in (("initial", self.starts), ("successors", self.instances)):
            lines.add("", "")
            with lines.below(f"def {function}(_s):"):
                lines.add('"""(instance, target, -1) for every step, or (instance, None, check) where it fails."""')
                lines.add("_out = []", self._unpack(self._names, "_s"))
                actions = self.program.inits if function == "initial" else self.program.actions
                self._bodies(lines).actions(_titles(actions), instances, _Listing(self))
                lines.add("return _out")
        for position, property_ in enumerate(self.program.properties):
            if property_.block is not None:
                lines.add("", "")
                self._predicate(lines, position, property_, property_.block)
        return "\n".join(lines.text) + "\n"

    def _predicate(self, lines: Lines, position: int, property_: Property, block: Block) -> None:
        step = property_.kind is PropertyKind.STEP
        with lines.below(f"def holds_{position}(_s{', _n' if step else ''}):"):
            lines.add(f"# {property_.name}: {_place(property_.span)}", self._unpack(self._names, "_s"))
            if step:
                lines.add(self._unpack(self._next_names, "_n"))
            self._bodies(lines, step).block(
                block,
                lambda expressions: lines.add(f"return {expressions.value(block.result)}"),
                lambda check: [f"return {self.check_number(check)}"],
            )

    def search_source(self, edges: bool) -> str:
        """The text of the module `search`; with `edges`, distinct (source, target) pairs are counted too."""
        lines = self._header("search")
        self._expand(lines, edges)
        self._judge(lines)
        return "\n".join(lines.text) + "\n"

    def _header(self, part: str) -> Lines:
        lines = Lines()
        parameters = ", ".join(f"{name}={value}" for name, value in self.program.parameters)
        lines.add(f"# Generated by uringcheck from {self.program.name} ({parameters or 'no parameters'}): {part}.")
        lines.add(f"# A state is the tuple ({', '.join(self._names)}).")
        return lines

    # --- expand -----------------------------------------------------------------------------------------------------

    def _expand(self, lines: Lines, edges: bool) -> None:
        steps = [p for p, property_ in enumerate(self.program.properties) if property_.kind is PropertyKind.STEP]
        linked = edges or bool(steps)
        actions = range(len(self.program.actions))
        covers = sorted({c.number for i in self.instances for c in statements(i.rest) if isinstance(c, Cover)})
        questions = [n for n, (position, _) in enumerate(self.questions) if position in steps]
        lines.add("", "")
        with lines.below("def expand(_states, _seen, _push, _failed, _stuck, _violated, _misjudged, _open):"):
            lines.add('"""All steps of some states: (taken, new) per action, self-loops, edges, cover points hit.')
            lines.add("", "A new target is pushed and its source kept in `_seen`.", '"""')
            lines.add(*(f"_f{p} = _w{p} = 0" for p in actions), *(f"_c{n} = False" for n in covers))
            lines.add("_loops = _edges = 0", *(f"_q{n} = _open[{n}]" for n in questions))
            if linked:
                lines.add("_targets = []", "_link = _targets.append")
            with lines.below("for _s in _states:"):
                lines.add(self._unpack(self._names, "_s"), "_live = _loop = False")
                self._bodies(lines).actions(_titles(self.program.actions), self.instances, _Batch(self, linked))
                lines.add("_loops += _loop")
                with lines.below("if not _live:"):
                    lines.add("_stuck(_s)")
                if steps:
                    with lines.below("for _n in _targets:"):
                        lines.add(self._unpack(self._next_names, "_n"))
                        for position in steps:
                            self._judgement(lines, position, "_s, _n")
                if edges:
                    lines.add("_edges += len(set(_targets))")
                if linked:
                    lines.add("_targets.clear()")
            lines.add(*(f"_open[{n}] = _q{n}" for n in questions))
            hit = "".join(f"({n},) * _c{n}, " for n in covers)
            lines.add(
                f"return [{', '.join(f'_f{p}' for p in actions)}], [{', '.join(f'_w{p}' for p in actions)}], "
                f"_loops, _edges, ({hit})"
            )

    # --- judge ------------------------------------------------------------------------------------------------------

    def _judge(self, lines: Lines) -> None:
        judged = [p for p, property_ in enumerate(self.program.properties) if property_.kind in _ON_STATES]
        questions = [
            n for n, (p, _) in enumerate(self.questions) if self.program.properties[p].kind is not PropertyKind.STEP
        ]
        asked = [p for p, property_ in enumerate(self.program.properties) if property_.kind is not PropertyKind.STEP]
        constrained = any(self.program.properties[p].kind is PropertyKind.CONSTRAINT for p in judged)
        lines.add("", "")
        with lines.below("def judge(_states, _violated, _misjudged, _keep, _open):"):
            lines.add('"""Judge what is asked of single states; keep those inside the constraints."""')
            lines.add(*(f"_q{n} = _open[{n}]" for n in questions))
            with lines.below("for _s in _states:"):
                lines.add(self._unpack(self._names, "_s"))
                if constrained:
                    lines.add("_inside = True")
                for position in asked:
                    self._judgement(lines, position, "_s, None")
                if constrained:
                    with lines.below("if _inside:"):
                        lines.add("_keep(_s)")
            lines.add(*(f"_open[{n}] = _q{n}" for n in questions))

    def _judgement(self, lines: Lines, position: int, at: str) -> None:
        """What is asked by one property of one state or step: its verdict, and its antecedents."""
        property_ = self.program.properties[position]
        bodies = self._bodies(lines, step=property_.kind is PropertyKind.STEP)
        lines.add(f"# {property_.name}: {_place(property_.span)}")
        if property_.block is not None and property_.kind in (*_ON_STATES, PropertyKind.STEP):
            self._verdict(lines, bodies, position, property_, property_.block, at)
        for part, antecedent in enumerate(property_.antecedents):
            if property_.kind is PropertyKind.GOAL or antecedent.result is build.FALSE:
                continue
            flag = f"_q{self.questions.index((position, part))}"
            # The property itself reports what fails inside it.
            with lines.below(f"if {flag}:"):
                bodies.block(
                    antecedent,
                    lambda expressions: _when(
                        lines, expressions.condition(antecedent.result), [f"{flag} = False"]
                    ),
                    lambda check: [],
                )

    def _verdict(
        self, lines: Lines, bodies: Bodies, position: int, property_: Property, block: Block, at: str
    ) -> None:
        def failed(check: Check) -> Sequence[str]:
            call = f"_misjudged({position}, {self.check_number(check)}, {at})"
            return [call, "_inside = False"] if property_.kind is PropertyKind.CONSTRAINT else [call]

        answer = f"_violated({position}, {at})"
        if property_.kind is PropertyKind.GOAL:
            flag = f"_q{self.questions.index((position, -1))}"
            with lines.below(f"if {flag}:"):
                bodies.block(
                    block,
                    lambda expressions: _when(lines, expressions.condition(block.result), [answer, f"{flag} = False"]),
                    failed,
                )
            return
        if property_.kind is PropertyKind.CONSTRAINT:
            answer = "_inside = False"
        refuted = build.not_(block.result)
        bodies.block(block, lambda expressions: _when(lines, expressions.condition(refuted), [answer]), failed)

    # --- names ------------------------------------------------------------------------------------------------------

    def _bodies(self, lines: Lines, step: bool = False) -> Bodies:
        primed = self._next_names if step else None
        return Bodies(lines, Expressions(self._names, self._constants, primed), self._next_names)

    def _unpack(self, names: dict[str, str], state: str) -> str:
        targets = ", ".join(names.values())
        return f"{targets}{',' if len(names) == 1 else ''} = {state}" if names else "pass"

    def target(self, after: dict[str, str]) -> str:
        """The display of a target, given the names of changed variables."""
        items = [after.get(name, python) for name, python in self._names.items()]
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"

    def unchanged(self, after: dict[str, str]) -> str:
        """The condition that a step changed nothing."""
        return " and ".join(f"{name} == {self._names[variable]}" for variable, name in after.items())


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


class _Batch:
    """Steps counted, and new targets queued."""

    def __init__(self, generated: Generated, linked: bool) -> None:
        self._generated = generated
        self._linked = linked

    def covered(self, number: int) -> str | None:
        return f"_c{number} = True"

    def failed(self, lines: Lines, instance: Instance, check: Check) -> None:
        number = self._generated.check_number(check)
        lines.add(f"_failed(_s, {instance.number}, {number})", "_live = True")

    def taken(self, lines: Lines, instance: Instance, after: dict[str, str]) -> None:
        position = instance.position
        lines.add(f"_f{position} += 1", "_live = True")
        if not after:
            lines.add("_loop = True", *(["_link(_s)"] if self._linked else []))
            return
        lines.add(f"_n = {self._generated.target(after)}", *(["_link(_n)"] if self._linked else []))
        with lines.below("if _n not in _seen:"):
            lines.add("_seen[_n] = _s", "_push(_n)", f"_w{position} += 1")
        with lines.below(f"elif {self._generated.unchanged(after)}:"):
            lines.add("_loop = True")


def _when(lines: Lines, condition: str, then: Sequence[str]) -> None:
    if condition == "True":
        lines.add(*then)
    elif condition != "False":
        with lines.below(f"if {condition}:"):
            lines.add(*then)
    else:
        lines.add("pass")


def _instances(actions: tuple[Action, ...]) -> tuple[Instance, ...]:
    found: list[Instance] = []
    for position, action in enumerate(actions):
        for arguments in action.instances():
            instance = Instance.of(len(found), position, arguments, instantiate(action, arguments))
            if instance is not None:
                found.append(instance)
    return tuple(found)


def _fresh(name: str, suffix: str, taken: set[str]) -> str:
    """A Python name like `name`, not in `taken`, and added to it. Names that start with `_` are the engine's."""
    plain = "".join(c if c.isalnum() else "_" for c in name).lstrip("_") or "v"
    candidate, count = plain + suffix, 2
    while candidate in taken:
        candidate, count = f"{plain}{suffix}_{count}", count + 1
    taken.add(candidate)
    return candidate


def _titles(actions: tuple[Action, ...]) -> list[str]:
    return [f"# {action.name}: {_place(action.span)}" for action in actions]


def _place(span: Span) -> str:
    return f"{display_path(span.file)}:{span.line}"
