"""What recvmsg with buffer select makes of the message header that it is given: every input, one step each."""

import enum

from uringcheck import Model, action, always, final, implies, init, one_of, require, var
from uringcheck.spec.kernels import KERNELS
from uringcheck.spec.toggles import iovlen0


class Answer(enum.Enum):
    """What preparation answers."""

    PENDING = "not prepared yet"
    WHOLE_BUFFER = "the receive asks for as much as the selected buffer holds"
    LENGTH = "the receive asks for the length in the iovec"
    EINVAL = "-EINVAL"
    EFAULT = "-EFAULT"


class RecvmsgImport(Model):
    """The header names a number of iovecs and where they are; with buffer select, only a length is taken from them.

    Multishot recvmsg wants no iovec at all, so it depends on that being allowed.
    """

    PRESETS = KERNELS

    #: msg_iovlen.
    iovlen: int = var(0, 2)
    #: msg_iov can be read.
    readable: bool = var(False)
    answer: Answer = var(Answer.PENDING)

    @init
    def given(self, iovlen: int = one_of(0, 2), readable: bool = one_of(bool)) -> None:
        """The application has filled in the header."""
        self.iovlen = iovlen
        self.readable = readable

    @action
    def prepare(self) -> None:
        """The kernel copies the header (io_uring/net.c:__io_recvmsg_copy_hdr, 6.0).

        Before patch 3 it took everything but two iovecs and more for one, and read it.
        """
        require(self.answer == Answer.PENDING)
        if self.iovlen > 1:
            self.answer = Answer.EINVAL
        elif self.iovlen == 0 and iovlen0:
            self.answer = Answer.WHOLE_BUFFER
        elif not self.readable:
            self.answer = Answer.EFAULT
        else:
            self.answer = Answer.LENGTH

    @property
    def prepared(self) -> bool:
        """The kernel has answered, which is all there is to see."""
        return self.answer != Answer.PENDING


@always
def no_iovec_is_whole_buffer(header: RecvmsgImport) -> bool:
    """A header without iovecs asks for the whole buffer, wherever its pointer leads."""
    return implies(header.prepared and header.iovlen == 0, header.answer == Answer.WHOLE_BUFFER)


@always
def one_iovec_is_read(header: RecvmsgImport) -> bool:
    """With one iovec the length in it counts, and it has to be readable."""
    return implies(
        header.prepared and header.iovlen == 1,
        header.answer == (Answer.LENGTH if header.readable else Answer.EFAULT),
    )


@always
def more_iovecs_are_refused(header: RecvmsgImport) -> bool:
    """More than one iovec is an error."""
    return implies(header.prepared and header.iovlen > 1, header.answer == Answer.EINVAL)


@final
def all_answered(header: RecvmsgImport) -> bool:
    """Nothing happens after the answer."""
    return header.prepared
