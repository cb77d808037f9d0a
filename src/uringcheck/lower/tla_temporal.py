"""Temporal properties for TLC: fairness on the left of an implication, and marks for what a formula says of steps.

TLA+ speaks of a step as `<<A>>_vars`, and TLC takes that in fairness and nowhere else that matters. So properties with
`happens(A)` stand in a second module, which extends the first by boolean variables: a *mark* changes its value in each
step of A that changes something, so that a step of A lies ahead wherever the mark has, some day, another value. What
follows from a step is asked where the mark `just` is up, which says that the last step was such a one, and that what it
leads to had not come with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from uringcheck.ir.program import (
    Action,
    Always,
    And,
    Atom,
    Block,
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
from uringcheck.lower.text import message
from uringcheck.lower.tla_expressions import Body, Vocabulary, quoted

_AND, _OR = " /\\ ", " \\/ "
_NEVER = "FALSE"
_SOME, _EVERY = "\\E", "\\A"


class Unsayable(Exception):
    """A temporal property that TLA+ cannot say, and why."""


@dataclass
class Marks:
    """The variables of the second module: for each, its name and when a step of an action changes or raises it."""

    flips: dict[str, Formula] = field(default_factory=dict)
    raised: dict[str, tuple[Formula, Formula]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Every mark."""
        return [*self.flips, *self.raised]


