"""The words of one worker: where its counters and findings are, and the code that notes them there."""

from __future__ import annotations

from uringcheck.diagnostics.values import value_class
from uringcheck.ir.nodes import Failure
from uringcheck.lower.llvm_text import Code

#: The word of a finding that has not been made.
NOTHING = (1 << 64) - 1

_FAILURES = tuple(Failure)
_FINDING = 3  # words: source, instance, check

#: The words before the counters belong to the search loop.
HEADER = 64

#: The word that counts findings, so that the search loop sees at a glance whether there are new ones.
EVENTS = 0

_RARE = "noinline cold nounwind"


@value_class
class Places:
    """Where in a worker's words things are.

    `cut`, `terminal`, `loops` and `edges` count states outside the constraints, states without successors, states with
    a step to themselves, and distinct pairs. `fired`, `failed` and `new` count per instance; `covers` and `questions`
    are 1 where the place was reached or the question answered. All these are one block from HEADER to `findings`.

    A finding is three words: source, instance, check. There is one for each property that is answered, one for a
    deadlock where nothing is final, and for each kind of failure one for steps and one for each property.
    """

    instances: int
    cover_points: int
    questions_asked: int
    properties: int

    cut = HEADER
    terminal = HEADER + 1
    loops = HEADER + 2
    edges = HEADER + 3
    fired = HEADER + 4

    @property
    def failed(self) -> int:
        """The counters of failed steps."""
        return self.fired + self.instances

    @property
    def new(self) -> int:
        """The counters of states first reached."""
        return self.failed + self.instances

    @property
    def covers(self) -> int:
        """The cover points."""
        return self.new + self.instances

    @property
    def questions(self) -> int:
        """The questions."""
        return self.covers + self.cover_points

    @property
    def findings(self) -> int:
        """The first word behind the counters."""
        return self.questions + self.questions_asked

    def answer(self, position: int) -> int:
        """The finding that answers a property; position -1 is a deadlock where nothing is final."""
        return self.findings + _FINDING * (position + 1)

    def failure(self, kind: Failure, position: int) -> int:
        """The finding of a failed check in a property; position -1 is a step that fails."""
        first = self.findings + _FINDING * (self.properties + 1) * (1 + _FAILURES.index(kind))
        return first + _FINDING * (position + 1)

    @property
    def end(self) -> int:
        """The number of words."""
        return self.findings + _FINDING * (self.properties + 1) * (1 + len(_FAILURES))


def noting(places: Places) -> str:
    """The functions that note findings: rare, so they are kept out of the way of what is not."""
    return f"""define internal void @found(ptr %w, i64 %id, i64 %place, i64 %instance, i64 %check) {_RARE} {{
  %at = getelementptr i64, ptr %w, i64 %place
  %known = load i64, ptr %at
  %first = icmp eq i64 %known, {NOTHING - (1 << 64)}
  br i1 %first, label %fresh, label %done
fresh:
  store i64 %id, ptr %at
  %second = getelementptr i64, ptr %at, i64 1
  store i64 %instance, ptr %second
  %third = getelementptr i64, ptr %at, i64 2
  store i64 %check, ptr %third
  %events = getelementptr i64, ptr %w, i64 {EVENTS}
  %before = load i64, ptr %events
  %after = add i64 %before, 1
  store i64 %after, ptr %events
  br label %done
done:
  ret void
}}

define internal void @failed(ptr %w, ptr %fails, i64 %id, i64 %instance, i64 %place, i64 %check) {_RARE} {{
  %before = load i64, ptr %fails
  %after = add i64 %before, 1
  store i64 %after, ptr %fails
  %counters = getelementptr i64, ptr %w, i64 {places.failed}
  %counter = getelementptr i64, ptr %counters, i64 %instance
  %old = load i64, ptr %counter
  %new = add i64 %old, 1
  store i64 %new, ptr %counter
  call void @found(ptr %w, i64 %id, i64 %place, i64 %instance, i64 %check)
  ret void
}}"""


def word(code: Code, place: str) -> str:
    """The address of a word."""
    return code.op(f"getelementptr i64, ptr %w, i64 {place}")


def put_word(code: Code, place: int, value: str) -> None:
    """Store a value in a word."""
    code.do(f"store i64 {value}, ptr {word(code, str(place))}")


def add_word(code: Code, place: str, value: str) -> None:
    """Add a value to a word."""
    at = word(code, place)
    old = code.op(f"load i64, ptr {at}")
    code.do(f"store i64 {code.op(f'add i64 {old}, {value}')}, ptr {at}")


def found(code: Code, place: int, instance: str, check: int) -> None:
    """Note a finding about `%id` unless it was made before."""
    code.do(f"call void @found(ptr %w, i64 %id, i64 {place}, i64 {instance}, i64 {check})")
