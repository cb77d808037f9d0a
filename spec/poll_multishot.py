"""Multishot poll on one end of a pipe."""

from typing import Final

from uringcheck import Model, param, part, slot, toggle
from uringcheck.spec.kernels import KERNELS
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.event_source import EventSource
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.poll_application import PollApplication
from uringcheck.spec.parts.poll_handler import PollHandler
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.sizes import G, M


class PollMultishot(Model):
    """A peer, a pipe, a multishot poll of it, the completion queue, other requests, and the application.

    Two other requests fill a completion queue of two, so that the poll's own completion does not fit; one cancellation
    then races it.
    """

    PRESETS = KERNELS

    EOF: Final[bool] = toggle(False, "the peer may close its side")
    CANCELS: Final[int] = param(1, 0, 2, "cancellations the application may ask for")
    NOPS: Final[int] = param(2, 0, 4, "other requests the application may submit")
    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")

    file: EventSource = part(EOF=EOF)
    poll: PolledRequest = part()
    handler: PollHandler = part()
    # Every write, the hangup and every arming can leave a completion; where nothing else ends a poll, only a
    # cancellation makes room for another arming.
    cq: CompletionQueue = part(PARKED=M + 2 + G + 2 * CANCELS + NOPS + DRAINS, DRAINS=DRAINS)
    others: OtherRequests = part(NOPS=NOPS, DRAINS=DRAINS)
    client: PollApplication = slot("contract", CANCELS=CANCELS)
