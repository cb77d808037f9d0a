"""A class for a slot has to fit one of the models that offer the slot, not all of them."""

from __future__ import annotations

from uringcheck.lang.loading import PACKAGE
from uringcheck.run.lint import Lint, lint_file

SPEC = PACKAGE / "spec"
CLIENT = SPEC / "clients" / "private_fallback.py"


def codes(model: str) -> list[str]:
    """What is found in a model and a client that uses a handler of `recv_fallback`."""
    lint = Lint()
    for file in (SPEC / model, CLIENT):
        lint_file(file, lint)
    lint.close()
    return [one.code for one in lint.found]


def test_one_fitting_model_is_enough() -> None:
    """The client is no finding beside the model that it is for."""
    assert codes("recv_fallback.py") == []


def test_a_client_that_fits_nowhere_is_found() -> None:
    """It is one where no model has what it needs: its link leads nowhere."""
    assert codes("recv_oneshot.py") == ["UC309"]
