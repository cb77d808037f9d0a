"""Temporal properties for SPIN: `ltl` formulas, and what a text has to keep for them.

SPIN's own weak fairness is per process, which is not fairness of actions; so fairness goes into the formula. For that a
text compiled with `LTL == n` remembers in `taken` which group of fair actions the last step was of (none, when it
changed nothing or was a stutter), and in a bit for each group whether a step of it is possible that changes something.
The bits, and those for the state predicates of the formula, depend on the state alone and multiply nothing. All this
is brought up to date by the process `settle` in a step of its own, before which nothing else moves; formulas speak of
these bits only, and to them the step in between is a stutter.

Weak fairness of a group is `[]<>(not possible or taken)`. Strong fairness is that either `[]<> taken` or, from some
moment on, never possible: the moment is guessed (`over`), and a wrong guess ends the behaviour (`wrong`). Written out,
a few of these conditions make SPIN's automaton explode; so a counter goes round the groups, waits at each until its
condition is met, and the formula says that it comes round for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from uringcheck.diagnostics.values import value_class
from uringcheck.ir.program import (
    Always,
    And,
    Atom,
    Eventually,
    Fairness,
    Formula,
    Happens,
    LeadsTo,
    Not,
    Or,
    Program,
    Property,
)
from uringcheck.lower.promela_words import Routine, Vocabulary, indented
from uringcheck.lower.text import place_of

if TYPE_CHECKING:
    from uringcheck.lower.promela import Rule

#: Groups that are assumed strongly fair: with each the states double, and SPIN takes minutes beyond this.
MOST_STRONG = 12


#: Statements in one `d_step`, as far as they can be told from the text; SPIN takes about 2000.
LONGEST = 800


class Unsayable(Exception):
    """A temporal property that cannot be written, and why."""


@value_class
class _Group:
    """Action instances that are fair together: their numbers, and what to call to try them."""

    strong: bool
    numbers: frozenset[int]
    calls: tuple[tuple[str, str], ...]  # (guard, call)
    title: str


@dataclass
class _Part:
    """One formula with what it needs."""

    one: Property
    formula: Formula
    groups: list[_Group]
    atoms: list[Atom] = field(default_factory=list)
    happenings: list[Happens] = field(default_factory=list)

    def classes(self) -> list[frozenset[int]]:
        """The instances by the groups they are in: `taken` is a position in this list, from 1."""
        by_groups: dict[frozenset[int], list[int]] = {}
        for number in sorted({number for group in self.groups for number in group.numbers}):
            key = frozenset(i for i, group in enumerate(self.groups) if number in group.numbers)
            by_groups.setdefault(key, []).append(number)
        return [frozenset(numbers) for numbers in by_groups.values()]


class Temporal:
    """The temporal part of a text."""

    def __init__(
        self, program: Program, words: Vocabulary, rules: Sequence[Rule], sizes: Mapping[str, int], plain_start: bool
    ) -> None:
        """`sizes` are the lines of each rule's inline; `plain_start`: the guards of all starts are expressions."""
        self.program = program
        self.words = words
        self.rules = rules
        self.sizes = sizes
        self.plain_start = plain_start
        routine = Routine(words)
        self.leaves = sum(len(routine.place_leaves(words.variable(one.name), one.type)) for one in program.variables)
        self.parts: list[_Part] = []
        self.numbers: dict[str, tuple[int, ...]] = {}

    def add(self, one: Property) -> None:
        """Write a property; a conjunction becomes a formula for each part. Raises Unsayable."""
        assert one.formula is not None
        if not self.plain_start:
            raise Unsayable("whether a start is admitted takes several statements")
        groups = [group for fairness in one.fairness for group in self.groups(fairness)]
        strong = sum(group.strong for group in groups)
        if strong > MOST_STRONG:
            raise Unsayable(f"{strong} strong fairness conditions multiply SPIN's states beyond reason")
        operands = one.formula.operands if isinstance(one.formula, And) else (one.formula,)
        made = []
        for operand in operands:
            part = _Part(one, operand, groups)
            self.formula(part, operand)
            made.append(part)
        first = len(self.parts) + 1
        self.parts += made
        self.numbers[one.name] = tuple(range(first, first + len(made)))

    def groups(self, fairness: Fairness) -> list[_Group]:
        """The groups of one fairness condition."""
        instances = []
        for name in fairness.actions:
            for rule in self.rules:
                if rule.action == name:
                    instances += [(rule, number, call) for number, call in rule.calls]
        word = "strong" if fairness.strong else "weak"
        if fairness.each:
            return [
                _Group(
                    fairness.strong,
                    frozenset({number}),
                    ((rule.enabled(call), f"{rule.name}{call}"),),
                    f"{word} fairness of {rule.name}{call}",
                )
                for rule, number, call in instances
            ]
        return [
            _Group(
                fairness.strong,
                frozenset(number for _, number, _ in instances),
                tuple((rule.enabled(call), f"{rule.name}{call}") for rule, _, call in instances),
                f"{word} fairness of {', '.join(fairness.actions)}",
            )
        ]

    # --- formulas ---------------------------------------------------------------------------------------------------

    def formula(self, part: _Part, formula: Formula, moment: bool = False) -> str:
        """The text of a formula; its predicates are collected in the part.

        A step is seen in the moment before it is settled, with the state it starts from. Whether it `happens` may only
        be asked where any one moment will do (`moment`).
        """
        match formula:
            case Atom():
                if formula not in part.atoms:
                    part.atoms.append(formula)
                return f"holds{part.atoms.index(formula) + 1}"
            case Not(operand):
                return f"!({self.formula(part, operand)})"
            case And(operands) | Or(operands):
                texts = [self.formula(part, operand, moment) for operand in operands]
                neutral = "true" if isinstance(formula, And) else "false"
                return "(" + (" && " if isinstance(formula, And) else " || ").join(texts or [neutral]) + ")"
            case Eventually(operand):
                return f"<>({self.formula(part, operand, True)})"
            case Always(operand):
                return f"[]({self.formula(part, operand)})"
            case LeadsTo(cause, effect):
                return f"[](!({self.formula(part, cause, True)}) || <>({self.formula(part, effect, True)}))"
            case Happens():
                if not moment:
                    raise Unsayable("it speaks of all steps at once, and LTL of states")
                if formula not in part.happenings:
                    part.happenings.append(formula)
                return f"happens{part.happenings.index(formula) + 1}"

    def happening(self, happens: Happens) -> str:
        """That the step which is not yet settled is of an action and changed something."""
        numbers = []
        for rule in self.rules:
            if rule.action == happens.action:
                wanted = None if happens.arguments is None else rule.call_of(happens.arguments)
                numbers += [number for number, call in rule.calls if wanted in (None, call)]
        return f"(pending && ({' || '.join(f'last == {number}' for number in numbers) or 'false'}) && moved)"

    # --- sections ---------------------------------------------------------------------------------------------------

    def sections(self) -> list[str]:
        """The preprocessor sections, one for each formula, before the processes that use their macros."""
        lines = [
            "#if LTL == 0",
            "#define BEFORE() skip",
            "#define AFTER(instance) skip",
            "#define GO started",
            "#endif",
            "",
        ]
        if self.parts:
            lines += [
                "#if LTL > 0",
                "#define BEFORE() keep()",
                "#define AFTER(instance) last = instance; pending = true",
                "short last;",
                "bool pending;",
                "bool ready;",
                "bool moved;",
                "byte phase;",
                "#define PROBE(bit, guard, call) \\",
                "  if \\",
                "  :: (guard) -> keep(); call; if :: changed -> bit = true :: else -> skip fi; back() \\",
                "  :: else -> skip \\",
                "  fi;",
                *self.keeping(),
                "#endif",
                "",
            ]
        for number, part in enumerate(self.parts, 1):
            lines += [f"#if LTL == {number}", *self.section(number, part), "#endif", ""]
        return lines

    def keeping(self) -> list[str]:
        """Copies of all variables, to see whether a step changed something and to take back a trial."""
        routine = Routine(self.words)
        declared, keep, back, forget, same = [], [], [], [], []
        for variable in self.program.variables:
            place = self.words.variable(variable.name)
            old = self.words.names.of("old", f"old_{variable.name}")
            declared.append(f"{self.words.type_name(variable.type)} {old};")
            leaves = routine.place_leaves(place, variable.type)
            for leaf, copied in zip(leaves, routine.place_leaves(old, variable.type), strict=True):
                keep.append(f"{copied} = {leaf};")
                back.append(f"{leaf} = {copied};")
                forget.append(f"{copied} = 0;")
                same.append(f"{leaf} == {copied}")
        return [
            *declared,
            f"#define changed (!({' && '.join(same)}))",
            "inline keep() {",
            *indented(keep),
            "}",
            "inline forget() {",
            *indented(forget),
            "}",
            "inline back() {",
            *indented(back),
            "  forget();",
            "}",
        ]

    def section(self, number: int, part: _Part) -> list[str]:
        """Declarations, the process that settles a step, the one that stutters, and the formula."""
        text = self.formula(part, part.formula)
        classes = part.classes()
        rounds = len(part.groups)
        strong = [i for i, group in enumerate(part.groups, 1) if group.strong]
        declared = [f"bool holds{i}; /* {_comment(atom.text)} */" for i, atom in enumerate(part.atoms, 1)]
        declared += [f"#define happens{i} {self.happening(one)}" for i, one in enumerate(part.happenings, 1)]
        declared += [f"bool possible{i}; /* {_comment(group.title)} */" for i, group in enumerate(part.groups, 1)]
        declared += ["byte taken;"] if classes else []
        declared += [f"bool over{i};" for i in strong]
        declared += ["bool wrong;"] if strong else []
        declared += ["byte round;"] if rounds else []
        phases = [["moved = changed;", *self.taking(classes), "forget();"]]
        size = LONGEST
        for i, group in enumerate(part.groups, 1):
            phases[-1].append(f"possible{i} = false;")
            for guard, call in group.calls:
                cost = 4 * self.leaves + self.sizes[call.partition("(")[0]]
                if size + cost > LONGEST:
                    phases.append([])
                    size = 0
                size += cost
                phases[-1].append(f"PROBE(possible{i}, !possible{i} && {guard}, {call})")
        body: list[str] = []
        for i, atom in enumerate(part.atoms, 1):
            routine = Routine(self.words)
            routine.body(atom.block.body)
            routine.emit(f"holds{i} = {routine.read(atom.block.result)};")
            body += routine.finish()
        body += self.turning(part, classes) if rounds else []
        if strong:
            body.append("wrong = " + " || ".join(f"(over{i} && possible{i})" for i in strong) + ";")
            body += ["if", ":: wrong -> round = 0", ":: else -> skip", "fi;"]
        phases.append([*body, "last = 0;", "moved = false;", "pending = false;", "ready = true;"])
        claim = text if _ignores_the_beginning(part.formula) else f"((!ready) U (ready && ({text})))"
        name = self.words.names.of(
            "ltl", part.one.name if len(self.numbers[part.one.name]) == 1 else f"{part.one.name}_{number}"
        )
        return [
            f"/* {_comment(part.one.doc)} ({place_of(part.one)}) */",
            *declared,
            "active proctype settle() {",
            "  do",
            *indented(_in_turn(phases)),
            "  od",
            "}",
            f"#define GO ({'started && !pending && !wrong' if strong else 'started && !pending'})",
            "active proctype stutter() {",
            "  do",
            "  :: d_step { GO -> keep(); AFTER(0) }",
            *(f"  :: d_step {{ GO && !over{i} -> keep(); over{i} = true; AFTER(0) }}" for i in strong),
            "  od",
            "}",
            f"ltl {name} {{ ([]<> (round == {rounds})) -> {claim} }}" if rounds else f"ltl {name} {{ {claim} }}",
        ]

    def taking(self, classes: list[frozenset[int]]) -> list[str]:
        """What sets `taken` to the class of the last step, or to none."""
        if not classes:
            return []
        position = "0"
        for index, numbers in reversed(list(enumerate(classes, 1))):
            among = " || ".join(f"last == {n}" for n in sorted(numbers))
            position = f"(({among}) -> {index} : {position})"
        return [f"taken = {position};", "if", ":: !moved -> taken = 0", ":: else -> skip", "fi;"]

    def took(self, group: _Group, classes: list[frozenset[int]]) -> str:
        """That the last step was of a group."""
        inside = [i for i, numbers in enumerate(classes, 1) if numbers <= group.numbers]
        return "(" + " || ".join(f"taken == {i}" for i in inside) + ")" if inside else "false"

    def turning(self, part: _Part, classes: list[frozenset[int]]) -> list[str]:
        """The counter that goes round the fair groups."""
        rounds = len(part.groups)
        lines = ["if", f":: round == {rounds} -> round = 0", ":: else -> skip", "fi;"]
        for i, group in enumerate(part.groups, 1):
            met = f"over{i}" if group.strong else f"!possible{i}"
            test = f"round == {i - 1} && ({met} || {self.took(group, classes)})"
            lines += ["if", f":: {test} -> round = {i}", ":: else -> skip", "fi;"]
        return lines


def _in_turn(phases: list[list[str]]) -> list[str]:
    """Options of a loop that run one after the other."""
    lines: list[str] = []
    for number, phase in enumerate(phases):
        following = (number + 1) % len(phases)
        lines += [
            f":: d_step {{ (pending && phase == {number}) ->",
            *indented([*phase, f"phase = {following};"]),
            "}",
        ]
    return lines


def _ignores_the_beginning(formula: Formula) -> bool:
    """Whether the formula says the same with the state before the start in front, in which every predicate is false."""
    match formula:
        case Always(Eventually(Atom() | Happens())) | Eventually(Always(Atom())) | Eventually(Atom() | Happens()):
            return True
        case LeadsTo(Atom() | Happens(), Atom() | Happens()):
            return True
        case And(operands) | Or(operands):
            return all(_ignores_the_beginning(operand) for operand in operands)
        case _:
            return False


def _comment(text: str) -> str:
    return text.replace("*/", "* /").replace("\n", " ")
