"""Every declaration and every word of the language, as both type checkers accept it."""

import enum
from typing import ClassVar, Final

from uringcheck import (
    Fair,
    Map,
    Model,
    Parts,
    Preset,
    Queue,
    Record,
    SetOf,
    action,
    always,
    always_eventually,
    choice,
    constraint,
    cover,
    eventually,
    eventually_always,
    everything,
    field,
    final,
    happens,
    implies,
    init,
    interchangeable,
    ints,
    leads_to,
    link,
    map_of,
    maybe,
    one_of,
    param,
    part,
    parts,
    preset,
    queue,
    reachable,
    replace,
    require,
    set_of,
    slot,
    step,
    strong,
    strong_each,
    temporal,
    toggle,
    var,
    weak,
    weak_each,
)

SIZE = param(2, 1, 4, "a size that records and parts share")
fast = toggle(True, "a switch")

Desk = interchangeable(0, SIZE)


@interchangeable
class Shift(enum.Enum):
    """When somebody works."""

    EARLY = 0
    LATE = 1


class Phase(enum.Enum):
    """Where it is."""

    IDLE = 0
    BUSY = 1


class Item(Record):
    """Something queued."""

    number: int = field(0, SIZE)
    owner: int | None = field(maybe(ints(0, 1)))
    more: bool
    phase: Phase

    @property
    def last(self) -> bool:
        """Whether nothing follows."""
        return not self.more


FIRST = Item(number=0, owner=None, more=False, phase=Phase.IDLE)


class Ring(Model):
    """A part with a parameter of its own."""

    CAP: Final[int] = param(2, 1, 4, "items")
    items: Queue[Item] = queue(CAP, Item)
    total: int = var(0, 8)

    def put(self, item: Item) -> None:
        """Queue an item."""
        self.items.push(item)
        self.total = min(self.total + item.number, 8)

    @action(fair=Fair.WEAK)
    def take(self) -> None:
        """Take the head."""
        require(not self.items.empty)
        item = self.items.pop()
        if item.last:
            self.total -= item.number if item.number <= self.total else 0


class Worker(Model):
    """A part that uses another."""

    ring: Ring = link()
    phase: Phase = var(Phase.IDLE)
    held: int | None = var(maybe(ints(0, 3)))

    @action(lane="worker")
    def work(self, number: int = one_of(0, SIZE), more: bool = one_of(bool), to: Phase = one_of(Phase)) -> None:
        """Work."""
        require(not self.ring.items.full and self.phase != to)
        self.phase = to
        self.held = number
        if self.held is not None and self.held > 1:
            self.held -= 1
        self.ring.put(Item(number=number, owner=None, more=more, phase=to))
        cover(more)


PLAIN = preset("plain", "nothing", among=(fast,), sizes={SIZE: 2})


class Whole(Model):
    """A model of parts."""

    PRESETS: ClassVar[tuple[Preset, ...]] = (PLAIN, PLAIN.plus("fast", "fast", fast), PLAIN.minus("slow", "slow", fast))

    start_phase: Final[Phase] = choice(Phase.IDLE, "how it starts")
    quick: Final[bool] = toggle(False, "a switch of its own")
    ring: Ring = part(CAP=SIZE)
    workers: Parts[Worker] = parts(ints(0, 1))
    seen: SetOf[int] = set_of(ints(0, 3), start=(1, 2))
    all_seen: SetOf[Phase] = set_of(Phase, start=everything)
    counts: Map[int, int] = map_of(ints(0, 1), ints(0, 3), start=1)
    queues: Map[Phase, Queue[int]] = map_of(Phase, queue(2, ints(0, 1)))
    first: Item = var(FIRST)
    Place = interchangeable(1, SIZE)
    taken: Map[int, int | None] = map_of(Place, maybe(Desk))
    shifts: SetOf[Shift] = set_of(Shift)

    @init
    def start(self, number: int = one_of(0, 3)) -> None:
        """Start."""
        self.seen.add(number)

    @action
    def tidy(self, who: int = one_of(0, 1), at: int = one_of(Desk), shift: Shift = one_of(Shift)) -> None:
        """Tidy up."""
        require(any(self.taken[place] is None for place in self.Place) or all(at != desk for desk in Desk))
        require(any(item.more for item in self.ring.items) or self.quick)
        for number in self.seen:
            if number in (0, 3):
                self.seen.discard(number)
        self.counts[who] += len(self.seen) - sum(self.counts[i] for i in self.counts)
        self.queues[Phase.BUSY].push(who)
        self.first = replace(self.first, more=self.workers[who].phase == self.start_phase)
        assert self.seen <= self.seen | self.seen, "sets grow"
        for place in self.Place:
            self.taken[place] = at
        self.shifts.add(shift)


@always
def counted(m: Whole) -> bool:
    """Counts are small."""
    return all(implies(m.counts[i] > 1, m.quick) for i in range(2))


@step
def forward(before: Ring, after: Ring) -> bool:
    """The total grows."""
    return before.total <= after.total


@final
def done(m: Whole) -> bool:
    """Anything may be the end."""
    return True


@reachable
def full(m: Ring) -> bool:
    """The ring fills."""
    return m.items.full


@constraint
def small(m: Whole) -> bool:
    """Little is seen."""
    return len(m.seen) < 3


@temporal
def declared(m: Ring) -> bool:
    """Under declared fairness the ring empties."""
    return leads_to(m.items.full, m.items.empty)


@temporal(weak(Whole.ring.take), strong(Whole.tidy), weak_each(Whole.workers[0].work), strong_each(Ring.take))
def listed(m: Whole) -> bool:
    """A formula of everything."""
    return (eventually(m.quick) or always_eventually(happens(Whole.tidy))) and not eventually_always(m.seen.empty)


class Slotted(Model):
    """A model that leaves a part to whoever runs it."""

    ring: Ring = part()
    worker: Worker = slot("contract", folder="workers")
