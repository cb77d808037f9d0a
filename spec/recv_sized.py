"""Multishot receive where bytes and buffers do not fit each other: partly filled buffers, bundles, increments."""

from typing import Final

from uringcheck import Model, param, part, slot, toggle
from uringcheck.spec.kernels import V6_0, V6_10, V6_12, V6_17
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.sized_application import SizedApplication
from uringcheck.spec.parts.sized_pool import SizedPool
from uringcheck.spec.parts.sized_recv_handler import SizedRecvHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.since import kernels_since, needing
from uringcheck.spec.sizes import NB, G


class RecvSized(Model):
    """A peer that sends bytes, and a multishot receive into buffers of several: M counts bytes here, as `res` does.

    Left out: the patches of the series, which `recv_multishot` is about.
    """

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    INC: Final[bool] = toggle(False, "buffers are consumed incrementally")
    BUNDLE: Final[bool] = toggle(False, "the application sets IORING_RECVSEND_BUNDLE")
    SHORTER: Final[int] = param(0, 0, 7, "bytes by which buffer 0 is shorter than the others")
    LIMITS: Final[bool] = toggle(False, "the submission has limits: handler.LENGTH and handler.BUDGET")

    PRESETS = kernels_since(V6_0, "multishot receive")
    PRESETS = needing(PRESETS, BUNDLE, True, V6_10, "bundles")
    PRESETS = needing(PRESETS, INC, True, V6_12, "incremental consumption of buffers")
    PRESETS = needing(PRESETS, LIMITS, True, V6_17, "limits of a multishot receive")

    socket: StreamSocket = part(EOF=EOF)
    poll: PolledRequest = part(file=socket)
    handler: SizedRecvHandler = part(BUNDLE=BUNDLE, LIMITS=LIMITS)
    pool: SizedPool = part(INC=INC, SHORTER=SHORTER)
    # A generation has one terminal completion, and each other completion of it carries a buffer.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS)
    others: OtherRequests = part()
    client: SizedApplication = slot("contract", CANCELS=CANCELS)
