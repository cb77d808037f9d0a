"""Small specs whose behaviours the tests of traces and stories tell, and the shortest way to their traces."""

from __future__ import annotations

from dataclasses import replace

from uringcheck.explore.outcome import Path, Request
from uringcheck.explore.search import search
from uringcheck.ir.program import Program
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_text, models_in
from uringcheck.lang.plain import PlainRun
from uringcheck.lang.tree import elaborate
from uringcheck.trace.model import Trace
from uringcheck.trace.replay import replayed

#: A receive into provided buffers that loses one when the queue is full. Every kind of variable occurs.
RECEIVE = '''\
import enum
from typing import Final

from uringcheck import (
    Map, Model, Parts, Queue, Record, SetOf, action, always, field, implies, init, ints, map_of, maybe, one_of, param,
    part, parts, queue, reachable, require, set_of, step, toggle, var,
)


class Owner(enum.Enum):
    POOL = 0
    RING = 1
    LOST = 2


class Cqe(Record):
    bid: int = field(0, 1)
    more: bool


class Ring(Model):
    """The completion queue."""

    SIZE: Final[int] = param(1, 1, 4, "entries")
    entries: Queue[Cqe] = queue(SIZE, Cqe)

    def post(self, cqe: Cqe) -> bool:
        """Whether there was room."""
        if self.entries.full:
            return False
        self.entries.push(cqe)
        return True


class Peer(Model):
    """Who sends."""

    sent: int = var(0, 2)

    @action
    def send(self, n: int = one_of(1, 2)) -> None:
        """The peer sends n units at once."""
        require(self.sent + n <= 2)
        self.sent += n


class Receive(Model):
    """Two provided buffers, one completion queue, two peers."""

    careful: Final[bool] = toggle(False, "a buffer is only taken when there is room for its completion")
    ring: Ring = part()
    peer: Parts[Peer] = parts(ints(0, 1))
    owner: Map[int, Owner] = map_of(ints(0, 1), Owner)
    armed: bool = var(False)
    last: Cqe | None = var(maybe(Cqe))
    seen: SetOf[int] = set_of(ints(0, 1))
    unrelated: int = var(0, 3)

    @init
    def begin(self, armed: bool = one_of(bool)) -> None:
        """The request may be armed from the start."""
        self.armed = armed

    @action
    def tick(self) -> None:
        """Something that has nothing to do with it."""
        require(self.unrelated < 3)
        self.unrelated += 1

    @action
    def arm(self) -> None:
        """The application arms the receive."""
        require(not self.armed)
        self.armed = True

    @action
    def recv_one(self, b: int = one_of(0, 1)) -> None:
        """The kernel receives into buffer b."""
        require(self.armed and self.owner[b] == Owner.POOL)
        require(any(self.peer[i].sent > 0 for i in self.peer))
        require(not self.careful or not self.ring.entries.full)
        cqe = Cqe(bid=b, more=True)
        if self.ring.post(cqe):
            self.owner[b] = Owner.RING
            self.last = cqe
        else:
            self.owner[b] = Owner.LOST
            self.armed = False

    @action
    def reap(self) -> None:
        """The application consumes a completion and gives the buffer back."""
        require(not self.ring.entries.empty)
        cqe = self.ring.entries.pop()
        self.owner[cqe.bid] = Owner.POOL
        self.seen.add(cqe.bid)


@always
def no_buffer_lost(m: Receive) -> bool:
    """Every provided buffer is always somewhere the program can reach."""
    return all(m.owner[b] != Owner.LOST for b in m.owner)


@step
def stays_armed(before: Receive, after: Receive) -> bool:
    """A request that is armed stays armed."""
    return implies(before.armed, after.armed)


@reachable
def both_seen(m: Receive) -> bool:
    """The application can see both buffers."""
    return len(m.seen) == 2
'''

#: Ends in one of four ways, by the size it starts with.
ENDINGS = '''\
from uringcheck import Model, Queue, action, always, final, init, ints, one_of, queue, require, var


class Endings(Model):
    """A counter and a queue of two places."""

    n: int = var(0, 6)
    kind: int = var(0, 3)
    q: Queue[int] = queue(2, ints(0, 6))

    @init
    def start(self, kind: int = one_of(KIND, KIND)) -> None:
        """Choose how it will end."""
        assert kind < 3, "there is no fourth ending"
        self.kind = kind

    @action
    def push(self) -> None:
        """Push the counter."""
        require(self.kind != 2 or len(self.q) < 2)
        if self.kind == 1:
            assert self.n < 1, "the counter is 1"
        self.n += 1
        self.q.push(self.n)


@always
def head_is_small(m: Endings) -> bool:
    """The head is small; it is looked at before it is known to be there."""
    return JUDGED or m.q.head < 3
'''


class Spec:
    """A spec from text, searched, with a plain run beside it."""

    def __init__(self, text: str, name: str, **params: object) -> None:
        module = load_text(text, f"<{name}>")
        self.tree = elaborate(models_in(module)[-1], params)
        self.run = PlainRun(self.tree)
        self.program: Program = specialise(compile_tree(self.tree))
        self.paths: dict[str, Path] = search(self.program, Request(all_violations=True)).paths

    def trace(self, about: str) -> Trace:
        """The shortest trace about a property, replayed."""
        made = replayed(self.run, self.program, self.paths[about], about, preset="plain")
        return replace(made, tool="uringcheck")  # without its version: snapshots outlive releases


def receive(name: str = "receive.py", text: str = RECEIVE, **params: object) -> Spec:
    """The receive model."""
    return Spec(text, name, **params)


def endings(kind: int, judged: bool = False) -> Spec:
    """The model that fails: 0 a push to a full queue, 1 an assertion, 2 a deadlock, 3 a failing start; or `judged`."""
    text = ENDINGS.replace("KIND", str(kind)).replace("JUDGED", str(not judged))
    return Spec(text, f"endings{kind}{judged}.py")
