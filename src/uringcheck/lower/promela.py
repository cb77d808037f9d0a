"""A program as Promela text, for SPIN.

Each action is a process that is one loop: an option for every tuple of arguments, each a `d_step`, so that a process
never leaves its only place and adds nothing to the state. The process `start` does the same once for the initial
states; so SPIN counts exactly one state more, the one before anything has started. Properties are options of the
process `monitor`: an invariant is an `assert` that can only be reached where the invariant is false. Temporal
properties are `ltl` formulas, each with what it needs inside `#if LTL == n`; see `promela_ltl`.

A step that is not enabled, or whose guard takes several statements, may be a `d_step` that changes nothing: SPIN's
transitions are not compared.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import product

from uringcheck.diagnostics import UsageError
from uringcheck.ir import build
from uringcheck.ir.nodes import Check, Kind, Require, Statement
from uringcheck.ir.program import Block, Program, Property, PropertyKind
from uringcheck.ir.rewrite import Substitution
from uringcheck.ir.types import Encoded, values
from uringcheck.lower.promela_ltl import Temporal, Unsayable
from uringcheck.lower.promela_words import Routine, Vocabulary, before, indented
from uringcheck.lower.text import (
    NO_DEADLOCK,
    Exported,
    Instance,
    extent_of_32_bits,
    folded,
    partly_instantiated,
    place_comment,
    reads_before,
    title,
    wanted,
)


class Rule:
    """An inline for an action (with its composite arguments fixed), and the calls of it."""

    def __init__(self, text: _Text, instance: Instance, first: int) -> None:
        words = self._words = text.words
        self.action = instance.action.name
        self.instance = instance
        self.name = words.names.of("action", instance.action.name + instance.suffix)
        self.parameters = [words.argument(name) for name, _ in instance.parameters]
        types = [type_ for _, type_ in instance.parameters]
        literal = Routine(words).literal
        self.calls = [
            (first + position, f"({', '.join(map(literal, types, arguments))})")
            for position, arguments in enumerate(product(*(tuple(values(type_)) for type_ in types)))
        ]
        self.guard = self._guard(text)

    def call_of(self, arguments: tuple[Encoded, ...]) -> str | None:
        """The call with these values for all arguments of the action; None when the composite ones are others."""
        given = dict(zip((one.name for one in self.instance.action.arguments), arguments, strict=True))
        open_ = [(name, type_) for name, type_ in self.instance.parameters]
        fixed = {name: value for name, value in given.items() if name not in dict(open_)}
        if dict(self.instance.fixed) != fixed:
            return None
        literal = Routine(self._words).literal
        return f"({', '.join(literal(type_, given[name]) for name, type_ in open_)})"

    def _guard(self, text: _Text) -> str | None:
        """The guard as a macro's name, or None where it takes statements."""
        body = self.instance.body
        last = max((i for i, statement in enumerate(body) if isinstance(statement, Require)), default=-1)
        prefix = body[: last + 1]
        if not all(isinstance(statement, Require) for statement in prefix):
            return None
        routine = Routine(text.words)
        conditions = [s.condition for s in prefix if isinstance(s, Require)]
        condition = routine.read(build.and_(*conditions)) if conditions else "true"
        if not routine.is_expression:
            return None
        if condition == "true":
            return "true"
        name = text.words.names.of("guard", f"may_{self.name}")
        text.macro(name, self.parameters, condition)
        return name

    def enabled(self, arguments: str) -> str:
        """The condition under which a call may change something."""
        if self.guard in (None, "true"):
            return "true"
        return f"{self.guard}{arguments}" if self.parameters else str(self.guard)


