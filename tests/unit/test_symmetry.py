"""Interchangeable values: what is accepted and refused, what a search up to them counts, and what it tells."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.figures import SIMPLE_ALLOCATOR_ORBITS
from uringcheck.cli import main
from uringcheck.diagnostics import SpecError
from uringcheck.ir.program import Program
from uringcheck.ir.rewrite import specialise
from uringcheck.ir.symmetry import interchangeable_types
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.tree import elaborate

CORPUS = Path(__file__).parents[1] / "corpus"

HEAD = '''"""A spec with interchangeable values."""

import enum

from uringcheck import (
    Map, Model, Parts, Queue, SetOf, action, always, always_eventually, cover, everything, final, init,
    interchangeable, ints, map_of, maybe, one_of, part, parts, queue, reachable, require, set_of, step, temporal, var,
)

'''

BUFFERS = (
    HEAD
    + '''
class Buffers(Model):
    """Buffers that somebody has."""

    Buffer = interchangeable(0, 2)
    n: int = var(0, 3)
    free: SetOf[int] = set_of(Buffer, start=everything)
    held: Map[int, bool] = map_of(Buffer, bool)
    owner: Map[int, int] = map_of(Buffer, ints(0, 2))
    ring: Queue[int] = queue(3, Buffer)
    last: int | None = var(maybe(Buffer))

    @action
    def go(self, b: int = one_of(Buffer)) -> None:
        """A step."""
        require(b in self.free)
        self.free.remove(b)

'''
)


def compiled(text: str, folder: Path) -> Program:
    """The program of a file with this text."""
    path = folder / f"m{len(list(folder.iterdir()))}.py"
    path.write_text(text)
    return specialise(compile_tree(elaborate(models_in(load_file(path))[-1])))


def with_action(*lines: str) -> str:
    """The buffers with one more action, of these lines."""
    body = "\n".join(f"        {line}" for line in lines)
    return f'{BUFFERS}    @action\n    def more(self, b: int = one_of(Buffer)) -> None:\n        """More."""\n{body}\n'


#: Actions that do the same to every buffer, and are seen to.
ACCEPTED = [
    ["self.last = b"],
    ["for x in self.Buffer:", "    self.held[x] = True"],
    ["for x in self.held:", "    if self.owner[x] == 1:", "        self.held[x] = not self.held[x]"],
    ["for x in self.free:", "    self.owner[x] = 2"],
    ["for x in self.Buffer:", "    if x != b and not self.held[x]:", "        self.free.discard(x)"],
    ["require(all(self.held[x] or x in self.free for x in self.Buffer))", "self.ring.clear()"],
    ["self.n = sum(1 for x in self.Buffer if self.held[x])"],
    ["if any(self.last == x and self.held[x] for x in self.Buffer):", "    self.free.add(b)"],
    ["for x in self.Buffer:", "    cover(self.held[x])", "    self.owner[x] = 1"],
    ["for x in self.Buffer:", "    for y in self.Buffer:", "        if x == y and self.owner[x] == 0:",
     "            self.owner[x] = 1"],
    ["for x in self.ring:", "    self.held[x] = False"],
]  # fmt: skip

#: Actions that tell buffers apart, or cannot be shown not to, and the code that says so.
REFUSED = {
    "self.ring.push(min(x for x in self.Buffer))": "UC317",
    "require(b + 1 < 3)": "UC317",
    "require(b < 2)": "UC317",
    "require(b == 0)": "UC318",
    "self.last = 1": "UC318",
    "self.held[2] = True": "UC318",
    "self.free.add(0)": "UC318",
    "require(b in range(2))": "UC317",
    "require(b in (0, 1))": "UC318",
    "for x in self.Buffer:\n            if self.held[x]:\n                self.last = x": "UC320",
    "for x in self.free:\n            if not self.ring.full:\n                self.ring.push(x)": "UC320",
    "for x in self.Buffer:\n            if self.held[x]:\n                self.n += 1": "UC320",
    # This one is symmetric; the normal form does not know it.
    "for x in self.Buffer:\n            self.owner[x] = self.owner[b]": "UC320",
    "for x in self.Buffer:\n            self.owner[x] = len(self.ring)\n            self.ring.push(b)": "UC320",
    "first = None\n        for x in self.Buffer:\n            if first is None and self.held[x]:\n"
    "                first = x\n        self.last = first": "UC320",
}


@pytest.mark.parametrize("lines", ACCEPTED, ids=lambda lines: "; ".join(lines))
def test_actions_that_do_the_same_to_all_are_accepted(lines: list[str], tmp_path: Path) -> None:
    """Loops whose turns change only what belongs to their own value, quantifiers and sums."""
    assert [type_.name for type_ in interchangeable_types(compiled(with_action(*lines), tmp_path))] == ["Buffer"]


@pytest.mark.parametrize(("body", "code"), REFUSED.items(), ids=lambda text: text)
def test_actions_that_tell_values_apart_are_refused_where_they_do(body: str, code: str, tmp_path: Path) -> None:
    """Order, arithmetic, literals, the first that ..., a queue that is filled in a loop: with a place and advice."""
    with pytest.raises(SpecError) as caught:
        compiled(with_action(body), tmp_path)
    finding = caught.value.diagnostics[0]
    assert finding.code == code
    assert finding.span is not None and finding.span.line > BUFFERS.count("\n")
    assert finding.help


@pytest.mark.parametrize(
    ("declaration", "accepted"),
    [
        ("x: int = var(Buffer)", False),
        ("x: int | None = var(maybe(Buffer))", True),
        ("x: SetOf[int] = set_of(Buffer)", True),
        ("x: SetOf[int] = set_of(Buffer, start=everything)", True),
        ("x: SetOf[int] = set_of(Buffer, start=(1,))", False),
        ("x: Map[int, int] = map_of(Buffer, ints(0, 2), start=1)", True),
        ("x: Map[int, int] = map_of(ints(0, 1), Buffer)", False),
    ],
)
def test_a_start_must_not_prefer_a_value(declaration: str, accepted: bool, tmp_path: Path) -> None:
    """None, all, or the same for all; an `@init` action may choose one by an argument."""
    text = BUFFERS.replace("    n: int = var(0, 3)\n", f"    n: int = var(0, 3)\n    {declaration}\n")
    if accepted:
        compiled(text, tmp_path)
        return
    with pytest.raises(SpecError) as caught:
        compiled(text, tmp_path)
    assert [finding.code for finding in caught.value.diagnostics] == ["UC319"]
    if declaration == "x: int = var(Buffer)":
        start = "    @init\n    def any_one(self, b: int = one_of(Buffer)) -> None:\n        self.x = b\n\n"
        compiled(text.replace("    @action\n    def go", start + "    @action\n    def go"), tmp_path)


Cli = Callable[..., tuple[int, dict[str, object], str]]


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Check a text or a file as JSON: exit code, the result, what a person sees."""
    monkeypatch.chdir(tmp_path)

    def call(text: str | Path, *arguments: str) -> tuple[int, dict[str, object], str]:
        path = text if isinstance(text, Path) else tmp_path / "m.py"
        if isinstance(text, str):
            path.write_text(text)
        # The plain run would take minutes for the 65,536 states that eight buffers have by their own names.
        cross = [] if "class Eight" in str(text) else ["--cross-check"]
        code = main(["check", str(path), "-q", *cross, "--format", "json", "--output", "text=o.txt", *arguments])
        out, err = capfd.readouterr()
        assert out, err
        return code, json.loads(out)["results"][0], (tmp_path / "o.txt").read_text()

    return call


