"""The application that arms again at once, whatever ended the request."""

from uringcheck.spec.parts.pool_aware_application import PoolAwareApplication


class RearmsAtOnce(PoolAwareApplication):
    """Does after -ENOBUFS what it does after any other end of the request."""
