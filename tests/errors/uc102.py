from typing import Final

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, eventually, field, final, init, ints, link, map_of, maybe,
    one_of, param, part, parts, queue, replace, require, set_of, step, temporal, var, weak,
)

SIZE = param(2, 1, 8, "a size")
TWICE = [0] * 2 if SIZE > 1 else []  # <-
