"""A program as Murphi text, in the dialect of Rumur.

An action is a rule inside a ruleset over its arguments; an initial action is a start state in which `require` is
`assume`. A failed check is an `assert`, which Rumur reports with the trace. A property of steps is asserted at the end
of every rule, against copies of the variables from before. A deadlock is an invariant: some rule is enabled. Goals are
`cover`s. A state constraint is part of every guard: a state that it cuts is counted and judged, not followed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from uringcheck.ir import build
from uringcheck.ir.nodes import Check, Expr, Kind, Require
from uringcheck.ir.program import Block, Program, PropertyKind
from uringcheck.ir.types import (
    Bool,
    Encoded,
    Enum,
    Int,
    Map,
    Option,
    Queue,
    Record,
    Set,
    Type,
    cardinality,
    values,
)
from uringcheck.lower.imperative import Imperative
from uringcheck.lower.imperative_reading import is_scalar_leaf
from uringcheck.lower.text import (
    NO_DEADLOCK,
    Exported,
    Instance,
    Names,
    container_words,
    extent_of_32_bits,
    folded,
    message,
    partly_instantiated,
    place_comment,
    reads_before,
    title,
    wanted,
)

_WORDS = """
    alias array assert assume assumption begin boolean by case clear const cover do else elsif end endalias endexists
    endfor endforall endfunction endif endprocedure endrecord endrule endruleset endstartstate endswitch endwhile enum
    error exists false for forall function if in interleaved invariant isundefined ismember liveness multiset
    multisetadd multisetcount multisetremove multisetremovepred of procedure process program property put record
    return rule ruleset scalarset startstate switch then to traceuntil true type undefine union var while some value
    items len before
"""
_INDENT = "  "
_TEMPORAL = "Murphi has no fairness and no temporal formulas"


class _Vocabulary:
    """The identifiers and types of one text."""

    def __init__(self, program: Program) -> None:
        self.names = Names(_WORDS.split(), ignore_case=True)
        self.types: dict[Type, str] = {}
        self.declarations: list[str] = []
        self.functions: list[str] = []
        self._ranked: set[Enum] = set()
        for variable in program.variables:
            self.variable(variable.name)
        for variable in program.variables:
            self.type_name(variable.type)

    def variable(self, name: str) -> str:
        return self.names.of("variable", name)

    def argument(self, name: str) -> str:
        return self.names.of("argument", name)

    def before(self, name: str) -> str:
        return self.names.of("before", f"before_{name}")

    def member(self, type_: Enum, position: int) -> str:
        self.type_name(type_)
        return self._member(type_, position)

    def _member(self, type_: Enum, position: int) -> str:
        return self.names.of(f"member of {type_.module}.{type_.name}", f"{type_.name}_{type_.members[position]}")

    def type_name(self, type_: Type) -> str:
        """The type's name; composite types are declared the first time they are named."""
        match type_:
            case Bool():
                return "boolean"
            case Int(low, high):
                return f"{low} .. {high}"
        if type_ in self.types:
            return self.types[type_]
        match type_:
            case Enum(members=members):
                text = "enum { " + ", ".join(self._member(type_, i) for i in range(len(members))) + " }"
            case Record(fields=fields):
                text = "record " + " ".join(f"{field_name(n)}: {self.type_name(item)};" for n, item in fields) + " end"
            case Option(item):
                text = f"record some: boolean; value: {self.type_name(item)}; end"
            case Queue(item, capacity):
                slots = f"array [0 .. {max(capacity - 1, 0)}] of {self.type_name(item)}"
                text = f"record len: 0 .. {capacity}; items: {slots}; end"
            case Set(item):
                text = f"array [{self.index_type(item)}] of boolean"
            case Map(index, item):
                text = f"array [{self.index_type(index)}] of {self.type_name(item)}"
        name = self.names.of(f"type {len(self.types)}", f"{container_words(type_)}_t")
        self.types[type_] = name
        self.declarations.append(f"{name}: {text};")
        return name

    def index_type(self, type_: Type) -> str:
        """What an array over the values of the type is indexed by."""
        return self.type_name(type_) if is_scalar_leaf(type_) else f"0 .. {cardinality(type_) - 1}"

    def rank_function(self, type_: Enum) -> str:
        """The function from the members of an enum to their positions."""
        name = self.names.of("rank", f"rank_{type_.name}_{type_.module.split('.')[-1]}")
        if type_ not in self._ranked:
            self._ranked.add(type_)
            lines = [f"function {name}(member: {self.type_name(type_)}): 0 .. {len(type_.members) - 1};", "begin"]
            lines += [f"  if member = {self.member(type_, i)} then return {i}; end;" for i in range(len(type_.members))]
            self.functions += [*lines[:-1], f"  return {len(type_.members) - 1};", "end;", ""]
        return name


