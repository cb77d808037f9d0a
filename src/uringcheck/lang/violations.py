"""What ends a step of the plain run."""

from __future__ import annotations


class Disabled(Exception):
    """A `require` was false."""


class DomainViolation(Exception):
    """A value left its range, an empty queue was popped, an index was outside."""
