"""A program as a TLA+ module and a configuration for TLC.

An action is an operator over its arguments: its guard, then its assignments as definitions in program order, then what
the variables become. A state constraint is part of `Next`: a state that it cuts is counted and judged, not followed.
Goals are the invariants that they are never reached, named `Never_...`, and switched off in the configuration. Temporal
properties are in `tla_temporal`.

TLC shows no trace where an `Assert` fails in a step, and `[][P]_vars` would pass over steps that change nothing. So a
step that fails a check, or breaks a property of steps, says so in the variable `failed`, and invariants forbid it. What
is behind such a step is neither counted nor followed.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from uringcheck.ir.nodes import Check, Require, statements
from uringcheck.ir.program import Action, Program, Property, PropertyKind
from uringcheck.lower.text import ASSERT, DOMAIN, NO_DEADLOCK, Exported, place_comment, title, wanted
from uringcheck.lower.tla_expressions import Body, Vocabulary, as_item, quoted, tla_folded
from uringcheck.lower.tla_temporal import Speaker, Unsayable

#: What the name of the second module, and of its files, ends in.
MARKED = "_marked"

_CUT = "a constraint cuts behaviours short"


class _Text:
    """The text of one program."""

    def __init__(self, program: Program, only: Collection[str] | None) -> None:
        self.program = program
        self.module = re.sub(r"\W", "_", program.name)
        self.words = Vocabulary()
        self.wanted = [name for name in wanted(program, only) if only is None or name in only]
        self.left_out: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.marked: list[str] = []
        self.marked_config: list[str] = []
        for variable in program.variables:
            self.words.variable(variable.name)
        self.speaker = Speaker(program, self.words)
        self.within = [self.name_of(one) for one in program.properties if one.kind is PropertyKind.CONSTRAINT]
        self.steps = [one for one in program.properties if one.kind is PropertyKind.STEP and one.name in self.wanted]
        bodies = [action.body for action in (*program.inits, *program.actions)]
        fails = any(isinstance(statement, Check) for body in bodies for statement in statements(body))
        # A specification without any variable would be no TLA+.
        needed = fails or self.steps or not program.variables
        self.failed = self.words.names.of("failed", "failed") if needed else ""
        self.failures: list[str] = []

    def name_of(self, one: Property) -> str:
        """The operator of a property."""
        sort, base = ("never", f"Never_{one.name}") if one.kind is PropertyKind.GOAL else ("property", one.name)
        name = self.words.names.of(sort, base)
        self.names[name] = one.name
        return name

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
        conjuncts: list[str] = []
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
        if self.failed:
            conjuncts.append(f'{self.failed} = ""' if start else "Judged")
        inner = body.guarded(body.tidy(conjuncts), "FailsAtStart" if start else "Fails")
        lines = [f"\\* {line}" for line in place_comment(action)]
        lines.append(f"{self.speaker.call(action)} ==")
        lines += [f"  /\\ {text}" for text in guards]
        return [*lines, *(f"  {line}" for line in as_item(inner)), ""]

    def starts(self) -> list[str]:
        """The conjuncts that give every variable its start."""
        values = [(self.words.variable(one.name), one.type, one.start) for one in self.program.variables]
        return [f"  /\\ {name} = {self.words.value(type_, start)}" for name, type_, start in values]

    def initial(self) -> list[str]:
        """`Init`, and the operators of the initial actions."""
        lines: list[str] = []
        if self.failed:
            lines += ["FailsAtStart(sort, what) ==", *self.starts(), f"  /\\ {self.failed} = sort", ""]
        if not self.program.inits:
            return [*lines, "Init ==", *self.starts(), *([f'  /\\ {self.failed} = ""'] if self.failed else []), ""]
        for action in self.program.inits:
            lines += self.action(action, start=True)
        return [*lines, "Init ==", *(f"  \\/ {self.speaker.some(action)}" for action in self.program.inits), ""]

    def judging(self) -> list[str]:
        """What becomes of `failed` in a step: the check that fails, or the first property of steps that it breaks."""
        if not self.failed:
            return []
        text = '""'
        for one in reversed(self.steps):
            name = self.name_of(one)
            text = f'IF ~{name} THEN "step: {quoted(one.name)}" ELSE {text}'
            if self._partial(one):
                fails = self.fails_of(one.name)
                text = f'IF {fails} # "" THEN {fails} ELSE {text}'
        return [
            f"Fails(sort, what) == {self.failed}' = sort /\\ UNCHANGED vars",
            "",
            f"Judged == {self.failed}' = ({text})" if self.steps else f"Judged == UNCHANGED {self.failed}",
            "",
        ]

    def next(self) -> list[str]:
        """`Moves`, which is any action, and `Next`, which is a move from a state that is followed."""
        conditions = [*([f'{self.failed} = ""'] if self.failed else []), *self.within, "Moves"]
        return [
            "Moves ==",
            *(f"  \\/ {self.speaker.some(action)}" for action in self.program.actions),
            "",
            "Next ==",
            *(f"  /\\ {text}" for text in conditions),
            "",
            f"Spec == Init /\\ [][Next]_<<vars, {self.failed}>>" if self.failed else "Spec == Init /\\ [][Next]_vars",
            "",
        ]

    # --- properties -------------------------------------------------------------------------------------------------

    def _partial(self, one: Property) -> bool:
        return one.block is not None and any(isinstance(part, Check) for part in statements(one.block.body))

    def predicate(self, one: Property) -> list[str]:
        """The operators of a property of states or steps, or of a constraint; `..._fails` is where it has no value."""
        assert one.block is not None
        name = self.name_of(one)
        body = Body(self.words)
        body.run(one.block.body)
        result = body.scope.read(one.block.result)
        if one.kind is PropertyKind.DEADLOCK:
            return self.alive(f"{one.doc} ({one.span})", one.name, body, result)
        lines = body.around([f"~{result}" if one.kind is PropertyKind.GOAL else result])
        made = [f"\\* {one.doc} ({one.span})"]
        if self._partial(one):
            fails = self.fails_of(one.name)
            made += [f"{fails} ==", *(f"  {line}" for line in body.around([body.failure()])), ""]
            lines = [f'{fails} = "" =>', *(f"  {line}" for line in lines)]
            if one.kind is not PropertyKind.STEP:
                self.failures.append(fails)
        return [*made, f"{name} ==", *(f"  {line}" for line in lines), ""]

    def alive(self, doc: str, property_: str, body: Body, final: str) -> list[str]:
        """That there is a move, or the state is final, or it is not followed."""
        name = self.words.names.of("property", property_)
        stuck = " /\\ ".join([*([f'{self.failed} = ""'] if self.failed else []), *self.within, "~ENABLED Moves"])
        made = [f"\\* {doc}"]
        if body.conditions:
            fails = self.fails_of(property_)
            self.failures.append(fails)
            made += [f"{fails} ==", f'  IF ~({stuck}) THEN "" ELSE']
            made += [*(f"    {line}" for line in body.around([body.failure()])), ""]
            stuck += f' /\\ {fails} = ""'
        lines = body.around([final])
        return [*made, f"{name} ==", f"  ({stuck}) =>", *(f"    {line}" for line in lines), ""]

    def fails_of(self, property_: str) -> str:
        """The operator that says why a property has no value."""
        return self.words.names.of("fails", f"{property_}_fails")

    def no_failures(self) -> tuple[list[str], list[str]]:
        """The invariants that nothing fails and no step breaks a property, and their lines of the configuration."""
        made: list[str] = []
        config: list[str] = []
        for one in self.steps:
            name = self.words.names.of("kept", f"Kept_{one.name}")
            self.names[name] = one.name
            made += [f'{name} == {self.failed} # "step: {quoted(one.name)}"']
            config.append(f"INVARIANT {name}")
        for failure in (DOMAIN, ASSERT):
            texts = [*([self.failed] if self.failed else []), *self.failures]
            if failure in self.wanted and texts:
                name = self.words.names.of("nothing fails", f"Nothing_fails_{failure}")
                self.names[name] = failure
                made += [f"{name} ==", *(f'  /\\ {text} # "{failure}"' for text in texts), ""]
                config.append(f"INVARIANT {name}")
        return made, config

    def temporal(self, one: Property) -> tuple[list[str], list[str]]:
        """The operator of a temporal property in this module, and its line of the configuration."""
        try:
            if self.within:
                raise Unsayable(_CUT)
            lines, marked = self.speaker.property_(one)
        except Unsayable as error:
            self.left_out[one.name] = str(error)
            return [], []
        line = f"PROPERTY {self.name_of(one)}"
        if not marked:
            return lines, [line]
        self.marked += lines
        self.marked_config.append(line)
        return [], []

    # --- the whole --------------------------------------------------------------------------------------------------

    def write(self) -> Exported:
        """The module and its configuration, and those of the marked steps where a property needs them."""
        program = self.program
        actions = [line for action in program.actions for line in self.action(action)]
        before: list[str] = []
        properties: list[str] = []
        config: list[str] = []
        for one in program.properties:
            line = f"INVARIANT {self.name_of(one)}"
            if one.kind in (PropertyKind.CONSTRAINT, PropertyKind.STEP):
                before += self.predicate(one) if one in self.steps or one.kind is PropertyKind.CONSTRAINT else []
            elif one.name not in self.wanted:
                continue
            elif one.kind is PropertyKind.TEMPORAL:
                lines, configured = self.temporal(one)
                properties += lines
                config += configured
            else:
                properties += self.predicate(one)
                config.append(f"\\* {line}  \\* violated means: found" if one.kind is PropertyKind.GOAL else line)
        if NO_DEADLOCK in self.wanted:
            name = self.words.names.of("property", NO_DEADLOCK)
            self.names[name] = NO_DEADLOCK
            properties += self.alive("Every reachable state has a successor.", NO_DEADLOCK, Body(self.words), "FALSE")
            config.append(f"INVARIANT {name}")
        sound, configured = self.no_failures()
        config = ["SPECIFICATION Spec", "INVARIANT TypeOK", *configured, *config]
        if self.failed:
            config.append("\\* What is behind a step that fails is not counted.\nCONSTRAINT Sound")
            sound += [f'Sound == {self.failed} = ""', ""]
        lines = self.base(before, actions, [*properties, *sound])
        files = {
            ".tla": "\n".join(tla_folded(lines)) + "\n",
            ".cfg": "\n".join(config) + "\n",
        }
        if self.marked:
            lines = self.speaker.marked_module(self.module + MARKED, self.module, self.marked)
            files[f"{MARKED}.tla"] = "\n".join(tla_folded(lines)) + "\n"
            files[f"{MARKED}.cfg"] = "\n".join(["SPECIFICATION SpecMarked", *self.marked_config]) + "\n"
        covered = tuple(name for name in self.wanted if name not in self.left_out)
        return Exported(files, covered, self.left_out, names=self.names)

    def base(self, before: list[str], actions: list[str], properties: list[str]) -> list[str]:
        """The lines of the module."""
        variables = [self.words.variable(variable.name) for variable in self.program.variables]
        domains = [self.words.domain(variable.type) for variable in self.program.variables]
        types = [f"  /\\ {name} \\in {domain}" for name, domain in zip(variables, domains, strict=True)]
        declared = [*variables, *([self.failed] if self.failed else [])]
        also = f"Properties that speak of steps are in {self.module}{MARKED}, to be run likewise."
        how = [
            f"java -cp tla2tools.jar tlc2.TLC -deadlock -config {self.module}.cfg {self.module}.tla",
            "The file must be named as the module.",
            *([also] if self.marked else []),
        ]
        header = [f"\\* {line}".rstrip() for line in title(self.program, "TLC", self.left_out, how)]
        initial = self.initial()
        return [
            f"---- MODULE {self.module} ----",
            *header,
            "EXTENDS Integers, Sequences, FiniteSets, TLC",
            "",
            "VARIABLES",
            *(f"  {name}{',' if name != declared[-1] else ''}" for name in declared),
            "",
            f"vars == <<{', '.join(variables)}>>",
            "",
            "\\* The item of an optional value, which is a set of at most one item; any other one where there is none.",
            "Only(option, other) == IF option = {} THEN other ELSE CHOOSE val \\in option : TRUE",
            "",
            *self.words.definitions,
            *([""] if self.words.definitions else []),
            "TypeOK ==",
            *(types or ["  TRUE"]),
            "",
            *initial,
            *before,
            *self.judging(),
            *actions,
            *self.next(),
            *properties,
            "====",
        ]


def tla(program: Program, only: Collection[str] | None = None) -> Exported:
    """The program, whose toggles have values, for TLC; `only` names the properties to keep, all by default."""
    return _Text(program, only).write()
