"""Seeded bugs in the shipped models: the property that is there for a bug finds it, and finds nothing without it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from uringcheck import Fair, Model, action, part, require
from uringcheck.explore.outcome import Outcome, Request
from uringcheck.explore.search import search
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_invariants
from uringcheck.lang.tree import elaborate
from uringcheck.spec.accept_multishot import AcceptMultishot
from uringcheck.spec.parts.accept_handler import AcceptHandler
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.cqe import Request as Kind
from uringcheck.spec.parts.poll_handler import PollHandler
from uringcheck.spec.parts.polled_request import Phase
from uringcheck.spec.poll_multishot import PollMultishot


class AcceptsOnePerRun(AcceptHandler):
    """Leaves what else is in the backlog to a wake that was merged with this one."""

    @action(fair=Fair.WEAK)
    def accept(self) -> None:
        """Accept one connection and wait."""
        require(self.poll.runs_handler)
        if self.socket.readable and self.cq.takes_aux:
            self.socket.accept()
            fd = self.socket.accepted
            self.cq.post(Cqe(request=Kind.SUBJECT, gen=self.poll.gen, res=fd, bid=None, more=True))
        self.poll.wait()


class AcceptsIntoNothing(AcceptHandler):
    """Accepts where the completion queue has no room, and tells nobody."""

    @action(fair=Fair.WEAK)
    def accept(self) -> None:
        """Accept one connection, and report it if there is room."""
        require(self.poll.runs_handler)
        if not self.socket.readable:
            self.poll.wait()
        else:
            self.socket.accept()
            if self.cq.takes_aux:
                fd = self.socket.accepted
                self.cq.post(Cqe(request=Kind.SUBJECT, gen=self.poll.gen, res=fd, bid=None, more=True))


class ArmsBlindly(PollHandler):
    """Does not ask the file when it arms."""

    @action(fair=Fair.WEAK)
    def add(self) -> None:
        """Wait for the next wake."""
        require(self.poll.phase == Phase.ISSUING)
        self.poll.phase = Phase.WAITING


class OnePerRun(AcceptMultishot):
    """Accept with a handler that does not loop."""

    handler: AcceptsOnePerRun = part()


class IntoNothing(AcceptMultishot):
    """Accept with a handler that drops what does not fit."""

    handler: AcceptsIntoNothing = part()


class Blindly(PollMultishot):
    """Poll that misses what was there before."""

    handler: ArmsBlindly = part()


MUTANTS: tuple[tuple[type[Model], type[Model], Mapping[str, object], str], ...] = (
    (AcceptMultishot, OnePerRun, {}, "never_stuck_accepting"),
    (AcceptMultishot, IntoNothing, {}, "connections_conserved"),
    (AcceptMultishot, AcceptMultishot, {"allow_overflow": True}, "connections_in_order"),
    (AcceptMultishot, AcceptMultishot, {"stop_code": False}, "ecanceled_means_cancelled"),
    (PollMultishot, Blindly, {}, "never_stuck_polling"),
    (PollMultishot, PollMultishot, {"result_on_stop": False}, "ecanceled_means_cancelled"),
    (PollMultishot, PollMultishot, {"allow_overflow": True}, "nothing_after_final"),
)


def explored(model: type[Model], given: Mapping[str, object]) -> Outcome:
    """Everything a search finds in a model."""
    load_invariants()
    return search(specialise(compile_tree(elaborate(model, given))), Request(all_violations=True))


@pytest.mark.parametrize(
    ("model", "mutant", "given", "wanted"), MUTANTS, ids=lambda value: getattr(value, "__name__", None)
)
def test_the_seeded_bug_is_found(
    model: type[Model], mutant: type[Model], given: Mapping[str, object], wanted: str
) -> None:
    """The property holds of the model and is violated by the mutant."""
    right = explored(model, {})
    assert right.complete
    assert wanted not in right.paths
    assert wanted in explored(mutant, given).paths
