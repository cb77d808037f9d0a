"""The batch functions of the breadth-first search: `expand` and `judge`.

Work is only written where it can matter. A step property is judged on the steps of an instance only if the instance
changes something that the property reads of the target; what several properties ask of a state is computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from uringcheck.diagnostics.sources import display_path
from uringcheck.ir import build
from uringcheck.ir.nodes import Assign, Check, Cover, Expr, Kind, postorder, statements
from uringcheck.ir.program import Action, Block, Property, PropertyKind
from uringcheck.ir.rewrite import Substitution
from uringcheck.lower.python_bodies import Bodies, Instance, Lines, spelled
from uringcheck.lower.python_expressions import Expressions
from uringcheck.lower.python_sharing import Use, block_uses, moved_out, shared, uses

if TYPE_CHECKING:
    from uringcheck.lower.python import Generated

#: The kinds of properties with a verdict on every state.
_ON_STATES = (PropertyKind.INVARIANT, PropertyKind.GOAL, PropertyKind.CONSTRAINT)


class Batches:
    """Writes the two functions for one program."""

    def __init__(self, generated: Generated, lines: Lines) -> None:
        self._generated = generated
        self._lines = lines
        self._properties = generated.program.properties
        self._steps = [p for p, one in enumerate(self._properties) if one.kind is PropertyKind.STEP]
        self._hoisted = 0
        self._effects: dict[tuple[int, frozenset[str]], Effect] = {}
        self._target_reads = {
            position: _reads(block_uses(property_.block), Kind.PRIMED)
            for position, property_ in enumerate(self._properties)
            if position in self._steps and property_.block is not None
        }

    def write(self, edges: bool, canonical: bool = False) -> None:
        """Write both; with `edges`, distinct (source, target) pairs are counted too.

        With `canonical`, targets are looked up as what the function `_canonical` makes of them.
        """
        self._expand(edges, canonical)
        self._judge()

    # --- expand -----------------------------------------------------------------------------------------------------

    def _expand(self, edges: bool, canonical: bool) -> None:
        generated, lines = self._generated, self._lines
        actions = range(len(generated.program.actions))
        covers = sorted({c.number for i in generated.instances for c in statements(i.rest) if isinstance(c, Cover)})
        questions = [n for n, (position, _) in enumerate(generated.questions) if position in self._steps]
        lines.add("", "")
        with lines.below("def expand(_states, _seen, _push, _failed, _stuck, _violated, _misjudged, _open):"):
            lines.add('"""All steps of some states: (taken, new) per action, self-loops, edges, cover points hit.')
            lines.add("", "A new target is pushed and its source kept in `_seen`.", '"""')
            lines.add(*(f"_f{p} = _w{p} = 0" for p in actions), *(f"_c{n} = False" for n in covers))
            lines.add("_loops = _edges = 0", *(f"_q{n} = _open[{n}]" for n in questions))
            if self._steps:
                lines.add("_targets = []", "_link = _targets.append")
            if edges:
                lines.add("_ends = set()", "_end = _ends.add")
            with lines.below("for _s in _states:"):
                self._unpack("_s", generated.names)
                lines.add("_live = _loop = False")
                source = Expressions(generated.names, generated.constants)
                self._compute(source, shared(_guard_uses(generated.instances)))
                sink = _Batch(generated, self._effects_of, edges, canonical)
                titles = [title(action) for action in generated.program.actions]
                Bodies(lines, source, generated.next_names).actions(titles, generated.instances, sink)
                lines.add("_loops += _loop")
                with lines.below("if not _live:"):
                    lines.add("_stuck(_s)")
                if self._steps:
                    with lines.below("if _targets:"):
                        self._judge_steps(source)
                        lines.add("_targets.clear()")
                if edges:
                    lines.add("_edges += len(_ends)", "_ends.clear()")
            lines.add(*(f"_open[{n}] = _q{n}" for n in questions))
            hit = " + ".join(f"({n},) * _c{n}" for n in covers) or "()"
            lines.add(
                f"return [{', '.join(f'_f{p}' for p in actions)}], [{', '.join(f'_w{p}' for p in actions)}], "
                f"_loops, _edges, {hit}"
            )

    def _judge_steps(self, source: Expressions) -> None:
        generated, lines = self._generated, self._lines
        found = [use for p in self._steps for use in self._asked(p)]
        about_source = source.with_primed(generated.next_names)
        self._compute(about_source, moved_out(found, about_source.pinned))
        with lines.below("for _n in _targets:"):
            self._unpack("_n", generated.next_names, _reads(found, Kind.PRIMED))
            self._compute(about_source, shared(found, about_source.pinned))
            bodies = Bodies(lines, about_source, generated.next_names)
            for position in self._steps:
                self._judgement(bodies, position, "_s, _n")

    def _effects_of(self, instance: Instance) -> Effect:
        """What judging step properties on the steps of an instance can come to."""
        assigned = frozenset(s.variable for s in statements(instance.rest) if isinstance(s, Assign))
        questions, relevant = [], False
        for position in self._steps:
            effect = self._effect(position, assigned)
            questions += effect.questions
            relevant = relevant or effect.relevant
        return Effect(relevant, questions)

    def _effect(self, position: int, assigned: frozenset[str]) -> Effect:
        property_ = self._properties[position]
        assert property_.block is not None
        key = position, assigned & self._target_reads[position]
        if key not in self._effects:
            program = self._generated.program
            kept = {
                (Kind.PRIMED, variable.name): build.state(variable.name, variable.type)
                for variable in program.variables
                if variable.name not in assigned
            }
            questions = []
            relevant = _outcome(Substitution(kept).block(property_.block)) is not True
            for part, antecedent in enumerate(property_.antecedents):
                value = _outcome(Substitution(kept).block(antecedent))
                if value is True:
                    questions.append(self._generated.questions.index((position, part)))
                relevant = relevant or value is None
            self._effects[key] = Effect(relevant, questions)
        return self._effects[key]

    # --- judge ------------------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        generated, lines = self._generated, self._lines
        asked = [p for p, one in enumerate(self._properties) if one.kind is not PropertyKind.STEP]
        questions = [n for n, (p, _) in enumerate(generated.questions) if p in asked]
        constrained = any(one.kind is PropertyKind.CONSTRAINT for one in self._properties)
        found = [use for p in asked for use in self._asked(p)]
        lines.add("", "")
        with lines.below("def judge(_states, _violated, _misjudged, _keep, _open):"):
            lines.add('"""Judge what is asked of single states; keep those inside the constraints."""')
            lines.add(*(f"_q{n} = _open[{n}]" for n in questions))
            if found:
                with lines.below("for _s in _states:"):
                    self._unpack("_s", generated.names, _reads(found, Kind.STATE))
                    if constrained:
                        lines.add("_inside = True")
                    expressions = Expressions(generated.names, generated.constants)
                    self._compute(expressions, shared(found))
                    bodies = Bodies(lines, expressions, generated.next_names)
                    for position in asked:
                        self._judgement(bodies, position, "_s, None")
                    if constrained:
                        with lines.below("if _inside:"):
                            lines.add("_keep(_s)")
            lines.add(*(f"_open[{n}] = _q{n}" for n in questions))

    # --- properties -------------------------------------------------------------------------------------------------

    def _asked(self, position: int) -> list[Use]:
        """The expressions that judging a property evaluates; antecedents, once answered, no more."""
        property_ = self._properties[position]
        watched = [b for part, b in enumerate(property_.antecedents) if (position, part) in self._generated.questions]
        found = [use for block in watched for use in block_uses(block, always=False)]
        if property_.block is not None and property_.kind in (*_ON_STATES, PropertyKind.STEP):
            found += block_uses(property_.block, always=property_.kind is not PropertyKind.GOAL)
        return found

    def _judgement(self, bodies: Bodies, position: int, at: str) -> None:
        """What is asked by one property of one state or step: its verdict, and its antecedents."""
        property_, generated, lines = self._properties[position], self._generated, self._lines
        if property_.block is not None and property_.kind in (*_ON_STATES, PropertyKind.STEP):
            lines.add(title(property_))
            self._verdict(bodies, position, property_.block, at)
        for part, antecedent in enumerate(property_.antecedents):
            if (position, part) in generated.questions and antecedent.result is not build.FALSE:
                flag = f"_q{generated.questions.index((position, part))}"
                # The property itself reports what fails inside it.
                self._question(bodies, flag, antecedent, [f"{flag} = False"], ())

    def _verdict(self, bodies: Bodies, position: int, block: Block, at: str) -> None:
        kind, checks = self._properties[position].kind, self._generated.check_number
        answer = f"_violated({position}, {at})"
        outside = ["_inside = False"] if kind is PropertyKind.CONSTRAINT else []
        if kind is PropertyKind.GOAL:
            flag = f"_q{self._generated.questions.index((position, -1))}"
            self._question(bodies, flag, block, [answer, f"{flag} = False"], (position, at))
            return
        bodies.block(
            Block(block.body, build.not_(block.result)),
            lambda condition: _when(self._lines, condition, outside or [answer]),
            lambda check: [f"_misjudged({position}, {checks(check)}, {at})", *outside],
        )

    def _question(
        self, bodies: Bodies, flag: str, block: Block, answer: Sequence[str], about: tuple[int, str] | tuple[()]
    ) -> None:
        """What is asked only as long as it is open."""
        checks = self._generated.check_number
        with self._lines.below(f"if {flag}:"):
            bodies.block(
                block,
                lambda condition: _when(self._lines, condition, answer),
                lambda check: [f"_misjudged({about[0]}, {checks(check)}, {about[1]})"] if about else [],
            )

    # --- names ------------------------------------------------------------------------------------------------------

    def _unpack(self, state: str, names: dict[str, str], wanted: Iterable[str] | None = None) -> None:
        """Give the variables of a state their names; a few `wanted` ones are picked one by one."""
        picked = None if wanted is None else set(wanted)
        if picked is None or len(picked) * 4 > len(names):
            self._lines.add(unpacked(names.values(), state))
            return
        for position, (variable, name) in enumerate(names.items()):
            if variable in picked:
                self._lines.add(f"{name} = {state}[{position}]")

    def _compute(self, expressions: Expressions, first: Iterable[Expr]) -> None:
        """Give expressions a name ahead of their use."""
        for expr in first:
            name = f"_h{self._hoisted}"
            self._hoisted += 1
            self._lines.add(f"{name} = {spelled(self._lines, expressions, expr, False)}")
            expressions.pin(expr, name)


