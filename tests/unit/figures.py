"""What is known about the models of `tests/corpus`, from others or by hand. Nothing was measured with this project.

Edges are distinct (source, target) pairs, self-loops included; depth counts states, so the initial states are level 1;
`shortest` counts actions, one less than the states of the trace. A terminal state has no successor at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from uringcheck.ir.program import Fairness


@dataclass(frozen=True)
class Figures:
    """A model under given parameters, and what a search of it must find.

    `components` are the number of strongly connected components and the size of the largest. `shortest` has an entry
    for each safety property that is violated, with the actions that its shortest counterexample takes; all others hold.
    """

    model: str
    states: int
    initial: int
    edges: int
    self_loops: int
    depth: int
    terminal: int
    components: tuple[int, int]
    levels: tuple[int, ...] | None = None
    shortest: Mapping[str, int] = field(default_factory=dict)
    params: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.model + "".join(f",{name}={value}" for name, value in self.params.items())


@dataclass(frozen=True)
class Orbits:
    """What is left of a model when states that differ only by a renaming are one."""

    model: str
    states: int
    edges: int
    levels: tuple[int, ...]


@dataclass(frozen=True)
class Liveness:
    """A temporal property, the fairness it assumes, and whether it holds. `shape` is that of a counterexample."""

    model: str
    property: str
    fairness: tuple[Fairness, ...]
    holds: bool
    shape: str = ""


def powers(modulus: int, counters: int) -> tuple[int, ...]:
    """How many tuples of digits below `modulus` have each sum: coefficients of (1 + ... + x^(modulus-1))^counters."""
    sums = [1]
    for _ in range(counters):
        sums = [sum(sums[max(0, s - modulus + 1) : s + 1]) for s in range(len(sums) + modulus - 1)]
    return tuple(sums)


def six_counters(modulus: int) -> Figures:
    """By hand: every tuple of digits is reached, at the level of its sum, and has six successors of its own."""
    states = modulus**6
    return Figures(
        model="six_counters", params={"MODULUS": modulus},
        states=states, initial=1, edges=6 * states, self_loops=0, depth=6 * (modulus - 1) + 1, terminal=0,
        components=(1, states), levels=powers(modulus, 6), shortest={"not_all_at_their_last": 6 * (modulus - 1)},
    )  # fmt: skip


SMALL = (
    # tlaplus/Examples specifications/DieHard/DieHard (MIT), TLC
    Figures(
        model="die_hard",
        states=16, initial=1, edges=74, self_loops=16, depth=8, terminal=0, components=(1, 16),
        levels=(1, 2, 3, 2, 2, 2, 2, 2), shortest={"not_four_gallons": 6},
    ),
    # tlaplus/Examples specifications/MissionariesAndCannibals (MIT), three of each, TLC
    Figures(
        model="missionaries",
        states=64, initial=1, edges=252, self_loops=0, depth=13, terminal=0, components=(1, 64),
        levels=(1, 15, 3, 1, 3, 9, 9, 3, 1, 3, 12, 1, 3), shortest={"somebody_is_left": 11},
    ),
    # tlaplus/Examples specifications/transaction_commit/TwoPhase (MIT), RM = {r1, r2, r3}, TLC
    Figures(
        model="two_phase",
        states=288, initial=1, edges=886, self_loops=233, depth=11, terminal=0, components=(288, 1),
        levels=(1, 7, 21, 38, 50, 54, 49, 36, 21, 9, 2), shortest={"none_committed": 8, "some_not_aborted": 3},
    ),
    # tlaplus/Examples specifications/transaction_commit/TCommit (MIT), RM = {r1, r2, r3}, TLC
    Figures(
        model="t_commit",
        states=34, initial=1, edges=93, self_loops=0, depth=7, terminal=2, components=(34, 1),
        levels=(1, 6, 12, 8, 3, 3, 1),
    ),
    # tlaplus/Examples specifications/locks_auxiliary_vars/Peterson (MIT), TLC
    Figures(
        model="peterson",
        states=42, initial=1, edges=76, self_loops=0, depth=11, terminal=0, components=(1, 42),
        levels=(1, 2, 3, 4, 5, 6, 7, 6, 5, 2, 1),
    ),
    # tlaplus/Examples specifications/Prisoners (MIT), four prisoners, switches in any position at first, TLC
    Figures(
        model="prisoners",
        states=214, initial=4, edges=536, self_loops=0, depth=14, terminal=0, components=(107, 2),
        levels=(4, 8, 12, 18, 24, 26, 28, 26, 24, 18, 12, 8, 4, 2),
    ),
    # tlaplus/Examples specifications/allocator/SimpleAllocator (MIT), three clients and two resources, TLC. That two
    # clients may each hold what the other wants is ours: ask, ask, hand out, hand out.
    Figures(
        model="simple_allocator",
        states=400, initial=1, edges=1632, self_loops=0, depth=6, terminal=0, components=(1, 400),
        levels=(1, 9, 42, 117, 159, 72), shortest={"never_crosswise": 4},
    ),
    # tlaplus/Examples specifications/DiningPhilosophers (MIT), NP = 5, TLC
    Figures(
        model="dining_philosophers",
        states=67, initial=1, edges=188, self_loops=67, depth=29, terminal=0, components=(43, 25),
        levels=(1, 4, 7, 7, 5, 4, 4, 4, 4, 3, 2, 2, 2, 2, 2, *(14 * (1,))),
    ),
    # tlaplus/Examples specifications/ewd840/EWD840 (MIT), N = 3, TLC
    Figures(
        model="ewd840",
        states=302, initial=192, edges=1349, self_loops=149, depth=9, terminal=1, components=(82, 95),
        levels=(192, 32, 20, 26, 16, 7, 5, 3, 1),
    ),
    # The game of tlaplus/Examples specifications/tower_of_hanoi (MIT), five disks; states and trace by TLC, the rest by
    # hand: three moves from each of 3^5 positions, two where all disks share a peg; the farthest position is a whole
    # tower on another peg, 2^5 - 1 moves away; every move can be taken back.
    Figures(
        model="hanoi",
        states=243, initial=1, edges=3 * 240 + 2 * 3, self_loops=0, depth=32, terminal=0, components=(1, 243),
        shortest={"tower_not_moved": 31},
    ),
    six_counters(2),
    six_counters(4),
)  # fmt: skip

# 12^6 states: for compiled engines.
LARGE = six_counters(12)

# SimpleAllocator again, TLC with SYMMETRY over clients and resources.
SIMPLE_ALLOCATOR_ORBITS = Orbits("simple_allocator", states=50, edges=161, levels=(1, 2, 7, 14, 19, 7))


def weak(*actions: str) -> Fairness:
    """Weak fairness of the actions as a group."""
    return Fairness(False, actions)


def weak_each(*actions: str) -> Fairness:
    """Weak fairness of each instance."""
    return Fairness(False, actions, each=True)


def strong(*actions: str) -> Fairness:
    """Strong fairness of the actions as a group."""
    return Fairness(True, actions)


def strong_each(*actions: str) -> Fairness:
    """Strong fairness of each instance."""
    return Fairness(True, actions, each=True)


GIVE_BACK = weak_each("give_back_all_waiting", "give_back_all_served")
JUGS = (strong("fill_big"), strong("big_to_small"), strong("empty_small"))
TOKEN = weak("send_round", "pass_on")

# The verdicts are TLC's on the same specs, and on DieHard and TwoPhase with these formulas added.
LIVENESS = (
    Liveness("simple_allocator", "served_clients_give_back_without_fairness", (), False, "stuttering"),
    Liveness("simple_allocator", "served_clients_give_back", (GIVE_BACK,), True),
    Liveness(
        "simple_allocator",
        "wishes_granted_by_a_weakly_fair_allocator",
        (GIVE_BACK, weak_each("hand_out")),
        False,
        "cycle",
    ),
    Liveness(
        "simple_allocator",
        "wishes_granted_by_a_strongly_fair_allocator",
        (GIVE_BACK, strong_each("hand_out")),
        True,
    ),
    Liveness(
        "simple_allocator",
        "wishes_granted_if_only_served_clients_give_back",
        (weak_each("give_back_all_served"), strong_each("hand_out")),
        False,
        "stuttering",
    ),
    Liveness(
        "simple_allocator",
        "served_again_and_again_by_a_weakly_fair_allocator",
        (GIVE_BACK, weak_each("hand_out")),
        False,
        "cycle",
    ),
    Liveness(
        "simple_allocator",
        "served_again_and_again_by_a_strongly_fair_allocator",
        (GIVE_BACK, strong_each("hand_out")),
        True,
    ),
    Liveness("prisoners", "declared_without_fairness", (), False),
    Liveness("prisoners", "declared_if_somebody_visits", (weak("counter_visits", "other_visits"),), False),
    Liveness("prisoners", "declared_if_the_others_visit", (weak_each("other_visits"),), False),
    Liveness("prisoners", "declared_if_everybody_visits", (weak("counter_visits"), weak_each("other_visits")), True),
    Liveness("dining_philosophers", "nobody_starves_without_fairness", (), False),
    Liveness("dining_philosophers", "nobody_starves_if_somebody_moves", (weak("look", "eat", "think"),), True),
    Liveness("dining_philosophers", "nobody_starves_if_everybody_moves", (weak_each("look", "eat", "think"),), True),
    Liveness("ewd840", "detected_without_fairness", (), False),
    Liveness("ewd840", "detected_if_the_token_moves", (TOKEN,), True),
    Liveness("ewd840", "detected_if_something_moves", (weak("send_round", "pass_on", "wake", "rest"),), True),
    Liveness("ewd840", "detected_if_each_rests_again_and_again", (TOKEN,), False, "cycle"),
    Liveness(
        "die_hard",
        "solved_if_they_never_stop",
        (weak("fill_small", "fill_big", "empty_small", "empty_big", "small_to_big", "big_to_small"),),
        False,
        "cycle",
    ),
    Liveness("die_hard", "big_empty_again_and_again", JUGS, False, "cycle"),
    Liveness("die_hard", "four_gallons_do_not_last", JUGS, True),
    Liveness("two_phase", "all_decide_without_fairness", (), False),
    Liveness(
        "two_phase",
        "all_decide_if_something_moves",
        (
            weak(
                "receive_prepared",
                "decide_commit",
                "decide_abort",
                "prepare",
                "give_up",
                "receive_commit",
                "receive_abort",
            ),
        ),
        True,
    ),
    # By hand; the reasons stand in the files.
    Liveness("traps/symmetry_hides_a_cycle", "settles", (weak("change"),), False, "cycle"),
    Liveness("traps/unfair_self_loop", "leaves_zero_again_and_again", (weak("advance"),), True),
    Liveness("traps/unfair_self_loop", "returns_to_zero_again_and_again", (weak("advance"),), False, "cycle"),
    Liveness("traps/nothing_need_happen", "raised_some_time", (), False, "stuttering"),
)

# Never decided, as a constraint cuts every behaviour short: (model, property).
NEVER_DECIDED = (("traps/constraint_cuts_the_goal", "reaches_a_hundred"),)
