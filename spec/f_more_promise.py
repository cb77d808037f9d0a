"""What F_MORE does not promise."""

from uringcheck import leads_to, temporal
from uringcheck.spec.recv_multishot import RecvMultishot
from uringcheck.spec.sizes import G


class FMorePromise(RecvMultishot):
    """Multishot receive, asked whether a completion with F_MORE means that another one will come.

    It means that the request is still armed. A peer may fall silent, and then nothing comes.
    """


@temporal
def more_implies_another(model: FMorePromise) -> bool:
    """A completion with F_MORE is eventually followed by the one without it."""
    return all(
        leads_to(
            any(cqe.of(gen) and cqe.more for cqe in model.cq.ring),
            not (model.poll.live and model.poll.gen == gen),
        )
        for gen in range(G)
    )