class Effect:
    """Whether steps of an instance have to be judged, and the questions that each of them answers with yes."""

    def __init__(self, relevant: bool, questions: list[int]) -> None:
        self.relevant = relevant
        self.questions = questions


class _Batch:
    """Steps counted, and new targets queued."""

    def __init__(
        self, generated: Generated, effects: Callable[[Instance], Effect], edges: bool, canonical: bool
    ) -> None:
        self._generated = generated
        self._effects = effects
        self._edges = edges
        self._canonical = canonical

    def covered(self, number: int) -> str | None:
        return f"_c{number} = True"

    def failed(self, lines: Lines, instance: Instance, check: Check) -> None:
        number = self._generated.check_number(check)
        lines.add(f"_failed(_s, {instance.number}, {number})", "_live = True")

    def taken(self, lines: Lines, instance: Instance, after: dict[str, str]) -> None:
        position, effect = instance.position, self._effects(instance)
        lines.add(f"_f{position} += 1", "_live = True", *(f"_q{n} = False" for n in effect.questions))
        target = "_n" if after else "_s"
        if after:
            lines.add(f"_n = {self._generated.target(after)}")
        if effect.relevant:
            lines.add(f"_link({target})")
        if self._canonical and after:
            # What was seen before is canonical.
            with lines.below("if _n not in _seen:"):
                lines.add("_n = _canonical(_n)")
        if self._edges:
            lines.add(f"_end({target})")
        if not after:
            lines.add("_loop = True")
            return
        with lines.below("if _n not in _seen:"):
            lines.add("_seen[_n] = _s", "_push(_n)", f"_w{position} += 1")
        with lines.below("elif _n == _s:" if self._canonical else f"elif {self._generated.unchanged(after)}:"):
            lines.add("_loop = True")


