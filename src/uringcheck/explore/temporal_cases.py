"""From a temporal formula to the cases in which a behaviour satisfies it.

A formula without temporal operators is *present*: it speaks about one position of a behaviour, the state there and the
step taken from it. Formulas of `eventually` and `always` over present ones, nested in any way that the rules below
cover, are brought into a disjunction of cases, each a conjunction of

    start    p            p holds at the first position
    once     <>(p /\\ []q)  at some position p holds, and from there on q      (q may be missing)
    forever  []p          p holds at every position
    often    []<>p        p holds again and again
    lasting  <>[]p        p holds from some position on

A property is violated by the behaviours that satisfy a case of its negation, and each case is a search for a path into
a fair cycle: `forever`, the q of `once` and `lasting` say where the cycle may run, `often` what it must visit, `once`
what lies before it. The rules are the laws of linear temporal logic (Manna and Pnueli, The Temporal Logic of Reactive
and Concurrent Systems, 1992, section 3.5); `[](p \\/ <>q)`, which a violated premise leaves behind, is expanded into
`[]<>q \\/ []p \\/ <>(q /\\ [](p \\/ q))`: q again and again, or never needed, or there is a last q and nothing needs
it after. Formulas outside of these rules, such as `eventually(p and eventually(q))`, order events; they are refused by
name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from uringcheck.diagnostics.values import value_class
from uringcheck.ir.program import Always, And, Atom, Eventually, Formula, Happens, LeadsTo, Not, Or

#: Cases beyond this many would each cost a pass over the graph. Symptom: a verdict "not decided" and these words.
MOST_CASES = 256

#: Every `once` of a case doubles the positions that the path into its cycle is searched among.
MOST_ONCE = 5


class Unsupported(Exception):
    """A formula that is none of the forms this package decides; says which part of it."""


@value_class
class _Now:
    operand: Formula


@value_class
class _Once:
    operand: Formula
    then: Formula | None = None


@value_class
class _Forever:
    operand: Formula


@value_class
class _Answered:
    """`[](otherwise \\/ <>answer)`."""

    otherwise: Formula
    answer: Formula


@value_class
class _Often:
    operand: Formula


@value_class
class _Lasting:
    operand: Formula


_Part: TypeAlias = _Now | _Once | _Forever | _Answered | _Often | _Lasting
_Clause: TypeAlias = tuple[_Part, ...]
_Dnf: TypeAlias = list[_Clause]


@value_class
class Case:
    """A conjunction of the five forms; the table at the top says what the fields mean."""

    start: tuple[Formula, ...] = ()
    once: tuple[tuple[Formula, Formula | None], ...] = ()
    forever: tuple[Formula, ...] = ()
    often: tuple[Formula, ...] = ()
    lasting: tuple[Formula, ...] = ()


def cases(formula: Formula) -> list[Case]:
    """The cases of a formula, in the order of its text; raises Unsupported."""
    made: list[Case] = []
    for clause in _normal(positive(formula)):
        for expanded in _without_answers(clause):
            case = Case(
                tuple(part.operand for part in expanded if isinstance(part, _Now)),
                tuple((part.operand, part.then) for part in expanded if isinstance(part, _Once)),
                tuple(part.operand for part in expanded if isinstance(part, _Forever)),
                tuple(part.operand for part in expanded if isinstance(part, _Often)),
                tuple(part.operand for part in expanded if isinstance(part, _Lasting)),
            )
            if any(_has_happens(formula) for formula in case.start):
                raise Unsupported("happens(...) outside of a temporal operator, where it means the first step only")
            if any(_negates_happens(formula) for formula in (*(p for p, _ in case.once), *case.often)):
                raise Unsupported("that something else than a step happens, which is so whenever a behaviour stutters")
            if len(case.once) > MOST_ONCE:
                raise Unsupported(f"more than {MOST_ONCE} events that must each happen once, in any order")
            if case not in made:
                made.append(case)
    return made


def conjuncts(formula: Formula) -> Iterator[Formula]:
    """The parts of a formula that must all be true; itself when it is no conjunction."""
    if isinstance(formula, And):
        for operand in formula.operands:
            yield from conjuncts(operand)
    else:
        yield formula


def operands(formula: Formula) -> tuple[Formula, ...]:
    """The formulas directly below a formula."""
    match formula:
        case And(parts) | Or(parts):
            return parts
        case Not(part) | Eventually(part) | Always(part):
            return (part,)
        case LeadsTo(cause, effect):
            return (cause, effect)
    return ()


def atoms(formula: Formula) -> Iterator[Atom]:
    """The state predicates of a formula, in the order of its text."""
    if isinstance(formula, Atom):
        yield formula
    for part in operands(formula):
        yield from atoms(part)


def is_present(formula: Formula) -> bool:
    """Whether the formula speaks about one position only."""
    match formula:
        case Atom() | Happens():
            return True
        case Not(operand):
            return is_present(operand)
        case And(operands) | Or(operands):
            return all(is_present(operand) for operand in operands)
        case Eventually() | Always() | LeadsTo():
            return False


def _has_happens(formula: Formula) -> bool:
    match formula:
        case Happens():
            return True
        case Not(operand) | Eventually(operand) | Always(operand):
            return _has_happens(operand)
        case And(operands) | Or(operands):
            return any(_has_happens(operand) for operand in operands)
    return False


def _negates_happens(formula: Formula) -> bool:
    match formula:
        case Not(operand):
            return isinstance(operand, Happens)
        case And(operands) | Or(operands):
            return any(_negates_happens(operand) for operand in operands)
    return False


def positive(formula: Formula, negated: bool = False) -> Formula:
    """The formula (or its negation) with `Not` only in front of atoms, and without `LeadsTo`."""
    match formula:
        case Atom() | Happens():
            return Not(formula) if negated else formula
        case Not(operand):
            return positive(operand, not negated)
        case And(operands) | Or(operands):
            inner = tuple(positive(operand, negated) for operand in operands)
            return And(inner) if isinstance(formula, And) is not negated else Or(inner)
        case Eventually(operand):
            return Always(positive(operand, True)) if negated else Eventually(positive(operand))
        case Always(operand):
            return Eventually(positive(operand, True)) if negated else Always(positive(operand))
        case LeadsTo(cause, effect):
            return positive(Always(Or((Not(cause), Eventually(effect)))), negated)


# --- normal forms ---------------------------------------------------------------------------------------------------


def _normal(formula: Formula) -> _Dnf:
    """A positive formula as a disjunction of conjunctions of parts."""
    if is_present(formula):
        return [(_Now(formula),)]
    match formula:
        case And(operands):
            return _all([_normal(operand) for operand in operands])
        case Or(operands):
            return _any(_normal(operand) for operand in operands)
        case Eventually(Always(operand)):
            return _lasting(operand)
        case Always(Eventually(operand)):
            return _often(operand)
        case Eventually(operand):
            return _any(_eventually(clause) for clause in _normal(operand))
        case Always(operand):
            return _all([_always(clause) for clause in _dual(_normal(operand))])
    raise AssertionError(formula)


def _eventually(clause: _Clause) -> _Dnf:
    """`<>` of a conjunction. What does not depend on where a behaviour begins stands as well outside."""
    now, tail, rest = _split(clause)
    forever = [part.operand for part in rest if isinstance(part, _Forever)]
    once = [part for part in rest if isinstance(part, _Once)]
    answered = [part for part in rest if isinstance(part, _Answered)]
    if not rest and now:
        return [(*tail, _Once(_and(now)))]
    if not rest:
        return [tail]
    if len(forever) == len(rest):
        return [(*tail, _Once(_and(now), _and(forever)) if now else _Lasting(_and(forever)))]
    if len(once) == len(rest) and not now:
        return [(*tail, *once)]
    if len(answered) == len(rest) and not now:
        return _all([[tail], *(_in_the_end(part) for part in answered)])
    raise Unsupported("eventually(...) of a conjunction that orders several events")


def _always(clause: _Clause) -> _Dnf:
    """`[]` of a disjunction."""
    now, tail, rest = _split(clause)
    once = [part for part in rest if isinstance(part, _Once)]
    outside: _Dnf = [(part,) for part in tail]
    if not rest:
        return [*outside, (_Forever(_or(now)),)] if now else outside
    if len(once) == len(rest) and all(part.then is None for part in once):
        answer = _or([part.operand for part in once])
        return [*outside, (_Answered(_or(now), answer),)] if now else [*outside, (_Often(answer),)]
    if len(rest) == 1 and not now:
        match rest[0]:
            case _Once(operand, then) if then is not None:
                return [*outside, (_Often(operand), _Lasting(then))]
            case _Forever() | _Answered():
                return [*outside, (rest[0],)]
    if not now and all(isinstance(part, _Forever) for part in rest):
        return [*outside, *((part,) for part in rest)]
    raise Unsupported("always(...) of a disjunction that orders several events")


def _often(formula: Formula) -> _Dnf:
    """`[]<>`: of a conjunction it is that of each part that lasts, and of what holds at one position together."""
    made: _Dnf = []
    for clause in _normal(formula):
        now, tail, rest = _split(clause)
        parts: list[_Dnf] = [[tail]]
        if now:
            parts.append([(_Often(_and(now)),)])
        parts += [_in_the_end(part) for part in rest]
        made += _all(parts)
    return made


def _lasting(formula: Formula) -> _Dnf:
    """`<>[]`, likewise for disjunctions."""
    made: list[_Dnf] = []
    for clause in _dual(_normal(formula)):
        now, tail, rest = _split(clause)
        choices: _Dnf = [(part,) for part in tail]
        if now:
            choices.append((_Lasting(_or(now)),))
        made.append(_any([choices, *(_in_the_end(part) for part in rest)]))
    return _all(made)


def _in_the_end(part: _Part) -> _Dnf:
    """What a part says of the far end of a behaviour, where it is true always or never."""
    match part:
        case _Once(operand, None):
            return [(_Often(operand),)]
        case _Once(operand, then) if then is not None:
            return [(_Often(operand), _Lasting(then))]
        case _Forever(operand):
            return [(_Lasting(operand),)]
        case _Answered(otherwise, answer):
            return [(_Lasting(otherwise),), (_Often(answer),)]
    return [(part,)]


def _without_answers(clause: _Clause) -> _Dnf:
    """A conjunction with every `[](p \\/ <>q)` expanded; see the top."""
    choices: list[_Dnf] = [[tuple(part for part in clause if not isinstance(part, _Answered))]]
    for part in clause:
        if isinstance(part, _Answered):
            p, q = part.otherwise, part.answer
            choices.append([(_Often(q),), (_Forever(p),), (_Once(q, Or((p, q))),)])
    return _all(choices)


# --- clauses --------------------------------------------------------------------------------------------------------


def _split(clause: _Clause) -> tuple[list[Formula], tuple[_Part, ...], list[_Part]]:
    """What a clause says of one position, what it says of the far end, and the rest."""
    now = [part.operand for part in clause if isinstance(part, _Now)]
    tail: tuple[_Part, ...] = tuple(part for part in clause if isinstance(part, (_Often, _Lasting)))
    rest: list[_Part] = [part for part in clause if not isinstance(part, (_Now, _Often, _Lasting))]
    return now, tail, rest


def _all(factors: Sequence[_Dnf]) -> _Dnf:
    made: _Dnf = [()]
    for factor in factors:
        made = [tuple(dict.fromkeys((*left, *right))) for left in made for right in factor]
        _counted(made)
    return made


def _any(terms: Iterable[_Dnf]) -> _Dnf:
    return _counted(list(dict.fromkeys(clause for term in terms for clause in term)))


def _dual(normal: _Dnf) -> _Dnf:
    """A disjunction of conjunctions as a conjunction of disjunctions, or back."""
    return _all([[(part,) for part in clause] for clause in normal])


def _counted(normal: _Dnf) -> _Dnf:
    if len(normal) > MOST_CASES:
        raise Unsupported(f"a formula with more than {MOST_CASES} cases")
    return normal


def _and(formulas: Sequence[Formula]) -> Formula:
    return formulas[0] if len(formulas) == 1 else And(tuple(formulas))


def _or(formulas: Sequence[Formula]) -> Formula:
    return formulas[0] if len(formulas) == 1 else Or(tuple(formulas))
