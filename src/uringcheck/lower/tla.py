"""A program as a TLA+ module and a configuration for TLC.

An action is an operator over its arguments: its guard, then its assignments as definitions in program order, then what
the variables become. Fairness stands inside each temporal property, as `WF_vars` and `SF_vars` on the left of an
implication, since properties may assume different ones. A failed check is TLC's `Assert`, which ends the run. Goals
are the invariants that they are never reached, named `Never_...`, and switched off in the configuration.
"""

from __future__ import annotations

from collections.abc import Collection

from uringcheck.ir.nodes import Require
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
    PropertyKind,
)
from uringcheck.lower.text import NO_DEADLOCK, Exported, place_comment, title, wanted
from uringcheck.lower.tla_expressions import Body, Vocabulary, tla_folded


class Unsayable(Exception):
    """A temporal property that TLA+ cannot say, and why."""


class _Text:
    """The text of one program."""

    def __init__(self, program: Program, only: Collection[str] | None) -> None:
        self.program = program
        self.words = Vocabulary()
        self.wanted = wanted(program, only)
        self.left_out: dict[str, str] = {}
        self.numbers = 0
        for variable in program.variables:
            self.words.variable(variable.name)

    def operator(self, name: str) -> str:
        """The operator of an action."""
        return self.words.names.of("action", name)

    # --- actions ----------------------------------------------------------------------------------------------------

    def action(self, action: Action, *, start: bool = False) -> list[str]:
        """The operator of an action, or of an initial action."""
        body = Body(self.words)
        if start:
            for variable in self.program.variables:
                body.scope.variables[variable.name] = self.words.value(variable.type, variable.start)
        guards: list[str] = []
        rest = action.body
        while rest and isinstance(rest[0], Require):
            guards.append(body.scope.read(rest[0].condition))
            rest = rest[1:]
        body.run(rest)
        prime = "" if start else "'"
        conjuncts = list(body.conditions)
        same: list[str] = []
        for variable in self.program.variables:
            name = self.words.variable(variable.name)
            value = body.scope.variables.get(variable.name, name)
            if value == name:
                same.append(name)
            else:
                conjuncts.append(f"{name}{prime} = {value}")
        if same:
            conjuncts.append(f"UNCHANGED <<{', '.join(same)}>>")
        inner = body.around(body.tidy(conjuncts))
        heads = ", ".join(self.words.argument(argument.name) for argument in action.arguments)
        lines = [f"\\* {line}" for line in place_comment(action)]
        lines.append(f"{self.operator(action.name)}{f'({heads})' if heads else ''} ==")
        lines += [f"  /\\ {text}" for text in guards]
        if body.definitions:
            lines += [f"  /\\ {inner[0]}", *(f"     {line}" for line in inner[1:])]
        else:
            lines += [f"  {line}" for line in inner]
        return [*lines, ""]

    def some(self, action: Action) -> str:
        """That some instance of an action."""
        call = self.call(action)
        return f"({self.binders(action, chr(92) + 'E')}{call})" if action.arguments else call

    def call(self, action: Action) -> str:
        """The operator applied to the arguments' own names."""
        heads = ", ".join(self.words.argument(argument.name) for argument in action.arguments)
        return f"{self.operator(action.name)}{f'({heads})' if heads else ''}"

    def binders(self, action: Action, quantifier: str) -> str:
        """Quantifiers over an action's arguments."""
        bound = [f"{self.words.argument(one.name)} \\in {self.words.domain(one.type)}" for one in action.arguments]
        return f"{quantifier} {', '.join(bound)} : "

    # --- properties -------------------------------------------------------------------------------------------------

    def block(self, block: Block) -> list[str]:
        """A pure block as lines."""
        body = Body(self.words)
        body.run(block.body)
        conjuncts = [*body.conditions, body.scope.read(block.result)]
        if len(conjuncts) == 1 and not body.definitions:
            return conjuncts
        return body.around(conjuncts)

    def inline(self, block: Block) -> str:
        """A pure block as one expression."""
        return f"({' '.join(self.block(block))})" if block.body else self.block(block)[0]

    def formula(self, formula: Formula) -> str:
        """A temporal formula."""
        match formula:
            case Atom(block):
                return self.inline(block)
            case Not(operand):
                return f"~({self.formula(operand)})"
            case And(operands):
                return "(" + " /\\ ".join(self.formula(operand) for operand in operands or ()) + ")"
            case Or(operands):
                return "(" + " \\/ ".join(self.formula(operand) for operand in operands or ()) + ")"
            case Eventually(Happens() as happens):
                return f"<><<{self.happens(happens)}>>_vars"
            case Eventually(operand):
                return f"<>({self.formula(operand)})"
            case Always(operand):
                return f"[]({self.formula(operand)})"
            case LeadsTo(cause, Happens() as happens):
                return f"[]({self.formula(cause)} => <><<{self.happens(happens)}>>_vars)"
            case LeadsTo(cause, effect):
                return f"(({self.formula(cause)}) ~> ({self.formula(effect)}))"
            case Happens():
                raise Unsayable("TLA+ speaks of a step only as <><<A>>_vars")

    def happens(self, happens: Happens) -> str:
        """The action that a formula speaks of."""
        action = next(one for one in self.program.actions if one.name == happens.action)
        if happens.arguments is None:
            return self.some(action)
        given = [self.words.value(one.type, v) for one, v in zip(action.arguments, happens.arguments, strict=True)]
        return self.operator(action.name) + (f"({', '.join(given)})" if given else "")

    def fairness(self, fairness: Fairness) -> list[str]:
        """The conjuncts of a fairness condition."""
        word = "SF_vars" if fairness.strong else "WF_vars"
        actions = [one for name in fairness.actions for one in self.program.actions if one.name == name]
        if fairness.each:
            return [
                (self.binders(one, "\\A") if one.arguments else "") + f"{word}({self.call(one)})" for one in actions
            ]
        together = " \\/ ".join(self.some(one) for one in actions)
        return [f"{word}({together})"]

    def property_(self, one: Property) -> tuple[list[str], str]:
        """The definition of a property, and its line in the configuration."""
        name = self.words.names.of("property", one.name)
        comment = [f"\\* {one.doc} ({one.span})"]
        if one.kind is PropertyKind.TEMPORAL:
            assert one.formula is not None
            fair = [text for fairness in one.fairness for text in self.fairness(fairness)]
            text = self.formula(one.formula)
            if not fair:
                return [*comment, f"{name} ==", f"  {text}", ""], f"PROPERTY {name}"
            lines = [f"  /\\ {part}" for part in fair]
            assumed = self.words.names.of("fairness", f"Fairness_{one.name}")
            return [
                *comment, f"{assumed} ==", *lines, "", f"{name} ==", f"  {assumed} => {text}", "",
            ], f"PROPERTY {name}"  # fmt: skip
        assert one.block is not None
        match one.kind:
            case PropertyKind.STEP:
                lines = self.block(one.block)
                body = ["  [][", *(f"      {line}" for line in lines), "    ]_vars"]
                return [*comment, f"{name} ==", *body, ""], f"PROPERTY {name}"
            case PropertyKind.GOAL:
                never = self.words.names.of("never", f"Never_{one.name}")
                line = f"\\* INVARIANT {never}  \\* violated means: found"
                return [*comment, f"{never} ==", f"  ~{self.inline(one.block)}", ""], line
            case PropertyKind.DEADLOCK:
                return [
                    *comment,
                    f"{name} ==",
                    f"  (ENABLED Next) \\/ {self.inline(one.block)}",
                    "",
                ], f"INVARIANT {name}"
            case PropertyKind.CONSTRAINT:
                return [
                    *comment,
                    f"{name} ==",
                    *(f"  {line}" for line in self.block(one.block)),
                    "",
                ], f"CONSTRAINT {name}"
            case _:
                return [
                    *comment,
                    f"{name} ==",
                    *(f"  {line}" for line in self.block(one.block)),
                    "",
                ], f"INVARIANT {name}"

    # --- the whole --------------------------------------------------------------------------------------------------

    def write(self) -> Exported:
        """The module and its configuration."""
        program = self.program
        starts = [line for action in program.inits for line in self.action(action, start=True)]
        actions = [line for action in program.actions for line in self.action(action)]
        properties: list[str] = []
        config = ["SPECIFICATION Spec", "CHECK_DEADLOCK FALSE", "INVARIANT TypeOK"]
        for one in program.properties:
            if one.kind is not PropertyKind.CONSTRAINT and one.name not in self.wanted:
                continue
            try:
                lines, line = self.property_(one)
            except Unsayable as error:
                self.left_out[one.name] = str(error)
                continue
            properties += lines
            config.append(line)
        if NO_DEADLOCK in self.wanted:
            name = self.words.names.of("property", NO_DEADLOCK)
            properties += ["\\* Every reachable state has a successor.", f"{name} ==", "  ENABLED Next", ""]
            config.append(f"INVARIANT {name}")
        variables = [self.words.variable(variable.name) for variable in program.variables]
        types = [f"  /\\ {self.words.variable(v.name)} \\in {self.words.domain(v.type)}" for v in program.variables]
        init = self.initial()
        following = [f"  \\/ {self.some(action)}" for action in program.actions]
        how = [
            f"java -cp tla2tools.jar tlc2.TLC -config {program.name}.cfg {program.name}.tla",
            "The file must be named as the module.",
        ]
        header = [f"\\* {line}".rstrip() for line in title(program, "TLC", self.left_out, how)]
        lines = [
            f"---- MODULE {program.name} ----",
            *header,
            "EXTENDS Integers, Sequences, FiniteSets, TLC",
            "",
            "VARIABLES",
            *(f"  {name}{',' if name != variables[-1] else ''}" for name in variables),
            "",
            f"vars == <<{', '.join(variables)}>>",
            "",
            "\\* The item of an optional value, which is a set of at most one item.",
            "Only(option) == CHOOSE val \\in option : TRUE",
            "",
            *self.words.definitions,
            "",
            "TypeOK ==",
            *types,
            "",
            *starts,
            "Init ==",
            *init,
            "",
            *actions,
            "Next ==",
            *following,
            "",
            "Spec == Init /\\ [][Next]_vars",
            "",
            *properties,
            "====",
        ]
        covered = tuple(name for name in self.wanted if name not in self.left_out)
        files = {
            ".tla": "\n".join(tla_folded(lines)) + "\n",
            ".cfg": "\n".join(config) + "\n",
        }
        return Exported(files, covered, self.left_out)

    def initial(self) -> list[str]:
        """The disjuncts or conjuncts of `Init`."""
        if self.program.inits:
            return [f"  \\/ {self.some(action)}" for action in self.program.inits]
        return [
            f"  /\\ {self.words.variable(one.name)} = {self.words.value(one.type, one.start)}"
            for one in self.program.variables
        ]


def tla(program: Program, only: Collection[str] | None = None) -> Exported:
    """The program, whose toggles have values, for TLC; `only` names the properties to keep, all by default."""
    return _Text(program, only).write()
