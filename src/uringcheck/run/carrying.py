"""What is known of which toggles carry which property: tables over all settings, and what is read off them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from uringcheck.prove.regions import Cube, Switches
from uringcheck.run.verdicts import Kind

#: Sets with more toggles than this are not listed; that there are some is said.
LARGEST = 5


@dataclass(frozen=True)
class Used:
    """A proof for all settings in a cube, and what it used: toggles with their values, and invariants."""

    cube: Mapping[str, bool]
    toggles: Mapping[str, bool]
    invariants: tuple[str, ...]


@dataclass(frozen=True)
class Beyond:
    """Settings that larger sizes refute, and in how many steps."""

    cube: Mapping[str, bool]
    sizes: Mapping[str, int]
    steps: int


@dataclass
class Needs:
    """What is known of one property: tables of settings under which it holds, and under which it does not.

    `unproved` are sets, and settings in them, that induction does not prove, and why. `beyond` are settings under which
    it holds at the sizes that were searched and not at larger ones.
    """

    name: str
    kind: Kind
    holds: int = 0
    fails: int = 0
    proofs: list[Used] = field(default_factory=list)
    unproved: list[tuple[dict[str, bool], str]] = field(default_factory=list)
    beyond: list[Beyond] = field(default_factory=list)
    minimal: list[dict[str, bool]] = field(default_factory=list)
    more: bool = False
    concluded: bool = False
    repairs: list[tuple[str, ...]] = field(default_factory=list)

    def conclude(self, switches: Switches, here: Cube | None = None) -> None:
        """Read the minimal sets off the table, and what would repair a setting of which it is false."""
        self.concluded = True
        self.minimal = switches.minimal_cubes(self.holds, min(LARGEST, len(switches.names)))
        self.more = switches.covered(self.minimal) != self.holds
        if here is not None and self.fails >> switches.number(here) & 1:
            self.repairs = switches.repairs(here, self.holds, len(switches.names))

    def proved(self, switches: Switches) -> int:
        """The settings for which there is a proof."""
        return switches.covered([proof.toggles for proof in self.proofs])

    def answered(self, switches: Switches) -> int:
        """The settings for which there is a proof, or larger sizes refute."""
        return self.proved(switches) | switches.covered([one.cube for one in self.beyond])


@dataclass
class Carrying:
    """The answer for one subject. `reason` says why settings were left undecided, if any were.

    `sizes` are what the searches were about. `failing` are settings that were searched and have a step that fails;
    properties are judged on the other steps.
    """

    label: str
    preset: str | None
    slots: Mapping[str, str]
    switches: Switches
    here: dict[str, bool]
    needs: list[Needs]
    presets: Mapping[str, dict[str, bool]]
    unread: tuple[str, ...] = ()
    sizes: Mapping[str, object] = field(default_factory=dict)
    failing: int = 0
    searches: int = 0
    states: int = 0
    proofs: int = 0
    reason: str = ""
    interrupted: bool = False
    seconds: float = 0.0

    def undecided(self, needs: Needs) -> int:
        """How many settings were not decided for a property."""
        return (self.switches.everything & ~(needs.holds | needs.fails)).bit_count()
