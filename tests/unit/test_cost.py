"""`uringcheck cost`: least and greatest values, their witnesses, and what it refuses to say."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from uringcheck.cli import main
from uringcheck.diagnostics import EngineDisagreement
from uringcheck.lang.plain import PlainRun
from uringcheck.report.machine import SCHEMA
from uringcheck.run.costs import CostQuestion, PreparedCosts
from uringcheck.run.question import Question
from uringcheck.trace.costs import Claim, told
from uringcheck.trace.identity import parse_identity
from uringcheck.trace.replay import follow

SHOP = '''"""A shop, so that every number can be counted by hand."""

from uringcheck import Model, action, constraint, cost, measure, one_of, param, require, var
from typing import Final


class Shop(Model):
    """Somebody enters, buys up to LIMIT things of price 1 or 2, and leaves, perhaps to come again."""

    LIMIT: Final[int] = param(2, 1, 4, "things that fit into the bag")
    AGAIN: Final[int] = param(0, 0, 1, "whether one may come again")
    inside: bool = var(False)
    bag: int = var(0, LIMIT)
    paid: int = var(0, 2 * LIMIT)
    done: bool = var(False)

    @action
    def enter(self) -> None:
        """Through the door."""
        require(not self.inside and not self.done)
        self.inside = True

    @action
    def buy(self, price: int = one_of(1, 2)) -> None:
        """One thing."""
        require(self.inside and self.bag < self.LIMIT)
        self.bag += 1
        self.paid += price

    @action
    def leave(self) -> None:
        """Out, with at least one thing."""
        require(self.inside and self.bag > 0)
        self.inside = False
        self.bag = 0
        self.paid = 0
        self.done = self.AGAIN == 0


@cost
def visits(before: Shop, after: Shop) -> int:
    """Times that somebody enters."""
    return 1 if after.inside and not before.inside else 0


@cost
def things(before: Shop, after: Shop) -> int:
    """Things that are bought."""
    return max(0, after.bag - before.bag)


@cost
def money(before: Shop, after: Shop) -> int:
    """What is paid."""
    return max(0, after.paid - before.paid)


@cost
def lost(before: Shop, after: Shop) -> int:
    """Nothing, ever."""
    return 0


@measure
def carried(shop: Shop) -> int:
    """Things in the bag."""
    return shop.bag


class Closed(Shop):
    """Nobody is followed inside."""


@constraint
def outside(shop: Closed) -> bool:
    """Only who is outside."""
    return not shop.inside
'''


@pytest.fixture(autouse=True)
def _shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the model, to work in."""
    monkeypatch.chdir(tmp_path)
    Path("shop.py").write_text(SHOP)


def cost(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, tuple[object, object]], str]:
    """The exit code, each quantity's least and greatest value, and standard error."""
    code = main(["cost", "-q", "shop.py:Shop", *arguments, "--format", "json"])
    out, err = capsys.readouterr()
    if not out:
        return code, {}, err
    found = json.loads(out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    (one,) = found["costs"]
    return code, {q["name"]: tuple(q[b] and q[b]["value"] for b in ("min", "max")) for q in one["quantities"]}, err


@pytest.mark.parametrize(
    ("arguments", "least", "greatest"),
    [
        (("visits",), "1", "1"),
        (("things",), "1", "2"),
        (("money",), "1", "4"),
        (("money", "--param", "LIMIT=3"), "1", "6"),
        (("money", "--until", "carried=2"), "2", "4"),
        (("money per things",), "1", "2"),
        (("things per visits",), "1", "2"),
        (("carried",), "0", "2"),
        (("money", "--param", "AGAIN=1"), "unbounded", "unbounded"),
        (("money", "--param", "AGAIN=1", "--until", "carried=2"), "2", "unbounded"),
        (("money per visits", "--param", "AGAIN=1"), "1", "4"),
        (("money / things", "--param", "AGAIN=1"), "1", "2"),
        (("money / visits", "--param", "AGAIN=1"), "1", "4"),
        (("visits / money", "--param", "AGAIN=1"), "1/4", "1"),
        (("lost / money", "--param", "AGAIN=1"), "0", "0"),
        (("money / lost", "--param", "AGAIN=1"), "unbounded", "unbounded"),
    ],
)
def test_what_is_counted_by_hand(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], least: str, greatest: str
) -> None:
    """One visit buys one or two things for one or two each; who may come again goes on for ever."""
    code, found, _ = cost(capsys, *arguments)
    assert (code, found) == (0, {arguments[0]: (least, greatest)})


