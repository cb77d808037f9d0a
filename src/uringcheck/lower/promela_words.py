"""The vocabulary of a Promela text, and its routines: identifiers, types, expressions and statements."""
# ruff: noqa: D102  (the abstract methods of `Reading` and `Imperative` say what these do)

from __future__ import annotations

from collections.abc import Sequence

from uringcheck.ir.nodes import Check, Expr, Kind, Require, Statement
from uringcheck.ir.program import Program
from uringcheck.ir.types import (
    Bool,
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
from uringcheck.lower.imperative import Imperative, always_fails
from uringcheck.lower.imperative_reading import is_scalar_leaf
from uringcheck.lower.text import Names, container_words, message

#: Promela's words, C's (variables become fields of a C structure), and the names the text itself uses.
WORDS = frozenset(
    """
    AFTER BEFORE GO LTL PROBE U V W X active after alive always assert at atomic auto back before begin bit
    bool break byte c_code c_decl c_expr c_state c_track call case chan changed char const continue d_proctype
    d_step default do double else empty enabled enum equivalent eval eventually extern false fi float for
    forget full get_priority goto guard has hidden if implies in init inline instance int items keep last len
    length local long ltl main monitor mtype nempty never next nfull notrace now np_ nr_pr od of old pc_value
    pending phase moved pid print printf priority proctype provided ready register release return round run select
    set_priority settle short signed sizeof skip some start started static step stronguntil struct stutter
    switch taken timeout trace true typedef union unless unsigned until value void volatile weakuntil while
    wrong xr xs
    """.split()  # noqa: SIM905  (a list of words reads best as words)
)
INDENT = "  "


def indented(lines: Sequence[str]) -> list[str]:
    """The lines, one level deeper."""
    return [INDENT + line if line else line for line in lines]


class Vocabulary:
    """The identifiers, types and temporaries of one text."""

    def __init__(self, program: Program) -> None:
        self.names = Names(WORDS)
        self.types: dict[Type, str] = {}
        self.typedefs: list[str] = []
        self.constants: list[str] = []
        self.pools: dict[str, Type] = {}
        for variable in program.variables:
            self.variable(variable.name)
        for variable in program.variables:
            self.type_name(variable.type)

    def variable(self, name: str) -> str:
        """A state variable."""
        return self.names.of("variable", name)

    def argument(self, name: str) -> str:
        """An argument: a name that nothing else has, as inline parameters replace every such word."""
        return self.names.of("argument", name)

    def field(self, name: str) -> str:
        """A field of an author's record."""
        return self.names.of("field", name)

    def member(self, type_: Enum, position: int) -> str:
        """A member of an enum: a constant with its position."""
        self.type_name(type_)
        return self.names.of(f"member of {type_.module}.{type_.name}", f"{type_.name}_{type_.members[position]}")

    def type_name(self, type_: Type) -> str:
        """The type's name; composite types are defined the first time they are named."""
        match type_:
            case Bool():
                return "bool"
            case Int(low, high):
                if low >= 0 and high <= 255:
                    return "byte"
                return "short" if low >= -(2**15) and high < 2**15 else "int"
        if type_ in self.types:
            return self.types[type_]
        match type_:
            case Enum(members=members):
                # Set first: `member` asks for the type.
                self.types[type_] = "byte"
                self.constants += [f"#define {self.member(type_, i)} {i}" for i in range(len(members))]
                return "byte"
            case Record(fields=fields):
                text = "; ".join(f"{self.type_name(item)} {self.field(name)}" for name, item in fields)
            case Option(item):
                text = f"bool some; {self.type_name(item)} value"
            case Queue(item, capacity):
                text = f"byte length; {self.type_name(item)} items[{max(capacity, 1)}]"
            case Set(item):
                text = f"bool has[{cardinality(item)}]"
            case Map(index, item):
                text = f"{self.type_name(item)} at[{cardinality(index)}]"
        name = self.names.of(f"type {len(self.types)}", f"{container_words(type_)}_t")
        self.types[type_] = name
        self.typedefs.append(f"typedef {name} {{ {text} }}")
        return name

    def pooled(self, type_: Type, position: int) -> str:
        """The temporary at a position among those of a type; integers need no more than one type."""
        wide = Int(-(2**31), 2**31 - 1) if isinstance(type_, (Int, Enum)) else type_
        word = self.type_name(wide).removesuffix("_t")
        name = self.names.of("temporary", f"{word}_tmp{position}_")
        self.pools[name] = wide
        return name


class Routine(Imperative):
    """Statements inside a `d_step`. Temporaries are shared by all routines and set back to zero at the end."""

    LENGTH = "length"
    AND, OR = "&&", "||"
    TERNARY, EQUALS, ASSIGNED = "({} -> {} : {})", "({} == {})", "{} = {};"
    words: Vocabulary

    def __init__(self, words: Vocabulary, of_steps: bool = False) -> None:
        super().__init__()
        self.words = words
        self.of_steps = of_steps
        self._locals: dict[int, str] = {}
        self._used: dict[str, int] = {}

    # --- names ------------------------------------------------------------------------------------------------------

    def variable(self, name: str, primed: bool) -> str:
        return before(self.words, name) if self.of_steps and not primed else self.words.variable(name)

    def field_name(self, name: str) -> str:
        return self.words.field(name)

    def temporary(self, type_: Type) -> str:
        word = "int" if isinstance(type_, (Int, Enum)) else self.words.type_name(type_)
        position = self._used.get(word, 0) + 1
        self._used[word] = position
        name = self.words.pooled(type_, position)
        self.temporaries[name] = self.words.pools[name]
        return name

    def local(self, number: int, type_: Type) -> str:
        if number not in self._locals:
            self._locals[number] = self.temporary(type_)
        return self._locals[number]

    # --- expressions ------------------------------------------------------------------------------------------------

    def element(self, base: str, container: Map | Set, index: str) -> str:
        return f"{base}.{'at' if isinstance(container, Map) else 'has'}[{index}]"

    def index_text(self, type_: Type, expr: Expr) -> str:
        return self.rank(type_, iter(self.leaves(expr)))

    def index_of_place(self, type_: Type, place: str) -> str:
        return self.rank(type_, iter(self.place_leaves(place, type_)))

    def constant_index(self, type_: Type, position: int) -> str:
        if isinstance(type_, Enum):
            return self.literal(type_, list(values(type_))[position])
        return str(position)

    def enum_rank(self, type_: Enum, text: str) -> str:
        return text

    # --- statements -------------------------------------------------------------------------------------------------

    def copy(self, place: str, source: str, type_: Type) -> None:
        for target, leaf in zip(self.place_leaves(place, type_), self.place_leaves(source, type_), strict=True):
            self.emit(self.assignment(target, leaf))

    def conditional(self, condition: str, then: list[str], orelse: list[str]) -> list[str]:
        return [
            "if",
            f":: {condition} ->",
            *indented(then or ["skip"]),
            ":: else ->",
            *indented(orelse or ["skip"]),
            "fi;",
        ]

    def failing(self, statement: Check) -> None:
        condition = self.read(statement.condition)
        self.remark(message(statement))
        self.emit(f"assert({condition});")

    def remark(self, text: str) -> None:
        self.emit(f"/* {text.replace('*/', '* /')} */")

    def body(self, body: Sequence[Statement], last: Sequence[str] = ()) -> None:
        """Write statements, then the lines `last`; what stands after a `require` runs only where it is met."""
        for position, statement in enumerate(body):
            if isinstance(statement, Require):
                self.guarded(self.read(statement.condition), body[position + 1 :], last, [])
                return
            self.statement(statement)
            if always_fails(statement):
                return
        self.out += last

    def guarded(self, condition: str, rest: Sequence[Statement], last: Sequence[str], orelse: list[str]) -> None:
        """Write the rest of a body under a condition."""
        with self.elsewhere() as lines:
            self.body(rest, last)
        self.out += self.conditional(condition, lines, orelse)

    def assign_variable(self, name: str, value: Expr) -> None:
        """Write an assignment, and that what was assigned is what was meant: Promela's bytes wrap in silence."""
        super().assign_variable(name, value)
        place = self.variable(name, False)
        if isinstance(value.type, Int) and value.kind is not Kind.CONST:
            self.remark("width: the variable holds its range")
            self.emit(f"assert({value.type.low} <= {place} && {place} <= {value.type.high});")

    def finish(self) -> list[str]:
        """The lines, with the temporaries set back."""
        lines = list(self.out)
        for name, type_ in self.temporaries.items():
            lines += [self.assignment(leaf, "0") for leaf in self.place_leaves(name, type_)]
        return lines

    @property
    def is_expression(self) -> bool:
        """Whether nothing but an expression has been read so far."""
        return not self.out and not self.temporaries


def before(words: Vocabulary, name: str) -> str:
    """The copy of a variable from before a step."""
    return words.names.of("before", f"before_{name}")


__all__ = ["INDENT", "Routine", "Vocabulary", "before", "indented", "is_scalar_leaf"]
