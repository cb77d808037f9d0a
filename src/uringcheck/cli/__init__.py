"""The command line: one file per verb, imported when the verb is used.

Nothing here decides a verdict or searches a state; a verb turns words into a question, and an answer into words.
"""

from uringcheck.cli.entry import main

__all__ = ["main"]
