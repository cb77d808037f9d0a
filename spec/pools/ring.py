"""A group that the application and the kernel share as a ring."""

from uringcheck.spec.parts.provided_buffers import ProvidedBuffers


class Ring(ProvidedBuffers):
    """IORING_REGISTER_PBUF_RING: giving a buffer is a store to shared memory."""
