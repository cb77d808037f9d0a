"""The mill that random programs go through: what it notices, and how it makes a program smaller."""

from __future__ import annotations

import ast

import pytest

from tests.agree.programs import seeded_program
from tests.fuzz import mill
from tests.fuzz.mill import Finding, Refused, ground
from tests.fuzz.shrink import shrunk


@pytest.mark.parametrize("calm", [False, True])
def test_the_same_seed_makes_the_same_program(calm: bool) -> None:
    """And another one another."""
    assert seeded_program(3, calm) == seeded_program(3, calm)
    assert seeded_program(3, calm) != seeded_program(4, calm)


def test_readers_that_agree_find_nothing() -> None:
    """A calm program with temporal properties, without witnesses."""
    assert ground(seeded_program(1, calm=True, temporal=True), []) == []


def test_a_reader_that_differs_or_falls_over_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name, and by what it differs in."""
    text = seeded_program(1, calm=True)
    monkeypatch.setattr(mill, "differences", lambda *_: ["the third state"])
    assert [one.key for one in ground(text, [])] == [("plain", "differs")]
    monkeypatch.setattr(mill, "differences", lambda *_: 1 / 0)
    assert ground(text, []) == [Finding("plain", "ZeroDivisionError", "division by zero")]


def test_what_is_no_program_is_refused() -> None:
    """It is made by no generator, but by making programs smaller."""
    with pytest.raises(Refused):
        ground(seeded_program(1, calm=True).replace("self.i0 + 1", "self.nowhere + 1"), [])


def test_a_program_becomes_as_small_as_what_is_asked_of_it_lets_it() -> None:
    """Here a text, and that it is Python: everything else that can go is gone."""
    text = seeded_program(2, calm=True)

    def still(smaller: str) -> bool:
        ast.parse(smaller)
        return "self.qi.push(n)" in smaller

    small = shrunk(text, still, 60)
    assert "self.qi.push(n)" in small
    assert len(small.splitlines()) < len(text.splitlines()) / 2
    assert "@always" not in small
    assert "if " not in small
