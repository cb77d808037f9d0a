"""Dijkstra's termination detection on a ring, EWD 840: a token that comes home white has met nobody at work."""

from uringcheck import (
    Map,
    Model,
    action,
    always,
    always_eventually,
    final,
    implies,
    init,
    ints,
    leads_to,
    map_of,
    one_of,
    require,
    temporal,
    var,
    weak,
)


class Ewd840(Model):
    """Three nodes, 0 to 2, that work, wake each other and pass a token from higher to lower numbers.

    A node that wakes a higher one turns black, for the token may have passed there already. A black node blackens the
    token; node 0 sends it round again until it comes back white.
    """

    working: Map[int, bool] = map_of(ints(0, 2), bool)
    black: Map[int, bool] = map_of(ints(0, 2), bool)
    token_at: int = var(0, 2)
    token_black: bool = var(True)

    @init
    def anyhow(
        self,
        node: int = one_of(0, 2),
        working_0: bool = one_of(bool),
        working_1: bool = one_of(bool),
        working_2: bool = one_of(bool),
        black_0: bool = one_of(bool),
        black_1: bool = one_of(bool),
        black_2: bool = one_of(bool),
    ) -> None:
        """A black token is anywhere; nodes work or do not, and have any colour."""
        self.token_at = node
        self.working[0] = working_0
        self.working[1] = working_1
        self.working[2] = working_2
        self.black[0] = black_0
        self.black[1] = black_1
        self.black[2] = black_2

    @action
    def send_round(self) -> None:
        """Node 0, whose last round proved nothing, whitens itself and sends a white token round."""
        require(self.token_at == 0 and (self.token_black or self.black[0]))
        self.token_at = 2
        self.token_black = False
        self.black[0] = False

    @action
    def pass_on(self, node: int = one_of(1, 2)) -> None:
        """A node that rests, or knows that the round is lost, passes the token on and whitens itself."""
        require(self.token_at == node)
        require(not self.working[node] or self.black[node] or self.token_black)
        self.token_at = node - 1
        if self.black[node]:
            self.token_black = True
        self.black[node] = False

    @action
    def wake(self, node: int = one_of(0, 2), other: int = one_of(0, 2)) -> None:
        """A working node sends work to another."""
        require(self.working[node] and node != other)
        self.working[other] = True
        if other > node:
            self.black[node] = True

    @action
    def rest(self, node: int = one_of(0, 2)) -> None:
        """A node has no more work."""
        require(self.working[node])
        self.working[node] = False

    def all_rest(self) -> bool:
        """Whether no node works."""
        return not any(self.working[node] for node in self.working)

    def detected(self) -> bool:
        """Whether node 0 can tell that all is over: it rests and is white, and so is the token that came home."""
        return self.token_at == 0 and not self.token_black and not self.black[0] and not self.working[0]


@always
def detected_means_over(m: Ewd840) -> bool:
    """When node 0 believes that no node works, none does."""
    return implies(m.detected(), m.all_rest())


@always
def token_tells_the_truth(m: Ewd840) -> bool:
    """The nodes the token has passed rest, or there is black on it or still before it."""
    return (
        all(implies(node > m.token_at, not m.working[node]) for node in m.working)
        or any(node <= m.token_at and m.black[node] for node in m.black)
        or m.token_black
    )


@final
def detected_and_over(m: Ewd840) -> bool:
    """The ring stops with node 0 knowing that no node works."""
    return m.detected() and m.all_rest()


@temporal()
def detected_without_fairness(m: Ewd840) -> bool:
    """Once no node works node 0 learns of it, though the token need not move."""
    return leads_to(m.all_rest(), m.detected())


@temporal(weak(Ewd840.send_round, Ewd840.pass_on))
def detected_if_the_token_moves(m: Ewd840) -> bool:
    """Once no node works node 0 learns of it, as long as the token moves when it can."""
    return leads_to(m.all_rest(), m.detected())


@temporal(weak(Ewd840.send_round, Ewd840.pass_on, Ewd840.wake, Ewd840.rest))
def detected_if_something_moves(m: Ewd840) -> bool:
    """Once no node works node 0 learns of it, as long as something that can happen does."""
    return leads_to(m.all_rest(), m.detected())


@temporal(weak(Ewd840.send_round, Ewd840.pass_on))
def detected_if_each_rests_again_and_again(m: Ewd840) -> bool:
    """When every node rests again and again, though not all together, node 0 believes that all is over."""
    return leads_to(all(always_eventually(not m.working[node]) for node in m.working), m.detected())
