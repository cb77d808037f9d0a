"""What the ledger of a multishot receive says of the order of completions, and of the generations they end."""

from uringcheck import Queue, implies, lemma
from uringcheck.invariants.recv_ledger import RecvLedger, Seen, each_joins, ends_after, units_after
from uringcheck.invariants.recv_proof import has_data, reports_eof
from uringcheck.spec.parts.cqe import Cqe, Request


@lemma
def queued_units_are_next(ledger: RecvLedger) -> bool:
    """A queued completion with data reports the next unit."""
    return units_are_next(ledger.cq.ring, ledger.queued)


@lemma
def parked_units_are_next(ledger: RecvLedger) -> bool:
    """So does a parked one."""
    return units_are_next(ledger.cq.overflow, ledger.parked)


def units_are_next(completions: Queue[Cqe], before: Queue[Seen]) -> bool:
    """Whether each completion with data reports the unit that is due after what is seen before it."""
    return all(
        slot >= len(before)
        or completions[slot].request != Request.SUBJECT
        or (not has_data(completions[slot]) or completions[slot].res == before[slot].units + 1)
        for slot in range(len(completions))
    )


@lemma
def queued_turns_are_next(ledger: RecvLedger) -> bool:
    """A queued completion is of the generation that is next to end, which the application waits for."""
    return turns_are_next(ledger, ledger.cq.ring, ledger.queued)


@lemma
def parked_turns_are_next(ledger: RecvLedger) -> bool:
    """So does a parked one."""
    return turns_are_next(ledger, ledger.cq.overflow, ledger.parked)


def turns_are_next(ledger: RecvLedger, completions: Queue[Cqe], before: Queue[Seen]) -> bool:
    """Whether each completion belongs to the generation that ends next after what is seen before it."""
    return all(
        slot >= len(before)
        or completions[slot].request != Request.SUBJECT
        or (
            ledger.turn[completions[slot].gen] == before[slot].ends + 1
            and before[slot].ends < ledger.submitted
            and completions[slot].gen in ledger.client.outstanding
        )
        for slot in range(len(completions))
    )


@lemma
def queued_data_has_a_buffer(ledger: RecvLedger) -> bool:
    """A queued completion names a buffer exactly when it has data, and says F_MORE only then."""
    return data_has_buffers(ledger.cq.ring, ledger.queued)


@lemma
def parked_data_has_a_buffer(ledger: RecvLedger) -> bool:
    """So does a parked one."""
    return data_has_buffers(ledger.cq.overflow, ledger.parked)


def data_has_buffers(completions: Queue[Cqe], before: Queue[Seen]) -> bool:
    """Whether each completion names a buffer exactly when it has data, and says F_MORE only then."""
    return all(
        slot >= len(before)
        or completions[slot].request != Request.SUBJECT
        or (
            has_data(completions[slot]) == (completions[slot].bid is not None)
            and (has_data(completions[slot]) or not completions[slot].more)
        )
        for slot in range(len(completions))
    )


@lemma
def queued_end_is_last(ledger: RecvLedger) -> bool:
    """A queued end of the stream is one: the peer has closed, and every unit is seen before it."""
    return ends_are_last(ledger, ledger.cq.ring, ledger.queued)


@lemma
def parked_end_is_last(ledger: RecvLedger) -> bool:
    """So is a parked one."""
    return ends_are_last(ledger, ledger.cq.overflow, ledger.parked)


def ends_are_last(ledger: RecvLedger, completions: Queue[Cqe], before: Queue[Seen]) -> bool:
    """Whether each completion that reports the end of the stream is right to do so."""
    return all(
        slot >= len(before)
        or completions[slot].request != Request.SUBJECT
        or implies(
            reports_eof(completions[slot]),
            ledger.socket.fin
            and ledger.socket.taken == ledger.socket.sent
            and before[slot].units == ledger.socket.sent,
        )
        for slot in range(len(completions))
    )


@lemma
def nothing_else(ledger: RecvLedger) -> bool:
    """Where there are no other requests and no cancellations, every completion is one of the request."""
    return (
        all(cqe.request == Request.SUBJECT for cqe in ledger.cq.ring)
        and all(cqe.request == Request.SUBJECT for cqe in ledger.cq.overflow)
        and not ledger.others.draining
    )


@lemma
def others_name_no_buffer(ledger: RecvLedger) -> bool:
    """A completion of another request, or of a cancellation, names no buffer."""
    return all(cqe.request == Request.SUBJECT or cqe.bid is None for cqe in ledger.cq.ring) and all(
        cqe.request == Request.SUBJECT or cqe.bid is None for cqe in ledger.cq.overflow
    )


@lemma
def never_goes_back(ledger: RecvLedger) -> bool:
    """What is seen grows along the queue."""
    return (
        all(
            slot >= len(ledger.queued)
            or (
                ledger.client.delivered <= ledger.queued[slot].units
                and units_after(ledger.queued[slot], ledger.cq.ring[slot]) <= ledger.units
                and ledger.ends_seen <= ledger.queued[slot].ends
                and ends_after(ledger.queued[slot], ledger.cq.ring[slot]) <= ledger.ends
            )
            for slot in range(len(ledger.cq.ring))
        )
        and ledger.client.delivered <= ledger.units
        and ledger.ends_seen <= ledger.ends
    )


@lemma
def grows_in_the_queue(ledger: RecvLedger) -> bool:
    """What is seen after a completion in the queue is seen before every later one."""
    return each_grows(ledger.cq.ring, ledger.queued)


