"""The terms for open sizes read like any other engine: one known state at a time, at known sizes.

A known state is put in with its queues anywhere in their arrays, and with something beside them: what stands outside a
queue must not matter. What speaks of every element is written out for the positions that small sizes have. Some
unknowns remain, such as the number that a count is: then there may be more than one answer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import z3  # type: ignore[import-untyped]

from tests.agree.states import random_value
from uringcheck.ir import types
from uringcheck.ir.nodes import Check, Kind, postorder
from uringcheck.ir.program import Program, Property, PropertyKind
from uringcheck.ir.sizes import UNBOUNDED
from uringcheck.lower.z3_open import OpenEncoding, OpenStep, Predicate, Turn
from uringcheck.lower.z3_open_values import OpenShapeError, indices, literal, parameter, put
from uringcheck.lower.z3_values import leaves, reshaped, subterms

State = tuple[types.Encoded, ...]

#: Positions for which "every" is written out: around the queues, sets and maps of small sizes, wherever they begin.
WINDOW = range(-1, 8)

#: The largest number, and the greatest length of a queue, in a random state.
FEW = 4

#: Where a queue may begin in its arrays.
HEADS = 3


def small(type_: types.Type, room: int = 0) -> types.Type:
    """The type with small numbers and short queues, of which `room` places stay free."""
    match type_:
        case types.Int(low, high):
            return types.Int(low, min(high, FEW))
        case types.Queue(item, capacity):
            return types.Queue(small(item), min(capacity - room, FEW))
        case types.Record(fields=fields):
            return types.Record("small", tuple((name, small(item)) for name, item in fields))
        case types.Option(item):
            return types.Option(small(item))
        case types.Map(index, item):
            return types.Map(index, small(item))
        case _:
            return type_


def small_states(program: Program, count: int, seed: int, unlimited: tuple[str, ...] = ()) -> list[State]:
    """Random states, reachable or not. Queues without a limit in the open program have room for another item."""
    rng = random.Random(seed)
    kinds = [small(variable.type, int(variable.name in unlimited)) for variable in program.variables]
    return [tuple(random_value(kind, rng) for kind in kinds) for _ in range(count)]


class OpenReading:
    """Steps and values of known states, by putting them into the terms of a program with open sizes.

    `closed` is the same program at the sizes that are put in.
    """

    def __init__(self, program: Program, closed: Program, sizes: Mapping[str, int], beside: Mapping[str, str]) -> None:
        self.closed, self.encoding = closed, OpenEncoding(program, beside)
        self.types = [variable.type for variable in closed.variables]
        self._primed = self.encoding.unknown(" after")
        far = dict(UNBOUNDED.least)
        self._sizes = [(parameter(name), z3.IntVal(value)) for name, value in {**sizes, **far}.items()]
        self._random = random.Random(0)
        self._unknowns: list[list[str]] = []
        self._made: dict[str, tuple[Any, Any]] = {}

    # --- putting values in ------------------------------------------------------------------------------------------

    def placed(self, state: State) -> Any:
        """A known state as terms, its queues somewhere in arrays that hold something everywhere."""
        made = {}
        for variable, type_, value in zip(self.closed.variables, self.types, state, strict=True):
            made[variable.name] = self._placed(type_, value)
        for one, other in self.encoding.beside.items():
            type_ = self.types[[variable.name for variable in self.closed.variables].index(one)]
            at = made[other][0].as_long()
            made[one] = self._placed(type_, state[list(made).index(one)], at)
        return tuple(made.values())

    def _placed(self, type_: types.Type, value: Any, head: int | None = None) -> Any:
        if not isinstance(type_, types.Queue):
            return literal(type_, value)
        at = self._random.randrange(HEADS) if head is None else head
        item = small(type_.item)
        around = [random_value(item, self._random) for _ in range(2)]
        items = literal(types.Queue(item, 1), ())[2]
        for position, part in ((at - 1, around[0]), (at + len(value), around[1])):
            items = put(items, z3.IntVal(position), literal(type_.item, part))
        for position, part in enumerate(value):
            items = put(items, z3.IntVal(at + position), literal(type_.item, part))
        return z3.IntVal(at), z3.IntVal(at + len(value)), items

    def _pairs(self, state: Any, after: Any = None) -> list[tuple[Any, Any]]:
        found = [*self._sizes, *zip(leaves(self.encoding.state), leaves(state), strict=True)]
        if after is not None:
            found += zip(leaves(self._primed), leaves(after), strict=True)
        return [(old, new) for old, new in found if not old.eq(new)]

    # --- steps ------------------------------------------------------------------------------------------------------

    def initial(self) -> list[tuple[int | None, State, State | Check]]:
        """Every start in canonical order."""
        found: list[tuple[int | None, State, State | Check]] = []
        for position, start in enumerate(self.encoding.starts):
            if isinstance(start, OpenStep):
                found += [(position, *one) for one in self._instances(start, self.closed.inits[position], None)]
            else:
                found.append((None, (), self._read(start, self._sizes)))
        return found

    def successors(self, state: State) -> list[tuple[int, State, State | Check]]:
        """Every step in canonical order: position of the action, its arguments, the target or the check."""
        here = self.placed(state)
        return [
            (position, *one)
            for position, step in enumerate(self.encoding.steps)
            for one in self._instances(step, self.closed.actions[position], here)
        ]

    def _instances(self, step: OpenStep, action: Any, here: Any) -> Iterator[tuple[State, State | Check]]:
        known = list(self._sizes) if here is None else self._pairs(here)
        seen = together((step.taken, tuple(bad for _, bad in step.failures), step.after), known)
        kinds = [argument.type for argument in action.arguments]
        for arguments in action.instances():
            bound = [literal(kind, value) for kind, value in zip(kinds, arguments, strict=True)]
            given = list(zip(leaves(step.arguments), leaves(tuple(bound)), strict=True))
            taken, bads, after = together(seen, given)
            pairs = [*known, *given]
            failures = list(zip([check for check, _ in step.failures], bads, strict=True))
            if not self.possible(taken, pairs) and self._failed(failures, pairs) is None:
                continue
            for turn in step.turns:
                ended = self._turned(turn, here, pairs)
                if isinstance(ended, Check):
                    yield arguments, ended
                    break
                behind = zip(leaves(step.through[-1]), leaves(ended), strict=True)
                pairs += [(old, new) for old, new in behind if z3.is_const(old) and "behind" in old.decl().name()]
            else:
                failed = self._failed(failures, pairs)
                if failed is not None:
                    yield arguments, failed
                elif self.possible(taken, pairs):
                    yield arguments, self._read(after, pairs)

    def _failed(self, failures: Any, pairs: list[tuple[Any, Any]]) -> Check | None:
        return next((check for check, bad in failures if self.possible(bad, pairs)), None)

    def _turned(self, turn: Turn, here: Any, pairs: list[tuple[Any, Any]]) -> Any:
        """The state behind all turns of a loop that starts here, or the check that fails on the way."""
        counter = next(one for one in constants(turn.taken) if one.decl().name().startswith("turn #"))
        for position in WINDOW:
            inside = [*self._pairs(here), *pairs[len(self._pairs(here)) :], (counter, z3.IntVal(position))]
            failed = self._failed(turn.failures, inside)
            if failed is not None:
                return failed
            if self.possible(turn.taken, inside):
                here = reshaped(turn.after, (grounded(leaf, inside) for leaf in list(leaves(turn.after))))
        return here

    # --- properties -------------------------------------------------------------------------------------------------

    def judged(self, one: Property, state: State, after: State | None = None) -> tuple[bool, bool | None]:
        """Whether a property can be false in a state, and whether it can be assumed there; None where it never is."""
        pairs = self._pairs(self.placed(state), None if after is None else self.placed(after))
        refuted, assumed = self._formulas(one)
        return self.possible(refuted, pairs), None if assumed is None else self.possible(assumed, pairs)

    def _formulas(self, one: Property) -> tuple[Any, Any]:
        if one.name not in self._made:
            predicate, state = self._predicate(one), self.encoding.state
            steps = one.kind is PropertyKind.STEP
            try:
                assumed = None if steps else self.encoding.assumed(predicate, state)
            except OpenShapeError:
                assumed = None  # a count for each of many things
            refuted = self.encoding.refuted(predicate, state, self._primed if steps else None)
            self._made[one.name] = refuted, assumed
        return self._made[one.name]

    def _predicate(self, one: Property) -> Predicate:
        assert one.block is not None
        return self.encoding.predicate(one.block)

    def counts(self, one: Property) -> bool:
        """Whether a property counts."""
        predicate = self._predicate(one)
        roots = (predicate.holds, *(condition for _, condition in predicate.checks))
        return any(part.kind is Kind.COUNT for part in postorder(*roots))

    # --- evaluating -------------------------------------------------------------------------------------------------

    def possible(self, formula: Any, pairs: list[tuple[Any, Any]]) -> bool:
        """Whether a formula can be true, whatever is still unknown."""
        ground = grounded(formula, pairs)
        if z3.is_true(ground) or z3.is_false(ground):
            return bool(z3.is_true(ground))
        solver = z3.Solver()
        solver.add(ground, *self._about(ground, pairs))
        said = solver.check()
        assert said != z3.unknown
        return bool(said == z3.sat)

    def _about(self, ground: Any, pairs: list[tuple[Any, Any]]) -> list[Any]:
        """What is known of the unknowns in a formula, written out, and of the unknowns in that."""
        wanted = [one.decl().name() for one in constants(ground)]
        found = []
        for name in wanted:
            for number in range(len(self.encoding.axioms)):
                if number not in found and name in self._named(number):
                    found.append(number)
                    wanted += self._named(number)
        return [grounded(self.encoding.axioms[number], pairs) for number in found]

    def _named(self, number: int) -> list[str]:
        while len(self._unknowns) <= number:
            axiom = self.encoding.axioms[len(self._unknowns)]
            self._unknowns.append([n for one in constants(axiom) if "#" in (n := one.decl().name())])
        return self._unknowns[number]

    def _read(self, state: Any, pairs: list[tuple[Any, Any]]) -> State:
        return tuple(self._value(type_, term, pairs) for type_, term in zip(self.types, state, strict=True))

    def _value(self, type_: types.Type, term: Any, pairs: list[tuple[Any, Any]]) -> types.Encoded:
        def known(part: Any) -> int:
            return int(grounded(part, pairs).as_long())

        def item(array: Any, position: int) -> Any:
            return reshaped(array, iter([z3.Select(part, z3.IntVal(position)) for part in leaves(array)]))

        match type_:
            case types.Bool():
                value = grounded(term, pairs)
                assert z3.is_true(value) or z3.is_false(value)
                return bool(z3.is_true(value))
            case types.Int() | types.Enum():
                return known(term)
            case types.Record(fields=fields):
                return tuple(self._value(kind, part, pairs) for (_, kind), part in zip(fields, term, strict=True))
            case types.Option(kind):
                return self._value(kind, term[1], pairs) if self._value(types.BOOL, term[0], pairs) else None
            case types.Queue(kind, _):
                span = range(known(term[0]), known(term[1]))
                return tuple(self._value(kind, item(term[2], position), pairs) for position in span)
            case types.Set(kind):
                span = range(indices(kind).low, indices(kind).high + 1)
                has = [z3.is_true(grounded(z3.Select(term[0], z3.IntVal(position)), pairs)) for position in span]
                assert sum(has) == known(term[1]), "a set has another number of members than it says"
                return sum(1 << position for position, there in enumerate(has) if there)
            case types.Map(index, kind):
                span = range(indices(index).low, indices(index).high + 1)
                return tuple(self._value(kind, item(term, position), pairs) for position in span)


# --- formulas without quantifiers -------------------------------------------------------------------------------------


def together(terms: Any, pairs: list[tuple[Any, Any]]) -> Any:
    """Terms with values put in, what they share looked at once."""
    parts = list(leaves(terms))
    joined = z3.Function("together", *(part.sort() for part in parts), z3.BoolSort())(*parts)
    return reshaped(terms, iter(z3.simplify(z3.substitute(joined, *pairs) if pairs else joined).children()))


def grounded(term: Any, pairs: list[tuple[Any, Any]]) -> Any:
    """The term with values put in, every quantifier written out."""
    return z3.simplify(_expanded(z3.simplify(z3.substitute(term, *pairs) if pairs else term)))


def _expanded(term: Any) -> Any:
    if z3.is_quantifier(term):
        if term.is_lambda():
            return term
        assert term.num_vars() == 1
        parts = [z3.simplify(z3.substitute_vars(term.body(), z3.IntVal(position))) for position in WINDOW]
        joined = z3.And(*parts) if term.is_forall() else z3.Or(*parts)
        return _expanded(joined)
    if not term.children():
        return term
    children = [_expanded(child) for child in term.children()]
    if all(new.eq(old) for new, old in zip(children, term.children(), strict=True)):
        return term
    return term.decl()(*children)


def constants(term: Any) -> list[Any]:
    """The unknowns of a term."""
    return [part for part in subterms(term) if z3.is_const(part) and part.decl().kind() == z3.Z3_OP_UNINTERPRETED]


__all__ = ["OpenReading", "State", "constants", "grounded", "small_states"]