class _Text:
    """The text of one program."""

    def __init__(self, program: Program, only: Collection[str] | None) -> None:
        self.program = program
        self.words = Vocabulary(program)
        self.wanted = wanted(program, only)
        self.macros: list[str] = []
        self.inlines: list[str] = []
        self.sizes: dict[str, int] = {}
        self.steps = [
            one for one in program.properties if one.kind is PropertyKind.STEP and one.block and one.name in self.wanted
        ]
        self.kept = list(dict.fromkeys(name for one in self.steps if one.block for name in reads_before(one.block)))
        self.rules: list[Rule] = []
        for action in program.actions:
            for instance in partly_instantiated(action):
                self.rules.append(Rule(self, instance, 1 + sum(len(rule.calls) for rule in self.rules)))
        self.starts = [
            Rule(self, one, 1) for action in program.inits for one in map(self.from_start, partly_instantiated(action))
        ]
        self.within = self.constraint()

    def from_start(self, instance: Instance) -> Instance:
        """An initial action with the variables' starts put into its requirements: no assignment stands before them."""
        leaves = {(Kind.STATE, one.name): build.constant(one.type, one.start) for one in self.program.variables}
        body = instance.body
        last = max((i for i, statement in enumerate(body) if isinstance(statement, Require)), default=-1)
        prefix = Substitution(leaves).body(body[: last + 1])
        return replace(instance, body=(*prefix, *body[last + 1 :]))

    def macro(self, name: str, parameters: list[str], text: str) -> None:
        """Define a macro, over several lines when it is long."""
        head = f"#define {name}" + (f"({', '.join(parameters)})" if parameters else "")
        self.macros += spliced([f"{head} ({text})"])

    def predicate(self, block: Block, of_steps: bool = False) -> tuple[Routine, str]:
        """A routine that computes a pure block, and the expression of its result."""
        routine = Routine(self.words, of_steps)
        routine.body(block.body)
        return routine, routine.read(block.result)

    def constraint(self) -> str:
        """The condition under which a state is followed."""
        texts = []
        for one in self.program.properties:
            if one.kind is PropertyKind.CONSTRAINT and one.block:
                routine, text = self.predicate(one.block)
                if not routine.is_expression:
                    raise UsageError.at(
                        "UC040",
                        f"the constraint `{one.name}` takes more than an expression in Promela",
                        one.span,
                        help="write it as one `return` without helpers that branch",
                    )
                texts.append(text)
        return Routine(self.words).connective(Kind.AND, texts) if texts else ""

    # --- actions ----------------------------------------------------------------------------------------------------

    def inline(self, rule: Rule, *, start: bool = False) -> None:
        """Write the inline of an action."""
        routine = Routine(self.words)
        body = rule.instance.body
        if start:
            self.initial(routine)
        elif rule.guard is not None:
            body = tuple(statement for statement in body if not isinstance(statement, Require))
        for name in self.kept if not start else ():
            routine.copy(before(self.words, name), self.words.variable(name), self.program.variable(name).type)
        if start:
            routine.body(body, ["started = true;"])
        else:
            routine.body(body)
        lines = routine.finish()
        self.sizes[rule.name] = len(lines)
        if self.steps and not start:
            lines += ["step_properties();", *self.forget()]
        comment = [f"/* {line} */" for line in place_comment(rule.instance.action)]
        heads = ", ".join(rule.parameters)
        self.inlines += [*comment, f"inline {rule.name}({heads}) {{", *indented(lines or ["skip;"]), "}", ""]

    def initial(self, routine: Routine) -> None:
        """Give every variable its start; what is zero is so already."""
        for variable in self.program.variables:
            place = self.words.variable(variable.name)
            leaves = routine.constant_leaves(variable.type, variable.start)
            for target, leaf in zip(routine.place_leaves(place, variable.type), leaves, strict=True):
                if leaf not in ("0", "false"):
                    routine.emit(routine.assignment(target, leaf))

    def forget(self) -> list[str]:
        """Set the copies from before a step back to zero."""
        routine = Routine(self.words)
        lines = []
        for name in self.kept:
            leaves = routine.place_leaves(before(self.words, name), self.program.variable(name).type)
            lines += [routine.assignment(leaf, "0") for leaf in leaves]
        return lines

    def step_properties(self) -> None:
        """Write the inline that judges a step."""
        lines: list[str] = []
        for one in self.steps:
            assert one.block is not None
            routine, text = self.predicate(one.block, of_steps=True)
            lines += [*routine.out, *_judged(one, text), *routine.finish()[len(routine.out) :]]
        if lines:
            judging = ["inline step_properties() {", *indented(lines), "}"]
            self.inlines = [
                "#if LTL == 0", *judging, "#else", "inline step_properties() { skip }", "#endif", "", *self.inlines
            ]  # fmt: skip

    def process(self, name: str, options: list[str]) -> list[str]:
        """A process that is one loop."""
        return [f"active proctype {name}() {{", "  do", *indented(options), "  od", "}", ""]

    def processes(self) -> list[str]:
        """A process for every action."""
        lines: list[str] = []
        start = [
            f":: d_step {{ {self.all_of('!started', one.enabled(c))} -> {one.name}{c}; AFTER(0) }}"
            for one in self.starts
            for _, c in one.calls
        ]
        if not self.starts:
            routine = Routine(self.words)
            self.initial(routine)
            self.inlines += ["inline begin() {", *indented([*routine.finish(), "started = true;"]), "}", ""]
            start = [":: d_step { !started -> begin(); AFTER(0) }"]
        lines += ["/* The initial states. */", *self.process("start", start)]
        for action in self.program.actions:
            options = []
            for rule in self.rules:
                if rule.instance.action is action:
                    for number, call in rule.calls:
                        guard = self.all_of("GO", self.within, rule.enabled(call))
                        options.append(f":: d_step {{ {guard} -> BEFORE(); {rule.name}{call}; AFTER({number}) }}")
            lines += self.process(self.words.names.of("process", f"P_{action.name}"), options)
        return lines

    def all_of(self, *conditions: str) -> str:
        """The conjunction, in parentheses: SPIN does not take a bare one that begins with a negation."""
        kept = [condition for condition in conditions if condition not in ("", "true")]
        return Routine(self.words).connective(Kind.AND, kept)

    # --- properties -------------------------------------------------------------------------------------------------

    def monitor(self) -> list[str]:
        """The process that judges states."""
        options: list[str] = []
        for one in self.program.properties:
            if one.name not in self.wanted or one.block is None:
                continue
            if one.kind in (PropertyKind.INVARIANT, PropertyKind.GOAL, PropertyKind.DEADLOCK):
                options += self.option(one)
        if NO_DEADLOCK in self.wanted:
            options += self.alive("Every reachable state has a successor.", NO_DEADLOCK, None)
        return ["#if LTL == 0", *self.process("monitor", options), "#endif", ""] if options else []

    def option(self, one: Property) -> list[str]:
        """The option of a property of states."""
        assert one.block is not None
        if one.kind is PropertyKind.DEADLOCK:
            return self.alive(one.doc, one.name, one.block)
        block = one.block
        if one.kind is PropertyKind.GOAL:
            block = Block(block.body, build.not_(block.result))
        routine, text = self.predicate(block)
        if routine.is_expression:
            name = self.words.names.of("judged", f"{one.name}_is_so")
            self.macro(name, [], text)
            return [f":: d_step {{ (started && !{name}) ->", *indented(_judged(one, "false")), "}"]
        lines = [*routine.out, *_judged(one, text), *routine.finish()[len(routine.out) :]]
        return [":: d_step { started ->", *indented(lines), "}"]

    def alive(self, doc: str, name: str, final: Block | None) -> list[str]:
        """The option that finds deadlocks: some rule is enabled, or the state is final or not followed."""
        routine = Routine(self.words)
        routine.emit(f"alive = {routine.negation(self.within)};" if self.within else "alive = false;")
        for rule in self.rules:
            for _, call in rule.calls:
                if rule.guard is not None:
                    routine.emit(f"alive = alive || {rule.enabled(call)};")
                else:
                    routine.emit(f"{self.prefix(rule)}{call};")
        if final is not None:
            routine.body(final.body)
            routine.emit(f"alive = alive || {routine.read(final.result)};")
        routine.remark(doc)
        routine.remark(f"property {name}")
        routine.emit("assert(alive);")
        routine.emit("alive = false;")
        return [":: d_step { started ->", *indented(routine.finish()), "}"]

    def prefix(self, rule: Rule) -> str:
        """The inline that sets `alive` where a rule whose guard takes statements is enabled."""
        name = self.words.names.of("prefix", f"alive_{rule.name}")
        if any(line.startswith(f"inline {name}(") for line in self.inlines):
            return name
        body = rule.instance.body
        last = max(i for i, statement in enumerate(body) if isinstance(statement, Require))
        routine = _Prefix(self.words)
        routine.body(body[: last + 1], [_ALIVE])
        self.inlines += [f"inline {name}({', '.join(rule.parameters)}) {{", *indented(routine.finish()), "}", ""]
        return name

    # --- the whole --------------------------------------------------------------------------------------------------

    def write(self) -> Exported:
        """The text."""
        program = self.program
        left_out: dict[str, str] = {}
        for rule in self.rules:
            self.inline(rule)
        for rule in self.starts:
            self.inline(rule, start=True)
        self.step_properties()
        processes, monitor = self.processes(), self.monitor()
        temporal = Temporal(
            program, self.words, self.rules, self.sizes, all(rule.guard is not None for rule in self.starts)
        )
        for one in program.properties:
            if one.kind is PropertyKind.TEMPORAL and one.name in self.wanted:
                try:
                    temporal.add(one)
                except Unsayable as error:
                    left_out[one.name] = str(error)
        extent_of_32_bits(program, "Promela's")
        sections = temporal.sections()
        how = [
            "States and everything but temporal properties:",
            "  spin -o1 -o2 -a FILE && cc -DSAFETY -DBFS -DNOREDUCE -DVECTORSZ=8192 -o pan pan.c && ./pan -E -m1000000",
            "SPIN counts one state more than there are: the one before `start`.",
            *(["Temporal properties, each with its number n:"] if temporal.numbers else []),
            *(f"  {number}: {name}" for name, numbers in temporal.numbers.items() for number in numbers),
            *(
                ["  spin -o1 -o2 -DLTL=n -a FILE && cc -DNOREDUCE -DVECTORSZ=8192 -o pan pan.c && ./pan -a -m1000000"]
                if temporal.numbers
                else []
            ),
        ]
        declared = [f"{self.words.type_name(one.type)} {self.words.variable(one.name)};" for one in program.variables]
        copies = [f"{self.words.type_name(program.variable(n).type)} {before(self.words, n)};" for n in self.kept]
        pools = [f"{self.words.type_name(type_)} {name};" for name, type_ in self.words.pools.items()]
        header = [line.replace("*/", "* /") for line in title(program, "SPIN", left_out, how)]
        body = [
            *self.words.constants,
            "",
            *self.words.typedefs,
            "",
            *declared,
            "bool started;",
            "",
            "/* For the length of one step; zero in every state. */",
            "bool alive;",
            *copies,
            *pools,
            "",
        ]
        lines = [
            "/*",
            *(f" * {line}".rstrip() for line in header),
            " */",
            "",
            "#ifndef LTL",
            "#define LTL 0",
            "#endif",
            "",
            *body,
            *self.macros,
            "",
            *self.inlines,
            *sections,
            *processes,
            *monitor,
        ]
        while not lines[-1]:
            lines.pop()
        covered = tuple(name for name in self.wanted if name not in left_out)
        return Exported({".pml": "\n".join(lines) + "\n"}, covered, left_out, temporal.numbers)


