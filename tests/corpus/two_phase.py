"""Two-phase commit: a transaction manager collects promises and announces the decision."""

from enum import Enum
from typing import Final

from uringcheck import (
    Map,
    Model,
    SetOf,
    action,
    always,
    eventually,
    ints,
    map_of,
    one_of,
    param,
    require,
    set_of,
    step,
    temporal,
    var,
    weak,
)


class Manager(Enum):
    """Where a resource manager stands with its part of the transaction."""

    WORKING = 0
    PREPARED = 1
    COMMITTED = 2
    ABORTED = 3


class Decision(Enum):
    """What the transaction manager has announced."""

    NONE = 0
    COMMIT = 1
    ABORT = 2


class TwoPhase(Model):
    """One transaction manager and MANAGERS resource managers that exchange messages.

    A message once sent stays, and may be received again: a receiver need not receive, so loss and delay are covered.
    """

    MANAGERS: Final[int] = param(3, 1, 8, "resource managers")
    manager: Map[int, Manager] = map_of(ints(1, MANAGERS), Manager)
    decision: Decision = var(Decision.NONE)
    known_prepared: SetOf[int] = set_of(ints(1, MANAGERS))
    prepared_sent: SetOf[int] = set_of(ints(1, MANAGERS))
    commit_sent: bool = var(False)
    abort_sent: bool = var(False)

    @action
    def receive_prepared(self, rm: int = one_of(1, MANAGERS)) -> None:
        """The transaction manager learns that a resource manager is prepared."""
        require(self.decision == Decision.NONE and rm in self.prepared_sent)
        self.known_prepared.add(rm)

    @action
    def decide_commit(self) -> None:
        """The transaction manager, knowing all are prepared, announces commit."""
        require(self.decision == Decision.NONE and len(self.known_prepared) == self.MANAGERS)
        self.decision = Decision.COMMIT
        self.commit_sent = True

    @action
    def decide_abort(self) -> None:
        """The transaction manager announces abort, for whatever reason."""
        require(self.decision == Decision.NONE)
        self.decision = Decision.ABORT
        self.abort_sent = True

    @action
    def prepare(self, rm: int = one_of(1, MANAGERS)) -> None:
        """A resource manager has done its work and says so."""
        require(self.manager[rm] == Manager.WORKING)
        self.manager[rm] = Manager.PREPARED
        self.prepared_sent.add(rm)

    @action
    def give_up(self, rm: int = one_of(1, MANAGERS)) -> None:
        """A resource manager aborts by itself and tells nobody."""
        require(self.manager[rm] == Manager.WORKING)
        self.manager[rm] = Manager.ABORTED

    @action
    def receive_commit(self, rm: int = one_of(1, MANAGERS)) -> None:
        """A resource manager reads that the decision is commit."""
        require(self.commit_sent)
        self.manager[rm] = Manager.COMMITTED

    @action
    def receive_abort(self, rm: int = one_of(1, MANAGERS)) -> None:
        """A resource manager reads that the decision is abort."""
        require(self.abort_sent)
        self.manager[rm] = Manager.ABORTED


@always
def all_decide_alike(m: TwoPhase) -> bool:
    """No resource manager has aborted while another has committed."""
    return not (
        any(m.manager[rm] == Manager.ABORTED for rm in m.manager)
        and any(m.manager[rm] == Manager.COMMITTED for rm in m.manager)
    )


@always
def one_decision(m: TwoPhase) -> bool:
    """Commit and abort are never both announced, and what is announced was decided."""
    return m.commit_sent == (m.decision == Decision.COMMIT) and m.abort_sent == (m.decision == Decision.ABORT)


@always
def only_what_was_sent_is_known(m: TwoPhase) -> bool:
    """The transaction manager knows nobody to be prepared who did not say so."""
    return m.known_prepared <= m.prepared_sent


@always
def none_committed(m: TwoPhase) -> bool:
    """No resource manager commits."""
    return all(m.manager[rm] != Manager.COMMITTED for rm in m.manager)


@always
def some_not_aborted(m: TwoPhase) -> bool:
    """Not all resource managers abort."""
    return any(m.manager[rm] != Manager.ABORTED for rm in m.manager)


@step
def refines_transaction_commit(before: TwoPhase, after: TwoPhase) -> bool:
    """For the resource managers every step is one of transaction commit, or nothing: at most one moves, and it may."""
    return sum(1 for rm in before.manager if before.manager[rm] != after.manager[rm]) <= 1 and all(
        before.manager[rm] == after.manager[rm]
        or (before.manager[rm] == Manager.WORKING and after.manager[rm] == Manager.PREPARED)
        or (
            before.manager[rm] == Manager.PREPARED
            and after.manager[rm] == Manager.COMMITTED
            and all(before.manager[other] in (Manager.PREPARED, Manager.COMMITTED) for other in before.manager)
        )
        or (
            before.manager[rm] in (Manager.WORKING, Manager.PREPARED)
            and after.manager[rm] == Manager.ABORTED
            and all(before.manager[other] != Manager.COMMITTED for other in before.manager)
        )
        for rm in before.manager
    )


@temporal()
def all_decide_without_fairness(m: TwoPhase) -> bool:
    """Every resource manager commits or aborts, though nothing obliges anybody to move."""
    return eventually(all(m.manager[rm] in (Manager.COMMITTED, Manager.ABORTED) for rm in m.manager))


@temporal(
    weak(
        TwoPhase.receive_prepared,
        TwoPhase.decide_commit,
        TwoPhase.decide_abort,
        TwoPhase.prepare,
        TwoPhase.give_up,
        TwoPhase.receive_commit,
        TwoPhase.receive_abort,
    )
)
def all_decide_if_something_moves(m: TwoPhase) -> bool:
    """Every resource manager commits or aborts, as long as something that can happen does."""
    return eventually(all(m.manager[rm] in (Manager.COMMITTED, Manager.ABORTED) for rm in m.manager))
