"""Presets: named sets of parameter values, each with the reason it exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from uringcheck.diagnostics.values import value_class
from uringcheck.lang.symbolic import Param


@value_class
class Preset:
    """A name, a sentence with its source, and values of parameters."""

    name: str
    doc: str
    values: Mapping[Param, Any]
    #: Why the model that offers the preset cannot be run under it; None when it can.
    refused: str | None = None
    #: Values of parameters with which it cannot: the parameter, the value, and why.
    unfit: tuple[tuple[Param, Any, str], ...] = ()

    def plus(self, name: str, doc: str, *on: bool) -> Preset:
        """A preset that differs by these toggles being on."""
        return replace(self, name=name, doc=doc, values=_with(self.values, on, True))

    def minus(self, name: str, doc: str, *off: bool) -> Preset:
        """A preset that differs by these toggles being off."""
        return replace(self, name=name, doc=doc, values=_with(self.values, off, False))

    def refuse(self, why: str) -> Preset:
        """The preset as a model names it that cannot be run under it, with a sentence that says why."""
        return replace(self, refused=why)

    def refuse_where(self, param: Any, value: Any, why: str) -> Preset:
        """The preset as a model names it that cannot be run under it while `param`, a parameter, has this value."""
        return replace(self, unfit=(*self.unfit, (param, value, why)))

    def misfit(self, values: Mapping[Param, Any]) -> str | None:
        """Why the model cannot be run under the preset with these parameters; None when it can."""
        told = (why for param, value, why in self.unfit if values.get(param) == value)
        return self.refused or next(told, None)


def _with(values: Mapping[Param, Any], toggles: tuple[Any, ...], value: bool) -> dict[Param, Any]:
    return {**values, **dict.fromkeys(toggles, value)}


def preset(
    name: str,
    doc: str,
    *,
    among: tuple[bool, ...] = (),
    on: tuple[bool, ...] = (),
    sizes: Mapping[Any, Any] | None = None,
) -> Preset:
    """A preset that turns on the toggles `on`, turns off the rest of `among`, and sets `sizes` (parameter: value)."""
    values: dict[Any, Any] = dict.fromkeys(among, False)
    values.update(dict.fromkeys(on, True))
    values.update(sizes or {})
    return Preset(name, doc, values)