_ALIVE = "alive = true;"


class _Prefix(Routine):
    """The beginning of an action, to find out whether it is enabled: a check that fails there enables it."""

    def body(self, body: Sequence[Statement], last: Sequence[str] = ()) -> None:
        for position, statement in enumerate(body):
            if isinstance(statement, Check):
                self.guarded(self.read(statement.condition), body[position + 1 :], last, [_ALIVE])
                return
            if isinstance(statement, Require):
                self.guarded(self.read(statement.condition), body[position + 1 :], last, [])
                return
            self.statement(statement)
        self.out += last

    def failing(self, statement: Check) -> None:
        condition = self.negation(self.read(statement.condition))
        self.out += self.conditional(condition, [_ALIVE], [])


def _judged(one: Property, text: str) -> list[str]:
    """An assertion that carries the property's name in the line above it."""
    return [f"/* {one.doc.replace('*/', '* /')} ({one.span}) */", f"/* property {one.name} */", f"assert({text});"]


def spliced(lines: Sequence[str]) -> list[str]:
    """A macro over several lines. Elsewhere no line is broken: SPIN takes the end of a line for a semicolon."""
    return folded(lines, "/*", " \\")


def promela(program: Program, only: Collection[str] | None = None) -> Exported:
    """The program, whose toggles have values, for SPIN; `only` names the properties to keep, all by default."""
    return _Text(program, only).write()
