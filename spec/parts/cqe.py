"""The completion queue entry."""

from uringcheck import Record, field, ints, maybe
from uringcheck.spec.sizes import NB, G, M

#: The errors a multishot receive can end with, as small numbers that keep the field `res` narrow.
ENOBUFS = 1
ECANCELED = 2


class Cqe(Record):
    """What the application finds in the completion queue.

    Applications reuse `user_data`; here every submission has a number of its own, its generation. Where the kernel
    puts a byte count, `res` says which unit of the stream was received: 1 is the first the peer sent.
    """

    gen: int = field(0, G - 1)
    #: The unit received, 0 for the end of the stream, or a negative error.
    res: int = field(-2, M)
    #: The buffer that IORING_CQE_F_BUFFER names.
    bid: int | None = field(maybe(ints(0, NB - 1)))
    #: IORING_CQE_F_MORE: the request is still armed.
    more: bool = field(bool)