def each_grows(completions: Queue[Cqe], before: Queue[Seen]) -> bool:
    """Whether what is seen after each completion is seen before every later one."""
    return all(
        all(
            first >= later
            or later >= len(before)
            or (
                ends_after(before[first], completions[first]) <= before[later].ends
                and units_after(before[first], completions[first]) <= before[later].units
            )
            for later in range(len(completions))
        )
        for first in range(len(completions))
    )


@lemma
def kernel_is_ahead(ledger: RecvLedger) -> bool:
    """The kernel took at least the units, and ended at least the generations, that the queue will tell of."""
    return (
        ledger.units <= ledger.socket.taken
        and ledger.ends <= ledger.ended
        and ledger.socket.taken <= ledger.socket.sent
        and ledger.submitted >= (1 if ledger.poll.live else 0)
    )


@lemma
def parked_lie_between(ledger: RecvLedger) -> bool:
    """What is seen before and after a parked completion lies between the end of the queue and what the kernel did."""
    return all(
        slot >= len(ledger.parked)
        or ledger.cq.overflow[slot].request != Request.SUBJECT
        or (
            ledger.units <= ledger.parked[slot].units
            and units_after(ledger.parked[slot], ledger.cq.overflow[slot]) <= ledger.socket.taken
            and ledger.ends <= ledger.parked[slot].ends
            and ends_after(ledger.parked[slot], ledger.cq.overflow[slot]) <= ledger.ended
        )
        for slot in range(len(ledger.cq.overflow))
    )


@lemma
def grows_in_the_list(ledger: RecvLedger) -> bool:
    """What is seen after a parked completion is seen before every later one."""
    return each_grows(ledger.cq.overflow, ledger.parked)


@lemma
def joins_the_kernel(ledger: RecvLedger) -> bool:
    """With nothing parked, what is seen at the end of the queue is what the kernel did."""
    return not ledger.cq.overflow.empty or (ledger.units == ledger.socket.taken and ledger.ends == ledger.ended)


@lemma
def joins_the_list(ledger: RecvLedger) -> bool:
    """What is seen before the first parked completion is what is seen at the end of the queue."""
    return ledger.parked.empty or (ledger.parked.head.units == ledger.units and ledger.parked.head.ends == ledger.ends)


@lemma
def joins_in_the_list(ledger: RecvLedger) -> bool:
    """What is seen after a parked completion is what is seen before the next."""
    return each_joins(ledger.cq.overflow, ledger.parked)


@lemma
def ends_at_the_kernel(ledger: RecvLedger) -> bool:
    """What is seen after the last parked completion is what the kernel did."""
    if ledger.parked.empty or ledger.cq.overflow.empty:
        return True
    return ledger.socket.taken == units_after(ledger.parked.last, ledger.cq.overflow.last) and ledger.ended == (
        ends_after(ledger.parked.last, ledger.cq.overflow.last)
    )


@lemma
def parked_is_the_last(ledger: RecvLedger) -> bool:
    """An application that waits for the end of a generation leaves one completion of it parked at most: that end."""
    return all(
        cqe.request != Request.SUBJECT or (not cqe.more and not ledger.poll.live) for cqe in ledger.cq.overflow
    ) and all(
        all(
            first >= later
            or ledger.cq.overflow[first].request != Request.SUBJECT
            or ledger.cq.overflow[later].request != Request.SUBJECT
            for later in range(len(ledger.cq.overflow))
        )
        for first in range(len(ledger.cq.overflow))
    )


@lemma
def the_last_joins(ledger: RecvLedger) -> bool:
    """What is seen before that end is what is seen at the end of the queue, and after it what the kernel did."""
    return all(
        slot >= len(ledger.parked)
        or ledger.cq.overflow[slot].request != Request.SUBJECT
        or (
            ledger.parked[slot].units == ledger.units
            and ledger.parked[slot].ends == ledger.ends
            and units_after(ledger.parked[slot], ledger.cq.overflow[slot]) == ledger.socket.taken
            and ends_after(ledger.parked[slot], ledger.cq.overflow[slot]) == ledger.ended
        )
        for slot in range(len(ledger.cq.overflow))
    )


@lemma
def joins_without_it(ledger: RecvLedger) -> bool:
    """With no completion of the request parked, what is seen at the end of the queue is what the kernel did."""
    return any(cqe.request == Request.SUBJECT for cqe in ledger.cq.overflow) or (
        ledger.units == ledger.socket.taken and ledger.ends == ledger.ended
    )


@lemma
def turns_are_taken(ledger: RecvLedger) -> bool:
    """A generation that the application waits for was submitted after those whose end it has seen."""
    return all(
        ledger.ends_seen < ledger.turn[gen] and ledger.turn[gen] <= ledger.submitted
        for gen in ledger.client.outstanding
    )


@lemma
def turns_differ(ledger: RecvLedger) -> bool:
    """No two of them are the same submission."""
    return all(
        all(first == other or ledger.turn[first] != ledger.turn[other] for other in ledger.client.outstanding)
        for first in ledger.client.outstanding
    )


@lemma
def request_is_the_last(ledger: RecvLedger) -> bool:
    """The request in the kernel is the last submission, and the application waits for it."""
    return not ledger.poll.live or (
        ledger.turn[ledger.poll.gen] == ledger.submitted and ledger.poll.gen in ledger.client.outstanding
    )


@lemma
def waits_for_what_is_left(ledger: RecvLedger) -> bool:
    """The application waits for all submissions whose end it has not seen."""
    return len(ledger.client.outstanding) == ledger.submitted - ledger.ends_seen
