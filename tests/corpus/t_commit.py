"""What it means that a transaction commits: the abstraction that two-phase commit refines."""

from enum import Enum
from typing import Final

from uringcheck import Map, Model, action, always, final, ints, map_of, one_of, param, require


class Manager(Enum):
    """Where a resource manager stands with its part of the transaction."""

    WORKING = 0
    PREPARED = 1
    COMMITTED = 2
    ABORTED = 3


class TCommit(Model):
    """Resource managers that decide together, by magic, whether the transaction commits."""

    MANAGERS: Final[int] = param(3, 1, 8, "resource managers")
    manager: Map[int, Manager] = map_of(ints(1, MANAGERS), Manager)

    @action
    def prepare(self, rm: int = one_of(1, MANAGERS)) -> None:
        """A manager has done its work and awaits the decision."""
        require(self.manager[rm] == Manager.WORKING)
        self.manager[rm] = Manager.PREPARED

    @action
    def commit(self, rm: int = one_of(1, MANAGERS)) -> None:
        """A prepared manager commits, now that all are prepared or have committed."""
        require(self.manager[rm] == Manager.PREPARED)
        require(all(self.manager[i] in (Manager.PREPARED, Manager.COMMITTED) for i in self.manager))
        self.manager[rm] = Manager.COMMITTED

    @action
    def abort(self, rm: int = one_of(1, MANAGERS)) -> None:
        """A manager aborts, as long as nobody has committed."""
        require(self.manager[rm] in (Manager.WORKING, Manager.PREPARED))
        require(all(self.manager[i] != Manager.COMMITTED for i in self.manager))
        self.manager[rm] = Manager.ABORTED


@always
def all_decide_alike(m: TCommit) -> bool:
    """No manager has aborted while another has committed."""
    return not (
        any(m.manager[i] == Manager.ABORTED for i in m.manager)
        and any(m.manager[i] == Manager.COMMITTED for i in m.manager)
    )


@final
def everybody_has_decided(m: TCommit) -> bool:
    """The transaction ends with all managers committed, or all aborted."""
    return all(m.manager[i] == Manager.COMMITTED for i in m.manager) or all(
        m.manager[i] == Manager.ABORTED for i in m.manager
    )