def _outcome(block: Block) -> bool | None:
    """What a block is worth where that is known and nothing in it can fail."""
    if not build.is_constant(block.result) or any(isinstance(s, Check) for s in statements(block.body)):
        return None
    return bool(block.result.data)


def _guard_uses(instances: Iterable[Instance]) -> list[Use]:
    """The expressions of action instances; only the first guard of each is tested in every state."""
    found: list[Use] = []
    for instance in instances:
        for number, guard in enumerate(instance.guards):
            found.append(Use(guard if isinstance(guard, Expr) else guard.value, number == 0))
        changed = False
        for statement in instance.rest:
            inner = list(statements((statement,)))
            # What is read after an assignment is another value.
            if not changed:
                found += uses((statement,), always=False)
            changed = changed or any(isinstance(one, Assign) for one in inner)
    return found


def _reads(found: Iterable[Use], kind: Kind) -> frozenset[str]:
    return frozenset(part.data for part in postorder(*(use.expr for use in found)) if part.kind is kind)


def _when(lines: Lines, condition: str, then: Sequence[str]) -> None:
    if condition == "True":
        lines.add(*then)
    elif condition == "False":
        lines.add("pass")
    else:
        with lines.below(f"if {condition}:"):
            lines.add(*then)


def unpacked(names: Iterable[str], state: str) -> str:
    """The line that gives the variables of a state these names."""
    targets = "".join(f"{name}, " for name in names)
    return f"({targets.rstrip()}) = {state}"


def title(named: Action | Property) -> str:
    """The comment in front of what is generated for an action or a property."""
    return f"# {named.name}: {display_path(named.span.file)}:{named.span.line}"
