"""An allocator that hands out whatever is free: safe, and fair to nobody by itself."""

from enum import Enum
from typing import Final

from uringcheck import (
    Map,
    Model,
    SetOf,
    action,
    always,
    always_eventually,
    interchangeable,
    leads_to,
    map_of,
    one_of,
    param,
    require,
    set_of,
    strong_each,
    temporal,
    weak_each,
)


@interchangeable
class Resource(Enum):
    """What clients want for themselves."""

    PRINTER = 0
    SCANNER = 1


class SimpleAllocator(Model):
    """CLIENTS clients that ask for sets of resources, receive them in pieces and give them back in pieces.

    With two resources every non-empty set is {one, other} for some pair of them, the same twice allowed. Giving back
    everything is an action of its own, in two halves, because fairness is assumed of it and of each half.
    """

    CLIENTS: Final[int] = param(3, 1, 6, "clients")
    Client = interchangeable(1, CLIENTS)
    wanted: Map[int, SetOf[Resource]] = map_of(Client, set_of(Resource))
    held: Map[int, SetOf[Resource]] = map_of(Client, set_of(Resource))

    def free(self, resource: Resource) -> bool:
        """Whether nobody holds a resource."""
        return not any(resource in self.held[client] for client in self.held)

    @action
    def ask(
        self,
        client: int = one_of(Client),
        one: Resource = one_of(Resource),
        other: Resource = one_of(Resource),
    ) -> None:
        """A client that has nothing and waits for nothing asks for a set."""
        require(self.wanted[client].empty and self.held[client].empty)
        self.wanted[client].add(one)
        self.wanted[client].add(other)

    @action
    def hand_out(
        self,
        client: int = one_of(Client),
        one: Resource = one_of(Resource),
        other: Resource = one_of(Resource),
    ) -> None:
        """The allocator gives a client free resources it asked for."""
        require(one in self.wanted[client] and other in self.wanted[client])
        require(self.free(one) and self.free(other))
        self.held[client].add(one)
        self.held[client].add(other)
        self.wanted[client].discard(one)
        self.wanted[client].discard(other)

    @action
    def give_back_part(self, client: int = one_of(Client), one: Resource = one_of(Resource)) -> None:
        """A client gives back one of its resources and keeps the other."""
        require(one in self.held[client] and len(self.held[client]) > 1)
        self.held[client].remove(one)

    @action
    def give_back_all_waiting(self, client: int = one_of(Client)) -> None:
        """A client that still waits for more gives back all it holds."""
        require(not self.held[client].empty and not self.wanted[client].empty)
        self.held[client].clear()

    @action
    def give_back_all_served(self, client: int = one_of(Client)) -> None:
        """A client that waits for nothing gives back all it holds."""
        require(not self.held[client].empty and self.wanted[client].empty)
        self.held[client].clear()


@always
def held_by_one(m: SimpleAllocator) -> bool:
    """No two clients hold the same resource."""
    return all(one == other or m.held[one].isdisjoint(m.held[other]) for one in m.held for other in m.held)


@always
def held_is_not_wanted(m: SimpleAllocator) -> bool:
    """No client waits for what it holds."""
    return all(m.held[client].isdisjoint(m.wanted[client]) for client in m.held)


@always
def never_crosswise(m: SimpleAllocator) -> bool:
    """No two clients each hold what the other waits for."""
    return not any(
        not (m.held[one] & m.wanted[other]).empty and not (m.held[other] & m.wanted[one]).empty
        for one in m.held
        for other in m.held
    )


# Fairness is of an action or of each of its instances. The original's fairness of giving back, per client, is that of
# the two halves: while a client holds something its waiting can end but not begin. The original's fairness of handing
# out *something* to a client lies between: strong fairness of each set is more, weak fairness of each set is neither
# more nor less. The verdicts are the same under both readings.


@temporal()
def served_clients_give_back_without_fairness(m: SimpleAllocator) -> bool:
    """A client that waits for nothing holds nothing some time, though nobody need ever move."""
    return all(leads_to(m.wanted[client].empty, m.held[client].empty) for client in m.held)


@temporal(weak_each(SimpleAllocator.give_back_all_waiting, SimpleAllocator.give_back_all_served))
def served_clients_give_back(m: SimpleAllocator) -> bool:
    """A client that waits for nothing holds nothing some time, as long as clients give back."""
    return all(leads_to(m.wanted[client].empty, m.held[client].empty) for client in m.held)


@temporal(
    weak_each(SimpleAllocator.give_back_all_waiting, SimpleAllocator.give_back_all_served),
    weak_each(SimpleAllocator.hand_out),
)
def wishes_granted_by_a_weakly_fair_allocator(m: SimpleAllocator) -> bool:
    """A client gets what it waits for, as long as what could be handed out all the time is."""
    return all(
        leads_to(resource in m.wanted[client], resource in m.held[client]) for client in m.held for resource in Resource
    )


@temporal(
    weak_each(SimpleAllocator.give_back_all_waiting, SimpleAllocator.give_back_all_served),
    strong_each(SimpleAllocator.hand_out),
)
def wishes_granted_by_a_strongly_fair_allocator(m: SimpleAllocator) -> bool:
    """A client gets what it waits for, as long as what could be handed out again and again is."""
    return all(
        leads_to(resource in m.wanted[client], resource in m.held[client]) for client in m.held for resource in Resource
    )


@temporal(weak_each(SimpleAllocator.give_back_all_served), strong_each(SimpleAllocator.hand_out))
def wishes_granted_if_only_served_clients_give_back(m: SimpleAllocator) -> bool:
    """A client gets what it waits for, though clients who wait for more need not give back."""
    return all(
        leads_to(resource in m.wanted[client], resource in m.held[client]) for client in m.held for resource in Resource
    )


@temporal(
    weak_each(SimpleAllocator.give_back_all_waiting, SimpleAllocator.give_back_all_served),
    weak_each(SimpleAllocator.hand_out),
)
def served_again_and_again_by_a_weakly_fair_allocator(m: SimpleAllocator) -> bool:
    """Every client waits for nothing again and again, as long as what could be handed out all the time is."""
    return all(always_eventually(m.wanted[client].empty) for client in m.wanted)


@temporal(
    weak_each(SimpleAllocator.give_back_all_waiting, SimpleAllocator.give_back_all_served),
    strong_each(SimpleAllocator.hand_out),
)
def served_again_and_again_by_a_strongly_fair_allocator(m: SimpleAllocator) -> bool:
    """Every client waits for nothing again and again, as long as what could be handed out again and again is."""
    return all(always_eventually(m.wanted[client].empty) for client in m.wanted)
