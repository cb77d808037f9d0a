"""The readers of a spec side by side: what each says about a state, in one form that can be compared."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.ir.rewrite import specialise
from uringcheck.ir.types import Encoded
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_text, models_in
from uringcheck.lang.plain import Failed, PlainRun
from uringcheck.lang.tree import Tree, elaborate
from uringcheck.lower.python import Generated

_numbers = itertools.count()

State = tuple[Encoded, ...]


def tree_of(text: str) -> Tree:
    """The model `Random` of a generated spec."""
    module = load_text(text, f"<generated {next(_numbers)}>")
    return elaborate(models_in(module)[-1])


def program_of(tree: Tree) -> Program:
    """The compiled and specialised program of a model."""
    return specialise(compile_tree(tree))


def outcome(target: object) -> object:
    """A target as it is compared: a state, or what failed, in which words and on which line."""
    if isinstance(target, (Failed, Check)):
        return (target.failure, target.message, target.span.line)
    return target


def differences(run: PlainRun, program: Program, generated: Generated, states: Iterable[State]) -> list[Any]:
    """Where the plain run and the generated Python differ on these states; empty when they agree."""
    found: list[Any] = []
    starts = [(action.name if action else None, args, outcome(t)) for action, args, t in run.initial()]
    ours = [(None if p is None else program.inits[p].name, args, outcome(t)) for p, args, t in generated.initial()]
    if starts != ours:
        found.append(("initial", starts, ours))
    positions = {property_.name: position for position, property_ in enumerate(program.properties)}
    for state in states:
        plain = [(action.name, args, outcome(t)) for action, args, t in run.successors(state)]
        made = [(program.actions[p].name, args, outcome(t)) for p, args, t in generated.successors(state)]
        if plain != made:
            found.append((state, plain, made))
        for bound in run.properties:
            if bound.mark.kind is PropertyKind.TEMPORAL:
                continue
            step = bound.mark.kind is PropertyKind.STEP
            afters: list[State | None] = [t for _, _, t in plain if _is_state(t)] if step else [None]
            for after in afters:
                said = outcome(run.evaluate(bound, state, after))
                told = outcome(generated.evaluate(positions[bound.name], state, after))
                if said != told:
                    found.append((state, bound.name, said, told))
    return found


def alike(program: Program, one: Any, other: Any, states: Iterable[State]) -> list[Any]:
    """Where two readers of the same form (`initial`, `successors`, `evaluate`) differ; empty when they agree."""
    found: list[Any] = []
    engines = (one, other)
    starts = [[(p, args, outcome(target)) for p, args, target in engine.initial()] for engine in engines]
    if starts[0] != starts[1]:
        found.append(("initial", *starts))
    for state in states:
        steps = [[(p, args, outcome(target)) for p, args, target in engine.successors(state)] for engine in engines]
        if steps[0] != steps[1]:
            found.append((state, *steps))
        for position, property_ in enumerate(program.properties):
            if property_.kind is PropertyKind.TEMPORAL:
                continue
            step = property_.kind is PropertyKind.STEP
            targets = [target for _, _, target in other.successors(state) if not isinstance(target, Check)]
            for after in targets if step else [None]:
                values = [outcome(engine.evaluate(position, state, after)) for engine in engines]
                if values[0] != values[1]:
                    found.append((state, property_.name, *values))
    return found


def _is_state(target: Any) -> bool:
    return not (isinstance(target, tuple) and len(target) == 3 and hasattr(target[0], "name"))