def field_name(name: str) -> str:
    """A record's field; words of the language get an underscore."""
    return f"{name}_" if name.lower() in _WORDS.split() else name


class _Routine(Imperative):
    """A rule's body or a function. `failed` is the statement that a failed check leads to, an `assert` by default."""

    TERNARY, EQUALS, ASSIGNED = "({} ? {} : {})", "({} = {})", "{} := {};"
    words: _Vocabulary

    def __init__(self, words: _Vocabulary, failed: str | None = None, of_steps: bool = False) -> None:
        super().__init__()
        self.words = words
        self.failed = failed
        self.of_steps = of_steps

    def variable(self, name: str, primed: bool) -> str:
        return self.words.before(name) if self.of_steps and not primed else self.words.variable(name)

    def field_name(self, name: str) -> str:
        return field_name(name)

    def element(self, base: str, container: Map | Set, index: str) -> str:
        return f"{base}[{index}]"

    def index_text(self, type_: Type, expr: Expr) -> str:
        return self.read(expr) if is_scalar_leaf(type_) else self.rank(type_, iter(self.leaves(expr)))

    def index_of_place(self, type_: Type, place: str) -> str:
        return place if is_scalar_leaf(type_) else self.rank(type_, iter(self.place_leaves(place, type_)))

    def constant_index(self, type_: Type, position: int) -> str:
        return self.literal(type_, list(values(type_))[position]) if is_scalar_leaf(type_) else str(position)

    def enum_rank(self, type_: Enum, text: str) -> str:
        return f"{self.words.rank_function(type_)}({text})"

    def copy(self, place: str, source: str, type_: Type) -> None:
        self.emit(f"{place} := {source};")

    def conditional(self, condition: str, then: list[str], orelse: list[str]) -> list[str]:
        if not then:
            return [f"if {self.negation(condition)} then", *_indented(orelse), "end;"]
        middle = ["else", *_indented(orelse)] if orelse else []
        return [f"if {condition} then", *_indented(then), *middle, "end;"]

    def failing(self, statement: Check) -> None:
        condition = self.read(statement.condition)
        if self.failed is None:
            self.emit(f'assert {condition} "{message(statement)}";')
        else:
            self.out += self.conditional(self.negation(condition), [self.failed], [])

    def remark(self, text: str) -> None:
        self.emit(f"-- {text}")

    def store_constant(self, place: str, type_: Type, value: Encoded) -> None:
        """Maps of one value and sets that are empty or full are written as loops."""
        if isinstance(type_, Map) and len(set(value)) == 1:
            self._loop(place, type_.index, lambda slot: self.store_constant(slot, type_.item, value[0]))
        elif isinstance(type_, Set) and value in (0, (1 << cardinality(type_.item)) - 1):
            word = self.literal(Bool(), value != 0)
            self._loop(place, type_.item, lambda slot: self.emit(self.assignment(slot, word)))
        elif isinstance(type_, Map):
            for position, item in enumerate(value):
                self.store_constant(f"{place}[{self.constant_index(type_.index, position)}]", type_.item, item)
        elif is_scalar_leaf(type_):
            self.emit(self.assignment(place, self.literal(type_, value)))
        else:
            super().store_constant(place, type_, value)

    def _loop(self, place: str, index: Type, write: object) -> None:
        assert callable(write)
        name = f"i{place.count('[')}"
        with self.elsewhere() as lines:
            write(f"{place}[{name}]")
        self.out += [f"for {name}: {self.words.index_type(index)} do", *_indented(lines), "end;"]

    def declarations(self) -> list[str]:
        """The routine's variables."""
        return [f"{name}: {self.words.type_name(type_)};" for name, type_ in self.temporaries.items()]


def _indented(lines: Sequence[str]) -> list[str]:
    return [_INDENT + line if line else line for line in lines]


