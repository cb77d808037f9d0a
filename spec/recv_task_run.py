"""Multishot receive, and when its task work runs: by default, or deferred until the application waits."""

from typing import Final

from uringcheck import Model, choice, param, part, toggle
from uringcheck.spec.kernels import V6_0, V6_1
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.parts.task_application import TaskApplication
from uringcheck.spec.parts.task_context import TaskContext, TaskRequest, TaskRun
from uringcheck.spec.since import kernels_since, needing
from uringcheck.spec.sizes import NB, G


class RecvTaskRun(Model):
    """As `recv_multishot`, with a task that runs task work as the ring was set up.

    Every behaviour of the two stricter modes is one of `any_time`, so what holds there holds here.
    """

    MODE: Final[TaskRun] = choice(TaskRun.DEFERRED, "when task work runs")
    PRESETS = needing(
        kernels_since(V6_0, "multishot receive"), MODE, TaskRun.DEFERRED, V6_1, "IORING_SETUP_DEFER_TASKRUN"
    )

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    NOPS: Final[int] = param(0, 0, 4, "other requests the application may submit")
    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")

    socket: StreamSocket = part(EOF=EOF)
    task: TaskContext = part(MODE=MODE)
    poll: TaskRequest = part(file=socket)
    handler: RecvHandler = part()
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS + NOPS + DRAINS, DRAINS=DRAINS)
    others: OtherRequests = part(NOPS=NOPS, DRAINS=DRAINS)
    client: TaskApplication = part(CANCELS=CANCELS)
