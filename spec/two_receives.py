"""Two multishot receives on one stream socket."""

from typing import Final

from uringcheck import Model, part, toggle
from uringcheck.spec.kernels import POSTED_V1
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.pair_application import PairApplication
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.shared_socket import FirstRequest, SecondRequest, SharedSocket
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class TwoReceives(Model):
    """As `recv_multishot`, with two requests that live at the same time, each armed as the contract allows.

    That is what becomes of an application that arms once too often, or that hopes to receive faster.
    """

    PRESETS = kernels_since(POSTED_V1, "multishot receive")

    EOF: Final[bool] = toggle(True, "the peer may close its side")

    socket: SharedSocket = part(EOF=EOF)
    poll: FirstRequest = part(file=socket)
    second: SecondRequest = part(file=socket)
    handler: RecvHandler = part()
    second_handler: RecvHandler = part(poll=second)
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB)
    # Another request may come when no handler runs, and looks at one handler only; here are two.
    others: OtherRequests = part(NOPS=0, DRAINS=0)
    client: PairApplication = part(CANCELS=0)
