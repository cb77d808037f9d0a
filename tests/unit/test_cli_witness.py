"""`uringcheck witness`: which questions it asks, and what it ends with when there is nothing to compare."""

from __future__ import annotations

from pathlib import Path

import pytest

from uringcheck.cli import main
from uringcheck.cli.witness import entries
from uringcheck.run.project import nearest
from uringcheck.witness import calling


def test_a_suite_is_asked_about_the_models_and_presets_that_were_chosen() -> None:
    """What an entry sets itself stays; a parameter that its model does not have is left out."""
    project = nearest(Path.cwd())
    given = {"C": "1", "CANCELS": "1", "NOWHERE": "1"}
    chosen = entries(project, ["recv_multishot", "poll_multishot"], ["6.0", "6.2"], given)
    assert {question.model for question in chosen} == {"recv_multishot", "poll_multishot"}
    assert {question.preset for question in chosen} == {"6.0", "6.2"}
    assert all(question.params["C"] == "1" and "NOWHERE" not in question.params for question in chosen)
    assert len(chosen) == len({repr(question) for question in chosen})
    assert len(chosen) < len(entries(project, ["recv_multishot", "poll_multishot"], [], given))


def test_neither_a_model_nor_a_suite_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """And says what to write."""
    assert main(["witness"]) == 2
    assert "--suite" in capsys.readouterr().err


def test_without_any_witness_nothing_was_compared(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code says so, and the table why."""
    monkeypatch.setattr(calling, "WITNESSES", ())
    assert main(["witness", "bounded_cq"]) == 5
    assert "0 figures compared" in capsys.readouterr().err
