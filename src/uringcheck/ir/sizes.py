"""Sizes that have no value yet: sums of parameters, as they stand in bounds and capacities.

`C + NB + 1` with C and NB left open is a *size*. Two sizes are compared for every value that the parameters can have:
`a <= b` is true only where it is true of all of them, and false does not mean that the opposite holds. What folds an
expression because of a bound therefore never folds it wrongly; what would have to enumerate a size cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias


class Size:
    """A constant plus multiples of open parameters. Made by `size`, and by arithmetic on sizes.

    `terms` are (name, factor) in order of names, no factor is 0; `least` gives each parameter's least value.
    """

    __slots__ = ("constant", "least", "terms")

    def __init__(self, constant: int, terms: tuple[tuple[str, int], ...], least: Mapping[str, int]) -> None:
        self.constant, self.terms, self.least = constant, terms, least

    # --- arithmetic -------------------------------------------------------------------------------------------------

    def __add__(self, other: Number) -> Number:
        return _combined(self, other, 1)

    __radd__ = __add__

    def __sub__(self, other: Number) -> Number:
        return _combined(self, other, -1)

    def __rsub__(self, other: Number) -> Number:
        return -self + other

    def __neg__(self) -> Number:
        return self * -1

    def __mul__(self, factor: Number) -> Number:
        if isinstance(factor, Size):
            raise OpenSizeError(f"({self}) * ({factor}) multiplies two open sizes")
        return _made(self.constant * factor, {name: times * factor for name, times in self.terms}, self.least)

    __rmul__ = __mul__

    def __floordiv__(self, divisor: object) -> Number:
        raise OpenSizeError(f"({self}) // {divisor} divides an open size")

    __mod__ = __rfloordiv__ = __rmod__ = __floordiv__

    # --- comparison, for every value of the parameters --------------------------------------------------------------

    def __le__(self, other: Number) -> bool:
        return _never_negative(other - self)

    def __lt__(self, other: Number) -> bool:
        return _never_negative(other - self - 1)

    def __ge__(self, other: Number) -> bool:
        return _never_negative(self - other)

    def __gt__(self, other: Number) -> bool:
        return _never_negative(self - other - 1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Size) and (self.constant, self.terms) == (other.constant, other.terms)

    def __hash__(self) -> int:
        return hash((self.constant, self.terms))

    # --- people -----------------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        text = ""
        for name, times in self.terms:
            sign = " - " if times < 0 else " + "
            text += f"{sign}{abs(times)} * {name}" if abs(times) != 1 else f"{sign}{name}"
        if self.constant:
            text += f" {'-' if self.constant < 0 else '+'} {abs(self.constant)}"
        return text[3:] if text.startswith(" + ") else text.lstrip()

    __repr__ = __str__


Number: TypeAlias = int | Size


class OpenSizeError(Exception):
    """An operation that open sizes do not have; the text says which."""


#: Above every number: the bound of what only a proof counts. It is a parameter that nothing ever equals.
UNBOUNDED: Any = Size(0, (("unbounded", 1),), {"unbounded": 2**62})


def size(name: str, least: int) -> Size:
    """The parameter of this name, at least `least`, which is not negative."""
    return Size(0, ((name, 1),), {name: least})


def bounded(bound: Number) -> bool:
    """Whether a bound says anything."""
    return not (isinstance(bound, Size) and any(name == "unbounded" for name, _ in bound.terms))


def is_number(value: object) -> bool:
    """Whether a bound or a capacity is a number or a size, and no boolean."""
    return isinstance(value, (int, Size)) and not isinstance(value, bool)


def lowest(numbers: Iterable[Number]) -> Any:
    """A number at or below each of them: the least one, where one is."""
    return _extreme(tuple(numbers), min, lambda a, b: a <= b)


def highest(numbers: Iterable[Number]) -> Any:
    """A number at or above each of them: the greatest one, where one is."""
    return _extreme(tuple(numbers), max, lambda a, b: a >= b)


def _extreme(numbers: tuple[Number, ...], choose, before) -> Number:  # type: ignore[no-untyped-def]
    if all(isinstance(number, int) for number in numbers):
        return choose(numbers)  # type: ignore[no-any-return]
    for number in numbers:
        if all(before(number, other) for other in numbers):
            return number
    # No parameter is negative, so the extreme of each factor is at the right side of all.
    forms = [number if isinstance(number, Size) else Size(number, (), {}) for number in numbers]
    names = {name for form in forms for name, _ in form.terms}
    factors = {name: choose(dict(form.terms).get(name, 0) for form in forms) for name in names}
    least = {name: value for form in forms for name, value in form.least.items()}
    return _made(choose(form.constant for form in forms), factors, least)


def _made(constant: int, factors: Mapping[str, int], least: Mapping[str, int]) -> Number:
    terms = tuple(sorted((name, times) for name, times in factors.items() if times))
    return Size(constant, terms, least) if terms else constant


def _combined(left: Size, right: Number, sign: int) -> Number:
    if not isinstance(right, Size):
        return Size(left.constant + sign * right, left.terms, left.least)
    factors = dict(left.terms)
    for name, times in right.terms:
        factors[name] = factors.get(name, 0) + sign * times
    return _made(left.constant + sign * right.constant, factors, {**left.least, **right.least})


def _never_negative(number: Number) -> bool:
    if not isinstance(number, Size):
        return number >= 0
    if any(times < 0 for _, times in number.terms):
        return False
    return number.constant + sum(times * number.least[name] for name, times in number.terms) >= 0
