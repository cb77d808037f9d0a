"""Which submissions of a multishot receive are refused at once: every input, one step each."""

import enum

from uringcheck import Model, action, always, final, implies, init, one_of, require, var
from uringcheck.spec.buffer_toggles import bundles, length_limits
from uringcheck.spec.kernels import V6_0
from uringcheck.spec.since import kernels_since


class Opcode(enum.Enum):
    """What is submitted."""

    RECV = "IORING_OP_RECV"
    RECVMSG = "IORING_OP_RECVMSG"


class Answer(enum.Enum):
    """What preparation answers."""

    PENDING = "not prepared yet"
    ACCEPTED = "the receive goes on to be issued"
    EINVAL = "one completion with -EINVAL, without F_MORE"


class RecvPrepare(Model):
    """A submission with IORING_RECV_MULTISHOT in its ioprio, and what else may be set in it."""

    PRESETS = kernels_since(V6_0, "multishot recvmsg")

    opcode: Opcode = var(Opcode.RECV)
    #: IOSQE_BUFFER_SELECT.
    selects: bool = var(False)
    #: MSG_WAITALL.
    waits_for_all: bool = var(False)
    #: sqe->len is not 0.
    length: bool = var(False)
    #: sqe->optlen is not 0; before 6.17 the field had another name, and had to be 0.
    budget: bool = var(False)
    #: IORING_RECVSEND_BUNDLE.
    bundle: bool = var(False)
    answer: Answer = var(Answer.PENDING)

    @init
    def given(
        self,
        opcode: Opcode = one_of(Opcode),
        selects: bool = one_of(bool),
        waits_for_all: bool = one_of(bool),
        length: bool = one_of(bool),
        budget: bool = one_of(bool),
        bundle: bool = one_of(bool),
    ) -> None:
        """The application has filled in the submission."""
        self.opcode = opcode
        self.selects = selects
        self.waits_for_all = waits_for_all
        self.length = length
        self.budget = budget
        self.bundle = bundle

    @action
    def prepare(self) -> None:
        """The kernel checks it (io_uring/net.c:io_recvmsg_prep, 6.0, 6.10 and 6.17)."""
        require(self.answer == Answer.PENDING)
        is_recv = self.opcode == Opcode.RECV
        refused = (
            (self.bundle and not (bundles and is_recv))
            or (self.budget and not (length_limits and is_recv))
            or not self.selects
            or self.waits_for_all
            or (self.length and is_recv and not length_limits)
        )
        self.answer = Answer.EINVAL if refused else Answer.ACCEPTED

    @property
    def accepted(self) -> bool:
        """The kernel takes it."""
        return self.answer == Answer.ACCEPTED


@always
def buffers_are_the_kernels_choice(receive: RecvPrepare) -> bool:
    """A multishot receive has a buffer group, and does not wait until a buffer is full."""
    return implies(receive.accepted, receive.selects and not receive.waits_for_all)


@always
def plain_is_accepted(receive: RecvPrepare) -> bool:
    """With a buffer group and nothing else set it is accepted, whichever of the two it is."""
    plain = receive.selects and not (receive.waits_for_all or receive.length or receive.budget or receive.bundle)
    return implies(plain, receive.answer != Answer.EINVAL)


@always
def length_is_accepted(receive: RecvPrepare) -> bool:
    """A length is no reason to refuse a receive with a buffer group."""
    others = receive.waits_for_all or receive.budget or receive.bundle
    return implies(receive.selects and not others, receive.answer != Answer.EINVAL)


@always
def messages_have_no_limits(receive: RecvPrepare) -> bool:
    """A recvmsg takes neither a number of bytes nor a bundle."""
    return implies(receive.accepted and receive.opcode == Opcode.RECVMSG, not receive.budget and not receive.bundle)


@final
def all_prepared(receive: RecvPrepare) -> bool:
    """Nothing happens after the answer."""
    return receive.answer != Answer.PENDING
