"""Writing to the two streams: findings to standard output, everything about the run itself to standard error."""

from __future__ import annotations

import os
import sys


def say(text: str) -> None:
    """Write findings to standard output. When nobody reads it any more (`| head`) the run goes on unheard."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        unread()


def unread() -> None:
    """From here on standard output goes nowhere. The exit code still tells the verdict."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def remark(text: str) -> None:
    """Write to standard error: times, rates, what was skipped."""
    print(text, file=sys.stderr, flush=True)


def colours() -> bool:
    """Whether findings may be coloured: only for a terminal, and never under NO_COLOR."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
