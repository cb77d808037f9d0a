"""A trace exists only if the plain run walks it, and it says what really ran."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from trace_specs import RECEIVE, Spec, endings, receive

from uringcheck.diagnostics import EngineDisagreement, InternalError, Span, UsageError
from uringcheck.explore.outcome import FailedStep, Path, Step
from uringcheck.ir.nodes import Failure
from uringcheck.trace.identity import identity, parse_identity, parse_step, step_text
from uringcheck.trace.model import Trace
from uringcheck.trace.replay import Divergence, follow, replayed
from uringcheck.trace.slice import last_writer, slice_of


@pytest.fixture(scope="module")
def spec() -> Spec:
    """The receive model, searched."""
    return receive()


def typed(spec: Spec, text: str, about: str) -> Trace:
    """The trace of steps typed by hand."""
    path = follow(spec.run, spec.program, *parse_identity(text, spec.program))
    return replayed(spec.run, spec.program, path, about)


def line_of(text: str) -> int:
    """The line of the receive model that holds this text."""
    found = [number for number, line in enumerate(RECEIVE.splitlines(), 1) if text in line]
    assert len(found) == 1
    return found[0]


def test_the_shortest_paths_of_the_search_are_confirmed(spec: Spec) -> None:
    """Every path of a search becomes a trace with the same states, told as typed steps."""
    assert set(spec.paths) == {"no_buffer_lost", "stays_armed", "both_seen"}
    for about, path in spec.paths.items():
        trace = spec.trace(about)
        assert trace.states == path.states
        assert [step.action for step in trace.steps] == [step.action for step in path.steps]
    assert identity(spec.trace("no_buffer_lost")) == "begin(armed=yes); peer[0].send(n=1); recv_one(b=0); recv_one(b=1)"


def test_a_careful_receive_has_no_trace_of_a_lost_buffer() -> None:
    """The seeded bug is what the traces are about: without it there are none."""
    assert "no_buffer_lost" not in receive("careful.py", careful=True).paths


def test_executed_lines_reads_and_writes_of_a_step_are_recorded(spec: Spec) -> None:
    """The lines are those that ran, the helper's too, and each changed place knows the line that changed it."""
    lost = spec.trace("no_buffer_lost").steps[-1]
    ran = {
        "require(self.armed and",
        "require(any(",
        "require(not self.careful",
        "cqe = Cqe(",
        "if self.ring.post(cqe):",
        "if self.entries.full:",
        "return False",
        "Owner.LOST\n",
        "self.armed = False",
    }
    numbers = sorted(line_of(text.rstrip()) for text in ran - {"Owner.LOST\n"})
    lost_line = line_of("self.owner[b] = Owner.LOST")
    assert lost.lines == tuple(f"<receive.py>:{n}" for n in sorted([*numbers, lost_line]))
    assert dict(lost.wrote) == {
        "owner[1]": f"<receive.py>:{lost_line}",
        "armed": f"<receive.py>:{line_of('self.armed = False')}",
    }
    assert lost.reads == ("owner[1]", "armed", "ring.entries", "peer[0].sent")


def test_branches_say_which_way_they_went_and_what_they_saw(spec: Spec) -> None:
    """The `if` that was not taken is recorded with the values its condition read, in helpers too."""
    posted, lost = spec.trace("no_buffer_lost").steps[1:]
    assert [(branch.test, branch.taken) for branch in posted.branches] == [
        ("self.entries.full", False),
        ("self.ring.post(cqe)", True),
    ]
    assert [(branch.test, branch.taken, branch.saw) for branch in lost.branches] == [
        ("self.entries.full", True, (("ring.entries", "[Cqe(bid=0, more=yes)]"),)),
        ("self.ring.post(cqe)", False, (("ring.entries", "[Cqe(bid=0, more=yes)]"),)),
    ]


def test_what_else_was_possible_is_listed_for_every_state(spec: Spec) -> None:
    """The enabled steps are those of the plain run, as they are typed."""
    trace = spec.trace("no_buffer_lost")
    assert trace.enabled[0] == (
        "peer[0].send(n=1)",
        "peer[0].send(n=2)",
        "peer[1].send(n=1)",
        "peer[1].send(n=2)",
        "tick",
    )
    for step, enabled in zip(trace.steps, trace.enabled, strict=False):
        assert step.text in enabled


def test_replaying_leaves_a_debugger_where_it_was(spec: Spec) -> None:
    """The line tracer of the replay gives way to the one that was there before."""

    def tracer(*_: object) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        spec.trace("no_buffer_lost")
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


def test_steps_that_do_not_influence_the_property_are_known(spec: Spec) -> None:
    """Ticking is no part of it, nor is a second peer's send once the first one has sent."""
    text = "begin(armed=no); tick; peer[0].send(n=1); arm; peer[1].send(n=1); recv_one(b=0); tick; recv_one(b=1)"
    trace = typed(spec, text, "no_buffer_lost")
    found = slice_of(trace)
    assert found.steps == (2, 3, 5, 7)
    assert found.aside(trace) == (1, 4, 6)
    assert last_writer(trace, "ring.entries", 7) == 5
    assert last_writer(trace, "armed", 3) == 0


