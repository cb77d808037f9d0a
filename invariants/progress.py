"""That nothing is forgotten."""

from uringcheck import always, final, implies
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.poll_application import PollApplication
from uringcheck.spec.parts.polled_request import Phase, PolledRequest
from uringcheck.spec.parts.recv_handler import RecvHandler


@always
def refs_have_owner(poll: PolledRequest) -> bool:
    """A request with poll references is owned by task work that is queued or running."""
    return implies(poll.refs > 0, poll.phase in (Phase.QUEUED, Phase.RUNNING, Phase.DROPPING))


@always
def no_stranded_data(handler: RecvHandler) -> bool:
    """No request sleeps while there is data in its socket and a buffer in its group."""
    asleep = handler.poll.phase == Phase.WAITING and handler.poll.refs == 0
    return not (asleep and handler.socket.unread > 0 and not handler.pool.ring.empty)


@final
def never_stuck(client: Application) -> bool:
    """Everything stops only when all units sent were received and the end of the stream, if there is one, was seen."""
    return client.delivered == client.socket.sent and implies(client.socket.fin, client.eof_seen)


@final
def never_stuck_polling(client: PollApplication) -> bool:
    """Everything stops only when the application was told of the data and of the hangup, if there were any."""
    return implies(client.file.events > 0, client.data_seen) and implies(client.file.closed, client.hangup_seen)
