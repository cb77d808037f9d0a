"""The size that the models with buffers of more than one byte share."""

from uringcheck import param

#: With 2 a byte may fill half a buffer, and a receive may end in the middle of one.
SIZE = param(2, 1, 8, "bytes a buffer holds")