def tampered(path: Path) -> list[Path]:
    """The path with one thing wrong, in many ways."""
    made = []
    for number, state in enumerate(path.states):
        changed = (*state[:2], *state[2:-1], tuple(2 - sent for sent in state[-1]))
        unrelated = (
            *state[:4],
            *((1 - value if isinstance(value, int) else value) for value in state[4:5]),
            *state[5:],
        )
        for other in (changed, unrelated):
            if other != state:
                made.append(replace(path, states=(*path.states[:number], other, *path.states[number + 1 :])))
    for number in range(len(path.steps)):
        without = (*path.steps[:number], *path.steps[number + 1 :])
        made.append(replace(path, steps=without))
        made.append(replace(path, steps=without, states=(*path.states[:number], *path.states[number + 1 :])))
        for other_step in (Step("reap"), Step("recv_one", (7,)), Step("recv_one"), Step("no_such_action")):
            made.append(replace(path, steps=(*path.steps[:number], other_step, *path.steps[number + 1 :])))
    made.append(replace(path, start=Step("begin", (False,))))
    made.append(replace(path, start=Step("init")))
    made.append(replace(path, states=path.states[:-1], steps=path.steps[:-1]))
    failed = FailedStep(Failure.DOMAIN, "", Span("", 0))
    made.append(replace(path, failed=failed))
    made.append(replace(path, failed=failed, states=path.states[:-1]))
    return made


def test_no_tampered_path_becomes_a_trace(spec: Spec) -> None:
    """Another value, step, start or end: each is a disagreement of two engines."""
    path = spec.paths["no_buffer_lost"]
    wrong = tampered(path)
    assert len(wrong) > 25
    for one in wrong:
        with pytest.raises(EngineDisagreement):
            replayed(spec.run, spec.program, one, "no_buffer_lost")


@pytest.mark.parametrize("about", ["domain", "assert", "no_deadlock", "both_seen"])
def test_a_path_about_another_property_is_not_confirmed(spec: Spec, about: str) -> None:
    """The plain run judges what the path claims, and it is not that."""
    with pytest.raises(EngineDisagreement):
        replayed(spec.run, spec.program, spec.paths["no_buffer_lost"], about)


def test_a_path_about_nothing_known_is_a_mistake_of_the_caller(spec: Spec) -> None:
    """A name that is no property is an internal error, not a verdict."""
    with pytest.raises(InternalError, match="no_such_property"):
        replayed(spec.run, spec.program, spec.paths["no_buffer_lost"], "no_such_property")


def test_a_failing_step_ends_at_its_source() -> None:
    """It counts as a step, has no state, and says how and where it failed."""
    spec = endings(0)
    trace = spec.trace("domain")
    assert (len(trace.steps), len(trace.states)) == (3, 3)
    assert trace.failed is not None
    assert trace.failing is trace.steps[-1]
    assert trace.failed.message == "push to a full queue (capacity 2)"
    assert trace.failed.where.startswith("<endings0False.py>:")
    assert trace.steps[-1].reads == ("n", "kind", "q")


def test_a_failed_assertion_is_told_with_its_message() -> None:
    """The author's own words."""
    trace = endings(1).trace("assert")
    assert trace.failed is not None
    assert trace.failed.message == "the counter is 1"
    assert trace.steps[-1].branches[0].test == "self.kind == 1"


def test_a_deadlock_is_confirmed_by_having_no_successor() -> None:
    """And what the guards read is what it depends on."""
    trace = endings(2).trace("no_deadlock")
    assert trace.about.reads == ("kind", "q")
    assert trace.enabled[-1] == ()


def test_a_failing_start_is_a_trace_without_states() -> None:
    """The `@init` action failed: there is no initial state to show."""
    trace = endings(3).trace("assert")
    assert trace.states == ()
    assert trace.steps == ()
    assert trace.failing is trace.start
    assert trace.failed is not None
    assert trace.failed.message == "there is no fourth ending"


def test_a_property_that_cannot_be_evaluated_is_a_failure_too() -> None:
    """The trace says which property it was, and no step is to blame."""
    trace = endings(2, judged=True).trace("domain")
    assert trace.failed is not None
    assert trace.failed.judged == "head_is_small"
    assert trace.failing is None
    assert trace.about.reads == ("q",)


def test_every_step_can_be_typed_and_read_back(spec: Spec) -> None:
    """All instances of all actions, indices in the path."""
    texts = []
    for action in spec.program.actions:
        for arguments in action.instances():
            text = step_text(action, arguments)
            texts.append(text)
            assert parse_step(text, spec.program.actions) == Step(action.name, arguments)
    assert len(texts) == len(set(texts))
    assert "peer[1].send(n=2)" in texts


def test_typed_steps_may_be_written_freely(spec: Spec) -> None:
    """Spaces, empty parentheses, true for yes."""
    start, steps = parse_identity("begin( armed = true ) ;arm(); peer[ 0 ].send(n = 1);", spec.program)
    assert start == Step("begin", (True,))
    assert steps == (Step("arm"), Step("peer.send", (0, 1)))


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("ream", "did you mean `reap`?"),
        ("recv_one", "recv_one(b=0)"),
        ("recv_one(b=5)", "recv_one(b=0)"),
        ("recv_one(b=0, b=1)", "recv_one(b=0)"),
        ("peer.send(n=1)", "peer[0].send(n=1)"),
        ("peer[2].send(n=1)", "peer[0].send(n=1)"),
        ("qqqqqq", "actions: "),
    ],
)
def test_a_step_that_does_not_exist_is_refused_with_what_to_type(spec: Spec, text: str, help_: str) -> None:
    """UC025 and the nearest thing."""
    with pytest.raises(UsageError) as caught:
        parse_identity(text, spec.program)
    assert caught.value.diagnostics[0].code == "UC025"
    assert help_ in caught.value.diagnostics[0].help


def test_following_stops_where_a_step_is_not_enabled(spec: Spec) -> None:
    """The divergence says at which step; without a start there must be only one."""
    start, steps = parse_identity("begin(armed=yes); peer[0].send(n=1); reap", spec.program)
    with pytest.raises(Divergence, match="at step 2: `reap` is not enabled"):
        follow(spec.run, spec.program, start, steps)
    with pytest.raises(Divergence, match="there are 2 ways to start"):
        follow(spec.run, spec.program, None, steps)
