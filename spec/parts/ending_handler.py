"""The handler of multishot receive on a socket that may be reset."""

from uringcheck.spec.parts.reset_handler import ResetHandler


class EndingHandler(ResetHandler):
    """IORING_OP_RECV with IORING_RECV_MULTISHOT; what ends it is judged in `invariants/endings.py`."""
