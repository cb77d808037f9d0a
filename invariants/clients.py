"""What is asked of an application besides what it may rely on."""

from uringcheck import always, always_eventually, happens, step, temporal
from uringcheck.invariants.observation import consumed
from uringcheck.spec.parts.freeing_application import FreeingApplication
from uringcheck.spec.parts.pool_aware_application import PoolAwareApplication
from uringcheck.spec.parts.shared_user_data_application import SharedUserDataApplication
from uringcheck.spec.parts.tracking_application import TrackingApplication


@temporal()
def never_spins(client: PoolAwareApplication) -> bool:
    """The application does not submit the request again and again while nothing comes of it, however long readers take.

    The peer sends only so much, so whoever arms for ever gets nothing but -ENOBUFS. Nobody is assumed to be fair.
    """
    return not always_eventually(happens(PoolAwareApplication.arm))


@always
def one_request_at_a_time(client: TrackingApplication) -> bool:
    """The application does not want to submit the request while the kernel has it."""
    return not (client.wants_arm and client.poll.live)


@step
def attributed_rightly(before: SharedUserDataApplication, after: SharedUserDataApplication) -> bool:
    """The application takes a completion for one of the generation that it belongs to."""
    if not consumed(before, after):
        return True
    return before.cq.ring.head.gen == before.current


@step
def nothing_for_freed(before: FreeingApplication, after: FreeingApplication) -> bool:
    """The application finds no completion of a request whose state it has freed."""
    if not consumed(before, after):
        return True
    return before.cq.ring.head.gen not in before.freed