class _Text:
    """The text of one program."""

    def __init__(self, program: Program, only: Collection[str] | None) -> None:
        self.program = program
        self.words = _Vocabulary(program)
        self.functions: list[str] = []
        self.wanted = wanted(program, only)
        self.constraint = [
            self.predicate(f"within_{one.name}", one.block)
            for one in program.properties
            if one.kind is PropertyKind.CONSTRAINT and one.block
        ]
        self.steps = [
            (one, self.predicate(f"step_{one.name}", one.block, of_steps=True))
            for one in program.properties
            if one.kind is PropertyKind.STEP and one.block and one.name in self.wanted
        ]

    # --- predicates -------------------------------------------------------------------------------------------------

    def predicate(self, name: str, block: Block, of_steps: bool = False) -> str:
        """The text of a pure block: an expression, or a call of a function made for it."""
        routine = _Routine(self.words, of_steps=of_steps)
        routine.body(block.body)
        result = routine.read(block.result)
        if not routine.out and not routine.temporaries and not of_steps:
            return result
        before = reads_before(block) if of_steps else []
        types = {variable.name: variable.type for variable in self.program.variables}
        parameters = [(self.words.before(old), types[old]) for old in before]
        return self.function(name, parameters, routine, f"return {result};")

    def function(self, name: str, parameters: list[tuple[str, Type]], routine: _Routine, last: str) -> str:
        """Write a boolean function; gives the call that passes parameters of the same names."""
        made = self.words.names.of("function", name)
        heads = "; ".join(f"{parameter}: {self.words.type_name(type_)}" for parameter, type_ in parameters)
        declared = routine.declarations()
        self.functions += [
            f"function {made}({heads}): boolean;",
            *(["var", *_indented(declared)] if declared else []),
            "begin",
            *_indented([*routine.out, last]),
            "end;",
            "",
        ]
        return f"{made}({', '.join(parameter for parameter, _ in parameters)})"

    def guard(self, instance: Instance) -> str:
        """The condition under which a rule is enabled: where its requirements are met, or a check before them fails."""
        name, body = instance.action.name + instance.suffix, instance.body
        last = max((i for i, statement in enumerate(body) if isinstance(statement, Require)), default=-1)
        prefix = body[: last + 1]
        if all(isinstance(statement, Require) for statement in prefix):
            routine = _Routine(self.words)
            conditions = [s.condition for s in prefix if isinstance(s, Require)]
            text = routine.read(build.and_(*conditions)) if conditions else "true"
            if not routine.out and not routine.temporaries:
                return text
        routine = _Routine(self.words, "return true;")
        for statement in prefix:
            if isinstance(statement, Require):
                condition = routine.negation(routine.read(statement.condition))
                routine.out += routine.conditional(condition, ["return false;"], [])
            else:
                routine.statement(statement)
        parameters = [(self.words.argument(argument), type_) for argument, type_ in instance.parameters]
        return self.function(f"enabled_{name}", parameters, routine, "return true;")

    # --- rules ------------------------------------------------------------------------------------------------------

    def ranged(self, instance: Instance, lines: list[str]) -> list[str]:
        """The rule inside the ruleset over its arguments."""
        comment = [f"-- {line}" for line in place_comment(instance.action)]
        if not instance.parameters:
            return [*comment, *lines, ""]
        heads = "; ".join(
            f"{self.words.argument(n)}: {self.words.type_name(type_)}" for n, type_ in instance.parameters
        )
        return [*comment, f"ruleset {heads} do", *_indented(lines), "end;", ""]

    def start(self, instance: Instance | None) -> list[str]:
        """A start state: every variable at its start, then what the initial action does."""
        routine = _Routine(self.words)
        for variable in self.program.variables:
            routine.store_constant(self.words.variable(variable.name), variable.type, variable.start)
        for statement in instance.body if instance else ():
            if isinstance(statement, Require):
                routine.emit(f'assume {routine.read(statement.condition)} "not an initial state";')
            else:
                routine.statement(statement)
        name = instance.action.name + instance.suffix if instance else "init"
        return [f'startstate "{name}"', *self.block(routine), "end;"]

    def block(self, routine: _Routine) -> list[str]:
        """Declarations and statements of a rule."""
        declared = routine.declarations()
        return [*(["var", *_indented(declared)] if declared else []), "begin", *_indented(routine.out)]

    def rule(self, instance: Instance, guard: str) -> list[str]:
        """A rule."""
        routine = _Routine(self.words)
        kept = list(dict.fromkeys(old for one, _ in self.steps if one.block for old in reads_before(one.block)))
        for old in kept:
            routine.temporaries[self.words.before(old)] = self.program.variable(old).type
            routine.emit(f"{self.words.before(old)} := {self.words.variable(old)};")
        routine.body(instance.body)
        for one, text in self.steps:
            routine.emit(f'assert {text} "{one.name}";')
        guards = [*self.constraint, *([] if guard == "true" and self.constraint else [guard])]
        head = f'rule "{instance.action.name}{instance.suffix}" {routine.connective(Kind.AND, guards)} ==>'
        return [head, *self.block(routine), "end;"]

    # --- the whole --------------------------------------------------------------------------------------------------

    def left_out(self) -> dict[str, str]:
        """What Murphi cannot say."""
        return {one.name: _TEMPORAL for one in self.program.properties if one.kind is PropertyKind.TEMPORAL}

    def write(self) -> Exported:
        """The text."""
        program = self.program
        starts: list[str] = []
        for action in program.inits:
            for instance in partly_instantiated(action):
                starts += self.ranged(instance, self.start(instance))
        if not program.inits:
            starts += [*self.start(None), ""]
        rules: list[str] = []
        enabled: list[str] = []
        for action in program.actions:
            for instance in partly_instantiated(action):
                guard = self.guard(instance)
                rules += self.ranged(instance, self.rule(instance, guard))
                enabled.append(self.somewhere(instance, guard))
        properties = self.properties(enabled)
        variables = [
            f"{self.words.variable(variable.name)}: {self.words.type_name(variable.type)};"
            + (f"  -- {variable.name}" if self.words.variable(variable.name) != variable.name else "")
            for variable in program.variables
        ]
        low, high = extent_of_32_bits(program, "Rumur's")
        how = [
            "rumur --deadlock-detection off --symmetry-reduction off --threads 1 --value-type int32_t -o model.c FILE",
            "cc -O2 -o model model.c -lpthread && ./model",
        ]
        lines = [
            *(f"-- {line}".rstrip() for line in title(program, "Rumur", self.left_out(), how)),
            "",
            "type",
            "  -- Holds every intermediate result, so that the verifier's words are wide enough.",
            f"  intermediate: {low} .. {high};",
            *_indented(self.words.declarations),
            "",
            "var",
            *_indented(variables),
            "",
            *self.words.functions,
            *self.functions,
            *starts,
            *rules,
            *properties,
        ]
        while not lines[-1]:
            lines.pop()
        covered = tuple(name for name in self.wanted if name not in self.left_out())
        return Exported({".m": "\n".join(folded(lines, "--")) + "\n"}, covered, self.left_out())

    def somewhere(self, instance: Instance, guard: str) -> str:
        """That a rule is enabled for some arguments."""
        for name, type_ in reversed(instance.parameters):
            guard = f"exists {self.words.argument(name)}: {self.words.type_name(type_)} do {guard} end"
        return guard if not instance.parameters else f"({guard})"

    def properties(self, enabled: list[str]) -> list[str]:
        """Invariants, goals and the absence of deadlocks."""
        lines: list[str] = []
        for one in self.program.properties:
            if one.name not in self.wanted or one.block is None:
                continue
            comment = [f"-- {line}" for line in (one.doc, str(one.span)) if line]
            match one.kind:
                case PropertyKind.INVARIANT:
                    text = self.predicate(f"holds_{one.name}", one.block)
                    lines += [*comment, f'invariant "{one.name}" {text};', ""]
                case PropertyKind.GOAL:
                    text = self.predicate(f"reached_{one.name}", one.block)
                    lines += [*comment, f'cover "{one.name}" {text};', ""]
                case PropertyKind.DEADLOCK:
                    text = self.predicate(f"final_{one.name}", one.block)
                    lines += [*comment, *self.alive(one.name, [text, *enabled])]
        if NO_DEADLOCK in self.wanted:
            lines += ["-- Every reachable state has a successor.", *self.alive(NO_DEADLOCK, enabled)]
        return lines

    def alive(self, name: str, conditions: list[str]) -> list[str]:
        """The invariant that one of the conditions is met, or the state is not followed."""
        cut = [_Routine(self.words).negation(within) for within in self.constraint]
        joined = ["true"] if "true" in conditions else list(dict.fromkeys([*cut, *conditions]))
        return [f'invariant "{name}"', *_indented([*(f"{text} |" for text in joined[:-1]), f"{joined[-1]};"]), ""]


def murphi(program: Program, only: Collection[str] | None = None) -> Exported:
    """The program, whose toggles have values, for Rumur; `only` names the properties to keep, all by default."""
    return _Text(program, only).write()