SAFETY = [f"--property={name}" for name in ("held_by_one", "held_is_not_wanted", "never_crosswise", "no_deadlock")]


def test_the_allocator_has_as_many_states_up_to_names_as_others_counted(checked: Cli) -> None:
    """TLC's figures with SYMMETRY over clients and resources; and the same verdicts and lengths as without."""
    allocator = CORPUS / "simple_allocator.py"
    code, reduced, text = checked(allocator, *SAFETY, "--all-violations", "--graph-stats")
    orbits = SIMPLE_ALLOCATOR_ORBITS
    assert (reduced["states"], reduced["edges"]) == (orbits.states, orbits.edges)
    assert tuple(reduced["levels"]) == orbits.levels  # type: ignore[arg-type]
    assert "symmetry of 3 Client and 2 Resource" in text
    other_code, whole, text = checked(allocator, *SAFETY, "--all-violations", "--graph-stats", "--no-symmetry")
    assert whole["states"] == 400 and whole["reductions"] == []
    assert "none: symmetry was not wanted, so every state was stored in full" in text
    assert code == other_code == 1
    assert verdicts(reduced) == verdicts(whole)


def test_every_engine_says_the_same_bytes_up_to_names(checked: Cli) -> None:
    """Counts, first actions, stories and traces: native code keeps the same states, and in the same order."""
    allocator = CORPUS / "simple_allocator.py"
    told = [
        json.dumps(checked(allocator, *SAFETY, "--all-violations", "--engine", *engine)[1:])
        for engine in (["python"], ["native"], ["native", "--threads", "2"], ["auto"])
    ]
    assert "symmetry of 3 Client" in told[0]
    assert len(set(told)) == 1


def test_many_alike_values_are_left_to_the_other_way(checked: Cli) -> None:
    """Eight buffers in four places: 40,320 renamings, and C(8 + 3, 3) multisets of places."""
    text = HEAD + EIGHT
    results = [checked(text, "--engine", engine)[1] for engine in ("python", "native")]
    assert results[0] == results[1]
    assert results[0]["states"] == 165


