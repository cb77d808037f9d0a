"""The tables of docs/clients.md: every cell is what a search says."""

from __future__ import annotations

import re

import pytest

from tests.unit.test_clients import CLIENTS, ROOT, outcome
from uringcheck.run.verdicts import Verdict

PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")

#: The columns of every table: what is asked, and of which kernels.
HEADER = ["policy", "model", "settings", "property", "6.0", "6.1", "6.2", "6.5", "6.6", "6.12", "6.18"]
KERNELS = HEADER[4:]


def rows() -> list[list[str]]:
    """Every row of every table, its marks of code taken off."""
    lines = [line for line in PAGE.splitlines() if line.startswith("|") and not line.startswith("|---")]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    headers = [row for row in cells if row[0] == "policy"]
    assert headers
    assert all(row == HEADER for row in headers)
    return [row for row in cells if row[0] != "policy"]


def found(row: list[str], kernel: str) -> str:
    """What the search says of a row under one kernel, as the page writes it."""
    client, model, settings, wanted = row[:4]
    one = outcome(model, kernel, f"{settings} client={client}" if client else settings, wanted)
    return str(one.steps) if one.verdict is Verdict.VIOLATED else one.verdict.value


@pytest.mark.slow
@pytest.mark.parametrize("row", rows(), ids=lambda row: "-".join(filter(None, row[:4])))
def test_a_row_is_what_the_search_says(row: list[str]) -> None:
    """Under each kernel: it holds, or it is violated by a shortest behaviour of so many steps."""
    assert [found(row, kernel) for kernel in KERNELS] == row[4:]


def test_every_policy_is_on_the_page() -> None:
    """With a word on it, if not with a row."""
    assert [name for name in CLIENTS if f"`{name}`" not in PAGE] == []


def test_the_page_names_no_policy_that_does_not_exist() -> None:
    """The first cell of a row is the name of a file."""
    assert {row[0] for row in rows()} - {""} <= set(CLIENTS)
    assert all(re.fullmatch(r"holds|\d+", cell) for row in rows() for cell in row[4:])
