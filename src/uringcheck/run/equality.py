"""Are two models equal, under a declared observation? From the question to a result that says no more than is known.

    isomorphic    they behave alike, and the pairs of states are one to one: the graphs are the same but for names
    bisimilar     they behave alike, though one has states that the other needs only one for
    different     there is a sequence of steps that tells them apart, and the plain run has taken it in both
    not-decided   the search over pairs was cut short; says by what

The first two are what *equal* means. Every action is compared, by its name and arguments. Which variables are is
declared: all of them unless the question names some or hides some.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import replace

from uringcheck.diagnostics import EngineDisagreement, UsageError
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.equality import Comparison, Observed, compare
from uringcheck.explore.outcome import Limits, Progress, Request
from uringcheck.ir import types as ir
from uringcheck.ir.program import Program
from uringcheck.lang.tree import unknown
from uringcheck.run.exit_codes import ExitCode
from uringcheck.run.project import Project
from uringcheck.run.question import Question, Subject, subject
from uringcheck.run.verdicts import why_cut
from uringcheck.trace.differences import Parting, Side, told


class Likeness(enum.Enum):
    """The verdicts, as results and suites spell them."""

    ISOMORPHIC = "isomorphic"
    BISIMILAR = "bisimilar"
    DIFFERENT = "different"
    NOT_DECIDED = "not-decided"

    @property
    def equal(self) -> bool:
        """Whether it means that the models are equal."""
        return self in (Likeness.ISOMORPHIC, Likeness.BISIMILAR)

    @property
    def exit_code(self) -> ExitCode:
        """What a run with this verdict ends with."""
        if self.equal:
            return ExitCode.OK
        return ExitCode.VIOLATED if self is Likeness.DIFFERENT else ExitCode.NOT_DECIDED


@value_class
class EqualityQuestion:
    """Two models and what is compared. `observe` and `hide` name variables, or parts for all variables below them.

    Without `observe` all variables are compared; `actions_only` compares none.
    """

    left: Question
    right: Question
    observe: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    actions_only: bool = False
    limits: Limits = Limits()


@value_class
class Equality:
    """What was found out about two models. `hidden` are the variables that were not compared.

    `note`, `expected` and `expected_steps` come from a suite, where `expected` may also be `equal`.
    """

    left: Subject
    right: Subject
    observed: tuple[str, ...]
    hidden: tuple[str, ...]
    likeness: Likeness
    comparison: Comparison
    reason: str = ""
    parting: Parting | None = None
    note: str = ""
    expected: str | None = None
    expected_steps: int | None = None

    @property
    def steps(self) -> int | None:
        """How many steps tell the models apart."""
        return self.parting.length if self.parting else None

    @property
    def as_expected(self) -> bool:
        """Whether it came out as the suite says."""
        if self.expected == "equal":
            return self.likeness.equal
        return self.likeness.value == self.expected and self.expected_steps in (None, self.steps)


def side(text: str) -> Question:
    """`MODEL[@PRESET][,NAME=VALUE...]` as a question; raises UsageError."""
    name, *settings = (part.strip() for part in text.split(","))
    model, at, preset = name.partition("@")
    params: dict[str, str] = {}
    for setting in settings:
        parameter, equals, value = (part.strip() for part in setting.partition("="))
        if not (parameter and equals and value):
            raise _not_a_side(text, f"`{setting}` is not NAME=VALUE")
        if parameter in params:
            raise _not_a_side(text, f"`{parameter}` is set twice")
        params[parameter] = value
    if not model or (at and not preset):
        raise _not_a_side(text, "there is no name before or after the @" if at else "it names no model")
    return Question(model, preset or None, params)


def _not_a_side(text: str, why: str) -> UsageError:
    help = "write MODEL, MODEL@PRESET or MODEL@PRESET,NAME=VALUE,NAME=VALUE"
    return UsageError.at("UC035", f"`{text}` is no model with its parameters: {why}", help=help)


def prepared(question: EqualityQuestion, project: Project | None = None) -> PreparedEquality:
    """Both models compiled and the observation settled; raises UsageError and SpecError."""
    left, right = subject(question.left, project), subject(question.right, project)
    return PreparedEquality(question, left, right, observation(left.program, right.program, question))


@value_class
class PreparedEquality:
    """A question whose models, parameters and variables all exist."""

    question: EqualityQuestion
    left: Subject
    right: Subject
    observed: tuple[Observed, ...]

    def answer(self, observe: Callable[[Progress], None] | None = None) -> Equality:
        """The answer; `observe` hears how far the search is. Raises EngineDisagreement."""
        left, right = self.left.program, self.right.program
        comparison = compare(left, right, self.observed, Request(self.question.limits, observe=observe))
        names = tuple(one.name for one in self.observed)
        everything = dict.fromkeys(one.name for one in (*left.variables, *right.variables))
        found = Equality(
            self.left,
            self.right,
            names,
            tuple(name for name in everything if name not in names),
            _likeness(comparison),
            comparison,
        )
        if comparison.cut_by is not None:
            found = replace(found, reason=why_cut(comparison.cut_by))
        return replace(found, parting=self._told(comparison)) if comparison.difference else found

    def _told(self, comparison: Comparison) -> Parting:
        from uringcheck.lang.plain import PlainRun

        assert comparison.difference is not None
        sides = [
            Side(PlainRun(one.tree), one.program, asked.model, one.preset)
            for one, asked in ((self.left, self.question.left), (self.right, self.question.right))
        ]
        try:
            return told(sides[0], sides[1], comparison.difference)
        except EngineDisagreement as error:
            from uringcheck.run.bundle import Disagreement, reproduction

            files = {"difference.txt": f"{comparison.difference}\n"}
            for name, one in (("left", self.left), ("right", self.right)):
                files |= {f"{name}-{file}": text for file, text in reproduction(one, one.program).items()}
            raise Disagreement(str(error), files) from error


def _likeness(comparison: Comparison) -> Likeness:
    if comparison.difference is not None:
        return Likeness.DIFFERENT
    if not comparison.alike:
        return Likeness.NOT_DECIDED
    return Likeness.ISOMORPHIC if comparison.one_to_one else Likeness.BISIMILAR


def observation(left: Program, right: Program, question: EqualityQuestion) -> tuple[Observed, ...]:
    """The variables that are compared, in order of declaration. Raises UsageError."""
    places = [{variable.name: position for position, variable in enumerate(one.variables)} for one in (left, right)]
    names = list(dict.fromkeys([*places[0], *places[1]]))
    for word in (*question.observe, *question.hide):
        if not any(_below(name, (word,)) for name in names):
            raise unknown("variable", word, names, "UC036")
    if question.actions_only:
        return ()
    wanted = [name for name in names if not question.observe or _below(name, question.observe)]
    found = []
    for name in wanted:
        if _below(name, question.hide):
            continue
        if name not in places[0] or name not in places[1]:
            only, other = ("left", "right") if name in places[0] else ("right", "left")
            what = f"`{name}` is a variable of the {only} model, and the {other} one has none of that name"
            raise UsageError.at("UC036", what, help=f"--hide {name} compares without it; --observe names what counts")
        one, beyond = left.variable(name).type, right.variable(name).type
        if not comparable(one, beyond):
            what = f"`{name}` is a {one} in the left model and a {beyond} in the right one"
            raise UsageError.at("UC036", what, help=f"--hide {name} compares without it")
        found.append(Observed(name, places[0][name], places[1][name]))
    return tuple(found)


def _below(name: str, words: Iterable[str]) -> bool:
    return any(name == word or name.startswith(word + ".") for word in words)


def comparable(left: ir.Type, right: ir.Type) -> bool:
    """Whether values of the two types mean the same when they are encoded alike: bounds and capacities may differ."""
    match left, right:
        case (ir.Int(), ir.Int()) | (ir.Bool(), ir.Bool()):
            return True
        case ir.Enum(), ir.Enum():
            return left.members == right.members
        case ir.Option(), ir.Option():
            return comparable(left.item, right.item)
        case ir.Queue(), ir.Queue():
            return comparable(left.item, right.item)
        case ir.Record(), ir.Record():
            return len(left.fields) == len(right.fields) and all(
                name == other and comparable(one, beyond)
                for (name, one), (other, beyond) in zip(left.fields, right.fields, strict=True)
            )
        case ir.Map(), ir.Map():
            return left.index == right.index and comparable(left.item, right.item)
        case ir.Set(), ir.Set():
            return left.item == right.item
        case _:
            return False
