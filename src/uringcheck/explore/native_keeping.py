"""How a native search keeps a state: as itself or the numbers of its halves, both exact, or as a fingerprint."""

from __future__ import annotations

from uringcheck.diagnostics.values import value_class
from uringcheck.explore import native_words
from uringcheck.explore.native_words import GROUP, PARENTS
from uringcheck.lower.llvm import Module


@value_class
class Keeping:
    """What the search loop has to know about how it keeps the states of a model.

    Exactly, a state is one word: itself, or the numbers of its halves. With `prints`, its lanes are kept only until it
    was expanded, with its fingerprint behind them, and the table holds fingerprints.
    """

    module: Module
    prints: bool = False

    @property
    def words(self) -> int:
        """Words of a state that is still to be expanded."""
        return self.module.layout.lanes + 1 if self.prints else 1

    @property
    def instance_bytes(self) -> int:
        """Bytes of the number of the instance by which a state was reached."""
        return 1 if self.module.places.instances <= 256 else 2

    @property
    def noted(self) -> int:
        """Bytes of a group of states for how each was reached."""
        return PARENTS + GROUP * self.instance_bytes

    @property
    def chunk(self) -> int:
        """States whose memory is provided, reused or given back together: whole pages."""
        return native_words.CHUNK_STATES // 8 if self.prints else native_words.CHUNK_STATES

    @property
    def aside(self) -> int:
        """Bytes of a step that one thread hands to another: name, origin and, for a fingerprint, lanes."""
        return 16 + 8 * self.module.layout.lanes if self.prints else 16

    def numbers(self, threads: int) -> dict[str, int]:
        """What of this the loop is compiled with; see `native_words`."""
        lanes, alone = self.module.layout.lanes, threads == 1
        return {
            "WHOLE": int(self.module.layout.whole), "HALVES": int(not self.module.layout.whole and not self.prints),
            "PRINTS": int(self.prints), "KEPT": self.words, "NAMED": self.words - 1, "WIDE": self.instance_bytes,
            "NOTED": self.noted, "ASIDE": self.aside, "ASIDE_NAME": lanes + 1 if alone else 0,
            "ASIDE_ORIGIN": lanes if alone else 1, "ASIDE_LANES": 0 if alone else 2, "CHUNK": self.chunk,
        }  # fmt: skip


def omission_bound(states: int) -> float:
    """The most that the probability can be with which a search by fingerprints that found so many states missed one.

    Up to its first omission such a search finds what an exact one does, and it goes on with one state less than that.
    So among the first `states + 1` that an exact one finds, two have the same fingerprint, or one has that of an empty
    slot. For fingerprints that are as good as chance each of these pairs does with probability 2**-64.
    """
    return min(1.0, (states + 1) * (states + 2) / 2 / 2.0**64)