class Speaker:
    """Writes the actions, formulas and fairness conditions of one program as TLA+ operators and their uses."""

    def __init__(self, program: Program, words: Vocabulary) -> None:
        self.program = program
        self.words = words
        self.marks = Marks()

    # --- actions ----------------------------------------------------------------------------------------------------

    def call(self, action: Action, marked: bool = False) -> str:
        """The operator of an action, applied to the arguments' own names."""
        name = self.words.names.of("action", action.name)
        if marked:
            name = self.words.names.of("marked action", f"{name}_marked")
        heads = ", ".join(self.words.argument(argument.name) for argument in action.arguments)
        return f"{name}({heads})" if heads else name

    def binders(self, action: Action, quantifier: str) -> str:
        """Quantifiers over an action's arguments."""
        if not action.arguments:
            return ""
        bound = [f"{self.words.argument(one.name)} \\in {self.words.domain(one.type)}" for one in action.arguments]
        return f"{quantifier} {', '.join(bound)} : "

    def some(self, action: Action, marked: bool = False) -> str:
        """That some instance of an action is taken."""
        call = self.call(action, marked)
        return f"({self.binders(action, _SOME)}{call})" if action.arguments else call

    # --- predicates -------------------------------------------------------------------------------------------------

    def atom(self, block: Block) -> str:
        """A state predicate as one expression. One without a value ends TLC's run: then it has judged nothing."""
        body = Body(self.words)
        body.run(block.body)
        asserted = [f'Assert({text}, "{quoted(message(check))}")' for check, text in body.conditions if check]
        lines = body.around([_AND.join([*asserted, body.scope.read(block.result)])])
        return f"({' '.join(lines)})" if block.body else lines[0]

    def present(self, formula: Formula, happens: Callable[[Happens], str]) -> str:
        """A formula without temporal operators; raises Unsayable for another one."""
        match formula:
            case Atom(block):
                return self.atom(block)
            case Happens():
                return happens(formula)
            case Not(operand):
                return f"~({self.present(operand, happens)})"
            case And(operands) | Or(operands):
                word, neutral = (_AND, "TRUE") if isinstance(formula, And) else (_OR, "FALSE")
                return "(" + (word.join(self.present(one, happens) for one in operands) or neutral) + ")"
            case _:
                raise Unsayable("it speaks of a step together with what comes after it")

    def at_rest(self, formula: Formula) -> str:
        """A formula about a step where none is taken."""
        return self.present(formula, lambda happens: _NEVER)

    def in_step(self, formula: Formula, action: Action) -> str:
        """A formula about a step where a step of this action is taken."""

        def happens(one: Happens) -> str:
            if one.action != action.name:
                return _NEVER
            given = zip(action.arguments, one.arguments or (), strict=one.arguments is not None)
            same = [f"{self.words.argument(head.name)} = {self.words.value(head.type, v)}" for head, v in given]
            return f"({_AND.join(same)})" if same else "TRUE"

        return self.present(formula, happens)

    # --- formulas ---------------------------------------------------------------------------------------------------

    def formula(self, formula: Formula) -> str:
        """A temporal formula; raises Unsayable."""
        match formula:
            case Atom(block):
                return self.atom(block)
            case Happens():
                raise Unsayable("a step outside of a temporal operator is the first one only")
            case Not(operand):
                return f"~({self.formula(operand)})"
            case And(operands) | Or(operands):
                word, neutral = (_AND, "TRUE") if isinstance(formula, And) else (_OR, "FALSE")
                return "(" + (word.join(self.formula(one) for one in operands) or neutral) + ")"
            case Eventually(operand):
                return self.eventually(operand)
            case Always(operand):
                return f"~{self.eventually(Not(operand))}" if about_steps(operand) else f"[]({self.formula(operand)})"
            case LeadsTo(cause, effect):
                return self.leads_to(cause, effect)

    def eventually(self, operand: Formula) -> str:
        """That a formula is true some day."""
        if not about_steps(operand):
            return f"<>({self.formula(operand)})"
        only_of_steps(operand)
        mark = self.words.names.of("mark", f"mark_{len(self.marks.flips) + 1}")
        self.marks.flips[mark] = operand
        changes = f"((~{mark} => <>{mark}) /\\ ({mark} => <>(~{mark})))"
        rest = self.at_rest(operand)
        return changes if rest == _NEVER else f"({changes} \\/ <>({rest}))"

    def leads_to(self, cause: Formula, effect: Formula) -> str:
        """That wherever the cause is true, so is the effect, some day from there on."""
        if not about_steps(cause):
            if about_steps(effect):
                return f"[](({self.formula(cause)}) => {self.eventually(effect)})"
            return f"(({self.formula(cause)}) ~> ({self.formula(effect)}))"
        only_of_steps(cause)
        then = self.eventually(effect)
        mark = self.words.names.of("mark", f"just_{len(self.marks.raised) + 1}")
        self.marks.raised[mark] = (cause, effect)
        follows, rest = f"[]({mark} => {then})", self.at_rest(cause)
        return follows if rest == _NEVER else f"([]({rest} => {then}) /\\ {follows})"

    def fairness(self, fairness: Fairness, marked: bool) -> list[str]:
        """The conjuncts of a fairness condition."""
        word = "SF_vars" if fairness.strong else "WF_vars"
        actions = [one for name in fairness.actions for one in self.program.actions if one.name == name]
        if fairness.each:
            return [f"{self.binders(one, _EVERY)}{word}({self.call(one, marked)})" for one in actions]
        return [f"{word}({_OR.join(self.some(one, marked) for one in actions)})"]

    def property_(self, one: Property) -> tuple[list[str], bool]:
        """The definition of a temporal property, and whether it stands in the second module; raises Unsayable."""
        assert one.formula is not None
        kept = (dict(self.marks.flips), dict(self.marks.raised))
        try:
            text = self.formula(one.formula)
        except Unsayable:
            self.marks.flips, self.marks.raised = kept
            raise
        marked = len(self.marks.names) > len(kept[0]) + len(kept[1])
        name = self.words.names.of("property", one.name)
        fair = [part for fairness in one.fairness for part in self.fairness(fairness, marked)]
        lines = [f"\\* {one.doc} ({one.span})"]
        if fair:
            assumed = self.words.names.of("fairness", f"Fairness_{one.name}")
            lines += [f"{assumed} ==", *(f"  /\\ {part}" for part in fair), ""]
            text = f"{assumed} => {text}"
        return [*lines, f"{name} ==", f"  {text}", ""], marked

    # --- the second module ------------------------------------------------------------------------------------------

    def marked_module(self, name: str, base: str, properties: list[str]) -> list[str]:
        """The module that marks the steps which properties speak of, and these properties."""
        marks = self.marks.names
        lines = [
            f"---- MODULE {name} ----",
            f"\\* The steps of {base}, marked where a property speaks of them.",
            f"EXTENDS {base}",
            "",
            f"VARIABLES {', '.join(marks)}",
            "",
        ]
        for action in self.program.actions:
            lines += [f"{self.call(action, marked=True)} ==", f"  /\\ {self.call(action)}"]
            for mark, formula in self.marks.flips.items():
                flips = self.in_step(formula, action)
                changed = f"(IF vars' # vars /\\ {flips} THEN ~{mark} ELSE {mark})"
                lines.append(f"  /\\ {mark}' = {mark if flips == _NEVER else changed}")
            for mark, (cause, effect) in self.marks.raised.items():
                rises = f"({self.in_step(cause, action)} /\\ ~{self.in_step(effect, action)})"
                lines.append(f"  /\\ {mark}' = (IF vars' # vars THEN {rises} ELSE {mark})")
            lines.append("")
        return [
            *lines,
            "InitMarked ==",
            "  /\\ Init",
            *(f"  /\\ {mark} = FALSE" for mark in marks),
            "",
            "NextMarked ==",
            *(f"  \\/ {self.some(action, marked=True)}" for action in self.program.actions),
            "",
            f"SpecMarked == InitMarked /\\ [][NextMarked]_<<{', '.join(['vars', *marks])}>>",
            "",
            *properties,
            "====",
        ]


def about_steps(formula: Formula) -> bool:
    """Whether `happens` stands in the formula outside of temporal operators."""
    match formula:
        case Happens():
            return True
        case Not(operand):
            return about_steps(operand)
        case And(operands) | Or(operands):
            return any(about_steps(operand) for operand in operands)
        case _:
            return False


def only_of_steps(formula: Formula, negated: bool = False) -> None:
    """Raise Unsayable where a formula is true because a step does not happen: stuttering would make it so."""
    match formula:
        case Happens():
            if negated:
                raise Unsayable("TLA+ cannot tell another step from none")
        case Not(operand):
            only_of_steps(operand, not negated)
        case And(operands) | Or(operands):
            for operand in operands:
                only_of_steps(operand, negated)
