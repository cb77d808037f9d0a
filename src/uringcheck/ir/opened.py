"""Open toggles as state that never changes, so that one search covers many settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from uringcheck.diagnostics import Span
from uringcheck.ir import build
from uringcheck.ir.nodes import Assign, Expr, Kind, Require, Statement
from uringcheck.ir.program import Action, Argument, Block, Program, Property, Variable
from uringcheck.ir.rewrite import Substitution
from uringcheck.ir.types import BOOL

#: The start of a program that has none of its own.
START = "init"


def variable_name(toggle: str) -> str:
    """The state variable that holds an open toggle's value."""
    return f"toggle.{toggle}"


def opened(program: Program, toggles: Sequence[str], excluded: Sequence[Mapping[str, bool]] = ()) -> Program:
    """The program with a start for every setting of these toggles that lies in none of the `excluded` cubes.

    No temporal property is kept. The arguments of starts begin with the toggles' values, in the order given, and so do
    the states.
    """
    nowhere = program.actions[0].span
    leaves = {(Kind.TOGGLE, name): build.state(variable_name(name), BOOL) for name in toggles}
    variables = tuple(Variable(variable_name(name), BOOL, False, nowhere) for name in toggles)
    inits = program.inits or (Action(START, (), (), "", nowhere),)

    def action(old: Action) -> Action:
        return replace(old, body=Substitution(leaves).body(old.body))

    def start(old: Action) -> Action:
        arguments = tuple(Argument(variable_name(name), BOOL) for name in toggles)
        body = [*_admission(toggles, excluded, nowhere), *_choice(toggles, nowhere), *action(old).body]
        return replace(old, arguments=(*arguments, *old.arguments), body=tuple(body))

    def block(old: Block) -> Block:
        return Substitution(leaves).block(old)

    def property_(old: Property) -> Property:
        return replace(
            old, block=None if old.block is None else block(old.block), antecedents=tuple(map(block, old.antecedents))
        )

    return replace(
        program,
        variables=(*variables, *program.variables),
        inits=tuple(start(old) for old in inits),
        actions=tuple(action(old) for old in program.actions),
        properties=tuple(property_(old) for old in program.properties if old.formula is None),
        toggles=tuple(toggle for toggle in program.toggles if toggle.name not in toggles),
    )


def _admission(toggles: Sequence[str], excluded: Sequence[Mapping[str, bool]], span: Span) -> list[Statement]:
    conditions: list[Expr] = []
    for cube in excluded:
        literals = [_argument(name) if value else build.not_(_argument(name)) for name, value in cube.items()]
        conditions.append(build.not_(build.and_(*literals)))
    return [Require(build.and_(*conditions), span)] if conditions else []


def _choice(toggles: Sequence[str], span: Span) -> list[Statement]:
    return [Assign(variable_name(name), _argument(name), span) for name in toggles]


def _argument(name: str) -> Expr:
    return build.argument(variable_name(name), BOOL)
