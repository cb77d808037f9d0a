"""Replay of lassos: a behaviour without end becomes a trace only if the plain run confirms every part of it.

    replayed_lasso(run, program, lasso, about, model=..., preset=...) -> Trace

The plain run executes every step, finds that the loop returns to where it began, finds in every state of the loop what
was possible there, and judges fairness by that. State predicates are evaluated by CPython too, from the author's text,
except where the text stands inside a loop over constants and means nothing outside of it; those are read from the
compiled formula. Any difference raises EngineDisagreement.
"""

from __future__ import annotations

from dataclasses import replace

from uringcheck.diagnostics import EngineDisagreement, InternalError
from uringcheck.explore.lasso import satisfied, unfair
from uringcheck.explore.outcome import Lasso, Path, Step
from uringcheck.explore.temporal_cases import atoms
from uringcheck.ir.nodes import Check, Kind, expressions, postorder, statements
from uringcheck.ir.program import Atom, Formula, Program, Property, PropertyKind
from uringcheck.lang.plain import BoundProperty, Failed, PlainRun
from uringcheck.lang.symbolic import bound as parameters_bound
from uringcheck.lower.python import Generated
from uringcheck.trace.identity import step_text
from uringcheck.trace.model import State, Trace, TraceProperty
from uringcheck.trace.places import named_places
from uringcheck.trace.replay import Divergence, Replay, first_sentence


def replayed_lasso(
    run: PlainRun, program: Program, lasso: Lasso, about: str, *, model: str = "", preset: str | None = None
) -> Trace:
    """The lasso as a trace about a temporal property. Raises EngineDisagreement."""
    try:
        return LassoReplay(run, program).lasso_trace(lasso, about, model or program.name, preset)
    except Divergence as found:
        steps = "; ".join([lasso.path.start.action, *(step.action for step in lasso.path.steps)])
        raise EngineDisagreement(
            f"the plain run does not confirm the lasso of `{about}` {found}. The search's steps: {steps}, and "
            f"from step {lasso.loop_start} for ever"
        ) from None


class LassoReplay(Replay):
    """Executes lassos of one model."""

    def lasso_trace(self, lasso: Lasso, about: str, model: str, preset: str | None) -> Trace:
        """The lasso as a trace; raises Divergence."""
        path = lasso.path
        last = len(path.steps)
        if path.failed is not None or not path.states or not 0 <= lasso.loop_start <= last:
            raise Divergence(last, "this is no behaviour without end")
        if path.states[lasso.loop_start] != path.states[-1]:
            raise Divergence(last, f"the loop does not return to the state after step {lasso.loop_start}")
        trace = self.trace(path, about, model, preset)
        self._check_violates(lasso, self._temporal(about))
        return replace(trace, loop=lasso.loop_start, in_vain=self._in_vain(lasso))

    def _temporal(self, about: str) -> Property:
        for found in self.program.properties:
            if found.name == about and found.kind is PropertyKind.TEMPORAL:
                return found
        raise InternalError(f"a lasso about `{about}`, which is no temporal property")

    def _judged(self, path: Path, about: str) -> TraceProperty:
        found = self._temporal(about)
        where = self.files.where(found.span.file, found.span.line)
        about_what = _variables_read(found.formula) if found.formula else set()
        reads = tuple(
            name for name, place in named_places(self.variables).items() if self.variables[place[0]].name in about_what
        )
        return TraceProperty(found.name, found.kind.value, first_sentence(found.doc), "violated", where, reads)

    def _check_violates(self, lasso: Lasso, found: Property) -> None:
        last = len(lasso.path.steps)
        broken = unfair(lasso, found.fairness, lambda position: self._possible(lasso.path.states[position]))
        if broken:
            raise Divergence(last, f"the loop is unfair to `{', '.join(broken[0].actions)}`")
        judge = _Predicates(self.run, self.program, self._bound(found.name))
        if found.formula is None or satisfied(
            found.formula, lasso, lambda atom, position: judge.value(atom, position, lasso.path.states[position])
        ):
            raise Divergence(last, f"the behaviour satisfies `{found.name}`")

    def _possible(self, state: State) -> list[Step]:
        """The steps that change a state, by the plain run."""
        return [
            Step(action.name, arguments)
            for action, arguments, after in self.run.successors(state)
            if not isinstance(after, Failed) and after != state
        ]

    def _in_vain(self, lasso: Lasso) -> tuple[str, ...]:
        """What was possible somewhere on the loop and is never done there."""
        states = lasso.path.states[lasso.loop_start :]
        possible = dict.fromkeys(step for state in states for step in self._possible(state))
        taken = set(lasso.loop)
        return tuple(step_text(self._compiled[s.action], s.arguments) for s in possible if s not in taken)


def _variables_read(formula: Formula) -> set[str]:
    """The state variables that the predicates of a formula speak about."""
    found: set[str] = set()
    for atom in atoms(formula):
        inside = [part for statement in statements(atom.block.body) for part in expressions(statement)]
        found |= {str(part.data) for part in postorder(atom.block.result, *inside) if part.kind is Kind.STATE}
    return found


class _Predicates:
    """The state predicates of one temporal property."""

    def __init__(self, run: PlainRun, program: Program, bound: BoundProperty) -> None:
        self._run, self._program, self._bound = run, program, bound
        self._compiled: dict[Atom, Generated] = {}

    def value(self, atom: Atom, position: int, state: State) -> bool:
        """The value in a state; raises Divergence."""
        plain = self._plain(atom, position, state)
        return self._read(atom, position, state) if plain is None else plain

    def _plain(self, atom: Atom, position: int, state: State) -> bool | None:
        """By CPython, from the author's text; None where the text names what only a loop around it gives a value."""
        function = self._bound.mark.function
        self._run.instance.load(state)
        subject = self._run.instance.at(self._bound.site, self._bound.ranks)
        names = {**function.__globals__, function.__code__.co_varnames[0]: subject}
        with parameters_bound(self._run.tree.binding):
            try:
                return bool(eval(atom.text, names))
            except NameError:
                return None
            except Exception as error:
                raise Divergence(position, f"`{atom.text}` has no value: {error}") from None

    def _read(self, atom: Atom, position: int, state: State) -> bool:
        if atom not in self._compiled:
            asked = Property(atom.text, PropertyKind.INVARIANT, "", self._program.actions[0].span, atom.block)
            self._compiled[atom] = Generated(replace(self._program, inits=(), actions=(), properties=(asked,)))
        value = self._compiled[atom].evaluate(0, state)
        if isinstance(value, Check):
            raise Divergence(position, f"`{atom.text}` has no value: {value.message}")
        return value