def test_without_quantities_all_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """In the order of the file; the text has a behaviour for each value, and says what goes on for ever."""
    assert list(cost(capsys)[1]) == ["visits", "things", "money", "lost", "carried"]
    assert main(["cost", "-q", "shop.py:Shop", "money", "--param", "AGAIN=1", "--param", "LIMIT=1"]) == 0
    text = capsys.readouterr().out
    assert "money: without bound, always" in text
    assert "and for ever:" in text
    assert main(["cost", "-q", "shop.py:Shop", "money"]) == 0
    text = capsys.readouterr().out
    assert "least    1: enter; buy(price=1); leave" in text
    assert "most     4: enter; buy(price=2); buy(price=2)" in text


def test_a_model_lists_its_quantities(capsys: pytest.CaptureFixture[str]) -> None:
    """Costs and measures apart, with their sentences."""
    assert main(["list", "shop.py:Shop"]) == 0
    listed = capsys.readouterr().out.split("quantities\n")[1].split()
    assert listed[:5] == ["cost", "visits", "Times", "that", "somebody"]
    assert listed[-6:] == ["measure", "carried", "Things", "in", "the", "bag."]


def test_there_may_be_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    """No behaviour gets there, no step is an event, nothing is repeated: exit 1, and a sentence."""
    for arguments, word in (
        (("money", "--until", "carried=7"), "no behaviour comes to carried=7"),
        (("money per lost",), "no step costs lost"),
        (("money / things",), "nothing that can be repeated costs money or things"),
    ):
        assert main(["cost", "-q", "shop.py:Shop", *arguments]) == 1
        assert word in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("shop.py:Closed",), ("shop.py:Shop", "--max-states", "2")])
def test_a_graph_that_was_cut_has_no_costs(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    """What lies behind the cut might be cheaper, or dearer."""
    assert main(["cost", "-q", *arguments]) == 3
    out = capsys.readouterr().out
    assert "not decided" in out
    assert "money" not in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("monney",),
        ("money for things",),
        ("money / carried",),
        ("carried per visits",),
        ("money", "--until", "carried"),
        ("money", "--until", "things=2"),
        ("money", "--until", "weight=2"),
    ],
)
def test_what_is_no_quantity_is_refused(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    """With a code and advice."""
    code, found, err = cost(capsys, *arguments)
    assert (code, found) == (2, {})
    assert "error[UC037]" in err
    assert "help:" in err


def test_a_witness_that_does_not_cost_that_much_is_not_shown() -> None:
    """CPython adds up again; a search that had erred would be an internal error, not a figure."""
    made = PreparedCosts(CostQuestion(Question("shop.py:Shop"), ("money",)))
    (amount,) = made.answer().amounts
    assert amount.greatest is not None
    bound = made.bound
    run = PlainRun(made.subject.tree)
    path = follow(run, made.subject.program, *parse_identity("enter; buy(price=2); leave", made.subject.program))
    assert told(run, made.subject.program, Claim(path, bound["money"], 2)).length == 3
    for claim in (
        Claim(path, bound["money"], 3),
        Claim(path, bound["money"], 2, begin=2),
        Claim(path, bound["money"], None, loop=1),
        Claim(path, bound["money"], 2, begin=1, event=bound["visits"]),
        Claim(path, bound["carried"], 1, measured=True),
    ):
        with pytest.raises(EngineDisagreement):
            told(run, made.subject.program, claim)


SUITE = """
[[cost]]
model = "shop.py:Shop"
note = "By hand."
[cost.expect]
money = { min = 1, max = 4 }
"things per visits" = { max = 2 }
"""


def test_a_suite_expects_costs(capsys: pytest.CaptureFixture[str]) -> None:
    """What it says of a bound decides; what it does not say is not compared."""
    Path("pyproject.toml").write_text('[tool.uringcheck]\nsuite = "suite.toml"\n')
    Path("suite.toml").write_text(SUITE)
    assert main(["check", "-q", "--format", "json"]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), json.loads(SCHEMA.read_text()))
    Path("suite.toml").write_text(SUITE.replace("max = 4", "max = 5"))
    assert main(["check", "-q"]) == 1
    assert "money: from 1 to 4   UNEXPECTED: the suite says min 1, max 5" in capsys.readouterr().out
    wrong = (("money =", "monney ="), ("{ max = 2 }", "2"), ("{ max = 2 }", "{ most = 2 }"), ("max = 2", "max = true"))
    for old, new in wrong:
        Path("suite.toml").write_text(SUITE.replace(old, new))
        assert main(["check", "-q"]) == 2
        assert "help:" in capsys.readouterr().err
