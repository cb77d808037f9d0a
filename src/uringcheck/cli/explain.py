"""`uringcheck explain CODE`: the long answer, offline."""

from __future__ import annotations

from textwrap import wrap

import click

from uringcheck.cli.console import say
from uringcheck.diagnostics import UsageError


@click.command(name="explain")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
def command(codes: tuple[str, ...]) -> int:
    """What an error code such as UC205 means, and what to write instead. Without CODE: all of them, a line each."""
    from uringcheck.diagnostics.catalogue import CATALOGUE

    if not codes:
        say("\n".join(f"{code}  {entry.title}" for code, entry in CATALOGUE.items()))
        return 0
    for code in codes:
        if code.upper() not in CATALOGUE:
            raise UsageError.at("UC019", f"no error code `{code}`", help="`uringcheck explain` lists them")
    texts = []
    for code in codes:
        entry = CATALOGUE[code.upper()]
        texts.append(f"{code.upper()}: {entry.title}\n\n{_filled(entry.explanation)}")
    say("\n\n".join(texts))
    return 0


def _filled(text: str) -> str:
    """Paragraphs in lines that fit; indented lines are examples and stay as they are."""
    lines: list[str] = []
    for line in text.split("\n"):
        lines += [line] if line.startswith(" ") or not line else wrap(line, 100, break_on_hyphens=False)
    return "\n".join(lines)
