"""Expressions and pure blocks as TLA+ text.

Bool    TRUE, FALSE            Option   {}, or {item}
Int     the number             Queue    a sequence
Enum    the member's name      Set      a set
Record  a record               Map      a function
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from uringcheck.diagnostics import InternalError
from uringcheck.ir.coverage import declare
from uringcheck.ir.nodes import Assign, Check, Cover, Expr, If, Kind, Let, Require, Statement, postorder
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
    default,
    values,
)
from uringcheck.lower.imperative import always_fails
from uringcheck.lower.text import Names, message

#: Reserved words, and operators of the standard modules that the text extends.
WORDS = frozenset(
    """
    ACTION ASSUME ASSUMPTION AXIOM BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE DEFS DOMAIN ELSE ENABLED
    EXCEPT EXTENDS HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED ONLY OTHER PICK PROOF
    PROPOSITION
    PROVE QED RECURSIVE SF_ STATE SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM UNCHANGED UNION USE VARIABLE VARIABLES WF_
    WITH WITNESS TRUE FALSE BOOLEAN STRING Nat Int Real Infinity Seq Len Append Head Tail SubSeq SelectSeq IsFiniteSet
    Cardinality Print PrintT Assert JavaTime TLCGet TLCSet Permutations SortSeq RandomElement Any ToString TLCEval
    Init Next Moves Spec InitMarked NextMarked SpecMarked TypeOK vars Only idx val size
    """.split()  # noqa: SIM905  (a list of words reads best as words)
)


class Vocabulary:
    """The identifiers of one module, and the definitions of its enums."""

    def __init__(self) -> None:
        self.names = Names(WORDS)
        self.sets: dict[Type, str] = {}
        self.definitions: list[str] = []

    def variable(self, name: str) -> str:
        """A state variable."""
        return self.names.of("variable", name)

    def argument(self, name: str) -> str:
        """An argument, or a bound variable."""
        return self.names.of("argument", name)

    def domain(self, type_: Type) -> str:
        """The set of the type's values; enums and records are defined by name."""
        match type_:
            case Bool():
                return "BOOLEAN"
            case Int(low, high):
                return f"{number(low)}..{number(high)}"
            case Option(item):
                return f"({{{{}}}} \\cup {{{{val}} : val \\in {self.domain(item)}}})"
            case Queue(item, capacity):
                return f"UNION {{[1..size -> {self.domain(item)}] : size \\in 0..{capacity}}}"
            case Set(item):
                return f"SUBSET {in_parentheses(self.domain(item))}"
            case Map(index, item):
                return f"[{self.domain(index)} -> {self.domain(item)}]"
        if type_ not in self.sets:
            if isinstance(type_, Enum):
                text = "{" + ", ".join(f'"{member}"' for member in type_.members) + "}"
            else:
                text = "[" + ", ".join(f"{name} : {self.domain(item)}" for name, item in type_.fields) + "]"
            name = self.names.of(f"type {len(self.sets)}", type_.name)
            self.sets[type_] = name
            self.definitions.append(f"{name} == {text}")
        return self.sets[type_]

    def value(self, type_: Type, value: Encoded) -> str:
        """A constant."""
        match type_:
            case Bool():
                return "TRUE" if value else "FALSE"
            case Int():
                return number(value)
            case Enum(members=members):
                return f'"{members[value]}"'
            case Record(fields=fields):
                parts = zip(fields, value, strict=True)
                return "[" + ", ".join(f"{name} |-> {self.value(item, part)}" for (name, item), part in parts) + "]"
            case Option(item):
                return "{}" if value is None else f"{{{self.value(item, value)}}}"
            case Queue(item, _):
                return "<<" + ", ".join(self.value(item, part) for part in value) + ">>"
            case Set(item):
                if value == (1 << cardinality(item)) - 1:
                    return in_parentheses(self.domain(item))
                inside = [self.value(item, part) for i, part in enumerate(values(item)) if value >> i & 1]
                return "{" + ", ".join(inside) + "}"
            case Map(index, item):
                return self._function(index, item, value)

    def _function(self, index: Type, item: Type, value: tuple[Encoded, ...]) -> str:
        texts = [self.value(item, part) for part in value]
        if len(set(texts)) == 1:
            return f"[idx \\in {self.domain(index)} |-> {texts[0]}]"
        cases = [f"idx = {self.value(index, i)} -> {text}" for i, text in zip(values(index), texts, strict=True)]
        return f"[idx \\in {self.domain(index)} |-> CASE {' [] '.join(cases)}]"


def number(value: int) -> str:
    """An integer."""
    return str(value) if value >= 0 else f"(-{-value})"


def in_parentheses(text: str) -> str:
    """The text as an operand."""
    return text if text.isidentifier() or text.startswith(("{", "(", "[")) else f"({text})"


def quoted(text: str) -> str:
    """What may stand between the quotes of a string: TLA+'s strings have no backticks, and nothing beyond ASCII."""
    return re.sub(r'[^ -~]|["\\\\`]', "'", text)


