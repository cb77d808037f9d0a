"""What every exported text has: names that the target accepts, a header, comments, and a list of what it leaves out."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field

from uringcheck.diagnostics import UsageError
from uringcheck.diagnostics.values import value_class
from uringcheck.ir import build
from uringcheck.ir.nodes import Check, Expr, Failure, Kind, Statement, expressions, postorder, statements
from uringcheck.ir.program import Action, Block, Program, Property, PropertyKind
from uringcheck.ir.rewrite import Substitution
from uringcheck.ir.types import Bool, Encoded, Enum, Int, Map, Option, Queue, Set, Type, values

#: The names under which results list what every model is asked (see `run.check`).
DOMAIN, ASSERT, NO_DEADLOCK = "domain", "assert", "no_deadlock"


@value_class
class Exported:
    """A program as another tool's input.

    `files` are the texts by suffix (`.m`, `.pml`, `.tla`, `.cfg`). `covered` are the properties in the text, in order;
    `left_out` are those that are not, with the reason. `numbers` says which parts of a text with parts a property is
    judged by, `names` which property an identifier of the text stands for.
    """

    files: Mapping[str, str]
    covered: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The main text."""
        return next(iter(self.files.values()))


@value_class
class Instance:
    """A rule to write: an action with those arguments fixed that are records or optional."""

    action: Action
    body: tuple[Statement, ...]
    suffix: str
    fixed: tuple[tuple[str, Encoded], ...] = ()

    @property
    def parameters(self) -> list[tuple[str, Type]]:
        """The arguments that stay open."""
        return [
            (argument.name, argument.type)
            for argument in self.action.arguments
            if isinstance(argument.type, (Bool, Int, Enum))
        ]


def partly_instantiated(action: Action) -> list[Instance]:
    """The rules of an action: one, or one for each value of its arguments that are records or optional."""
    made = [Instance(action, action.body, "")]
    for argument in action.arguments:
        if isinstance(argument.type, (Bool, Int, Enum)):
            continue
        expanded = []
        for position, value in enumerate(values(argument.type)):
            leaf = {(Kind.ARG, argument.name): build.constant(argument.type, value)}
            for instance in made:
                body = Substitution(leaf).body(instance.body)
                suffix = f"{instance.suffix} {argument.name}={position}"
                expanded.append(Instance(action, body, suffix, (*instance.fixed, (argument.name, value))))
        made = expanded
    return made


class Names:
    """Identifiers that are valid in the target, and each given out once."""

    def __init__(self, reserved: Iterable[str], ignore_case: bool = False) -> None:
        self._ignore_case = ignore_case
        self._taken = {self._key(name) for name in reserved}
        self._given: dict[tuple[str, str], str] = {}

    def _key(self, name: str) -> str:
        return name.lower() if self._ignore_case else name

    def of(self, sort: str, name: str) -> str:
        """The identifier of a thing: `sort` keeps a variable and an action of the same name apart."""
        if (sort, name) not in self._given:
            made = re.sub(r"_{2,}", "_", re.sub(r"[^A-Za-z0-9_]", "_", name)).rstrip("_") or "x"
            if not made[0].isalpha():
                made = f"x{made}"
            while self._key(made) in self._taken or re.fullmatch(r"(t|tmp)\d+", made):
                made += "_"
            self._taken.add(self._key(made))
            self._given[sort, name] = made
        return self._given[sort, name]


def type_words(type_: Type) -> str:
    """A type as part of an identifier."""
    match type_:
        case Bool():
            return "bool"
        case Int(low, high):
            return f"{low}_to_{high}".replace("-", "m")
        case _:
            return re.sub(r"\W+", "_", str(type_)).strip("_")


def container_words(type_: Type) -> str:
    """A type, which may be a container, as part of an identifier."""
    match type_:
        case Option(item):
            return f"maybe_{type_words(item)}"
        case Queue(item, capacity):
            return f"queue_of_{capacity}_{type_words(item)}"
        case Set(item):
            return f"set_of_{type_words(item)}"
        case Map(index, item):
            return f"map_{type_words(index)}_to_{container_words(item)}"
        case _:
            return type_words(type_)


