"""What task work makes of a handler's return value: a cleanup of the series, compared with what was before it."""

from uringcheck import Model, part
from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.returning_handler import ReturningHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.sizes import G


class PollReturn(Model):
    """A peer, a socket, a multishot request that polls it, and an application that submits it again when it ended.

    What the handler receives goes nowhere: buffers and completions with data are left out.
    """

    socket: StreamSocket = part(EOF=False)
    poll: PolledRequest = part(file=socket)
    handler: ReturningHandler = part()
    # Only the last completion of a generation exists.
    cq: CompletionQueue = part(PARKED=G)
    others: OtherRequests = part()
    client: KeepsContract = part()