_INFIX = {
    Kind.AND: "/\\", Kind.OR: "\\/", Kind.EQ: "=", Kind.LT: "<", Kind.LE: "<=", Kind.ADD: "+", Kind.SUB: "-",
    Kind.MUL: "*", Kind.DIV: "\\div", Kind.MOD: "%", Kind.S_UNION: "\\cup", Kind.S_INTERSECT: "\\cap",
    Kind.S_MINUS: "\\",
}  # fmt: skip

_PATTERNS: dict[Kind, str] = {
    Kind.NOT: "~{0}", Kind.ITE: "(IF {0} THEN {1} ELSE {2})", Kind.CAST: "{0}", Kind.SOME: "{{{0}}}",
    Kind.IS_SOME: "({0} # {{}})", Kind.Q_LEN: "Len({0})", Kind.Q_AT: "{0}[{1} + 1]",
    Kind.Q_PUSH: "Append({0}, {1})", Kind.Q_POP: "Tail({0})", Kind.S_HAS: "({1} \\in {0})",
    Kind.S_ADD: "({0} \\cup {{{1}}})", Kind.S_REMOVE: "({0} \\ {{{1}}})", Kind.S_LEN: "Cardinality({0})",
    Kind.M_GET: "{0}[{1}]", Kind.M_SET: "[{0} EXCEPT ![{1}] = {2}]",
}  # fmt: skip

_OWN = (Kind.CONST, Kind.STATE, Kind.PRIMED, Kind.LOCAL, Kind.ARG, Kind.RANK, Kind.RECORD, Kind.FIELD, Kind.UNWRAP)

_REFUSED = (Kind.TOGGLE, Kind.EVERY, Kind.COUNT)

COVERAGE = declare("the TLA+ export", handled=(*_INFIX, *_PATTERNS, *_OWN), refused=_REFUSED)


@dataclass
class Scope:
    """What variables and locals are called at some point of a body."""

    words: Vocabulary
    variables: dict[str, str] = field(default_factory=dict)
    locals: dict[int, str] = field(default_factory=dict)

    def read(self, expr: Expr) -> str:
        """The text of an expression, in parentheses where it needs them."""
        texts: dict[int, str] = {}
        for part in postorder(expr):
            texts[id(part)] = self._one(part, [texts[id(arg)] for arg in part.args])
        return texts[id(expr)]

    def _one(self, part: Expr, args: list[str]) -> str:
        match part.kind:
            case Kind.CONST:
                return self.words.value(part.type, part.data)
            case Kind.STATE:
                return self.variables.get(part.data) or self.words.variable(part.data)
            case Kind.PRIMED:
                return f"{self.words.variable(part.data)}'"
            case Kind.LOCAL:
                return self.locals[part.data]
            case Kind.ARG:
                return self.words.argument(part.data)
            case Kind.FIELD:
                return f"{args[0]}.{part.data}"
            case Kind.RECORD:
                assert isinstance(part.type, Record)
                pairs = zip(part.type.fields, args, strict=True)
                return "[" + ", ".join(f"{name} |-> {text}" for (name, _), text in pairs) + "]"
            case Kind.UNWRAP:
                option = part.args[0].type
                assert isinstance(option, Option)
                return self._item(option, args[0])
            case Kind.RANK:
                return self._rank(part.args[0].type, args[0])
            case kind if kind in _INFIX:
                return "(" + f" {_INFIX[kind]} ".join(args) + ")"
            case kind:
                return _PATTERNS[kind].format(*args)

    def _item(self, option: Option, text: str) -> str:
        return f"Only({text}, {self.words.value(option.item, default(option.item))})"

    def _rank(self, type_: Type, text: str) -> str:
        match type_:
            case Bool():
                return f"(IF {text} THEN 1 ELSE 0)"
            case Int(low, _):
                return f"({text} - {number(low)})"
            case Option(item):
                return f"(IF {text} = {{}} THEN 0 ELSE 1 + {self._rank(item, self._item(type_, text))})"
            case Record(fields=fields):
                made = "0"
                for name, item in fields:
                    made = f"({made} * {cardinality(item)} + {self._rank(item, f'{text}.{name}')})"
                return made
            case Enum(members=members):
                cases = [f'{text} = "{member}" -> {i}' for i, member in enumerate(members)]
                return f"(CASE {' [] '.join(cases)})"
            case _:
                raise InternalError(f"{type_} has no ranks")


