from typing import Final

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, eventually, field, final, init, ints, link, map_of, maybe,
    one_of, param, part, parts, queue, replace, require, set_of, step, temporal, var, weak,
)


class One(Model):
    """A model."""

    n: int = var(0, 1)


class Two(Model):
    """Another."""

    n: int = var(0, 1)