def title(program: Program, target: str, left_out: Mapping[str, str], how: Iterable[str]) -> list[str]:
    """The lines of the header, without comment marks."""
    lines = [f"{program.name}: {program.doc}", "", f"Written by uringcheck for {target}; do not edit."]
    if program.parameters:
        shown = ", ".join(f"{name}={getattr(value, 'name', value)}" for name, value in program.parameters)
        lines += textwrap.wrap(f"Parameters: {shown}", 110, subsequent_indent="  ")
    if left_out:
        lines += ["", "Not comparable, and left out:"]
        for name, reason in left_out.items():
            lines += textwrap.wrap(f"{name}: {reason}", 106, initial_indent="  ", subsequent_indent="    ")
    return [*lines, "", *how]


def has_asserts(program: Program) -> bool:
    """Whether an `assert` of the author is in an action or a property."""
    bodies = [action.body for action in (*program.inits, *program.actions)]
    bodies += [one.block.body for one in program.properties if one.block]
    return any(
        isinstance(statement, Check) and statement.failure is Failure.ASSERT
        for body in bodies
        for statement in statements(body)
    )


def asked(program: Program) -> list[str]:
    """Every property of the program by name, as results list them: the author's, then those of every model."""
    names = [one.name for one in program.properties if one.kind is not PropertyKind.CONSTRAINT]
    if not any(one.kind is PropertyKind.DEADLOCK for one in program.properties):
        names.append(NO_DEADLOCK)
    return [*names, DOMAIN, *([ASSERT] if has_asserts(program) else [])]


def wanted(program: Program, only: Collection[str] | None) -> list[str]:
    """The names of `asked` that are to be in a text; `domain` and `assert` always are."""
    return [name for name in asked(program) if only is None or name in only or name in (DOMAIN, ASSERT)]


def place_comment(action: Action) -> list[str]:
    """What an action does and where it is written."""
    return [line for line in (*textwrap.wrap(action.doc, 106), str(action.span)) if line]


def message(check: Check) -> str:
    """What a failed check is called in the other tool: its sort, the sentence and the place, without quotes."""
    text = f"{check.failure.value}: {check.message or 'assertion'} ({check.span})"
    return text.replace("\\", "/").replace('"', "'")


_WIDTH = 118


def folded(lines: Iterable[str], comment: str, splice: str = "") -> list[str]:
    """The lines, long ones broken at spaces outside of quotes, with `splice` where the line goes on."""
    made: list[str] = []
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        while len(line) > _WIDTH and not line.lstrip().startswith(comment):
            cut = _cut(line, len(indent))
            if cut is None:
                break
            made.append(line[:cut] + splice)
            line = indent + line[cut + 1 :]
        made.append(line)
    return made


def _cut(line: str, indent: int) -> int | None:
    """The last space before the limit that is not inside quotes, an operator's left side if there is one."""
    quoted, spaces, operators = False, [], []
    for position, character in enumerate(line[:_WIDTH]):
        if character == '"':
            quoted = not quoted
        elif character == " " and not quoted and position > indent:
            spaces.append(position)
            if line[position + 1 :].startswith(("& ", "| ", "&& ", "|| ", "==> ")):
                operators.append(position)
    return operators[-1] if operators else spaces[-1] if spaces else None


def parts(block: Block) -> list[Expr]:
    """Every expression in a pure block."""
    roots = [expr for statement in statements(block.body) for expr in expressions(statement)]
    return list(postorder(*roots, block.result))


def extent(program: Program) -> tuple[int, int]:
    """The least and greatest integer that any expression can have."""
    low, high = 0, 0
    roots = [
        expr
        for action in (*program.inits, *program.actions)
        for s in statements(action.body)
        for expr in expressions(s)
    ]
    for one in program.properties:
        if one.block:
            roots += parts(one.block)
    for expr in postorder(*roots):
        if isinstance(expr.type, Int):
            low, high = min(low, expr.type.low), max(high, expr.type.high)
    return low, high


def extent_of_32_bits(program: Program, whose: str) -> tuple[int, int]:
    """The least and greatest integer; raises UsageError where they are not within 32 bits, as `whose` are."""
    low, high = extent(program)
    if low < -(2**31) or high >= 2**31:
        raise UsageError.at(
            "UC040",
            f"the integers of this model go from {low} to {high}, and {whose} from -2^31 to 2^31 - 1",
            help="bound the variables more tightly, or multiply less",
        )
    return low, high


def reads_before(block: Block) -> list[str]:
    """The variables that a property reads in the state before a step (or in its only state)."""
    return list(dict.fromkeys(part.data for part in parts(block) if part.kind is Kind.STATE))


def place_of(one: Property) -> str:
    """Where a property is written."""
    return str(one.span)
