"""The completion queue entry."""

import enum

from uringcheck import Record, field, ints, maybe
from uringcheck.spec.sizes import NB, G, M

#: The errors a request can end with, as small numbers that keep the field `res` narrow.
ENOBUFS = 1
ECANCELED = 2
ENOENT = 3
EFAULT = 4
ECONNRESET = 5

#: Poll masks, as `res` carries them: beyond the largest number of a unit, M + EPOLLIN and so on.
EPOLLIN = 1
EPOLLHUP = 2


class Request(enum.Enum):
    """Which request a completion is for, as the application's `user_data` tells it."""

    SUBJECT = "the request that the model is about"
    CANCEL = "a cancellation of it"
    NOP = "another request in the same ring"


class Cqe(Record):
    """What the application finds in the completion queue.

    Applications reuse `user_data`; here every submission has a number of its own, its generation. Where the kernel
    puts a byte count or a file descriptor, `res` says which unit of the stream was received, or which connection was
    accepted: 1 is the first that the peer sent.
    """

    request: Request
    #: The generation; that of the request to cancel for a cancellation, 0 for another request.
    gen: int = field(0, G - 1)
    #: The unit or connection, 0 for the end of the stream (for recvmsg, a header alone), a negative error, or a poll
    #: mask above M.
    res: int = field(-5, M + 3)
    #: The buffer that IORING_CQE_F_BUFFER names.
    bid: int | None = field(maybe(ints(0, NB - 1)))
    #: IORING_CQE_F_MORE: the request is still armed.
    more: bool = field(bool)
    #: IORING_CQE_F_BUF_MORE: the buffer is not used up, and the kernel will go on filling it.
    buf_more: bool = field(bool, default=False)

    def of(self, gen: int) -> bool:
        """Whether it is a completion of this generation."""
        return self.request == Request.SUBJECT and self.gen == gen