EIGHT = '''
class Eight(Model):
    """Eight buffers that go round."""

    Buffer = interchangeable(1, 8)
    place: Map[int, int] = map_of(Buffer, ints(0, 3))

    @action
    def go(self, b: int = one_of(Buffer)) -> None:
        """One goes on."""
        self.place[b] = (self.place[b] + 1) % 4
'''


def verdicts(result: dict[str, object]) -> list[tuple[object, object, object]]:
    """The name, verdict and length of each property."""
    return [(p["name"], p["verdict"], p["steps"]) for p in result["properties"]]  # type: ignore[attr-defined]


def test_a_temporal_property_takes_every_state_by_its_own_name(checked: Cli) -> None:
    """Two values that alternate: merged they would seem to settle. It is violated, and no reduction is claimed."""
    code, result, text = checked(CORPUS / "traps" / "symmetry_hides_a_cycle.py")
    assert code == 1
    assert ("settles", "violated", 2) in verdicts(result)
    assert result["reductions"] == []
    assert "`settles` is about behaviours without end" in str(result["unreduced"])
    assert "every state was stored in full" in text


def test_a_property_that_names_a_value_takes_every_state_by_its_own_name(checked: Cli) -> None:
    """Its verdict is about that value alone, and what is violated is found."""
    text = (
        HEAD
        + '''
@interchangeable
class Side(enum.Enum):
    """Two sides."""

    LEFT = 0
    RIGHT = 1


class Sides(Model):
    """A side is chosen once."""

    x: Side | None = var(maybe(Side))

    @action
    def choose(self, side: Side = one_of(Side)) -> None:
        """Any side."""
        require(self.x is None)
        self.x = side


@final
def chosen(m: Sides) -> bool:
    """A side is chosen."""
    return m.x is not None


@always
def never_right(m: Sides) -> bool:
    """The right side is never chosen."""
    return m.x != Side.RIGHT
'''
    )
    code, result, _ = checked(text)
    assert code == 1 and result["states"] == 3
    assert "`never_right` tells interchangeable values apart" in str(result["unreduced"])
    _, result, _ = checked(text, "--property", "chosen")
    assert result["states"] == 2 and result["unreduced"] is None


PARTS = (
    HEAD
    + '''
class Conn(Model):
    """A connection."""

    sent: int = var(0, 2)

    @action
    def send(self) -> None:
        """One more."""
        require(self.sent < 2)
        self.sent += 1


class Peers(Model):
    """Three connections that are alike."""

    Index = interchangeable(0, 2)
    conn: Parts[Conn] = parts(Index)
    on: bool = var(False)

    @action
    def toggle(self) -> None:
        """The switch moves."""
        self.on = not self.on


@always
def not_two_while_on(c: Conn) -> bool:
    """A connection has not sent two."""
    return c.sent < 2


@reachable
def one_sent(c: Conn) -> bool:
    """A connection has sent one."""
    return c.sent == 1
'''
)


def test_properties_of_alike_parts_are_each_found_at_their_shortest(checked: Cli) -> None:
    """One state stands for three, but each part's violation and goal has a story of its own, about that part."""
    code, result, text = checked(PARTS, "--all-violations", "--output", "itf=t")
    _, whole, _ = checked(PARTS, "--all-violations", "--no-symmetry")
    assert code == 1
    assert (result["states"], whole["states"]) == (2 * 10, 2 * 27), "multisets of three among three, and triples"
    assert verdicts(result) == verdicts(whole)
    found = {name: (verdict, steps) for name, verdict, steps in verdicts(result)}
    assert found["not_two_while_on[conn[1]]"] == ("violated", 2)
    assert found["one_sent[conn[2]]"] == ("found", 1)
    assert "conn[2].send" in text


def test_a_failing_step_is_told_in_the_plainest_names(checked: Cli) -> None:
    """The first buffer that fails is called the first, whatever the canonical state calls it."""
    text = with_action("require(b not in self.free)", "assert self.n != 0, 'none was counted'")
    code, result, story = checked(text)
    assert code == 1
    assert ("assert", "violated", 2) in verdicts(result)
    assert "go(b=0)" in story and "more(b=0)" in story


def test_a_shipped_model_with_alike_sockets(checked: Cli) -> None:
    """Two sockets: about half of the states, and the same verdicts, under both kernels."""
    for preset in ("6.0", "6.8"):
        results = [
            checked(Path("two_sockets"), "--preset", preset, "--property", "bounded_bypass", "--all-violations", *more)[
                1
            ]
            for more in ([], ["--no-symmetry"])
        ]
        assert verdicts(results[0]) == verdicts(results[1])
        states, whole = (int(str(result["states"])) for result in results)
        assert whole / 2 <= states < 0.6 * whole


def test_domains_cannot_be_gone_over_unless_they_are_interchangeable() -> None:
    """`for x in ints(0, 2)` has no meaning in a step."""
    from uringcheck import interchangeable, ints

    with pytest.raises(TypeError):
        iter(ints(0, 2))
    with pytest.raises(SpecError):
        iter(interchangeable(0, 2))
