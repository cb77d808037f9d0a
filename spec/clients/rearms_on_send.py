"""The echo server that arms its receive again when one of its sends is complete."""

from uringcheck.spec.parts.echo_application import EchoApplication


class RearmsOnSend(EchoApplication):
    """Notes that the receive has ended, and acts on it in the handler of its own send.

    As described for an echo server in liburing's examples, 2026-08.
    """

    def send_completed(self) -> None:
        """Arm again if the receive has ended."""
        if self.outstanding.empty:
            self.asked = True