class Body:
    """A body, run symbolically: definitions in order, and what has to be true.

    `conditions` are in program order: what has to be true, and the check it comes from (None for a requirement).
    Definitions are lazy in TLA+, so all of them may stand in one LET around the conditions.
    """

    def __init__(self, words: Vocabulary) -> None:
        self.scope = Scope(words)
        self.words = words
        self.definitions: list[tuple[str, str]] = []
        self.conditions: list[tuple[Check | None, str]] = []
        self._versions: dict[str, int] = {}

    def define(self, base: str, text: str) -> str:
        """A new name for a text."""
        number_ = self._versions.get(base, 0) + 1
        self._versions[base] = number_
        name = self.words.names.of(f"definition {number_} of", f"{base}_{number_}")
        self.definitions.append((name, text))
        return name

    def run(self, body: tuple[Statement, ...], path: str = "") -> None:
        """Run statements under a path condition."""
        scope = self.scope
        for statement in body:
            match statement:
                case Let(local, value):
                    scope.locals[local] = self.define("t", scope.read(value))
                case Assign(variable, value):
                    scope.variables[variable] = self.define(self.words.variable(variable), scope.read(value))
                case Require(condition):
                    self.conditions.append((None, scope.read(condition)))
                case Check():
                    text = scope.read(statement.condition)
                    self.conditions.append((statement, f"({path} => {text})" if path else text))
                    if always_fails(statement):
                        return
                case If():
                    self._if(statement, path)
                case Cover():
                    pass

    def _if(self, statement: If, path: str) -> None:
        test = self.define("if", self.scope.read(statement.condition))
        outer = self.scope
        sides = []
        for part, condition in ((statement.then, test), (statement.orelse, f"~{test}")):
            self.scope = replace(outer, variables=dict(outer.variables), locals=dict(outer.locals))
            self.run(part, f"({path} /\\ {condition})" if path else condition)
            sides.append(self.scope)
        self.scope = outer
        then, orelse = sides
        self._merge(test, then.variables, orelse.variables, outer.variables, self.words.variable)
        self._merge(test, then.locals, orelse.locals, outer.locals, None)

    def _merge(
        self,
        test: str,
        then: Mapping[Any, str],
        orelse: Mapping[Any, str],
        into: dict[Any, str],
        title: Callable[[Any], str] | None,
    ) -> None:
        for key in dict.fromkeys((*then, *orelse)):
            plain = None if title is None else title(key)
            left, right = then.get(key, plain), orelse.get(key, plain)
            if left is None or right is None:
                # Set on one side only, so nothing reads it after the other.
                into[key] = left or right or ""
            elif left == right:
                into[key] = left
            else:
                into[key] = self.define(plain or "t", f"(IF {test} THEN {left} ELSE {right})")

    def tidy(self, conjuncts: list[str]) -> list[str]:
        """The conjuncts, with definitions in them that nothing else uses written out."""
        made = list(conjuncts)
        for position, conjunct in enumerate(conjuncts):
            left, equals, name = conjunct.rpartition(" = ")
            text = dict(self.definitions).get(name)
            users = [*(other for _, other in (*self.definitions, *self.conditions)), *made]
            if equals and text is not None and sum(_mentions(other, name) for other in users) == 1:
                self.definitions = [(other, meant) for other, meant in self.definitions if other != name]
                made[position] = f"{left} = {text}"
        return made

    def failure(self) -> str:
        """The sort of the first check that fails, and the empty string where none does."""
        checks = [(check, text) for check, text in self.conditions if check is not None]
        return "".join(f'IF ~{text} THEN "{check.failure.value}" ELSE ' for check, text in checks) + '""'

    def guarded(self, conjuncts: list[str], fails: str) -> list[str]:
        """The conjuncts where all conditions are met, as lines; the operator `fails` where a check is not."""
        lines = [f"/\\ {text}" for text in conjuncts] or ["TRUE"]
        for check, text in reversed(self.conditions):
            if check is None:
                lines = [f"/\\ {text}", *as_item(lines)]
                continue
            first = "     " if lines[0].startswith("/\\") else ""
            said = f'{fails}("{check.failure.value}", "{quoted(message(check))}")'
            lines = [f"IF ~{text} THEN {said}", f"ELSE {lines[0]}", *(f"{first}{line}" for line in lines[1:])]
        return self.around(lines)

    def around(self, lines: list[str]) -> list[str]:
        """The lines inside the LET of all definitions."""
        if not self.definitions:
            return lines
        (first, text), *rest = self.definitions
        return [
            f"LET {first} == {text}",
            *(f"    {name} == {text}" for name, text in rest),
            f"IN  {lines[0]}",
            *(f"    {line}" for line in lines[1:]),
        ]


def as_item(lines: list[str]) -> list[str]:
    """The lines as items of a list of conjuncts, which they may be already."""
    if lines[0].startswith("/\\"):
        return lines
    return [f"/\\ {lines[0]}", *(f"   {line}" for line in lines[1:])]


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def tla_folded(lines: Iterable[str]) -> list[str]:
    """The lines, long ones broken to the right of the list that they are an item of: columns matter in TLA+."""
    made: list[str] = []
    for line in lines:
        if line.lstrip().startswith("\\*"):
            made.append(line)
            continue
        head = re.match(r"\s*((/\\ |\\/ |LET |IN +|ELSE )\s*)*", line)
        indent = (head.end() if head else 0) + 4
        while len(line) > _WIDTH:
            cut = _cut(line, indent)
            if cut is None:
                break
            made.append(line[:cut])
            line = " " * indent + line[cut + 1 :]
        made.append(line)
    return made


_WIDTH = 118


def _cut(line: str, indent: int) -> int | None:
    """The last space before the limit, outside of quotes, with something in front of it."""
    quoted, found = False, None
    for position, character in enumerate(line[:_WIDTH]):
        if character == '"':
            quoted = not quoted
        elif character == " " and not quoted and line[indent:position].strip():
            found = position
    return found
