"""What a group is for: the buffers of one do not turn up in the requests of another."""

from uringcheck import always
from uringcheck.spec.parts.grouped_recv_handler import OtherGroup


@always
def group_left_alone(other: OtherGroup) -> bool:
    """No buffer is taken from a group that no request has named."""
    return other.used == 0
