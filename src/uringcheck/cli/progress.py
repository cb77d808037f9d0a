"""How far a search is, on standard error: one line, redrawn on a terminal; elsewhere a line every ten seconds."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from uringcheck.cli.console import remark
from uringcheck.explore.outcome import Progress

if TYPE_CHECKING:
    from rich.live import Live

#: Seconds between two lines. On a terminal also the time before the first, so that small runs never import `rich`.
_REDRAWN_EVERY = 0.25
_WRITTEN_EVERY = 10.0


class Watcher:
    """Shows the progress of one search. A context manager: on leaving, the line on a terminal disappears."""

    def __init__(self, label: str, quiet: bool = False) -> None:
        self._label, self._quiet = label, quiet
        self._terminal = sys.stderr.isatty()
        self._shown = time.monotonic()
        self._states = 0
        self._live: Live | None = None

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def observe(self, progress: Progress) -> None:
        """Show it, if the last time is long enough ago."""
        now = time.monotonic()
        since = now - self._shown
        if self._quiet or since < (_REDRAWN_EVERY if self._terminal else _WRITTEN_EVERY):
            return
        line = self._line(progress, since)
        self._shown, self._states = now, progress.states
        if self._terminal:
            self._redraw(line)
        else:
            remark(line)

    def _line(self, progress: Progress, since: float) -> str:
        rate = max(progress.states - self._states, 0) / since
        return (
            f"{self._label}   {progress.states:,} states   {rate:,.0f} new/s   {progress.queue:,} queued   "
            f"depth {progress.depth}   {progress.memory:,.0f} MiB   {progress.seconds:.0f} s"
        )

    def _redraw(self, line: str) -> None:
        from rich.text import Text

        if self._live is None:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(Text(line, no_wrap=True, overflow="ellipsis"), refresh=True)
