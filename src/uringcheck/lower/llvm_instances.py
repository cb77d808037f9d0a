"""The instances of actions: how they are numbered, and what is known of one before its code is made."""

from __future__ import annotations

from functools import cached_property

from uringcheck.diagnostics.values import entity_class
from uringcheck.ir import build
from uringcheck.ir.nodes import Assign, Check, Cover, If, Let, Require, Statement, statements
from uringcheck.ir.program import Action
from uringcheck.ir.rewrite import instantiate
from uringcheck.ir.types import cardinality

#: An action with more instances than this is one loop over them; unrolled, it would take seconds to compile.
UNROLLED = 64


@entity_class
class Instances:
    """The instances of one action, numbered from `first` on."""

    action: Action
    position: int
    first: int
    count: int
    unrolled: bool

    @cached_property
    def bodies(self) -> list[tuple[int, tuple[Statement, ...]]]:
        """The code of the instances that can be enabled, each by its number."""
        bodies = [instantiate(self.action, arguments) for arguments in self.action.instances()]
        return [(number, body) for number, body in enumerate(bodies, self.first) if not _never(body)]

    def numbered_bodies(self) -> list[tuple[int, tuple[Statement, ...]]]:
        """The code of instances: of each by its number when unrolled, else the loop's under the first number."""
        if self.unrolled:
            return self.bodies
        return [(self.first, self.action.body)]


def common_guards(bodies: list[tuple[int, tuple[Statement, ...]]]) -> int:
    """How many guards in front all of several instances share."""
    count = 0
    if len(bodies) > 1:
        for statements in zip(*(body for _, body in bodies), strict=False):
            conditions = {one.condition for one in statements if isinstance(one, Require)}
            if len(conditions) != 1 or not all(isinstance(one, Require) for one in statements):
                break
            count += 1
    return count


def numbered(actions: tuple[Action, ...]) -> list[Instances]:
    """The instances of all actions, numbered in canonical order."""
    groups: list[Instances] = []
    first = 0
    for position, action in enumerate(actions):
        count = 1
        for argument in action.arguments:
            count *= cardinality(argument.type)
        groups.append(Instances(action, position, first, count, count <= UNROLLED))
        first += count
    return groups


def _never(body: tuple[Statement, ...]) -> bool:
    """Whether an instance is never enabled and never fails: a constant-false guard before anything that could fail."""
    for statement in body:
        if isinstance(statement, Require) and statement.condition is build.FALSE:
            return True
        if isinstance(statement, (Check, If)):
            return False
    return False


def assigned(body: tuple[Statement, ...]) -> frozenset[str]:
    """The variables that an instance may change."""
    return frozenset(statement.variable for statement in statements(body) if isinstance(statement, Assign))


def late_covers(body: tuple[Statement, ...]) -> list[int]:
    """The cover points of a body that has a guard behind something other than guards and locals."""
    leading = 0
    while leading < len(body) and isinstance(body[leading], (Require, Let)):
        leading += 1
    rest = body[leading:]
    if not any(isinstance(statement, Require) for statement in rest):
        return []
    return list(dict.fromkeys(inner.number for inner in statements(rest) if isinstance(inner, Cover)))
