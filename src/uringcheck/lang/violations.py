"""What ends a step of the plain run."""

from __future__ import annotations


class Disabled(Exception):  # noqa: N818  (not an error: the action is simply not enabled here)
    """A `require` was false."""


class DomainViolation(Exception):  # noqa: N818  (a finding about the model, not a programming error)
    """A value left its range, an empty queue was popped, an index was outside."""
