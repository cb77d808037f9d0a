"""From the author's functions, read through `ast`, to the IR.

The functions are inlined into one body per action and one block per property. What the language does not have is
refused by name; nothing is skipped in silence.
"""

from uringcheck.lang.compiling.program import compile_tree

__all__ = ["compile_tree"]
